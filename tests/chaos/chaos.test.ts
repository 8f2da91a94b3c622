/**
 * The short tier of the chaos runs: every npm test breaks real processes, and nothing is lost, doubled, silent or stuck.
 *
 * The night has the same rows at their full size: `npm run chaos -- --tier night`.
 */
import { afterAll, describe, expect, test, vi } from "vitest";
import { noSmallDisk } from "./own-database.ts";
import { ROWS } from "./rows.ts";
import { type Figures, inWords, runRow } from "./run.ts";

// Most of a row is waiting for clocks, so three of them share the machine well.
vi.setConfig({ maxConcurrency: 3 });

const all: Figures[] = [];
afterAll(() => {
  for (const figures of all) console.log(inWords(figures));
});

describe.concurrent("on real processes", () => {
  for (const row of ROWS) {
    const { short } = row;
    if (!short) continue;
    const missing = row.ownDatabase === "small disk" ? noSmallDisk() : null;
    test.skipIf(missing !== null)(
      `${row.is}${missing ? ` (skipped: ${missing})` : ""}`,
      { timeout: 300_000 },
      async () => {
        const seed = Number(process.env.CHAOS_SEED ?? Math.floor(Math.random() * 2 ** 31));
        const figures = await runRow(row, short, seed);
        all.push(figures);
        expect(figures.violations, inWords(figures)).toEqual([]);
      },
    );
  }
});
