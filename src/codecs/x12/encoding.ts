/**
 * Bytes kept one to a character, and what they spell.
 *
 * X12 files are cut apart as bytes, because their delimiters are bytes; only a whole segment is read as UTF-8, and where
 * it is none, each byte stands for its Latin-1 character.
 */
import type { Bytes } from "../../std/bytes.ts";

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Text whose characters are bytes, read as UTF-8, or undefined where it is none. */
export function utf8(latin1: string): string | undefined {
  try {
    return decoder.decode(Buffer.from(latin1, "latin1"));
  } catch {
    return undefined;
  }
}

export const toLatin1 = (bytes: Bytes): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
