/**
 * What every codec is tested against: damaged documents, made from sound ones by a seeded generator.
 *
 * A document that fails can be made again from its seed. `FUZZ` in the environment is how many mutants there are of each
 * codec; 2,000 where it is absent.
 */
import { expect } from "vitest";
import type { Bytes } from "../std/bytes.ts";
import { ContractBroken } from "../std/errors.ts";

const MUTANTS = Number(process.env.FUZZ ?? 2_000);
const EACH_MS = 1_000;
const GROWTH_MB = 200;

/** Reads mutants of these documents. Each is read or refused with a sentence, within a second, at bounded memory. */
export function outlivesMutation(
  sound: readonly Bytes[],
  read: (body: Bytes) => unknown,
  pieces: readonly string[] = [],
): void {
  const outcomes = { read: 0, refused: 0 };
  const before = process.memoryUsage().rss;
  for (let seed = 1; seed <= MUTANTS; seed += 1) {
    const mutant = mutated(sound[seed % sound.length]!, seed, pieces);
    const from = performance.now();
    try {
      read(mutant);
      outcomes.read += 1;
    } catch (error) {
      if (!(error instanceof ContractBroken)) {
        throw new Error(`Mutant ${seed} broke the codec: ${String(error)}`, { cause: error });
      }
      expect(error.message, `mutant ${seed}`).toMatch(/\.$/);
      outcomes.refused += 1;
    }
    expect(performance.now() - from, `milliseconds for mutant ${seed}`).toBeLessThan(EACH_MS);
  }
  expect(outcomes.read + outcomes.refused).toBe(MUTANTS);
  expect(outcomes.refused).toBeGreaterThan(0);
  expect((process.memoryUsage().rss - before) / 1_048_576).toBeLessThan(GROWTH_MB + MUTANTS / 100);
}

/** One to six injuries: bytes changed, cut out, doubled, moved, or pieces of the format put where they do not belong. */
function mutated(body: Bytes, seed: number, pieces: readonly string[]): Bytes {
  let state = (seed * 0x9e3779b1) >>> 0 || 1;
  const next = (below: number): number => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return below === 0 ? 0 : state % below;
  };
  let bytes = Buffer.from(body);
  for (let injuries = 1 + next(6); injuries > 0; injuries -= 1) {
    const at = next(bytes.length);
    const end = Math.min(bytes.length, at + 1 + next(60));
    const kind = next(pieces.length > 0 ? 6 : 5);
    if (kind === 0 && bytes.length > 0) bytes[at] = next(256);
    else if (kind === 1) bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(end)]);
    else if (kind === 2) bytes = Buffer.concat([bytes.subarray(0, end), bytes.subarray(at)]);
    else if (kind === 3) {
      const to = next(bytes.length);
      bytes = Buffer.concat([bytes.subarray(0, to), bytes.subarray(at, end), bytes.subarray(to)]);
    } else if (kind === 4) bytes = Buffer.from(bytes.subarray(0, next(4) === 0 ? at : bytes.length));
    else {
      const piece = Buffer.from(pieces[next(pieces.length)]!, "latin1");
      bytes = Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at)]);
    }
  }
  return bytes;
}

/** The facts of the refusal. Fails the test when the body is read. */
export function refusalOf(read: () => unknown): Record<string, unknown> & { message: string } {
  try {
    read();
  } catch (error) {
    expect(error).toBeInstanceOf(ContractBroken);
    return { ...(error as ContractBroken).facts, message: (error as ContractBroken).message };
  }
  throw new Error("It was read.");
}
