/** What the attacks are held against: one codec with sound documents, and what hurts it. */
import type { Records } from "../../codecs/records.ts";
import type { Bytes } from "../../std/bytes.ts";

export interface Subject {
  /** The folder under `src/codecs`, and after a blank which of its formats is meant where there are several. */
  readonly name: string;
  /** Sound documents: each is read. */
  seeds(): Bytes[];
  /** Tags, delimiters, escapes and numbers that hurt, in Latin-1. */
  readonly pieces: readonly string[];
  /** Reads a whole document and what a business would make of it. @throws {ContractBroken} when it is refused */
  read(body: Bytes): unknown;
  /** Reads a file of any length at flat memory, where the codec does. */
  stream?(chunks: AsyncIterable<Bytes>): AsyncIterable<unknown>;
  /** Files of many documents, cut into records. */
  readonly records?: Records<unknown>;
}
