/**
 * Documents by what they are and how they stand: kind, plant, worth, status word, late.
 *
 * Kind and plant are conditions where the rows are read; worth, status and lateness are judged on the very line that is shown, so a
 * row can never contradict the filter it is listed under. A reading judges a bounded number of lines and says where to go on:
 * a page may hold fewer than asked for, or a few more, and still have a `next`. Only when that is null is the number of rows
 * exact, which `countDocuments` is for.
 */
import Big from "big.js";
import { milliseconds } from "../std/span.ts";
import { type DocumentLine, type Down, lines, recent } from "./documents.ts";
import type { Money } from "./header.ts";
import type { Known } from "./known.ts";
import { type Areas, type Condition, within } from "./places.ts";
import type { Db, Instant } from "./rows.ts";
import { standingAt } from "./standing.ts";
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

/** Documents that fit: those late by where they stand and since when, all others by what happened last. */
export const filteredDocuments = (
  db: Db,
  known: Known,
  filter: DocumentFilter,
  options: Options = {},
): Promise<Filtered> => judged(db, known, filter, options, Math.min(options.limit ?? 50, 200), JUDGED_MAX);

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
  for (let looked = 0; looked < most && found.length < wanted; ) {
    const page = await candidates(db, known, filter, { ...options, after: next, limit: JUDGED_AT_ONCE });
    found.push(...page.documents.filter((line) => fits(line, filter)));
    next = page.next;
    if (next === null) break;
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
  filter.late
    ? overdue(db, known, filter, options)
    : recent(db, known, { ...options, also: (column, from) => placed(filter, column, from) });

/** Kind and plant, as a condition on the column that holds the transaction. */
function placed({ kind, plant }: DocumentFilter, column: string, from: number): Condition {
  const values: unknown[] = kind === undefined ? [] : [`${kind}/`];
  const sql = kind === undefined ? "true" : `starts_with(${column}, $${from})`;
  if (plant === undefined) return { sql, values };
  const there = within([{ domains: null, plants: [plant], entities: null }], column, from + values.length);
  return { sql: `${sql} and ${there.sql}`, values: [...values, ...there.values] };
}

/**
 * What runs and began before the shortest clock of its process could be over, place by place of each process; who stands there
 * longest comes first. Index: instance_here, as `standingAt` reads it.
 */
async function overdue(
  db: Db,
  known: Known,
  filter: DocumentFilter,
  { after, limit = JUDGED_AT_ONCE, areas = null, ...options }: Options,
): Promise<Filtered> {
  const now = options.now ?? new Date();
  const places = clocksOf(known);
  const [asked = "0", at = "-infinity", ...key] = (after ?? "0 -infinity ").split(" ");
  const place = places[Number(asked)];
  if (!place) return { documents: [], next: null };
  const { process, milestone, shortestMs } = place;
  const mine = within(areas, "i.correlation", 8);
  const there = placed(filter, "i.correlation", 8 + mine.values.length);
  const { rows } = await db.query<{ key: string; correlation: string; since: Instant }>(
    standingAt("all", milestone, `i.started_at < $7 and ${mine.sql} and ${there.sql}`),
    [
      ...[process, milestone, at, key.join(" "), limit + 1, []],
      ...[new Date(now.getTime() - shortestMs), ...mine.values, ...there.values],
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
  // A document is told by one of its processes, and counts with that one alone.
  return { documents: found.filter((line) => line.process?.split("@")[0] === process), next };
}

/** Every place of every process that has a clock, with the shortest clock of the process. */
function clocksOf(known: Known): { process: string; milestone: string; shortestMs: number }[] {
  const all = new Map<string, { milestones: Set<string>; shortestMs: number }>();
  for (const { header } of known.processes.values()) {
    const of = all.get(header.name) ?? { milestones: new Set([""]), shortestMs: Infinity };
    for (const [milestone, { due }] of Object.entries(header.milestones)) {
      of.milestones.add(milestone);
      if (due) of.shortestMs = Math.min(of.shortestMs, milliseconds(due));
    }
    all.set(header.name, of);
  }
  return [...all]
    .filter(([, { shortestMs }]) => Number.isFinite(shortestMs))
    .flatMap(([process, { milestones, shortestMs }]) =>
      [...milestones].map((milestone) => ({ process, milestone, shortestMs })),
    );
}
