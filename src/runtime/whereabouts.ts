/**
 * Where each delivery in memory stands: it may go, is not due yet, waits for another, is unclear, or stands still with its key.
 *
 * What must stay true: of one business key only the first may move, and whatever waited for another goes when that has ended, also
 * where its end was missed. What is sent and how it ended is in `attempts.ts`; what is read from the table in `reading-back.ts`.
 */
import { InDoubt } from "../std/errors.ts";
import { limits } from "../std/limits.ts";
import type { Arranged } from "./arrangement.ts";
import { isUnclear } from "./call.ts";
import type { Clock } from "./clock.ts";
import type { Failed } from "./endings.ts";
import type { Leases } from "./leases.ts";
import type { Parcelled } from "./line.ts";
import { inDoubt, type Verdict } from "./policy.ts";
import { standingOf, type Working } from "./working.ts";

/** How soon the table is asked again about a delivery it could not tell us about. */
const LOOK_AGAIN_MS = 1_000;

interface Given {
  readonly clock: Clock;
  readonly definitions: Arranged;
  readonly leases: Leases;
  readonly lines: ReadonlyMap<string, Working>;
  /** Something may go now. */
  readonly pump: (working: Working) => void;
  /** It is not as we remember: the table is to be read. */
  readonly decided: (key: string) => void;
  /** Records that it ended in this way. */
  readonly conclude: (working: Working, parcel: Parcelled, failed: Failed) => Promise<void>;
}

export class Whereabouts {
  readonly #clock: Clock;
  readonly #definitions: Arranged;
  readonly #leases: Leases;
  readonly #lines: ReadonlyMap<string, Working>;
  readonly #pump: (working: Working) => void;
  readonly #decided: (key: string) => void;
  readonly #conclude: Given["conclude"];
  readonly #waitingFor = new Map<string, Parcelled[]>();
  #waitingLookAt = 0;

  constructor(given: Given) {
    this.#clock = given.clock;
    this.#definitions = given.definitions;
    this.#leases = given.leases;
    this.#lines = given.lines;
    this.#pump = given.pump;
    this.#decided = given.decided;
    this.#conclude = given.conclude;
  }

  /** It is in memory from now on, behind those of its key; one of a key that stands still, or that has enough there, is left in the table. */
  enqueue(working: Working, parcel: Parcelled): void {
    const { line, backlog } = working;
    if (line.has(parcel.key) || backlog.isHead(parcel.key)) return;
    const { subject, after } = parcel;
    if (backlog.standsStill(subject)) backlog.leave(subject, after);
    else if (backlog.isLong(subject) || line.of(subject) >= limits.deliveriesOfOneKeyMax)
      backlog.leaveRest(subject, after);
    else if (line.add(parcel)) this.settleFirst(working, parcel);
  }

  /** A parcel became the first of its subject: is it free, due, or set aside? */
  settleFirst(working: Working, parcel: Parcelled): void {
    if (parcel.status === "parked" || parcel.status === "held") {
      this.standStill(working, parcel);
      return;
    }
    if (parcel.status === "in_doubt" && parcel.crashes >= limits.crashesMax) {
      const error = new InDoubt(
        `${parcel.crashes} times a worker was lost while this was being sent or asked about, so it is not tried again by itself.`,
      );
      const verdict: Verdict = { next: "park", as: "parked", why: "unclear outcome" };
      this.#ends(working, parcel, { error, verdict });
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
  standStill(working: Working, parcel: Parcelled): void {
    if (this.#passes(parcel)) {
      this.forget(working, parcel);
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
    const verdict = inDoubt(standingOf(working, parcel, this.#definitions, this.#clock.now()));
    if (verdict.next === "park") {
      const error = new InDoubt("The worker that was sending it stopped, and the target cannot be asked.");
      this.#ends(working, parcel, { error, verdict });
    } else if (verdict.next === "verify" && verdict.delayMs > parcel.stoodMs && parcel.dueInMs === 0) {
      // From when it was last heard of, not from now: read back again and again, it would never be asked about.
      parcel.dueInMs = -1;
      working.later.set(parcel, this.#clock.now() + verdict.delayMs - parcel.stoodMs);
    } else {
      working.line.makeReady(parcel, this.#clock.now());
    }
  }

  /** It ends without a call. Until that is on record it keeps its place as what is on the wire does: read back meanwhile, it would end twice. */
  #ends(working: Working, parcel: Parcelled, failed: Failed): void {
    working.onWire.add(parcel);
    void this.#conclude(working, parcel, failed);
  }

  /** The parcel is resolved: its subject moves on, and so does whatever waited for it. */
  settled(working: Working, parcel: Parcelled): void {
    this.forget(working, parcel);
    this.free(parcel.key);
    this.#pump(working);
  }

  /** This delivery has ended; whatever waited for it may go. */
  free(key: string): void {
    const waiting = this.#waitingFor.get(key) ?? [];
    this.#waitingFor.delete(key);
    for (const parcel of waiting) {
      if (parcel.afterKey === key) parcel.afterKey = null;
      if (parcel.undoes === key) parcel.undoes = null;
      const working = this.#lines.get(parcel.connection);
      if (working?.line.get(parcel.key) === parcel) {
        this.settleFirst(working, parcel);
        this.#pump(working);
      }
    }
  }

  /**
   * It is not as we remember: another attempt or a person was there, or our own commit went through and its answer was
   * lost. The table says what is true; until it has, the parcel keeps its place, so that none of its key passes it.
   */
  stale(working: Working, parcel: Parcelled): void {
    working.onWire.delete(parcel);
    if (this.#leases.held.has(parcel.lane)) this.#decided(parcel.key);
    else this.forget(working, parcel);
    this.#pump(working);
  }

  /** It is in memory no longer; the next of its key takes its place. */
  forget(working: Working, parcel: Parcelled): void {
    working.onWire.delete(parcel);
    working.later.delete(parcel);
    working.backlog.gone(parcel.key);
    const next = working.line.remove(parcel);
    if (next) this.settleFirst(working, next);
    else if (!working.line.busy(parcel.subject)) working.backlog.readRest(parcel.subject);
  }

  /**
   * What waits for a delivery that is not in memory may have missed its end, which came between the reading of a page and
   * its taking in; the table is asked once a second.
   */
  lookAfterWaiting(): void {
    const now = this.#clock.now();
    if (this.#waitingFor.size === 0 || now < this.#waitingLookAt) return;
    this.#waitingLookAt = now + LOOK_AGAIN_MS;
    for (const [key, waiting] of this.#waitingFor) {
      if ([...this.#lines.values()].some(({ line, backlog }) => line.has(key) || backlog.isHead(key)))
        continue;
      this.#waitingFor.delete(key);
      for (const parcel of waiting) {
        if (this.#lines.get(parcel.connection)?.line.get(parcel.key) === parcel) this.#decided(parcel.key);
      }
    }
  }

  /** C4 is informational: what comes after a parked one does not wait behind it. */
  #passes({ message }: Parcelled): boolean {
    return this.#definitions.contracts.get(message.contract)?.criticality === "C4";
  }
}
