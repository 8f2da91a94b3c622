/**
 * Makes room for the months to come, and takes leave of those gone by: journal and arrivals live in one partition a month.
 *
 * Retention never deletes rows one by one. A month in which something is past its retention is written anew without it, into
 * a table that takes the old one's place; a month of which nothing stays is dropped. Either costs what stays, and leaves no
 * dead rows. What is still needed stays, whatever its age: messages of business transactions that still run, or are shown to a
 * person; what a subscriber has not read; and what the balance has not yet accounted for.
 */
import type { Statement } from "../std/statement.ts";

/** Creates the partitions of this and the next two months where they are missing. Safe to run at any time, by anyone. */
export const ensurePartitions: Statement = {
  name: "journal partitions",
  text: "select make_partitions(3)",
  values: [],
};

/** What is kept by the month. */
export type Monthly = "event" | "arrival";

export interface Month {
  readonly of: Monthly;
  /** The partition, `event_2026_01`. */
  readonly name: string;
  /** RFC 3339: its first instant, and the first one after it. */
  readonly from: string;
  readonly to: string;
}

/** Months that are over and due to be looked at under these rules of retention, oldest first. */
export const monthsToLookAt = (rules: string): Statement => ({
  name: "journal months to look at",
  text: `select mother.relname as of, child.relname as name, edge.first as "from", edge.first + interval '1 month' as "to"
    from pg_inherits
    join pg_class child on child.oid = inhrelid join pg_class mother on mother.oid = inhparent
    join pg_namespace room on room.oid = mother.relnamespace
    cross join lateral (select to_date(right(child.relname, 7), 'YYYY_MM')::timestamp at time zone 'utc' as first) edge
    left join month_look seen on seen.name = child.relname
    where mother.relname in ('event', 'arrival') and room.nspname = current_schema()
      and edge.first + interval '1 month' <= clock_timestamp()
      and (seen.name is null or seen.rules <> $1 or seen.next_at <= clock_timestamp())
    order by edge.first, mother.relname`,
  values: [rules],
});

/** Nothing of the month is past its retention before this instant; null: never. */
export const lookAgain = (name: string, nextAt: Date | null, rules: string): Statement => ({
  name: "journal look again",
  text: `insert into month_look (name, next_at, rules) values ($1, coalesce($2::timestamptz, 'infinity'), $3)
    on conflict (name) do update set next_at = excluded.next_at, rules = excluded.rules`,
  values: [name, nextAt?.toISOString() ?? null, rules],
});

/** How many messages of each contract a month holds. Reads all of it. */
export const contractsOf = ({ name }: Month): Statement => ({
  name: "",
  text: `select contract, count(*)::float8 as lines from ${quoted(name)} group by contract`,
  values: [],
});

const OPEN = "status not in ('applied', 'superseded', 'cancelled')";

/** Transactions of which nothing leaves: they still run, are still owed, or wait for a person. */
export const UNDER_WAY = `
  select correlation from instance where status in ('expected', 'running', 'parked')
  union select correlation from delivery where ${OPEN}
  union select correlation from exception where resolved_at is null and correlation is not null`;

/** Where what stays of a month is gathered, before it takes the month's place. */
export const staysOf = ({ name }: Month): string => quoted(`${name}_stays`);

/** Gathers what stays: everything but what is of these contracts and no longer needed. Drops what an earlier try left behind. */
export function gatherStays(month: Month, gone: readonly string[]): Statement[] {
  const stays = staysOf(month);
  const needed =
    month.of === "event"
      ? `m.contract <> all ($1) or m.correlation in (${UNDER_WAY})
         or m.position in (select event_position from delivery where ${OPEN})
         or not m.routed and exists (select from lane where (lane.xid, lane.position) < (m.xid, m.position))
         or exists (select from subscription s where s.contract = m.contract and s.until_position is null
              and (s.since_xid, s.since_position) < (m.xid, m.position))`
      : `'arrival:' || m.id in (select causation from event where correlation in (${UNDER_WAY}) and causation like 'arrival:%')
         or exists (select from exception x where x.resolved_at is null and x.subject_kind = 'arrival'
              and (x.subject = m.id::text or x.subject like m.id::text || '#%'))
         or exists (select from batch_chunk c join batch b on b.id = c.batch
              where c.arrival = m.id and (b.again or b.state in ('waiting', 'running', 'paused')))`;
  return [
    { name: "", text: `drop table if exists ${stays}`, values: [] },
    { name: "", text: `create table ${stays} (like ${quoted(month.name)} including all)`, values: [] },
    {
      // What is checked as it is gathered needs no second look, under a lock, when it takes the month's place.
      name: "",
      text: `alter table ${stays} add constraint of_this_month check (${AFTER[month.of].at} >= '${month.from}' and ${AFTER[month.of].at} < '${month.to}')`,
      values: [],
    },
    {
      name: "",
      text: `insert into ${stays} select m.* from ${quoted(month.name)} m where ${needed}`,
      values: month.of === "event" ? [gone] : [],
    },
  ];
}

const GOES = { event: "s.position = m.position", arrival: "s.id = m.id" } as const;

/** Whatever of a month does not stay. */
const going = (month: Month): string =>
  `${quoted(month.name)} m where not exists (select from ${staysOf(month)} s where ${GOES[month.of]})`;

export const countGoing = (month: Month): Statement => ({
  name: "",
  text: `select count(*)::float8 as goes, (select count(*) from ${staysOf(month)})::float8 as stays from ${going(month)}`,
  values: [],
});

/** A line of the archive has the columns of the table under their own names; a body of bytes is base64. */
const LINE = {
  event: `position::text as position, xid::text as xid, recorded_at, occurred_at, kind, id, contract, version, key, source, correlation,
    causation, routed, data, extra`,
  arrival: `id, flow, source, message_id, received_at, state, media_type, translate(encode(body, 'base64'), E'\\n', '') as body, notes`,
} as const;
const AFTER = {
  event: { key: "position", type: "bigint", body: "data", at: "recorded_at" },
  arrival: { key: "id", type: "uuid", body: "body", at: "received_at" },
} as const;

/** The next lines to be archived, in the order of `key`: at most 2,000, and no more than some 8 MB of bodies at once. */
export const nextLines = (month: Month, after: string | null): Statement => {
  const { key, type, body, at } = AFTER[month.of];
  return {
    name: "",
    text: `select p.${key}::text as key, p.${at} as at, row_to_json(l)::text as line
      from (select page.*, sum(octet_length(${body})) over (order by ${key} rows between unbounded preceding and 1 preceding) as before
        from (select m.* from ${going(month)} and ($1::${type} is null or m.${key} > $1::${type}) order by m.${key} limit 2000) page) p
      cross join lateral (select ${LINE[month.of]}) l
      where coalesce(p.before, 0) < 8000000 order by p.${key}`,
    values: [after],
  };
};

/** What goes belongs to these documents; kept with the number of the archive. */
export const rememberArchived = (month: Month, archive: number): Statement => ({
  name: "",
  text:
    month.of === "event"
      ? `insert into archived_document (correlation, archive, lines, first_at, last_at)
         select m.correlation, $1, count(*), min(m.recorded_at), max(m.recorded_at) from ${going(month)} group by m.correlation`
      : `insert into archived_document (correlation, archive, lines, first_at, last_at)
         select e.correlation, $1, count(distinct m.id), min(m.received_at), max(m.received_at)
           from event e join lateral (select substr(e.causation, 9) as arrival) of on true
           join (select m.id::text as id, m.received_at from ${going(month)}) m on m.id = of.arrival
          where e.causation like 'arrival:%' and e.recorded_at >= $2::timestamptz - interval '1 hour'
            and e.recorded_at < $3::timestamptz + interval '1 hour' group by e.correlation`,
  values: month.of === "event" ? [archive] : [archive, month.from, month.to],
});

/** Whether something began meanwhile that needs what goes: one row when it did. */
export const neededAfterAll = (month: Month): Statement | null =>
  month.of === "arrival"
    ? null
    : {
        name: "",
        text: `select 1 from delivery d join (select m.position from ${going(month)}) m on m.position = d.event_position
          where d.${OPEN} limit 1`,
        values: [],
      };

/** Puts what stays in the place of the month; with nothing staying, the month is gone. */
export function replaceMonth(month: Month, stays: number): Statement[] {
  const [whole, kept] = [quoted(month.name), staysOf(month)];
  const edges = `from ('${month.from}') to ('${month.to}')`;
  const run = (text: string): Statement => ({ name: "", text, values: [] });
  return [
    // Readers finish first, or we come again later: nobody waits behind us for long.
    run("set local lock_timeout = '3s'"),
    run(`alter table ${month.of} detach partition ${whole}`),
    run(`drop table ${whole}`),
    ...(stays === 0
      ? [run(`drop table ${kept}`), run(`delete from month_look where name = '${month.name}'`)]
      : [
          run(`alter table ${kept} rename to ${whole}`),
          run(`alter table ${month.of} attach partition ${whole} for values ${edges}`),
          run(`alter table ${whole} drop constraint of_this_month`),
        ]),
  ];
}

/** Names of partitions come from the catalogue; still nothing but a name goes into a statement. */
function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
