/**
 * Second looks at deliveries that were sent twice to a system that would book twice.
 *
 * The first sending may arrive after the target had said "never heard of it". Nothing can prevent that from here; it is found
 * by looking again, twice, and shown to a person.
 */
import { columns } from "../std/columns.ts";
import type { Statement } from "../std/statement.ts";
import { CORRECTED, OPEN, type OpenDelivery } from "./deliveries.ts";

/** A delivery to look at, in its first or second round. */
export interface DueCheck extends OpenDelivery {
  readonly round: number;
}

const Keys = columns({ key: "text" });

/** Plans the first look at deliveries that were applied in this very transaction. */
export const planChecks = (keys: readonly string[], delayMs: number): Statement => ({
  name: "work plan checks",
  text: `insert into post_check (delivery, lane, due_at)
    select d.key, d.lane, clock_timestamp() + $1::bigint * interval '1 ms'
    from ${Keys.from(2, "k")} join delivery d on d.key = k.key where d.status = 'applied'
    on conflict (delivery) do nothing`,
  values: [delayMs, ...Keys.values(keys.map((key) => ({ key })))],
});

/** What is due, the longest overdue first. Walks post_check_due. */
export const checksDue = (lanes: readonly number[], max: number): Statement => ({
  name: "work checks due",
  text: `${OPEN}, due.round from post_check due join delivery d on d.key = due.delivery
      join event e on e.position = d.event_position ${CORRECTED}
    where due.lane = any($1::smallint[]) and due.due_at <= clock_timestamp() order by due.due_at limit $2`,
  values: [lanes, max],
});

/** A look was taken: plans the next, or ends it; fails with `OVERTAKEN` when somebody else took it. */
export const checked = (delivery: string, round: number, nextMs: number | null): Statement => ({
  name: nextMs === null ? "work checked last" : "work checked",
  text:
    nextMs === null
      ? `with done as (delete from post_check where delivery = $1 and round = $2 returning delivery)
         select all_current(count(*), 1) from done`
      : `with done as (
           update post_check set round = round + 1, due_at = clock_timestamp() + $3::bigint * interval '1 ms'
           where delivery = $1 and round = $2 returning delivery)
         select all_current(count(*), 1) from done`,
  values: nextMs === null ? [delivery, round] : [delivery, round, nextMs],
});
