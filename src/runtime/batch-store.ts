/**
 * What reading large files needs from the memory: named operations, each one transaction.
 *
 * A chunk commits through the very statements that accept any arrival (receipts, bytes, journal), with its checkpoint,
 * counts and refused records in the same transaction.
 */
import { type AcceptedArrival, accept, lockKeys } from "../journal/accept.ts";
import { ensure } from "../std/errors.ts";
import type { Statement } from "../std/statement.ts";
import { type Raised, raise } from "../trace/record.ts";
import {
  type BatchCounts,
  type BatchPosition,
  batchBacklog,
  batchesToReadAgain,
  batchPosition,
  endReadingAgain,
  explainBatch,
  failBatch,
  finishBatch,
  holdBatch,
  holdRefused,
  type KnownDigest,
  keepChunk,
  knownDigests,
  MOVED_ON,
  moveBatch,
  type NewBatch,
  nextReading,
  type Opened,
  openBatch,
  type RefusedRecord,
  recordsToReadAgain,
  releaseBatches,
  rememberDigests,
  resolveCauses,
  setAside,
  stillRefused,
  takeBack,
} from "../work/batches.ts";

/** Everything one chunk came to; it becomes true together with the checkpoint, or not at all. */
export interface Chunk {
  readonly batch: string;
  readonly flow: string;
  readonly worker: string;
  /** Its number; the checkpoint must stand on the one before. */
  readonly number: number;
  /** JSON of the place after it, and the bytes before that place. */
  readonly place: string;
  readonly bytesRead: number;
  readonly arrival: AcceptedArrival;
  readonly counts: BatchCounts;
  readonly refused: readonly RefusedRecord[];
  readonly digests: readonly KnownDigest[];
  readonly raised: readonly Raised[];
}

/** A second reading of refused records. */
export interface Reading {
  readonly batch: string;
  readonly flow: string;
  readonly number: number;
  readonly arrival: AcceptedArrival;
  readonly counts: BatchCounts;
  readonly records: readonly number[];
  readonly refused: readonly RefusedRecord[];
  readonly digests: readonly KnownDigest[];
  readonly raised: readonly Raised[];
}

export interface ToReadAgain {
  readonly record: number;
  readonly line: number;
  readonly head: string | null;
  /** Base64; null when the bytes are no longer kept. */
  readonly body: string | null;
}

export interface FileOfBatch {
  readonly id: string;
  readonly flow: string;
  readonly source: string;
  readonly file: string;
  readonly identity: string;
}

export interface BatchStore {
  open(batch: NewBatch, worker: string): Promise<{ outcome: Opened; id: string }>;
  position(id: string): Promise<BatchPosition>;
  /** Digests of what was last published about these keys. */
  known(flow: string, keys: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Throws `MovedOn` when the checkpoint is no longer ours to move. */
  commit(chunk: Chunk): Promise<void>;
  /** Throws `MovedOn` when the batch is no longer ours to finish. */
  finish(id: string, worker: string, chunk: number): Promise<void>;
  fail(id: string, worker: string, reason: string, raised: Raised): Promise<void>;
  raise(raised: Raised): Promise<void>;
  explain(id: string, worker: string, reason: string | null): Promise<void>;
  backlog(
    id: string,
    connections: readonly string[],
    max: number,
  ): Promise<{ chunks: number; deliveries: number }>;
  release(worker: string): Promise<void>;
  readingAgain(flows: readonly string[]): Promise<FileOfBatch[]>;
  toReadAgain(id: string, max: number): Promise<{ number: number; records: ToReadAgain[] }>;
  /** Throws `MovedOn` when another worker has read these records. */
  commitReading(reading: Reading): Promise<void>;
  endReading(id: string): Promise<void>;
}

/** The batch was paused, taken over or moved on by somebody else: nothing we decided for it may become true. */
export class MovedOn extends Error {
  override readonly name = "MovedOn";
}

type Together = (statements: readonly Statement[]) => Promise<readonly { rows: unknown[] }[]>;

/** `together` commits statements in one transaction; `aliveMs` is how old a living worker's last heartbeat may be. */
export function batchStore(together: Together, aliveMs: number): BatchStore {
  const read = async <Row>(statement: Statement): Promise<Row[]> =>
    ((await together([statement]))[0]?.rows ?? []) as Row[];
  const fenced = async (statements: readonly Statement[]): Promise<void> => {
    try {
      await together(statements);
    } catch (error) {
      if ((error as { code?: string }).code !== MOVED_ON) throw error;
      throw new MovedOn("The batch moved on without us.");
    }
  };
  const written = ({ arrival, raised }: Pick<Chunk, "arrival" | "raised">): Statement[] => [
    lockKeys(arrival.entries.map(({ key }) => key)),
    accept([arrival]),
    ...(raised.length > 0 ? [raise(raised)] : []),
  ];
  const digested = (flow: string, digests: readonly KnownDigest[]): Statement[] =>
    digests.length > 0 ? [rememberDigests(flow, digests)] : [];

  return {
    async open(batch, worker) {
      const [opened] = await read<{ outcome: Opened; id: string }>(openBatch(batch, worker, aliveMs));
      ensure(opened, "opening a batch answers");
      return opened;
    },
    async position(id) {
      const [position] = await read<BatchPosition>(batchPosition(id));
      ensure(position, `batch ${id} is known`);
      return position;
    },
    async known(flow, keys) {
      const found = await read<KnownDigest>(knownDigests(flow, keys));
      return new Map(found.map(({ key, digest }) => [key, digest]));
    },
    commit: (chunk) =>
      fenced([
        // First, so that a stale reader fails before it has written anything.
        holdBatch(chunk.batch, chunk.worker, chunk.number - 1),
        ...written(chunk),
        moveBatch(chunk.batch, chunk.number, chunk.place, chunk.bytesRead, chunk.counts),
        keepChunk(chunk.batch, chunk.number, chunk.arrival.arrival, chunk.counts.published),
        ...(chunk.refused.length > 0 ? [setAside(chunk.batch, chunk.arrival.arrival, chunk.refused)] : []),
        ...digested(chunk.flow, chunk.digests),
      ]),
    finish: (id, worker, chunk) => fenced([holdBatch(id, worker, chunk), finishBatch(id)]),
    async fail(id, worker, reason, raised) {
      await together([failBatch(id, worker, reason), raise([raised])]);
    },
    async raise(raised) {
      await together([raise([raised])]);
    },
    async explain(id, worker, reason) {
      await together([explainBatch(id, worker, reason)]);
    },
    async backlog(id, connections, max) {
      const [found] = await read<{ chunks: number; deliveries: number }>(batchBacklog(id, connections, max));
      ensure(found, "a backlog answers");
      return found;
    },
    async release(worker) {
      await together([releaseBatches(worker)]);
    },
    readingAgain: (flows) => read<FileOfBatch>(batchesToReadAgain(flows)),
    async toReadAgain(id, max) {
      const [last] = await read<{ last: number }>(nextReading(id));
      const found = await read<Omit<ToReadAgain, "record" | "line"> & { record: string; line: string }>(
        recordsToReadAgain(id, max),
      );
      return {
        number: (last?.last ?? 0) - 1,
        records: found.map((one) => ({ ...one, record: Number(one.record), line: Number(one.line) })),
      };
    },
    async commitReading(reading) {
      const still = new Set(reading.refused.map(({ record }) => record));
      const settled = reading.records.filter((record) => !still.has(record));
      await fenced([
        holdRefused(reading.batch, reading.records),
        ...written(reading),
        keepChunk(reading.batch, reading.number, reading.arrival.arrival, reading.counts.published),
        takeBack(reading.batch, settled, reading.counts),
        ...(reading.refused.length > 0 ? [stillRefused(reading.batch, reading.refused)] : []),
        ...digested(reading.flow, reading.digests),
        resolveCauses(reading.batch),
      ]);
    },
    async endReading(id) {
      await together([endReadingAgain(id)]);
    },
  };
}
