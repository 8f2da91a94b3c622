/**
 * What makes a restored database one that can be worked on again.
 *
 * Two things are not as they were. A dump that was restored into another server keeps the transaction numbers of the old one, and
 * readers of the journal stay below the number of the new one: what is written from now on would stand behind the readers and
 * never be read. And whatever was owed when the backup was made may have been sent since.
 *
 * What must stay true: the order of the journal, and which of its facts each reader has read. New numbers are handed out in the
 * order of the old ones; several old ones become one only where the positions keep their order and no reader stands between them.
 */
import type { Statement } from "../std/statement.ts";

/** Whether the journal was written under transaction numbers this server has not reached yet. One row. */
export const aheadOfServer: Statement = {
  name: "work ahead of server",
  text: `select coalesce((select xid from event where not routed order by event.xid desc limit 1), '0'::xid8)
        >= pg_snapshot_xmax(pg_current_snapshot())
      or exists (select from lane where xid >= pg_snapshot_xmax(pg_current_snapshot())) as ahead`,
  values: [],
};

/** Workers heard of within a lease. One row. */
export const alive = (leaseMs: number): Statement => ({
  name: "work alive",
  text: `select count(*)::int as workers from worker where heartbeat > clock_timestamp() - $1::int * interval '1 ms'`,
  values: [leaseMs],
});

/** Nobody begins to work meanwhile. */
export const nobodyWorks: Statement = {
  name: "work nobody",
  text: "lock table worker, lane, event, delivery in exclusive mode",
  values: [],
};

/**
 * Old transaction number to new: a table of this transaction. Where readers stand counts as an entry, or a reader between two
 * numbers that become one would have read too much or too little. Reads the whole journal.
 */
export const renumber: Statement = {
  name: "work renumber",
  text: `create temporary table renumbered on commit drop as
    with readers as (
      select xid, position from lane union select xid, position from agreement_reader
      union select since_xid, since_position from subscription
      union select until_xid, until_position from subscription where until_xid is not null),
    places as (select xid, position from event union all select xid, position from readers),
    numbers as (
      select xid, min(position) as low, max(position) as high, xid in (select xid from readers) as stood from places group by xid
      union all select xid, null, null, false from (select distinct xid from batch_chunk) b where xid not in (select xid from places)),
    ordered as (
      select xid, low, stood, lag(stood) over (order by xid) as after_stood,
        max(high) over (order by xid rows between unbounded preceding and 1 preceding) as so_far from numbers)
    select xid as was,
      sum(case when after_stood or stood or low < so_far then 1 else 0 end) over (order by xid)::text::xid8 as is_now
    from ordered`,
  values: [],
};

/** How far this server must have counted before the new numbers are all below what it hands out. One row. */
export const reached: Statement = {
  name: "work reached",
  text: `select coalesce(max(is_now::text::int8), 0) - pg_snapshot_xmin(pg_current_snapshot())::text::int8 as short from renumbered`,
  values: [],
};

/** Everything that names a transaction, by its new number. */
export const renumberAll: readonly Statement[] = (
  [
    ["event", "xid"],
    ["lane", "xid"],
    ["agreement_reader", "xid"],
    ["batch_chunk", "xid"],
    ["subscription", "since_xid"],
    ["subscription", "until_xid"],
  ] as const
).map(([table, column]) => ({
  name: `work renumber ${table} ${column}`,
  text: `update ${table} set ${column} = is_now from renumbered where ${table}.${column} = was and was <> is_now`,
  values: [],
}));

/**
 * Puts in doubt whatever was owed: it may have been sent after the backup was made, so a target that can be asked is asked first,
 * and one that recognises a second sending is sent it again. Returns the connections with their number.
 */
export const doubtOwed: Statement = {
  name: "work doubt owed",
  text: `with doubted as (
      update delivery set status = 'in_doubt', doubts = 1, not_found = 0, next_try_at = null, updated_at = clock_timestamp(),
        reason = 'The database was restored from a backup; it may have been sent since.', error_code = 'XD_IN_DOUBT'
      where status in ('owed', 'attempting') returning connection)
    select connection, count(*)::int as deliveries from doubted group by connection order by connection`,
  values: [],
};

/** The lanes are nobody's; who held them worked on another database. */
export const freeLanes: readonly Statement[] = [
  {
    name: "work free lanes",
    text: "update lane set owner = null, lease_until = '-infinity', epoch = epoch + 1",
    values: [],
  },
  { name: "work forget workers", text: "delete from worker", values: [] },
];
