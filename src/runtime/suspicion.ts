/**
 * Finds the one thing that ends workers, so that it ends no more of them.
 *
 * A worker that is killed cannot say by what. So while workers are being lost, what is begun is written down before it is
 * touched, and taken off when it has ended; what stood there when a worker was lost counts one. What was lost once too
 * often to be chance is begun alone, and the next time set aside. What must stay true: as long as nobody is lost, nothing is written.
 * Deliveries keep the same count in their own rows (`work/deliveries.ts`): their attempts are on record anyway.
 */
import { Batcher } from "../std/batcher.ts";
import { limits } from "../std/limits.ts";
import type { Log } from "../std/log.ts";
import type { InHand } from "../work/in-hand.ts";
import type { Clock } from "./clock.ts";
import type { Leases } from "./leases.ts";
import type { Store } from "./store.ts";

export class Suspicion {
  readonly #store: Pick<Store, "hold" | "suspects">;
  readonly #worker: string;
  readonly #log: Log;
  /** What workers were lost with, and how many. */
  #known = new Map<string, number>();
  readonly #hands: Batcher<{ readonly begun?: InHand; readonly ended?: string }, undefined>;
  readonly #leases: Pick<Leases, "lost">;
  #lost = 0;
  #stale = false;
  #alone: Promise<unknown> = Promise.resolve();

  constructor(given: {
    store: Pick<Store, "hold" | "suspects">;
    clock: Clock;
    log: Log;
    worker: string;
    leases: Pick<Leases, "lost">;
  }) {
    this.#store = given.store;
    this.#worker = given.worker;
    this.#log = given.log;
    this.#leases = given.leases;
    this.#hands = new Batcher(limits.acceptBatchMax, (some) => this.#note(some), given.clock.soon);
  }

  /** Lanes came to us, and with them what their last worker could not end. */
  taken(): void {
    this.#stale = true;
  }

  /** Whether there is reason to write down what is begun. */
  get careful(): boolean {
    return this.#leases.lost > 0;
  }

  /** Reads what workers were lost with, when there may be news. */
  async look(): Promise<void> {
    const { lost } = this.#leases;
    if (lost === 0 || (lost === this.#lost && !this.#stale)) return;
    this.#lost = lost;
    this.#stale = false;
    try {
      this.#known = new Map((await this.#store.suspects()).map(({ what, lost }) => [what, lost]));
    } catch (error) {
      this.#stale = true;
      throw error;
    }
  }

  /** How many workers were lost with it. */
  countOf(what: string): number {
    return this.#known.get(what) ?? 0;
  }

  /** Everything some worker was lost with, as far as it has not ended since. */
  get suspects(): Iterable<string> {
    return this.#known.keys();
  }

  /**
   * Writes down what begins, and takes off what has ended. Nobody knows what the first of the lost was ended by: it counts against
   * all that is begun after it.
   */
  async hold(begun: readonly string[], ended: readonly string[]): Promise<void> {
    await this.#store.hold(
      this.#worker,
      begun.map((what) => ({ what, lost: Math.max(1, this.countOf(what)) })),
      ended,
    );
  }

  /** Whatever it was suspected of counts no longer. */
  async forget(what: string): Promise<void> {
    if (!this.careful) return;
    await this.#store.hold(this.#worker, [], [what]);
    this.ended([what]);
  }

  /** It has ended, and its end is written. */
  ended(what: readonly string[]): void {
    for (const one of what) this.#known.delete(one);
  }

  /**
   * Does what may end a worker, or `instead` where it ended too many of them. Whoever waits for it is told by the same error when
   * not even its beginning can be written down.
   */
  async watch<Result>(
    what: string,
    act: () => Promise<Result>,
    instead: (why: string) => Promise<Result>,
  ): Promise<Result> {
    if (!this.careful) return act();
    await this.look();
    const count = this.countOf(what);
    if (count >= limits.crashesMax) return instead(tooOften(count));
    const begin = async () => {
      await this.#hands.push({ begun: { what, lost: Math.max(1, count) } });
      try {
        return await act();
      } finally {
        this.#end(what);
      }
    };
    if (Math.max(1, count) < limits.crashesMax - 1) return begin();
    // Of what may be ending our workers one is begun at a time, or the innocent are counted with the guilty.
    const mine = this.#alone.then(begin);
    this.#alone = mine.catch(() => undefined);
    return mine;
  }

  /** Nobody waits for it, and left standing it only counts if this worker is lost as well. */
  #end(what: string): void {
    this.#hands
      .push({ ended: what })
      .catch((error: unknown) =>
        this.#log.warn("That something has ended could not be written down.", { what, error: String(error) }),
      );
  }

  async #note(some: readonly { readonly begun?: InHand; readonly ended?: string }[]): Promise<undefined[]> {
    const ended = some.flatMap((one) => one.ended ?? []);
    await this.#store.hold(
      this.#worker,
      some.flatMap(({ begun }) => begun ?? []),
      ended,
    );
    this.ended(ended);
    return some.map(() => undefined);
  }
}

/** What people are told about what was set aside. */
export const tooOften = (count: number): string =>
  `${count} times a worker was lost while this was being taken, so it is not tried again by itself`;
