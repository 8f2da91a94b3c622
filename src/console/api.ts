/**
 * The console's API: what the pages read, and the buttons they press. Shapes are in `shapes.ts`.
 *
 * Reads go through the trace, changes through the dock, which decides and audits them. A button that came too late is
 * answered with 409 and a sentence, never with a success that did nothing.
 */
import type { FastifyInstance } from "fastify";
import type { Static } from "typebox";
import type { Actor, Dock } from "../runtime/dock.ts";
import {
  batch,
  batches,
  document,
  downOf,
  exceptionGroups,
  findDocuments,
  moneyWaiting,
  openQuestions,
  overview,
  recent,
  refusedRecords,
  STATUSES,
  step,
} from "../trace/index.ts";
import { late, missing } from "./answers.ts";
import { causesApi } from "./causes-api.ts";
import { HEADERS, TOKEN_HEADER } from "./guard.ts";
import type { Live } from "./live.ts";
import * as shapes from "./shapes.ts";

export interface ApiOptions {
  readonly dock: Dock;
  readonly live: Live;
  readonly token: string;
  readonly name: string;
  readonly actor: string;
}

export async function api(
  app: FastifyInstance,
  { dock, live, token, name, actor }: ApiOptions,
): Promise<void> {
  const { pool, definitions } = dock;
  const down = () => ({ down: downOf(dock.connections()) });

  app.addHook("onSend", async (_request, reply) => {
    if (!reply.hasHeader("cache-control")) reply.header("cache-control", "no-store");
  });

  app.get("/session", async () => ({
    name,
    actor,
    worker: dock.worker,
    token,
    tokenHeader: TOKEN_HEADER,
    statuses: STATUSES,
  }));

  // Every open page asks for the same first page each second; one answer a second serves them all.
  const home = shared(1_000, async () => {
    const [seen, latest, groups, questions] = await Promise.all([
      overview(pool, definitions, dock.connections()),
      recent(pool, definitions, { limit: 12, ...down() }),
      exceptionGroups(pool, definitions, down()),
      openQuestions(pool, definitions, down()),
    ]);
    return {
      ...seen,
      recent: latest.documents,
      causes: groups.slice(0, CAUSES_SHOWN).map(({ items: _, ...group }) => group),
      money: moneyWaiting(groups, questions),
    };
  });
  app.get("/home", home);

  app.get<{ Querystring: Static<typeof shapes.DocumentsQuery> }>(
    "/documents",
    { schema: { querystring: shapes.DocumentsQuery } },
    async ({ query: { search, after, limit } }) => {
      if (!search?.trim())
        return {
          ...(await recent(pool, definitions, {
            ...down(),
            after: after ?? null,
            limit: Number(limit ?? 25),
          })),
        };
      return {
        documents: await findDocuments(pool, search, definitions, { ...down(), limit: Number(limit ?? 50) }),
        next: null,
      };
    },
  );

  app.get<{ Params: { correlation: string } }>(
    "/documents/:correlation",
    async ({ params }, reply) =>
      (await document(pool, params.correlation, definitions, down())) ??
      missing(reply, `Nothing is known about ${params.correlation}.`),
  );

  app.get<{ Params: { correlation: string; position: string } }>(
    "/documents/:correlation/steps/:position",
    async ({ params }, reply) =>
      (await step(pool, params.correlation, params.position, definitions, down())) ??
      missing(reply, `${params.correlation} has no step ${params.position}.`),
  );

  app.get("/exceptions", async () => {
    const [groups, questions] = await Promise.all([
      exceptionGroups(pool, definitions, down()),
      openQuestions(pool, definitions, down()),
    ]);
    return { groups, questions, asOf: new Date().toISOString() };
  });

  // Every open page asks each second while a file is read; one answer a second serves them all.
  const files = shared(1_000, async () => ({
    batches: await batches(pool),
    asOf: new Date().toISOString(),
  }));
  app.get("/batches", files);

  app.get<{ Params: { id: string }; Querystring: Static<typeof shapes.RefusedQuery> }>(
    "/batches/:id",
    { schema: { querystring: shapes.RefusedQuery } },
    async ({ params: { id }, query: { after } }, reply) => {
      const one = await batch(pool, id);
      if (!one) return missing(reply, `There is no batch ${id}.`);
      return {
        batch: one,
        refused: await refusedRecords(pool, id, { after: Number(after ?? 0), limit: 100 }),
      };
    },
  );

  app.get("/live", (_request, reply) => {
    reply.hijack();
    if (!live.open(reply.raw, HEADERS)) reply.raw.writeHead(503).end();
  });

  const by = (reason: string | undefined): Actor => (reason ? { name: actor, reason } : { name: actor });
  await app.register(causesApi, { dock, by });

  app.post<{ Params: { id: string }; Body: Static<typeof shapes.Answer> }>(
    "/questions/:id/answer",
    { schema: { body: shapes.Answer } },
    async ({ params, body }, reply) => {
      const taken = await dock.answer(params.id, body.verdict, by(body.comment), body.comment ?? "");
      return taken
        ? { done: true }
        : late(reply, "Somebody answered this question before, or it is no longer asked.");
    },
  );
  app.post<{ Params: { key: string }; Body: Static<typeof shapes.Reason> }>(
    "/deliveries/:key/try-again",
    { schema: { body: shapes.Reason } },
    async ({ params, body }, reply) => {
      const taken = await dock.tryAgain(params.key, by(body.reason));
      return taken ? { done: true } : late(reply, "It is not waiting for a person any more.");
    },
  );
  app.post<{ Params: { id: string }; Body: Static<typeof shapes.Reason> }>(
    "/exceptions/:id/resolve",
    { schema: { body: shapes.Reason } },
    async ({ params, body }, reply) => {
      const taken = await dock.resolve(params.id, by(body.reason));
      return taken
        ? { done: true }
        : late(reply, "It is closed already, or it is about a delivery: decide about that.");
    },
  );
  app.post<{ Params: { key: string }; Body: Static<typeof shapes.Settlement> }>(
    "/deliveries/:key/settle",
    { schema: { body: shapes.Settlement } },
    async ({ params, body }, reply) => {
      const verdict = body.booked === null ? ("not booked" as const) : { booked: body.booked };
      const taken = await dock.settle(params.key, verdict, by(body.reason));
      return taken ? { done: true } : late(reply, "It is not unclear any more: it was settled meanwhile.");
    },
  );
  app.post<{ Params: { id: string }; Body: Static<typeof shapes.BatchDecision> }>(
    "/batches/:id/decide",
    { schema: { body: shapes.BatchDecision } },
    async ({ params, body }, reply) => {
      const taken = await dock.decideBatch(params.id, body.verdict, by(body.reason));
      return taken ? { done: true } : late(reply, "The batch is not in a state for this any more.");
    },
  );
  app.post<{ Params: { key: string }; Body: Static<typeof shapes.Reason> }>(
    "/deliveries/:key/cancel",
    { schema: { body: shapes.Reason } },
    async ({ params, body }, reply) => {
      const taken = await dock.cancelDelivery(params.key, by(body.reason));
      return taken ? { done: true } : late(reply, "It was confirmed or cancelled meanwhile.");
    },
  );
}

/** The first page names the foremost causes; the inbox has all. */
const CAUSES_SHOWN = 5;

/** Gives everyone who asks within `ms` the same answer; a failure is not kept. */
function shared<Answer>(ms: number, work: () => Promise<Answer>): () => Promise<Answer> {
  let last: { at: number; answer: Promise<Answer> } | null = null;
  return () => {
    if (last && Date.now() - last.at < ms) return last.answer;
    const answer = work();
    last = { at: Date.now(), answer };
    answer.catch(() => {
      last = null;
    });
    return answer;
  };
}
