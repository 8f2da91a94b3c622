/**
 * What leaves with the messages it was about: settled deliveries with their attempts and corrections, and what systems said
 * of documents that have ended.
 *
 * What must stay true: nothing goes that is still owed, that a person is shown, whose message is still there (it may be replayed),
 * that is to be looked at again, or of a document under watch. Rows are picked by reading alone and deleted by their keys, some
 * thousand at once, so that no transaction holds back the journal's readers.
 */
import { UNDER_WAY } from "../journal/partitions.ts";
import type { Statement } from "../std/statement.ts";

/** Under this scope settled deliveries are counted that left; no connection or flow can be called so. */
export const ARCHIVED = "the archive";

const SETTLED = "('applied', 'superseded', 'cancelled')";
const LOOK = "work";

/** Messages recorded before this instant have left the journal; what was owed for them may follow. */
export const messagesLeft = (before: string): Statement => ({
  name: "",
  text: `insert into month_look (name, next_at, rules) values ('${LOOK}', clock_timestamp(), $1)
    on conflict (name) do update set next_at = excluded.next_at, rules = greatest(month_look.rules, excluded.rules)`,
  values: [before],
});

/** One row with the instant, when it is time to look what may follow. */
export const timeToFollow: Statement = {
  name: "",
  text: `select rules as before from month_look where name = '${LOOK}' and next_at <= clock_timestamp()`,
  values: [],
};

export const followAgain = (nextAt: Date): Statement => ({
  name: "",
  text: `update month_look set next_at = $1 where name = '${LOOK}'`,
  values: [nextAt.toISOString()],
});

/** Two kinds of rows; each is named by a text that is its key, or holds its key as JSON. */
export type Leaving = "delivery" | "opinion";

const GONE: Readonly<Record<Leaving, string>> = {
  delivery: `d.status in ${SETTLED} and not exists (select from event e where e.position = d.event_position)
    and d.correlation not in (${UNDER_WAY}) and not exists (select from post_check p where p.delivery = d.key)`,
  opinion: `not exists (select from event e where e.correlation = o.subject)
    and o.subject not in (${UNDER_WAY}) and not exists (select from agreement a where a.subject = o.subject)`,
};

/** The next of them in the order of their names, oldest messages or not: at most `max`. */
export const nextLeaving = (of: Leaving, before: string, after: string, max: number): Statement => ({
  name: "",
  text:
    of === "delivery"
      ? `select d.key as name from delivery d where d.key > $2 and d.created_at < $1 and ${GONE.delivery} order by d.key limit $3`
      : `select o.subject as name from opinion o where o.subject > $2 and o.said_at < $1 and ${GONE.opinion}
          group by o.subject order by o.subject limit $3`,
  values: [before, after, max],
});

/** Their lines for the archive, in the same order. `json_agg` would put line ends between its elements. */
export const linesLeaving = (of: Leaving, names: readonly string[]): Statement => ({
  name: "",
  text:
    of === "delivery"
      ? `select d.key, d.created_at as at, row_to_json(l)::text as line from delivery d
          cross join lateral (select 'delivery' as "table", d.*,
            (select array_to_json(array_agg(a order by a.number, a.at)) from attempt a where a.delivery = d.key) as attempts,
            (select array_to_json(array_agg(c order by c.version)) from correction c where c.delivery = d.key) as corrections) l
         where d.key = any($1) order by d.key`
      : `select o.subject as key, o.said_at as at, row_to_json(l)::text as line from opinion o
          cross join lateral (select 'opinion' as "table", o.subject as correlation, o.*) l
         where o.subject = any($1) order by o.subject, o.milestone, o.system`,
  values: [names],
});

/** Which documents the lines belong to; kept with the number of the archive. */
export const rememberLeaving = (of: Leaving, names: readonly string[], archive: number): Statement => ({
  name: "",
  text: `insert into archived_document (correlation, archive, lines, first_at, last_at)
    select ${of === "delivery" ? "correlation" : "subject"}, $2, count(*), min(${AT[of]}), max(${AT[of]}) from ${of}
     where ${of === "delivery" ? "key" : "subject"} = any($1) group by 1`,
  values: [names, archive],
});
const AT = { delivery: "created_at", opinion: "said_at" } as const;

/**
 * Deletes them with what belongs to them, and keeps how many of each status there were: the account goes on adding up. One row with
 * how many rows went; of what began anew meanwhile none does, and the caller must not commit.
 */
export const letLeave = (of: Leaving, names: readonly string[]): Statement => ({
  name: "",
  text:
    of === "delivery"
      ? `with gone as (delete from delivery d where d.key = any($1) and ${GONE.delivery} returning d.key, d.status),
          tried as (delete from attempt where delivery = any($1)),
          corrected as (delete from correction where delivery = any($1)),
          kept as (insert into counter (scope, name, delta)
            select '${ARCHIVED}', status, count(*) from gone group by status)
         select count(*)::int as lines from gone`
      : `with gone as (delete from opinion o where o.subject = any($1) and ${GONE.opinion} returning o.subject)
         select count(*)::int as lines from gone`,
  values: [names],
});
