/**
 * The line of one worker to the database in memory: every operation takes time, may fail before or after its commit, and may be
 * the last thing the worker does.
 */
import { limits } from "../../src/std/limits.ts";
import type { Database, Transaction } from "./database.ts";
import type { Program } from "./kernel.ts";

/** How this worker's line to the database behaves. Shares are of calls. */
export interface Line {
  /** Median of one way, in milliseconds. */
  latencyMs: number;
  refused: number;
  lostBeforeCommit: number;
  lostAfterCommit: number;
  /** Its other end is gone: no answer comes, and it is given up when that has lasted too long. */
  halfOpen: number;
  /** A transaction that stays open for long. */
  stalled: number;
}

/** Nothing goes wrong on it. */
export const soundLine = (latencyMs = 1.5): Line => ({
  latencyMs,
  refused: 0,
  lostBeforeCommit: 0,
  lostAfterCommit: 0,
  halfOpen: 0,
  stalled: 0,
});

/** Told of every call and every answer, so that a worker can be killed or stopped at each of them. */
export type Watch = (point: string) => void;

/** What the operations of a store are made of. */
export interface Access {
  readonly db: Database;
  /** Tells that a fault has happened. */
  readonly fired: (fault: string) => void;
  /** One transaction that holds `locks` and writes so many `positions` of the journal. */
  write<Result>(
    name: string,
    options: { locks?: readonly string[]; positions?: number },
    act: (tx: Transaction) => Result,
  ): Promise<Result>;
  look<Result>(name: string, act: () => Result): Promise<Result>;
}

export function accessTo(
  db: Database,
  program: Program,
  line: Line,
  watch: Watch,
  fired: (fault: string) => void,
): Access {
  const { kernel } = db;
  const random = kernel.chanceOf(`line of ${program.name}`);
  const way = () => random.latency(line.latencyMs);

  function write<Result>(
    name: string,
    options: { locks?: readonly string[]; positions?: number },
    act: (tx: Transaction) => Result,
  ): Promise<Result> {
    return new Promise((resolve, reject) => {
      // It was killed in the midst of something: whatever would follow from that does not happen.
      if (!program.alive) return;
      watch(`store ${name}`);
      // Nobody answers: whatever became of it, that is all there is to hear.
      const hangs = kernel.strikes("line half-open", line.halfOpen);
      if (hangs) fired("line half-open");
      const answer = (call: () => void) =>
        void kernel.later(hangs ? limits.databaseAnswerMs : way(), `answer ${name}`, program, () => {
          watch(`store ${name} answered`);
          call();
        });
      const lost = (why: string) =>
        answer(() => reject(new Error(`The connection to the database broke: ${why}.`)));
      if (kernel.strikes("database refuses", line.refused)) {
        fired("database refused");
        return lost("refused");
      }
      const dies =
        kernel.strikes("connection lost before commit", line.lostBeforeCommit) ||
        (hangs && random.chance(0.5));
      const silent = kernel.strikes("connection lost after commit", line.lostAfterCommit) || hangs;
      void kernel.later(way(), `begin ${name}`, null, () => {
        // What a killed worker had sent may have reached the server, or not.
        if (!program.alive && random.chance(0.5)) return;
        if (kernel.now < db.downUntil) return lost("the server is down");
        db.begin([...new Set(options.locks ?? [])].sort(), options.positions ?? 0, (tx) => {
          const stalled = kernel.strikes("transaction stalls", line.stalled);
          if (stalled) fired("transaction stalled");
          const work = stalled ? random.between(200, 2_000) : way();
          void kernel.later(work, `commit ${name}`, null, () => {
            if (tx.incarnation !== db.incarnation) return lost("the server restarted");
            if (dies) {
              fired("connection lost before commit");
              db.end(tx);
              return lost("before the commit");
            }
            let result: Result;
            try {
              result = act(tx);
            } catch (error) {
              db.end(tx);
              return answer(() => reject(error));
            }
            db.end(tx);
            if (silent) {
              fired("connection lost after commit");
              return lost("during the commit");
            }
            answer(() => resolve(result));
          });
        });
      });
    });
  }

  function look<Result>(name: string, act: () => Result): Promise<Result> {
    return new Promise((resolve, reject) => {
      if (!program.alive) return;
      watch(`store ${name}`);
      const refused = kernel.strikes("database refuses", line.refused);
      if (refused) fired("database refused");
      void kernel.later(way(), `look ${name}`, null, () => {
        const failed = refused || kernel.now < db.downUntil;
        const result = failed ? undefined : act();
        void kernel.later(way(), `answer ${name}`, program, () => {
          watch(`store ${name} answered`);
          if (failed) reject(new Error("The connection to the database broke: refused."));
          else resolve(result as Result);
        });
      });
    });
  }

  return { db, fired, write, look };
}
