/**
 * Batches, read back: how far each file is, what became of its records, which were refused and where they stand.
 *
 * Totals add up: records = applied + waiting + held + parked + given up + no change + passed over + refused. What was
 * published is applied once nothing it caused is open: neither unread by the conductor nor owed, held or parked at a
 * system, however many steps a process put in between.
 */
import type pg from "pg";
import { MASKED } from "./mask.ts";

type Reader = Pick<pg.Pool, "query">;

export const BATCH_STATES = ["waiting", "running", "paused", "finished", "failed"] as const;
export type BatchState = (typeof BATCH_STATES)[number];

export interface BatchOutcomes {
  /** Nothing it caused is open any more. */
  readonly applied: number;
  /** Published, and on its way. */
  readonly waiting: number;
  /** A business rule at a system says not now. */
  readonly held: number;
  /** A system refused it, or it ran out of tries: a person decides. */
  readonly parked: number;
  /** A person gave up a delivery it caused. */
  readonly givenUp: number;
  /** It equals what was last published about its key. */
  readonly noChange: number;
  /** Its flow lets it through to nowhere. */
  readonly passedOver: number;
  /** It cannot be read or does not keep its contract: set aside with its place. */
  readonly refused: number;
}

export interface BatchView {
  readonly id: string;
  readonly flow: string;
  readonly source: string;
  readonly file: string;
  readonly hash: string;
  readonly state: BatchState;
  /** Why it failed or waits; null when there is nothing to say. */
  readonly reason: string | null;
  readonly worker: string | null;
  /** Chunks committed: the checkpoint. */
  readonly chunk: number;
  readonly bytes: number;
  readonly bytesRead: number;
  readonly records: number;
  readonly outcomes: BatchOutcomes;
  /** Refused records wait to be read again. */
  readonly readingAgain: boolean;
  readonly openedAt: string;
  readonly startedAt: string | null;
  readonly updatedAt: string;
  readonly finishedAt: string | null;
}

export interface RefusedView {
  /** Counted from 1 in the file. */
  readonly record: number;
  readonly line: number;
  readonly reason: string;
  readonly readingAgain: boolean;
  /**
   * The record as it came, at most its first 500 bytes; null when its bytes are no longer kept. It could not be read, so nobody can
   * say which part of it is personal: where something may be, all of it is hidden.
   */
  readonly text: string | null;
}

interface Row {
  readonly id: string;
  readonly flow: string;
  readonly source: string;
  readonly file: string;
  readonly hash: string;
  readonly state: BatchState;
  readonly reason: string | null;
  readonly worker: string | null;
  readonly chunk: number;
  readonly bytes: string;
  readonly bytes_read: string;
  readonly records: string;
  readonly published: string;
  readonly no_change: string;
  readonly passed_over: string;
  readonly refused: string;
  readonly again: boolean;
  readonly opened_at: string;
  readonly started_at: string | null;
  readonly updated_at: string;
  readonly finished_at: string | null;
}

/** The latest batches, newest first. By batch_recent. */
export async function batches(pool: Reader, { limit = 50 }: { limit?: number } = {}): Promise<BatchView[]> {
  const { rows } = await pool.query<Row>("select * from batch order by opened_at desc limit $1", [limit]);
  return withOutcomes(pool, rows);
}

/** One batch, or null. */
export async function batch(pool: Reader, id: string): Promise<BatchView | null> {
  if (!/^[0-9a-f-]{36}$/.test(id)) return null;
  const { rows } = await pool.query<Row>("select * from batch where id = $1", [id]);
  return (await withOutcomes(pool, rows))[0] ?? null;
}

/**
 * Refused records of a batch in the order of the file, after `after`. `hidden`: without their words, because they may hold what is
 * not for everybody. By the primary key of batch_refused.
 */
export async function refusedRecords(
  pool: Reader,
  id: string,
  { after = 0, limit = 50, hidden }: { after?: number; limit?: number; readonly hidden: boolean },
): Promise<RefusedView[]> {
  const { rows } = await pool.query<{
    record: string;
    line: string;
    reason: string;
    again: boolean;
    body: Buffer | null;
  }>(
    `select r.record, r.line, r.reason, r.again, substring(a.body from r.start + 1 for least(r.bytes, 500)) as body
     from (select * from batch_refused where batch = $1 and record > $2 order by record limit $3) r
     left join arrival a on a.id = r.arrival and a.received_at >= r.received_at - interval '1 day'
       and a.received_at <= r.received_at + interval '1 day'
     order by r.record`,
    [id, after, limit],
  );
  return rows.map(({ record, line, reason, again, body }) => ({
    record: Number(record),
    line: Number(line),
    reason,
    readingAgain: again,
    text: body === null ? null : hidden ? MASKED : body.toString("utf8").trimEnd(),
  }));
}

interface Open {
  readonly batch: string;
  readonly waiting: string;
  readonly held: string;
  readonly parked: string;
  readonly given_up: string;
}

/**
 * What is still open of these batches. It begins at the open deliveries, which are few, and climbs from each to the fact
 * that came out of a file; a record with several open deliveries counts once, as its worst.
 */
const OPEN = `with recursive open as (
    select event_position as at, status from delivery where status not in ('applied', 'superseded', 'cancelled')
    union all select event_position, status from delivery where status = 'cancelled'),
  climbing as (
    select open.at, open.status, e.causation, e.extra, 1 as depth from open join event e on e.position = open.at
    union all
    select e.position, c.status, e.causation, e.extra, c.depth + 1 from climbing c
      join event e on e.position = case when c.causation like 'event:%' then substring(c.causation from 7)::bigint end
      where c.depth < 12),
  found as (
    select k.batch, c.extra::json ->> 'record' as record, max(case c.status when 'parked' then 4 when 'held' then 3 when 'cancelled' then 1 else 2 end) as worst,
      max(coalesce((c.extra::json ->> 'records')::int, 0)) as records
    from climbing c join batch_chunk k on k.arrival = case when c.causation like 'arrival:%' then substring(c.causation from 9)::uuid end
    where k.batch = any($1::uuid[]) group by 1, 2),
  unread as (
    select batch, sum(published) as records from batch_chunk
    where batch = any($1::uuid[]) and published > 0 and xid > (select xid from lane order by lane.xid limit 1) group by batch)
  select b.id::text as batch,
    coalesce((select sum(records) from found f where f.batch = b.id and worst = 4), 0)::text as parked,
    coalesce((select sum(records) from found f where f.batch = b.id and worst = 3), 0)::text as held,
    (coalesce((select sum(records) from found f where f.batch = b.id and worst = 2), 0)
      + coalesce((select records from unread u where u.batch = b.id), 0))::text as waiting,
    coalesce((select sum(records) from found f where f.batch = b.id and worst = 1), 0)::text as given_up
  from unnest($1::uuid[]) as b(id)`;

async function withOutcomes(pool: Reader, rows: readonly Row[]): Promise<BatchView[]> {
  if (rows.length === 0) return [];
  const { rows: open } = await pool.query<Open>(OPEN, [rows.map(({ id }) => id)]);
  const openOf = new Map(open.map((one) => [one.batch, one]));
  return rows.map((row) => view(row, openOf.get(row.id)));
}

function view(row: Row, open: Open | undefined): BatchView {
  const published = Number(row.published);
  // Read a moment after the counts, so never more than was published.
  const parked = Math.min(published, Number(open?.parked ?? 0));
  const held = Math.min(published - parked, Number(open?.held ?? 0));
  const givenUp = Math.min(published - parked - held, Number(open?.given_up ?? 0));
  const waiting = Math.min(published - parked - held - givenUp, Number(open?.waiting ?? 0));
  return {
    id: row.id,
    flow: row.flow,
    source: row.source,
    file: row.file,
    hash: row.hash,
    state: row.state,
    reason: row.reason,
    worker: row.worker,
    chunk: row.chunk,
    bytes: Number(row.bytes),
    bytesRead: Number(row.bytes_read),
    records: Number(row.records),
    outcomes: {
      applied: published - parked - held - givenUp - waiting,
      waiting,
      held,
      parked,
      givenUp,
      noChange: Number(row.no_change),
      passedOver: Number(row.passed_over),
      refused: Number(row.refused),
    },
    readingAgain: row.again,
    openedAt: row.opened_at,
    startedAt: row.started_at,
    updatedAt: row.updated_at,
    finishedAt: row.finished_at,
  };
}
