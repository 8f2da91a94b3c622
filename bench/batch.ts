/**
 * Millions of ledger lines at flat memory, killed in the middle: `npm run bench:batch [-- --lines 5000000 --rss 400]`.
 *
 * One file, one worker, embedded PostgreSQL with `synchronous_commit=on`. The worker is killed with SIGKILL halfway and
 * started again. At the end every line must be in the journal once: as many as the file has, and the same sum to the
 * cent. Throughput is taken without the wait for the killed worker's heartbeat to run out; that wait is printed too.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, mkdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { finished } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { migrate, openPool, startEmbedded } from "crossdock/server";
import { scriptOptions } from "../src/testing/script-options.ts";
import { scratch } from "./scratch.ts";

const options = scriptOptions(import.meta.filename, {
  lines: { type: "string", default: "5000000" },
  /** MB the worker may hold at most. */
  rss: { type: "string", default: "400" },
});
const lines = Number(options.lines);
const rssMax = Number(options.rss);

const root = scratch("batch");
for (const folder of ["items", "warehouse", "ledger", "import"]) mkdirSync(join(root, folder));
const server = await startEmbedded({ dataDir: join(root, "postgres") });
const pool = openPool(server.connectionString, { max: 2 });
let child: ChildProcess | undefined;
let peakKb = 0;
try {
  await migrate(pool);
  const cents = await write(join(root, "ledger"), lines);
  const size = statSync(join(root, "ledger", "history.csv")).size;
  console.log(`${lines} lines, ${(size / 1e6).toFixed(0)} MB.`);

  child = worker();
  const began = performance.now();
  await progress((records) => records >= lines / 2);
  const dying = new Promise<void>((resolve) => child?.once("exit", () => resolve()));
  child.kill("SIGKILL");
  await dying;
  const killed = performance.now();
  // A commit that was on its way may still become true.
  await sleep(500);
  const before = await position();
  child = worker();
  await progress((records, state) => records > before || state === "finished");
  const resumed = performance.now();
  await progress((_, state) => state === "finished");
  const ended = performance.now();

  const { rows } = await pool.query(
    `select count(*)::text as lines, sum((line ->> 'credit')::numeric)::text as credit,
       count(distinct line ->> 'entry')::text as entries
     from event, json_array_elements(data::json -> 'lines') as line where contract = 'finance.ledger-lines-transferred'`,
  );
  const expected = { lines: `${lines}`, credit: euros(cents), entries: `${lines}` };
  const seconds = (ended - resumed + killed - began) / 1_000;
  console.log(
    JSON.stringify({
      lines,
      megabytes: Math.round(size / 1e6),
      seconds: Math.round(seconds),
      recordsPerSecond: Math.round(lines / seconds),
      takeoverSeconds: Math.round((resumed - killed) / 1_000),
      killedAt: before,
      peakMb: Math.round(peakKb / 1_024),
      found: rows[0],
    }),
  );
  for (const [name, value] of Object.entries(expected))
    if (rows[0]?.[name] !== value) throw new Error(`${name}: expected ${value}, found ${rows[0]?.[name]}`);
  if (peakKb / 1_024 > rssMax)
    throw new Error(`The worker held ${Math.round(peakKb / 1_024)} MB; at most ${rssMax} were allowed.`);
} finally {
  if (child && child.exitCode === null && child.kill("SIGTERM"))
    await new Promise((resolve) => child?.once("exit", resolve));
  await pool.end();
  await server.stop();
  rmSync(root, { recursive: true });
}

function worker(): ChildProcess {
  const started = spawn(
    process.execPath,
    ["--conditions=source", join(import.meta.dirname, "ledger.ts"), server.connectionString, root],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  if (started.stdout)
    createInterface(started.stdout).on("line", (line) => {
      peakKb = Math.max(peakKb, (JSON.parse(line) as { peakKb: number }).peakKb);
    });
  return started;
}

async function position(): Promise<number> {
  const { rows } = await pool.query("select records from batch");
  return Number(rows[0]?.records ?? 0);
}

async function progress(enough: (records: number, state: string) => boolean): Promise<void> {
  for (let told = performance.now(); ; await sleep(50)) {
    const { rows } = await pool.query("select records, state, reason from batch");
    const { records = 0, state = "none", reason } = rows[0] ?? {};
    if (enough(Number(records), state)) return;
    if (state === "failed") throw new Error(`The batch failed: ${reason}`);
    if (performance.now() - told > 15_000) {
      told = performance.now();
      console.log(`${records} of ${lines}, ${Math.round(peakKb / 1_024)} MB`);
    }
  }
}

/** Writes the file and gives the sum of its credits in cents. */
async function write(folder: string, count: number): Promise<bigint> {
  const file = createWriteStream(join(folder, ".history.tmp"));
  file.write("entry,line,date,account,debit,credit,currency,text\n");
  let sum = 0n;
  for (let from = 0; from < count; from += 10_000) {
    let text = "";
    for (let n = from; n < Math.min(count, from + 10_000); n += 1) {
      const cents = BigInt((n * 7_919) % 1_000_003) + 1n;
      const credit = n % 2 === 0;
      if (credit) sum += cents;
      const amount = euros(cents);
      text += `JE-${n},1,20${10 + (n % 15)}-0${1 + (n % 9)}-15,${4_000 + (n % 400)},${credit ? "" : amount},${credit ? amount : ""},EUR,${n % 97 === 0 ? `"Sale, ""net"" ${n}"` : `Line ${n} of the old books`}\n`;
    }
    if (!file.write(text)) await once(file, "drain");
  }
  file.end();
  await finished(file);
  renameSync(join(folder, ".history.tmp"), join(folder, "history.csv"));
  return sum;
}

function euros(cents: bigint): string {
  const text = `${cents}`.padStart(3, "0");
  return `${text.slice(0, -2)}.${text.slice(-2)}`;
}
