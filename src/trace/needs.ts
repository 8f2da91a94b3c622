/**
 * What needs someone: open exceptions grouped by cause, and open questions.
 *
 * Both come from partial indexes that only hold what is open. A group is one cause; its documents are listed up to a
 * bound and counted exactly.
 */

import type { Units } from "./at-risk.ts";
import { type ExceptionView, exceptionView, type QuestionView, questionView } from "./document.ts";
import { type DocumentLine, type Down, headersOf, lines } from "./documents.ts";
import type { Money } from "./header.ts";
import { type Known, NOTHING_KNOWN, plain, systemTitle } from "./known.ts";
import { addMoney } from "./money.ts";
import { type Areas, within } from "./places.ts";
import {
  type Db,
  EXCEPTION,
  type ExceptionRow,
  type Instant,
  iso,
  isoOrNull,
  type QuestionRow,
} from "./rows.ts";
import { runbookOf } from "./runbooks.ts";
import { exceptionWord, type StatusWord } from "./status.ts";

export interface Group {
  /** A short name for people and addresses, `GR-3f9a2c1d`; the same cause always has the same one. */
  readonly id: string;
  readonly fingerprint: string;
  readonly class: ExceptionRow["class"];
  readonly word: StatusWord;
  /** The latest one's title stands for the group. */
  readonly title: string;
  readonly owner: string;
  /** The person who works on it; null while nobody does. */
  readonly assignedTo: string | null;
  /** It is not shown as work before then; null when it is not asleep. */
  readonly snoozedUntil: string | null;
  /** Which runbook leads out of it; docs/guides/runbooks.md. */
  readonly runbook: string;
  readonly connection: string | null;
  readonly connectionTitle: string | null;
  /** Open exceptions with this cause. */
  readonly open: number;
  /** Distinct documents they stop. */
  readonly documents: number;
  readonly oldestAt: string;
  readonly newestAt: string;
  /** Worth at risk by currency: each document once, with the largest amount its stopped messages state. */
  readonly money: readonly Money[];
  /** False when some of it was stopped without stating its worth and more documents than were looked at. */
  readonly moneyExact: boolean;
  /** Quantities at risk by unit, as the stopped messages state them. */
  readonly units: readonly Units[];
  readonly items: readonly (ExceptionView & { readonly document: DocumentLine | null })[];
}

/**
 * Names each cause shortly: the same expression as the id of a group.
 */
export const CAUSE_ID = "'GR-' || left(encode(sha256(convert_to(fingerprint, 'UTF8')), 'hex'), 8)";

/** Index: exception_open (partial). What is at risk is summed here, over all of a cause and not only what is listed. */
export const groupsWhere = (mine: string): string => `
  with opened as (
    select fingerprint, coalesce(correlation, subject) as document, opened_at, at_risk::json as at_risk, assigned_to, snoozed_until
      from exception where resolved_at is null and ${mine}),
  money as (
    select fingerprint, json_agg(json_build_object('amount', amount::text, 'currency', currency) order by amount desc) as sums
      from (select fingerprint, currency, sum(amount) as amount
              from (select fingerprint, document, m.currency, max(m.amount) as amount from opened,
                           json_to_recordset(at_risk->'money') as m(amount numeric, currency text)
                     group by fingerprint, document, m.currency) once
             group by fingerprint, currency) summed group by fingerprint),
  units as (
    select fingerprint, json_agg(json_build_object('value', value::text, 'uom', uom) order by value desc) as sums
      from (select fingerprint, u.uom, sum(u.value) as value from opened,
                   json_to_recordset(at_risk->'units') as u(value numeric, uom text)
             group by fingerprint, u.uom) summed group by fingerprint)
  select ${CAUSE_ID} as id, fingerprint, count(*)::int as open, count(distinct document)::int as documents,
         min(opened_at) as oldest, max(opened_at) as newest, max(assigned_to) as assigned,
         case when bool_and(coalesce(snoozed_until > clock_timestamp(), false)) then min(snoozed_until) end as snoozed,
         count(*) filter (where at_risk is null)::int as unvalued,
         coalesce((select sums from money where money.fingerprint = opened.fingerprint), '[]') as money,
         coalesce((select sums from units where units.fingerprint = opened.fingerprint), '[]') as units
    from opened group by fingerprint order by max(opened_at) desc limit 200`;

/** Index: exception_open (partial); the newest of each cause. */
export const groupItemsWhere = (mine: string): string => `
  select ${EXCEPTION}, x.at_risk from (
    select exception.*,
           row_number() over (partition by fingerprint order by opened_at desc, id desc) as place
      from exception where resolved_at is null and fingerprint = any($1) and ${mine}
  ) x where place <= $2 order by x.opened_at desc`;

/** Those after a place, in the order they were asked. Index: question_open (partial). */
export const questionsWhere = (mine: string): string => `
  select id, process, key, approval, asked_of, because, correlation, asked_at, due_at, verdict, answered_by, comment,
         answered_at
    from question where verdict is null and (asked_at, id) > ($2::timestamptz, $3) and ${mine} order by asked_at, id limit $1`;

/** Index: the same. */
const questionCountWhere = (mine: string): string =>
  `select count(*)::int as open from question where verdict is null and ${mine}`;

/** Index: exception_open (partial). A cause in a line: its newest exception stands for it. */
export const causesWhere = (mine: string): string => `
  select ${CAUSE_ID} as id, fingerprint, (array_agg(class order by opened_at desc, exception.id desc))[1] as class,
         (array_agg(title order by opened_at desc, exception.id desc))[1] as title,
         count(distinct coalesce(correlation, subject))::int as documents, min(opened_at) as oldest,
         bool_and(coalesce(snoozed_until > clock_timestamp(), false)) as asleep
    from exception where resolved_at is null and ${mine} group by fingerprint order by max(opened_at) desc limit 200`;

/**
 * What the open exceptions that need a person put at risk: each document once, with the largest amount its stopped messages
 * state; and the documents that are stopped, or asked about, without having said what they are worth. Indexes: exception_open
 * and question_open (both partial).
 */
export const moneyWhere = (exceptions: string, questions: string): string => `
  with opened as materialized (
    select coalesce(correlation, subject) as document, correlation, at_risk::json as at_risk
      from exception where resolved_at is null and class <> 'temporary' and ${exceptions}
    union all select correlation, correlation, null from question where verdict is null and ${questions}),
  valued as materialized (
    select document, m.currency, max(m.amount) as amount from opened, json_to_recordset(at_risk->'money') as m(amount numeric, currency text)
     group by document, m.currency)
  select coalesce((select json_agg(json_build_object('amount', amount::text, 'currency', currency))
           from (select currency, sum(amount) as amount from valued group by currency) summed), '[]') as sums,
         array(select distinct correlation from opened where correlation is not null
           and not exists (select from valued where valued.document = opened.document) limit ${SILENT_MAX} + 1) as silent`;

/** Documents that did not say what they are worth are looked at up to here; beyond it sums are "more than". */
const SILENT_MAX = 200;

const ITEMS_MAX = 50;

interface Options {
  /** Only what lies in these parts of the business. */
  readonly areas?: Areas;
  /** Only the cause of this short id or fingerprint. */
  readonly only?: string;
  readonly down?: Down;
  readonly now?: Date;
}

/** One cause in a line. */
export type CauseLine = Pick<
  Group,
  "id" | "fingerprint" | "class" | "word" | "title" | "documents" | "oldestAt"
>;

/** Open causes: those that need a person first, then what settles by itself or sleeps; newest first in each. */
export async function openCauses(db: Db, known: Known, areas: Areas = null): Promise<CauseLine[]> {
  const mine = within(areas, "exception.correlation", 1);
  const { rows } = await db.query<
    Pick<Group, "id" | "fingerprint" | "class" | "title" | "documents"> & { oldest: Instant; asleep: boolean }
  >(causesWhere(mine.sql), [...mine.values]);
  return rows
    .toSorted((a, b) => Number(isLast(a.class, a.asleep)) - Number(isLast(b.class, b.asleep)))
    .map(({ oldest, asleep: _, ...row }) => ({
      ...row,
      word: exceptionWord(row.class),
      title: plain(known, row.title),
      oldestAt: iso(oldest),
    }));
}

/** Open exceptions grouped by cause: those that need a person first, then the temporary ones; newest first in each. */
export async function exceptionGroups(
  db: Db,
  known: Known = NOTHING_KNOWN,
  options: Options = {},
): Promise<Group[]> {
  const areas = options.areas ?? null;
  const mine = within(areas, "exception.correlation", 2);
  const asked = `($1::text is null or fingerprint = $1 or ${CAUSE_ID} = $1) and ${mine.sql}`;
  const groups = await db.query<{
    id: string;
    fingerprint: string;
    open: number;
    documents: number;
    oldest: Instant;
    newest: Instant;
    assigned: string | null;
    snoozed: Instant | null;
    unvalued: number;
    money: Money[];
    units: Units[];
  }>(groupsWhere(asked), [options.only ?? null, ...mine.values]);
  if (groups.rows.length === 0) return [];
  const listed = within(areas, "exception.correlation", 3);
  const items = await db.query<ExceptionRow & { at_risk: string | null }>(groupItemsWhere(listed.sql), [
    groups.rows.map(({ fingerprint }) => fingerprint),
    ITEMS_MAX,
    ...listed.values,
  ]);
  const correlations = items.rows.flatMap(({ correlation }) => (correlation === null ? [] : [correlation]));
  const documents = new Map(
    (await lines(db, correlations, known, options)).map((line) => [line.correlation, line]),
  );

  return groups.rows
    .flatMap((group): Group[] => {
      const rows = items.rows.filter(({ fingerprint }) => fingerprint === group.fingerprint);
      const newest = rows[0];
      // Its last item was closed between the two statements: the group is no more.
      if (!newest) return [];
      // What was stopped without stating its worth counts with that of its document.
      const silent = rows.filter(({ at_risk }) => at_risk === null);
      const concerned = [...new Set(silent.map(({ correlation }) => correlation))].filter(
        (one) => !rows.some(({ at_risk, correlation }) => at_risk !== null && correlation === one),
      );
      return [
        {
          id: group.id,
          fingerprint: group.fingerprint,
          class: newest.class,
          word: exceptionWord(newest.class),
          title: plain(known, newest.title),
          owner: newest.owner,
          assignedTo: group.assigned,
          snoozedUntil: isoOrNull(group.snoozed),
          runbook: runbookOf(newest).id,
          connection: newest.connection,
          connectionTitle: newest.connection === null ? null : systemTitle(known, newest.connection),
          open: group.open,
          documents: group.documents,
          oldestAt: iso(group.oldest),
          newestAt: iso(group.newest),
          money: addMoney([
            ...group.money,
            ...concerned.map((one) => (one === null ? null : (documents.get(one)?.header.money ?? null))),
          ]),
          moneyExact: silent.length === group.unvalued,
          units: group.units,
          items: rows.map((row) => ({
            ...exceptionView(known, row),
            document: row.correlation === null ? null : (documents.get(row.correlation) ?? null),
          })),
        },
      ];
    })
    .toSorted(
      (a, b) =>
        Number(isLast(a.class, a.snoozedUntil !== null)) - Number(isLast(b.class, b.snoozedUntil !== null)),
    );
}

/** What settles by itself, and what somebody put to sleep, comes after the work there is. */
const isLast = (of: Group["class"], asleep: boolean): boolean => of === "temporary" || asleep;

/** Money that waits on people: each document once, whatever stops it. */
export interface MoneyWaiting {
  readonly sums: readonly Money[];
  /** False when more is open than was looked at; the sums are then at least what they say. */
  readonly exact: boolean;
}

/** Adds up the worth of the documents that need someone, each once, by currency; temporary causes are left out. */
export async function moneyWaiting(db: Db, known: Known, areas: Areas = null): Promise<MoneyWaiting> {
  // Both conditions name the same parameters.
  const mine = within(areas, "exception.correlation", 1);
  const theirs = within(areas, "question.correlation", 1);
  const { rows } = await db.query<{ sums: Money[]; silent: string[] }>(moneyWhere(mine.sql, theirs.sql), [
    ...mine.values,
  ]);
  const { sums, silent } = rows[0]!;
  const headers = await headersOf(db, silent.slice(0, SILENT_MAX), known);
  return {
    sums: addMoney([...sums, ...[...headers.values()].map(({ money }) => money)]),
    exact: silent.length <= SILENT_MAX,
  };
}

export interface OpenQuestion extends QuestionView {
  readonly document: DocumentLine | null;
}

export interface OpenQuestions {
  readonly questions: readonly OpenQuestion[];
  /** How many are open in all: exact. */
  readonly open: number;
  /** Hand it back as `after`; null at the end. */
  readonly next: string | null;
}

/** Questions waiting for a person, oldest first, a page at a time. */
export async function openQuestions(
  db: Db,
  known: Known = NOTHING_KNOWN,
  options: Options & { limit?: number; after?: string | null } = {},
): Promise<OpenQuestions> {
  const limit = Math.min(options.limit ?? 200, 1_000);
  const [at = "-infinity", ...id] = (options.after ?? "-infinity ").split(" ");
  const mine = within(options.areas ?? null, "question.correlation", 4);
  const all = within(options.areas ?? null, "question.correlation", 1);
  const [page, counted] = await Promise.all([
    db.query<QuestionRow>(questionsWhere(mine.sql), [limit + 1, at, id.join(" "), ...mine.values]),
    db.query<{ open: number }>(questionCountWhere(all.sql), [...all.values]),
  ]);
  const rows = page.rows.slice(0, limit);
  const documents = await lines(
    db,
    rows.map(({ correlation }) => correlation),
    known,
    options,
  );
  const last = rows.at(-1);
  return {
    questions: rows.map((row) => ({
      ...questionView(row),
      document: documents.find(({ correlation }) => correlation === row.correlation) ?? null,
    })),
    open: counted.rows[0]!.open,
    next: page.rows.length > limit && last ? `${last.asked_at} ${last.id}` : null,
  };
}

/** How much needs someone, in numbers: exact, from partial indexes. */
export interface Needs {
  /** Distinct documents (or arrivals) with an open exception that a person must settle, or an open question. */
  readonly documents: number;
  readonly questions: number;
  /** Open exceptions that need a person. */
  readonly exceptions: number;
  /** Open exceptions that settle themselves when the system comes back. */
  readonly temporary: number;
  /** Questions nobody answered in time, and documents past a milestone's clock among those that need someone. */
  readonly overdue: number;
  readonly causes: number;
}

/** Indexes: exception_open and question_open (both partial). */
export const needsWhere = (exceptions: string, questions: string): string => `
  with stopped as materialized (
    select coalesce(correlation, subject) as document, class, fingerprint from exception where resolved_at is null and ${exceptions}),
  asked as materialized (select correlation, due_at from question where verdict is null and ${questions})
  select (select count(*) from (
            select document from stopped where class <> 'temporary' union select correlation from asked) needing)::int as documents,
         (select count(*) from asked)::int as questions,
         (select count(*) from stopped where class <> 'temporary')::int as exceptions,
         (select count(*) from stopped where class = 'temporary')::int as temporary,
         (select count(*) from asked where due_at < clock_timestamp())::int as overdue,
         (select count(distinct fingerprint) from stopped where class <> 'temporary')::int as causes`;

export async function needs(db: Db, areas: Areas = null): Promise<Needs> {
  // Both conditions name the same parameters.
  const mine = within(areas, "exception.correlation", 1);
  const theirs = within(areas, "question.correlation", 1);
  const { rows } = await db.query<Needs>(needsWhere(mine.sql, theirs.sql), [...mine.values]);
  return rows[0]!;
}
