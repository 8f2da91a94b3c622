/**
 * What the dock saved people, from what was counted: documents nobody had to touch, copies it did not take in again,
 * contradictions it found, lost answers it cleared up by itself.
 *
 * Nothing is estimated here. What a case would have cost a person is that person's own assumption, a range of minutes and a
 * price of an hour; without one there is a count and no value. Amounts are exact decimals until they are rounded to cents.
 */
import Big from "big.js";
import { Unusable } from "../std/errors.ts";
import { counts } from "./counted.ts";
import { COPIES, DOUBTS_SETTLED } from "./figures.ts";
import type { Money } from "./header.ts";
import { countedOf, partsOf } from "./history.ts";
import { type Known, newestProcesses, sentence, systemTitle } from "./known.ts";
import { type Areas, within } from "./places.ts";
import type { Db } from "./rows.ts";

export const SAVED = ["document", "copy", "contradiction", "doubt"] as const;
export type SavedKind = (typeof SAVED)[number];

/** Minutes a case takes a person, as decimals: at least, and at most. */
export interface Minutes {
  readonly from: string;
  readonly to: string;
}

/** What somebody assumes; what is left out has no value. */
export interface Assumptions {
  readonly minutes: Readonly<Partial<Record<SavedKind, Minutes>>>;
  /** What an hour of a person costs. */
  readonly hour: Money | null;
}

const MINUTES = /^(\d{1,4}(?:\.\d{1,2})?)(?:-(\d{1,4}(?:\.\d{1,2})?))?$/;
const HOUR = /^(\d{1,6}(?:\.\d{1,2})?) ([A-Z]{3})$/;

/**
 * Assumptions as people write them: minutes as `10` or `10-15`, an hour as `65.00 EUR`.
 *
 * @throws {Unusable} for what is neither
 */
export function assumptionsOf(
  asked: Readonly<Partial<Record<SavedKind | "hour", string | undefined>>>,
): Assumptions {
  const minutes = Object.fromEntries(
    SAVED.flatMap((kind) => {
      const text = asked[kind]?.trim() ?? "";
      if (text === "") return [];
      const [, from = "", to = from] = MINUTES.exec(text) ?? [];
      if (from === "" || new Big(to).lt(from))
        throw new Unusable(
          `Minutes are written as 10, or as 10-15 with the smaller first; "${text}" of ${kind} is neither.`,
        );
      return [[kind, { from, to }]];
    }),
  );
  const text = asked.hour?.trim() ?? "";
  const [, amount = "", currency = ""] = HOUR.exec(text) ?? [];
  if (text !== "" && amount === "")
    throw new Unusable(`What an hour costs is written with its currency, as 65.00 EUR; "${text}" is not.`);
  return { minutes, hour: amount === "" ? null : { amount, currency } };
}

export interface SavedLine {
  readonly kind: SavedKind;
  readonly title: string;
  /** What was counted, and where: "12 of 14 completed" of each process, copies by flow, causes, systems. */
  readonly parts: readonly {
    readonly name: string;
    readonly title: string;
    readonly count: number;
    readonly of: number | null;
  }[];
  readonly count: number;
  readonly minutes: Minutes | null;
  /** Hours of people, one decimal; null without an assumption. */
  readonly hours: Range | null;
  readonly worth: MoneyRange | null;
}
export interface Range {
  readonly from: string;
  readonly to: string;
}
export interface MoneyRange extends Range {
  readonly currency: string;
}

export interface Savings {
  readonly since: string;
  readonly asOf: string;
  readonly lines: readonly SavedLine[];
  /** Over the lines that have an assumption; null when none has. */
  readonly hours: Range | null;
  readonly worth: MoneyRange | null;
}

const TITLES: Readonly<Record<SavedKind, string>> = {
  document: "Documents completed without a person",
  copy: "Copies recognised and not taken in again",
  contradiction: "Contradictions between systems found",
  doubt: "Lost answers cleared up without a person",
};

/**
 * Completed instances that a person had to do with: asked a question, or shown something that stopped them or one of their
 * deliveries. Found from those, which are few. Indexes: exception_recent, the primary keys of delivery and instance.
 */
export const touchedWhere = (mine: string): string => `
  with shown as (
    select subject_kind, subject, correlation from exception where class <> 'temporary' and ${mine}),
  named as (
    select p.process, d.key from (
      select split_part(d.subject, '/', 1) as type, substr(d.subject, strpos(d.subject, '/') + 1) as key
        from shown x join delivery d on x.subject_kind = 'delivery' and d.key = x.subject
      union select split_part(correlation, '/', 1), substr(correlation, strpos(correlation, '/') + 1) from shown
       where correlation is not null) d
      join unnest($1::text[], $2::text[]) as p(process, type) on p.type = d.type
    union select split_part(subject, ':', 1), substr(subject, strpos(subject, ':') + 1) from shown where subject_kind = 'instance'
    union select process, key from question)
  select i.process, count(*)::int as count
    from named cross join lateral (
      select i.process, i.correlation from instance i
       where i.process = named.process and i.key = named.key and i.status = 'completed' and i.updated_at >= $3 offset 0) i
   where i.process = any($1) group by i.process`;

/** By cause. Index: exception_recent (opened_at). */
export const contradictionsWhere = (mine: string): string => `
  select title, count(*)::int as count from exception
   where opened_at >= $1 and starts_with(fingerprint, 'duplicate or conflict|agreement|') and ${mine}
   group by title order by count(*) desc, title`;

export async function savings(
  db: Db,
  known: Known & { readonly flows: ReadonlyMap<string, unknown> },
  hours: number,
  { minutes, hour }: Assumptions,
  options: { readonly areas?: Areas; readonly now?: Date } = {},
): Promise<Savings> {
  const { areas = null, now = new Date() } = options;
  const { since } = partsOf(hours, now);
  const processes = newestProcesses(known).map(({ header }) => header);
  const mine = within(areas, "exception.correlation", 4);
  const theirs = within(areas, "exception.correlation", 2);
  const [completed, touched, contradictions, copies, doubts] = await Promise.all([
    Promise.all(
      processes.map(async ({ name }) => (await counts(db, name, { areas, since })).get("completed") ?? 0),
    ),
    db.query<{ process: string; count: number }>(touchedWhere(mine.sql), [
      processes.map(({ name }) => name),
      processes.map(({ keyType }) => keyType),
      since.toISOString(),
      ...mine.values,
    ]),
    db.query<{ title: string; count: number }>(contradictionsWhere(theirs.sql), [
      since.toISOString(),
      ...theirs.values,
    ]),
    // Counted for flows and systems as a whole: no part of the business has a share of its own.
    areas === null ? countedOf(db, [...known.flows.keys()], COPIES, since) : [],
    areas === null ? countedOf(db, [...known.connections.keys()], DOUBTS_SETTLED, since) : [],
  ]);
  const withPerson = new Map(touched.rows.map(({ process, count }) => [process, count]));
  const parts: Readonly<Record<SavedKind, SavedLine["parts"]>> = {
    document: processes.flatMap(({ name }, index) => {
      const of = Math.max(0, completed[index] ?? 0);
      const count = Math.max(0, of - (withPerson.get(name) ?? 0));
      return of === 0 ? [] : [{ name, title: sentence(name), count, of }];
    }),
    copy: copies.map(({ scope: name, count }) => ({ name, title: sentence(name), count, of: null })),
    contradiction: contradictions.rows.map(({ title, count }) => ({ name: title, title, count, of: null })),
    doubt: doubts.map(({ scope: name, count }) => ({
      name,
      title: systemTitle(known, name),
      count,
      of: null,
    })),
  };
  const lines = SAVED.map((kind): SavedLine => {
    const count = parts[kind].reduce((sum, part) => sum + part.count, 0);
    const assumed = minutes[kind] ?? null;
    const exact = assumed && {
      from: new Big(assumed.from).times(count).div(60),
      to: new Big(assumed.to).times(count).div(60),
    };
    return {
      kind,
      title: TITLES[kind],
      parts: parts[kind],
      count,
      minutes: assumed,
      hours: exact && { from: exact.from.toFixed(1), to: exact.to.toFixed(1) },
      worth: exact && hour && priced(exact, hour),
    };
  });
  const all = lines.filter(({ minutes: assumed }) => assumed !== null);
  const sum = (end: keyof Range) =>
    all
      .reduce((total, { count, minutes: assumed }) => total.plus(new Big(assumed![end]).times(count)), Big(0))
      .div(60);
  const total = all.length === 0 ? null : { from: sum("from"), to: sum("to") };
  return {
    since: since.toISOString(),
    asOf: now.toISOString(),
    lines,
    hours: total && { from: total.from.toFixed(1), to: total.to.toFixed(1) },
    worth: total && hour && priced(total, hour),
  };
}

const priced = ({ from, to }: { from: Big; to: Big }, { amount, currency }: Money): MoneyRange => ({
  from: from.times(amount).toFixed(2),
  to: to.times(amount).toFixed(2),
  currency,
});
