/**
 * The console's API about documents: lists of them, one document with its story, and its steps. Shapes are in
 * `shapes-documents.ts`; what people do about a delivery is in `api.ts`.
 *
 * A personal field is shown for a reason, and a list leaves the house, only with a line in the audit.
 */
import type { FastifyInstance, FastifyReply } from "fastify";
import type { Static } from "typebox";
import { holdsEverywhere, needs } from "../rights/permissions.ts";
import type { Dock } from "../runtime/dock.ts";
import { Unusable } from "../std/errors.ts";
import {
  countDocuments,
  type DocumentFilter,
  document,
  documentsUpTo,
  downOf,
  filteredDocuments,
  findDocuments,
  isFilter,
  recent,
  step,
} from "../trace/index.ts";
import { noteView } from "../work/audit.ts";
import { late, missing } from "./answers.ts";
import { documentsSheet, FILE_MAX } from "./documents-sheet.ts";
import { acting, areasOf, may, named, touches } from "./gate.ts";
import { Reason } from "./shapes.ts";
import {
  DocumentCountQuery,
  DocumentsFileQuery,
  DocumentsQuery,
  Hold,
  TendDocument,
} from "./shapes-documents.ts";
import * as people from "./shapes-people.ts";
import { SHEET_FILES, sendSheet } from "./sheet-files.ts";

/** Found by one number. */
const SEARCHED_MAX = 200;

export async function documentsApi(app: FastifyInstance, { dock }: { dock: Dock }): Promise<void> {
  const { pool, definitions } = dock;
  const down = () => ({ down: downOf(dock.connections()) });

  app.get<{ Querystring: Static<typeof DocumentsQuery> }>(
    "/documents",
    { ...may("view", "shown"), schema: { querystring: DocumentsQuery } },
    async ({ query: { search, after, limit, ...asked }, who }) => {
      const theirs = { ...down(), areas: areasOf(who, "view") };
      if (search?.trim()) {
        const documents = await findDocuments(pool, search, definitions, {
          ...theirs,
          limit: Number(limit ?? 50),
        });
        return { documents, next: null };
      }
      const page = { ...theirs, after: after ?? null, limit: Number(limit ?? 25) };
      const filter = filterOf(asked);
      return isFilter(filter)
        ? filteredDocuments(pool, definitions, filter, page)
        : recent(pool, definitions, page);
    },
  );

  app.get<{ Querystring: Static<typeof DocumentCountQuery> }>(
    "/documents/count",
    { ...may("view", "shown"), schema: { querystring: DocumentCountQuery } },
    async ({ query: { after, ...asked }, who }) =>
      countDocuments(pool, definitions, filterOf(asked), {
        ...down(),
        areas: areasOf(who, "view"),
        after: after ?? null,
      }),
  );

  // A file leaves the house: it names who took it and when, and the audit keeps what was taken.
  for (const file of SHEET_FILES)
    app.get<{ Querystring: Static<typeof DocumentsFileQuery> }>(
      `/documents.${file}`,
      { ...may("view", "shown"), schema: { querystring: DocumentsFileQuery } },
      async (request, reply) => {
        const { search, ...asked } = request.query;
        const theirs = { ...down(), areas: areasOf(request.who, "view") };
        const found = search?.trim()
          ? await findDocuments(pool, search, definitions, { ...theirs, limit: SEARCHED_MAX })
          : await documentsUpTo(pool, definitions, filterOf(asked), { ...theirs, most: FILE_MAX });
        const taken = { by: request.who!.actor, at: new Date().toISOString() };
        await noteView(pool, acting(request), "export documents", "documents", {
          ...request.query,
          file,
          rows: found.length,
        });
        return sendSheet(reply, documentsSheet(found, taken), file);
      },
    );

  app.get<{ Params: { correlation: string } }>(
    "/documents/:correlation",
    may("view", named("correlation")),
    async ({ params, who }, reply) => {
      const story = await document(pool, params.correlation, definitions, down());
      if (!story) return missing(reply, `Nothing is known about ${params.correlation}.`);
      // A payment may settle orders of many plants: who may see one of them sees no other through it.
      const about = story.related.map(({ correlation }) => correlation);
      const theirs = await touches(pool, who!, "view", about);
      return theirs === null
        ? story
        : { ...story, related: story.related.filter(({ correlation }) => theirs(correlation)) };
    },
  );

  const tended = (done: boolean, reply: FastifyReply) =>
    done ? { done } : late(reply, "It stands so already, or nothing is known about it.");
  app.post<{ Params: { correlation: string }; Body: Static<typeof TendDocument> }>(
    "/documents/:correlation/tend",
    { ...may("tend", named("correlation")), schema: { body: TendDocument } },
    async (request, reply) => {
      const { params, body } = request;
      const actor = acting(request, "assign" in body ? body.reason : undefined);
      const what = "assign" in body ? { assign: body.assign } : { note: body.note };
      return tended(await dock.tendDocument(params.correlation, what, actor), reply);
    },
  );
  app.post<{ Params: { correlation: string }; Body: Static<typeof Hold> }>(
    "/documents/:correlation/hold",
    { ...may("decide", named("correlation")), schema: { body: Hold } },
    async (request, reply) => {
      const { params, body } = request;
      const actor = acting(request, body.reason);
      return tended(await dock.tendDocument(params.correlation, { hold: body.reason }, actor), reply);
    },
  );
  app.post<{ Params: { correlation: string }; Body: Static<typeof Reason> }>(
    "/documents/:correlation/release",
    { ...may("decide", named("correlation")), schema: { body: Reason } },
    async (request, reply) => {
      const { params, body } = request;
      const actor = acting(request, body.reason);
      return tended(await dock.tendDocument(params.correlation, { hold: null }, actor), reply);
    },
  );

  app.get<{ Params: { correlation: string; position: string } }>(
    "/documents/:correlation/steps/:position",
    may("view bodies", named("correlation")),
    async ({ params }, reply) =>
      (await step(pool, params.correlation, params.position, definitions, down())) ??
      missing(reply, `${params.correlation} has no step ${params.position}.`),
  );

  app.get<{ Params: { correlation: string; position: string } }>(
    "/documents/:correlation/steps/:position/side-by-side",
    may("view bodies", named("correlation")),
    async ({ params: { correlation, position } }, reply) =>
      (await dock.sideBySide(correlation, position)) ??
      missing(reply, `${correlation} has no step ${position}.`),
  );

  // Shown for a reason, which is kept with the name of every field that was shown.
  app.post<{ Params: { correlation: string; position: string }; Body: Static<typeof people.Reveal> }>(
    "/documents/:correlation/steps/:position/reveal",
    { ...may("see personal data", named("correlation")), schema: { body: people.Reveal } },
    async (request, reply) => {
      const { correlation, position } = request.params;
      const { mark, reason, of = "step" } = request.body;
      if (mark === "secret" && !holdsEverywhere(request.who!.identity, "see secrets")) {
        reply.code(403);
        return { title: "Not allowed", detail: needs("see secrets") };
      }
      const fields = new Set<string>();
      const reveal = { marks: new Set([mark]), tell: (path: string) => void fields.add(path) };
      const shown =
        of === "step"
          ? await step(pool, correlation, position, definitions, { ...down(), reveal })
          : await dock.sideBySide(correlation, position, reveal);
      if (!shown) return missing(reply, `${correlation} has no step ${position}.`);
      await noteView(pool, acting(request, reason), `see ${mark} data`, correlation, {
        step: position,
        contract: shown.contract,
        fields: [...fields],
      });
      return shown;
    },
  );
}

/** What somebody asked for in the address; an amount stands with its currency. */
function filterOf({
  over,
  late,
  ...asked
}: Omit<Static<typeof DocumentCountQuery>, "after">): DocumentFilter {
  if (asked.process === undefined && (asked.at ?? asked.how) !== undefined)
    throw new Unusable("Where documents stand, and how, is asked about one process: name it.");
  const [amount = "", currency = ""] = over?.split(" ") ?? [];
  return { ...asked, late: late === "true", ...(over === undefined ? {} : { over: { amount, currency } }) };
}
