/**
 * Puts one worker together: leases, conductor, dispatcher and intake on a given store, clock and open sessions.
 *
 * It knows no PostgreSQL and no real clock, so the simulation runs the very worker that production runs. Opening the
 * store and the sessions, receiving from them and what people do is `start.ts`.
 */
import type { Session } from "../connectors/connector.ts";
import type { Entry } from "../journal/append.ts";
import type { Log } from "../std/log.ts";
import type { Arranged } from "./arrangement.ts";
import type { Clock } from "./clock.ts";
import { Conductor } from "./conductor.ts";
import { Dispatcher } from "./dispatcher.ts";
import { Intake } from "./intake.ts";
import { Leases } from "./leases.ts";
import type { Parcelled } from "./line.ts";
import type { Pressure } from "./pressure.ts";
import type { Store } from "./store.ts";
import { Suspicion } from "./suspicion.ts";

/** One worker's loops. */
export interface Worker {
  readonly leases: Leases;
  readonly dispatcher: Dispatcher;
  readonly intake: Intake;
  /** Watches over what is begun, while workers are being lost. */
  readonly suspicion: Suspicion;
  /** Something was committed about these business transactions: look now, and tell whoever listens. */
  committed(correlations: readonly string[]): void;
  /** Takes lanes and begins to work. Throws what the store threw when not even the first leases could be had. */
  begin(): Promise<void>;
  /**
   * Stops in the order that loses nothing: no new arrivals, no new rounds, calls end (for at most `graceMs`) and are
   * recorded, intents never acted on are taken back, lanes are given up.
   */
  stop(graceMs: number): Promise<void>;
}

/** Builds a worker that stands still until `begin`. `worker` names it; no two may share a name. */
export function assemble(given: {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly worker: string;
  readonly definitions: Arranged;
  readonly sessions: ReadonlyMap<string, Session>;
  /** Told of the business transactions of every commit. */
  readonly tell: (correlations: readonly string[]) => void;
  /** Looks at every parcel that is about to be sent: may change it, or refuse it. */
  readonly beforeSend?: (parcel: Parcelled) => Promise<void>;
  /** Told what became of the answers to questions whose last answer may stand in. */
  readonly heard?: (parcel: Parcelled, told: readonly Entry[]) => void;
  /** Whether the dock keeps up. */
  readonly pressure?: Pressure;
}): Worker {
  const { store, clock, log, worker, definitions, sessions, tell, beforeSend, heard } = given;
  const committed = (correlations: readonly string[]) => {
    conductor.wake();
    tell(correlations);
  };
  const refused = (error: unknown) => given.pressure?.refused(error);
  const leases = new Leases(store, clock, log, worker);
  const suspicion = new Suspicion({ store, clock, log, worker, leases });
  const dispatcher = new Dispatcher({
    store,
    clock,
    log,
    worker,
    definitions,
    leases,
    sessions,
    turn: () => suspicion.turn(),
    committed,
    refused,
    beforeSend,
    heard,
  });
  const conductor: Conductor = new Conductor({
    store,
    clock,
    log,
    worker,
    definitions,
    leases,
    dispatcher,
    suspicion,
    committed,
    refused,
  });
  const intake = new Intake(
    store,
    clock,
    definitions,
    committed,
    () => dispatcher.giveWayMs,
    log,
    suspicion,
    given.pressure,
  );

  return {
    leases,
    dispatcher,
    intake,
    suspicion,
    committed,
    async begin() {
      await leases.start({
        async taken(lanes) {
          // A round under way when we gave a lane back may have left its instances in memory; they are old by now.
          conductor.taken(lanes);
          dispatcher.taken();
          conductor.wake();
        },
        lost(lanes) {
          conductor.forget(lanes);
          dispatcher.lost(lanes);
        },
        quiet: (lanes) => dispatcher.quiet(lanes),
      });
      conductor.start();
      dispatcher.start();
    },
    async stop(graceMs) {
      await intake.stop().catch((error: unknown) =>
        log.warn("The last arrivals were not accepted; their senders were not given a receipt.", {
          error: String(error),
        }),
      );
      await conductor.stop();
      await leases.stop();
      const unsent = await dispatcher.stop(graceMs);
      await store
        .leave(worker, [...leases.held.keys()], unsent)
        .catch((error: unknown) =>
          log.warn("Lanes could not be given up; they run out by themselves.", { error: String(error) }),
        );
    },
  };
}
