/**
 * Hands what connections receive to the intake until we stop, and knows from which of them nothing can come just now.
 *
 * What must stay true: a line that broke is opened again by its own `receive`, and a `receive` that ended is called again, so nothing a
 * partner does ends it. That a mailbox's folder or a broker is away is no matter of the log alone: it stands with the system.
 */
import type { Accepted, Arrival, ArrivingFile, Session } from "../connectors/connector.ts";
import type { InboundFlow } from "../flows/flow.ts";
import type { Log } from "../std/log.ts";
import { type Clock, pause } from "./clock.ts";
import type { Unheard } from "./dock.ts";

/** How often what is held back looks whether it may go on. */
const LOOK_AGAIN_MS = 1_000;

export interface Hearing {
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Seconds callers are asked to stay away; null: come. */
  readonly retryAfterSeconds: () => number | null;
  readonly accept: (flow: string, arrival: Arrival) => Promise<Accepted>;
  /** Takes a file record by record; null where the flow takes it whole. */
  readonly takes: (flow: InboundFlow) => ((file: ArrivingFile) => Promise<Accepted>) | null;
}

export class Receiving {
  readonly #given: Hearing;
  readonly #unheard = new Map<string, Unheard>();

  constructor(given: Hearing) {
    this.#given = given;
  }

  /** A connection says that nothing can come from it and why, or (null) that it can. Said again, it goes on since it began. */
  hears(connection: string, because: string | null): void {
    if (because === null) this.#unheard.delete(connection);
    else {
      const since = this.#unheard.get(connection)?.since ?? this.#given.clock.date().toISOString();
      this.#unheard.set(connection, { because, since });
    }
  }

  /** Why nothing can come from a connection, and since when; null: something can. */
  unheard(connection: string): Unheard | null {
    return this.#unheard.get(connection) ?? null;
  }

  /** Receives for a flow until we stop. */
  async run(flow: InboundFlow, session: Session): Promise<void> {
    const { clock, log, signal, accept, takes } = this.#given;
    const take = takes(flow) ?? undefined;
    while (!signal.aborted) {
      try {
        await session.receive?.(async (arrival) => {
          await this.#held();
          return accept(flow.name, arrival);
        }, take);
      } catch (error) {
        if (signal.aborted) return;
        log.warn("Receiving was interrupted; trying again.", {
          flow: flow.name,
          error: error instanceof Error ? error.message : String(error),
        });
      }
      await pause(clock, 1_000, signal);
    }
  }

  /** A mailbox is held back, and not refused message by message, while callers are asked to come back. */
  async #held(): Promise<void> {
    const { clock, signal, retryAfterSeconds } = this.#given;
    for (;;) {
      const seconds = retryAfterSeconds();
      if (seconds === null || signal.aborted) return;
      await pause(clock, Math.min(seconds * 1_000, LOOK_AGAIN_MS), signal);
    }
  }
}
