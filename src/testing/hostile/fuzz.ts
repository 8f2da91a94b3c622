/**
 * `npm run fuzz -- [--codec <name>] [--count 100000] [--from 1]`: damaged documents for every codec.
 *
 * Each document is read, or refused with a sentence, within a second of processor time and inside a small heap; anything
 * else is a failure, told with the number that makes the document again. Codecs run one after the other, each in a thread
 * that is stopped and replaced when a document holds it up. `npm test` does the same with 2,000 of each.
 *
 *     npm run fuzz -- --codec x12 --replay 4711 [--write mutant.bin]
 *     npm run fuzz -- --hazards [--codec x12]
 *
 * The last throws what is made to hurt instead (`hazards.ts`): bombs, 100 MB in one element, a million segments, depth, other
 * encodings, traps that make readers quadratic.
 */
import { writeFileSync } from "node:fs";
import { Worker } from "node:worker_threads";
import { scriptOptions } from "../script-options.ts";
import { endure } from "./endure.ts";
import type { Failure, FuzzTask, FuzzTold } from "./fuzz-worker.ts";
import { mutant } from "./mutate.ts";
import { SUBJECTS } from "./subjects.ts";

export interface FuzzBounds {
  /** Processor time of one document. */
  readonly eachMs: number;
  /** Time on the clock after which a document counts as hanging. */
  readonly hangMs: number;
  /** Heap of the thread, which holds one document at a time. */
  readonly heapMb: number;
  /** How much the memory of the process may grow beside that heap. */
  readonly growthMb: number;
}

export const FUZZ_BOUNDS: FuzzBounds = { eachMs: 1_000, hangMs: 20_000, heapMb: 192, growthMb: 600 };

export interface FuzzResult {
  readonly name: string;
  readonly read: number;
  readonly refused: number;
  readonly failures: readonly Failure[];
  readonly slowestMs: number;
  readonly slowest: number;
  readonly peakMb: number;
  readonly seconds: number;
}

/** Documents between two looks at the clock, so that a failure costs no more than these. */
const STRETCH = 5_000;
const FAILURES_MAX = 20;
/** What a thread may take before its first document: a machine that is busy with others starts one slowly. */
const START_MS = 120_000;

/**
 * Reads the mutants with these numbers, of one subject.
 *
 * @param subjects the module that exports `SUBJECTS`; ours where absent
 */
export async function fuzz(
  name: string,
  from: number,
  count: number,
  how: { bounds?: FuzzBounds; subjects?: string; progress?: (done: number) => void } = {},
): Promise<FuzzResult> {
  const { bounds = FUZZ_BOUNDS, subjects = new URL("./subjects.ts", import.meta.url).href } = how;
  const begun = performance.now();
  const to = from + count - 1;
  const failures: Failure[] = [];
  let [read, refused, peakMb] = [0, 0, 0];
  let slowest = { ms: 0, seed: from };
  for (let next = from; next <= to && failures.length < FAILURES_MAX; ) {
    const last = Math.min(to, next + STRETCH - 1);
    const at = new SharedArrayBuffer(4);
    const { told, reason, growth } = await stretch(
      { subjects, name, from: next, to: last, eachMs: bounds.eachMs, at },
      bounds,
    );
    peakMb = Math.max(peakMb, growth);
    if (told) {
      read += told.read;
      refused += told.refused;
      failures.push(...told.failures);
      if (told.slowestMs > slowest.ms) slowest = { ms: told.slowestMs, seed: told.slowest };
      next = last + 1;
    } else {
      const stopped = new Int32Array(at)[0]!;
      failures.push({ mutant: Math.max(next, stopped), reason });
      next = Math.max(next, stopped) + 1;
    }
    how.progress?.(next - from);
  }
  const seconds = (performance.now() - begun) / 1_000;
  return { name, read, refused, failures, slowestMs: slowest.ms, slowest: slowest.seed, peakMb, seconds };
}

/** Runs a thread to its end, or stops it when one document takes too long or too much. */
function stretch(
  task: FuzzTask,
  bounds: FuzzBounds,
): Promise<{ told?: FuzzTold; reason: string; growth: number }> {
  const place = new Int32Array(task.at);
  const before = process.memoryUsage.rss();
  const worker = new Worker(new URL("./fuzz-worker.ts", import.meta.url), {
    workerData: task,
    resourceLimits: { maxOldGenerationSizeMb: bounds.heapMb },
  });
  return new Promise((resolve) => {
    let growth = 0;
    let seen = { seed: -1, since: performance.now() };
    const look = setInterval(() => {
      growth = Math.max(growth, (process.memoryUsage.rss() - before) / 1_048_576);
      const seed = place[0]!;
      if (seed !== seen.seed) seen = { seed, since: performance.now() };
      if (growth > bounds.heapMb + bounds.growthMb) end(`It took ${Math.round(growth)} MB.`);
      else if (performance.now() - seen.since > (seed === 0 ? START_MS : bounds.hangMs))
        end(`It took longer than ${(seed === 0 ? START_MS : bounds.hangMs) / 1_000} s.`);
    }, 50);
    const end = (reason: string, told?: FuzzTold) => {
      clearInterval(look);
      worker.removeAllListeners();
      worker.on("error", () => {});
      void worker.terminate().then(() => resolve({ ...(told ? { told } : {}), reason, growth }));
    };
    worker.once("message", (told: FuzzTold) => end("", told));
    worker.once("error", (error: unknown) => end(error instanceof Error ? error.message : String(error)));
    worker.once("exit", () => end("The thread ended."));
  });
}

async function main(): Promise<number> {
  const options = scriptOptions(import.meta.filename, {
    codec: { type: "string", multiple: true, default: [] },
    count: { type: "string", default: "100000" },
    from: { type: "string", default: "1" },
    replay: { type: "string" },
    write: { type: "string" },
    hazards: { type: "boolean", default: false },
  });
  const chosen = SUBJECTS.filter(({ name }) => options.codec.length === 0 || options.codec.includes(name));
  const unknown = options.codec.find((name) => !SUBJECTS.some((subject) => subject.name === name));
  if (unknown !== undefined) {
    console.error(`There is no codec ${unknown}. There are: ${SUBJECTS.map(({ name }) => name).join(", ")}.`);
    return 2;
  }
  if (options.replay !== undefined) {
    if (chosen.length !== 1) {
      console.error("A replay needs one --codec.");
      return 2;
    }
    const [subject] = chosen;
    const body = mutant(subject!.seeds(), Number(options.replay), subject!.pieces);
    if (options.write !== undefined) writeFileSync(options.write, body);
    else console.log(Buffer.from(body).toString("latin1"));
    const { read, refused, failures } = await fuzz(subject!.name, Number(options.replay), 1);
    console.log(read ? "It was read." : refused ? "It was refused." : (failures[0]?.reason ?? ""));
    return failures.length > 0 ? 1 : 0;
  }
  if (options.hazards) return hazards(chosen.map(({ name }) => name));
  const results: FuzzResult[] = [];
  for (const { name } of chosen) {
    const progress = (done: number) => {
      if (process.stderr.isTTY) process.stderr.write(`\r${name.padEnd(14)} ${done} of ${options.count}`);
    };
    const result = await fuzz(name, Number(options.from), Number(options.count), { progress });
    if (process.stderr.isTTY) process.stderr.write("\r".padEnd(60));
    results.push(result);
    console.log(
      `\r${name.padEnd(14)} ${result.read + result.refused} documents in ${result.seconds.toFixed(1)} s, ${result.failures.length} failures`,
    );
    for (const { mutant: number, reason } of result.failures) {
      console.log(
        `  npm run fuzz -- --codec ${name} --replay ${number}\n    ${reason.split("\n").slice(0, 4).join("\n    ")}`,
      );
    }
  }
  table(results);
  return results.some(({ failures }) => failures.length > 0) ? 1 : 0;
}

async function hazards(names: readonly string[]): Promise<number> {
  let failed = false;
  for (const name of names) {
    const begun = performance.now();
    const { faults, bodies, slowest } = await endure(name);
    failed ||= faults.length > 0;
    const seconds = ((performance.now() - begun) / 1_000).toFixed(1);
    console.log(
      `${name.padEnd(18)} ${bodies} bodies in ${seconds} s, ${faults.length} faults; the slowest was ${slowest}`,
    );
    for (const { hazard, reason } of faults) console.log(`  ${hazard}: ${reason.split("\n")[0]}`);
  }
  return failed ? 1 : 0;
}

function table(results: readonly FuzzResult[]): void {
  const heads = ["read", "refused", "failures", "slowest ms", "its number", "growth MB", "seconds"];
  const row = (name: string, cells: readonly string[]) =>
    console.log(name.padEnd(14) + cells.map((cell) => cell.padStart(12)).join(""));
  console.log("");
  row("codec", heads);
  for (const { name, read, refused, failures, slowestMs, slowest, peakMb, seconds } of results) {
    const [slow, grown, took] = [slowestMs, peakMb, seconds].map((figure) => figure.toFixed(1));
    row(name, [
      String(read),
      String(refused),
      String(failures.length),
      slow!,
      String(slowest),
      grown!,
      took!,
    ]);
  }
  const { eachMs, hangMs, heapMb, growthMb } = FUZZ_BOUNDS;
  console.log(
    `\nBounds for each document: ${eachMs} ms of processor time, ${hangMs / 1_000} s on the clock, ${heapMb} MB of heap, ${growthMb} MB beside it.`,
  );
}

if (import.meta.main) process.exitCode = await main();
