/**
 * The console's API about what arrived, above all what was set aside: who sent it, why it was, and its words. Shapes are in
 * `shapes-arrivals.ts`.
 *
 * Its words are hidden where something of them may be (`unread.ts`), and shown for a reason only, with a line in the audit.
 */
import type { FastifyInstance } from "fastify";
import type { Static } from "typebox";
import { holdsEverywhere, needs } from "../rights/permissions.ts";
import type { Dock } from "../runtime/dock.ts";
import { type ArrivalView, arrival } from "../trace/index.ts";
import { noteView } from "../work/audit.ts";
import { missing } from "./answers.ts";
import { acting, areasOf, may, type Who } from "./gate.ts";
import { RevealArrival } from "./shapes-arrivals.ts";
import { unread } from "./unread.ts";

export async function arrivalsApi(app: FastifyInstance, { dock }: { readonly dock: Dock }): Promise<void> {
  const { pool, definitions } = dock;
  const { reads, hides } = unread(definitions);

  /** Null where there is none, or it is none of theirs; with its words where nothing hides them. */
  const seen = async (id: string, who: Who | null): Promise<ArrivalView | null> => {
    const one = await arrival(pool, definitions, id, { hidden: true });
    if (!one || !reads(areasOf(who, "view bodies"), one.flow)) return null;
    return hides(one.flow).size > 0 ? one : arrival(pool, definitions, id, { hidden: false });
  };

  app.get<{ Params: { id: string } }>(
    "/arrivals/:id",
    may("view bodies", "shown"),
    async ({ params: { id }, who }, reply) =>
      (await seen(id, who)) ?? missing(reply, `There is no arrival ${id}, or it is no longer kept.`),
  );

  app.post<{ Params: { id: string }; Body: Static<typeof RevealArrival> }>(
    "/arrivals/:id/reveal",
    { ...may("see personal data", "shown"), schema: { body: RevealArrival } },
    async (request, reply) => {
      const { id } = request.params;
      const who = request.who!;
      const one = await seen(id, who);
      if (!one || !reads(areasOf(who, "see personal data"), one.flow))
        return missing(reply, `There is no arrival ${id}, or it is no longer kept.`);
      if (hides(one.flow).has("secret") && !holdsEverywhere(who.identity, "see secrets"))
        return reply.code(403).send({ title: "Not allowed", detail: needs("see secrets") });
      const shown = await arrival(pool, definitions, id, { hidden: false });
      await noteView(pool, acting(request, request.body.reason), "see personal data", `arrival/${id}`, {
        bytes: one.bytes,
      });
      return shown ?? missing(reply, `There is no arrival ${id}, or it is no longer kept.`);
    },
  );
}
