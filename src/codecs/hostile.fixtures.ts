/** What the tests of codecs share. Damaged documents for every codec are the business of `src/testing/hostile`. */
import { expect } from "vitest";
import type { Bytes } from "../std/bytes.ts";
import { ContractBroken } from "../std/errors.ts";
import { mutant } from "../testing/hostile/mutate.ts";

/** Reads 2,000 mutants of these documents: for readers that are no subject of the fuzzer. */
export function outlivesMutation(
  sound: readonly Bytes[],
  read: (body: Bytes) => unknown,
  pieces: readonly string[] = [],
): void {
  for (let seed = 1; seed <= 2_000; seed += 1) {
    const body = mutant(sound, seed, pieces);
    try {
      read(body);
    } catch (error) {
      expect(error, `mutant ${seed}`).toBeInstanceOf(ContractBroken);
    }
  }
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
