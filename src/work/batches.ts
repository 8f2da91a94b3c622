/**
 * Batches: what is written while a large file is read, chunk by chunk.
 *
 * The checkpoint moves in the transaction that writes what the chunk came to, and only from the place the reader knows:
 * a stale reader writes nothing. Counts are kept as they happen and add up to the records read. Cutting, walking and
 * deciding are the runtime's.
 */
import { columns } from "../std/columns.ts";
import type { Statement } from "../std/statement.ts";

/** SQLSTATE of "the batch moved on without us", raised by migration 0002. */
export const MOVED_ON = "XD002";

export type BatchState = "waiting" | "running" | "paused" | "finished" | "failed";

export interface NewBatch {
  readonly id: string;
  readonly flow: string;
  readonly source: string;
  readonly file: string;
  readonly identity: string;
  /** SHA-256 of the whole content, hex. */
  readonly hash: string;
  readonly bytes: number;
  /** JSON of the place of the first record. */
  readonly place: string;
}

/** Whether the file may be read now, by us; see open_batch in the migration. */
export type Opened = "mine" | "done" | "behind" | "busy" | "changed";

/** Finds or makes the batch of a file and takes it. Relies on the unique (flow, identity). */
export const openBatch = (batch: NewBatch, worker: string, aliveMs: number): Statement => ({
  name: "work open batch",
  text: `select outcome, batch_id::text as id from open_batch($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
  values: [
    batch.id,
    batch.flow,
    batch.source,
    batch.file,
    batch.identity,
    batch.hash,
    batch.bytes,
    batch.place,
    worker,
    aliveMs,
  ],
});

/** Where a batch stands, for the one who reads it. */
export interface BatchPosition {
  readonly state: BatchState;
  readonly worker: string | null;
  readonly chunk: number;
  /** int8 as digits. */
  readonly records: string;
  readonly place: string;
  readonly reason: string | null;
}

export const batchPosition = (id: string): Statement => ({
  name: "work batch position",
  text: "select state, worker, chunk, records, place, reason from batch where id = $1",
  values: [id],
});

/** What a chunk adds to the counts of its batch. */
export interface BatchCounts {
  readonly records: number;
  readonly published: number;
  readonly noChange: number;
  readonly passedOver: number;
  readonly refused: number;
}

export interface RefusedRecord {
  readonly record: number;
  readonly line: number;
  /** Its first byte in the kept body, and how many there are. */
  readonly start: number;
  readonly bytes: number;
  readonly head: string | null;
  readonly cause: string;
  readonly reason: string;
}

export interface KnownDigest {
  readonly key: string;
  /** Base64. */
  readonly digest: string;
}

/** Holds the checkpoint for this transaction; raises `MOVED_ON` for a stale reader. */
export const holdBatch = (id: string, worker: string, chunk: number): Statement => ({
  name: "work hold batch",
  text: "select hold_batch($1, $2, $3)",
  values: [id, worker, chunk],
});

/** Moves the checkpoint over a chunk. */
export const moveBatch = (
  id: string,
  chunk: number,
  place: string,
  bytesRead: number,
  counts: BatchCounts,
): Statement => ({
  name: "work move batch",
  text: `update batch set chunk = $2, place = $3, bytes_read = $4, records = records + $5, published = published + $6,
      no_change = no_change + $7, passed_over = passed_over + $8, refused = refused + $9, updated_at = clock_timestamp()
    where id = $1`,
  values: [
    id,
    chunk,
    place,
    bytesRead,
    counts.records,
    counts.published,
    counts.noChange,
    counts.passedOver,
    counts.refused,
  ],
});

export const keepChunk = (id: string, number: number, arrival: string, published: number): Statement => ({
  name: "work keep chunk",
  text: "insert into batch_chunk (batch, number, arrival, published) values ($1, $2, $3, $4)",
  values: [id, number, arrival, published],
});

const Refused = columns({
  record: "int8",
  line: "int8",
  start: "int4",
  bytes: "int4",
  head: "prose",
  cause: "prose",
  reason: "prose",
});

export const setAside = (id: string, arrival: string, refused: readonly RefusedRecord[]): Statement => ({
  name: "work set records aside",
  text: `insert into batch_refused (batch, record, line, arrival, start, bytes, head, cause, reason)
    select $1, record, line, $2, start, bytes, head, cause, reason
    from ${Refused.from(3, "r")}`,
  values: [id, arrival, ...Refused.values(refused)],
});

const Digests = columns({ key: "text", digest: "text" });

export const rememberDigests = (flow: string, digests: readonly KnownDigest[]): Statement => ({
  name: "work remember digests",
  text: `insert into batch_known (flow, key, digest)
    select $1, key, decode(digest, 'base64') from ${Digests.from(2, "k")}
    on conflict (flow, key) do update set digest = excluded.digest`,
  values: [flow, ...Digests.values(digests)],
});

/** By the primary key of batch_known. */
export const knownDigests = (flow: string, keys: readonly string[]): Statement => ({
  name: "work known digests",
  text: `select key, encode(digest, 'base64') as digest from batch_known where flow = $1 and key = any($2::text[])`,
  values: [flow, keys],
});

/** The file was read to its end. Raises `MOVED_ON` when somebody paused or took it meanwhile. */
export const finishBatch = (id: string): Statement => ({
  name: "work finish batch",
  text: `update batch set state = 'finished', worker = null, bytes_read = bytes, finished_at = clock_timestamp(),
    updated_at = clock_timestamp() where id = $1`,
  values: [id],
});

/** It cannot be read on; what was read before stays true. */
export const failBatch = (id: string, worker: string, reason: string): Statement => ({
  name: "work fail batch",
  text: `update batch set state = 'failed', worker = null, reason = $3, updated_at = clock_timestamp()
    where id = $1 and worker = $2 and state in ('running', 'paused')`,
  values: [id, worker, reason],
});

/** Says in a sentence why nothing moves at the moment, or null when it moves again. */
export const explainBatch = (id: string, worker: string, reason: string | null): Statement => ({
  name: "work explain batch",
  text: "update batch set reason = $3 where id = $1 and worker = $2 and reason is distinct from $3",
  values: [id, worker, reason],
});

/** A stopping worker lets go of what it read; another, or its next life, goes on. */
export const releaseBatches = (worker: string): Statement => ({
  name: "work release batches",
  text: "update batch set worker = null where worker = $1 and state in ('waiting', 'running', 'paused')",
  values: [worker],
});

/** How far readers of the journal and the systems are behind a batch. The last chunks by primary key; open deliveries by their index. */
export const batchBacklog = (id: string, connections: readonly string[], max: number): Statement => ({
  name: "work batch backlog",
  text: `select
      (select count(*)::int from (
        select xid from batch_chunk where batch = $1 and number > 0 and published > 0 order by number desc limit 100) as latest
        where xid > (select xid from lane order by lane.xid limit 1)) as chunks,
      (select count(*)::int from (
        select from delivery where status not in ('applied', 'superseded', 'cancelled') and status in ('owed', 'attempting')
          and connection = any($2::text[]) limit $3 + 1) as owed) as deliveries`,
  values: [id, connections, max],
});

/** Marks the refused records of a batch whose turn a person asked for. */
export const markAgain = (id: string): Statement => ({
  name: "work mark again",
  text: `update batch_refused set again = true
    where batch = $1 and not again and exists (select from batch where id = $1 and again)`,
  values: [id],
});

/** Batches with refused records that are to be read again. Relies on batch_again. */
export const batchesToReadAgain = (flows: readonly string[]): Statement => ({
  name: "work batches again",
  text: "select id::text as id, flow, source, file, identity from batch where again and flow = any($1::text[]) order by opened_at limit 20",
  values: [flows],
});

/** Refused records to be read again, with their bytes. Bodies are read by the primary key of arrival. */
export const recordsToReadAgain = (id: string, max: number): Statement => ({
  name: "work records again",
  text: `select r.record, r.line, r.bytes, r.head, encode(substring(a.body from r.start + 1 for r.bytes), 'base64') as body
    from (select * from batch_refused where batch = $1 and again order by record limit $2) r
    left join arrival a on a.id = r.arrival and a.received_at >= r.received_at - interval '1 day'
      and a.received_at <= r.received_at + interval '1 day'
    order by r.record`,
  values: [id, max],
});

export const holdRefused = (id: string, records: readonly number[]): Statement => ({
  name: "work hold refused",
  text: "select hold_refused($1, $2::bigint[])",
  values: [id, records],
});

/** What a second reading changed: these were refused and are not any more. */
export const takeBack = (id: string, records: readonly number[], counts: BatchCounts): Statement => ({
  name: "work take records back",
  text: `with gone as (delete from batch_refused where batch = $1 and record = any($2::bigint[]))
    update batch set refused = refused - $3, published = published + $4, no_change = no_change + $5,
      passed_over = passed_over + $6, updated_at = clock_timestamp() where id = $1`,
  values: [id, records, records.length, counts.published, counts.noChange, counts.passedOver],
});

const StillRefused = columns({ record: "int8", cause: "text", reason: "text" });

/** These are still refused, with the reason of today. */
export const stillRefused = (
  id: string,
  refused: readonly Pick<RefusedRecord, "record" | "cause" | "reason">[],
): Statement => ({
  name: "work records still refused",
  text: `update batch_refused b set again = false, cause = r.cause, reason = r.reason
    from ${StillRefused.from(2, "r")}
    where b.batch = $1 and b.record = r.record`,
  values: [id, ...StillRefused.values(refused)],
});

/** Ends a round of second readings when none is left, and numbers the next one. */
export const endReadingAgain = (id: string): Statement => ({
  name: "work end reading again",
  text: `update batch set again = exists (select from batch_refused where batch = $1 and again) where id = $1`,
  values: [id],
});

/** Closes the exceptions of causes that no refused record of the batch has any more. */
export const resolveCauses = (id: string): Statement => ({
  name: "work resolve causes",
  text: `update exception x set resolved_at = clock_timestamp(), resolution = 'Every record with this cause was read again and went in.'
    where x.subject_kind = 'document' and x.resolved_at is null and x.subject like 'batch/' || $1::text || '|%'
      and not exists (select from batch_refused r where r.batch = $1::uuid and x.subject = 'batch/' || $1::text || '|' || r.cause)`,
  values: [id],
});

/** The number of the next second reading: below zero, one less each time. */
export const nextReading = (id: string): Statement => ({
  name: "work next reading",
  text: "select coalesce(min(number), 0)::int as last from batch_chunk where batch = $1 and number < 0",
  values: [id],
});
