/** What the tests of codecs share. Damaged documents for every codec are the business of `src/testing/hostile`. */
import { expect } from "vitest";
import { ContractBroken } from "../std/errors.ts";

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
