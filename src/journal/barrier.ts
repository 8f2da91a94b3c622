/**
 * What holds the feed back: readers stay below the oldest transaction still running, so one that somebody forgot to end stops
 * them all, in whichever database of the server it runs.
 *
 * Nothing here changes anything. A session without the role pg_read_all_stats sees that somebody else's transaction is in the
 * way, and not whose.
 */
import type { Statement } from "../std/statement.ts";

/** How far readers may read, and how far behind they are. */
export interface Feed {
  /** The oldest transaction still running, or the next to come; xid8 as digits. */
  readonly barrier: string;
  /** Whether facts are waiting behind it. */
  readonly behind: boolean;
  /** Age of the oldest fact that some lane has not read, in milliseconds; null when all are read. */
  readonly lagMs: number | null;
}

/** Walks event_order from the lane that has read least, and from the barrier; one row each. */
export const feed: Statement = {
  name: "journal feed",
  text: `with low as (select xid, position from lane order by lane.xid, lane.position limit 1),
    unread as (
      select e.recorded_at from event e, low where not e.routed and (e.xid, e.position) > (low.xid, low.position)
      order by e.xid, e.position limit 1)
    select pg_snapshot_xmin(pg_current_snapshot())::text as barrier,
      exists (select from event e where not e.routed and e.xid >= pg_snapshot_xmin(pg_current_snapshot())) as behind,
      (select (extract(epoch from clock_timestamp() - recorded_at) * 1000)::float8 from unread) as "lagMs"`,
  values: [],
};

/** A session, or a prepared transaction, that is the oldest of those that hold a transaction id. */
export interface Holder {
  /** "session 4711", or "prepared transaction app-7". */
  readonly who: string;
  readonly application: string;
  readonly by: string;
  readonly database: string;
  /** active, idle in transaction, prepared … */
  readonly state: string;
  readonly openForMs: number;
}

export const holder: Statement = {
  name: "journal holder",
  text: `select * from (
      select 'session ' || pid as who, application_name as application, usename::text as by, datname::text as database,
        coalesce(state, 'unknown') as state, (extract(epoch from clock_timestamp() - xact_start) * 1000)::float8 as "openForMs", backend_xid as xid
      from pg_stat_activity where backend_xid is not null and pid <> pg_backend_pid()
      union all
      select 'prepared transaction ' || gid, '', owner::text, database::text, 'prepared',
        (extract(epoch from clock_timestamp() - prepared) * 1000)::float8, transaction
      from pg_prepared_xacts) held
    order by age(xid) desc limit 1`,
  values: [],
};
