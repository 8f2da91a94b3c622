/**
 * The clocks of business holds: when a decision is due, and who is told when it did not come.
 *
 * A hold is never tried again by itself; its clock only moves it in front of people. Each step is noted and told by the
 * database, as every change of an exception is.
 */
import type { Statement } from "../std/statement.ts";

/** How long an owner has to decide, and who answers for it after that; null: the same owner, and it is shown as overdue. */
export interface HoldClock {
  readonly within: number;
  readonly escalateTo: string | null;
}

/**
 * Winds the clocks of holds that have none, from when they were put on hold: what was open for another cause before had nobody to decide
 * it. `"*"` is for every owner that is not named. Indexes: exception_open, exception_change_of.
 */
export const windHolds = (clocks: Readonly<Record<string, HoldClock>>): Statement => ({
  name: "work wind holds",
  text: `update exception x set due_at = clock.within * interval '1 ms' + coalesce(
      (select max(c.at) from exception_change c where c.exception = x.id and c.what = 'other cause'), x.opened_at)
    from (select owner, within from json_each($1::json) as each (owner, clock), json_to_record(clock) as c(within float8)) clock
    where x.resolved_at is null and x.due_at is null and x.class = 'business hold'
      and clock.owner = case when $1::json->x.owner is null then '*' else x.owner end`,
  values: [JSON.stringify(clocks)],
});

/** Escalates what is overdue, once. Whoever took it on keeps it. Index: exception_due. */
export const escalateHolds = (clocks: Readonly<Record<string, HoldClock>>): Statement => ({
  name: "work escalate holds",
  text: `update exception x set escalated_at = clock_timestamp(),
      owner = coalesce(coalesce($1::json->x.owner, $1::json->'*')->>'escalateTo', x.owner)
    where x.resolved_at is null and x.escalated_at is null and x.due_at <= clock_timestamp()`,
  values: [JSON.stringify(clocks)],
});
