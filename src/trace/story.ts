/**
 * Turns rows into the two pictures of a story: the timeline (when) and the lineage (because of what).
 *
 * The timeline has three zoom levels, each containing the one before: `business` for whoever talks to the customer,
 * `steps` for whoever looks after the process, `attempts` for whoever mends the connection. Pure; oldest first.
 */
import type { Says } from "../contracts/contract.ts";
import { dataOf, headerOf } from "./header.ts";
import {
  isStrong,
  type Known,
  keyTitle,
  messageTitle,
  plain,
  sentence,
  splitKey,
  systemTitle,
} from "./known.ts";
import {
  type ArrivalRow,
  type AttemptRow,
  type DeliveryRow,
  type EventRow,
  type ExceptionRow,
  field,
  type InstanceRow,
  iso,
  json,
  type QuestionRow,
  text,
} from "./rows.ts";
import { deliveryStatus, exceptionWord, STATUSES, type StatusWord } from "./status.ts";

export type Level = "business" | "steps" | "attempts";

export interface Entry {
  readonly id: string;
  /** When we knew. */
  readonly at: string;
  /** When it happened by its sender's word, where that is more than a minute apart from when we knew. */
  readonly happenedAt: string | null;
  readonly level: Level;
  readonly what:
    | "arrival"
    | "event"
    | "command"
    | "delivery"
    | "attempt"
    | "question"
    | "answer"
    | "milestone"
    | "exception"
    | "resolved"
    | "note";
  /** How it stands or ended, where that says something. */
  readonly word: StatusWord | null;
  /** The connection, client or person concerned. */
  readonly system: string | null;
  readonly title: string;
  readonly detail: string | null;
  /** What to open with `step` to see bodies. */
  readonly step: { readonly correlation: string; readonly position: string } | null;
}

export interface LineageNode {
  readonly id: string;
  /** The node that caused it; null for a beginning. */
  readonly parent: string | null;
  readonly kind: "arrival" | "event" | "command" | "delivery" | "person";
  readonly title: string;
  readonly system: string | null;
  readonly detail: string | null;
  readonly word: StatusWord | null;
  readonly at: string;
  readonly step: { readonly correlation: string; readonly position: string } | null;
}

export interface StoryRows {
  readonly known: Known;
  readonly now: Date;
  readonly correlation: string;
  readonly events: readonly EventRow[];
  readonly arrivals: readonly ArrivalRow[];
  readonly deliveries: readonly DeliveryRow[];
  readonly attempts: readonly AttemptRow[];
  readonly questions: readonly QuestionRow[];
  readonly exceptions: readonly ExceptionRow[];
  readonly instances: readonly InstanceRow[];
  readonly down: ReadonlySet<string>;
}

const openException = (rows: StoryRows, delivery: DeliveryRow) =>
  rows.exceptions.find((one) => one.subject === delivery.key && one.resolved_at === null);

/** The timeline, oldest first. Entries of one instant keep the order cause before effect. */
export function timeline(rows: StoryRows): Entry[] {
  const told = new Set<string>();
  const business = saidFirst(rows, told);
  // Where the engine publishes that a milestone was reached, that message stands in the story by itself.
  const announced = new Set(
    rows.events
      .filter(({ contract }) => MILESTONE.has(contract))
      .map(({ data }) => text(field(json(data), "milestone"))),
  );
  const entries: Entry[] = [
    ...rows.arrivals.map((row, index) =>
      arrivalEntry(rows.known, beforeItsFacts(row, rows.events), index === 0),
    ),
    ...rows.events.map((row) => eventEntry(rows, row, business)),
    ...rows.deliveries.map((row) => deliveryEntry(rows, row)),
    ...rows.attempts.map((row) => attemptEntry(rows, row)),
    ...rows.instances.flatMap((instance) => milestoneEntries(rows.known, instance, told, announced)),
    ...rows.questions.flatMap(questionEntries),
    ...rows.exceptions.flatMap((row) => exceptionEntries(rows.known, row)),
  ];
  return entries.toSorted((a, b) => a.at.localeCompare(b.at) || RANK[a.what] - RANK[b.what]);
}

/** Arrival and facts are written in one commit, and its clocks may run a moment apart: what came in came before what it became. */
function beforeItsFacts(arrival: ArrivalRow, events: readonly EventRow[]): ArrivalRow {
  const first = events.find(({ causation }) => causation === `arrival:${arrival.id}`);
  return first && Date.parse(first.recorded_at) < Date.parse(arrival.received_at)
    ? { ...arrival, received_at: first.recorded_at }
    : arrival;
}

const RANK: Readonly<Record<Entry["what"], number>> = {
  arrival: 0,
  event: 1,
  milestone: 2,
  command: 3,
  question: 4,
  attempt: 5,
  delivery: 6,
  answer: 7,
  exception: 8,
  resolved: 9,
  note: 10,
};

/** Positions of the messages that tell the business something for the first time, and the milestones they tell. */
function saidFirst({ known, events }: StoryRows, told: Set<string>): ReadonlySet<string> {
  const positions = new Set<string>();
  const seen = new Set<string>();
  const first = events.find(({ kind }) => kind === "event");
  if (first) positions.add(first.position);
  for (const row of events) {
    const says: Says | undefined = known.contracts.get(row.contract)?.says;
    // A system that confirms whatever milestone it was told says nothing for the first time.
    if (!says || typeof says.milestone !== "string" || row.kind !== "event") continue;
    told.add(says.milestone);
    const fact = `${row.contract}|${row.key}`;
    if (seen.has(fact)) continue;
    seen.add(fact);
    positions.add(row.position);
  }
  return positions;
}

function arrivalEntry(known: Known, row: ArrivalRow, first: boolean): Entry {
  const aside = row.state !== "accepted";
  return {
    id: `arrival:${row.id}`,
    at: iso(row.received_at),
    happenedAt: null,
    level: first || aside ? "business" : "steps",
    what: "arrival",
    word: aside ? (row.state === "conflict" ? "needs a decision" : "needs data fix") : null,
    system: row.source,
    title: aside
      ? `${systemTitle(known, row.source)} sent something that was set aside`
      : `Received from ${systemTitle(known, row.source)}`,
    detail: `${size(row.bytes)}, receipt ${row.id}`,
    step: null,
  };
}

/** What a person said about the document itself. It leads to nothing, so it stands in the timeline and not in the lineage. */
const TENDED = "operations.document-tended";

function tendedEntry(row: EventRow): Entry {
  const data = json(row.data);
  const [what, value, by, reason] = ["what", "value", "by", "reason"].map((name) => text(field(data, name)));
  const title =
    what === "note"
      ? `Note by ${by}`
      : what === "hold"
        ? `${by} put it on hold`
        : what === "release"
          ? `${by} let it go on`
          : value === null
            ? `${by} gave it back: nobody looks after it`
            : value === by
              ? `${by} looks after it`
              : `${by} asked ${value} to look after it`;
  return {
    id: `event:${row.position}`,
    at: iso(row.recorded_at),
    happenedAt: null,
    level: "business",
    what: "note",
    word: what === "hold" ? "on hold" : null,
    system: null,
    title,
    detail: (what === "note" || what === "hold" ? value : reason) || null,
    step: null,
  };
}

function eventEntry(rows: StoryRows, row: EventRow, business: ReadonlySet<string>): Entry {
  const { known } = rows;
  if (row.contract === TENDED) return tendedEntry(row);
  const apart = Math.abs(Date.parse(row.recorded_at) - Date.parse(row.occurred_at)) > 60_000;
  const receivers = rows.deliveries.filter(({ event_position }) => event_position === row.position);
  const to = [...new Set(receivers.map(({ connection }) => systemTitle(known, connection)))].join(", ");
  const title = titleOf(row);
  return {
    id: `event:${row.position}`,
    at: iso(row.recorded_at),
    happenedAt: row.kind === "event" && apart ? iso(row.occurred_at) : null,
    level: business.has(row.position) ? "business" : "steps",
    what: row.kind,
    word: null,
    system: row.source,
    title: row.kind === "command" && to !== "" ? `${title} → ${to}` : title,
    detail: facts(known, row),
    step: { correlation: row.correlation, position: row.position },
  };
}

/** What a message says in a few words. That a milestone was reached says which one. */
function titleOf(row: EventRow): string {
  const milestone = MILESTONE.has(row.contract) ? text(field(json(row.data), "milestone")) : null;
  if (milestone === null) return messageTitle(row.contract);
  return `${sentence(milestone)} ${row.contract.endsWith("withdrawn") ? "taken back" : "reached"}`;
}
const MILESTONE = new Set(["operations.milestone-reached", "operations.milestone-withdrawn"]);

/** The numbers and the worth a message carries beside the document's own: "Invoice INV-3301, 12155.00 EUR". */
function facts(known: Known, row: EventRow): string | null {
  if (row.data === null) return null;
  const data = dataOf(known, row.contract, row.version, row.data);
  const numbers: string[] = [];
  try {
    const own = splitKey(row.correlation).value;
    for (const { type, value } of known.contracts.get(row.contract)?.keysOf(data) ?? []) {
      if (isStrong(type) && value !== own && numbers.length < 3) numbers.push(`${keyTitle(type)} ${value}`);
    }
  } catch {
    // Data that no longer fits its contract is still shown, only without its numbers.
  }
  const { money } = headerOf(data);
  const parts = [...numbers, ...(money ? [`${money.amount} ${money.currency}`] : [])];
  const answered = text(field(json(row.extra), "reference"));
  if (answered && !parts.some((part) => part.includes(answered)))
    parts.unshift(`${systemTitle(known, row.source)} number ${answered}`);
  return parts.length > 0 ? parts.join(", ") : null;
}

function deliveryEntry(rows: StoryRows, row: DeliveryRow): Entry {
  const exception = openException(rows, row);
  const status = deliveryStatus(rows.known, row, exception, rows.down.has(row.connection));
  const system = systemTitle(rows.known, row.connection);
  const carried = rows.events.find(({ position }) => position === row.event_position);
  const what = carried ? titleOf(carried) : messageTitle(row.contract);
  const open = !["applied", "superseded", "cancelled"].includes(row.status);
  const told = exception !== undefined && exception.class !== "temporary";
  return {
    id: `delivery:${row.key}`,
    at: iso(open && row.attempts === 0 ? row.created_at : row.updated_at),
    happenedAt: null,
    // An open exception tells the same in better words, unless it is one that nobody needs to act on.
    level: open && !told && STATUSES[status.word].rank >= STATUSES.waiting.rank ? "business" : "steps",
    what: "delivery",
    word: status.word,
    system: row.connection,
    title:
      row.status === "applied"
        ? `${system} confirmed: ${what.toLowerCase()}`
        : `${system}: ${what.toLowerCase()}`,
    detail:
      row.status === "applied"
        ? [
            row.reference ? `number ${row.reference}` : null,
            row.attempts > 1 ? `after ${row.attempts} tries` : null,
          ]
            .filter(Boolean)
            .join(", ") || null
        : [status.text, status.because].filter(Boolean).join(". "),
    step: { correlation: row.correlation, position: row.event_position },
  };
}

function attemptEntry(rows: StoryRows, row: AttemptRow): Entry {
  const delivery = rows.deliveries.find(({ key }) => key === row.delivery);
  return {
    id: `attempt:${row.delivery}:${row.number}:${row.at}`,
    at: iso(row.at),
    happenedAt: null,
    level: "attempts",
    what: "attempt",
    word: null,
    system: delivery?.connection ?? null,
    title: `${delivery ? systemTitle(rows.known, delivery.connection) : "A system"}, try ${row.number}: ${row.outcome}`,
    detail: plain(rows.known, row.reason, delivery?.connection),
    step: delivery ? { correlation: delivery.correlation, position: delivery.event_position } : null,
  };
}

function milestoneEntries(
  known: Known,
  instance: InstanceRow,
  told: ReadonlySet<string>,
  announced: ReadonlySet<string | null>,
): Entry[] {
  const process = sentence(instance.process);
  const reached = instance.body.milestones.flatMap((mark): Entry[] =>
    mark.at === null || (announced.has(mark.name) && told.has(mark.name))
      ? []
      : [
          {
            id: `milestone:${instance.process}:${instance.key}:${mark.name}`,
            at: mark.at,
            happenedAt: null,
            // A message that says the same is more telling: it names the system and the numbers.
            level: told.has(mark.name) && !mark.withdrawn ? "steps" : "business",
            what: "milestone",
            word: mark.withdrawn ? null : "done",
            system: null,
            title: mark.withdrawn ? `${sentence(mark.name)} taken back` : `${sentence(mark.name)} reached`,
            detail: mark.of === null ? process : `${process}, ${mark.part ?? 0} of ${mark.of}`,
            step: null,
          },
        ],
  );
  const notes = instance.body.notes.map(
    (note, index): Entry => ({
      id: `note:${instance.process}:${instance.key}:${index}`,
      at: note.at ?? iso(instance.updated_at),
      happenedAt: null,
      level: "steps",
      what: "note",
      word: null,
      system: null,
      title: plain(known, note.text),
      detail: process,
      step: null,
    }),
  );
  return [...reached, ...notes];
}

function questionEntries(row: QuestionRow): Entry[] {
  const asked: Entry = {
    id: `question:${row.id}`,
    at: iso(row.asked_at),
    happenedAt: null,
    level: "business",
    what: "question",
    word: row.verdict === null ? "on hold" : null,
    system: row.asked_of,
    title: `Asked ${row.asked_of}: ${row.approval}`,
    detail: row.because,
    step: null,
  };
  if (row.verdict === null || row.answered_at === null) return [asked];
  const answer: Entry = {
    ...asked,
    id: `answer:${row.id}`,
    at: iso(row.answered_at),
    what: "answer",
    word: row.verdict === "approved" ? "done" : row.verdict === "declined" ? "cancelled" : null,
    system: row.answered_by,
    title:
      row.verdict === "withdrawn"
        ? `No longer asked: ${row.approval}`
        : `${row.answered_by ?? "Somebody"} ${row.verdict} ${row.approval}`,
    detail: row.comment,
  };
  return [asked, answer];
}

function exceptionEntries(known: Known, row: ExceptionRow): Entry[] {
  const level = row.class === "temporary" ? "steps" : "business";
  const opened: Entry = {
    id: `exception:${row.id}`,
    at: iso(row.opened_at),
    happenedAt: null,
    level,
    what: "exception",
    word: exceptionWord(row.class),
    system: row.connection,
    title: plain(known, row.title),
    detail: plain(known, row.reason, row.connection),
    step: null,
  };
  if (row.resolved_at === null) return [opened];
  return [
    opened,
    {
      ...opened,
      id: `resolved:${row.id}`,
      at: iso(row.resolved_at),
      what: "resolved",
      word: "done",
      title: `Settled: ${plain(known, row.title)}`,
      detail: row.resolution ?? (row.connection ? systemTitle(known, row.connection) : null),
    },
  ];
}

/** Nodes of a lineage shown at most; a document with more is told by its timeline. */
const LINEAGE_MAX = 400;

/** What caused what: arrival → event → command → delivery → the answer it brought. Parents come before children. */
export function lineage(rows: StoryRows): LineageNode[] {
  const { known } = rows;
  const nodes = new Map<string, LineageNode>();
  for (const row of rows.arrivals) {
    nodes.set(`arrival:${row.id}`, {
      id: `arrival:${row.id}`,
      parent: null,
      kind: "arrival",
      title: systemTitle(known, row.source),
      system: row.source,
      detail: row.message_id,
      word: row.state === "accepted" ? null : "needs data fix",
      at: iso(row.received_at),
      step: null,
    });
  }
  const carried = new Map<string, DeliveryRow[]>();
  for (const row of rows.deliveries) {
    carried.set(row.event_position, [...(carried.get(row.event_position) ?? []), row]);
  }
  for (const row of rows.events) {
    if (nodes.size >= LINEAGE_MAX) break;
    if (row.contract === TENDED) continue;
    const step = { correlation: row.correlation, position: row.position };
    const person = row.causation?.startsWith("person:") ? row.causation : null;
    if (person && !nodes.has(person)) {
      const at = iso(row.recorded_at);
      nodes.set(person, {
        id: person,
        parent: null,
        kind: "person",
        title: person.slice(7),
        system: null,
        detail: null,
        word: null,
        at,
        step: null,
      });
    }
    const answers = text(field(json(row.extra), "delivery"));
    const cause =
      answers !== null && nodes.has(`delivery:${answers}`) ? `delivery:${answers}` : row.causation;
    nodes.set(`event:${row.position}`, {
      id: `event:${row.position}`,
      parent: cause !== null && nodes.has(cause) ? cause : null,
      kind: row.kind,
      title: titleOf(row),
      system: row.source,
      detail: facts(known, row),
      word: null,
      at: iso(row.recorded_at),
      step,
    });
    for (const delivery of carried.get(row.position) ?? []) {
      const status = deliveryStatus(
        known,
        delivery,
        openException(rows, delivery),
        rows.down.has(delivery.connection),
      );
      nodes.set(`delivery:${delivery.key}`, {
        id: `delivery:${delivery.key}`,
        parent: `event:${row.position}`,
        kind: "delivery",
        title: systemTitle(known, delivery.connection),
        system: delivery.connection,
        detail: delivery.reference || status.text,
        word: status.word,
        at: iso(delivery.updated_at),
        step,
      });
    }
  }
  return depthFirst([...nodes.values()]);
}

/** Each beginning with all that followed from it, so that cutting the list short leaves whole stories out, not children. */
function depthFirst(nodes: readonly LineageNode[]): LineageNode[] {
  const children = new Map<string | null, LineageNode[]>();
  for (const node of nodes) children.set(node.parent, [...(children.get(node.parent) ?? []), node]);
  const ordered: LineageNode[] = [];
  const walk = (parent: string | null): void => {
    for (const node of children.get(parent) ?? []) {
      ordered.push(node);
      walk(node.id);
    }
  };
  walk(null);
  return ordered;
}

const size = (bytes: number): string =>
  bytes < 1_000 ? `${bytes} bytes` : `${(bytes / 1_000).toFixed(1)} kB`;
