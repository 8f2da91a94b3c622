/**
 * How things go over time, written down by the minute: calls, what waits, outages, and counts.
 *
 * Written beside the work and never with it: a figure that is lost in a crash costs a gap in a chart and nothing else.
 * Every table has a bound in time (`forgetFigures`). Reading is in `history.ts`.
 */
import type { Statement } from "../std/statement.ts";

/** Calls of one connection in a minute of one worker. */
export interface Calls {
  readonly connection: string;
  readonly ok: number;
  readonly refused: number;
  readonly failed: number;
  /** Answers by how long they took; see `slotOf`. */
  readonly ms: readonly number[];
}

/** Slots of the histogram: half an octave each, the last one takes all above two minutes. */
export const SLOTS = 34;
/** The same for how long a process stands at a milestone: the last one takes all above eight weeks. */
export const STAY_SLOTS = 66;
/** The slot of a time: 0 is up to 1 ms, 1 up to 1.4, 2 up to 2, … */
export const slotOf = (ms: number, slots: number = SLOTS): number =>
  Math.min(slots - 1, Math.max(0, Math.ceil(2 * Math.log2(Math.max(ms, 1)))));
/** The longest time of a slot, in milliseconds. */
export const slotEnd = (slot: number): number => 2 ** (slot / 2);

/** Names of counts: copies of a flow that were recognised, and unclear outcomes of a connection settled by asking it. */
export const COPIES = "arrival copies";
export const DOUBTS_SETTLED = "doubts settled";

/** Adds calls to the current minute. */
export const keepCalls = (worker: string, calls: readonly Calls[]): Statement => ({
  name: "trace calls",
  text: `insert into call_minute as known (connection, minute, worker, ok, refused, failed, ms)
    select connection, date_trunc('minute', clock_timestamp()), $1, ok, refused, failed, ms
    from json_to_recordset($2::json) as c(connection text, ok int, refused int, failed int, ms int[])
    on conflict (connection, minute, worker) do update set ok = known.ok + excluded.ok,
      refused = known.refused + excluded.refused, failed = known.failed + excluded.failed,
      ms = (select array_agg(coalesce(a, 0) + coalesce(b, 0) order by place)
        from unnest(known.ms, excluded.ms) with ordinality as slot(a, b, place))`,
  values: [worker, JSON.stringify(calls)],
});

/**
 * Measures what waits for each connection now, once a minute for all workers. Reads the partial index of what is open;
 * with more open than `max` the numbers are at least what they say.
 */
export const keepQueues = (max: number): Statement => ({
  name: "trace queues",
  text: `insert into queue_minute (connection, minute, waiting, aside, oldest_s)
    select connection, date_trunc('minute', clock_timestamp()),
      count(*) filter (where status in ('owed', 'attempting')),
      count(*) filter (where status in ('held', 'parked', 'in_doubt')),
      coalesce(extract(epoch from clock_timestamp() - min(created_at) filter (where status in ('owed', 'attempting', 'in_doubt'))), 0)
    from (select connection, status, created_at from delivery
      where status not in ('applied', 'superseded', 'cancelled') limit $1) open
    group by connection on conflict do nothing`,
  values: [max],
});

/** An outage as one worker saw it. */
export interface Outage {
  readonly connection: string;
  readonly because: string;
  /** RFC 3339, by this worker's clock. */
  readonly since: string;
}

/** Opens outages; one that is open already keeps its beginning. Relies on outage_open. */
export const beginOutages = (worker: string, outages: readonly Outage[]): Statement => ({
  name: "trace outages begin",
  text: `insert into outage (connection, worker, because, began_at)
    select connection, $1, because, since from json_to_recordset($2::json) as o(connection text, because text, since timestamptz)
    on conflict (connection, worker) where ended_at is null do nothing`,
  values: [worker, JSON.stringify(outages)],
});

/** Ends this worker's outages of these connections, and those of workers that are gone. */
export const endOutages = (worker: string, connections: readonly string[]): Statement => ({
  name: "trace outages end",
  text: `update outage set ended_at = greatest(began_at, clock_timestamp()) where ended_at is null
    and ((worker = $1 and connection = any($2::text[])) or not exists (
      select from worker w where w.id = outage.worker and w.heartbeat > clock_timestamp() - interval '1 minute'))`,
  values: [worker, connections],
});

/** Which of these another worker that lives sees away. Relies on outage_open. */
export const awayElsewhere = (worker: string, connections: readonly string[]): Statement => ({
  name: "trace outages elsewhere",
  text: `select distinct o.connection from outage o join worker w on w.id = o.worker
     and w.heartbeat > clock_timestamp() - interval '1 minute'
    where o.ended_at is null and o.worker <> $1 and o.connection = any($2::text[])`,
  values: [worker, connections],
});

/** How much of what was owed to each before an instant is owed still, at most `max` each. Reads the partial index of what is open. */
export const stillWaiting = (
  awaited: readonly { readonly connection: string; readonly before: string }[],
  max: number,
): Statement => ({
  name: "trace still waiting",
  text: `select a.connection, count(*)::int as waiting
    from json_to_recordset($1::json) as a(connection text, before timestamptz)
    cross join lateral (select from delivery d where d.connection = a.connection
      and d.status not in ('applied', 'superseded', 'cancelled') and d.status in ('owed', 'attempting', 'in_doubt')
      and d.created_at <= a.before limit $2) open
    group by a.connection`,
  values: [JSON.stringify(awaited), max],
});

/**
 * Writes down what every count went up or down since the last time. One worker at a time; who finds the lock taken leaves
 * it to the other.
 */
export const keepCounts: Statement = {
  name: "trace count minutes",
  text: `with mine as materialized (select pg_try_advisory_xact_lock(7217) as is),
    totals as (select scope, name, sum(delta)::bigint as total from counter, mine where mine.is group by scope, name),
    news as (
      select coalesce(t.scope, c.scope) as scope, coalesce(t.name, c.name) as name, coalesce(t.total, 0) as total,
        coalesce(t.total, 0) - coalesce(c.total, 0) as delta
      from totals t full join counted c using (scope, name), mine
      where mine.is and coalesce(t.total, 0) <> coalesce(c.total, 0)),
    kept as (
      insert into counted select scope, name, total from news
      on conflict (scope, name) do update set total = excluded.total)
    insert into count_minute as known select scope, name, date_trunc('minute', clock_timestamp()), delta from news
    on conflict (scope, name, minute) do update set delta = known.delta + excluded.delta`,
  values: [],
};

/** Days after which figures are gone: calls and queues by the minute, outages and counts by the hour. */
const MINUTES_DAYS = 14;
const HOURS_DAYS = 400;
/** Counts older than this are kept by the hour. */
const BY_MINUTE = "2 days";

/** Drops what is past its time and folds older counts into hours. Run by one worker now and then. */
export const forgetFigures: readonly Statement[] = [
  {
    name: "trace forget calls",
    text: `delete from call_minute where minute < clock_timestamp() - interval '${MINUTES_DAYS} days'`,
    values: [],
  },
  {
    name: "trace forget queues",
    text: `delete from queue_minute where minute < clock_timestamp() - interval '${MINUTES_DAYS} days'`,
    values: [],
  },
  {
    name: "trace forget outages",
    text: `delete from outage where began_at < clock_timestamp() - interval '${HOURS_DAYS} days' and ended_at is not null`,
    values: [],
  },
  {
    name: "trace fold count minutes",
    text: `with old as (
        delete from count_minute where minute < clock_timestamp() - interval '${BY_MINUTE}' and minute <> date_trunc('hour', minute)
        returning scope, name, date_trunc('hour', minute) as hour, delta)
      insert into count_minute as known select scope, name, hour, sum(delta) from old group by scope, name, hour
      on conflict (scope, name, minute) do update set delta = known.delta + excluded.delta`,
    values: [],
  },
  {
    name: "trace forget counts",
    text: `delete from count_minute where minute < clock_timestamp() - interval '${HOURS_DAYS} days'`,
    values: [],
  },
];
