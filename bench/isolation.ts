/**
 * What one failing key costs all the others: `npm run bench:isolation [-- --rounds 3] [--each 50] [--table <file>]`.
 *
 * Two hundred keys get their share of the traffic through one connection; beside them, keys fail in one way after the other, with a
 * tenth of the traffic more. Measured is the rate of the two hundred, from the first accepted to the last one applied, and held against
 * the rate when nothing fails, taken just before: the machine is never quiet, so what is compared are medians of such ratios. Every
 * run has a worker process and a database of its own. A median below 80 % fails: that is what G6 promises.
 */
import { execFileSync, spawn } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import * as dock from "crossdock";
import { json } from "crossdock/codecs/json";
import { http } from "crossdock/connectors/http";
import { migrate, start, startEmbedded } from "crossdock/server";
import pg from "pg";
import Type from "typebox";
import { scriptOptions } from "../src/testing/script-options.ts";
import { scratch } from "./scratch.ts";

const KEYS = 200;
/** Of the traffic, what goes to the failing keys in addition. */
const SHARE = 0.1;
const HANDED_IN = 256;
const LEAST = 0.8;
const WAYS = {
  nothing: { keys: 0, says: "nothing fails" },
  refused: { keys: 1, says: "one key is refused and stands still" },
  "many refused": { keys: 40, says: "40 keys are refused and stand still" },
  busy: { keys: 1, says: "one key is answered 429, again and again" },
  lost: { keys: 1, says: "one key's answers are lost" },
  slow: { keys: 1, says: "one key takes two seconds for each call" },
} as const;
type Way = keyof typeof WAYS;

const Text = Type.String({ minLength: 1 });
const Counted = dock.event({
  name: "stock.counted",
  version: 1,
  owner: "bench",
  summary: "So many are there.",
  criticality: "C2",
  data: Type.Object({ item: Text, count: Text, way: Text }),
  keys: { item: "item" },
  sample: { item: "I-1", count: "1", way: "nothing" },
});

/** One run in a process of its own: prints the others' rate as one line of JSON. */
async function work(way: Way, database: string, target: string, each: number): Promise<void> {
  const pushed = dock.connector({
    name: "pushed",
    summary: "Arrivals are handed in by the benchmark.",
    config: Type.Object({}),
    guarantees: { repeat: "none", verifies: false, ordered: false, settleMs: 0, concurrency: 1 },
    open: async () => ({ probe: async () => undefined, close: async () => undefined }),
  });
  const shop = dock.connection("shop", http, {
    concurrency: 32,
    config: { url: target, paths: { "stock.counted": "/counts" }, reference: "number", probe: "/" },
  });
  const running = await start({
    database,
    flows: [
      dock
        .flow("counts-in")
        .from(dock.connection("scanner", pushed, { config: {} }))
        .decode(json<typeof Counted.sample>())
        .expect(Counted)
        .publish(Counted),
      dock.flow("counts-out").on(Counted).deliver(shop, json()),
    ],
  });
  const pool = new pg.Pool({ connectionString: database, options: "-c search_path=crossdock", max: 1 });
  const { keys } = WAYS[way];
  const bad = keys === 0 ? 0 : Math.round(KEYS * each * SHARE);
  const messages = [
    ...Array.from({ length: KEYS * each }, (_, n) => ({ item: `I-${n % KEYS}`, count: `${n}`, way: "well" })),
    ...Array.from({ length: bad }, (_, n) => ({ item: `BAD-${n % keys}`, count: `${n}`, way })),
  ];
  // Evenly among the others: every eleventh is one of the failing keys.
  const mixed = messages.map((one, n) => ({ one, at: one.way === "well" ? n : (n - KEYS * each) / SHARE }));
  mixed.sort((a, b) => a.at - b.at);
  const began = performance.now();
  let next = 0;
  await Promise.all(
    Array.from({ length: HANDED_IN }, async () => {
      for (let n = next; n < mixed.length; n = next) {
        next += 1;
        const { one } = mixed[n] as (typeof mixed)[number];
        await running.accept("counts-in", { messageId: `m-${n}`, body: Buffer.from(JSON.stringify(one)) });
      }
    }),
  );
  for (;;) {
    const { rows } = await pool.query<{ n: number }>(
      "select count(*)::int as n from delivery where correlation like 'item/I-%' and status = 'applied'",
    );
    if ((rows[0]?.n ?? 0) === KEYS * each) break;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const perSecond = (KEYS * each) / ((performance.now() - began) / 1_000);
  const { rows } = await pool.query<{ status: string }>(
    "select distinct status from delivery where correlation like 'item/BAD-%'",
  );
  console.log(JSON.stringify({ perSecond, bad: rows.map(({ status }) => status).sort() }));
  await pool.end();
  await running.stop();
}

/** Answers by what the message says should happen to it. */
function target(): void {
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part) => parts.push(part));
    request.on("end", () => {
      const answer = (status: number, more = {}) =>
        response.writeHead(status, { "content-type": "application/json", ...more }).end('{"number":"N-1"}');
      if (request.method === "GET") return answer(request.url === "/" ? 200 : 404);
      const { way } = JSON.parse(Buffer.concat(parts).toString()) as { way: Way | "well" };
      if (way === "refused" || way === "many refused") return answer(422);
      if (way === "busy") return answer(429, { "retry-after": "1" });
      if (way === "lost") return request.socket.destroy();
      if (way === "slow") return void setTimeout(() => answer(201), 2_000);
      return answer(201);
    });
  });
  server.listen(0, "127.0.0.1", () =>
    console.log(JSON.stringify({ port: (server.address() as AddressInfo).port })),
  );
}

async function main(): Promise<void> {
  const options = scriptOptions(import.meta.filename, {
    rounds: { type: "string", default: "3" },
    each: { type: "string", default: "50" },
    table: { type: "string" },
  });
  const folder = scratch("isolation");
  const server = await startEmbedded({ dataDir: join(folder, "postgres") });
  const self = [...process.execArgv, import.meta.filename];
  const targeted = spawn(process.execPath, [...self, "target"], { stdio: ["ignore", "pipe", "inherit"] });
  const { port } = JSON.parse(
    await new Promise<string>((said) => targeted.stdout.once("data", (line) => said(String(line)))),
  );
  const measure = async (way: Way, round: number): Promise<number> => {
    const name = `isolation_${round}_${way.replace(" ", "_")}_${Date.now()}`;
    const admin = new pg.Client({ connectionString: server.connectionString });
    await admin.connect();
    await admin.query(`create database ${name}`);
    const url = server.connectionString.replace(/(postgres(?:ql)?:\/\/[^/]*\/)[^?]*/, `$1${name}`);
    const pool = new pg.Pool({ connectionString: url, max: 1 });
    await migrate(pool);
    await pool.end();
    const args = [...self, "work", way, url, `http://127.0.0.1:${port}`, options.each];
    const said = execFileSync(process.execPath, args, { encoding: "utf8", timeout: 300_000 });
    await admin.query(`drop database ${name} with (force)`);
    await admin.end();
    const { perSecond, bad } = JSON.parse(said) as { perSecond: number; bad: string[] };
    if (way !== "nothing" && way !== "slow" && bad.every((status) => status === "applied"))
      throw new Error(`Nothing failed in "${way}", so it shows nothing.`);
    console.log(`round ${round}  ${way.padEnd(14)} ${Math.round(perSecond)} a second`);
    return perSecond;
  };
  const seen = new Map<Way, { rate: number; ratio: number }[]>();
  try {
    for (let round = 1; round <= Number(options.rounds); round += 1) {
      for (const way of (Object.keys(WAYS) as Way[]).slice(1)) {
        const whole = await measure("nothing", round);
        const rate = await measure(way, round);
        seen.set(way, [...(seen.get(way) ?? []), { rate, ratio: rate / whole }]);
      }
    }
  } finally {
    targeted.kill();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  const percent = (ratio: number) => `${Math.round(ratio * 100)} %`;
  const lines = [...seen].map(([way, runs]) => {
    const ratios = runs.map(({ ratio }) => ratio);
    const rate = Math.round(median(runs.map((one) => one.rate)));
    const spread = `${percent(Math.min(...ratios))} to ${percent(Math.max(...ratios))}`;
    const ratio = median(ratios);
    return { way, ratio, line: `| ${WAYS[way].says} | ${rate} | ${percent(ratio)} | ${spread} |` };
  });
  const table = [
    "| What fails | Others, a second (median) | Of the rate when nothing fails (median) | Spread |",
    "|---|---:|---:|---:|",
    ...lines.map(({ line }) => line),
  ].join("\n");
  console.log(`\n${table}`);
  if (options.table) {
    const page = readFileSync(options.table, "utf8");
    writeFileSync(
      options.table,
      page.replace(
        /<!-- isolation: begin -->[\s\S]*<!-- isolation: end -->/,
        () => `<!-- isolation: begin -->\n\n${table}\n\n<!-- isolation: end -->`,
      ),
    );
  }
  const below = lines.filter(({ ratio }) => ratio < LEAST);
  if (below.length > 0) {
    console.error(`Others lost more than promised: ${below.map(({ way }) => way).join(", ")}.`);
    process.exitCode = 1;
  }
}

const median = (seen: readonly number[]): number =>
  seen.toSorted((a, b) => a - b)[seen.length >> 1] ?? Number.NaN;

const [role, way = "nothing", database = "", address = "", each = "50"] = process.argv.slice(2);
if (role === "work") await work(way as Way, database, address, Number(each));
else if (role === "target") target();
else await main();
