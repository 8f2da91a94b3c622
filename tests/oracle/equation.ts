/**
 * The equation of no silent state, asked of the database in one statement while everything is going wrong.
 *
 * accepted × subscribers = applied + superseded + cancelled + open, and whatever is open has a reason, an owner and a next
 * time. The words are the judge's own: it knows the tables' names and nothing of the code that fills them, and is told
 * from outside who subscribes to what.
 */

/** Contract → how many systems are owed each fact or command of it. */
export type Subscribers = Readonly<Record<string, number>>;

export interface Count {
  readonly owed: number;
  readonly found: number;
  readonly settled: number;
  readonly open: number;
  readonly silent: readonly string[];
}

/** One row: what is owed by what has been read, what stands for it, and a sentence for everything that says nothing. */
export const EQUATION = `
  with subscribed as (
    select * from json_to_recordset($1::json) as s(contract text, times int)),
  -- What every lane has read. Behind it somebody must have been told; before it, it waits to be read.
  read as (
    select xid, position from crossdock.lane order by xid, position limit 1),
  due as (
    select e.position, e.contract, e.key, s.times
      from crossdock.event e join subscribed s using (contract), read
     where e.routed or (e.xid, e.position) <= (read.xid, read.position)),
  told as (
    select due.position, due.contract, due.key, due.times, count(d.key) as found,
           count(d.key) filter (where d.status in ('applied', 'superseded', 'cancelled')) as settled
      from due left join crossdock.delivery d on d.event_position = due.position
     group by 1, 2, 3, 4),
  open as (
    select d.* from crossdock.delivery d where d.status not in ('applied', 'superseded', 'cancelled')),
  silent as (
    select contract || ' of ' || key || ' is owed ' || times || ' times and stands ' || found || ' times' as sentence
      from told where found <> times
    union all
    select contract || ' of ' || subject || ' is ' || status || ' and says no reason'
      from open where status in ('in_doubt', 'parked', 'held') and coalesce(reason, '') = ''
    union all
    select contract || ' of ' || subject || ' was tried ' || attempts || ' times and has no reason or no next time'
      from open where status = 'owed' and attempts > 0 and (reason is null or next_try_at is null)
    union all
    select contract || ' of ' || subject || ' is ' || status || ' and nobody owns it'
      from open where status in ('parked', 'held') and not exists (
        select from crossdock.exception x
         where x.subject_kind = 'delivery' and x.subject = open.key and x.resolved_at is null and x.owner <> '')
    union all
    select contract || ' of ' || subject || ' is said to be on the wire since ' || updated_at
      from open where status = 'attempting' and updated_at < clock_timestamp() - interval '60 seconds')
  select coalesce(sum(times), 0)::int as owed, coalesce(sum(found), 0)::int as found, coalesce(sum(settled), 0)::int as settled,
         (select count(*)::int from open) as open,
         (select coalesce(json_agg(sentence), '[]') from (select sentence from silent limit 20) as few) as silent
    from told`;

/** Each sentence begins with the invariant. A person's word that was not carried out yet is no silence: it was said. */
export const silences = ({ silent }: Count): string[] => silent.map((sentence) => `I14 ${sentence}.`);

/** What the dock itself says about the same: `crossdock verify`, the metrics and the console. */
export interface Shown {
  readonly applied: number;
  readonly superseded: number;
  readonly cancelled: number;
  readonly open: number;
  readonly silent: number;
}

/** I13: what people are shown is what is there. Both are taken at rest, when nothing moves between the two. */
export function dishonest(shown: Shown, counted: Count): string[] {
  const settled = shown.applied + shown.superseded + shown.cancelled;
  return [
    ...(settled === counted.settled
      ? []
      : [`I13 the dock shows ${settled} as settled, and ${counted.settled} are.`]),
    ...(shown.open === counted.open
      ? []
      : [`I13 the dock shows ${shown.open} as open, and ${counted.open} are.`]),
    ...(shown.silent > 0 === counted.silent.length > 0
      ? []
      : [`I13 the dock counts ${shown.silent} as silent, the judge ${counted.silent.length}.`]),
  ];
}
