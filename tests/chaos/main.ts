/**
 * `npm run chaos`: the rows of the fault matrix on real processes, by hand or at night.
 *
 *     npm run chaos                                     the short tier, as npm test runs it
 *     npm run chaos -- --tier night                     every row at its full size
 *     npm run chaos -- --only workers-killed --seed 7   one row again, with the chances it had
 *     npm run chaos -- --json figures.json              the figures as data
 *     npm run chaos -- --table docs/explain/proof.md    the figures into the page
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { startTestServer } from "../../src/testing/database.ts";
import { ROWS } from "./rows.ts";
import { type Figures, inWords, runRow } from "./run.ts";

const { values } = parseArgs({
  options: {
    tier: { type: "string", default: "short" },
    only: { type: "string" },
    seed: { type: "string", default: String(Math.floor(Math.random() * 2 ** 31)) },
    json: { type: "string" },
    table: { type: "string" },
  },
});
if (values.tier !== "short" && values.tier !== "night")
  throw new Error("There are the tiers short and night.");
const tier = values.tier;
const rows = ROWS.filter(({ name }) => values.only === undefined || name === values.only);
if (rows.length === 0) throw new Error(`The rows are: ${ROWS.map(({ name }) => name).join(", ")}.`);

const server = await startTestServer();
const all: Figures[] = [];
try {
  for (const row of rows) {
    const size = row[tier];
    if (!size) continue;
    const figures = await runRow(row, size, Number(values.seed));
    all.push(figures);
    console.log(inWords(figures));
    for (const line of figures.violations.slice(0, 30)) console.log(`  ${line}`);
    if (figures.violations.length > 0) process.exitCode = 1;
  }
} finally {
  await server.stop();
}
if (values.json) writeFileSync(values.json, `${JSON.stringify(all, null, 2)}\n`);
