/**
 * Selections read back: what was chosen, what it would do, what became of every item, in totals that add up.
 *
 * selected = applied + failedAgain + skipped + waiting; `asked` are those of the waiting that are on their way.
 */

import { isUuid } from "../std/uuid.ts";
import type { Chosen, SelectionAct, SelectionState } from "../work/selections.ts";
import type { Units } from "./at-risk.ts";
import type { Money } from "./header.ts";
import { type Known, NOTHING_KNOWN, plain } from "./known.ts";
import { CAUSE_ID } from "./needs.ts";
import { type Areas, type Condition, within } from "./places.ts";
import { type Db, type Instant, iso, isoOrNull, json } from "./rows.ts";

export interface SelectionTotals {
  readonly selected: number;
  /** Confirmed at the target; or given up or closed, where that was the act. */
  readonly applied: number;
  readonly failedAgain: number;
  readonly skipped: number;
  readonly waiting: number;
  /** Of the waiting: pressed, and not confirmed yet. */
  readonly asked: number;
}

export interface SelectionView {
  readonly id: string;
  readonly act: SelectionAct;
  readonly chosen: Chosen;
  readonly changes: readonly {
    readonly path: string;
    readonly value: unknown;
    readonly was?: unknown;
    /** Only in the messages of these documents. */
    readonly documents?: readonly string[];
  }[];
  readonly reason: string;
  readonly state: Exclude<SelectionState, "freezing">;
  /** Why a second person is needed; null when none is. */
  readonly second: string | null;
  /** What an approval names: it covers exactly these items as they stood. */
  readonly digest: string;
  readonly frozenBy: string;
  readonly frozenAt: string;
  /** Until then it may be begun. */
  readonly expiresAt: string;
  readonly approvedBy: string | null;
  readonly approvedAt: string | null;
  readonly runBy: string | null;
  readonly finishedAt: string | null;
  readonly totals: SelectionTotals;
  /** At risk in the items that are not left out, by currency. */
  readonly money: readonly Money[];
  readonly units: readonly Units[];
}

export interface SelectionItem {
  readonly number: number;
  readonly kind: "delivery" | "event" | "input" | "instance" | "arrival" | "exception";
  readonly subject: string;
  readonly correlation: string | null;
  readonly connection: string | null;
  readonly contract: string | null;
  readonly would: string;
  readonly state: "waiting" | "asked" | "applied" | "failed again" | "skipped";
  /** Why it was left out or failed again; of an applied one, the number the target gave it. */
  readonly reason: string | null;
  readonly endedAt: string | null;
}

export interface SelectionDetail extends SelectionView {
  /** What would happen, and why items are left out, with how many of each; most first. */
  readonly would: readonly { readonly text: string; readonly items: number }[];
  readonly left: readonly { readonly text: string; readonly items: number }[];
  /** Why items failed again, by cause, with the group each is in now. */
  readonly failed: readonly { readonly text: string; readonly items: number }[];
  readonly items: readonly SelectionItem[];
  /** Pass as `after` for the next page; null at the end. */
  readonly next: number | null;
}

/** Index: selection_recent or the primary key of selection; the primary key of selection_item. */
const selectionsWhere = (outside: string): string => `
  select s.id::text as id, s.act, s.chosen, s.changes, s.reason, s.state, s.second, s.digest, s.frozen_by, s.frozen_at, s.expires_at,
         s.approved_by, s.approved_at, s.run_by, s.finished_at, t.selected, t.applied, t.failed, t.skipped, t.waiting, t.asked,
         coalesce((select json_agg(json_build_object('amount', m.amount::text, 'currency', m.currency) order by m.amount desc)
            from (select r.currency, sum(r.amount) as amount from selection_item i,
                         json_to_recordset(i.at_risk::json->'money') as r(amount numeric, currency text)
                   where i.selection = s.id and i.state <> 'skipped' group by r.currency) m), '[]') as money,
         coalesce((select json_agg(json_build_object('value', u.value::text, 'uom', u.uom) order by u.value desc)
            from (select r.uom, sum(r.value) as value from selection_item i,
                         json_to_recordset(i.at_risk::json->'units') as r(value numeric, uom text)
                   where i.selection = s.id and i.state <> 'skipped' group by r.uom) u), '[]') as units
    from selection s cross join lateral (
      select count(*)::int as selected,
             (count(*) filter (where state = 'applied'))::int as applied,
             (count(*) filter (where state = 'failed again'))::int as failed,
             (count(*) filter (where state = 'skipped'))::int as skipped,
             (count(*) filter (where state in ('waiting', 'asked')))::int as waiting,
             (count(*) filter (where state = 'asked'))::int as asked
        from selection_item where selection = s.id) t
   where s.state <> 'freezing' and not exists (select from selection_item i where i.selection = s.id and ${outside})`;

interface Row {
  readonly id: string;
  readonly act: SelectionAct;
  readonly chosen: string;
  readonly changes: string | null;
  readonly reason: string;
  readonly state: SelectionView["state"];
  readonly second: string | null;
  readonly digest: string;
  readonly frozen_by: string;
  readonly frozen_at: Instant;
  readonly expires_at: Instant;
  readonly approved_by: string | null;
  readonly approved_at: Instant | null;
  readonly run_by: string | null;
  readonly finished_at: Instant | null;
  readonly selected: number;
  readonly applied: number;
  readonly failed: number;
  readonly skipped: number;
  readonly waiting: number;
  readonly asked: number;
  readonly money: Money[];
  readonly units: Units[];
}

const view = (row: Row): SelectionView => ({
  id: row.id,
  act: row.act,
  chosen: json(row.chosen) as Chosen,
  changes: (json(row.changes) ?? []) as SelectionView["changes"],
  reason: row.reason,
  state: row.state,
  second: row.second,
  digest: row.digest,
  frozenBy: row.frozen_by,
  frozenAt: iso(row.frozen_at),
  expiresAt: iso(row.expires_at),
  approvedBy: row.approved_by,
  approvedAt: isoOrNull(row.approved_at),
  runBy: row.run_by,
  finishedAt: isoOrNull(row.finished_at),
  totals: {
    selected: row.selected,
    applied: row.applied,
    failedAgain: row.failed,
    skipped: row.skipped,
    waiting: row.waiting,
    asked: row.asked,
  },
  money: row.money,
  units: row.units,
});

/** The latest selections, newest first. */
export async function selections(db: Db, areas: Areas = null, limit = 50): Promise<SelectionView[]> {
  const outside = notWithin(areas, 2);
  const { rows } = await db.query<Row>(`${selectionsWhere(outside.sql)} order by s.frozen_at desc limit $1`, [
    Math.min(limit, 200),
    ...outside.values,
  ]);
  return rows.map(view);
}

/** Whether an item lies outside; a selection with one such item is not shown. */
function notWithin(areas: Areas, from: number): Condition {
  const { sql, values } = within(areas, "i.correlation", from);
  return { sql: areas === null ? "false" : `not coalesce(${sql}, false)`, values };
}

/**
 * What is open of a cause in these areas, as a choice by key; and of a choice by key, what lies outside them. A choice by the
 * criteria of a replay knows no areas.
 */
export async function openSubjects(db: Db, cause: string, areas: Areas): Promise<string[]> {
  const mine = within(areas, "exception.correlation", 2);
  const { rows } = await db.query<{ subject: string }>(
    `select subject from exception where resolved_at is null and subject_kind in ('delivery', 'instance')
        and (fingerprint = $1 or ${CAUSE_ID} = $1) and ${mine.sql} order by exception.id`,
    [cause, ...mine.values],
  );
  return rows.map(({ subject }) => subject);
}

/** How much is open of a cause outside of these areas, deliveries that wait not counted. Index: exception_open. */
export async function openOutside(db: Db, cause: string, areas: Areas): Promise<number> {
  const mine = within(areas, "exception.correlation", 2);
  const { rows } = await db.query<{ outside: number }>(
    `select count(*)::int as outside from exception where resolved_at is null
        and (fingerprint = $1 or ${CAUSE_ID} = $1) and not coalesce(${mine.sql}, false)`,
    [cause, ...mine.values],
  );
  return rows[0]!.outside;
}

const ITEMS = `
  select number, kind, subject, correlation, connection, contract, would, state, reason, ended_at as "endedAt"
    from selection_item where selection = $1 and number > $2 and ($4::text is null or state = $4) order by number limit $3`;

const BY_TEXT = `
  select would, reason, state, count(*)::int as items from selection_item
   where selection = $1 group by would, reason, state order by count(*) desc, would limit 400`;

/** Who made the corrections that what was chosen carries. Indexes: primary keys of selection_item and correction. */
export async function editors(db: Db, id: string): Promise<string[]> {
  const { rows } = await db.query<{ by: string }>(
    `select distinct c.by from selection_item i join correction c on c.delivery = i.subject and c.version = i.corrected
      where i.selection = $1::uuid and i.kind = 'delivery' and i.corrected > 0`,
    [id],
  );
  return rows.map(({ by }) => by);
}

/**
 * One selection with a page of its items, those in `state` when one is given; null when there is none of that id, or part of
 * it lies outside the areas.
 */
export async function selection(
  db: Db,
  id: string,
  options: {
    after?: number;
    limit?: number;
    state?: SelectionItem["state"] | null;
    areas?: Areas;
    known?: Known;
  } = {},
): Promise<SelectionDetail | null> {
  if (!isUuid(id)) return null;
  const outside = notWithin(options.areas ?? null, 2);
  const known = options.known ?? NOTHING_KNOWN;
  const limit = Math.min(options.limit ?? 50, 500);
  const [found, items, texts] = await Promise.all([
    db.query<Row>(`${selectionsWhere(outside.sql)} and s.id = $1`, [id, ...outside.values]),
    db.query<SelectionItem & { endedAt: Instant | null }>(ITEMS, [
      id,
      options.after ?? 0,
      limit,
      options.state ?? null,
    ]),
    db.query<{ would: string; reason: string | null; state: SelectionItem["state"]; items: number }>(
      BY_TEXT,
      [id],
    ),
  ]);
  const row = found.rows[0];
  if (!row) return null;
  const grouped = (of: (line: (typeof texts.rows)[number]) => string | null) => {
    const sums = new Map<string, number>();
    for (const line of texts.rows) {
      const text = plain(known, of(line));
      if (text !== null) sums.set(text, (sums.get(text) ?? 0) + line.items);
    }
    return [...sums].map(([text, count]) => ({ text, items: count })).toSorted((a, b) => b.items - a.items);
  };
  return {
    ...view(row),
    would: grouped(({ would, state }) => (state === "skipped" ? null : would)),
    left: grouped(({ reason, state }) => (state === "skipped" ? (reason ?? "Left out.") : null)),
    failed: grouped(({ reason, state }) =>
      state === "failed again" ? (reason ?? "It failed again.") : null,
    ),
    items: items.rows.map((item) => ({
      ...item,
      reason: plain(known, item.reason),
      endedAt: isoOrNull(item.endedAt),
    })),
    next: items.rows.length === limit ? items.rows.at(-1)!.number : null,
  };
}

/** Why a word about a selection changed nothing, as a sentence for whoever said it. */
export function whyNot(
  seen: SelectionView | null,
  word: "try one" | "run" | "stop",
  agreedBy: string | null,
  now: Date,
): string {
  if (!seen) return "There is no such selection.";
  if (word !== "stop" && Date.parse(seen.expiresAt) < now.getTime() && seen.runBy === null)
    return "It was frozen more than four hours ago. Choose again, so that everybody sees what stands now.";
  if (wantsSecond(seen, word))
    return agreedBy === null
      ? `It takes a second person: ${seen.second}`
      : `${agreedBy} chose or began it, and cannot be the second person.`;
  return `It is ${seen.state}, so there is nothing to ${word}.`;
}

/** Whether a word fails for want of a second person. */
export const wantsSecond = (seen: SelectionView | null, word: string): boolean =>
  seen !== null &&
  (word === "try one" || word === "run") &&
  seen.state === "frozen" &&
  seen.second !== null &&
  seen.approvedBy === null;
