/**
 * The whole story of one document, read back from everything the memory holds about it.
 *
 * One round of look-ups by index, then pure assembly (`story.ts`): the page never costs more because the tables grew.
 * A transaction without a process of its own that shares a strong number with this document (the shipment a warehouse
 * reports under its own number) is part of its story; one with its own process is a related document with its own page.
 */
import type { Finding } from "../work/agreements.ts";
import { type Archived, archivedOf } from "./archives.ts";
import { type DocumentLine, type Down, lines, NONE_DOWN } from "./documents.ts";
import { dataOf } from "./header.ts";
import { type InstanceView, instancesOf, instanceView, type MilestoneView } from "./instances.ts";
import { type Known, keyTitle, messageTitle, NOTHING_KNOWN, plain, splitKey, systemTitle } from "./known.ts";
import { mask, type Reveal } from "./mask.ts";
import {
  besideDelivery,
  besideEvent,
  hidden,
  type LeftView,
  leftIn,
  type NotCarried,
} from "./not-carried.ts";
import { type OpinionRow, type OpinionsView, opinionsView } from "./opinions.ts";
import { keysOf, ties } from "./related.ts";
import {
  type ArrivalRow,
  type AttemptRow,
  type Db,
  type DeliveryRow,
  type EventRow,
  EXCEPTION,
  type ExceptionRow,
  field,
  type Instant,
  iso,
  isoOrNull,
  json,
  type QuestionRow,
} from "./rows.ts";
import { deliveryStatus, exceptionWord, type Status, type StatusWord, waitsFor } from "./status.ts";
import { type Entry, type LineageNode, lineage, timeline } from "./story.ts";

export interface KeyView {
  readonly label: string;
  readonly type: string;
  readonly value: string;
  readonly system: string | null;
  readonly systemTitle: string | null;
}

/** A delivery as shown: who is owed what, how it stands, and what can be pressed. */
export interface DeliveryView {
  readonly key: string;
  readonly correlation: string;
  readonly connection: string;
  readonly connectionTitle: string;
  readonly contract: string;
  readonly title: string;
  readonly state: DeliveryRow["status"];
  readonly status: Status;
  readonly attempts: number;
  readonly reference: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** Position of the command or fact it carries; opens its bodies with `step`. */
  readonly step: string;
  /** What its document has no place for. */
  readonly notCarried: readonly NotCarried[];
  readonly tries: readonly {
    readonly at: string;
    readonly outcome: string;
    readonly reason: string | null;
  }[];
  /** What it goes again for by itself when that has come, and since when it waits; null when it waits for nothing of the kind. */
  readonly waits: { readonly what: string; readonly since: string } | null;
  /** What a person may do now. */
  readonly may: readonly ("try again" | "settle" | "cancel")[];
}

export interface QuestionView {
  readonly id: string;
  readonly process: string;
  readonly approval: string;
  readonly askedOf: string;
  readonly because: string | null;
  readonly correlation: string;
  readonly askedAt: string;
  readonly dueAt: string;
  readonly verdict: QuestionRow["verdict"];
  readonly answeredBy: string | null;
  readonly comment: string | null;
  readonly answeredAt: string | null;
}

export interface ExceptionView {
  readonly id: string;
  readonly fingerprint: string;
  readonly class: ExceptionRow["class"];
  readonly word: StatusWord;
  readonly title: string;
  readonly reason: string;
  readonly owner: string;
  readonly subjectKind: ExceptionRow["subject_kind"];
  readonly subject: string;
  readonly connection: string | null;
  readonly connectionTitle: string | null;
  readonly correlation: string | null;
  readonly openedAt: string;
  readonly resolvedAt: string | null;
  readonly resolution: string | null;
  /** How often the delivery it is about was tried; null when it is about none. */
  readonly tries: number | null;
  /** When a business hold is to be decided, and when it was escalated because it was not. */
  readonly dueAt: string | null;
  readonly escalatedAt: string | null;
}

/** What people said about a document: who looks after it, and why nothing of it is sent. */
export interface Tended {
  readonly assignedTo: string | null;
  readonly hold: { readonly by: string; readonly because: string; readonly at: string } | null;
}

export interface Story {
  readonly line: DocumentLine;
  readonly tended: Tended;
  readonly milestones: readonly MilestoneView[];
  readonly instances: readonly InstanceView[];
  readonly timeline: readonly Entry[];
  readonly lineage: readonly LineageNode[];
  readonly keys: readonly KeyView[];
  readonly opinions: OpinionsView;
  readonly deliveries: readonly DeliveryView[];
  readonly questions: readonly QuestionView[];
  readonly exceptions: readonly ExceptionView[];
  readonly related: readonly (DocumentLine & {
    readonly through: { readonly label: string; readonly value: string };
  })[];
  /** Parts of it that left the database: in which file, and on which machine. */
  readonly archived: readonly Archived[];
  /** Documents that say more than was carried, and what ours had no place for. */
  readonly notCarried: readonly LeftView[];
  /** The story has more than `STORY_MAX` messages, and the latest are shown. */
  readonly truncated: boolean;
  readonly asOf: string;
}

/** Messages of a story shown at most: the latest. */
export const STORY_MAX = 2_000;

/** Index: event_correlation (correlation, position), backwards. Bodies above 16 kB are left to `step`. */
export const EVENTS_OF = `
  select position::text as position, recorded_at, occurred_at, kind, id, contract, version, key, source, correlation,
         causation, case when length(data) <= 16384 then data end as data, extra
    from event where correlation = any($1) order by event.position desc limit $2`;

/** Index: the primary key of arrival (id, received_at), one probe a partition. */
export const ARRIVALS = `
  select id::text as id, flow, source, message_id, received_at, state, media_type, length(body) as bytes, notes
    from arrival where id = any($1::uuid[]) order by received_at`;

/** Index: delivery_correlation. */
export const DELIVERIES_OF = `
  select key, flow, connection, contract, subject, correlation, event_position::text as event_position, after_key,
         status, attempts, doubts, next_try_at, created_at, updated_at, reference, reason, error_code, not_carried,
         waits_for, waits_since
    from delivery where correlation = any($1) order by id limit 2000`;

/** Index: attempt_delivery. */
export const ATTEMPTS_OF = `
  select delivery, number, at, outcome, reason from attempt where delivery = any($1) order by at limit 5000`;

/** Index: question_correlation. */
export const QUESTIONS_OF = `
  select id, process, key, approval, asked_of, because, correlation, asked_at, due_at, verdict, answered_by, comment,
         answered_at
    from question where correlation = any($1) order by asked_at limit 500`;

/** Index: exception_correlation. */
export const EXCEPTIONS_OF = `
  select ${EXCEPTION} from exception x where x.correlation = any($1) order by x.opened_at limit 500`;

/** Index: the primary key of opinion (subject, milestone, system). */
export const OPINIONS_OF = `
  select subject, milestone, system, reached, said_at from opinion where subject = any($1) limit 2000`;

/** Index: the primary key of tended_document. */
const TENDED = `
  select assigned_to as "assignedTo", held_by as by, held_because as because, held_at as at from tended_document where correlation = $1`;

/** What was judged about a document under watch, once it was looked at. Index: the primary key of agreement. */
const WATCHED = "select judged from agreement where subject = $1 and stand <> 'new'";

/**
 * Everything known about one business transaction; null when nothing ever happened under that name.
 *
 * `correlation` is what `find` returns. `known` (dock.definitions) gives titles, due times and today's shapes; without
 * it the story is told in stored names.
 */
export async function document(
  db: Db,
  correlation: string,
  known: Known = NOTHING_KNOWN,
  options: { down?: Down; now?: Date } = {},
): Promise<Story | null> {
  const now = options.now ?? new Date();
  const down = options.down ?? NONE_DOWN;
  const [line] = await lines(db, [correlation], known, { down, now });
  if (!line) return null;

  const ownKeys = await keysOf(db, [correlation]);
  const tied = await ties(db, correlation, [
    { correlation, ...splitKey(correlation), system: null, first_seen: now.toISOString() },
    ...ownKeys,
  ]);
  const relatedLines = await lines(
    db,
    tied.map((tie) => tie.correlation),
    known,
    { down, now },
  );
  // What no process coordinates has no page worth opening: it is a chapter of this story.
  const chapters = relatedLines.filter(({ process }) => process === null).map((one) => one.correlation);
  const all = [correlation, ...chapters];

  const [tended, archived, events, deliveries, questions, exceptions, keys] = await Promise.all([
    db.query<TendedRow>(TENDED, [correlation]),
    archivedOf(db, all),
    db.query<EventRow>(EVENTS_OF, [all, STORY_MAX + 1]),
    db.query<DeliveryRow>(DELIVERIES_OF, [all]),
    db.query<QuestionRow>(QUESTIONS_OF, [all]),
    db.query<ExceptionRow>(EXCEPTIONS_OF, [all]),
    chapters.length > 0 ? keysOf(db, all) : ownKeys,
  ]);
  // What happened to an exception is told by the exception itself, in better words.
  const shown = events.rows
    .slice(0, STORY_MAX)
    .filter(({ causation }) => !causation?.startsWith("exception:"))
    .toReversed();
  const subjects = [
    ...new Set([...all, ...shown.map(({ key }) => key), ...keys.map((k) => `${k.type}/${k.value}`)]),
  ];
  const [arrivals, attempts, opinions, instances, watched] = await Promise.all([
    db.query<ArrivalRow>(ARRIVALS, [arrivalIds(shown)]),
    db.query<AttemptRow>(ATTEMPTS_OF, [deliveries.rows.map(({ key }) => key)]),
    db.query<OpinionRow>(OPINIONS_OF, [subjects]),
    instancesOf(db, [splitKey(correlation), ...keys]),
    db.query<{ judged: string | null }>(WATCHED, [correlation]),
  ]);
  const [watch] = watched.rows;
  const found = watch ? ((json(watch.judged) ?? []) as Finding[]) : null;

  const own = instances.filter((one) => all.includes(one.correlation));
  const rows = {
    known,
    now,
    correlation,
    events: shown,
    arrivals: arrivals.rows,
    deliveries: deliveries.rows,
    attempts: attempts.rows,
    questions: questions.rows,
    exceptions: exceptions.rows,
    instances: own,
    down,
  };
  return {
    line,
    tended: tendedView(tended.rows[0]),
    milestones: line.milestones,
    instances: own.map((one) => instanceView(known, one, now)),
    timeline: timeline(rows),
    lineage: lineage(rows),
    keys: keys
      // The same number under another name says nothing new: an order's process instance is named like the order.
      .filter((key) => key.value !== line.number || `${key.type}/${key.value}` === correlation)
      .filter(
        (key, index, kept) =>
          kept.findIndex((other) => other.type === key.type && other.value === key.value) === index,
      )
      .map((key) => ({
        label: keyTitle(key.type),
        type: key.type,
        value: key.value,
        system: key.system,
        systemTitle: key.system === null ? null : systemTitle(known, key.system),
      })),
    opinions: opinionsView(known, correlation, line.milestones, opinions.rows, now, found),
    deliveries: deliveries.rows.map((row) => deliveryView(known, row, attempts.rows, exceptions.rows, down)),
    questions: questions.rows.map(questionView),
    exceptions: exceptions.rows.map((row) => exceptionView(known, row)),
    related: relatedLines
      .filter(({ process }) => process !== null)
      .map((one) => {
        const through = tied.find((tie) => tie.correlation === one.correlation)!.through;
        return { ...one, through: { label: keyTitle(through.type), value: through.value } };
      }),
    archived: archived.map(({ correlation: _, ...part }) => part),
    notCarried: leftIn(known, shown, deliveries.rows),
    truncated: events.rows.length > STORY_MAX,
    asOf: now.toISOString(),
  };
}

interface TendedRow {
  readonly assignedTo: string | null;
  readonly by: string | null;
  readonly because: string;
  readonly at: Instant;
}

const tendedView = (row: TendedRow | undefined): Tended => ({
  assignedTo: row?.assignedTo ?? null,
  hold: row && row.by !== null ? { by: row.by, because: row.because, at: iso(row.at) } : null,
});

function arrivalIds(events: readonly EventRow[]): string[] {
  const ids = events.flatMap(({ causation }) =>
    causation?.startsWith("arrival:") ? [causation.slice(8)] : [],
  );
  return [...new Set(ids)].filter((id) => /^[0-9a-f]{8}-[0-9a-f-]{27}$/i.test(id));
}

export function questionView(row: QuestionRow): QuestionView {
  return {
    id: row.id,
    process: row.process,
    approval: row.approval,
    askedOf: row.asked_of,
    because: row.because,
    correlation: row.correlation,
    askedAt: iso(row.asked_at),
    dueAt: iso(row.due_at),
    verdict: row.verdict,
    answeredBy: row.answered_by,
    comment: row.comment,
    answeredAt: isoOrNull(row.answered_at),
  };
}

export function exceptionView(known: Known, row: ExceptionRow): ExceptionView {
  return {
    id: row.id,
    fingerprint: row.fingerprint,
    class: row.class,
    word: exceptionWord(row.class),
    title: plain(known, row.title),
    reason: plain(known, row.reason, row.connection),
    owner: row.owner,
    subjectKind: row.subject_kind,
    subject: row.subject,
    connection: row.connection,
    connectionTitle: row.connection === null ? null : systemTitle(known, row.connection),
    correlation: row.correlation,
    openedAt: iso(row.opened_at),
    resolvedAt: isoOrNull(row.resolved_at),
    resolution: row.resolution,
    tries: row.tries,
    dueAt: isoOrNull(row.due_at),
    escalatedAt: isoOrNull(row.escalated_at),
  };
}

function deliveryView(
  known: Known,
  row: DeliveryRow,
  attempts: readonly AttemptRow[],
  exceptions: readonly ExceptionRow[],
  down: Down,
  reveal?: Reveal,
): DeliveryView {
  const open = exceptions.find((one) => one.subject === row.key && one.resolved_at === null);
  const awaited = waitsFor(row);
  return {
    key: row.key,
    correlation: row.correlation,
    connection: row.connection,
    connectionTitle: systemTitle(known, row.connection),
    contract: row.contract,
    title: messageTitle(row.contract),
    state: row.status,
    status: deliveryStatus(known, row, open, down.has(row.connection)),
    attempts: row.attempts,
    reference: row.reference,
    createdAt: iso(row.created_at),
    updatedAt: iso(row.updated_at),
    step: row.event_position,
    notCarried: hidden(besideDelivery(row), reveal),
    tries: attempts
      .filter(({ delivery }) => delivery === row.key)
      .map(({ at, outcome, reason }) => ({ at: iso(at), outcome, reason })),
    // It may have been refused again since; it waits since it was shown first.
    waits:
      awaited === null
        ? null
        : { what: awaited, since: iso(open?.opened_at ?? row.waits_since ?? row.updated_at) },
    may: mayDo(row.status, open?.class),
  };
}

/** What a person may do about a delivery in this state. */
export function mayDo(
  state: DeliveryRow["status"],
  exception: ExceptionRow["class"] | undefined,
): ("try again" | "settle" | "cancel")[] {
  // Only a person who looked at the target may say what became of it; sent again unseen, it could be booked twice.
  if (exception === "unclear outcome") return state === "owed" ? [] : ["settle"];
  if (state === "parked" || state === "held") return ["try again", "cancel"];
  if (state === "in_doubt") return [];
  // What merely waits goes out by itself; only what a person must settle anyway may be given up.
  return state === "owed" && exception !== undefined && exception !== "temporary" ? ["cancel"] : [];
}

/** What was sent in one step and what came back: bodies as they stand in the journal, in today's shape. */
export interface Step {
  readonly position: string;
  readonly kind: "event" | "command";
  readonly contract: string;
  readonly version: number;
  readonly title: string;
  readonly summary: string | null;
  readonly source: string;
  readonly sourceTitle: string;
  readonly recordedAt: string;
  readonly occurredAt: string;
  readonly data: unknown;
  readonly extra: unknown;
  /** What the document it was read from says beyond it. */
  readonly notCarried: readonly NotCarried[];
  /** What the targets told back about it. */
  readonly answers: readonly {
    readonly position: string;
    readonly title: string;
    readonly contract: string;
    readonly source: string;
    readonly recordedAt: string;
    readonly data: unknown;
    readonly extra: unknown;
  }[];
  readonly deliveries: readonly DeliveryView[];
}

/** Index: event_correlation (correlation, position). */
export const STEP = `
  select position::text as position, recorded_at, occurred_at, kind, id, contract, version, key, source, correlation,
         causation, data, extra
    from event where correlation = $1 and (position = $2 or causation = 'event:' || $2::text or
         (position > $2 and extra is not null)) order by event.position limit 2000`;

/** One step of a story with its bodies; null when that transaction has no such position. */
export async function step(
  db: Db,
  correlation: string,
  position: string,
  known: Known = NOTHING_KNOWN,
  options: { down?: Down; reveal?: Reveal } = {},
): Promise<Step | null> {
  if (!/^\d{1,18}$/.test(position)) return null;
  const [{ rows }, deliveries] = await Promise.all([
    db.query<EventRow>(STEP, [correlation, position]),
    db.query<DeliveryRow>(DELIVERIES_OF, [[correlation]]),
  ]);
  const event = rows.find((row) => row.position === position);
  if (!event) return null;
  const carried = deliveries.rows.filter((row) => row.event_position === position);
  const [attempts, exceptions] = await Promise.all([
    db.query<AttemptRow>(ATTEMPTS_OF, [carried.map(({ key }) => key)]),
    db.query<ExceptionRow>(EXCEPTIONS_OF, [[correlation]]),
  ]);
  const body = (row: EventRow) =>
    mask(
      known.contracts.get(row.contract)?.schema,
      dataOf(known, row.contract, row.version, row.data ?? "null"),
      options.reveal,
    );
  const answers = rows.filter((row) => carried.some(({ key }) => field(json(row.extra), "delivery") === key));
  return {
    position,
    kind: event.kind,
    contract: event.contract,
    version: event.version,
    title: messageTitle(event.contract),
    summary: known.contracts.get(event.contract)?.summary ?? null,
    source: event.source,
    sourceTitle: systemTitle(known, event.source),
    recordedAt: iso(event.recorded_at),
    occurredAt: iso(event.occurred_at),
    data: body(event),
    extra: withoutLeft(json(event.extra)),
    notCarried: hidden(besideEvent(event), options.reveal),
    answers: answers.map((row) => ({
      position: row.position,
      title: messageTitle(row.contract),
      contract: row.contract,
      source: row.source,
      recordedAt: iso(row.recorded_at),
      data: body(row),
      extra: withoutLeft(json(row.extra)),
    })),
    deliveries: carried.map((row) =>
      deliveryView(known, row, attempts.rows, exceptions.rows, options.down ?? NONE_DOWN, options.reveal),
    ),
  };
}

/** What is kept beside an event, without the values that are shown apart. */
function withoutLeft(extra: unknown): unknown {
  if (typeof extra !== "object" || extra === null) return extra;
  const { notCarried: _, ...more } = extra as { notCarried?: unknown };
  return Object.keys(more).length === 0 ? null : more;
}
