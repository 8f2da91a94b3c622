/**
 * No silent states: accepted × subscribers = applied + superseded + cancelled + open with a reason, by one SQL statement.
 *
 * The left side is counted from the journal and from who subscribes to what; the right side from what is owed and from what
 * was deliberately passed over. They are written by different statements, so a fact that was read and led nowhere shows.
 * Every open row must say why it is open: whatever is set aside has an open exception with an owner, or says what it waits
 * for. One statement is one snapshot, and cursors, rows and counts commit together, so the sums hold at every instant, also
 * in the middle of a crash.
 */
import type { Statement } from "../std/statement.ts";
import { ARCHIVED } from "../work/leaving.ts";
import { COUNTED } from "../work/subscriptions.ts";
import { type Areas, within } from "./places.ts";
import { type Db, type Instant, iso } from "./rows.ts";

export interface Balance {
  /** Facts and commands × those who take them, as far as the journal was read. */
  readonly owed: number;
  /** Deliveries that were made of them. */
  readonly delivered: number;
  /** Passed over by a flow's own test, or taken in by a process. */
  readonly taken: number;
  /** Accepted, and not read by its subscribers yet: open, the next round comes to it. */
  readonly unread: number;
  readonly applied: number;
  readonly superseded: number;
  readonly cancelled: number;
  readonly open: number;
  /** Why they are open, most first; adds up to `open`. */
  readonly reasons: readonly {
    readonly reason: string;
    readonly count: number;
    readonly oldestAt: string;
    /** When the next of them is looked at by itself; null when a person or another system comes first. */
    readonly nextAt: string | null;
  }[];
  /** What nobody can account for. It is zero, or something is wrong with Crossdock itself. */
  readonly silent: number;
  /** Where it is silent: a subscriber, or a kind of row without a reason. */
  readonly where: readonly { readonly what: string; readonly count: number }[];
  /** False while readers stand at different places: what is passed over ahead may then hide a loss for a moment. */
  readonly exact: boolean;
  readonly asOf: string;
}

/** Those that are there, and those that left for the archive. */
const settled = (status: string): string =>
  `((select count(*) from delivery where status = '${status}')
    + (select coalesce(sum(delta), 0) from counter where scope = '${ARCHIVED}' and name = '${status}'))::float8 as ${status}`;

/** What each subscriber was owed and got since it began, or was last found in balance. */
const SUBSCRIBERS = `
  low as (select xid, position from lane order by lane.xid, lane.position limit 1),
  high as (select xid, position from lane order by lane.xid desc, lane.position desc limit 1),
  pairs as (
    select s.kind, s.name, s.contract,
           count(*) filter (where seen.read) as owed, count(*) filter (where not seen.read) as unread,
           count(d.key) filter (where seen.read) as delivered
      from subscription s join event e on e.contract = s.contract
     cross join low
     cross join lateral (select (e.routed or (e.xid, e.position) <= (low.xid, low.position)) as read) seen
      left join delivery d on s.kind = 'flow' and d.event_position = e.position and d.flow = s.name and d.sent_as = 1
     where (e.xid, e.position) > (s.since_xid, s.since_position)
       and (s.until_position is null or (e.xid, e.position) <= (s.until_xid, s.until_position))
       and case s.kind when 'flow' then true
           else not e.routed and e.version = s.version and coalesce(readable(e.data)->>s.key_field, '') <> '' end
     group by s.kind, s.name, s.contract),
  subscribers as (
    select s.kind, s.name, sum(s.owed_before) as owed_before, sum(s.delivered_before) as delivered_before,
           sum(s.taken_before) as taken_before,
           coalesce(sum(p.owed), 0) as owed, coalesce(sum(p.unread), 0) as unread, coalesce(sum(p.delivered), 0) as delivered,
           coalesce((select sum(delta) from counter c where c.scope = s.name
             and c.name = case s.kind when 'flow' then '${COUNTED.flow}' else '${COUNTED.process}' end), 0) - max(s.counted_before) as taken
      from subscription s left join pairs p using (kind, name, contract) group by s.kind, s.name)`;

/**
 * Moves the beginning of every subscription to where the readers stand, when everything up to there is in balance: what was
 * found is kept as sums. Without it each look would read the whole journal.
 */
export const bringForward: Statement = {
  name: "trace bring balance forward",
  text: `with ${SUBSCRIBERS}
    update subscription s set since_xid = low.xid, since_position = low.position,
      owed_before = s.owed_before + coalesce((select owed from pairs p where (p.kind, p.name, p.contract) = (s.kind, s.name, s.contract)), 0),
      delivered_before = s.delivered_before
        + coalesce((select delivered from pairs p where (p.kind, p.name, p.contract) = (s.kind, s.name, s.contract)), 0),
      -- What is counted belongs to all contracts of a subscriber; it is kept with the first of them.
      taken_before = s.taken_before + case when s.contract = (select min(f.contract) from subscription f where (f.kind, f.name) = (s.kind, s.name))
        then (select taken from subscribers b where (b.kind, b.name) = (s.kind, s.name)) else 0 end,
      counted_before = s.counted_before + (select taken from subscribers b where (b.kind, b.name) = (s.kind, s.name))
    from low, high
    -- All of them, also those that ended or just began: what a subscriber took in is one count, and they all begin at it.
    where (low.xid, low.position) = (high.xid, high.position)
      and not exists (select from subscribers where owed > delivered + taken)`,
  values: [],
};

/** Why things are open, most first. */
const REASONS = `coalesce((select json_agg(json_build_object('reason', reason, 'count', n, 'oldest', oldest, 'next', next) order by n desc)
            from (select coalesce(reason, 'no reason') as reason, count(*) as n, min(created_at) as oldest, min(next_try_at) as next
                    from stands group by 1) grouped), '[]')`;

/** What is open, each with why. */
const standsWhere = (mine: string): string => `stands as (
    select d.status, d.next_try_at, d.created_at,
           case
             when d.status in ('parked', 'held') then case
               when x.id is not null then case d.status when 'held' then 'a business rule says not now' else 'a person decides' end
               when d.waits_for is not null then 'waits for ' || split_part(d.waits_for, '/', 1) end
             when d.status = 'attempting' then 'on the wire'
             when d.status = 'in_doubt' then 'the target is being asked'
             when z.connection is not null then 'the system is paused'
             when d.after_key is not null and d.attempts = 0 then 'waits for an earlier step'
             when d.attempts > 0 then 'tried again by itself'
             else 'its turn comes' end as reason
      from delivery d
      left join exception x on x.subject_kind = 'delivery' and x.subject = d.key and x.resolved_at is null
      left join pause z on z.connection = d.connection
     where d.status not in ('applied', 'superseded', 'cancelled') and ${mine})`;

/**
 * Reads the journal since the subscriptions were last brought forward, and all deliveries: seconds for tens of millions. Ask
 * it when somebody looks, or once a minute.
 */
export const BALANCE = `
  with ${SUBSCRIBERS},
  ${standsWhere("true")},
  silent as (
    select kind || ' ' || name as what, owed - delivered - taken as count from subscribers where owed > delivered + taken
    union all select 'deliveries set aside without a reason', count(*) from stands where reason is null
    union all select 'processes that stopped without a reason', count(*) from instance i
      where i.status = 'parked' and not exists (select from exception x
        where x.subject_kind = 'instance' and x.subject = i.process || ':' || i.key and x.resolved_at is null)
    union all select 'arrivals set aside that nobody was shown', count(*) from arrival a
      where a.state <> 'accepted' and not exists (select from exception x
        where x.subject_kind = 'arrival' and (x.subject = a.id::text or x.subject like a.id::text || '#%'))
        and not exists (select from batch_chunk c where c.arrival = a.id))
  select (select coalesce(sum(owed_before + owed), 0) from subscribers)::float8 as owed,
         (select coalesce(sum(delivered_before + delivered), 0) from subscribers)::float8 as delivered,
         (select coalesce(sum(taken_before + taken), 0) from subscribers)::float8 as taken,
         (select coalesce(sum(unread), 0) from subscribers)::float8 as unread,
         ${settled("applied")}, ${settled("superseded")}, ${settled("cancelled")},
         (select count(*) from stands)::float8 as open,
         ${REASONS} as reasons,
         coalesce((select json_agg(json_build_object('what', what, 'count', count) order by count desc) from silent where count > 0), '[]') as where,
         coalesce((select (low.xid, low.position) = (high.xid, high.position) from low, high), true) as exact,
         clock_timestamp() as now`;

/** The whole account, in one snapshot. */
export async function balance(db: Db): Promise<Balance> {
  const { rows } = await db.query<
    Omit<Balance, "reasons" | "silent" | "asOf"> & {
      reasons: ReasonRow[];
      now: Instant;
    }
  >(BALANCE, []);
  const { now, reasons, ...sums } = rows[0]!;
  return {
    ...sums,
    reasons: reasons.map(reasonOf),
    silent: sums.where.reduce((sum, { count }) => sum + count, 0),
    asOf: iso(now),
  };
}

interface ReasonRow {
  readonly reason: string;
  readonly count: number;
  readonly oldest: Instant;
  readonly next: Instant | null;
}

const reasonOf = ({ reason, count, oldest, next }: ReasonRow): Balance["reasons"][number] => ({
  reason,
  count,
  oldestAt: iso(oldest),
  nextAt: next === null ? null : iso(next),
});

/** What subscribers were owed is counted for all of the business; of a part only what was made of it is known. */
export interface PartOfBalance extends Omit<Balance, "owed" | "taken" | "unread"> {
  readonly owed: null;
  readonly taken: null;
  readonly unread: null;
}

/** The deliveries of a part of the business: what became of each, and why the rest is open. In one snapshot. */
export async function partOfBalance(db: Db, areas: Areas): Promise<PartOfBalance> {
  const mine = within(areas, "d.correlation", 1);
  const { rows } = await db.query<
    Pick<Balance, "delivered" | "applied" | "superseded" | "cancelled" | "open"> & {
      reasons: ReasonRow[];
      silent: number;
      now: Instant;
    }
  >(
    `with ${standsWhere(mine.sql)},
     settled as (select d.status, count(*) as n from delivery d
                  where d.status in ('applied', 'superseded', 'cancelled') and ${mine.sql} group by d.status)
     select (select coalesce(sum(n), 0) + (select count(*) from stands) from settled)::float8 as delivered,
            (select coalesce(sum(n) filter (where status = 'applied'), 0) from settled)::float8 as applied,
            (select coalesce(sum(n) filter (where status = 'superseded'), 0) from settled)::float8 as superseded,
            (select coalesce(sum(n) filter (where status = 'cancelled'), 0) from settled)::float8 as cancelled,
            (select count(*) from stands)::float8 as open,
            ${REASONS} as reasons,
            (select count(*) from stands where reason is null)::float8 as silent,
            clock_timestamp() as now`,
    [...mine.values],
  );
  const { now, reasons, silent, ...sums } = rows[0]!;
  return {
    owed: null,
    taken: null,
    unread: null,
    exact: true,
    ...sums,
    reasons: reasons.map(reasonOf),
    silent,
    where: silent === 0 ? [] : [{ what: "deliveries set aside without a reason", count: silent }],
    asOf: iso(now),
  };
}
