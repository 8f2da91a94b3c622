/**
 * Whatever is killed, stopped, lost, late or doubled: nothing is lost, nothing happens twice, and everything ends.
 *
 * A failing seed prints its violations, what happened to the orders concerned, and the command that shows it again.
 */
import { expect, test } from "vitest";
import { BUGS } from "./bugs.ts";
import { campaign, missing, report, shrink } from "./campaign.ts";
import { simulate } from "./world.ts";

test("five hundred worlds end well, and every fault has happened in them", { timeout: 300_000 }, async () => {
  const done = await campaign(1, 500, { enough: 1 });
  const [failed] = done.failed;
  expect(failed ? report(await shrink(failed)) : "").toBe("");
  expect(missing(done)).toEqual([]);
});

test("a seed replays a run exactly, and another seed is another run", async () => {
  const hashes = [];
  for (const seed of [11, 12, 11, 12, 13]) hashes.push((await simulate(seed)).hash);
  const [first, second, again, secondAgain, third] = hashes;
  expect([again, secondAgain]).toEqual([first, second]);
  expect(new Set([first, second, third]).size).toBe(3);
});

test("a failing seed is told by the little that makes it fail, and fails again by it", async () => {
  // Of the planted mistakes the one whose first failing seed is told by the fewest runs.
  const mistake = BUGS.find(({ id }) => id === "B20")?.mistake ?? {};
  const [failed] = (await campaign(1, 400, { mistake, enough: 1 })).failed;
  if (!failed) throw new Error("The mistake is found.");
  const least = await shrink(failed, mistake);
  expect(least.befell.length).toBeLessThan(failed.befell.length);
  expect(least.befell.length).toBeLessThanOrEqual(6);
  const again = await simulate(failed.seed, mistake, new Set(least.befell));
  expect([again.violations, again.hash]).toEqual([least.violations, least.hash]);
  expect(report(least, "B20")).toContain(`--only "${least.befell.join("; ")}"`);
});

// The others take longer: `npm run simulate -- --bugs` plants all of them.
const QUICK = [
  "B01",
  "B03",
  "B06",
  "B07",
  "B21",
  "B11",
  "B12",
  "B16",
  "B24",
  "S01",
  "S03",
  "S06",
  "S08",
  "S17",
  "S20",
  "S21",
  "S22",
];

test.each(BUGS.filter(({ id }) => QUICK.includes(id)))(
  "a planted mistake is noticed: $is",
  // Hundreds of worlds on a machine that does other work; one that is given up lives on beside the next, and spoils it.
  { timeout: 300_000 },
  async ({ mistake }) => {
    expect((await campaign(1, 400, { mistake, enough: 1 })).failed).toHaveLength(1);
  },
);
