/** What the bytes of a segment spell: UTF-8, and where they are none, each byte stands for its Latin-1 character. */

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Text whose characters are bytes, read as UTF-8, or undefined where it is none. */
export function utf8(latin1: string): string | undefined {
  try {
    return decoder.decode(Buffer.from(latin1, "latin1"));
  } catch {
    return undefined;
  }
}
