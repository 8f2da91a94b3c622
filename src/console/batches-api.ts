/**
 * The console's API about batches: large files, how far each is, and which of their records were refused. Shapes are in
 * `shapes-batches.ts`.
 *
 * The words of a refused record are hidden where something of them may be (`unread.ts`), and shown for a reason only, with a line in
 * the audit.
 */
import type { FastifyInstance } from "fastify";
import type { Static } from "typebox";
import { holdsEverywhere, needs } from "../rights/permissions.ts";
import type { Dock } from "../runtime/dock.ts";
import { type BatchView, batch, batches, refusedRecords } from "../trace/index.ts";
import { noteView } from "../work/audit.ts";
import { late, missing } from "./answers.ts";
import { acting, areasOf, may, type Who } from "./gate.ts";
import { kept } from "./kept.ts";
import { BatchDecision, RefusedQuery, RevealRefused } from "./shapes-batches.ts";
import { unread } from "./unread.ts";

/** Refused records of one page. */
const PAGE = 100;

export async function batchesApi(app: FastifyInstance, { dock }: { readonly dock: Dock }): Promise<void> {
  const { pool } = dock;
  const { reads, hides } = unread(dock.definitions);

  const seen = async (id: string, who: Who | null): Promise<BatchView | null> => {
    const one = await batch(pool, id);
    return one && reads(areasOf(who, "view bodies"), one.flow) ? one : null;
  };

  // Every open page asks each second while a file is read; one answer a second serves them all.
  const files = kept(async () => ({
    batches: await batches(pool),
    asOf: new Date().toISOString(),
  }));
  app.get("/batches", may("view", "shown"), async ({ who }) => {
    const { batches: all, asOf } = await files();
    return { batches: all.filter(({ flow }) => reads(areasOf(who, "view"), flow)), asOf };
  });

  app.get<{ Params: { id: string }; Querystring: Static<typeof RefusedQuery> }>(
    "/batches/:id",
    { ...may("view bodies", "shown"), schema: { querystring: RefusedQuery } },
    async ({ params: { id }, query, who }, reply) => {
      const one = await seen(id, who);
      if (!one) return missing(reply, `There is no batch ${id}.`);
      const hidden = hides(one.flow).size > 0;
      const after = Number(query.after ?? 0);
      return { batch: one, refused: await refusedRecords(pool, id, { after, limit: PAGE, hidden }) };
    },
  );

  app.post<{ Params: { id: string }; Body: Static<typeof RevealRefused> }>(
    "/batches/:id/reveal",
    { ...may("see personal data", "shown"), schema: { body: RevealRefused } },
    async (request, reply) => {
      const { id } = request.params;
      const { after = 0, reason } = request.body;
      const who = request.who!;
      const one = await seen(id, who);
      if (!one || !reads(areasOf(who, "see personal data"), one.flow))
        return missing(reply, `There is no batch ${id}.`);
      if (hides(one.flow).has("secret") && !holdsEverywhere(who.identity, "see secrets"))
        return reply.code(403).send({ title: "Not allowed", detail: needs("see secrets") });
      const refused = await refusedRecords(pool, id, { after, limit: PAGE, hidden: false });
      const records = refused.map(({ record }) => record);
      await noteView(pool, acting(request, reason), "see personal data", `batch/${id}`, { records });
      return { refused };
    },
  );

  app.post<{ Params: { id: string }; Body: Static<typeof BatchDecision> }>(
    "/batches/:id/decide",
    { ...may("steer systems"), schema: { body: BatchDecision } },
    async (request, reply) => {
      const { params, body } = request;
      const taken = await dock.decideBatch(params.id, body.verdict, acting(request, body.reason));
      return taken ? { done: true } : late(reply, "The batch is not in a state for this any more.");
    },
  );
}
