/**
 * What was solved lately: which cause, who did it, how, when and how long that took; newest first.
 *
 * Exceptions of one cause that the same person ended in the same words stand in one line. What is read is bounded, and the answer
 * says when that left something out.
 */
import { type DocumentLine, type Down, lines } from "./documents.ts";
import { type Known, NOTHING_KNOWN, plain, systemTitle } from "./known.ts";
import { CAUSE_ID } from "./needs.ts";
import { type Areas, within } from "./places.ts";
import { type Db, type ExceptionRow, type Instant, iso } from "./rows.ts";
import { exceptionWord, type StatusWord } from "./status.ts";

export interface Solved {
  /** The cause's short id, as it was and will be called when it comes back. */
  readonly id: string;
  readonly class: ExceptionRow["class"];
  readonly word: StatusWord;
  readonly title: string;
  readonly connectionTitle: string | null;
  /** As `operations.exception-resolved` says it: a person's word ended it, somebody had it tried again and it went, or neither. */
  readonly how: "by person" | "by replay" | "by itself";
  /** Who decided, or had it tried again last; null: nobody had to. */
  readonly by: string | null;
  /** How it ended, in the words that were kept. */
  readonly resolution: string;
  readonly exceptions: number;
  readonly documents: number;
  /** At most three of the documents, the latest solved first. */
  readonly some: readonly DocumentLine[];
  readonly at: string;
  /** From opened to solved, in the middle and at most; milliseconds. */
  readonly medianMs: number;
  readonly longestMs: number;
  /** Exceptions of the same cause that are open now. */
  readonly openAgain: number;
}

export interface SolvedLately {
  readonly solved: readonly Solved[];
  /** What was solved since then. */
  readonly since: string;
  /** False when more was solved than is listed here. */
  readonly complete: boolean;
}

const DAYS = 7;
const LISTED_MAX = 100;
/** Closed exceptions looked at, newest first. */
const READ_MAX = 2_000;

/** What a person decides about a delivery or an instance is carried out by the engine, which keeps their name in its words. */
const DECIDED = "'^(.+?)(?:: given up|: booked as | let it go on[.]$)'";

/**
 * $1 since when, $2 how many to look at, $3 how many lines. `mine` limits `exception`, `open` limits `again`. Indexes: exception_solved,
 * exception_change_of, exception_cause.
 */
export const solvedWhere = (mine: string, open: string): string => `
  with ended as materialized (
    select * from exception where resolved_at >= $1 and ${mine} order by resolved_at desc limit $2),
  told as (
    select e.*, d.decider, case when d.decider is null then c.retried end as retrier
      from ended e cross join lateral (
        select (array_agg(by order by id desc) filter (where what = 'closed'))[1] as closed,
               (array_agg(by order by id desc) filter (where what = 'retried'))[1] as retried
          from exception_change where exception = e.id and what in ('closed', 'retried')) c
     cross join lateral (select coalesce(nullif(c.closed, 'crossdock'), substring(e.resolution from ${DECIDED})) as decider) d),
  listed as (
    select fingerprint, decider, retrier, coalesce(resolution, '') as resolution,
           (array_agg(class order by resolved_at desc))[1] as class, (array_agg(title order by resolved_at desc))[1] as title,
           (array_agg(connection order by resolved_at desc))[1] as connection,
           count(*)::int as exceptions, count(distinct coalesce(correlation, subject))::int as documents,
           array_agg(correlation order by resolved_at desc) filter (where correlation is not null) as correlations,
           max(resolved_at) as at,
           percentile_cont(0.5) within group (order by extract(epoch from resolved_at - opened_at)) * 1000 as median,
           max(extract(epoch from resolved_at - opened_at))::float8 * 1000 as longest
      from told group by 1, 2, 3, 4 order by max(resolved_at) desc limit $3)
  select ${CAUSE_ID} as id, listed.*, (select count(*)::int from ended) as read,
         (select count(*)::int from exception again where again.fingerprint = listed.fingerprint and again.resolved_at is null and ${open}) as open
    from listed order by at desc`;

interface Row extends Pick<ExceptionRow, "class" | "title" | "connection"> {
  readonly id: string;
  readonly decider: string | null;
  readonly retrier: string | null;
  readonly resolution: string;
  readonly exceptions: number;
  readonly documents: number;
  readonly correlations: readonly string[] | null;
  readonly at: Instant;
  readonly median: number;
  readonly longest: number;
  readonly read: number;
  readonly open: number;
}

/** The last seven days, of the areas given or of all of the business. */
export async function solvedLately(
  db: Db,
  known: Known = NOTHING_KNOWN,
  options: { readonly areas?: Areas; readonly down?: Down; readonly now?: Date } = {},
): Promise<SolvedLately> {
  const areas = options.areas ?? null;
  const since = new Date((options.now ?? new Date()).getTime() - DAYS * 86_400_000);
  // Both conditions name the same parameters.
  const mine = within(areas, "exception.correlation", 4);
  const open = within(areas, "again.correlation", 4);
  const { rows } = await db.query<Row>(solvedWhere(mine.sql, open.sql), [
    since,
    READ_MAX,
    LISTED_MAX + 1,
    ...mine.values,
  ]);
  const shown = rows.slice(0, LISTED_MAX);
  const some = ({ correlations }: Row) => [...new Set(correlations ?? [])].slice(0, 3);
  const documents = new Map(
    (await lines(db, shown.flatMap(some), known, options)).map((line) => [line.correlation, line]),
  );
  return {
    solved: shown.map((row) => ({
      id: row.id,
      class: row.class,
      word: exceptionWord(row.class),
      title: plain(known, row.title),
      connectionTitle: row.connection === null ? null : systemTitle(known, row.connection),
      ...endOf(row),
      exceptions: row.exceptions,
      documents: row.documents,
      some: some(row).flatMap((one) => documents.get(one) ?? []),
      at: iso(row.at),
      medianMs: Math.round(row.median),
      longestMs: Math.round(row.longest),
      openAgain: row.open,
    })),
    since: since.toISOString(),
    complete: rows.length <= LISTED_MAX && (rows[0]?.read ?? 0) < READ_MAX,
  };
}

function endOf({ decider, retrier, resolution }: Row): Pick<Solved, "how" | "by" | "resolution"> {
  const by = decider ?? retrier;
  const how = decider !== null ? "by person" : retrier !== null ? "by replay" : "by itself";
  // Their name stands beside the words already.
  const named = by !== null && resolution.startsWith(`${by}: `);
  return { how, by, resolution: named ? resolution.slice(by.length + 2) : resolution };
}
