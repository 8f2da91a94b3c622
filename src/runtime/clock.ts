/**
 * Time, for the loops: the one place where the runtime meets the real clock, so a simulation can bring its own.
 *
 * Chance comes in here too, so that a simulation replays a run from its seed. A law keeps both out of the other files.
 *
 * Deadlines use monotonic time. What the business sees is stamped by the database clock, never by this one.
 */

import { uuidv7 } from "uuidv7";

export interface Clock {
  /** Milliseconds since some fixed moment; never goes back. */
  now(): number;
  /** Wall time, for logs and for connectors. */
  date(): Date;
  /** Calls back once, later. The returned function takes it back. */
  after(ms: number, call: () => void): () => void;
  /** Calls back on the next turn of the event loop. */
  soon(call: () => void): void;
  /** A number in [0, 1). */
  chance(): number;
  /** A fresh id that sorts by time (UUIDv7), for what has no id by nature. */
  id(): string;
}

export const realClock: Clock = {
  now: () => performance.now(),
  date: () => new Date(),
  after(ms, call) {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
  soon: (call) => void setImmediate(call),
  chance: Math.random,
  id: uuidv7,
};

/** Resolves after a while, or at once when the signal fires. */
export const pause = (clock: Clock, ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const stop = () => {
      takeBack();
      resolve();
    };
    const takeBack = clock.after(ms, () => {
      signal?.removeEventListener("abort", stop);
      resolve();
    });
    signal?.addEventListener("abort", stop, { once: true });
  });
