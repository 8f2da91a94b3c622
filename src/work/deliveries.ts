/**
 * Deliveries: one command or fact owed to one connection, from the moment it is decided until it is resolved.
 *
 * The key is deterministic and never changes. Every change of status is a compare-and-set on the attempt it belongs to,
 * so a worker that lost its lane, or answers late, changes nothing.
 */
import { hash } from "node:crypto";
import { ENTRY, ENTRY_INSERT, ENTRY_SELECT, type Entry } from "../journal/append.ts";
import { columns } from "../std/columns.ts";
import type { Statement } from "../std/statement.ts";
import { storable } from "../std/storable.ts";

export type DeliveryStatus =
  | "owed"
  | "attempting"
  | "in_doubt"
  | "parked"
  | "held"
  | "applied"
  | "superseded"
  | "cancelled";

/**
 * The key the target sees: SHA-256 over command id, connection and version, 32 hex digits. The command id follows from
 * its place in history, so the key survives retry, restart and replay. Only "send again as new" raises the version.
 */
export const deliveryKey = (commandId: string, connection: string, version = 1): string =>
  hash("sha256", `${commandId}\n${connection}\n${version}`).slice(0, 32);

/** A delivery about to be written. `entry` is the id of the entry it carries when that is appended in the same commit. */
export interface NewDelivery {
  readonly key: string;
  readonly flow: string;
  readonly connection: string;
  readonly contract: string;
  readonly subject: string;
  readonly lane: number;
  readonly correlation: string;
  readonly entry: string | null;
  readonly position: string | null;
  readonly afterKey: string | null;
  /** The delivery it takes back, where another connection carries it. */
  readonly undoes: string | null;
  readonly status: "owed" | "attempting" | "parked";
  readonly attempts: number;
  readonly reason: string | null;
  readonly errorCode: string | null;
  /** What the flow's document has no place for, as JSON; null where it carries all. */
  readonly notCarried: string | null;
}

const Entries = columns(ENTRY);
const Deliveries = columns({
  key: "text",
  flow: "text",
  connection: "text",
  contract: "text",
  subject: "text",
  lane: "int2",
  correlation: "text",
  entry: "int4",
  position: "int8",
  afterKey: "text",
  undoes: "text",
  status: "text",
  attempts: "int2",
  reason: "prose",
  errorCode: "text",
  notCarried: "text",
});

/**
 * Appends entries and, with them, the deliveries they cause. Relies on the primary key of delivery. Where an entry went is
 * found by its place among them: an array, whose cost does not depend on a plan.
 */
export const appendAndOwe = (entries: readonly Entry[], deliveries: readonly NewDelivery[]): Statement => {
  const places = new Map(entries.map(({ id }, index) => [id, index + 1]));
  return {
    name: "work append and owe",
    text: APPEND_AND_OWE,
    values: [
      ...Entries.values(entries),
      ...Deliveries.values(
        deliveries.map((delivery) => ({
          ...delivery,
          entry: delivery.entry === null ? null : (places.get(delivery.entry) ?? null),
        })),
      ),
    ],
  };
};

const APPEND_AND_OWE = `with appended as (
      ${ENTRY_INSERT} select ${ENTRY_SELECT} from ${Entries.from(1, "e")} returning position),
    places as (select array_agg(position order by position) as taken from appended)
    insert into delivery (key, flow, connection, contract, subject, lane, correlation, event_position, after_key, undoes, status,
      attempts, reason, error_code, not_carried)
    select d.key, d.flow, d.connection, d.contract, d.subject, d.lane, d.correlation,
      coalesce(d.position, places.taken[d.entry]), d."afterKey", d.undoes, d.status, d.attempts, d.reason, d."errorCode", d."notCarried"
    from ${Deliveries.from(1 + Entries.count, "d")}, places
    on conflict (key) do nothing`;

/** SQLSTATE of `all_current`: an outcome came too late, and nothing of its transaction is written. */
export const OVERTAKEN = "XD002";

/**
 * An attempt, as `o`, that is still the one a delivery stands at. The added nothing hides the status from the planner: told at a quiet
 * moment that hardly anything is open, it would walk the index of all that is open, with what was open before it and is not
 * vacuumed yet, once for each outcome.
 */
const CURRENT = "d.key = o.key and d.attempts = o.attempts and d.status || '' in ('attempting', 'in_doubt')";

/** How an attempt, or a look at the target, ended. */
export interface Outcome {
  readonly key: string;
  /** The number of the attempt it belongs to; the compare-and-set. */
  readonly attempts: number;
  readonly status: Exclude<DeliveryStatus, "attempting" | "superseded" | "cancelled">;
  readonly doubts: number;
  readonly notFound: number;
  /** When to look at it again. */
  readonly delayMs: number | null;
  readonly reference: string | null;
  readonly reason: string | null;
  readonly errorCode: string | null;
  /** For the list of attempts; null when it simply succeeded. */
  readonly tried: string | null;
}

const Outcomes = columns({
  key: "text",
  attempts: "int2",
  status: "text",
  doubts: "int2",
  notFound: "int2",
  delayMs: "int8",
  reference: "prose",
  reason: "prose",
  errorCode: "text",
  tried: "text",
});

/**
 * Records outcomes and appends what the targets answered, all of them or none: it fails with `OVERTAKEN` when the attempt of
 * one is no longer the current one, and the whole transaction with it.
 */
export const recordOutcomes = (outcomes: readonly Outcome[], answers: readonly Entry[]): Statement => ({
  name: "work record outcomes",
  text: `with outcome as materialized (
      select * from ${Outcomes.from(2, "o")}),
    done as (
      update delivery d set status = o.status, doubts = o.doubts, not_found = o."notFound", updated_at = clock_timestamp(),
        next_try_at = clock_timestamp() + o."delayMs" * interval '1 ms', reference = coalesce(o.reference, d.reference),
        reason = o.reason, error_code = o."errorCode", looking = false
      from outcome o where ${CURRENT}
      returning d.key, d.attempts, o.tried, o.reason),
    listed as (
      insert into attempt (delivery, number, outcome, reason)
      select key, attempts, tried, reason from done where tried is not null),
    appended as (
      ${ENTRY_INSERT} select ${ENTRY_SELECT} from ${Entries.from(2 + Outcomes.count, "e")})
    select all_current(count(*), $1) from done`,
  values: [outcomes.length, ...Outcomes.values(outcomes), ...Entries.values(answers)],
});

/** One attempt at a delivery. */
const Attempts = columns({ key: "text", attempts: "int2" });

/** What is about to be done about a delivery that stands at this attempt: sent, or its target asked about it. */
export interface Intent {
  readonly key: string;
  readonly attempts: number;
  readonly look?: boolean;
}

const Intents = columns({ key: "text", attempts: "int2", look: "bool" });

/** Those of the outcomes whose attempt is still the current one. */
export const currentOutcomes = (outcomes: readonly Outcome[]): Statement => ({
  name: "work current outcomes",
  text: `select d.key from delivery d join ${Attempts.from(1, "o")} on ${CURRENT}`,
  values: Attempts.values(outcomes),
});

/**
 * Writes the intent before the call: of what is sent it raises the attempt number, of what is only asked about it notes that, so
 * that a worker lost with it counts either way. Returns the keys that may be tried. Only the worker that holds a delivery's
 * lane may begin; one that lost it and does not know yet begins nothing.
 */
export const beginAttempts = (worker: string, intents: readonly Intent[]): Statement => ({
  name: "work begin attempts",
  // The sum hides the lane from the planner: by lane it would read everything that is owed, once for each batch, where
  // the primary key finds each delivery at once.
  text: `update delivery d set status = case when a.look then d.status else 'attempting' end,
      attempts = d.attempts + case when a.look then 0 else 1 end, looking = a.look, updated_at = clock_timestamp()
    from ${Intents.from(2, "a")}
    where d.key = a.key and d.attempts = a.attempts
      and (d.status = 'in_doubt' or d.status = case when a.look then 'attempting' else 'owed' end)
      and d.lane + 0 = any (array(select id from lane where owner = $1)) returning d.key`,
  values: [worker, ...Intents.values(intents.map((intent) => ({ look: false, ...intent })))],
});

/** Takes back intents that were written with the delivery but never acted on, when a worker stops in good order. */
export const returnUnsent = (attempts: readonly { key: string; attempts: number }[]): Statement => ({
  name: "work return unsent",
  text: `update delivery d set status = 'owed', attempts = d.attempts - 1, updated_at = clock_timestamp()
    from ${Attempts.from(1, "a")}
    where d.key = a.key and d.attempts = a.attempts and d.status = 'attempting'`,
  values: Attempts.values(attempts),
});

/** An open delivery with what it carries, as read back from the tables. */
export interface OpenDelivery {
  readonly id: string;
  readonly key: string;
  readonly flow: string;
  readonly connection: string;
  readonly contract: string;
  readonly subject: string;
  readonly lane: number;
  readonly correlation: string;
  readonly afterKey: string | null;
  readonly undoes: string | null;
  /** False when one it waits for is still open. */
  readonly free: boolean;
  readonly status: DeliveryStatus;
  readonly attempts: number;
  readonly doubts: number;
  readonly notFound: number;
  /** How often a worker was lost while it was being sent, or its target asked about it. */
  readonly crashes: number;
  /** What a parked one goes again for by itself; null where a person decides. */
  readonly waitsFor: string | null;
  /** Milliseconds since it is owed. */
  readonly owedForMs: number;
  /** Milliseconds since its row was last written: whatever was sent for it by whoever is gone was sent before. */
  readonly stoodMs: number;
  /** Milliseconds until the next try; negative or null means now. */
  readonly dueInMs: number | null;
  readonly position: string;
  readonly version: number;
  readonly entryId: string;
  /** What it carries: as the journal has it, or as a person corrected it. */
  readonly data: string;
  /** The version of the correction; 0 for none. */
  readonly corrected: number;
  /** What the target called it when it was applied before; null when it never was. */
  readonly reference: string | null;
}

/** What is read of an open delivery `d`, the entry `e` it carries and its correction `c`. */
export const OPEN = `select d.id::text as id, d.key, d.flow, d.connection, d.contract, d.subject, d.lane, d.correlation, d.after_key as "afterKey", d.undoes,
    not exists (select from delivery a where a.key in (d.after_key, d.undoes) and a.status not in ('applied', 'superseded', 'cancelled')) as free,
    d.status, d.attempts, d.doubts, d.not_found as "notFound", d.crashes, d.waits_for as "waitsFor",
    (extract(epoch from clock_timestamp() - d.created_at) * 1000)::float8 as "owedForMs",
    (extract(epoch from clock_timestamp() - d.updated_at) * 1000)::float8 as "stoodMs",
    (extract(epoch from d.next_try_at - clock_timestamp()) * 1000)::int as "dueInMs",
    d.event_position::text as position, coalesce(c.contract_version, e.version) as version, e.id as "entryId",
    coalesce(c.data, e.data) as data, d.corrected, d.reference`;

/** Its columns by their names. */
const OPEN_NAMES = `id, key, flow, connection, contract, subject, lane, correlation, "afterKey", undoes, free, status, attempts, doubts,
  "notFound", crashes, "waitsFor", "owedForMs", "stoodMs", "dueInMs", position, version, "entryId", data, corrected, reference`;

/** Few deliveries are corrected; the others do not look. */
export const CORRECTED =
  "left join correction c on d.corrected > 0 and c.delivery = d.key and c.version = d.corrected";

/**
 * The next page of open deliveries of one connection in the order they were owed: at most so many, and no more after `bytesMax`
 * bytes of what they carry. Walks delivery_open by lane.
 */
export const openDeliveries = (
  connection: string,
  lanes: readonly number[],
  after: string,
  max: number,
  bytesMax: number,
): Statement => ({
  name: "work open deliveries",
  text: `with page as materialized (
      select * from delivery where lane = any($2::smallint[]) and connection = $1 and id > $3::bigint
        and status not in ('applied', 'superseded', 'cancelled')
      order by id limit $4),
    span as (select min(event_position) as low, max(event_position) as high from page),
    carried as materialized (
      select position, version, id, data from event, span where position between span.low and span.high
        and position in (select event_position from page)),
    sized as (
      ${OPEN}, sum(octet_length(coalesce(c.data, e.data))) over (order by d.id) - octet_length(coalesce(c.data, e.data)) as before
        from page d join carried e on e.position = d.event_position ${CORRECTED})
    select ${OPEN_NAMES} from sized where before < $5::bigint order by id::bigint`,
  values: [connection, lanes, after, max, bytesMax],
});

/** Those of these deliveries that are open. */
export const openAmong = (keys: readonly string[]): Statement => ({
  name: "work open among",
  text: `${OPEN} from delivery d join event e on e.position = d.event_position ${CORRECTED}
    where d.key = any($1::text[]) and d.status not in ('applied', 'superseded', 'cancelled')`,
  values: [keys],
});

/**
 * A person's word on a delivery that is set aside, with the facts that follow from it. Returns its key when it was set
 * aside still, after the attempt the person spoke of; otherwise nothing is written: what was true of one attempt is not of
 * the next. A replay also opens what was settled: in doubt where the target must be asked first, owed where it recognises a
 * second send.
 */
export const decide = (
  key: string,
  to: {
    status: "owed" | "in_doubt" | "applied" | "cancelled";
    reference: string | null;
    reason: string;
    answers: readonly Entry[];
    attempts: number | null;
    replay?: boolean;
  },
): Statement => ({
  name: "work decide",
  text: `with done as (
      update delivery set status = $2, reference = coalesce($3, reference), reason = $4,
        next_try_at = case when $2 = 'owed' then clock_timestamp() end, doubts = 0, not_found = 0,
        crashes = 0, looking = false, waits_for = null,
        error_code = null, updated_at = clock_timestamp()
      where key = $1 and (status in ('parked', 'held', 'owed', 'in_doubt') or $5 and status in ('applied', 'superseded', 'cancelled'))
        and attempts = coalesce($6, attempts)
      returning key, attempts),
    listed as (insert into attempt (delivery, number, outcome, reason) select key, attempts, 'by person', $4 from done),
    appended as (
      ${ENTRY_INSERT} select ${ENTRY_SELECT} from done, ${Entries.from(7, "e")})
    select key from done`,
  values: [
    ...[key, to.status, to.reference === null ? null : storable(to.reference), storable(to.reason)],
    to.replay ?? false,
    to.attempts,
    ...Entries.values(to.answers),
  ],
});
