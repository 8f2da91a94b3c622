/**
 * Hands parcels to connections, as many at once as each tolerates.
 *
 * What must stay true: one business key sends one parcel at a time to one connection, and nothing is said to be on the wire while
 * nothing may be sent. An attempt and its record are in `attempts.ts`; where each parcel stands in `whereabouts.ts`; what is read
 * from the table in `reading-back.ts`; which parcel is next in `line.ts`; whether the target is called at all in `breaker.ts`.
 */
import type { Probed, Session } from "../connectors/connector.ts";
import type { Entry } from "../journal/append.ts";
import { Defect } from "../std/errors.ts";
import { limits } from "../std/limits.ts";
import type { Log } from "../std/log.ts";
import { milliseconds } from "../std/span.ts";
import type { Calls } from "../trace/figures.ts";
import type { Arranged } from "./arrangement.ts";
import { Attempts } from "./attempts.ts";
import { isUnclear } from "./call.ts";
import type { Clock } from "./clock.ts";
import type { ConnectionState, Pause } from "./dock.ts";
import type { Leases } from "./leases.ts";
import { Leisure } from "./leisure.ts";
import { isTriedAgain, type Parcelled, triedBefore } from "./line.ts";
import { giveWayMs } from "./pace.ts";
import { harmlessTwice } from "./policy.ts";
import { PostChecks } from "./post-checks.ts";
import { ReadingBack } from "./reading-back.ts";
import { Records } from "./records.ts";
import { SettingAside } from "./set-aside.ts";
import type { Leave } from "./solitude.ts";
import type { Store } from "./store.ts";
import { Whereabouts } from "./whereabouts.ts";
import { atWork, isFull, roomFor, stateOf, unsentOf, type Working } from "./working.ts";

/** How often what was not sent is taken back while nothing may be. */
const TAKE_BACK_MS = 1_000;
/** How long a new delivery may wait for its turn and be said to be on the wire. */
const UNSENT_MS = 20_000;
/** Of the calls at once, what may be about parcels that were tried before while others are ready. */
const RETRY_SHARE = 0.3;

export class Dispatcher {
  readonly #store: Pick<Store, "returnUnsent">;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #definitions: Arranged;
  readonly #leases: Leases;
  readonly #lines = new Map<string, Working>();
  /** Connections that are asked what may be promised in the meantime. */
  readonly #promising: ReadonlySet<string>;
  readonly #records: Records;
  readonly #whereabouts: Whereabouts;
  readonly #attempts: Attempts;
  readonly #reading: ReadingBack;
  readonly #aside: SettingAside;
  readonly #checks: PostChecks;
  readonly #leisure: Leisure;
  /** Of what may be ending our workers one is touched at a time; null while another is. */
  readonly #turn: () => Leave | null;
  #takeBackTick: () => void = () => undefined;
  #stopping = false;

  constructor(given: {
    store: Store;
    clock: Clock;
    log: Log;
    worker: string;
    definitions: Arranged;
    leases: Leases;
    sessions: ReadonlyMap<string, Session>;
    committed: (correlations: readonly string[]) => void;
    turn: () => Leave | null;
    /** Told what the database said when it did not write. */
    refused: (error: unknown) => void;
    /** May change what is sent, or refuse it, before a byte leaves. */
    beforeSend?: ((parcel: Parcelled) => Promise<void>) | undefined;
    /** Told what became of the answers to questions whose last answer may stand in. */
    heard?: ((parcel: Parcelled, told: readonly Entry[]) => void) | undefined;
  }) {
    this.#store = given.store;
    this.#clock = given.clock;
    this.#log = given.log;
    this.#definitions = given.definitions;
    this.#leases = given.leases;
    this.#turn = given.turn;
    this.#promising = new Set(
      [...given.definitions.outbound.values()].flatMap(({ standIn, connections }) =>
        standIn ? connections.map(({ name }) => name) : [],
      ),
    );
    for (const [name, session] of given.sessions) {
      const connection = this.#definitions.connections.get(name);
      if (!connection) throw new Defect(`A session was opened for ${name}, which is no connection.`);
      this.#lines.set(name, atWork(connection, session));
    }
    this.#aside = new SettingAside({
      ...given,
      connections: [...this.#lines.keys()],
      changed: (key) => this.decided(key),
    });
    this.#records = new Records(given);
    const pump = (working: Working) => this.#pump(working);
    const around = { ...given, lines: this.#lines, pump };
    this.#whereabouts = new Whereabouts({
      ...around,
      decided: (key) => this.decided(key),
      conclude: (...failed) => this.#attempts.conclude(...failed),
    });
    this.#attempts = new Attempts({ ...around, records: this.#records, whereabouts: this.#whereabouts });
    this.#reading = new ReadingBack({
      ...around,
      whereabouts: this.#whereabouts,
      aside: this.#aside,
      stopped: () => this.#stopping,
    });
    this.#checks = new PostChecks(given, this.#lines, (name, call) => this.atLeisure(name, call));
    this.#leisure = new Leisure(given.clock);
  }

  start(): void {
    const tick = () => {
      this.#takeBackTick = this.#clock.after(limits.lookAfterMs, () => {
        for (const working of this.#lines.values()) this.#tend(working);
        this.#whereabouts.lookAfterWaiting();
        void this.#aside.tend();
        void this.#checks.tend();
        if (!this.#stopping) tick();
      });
    };
    tick();
  }

  /** What people have paused from now on; all others are free to go. */
  obey(pauses: readonly Pause[]): void {
    for (const [name, working] of this.#lines) {
      const before = working.pause;
      working.pause = pauses.find(({ connection }) => connection === name) ?? null;
      if (before?.how !== working.pause?.how) this.#pump(working);
    }
  }

  /** Calls counted since the last time. */
  takeCalls(): Calls[] {
    return [...this.#lines].flatMap(([name, { tally }]) => tally.take(name) ?? []);
  }

  connections(): Omit<ConnectionState, "unheard">[] {
    return [...this.#lines.values()].map((working) => ({
      ...stateOf(working, this.#clock),
      allowed: this.#allowed(working),
    }));
  }

  /** Questions without an answer for so long that the last answer may stand in. */
  unanswered(): Parcelled[] {
    const now = this.#clock.now();
    return [...this.#lines.values()].flatMap(({ connection, line }) =>
      this.#promising.has(connection.name)
        ? line
            .all()
            .filter(({ flow, owedAt }) => flow.standIn && now - owedAt >= milliseconds(flow.standIn.after))
        : [],
    );
  }

  /** Makes a call that can wait, inside what the connection allows at once and behind what is ready to be sent to it. */
  atLeisure<Answer>(name: string, call: () => Promise<Answer>): Promise<Answer> {
    const working = this.#lines.get(name);
    if (!working) return call();
    const place = {
      title: working.connection.title,
      get calling() {
        return working.calling;
      },
      set calling(count) {
        working.calling = count;
      },
      allowed: () => this.#allowed(working),
      ready: () => working.line.ready,
    };
    return this.#leisure.take(name, place, () => this.#pump(working), call);
  }

  /**
   * Asks a target now whether the line works, because somebody wants to know. One we had stopped calling is served again when it
   * answers.
   */
  async probe(name: string): Promise<Probed> {
    const working = this.#lines.get(name);
    if (!working) throw new Defect(`Nothing is sent to ${name} from here.`);
    // Unless a probe of our own is on its way already, this one stands for it.
    if (working.breaker.probeNow(Number.POSITIVE_INFINITY)) return this.#probe(working);
    return (await working.session.probe()) ?? {};
  }

  /** How long accepting gives way to what is ready to be sent. */
  get giveWayMs(): number {
    const now = this.#clock.now();
    return giveWayMs(
      [...this.#lines.values()].map(({ line, pace }) => ({
        ready: line.ready,
        perSecond: pace.perSecond(now),
      })),
    );
  }

  /** Whether a new delivery may be written with its first intent, because nothing stands before it. */
  maySendNow(name: string, subject: string): boolean {
    const working = this.#lines.get(name);
    return (
      working !== undefined &&
      working.pause === null &&
      harmlessTwice(working.connection.connector.guarantees) &&
      working.breaker.state === "closed" &&
      !isFull(working) &&
      !working.line.busy(subject) &&
      !working.backlog.standsStill(subject)
    );
  }

  /** Takes over what a round has committed. */
  hand(parcels: readonly Parcelled[]): void {
    for (const parcel of parcels) {
      const working = this.#lines.get(parcel.connection);
      if (!working || !this.#leases.held.has(parcel.lane)) continue;
      if (isFull(working)) {
        // It is in the table; a page will bring it when its turn comes.
        working.backlog.more = true;
        working.backlog.missed = true;
        continue;
      }
      parcel.after = working.backlog.readTo;
      parcel.owedAt = this.#clock.now();
      if (parcel.status === "attempting") working.unsent.add(parcel);
      this.#whereabouts.enqueue(working, parcel);
    }
    for (const working of this.#lines.values()) this.#pump(working);
  }

  /** A person decided about a delivery, or it is not as we remember: look at what the table says now. */
  decided(key: string): void {
    this.#reading.decided(key);
  }

  /** These lanes are ours now: read what they owe, page by page, as memory allows. */
  taken(): void {
    for (const working of this.#lines.values()) {
      working.backlog.readAll();
      void this.#reading.page(working);
    }
    this.#aside.taken();
  }

  /** These lanes are not ours any more. What is on the wire ends by itself and records nothing that is not still current. */
  lost(lanes: readonly number[]): void {
    for (const working of this.#lines.values()) {
      working.backlog.lost(lanes);
      for (const parcel of working.line.all()) {
        if (lanes.includes(parcel.lane) && !working.onWire.has(parcel))
          this.#whereabouts.forget(working, parcel);
      }
    }
  }

  quiet(lanes: readonly number[]): boolean {
    return [...this.#lines.values()].every(({ onWire }) =>
      [...onWire].every(({ lane }) => !lanes.includes(lane)),
    );
  }

  /** Stops sending, lets calls end for at most `graceMs`, and returns the intents that were never acted on. */
  async stop(graceMs: number): Promise<{ key: string; attempts: number }[]> {
    this.#stopping = true;
    this.#takeBackTick();
    const until = this.#clock.now() + graceMs;
    const busy = () => [...this.#lines.values()].some(({ onWire }) => onWire.size > 0);
    while (busy() && this.#clock.now() < until)
      await new Promise<void>((resolve) => void this.#clock.after(20, resolve));
    await this.#records.drained(until);
    return [...this.#lines.values()].flatMap(unsentOf).map(({ key, attempts }) => ({ key, attempts }));
  }

  #pump(working: Working): void {
    while (
      !this.#stopping &&
      this.#leases.valid &&
      working.calling < this.#allowed(working) &&
      working.onWire.size < limits.unrecordedMax
    ) {
      const parcel = this.#next(working);
      if (!parcel) break;
      // One that was lost with two workers takes its turn, or the innocent are counted with the guilty.
      const leave = parcel.crashes >= limits.crashesMax - 1 ? this.#turn() : undefined;
      if (leave === null) {
        working.later.set(parcel, this.#clock.now() + limits.lookAfterMs);
        continue;
      }
      working.onWire.add(parcel);
      working.unsent.delete(parcel);
      working.calling += 1;
      if (triedBefore(parcel)) working.retrying += 1;
      else working.retries.sentNew();
      void this.#attempts.make(working, parcel).then(leave);
    }
    if (
      working.backlog.more &&
      !working.loading &&
      working.line.size < limits.deliveriesInMemoryMax / 2 &&
      roomFor(working)
    )
      void this.#reading.page(working);
  }

  /** Calls at once: what the target tolerates is shared by all workers, and each has at least one. */
  #allowed({ connection, breaker }: Working): number {
    const share = Math.max(1, Math.floor(connection.concurrency / this.#leases.workers));
    return Math.min(breaker.allowed, share);
  }

  /** Paused: none. Draining: only what is unclear, so that nobody has to wonder about it during the maintenance. */
  #next(working: Working): Parcelled | undefined {
    const { pause, line, retrying } = working;
    // What fails again and again has its share of the calls, and all of them only when nothing else is ready to go.
    if (pause === null)
      return line.take(retrying < Math.max(1, Math.floor(this.#allowed(working) * RETRY_SHARE)));
    return pause.how === "draining" ? line.takeIf(isUnclear) : undefined;
  }

  #tend(working: Working): void {
    const now = this.#clock.now();
    for (const [parcel, due] of working.later) {
      if (due > now) continue;
      // What is tried again has its share of the calls; without a token it waits for the next tick, while there is anything new.
      if (isTriedAgain(parcel) && working.line.hasNew && !working.retries.take()) continue;
      working.later.delete(parcel);
      working.line.makeReady(parcel, now);
    }
    // Why it failed stands in the breaker.
    if (working.breaker.probeNow(now)) void this.#probe(working).catch(() => undefined);
    const stands = working.breaker.state !== "closed" || working.pause !== null;
    this.#giveBackUnsent(working, now, stands ? now : now - UNSENT_MS);
    this.#pump(working);
  }

  /**
   * New deliveries are written with their first intent. While nothing may be sent, and where their turn does not come soon, those owed
   * since `until` or longer that were not sent are owed again, or they would be said to be on the wire for as long as their target is
   * away or slow. Should that not be written, they are found to be otherwise than remembered when they are sent, and the table says how.
   */
  #giveBackUnsent(working: Working, now: number, until: number): void {
    if (now < working.unsentLookAt || !this.#leases.valid) return;
    working.unsentLookAt = now + TAKE_BACK_MS;
    const unsent = unsentOf(working).filter(({ owedAt }) => owedAt <= until);
    if (unsent.length === 0) return;
    const intents = unsent.map(({ key, attempts }) => ({ key, attempts }));
    for (const parcel of unsent) {
      parcel.status = "owed";
      parcel.attempts -= 1;
    }
    this.#store.returnUnsent(intents).catch((error: unknown) =>
      this.#log.warn("Deliveries that were not sent could not be written as owed.", {
        connection: working.connection.name,
        deliveries: intents.length,
        error: String(error),
      }),
    );
  }

  async #probe(working: Working): Promise<Probed> {
    try {
      const found = (await working.session.probe()) ?? {};
      this.#log.info("A connection is back.", { connection: working.connection.name });
      working.breaker.back();
      // Those that met only its absence need not sit out their pauses; the breaker lets them go a few at a time.
      const now = this.#clock.now();
      for (const [parcel] of working.later) if (working.whenBack.has(parcel)) working.later.set(parcel, now);
      this.#pump(working);
      return found;
    } catch (error) {
      working.breaker.stillAway(this.#clock.now(), error instanceof Error ? error.message : String(error));
      throw error;
    }
  }
}
