/** Raw bytes as they arrived or will leave. Kept before anyone reads them, and never changed. */
export type Bytes = Uint8Array;

const encoder = new TextEncoder();
const strict = new TextDecoder("utf-8", { fatal: true });
const latin1 = new TextDecoder("latin1");

export const toBytes = (text: string): Bytes => encoder.encode(text);

/** Reads bytes as UTF-8 (a byte order mark is dropped), or as Latin-1 where they are not valid UTF-8. */
export function toText(bytes: Bytes): string {
  try {
    return strict.decode(bytes);
  } catch {
    return latin1.decode(bytes);
  }
}
