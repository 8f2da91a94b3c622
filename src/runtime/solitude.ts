/**
 * Lets what may be ending our workers be touched alone, so that whoever is lost then was lost with that one.
 *
 * What must stay true: of what is suspected one is touched at a time in this worker, of whatever kind it is; and nobody who is not
 * suspected waits longer than a suspect takes. Who is suspected is decided by who asks.
 */
import type { Clock } from "./clock.ts";

/** How long a suspect waits for what others have in hand; what takes longer (a question to a system) is beside it then. */
const PATIENCE_MS = 1_000;

/** Leaves; nothing happens the second time. */
export type Leave = () => void;

export class Solitude {
  readonly #clock: Pick<Clock, "after">;
  #taken = false;
  readonly #next: (() => void)[] = [];
  #beside = 0;
  #empty: (() => void) | undefined;
  #closed = false;
  #opened: (() => void)[] = [];

  constructor(clock: Pick<Clock, "after">) {
    this.#clock = clock;
  }

  /** Begins beside others, as soon as nobody is alone. */
  async beside(): Promise<Leave> {
    while (this.#closed) await new Promise<void>((resolve) => this.#opened.push(resolve));
    this.#beside += 1;
    return once(() => {
      this.#beside -= 1;
      if (this.#beside === 0) this.#empty?.();
    });
  }

  /** Begins alone: after those before it that are suspected, too, and when the others have ended what they have in hand. */
  async alone(): Promise<Leave> {
    while (this.#taken) await new Promise<void>((resolve) => this.#next.push(resolve));
    const leave = this.#take();
    if (this.#beside > 0)
      await new Promise<void>((resolve) => {
        const takeBack = this.#clock.after(PATIENCE_MS, resolve);
        this.#empty = () => {
          takeBack();
          resolve();
        };
      });
    this.#empty = undefined;
    this.#closed = true;
    return once(() => {
      this.#closed = false;
      for (const go of this.#opened.splice(0)) go();
      leave();
    });
  }

  /** The turn of a suspect that may take long, at which only other suspects wait; null while it is another's. */
  turn(): Leave | null {
    return this.#taken ? null : this.#take();
  }

  #take(): Leave {
    this.#taken = true;
    return once(() => {
      this.#taken = false;
      this.#next.shift()?.();
    });
  }
}

function once(leave: () => void): Leave {
  let left = false;
  return () => {
    if (left) return;
    left = true;
    leave();
  };
}
