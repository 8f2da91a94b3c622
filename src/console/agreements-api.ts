/**
 * The console's API about agreement: do the systems agree, who says what, and the buttons that mend it.
 *
 * | Path | Answers |
 * |---|---|
 * | `GET /api/agreements` | `{agreements, comparisons, mayCompare, asOf}`: the matrix with exact counts, and the latest comparisons |
 * | `GET /api/agreements/:kind/contradictions?milestone=&after=&limit=` | `{contradictions, next}` |
 * | `GET /api/agreements/of/:subject` | one document: who says what since when; `subject` is `order/SO-1` |
 * | `POST /api/agreements/:kind/compare` | `{reason, grace?}` → `{comparison}`: every open document, every system |
 * | `POST /api/agreements/of/:subject/mend` | `{milestone, how, reason}` → `{done, said}` |
 */

import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Static } from "typebox";
import { needs, type Permission } from "../rights/permissions.ts";
import type { Dock, Mending } from "../runtime/dock.ts";
import { milliseconds, type Span } from "../std/span.ts";
import {
  agreementMatrix,
  agreementOf,
  comparisons,
  contradictions,
  transactionOf,
} from "../trace/agreement.ts";
import { type Areas, downOf } from "../trace/index.ts";
import { late, missing } from "./answers.ts";
import { acting, areasOf, may, named, touches } from "./gate.ts";
import { kept } from "./kept.ts";
import * as shapes from "./shapes-agreements.ts";

/** What one must be allowed to do to mend it so: the same as for the deliveries it moves. */
const PERMISSION: Readonly<Record<Mending, Permission>> = {
  "ask again": "try again",
  "try again": "try again",
  "send again": "replay",
  "send as new": "replay as new",
  "take its report": "decide",
  accept: "decide",
};

export async function agreementsApi(app: FastifyInstance, { dock }: { dock: Dock }): Promise<void> {
  const { pool, definitions } = dock;
  const down = () => ({ down: downOf(dock.connections()) });

  // Every open page asks; one answer serves all who may see the same.
  const matrix = kept(async (areas: Areas) => ({
    agreements: await agreementMatrix(pool, definitions, areas),
    comparisons: areas === null ? await comparisons(pool) : [],
    asOf: new Date().toISOString(),
  }));
  app.get("/agreements", may("view", "shown"), async ({ who }) => ({
    ...(await matrix(areasOf(who, "view"))),
    // Comparing asks about all of the business.
    mayCompare: areasOf(who, "try again") === null,
  }));
  const noneNamed = (kind: string) =>
    `There is no agreement named "${kind}". There are: ${[...definitions.agreements.keys()].join(", ") || "none"}.`;
  /** A lot or a return is whose its business transaction is. */
  const its = (request: FastifyRequest) => transactionOf(pool, named("subject")(request));

  app.get<{ Params: { kind: string }; Querystring: Static<typeof shapes.ContradictionsQuery> }>(
    "/agreements/:kind/contradictions",
    { ...may("view", "shown"), schema: { querystring: shapes.ContradictionsQuery } },
    async ({ params: { kind }, query: { milestone, after, limit }, who }, reply) => {
      if (!definitions.agreements.has(kind)) return missing(reply, noneNamed(kind));
      return contradictions(pool, definitions, kind, {
        ...down(),
        milestone: milestone ?? null,
        after: after ?? null,
        areas: areasOf(who, "view"),
        ...(limit === undefined ? {} : { limit: Number(limit) }),
      });
    },
  );

  app.get<{ Params: { subject: string } }>(
    "/agreements/of/:subject",
    may("view", its),
    async ({ params: { subject } }, reply) =>
      (await agreementOf(pool, definitions, subject, down())) ??
      missing(reply, `Whether the systems agree about ${subject} is not watched.`),
  );

  app.post<{ Params: { kind: string }; Body: Static<typeof shapes.Compare> }>(
    "/agreements/:kind/compare",
    { ...may("try again"), schema: { body: shapes.Compare } },
    async (request, reply) => {
      const { kind } = request.params;
      const { reason, grace } = request.body;
      if (!definitions.agreements.has(kind)) return missing(reply, noneNamed(kind));
      const graceMs = grace === undefined ? null : milliseconds(grace as Span);
      return { comparison: await dock.compare(kind, acting(request, reason), graceMs) };
    },
  );

  app.post<{ Params: { subject: string }; Body: Static<typeof shapes.Mend> }>(
    "/agreements/of/:subject/mend",
    { ...may("try again", its), schema: { body: shapes.Mend } },
    async (request, reply) => {
      const { milestone, how, reason } = request.body;
      const permission = PERMISSION[how];
      const about = await its(request);
      const theirs = await touches(pool, request.who!, permission, [about]);
      if (theirs !== null && !theirs(about))
        return reply.code(403).send({ title: "Not allowed", detail: needs(permission) });
      const said = await dock.mend(request.params.subject, milestone, how, acting(request, reason));
      return said === null
        ? late(reply, "The systems do not differ so any more, or this does not mend it. Look again.")
        : { done: true, said };
    },
  );
}
