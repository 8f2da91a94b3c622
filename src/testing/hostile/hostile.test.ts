/**
 * Every codec meets every hazard: entities, depth, counts, traps that make readers quadratic, other encodings, NUL,
 * 100 MB in one element and a million segments. Each is read or refused with a sentence, in bounded time and memory.
 */
import { describe, expect, test } from "vitest";
import { endure } from "./endure.ts";
import { SUBJECTS } from "./subjects.ts";

describe.each(SUBJECTS.map(({ name }) => name))("%s", (name) => {
  test("outlives every hazard", { timeout: 240_000 }, async () => {
    const { faults, bodies } = await endure(name);
    expect(faults).toEqual([]);
    expect(bodies).toBeGreaterThan(100);
  });
});
