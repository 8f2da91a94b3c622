/**
 * What a person does about one thing that was set aside: the same buttons, pressed alone or as an item of a selection.
 *
 * Each is an act: an audit line, a fact in the journal, and a condition, all or none. Carrying it out is left to the worker
 * that holds the lane, when it reads the fact; so nothing here sends, and a crash in between changes nothing.
 */
import type { Pool } from "pg";
import { ExceptionResolved } from "../contracts/canon/operations.ts";
import { entryOf } from "../journal/append.ts";
import { isUuid } from "../std/uuid.ts";
import { deliveryKey } from "../work/deliveries.ts";
import type { Arranged } from "./arrangement.ts";
import type { Missed } from "./backfill.ts";
import { guaranteesFor } from "./call.ts";
import type { Clock } from "./clock.ts";
import type { Actor } from "./dock.ts";
import { ArrivalAskedAgain, DeliveryDecided, InputGiven, InstanceMoved, InstanceResumed } from "./facts.ts";
import type { Given } from "./given.ts";
import { harmlessTwice } from "./policy.ts";
import type { ActOnDelivery } from "./selections.ts";
import type { Act } from "./store.ts";
import { deed, said } from "./tending.ts";

interface Owed {
  readonly lane: number;
  readonly correlation: string;
  readonly connection: string;
  readonly flow: string;
  readonly event_position: string;
  readonly sent_as: number;
  readonly attempts: number;
  readonly owed_for_ms: number;
}

/** An instance and the versions of its process it goes from and to. */
interface Move {
  readonly process: string;
  readonly key: string;
  readonly from: number;
  readonly to: number;
}

type Item = Act["item"];

export class Deeds {
  readonly #pool: Pool;
  readonly #clock: Clock;
  readonly #definitions: Arranged;
  readonly #act: (act: Act) => Promise<boolean>;

  constructor(given: {
    readonly pool: Pool;
    readonly clock: Clock;
    readonly definitions: Arranged;
    readonly act: (act: Act) => Promise<boolean>;
  }) {
    this.#pool = given.pool;
    this.#clock = given.clock;
    this.#definitions = given.definitions;
    this.#act = given.act;
  }

  /** False when the delivery is not there, not in a state for it, or was tried again since the person saw it. */
  async onDelivery({ delivery, act, seen, correction, item }: ActOnDelivery, actor: Actor): Promise<boolean> {
    const owed = await this.#owed(delivery);
    if (!owed) return false;
    const guard = { delivery, attempts: seen ?? owed.attempts, ...(correction ? { correction } : {}) };
    switch (act) {
      case "try again":
      case "cancel":
        return this.#decide(delivery, owed, { verdict: act, reference: null }, act, guard, actor, item);
      case "fix": {
        const fact = { verdict: "try again", reference: null } as const;
        const corrected = correction ? { corrected: correction.after + 1 } : {};
        return this.#decide(delivery, owed, { ...fact, ...corrected }, "fix data", guard, actor, item);
      }
      case "replay": {
        const connection = this.#definitions.connections.get(owed.connection);
        const flow = this.#definitions.outbound.get(owed.flow);
        if (!connection || !flow) return false;
        // Where nobody knows what a second send does, the target is asked, or nothing happens at all.
        const guarantees = guaranteesFor(connection, flow, owed.owed_for_ms);
        if (!harmlessTwice(guarantees) && !guarantees.verifies) return false;
        const fact = { verdict: "replay", reference: null, verify: !harmlessTwice(guarantees) } as const;
        return this.#decide(delivery, owed, fact, "replay", { ...guard, settled: true }, actor, item);
      }
      case "as new": {
        const asNew = await this.#newKey(delivery, owed);
        const fact = { verdict: "try again", reference: null } as const;
        const as: Actor = { name: actor.name, reason: `as new${actor.reason ? `, ${actor.reason}` : ""}` };
        return this.#decide(asNew.key, owed, fact, "send as new", { ...guard, asNew }, as, item, delivery);
      }
    }
  }

  /** Owes a flow a fact it missed; false when the system it goes to is owed it already. */
  async backfill(missed: Missed, actor: Actor, item: Item): Promise<boolean> {
    const as: Actor = { name: actor.name, reason: `backfill${actor.reason ? `, ${actor.reason}` : ""}` };
    const fact = { verdict: "try again", reference: null } as const;
    return this.#decide(missed.key, missed, fact, "backfill", { backfill: missed }, as, item);
  }

  /** It was booked under this number, says a person who looked. */
  async booked(delivery: string, reference: string, actor: Actor, seen?: number): Promise<boolean> {
    const owed = await this.#owed(delivery);
    if (!owed) return false;
    const guard = { delivery, attempts: seen ?? owed.attempts };
    return this.#decide(delivery, owed, { verdict: "booked", reference }, "booked", guard, actor);
  }

  /** Lets a stopped process instance, `process:key`, take again what it stopped at. */
  async resume(subject: string, actor: Actor, item?: Item): Promise<boolean> {
    const [name = "", ...rest] = subject.split(":");
    const instance = rest.join(":");
    if (instance === "") return false;
    const { rows } = await this.#pool.query<{ correlation: string }>(
      "select correlation from instance where process = $1 and key = $2",
      [name, instance],
    );
    const correlation = rows[0]?.correlation;
    if (correlation === undefined) return false;
    const fact = InstanceResumed.of({ process: name, instance, by: actor.name, reason: actor.reason ?? "" });
    const entry = entryOf(fact, {
      ...said(actor),
      id: `${subject}:resumed:${this.#clock.id()}`,
      correlation,
    });
    return this.#act({
      ...deed(actor, "try again", subject),
      entry,
      guard: { process: name, instance },
      retries: { subjectKind: "instance", subject },
      ...(item ? { item } : {}),
    });
  }

  /** Has what was set aside read again as it arrived. False when nothing is open about it. */
  async readAgain(arrival: string, actor: Actor, item?: Item): Promise<boolean> {
    if (!isUuid(arrival)) return false;
    const fact = ArrivalAskedAgain.of({ arrival, by: actor.name, reason: actor.reason ?? "" });
    return this.#act({
      ...deed(actor, "try again", arrival),
      entry: entryOf(fact, { ...said(actor), id: `arrival:${arrival}:asked again:${this.#clock.id()}` }),
      guard: { arrival },
      retries: { subjectKind: "arrival", subject: arrival },
      ...(item ? { item } : {}),
    });
  }

  /** Gives an instance a fact it never took. False when it has ended, or the fact is not in the journal any more. */
  async give(given: Given, actor: Actor, item?: Item): Promise<boolean> {
    const { position, process, key, correlation } = given;
    const subject = `${process}:${key}`;
    const fact = InputGiven.of({
      process,
      instance: key,
      position,
      by: actor.name,
      reason: actor.reason ?? "",
    });
    return this.#act({
      ...deed(actor, `give event ${position}`, subject),
      entry: entryOf(fact, {
        ...said(actor),
        id: `${subject}:given:${position}:${this.#clock.id()}`,
        correlation,
      }),
      guard: { input: position, process, key },
      ...(item ? { item } : {}),
    });
  }

  /** Has a process instance go on under another version, if it can. False when it has ended, or is of another version by now. */
  async move({ process, key, from, to }: Move, actor: Actor): Promise<boolean> {
    const { rows } = await this.#pool.query<{ correlation: string }>(
      "select correlation from instance where process = $1 and key = $2",
      [process, key],
    );
    const correlation = rows[0]?.correlation;
    if (correlation === undefined) return false;
    const reason = actor.reason ?? "";
    const fact = InstanceMoved.of({ process, instance: key, from, to, by: actor.name, reason });
    const subject = `${process}:${key}`;
    const id = `${subject}:moved:${this.#clock.id()}`;
    return this.#act({
      ...deed(actor, `move to version ${to}`, subject),
      entry: entryOf(fact, { ...said(actor), id, correlation }),
      guard: { process, instance: key, version: from },
    });
  }

  /** Closes an exception that is about no delivery. */
  async resolve(exception: string, actor: Actor, item?: Item): Promise<boolean> {
    if (!/^\d{1,18}$/.test(exception)) return false;
    const { rows } = await this.#pool.query<{
      fingerprint: string;
      correlation: string | null;
      subject: string;
      minutes: number;
    }>(
      `select fingerprint, correlation, subject,
         greatest(0, floor(extract(epoch from clock_timestamp() - opened_at) / 60))::int as minutes
       from exception where id = $1`,
      [exception],
    );
    const open = rows[0];
    if (!open) return false;
    const fact = ExceptionResolved.of({
      subject: open.correlation ?? open.subject,
      fingerprint: open.fingerprint,
      how: "by person",
      by: actor.name,
      ...(actor.reason ? { reason: actor.reason } : {}),
      exception,
      minutes: open.minutes,
    });
    const correlation = open.correlation ?? fact.correlation;
    const entry = entryOf(fact, { ...said(actor), id: `exception:${exception}:resolved`, correlation });
    const resolution = actor.reason ? `${actor.name}: ${actor.reason}` : `${actor.name} dealt with it.`;
    return this.#act({
      ...deed(actor, "resolve", exception),
      entry,
      guard: { exception, resolution },
      ...(item ? { item } : {}),
    });
  }

  async #owed(delivery: string): Promise<Owed | undefined> {
    const { rows } = await this.#pool.query<Owed>(
      `select lane, correlation, connection, flow, event_position, sent_as, attempts,
        (extract(epoch from clock_timestamp() - created_at) * 1000)::float8 as owed_for_ms from delivery where key = $1`,
      [delivery],
    );
    return rows[0];
  }

  /** `about` is the delivery whose fate is told to the worker; `subject` the one the audit names. */
  #decide(
    about: string,
    { lane, correlation }: Pick<Owed, "lane" | "correlation">,
    fact: Pick<typeof DeliveryDecided.sample, "verdict" | "reference" | "verify" | "corrected">,
    action: string,
    guard: Extract<Act["guard"], { delivery: string } | { backfill: object }>,
    actor: Actor,
    item?: Item,
    subject = about,
  ): Promise<boolean> {
    const decided = DeliveryDecided.of({
      ...fact,
      delivery: about,
      lane,
      // What the decision itself makes was never tried.
      attempts: "delivery" in guard && !guard.asNew ? guard.attempts : 0,
      by: actor.name,
      reason: actor.reason ?? "",
    });
    const entry = entryOf(decided, {
      ...said(actor),
      id: `${about}:decided:${this.#clock.id()}`,
      correlation,
    });
    const again = fact.verdict === "try again" || fact.verdict === "replay";
    return this.#act({
      ...deed(actor, action, subject),
      entry,
      guard,
      ...(again ? { retries: { subjectKind: "delivery", subject: about } } : {}),
      ...(item ? { item } : {}),
    });
  }

  /**
   * The key of the next document of the same: it follows from the same command, with the version raised, so two presses at
   * once come to one key and one document.
   */
  async #newKey(delivery: string, owed: Owed): Promise<{ key: string; sentAs: number }> {
    const { correlation, event_position: position, flow, connection, sent_as: version } = owed;
    const { rows } = await this.#pool.query<{ id: string | null; last: number }>(
      `select (select id from event where position = $1) as id, max(sent_as)::int as last from delivery
        where correlation = $2 and event_position = $1 and flow = $3 and connection = $4`,
      [position, correlation, flow, connection],
    );
    const { id, last } = rows[0]!;
    const command = [id ?? "", `${flow}:${id}`].find(
      (each) => deliveryKey(each, connection, version) === delivery,
    );
    return { key: deliveryKey(command ?? delivery, connection, last + 1), sentAs: last + 1 };
  }
}
