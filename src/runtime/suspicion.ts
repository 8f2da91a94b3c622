/**
 * Finds the one thing that ends workers, so that it ends no more of them.
 *
 * A worker that is killed cannot say by what. So while workers are being lost, what is begun is written down before it is
 * touched, and taken off when it has ended; what stood there when a worker was lost counts one. What may be the one is begun
 * alone in its worker, whatever kind it is, so that its neighbours are never counted with it again; the next time it is set aside. What must stay true: as long as nobody is lost, nothing is written.
 * Deliveries keep the same count in their own rows (`work/deliveries.ts`): their attempts are on record anyway.
 */
import { Batcher } from "../std/batcher.ts";
import { limits } from "../std/limits.ts";
import type { Log } from "../std/log.ts";
import type { InHand } from "../work/in-hand.ts";
import type { Clock } from "./clock.ts";
import type { Leases } from "./leases.ts";
import { type Leave, Solitude } from "./solitude.ts";
import type { Store } from "./store.ts";

export class Suspicion {
  readonly #store: Pick<Store, "hold" | "suspects">;
  readonly #worker: string;
  readonly #log: Log;
  /** What workers were lost with, and how many. */
  #known = new Map<string, number>();
  readonly #hands: Batcher<{ readonly begun?: InHand; readonly ended?: string }, undefined>;
  readonly #leases: Pick<Leases, "lost">;
  /** How often each is in hand: copies of one message may come at once. */
  readonly #held = new Map<string, number>();
  #lost = 0;
  #stale = false;
  #looking: Promise<void> | null = null;
  readonly #solitude: Solitude;

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
    this.#solitude = new Solitude(given.clock);
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

  /** Reads what workers were lost with, when there may be news. Who asks meanwhile waits for the same answer. */
  look(): Promise<void> {
    const { lost } = this.#leases;
    if (this.#looking === null && lost > 0 && (lost !== this.#lost || this.#stale)) {
      this.#lost = lost;
      this.#stale = false;
      this.#looking = this.#read().finally(() => {
        this.#looking = null;
      });
    }
    return this.#looking ?? Promise.resolve();
  }

  async #read(): Promise<void> {
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

  /** Whether it may be what ends our workers: the next time anybody is lost with it, it is set aside. */
  isSuspect(count: number): boolean {
    return count >= limits.crashesMax - 1;
  }

  /** Begins what is written down: alone where it is suspected, or beside others, when nobody is alone. */
  enter(suspected: boolean): Promise<Leave> {
    return suspected ? this.#solitude.alone() : this.#solitude.beside();
  }

  /** Begins what is suspected and may take long; null while another of them is being touched. */
  turn(): Leave | null {
    return this.#solitude.turn();
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
    const suspected = this.isSuspect(count);
    const leave = await this.enter(suspected);
    try {
      await this.#begin({ what, lost: Math.max(1, count) });
      try {
        return await act();
      } finally {
        const ended = this.#letGo(what) ? this.#end(what) : undefined;
        // Whatever is touched next must not be counted against it.
        if (suspected) await ended;
      }
    } finally {
      leave();
    }
  }

  async #begin(begun: InHand): Promise<void> {
    this.#held.set(begun.what, (this.#held.get(begun.what) ?? 0) + 1);
    try {
      await this.#hands.push({ begun });
    } catch (error) {
      this.#letGo(begun.what);
      throw error;
    }
  }

  /** Whether nobody has it in hand any more. */
  #letGo(what: string): boolean {
    const left = (this.#held.get(what) ?? 1) - 1;
    if (left > 0) this.#held.set(what, left);
    else this.#held.delete(what);
    return left <= 0;
  }

  /** Left standing it only counts if this worker is lost as well. */
  #end(what: string): Promise<unknown> {
    return this.#hands
      .push({ ended: what })
      .catch((error: unknown) =>
        this.#log.warn("That something has ended could not be written down.", { what, error: String(error) }),
      );
  }

  async #note(some: readonly { readonly begun?: InHand; readonly ended?: string }[]): Promise<undefined[]> {
    // Each thing once, as it was said last: what one has let go another may have taken up.
    const last = new Map(some.map((one) => [one.begun?.what ?? one.ended, one]));
    const ended = [...last.values()].flatMap((one) => one.ended ?? []);
    await this.#store.hold(
      this.#worker,
      [...last.values()].flatMap(({ begun }) => begun ?? []),
      ended,
    );
    this.ended(ended);
    return some.map(() => undefined);
  }
}

/** What people are told about what was set aside. */
export const tooOften = (count: number): string =>
  `${count} times a worker was lost while this was being taken, so it is not tried again by itself`;
