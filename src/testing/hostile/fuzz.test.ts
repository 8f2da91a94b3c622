/** 2,000 damaged documents for every codec; and a codec that breaks, hangs or grows does not get away with it. */
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { FUZZ_BOUNDS, fuzz } from "./fuzz.ts";
import { mutant } from "./mutate.ts";
import { SUBJECTS } from "./subjects.ts";

const CODECS = path.join(import.meta.dirname, "../../codecs");
const COUNT = 2_000;

test("every codec has a subject", () => {
  const folders = readdirSync(CODECS).filter((folder) => existsSync(path.join(CODECS, folder, "codec.ts")));
  const named = new Set(SUBJECTS.map(({ name }) => name.split(" ")[0]));
  expect(folders.filter((folder) => !named.has(folder))).toEqual([]);
});

describe.each(SUBJECTS.map(({ name }) => name))("%s", (name) => {
  const subject = SUBJECTS.find((one) => one.name === name)!;

  test("reads its sound documents", () => {
    for (const [at, body] of subject.seeds().entries()) {
      expect(() => subject.read(body), `document ${at}`).not.toThrow();
    }
  });

  test(`reads or refuses ${COUNT} damaged documents, each at once and in little memory`, async () => {
    const { read, refused, failures } = await fuzz(name, 1, COUNT);
    expect(failures).toEqual([]);
    expect(read + refused).toBe(COUNT);
    // Damage that is never seen, or documents that are never read, would prove nothing.
    expect([read > 0, refused > 0]).toEqual([true, true]);
  });
});

describe("the fuzzer notices", () => {
  const subjects = new URL("./bad.fixtures.ts", import.meta.url).href;
  const bounds = { ...FUZZ_BOUNDS, eachMs: 200, heapMb: 64 };
  const firstHarm = (() => {
    for (let seed = 1; ; seed += 1) {
      const body = mutant([Uint8Array.of(7, 7, 7)], seed, []);
      if (body.length > 0 && body[0] !== 7) return seed;
    }
  })();

  test.each([
    ["stranger", /^TypeError: cannot read properties/],
    ["mumbler", /no/],
    ["hanger", "It took longer than 1 s."],
    ["glutton", /memory/],
    ["dawdler", /^It took \d+ ms of processor time\.$/],
  ])("a %s, and says which document it was", async (name, reason) => {
    const { failures } = await fuzz(name, firstHarm, 1, {
      bounds: name === "hanger" ? { ...bounds, hangMs: 1_000 } : bounds,
      subjects,
    });
    expect(failures).toEqual([{ mutant: firstHarm, reason: expect.stringMatching(reason) }]);
  });

  test("what was damaged once is damaged in the same way again", () => {
    const [subject] = SUBJECTS;
    const make = (seed: number) => mutant(subject!.seeds(), seed, subject!.pieces);
    expect(make(4711)).toEqual(make(4711));
    expect(make(4711)).not.toEqual(make(4712));
  });
});
