/**
 * Documents in a list: one line a business transaction, with its title, worth, milestones and status.
 *
 * Whatever list a face shows (search hits, recent documents, a related payment, the rows behind a number), the lines
 * come from `lines`, so the same document never reads differently in two places.
 */
import { archivedOf } from "./archives.ts";
import { type Header, headerOfText } from "./header.ts";
import { instancesOf, type MilestoneView, mainInstance, milestonesOf, nextMilestone } from "./instances.ts";
import { type Known, keyTitle, splitKey } from "./known.ts";
import { type Areas, type Condition, within } from "./places.ts";
import {
  type Db,
  type DeliveryRow,
  EXCEPTION,
  type ExceptionRow,
  type Instant,
  iso,
  type QuestionRow,
} from "./rows.ts";
import { judge, type Status } from "./status.ts";

export interface DocumentLine {
  readonly correlation: string;
  /** The kind of document in words: "Order". */
  readonly kind: string;
  /** Its number: `SO-10045`. */
  readonly number: string;
  /** What people outside know it by, where the first message said so: customer PO and the like. */
  readonly also: readonly { readonly label: string; readonly value: string }[];
  readonly header: Header;
  /** The process that tells its story, `order-to-cash@1`; null when it is a fact nobody coordinates. */
  readonly process: string | null;
  readonly milestones: readonly MilestoneView[];
  readonly status: Status;
  readonly startedAt: string;
  /** When something was last recorded for it. */
  readonly changedAt: string;
}

/** Data that states what it is worth: `"total":{"amount":…`, `"payableAmount": {"amount": …`, `"amount":{"amount":…`. */
const STATES_TOTAL = '"([A-Za-z]*([Tt]otal|[Pp]ayable|[Ii]nclusive)[A-Za-z]*|amount)": ?[{]"amount"';

/**
 * First and last message of each transaction, and, where the first one states no total (an EDI order need not), the first of its early
 * messages that may: what looks like a total can stand in a line. Index: event_correlation (correlation, position), two single-row
 * probes a transaction and partition.
 */
export const FIRST_AND_LAST = `
  select c.correlation, first.contract, first.version, first.data, first.recorded_at as first_at,
         last.recorded_at as last_at, worth.stated as worth
    from unnest($1::text[]) as c(correlation)
   cross join lateral (
      select e.contract, e.version, e.data, e.recorded_at from event e
       where e.correlation = c.correlation order by e.position limit 1) first
   cross join lateral (
      select e.recorded_at from event e
       where e.correlation = c.correlation order by e.position desc limit 1) last
   cross join lateral (
      select jsonb_agg(jsonb_build_object('contract', contract, 'version', version, 'data', data) order by position) as stated from (
        select early.* from (
          select e.contract, e.version, e.data, e.position from event e
           where e.correlation = c.correlation order by e.position limit 30) early
         where first.data !~ '${STATES_TOTAL}' and early.data ~ '${STATES_TOTAL}'
         order by early.position limit 4) looks) worth`;

interface FirstAndLast {
  readonly correlation: string;
  readonly contract: string;
  readonly version: number;
  /** Null when it is in the archive. */
  readonly data: string | null;
  readonly first_at: Instant;
  readonly last_at: Instant;
  /** Later ones that may state a total; null where none does, or the first does. */
  readonly worth?:
    | readonly { readonly contract: string; readonly version: number; readonly data: string }[]
    | null;
}

/** Open exceptions of these transactions. Index: exception_correlation. */
export const OPEN_EXCEPTIONS_OF = `
  select ${EXCEPTION}
    from exception x where x.correlation = any($1) and x.resolved_at is null order by x.opened_at limit 2000`;

/** Open questions of these transactions. Index: question_correlation. */
export const OPEN_QUESTIONS_OF = `
  select id, process, key, approval, asked_of, because, correlation, asked_at, due_at, verdict, answered_by, comment,
         answered_at
    from question where correlation = any($1) and verdict is null order by asked_at limit 2000`;

/** Deliveries of these transactions that are not settled. Index: delivery_correlation. */
export const OPEN_DELIVERIES_OF = `
  select key, flow, connection, contract, subject, correlation, event_position, after_key, status, attempts, doubts,
         next_try_at, created_at, updated_at, reference, reason, error_code, waits_for, waits_since
    from delivery where correlation = any($1) and status not in ('applied', 'superseded', 'cancelled')
   order by id limit 5000`;

/** Names of connections whose breaker is not closed, from `dock.connections()`; none when nobody said. */
export type Down = ReadonlySet<string>;
export const NONE_DOWN: Down = new Set();

/** One line for each transaction that exists, in the order asked for. */
export async function lines(
  db: Db,
  correlations: readonly string[],
  known: Known,
  options: { down?: Down; now?: Date } = {},
): Promise<DocumentLine[]> {
  const asked = [...new Set(correlations)];
  if (asked.length === 0) return [];
  const now = options.now ?? new Date();
  const [ends, exceptions, questions, deliveries, instances] = await Promise.all([
    db.query<FirstAndLast>(FIRST_AND_LAST, [asked]),
    db.query<ExceptionRow>(OPEN_EXCEPTIONS_OF, [asked]),
    db.query<QuestionRow>(OPEN_QUESTIONS_OF, [asked]),
    db.query<DeliveryRow>(OPEN_DELIVERIES_OF, [asked]),
    instancesOf(db, asked.map(splitKey)),
  ]);
  const byCorrelation = new Map(ends.rows.map((row) => [row.correlation, row]));
  const gone = asked.filter((correlation) => !byCorrelation.has(correlation));
  // Its messages are in the archive; what is known beside them still makes a line.
  for (const { correlation, firstAt, lastAt } of gone.length > 0 ? await archivedOf(db, gone) : []) {
    const known = byCorrelation.get(correlation);
    byCorrelation.set(correlation, {
      correlation,
      contract: "",
      version: 1,
      data: null,
      first_at: known && known.first_at < firstAt ? known.first_at : firstAt,
      last_at: known && known.last_at > lastAt ? known.last_at : lastAt,
    });
  }

  return asked.flatMap((correlation) => {
    const row = byCorrelation.get(correlation);
    if (!row) return [];
    const instance = mainInstance(instances, correlation, (one) => milestonesOf(known, one, now).length);
    const milestones = instance ? milestonesOf(known, instance, now) : [];
    const { type, value } = splitKey(correlation);
    const of = <Row extends { correlation: string | null }>(rows: readonly Row[]) =>
      rows.filter((one) => one.correlation === correlation);
    return [
      {
        correlation,
        kind: keyTitle(type),
        number: value,
        also: alsoKnownAs(known, row, value),
        header: headerIn(known, row),
        process: instance ? `${instance.process}@${instance.version}` : null,
        milestones,
        status: judge(
          known,
          {
            instance,
            ...nextMilestone(milestones),
            exceptions: of(exceptions.rows),
            questions: of(questions.rows),
            deliveries: of(deliveries.rows),
            down: options.down ?? NONE_DOWN,
          },
          now,
        ),
        startedAt: iso(row.first_at),
        changedAt: iso(row.last_at),
      },
    ];
  });
}

/** What each of these documents says about itself at first, and its worth. */
export async function headersOf(
  db: Db,
  correlations: readonly string[],
  known: Known,
): Promise<Map<string, Header>> {
  if (correlations.length === 0) return new Map();
  const { rows } = await db.query<FirstAndLast>(FIRST_AND_LAST, [correlations]);
  return new Map(rows.map((row) => [row.correlation, headerIn(known, row)]));
}

/** The header of the first message, with the worth a later one states where it states none; of a row of FIRST_AND_LAST. */
function headerIn(known: Known, row: FirstAndLast): Header {
  const first = headerOfText(known, row.contract, row.version, row.data);
  if (first.money !== null) return first;
  for (const { contract, version, data } of row.worth ?? []) {
    const { money } = headerOfText(known, contract, version, data);
    if (money !== null) return { ...first, money };
  }
  return first;
}

/** References the first message carries beside its own number: the customer's PO first. */
function alsoKnownAs(known: Known, { contract, version, data }: FirstAndLast, number: string) {
  const of = known.contracts.get(contract);
  if (!of || data === null) return [];
  try {
    return of
      .keysOf(of.read(JSON.parse(data), version))
      .filter((key) => key.value !== number && /reference|purchaseOrder|^po$|invoice|payment/i.test(key.type))
      .slice(0, 3)
      .map((key) => ({ label: keyTitle(key.type), value: key.value }));
  } catch {
    return [];
  }
}

/** The highest position handed out; reading a sequence needs no index. */
export const LAST_POSITION = `select last_value::text as position from event_position`;

/** What people said about connections, batches, causes, selections, runs of runbooks and feeds is in the journal too, and is no document. */
const NO_DOCUMENTS = [
  "connection",
  "batch",
  "cause",
  "selection",
  "exception",
  "promise",
  "clock",
  "run",
  "feed",
  "arrival",
];

/** Whether a transaction is a document one can open, and not a word about the dock's own work. */
export const isDocument = (correlation: string): boolean =>
  !NO_DOCUMENTS.includes(splitKey(correlation).type);

/**
 * Transactions whose newest message lies in a window of positions. Indexes: event_position_brin for the window, then
 * event_correlation for "nothing later".
 */
export const windowWhere = (mine: string): string => `
  select e.correlation, max(e.position)::text as position
    from event e
   where e.position > $1 and e.position <= $2 and split_part(e.correlation, '/', 1) not in (${NO_DOCUMENTS.map((type) => `'${type}'`).join(", ")})
   group by e.correlation
  having not exists (
     select from event later where later.correlation = e.correlation and later.position > $2) and ${mine}
   order by max(e.position) desc`;

export interface Page {
  readonly documents: readonly DocumentLine[];
  /** Hand it back as `after` for the next page; null at the end. */
  readonly next: string | null;
}

/** The first window looks back this many positions; each further one doubles. */
const WINDOW_FIRST = 2_000;
/** A page gives up looking after this many windows and hands out where to go on: 2,000 × (2⁸ − 1) is half a million. */
const WINDOWS_MAX = 8;

/**
 * Documents something happened to last, newest first. `after` is the `next` of the page before.
 *
 * A page may be short, even empty, and still have a `next`: it looked as far back as one request should.
 */
export async function recent(
  db: Db,
  known: Known,
  options: {
    limit?: number;
    after?: string | null;
    areas?: Areas;
    /** A further condition on the column that holds the transaction; its parameters begin at `$from`. */
    also?: (column: string, from: number) => Condition;
    down?: Down;
    now?: Date;
  } = {},
): Promise<Page> {
  const theirs = within(options.areas ?? null, "e.correlation", 3);
  const also = options.also?.("e.correlation", 3 + theirs.values.length) ?? { sql: "true", values: [] };
  const mine = { sql: `${theirs.sql} and ${also.sql}`, values: [...theirs.values, ...also.values] };
  const limit = Math.min(options.limit ?? 25, 200);
  const asked = /^\d{1,18}$/.test(options.after ?? "") ? Number(options.after) - 1 : null;
  let high =
    asked ?? Number((await db.query<{ position: string }>(LAST_POSITION, [])).rows[0]?.position ?? 0);
  const found: { correlation: string; position: string }[] = [];
  for (let window = 0; window < WINDOWS_MAX && found.length < limit && high > 0; window++) {
    const low = Math.max(0, high - WINDOW_FIRST * 2 ** window);
    const { rows } = await db.query<{ correlation: string; position: string }>(windowWhere(mine.sql), [
      low,
      high,
      ...mine.values,
    ]);
    found.push(...rows);
    high = low;
  }
  const shown = found.slice(0, limit);
  const more = found.length > limit || high > 0;
  return {
    documents: await lines(
      db,
      shown.map((row) => row.correlation),
      known,
      options,
    ),
    next: more ? (found.length > limit ? shown.at(-1)!.position : String(high + 1)) : null,
  };
}
