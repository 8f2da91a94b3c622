/**
 * The codecs beside the best parser of each format that npm has, in one run, in alternation.
 * `npm run bench:codecs [-- --json <file>] [--table <page>] [--rounds 5] [--quick] [--only x12]`.
 *
 * Every reading is a process of its own on the same file, so nothing warms up for anybody else; whoever reads another
 * number of things than the rest is not measured but refused. Reported are medians over the rounds, ratios with the
 * floor each has to keep, and the memory of reading 500 MB as a stream. The peers are installed under bench/peers.
 */
import { execFile, execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { scriptOptions } from "../src/testing/script-options.ts";
import { writeFile } from "./codec-files.ts";

const HERE = import.meta.dirname;
const options = scriptOptions(import.meta.filename, {
  json: { type: "string" },
  table: { type: "string" },
  rounds: { type: "string", default: "5" },
  quick: { type: "boolean", default: false },
  only: { type: "string" },
});
const rounds = options.quick ? 1 : Number(options.rounds);
const eachMs = options.quick ? 500 : 2_000;
const streamMb = options.quick ? 50 : 500;

interface Contest {
  readonly format: string;
  readonly megabytes: number;
  readonly peers: readonly Peer[];
}

interface Peer {
  readonly name: string;
  readonly file: "codec-jobs.ts" | "peers/codecs.ts";
  /** How many times as fast ours has to be; absent where it is only shown. */
  readonly floor?: number;
  /** It counts something else than we do (elements, not entries). */
  readonly countsOtherwise?: boolean;
}

/** Every reader of XML has to keep half the speed of bare saxes. */
const SAXES: readonly Peer[] = [
  { name: "saxes with namespaces", file: "codec-jobs.ts", countsOtherwise: true, floor: 0.5 },
  { name: "saxes without namespaces", file: "codec-jobs.ts", countsOtherwise: true },
];
const peer = (name: string, floor?: number): Peer => ({
  name,
  file: "peers/codecs.ts",
  ...(floor === undefined ? {} : { floor }),
});
/** Ours as well: the same as one document, and the same with every element looked at. */
const whole = (format: string): readonly Peer[] =>
  [wholeName(format), `${wholeName(format)}, looked at`].map((name) => ({ name, file: "codec-jobs.ts" }));
const wholeName = (format: string): string => `${format} as one document`;
const CONTESTS: readonly Contest[] = [
  { format: "x12", megabytes: 5, peers: [...whole("x12"), peer("node-x12", 5)] },
  {
    format: "edifact",
    megabytes: 5,
    peers: [
      ...whole("edifact"),
      peer("edifact reader", 2),
      peer("edifact into segments", 2),
      // Calls back for every token and keeps none: what reading costs before anything is read.
      peer("edifact tokens only"),
    ],
  },
  ...["camt", "ubl", "epcis events", "b2mml definitions", "idoc xml"].map((format) => ({
    format,
    megabytes: 5,
    peers: SAXES,
  })),
  { format: "csv", megabytes: 5, peers: [peer("csv-parse")] },
  { format: "mt940", megabytes: 5, peers: [peer("mt940js")] },
];
/** The last four are cut into records, as a batch reads them. */
const STREAMED = [
  ...["x12", "edifact", "camt", "csv", "mt940", "bai2", "fixed-width"],
  ...["ubl documents", "epcis events", "b2mml definitions", "idocs"],
];
/** What a stream may take, whatever its length. */
const STREAM_MB_MAX = 200;

interface Figures {
  readonly mbPerSecond: number;
  readonly peakMb: number;
  readonly things: number;
}
interface Line {
  readonly format: string;
  readonly reader: string;
  readonly ours: boolean;
  readonly mbPerSecond: number;
  readonly lowest: number;
  readonly highest: number;
  readonly peakMb: number;
  /** Ours to this one. */
  readonly ratio?: number;
  /** The same, read as one document. */
  readonly wholeRatio?: number;
  readonly floor?: number;
}
interface Result {
  readonly at: string;
  readonly machine: { readonly cores: number; readonly model: string; readonly node: string };
  readonly rounds: number;
  readonly lines: readonly Line[];
  readonly streams: readonly (Figures & { readonly format: string; readonly megabytes: number })[];
}

async function main(): Promise<number> {
  if (!existsSync(join(HERE, "peers", "node_modules", "node-x12"))) {
    console.log("Installing the peers into bench/peers …");
    execFileSync("npm", ["ci", "--no-audit", "--no-fund"], { cwd: join(HERE, "peers"), stdio: "inherit" });
  }
  const folder = mkdtempSync(join(tmpdir(), "crossdock-bench-codecs-"));
  const wanted = (format: string) => options.only === undefined || options.only === format;
  try {
    const lines: Line[] = [];
    for (const contest of CONTESTS.filter(({ format }) => wanted(format)))
      lines.push(...(await contested(contest, folder)));
    const streams: Result["streams"][number][] = [];
    for (const format of STREAMED.filter(wanted)) streams.push(await streamed(format, folder));
    const machine = { cores: cpus().length, model: cpus()[0]?.model ?? "", node: process.version };
    const result: Result = { at: new Date().toISOString(), machine, rounds, lines, streams };
    const table = tableOf(result);
    console.log(`\n${table}`);
    if (options.json) writeFileSync(options.json, `${JSON.stringify(result, null, 2)}\n`);
    if (options.table) writeTable(options.table, table);
    return missed(result);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function contested({ format, megabytes, peers }: Contest, folder: string): Promise<Line[]> {
  const file = join(folder, format);
  writeFile(file, format, megabytes);
  const readers = [{ name: format, file: "codec-jobs.ts", countsOtherwise: false }, ...peers];
  const seen = new Map<string, Figures[]>(readers.map(({ name }) => [name, []]));
  for (let round = 1; round <= rounds; round += 1) {
    for (const reader of readers) {
      const figures = await run(reader.file, [reader.name, file, String(eachMs)]);
      const [first] = seen.get(format) ?? [];
      if (first && !reader.countsOtherwise && first.things !== figures.things)
        throw new Error(`${reader.name} read ${figures.things} things where ours read ${first.things}.`);
      seen.get(reader.name)?.push(figures);
      console.log(
        `round ${round}/${rounds}  ${format.padEnd(8)} ${reader.name.padEnd(34)} ${shown(figures.mbPerSecond)} MB/s`,
      );
    }
  }
  rmSync(file);
  const rateOf = (reader: string) =>
    seen.has(reader) ? median(seen.get(reader)!.map(({ mbPerSecond }) => mbPerSecond)) : undefined;
  const ours = rateOf(format)!;
  const wholeRate = rateOf(wholeName(format));
  return readers.map((reader): Line => {
    const all = seen.get(reader.name)!;
    const rates = all.map(({ mbPerSecond }) => mbPerSecond);
    const mbPerSecond = median(rates);
    const isOurs = reader.name === format;
    return {
      format,
      reader: reader.name,
      ours: isOurs,
      mbPerSecond,
      lowest: Math.min(...rates),
      highest: Math.max(...rates),
      peakMb: median(all.map(({ peakMb }) => peakMb)),
      ...(isOurs ? {} : { ratio: ours / mbPerSecond }),
      ...(isOurs || wholeRate === undefined || reader.name === wholeName(format)
        ? {}
        : { wholeRatio: wholeRate / mbPerSecond }),
      ...("floor" in reader && reader.floor !== undefined ? { floor: reader.floor } : {}),
    };
  });
}

async function streamed(format: string, folder: string): Promise<Result["streams"][number]> {
  const file = join(folder, `${format}.long`);
  writeFile(file, format, streamMb);
  const megabytes = statSync(file).size / 1_048_576;
  const figures = await run("codec-stream.ts", [format, file]);
  rmSync(file);
  if (figures.things === 0) throw new Error(`Nothing was read of the long ${format} file.`);
  console.log(`${format} as a stream: ${shown(figures.mbPerSecond)} MB/s in ${shown(figures.peakMb)} MB`);
  return { format, megabytes, ...figures };
}

const execute = promisify(execFile);

async function run(file: string, args: readonly string[]): Promise<Figures> {
  const flags = ["--conditions=source", "--disable-warning=ExperimentalWarning"];
  const { stdout } = await execute(process.execPath, [...flags, join(HERE, file), ...args], {
    timeout: 600_000,
    maxBuffer: 67_108_864,
  });
  const line = stdout.split("\n").findLast((one) => one.startsWith("{"));
  if (line === undefined) throw new Error(`${file} ${args[0]} said nothing.`);
  return JSON.parse(line) as Figures;
}

const median = (values: readonly number[]): number =>
  [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;
const shown = (value: number): string => value.toFixed(value >= 10 ? 0 : 1);

/** The lower of the two readings has to keep the floor. */
const keptBy = ({ ratio, wholeRatio }: Line): number =>
  Math.min(ratio ?? Number.POSITIVE_INFINITY, wholeRatio ?? Number.POSITIVE_INFINITY);
const keeps = (line: Line): boolean => line.floor === undefined || keptBy(line) >= line.floor;

function missed({ lines, streams }: Result): number {
  const low = lines.filter((line) => !keeps(line));
  const large = streams.filter(({ peakMb }) => peakMb >= STREAM_MB_MAX);
  for (const line of low)
    console.log(
      `${line.format} is ${keptBy(line).toFixed(2)} times ${line.reader}; its floor is ${line.floor}.`,
    );
  for (const { format, peakMb } of large)
    console.log(`${format} as a stream took ${shown(peakMb)} MB; its limit is ${STREAM_MB_MAX}.`);
  return low.length + large.length === 0 ? 0 : 1;
}

function tableOf({ machine, rounds: ran, lines, streams }: Result): string {
  return [
    `Node ${machine.node}, ${machine.cores} cores, median of ${ran} round${ran === 1 ? "" : "s"}.`,
    "",
    "| format | reader | MB/s | lowest–highest | peak memory, MB | ours to it | as one document | floor |",
    "|---|---|---|---|---|---|---|---|",
    ...lines.map(
      ({ format, reader, ours, mbPerSecond, lowest, highest, peakMb, ratio, wholeRatio, floor }) =>
        `| ${format} | ${ours ? "**Crossdock**" : reader} | ${shown(mbPerSecond)} | ${shown(lowest)}–${shown(highest)} | ${shown(peakMb)} | ${ratio?.toFixed(2) ?? ""} | ${wholeRatio?.toFixed(2) ?? ""} | ${floor ?? ""} |`,
    ),
    "",
    `| as a stream | file, MB | MB/s | peak memory, MB | limit |`,
    "|---|---|---|---|---|",
    ...streams.map(
      ({ format, megabytes, mbPerSecond, peakMb }) =>
        `| ${format} | ${shown(megabytes)} | ${shown(mbPerSecond)} | ${shown(peakMb)} | ${STREAM_MB_MAX} |`,
    ),
  ].join("\n");
}

/** Replaces the measured part of the page, which stands between two markers. */
function writeTable(file: string, table: string): void {
  const page = readFileSync(file, "utf8");
  const marked = /<!-- measured -->[\s\S]*<!-- \/measured -->/;
  writeFileSync(
    file,
    page.replace(marked, () => `<!-- measured -->\n\n${table}\n\n<!-- /measured -->`),
  );
}

process.exitCode = await main();
