/**
 * Writes down how this worker's calls go, and listens whether a person has paused a connection or put a document on hold.
 *
 * It stands beside the loops: when the database is away its figures of that time are lost, and nothing else is. What people
 * stopped is read from its tables once a second, so every worker obeys it within two seconds, also one that starts later.
 */
import type { Log } from "../std/log.ts";
import type { Calls } from "../trace/figures.ts";
import { type Clock, pause } from "./clock.ts";
import type { ConnectionState, Pause } from "./dock.ts";
import type { HeldDocument } from "./held-documents.ts";
import { type OutageStore, Outages } from "./outages.ts";

/** What people have stopped. */
export interface Stops {
  readonly pauses: readonly Pause[];
  readonly documents: readonly HeldDocument[];
}

export interface FigureStore extends OutageStore {
  /** Calls since the last time. */
  keep(worker: string, calls: readonly Calls[]): Promise<void>;
  /** What waits for each connection, and what every count went up by; one worker's turn is enough. */
  measure(): Promise<void>;
  forget(): Promise<void>;
  stops(): Promise<Stops>;
}

/** How often it is read what people have stopped. */
const LOOK_MS = 1_000;
/** Figures are written once in this many looks: every ten seconds. */
const WRITE_LOOKS = 10;
/** What is past its time is dropped once in this many looks: every hour, first after ten minutes. */
const FORGET_LOOKS = 3_600;
const FORGET_FIRST = 600;

interface Given {
  readonly store: FigureStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly worker: string;
  readonly connections: () => readonly ConnectionState[];
  /** Calls counted since the last time. */
  readonly takeCalls: () => readonly Calls[];
  /** These are stopped from now on, and no others. */
  readonly obey: (stops: Stops) => void;
}

export class Figures {
  readonly #given: Given;
  readonly #outages: Outages;

  constructor(given: Given) {
    this.#given = given;
    this.#outages = new Outages(given.store, given.worker);
  }

  /** Runs until the signal fires, and writes what is left. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, store, log } = this.#given;
    await this.look();
    for (let looks = 1; !signal.aborted; looks += 1) {
      await pause(clock, LOOK_MS, signal);
      try {
        if (!signal.aborted) await this.look();
        if (looks % WRITE_LOOKS === 0 || signal.aborted) await this.#write();
        if (looks % FORGET_LOOKS === FORGET_FIRST) await store.forget();
      } catch (error) {
        if (!signal.aborted)
          log.warn("Figures could not be written; the charts have a gap.", { error: String(error) });
      }
    }
  }

  /** Reads what people have stopped, now. */
  async look(): Promise<void> {
    const { store, obey, log, connections, clock } = this.#given;
    try {
      obey(await store.stops());
    } catch (error) {
      log.warn("What people have stopped could not be read; it stands as it was.", { error: String(error) });
    }
    await this.#outages.look(connections(), clock.date());
  }

  async #write(): Promise<void> {
    const { store, worker, takeCalls } = this.#given;
    await store.keep(worker, takeCalls());
    await store.measure();
  }
}
