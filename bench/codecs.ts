/**
 * The benchmark of codecs: MB/s and memory of ours beside the best npm parser of the format, in one run, in alternation:
 * `npm run bench:codecs [-- --mb 100] [--rounds 5] [--json <file>]`.
 *
 * Every measurement is a process of its own that makes its document piece by piece, so nothing warms up for anybody else
 * and no contestant pays for another's memory. Reported are medians over the rounds, the spread, and the ratio to ours.
 * Making the document is in everybody's time. The contestants are installed under bench/peers, never into the product.
 */
import { execFileSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { parse, partsOf, readEdifact, readOrder } from "crossdock/codecs/edifact";

const PEERS = join(import.meta.dirname, "peers");
const { values: options } = parseArgs({
  options: {
    mb: { type: "string", default: "50" },
    rounds: { type: "string", default: "5" },
    json: { type: "string" },
    run: { type: "string" },
  },
});
const megabytes = Number(options.mb);

interface Contestant {
  readonly name: string;
  /** What it does with the document: the same words are compared. */
  readonly does: string;
  /** Reads the document and returns how many things it found, which must be what the document has. */
  run(size: number): Promise<{ found: number; expected: number }>;
}

const CHUNK = 65_536;
const LINES = 20;

/** One order of twenty lines, about 2.7 kB in 130 segments: what a distributor receives all day. */
function order(number: number): string {
  const lines = Array.from(
    { length: LINES },
    (_, at) =>
      `LIN+${at + 1}++4098765100013:EN'PIA+5+PUMP-100:SA+7781-A:IN'IMD+F++:::Pump, 100 l/min'QTY+21:10:PCE'MOA+203:5000.00'PRI+AAA:500.00'`,
  );
  return (
    `UNH+${number}+ORDERS:D:96A:UN:EAN008'BGM+220+PO-${number}+9'DTM+137:20261121:102'DTM+2:20261201:102'RFF+CT:FRAME-7'` +
    "NAD+BY+5412345000013::9++ACME S.A.+12 rue de l?'Atelier+Lyon++69001+FR'NAD+SU+4098765000016::9'CUX+2:EUR:9'" +
    `${lines.join("")}UNS+S'MOA+79:100000.00'CNT+2:${LINES}'UNT+${LINES * 6 + 12}+${number}'`
  );
}

const BEGIN = "UNA:+.? 'UNB+UNOC:3+5412345000013:14+4098765000016:14+261121:0930+IC-0001'";
const ordersIn = (size: number): number => Math.ceil((size * 1_000_000) / order(1_000).length);
const segmentsIn = (orders: number): number => orders * (LINES * 6 + 12) + 2;

function* pieces(size: number): Generator<string> {
  const orders = ordersIn(size);
  yield BEGIN;
  for (let number = 1; number <= orders; number += 1) yield order(number);
  yield `UNZ+${orders}+IC-0001'`;
}

function* chunks(size: number): Generator<string> {
  let waiting = "";
  for (const piece of pieces(size)) {
    waiting += piece;
    if (waiting.length < CHUNK) continue;
    yield waiting;
    waiting = "";
  }
  yield waiting;
}

async function* bytes(size: number): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks(size)) yield Buffer.from(chunk, "latin1");
}

/** What the npm package is to this benchmark. */
interface Peer {
  onopensegment?: (name: string) => void;
  onelement?: () => void;
  oncomponent?: (value: string) => void;
  encoding(level: string): void;
  write(text: string): void;
  end(): void;
}
const peer = <Shape>(path: string): Shape => createRequire(join(PEERS, "package.json"))(path) as Shape;

const CONTESTANTS: readonly Contestant[] = [
  {
    name: "crossdock, streamed",
    does: "envelope, counts, tables and elements checked; every message as a tree",
    async run(size) {
      let found = 0;
      for await (const event of readEdifact(bytes(size))) {
        if (event.kind === "message" && event.message.verdict === "accepted")
          found += event.message.segmentCount;
      }
      return { found: found + 2, expected: segmentsIn(ordersIn(size)) };
    },
  },
  {
    name: "crossdock, typed orders",
    does: "the same, and every order as business data",
    async run(size) {
      let found = 0;
      for await (const event of readEdifact(bytes(size))) {
        if (event.kind === "message") found += readOrder(event.message).lines.length;
      }
      return { found, expected: ordersIn(size) * LINES };
    },
  },
  {
    name: "crossdock, whole",
    does: "the same as streamed, from one buffer into one document",
    async run(size) {
      const body = Buffer.from([...chunks(size)].join(""), "latin1");
      const parts = partsOf(parse(body, { ...WHOLE }));
      return { found: parts.length, expected: ordersIn(size) };
    },
  },
  {
    name: "edifact, streamed",
    does: "tokens by callback: nothing checked, nothing kept",
    async run(size) {
      const Parser = peer<new () => Peer>("edifact/parser.js");
      const parser = new Parser();
      // Left to itself it takes everything for UNOA and refuses small letters.
      parser.encoding("UNOC");
      let found = 0;
      parser.onopensegment = () => {
        found += 1;
      };
      parser.onelement = () => {};
      parser.oncomponent = () => {};
      for (const chunk of chunks(size)) parser.write(chunk);
      parser.end();
      return { found, expected: segmentsIn(ordersIn(size)) };
    },
  },
  {
    name: "edifact, into segments",
    does: "the same tokens put together to segments as its manual shows: nothing checked",
    async run(size) {
      const Parser = peer<new () => Peer>("edifact/parser.js");
      const parser = new Parser();
      parser.encoding("UNOC");
      let found = 0;
      let elements: string[][] = [];
      let components: string[] = [];
      let last: unknown;
      parser.onopensegment = (name) => {
        found += 1;
        elements = [];
        last = { name, elements };
      };
      parser.onelement = () => {
        components = [];
        elements.push(components);
      };
      parser.oncomponent = (value) => void components.push(value);
      for (const chunk of chunks(size)) parser.write(chunk);
      parser.end();
      return { found: last === undefined ? 0 : found, expected: segmentsIn(ordersIn(size)) };
    },
  },
  {
    name: "edifact, Reader",
    does: "an array of segments from one string: elements of known segments checked",
    async run(size) {
      const Reader = peer<new () => { parse(text: string): readonly unknown[] }>("edifact/reader.js");
      const text = [...chunks(size)].join("");
      return { found: new Reader().parse(text).length, expected: segmentsIn(ordersIn(size)) };
    },
  },
];

const WHOLE = {
  segmentBytes: 1_048_576,
  partsPerSegment: 5_000,
  segmentsPerMessage: 250_000,
  segmentsPerDocument: 100_000_000,
  documentBytes: 1_000_000_000,
  problemsKept: 100,
};

interface Figure {
  readonly mbPerSecond: number;
  /** By the processor time of all threads: on a busy machine the steadier figure. */
  readonly mbPerCpuSecond: number;
  readonly peakMb: number;
}

/** One measurement, in the process that was started for it. */
async function measure(name: string): Promise<void> {
  const contestant = CONTESTANTS.find((one) => one.name === name);
  if (!contestant) throw new Error(`There is no contestant "${name}".`);
  // A short run first: what is measured is a reader that has been at work for a moment.
  await contestant.run(10);
  const cpu = process.cpuUsage();
  const from = performance.now();
  const { found, expected } = await contestant.run(megabytes);
  const seconds = (performance.now() - from) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  if (found !== expected) throw new Error(`${name} found ${found} of ${expected}.`);
  const figure: Figure = {
    mbPerSecond: megabytes / seconds,
    mbPerCpuSecond: (megabytes * 1_000_000) / (user + system),
    peakMb: process.resourceUsage().maxRSS / 1_024,
  };
  console.log(JSON.stringify(figure));
}

function main(): void {
  if (!existsSync(join(PEERS, "node_modules", "edifact"))) {
    console.log("Installing the contestants into bench/peers …");
    execFileSync("npm", ["ci", "--no-audit", "--no-fund"], { cwd: PEERS, stdio: "inherit" });
  }
  const seen = new Map<string, Figure[]>(CONTESTANTS.map(({ name }) => [name, []]));
  for (let round = 1; round <= Number(options.rounds); round += 1) {
    for (const { name } of CONTESTANTS) {
      const told = execFileSync(
        process.execPath,
        ["--conditions=source", import.meta.filename, "--run", name, "--mb", String(megabytes)],
        { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] },
      );
      seen.get(name)!.push(JSON.parse(told) as Figure);
    }
  }
  const rows = CONTESTANTS.map(({ name, does }) => {
    const speeds = seen.get(name)!.map(({ mbPerSecond }) => mbPerSecond);
    return {
      name,
      does,
      mbPerSecond: median(speeds),
      slowest: Math.min(...speeds),
      fastest: Math.max(...speeds),
      mbPerCpuSecond: median(seen.get(name)!.map(({ mbPerCpuSecond }) => mbPerCpuSecond)),
      peakMb: median(seen.get(name)!.map(({ peakMb }) => peakMb)),
    };
  });
  console.log(
    `\nEDIFACT, ${megabytes} MB of orders, ${options.rounds} rounds, Node ${process.version}, ${cpus().length} cores (${cpus()[0]?.model.trim()})\n`,
  );
  const ours = rows[0]!.mbPerCpuSecond;
  for (const row of rows) {
    const range = `${row.slowest.toFixed(0)}–${row.fastest.toFixed(0)}`;
    console.log(
      `${row.name.padEnd(26)}${row.mbPerSecond.toFixed(1).padStart(8)} MB/s ${range.padStart(9)}${row.mbPerCpuSecond.toFixed(1).padStart(8)} MB/cpu s${row.peakMb.toFixed(0).padStart(8)} MB  ` +
        `${(ours / row.mbPerCpuSecond).toFixed(2).padStart(6)} ×  ${row.does}`,
    );
  }
  console.log("\n×: how many times as fast crossdock, streamed, is in this run, by processor time.");
  if (options.json)
    writeFileSync(options.json, JSON.stringify({ megabytes, node: process.version, rows }, null, 2));
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

if (options.run === undefined) main();
else await measure(options.run);
