/**
 * Documents by what they are and how they stand: kind, plant, worth, status word, late, and where in a process. All of it combines.
 *
 * Kind, plant and the place in a process are conditions where the rows are read; worth, status and lateness are judged on the very
 * line that is shown, so a row can never contradict the filter it is listed under. A reading judges a bounded number of lines and says where to go on:
 * a page may hold fewer than asked for, or a few more, and still have a `next`. Only when that is null is the number of rows
 * exact, which `countDocuments` is for.
 */
import Big from "big.js";
import { milliseconds } from "../std/span.ts";
import { type DocumentLine, type Down, lines, NONE_DOWN, recent } from "./documents.ts";
import type { Money } from "./header.ts";
import type { Known } from "./known.ts";
import { type Areas, type Condition, within } from "./places.ts";
import type { Db, Instant } from "./rows.ts";
import { type How, standingAt } from "./standing.ts";
import type { StatusWord } from "./status.ts";

export interface DocumentFilter {
  /** The kind of number it goes by: `order`, `invoice`. */
  readonly kind?: string | undefined;
  /** A plant or warehouse one of its messages names. */
  readonly plant?: string | undefined;
  /** It states a worth in this currency, and more than this amount. */
  readonly over?: Money | undefined;
  readonly status?: StatusWord | undefined;
  /** Past the time its next milestone was due. */
  readonly late?: boolean | undefined;
  /** It runs in this process: these rows are behind the numbers of a funnel or a diagram. */
  readonly process?: string | undefined;
  /** And stands at this milestone there; empty: before the first. Without it, anywhere in the process. */
  readonly at?: string | undefined;
  /** Who looks after it. */
  readonly of?: string | undefined;
  /** And does so in this way. */
  readonly how?: How | undefined;
}

export const isFilter = (filter: DocumentFilter): boolean =>
  Object.values(filter).some((value) => value !== undefined && value !== false);

interface Options {
  readonly after?: string | null;
  readonly limit?: number;
  readonly areas?: Areas;
  readonly down?: Down;
  readonly now?: Date;
}

export interface Filtered {
  readonly documents: readonly DocumentLine[];
  readonly next: string | null;
}

/** Lines judged at a time, for one page at most, and for one count at most. */
const JUDGED_AT_ONCE = 100;
const JUDGED_MAX = 1_000;
/** A reading that finds nothing counts as this many, so that a page comes to an end. */
const EMPTY_COSTS = 5;
const COUNTED_MAX = 5_000;

/** Documents that fit: those late or in a process by where they stand and since when, all others by what happened last. */
export const filteredDocuments = (
  db: Db,
  known: Known,
  filter: DocumentFilter,
  options: Options = {},
): Promise<Filtered> => judged(db, known, filter, options, Math.min(options.limit ?? 50, 200), JUDGED_MAX);

/** All that fit, the latest where nothing is asked for, read page by page until there are `most`. */
export async function documentsUpTo(
  db: Db,
  known: Known,
  filter: DocumentFilter,
  { most, ...options }: Omit<Options, "after" | "limit"> & { readonly most: number },
): Promise<DocumentLine[]> {
  const found: DocumentLine[] = [];
  for (let after: string | null = null; found.length < most; ) {
    const page: Filtered = isFilter(filter)
      ? await filteredDocuments(db, known, filter, { ...options, after, limit: 200 })
      : await recent(db, known, { ...options, after, limit: 200 });
    found.push(...page.documents);
    if (page.next === null) break;
    after = page.next;
  }
  return found.slice(0, most);
}

/** How many fit from `after` on, as far as one reading goes; all of them once `next` is null. */
export async function countDocuments(
  db: Db,
  known: Known,
  filter: DocumentFilter,
  options: Options = {},
): Promise<{ readonly count: number; readonly next: string | null }> {
  const { documents, next } = await judged(db, known, filter, options, COUNTED_MAX, COUNTED_MAX);
  return { count: documents.length, next };
}

async function judged(
  db: Db,
  known: Known,
  filter: DocumentFilter,
  options: Options,
  wanted: number,
  most: number,
): Promise<Filtered> {
  const found: DocumentLine[] = [];
  let next = options.after ?? null;
  const someFit = filter.over !== undefined || filter.status !== undefined || filter.late;
  // Where every line fits, as many are read as are missing; where some do, more each time.
  let limit = Math.min(wanted, JUDGED_AT_ONCE);
  for (let looked = 0; looked < most && found.length < wanted; ) {
    const page = await candidates(db, known, filter, { ...options, after: next, limit });
    found.push(...page.documents.filter((line) => fits(line, filter)));
    next = page.next;
    if (next === null) break;
    limit = Math.min(someFit ? 2 * limit : wanted - found.length, JUDGED_AT_ONCE);
    looked += Math.max(page.documents.length, EMPTY_COSTS);
  }
  return { documents: found, next };
}

const fits = ({ header, status }: DocumentLine, { over, status: word, late }: DocumentFilter): boolean =>
  (!late || status.late) &&
  (word === undefined || status.word === word) &&
  (over === undefined ||
    (header.money?.currency === over.currency && new Big(header.money.amount).gt(over.amount)));

const candidates = (db: Db, known: Known, filter: DocumentFilter, options: Options): Promise<Filtered> =>
  filter.process !== undefined || filter.late
    ? placeByPlace(db, known, filter, options)
    : recent(db, known, { ...options, also: (column, from) => placed(filter, column, from) });

/** Kind, plant and who looks after it, as a condition on the column that holds the transaction. */
function placed({ kind, plant, of }: DocumentFilter, column: string, from: number): Condition {
  const values: unknown[] = [];
  const put = (value: string) => `$${from + values.push(value) - 1}`;
  const sql = [
    ...(kind === undefined ? ["true"] : [`starts_with(${column}, ${put(`${kind}/`)})`]),
    ...(of === undefined
      ? []
      : [
          `exists (select from tended_document t where t.correlation = ${column} and t.assigned_to = ${put(of)})`,
        ]),
  ].join(" and ");
  if (plant === undefined) return { sql, values };
  const there = within([{ domains: null, plants: [plant], entities: null }], column, from + values.length);
  return { sql: `${sql} and ${there.sql}`, values: [...values, ...there.values] };
}

/** A milestone of a process, empty before the first; who stands there may be late only after so long, null: at any time. */
interface Place {
  readonly process: string;
  readonly milestone: string;
  readonly shortestMs: number | null;
}

/**
 * What runs, place by place of each process; who stands there longest comes first. Of those who may be late, what began before
 * the shortest clock of its process could be over. Index: instance_here, as `standingAt` reads it.
 */
async function placeByPlace(
  db: Db,
  known: Known,
  filter: DocumentFilter,
  { after, limit = JUDGED_AT_ONCE, areas = null, ...options }: Options,
): Promise<Filtered> {
  const now = options.now ?? new Date();
  const places = placesOf(known, filter);
  const [asked = "0", at = "-infinity", ...key] = (after ?? "0 -infinity ").split(" ");
  const place = places[Number(asked)];
  if (!place) return { documents: [], next: null };
  const { process, milestone, shortestMs } = place;
  const mine = within(areas, "i.correlation", 8);
  const there = placed(filter, "i.correlation", 8 + mine.values.length);
  const { rows } = await db.query<{ key: string; correlation: string; since: Instant }>(
    standingAt(
      filter.how ?? "all",
      milestone,
      `i.started_at < $7::timestamptz and ${mine.sql} and ${there.sql}`,
    ),
    [
      ...[process, milestone, at, key.join(" "), limit + 1, [...(options.down ?? NONE_DOWN)]],
      ...[shortestMs === null ? "infinity" : new Date(now.getTime() - shortestMs)],
      ...[...mine.values, ...there.values],
    ],
  );
  const shown = rows.slice(0, limit);
  const found = await lines(
    db,
    shown.map(({ correlation }) => correlation),
    known,
    { ...options, now },
  );
  const last = shown.at(-1);
  const next =
    rows.length > limit && last
      ? `${asked} ${last.since} ${last.key}`
      : Number(asked) + 1 < places.length
        ? `${Number(asked) + 1} -infinity `
        : null;
  // Over all processes a document that several follow is told by one of them, and counts with that one alone.
  const once = filter.process === undefined;
  return { documents: once ? found.filter((line) => line.process?.split("@")[0] === process) : found, next };
}

/** The places a filter asks about: all of them, those of one process, or the one that was named. */
function placesOf(known: Known, { process, at, late }: DocumentFilter): Place[] {
  const all = new Map<string, { milestones: Set<string>; shortestMs: number }>();
  for (const { header } of known.processes.values()) {
    if (process !== undefined && header.name !== process) continue;
    const of = all.get(header.name) ?? { milestones: new Set([""]), shortestMs: Infinity };
    for (const [milestone, { due }] of Object.entries(header.milestones)) {
      of.milestones.add(milestone);
      if (due) of.shortestMs = Math.min(of.shortestMs, milliseconds(due));
    }
    all.set(header.name, of);
  }
  return [...all].flatMap(([name, { milestones, shortestMs }]) =>
    late && !Number.isFinite(shortestMs)
      ? []
      : [...milestones]
          .filter((milestone) => at === undefined || milestone === at)
          .map((milestone) => ({ process: name, milestone, shortestMs: late ? shortestMs : null })),
  );
}
