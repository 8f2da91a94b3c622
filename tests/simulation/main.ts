/**
 * `npm run simulate`: campaigns by hand.
 *
 *     npm run simulate -- --seeds 10000            seeds 1 to 10000
 *     npm run simulate -- --seed 4711              one seed, with its whole story
 *     npm run simulate -- --seed 4711 --shrink     the least of it that still goes wrong
 *     npm run simulate -- --seed 4711 --only "…"   so much of it, as a shrunk story names it
 *     npm run simulate -- --bug B06 --seeds 2000   the same with a planted mistake
 *     npm run simulate -- --bugs [--table <file>]  every planted mistake, and the table of how soon each was found
 */
import { readFileSync, writeFileSync } from "node:fs";
import { scriptOptions } from "../../src/testing/script-options.ts";
import { BUGS } from "./bugs.ts";
import { type Campaign, campaign, missing, report, shrink } from "./campaign.ts";
import { simulate } from "./world.ts";

const values = scriptOptions(import.meta.filename, {
  seeds: { type: "string", default: "500" },
  from: { type: "string", default: "1" },
  seed: { type: "string" },
  only: { type: "string" },
  shrink: { type: "boolean", default: false },
  bug: { type: "string", default: "" },
  bugs: { type: "boolean", default: false },
  table: { type: "string" },
});

const planted = BUGS.find(({ id }) => id === values.bug);
if (values.bug !== "" && !planted) {
  console.error(
    `There is no planted mistake ${values.bug}. There are: ${BUGS.map(({ id }) => id).join(", ")}.`,
  );
  process.exitCode = 1;
} else if (values.bugs) await allBugs();
else if (values.seed !== undefined) await one(Number(values.seed));
else await many(Number(values.from), Number(values.seeds));

async function one(seed: number): Promise<void> {
  const only = values.only === undefined ? undefined : new Set(values.only.split("; "));
  const outcome = await simulate(seed, planted?.mistake, only);
  if (values.shrink && outcome.violations.length > 0)
    console.log(report(await shrink(outcome, planted?.mistake), values.bug));
  else console.log(outcome.story.join("\n"));
  console.log(`\nTrace ${outcome.hash}, ${outcome.violations.length} violations.`);
  for (const line of outcome.violations) console.log(line);
  process.exitCode = outcome.violations.length === 0 ? 0 : 1;
}

async function many(from: number, seeds: number): Promise<void> {
  const begun = performance.now();
  const done = await campaign(from, seeds, planted ? { mistake: planted.mistake } : {});
  for (const outcome of done.failed.slice(0, 3))
    console.log(`${report(await shrink(outcome, planted?.mistake), values.bug)}\n`);
  console.log(summary(done, (performance.now() - begun) / 1000));
  if (seeds >= 300)
    for (const fault of missing(done))
      console.log(`I15 "${fault}" never happened: these seeds were too kind.`);
  process.exitCode = done.failed.length > 0 || (seeds >= 300 && missing(done).length > 0) ? 1 : 0;
}

async function allBugs(): Promise<void> {
  const begun = performance.now();
  const sound = await campaign(1, 500);
  const seconds = (performance.now() - begun) / 1000;
  console.log(summary(sound, seconds));
  const lines: string[] = [];
  for (const { id, mistake, is, mends } of BUGS) {
    const found = await campaign(1, 2_000, { mistake, enough: 1 });
    const by = [
      ...new Set(
        found.failed.flatMap(({ violations }) => violations.map((line) => line.split(" ")[0] ?? "")),
      ),
    ];
    const verdict =
      found.failed.length > 0 ? `${found.seeds} | ${by.sort().join(", ")}` : "not found in 2,000 | –";
    lines.push(`| ${id} | ${is} | ${verdict} |${mends ? ` ${mends} |` : "  |"}`);
    console.log(lines.at(-1));
    if (found.failed.length === 0 || sound.failed.length > 0) process.exitCode = 1;
  }
  if (values.table !== undefined) writeTable(values.table, lines, sound, seconds);
}

function summary(
  { seeds, failed, steps, virtualMs, receipts, effects, fired }: Campaign,
  seconds: number,
): string {
  const faults = [...fired]
    .filter(([name]) => !name.startsWith("killed at"))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const points = [...fired.keys()].filter((name) => name.startsWith("killed at")).length;
  return [
    `${seeds} seeds, ${failed.length} with violations; ${(seeds / seconds).toFixed(1)} seeds a second.`,
    `${steps} steps, ${(virtualMs / 3_600_000).toFixed(1)} virtual hours, ${receipts} receipts, ${effects} effects; workers were killed at ${points} different points.`,
    ...faults.map(([fault, times]) => `  ${fault}: ${times}`),
  ].join("\n");
}

/** Replaces what stands between the marks of the page. */
function writeTable(file: string, lines: readonly string[], sound: Campaign, seconds: number): void {
  const [begin, end] = ["<!-- simulation: begin -->", "<!-- simulation: end -->"];
  const page = readFileSync(file, "utf8");
  const [head = "", rest = ""] = page.split(begin);
  const [, tail = ""] = rest.split(end);
  const text = [
    begin,
    "",
    "```",
    summary(sound, seconds),
    "```",
    "",
    "| Mistake | What it is | Seeds until found | Noticed by |  |",
    "|---|---|---|---|---|",
    ...lines,
    "",
    end,
  ].join("\n");
  writeFileSync(file, `${head}${text}${tail}`);
}
