/**
 * Reads a JSON body with the codec the flows read it with later, so that what is validated here is what is booked there.
 *
 * The codec refuses what two systems could read differently (doubled names, numbers a double cannot hold, names that reach
 * into prototypes) and holds its limits in one pass. Here that becomes a problem that names the place and never what was
 * found there.
 */
import { json } from "../codecs/json/codec.ts";
import { ContractBroken } from "../std/errors.ts";
import { Problem } from "./problems.ts";

const codec = json();

/** @throws {Problem} `invalid-content` */
export function readJson(bytes: Uint8Array): unknown {
  try {
    return codec.decode(bytes);
  } catch (error) {
    if (!(error instanceof ContractBroken)) throw error;
    const { offset, expected } = error.facts;
    throw new Problem("invalid-content", {
      detail: "The body is not JSON that every system reads alike.",
      field: typeof offset === "number" ? `body, character ${offset + 1}` : "body",
      expected: expected === undefined ? "one JSON value in UTF-8" : String(expected),
      remedy: "Send sound JSON in UTF-8: every name once, decimals as text.",
    });
  }
}
