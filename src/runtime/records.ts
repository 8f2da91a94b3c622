/**
 * Puts intents and outcomes on record, hundreds a transaction.
 *
 * What must stay true: an intent whose commit is unclear is not acted on, and an outcome is repeated until it is written: the
 * call is made, only its record is missing. One that can never be written as it is fails alone, and nobody waits behind it. A
 * database that cannot write is left alone for a moment each time.
 */
import { Batcher } from "../std/batcher.ts";
import { limits } from "../std/limits.ts";
import type { Log } from "../std/log.ts";
import { isUnstorable } from "../std/storable.ts";
import type { Intent } from "../work/deliveries.ts";
import type { Clock } from "./clock.ts";
import type { Parcelled } from "./line.ts";
import type { Ended, Store } from "./store.ts";

/** How an attempt ended, and the business transaction it belongs to. */
export type Recording = Ended & { readonly correlation: string };

/** PostgreSQL refuses what an outcome says. Nothing of it is written. */
export class Unrecordable extends Error {
  override readonly name = "Unrecordable";

  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** How long nothing new is begun after intents could not be written. */
const BEGIN_AGAIN_MS = 1_000;

export class Records {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #refused: (error: unknown) => void;
  readonly #committed: (correlations: readonly string[]) => void;
  readonly #intents: Batcher<Intent, boolean>;
  /** Until when, by the clock, an outcome is tried again. */
  #until = Number.POSITIVE_INFINITY;
  readonly #outcomes: Batcher<Recording, boolean | Unrecordable>;
  /** When those ended that wait for something: what came while they could not be recorded is not to be missed. */
  readonly #endedAt = new WeakMap<Recording, number>();

  constructor(given: {
    store: Store;
    clock: Clock;
    log: Log;
    worker: string;
    committed: (correlations: readonly string[]) => void;
    /** Told what the database said when it did not write. */
    refused: (error: unknown) => void;
  }) {
    this.#store = given.store;
    this.#clock = given.clock;
    this.#log = given.log;
    this.#refused = given.refused;
    this.#committed = given.committed;
    const { soon } = given.clock;
    this.#intents = new Batcher(
      limits.outcomeBatchMax,
      (intents) => this.#begin(given.worker, intents),
      soon,
    );
    this.#outcomes = new Batcher(limits.outcomeBatchMax, (recordings) => this.#record(recordings), soon);
  }

  /**
   * Whether the parcel may be sent now, or its target asked about it. Where the commit of an intent is unclear, the table knows;
   * nothing has been sent yet.
   */
  intent({ key, attempts }: Parcelled, look: boolean): Promise<boolean> {
    return this.#intents.push({ key, attempts, look });
  }

  /** Whether the outcome still counted. Throws `Unrecordable` when PostgreSQL refuses what it says. */
  async outcome(recording: Recording): Promise<boolean> {
    if (recording.waits) this.#endedAt.set(recording, this.#clock.now());
    const recorded = await this.#outcomes.push(recording);
    if (recorded instanceof Unrecordable) throw recorded;
    return recorded;
  }

  /**
   * Resolves when no outcome is waiting to be written. From `until` on none is tried again: the attempt stays on record without
   * an end, and whoever starts next asks the target.
   */
  drained(until: number): Promise<void> {
    this.#until = until;
    return this.#outcomes.drained();
  }

  readonly #asOfNow = (recording: Recording): Recording => {
    const { waits } = recording;
    if (!waits) return recording;
    const now = this.#clock.now();
    const sinceMs = waits.sinceMs + Math.ceil(now - (this.#endedAt.get(recording) ?? now));
    return { ...recording, waits: { ...waits, sinceMs } };
  };

  async #begin(worker: string, intents: readonly Intent[]): Promise<readonly boolean[]> {
    try {
      const begun = new Set(await this.#store.beginAttempts(worker, intents));
      return intents.map(({ key }) => begun.has(key));
    } catch (error) {
      this.#refused(error);
      this.#log.warn("Intents could not be written; what was to be sent is read back.", {
        error: error instanceof Error ? error.message : String(error),
        intents: intents.length,
      });
      await new Promise<void>((resolve) => void this.#clock.after(BEGIN_AGAIN_MS, resolve));
      return intents.map(() => false);
    }
  }

  async #record(recordings: readonly Recording[]): Promise<readonly (boolean | Unrecordable)[]> {
    const halves = async () => {
      const half = recordings.length >> 1;
      return [
        ...(await this.#record(recordings.slice(0, half))),
        ...(await this.#record(recordings.slice(half))),
      ];
    };
    // A commit takes one end of each: a second one is of what has just moved on.
    if (new Set(recordings.map(({ outcome }) => outcome.key)).size < recordings.length) return halves();
    for (let trouble = 0; ; trouble += 1) {
      try {
        const changed = new Set(await this.#store.recordOutcomes(recordings.map(this.#asOfNow)));
        this.#committed([...new Set(recordings.map(({ correlation }) => correlation))]);
        return recordings.map(({ outcome }) => changed.has(outcome.key));
      } catch (error) {
        if (isUnstorable(error)) {
          // Repeated, it fails for ever, and with it all that are beside it: halved until the one stands alone.
          return recordings.length === 1 ? [new Unrecordable(error)] : halves();
        }
        if (this.#clock.now() >= this.#until) {
          this.#log.warn(
            "Outcomes could not be recorded before the stop; their targets are asked at the next start.",
            {
              error: error instanceof Error ? error.message : String(error),
              outcomes: recordings.length,
            },
          );
          return recordings.map(() => false);
        }
        this.#refused(error);
        // It is compare-and-set, so repeating it is safe. A commit whose answer was lost shows as "not changed" the second
        // time, and the table is read again.
        this.#log.warn("Outcomes could not be recorded; trying again.", {
          error: error instanceof Error ? error.message : String(error),
          trouble,
        });
        await new Promise<void>(
          (resolve) => void this.#clock.after(Math.min(50 * 2 ** trouble, 2_000), resolve),
        );
      }
    }
  }
}
