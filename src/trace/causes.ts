/**
 * One cause in full: what it stops, what waits behind that, what was done about it, and how it was solved before.
 *
 * Everything starts from the open exceptions of the cause and follows indexes from there, so what it costs grows with them and not
 * with what waits elsewhere. How many documents are stopped is exact; what they hold up is looked up for the oldest
 * `FOLLOWED_MAX`, and is said to be at least that where there are more.
 */
import { type ExceptionView, exceptionView } from "./document.ts";
import { type DocumentLine, type Down, lines } from "./documents.ts";
import {
  type Known,
  keyTitle,
  messageTitle,
  NOTHING_KNOWN,
  newestProcesses,
  plain,
  systemTitle,
} from "./known.ts";
import { CAUSE_ID, exceptionGroups, type Group } from "./needs.ts";
import { type Areas, within } from "./places.ts";
import { type Db, EXCEPTION, type ExceptionRow, type Instant, iso } from "./rows.ts";
import { type CauseRunbook, runbookOf } from "./runbooks.ts";

/** What stands still because of it. */
export interface BlastRadius {
  /** False when more is stopped than was followed: all but `stopped` is then at least what it says. */
  readonly exact: boolean;
  /** Documents the exceptions themselves are about. */
  readonly stopped: number;
  /** Deliveries of these documents that wait behind the stopped ones: later ones of the same key and connection, and undo steps. */
  readonly waitingDeliveries: number;
  /** Documents concerned, stopped or waiting. */
  readonly documents: number;
  /** The same by kind, e.g. order 11, invoice 2; most first. */
  readonly kinds: readonly { readonly kind: string; readonly count: number }[];
  /** Numbers of the customers concerned, as the documents state them; at most `LISTED_MAX`, of `customerCount`. */
  readonly customers: readonly string[];
  readonly customerCount: number;
  /** Milestones that cannot be reached before this is settled: the next ones of the processes that stand there. */
  readonly milestones: readonly {
    readonly process: string;
    readonly milestone: string;
    readonly documents: number;
  }[];
}

/** One step in the life of the cause's exceptions. */
export interface CauseChange {
  readonly at: string;
  readonly exception: string;
  readonly what:
    | "opened"
    | "came back"
    | "other cause"
    | "assigned"
    | "snoozed"
    | "noted"
    | "retried"
    | "escalated"
    | "closed";
  /** A person, or `crossdock`. */
  readonly by: string;
  readonly detail: string | null;
}

export interface CauseDetail {
  readonly group: Omit<Group, "items">;
  /** What its exceptions have in common, in words: the system, the message, the code. */
  readonly common: readonly string[];
  readonly runbook: CauseRunbook;
  readonly blast: BlastRadius;
  /** A page of open items, oldest first. */
  readonly items: readonly (ExceptionView & { readonly document: DocumentLine | null })[];
  /** Pass as `after` for the next page; null at the end. */
  readonly next: string | null;
  /** Newest first, at most `LISTED_MAX`. */
  readonly history: readonly CauseChange[];
  /** How often the cause was solved in the last 90 days, how long that took in the middle, and by what it ended last. */
  readonly before: {
    readonly solved: number;
    readonly medianMinutes: number | null;
    readonly lastResolution: string | null;
  };
}

const LISTED_MAX = 200;
/** Stopped messages that are followed to what they hold up. */
const FOLLOWED_MAX = 5_000;

const itemsWhere = (mine: string): string => `
  select ${EXCEPTION} from (
    select * from exception where resolved_at is null and fingerprint = $1 and exception.id > $2::bigint and ${mine}
     order by exception.id limit $3) x order by x.id`;

/** Index: exception_change_cause. */
const historyWhere = (mine: string): string => `
  select at, exception::text as exception, what, by, detail from exception_change c
   where fingerprint = $1 and ${mine === "true" ? mine : `exists (select from exception where exception.id = c.exception and ${mine})`}
   order by c.id desc limit $2`;

/** Index: exception_cause. */
const beforeWhere = (mine: string): string => `
  select count(*)::int as solved,
         (percentile_cont(0.5) within group (order by extract(epoch from resolved_at - opened_at)) / 60)::float8 as minutes,
         (array_agg(resolution order by resolved_at desc))[1] as last
    from exception
   where fingerprint = $1 and resolved_at is not null and opened_at > clock_timestamp() - interval '90 days' and ${mine}`;

/** The documents its oldest exceptions are about, and where their deliveries stand in line. Index: exception_cause, delivery_pkey. */
const stoppedWhere = (mine: string): string => `
  with stopped as (
    select subject_kind, subject, coalesce(correlation, subject) as document
      from exception where resolved_at is null and fingerprint = $1 and ${mine} order by opened_at limit ${FOLLOWED_MAX} + 1)
  select (select coalesce(array_agg(distinct document), '{}') from stopped) as documents,
         (select count(*) > ${FOLLOWED_MAX} from stopped) as more,
         coalesce(array_agg(d.key), '{}') as keys, coalesce(array_agg(d.connection), '{}') as connections,
         coalesce(array_agg(d.subject), '{}') as subjects, coalesce(array_agg(d.id::text), '{}') as ids
    from delivery d where d.key in (select subject from stopped where subject_kind = 'delivery')`;

/**
 * What waits behind stopped deliveries: it is open, is about the same subject at the same connection, and was owed later; or it is
 * to be sent after one of them. It belongs to the same document as the stopped one, or is itself what that is about.
 * Index: delivery_correlation, by document; all that is open, a night's backlog of a million, is not looked through.
 */
export const behindWhere = (mine: string): string => `
  with stopped as (
    select key, connection, subject, id from unnest($1::text[], $2::text[], $3::text[], $4::bigint[]) as s(key, connection, subject, id)),
  held as (select connection, subject, min(id) as id from stopped group by 1, 2)
  select count(*)::int as count, coalesce(array_agg(distinct n.correlation), '{}') as documents
    from (select unnest($5::text[]) union select unnest($3::text[])) as known(document)
   cross join lateral (
      select d.key, d.id, d.connection, d.subject, d.after_key, d.correlation from delivery d
       where d.correlation = known.document and d.status not in ('applied', 'superseded', 'cancelled') offset 0) n
    left join held h using (connection, subject)
   where (n.id > h.id or n.after_key in (select key from stopped)) and n.key not in (select key from stopped) and ${mine}`;

/** The customer each document names, in the messages it begins with. Index: event_correlation, by document. */
const CUSTOMERS = `
  select distinct named.customer from unnest($1::text[]) as d(document)
   cross join lateral (
      select readable(early.data)->>'customer' as customer from (
        select e.data, e.position from event e where e.correlation = d.document order by e.position limit 5) early
       where early.data like '%"customer":"%' order by early.position limit 1) named
   where named.customer is not null order by named.customer`;

/** Where the processes of these documents stand. Index: the primary key of instance (process, key). */
const STANDING = `
  select i.process, coalesce(i.milestone, '') as milestone, count(*)::int as documents
    from instance i join (select distinct correlation, value from business_key where correlation = any($1)
                          union select document, substr(document, strpos(document, '/') + 1) from unnest($1::text[]) as d(document)) k
      on i.key = k.value and i.correlation = k.correlation
   where i.process = any($2) and i.status in ('running', 'parked', 'expected') group by 1, 2`;

/** Everything about one cause, by its short id (`GR-3f9a2c1d`) or its fingerprint; null when nothing of it is open. */
export async function cause(
  db: Db,
  name: string,
  known: Known = NOTHING_KNOWN,
  options: { after?: string | null; limit?: number; areas?: Areas; down?: Down; now?: Date } = {},
): Promise<CauseDetail | null> {
  const areas = options.areas ?? null;
  const mine = (from: number, table = "exception") => within(areas, `${table}.correlation`, from);
  const [found] = await exceptionGroups(db, known, { ...options, only: name });
  const first = found?.items[0];
  if (!found || !first) return null;
  const { items: _, ...group } = found;
  const { fingerprint } = found;
  const limit = Math.min(options.limit ?? 50, LISTED_MAX);
  const after = /^\d{1,18}$/.test(options.after ?? "") ? options.after : "0";
  const processes = newestProcesses(known).map(({ header }) => header);
  const open = async () => {
    const { rows } = await db.query<ExceptionRow>(itemsWhere(mine(4).sql), [
      fingerprint,
      after,
      limit,
      ...mine(4).values,
    ]);
    const about = rows.flatMap(({ correlation }) => (correlation === null ? [] : [correlation]));
    return { rows, listed: await lines(db, about, known, options) };
  };
  const [{ rows: shown, listed }, history, before, blast] = await Promise.all([
    open(),
    db.query<Omit<CauseChange, "at"> & { at: Instant }>(historyWhere(mine(3).sql), [
      fingerprint,
      LISTED_MAX,
      ...mine(3).values,
    ]),
    db.query<{ solved: number; minutes: number | null; last: string | null }>(beforeWhere(mine(2).sql), [
      fingerprint,
      ...mine(2).values,
    ]),
    concerned(
      db,
      fingerprint,
      areas,
      processes.map(({ name: process }) => process),
    ),
  ]);
  const { waiting, documents, customers, standing } = blast;
  const milestones = standing.flatMap(({ process, milestone, documents: count }) => {
    const named = Object.keys(processes.find(({ name: one }) => one === process)?.milestones ?? {});
    // A process that has reached nothing yet waits for its first milestone; one at its last waits for none.
    const next = named[named.indexOf(milestone) + 1];
    return next === undefined ? [] : [{ process, milestone: next, documents: count }];
  });
  const last = shown.length === limit ? (shown.at(-1)?.id ?? null) : null;
  return {
    group,
    common: commonIn(known, group),
    runbook: runbookOf({ class: found.class, fingerprint, subject_kind: first.subjectKind }),
    blast: {
      exact: blast.exact,
      stopped: group.documents,
      waitingDeliveries: waiting,
      documents: documents.length,
      kinds: kindsOf(documents),
      customers: customers.slice(0, LISTED_MAX),
      customerCount: customers.length,
      milestones: milestones.toSorted((a, b) => b.documents - a.documents),
    },
    items: shown.map((row) => ({
      ...exceptionView(known, row),
      document: listed.find(({ correlation }) => correlation === row.correlation) ?? null,
    })),
    next: last,
    history: history.rows.map((row) => ({
      ...row,
      at: iso(row.at),
      detail: plain(known, row.detail, found.connection),
    })),
    before: {
      solved: before.rows[0]!.solved,
      medianMinutes: before.rows[0]!.minutes === null ? null : Math.round(before.rows[0]!.minutes),
      lastResolution: before.rows[0]!.last,
    },
  };
}

/** The parts of a fingerprint as people call them; its class is said beside it, and the code of every refusal says nothing. */
const commonIn = (known: Known, { fingerprint, class: of }: Pick<Group, "fingerprint" | "class">): string[] =>
  fingerprint
    .split("|")
    .filter((part) => part !== "" && part !== of && part !== "XD_REFUSED")
    .map((part) =>
      known.connections.has(part)
        ? systemTitle(known, part)
        : known.contracts.has(part)
          ? `“${messageTitle(part).toLowerCase()}”`
          : part,
    );

interface Stopped {
  readonly documents: readonly string[];
  readonly more: boolean;
  readonly keys: readonly string[];
  readonly connections: readonly string[];
  readonly subjects: readonly string[];
  readonly ids: readonly string[];
}

interface Standing {
  readonly process: string;
  readonly milestone: string;
  readonly documents: number;
}

/** Whom the documents concern, and where they stand. */
async function about(
  db: Db,
  documents: readonly string[],
  processes: readonly string[],
): Promise<{ customers: readonly string[]; standing: readonly Standing[] }> {
  if (documents.length === 0) return { customers: [], standing: [] };
  const [customers, standing] = await Promise.all([
    db.query<{ customer: string }>(CUSTOMERS, [documents]),
    db.query<Standing>(STANDING, [documents, processes]),
  ]);
  return { customers: customers.rows.map(({ customer }) => customer), standing: standing.rows };
}

/** What the cause stops and what waits behind it. */
async function concerned(db: Db, fingerprint: string, areas: Areas, processes: readonly string[]) {
  const theirs = within(areas, "exception.correlation", 2);
  const { rows } = await db.query<Stopped>(stoppedWhere(theirs.sql), [fingerprint, ...theirs.values]);
  const { documents, more: cut, keys, connections, subjects, ids } = rows[0]!;
  const behind = within(areas, "n.correlation", 6);
  const [theOnes, waiting] = await Promise.all([
    about(db, documents, processes),
    keys.length === 0
      ? { rows: [] }
      : db.query<{ count: number; documents: readonly string[] }>(behindWhere(behind.sql), [
          keys,
          connections,
          subjects,
          ids,
          documents,
          ...behind.values,
        ]),
  ]);
  const { count = 0, documents: after = [] } = waiting.rows[0] ?? {};
  const counted = new Set(documents);
  const others = after.filter((document) => !counted.has(document));
  const more = await about(db, others, processes);
  const standing = [...theOnes.standing];
  for (const one of more.standing) {
    const same = standing.findIndex(
      ({ process, milestone }) => process === one.process && milestone === one.milestone,
    );
    if (same < 0) standing.push(one);
    else standing[same] = { ...one, documents: standing[same]!.documents + one.documents };
  }
  return {
    exact: !cut,
    waiting: count,
    documents: [...documents, ...others],
    customers: [...new Set([...theOnes.customers, ...more.customers])].toSorted(),
    standing,
  };
}

function kindsOf(documents: readonly string[]): BlastRadius["kinds"] {
  const counts = new Map<string, number>();
  for (const document of documents) {
    const kind = document.includes("/") ? keyTitle(document.slice(0, document.indexOf("/"))) : "Other";
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return [...counts].map(([kind, count]) => ({ kind, count })).toSorted((a, b) => b.count - a.count);
}

/** The fingerprint of an open cause by its short id or itself; null when nothing of it is open. Index: exception_open. */
export async function fingerprintOf(db: Db, name: string): Promise<string | null> {
  const { rows } = await db.query<{ fingerprint: string }>(
    `select fingerprint from exception where resolved_at is null and (fingerprint = $1 or ${CAUSE_ID} = $1) limit 1`,
    [name],
  );
  return rows[0]?.fingerprint ?? null;
}
