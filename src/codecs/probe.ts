/**
 * How a codec recognises a file and what it makes of it, for `npm run samples`.
 *
 * Each codec folder has a `probe.ts` with one of these. It looks at content, not at names, and reads the whole file as a
 * partner's document would be read: sound, or refused with line and reason.
 */
import type { Bytes } from "../std/bytes.ts";
import { ContractBroken } from "../std/errors.ts";

export interface Probe {
  readonly codec: string;
  /** Whether a file that begins like this (up to 8 kB) is one of ours to judge. */
  recognises(start: Bytes): boolean;
  /** Reads the file. What is broken is told in the reading, not thrown. */
  read(chunks: AsyncIterable<Bytes>): Promise<Reading>;
}

export interface Reading {
  /** How many documents the file holds: sets, statements, messages. */
  readonly documents: number;
  /** The kinds of document and how many of each, e.g. `{ "850": 2 }`. */
  readonly kinds: Readonly<Record<string, number>>;
  /** Why the file is not sound; absent when it is. */
  readonly refused?: { readonly line: number | null; readonly reason: string };
}

/** A reading of a codec that streams and stops at the first refusal; `kindOf` is undefined for what is no document. */
export async function readStreamed<Event>(
  events: AsyncIterable<Event>,
  kindOf: (event: Event) => string | undefined,
): Promise<Reading> {
  const kinds: Record<string, number> = {};
  let documents = 0;
  try {
    for await (const event of events) {
      const kind = kindOf(event);
      if (kind === undefined) continue;
      kinds[kind] = (kinds[kind] ?? 0) + 1;
      documents += 1;
    }
    return { documents, kinds };
  } catch (error) {
    return { documents, kinds, refused: refusedBy(error) };
  }
}

function refusedBy(error: unknown): NonNullable<Reading["refused"]> {
  if (!(error instanceof ContractBroken)) throw error;
  const { line } = error.facts;
  return { line: typeof line === "number" ? line : null, reason: error.message };
}

/** A reading of a codec that knows only whole files: collects the chunks, decodes, and tells a refusal. */
export async function readWhole(
  chunks: AsyncIterable<Bytes>,
  bytesMax: number,
  decode: (body: Bytes) => Omit<Reading, "refused">,
): Promise<Reading> {
  const pieces: Bytes[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    pieces.push(chunk);
    size += chunk.length;
    if (size > bytesMax) {
      return {
        documents: 0,
        kinds: {},
        refused: { line: null, reason: `The file is larger than ${bytesMax} bytes.` },
      };
    }
  }
  try {
    return decode(Buffer.concat(pieces));
  } catch (error) {
    return { documents: 0, kinds: {}, refused: refusedBy(error) };
  }
}
