/**
 * Deliveries that nobody can send as things are, and that go again by themselves when that has changed.
 *
 * One waits for master data its target does not know yet, for a value its flow looks up, for a flow or a connection this build
 * lacks, or for a contract that reads what it carries. What must stay true: only the worker that holds the lane moves it, and whatever may have been on
 * the wire is in doubt when it goes again.
 */
import { columns } from "../std/columns.ts";
import type { Statement } from "../std/statement.ts";

/** A delivery to be set aside without an attempt. */
export interface SetAside {
  readonly key: string;
  /** As it was read; the compare-and-set. */
  readonly attempts: number;
  readonly reason: string;
  readonly errorCode: string;
  /** `flow/<name>`, `connection/<name>`, `contract/<name>`. */
  readonly waitsFor: string;
}

const Asides = columns({
  key: "text",
  attempts: "int2",
  reason: "prose",
  errorCode: "text",
  waitsFor: "prose",
});
const Waits = columns({ key: "text", waitsFor: "prose", sinceMs: "int8" });
const Keys = columns({ key: "text" });

/** The lane hidden from the planner, as for every statement that finds deliveries by their key. */
const HELD = "d.lane + 0 = any (array(select id from lane where owner = $1))";

/** Sets all of them aside, or fails with `OVERTAKEN`. */
export const setAsideUnsent = (worker: string, aside: readonly SetAside[]): Statement => ({
  name: "work set aside unsent",
  text: `with done as (
      update delivery d set status = 'parked', doubts = d.doubts + (d.status = 'attempting')::int, next_try_at = null,
        reason = a.reason, error_code = a."errorCode", waits_for = a."waitsFor", waits_since = clock_timestamp(),
        updated_at = clock_timestamp()
      from ${Asides.from(3, "a")}
      where d.key = a.key and d.attempts = a.attempts and d.status in ('owed', 'attempting', 'in_doubt') and ${HELD}
      returning d.key)
    select all_current(count(*), $2) from done`,
  values: [worker, aside.length, ...Asides.values(aside)],
});

/** Says what deliveries wait for that were parked in this very transaction, after an attempt begun `sinceMs` ago. */
export const letWait = (waits: readonly { key: string; waitsFor: string; sinceMs: number }[]): Statement => ({
  name: "work let wait",
  text: `update delivery d set waits_for = w."waitsFor", waits_since = clock_timestamp() - w."sinceMs" * interval '1 ms'
    from ${Waits.from(1, "w")} where d.key = w.key and d.status = 'parked'`,
  values: Waits.values(waits),
});

/** What waits for a look-up to find something: `known/customerRecord>customer/C-1`, or `listed/unit@erp/PK`. */
export const toBeKnown = (
  reference:
    | { readonly key: { readonly type: string; readonly value: string }; readonly give: string }
    | { readonly table: string; readonly system: string; readonly value: string },
): string =>
  "table" in reference
    ? `listed/${reference.table}@${reference.system}/${reference.value}`
    : `known/${reference.key.type}>${reference.give}/${reference.key.value}`;

/** The parts of it, in SQL: what stands between the first two slashes, and what comes behind them. */
const [PLACE, VALUE] = [
  "split_part(d.waits_for, '/', 2)",
  "substr(d.waits_for, length(split_part(d.waits_for, '/', 1) || split_part(d.waits_for, '/', 2)) + 3)",
];
/** Whether the look-up would find something now, as `runtime look up` would. */
const KNOWN = `case split_part(d.waits_for, '/', 1)
    when 'known' then exists (select from business_key known join business_key wanted using (correlation)
      where known.value = ${VALUE} and known.type = split_part(${PLACE}, '>', 1) and wanted.type = split_part(${PLACE}, '>', 2))
    when 'listed' then exists (select from cross_reference x
      where x.entity = split_part(${PLACE}, '@', 1) and x.system = split_part(${PLACE}, '@', 2) and x.external = ${VALUE})
    else false end`;

/** Lets all of them go again, or fails with `OVERTAKEN`. */
export const release = (worker: string, keys: readonly string[]): Statement => ({
  name: "work release",
  text: `with done as (
      update delivery d set status = case when d.doubts > 0 then 'in_doubt' else 'owed' end, not_found = 0,
        waits_for = null, reason = 'What it waited for has come: ' || d.waits_for || '.', error_code = null,
        next_try_at = clock_timestamp(), updated_at = clock_timestamp()
      from ${Keys.from(3, "k")}
      where d.key = k.key and d.status = 'parked' and d.waits_for is not null and ${HELD}
      returning d.key)
    select all_current(count(*), $2) from done`,
  values: [worker, keys.length, ...Keys.values(keys.map((key) => ({ key })))],
});

/**
 * Deliveries whose wait for a business key is over: an event about that very thing was recorded, or something about it was
 * taken by the same target, since they were tried; or what their flow looks up is known. Walks delivery_waits.
 */
export const waitsOver = (lanes: readonly number[], max: number): Statement => ({
  name: "work waits over",
  text: `select d.key from delivery d
    where d.lane = any($1::smallint[]) and d.status = 'parked' and d.waits_for is not null and (
      exists (select from event e
        where e.correlation = d.waits_for and e.key = d.waits_for and e.kind = 'event' and e.recorded_at > d.waits_since)
      or exists (select from delivery o
        where o.correlation = d.waits_for and o.subject = d.waits_for and o.connection = d.connection and o.status = 'applied'
          and o.updated_at > d.waits_since)
      or ${KNOWN})
    limit $2`,
  values: [lanes, max],
});

/** An open delivery that no connection of this build carries. */
export interface Stray {
  readonly key: string;
  readonly attempts: number;
  readonly flow: string;
  readonly connection: string;
  readonly contract: string;
  readonly correlation: string;
}

/** Open deliveries of the lanes for none of these connections, set aside ones left out. Walks delivery_open by lane. */
export const strays = (lanes: readonly number[], connections: readonly string[], max: number): Statement => ({
  name: "work strays",
  text: `select key, attempts, flow, connection, contract, correlation from delivery
    where lane = any($1::smallint[]) and connection <> all ($2::text[]) and status in ('owed', 'attempting', 'in_doubt')
    order by id limit $3`,
  values: [lanes, connections, max],
});
