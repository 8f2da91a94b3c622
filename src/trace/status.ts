/**
 * The one table of status words, and the one judge that picks a word for a document, a step or a system.
 *
 * Console, command line and notifications show the same word, icon and text because all of them read it here. "Running"
 * is not a status. Pure: the clock is an argument.
 */
import { type Known, keyTitle, plain, splitKey, systemTitle } from "./known.ts";
import {
  type DeliveryRow,
  type ExceptionRow,
  type InstanceRow,
  iso,
  isoOrNull,
  type QuestionRow,
} from "./rows.ts";

export const STATUS_WORDS = [
  "on track",
  "moving",
  "trying again",
  "waiting",
  "on hold",
  "needs data fix",
  "needs a check",
  "needs a decision",
  "done",
  "replaced",
  "cancelled",
] as const;
export type StatusWord = (typeof STATUS_WORDS)[number];

interface Meaning {
  readonly icon: string;
  readonly label: string;
  readonly meaning: string;
  readonly who: string;
  /** Which word wins when several apply: the one that needs somebody most. */
  readonly rank: number;
  /** A person must act. */
  readonly someone: boolean;
}

export const STATUSES: Readonly<Record<StatusWord, Meaning>> = {
  "on track": {
    icon: "✓",
    label: "On track",
    meaning: "The next milestone is not due yet.",
    who: "nobody",
    rank: 2,
    someone: false,
  },
  moving: {
    icon: "→",
    label: "Moving",
    meaning: "Work is in progress now.",
    who: "nobody",
    rank: 3,
    someone: false,
  },
  "trying again": {
    icon: "↻",
    label: "Trying again",
    meaning: "A temporary problem; the next try is planned.",
    who: "nobody until it is late",
    rank: 4,
    someone: false,
  },
  waiting: {
    icon: "⏳",
    label: "Waiting",
    meaning: "The other system has not answered or reported.",
    who: "the owner of that system",
    rank: 5,
    someone: false,
  },
  "on hold": {
    icon: "⏸",
    label: "On hold",
    meaning: "A business rule says not now.",
    who: "the named business role",
    rank: 6,
    someone: true,
  },
  "needs data fix": {
    icon: "✎",
    label: "Needs data fix",
    meaning: "The content is wrong or missing.",
    who: "the data owner",
    rank: 7,
    someone: true,
  },
  "needs a decision": {
    icon: "!",
    label: "Needs a decision",
    meaning: "Tries are used up, or two things contradict each other.",
    who: "the owner",
    rank: 8,
    someone: true,
  },
  "needs a check": {
    icon: "?",
    label: "Needs a check",
    meaning: "We cannot tell whether it was booked.",
    who: "finance or logistics",
    rank: 9,
    someone: true,
  },
  done: {
    icon: "✔",
    label: "Done",
    meaning: "Confirmed at the target.",
    who: "nobody",
    rank: 1,
    someone: false,
  },
  replaced: {
    icon: "⤳",
    label: "Replaced",
    meaning: "A newer version took its place.",
    who: "nobody",
    rank: 0,
    someone: false,
  },
  cancelled: {
    icon: "✕",
    label: "Cancelled",
    meaning: "A person or a rule ended it.",
    who: "nobody",
    rank: 0,
    someone: false,
  },
};

export interface Status {
  readonly word: StatusWord;
  /** The word as shown, with what it waits for: "Waiting for WMS Lyon". */
  readonly text: string;
  /** Past the time the next milestone was due; added to any word. */
  readonly late: boolean;
  /** Why, in a sentence; null when nothing is to be said. */
  readonly because: string | null;
  /** When the next try or the next milestone is due, RFC 3339. */
  readonly next: string | null;
}

const status = (word: StatusWord, more: Partial<Omit<Status, "word">> = {}): Status => ({
  word,
  text: more.text ?? STATUSES[word].label,
  late: more.late ?? false,
  because: more.because ?? null,
  next: more.next ?? null,
});

/** How a delivery stands. `exception` is the open one about it, if any; `down` tells whether its connection rests. */
export function deliveryStatus(
  known: Known,
  delivery: DeliveryRow,
  exception: Pick<ExceptionRow, "class" | "reason"> | undefined,
  down: boolean,
): Status {
  const title = systemTitle(known, delivery.connection);
  const because = plain(known, delivery.reason ?? exception?.reason ?? null, delivery.connection);
  const next = isoOrNull(delivery.next_try_at);
  switch (delivery.status) {
    case "applied":
      return status("done", { text: delivery.reference ? `Done: ${delivery.reference}` : "Done" });
    case "superseded":
      return status("replaced", { because });
    case "cancelled":
      return status("cancelled", { because });
    case "held":
      return status("on hold", { because });
    case "parked": {
      const word = exception ? exceptionWord(exception.class) : "needs a decision";
      const awaited = waitsFor(delivery);
      return status(word, { because, ...(awaited === null ? {} : { text: `Waits for ${awaited}` }) });
    }
    case "in_doubt":
      return exception?.class === "unclear outcome"
        ? status("needs a check", { because })
        : status("trying again", { text: `Asking ${title} whether it was booked`, because, next });
    case "attempting":
      return status("moving", { text: `Being sent to ${title}` });
    case "owed":
      if (exception && exception.class !== "temporary")
        return status(exceptionWord(exception.class), { because });
      if (down) return status("waiting", { text: `Waiting for ${title}`, because, next });
      if (delivery.attempts > 0)
        return status("trying again", { text: `Trying again (${delivery.attempts} so far)`, because, next });
      return delivery.after_key
        ? status("waiting", { text: "Waiting for an earlier step", because })
        : status("moving", { text: `On its way to ${title}` });
  }
}

/** What a delivery that is set aside goes again for by itself: "item PUMP-100"; null when a person sends it again. */
export function waitsFor({
  status: stands,
  waits_for,
}: Pick<DeliveryRow, "status" | "waits_for">): string | null {
  if (stands !== "parked" || waits_for === null) return null;
  const { type, value } = splitKey(waits_for);
  if (type !== "known" && type !== "listed") return `${keyTitle(type).toLowerCase()} ${value}`;
  // What a flow looks up: `customerRecord>customer/C-1`, `unit@erp/PK`.
  const [kind = "", system] = splitKey(value).type.split(/[>@]/);
  const named = `${keyTitle(kind).toLowerCase()} ${splitKey(value).value}`;
  return type === "listed" ? `${named} of ${system}` : named;
}

/** The word for an open exception of this class. */
export function exceptionWord(of: ExceptionRow["class"]): StatusWord {
  switch (of) {
    case "temporary":
      return "trying again";
    case "data":
    case "contract change":
      return "needs data fix";
    case "business hold":
      return "on hold";
    case "unclear outcome":
      return "needs a check";
    case "access":
    case "duplicate or conflict":
    case "defect":
      return "needs a decision";
  }
}

/** What is known about one document, all of it open or current. */
export interface Facts {
  readonly instance: InstanceRow | undefined;
  /** When the next milestone is due; null when none is left or none has a clock. */
  readonly nextDue: { readonly milestone: string; readonly at: Date } | null;
  /** The next milestone not reached, with or without a clock. */
  readonly awaits: string | null;
  readonly exceptions: readonly ExceptionRow[];
  readonly questions: readonly QuestionRow[];
  /** Deliveries that are not applied, superseded or cancelled. */
  readonly deliveries: readonly DeliveryRow[];
  /** Connections that rest because calls failed. */
  readonly down: ReadonlySet<string>;
}

/** The status of a document: the word that needs somebody most, and whether it is late. */
export function judge(known: Known, facts: Facts, now: Date): Status {
  const { instance, nextDue, awaits } = facts;
  const ended = instance?.status === "completed" || instance?.status === "abandoned";
  const late = !ended && nextDue !== null && nextDue.at.getTime() < now.getTime();
  const said: Status[] = [];

  for (const question of facts.questions) {
    said.push(
      status("on hold", {
        text: `On hold: ${question.approval}`,
        because: question.because ?? `${question.asked_of} decides.`,
        next: iso(question.due_at),
      }),
    );
  }
  for (const exception of facts.exceptions) {
    said.push(status(exceptionWord(exception.class), { because: plain(known, exception.title) }));
  }
  for (const delivery of facts.deliveries) {
    const exception = facts.exceptions.find(
      (one) => one.subject_kind === "delivery" && one.subject === delivery.key,
    );
    said.push(deliveryStatus(known, delivery, exception, facts.down.has(delivery.connection)));
  }
  const worst = said.toSorted((a, b) => STATUSES[b.word].rank - STATUSES[a.word].rank)[0];
  if (worst) return { ...worst, late };
  if (instance?.status === "completed") return status("done");
  if (instance?.status === "abandoned")
    return status("cancelled", { because: plain(known, whyEnded(instance)) });
  if (!instance) return status("done", { text: "Recorded" });
  if (instance.status === "parked")
    return status("needs a decision", { because: plain(known, lastNote(instance)), late });
  const next = nextDue?.at.toISOString() ?? null;
  return late
    ? status("waiting", { text: `Waiting: ${awaits} not reported`, late, next })
    : status("on track", { text: awaits ? `On track, next: ${awaits}` : "On track", next });
}

/** The engine notes why it gave up; what came after the end says less. */
const whyEnded = (instance: InstanceRow): string | null =>
  instance.body.notes.findLast(({ text }) => text.startsWith("Given up"))?.text ?? lastNote(instance);

const lastNote = (instance: InstanceRow): string | null => instance.body.notes.at(-1)?.text ?? null;
