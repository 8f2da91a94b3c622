/**
 * Is a period ready to be closed? Only when nothing that would be posted into it is still on its way.
 *
 * A period is what its ledger's calendar makes of the posting dates, so callers hand in its first and last day. What is in
 * the way is listed, each with where it stands: on its way, on hold, parked, or in doubt. What was accepted and not read yet
 * is in the way of every period, because nobody has looked what it is. So is what the systems do not agree about, where an
 * agreement reconciles the ledger: stock with its books.
 */
import type { Agreement } from "../contracts/agreement.ts";
import { type Known, messageTitle, NOTHING_KNOWN, plain, systemTitle } from "./known.ts";
import { type Areas, ENTITY_KEYS, within } from "./places.ts";
import { type Db, type ExceptionRow, type Instant, iso } from "./rows.ts";
import { exceptionWord } from "./status.ts";

export interface PostingAt {
  readonly contract: string;
  readonly ledger: string;
  readonly date: string;
}

export interface InTheWay {
  readonly delivery: string;
  readonly contract: string;
  /** What is to be posted, and where, in words: "Post entry", "Finance". */
  readonly title: string;
  readonly connection: string;
  readonly systemTitle: string;
  readonly correlation: string;
  readonly date: string;
  readonly status: "owed" | "attempting" | "in_doubt" | "parked" | "held";
  readonly reason: string | null;
  readonly since: string;
  readonly word: string | null;
}

/** A feed that has not yet delivered everything of a period. */
export interface FeedBehind {
  readonly feed: string;
  /** The day up to which it has; null when it has never said. */
  readonly through: string | null;
}

/** An agreement that reconciles the ledger and is not reached. */
export interface Unreconciled {
  readonly agreement: string;
  readonly title: string;
  /** Documents whose systems contradict each other, and nobody has accepted it. */
  readonly differ: number;
  /** Documents of which some system cannot tell. */
  readonly cannotTell: number;
  /** Documents of which news is on its way. */
  readonly settling: number;
  /** Documents whose look is due, or that nobody has looked at since the period ended. */
  readonly unseen: number;
  /** Nothing of it was ever looked at, although a system keeps such documents. */
  readonly never: boolean;
}

export interface Readiness {
  readonly ledger: string;
  readonly period: string;
  readonly first: string;
  readonly last: string;
  readonly status: "open" | "soft-closed" | "closed";
  readonly ready: boolean;
  /** In full sentences, why it is not; empty when it is. */
  readonly because: readonly string[];
  /** At most 200, none where many periods are asked about at once; `count` is exact. */
  readonly inTheWay: readonly InTheWay[];
  readonly count: number;
  /** Accepted and not read yet. */
  readonly unread: number;
  /** Feeds the ledger waits for that have not delivered everything of the period. */
  readonly behind: readonly FeedBehind[];
  /** Agreements that reconcile the ledger and are not reached. */
  readonly unreconciled: readonly Unreconciled[];
  /** What this answer does not cover, so that nobody reads too much into it. */
  readonly notChecked: readonly string[];
  readonly asOf: string;
}

/** Open postings with the ledger and the date their messages name. They come as JSON: contract and the paths of ledger and date. */
const openWhere = (mine: string): string => `
  select d.id, d.key, d.contract, d.connection, d.correlation, d.status, d.reason, d.created_at,
         body.data #>> string_to_array(p.ledger, '.') as ledger, body.data #>> string_to_array(p.date, '.') as date
    from delivery d
    join json_to_recordset($1::json) as p(contract text, ledger text, date text) on p.contract = d.contract
    join event e on e.position = d.event_position
    left join correction c on d.corrected > 0 and c.delivery = d.key and c.version = d.corrected
    cross join lateral (select readable(coalesce(c.data, e.data)) as data) body
   where d.contract = any($2) and d.status not in ('applied', 'superseded', 'cancelled') and ${mine}`;

/** Indexes: delivery_open_contract, then the journal by position. */
export const openPostingsWhere = (mine: string): string => `
  select ledger, date, status, count(*)::int as count from (${openWhere(mine)}) posting group by ledger, date, status`;

const listWhere = (mine: string): string => `
  select o.key as delivery, o.contract, o.connection, o.correlation, o.status, o.reason, o.created_at as since, o.date, x.class
    from (${openWhere(mine)}) o
    left join exception x on x.subject_kind = 'delivery' and x.subject = o.key and x.resolved_at is null
   where o.ledger = $3 and o.date between $4 and $5
   order by o.id limit 200`;

const unreadWhere = (mine: string): string => `
  select count(*)::int as unread, clock_timestamp() as now from (
    select from event e, (select xid, position from lane order by lane.xid, lane.position limit 1) low
     where not e.routed and (e.xid, e.position) > (low.xid, low.position) and ${mine} limit 10000) waiting`;

/** The last word of each feed. Index: event_correlation (correlation, position). */
const FEEDS = `
  select feed, (select readable(data)->>'through' from event
                 where correlation = 'feed/' || feed and contract = 'finance.feed-delivered'
                 order by event.position desc limit 1) as through
    from unnest($1::text[]) with ordinality as named(feed, place) order by place`;

const STATUS = `
  select readable(data)->>'periodStatus' as status from event
   where correlation = 'period/' || $1 and contract = 'finance.period-status-changed' order by event.position desc limit 1`;

/** What was last said of a period; open when nothing was. */
export const statusOf = async (db: Db, ledger: string, period: string): Promise<Readiness["status"]> =>
  (await db.query<{ status: Readiness["status"] }>(STATUS, [`${ledger}/${period}`])).rows[0]?.status ??
  "open";

/** Somebody read this contradiction and closed it with a reason; it is shown again when it changes. Indexes: exception_subject. */
const ACCEPTED = `(
  select x.resolved_at is not null and exists (
           select from exception_change c where c.exception = x.id and c.what = 'closed' and c.by <> 'crossdock')
    from exception x where x.subject_kind = 'document' and x.subject = a.subject || '|agreement|' || (f->>'milestone')
   order by x.id desc limit 1)`;

/**
 * Documents of the ledger's agreements that are not agreed, by agreement. One that names other legal entities only, or began
 * after the period, is none of its. `listed`: a system says which there are, and they have no date of their own, so each is looked
 * at once more when the period is over. Indexes: agreement_stand, business_key_correlation, event_correlation.
 */
const unreconciledWhere = (mine: string): string => `
  select k.kind as agreement, k.listed and not exists (select from agreement a where a.kind = k.kind) as never,
         count(*) filter (where a.stand = 'differ')::int as differ, count(*) filter (where a.stand = 'cannot tell')::int as "cannotTell",
         count(*) filter (where a.stand = 'settling')::int as settling, count(*) filter (where a.stand in ('new', 'agree'))::int as unseen
    from unnest($1::text[], $2::bool[]) with ordinality as k(kind, listed, place)
    left join agreement a on a.kind = k.kind
     and (a.stand <> 'agree' or a.due_at < now() - interval '1 minute'
          or k.listed and now() >= $4::date + 1 and a.looked_at < $4::date + 1)
     and (a.stand <> 'differ' or exists (
          select from json_array_elements(a.judged::json) f where f->>'stand' = 'differ' and not coalesce(${ACCEPTED}, false)))
     and (not exists (select from business_key e where e.correlation = coalesce(a.correlation, a.subject) and e.type in ${ENTITY_KEYS})
          or exists (select from business_key e
              where e.correlation = coalesce(a.correlation, a.subject) and e.type in ${ENTITY_KEYS} and e.value = $3))
     and coalesce((select e.occurred_at from event e where e.correlation = coalesce(a.correlation, a.subject)
          order by e.position limit 1) < $4::date + 1, true)
     and ${mine}
   group by k.kind, k.listed, k.place order by k.place`;

/** Ledgers whose periods were ever opened or closed. Index: event_period_said. */
export const LEDGERS = `
  select distinct readable(data)->>'entity' as ledger from event where contract = 'finance.period-status-changed'`;

/** Facts of late in which ledgers are looked for: a few hundred business transactions. */
const LATELY = 5_000;

/** Ledgers that postings of late name, whatever became of them. Index: event_at (position). */
const POSTED = `
  select distinct readable(e.data) #>> string_to_array(p.ledger, '.') as ledger
    from event e join json_to_recordset($1::json) as p(contract text, ledger text, date text) on p.contract = e.contract
   where e.position > (select last_value from event_position) - ${LATELY}`;

/** How many postings of a ledger and a date are open, by where they stand. */
export interface OpenPostings {
  readonly ledger: string | null;
  readonly date: string | null;
  readonly status: InTheWay["status"];
  readonly count: number;
}

const asked = (postings: readonly PostingAt[]) => [
  JSON.stringify(postings),
  postings.map(({ contract }) => contract),
];

/** All open postings counted, for every ledger and date at once: what is asked of many periods is read once. */
export async function openPostings(
  db: Db,
  postings: readonly PostingAt[],
  areas: Areas = null,
): Promise<OpenPostings[]> {
  const mine = within(areas, "d.correlation", 3);
  const { rows } = await db.query<OpenPostings>(openPostingsWhere(mine.sql), [
    ...asked(postings),
    ...mine.values,
  ]);
  return rows;
}

/** Ledgers there is something to say about, by name: postings open or of late name them, or their periods were opened or closed. */
export async function ledgers(
  db: Db,
  postings: readonly PostingAt[],
  open: readonly OpenPostings[],
): Promise<string[]> {
  type Named = { ledger: string | null };
  const [decided, posted] = await Promise.all([
    db.query<Named>(LEDGERS, []),
    db.query<Named>(POSTED, [JSON.stringify(postings)]),
  ]);
  const named = [...decided.rows, ...posted.rows, ...open];
  return [...new Set(named.flatMap(({ ledger }) => ledger ?? []))].toSorted();
}

/**
 * The areas a ledger is seen through: null when all of it is seen, undefined when none of it is. A ledger belongs to the legal
 * entity of its name; whoever is limited by domain or plant sees the postings of their part only.
 */
export function areasOfLedger(areas: Areas, ledger: string): Areas | undefined {
  if (areas === null) return null;
  const theirs = areas.filter(({ entities }) => entities === null || entities.includes(ledger));
  if (theirs.length === 0) return undefined;
  return theirs.some(({ domains, plants }) => domains === null && plants === null) ? null : theirs;
}

/** What else a period waits for, and through which areas it is seen: from a part of it nobody learns that all of it is ready. */
export interface Held {
  /** Feeds the ledger waits for. */
  readonly feeds?: readonly string[];
  /** Every agreement there is; those that reconcile the ledger are looked at. */
  readonly agreements?: ReadonlyMap<string, Agreement>;
  readonly areas?: Areas;
  /** What was counted already, through the same areas; then nothing is listed. */
  readonly open?: readonly OpenPostings[];
  readonly known?: Known;
}

/** Whether a period is ready to be closed, and what is still in the way. */
export async function readiness(
  db: Db,
  ledger: string,
  { period, first, last }: { readonly period: string; readonly first: string; readonly last: string },
  postings: readonly PostingAt[],
  { feeds = [], agreements = new Map(), areas = null, known = NOTHING_KNOWN, open }: Held = {},
): Promise<Readiness> {
  const mine = within(areas, "d.correlation", 6);
  const arrived = within(areas, "e.correlation", 1);
  const watched = within(areas, "coalesce(a.correlation, a.subject)", 5);
  const reconciling = [...agreements.values()].filter(({ ledgers: of = [] }) => of.includes(ledger));
  const [counted, listed, seen, status, fed, compared] = await Promise.all([
    open ?? openPostings(db, postings, areas),
    open
      ? { rows: [] }
      : db.query<
          Omit<InTheWay, "since" | "word" | "title" | "systemTitle"> & {
            since: Instant;
            class: ExceptionRow["class"] | null;
          }
        >(listWhere(mine.sql), [...asked(postings), ledger, first, last, ...mine.values]),
    db.query<{ unread: number; now: Instant }>(unreadWhere(arrived.sql), [...arrived.values]),
    statusOf(db, ledger, period),
    db.query<FeedBehind>(FEEDS, [feeds]),
    reconciling.length === 0
      ? { rows: [] }
      : db.query<Omit<Unreconciled, "title">>(unreconciledWhere(watched.sql), [
          reconciling.map(({ name }) => name),
          reconciling.map(({ listing }) => listing !== undefined),
          ledger,
          last,
          ...watched.values,
        ]),
  ]);
  const way = counted.filter(
    (posting) =>
      posting.ledger === ledger && posting.date !== null && posting.date >= first && posting.date <= last,
  );
  const sumOf = (some: readonly OpenPostings[]) => some.reduce((sum, { count }) => sum + count, 0);
  const { unread, now } = seen.rows[0]!;
  const sentence = (statuses: readonly string[], one: string, more: string) => {
    const found = sumOf(way.filter(({ status }) => statuses.includes(status)));
    return found === 0 ? [] : [`${found} ${found === 1 ? one : more}.`];
  };
  const behind = fed.rows.filter(({ through }) => through === null || through < last);
  const unreconciled = compared.rows
    .map((row) => ({ ...row, title: agreements.get(row.agreement)?.title ?? row.agreement }))
    .filter(
      ({ never, differ, cannotTell, settling, unseen }) =>
        never || differ + cannotTell + settling + unseen > 0,
    );
  const because = [
    ...sentence(["owed", "attempting"], "posting is on its way", "postings are on their way"),
    ...sentence(["in_doubt"], "posting is unclear", "postings are unclear"),
    ...sentence(["held"], "posting is on hold", "postings are on hold"),
    ...sentence(["parked"], "posting needs a person", "postings need a person"),
    ...(unread > 0
      ? [`${unread}${unread === 10_000 ? " or more" : ""} accepted messages were not read yet.`]
      : []),
    ...behind.map(({ feed, through }) =>
      through === null
        ? `${feed} has not said how far it has delivered.`
        : `${feed} has delivered up to ${through}.`,
    ),
    ...unreconciled.map(sentenceOf),
    ...(areas === null
      ? []
      : ["You see a part of this ledger; whether the rest is ready is not shown to you."]),
  ];
  return {
    ledger,
    period,
    first,
    last,
    status,
    ready: because.length === 0,
    because,
    inTheWay: listed.rows.map(({ class: of, since, ...row }) => ({
      ...row,
      title: messageTitle(row.contract),
      systemTitle: systemTitle(known, row.connection),
      reason: plain(known, row.reason, row.connection),
      since: iso(since),
      word: of === null ? null : exceptionWord(of),
    })),
    count: sumOf(way),
    unread,
    behind,
    unreconciled,
    notChecked: [
      ...(feeds.length === 0 ? ["Whether every feed has delivered all it has for the period."] : []),
      ...(reconciling.length === 0
        ? ["Whether stock and ledger agree: no agreement reconciles this ledger."]
        : []),
      "What a process has not asked to post yet.",
    ],
    asOf: iso(now),
  };
}

/** "Stock: 2 contradict each other, 1 cannot be told." */
function sentenceOf({ title, never, differ, cannotTell, settling, unseen }: Unreconciled): string {
  if (never) return `${title} was not compared yet.`;
  const parts = [
    [differ, "contradicts", "contradict"],
    [cannotTell, "cannot be told", "cannot be told"],
    [settling, "is settling", "are settling"],
    [unseen, "is to be compared", "are to be compared"],
  ] as const;
  const said = parts.flatMap(([count, one, more]) =>
    count === 0 ? [] : [`${count} ${count === 1 ? one : more}`],
  );
  return `${title}: ${said.join(", ")}.`;
}
