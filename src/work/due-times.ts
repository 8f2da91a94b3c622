/**
 * The times work waits for, and bringing all of them nearer at once: what the clock of a demonstration is made of.
 *
 * What must stay true: only what lies ahead moves, by the same time for all, so that the order of things stays; and what a
 * worker holds in memory is read anew, because every lane has a new epoch before anything is changed. What a person has set
 * (a pause, a sleep), leases, sessions and keys are left alone: they are no work that waits.
 */
import type { Statement } from "../std/statement.ts";

/** Work that waits for a time of its own. `also` moves with it. */
interface Waits {
  readonly kind: string;
  readonly table: string;
  readonly key: string;
  readonly due: string;
  readonly while: string;
  readonly also?: string;
}

const WAITS: readonly Waits[] = [
  { kind: "questions", table: "question", key: "id", due: "due_at", while: "verdict is null" },
  {
    kind: "next tries",
    table: "delivery",
    key: "key",
    due: "next_try_at",
    while: "status in ('owed', 'in_doubt')",
  },
  { kind: "second looks", table: "post_check", key: "delivery", due: "due_at", while: "true" },
  {
    kind: "holds",
    table: "exception",
    key: "id",
    due: "due_at",
    while: "resolved_at is null and escalated_at is null",
  },
  {
    kind: "agreement",
    table: "agreement",
    key: "subject",
    due: "due_at",
    while: "true",
    also: "asked_at = asked_at - $1::float8 * interval '1 ms'",
  },
  {
    kind: "waiting arrivals",
    table: "arrival_wait",
    key: "arrival",
    due: "next_at",
    while: "over_at is null",
  },
  { kind: "promises", table: "promise", key: "id", due: "next_at", while: "state = 'open'" },
];

/** How many wait, and for how long the first does: one row a kind, those of processes left out. */
export const waitingTimes: Statement = {
  name: "work waiting times",
  text: WAITS.map(
    ({ kind, table, due, while: open }) =>
      `select '${kind}' as kind, count(*)::int as waiting, (extract(epoch from min(${due}) - clock_timestamp()) * 1000)::float8 as "nextMs"
         from ${table} where ${open} and ${due} > clock_timestamp()`,
  ).join(" union all "),
  values: [],
};

/**
 * Makes every worker read back what is its own, before anything moves: whoever decides on what it remembers fails. The lock is of
 * the table, so that no round that holds some lanes and waits for others can wait for us.
 */
export const readAllAnew: readonly Statement[] = [
  { name: "work lock lanes", text: "lock table lane in share row exclusive mode", values: [] },
  { name: "work new epochs", text: "update lane set epoch = epoch + 1", values: [] },
];

/**
 * Moves what waits: one row a kind with how many moved and how many of them are due by it. A row that somebody works on
 * at this moment is not waiting.
 */
export const bringWaitsNearer = (ms: number): Statement => ({
  name: "work bring waits nearer",
  text: `with ${WAITS.map(
    ({ kind, table, key, due, while: open, also }, index) => `
    found${index} as (select ${key} as key from ${table} where ${open} and ${due} > clock_timestamp() for update skip locked),
    moved${index} as (
      update ${table} set ${due} = ${due} - $1::float8 * interval '1 ms'${also ? `, ${also}` : ""}
      from found${index} where ${table}.${key} = found${index}.key returning '${kind}' as kind, ${due} as due)`,
  ).join(",")}
    select kind, count(*)::int as moved, (count(*) filter (where due <= clock_timestamp()))::int as due
    from (${WAITS.map((_, index) => `select kind, due from moved${index}`).join(" union all ")}) moved group by kind`,
  values: [ms],
});

/** Processes that have not ended, a page at a time, by their ids. */
export const openInstances = (after: { process: string; key: string }, max: number): Statement => ({
  name: "work open instances",
  text: `select process, key, version, lane, status, milestone, milestone_at as "milestoneAt", correlation, body,
      started_at as "startedAt" from instance
    where status in ('running', 'parked') and (process, key) > ($1, $2) order by process, key limit $3`,
  values: [after.process, after.key, max],
});

/** The clocks of milestones count from when a process began. */
export const beginEarlier = (ms: number): Statement => ({
  name: "work begin earlier",
  text: `update instance set started_at = started_at - $1::float8 * interval '1 ms' where status in ('running', 'parked')`,
  values: [ms],
});
