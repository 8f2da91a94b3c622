/**
 * Reads a JSON body the way the engine will read it later, with the limits a stranger's bytes need.
 */
import { Problem } from "./problems.ts";

const strict = new TextDecoder("utf-8", { fatal: true });

/** @throws {Problem} `invalid-content` with the place, never with what was found there */
export function readJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(strict.decode(bytes));
  } catch {
    throw new Problem("invalid-content", {
      detail: "The body is not JSON that can be taken.",
      field: "body",
      expected: "one JSON value in UTF-8",
    });
  }
}
