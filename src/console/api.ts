/**
 * The console's API: what the pages read, and the buttons they press. Shapes are in the files `shapes-*.ts`.
 *
 * Reads go through the trace, changes through the dock, which decides and audits them. A button that came too late is
 * answered with 409 and a sentence, never with a success that did nothing.
 */
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Static } from "typebox";
import { holds, holdsEverywhere } from "../rights/permissions.ts";
import type { Dock } from "../runtime/dock.ts";
import type { Balance } from "../trace/balance.ts";
import {
  type Areas,
  downOf,
  exceptionGroups,
  moneyWaiting,
  openCauses,
  openQuestions,
  overview,
  recent,
} from "../trace/index.ts";
import { correlationOf } from "../trace/places.ts";
import { agreementsApi } from "./agreements-api.ts";
import { late } from "./answers.ts";
import { arrivalsApi } from "./arrivals-api.ts";
import { balanceApi } from "./balance-api.ts";
import { batchesApi } from "./batches-api.ts";
import { catalogueApi } from "./catalogue-api.ts";
import { causesApi } from "./causes-api.ts";
import { cutoversApi } from "./cutovers-api.ts";
import { developerApi } from "./developer-api.ts";
import { documentsApi } from "./documents-api.ts";
import { aboutDelivery } from "./four-eyes.ts";
import { acting, areasOf, may } from "./gate.ts";
import { HEADERS } from "./guard.ts";
import { kept } from "./kept.ts";
import type { Live } from "./live.ts";
import { periodsApi } from "./periods-api.ts";
import { processesApi, sinceOf } from "./processes-api.ts";
import { selectionsApi } from "./selections-api.ts";
import { Reason } from "./shapes.ts";
import { Answer, QuestionsQuery } from "./shapes-causes.ts";
import { AboutDelivery, Settlement } from "./shapes-documents.ts";
import { SinceQuery } from "./shapes-processes.ts";
import { systemsApi } from "./systems-api.ts";

export interface ApiOptions {
  readonly dock: Dock;
  readonly live: Live;
  /** The account of everything, made once for all who ask. */
  readonly account: () => Promise<Balance>;
}

export async function api(app: FastifyInstance, { dock, live, account }: ApiOptions): Promise<void> {
  const { pool, definitions } = dock;
  const down = () => ({ down: downOf(dock.connections()) });

  app.addHook("onSend", async (_request, reply) => {
    if (!reply.hasHeader("cache-control")) reply.header("cache-control", "no-store");
  });

  // Every open page asks for the same first page each second; one answer serves all who may see the same.
  const home = kept(
    async (since: string, areas: Areas) => {
      const [seen, latest, causes, money] = await Promise.all([
        overview(pool, definitions, dock.connections(), { areas, since: sinceOf(since || undefined) }),
        recent(pool, definitions, { limit: 12, areas, ...down() }),
        openCauses(pool, definitions, areas),
        moneyWaiting(pool, definitions, areas),
      ]);
      return { ...seen, recent: latest.documents, causes: causes.slice(0, CAUSES_SHOWN), money };
    },
    () => live.changedAt,
  );
  app.get<{ Querystring: Static<typeof SinceQuery> }>(
    "/home",
    { ...may("view", "shown"), schema: { querystring: SinceQuery } },
    ({ query: { since }, who }) => home(since ?? "", areasOf(who, "view")),
  );
  await app.register(processesApi, { dock });
  await app.register(catalogueApi, { dock });
  await app.register(developerApi, { dock });

  await app.register(documentsApi, { dock });

  app.get("/exceptions", may("view", "shown"), async ({ who }) => {
    const theirs = { ...down(), areas: areasOf(who, "view") };
    const [groups, questions] = await Promise.all([
      exceptionGroups(pool, definitions, theirs),
      openQuestions(pool, definitions, { ...theirs, limit: QUESTIONS_SHOWN }),
    ]);
    return { groups, ...questions, asOf: new Date().toISOString() };
  });

  app.get<{ Querystring: Static<typeof QuestionsQuery> }>(
    "/questions",
    { ...may("view", "shown"), schema: { querystring: QuestionsQuery } },
    async ({ query: { after, limit }, who }) =>
      openQuestions(pool, definitions, {
        ...down(),
        areas: areasOf(who, "view"),
        after: after ?? null,
        limit: Number(limit ?? QUESTIONS_SHOWN),
      }),
  );

  await app.register(arrivalsApi, { dock });
  await app.register(batchesApi, { dock });

  app.get("/live", may("view", "shown", { listens: true }), (request, reply) => {
    const namesAll = holdsEverywhere(request.who!.identity, "view");
    const isStillAllowed = async () => {
      const now = await request.whoNow();
      return (
        now !== null && holds(now.identity, "view") && holdsEverywhere(now.identity, "view") === namesAll
      );
    };
    reply.hijack();
    if (!live.open(reply.raw, HEADERS, { namesAll, isStillAllowed })) reply.raw.writeHead(503).end();
  });

  await app.register(agreementsApi, { dock });
  await app.register(causesApi, { dock });
  await app.register(selectionsApi, { dock });
  await app.register(balanceApi, { dock, account });
  await app.register(cutoversApi, { dock });
  await app.register(periodsApi, { dock });
  await app.register(systemsApi, { dock });
  const delivery = (request: FastifyRequest) =>
    correlationOf(pool, { delivery: (request.params as { key: string }).key });
  const question = (request: FastifyRequest) =>
    correlationOf(pool, { question: (request.params as { id: string }).id });
  const exception = (request: FastifyRequest) =>
    correlationOf(pool, { exception: (request.params as { id: string }).id });

  // Both change what the books say without the system's own word, so each takes a second person.
  const settling = aboutDelivery(pool, definitions, (what, { booked }) =>
    booked === null
      ? `Say that ${what} was not booked, and send it again.`
      : `Say that ${what} was booked as ${booked}.`,
  );
  const sendingUnseen = aboutDelivery(pool, definitions, (what, _, { unclear }) =>
    unclear ? `Send ${what} again, although nobody can tell whether it was booked.` : null,
  );
  const givingUp = aboutDelivery(pool, definitions, (what) => `Give up ${what}.`);

  app.post<{ Params: { id: string }; Body: Static<typeof Answer> }>(
    "/questions/:id/answer",
    { ...may("answer", question), schema: { body: Answer } },
    async (request, reply) => {
      const { params, body } = request;
      const taken = await dock.answer(
        params.id,
        body.verdict,
        acting(request, body.comment),
        body.comment ?? "",
      );
      return taken
        ? { done: true }
        : late(
            reply,
            `There is no open question ${params.id}: somebody answered it before, or it is not asked.`,
          );
    },
  );
  app.post<{ Params: { key: string }; Body: Static<typeof AboutDelivery> }>(
    "/deliveries/:key/try-again",
    { ...may("try again", delivery, { second: sendingUnseen }), schema: { body: AboutDelivery } },
    async (request, reply) => {
      const { params, body } = request;
      const taken = await dock.tryAgain(params.key, acting(request, body.reason), body.tries);
      return taken
        ? { done: true }
        : late(reply, `Nothing of ${params.key} waits for a person, or it was tried again since you looked.`);
    },
  );
  app.post<{ Params: { id: string }; Body: Static<typeof Reason> }>(
    "/exceptions/:id/resolve",
    { ...may("decide", exception), schema: { body: Reason } },
    async (request, reply) => {
      const { params, body } = request;
      const taken = await dock.resolve(params.id, acting(request, body.reason));
      return taken
        ? { done: true }
        : late(reply, "It is closed already, or it is about a delivery: decide about that.");
    },
  );
  app.post<{ Params: { key: string }; Body: Static<typeof Settlement> }>(
    "/deliveries/:key/settle",
    { ...may("decide", delivery, { second: settling }), schema: { body: Settlement } },
    async (request, reply) => {
      const { params, body } = request;
      const verdict = body.booked === null ? ("not booked" as const) : { booked: body.booked };
      const taken = await dock.settle(params.key, verdict, acting(request, body.reason), body.tries);
      return taken
        ? { done: true }
        : late(
            reply,
            "It was settled or tried again since you looked: look again before you say what became of it.",
          );
    },
  );
  app.post<{ Params: { key: string }; Body: Static<typeof AboutDelivery> }>(
    "/deliveries/:key/cancel",
    { ...may("decide", delivery, { second: givingUp }), schema: { body: AboutDelivery } },
    async (request, reply) => {
      const { params, body } = request;
      const taken = await dock.cancelDelivery(params.key, acting(request, body.reason), body.tries);
      return taken
        ? { done: true }
        : late(
            reply,
            `${params.key} cannot be given up: it was confirmed, cancelled or tried again since you looked, or there is none.`,
          );
    },
  );
}

/** The first page names the foremost causes; the inbox has all. */
const CAUSES_SHOWN = 5;
/** Questions the inbox begins with; the others come a page at a time. */
const QUESTIONS_SHOWN = 25;
