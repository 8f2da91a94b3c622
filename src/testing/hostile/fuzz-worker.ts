/**
 * Reads mutants of one subject in a thread of its own, which may be stopped at any time.
 *
 * The number of the mutant being read stands in shared memory before it is read, so whoever stops the thread knows
 * which one it was.
 */
import { parentPort, workerData } from "node:worker_threads";
import { ContractBroken } from "../../std/errors.ts";
import { recordsOf } from "./cut.ts";
import { mutant } from "./mutate.ts";
import type { Subject } from "./subject.ts";

/** What the thread is asked for. `at` holds the number being read, 0 before the first. */
export interface FuzzTask {
  readonly subjects: string;
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly eachMs: number;
  readonly at: SharedArrayBuffer;
}

export interface FuzzTold {
  readonly read: number;
  readonly refused: number;
  readonly slowestMs: number;
  readonly slowest: number;
  readonly failures: readonly Failure[];
}

export interface Failure {
  readonly mutant: number;
  readonly reason: string;
}

const { subjects, name, from, to, eachMs, at } = workerData as FuzzTask;
const FAILURES_MAX = 20;

const { SUBJECTS } = (await import(subjects)) as { SUBJECTS: readonly Subject[] };
const subject = SUBJECTS.find((one) => one.name === name)!;
const place = new Int32Array(at);
const sound = subject.seeds();
let read = 0;
let refused = 0;
let slowest = { ms: 0, seed: from };
const failures: Failure[] = [];

for (let seed = from; seed <= to && failures.length < FAILURES_MAX; seed += 1) {
  const body = mutant(sound, seed, subject.pieces);
  Atomics.store(place, 0, seed);
  const before = process.threadCpuUsage();
  try {
    if (subject.records) recordsOf(subject.records, body);
    subject.read(body);
    read += 1;
  } catch (error) {
    if (error instanceof ContractBroken && error.message.endsWith(".")) refused += 1;
    else
      failures.push({
        mutant: seed,
        reason: error instanceof Error ? (error.stack ?? error.message) : String(error),
      });
  }
  // Processor time, because the machine may be busy with others.
  const { user, system } = process.threadCpuUsage(before);
  const ms = (user + system) / 1_000;
  if (ms > slowest.ms) slowest = { ms, seed };
  if (ms > eachMs) failures.push({ mutant: seed, reason: `It took ${Math.round(ms)} ms of processor time.` });
}
const [strange] = Object.keys(Object.prototype);
if (strange !== undefined) {
  failures.push({ mutant: from, reason: `A document from here on gave every object the field ${strange}.` });
}
parentPort?.postMessage({
  read,
  refused,
  failures,
  slowestMs: slowest.ms,
  slowest: slowest.seed,
} satisfies FuzzTold);
