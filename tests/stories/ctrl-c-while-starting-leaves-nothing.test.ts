/**
 * A start that is interrupted half way stops what it had started, whenever that is; and a second Ctrl-C ends it at once.
 *
 * One folder serves all of them in turn, so each start also finds what the interrupted one before it left behind.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePortBase, goneFrom, newFolder, Running, remove } from "./a-site.ts";

const data = newFolder();
let base: number;
beforeAll(async () => {
  base = await freePortBase();
});
afterAll(() => remove(data));

const starts = (...more: readonly string[]) =>
  new Running(["dev", "--data", data, "--port-base", String(base), "--pace", "fast", ...more]);

/** What has just been said when Ctrl-C is pressed; each is a different moment of the start. */
const MOMENTS = [
  /Ctrl-C stops everything/,
  /PostgreSQL/,
  /simulated systems/,
  /gateway and console/,
  /Watch it travel/,
];

test.each(MOMENTS)(
  "after %s",
  async (moment) => {
    const site = starts();
    await site.says(moment);
    await sleep(Math.random() * 100);
    const exit = await site.stop("SIGINT");
    expect({ exit, left: await goneFrom(data), run: existsSync(join(data, "run.json")) }).toEqual({
      exit: 0,
      left: [],
      run: false,
    });
  },
  90_000,
);

test("a second Ctrl-C while it stops ends it at once, with 130, and everything it started ends by itself", async () => {
  const site = starts("--workers", "2");
  await site.says(/gateway and console/);
  site.process.kill("SIGINT");
  await expect.poll(() => site.remarked, { timeout: 10_000, interval: 5 }).toContain("Stopping …");
  expect(await site.stop("SIGINT")).toBe(130);
  expect(await goneFrom(data)).toEqual([]);
}, 90_000);
