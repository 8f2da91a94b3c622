/**
 * Drives the reader of a segment format over a document in memory or over a stream.
 *
 * Files are cut apart as bytes kept one to a character, because delimiters are bytes. What a reader tells is handed on as
 * soon as it is told, so what the consumer is done with need not outlive the next set or message.
 */
import type { Bytes } from "../../std/bytes.ts";
import { ContractBroken } from "../../std/errors.ts";

/** A reader as a machine that is fed text and tells events. */
export interface SegmentReader {
  feed(latin1: string): void;
  /** Nothing more comes: what is unfinished is read as it stands. */
  finish(): void;
  /** Reads one segment further; false where more is needed. */
  step(): boolean;
  /** Closes what is open when everything was read. */
  end(): void;
}

export const toLatin1 = (bytes: Bytes): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");

const CHUNK = 32_768;

/**
 * Reads a stream of chunks at flat memory.
 *
 * @param begin makes the reader, which tells its events to what it is given
 * @param nothing the event for a stream in which nothing was told
 */
export async function* readChunks<Event>(
  chunks: AsyncIterable<Bytes>,
  begin: (tell: (event: Event) => void) => SegmentReader,
  nothing: () => Event,
): AsyncGenerator<Event, void, undefined> {
  let events: Event[] = [];
  let told = 0;
  const reader = begin((event) => {
    told += 1;
    events.push(event);
  });
  const take = () => {
    const taken = events;
    events = [];
    return taken;
  };
  // Small chunks are gathered: looking for the end of a long segment after every byte would be quadratic.
  let waiting: string[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += CHUNK) {
      const piece = toLatin1(chunk.subarray(at, at + CHUNK));
      waiting.push(piece);
      size += piece.length;
      if (size < CHUNK) continue;
      reader.feed(waiting.join(""));
      waiting = [];
      size = 0;
      while (reader.step()) if (events.length > 0) yield* take();
    }
  }
  reader.feed(waiting.join(""));
  reader.finish();
  while (reader.step()) if (events.length > 0) yield* take();
  reader.end();
  yield* take();
  if (told === 0) yield nothing();
}

/** Reads what is in memory, from the first segment to the last. */
export function readAll(bytes: Bytes, reader: SegmentReader): void {
  reader.feed(toLatin1(bytes));
  reader.finish();
  while (reader.step());
  reader.end();
}

/** What a document read as a whole may hold. */
export interface WholeLimits {
  readonly segmentsPerDocument: number;
  readonly documentBytes: number;
}

/** An empty group or interchange takes about as much memory as this many segments. */
const ENVELOPE_WEIGHT = 10;

/** Refuses documents that are too large to be read as a whole. */
export class WholeDocument {
  readonly #format: string;
  readonly #limits: WholeLimits;
  #segments = 0;

  /** @throws {ContractBroken} when it has too many bytes */
  constructor(format: string, bytes: Bytes, limits: WholeLimits) {
    this.#format = format;
    this.#limits = limits;
    if (bytes.length > limits.documentBytes)
      throw this.#tooLarge(`${limits.documentBytes} bytes`, `${bytes.length} bytes`);
  }

  /** @throws {ContractBroken} when it has too many segments */
  count(segments: number = ENVELOPE_WEIGHT): void {
    this.#segments += segments;
    if (this.#segments > this.#limits.segmentsPerDocument)
      throw this.#tooLarge(`${this.#limits.segmentsPerDocument} segments`, "more");
  }

  #tooLarge(expected: string, found: string): ContractBroken {
    return new ContractBroken(
      `${this.#format} document of at most ${expected} was expected, ${found} found. Larger files are read as a stream.`,
      { facts: { expected: `at most ${expected}`, found } },
    );
  }
}

/** A departure from the standard that was read anyway. */
export interface Departure<Tolerance extends string> {
  readonly what: Tolerance;
  readonly line: number;
}

/** Keeps the first of each kind. */
export function tolerate<Tolerance extends string>(
  list: Departure<Tolerance>[],
  what: Tolerance,
  line: number,
): void {
  if (!list.some((known) => known.what === what)) list.push({ what, line });
}

/** Whether a count in a trailer is what was counted. */
export const counts = (declared: string, counted: number): boolean =>
  /^\d{1,10}$/.test(declared) && Number(declared) === counted;
