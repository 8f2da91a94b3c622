/**
 * Damaged documents, made from sound ones: the same number gives the same damage on every machine.
 *
 * Bytes are changed, cut out, doubled, moved or cut off, and pieces that mean something in the format are put where they
 * do not belong. What a reader makes of them is for `fuzz.ts`.
 */
import type { Bytes } from "../../std/bytes.ts";

/** Numbers below a bound, from a seed. */
export function randomly(seed: number): (below: number) => number {
  let state = (seed * 0x9e3779b1) >>> 0 || 1;
  return (below) => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return below === 0 ? 0 : state % below;
  };
}

/** One of these documents with one to six injuries. */
export function mutant(sound: readonly Bytes[], seed: number, pieces: readonly string[]): Bytes {
  const next = randomly(seed);
  let bytes = Buffer.from(sound[next(sound.length)]!);
  // Half of them have one injury only: more would hide each other.
  for (let injuries = 1 + next(2) * next(6); injuries > 0; injuries -= 1) {
    const at = next(bytes.length);
    const end = Math.min(bytes.length, at + 1 + next(60));
    const [before, inside, after] = [bytes.subarray(0, at), bytes.subarray(at, end), bytes.subarray(end)];
    const kind = next(pieces.length > 0 ? 10 : 7);
    if (kind === 0 && bytes.length > 0) bytes[at] = next(256);
    else if (kind === 1) bytes = Buffer.concat([before, after]);
    else if (kind === 2) bytes = Buffer.concat([before, inside, inside, after]);
    else if (kind === 3) {
      const to = next(bytes.length);
      bytes = Buffer.concat([bytes.subarray(0, to), inside, bytes.subarray(to)]);
    } else if (kind === 4) bytes = next(4) === 0 ? Buffer.from(before) : bytes;
    else if (kind === 5 && inside.length > 0)
      bytes = Buffer.concat([before, Buffer.alloc(1 + next(300), inside), after]);
    else if (kind === 6 && bytes.length > 0) bytes[at] = bytes[at]! ^ (1 << next(8));
    else if (pieces.length > 0) {
      const piece = Buffer.from(
        pieces[next(pieces.length)]!.repeat(next(5) === 0 ? 1 + next(40) : 1),
        "latin1",
      );
      bytes = Buffer.concat([before, piece, kind === 9 ? after : bytes.subarray(at)]);
    }
  }
  return bytes;
}
