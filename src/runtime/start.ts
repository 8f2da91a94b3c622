/**
 * Starts the dock: store, sessions, loops; and stops it in the order that loses nothing.
 *
 * Stopping: no new arrivals, no new rounds, calls end and are recorded, intents never acted on are taken back, lanes are
 * given up. Whatever that order misses (SIGKILL) is found again by the next owner of the lanes.
 */
import { hostname } from "node:os";
import type { Connection, Session } from "../connectors/connector.ts";
import { FeedDelivered, PeriodStatusChanged } from "../contracts/canon/costing.ts";
import { CutoverRequested } from "../contracts/canon/cutover.ts";
import { dayAfter, spanOf } from "../contracts/fiscal.ts";
import { recordsOf } from "../flows/flow.ts";
import { entryOf } from "../journal/append.ts";
import { CrossdockError, Unavailable, Unusable } from "../std/errors.ts";
import { limits } from "../std/limits.ts";
import { type Log, silent } from "../std/log.ts";
import { isSecretReference } from "../std/secret.ts";
import { type Address, openPool } from "../std/sql.ts";
import { isUuid } from "../std/uuid.ts";
import { bringForward } from "../trace/balance.ts";
import { fingerprintOf } from "../trace/causes.ts";
import { escalateHolds, windHolds } from "../work/holds.ts";
import { subscribe } from "../work/subscriptions.ts";
import { Agreements } from "./agreements.ts";
import { Archive, type Retention } from "./archive.ts";
import { arrange, type Integration, subscriptionsOf } from "./arrangement.ts";
import { askAfter } from "./asking.ts";
import { assemble } from "./assemble.ts";
import { AuditSeal } from "./audit-seal.ts";
import { Batches } from "./batches.ts";
import { type Clock, pause, realClock } from "./clock.ts";
import { Deeds } from "./deeds.ts";
import { DemonstrationClock } from "./demonstration-clock.ts";
import type { Actor, ConnectionState, Dock } from "./dock.ts";
import { BatchDecided, ConnectionDecided, QuestionAnswered, RunbookFollowed } from "./facts.ts";
import { Figures } from "./figures.ts";
import { tryFlow } from "./flow-trial.ts";
import { FOUR_EYES, type FourEyes } from "./four-eyes.ts";
import { HeldDocuments, tendingDocuments } from "./held-documents.ts";
import { clocksOf, type Holds } from "./holds.ts";
import { mending } from "./mending.ts";
import { Moves } from "./moves.ts";
import { PERIODS, type PeriodPolicy, Periods, periodId } from "./periods.ts";
import { openPostgresStore } from "./postgres-store.ts";
import { Pressure } from "./pressure.ts";
import { Promises } from "./promises.ts";
import { Receiving } from "./receiving.ts";
import { refuseRestored } from "./restored.ts";
import { wordsOf } from "./runbooks.ts";
import { openSecret, openSecrets } from "./secrets.ts";
import { Selections } from "./selections.ts";
import { ServiceLevels } from "./service-levels.ts";
import { sideBySide } from "./side-by-side.ts";
import { StandingIn } from "./standing-in.ts";
import type { Act } from "./store.ts";
import { deed, said, tended } from "./tending.ts";
import { WaitingArrivals } from "./waiting-arrivals.ts";
import { askedAbout, whatIf } from "./what-if.ts";

export interface StartOptions extends Integration {
  /** A PostgreSQL whose schema is migrated. */
  readonly database: Address;
  /** Names this worker; unique among those that share the database. */
  readonly worker?: string;
  readonly log?: Log;
  readonly clock?: Clock;
  /** How long to keep what happened, and where it goes then; without it everything is kept. */
  readonly retention?: Retention;
  /** Signs how the audit stands, with this key (PEM, or a secret reference to one); without it nothing is signed. */
  readonly audit?: { readonly key: string; readonly anchor?: string };
  /** Fiscal calendars, what posts into them, and what becomes of a posting whose period is closed. */
  readonly periods?: Partial<PeriodPolicy>;
  /** How soon business holds are to be decided, by owner; without it a day. */
  readonly holds?: Holds;
  /** When a second person must agree; without it the careful default. */
  readonly fourEyes?: Partial<FourEyes>;
  /** Lets due times be brought nearer. For demonstrations; a site that does real work never has it. */
  readonly demonstrationClock?: boolean;
}

/** How often counts are folded and partitions made. */
const HOUSEKEEPING_MS = 5_000;
/** Retention is looked at once in this many rounds: every hour. */
const RETENTION_ROUNDS = 720;
/** The audit is signed once in this many rounds: every minute, when something was written. */
const SEAL_ROUNDS = 12;
/** How long calls may take to end when we stop. */
const GRACE_MS = 8_000;

/** Starts working for the lanes it can get. Throws `Unusable` for definitions or settings that cannot work. */
export async function start(options: StartOptions): Promise<Dock> {
  const { database, log = silent, clock = realClock } = options;
  const worker = options.worker ?? `${hostname()}-${process.pid}-${clock.id().slice(-6)}`;
  const definitions = arrange(options);
  const pool = openPool(database, {
    max: 5,
    name: "crossdock faces",
    answerWithinMs: limits.databaseAnswerMs,
  });
  await refuseRestored(pool).catch(async (error: unknown) => {
    await pool.end();
    throw error;
  });
  const store = await openPostgresStore(database);
  const stopping = new AbortController();
  const listeners = new Set<(correlations: readonly string[]) => void>();
  const tell = (correlations: readonly string[]) => {
    if (correlations.length > 0) for (const listener of listeners) listener(correlations);
  };

  const receiving = new Receiving({
    clock,
    log,
    signal: stopping.signal,
    retryAfterSeconds: () => intake.retryAfterSeconds,
    accept: (flow, arrival) => intake.accept(flow, arrival),
    takes: ({ name, stages }) => (recordsOf(stages) ? (file) => batches.take(name, file) : null),
  });
  const sessions = await openSessions(
    [...definitions.connections.values()],
    clock,
    log,
    stopping.signal,
    receiving,
  );
  const periodPolicy: PeriodPolicy = { ...PERIODS, ...options.periods };
  const periods = new Periods(store, periodPolicy, definitions);
  const heldDocuments = new HeldDocuments(
    pool,
    (delivery, actor) => deeds.onDelivery({ delivery, act: "try again", seen: undefined }, actor),
    log,
  );
  const pressure = new Pressure({ pool, clock, log });
  const standingIn = new StandingIn({
    store,
    definitions,
    clock,
    log,
    signal: stopping.signal,
    unanswered: () => dispatcher.unanswered(),
    watch: (what, act, instead) => suspicion.watch(what, act, instead),
  });
  const { leases, dispatcher, intake, suspicion, committed, ...loops } = assemble({
    store,
    clock,
    log,
    worker,
    definitions,
    sessions,
    tell,
    pressure,
    async beforeSend(parcel) {
      await heldDocuments.mayGo(parcel);
      await periods.mayPost(parcel);
    },
    heard: (parcel, told) => standingIn.heard(parcel, told),
  });
  const batches = new Batches({
    store,
    definitions,
    clock,
    log,
    worker,
    suspicion,
    committed,
    signal: stopping.signal,
  });
  const seal = options.audit && sealWith(options.audit);
  const clocks = clocksOf(options.holds ?? {});
  const { retention } = options;
  const archive =
    retention && new Archive({ database, retention, contracts: definitions.contracts, clock, log });
  const deeds = new Deeds({ pool, clock, definitions, act });
  const selections = new Selections({
    store,
    definitions,
    clock,
    log,
    worker,
    suspicion,
    signal: stopping.signal,
    act,
    policy: { ...FOUR_EYES, ...options.fourEyes },
    ledgerOf: (delivery) => periods.ledgerOf(delivery),
    onDelivery: (what, actor) => deeds.onDelivery(what, actor),
    onMissed: (missed, actor, item) => deeds.backfill(missed, actor, item),
    onInput: (given, actor, item) => deeds.give(given, actor, item),
    onInstance: (subject, actor, item) => deeds.resume(subject, actor, item),
    onArrival: (id, actor, item) => readAgain(id, actor, item),
    onException: (id, actor, item) => deeds.resolve(id, actor, item),
    fingerprintOf: (cause) => fingerprintOf(pool, cause),
  });
  const { text, values } = subscribe(subscriptionsOf(definitions));
  await pool.query(text, [...values]);
  heldDocuments.obey((await store.figures.stops()).documents);
  await loops.begin();
  const connections = (): ConnectionState[] =>
    dispatcher.connections().map((line) => ({ ...line, unheard: receiving.unheard(line.name) }));
  const figures = new Figures({
    store: store.figures,
    clock,
    log,
    worker,
    connections,
    takeCalls: () => dispatcher.takeCalls(),
    obey({ pauses, documents }) {
      dispatcher.obey(pauses);
      heldDocuments.obey(documents);
    },
  });
  const writing = figures.run(stopping.signal);
  const keepingUp = pressure.run(stopping.signal);
  const agreements = new Agreements({
    definitions,
    sessions,
    clock,
    log,
    suspicion,
    committed,
    store: store.agreements,
    mine: () => leases.valid && leases.held.has(0),
    connections,
    atLeisure: (name, call) => dispatcher.atLeisure(name, call),
  });
  const watching = agreements.run(stopping.signal);
  const received = [...definitions.inbound.values()].map((flow) => {
    const session = sessions.get(flow.connection.name);
    return session?.receive ? receiving.run(flow, session) : Promise.resolve();
  });
  const readingAgain = batches.readAgain();
  const carryingOut = selections.carryOut();
  const promises = new Promises({ store: store.promises, clock, log, signal: stopping.signal });
  const trueing = Promise.all([promises.run(), standingIn.run()]);
  const waitingArrivals = new WaitingArrivals({
    pool,
    store,
    definitions,
    clock,
    log,
    signal: stopping.signal,
    accept: (flow, arrival) => intake.accept(flow, arrival),
    readAgain: (flow, arrival, source) => intake.readAgain(flow, arrival, source),
  });
  const readAgain: Deeds["readAgain"] = async (...asked) => {
    const done = await deeds.readAgain(...asked);
    if (done) waitingArrivals.ring();
    return done;
  };
  const waiting = waitingArrivals.run();
  const serviceLevels = new ServiceLevels({ pool, clock, definitions });
  const chores = housekeeping();
  log.info("Working.", { worker, lanes: leases.held.size });

  let stopped: Promise<void> | undefined;
  const askingAround = {
    db: pool,
    store,
    definitions,
    sessions,
    atLeisure: <Answer>(name: string, call: () => Promise<Answer>) => dispatcher.atLeisure(name, call),
  };
  const dock: Dock = {
    definitions,
    pool,
    worker,
    accept: (flow, arrival, source) => intake.accept(flow, arrival, source),
    async ask(name, question, { deadlineMs }) {
      const session = sessions.get(name);
      if (!session?.ask) throw new Unusable(`There is no connection ${name} that can be asked.`);
      return session.ask(question, deadlineMs);
    },
    async answer(question, verdict, actor, comment) {
      const { rows } = await pool.query(
        "select process, key, approval, correlation from question where id = $1",
        [question],
      );
      const asked = rows[0] as
        | { process: string; key: string; approval: string; correlation: string }
        | undefined;
      if (!asked) return false;
      const { process: name, key: instance, approval } = asked;
      const fact = QuestionAnswered.of({
        question,
        process: name,
        instance,
        approval,
        verdict,
        by: actor.name,
        comment,
      });
      const entry = entryOf(fact, {
        ...said(actor),
        id: `${question}:answer`,
        correlation: asked.correlation,
      });
      return act({
        ...deed(actor, verdict === "approved" ? "approve" : "decline", question),
        entry,
        guard: { question, verdict, comment },
      });
    },
    tryAgain: async (subject, actor, seen) =>
      (await deeds.onDelivery({ delivery: subject, act: "try again", seen }, actor)) ||
      (await deeds.resume(subject, actor)) ||
      readAgain(subject, actor),
    resolve: (exception, actor) => deeds.resolve(exception, actor),
    async tend(cause, tending, actor) {
      const fingerprint = await fingerprintOf(pool, cause);
      if (fingerprint === null) return false;
      return act(tended(fingerprint, tending, actor, clock.id()));
    },
    settle: (delivery, verdict, actor, seen) =>
      verdict === "not booked"
        ? deeds.onDelivery({ delivery, act: "try again", seen }, actor)
        : deeds.booked(delivery, verdict.booked, actor, seen),
    cancelDelivery: (delivery, actor, seen) => deeds.onDelivery({ delivery, act: "cancel", seen }, actor),
    selections,
    sideBySide: (correlation, position, reveal) =>
      sideBySide({ db: pool, store, definitions }, correlation, position, reveal),
    tryFlow: (flow, input) => tryFlow({ db: pool, store, definitions }, flow, input),
    whatIf: (cutover) => whatIf(askingAround, cutover),
    wouldBook: (cutover, documents) => askedAbout(askingAround, cutover, documents),
    async decideBatch(batch, verdict, actor) {
      if (!isUuid(batch)) return false;
      const fact = BatchDecided.of({ batch, verdict, by: actor.name, reason: actor.reason ?? "" });
      const entry = entryOf(fact, { ...said(actor), id: `batch:${batch}:${verdict}:${clock.id()}` });
      const done = await act({
        ...deed(actor, `${verdict} batch`, `batch/${batch}`),
        entry,
        guard: { batch, verdict },
      });
      if (done) batches.ring();
      return done;
    },
    async decideConnection(connection, verdict, actor, until = null) {
      if (!definitions.connections.has(connection))
        throw new Unusable(`There is no connection ${connection}.`, { facts: { connection } });
      const reason = actor.reason ?? "";
      const fact = ConnectionDecided.of({ connection, verdict, until, by: actor.name, reason });
      const entry = entryOf(fact, {
        ...said(actor),
        id: `connection:${connection}:${verdict}:${clock.id()}`,
      });
      const done = await act({
        ...deed(actor, `${verdict} connection`, `connection/${connection}`),
        entry,
        guard: { connection, verdict, reason, until },
      });
      if (done) await figures.look();
      return done;
    },
    moves: new Moves({ pool, definitions, move: (what, actor) => deeds.move(what, actor) }),
    probe: (connection, actor) =>
      askAfter(
        {
          pool,
          clock,
          connections: definitions.connections,
          sessions,
          probe: (name) => dispatcher.probe(name),
        },
        connection,
        actor,
      ),
    promises,
    periods: periodPolicy,
    async decidePeriod(ledger, period, status, actor) {
      const id = periodId(ledger, period);
      if (!PERIOD.test(period)) throw new Unusable(`"${period}" is no period. Write it like 2026-11.`);
      if (!spanOf(periods.calendar(ledger), period))
        throw new Unusable(`The calendar of ${ledger} has no period ${period}; nothing was changed.`);
      const fact = PeriodStatusChanged.of({
        periodId: id,
        entity: ledger,
        fiscalPeriod: period,
        periodStatus: status,
        by: actor.name,
        changedAt: clock.date().toISOString(),
      });
      const done = await act({
        ...deed(
          actor,
          `${status === "open" ? "open" : status === "closed" ? "close" : "soft-close"} period`,
          `period/${id}`,
        ),
        entry: entryOf(fact, { ...said(actor), id: `period:${id}:${clock.id()}` }),
        guard: { period: id, status },
      });
      if (!done) return null;
      return { released: status === "open" ? await release(id, actor) : null };
    },
    async askCutover({ id, step, entity, plant }, to, actor) {
      const fact = CutoverRequested.of({
        cutoverId: id,
        step,
        entity,
        plant,
        to,
        by: actor.name,
        reason: actor.reason ?? "",
      });
      return act({
        ...deed(actor, "ask for a stage", `cutover/${id}`),
        entry: entryOf(fact, { ...said(actor), id: `cutover:${id}:${clock.id()}` }),
        guard: { cutover: id, to },
      });
    },
    async feedDelivered(feed, through, actor) {
      const known = [...new Set(Object.values(periodPolicy.feeds).flat())];
      if (!known.includes(feed))
        throw new Unusable(
          `No ledger waits for a feed ${feed}. ${known.length === 0 ? "None waits for any: name them in periods.feeds." : `They wait for ${known.join(", ")}.`}`,
        );
      dayAfter(through); // Refuses what is no day of the calendar.
      const fact = FeedDelivered.of({ feed, through, by: actor.name, saidAt: clock.date().toISOString() });
      return act({
        ...deed(actor, "feed delivered", `feed/${feed}`),
        entry: entryOf(fact, { ...said(actor), id: `feed:${feed}:${clock.id()}` }),
        guard: { feed, through },
      });
    },
    ...tendingDocuments({ held: heldDocuments, clock, act, look: () => figures.look() }),
    ...mending({
      pool,
      definitions,
      clock,
      agreements,
      deeds,
      selections,
      act,
      accept: (flow, arrival, source) => intake.accept(flow, arrival, source),
    }),
    async followRunbook(known, step, actor) {
      const run = known ?? clock.id();
      if (!isUuid(run)) return null;
      const fact = RunbookFollowed.of({
        run,
        what: step.state,
        said: wordsOf(step),
        by: actor.name,
        reason: actor.reason ?? "",
      });
      const entry = entryOf(fact, { ...said(actor), id: `run:${run}:${step.state}:${clock.id()}` });
      const done = await act({
        ...deed(actor, `runbook ${step.state}`, `run/${run}`),
        entry,
        guard: { run, to: step },
      });
      return done ? run : null;
    },
    demonstrationClock: options.demonstrationClock
      ? new DemonstrationClock({ pool, clock, definitions, moved: lookAgain })
      : null,
    connections,
    retryAfterSeconds: () => intake.retryAfterSeconds,
    keeping: () => pressure.keeping,
    onCommit(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stop() {
      stopped ??= stop();
      return stopped;
    },
  };
  return dock;

  /** Lets go what is on hold for a period that is open again, one act for each cause; returns the last one. */
  async function release(period: string, actor: Actor): Promise<string | null> {
    const { rows } = await pool.query<{ fingerprint: string }>(
      "select distinct fingerprint from exception where resolved_at is null and class = 'business hold' and strpos(fingerprint, $1) > 0",
      [`PERIOD_CLOSED ${period}`],
    );
    let released: string | null = null;
    for (const { fingerprint } of rows) {
      const reason = actor.reason ?? `Period ${period} is open again.`;
      released = await selections.freeze({ cause: fingerprint }, "try again", { reason }, actor);
      await selections.decide(released, "run", { ...actor, reason });
    }
    return released;
  }

  function sealWith({ key, anchor }: NonNullable<StartOptions["audit"]>): AuditSeal {
    const privateKey = isSecretReference(key) ? openSecret(key) : key;
    return new AuditSeal({ pool, privateKey, anchor: anchor ?? null, clock });
  }

  async function act(given: Act): Promise<boolean> {
    const done = await store.act(given);
    if (done) committed([given.entry.correlation]);
    return done;
  }

  /** What waited has come due, or milestones have. */
  async function lookAgain(): Promise<void> {
    serviceLevels.anew();
    await leases.recheck();
  }

  async function housekeeping(): Promise<void> {
    for (let round = 0; !stopping.signal.aborted; round += 1) {
      await pause(clock, HOUSEKEEPING_MS, stopping.signal);
      if (stopping.signal.aborted) return;
      try {
        await store.housekeeping();
        for (const { text, values } of [windHolds(clocks), escalateHolds(clocks)])
          await pool.query(text, [...values]);
        if (round % SEAL_ROUNDS === SEAL_ROUNDS - 1) await seal?.seal();
        if (round % RETENTION_ROUNDS === RETENTION_ROUNDS - 1) await pool.query(bringForward.text);
        if (round % RETENTION_ROUNDS === 0) await archive?.forget();
        await serviceLevels.look();
      } catch (error) {
        log.warn("Housekeeping failed; trying again.", { error: String(error) });
      }
    }
  }

  async function stop(): Promise<void> {
    stopping.abort();
    for (const ended of await Promise.allSettled([
      batches.stop(),
      readingAgain,
      carryingOut,
      trueing,
      waiting,
    ])) {
      if (ended.status === "rejected")
        log.warn(
          "Something did not stop as it should; what it had under way is gone on with by another worker.",
          {
            error: String(ended.reason),
          },
        );
    }
    await loops.stop(GRACE_MS);
    await Promise.race([
      Promise.allSettled([...received, chores, writing, keepingUp, watching]),
      pause(clock, 2_000),
    ]);
    await Promise.allSettled([...sessions.values()].map((session) => session.close()));
    await seal
      ?.seal()
      .catch((error: unknown) => log.warn("The audit was not signed.", { error: String(error) }));
    await store.close();
    await pool.end();
    log.info("Stopped.", { worker });
  }
}

const PERIOD = /^\d{4}-\d{2}$/;
async function openSessions(
  connections: readonly Connection[],
  clock: Clock,
  log: Log,
  signal: AbortSignal,
  receiving: Receiving,
): Promise<Map<string, Session>> {
  const around = {
    now: () => clock.date(),
    signal,
    log: (sentence: string, facts = {}) => log.info(sentence, facts),
  };
  const opened = await Promise.all(
    connections.map(async (connection) => {
      try {
        return [
          connection.name,
          await connection.connector.open(openSecrets(connection.config), {
            ...around,
            hears: (because) => receiving.hears(connection.name, because),
            concurrency: connection.concurrency,
          }),
        ] as const;
      } catch (error) {
        if (error instanceof CrossdockError && !(error instanceof Unavailable)) throw error;
        throw new Unusable(
          `The connection ${connection.name} cannot be opened: ${error instanceof Error ? error.message : String(error)}`,
          { cause: error },
        );
      }
    }),
  );
  return new Map(opened);
}
