/**
 * Every codec meets every hazard: entities, depth, counts, traps that make readers quadratic, other encodings, NUL,
 * 100 MB in one element and a million segments. Each is read or refused with a sentence, in bounded time and memory.
 */
import { describe, expect, test } from "vitest";
import { endure } from "./endure.ts";
import { SUBJECTS } from "./subjects.ts";

/** Read by the same reader as `camt053` or `iso20022 pain001`: `npm run fuzz -- --hazards` throws every hazard at these as well. */
const SAME_READER = [
  "iso20022 camt.052",
  "iso20022 camt.054",
  "iso20022 pain002",
  "iso20022 pain008",
  "iso20022 remt001",
];
/** Of what only says the same again a tenth is thrown here, and all of it by `npm run fuzz -- --hazards`. */
const SHARE = 0.1;
const NAMES = SUBJECTS.map(({ name }) => name);

test("what is left to the campaign is read by a reader that is tried here", () => {
  expect(SAME_READER.filter((name) => !NAMES.includes(name))).toEqual([]);
  expect(NAMES).toEqual(expect.arrayContaining(["camt053", "iso20022 pain001"]));
});

describe.each(NAMES.filter((name) => !SAME_READER.includes(name)))("%s", (name) => {
  test("outlives every hazard", { timeout: 240_000 }, async () => {
    const { faults, bodies } = await endure(name, SHARE);
    expect(faults).toEqual([]);
    expect(bodies).toBeGreaterThan(100);
  });
});
