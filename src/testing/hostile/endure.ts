/**
 * Throws every hazard at one codec, in a thread that is stopped when it takes too long or too much memory.
 *
 * A hazard that kills the thread is a fault like any other, and the next one is thrown at a new thread.
 */
import { Worker } from "node:worker_threads";
import type { Endured, EndureTask } from "./endure-worker.ts";
import { HAZARDS, TORRENTS } from "./hazards.ts";
import { SUBJECTS } from "./subjects.ts";

/** Ten seconds of processor time for the largest, which a codec that reads 10 MB/s keeps; a heap as of a small server; a stream may add 200 MB. */
const BOUNDS = { eachMs: 10_000, hangMs: 60_000, heapMb: 1_024, growthMb: 200 };

const NAMES = [...HAZARDS, ...TORRENTS].map((hazard) => hazard.name);

export interface Fault {
  readonly hazard: string;
  readonly reason: string;
}

export interface Endurance {
  readonly faults: readonly Fault[];
  /** How many bodies were read or refused. */
  readonly bodies: number;
  readonly slowest: string;
}

/** `share`: how much is thrown of what only says the same again; all of it in a campaign. */
export async function endure(name: string, share = 1): Promise<Endurance> {
  const subject = SUBJECTS.find((one) => one.name === name);
  const streams = subject?.stream !== undefined || subject?.records !== undefined;
  const total = HAZARDS.length + (streams ? TORRENTS.length : 0);
  const faults: Fault[] = [];
  let bodies = 0;
  let slowest = { ms: -1, hazard: "" };
  for (let from = 0; from < total; ) {
    const reason = await through(
      { name, from, eachMs: BOUNDS.eachMs, growthMb: BOUNDS.growthMb, share },
      (told) => {
        const hazard = NAMES[told.hazard]!;
        from = told.hazard + 1;
        bodies += told.bodies;
        if (told.slowestMs > slowest.ms) slowest = { ms: told.slowestMs, hazard };
        faults.push(...told.faults.map((fault) => ({ hazard, reason: fault })));
      },
    );
    if (from < total) {
      faults.push({ hazard: NAMES[from]!, reason });
      from += 1;
    }
  }
  return { faults, bodies, slowest: `${slowest.hazard}: ${Math.round(slowest.ms)} ms` };
}

/** Runs a thread until it has told of every hazard, or one of them stops it; says what did. */
function through(task: EndureTask, tell: (told: Endured) => void): Promise<string> {
  const worker = new Worker(new URL("./endure-worker.ts", import.meta.url), {
    workerData: task,
    resourceLimits: { maxOldGenerationSizeMb: BOUNDS.heapMb },
  });
  return new Promise((resolve) => {
    const end = (reason: string) => {
      clearTimeout(late);
      worker.removeAllListeners();
      worker.on("error", () => {});
      void worker.terminate().then(() => resolve(reason));
    };
    const hang = () =>
      setTimeout(() => end(`It took longer than ${BOUNDS.hangMs / 1_000} s.`), BOUNDS.hangMs);
    let late = hang();
    worker.on("message", (told: Endured) => {
      tell(told);
      clearTimeout(late);
      late = hang();
    });
    worker.once("error", (error: unknown) => end(error instanceof Error ? error.message : String(error)));
    worker.once("exit", () => end("The thread ended."));
  });
}
