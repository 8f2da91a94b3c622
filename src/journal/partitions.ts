/**
 * Makes room for the months to come: journal and arrivals live in one partition a month.
 *
 * Retention drops a partition, which costs nothing; deleting rows would cost as much as writing them did. Next month's
 * partition is made early, so no accept ever waits for it.
 */
import type { Statement } from "../std/statement.ts";

/** Creates the partitions of this and the next two months where they are missing. Safe to run at any time, by anyone. */
export const ensurePartitions: Statement = {
  name: "journal partitions",
  text: "select make_partitions(3)",
  values: [],
};

/**
 * Drops the months of journal and arrivals that ended before their retention. What still runs keeps what it came from:
 * nothing younger than the start of the oldest running instance, or than the oldest open delivery, is dropped.
 */
export const dropOld = (journalMs: number, arrivalsMs: number): Statement => ({
  name: "journal drop old",
  text: `with owed as (
      select least(
        (select min(started_at) from instance where status in ('expected', 'running', 'parked')),
        (select min(created_at) from delivery where status not in ('applied', 'superseded', 'cancelled'))) as since)
    select drop_partitions('event', least(clock_timestamp() - $1::bigint * interval '1 ms', coalesce(since, 'infinity'))) as month from owed
    union all
    select drop_partitions('arrival', least(clock_timestamp() - $2::bigint * interval '1 ms', coalesce(since, 'infinity'))) from owed`,
  values: [journalMs, arrivalsMs],
});
