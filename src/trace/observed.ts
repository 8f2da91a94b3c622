/**
 * What was really seen of a contract lately, beside what is declared of it: who sent it, who took it, and how often that failed.
 *
 * It looks back over a bounded part of the journal and says how far it came; a count is of that part and of nothing else.
 */
import { LAST_POSITION } from "./documents.ts";
import { type Areas, within } from "./places.ts";
import { type Db, type Instant, iso, isoOrNull } from "./rows.ts";

export interface Observed {
  /** Messages that were looked at, and since when; null: there was none. */
  readonly messages: number;
  readonly since: string | null;
  readonly senders: readonly {
    readonly source: string;
    readonly messages: number;
    readonly lastAt: string;
  }[];
  /** By connection: deliveries of these messages, and how they stand. */
  readonly takers: readonly {
    readonly connection: string;
    readonly deliveries: number;
    /** A person was or is needed, or it was given up. */
    readonly failed: number;
    /** Confirmed, after more than one try. */
    readonly again: number;
    readonly lastAt: string;
  }[];
  /** By process: documents of these messages that it follows. */
  readonly followers: readonly {
    readonly process: string;
    readonly documents: number;
    readonly lastAt: string;
  }[];
}

/** The same as people read it: with titles, and whether a flow says that it does. */
export interface Seen extends Pick<Observed, "messages" | "since" | "followers"> {
  readonly senders: readonly (Omit<Observed["senders"][number], "source"> & Named)[];
  readonly takers: readonly (Omit<Observed["takers"][number], "connection"> & Named)[];
}
interface Named {
  readonly name: string;
  readonly title: string;
  readonly declared: boolean;
}

/** So many positions are looked back over, and so many messages found there are counted. */
const POSITIONS = 60_000;
const MESSAGES = 2_000;

/** Index: event_at (position) for the window. */
const seenWhere = (mine: string): string => `
  seen as materialized (
    select e.position, e.source, e.correlation, e.recorded_at from event e
     where e.contract = $1 and e.position > $2 and ${mine} order by e.position desc limit ${MESSAGES})`;

export const sendersWhere = (mine: string): string => `
  with ${seenWhere(mine)}
  select source, count(*)::int as messages, min(recorded_at) as "firstAt", max(recorded_at) as "lastAt" from seen group by source
   order by 2 desc, 1 limit 50`;

/** Index: delivery_correlation. */
export const takersWhere = (mine: string): string => `
  with ${seenWhere(mine)}
  select d.connection, count(*)::int as deliveries, max(d.updated_at) as "lastAt",
         (count(*) filter (where d.status in ('parked', 'held', 'cancelled')
            or exists (select from exception x where x.subject_kind = 'delivery' and x.subject = d.key)))::int as failed,
         (count(*) filter (where d.status = 'applied' and d.attempts > 1))::int as again
    from seen s join delivery d on d.correlation = s.correlation and d.event_position = s.position
   group by d.connection order by 2 desc, 1 limit 50`;

/** Index: the primary key of instance (process, key). */
export const followersWhere = (mine: string): string => `
  with ${seenWhere(mine)}
  select i.process, count(*)::int as documents, max(i.updated_at) as "lastAt"
    from (select distinct substr(correlation, strpos(correlation, '/') + 1) as key, correlation from seen) s
    join unnest($3::text[]) as p(process) on true
    join instance i on i.process = p.process and i.key = s.key and i.correlation = s.correlation and i.status <> 'expected'
   group by i.process order by 2 desc, 1`;

/** `processes`: those that declare that they take it. */
export async function observed(
  db: Db,
  contract: string,
  { processes, areas = null }: { readonly processes: readonly string[]; readonly areas?: Areas },
): Promise<Observed> {
  const last = Number((await db.query<{ position: string }>(LAST_POSITION, [])).rows[0]?.position ?? 0);
  const from = String(Math.max(0, last - POSITIONS));
  const mine = within(areas, "e.correlation", 3);
  const theirs = within(areas, "e.correlation", 4);
  const [senders, takers, followers] = await Promise.all([
    db.query<{ source: string; messages: number; firstAt: Instant; lastAt: Instant }>(
      sendersWhere(mine.sql),
      [contract, from, ...mine.values],
    ),
    db.query<{ connection: string; deliveries: number; failed: number; again: number; lastAt: Instant }>(
      takersWhere(mine.sql),
      [contract, from, ...mine.values],
    ),
    processes.length === 0
      ? { rows: [] }
      : db.query<{ process: string; documents: number; lastAt: Instant }>(followersWhere(theirs.sql), [
          contract,
          from,
          processes,
          ...theirs.values,
        ]),
  ]);
  const first = senders.rows.map(({ firstAt }) => iso(firstAt)).toSorted()[0];
  return {
    messages: senders.rows.reduce((sum, { messages }) => sum + messages, 0),
    since: isoOrNull(first ?? null),
    senders: senders.rows.map(({ firstAt: _, ...row }) => ({ ...row, lastAt: iso(row.lastAt) })),
    takers: takers.rows.map((row) => ({ ...row, lastAt: iso(row.lastAt) })),
    followers: followers.rows.map((row) => ({ ...row, lastAt: iso(row.lastAt) })),
  };
}
