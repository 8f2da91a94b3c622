/**
 * Hands parcels to connections and records how it went.
 *
 * What must stay true: an attempt is on record before it is on the wire, an unclear outcome is never sent again before it
 * was looked into, and one business key sends one parcel at a time to one connection. What may happen after an attempt
 * is decided in `policy.ts`; which parcel is next in `line.ts`; whether the target is called at all in `breaker.ts`; the call
 * itself is made in `call.ts`.
 */
import type { Probed, Receipt, Session } from "../connectors/connector.ts";
import type { Entry } from "../journal/append.ts";
import { CrossdockError, Defect, InDoubt, Refused, Unavailable } from "../std/errors.ts";
import { limits } from "../std/limits.ts";
import type { Log } from "../std/log.ts";
import { milliseconds } from "../std/span.ts";
import type { Calls } from "../trace/figures.ts";
import type { OpenDelivery } from "../work/deliveries.ts";
import type { Arranged } from "./arrangement.ts";
import { answersOf, deliverTo, guaranteesFor, isUnclear, translate, verifyAt } from "./call.ts";
import type { Clock } from "./clock.ts";
import type { ConnectionState, Pause } from "./dock.ts";
import { appliedAs, asideFrom, delayOf, endedAs, statusAfter } from "./endings.ts";
import type { Leases } from "./leases.ts";
import { Leisure } from "./leisure.ts";
import { isTriedAgain, type Parcelled, triedBefore } from "./line.ts";
import { giveWayMs } from "./pace.ts";
import { afterError, goesWhenBack, harmlessTwice, inDoubt, type Standing, type Verdict } from "./policy.ts";
import { PostChecks } from "./post-checks.ts";
import { recall, standsAt } from "./recall.ts";
import { Records, Unrecordable } from "./records.ts";
import { SettingAside } from "./set-aside.ts";
import type { Store } from "./store.ts";
import { atWork, judge, praise, stateOf, type Working } from "./working.ts";

/** How often due times, probes and pages are looked after. */
const TICK_MS = 100;
/** How soon the table is asked again about a delivery it could not tell us about. */
const LOOK_AGAIN_MS = 1_000;
/** Of the calls at once, what may be about parcels that were tried before while others are ready. */
const RETRY_SHARE = 0.3;
export class Dispatcher {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #definitions: Arranged;
  readonly #leases: Leases;
  readonly #lines = new Map<string, Working>();
  /** Connections that are asked what may be promised in the meantime. */
  readonly #promising: ReadonlySet<string>;
  readonly #records: Records;
  readonly #beforeSend: ((parcel: Parcelled) => Promise<void>) | undefined;
  readonly #heard: ((parcel: Parcelled, told: readonly Entry[]) => void) | undefined;
  readonly #aside: SettingAside;
  readonly #checks: PostChecks;
  readonly #leisure: Leisure;
  readonly #waitingFor = new Map<string, Parcelled[]>();
  #waitingLookAt = 0;
  /** The one on the wire that may be ending our workers. */
  #suspect: Parcelled | undefined;
  #takeBackTick: () => void = () => undefined;
  #stopping = false;
  /** What the table is to be asked about, in the order it came up; null while nothing is. */
  #toRead: Set<string> | null = null;

  constructor(given: {
    store: Store;
    clock: Clock;
    log: Log;
    worker: string;
    definitions: Arranged;
    leases: Leases;
    sessions: ReadonlyMap<string, Session>;
    committed: (correlations: readonly string[]) => void;
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
    this.#checks = new PostChecks(given, this.#lines, (name, call) => this.atLeisure(name, call));
    this.#beforeSend = given.beforeSend;
    this.#heard = given.heard;
    this.#leisure = new Leisure(given.clock);
  }

  start(): void {
    const tick = () => {
      this.#takeBackTick = this.#clock.after(TICK_MS, () => {
        for (const working of this.#lines.values()) this.#tend(working);
        this.#lookAfterWaiting();
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

  connections(): ConnectionState[] {
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
      !this.#full(working) &&
      !working.line.busy(subject) &&
      !working.backlog.standsStill(subject)
    );
  }

  /** Takes over what a round has committed. */
  hand(parcels: readonly Parcelled[]): void {
    for (const parcel of parcels) {
      const working = this.#lines.get(parcel.connection);
      if (!working || !this.#leases.held.has(parcel.lane)) continue;
      if (this.#full(working)) {
        // It is in the table; a page will bring it when its turn comes.
        working.backlog.more = true;
        working.backlog.missed = true;
        continue;
      }
      parcel.after = working.backlog.readTo;
      parcel.owedAt = this.#clock.now();
      if (parcel.status === "attempting") working.unsent.add(parcel);
      this.#enqueue(working, parcel);
    }
    for (const working of this.#lines.values()) this.#pump(working);
  }

  /** A person decided about a delivery, or it is not as we remember: look at what the table says now. */
  decided(key: string): void {
    if (this.#toRead) {
      this.#toRead.add(key);
      return;
    }
    this.#toRead = new Set([key]);
    // Whatever comes up before the table is asked is asked with it, and what comes up meanwhile the next time.
    queueMicrotask(() => void this.#readAgain());
  }

  /** These lanes are ours now: read what they owe, page by page, as memory allows. */
  taken(): void {
    for (const working of this.#lines.values()) {
      working.backlog.readAll();
      void this.#page(working);
    }
    this.#aside.taken();
  }

  /** These lanes are not ours any more. What is on the wire ends by itself and records nothing that is not still current. */
  lost(lanes: readonly number[]): void {
    for (const working of this.#lines.values()) {
      working.backlog.lost(lanes);
      for (const parcel of working.line.all()) {
        if (lanes.includes(parcel.lane) && !working.onWire.has(parcel)) this.#forget(working, parcel);
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

  #full(working: Working): boolean {
    return working.backlog.more || !this.#roomFor(working);
  }

  #roomFor({ line, backlog }: Working): boolean {
    return line.size < limits.deliveriesInMemoryMax && backlog.still < limits.keysStillMax;
  }

  #enqueue(working: Working, parcel: Parcelled): void {
    const { line, backlog } = working;
    if (line.has(parcel.key) || backlog.isHead(parcel.key)) return;
    if (backlog.standsStill(parcel.subject)) backlog.leave(parcel.subject, parcel.after);
    else if (working.line.add(parcel)) this.#settleFirst(working, parcel);
  }

  /** A parcel became the first of its subject: is it free, due, or set aside? */
  #settleFirst(working: Working, parcel: Parcelled): void {
    if (parcel.status === "parked" || parcel.status === "held") {
      this.#standStill(working, parcel);
      return;
    }
    if (parcel.status === "in_doubt" && parcel.crashes >= limits.crashesMax) {
      const error = new InDoubt(
        `${parcel.crashes} times a worker was lost while this was being sent or asked about, so it is not tried again by itself.`,
      );
      void this.#conclude(working, parcel, error, { next: "park", as: "parked", why: "unclear outcome" });
      return;
    }
    const after = parcel.afterKey ?? parcel.undoes;
    if (after !== null) {
      this.#waitingFor.set(after, [...(this.#waitingFor.get(after) ?? []), parcel]);
      return;
    }
    if (parcel.dueInMs > 0) working.later.set(parcel, this.#clock.now() + parcel.dueInMs);
    else if (isUnclear(parcel)) this.#resolveDoubt(working, parcel);
    else working.line.makeReady(parcel, this.#clock.now());
  }

  /** It is set aside: its key stands still, and nothing of it stays in memory. Of C4 what comes after it goes on. */
  #standStill(working: Working, parcel: Parcelled): void {
    if (this.#passes(parcel)) {
      this.#forget(working, parcel);
      return;
    }
    const { line, backlog, later } = working;
    backlog.stop(parcel);
    for (const each of line.clear(parcel.subject)) {
      later.delete(each);
      backlog.gone(each.key);
      if (each !== parcel) backlog.leave(each.subject, each.after);
    }
  }

  /** In doubt since a crash or a takeover: the policy says whether to ask, to send, or to show it to a person. */
  #resolveDoubt(working: Working, parcel: Parcelled): void {
    const verdict = inDoubt(this.#standing(working, parcel));
    if (verdict.next === "park") {
      const error = new InDoubt("The worker that was sending it stopped, and the target cannot be asked.");
      void this.#conclude(working, parcel, error, verdict);
    } else if (verdict.next === "verify" && verdict.delayMs > parcel.stoodMs && parcel.dueInMs === 0) {
      // From when it was last heard of, not from now: read back again and again, it would never be asked about.
      parcel.dueInMs = -1;
      working.later.set(parcel, this.#clock.now() + verdict.delayMs - parcel.stoodMs);
    } else {
      working.line.makeReady(parcel, this.#clock.now());
    }
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
      if (parcel.crashes >= limits.crashesMax - 1) {
        // Of what may be ending our workers one is sent at a time, or the innocent are counted with the guilty.
        if (this.#suspect) {
          working.later.set(parcel, this.#clock.now() + TICK_MS);
          continue;
        }
        this.#suspect = parcel;
      }
      working.onWire.add(parcel);
      working.unsent.delete(parcel);
      working.calling += 1;
      if (triedBefore(parcel)) working.retrying += 1;
      else working.retries.sentNew();
      void this.#send(working, parcel);
    }
    if (
      working.backlog.more &&
      !working.loading &&
      working.line.size < limits.deliveriesInMemoryMax / 2 &&
      this.#roomFor(working)
    )
      void this.#page(working);
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

  async #send(working: Working, parcel: Parcelled): Promise<void> {
    await this.#attempt(working, parcel);
    if (this.#suspect === parcel) this.#suspect = undefined;
  }

  async #attempt(working: Working, parcel: Parcelled): Promise<void> {
    const begun = this.#clock.now();
    const verdict = isUnclear(parcel) ? inDoubt(this.#standing(working, parcel)) : undefined;
    if (verdict?.next === "park") {
      // While it waited for its turn the target has forgotten the key under which it knew it.
      working.calling -= 1;
      if (triedBefore(parcel)) working.retrying -= 1;
      const error = new InDoubt("It may have been taken, and the target does not remember its key any more.");
      return this.#conclude(working, parcel, error, verdict);
    }
    const again = triedBefore(parcel);
    const call = await this.#call(working, parcel, verdict?.next === "verify");
    // The target is free for the next one as soon as it has answered; writing that down is our own affair.
    working.calling -= 1;
    if (again) working.retrying -= 1;
    if (call === "stale") return this.#stale(working, parcel);
    const { receipt, error, asked } = call;
    const took = this.#clock.now() - begun;
    if (receipt) return this.#applied(working, parcel, receipt, took);
    if (error === undefined && asked) return this.#notFound(working, parcel);
    judge(working, error, took, this.#clock.now());
    this.#pump(working);
    const standing = this.#standing(working, parcel);
    // A look that failed says nothing about the parcel; it stays in doubt and is asked again.
    const then: Verdict =
      asked && error instanceof Unavailable
        ? { next: "verify", delayMs: 1_000 }
        : afterError(error, standing, this.#clock.chance());
    await this.#conclude(working, parcel, error, then, took);
  }

  /** One call for a parcel: delivers it, or asks about it. Never throws; stale when it is not ours to send. */
  async #call(
    working: Working,
    parcel: Parcelled,
    asked: boolean,
  ): Promise<"stale" | { receipt: Receipt | null; error?: unknown; asked: boolean }> {
    const { connection, session } = working;
    try {
      // The intent comes before the call. New deliveries to forgiving targets were written with it.
      if (asked) {
        if (!(await this.#records.intent(parcel, asked))) return "stale";
        return { receipt: await verifyAt(session, parcel, this.#store), asked };
      }
      if (parcel.status !== "attempting") {
        if (!(await this.#records.intent(parcel, asked))) return "stale";
        parcel.status = "attempting";
        parcel.attempts += 1;
      }
      await this.#beforeSend?.(parcel);
      await translate(parcel, this.#store);
      // We may have slept since the intent (a stopped process, a long collection), and another worker may have looked
      // into this very attempt by now: sending it late is the one thing nobody could notice.
      if (!this.#leases.valid || !this.#leases.held.has(parcel.lane)) return "stale";
      // Where a lease is valid now, nobody else acts for its lane within a heartbeat.
      const writtenBefore = this.#clock.now() + limits.heartbeatMs;
      return { receipt: await deliverTo(connection, session, parcel, writtenBefore), asked };
    } catch (error) {
      return { receipt: null, error, asked };
    }
  }

  async #applied(working: Working, parcel: Parcelled, receipt: Receipt, took: number): Promise<void> {
    const { connection } = working;
    praise(working, took, this.#clock);
    this.#pump(working);
    let changed: boolean;
    let answers: readonly Entry[];
    try {
      // What was told when it was applied before is not told again: a replay is no second event.
      answers = parcel.appliedAs === null ? answersOf(connection.name, parcel, receipt, took) : [];
      changed = await this.#records.outcome(
        appliedAs(connection, parcel, receipt.reference, answers, this.#clock.now() - parcel.owedAt),
      );
    } catch (error) {
      // It took effect, but what the target said cannot be told as a fact: a person has to look, and nothing is resent.
      const [reference, why] = [receipt.reference, error instanceof Error ? error.message : String(error)];
      const cannot = error instanceof Unrecordable ? "recorded" : "read";
      const refused = new Refused(
        `It was taken under ${reference}, but the answer could not be ${cannot}: ${why}`,
        {
          facts: { reference },
        },
      );
      return this.#conclude(working, parcel, refused, { next: "park", as: "parked", why: "contract change" });
    }
    if (changed && parcel.flow.standIn) this.#heard?.(parcel, answers);
    if (changed) this.#settled(working, parcel);
    else this.#stale(working, parcel);
  }

  /** Verify said "never heard of it". */
  async #notFound(working: Working, parcel: Parcelled): Promise<void> {
    parcel.notFound += 1;
    working.breaker.succeeded(this.#clock.now());
    const verdict = inDoubt(this.#standing(working, parcel));
    await this.#conclude(working, parcel, undefined, verdict);
  }

  /** Records an attempt that did not succeed, and does what the verdict says. */
  async #conclude(
    working: Working,
    parcel: Parcelled,
    error: unknown,
    verdict: Verdict,
    took = 0,
  ): Promise<void> {
    const { connection } = working;
    if (
      verdict.next !== "try again" &&
      (error instanceof InDoubt || !(error instanceof CrossdockError || error === undefined)) &&
      parcel.status === "attempting"
    ) {
      parcel.doubts += 1;
      parcel.notFound = 0;
    }
    let changed: boolean;
    let then = verdict;
    try {
      changed = await this.#records.outcome(endedAs(connection, parcel, error, verdict, took));
    } catch (unrecordable) {
      // What happened to it cannot be written down as it was said; that it needs a person can.
      then = asideFrom(verdict);
      const why = unrecordable instanceof Error ? unrecordable.message : String(unrecordable);
      const plain = new Refused(`How the attempt ended cannot be recorded: ${why}.`);
      changed = await this.#records.outcome(endedAs(connection, parcel, plain, then, took));
    }
    working.onWire.delete(parcel);
    if (!changed) return this.#stale(working, parcel);
    parcel.status = statusAfter(then);
    // Its lane went to another worker while the call was on the wire; so did the rest.
    if (!this.#leases.held.has(parcel.lane)) return this.#forget(working, parcel);
    if (then.next === "try again" && goesWhenBack(error, this.#standing(working, parcel)))
      working.whenBack.add(parcel);
    if (then.next === "park") this.#standStill(working, parcel);
    else working.later.set(parcel, this.#clock.now() + delayOf(then));
    this.#pump(working);
  }

  /** C4 is informational: what comes after a parked one does not wait behind it. */
  #passes({ message }: Parcelled): boolean {
    return this.#definitions.contracts.get(message.contract)?.criticality === "C4";
  }

  /** The parcel is resolved: its subject moves on, and so does whatever waited for it. */
  #settled(working: Working, parcel: Parcelled): void {
    this.#forget(working, parcel);
    this.#free(parcel.key);
    this.#pump(working);
  }

  /** This delivery has ended; whatever waited for it may go. */
  #free(key: string): void {
    const waiting = this.#waitingFor.get(key) ?? [];
    this.#waitingFor.delete(key);
    for (const parcel of waiting) {
      if (parcel.afterKey === key) parcel.afterKey = null;
      if (parcel.undoes === key) parcel.undoes = null;
      const working = this.#lines.get(parcel.connection);
      if (working?.line.get(parcel.key) === parcel) {
        this.#settleFirst(working, parcel);
        this.#pump(working);
      }
    }
  }

  /**
   * It is not as we remember: another attempt or a person was there, or our own commit went through and its answer was
   * lost. The table says what is true; until it has, the parcel keeps its place, so that none of its key passes it.
   */
  #stale(working: Working, parcel: Parcelled): void {
    working.onWire.delete(parcel);
    if (this.#leases.held.has(parcel.lane)) this.decided(parcel.key);
    else this.#forget(working, parcel);
    this.#pump(working);
  }

  #forget(working: Working, parcel: Parcelled): void {
    working.onWire.delete(parcel);
    working.later.delete(parcel);
    working.backlog.gone(parcel.key);
    const next = working.line.remove(parcel);
    if (next) this.#settleFirst(working, next);
  }

  #standing({ connection }: Working, parcel: Parcelled): Standing {
    const { flow, message, attempts, doubts, notFound, owedAt } = parcel;
    const criticality = this.#definitions.contracts.get(message.contract)?.criticality ?? "C2";
    return {
      criticality,
      guarantees: guaranteesFor(connection, flow, this.#clock.now() - owedAt),
      attempts,
      doubts,
      notFound,
    };
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
    if (working.breaker.state !== "closed" || working.pause !== null) this.#giveBackUnsent(working, now);
    this.#pump(working);
  }

  /**
   * New deliveries are written with their first intent; while nothing may be sent, those that were not are owed again, or they
   * would be said to be on the wire for as long as their target is away. Should that not be written, they are found to be
   * otherwise than remembered when they are sent, and the table says how.
   */
  #giveBackUnsent(working: Working, now: number): void {
    if (now < working.unsentLookAt) return;
    working.unsentLookAt = now + LOOK_AGAIN_MS;
    const unsent = unsentOf(working);
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

  /**
   * What waits for a delivery that is not in memory may have missed its end, which came between the reading of a page and
   * its taking in; the table is asked once a second.
   */
  #lookAfterWaiting(): void {
    const now = this.#clock.now();
    if (this.#waitingFor.size === 0 || now < this.#waitingLookAt) return;
    this.#waitingLookAt = now + LOOK_AGAIN_MS;
    for (const [key, waiting] of this.#waitingFor) {
      if ([...this.#lines.values()].some(({ line, backlog }) => line.has(key) || backlog.isHead(key)))
        continue;
      this.#waitingFor.delete(key);
      for (const parcel of waiting) {
        if (this.#lines.get(parcel.connection)?.line.get(parcel.key) === parcel) this.decided(parcel.key);
      }
    }
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

  /** Brings the next page of what is owed into memory. */
  async #page(working: Working): Promise<void> {
    if (working.loading || this.#stopping) return;
    working.loading = true;
    try {
      const { backlog } = working;
      while (backlog.more && this.#roomFor(working)) {
        backlog.begin();
        const turn = backlog.turns;
        const lanes = [...this.#leases.held.keys()];
        const page = await this.#store.openDeliveries(
          working.connection.name,
          lanes,
          backlog.readTo,
          limits.deliveriesPage,
        );
        // Asked for before the table was to be read again: its rows would pass those that were left behind.
        const current = turn === backlog.turns ? page : [];
        for (const open of current) if (!backlog.outdated(open.key)) this.#readBack(working, open);
        // What was committed while we read is in the table only; a short page with nothing missed is the end of it.
        backlog.end(turn, page.at(-1)?.id, page.length < limits.deliveriesPage);
      }
    } catch (error) {
      // The next tick tries again.
      working.loading = false;
      this.#log.warn("Open deliveries could not be read; trying again.", {
        connection: working.connection.name,
        error: String(error),
      });
      return;
    }
    working.loading = false;
    this.#pump(working);
  }

  /** Asks the table about all that came up, until nothing more does. */
  async #readAgain(): Promise<void> {
    for (let keys = [...(this.#toRead ?? [])]; keys.length > 0; keys = [...this.#toRead]) {
      this.#toRead = new Set();
      try {
        const open = new Map((await this.#store.openAmong(keys)).map((each) => [each.key, each]));
        // In the order they came up: several of one key that are replayed together keep theirs.
        for (const key of keys) this.#reload(key, open.get(key));
      } catch (error) {
        this.#log.warn("Deliveries could not be read; trying again.", {
          deliveries: keys.length,
          error: String(error),
        });
        if (!this.#stopping)
          this.#clock.after(LOOK_AGAIN_MS, () => {
            for (const key of keys) this.decided(key);
          });
      }
    }
    this.#toRead = null;
  }

  #reload(key: string, open: OpenDelivery | undefined): void {
    for (const working of this.#lines.values()) {
      const known = working.line.get(key);
      if (known) {
        if (!open) {
          this.#settled(working, known);
        } else if (!working.onWire.has(known)) {
          working.later.delete(known);
          working.line.takeBack(known);
          Object.assign(known, standsAt(working.connection, known.flow, open));
          const recalled =
            open.corrected > 0
              ? recall(open, working.connection, this.#definitions, this.#clock.now())
              : null;
          // A person corrected what it carries.
          if (recalled && !("lacks" in recalled))
            Object.assign(known, { message: recalled.message, cargo: undefined });
          if (working.line.isFirst(known)) this.#settleFirst(working, known);
          this.#pump(working);
        } else if (!this.#stopping) {
          // Its call has ended and not been taken note of yet; what was decided about it is looked at after that.
          this.#clock.after(LOOK_AGAIN_MS, () => this.decided(key));
        }
        return;
      }
      if (!working.backlog.isHead(key)) continue;
      if (open && (open.status === "parked" || open.status === "held")) return;
      const more = working.backlog.move(key);
      if (open) this.#bringBack(working, open);
      else this.#free(key);
      if (more) void this.#page(working);
      this.#pump(working);
      return;
    }
    if (!open) return;
    const working = this.#lines.get(open.connection);
    if (working) {
      this.#bringBack(working, open);
      this.#pump(working);
    } else if (open.status !== "parked" && open.status !== "held") this.#aside.stray(open);
  }

  /** It moves again: into memory, or by a page when there is room for it. */
  #bringBack(working: Working, open: OpenDelivery): void {
    if (this.#roomFor(working)) this.#readBack(working, open);
    else working.backlog.leaveUntilRoom(String(BigInt(open.id) - 1n));
  }

  #readBack(working: Working, open: OpenDelivery): void {
    const { line, backlog, connection } = working;
    if (line.has(open.key) || backlog.isHead(open.key) || !this.#leases.held.has(open.lane)) return;
    const recalled = recall(open, connection, this.#definitions, this.#clock.now());
    const aside = open.status === "parked" || open.status === "held";
    if ("lacks" in recalled) {
      if (backlog.standsStill(open.subject)) backlog.leave(open.subject, String(BigInt(open.id) - 1n));
      else backlog.stop(open);
      if (!aside) this.#aside.cannot(open, recalled);
      return;
    }
    this.#enqueue(working, recalled);
    // The build before lacked what it needs; this one does not.
    if (aside && open.waitsFor !== null && LACKED.test(open.waitsFor)) this.#aside.goAgain(open.key);
  }
}

/** Said to be on the wire, and certainly not given to the target: not by us, and not by whoever had the lane before. */
const unsentOf = ({ line, unsent }: Working): Parcelled[] =>
  line.all().filter((parcel) => parcel.status === "attempting" && unsent.has(parcel));

const LACKED = /^(flow|contract|connection)\//;
