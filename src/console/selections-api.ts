/**
 * The console's API about bulk acts: choose and freeze, look at exactly what would be sent, try one, run, stop.
 *
 * Also one delivery corrected or sent as new: those are selections of one, under the same rules. Shapes are in
 * `shapes-selections.ts`.
 */
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Pool } from "pg";
import type { Static } from "typebox";
import { holds, needs, type Permission } from "../rights/permissions.ts";
import type { Dock } from "../runtime/dock.ts";
import { correctedBefore } from "../trace/corrections.ts";
import { correlationOf } from "../trace/places.ts";
import { editors, openSubjects, selection, selections, wantsSecond, whyNot } from "../trace/selections.ts";
import type { Chosen, SelectionAct } from "../work/selections.ts";
import { late, missing } from "./answers.ts";
import type { AsksSecond } from "./four-eyes.ts";
import { acting, areasOf, may, touches, type Who } from "./gate.ts";
import * as shapes from "./shapes-selections.ts";

/** What one must be allowed to do for an act, besides choosing at all. */
const PERMISSION: Readonly<Record<SelectionAct, Permission>> = {
  "try again": "try again",
  fix: "fix data",
  replay: "replay",
  backfill: "replay",
  "as new": "replay as new",
  cancel: "decide",
  close: "decide",
};

/** The permission that is missing for this anywhere, or null. Where somebody holds it in part, the items are held against it. */
const lacking = ({ who }: FastifyRequest, permission: Permission): Permission | null =>
  who && holds(who.identity, permission) ? null : permission;

/** What the second person reads, and what their word is bound to: exactly what was frozen. */
const beginning =
  (pool: Pool): AsksSecond =>
  async (request) => {
    const { id } = request.params as { id: string };
    const { word } = request.body as Static<typeof shapes.Word>;
    const seen = await selection(pool, id, { limit: SAMPLE });
    // What cannot be begun anyhow is refused in its own words.
    if (!seen || !wantsSecond(seen, word) || lacking(request, PERMISSION[seen.act])) return null;
    if (Date.parse(seen.expiresAt) < Date.now()) return null;
    const areas = areasOf(request.who, PERMISSION[seen.act]);
    if (areas && !(await selection(pool, id, { limit: 1, areas }))) return null;
    const { act, digest, totals, money, units, would, items, frozenBy, expiresAt } = seen;
    const worth = money.map(({ amount, currency }) => `${amount} ${currency}`).join(" + ");
    return {
      what: `${word === "run" ? "Run" : "Try one of"} “${act}” on ${totals.waiting} of ${totals.selected} items${worth ? `, ${worth}` : ""}: ${seen.reason} ${seen.second}`,
      state: {
        selection: id,
        act,
        digest,
        frozenBy,
        editedBy: [...new Set([frozenBy, ...(await editors(pool, id))])],
        expiresAt,
        waiting: totals.waiting,
        money,
        units,
        would,
        sample: items
          .filter(({ state }) => state === "waiting")
          .map(({ subject, would: each }) => ({ subject, would: each })),
      },
      permission: "approve",
      correlation: null,
    };
  };

/** Items the second person is shown. */
const SAMPLE = 10;

export async function selectionsApi(app: FastifyInstance, { dock }: { dock: Dock }): Promise<void> {
  const { pool } = dock;

  /** What was chosen, of what the person may touch: all of a cause is then all of it in their part. Null: it lies outside. */
  const theirs = async (chosen: Chosen, who: Who, permission: Permission): Promise<Chosen | null> => {
    const areas = areasOf(who, permission);
    if (areas === null) return chosen;
    if ("cause" in chosen) {
      const subjects = await openSubjects(pool, chosen.cause, areas);
      return subjects.length === 0 ? null : { subjects };
    }
    if (!("subjects" in chosen)) return null;
    const about = await Promise.all(
      chosen.subjects.map((subject) => correlationOf(pool, { delivery: subject })),
    );
    const touched = await touches(pool, who, permission, about);
    return touched === null || about.every(touched) ? chosen : null;
  };

  app.get("/selections", may("view", "shown"), async ({ who }) => ({
    selections: await selections(pool, areasOf(who, "view")),
    asOf: new Date().toISOString(),
  }));

  app.get<{ Params: { id: string }; Querystring: Static<typeof shapes.ItemsQuery> }>(
    "/selections/:id",
    { ...may("view", "shown"), schema: { querystring: shapes.ItemsQuery } },
    async ({ params: { id }, query: { after, limit, state }, who }, reply) =>
      (await selection(pool, id, {
        areas: areasOf(who, "view"),
        after: Number(after ?? 0),
        limit: Number(limit ?? 50),
        state: state ?? null,
        known: dock.definitions,
      })) ?? missing(reply, `There is no selection ${id}.`),
  );

  app.get<{ Params: { id: string }; Querystring: Static<typeof shapes.PreviewQuery> }>(
    "/selections/:id/preview",
    { ...may("view bodies", "shown"), schema: { querystring: shapes.PreviewQuery } },
    async ({ params: { id }, query: { after, limit }, who }, reply) => {
      const about = await selection(pool, id, { limit: 1, areas: areasOf(who, "view bodies") });
      if (!about) return missing(reply, `There is no selection ${id}.`);
      const items = await dock.selections.preview(id, Number(after ?? 0), Number(limit ?? 20));
      return items ? { items } : missing(reply, `There is no selection ${id}.`);
    },
  );

  const itsDocument = (request: FastifyRequest) =>
    correlationOf(pool, { delivery: (request.params as { key: string }).key });
  app.get<{ Params: { key: string } }>(
    "/deliveries/:key/corrected-before",
    may("view bodies", itsDocument),
    ({ params: { key } }) => correctedBefore(pool, [key], dock.definitions),
  );
  app.get<{ Params: { cause: string } }>(
    "/causes/:cause/corrected-before",
    may("view bodies", "shown"),
    async ({ params, who }) => {
      const open = await openSubjects(pool, params.cause, areasOf(who, "view bodies"));
      return correctedBefore(pool, open, dock.definitions);
    },
  );

  app.post<{ Body: Static<typeof shapes.Freeze> }>(
    "/selections",
    { ...may("try again", "shown"), schema: { body: shapes.Freeze } },
    async (request, reply) => {
      const { act, chosen, changes, reason } = request.body;
      const lacks = lacking(request, PERMISSION[act]);
      if (lacks) return reply.code(403).send({ title: "Not allowed", detail: needs(lacks) });
      const mine = await theirs(chosen as Chosen, request.who!, PERMISSION[act]);
      if (!mine) {
        const all =
          "subjects" in chosen || "cause" in chosen
            ? "Part of it does not exist here"
            : "That is about all of the business";
        return missing(reply, `${all}, and nothing was chosen. Choose documents you may see.`);
      }
      const id = await dock.selections.freeze(
        mine,
        act,
        { reason, ...(changes ? { changes } : {}) },
        acting(request, reason),
      );
      reply.code(201);
      return selection(pool, id, { known: dock.definitions });
    },
  );

  app.post<{ Params: { id: string }; Body: Static<typeof shapes.Word> }>(
    "/selections/:id/decide",
    { ...may("try again", "shown", { second: beginning(pool) }), schema: { body: shapes.Word } },
    async (request, reply) => {
      const { id } = request.params;
      const { word, reason } = request.body;
      const actor = acting(request, reason);
      const about = await selection(pool, id, { limit: 1 });
      const areas = about ? areasOf(request.who, PERMISSION[about.act]) : null;
      // Who holds it nowhere is told what is missing; who holds it elsewhere learns nothing of this selection.
      if (!about || (areas?.length && !(await selection(pool, id, { limit: 1, areas }))))
        return missing(reply, `There is no selection ${id}.`);
      const lacks = lacking(request, PERMISSION[about.act]);
      if (lacks) return reply.code(403).send({ title: "Not allowed", detail: needs(lacks) });
      const approved = request.who?.approved ?? null;
      const agreed = approved && { by: approved.by, digest: about.digest };
      if (await dock.selections.decide(id, word, actor, agreed)) return { done: true };
      const seen = await selection(pool, id, { limit: 1 });
      if (!seen) return missing(reply, `There is no selection ${id}.`);
      const detail = whyNot(seen, word, approved?.by ?? null, new Date());
      if (!wantsSecond(seen, word)) return late(reply, detail);
      return reply.code(403).send({ title: "A second person is needed", detail });
    },
  );
}
