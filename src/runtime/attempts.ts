/**
 * Makes one attempt at a delivery: the intent on record, the call, the outcome on record.
 *
 * What must stay true: an attempt is on record before it is on the wire, and an unclear outcome is never sent again before it was
 * looked into. What may happen after an attempt is decided in `policy.ts`; the call itself is made in `call.ts`.
 */
import type { Receipt } from "../connectors/connector.ts";
import type { Entry } from "../journal/append.ts";
import { CrossdockError, InDoubt, Refused, Unavailable } from "../std/errors.ts";
import { limits } from "../std/limits.ts";
import type { Arranged } from "./arrangement.ts";
import { answersOf, handOver, isUnclear, refusalOf, translate, verifyAt } from "./call.ts";
import type { Clock } from "./clock.ts";
import { appliedAs, asideFrom, delayOf, endedAs, type Failed, statusAfter } from "./endings.ts";
import type { Leases } from "./leases.ts";
import { type Parcelled, triedBefore } from "./line.ts";
import { afterError, goesWhenBack, inDoubt, type Verdict } from "./policy.ts";
import { type Records, Unrecordable } from "./records.ts";
import type { Store } from "./store.ts";
import type { Whereabouts } from "./whereabouts.ts";
import { judge, praise, standingOf, type Working } from "./working.ts";

interface Given {
  readonly store: Store;
  readonly clock: Clock;
  readonly definitions: Arranged;
  readonly leases: Leases;
  readonly records: Records;
  readonly whereabouts: Whereabouts;
  /** The target is free for another one. */
  readonly pump: (working: Working) => void;
  /** May change what is sent, or refuse it, before a byte leaves. */
  readonly beforeSend?: ((parcel: Parcelled) => Promise<void>) | undefined;
  /** Told what became of the answers to questions whose last answer may stand in. */
  readonly heard?: ((parcel: Parcelled, told: readonly Entry[]) => void) | undefined;
}

export class Attempts {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #definitions: Arranged;
  readonly #leases: Leases;
  readonly #records: Records;
  readonly #whereabouts: Whereabouts;
  readonly #pump: (working: Working) => void;
  readonly #beforeSend: Given["beforeSend"];
  readonly #heard: Given["heard"];

  constructor(given: Given) {
    this.#store = given.store;
    this.#clock = given.clock;
    this.#definitions = given.definitions;
    this.#leases = given.leases;
    this.#records = given.records;
    this.#whereabouts = given.whereabouts;
    this.#pump = given.pump;
    this.#beforeSend = given.beforeSend;
    this.#heard = given.heard;
  }

  /** Sends it, or asks about it, and records how that went. What is counted as calling when it begins is not when it has answered. */
  async make(working: Working, parcel: Parcelled): Promise<void> {
    const begun = this.#clock.now();
    const verdict = isUnclear(parcel)
      ? inDoubt(standingOf(working, parcel, this.#definitions, this.#clock.now()))
      : undefined;
    if (verdict?.next === "park") {
      // While it waited for its turn the target has forgotten the key under which it knew it.
      working.calling -= 1;
      if (triedBefore(parcel)) working.retrying -= 1;
      const error = new InDoubt("It may have been taken, and the target does not remember its key any more.");
      return this.conclude(working, parcel, { error, verdict });
    }
    const again = triedBefore(parcel);
    const call = await this.#call(working, parcel, verdict?.next === "verify");
    // The target is free for the next one as soon as it has answered; writing that down is our own affair.
    working.calling -= 1;
    if (again) working.retrying -= 1;
    if (call === "stale") return this.#whereabouts.stale(working, parcel);
    const { receipt, error, asked, heard } = call;
    const took = this.#clock.now() - begun;
    if (receipt) return this.#applied(working, parcel, receipt, took);
    if (error === undefined && asked) return this.#notFound(working, parcel);
    judge(working, error, took, this.#clock.now());
    this.#pump(working);
    const standing = standingOf(working, parcel, this.#definitions, this.#clock.now());
    // A look that failed says nothing about the parcel; it stays in doubt and is asked again.
    const then: Verdict =
      asked && error instanceof Unavailable
        ? { next: "verify", delayMs: 1_000 }
        : afterError(error, standing, this.#clock.chance());
    const failed = { error, verdict: then, took };
    const refused = heard && then.next === "park" && error instanceof Refused;
    const told = refused ? refusalOf(working.connection.name, parcel, error) : {};
    await this.conclude(working, parcel, { ...failed, ...told });
  }

  /**
   * One call for a parcel: delivers it, or asks about it. Never throws; stale when it is not ours to send. `heard`: what was thrown
   * is the target's word about it, not ours.
   */
  async #call(
    working: Working,
    parcel: Parcelled,
    asked: boolean,
  ): Promise<"stale" | { receipt: Receipt | null; error?: unknown; asked: boolean; heard?: boolean }> {
    const { connection, session } = working;
    let heard = false;
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
      const send = handOver(connection, session, parcel);
      heard = true;
      // Where a lease is valid now, nobody else acts for its lane within a heartbeat.
      return { receipt: await send(this.#clock.now() + limits.heartbeatMs), asked };
    } catch (error) {
      return { receipt: null, error, asked, heard };
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
      const verdict: Verdict = { next: "park", as: "parked", why: "contract change" };
      return this.conclude(working, parcel, { error: refused, verdict });
    }
    if (changed && parcel.flow.standIn) this.#heard?.(parcel, answers);
    if (changed) this.#whereabouts.settled(working, parcel);
    else this.#whereabouts.stale(working, parcel);
  }

  /** Verify said "never heard of it". */
  async #notFound(working: Working, parcel: Parcelled): Promise<void> {
    parcel.notFound += 1;
    working.breaker.succeeded(this.#clock.now());
    const verdict = inDoubt(standingOf(working, parcel, this.#definitions, this.#clock.now()));
    await this.conclude(working, parcel, { error: undefined, verdict });
  }

  /** Records an attempt that did not succeed, and does what the verdict says. */
  async conclude(working: Working, parcel: Parcelled, failed: Failed): Promise<void> {
    const { connection } = working;
    const { error, verdict, took } = failed;
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
      changed = await this.#records.outcome(endedAs(connection, parcel, failed));
    } catch (unrecordable) {
      // What happened to it cannot be written down as it was said; that it needs a person can.
      then = asideFrom(verdict);
      const why = unrecordable instanceof Error ? unrecordable.message : String(unrecordable);
      const plain = new Refused(`How the attempt ended cannot be recorded: ${why}.`);
      changed = await this.#records.outcome(
        endedAs(connection, parcel, { error: plain, verdict: then, ...(took === undefined ? {} : { took }) }),
      );
    }
    working.onWire.delete(parcel);
    if (!changed) return this.#whereabouts.stale(working, parcel);
    parcel.status = statusAfter(then);
    // Its lane went to another worker while the call was on the wire; so did the rest.
    if (!this.#leases.held.has(parcel.lane)) return this.#whereabouts.forget(working, parcel);
    if (
      then.next === "try again" &&
      goesWhenBack(error, standingOf(working, parcel, this.#definitions, this.#clock.now()))
    )
      working.whenBack.add(parcel);
    if (then.next === "park") this.#whereabouts.standStill(working, parcel);
    else working.later.set(parcel, this.#clock.now() + delayOf(then));
    this.#pump(working);
  }
}
