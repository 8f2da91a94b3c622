/**
 * The benchmark: Crossdock beside the floor (raw inserts) and beside two job queues on the same PostgreSQL, in one run, in
 * alternation, with `synchronous_commit=on`. `npm run bench [-- --json <file>] [--rounds 5] [--quick]`.
 *
 * Every measurement is a process of its own on a database of its own, so nothing warms up for anybody else. Reported are
 * medians over the rounds and ratios; the machine's noise is in the spread, which is printed too. The contestants are
 * installed under bench/peers, never into the product.
 */
import { execFileSync, spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { migrate, startEmbedded, workerFlags } from "crossdock/server";
import pg from "pg";
import { scriptOptions } from "../src/testing/script-options.ts";
import { scratch } from "./scratch.ts";

const HERE = import.meta.dirname;
const options = scriptOptions(import.meta.filename, {
  json: { type: "string" },
  rounds: { type: "string", default: "5" },
  quick: { type: "boolean", default: false },
  table: { type: "string" },
});
const rounds = options.quick ? 1 : Number(options.rounds);
const size = (full: number) => String(options.quick ? Math.ceil(full / 10) : full);

type Figures = Record<string, number>;
interface Job {
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
  /** Long jobs run once; the others once a round, one after the other. */
  readonly once?: boolean;
  /** A second job on the database the first one left. */
  readonly next?: { readonly name: string; readonly args: readonly string[] };
}

/** Calls an instance of order-to-cash makes; a job of a queue makes one. */
const CALLS_EACH = 3;

const JOBS: readonly Job[] = [
  { name: "raw", file: "jobs.ts", args: ["raw", size(50_000)] },
  { name: "deliver", file: "jobs.ts", args: ["deliver", size(50_000)] },
  { name: "graphile-worker", file: "peers/graphile.ts", args: [size(5_000)] },
  { name: "pg-boss", file: "peers/pg-boss.ts", args: [size(5_000)] },
  { name: "process", file: "jobs.ts", args: ["process", size(20_000)] },
  { name: "latency", file: "jobs.ts", args: ["latency", size(2_000), "100"] },
  { name: "resume without", file: "jobs.ts", args: ["resume", "1"], once: true },
  {
    name: "parked",
    file: "jobs.ts",
    args: ["parked", size(50_000)],
    once: true,
    next: { name: "resume", args: ["resume", "1"] },
  },
];

async function main(): Promise<void> {
  if (!existsSync(join(HERE, "peers", "node_modules"))) {
    console.log("Installing the contestants into bench/peers …");
    execFileSync("npm", ["ci", "--no-audit", "--no-fund"], { cwd: join(HERE, "peers"), stdio: "inherit" });
  }
  const folder = scratch("bench");
  const server = await startEmbedded({ dataDir: join(folder, "postgres") });
  const target = spawn(process.execPath, [join(HERE, "target.ts")], { stdio: ["ignore", "pipe", "inherit"] });
  const { port } = JSON.parse(await firstLine(target)) as { port: number };
  const seen = new Map<string, Figures[]>(JOBS.map(({ name }) => [name, []]));
  try {
    for (let round = 1; round <= rounds; round += 1) {
      for (const job of JOBS.filter(({ once }) => !once || round === 1)) {
        for (const [name, figures] of await measure(
          job,
          server.connectionString,
          `http://127.0.0.1:${port}`,
        )) {
          seen.set(name, [...(seen.get(name) ?? []), figures]);
          console.log(`round ${round}/${rounds}  ${name.padEnd(16)} ${brief(figures)}`);
        }
      }
    }
  } finally {
    target.kill();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  const result = summarise(seen, server.version);
  const table = tableOf(result);
  console.log(`\n${table}`);
  if (options.json) writeFileSync(options.json, `${JSON.stringify(result, null, 2)}\n`);
  if (options.table) writeTable(options.table, table);
}

/** Runs a job, and the one that follows it, on a fresh database; adds what PostgreSQL used. */
async function measure(job: Job, url: string, target: string): Promise<[string, Figures][]> {
  const name = `bench_${Date.now()}`;
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  await admin.query(`create database ${name}`);
  const database = inDatabase(url, name);
  if (job.file === "jobs.ts") {
    const pool = new pg.Pool({ connectionString: database, max: 1 });
    await migrate(pool);
    await pool.end();
  }
  const measured: [string, Figures][] = [[job.name, await run(job.file, job.args, database, target, admin)]];
  if (job.next) measured.push([job.next.name, await run(job.file, job.next.args, database, target, admin)]);
  await admin.query(`drop database ${name} with (force)`);
  await admin.end();
  return measured;
}

async function run(
  file: string,
  args: readonly string[],
  database: string,
  target: string,
  admin: pg.Client,
): Promise<Figures> {
  const postgres = await serverPid(admin);
  const before = cpuMs(postgres);
  const [job, ...rest] = file === "jobs.ts" ? args : ["", ...args];
  // All of them run with the flags our workers run with.
  const flags = [
    "--conditions=source",
    "--expose-gc",
    "--disable-warning=ExperimentalWarning",
    ...workerFlags,
  ];
  const child = spawn(
    process.execPath,
    [...flags, join(HERE, file), ...(job ? [job] : []), database, target, ...rest],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const figures = JSON.parse(await firstLine(child)) as Figures;
  await new Promise((resolve) =>
    child.exitCode === null ? child.once("exit", resolve) : resolve(undefined),
  );
  await admin.query("checkpoint");
  return { ...figures, postgresCpuMsPerThousand: ((cpuMs(postgres) - before) / Number(rest[0])) * 1_000 };
}

const inDatabase = (url: string, name: string): string =>
  url.replace(/(postgres(?:ql)?:\/\/[^/]*\/)[^?]*/, `$1${name}`);

async function serverPid(client: pg.Client): Promise<number> {
  const { rows } = await client.query("select pg_backend_pid() as pid");
  const stat = readFileSync(`/proc/${rows[0].pid}/stat`, "utf8");
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
}

/** CPU of the server and of every child it ever had, in milliseconds; a clock tick is 10 ms. */
function cpuMs(server: number): number {
  const ticks = (pid: number | string, withChildren: boolean): number => {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      const own = Number(fields[11]) + Number(fields[12]);
      const children = withChildren ? Number(fields[13]) + Number(fields[14]) : 0;
      return Number(fields[1]) === server || Number(pid) === server ? own + children : 0;
    } catch {
      return 0;
    }
  };
  const living = readdirSync("/proc").filter((name) => /^\d+$/.test(name) && Number(name) !== server);
  return (ticks(server, true) + living.reduce((sum, pid) => sum + ticks(pid, false), 0)) * 10;
}

function firstLine(child: ReturnType<typeof spawn>): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    child.stdout?.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      const line = text.split("\n").find((each) => each.startsWith("{"));
      if (line && text.includes(`${line}\n`)) resolve(line);
    });
    child.once("exit", (code) => reject(new Error(`A job ended with ${code} before it said anything.`)));
  });
}

interface Result {
  readonly at: string;
  readonly machine: { cores: number; model: string; node: string; postgres: string };
  readonly rounds: number;
  readonly medians: Record<string, Figures>;
  readonly spread: Record<string, Record<string, [number, number]>>;
  readonly ratios: Figures;
}

function summarise(seen: ReadonlyMap<string, Figures[]>, postgres: string): Result {
  const medians: Record<string, Figures> = {};
  const spread: Result["spread"] = {};
  for (const [name, runs] of seen) {
    const fields = Object.keys(runs[0] ?? {});
    medians[name] = Object.fromEntries(
      fields.map((field) => [field, median(runs.map((run) => run[field] ?? Number.NaN))]),
    );
    spread[name] = Object.fromEntries(
      fields.map((field) => [
        field,
        [
          Math.min(...runs.map((run) => run[field] ?? Number.NaN)),
          Math.max(...runs.map((run) => run[field] ?? Number.NaN)),
        ],
      ]),
    );
  }
  const rate = (name: string) => medians[name]?.perSecond ?? Number.NaN;
  const peer = Math.max(rate("graphile-worker"), rate("pg-boss"));
  return {
    at: new Date().toISOString(),
    machine: { cores: cpus().length, model: cpus()[0]?.model ?? "", node: process.version, postgres },
    rounds,
    medians,
    spread,
    ratios: {
      deliverToBetterPeer: rate("deliver") / peer,
      callsToBetterPeer: (rate("process") * CALLS_EACH) / peer,
      processToBetterPeer: rate("process") / peer,
      deliverToRaw: rate("deliver") / rate("raw"),
    },
  };
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
const shown = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString("en") : value.toFixed(value >= 10 ? 1 : 2);
const brief = (figures: Figures): string =>
  Object.entries(figures)
    .map(([name, value]) => `${name} ${shown(value)}`)
    .join("  ");

function tableOf({ machine, rounds: ran, medians, spread, ratios }: Result): string {
  const rate = (name: string, label: string) => {
    const {
      perSecond = Number.NaN,
      nodeCpuMsPerThousand,
      postgresCpuMsPerThousand = Number.NaN,
    } = medians[name] ?? {};
    const [low = 0, high = 0] = spread[name]?.perSecond ?? [];
    return `| ${label} | ${shown(perSecond)} | ${shown(low)}–${shown(high)} | ${nodeCpuMsPerThousand === undefined ? "–" : shown(nodeCpuMsPerThousand)} | ${shown(postgresCpuMsPerThousand)} |`;
  };
  const latency = medians.latency ?? {};
  const parked = medians.parked ?? {};
  const figure = (from: Figures, name: string) => shown(from[name] ?? Number.NaN);
  return [
    `Node ${machine.node}, PostgreSQL ${machine.postgres} embedded, synchronous_commit=on, ${machine.cores} cores, median of ${ran} round${ran === 1 ? "" : "s"}.`,
    "",
    "| job | per second | lowest–highest | Node CPU, ms per 1,000 | PostgreSQL CPU, ms per 1,000 |",
    "|---|---|---|---|---|",
    rate("raw", "raw batched inserts of the same bytes (the floor)"),
    rate("deliver", "**Crossdock**: accept, map, deliver over HTTP, recorded"),
    rate("graphile-worker", "graphile-worker: the same job"),
    rate("pg-boss", "pg-boss: the same job"),
    rate("process", "**Crossdock**: order-to-cash, three calls and two waits (whole instances)"),
    "",
    "| ratio | measured | floor |",
    "|---|---|---|",
    `| Crossdock's delivery to the better job queue | ${figure(ratios, "deliverToBetterPeer")} | 4 |`,
    `| the calls of Crossdock's order-to-cash to that queue's jobs, which are a call each | ${figure(ratios, "callsToBetterPeer")} | 2.5 |`,
    `| whole instances of order-to-cash to that queue's jobs | ${figure(ratios, "processToBetterPeer")} | – |`,
    `| Crossdock's delivery to raw inserts | ${figure(ratios, "deliverToRaw")} | – |`,
    "",
    "| at 100 orders a second | p50 ms | p99 ms |",
    "|---|---|---|",
    `| accepted, durably | ${figure(latency, "acceptP50Ms")} | ${figure(latency, "acceptP99Ms")} |`,
    `| delivered over HTTP and recorded | ${figure(latency, "p50Ms")} | ${figure(latency, "p99Ms")} |`,
    "",
    "| with the parked instances | measured |",
    "|---|---|",
    `| database, kB per instance, journal and arrivals included | ${figure(parked, "databaseKbPerInstance")} |`,
    `| of it the instance's own row and indexes, kB | ${figure(parked, "instanceTableKbPerInstance")} |`,
    `| memory of a fresh process without and with them, MB (JavaScript heap: ${figure(medians["resume without"] ?? {}, "heapMb")} and ${figure(medians.resume ?? {}, "heapMb")}) | ${figure(medians["resume without"] ?? {}, "processMb")} and ${figure(medians.resume ?? {}, "processMb")} |`,
    `| restart to first progress, ms | ${figure(medians.resume ?? {}, "firstProgressMs")} |`,
  ].join("\n");
}

/** Replaces the measured part of the page, which stands between two markers. */
function writeTable(file: string, table: string): void {
  const page = readFileSync(file, "utf8");
  writeFileSync(
    file,
    page.replace(
      /<!-- measured -->[\s\S]*<!-- \/measured -->/,
      `<!-- measured -->\n\n${table}\n\n<!-- /measured -->`,
    ),
  );
}

await main();
