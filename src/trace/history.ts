/**
 * How things went over time, read back: calls, queues, outages and counts by span, from the figures kept by the minute.
 *
 * A span is divided into equal parts, and a part nobody wrote about is empty, not missing. Times taken are known to half
 * an octave (a value and 1.4 times it), which is said wherever they are shown.
 */
import { slotEnd } from "./figures.ts";
import { type Db, type Instant, iso, isoOrNull } from "./rows.ts";

/** Parts a chart is divided into at most. */
const PARTS_MAX = 120;
const MINUTE_MS = 60_000;

/** Equal parts of the time between `since` and now, whole minutes each. */
export interface Parts {
  readonly since: Date;
  readonly partMs: number;
  /** The beginning of each part, RFC 3339. */
  readonly at: readonly string[];
}

export function partsOf(hours: number, now: Date): Parts {
  const minutes = Math.max(1, Math.ceil((hours * 60) / PARTS_MAX));
  const partMs = minutes * MINUTE_MS;
  const count = Math.ceil((hours * 60) / minutes);
  const first = (Math.floor(now.getTime() / partMs) - count + 1) * partMs;
  const at = Array.from({ length: count }, (_, index) => new Date(first + index * partMs).toISOString());
  return { since: new Date(first), partMs, at };
}

/** Which part a minute falls into; -1 before the first. */
export const placeIn = ({ since, partMs, at }: Parts, minute: Instant): number =>
  Math.min(at.length - 1, Math.floor((Date.parse(minute) - since.getTime()) / partMs));

export interface CallsPart {
  readonly at: string;
  readonly ok: number;
  readonly refused: number;
  readonly failed: number;
  /** Half of the answers took no longer; null without answers. Known to half an octave. */
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
}

/** Index: the primary key of call_minute (connection, minute, worker). */
export const CALLS = `
  select minute, ok, refused, failed, ms from call_minute where connection = $1 and minute >= $2 order by minute`;

export async function calls(db: Db, connection: string, parts: Parts): Promise<CallsPart[]> {
  const { rows } = await db.query<{
    minute: Instant;
    ok: number;
    refused: number;
    failed: number;
    ms: number[];
  }>(CALLS, [connection, parts.since.toISOString()]);
  const all = parts.at.map((at) => ({ at, ok: 0, refused: 0, failed: 0, slots: [] as number[] }));
  for (const row of rows) {
    const part = all[placeIn(parts, row.minute)];
    if (!part) continue;
    part.ok += row.ok;
    part.refused += row.refused;
    part.failed += row.failed;
    for (const [slot, count] of row.ms.entries()) part.slots[slot] = (part.slots[slot] ?? 0) + count;
  }
  return all.map(({ slots, ...part }) => ({
    ...part,
    p50Ms: quantile(slots, 0.5),
    p95Ms: quantile(slots, 0.95),
  }));
}

/** The time a share of all stayed at or below; null when nothing was counted. */
export function quantile(slots: readonly (number | undefined)[], share: number): number | null {
  const total = slots.reduce<number>((sum, count) => sum + (count ?? 0), 0);
  if (total === 0) return null;
  let seen = 0;
  for (const [slot, count] of slots.entries()) {
    seen += count ?? 0;
    if (seen >= share * total) return Math.round(slotEnd(slot));
  }
  return null;
}

export interface QueuePart {
  readonly at: string;
  /** The most that waited at the end of any minute of this part. */
  readonly waiting: number;
  /** Held, parked or unclear then. */
  readonly aside: number;
  /** The age of the oldest of them, in seconds. */
  readonly oldestSeconds: number;
}

/** Index: the primary key of queue_minute (connection, minute). */
export const QUEUE = `
  select minute, waiting, aside, oldest_s as oldest from queue_minute where connection = $1 and minute >= $2 order by minute`;

export async function queue(db: Db, connection: string, parts: Parts): Promise<QueuePart[]> {
  const { rows } = await db.query<{ minute: Instant; waiting: number; aside: number; oldest: number }>(
    QUEUE,
    [connection, parts.since.toISOString()],
  );
  const all = parts.at.map((at) => ({ at, waiting: 0, aside: 0, oldestSeconds: 0 }));
  for (const row of rows) {
    const part = all[placeIn(parts, row.minute)];
    if (!part) continue;
    part.waiting = Math.max(part.waiting, row.waiting);
    part.aside = Math.max(part.aside, row.aside);
    part.oldestSeconds = Math.max(part.oldestSeconds, row.oldest);
  }
  return all;
}

export interface OutageView {
  readonly connection: string;
  readonly because: string;
  readonly beganAt: string;
  /** Null while it lasts. */
  readonly endedAt: string | null;
}

/** Index: outage_recent (began_at); few rows: one an outage and worker. */
export const OUTAGES = `
  select connection, because, began_at, ended_at from outage
   where began_at >= $2 and ($1::text is null or connection = $1) order by began_at limit 2000`;

/** Outages, oldest first; what several workers saw at the same time is one outage. */
export async function outages(db: Db, connection: string | null, since: Date): Promise<OutageView[]> {
  const { rows } = await db.query<{
    connection: string;
    because: string;
    began_at: Instant;
    ended_at: Instant | null;
  }>(OUTAGES, [connection, since.toISOString()]);
  const found: { connection: string; because: string; beganAt: string; endedAt: string | null }[] = [];
  for (const row of rows) {
    const [beganAt, endedAt] = [iso(row.began_at), isoOrNull(row.ended_at)];
    const last = found.findLast((one) => one.connection === row.connection);
    if (last && (last.endedAt === null || last.endedAt >= beganAt)) {
      if (last.endedAt !== null)
        last.endedAt = endedAt === null || endedAt > last.endedAt ? endedAt : last.endedAt;
    } else found.push({ connection: row.connection, because: row.because, beganAt, endedAt });
  }
  return found;
}

/** Indexes: the primary keys of count_minute (scope, name, minute), of counted, and counter_name. */
export const COUNTED_SINCE = `
  select name, sum(delta)::text as total from (
    select name, delta from count_minute where scope = $1 and minute >= $2
    union all select name, delta from counter where scope = $1
    union all select name, -total from counted where scope = $1) parts
   group by name having sum(delta) <> 0`;

/**
 * What each count of a scope went up (or down) by since a moment, up to now. Exact to the minute for the last two days,
 * and to the hour before.
 */
export async function countedSince(db: Db, scope: string, since: Date): Promise<Map<string, number>> {
  const { rows } = await db.query<{ name: string; total: string }>(COUNTED_SINCE, [
    scope,
    since.toISOString(),
  ]);
  return new Map(rows.map(({ name, total }) => [name, Number(total)]));
}

/** The same indexes. */
export const COUNTED_OF = `
  select scope, sum(delta)::int as count from (
    select scope, delta from count_minute where scope = any($1) and name = $2 and minute >= $3
    union all select scope, delta from counter where scope = any($1) and name = $2
    union all select scope, -total from counted where scope = any($1) and name = $2) parts
   group by scope having sum(delta) > 0 order by sum(delta) desc, scope`;

/** One count of many scopes since a moment, those that have any, the most first. As exact as `countedSince`. */
export async function countedOf(
  db: Db,
  scopes: readonly string[],
  name: string,
  since: Date,
): Promise<{ scope: string; count: number }[]> {
  return (await db.query<{ scope: string; count: number }>(COUNTED_OF, [scopes, name, since.toISOString()]))
    .rows;
}

/** Index: the primary key of count_minute (scope, name, minute). */
export const COUNTS_BY_MINUTE = `
  select name, minute, delta::text as delta from count_minute
   where scope = $1 and name = any($2) and minute >= $3`;

/** How much each of these counts went up in each part; a count without a change is a row of zeros. */
export async function countedIn(
  db: Db,
  scope: string,
  names: readonly string[],
  parts: Parts,
): Promise<Map<string, number[]>> {
  const { rows } = await db.query<{ name: string; minute: Instant; delta: string }>(COUNTS_BY_MINUTE, [
    scope,
    names,
    parts.since.toISOString(),
  ]);
  const series = new Map(names.map((name) => [name, parts.at.map(() => 0)]));
  for (const { name, minute, delta } of rows) {
    const values = series.get(name);
    const place = placeIn(parts, minute);
    if (values && place >= 0) values[place] = (values[place] ?? 0) + Number(delta);
  }
  return series;
}
