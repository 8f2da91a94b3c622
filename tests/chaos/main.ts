/**
 * `npm run chaos`: the rows of the fault matrix on real processes, by hand or at night.
 *
 *     npm run chaos                                     the short tier, as npm test runs it
 *     npm run chaos -- --tier night                     every row at its full size
 *     npm run chaos -- --only workers-killed --seed 7   one row again (or several, divided by commas), with its chances
 *     npm run chaos -- --tier night --scale 0.05        a twentieth of the night
 *     npm run chaos -- --calm                           nothing is broken: every row must fail for it
 *     npm run chaos -- --json figures.json              the figures as data
 *     npm run chaos -- --table docs/explain/proof.md    the figures into the page
 *     npm run chaos -- --help                           this, and the names of the rows
 */
import { readFileSync, writeFileSync } from "node:fs";
import { startTestServer } from "../../src/testing/database.ts";
import { scriptOptions } from "../../src/testing/script-options.ts";
import { ROWS, type Row, type Size } from "./rows.ts";
import { type Figures, inWords, runRow } from "./run.ts";

const values = scriptOptions(
  import.meta.filename,
  {
    tier: { type: "string", default: "short" },
    only: { type: "string" },
    scale: { type: "string", default: "1" },
    calm: { type: "boolean", default: false },
    seed: { type: "string", default: String(Math.floor(Math.random() * 2 ** 31)) },
    json: { type: "string" },
    table: { type: "string" },
  },
  `\nRows: ${ROWS.map(({ name }) => name).join(", ")}.`,
);
if (values.tier !== "short" && values.tier !== "night")
  throw new Error("There are the tiers short and night.");
const tier = values.tier;
const only = values.only?.split(",");
const rows = ROWS.filter(({ name }) => only === undefined || only.includes(name));
if (rows.length === 0) throw new Error(`The rows are: ${ROWS.map(({ name }) => name).join(", ")}.`);

const server = await startTestServer();
const all: Figures[] = [];
try {
  // Most of a day of orders is waiting for clocks, so two share the machine; a heap takes all there is.
  const days = rows.filter((row) => (row[tier]?.perSecond ?? 0) > 0);
  const inTurn = async () => {
    for (let row = days.shift(); row; row = days.shift()) await run(row);
  };
  await Promise.all([inTurn(), inTurn()]);
  for (const row of rows) if (row[tier]?.perSecond === 0) await run(row);
} finally {
  await server.stop();
}
// Pipes of workers that were killed may be open still; everything has been said and written.
process.exit();

async function run(row: Row): Promise<void> {
  const size = row[tier];
  if (!size) return;
  const figures = await runRow(row, scaled(size), Number(values.seed), values.calm);
  if (values.calm) return failsAsItMust(row, figures);
  all.push(figures);
  console.log(inWords(figures));
  for (const line of figures.violations.slice(0, 30)) console.log(`  ${line}`);
  if (figures.violations.length > 0) process.exitCode = 1;
  if (values.table !== undefined) writeTable(values.table);
  if (values.json) writeFileSync(values.json, `${JSON.stringify(all, null, 2)}\n`);
}

/** A row in which nothing was broken proved nothing, and has to say so. */
function failsAsItMust({ name }: Row, { violations }: Figures): void {
  const silent = violations.filter((line) => line.startsWith("I15 "));
  console.log(
    `${name}: ${silent.length > 0 ? `fails when nothing is broken: ${silent[0]}` : "PASSES although nothing was broken"}`,
  );
  if (silent.length === 0) process.exitCode = 1;
}

/** As much of it as was asked for. */
function scaled(size: Size): Size {
  const part = (whole: number) => Math.ceil(whole * Number(values.scale));
  return { ...size, orders: part(size.orders), times: size.times === 0 ? 0 : part(size.times) };
}

/** Puts the figures between the marks of the page; rows that did not run now stay as they are. */
function writeTable(file: string): void {
  const [begin, end] = ["<!-- chaos: begin -->", "<!-- chaos: end -->"];
  const page = readFileSync(file, "utf8");
  const [head = "", rest = ""] = page.split(begin);
  const [old = "", tail = ""] = rest.split(end);
  const lines = new Map(
    old
      .split("\n")
      .filter((line) => line.startsWith("| `"))
      .map((line) => [line.split("`")[1] ?? "", line] as const),
  );
  for (const figures of all) lines.set(nameOf(figures), lineOf(figures));
  const text = [
    begin,
    "",
    "| Row | Fault matrix | Faults fired | Receipts | Effects | Lost | Doubled | Unclear | At rest after | Effects/s then | Equation asked | Memory | Judged |",
    "|---|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---|",
    ...lines.values(),
    "",
    end,
  ].join("\n");
  writeFileSync(file, `${head}${text}${tail}`);
}

function nameOf({ row }: Figures): string {
  return `${row} (${tier}${values.scale === "1" ? "" : ` × ${values.scale}`})`;
}

function lineOf(figures: Figures): string {
  const stands = ROWS.find(({ name }) => name === figures.row)?.stands ?? "";
  const faults = Object.entries(figures.faults).map(([fault, times]) => `${times} × ${fault}`);
  const { receipts, effects, lost, doubled, unclear, healMs, drainPerSecond, checks, rssMb } = figures;
  const rest = `${(healMs / 1_000).toFixed(1)} s`;
  const cells = [
    receipts,
    effects,
    lost,
    doubled,
    unclear,
    rest,
    drainPerSecond,
    `${checks} times`,
    `${rssMb} MB`,
    inRanges(Object.keys(figures.judged)),
  ];
  const failed = figures.violations.length > 0 ? ` **${figures.violations.length} violations**` : "";
  return `| \`${nameOf(figures)}\`${failed} | ${stands} | ${faults.join("; ")} | ${cells.join(" | ")} |`;
}

/** I1 to I8, I10: the numbers of the invariants that had something to judge. */
function inRanges(invariants: readonly string[]): string {
  const numbers = new Set(
    invariants.flatMap((name) => (name.startsWith("I") ? [Number(name.slice(1))] : [])),
  );
  const first = [...numbers].filter((n) => !numbers.has(n - 1)).toSorted((a, b) => a - b);
  return first
    .map((from) => {
      let to = from;
      while (numbers.has(to + 1)) to += 1;
      return to === from ? `I${from}` : `I${from} to I${to}`;
    })
    .join(", ");
}
