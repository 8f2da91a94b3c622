/**
 * Counts how the calls of one connection end, between two writings.
 *
 * Adding costs an increment; nothing is kept a call.
 */
import { type Calls, SLOTS, slotOf } from "../trace/figures.ts";

export class Tally {
  #ok = 0;
  #refused = 0;
  #failed = 0;
  #ms = new Array<number>(SLOTS).fill(0);

  ok(ms: number): void {
    this.#ok += 1;
    this.#time(ms);
  }

  refused(ms: number): void {
    this.#refused += 1;
    this.#time(ms);
  }

  failed(): void {
    this.#failed += 1;
  }

  /** What was counted since the last time, or null when nothing was; begins anew. */
  take(connection: string): Calls | null {
    const calls = { connection, ok: this.#ok, refused: this.#refused, failed: this.#failed, ms: this.#ms };
    if (calls.ok + calls.refused + calls.failed === 0) return null;
    this.#ok = 0;
    this.#refused = 0;
    this.#failed = 0;
    this.#ms = new Array<number>(SLOTS).fill(0);
    return calls;
  }

  #time(ms: number): void {
    const slot = slotOf(ms);
    this.#ms[slot] = (this.#ms[slot] ?? 0) + 1;
  }
}
