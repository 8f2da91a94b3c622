/** Reads the hazards of one subject in a thread of its own, and tells after each what became of it. */
import { parentPort, workerData } from "node:worker_threads";
import type { Bytes } from "../../std/bytes.ts";
import { ContractBroken } from "../../std/errors.ts";
import { readRecords } from "./cut.ts";
import { HAZARDS, TORRENTS } from "./hazards.ts";
import { SUBJECTS } from "./subjects.ts";

export interface EndureTask {
  readonly name: string;
  /** The first hazard, by its place in the list; streams come after it. */
  readonly from: number;
  readonly eachMs: number;
  readonly growthMb: number;
  /** How much of what only says the same again; 1 in a campaign. */
  readonly share: number;
}

export interface Endured {
  readonly hazard: number;
  readonly bodies: number;
  readonly slowestMs: number;
  readonly faults: readonly string[];
}

const { name, from, eachMs, growthMb, share } = workerData as EndureTask;
const subject = SUBJECTS.find((one) => one.name === name)!;

for (const [at, { bodies, refused }] of HAZARDS.entries()) {
  if (at < from) continue;
  const faults: string[] = [];
  let [count, slowestMs] = [0, 0];
  for (const body of bodies(subject, share)) {
    count += 1;
    const before = process.threadCpuUsage();
    try {
      subject.read(body);
      if (refused) faults.push(`Body ${count} was read.`);
    } catch (error) {
      const fine = error instanceof ContractBroken && error.message.endsWith(".");
      if (!fine) faults.push(`Body ${count}: ${error instanceof Error ? error.stack : String(error)}`);
    }
    const { user, system } = process.threadCpuUsage(before);
    slowestMs = Math.max(slowestMs, (user + system) / 1_000);
    if ((user + system) / 1_000 > eachMs)
      faults.push(`Body ${count} took ${Math.round((user + system) / 1_000)} ms.`);
  }
  parentPort?.postMessage({
    hazard: at,
    bodies: count,
    slowestMs,
    faults: faults.slice(0, 3),
  } satisfies Endured);
}

/** Every way the subject reads a file of any length. */
const readers = [
  ...(subject.stream ? [subject.stream] : []),
  ...(subject.records ? [readRecords.bind(undefined, subject.records)] : []),
];

for (const [index, { chunks }] of TORRENTS.entries()) {
  const hazard = HAZARDS.length + index;
  if (hazard < from || readers.length === 0) continue;
  const faults: string[] = [];
  let slowestMs = 0;
  for (const read of readers) {
    const { ms, grown, fault } = await endured(read, chunks(subject, share));
    slowestMs = Math.max(slowestMs, ms);
    if (fault !== undefined) faults.push(fault);
    // A stream of 100 MB is ten times as long as what is read whole.
    if (ms > 4 * eachMs) faults.push(`It took ${Math.round(ms)} ms.`);
    if (grown > growthMb) faults.push(`Memory grew by ${Math.round(grown)} MB.`);
  }
  parentPort?.postMessage({ hazard, bodies: readers.length, slowestMs, faults } satisfies Endured);
}

async function endured(
  read: (chunks: AsyncIterable<Bytes>) => AsyncIterable<unknown>,
  pieces: Iterable<Bytes>,
): Promise<{ ms: number; grown: number; fault: string | undefined }> {
  const memory = process.memoryUsage.rss();
  let grown = 0;
  async function* watched() {
    let size = 0;
    for (const piece of pieces) {
      yield piece;
      size += piece.length;
      if (size < 1_048_576) continue;
      size = 0;
      grown = Math.max(grown, (process.memoryUsage.rss() - memory) / 1_048_576);
    }
  }
  const before = process.threadCpuUsage();
  let fault: string | undefined;
  try {
    for await (const _ of read(watched()));
  } catch (error) {
    if (!(error instanceof ContractBroken))
      fault = error instanceof Error ? String(error.stack) : String(error);
  }
  const { user, system } = process.threadCpuUsage(before);
  return { ms: (user + system) / 1_000, grown, fault };
}
