/**
 * Which runbook leads a person out of an exception, and what it says.
 *
 * The id is permanent: consoles, notifications and wikis link to it. It follows from the class of the exception and, where
 * one class has several ways out, from the code in its fingerprint. docs/guides/runbooks.md has one heading an id; a test
 * compares the two. Pure.
 */
import type { ExceptionRow } from "./rows.ts";

export interface CauseRunbook {
  readonly id: string;
  readonly title: string;
  /** What it means for the business, in a sentence. */
  readonly effect: string;
  /** What a person does, in order. */
  readonly steps: readonly string[];
}

const RUNBOOKS = {
  "temporary-out-of-tries": {
    title: "A system was away for too long",
    effect: "These documents wait safely; nothing was booked and nothing is lost.",
    steps: [
      "Look at the system: does it answer its own users?",
      "When it does, try one document and see it confirmed.",
      "Then try the rest.",
    ],
  },
  "feed-stalled": {
    title: "What was accepted is not read",
    effect: "Everything that was accepted is kept; it is acted on when readers may go on.",
    steps: [
      "Ask whoever runs the session that is named, or end it: select pg_terminate_backend(<pid>); rollback prepared '<id>'.",
      "See to it that sessions cannot be forgotten: set idle_in_transaction_session_timeout for the users of this server.",
      "Where nobody holds it back, the dock is too slow for what comes: start more workers, or send less at once.",
    ],
  },
  "data-refused": {
    title: "The system refused what we sent",
    effect:
      "These documents stand still at one system; later changes of the same documents wait behind them.",
    steps: [
      "Read the reason: which field, which value, what would be allowed.",
      "Where the value is missing at the system (an item, a customer, a supplier), create it there: what waits for that record goes by itself when it is told. Where ours is wrong, fix the data.",
      "Try one document and see it confirmed.",
      "Then apply the same to the rest.",
    ],
  },
  "data-not-understood": {
    title: "A message does not keep its contract",
    effect: "It was set aside with its bytes and caused nothing.",
    steps: [
      "Read the place and what was expected there.",
      "Where it is wrong, ask the sender to send it again corrected; a repetition of what was already taken does no harm.",
      "Where we were wrong, deploy the flow that understands it and have what arrived read again: crossdock exceptions try <cause>.",
      "Close the exception with what was agreed.",
    ],
  },
  "business-hold": {
    title: "A business rule says not now",
    effect: "These documents are on hold; it is not an error, and they are not tried again by themselves.",
    steps: [
      "Ask the owner of the rule: credit, price, quality.",
      "When it is released, try one document and see it confirmed, then the rest.",
      "When it never will be, give it up with a reason.",
    ],
  },
  "period-closed": {
    title: "The posting date lies in a closed period",
    effect: "These postings are held; nothing was posted into the closed period.",
    steps: [
      "See what waits: crossdock periods show <ledger> <period>.",
      "Have the period opened again, or decide to book into the next open period.",
      "Release one posting and see it confirmed, then the rest.",
    ],
  },
  "unclear-outcome": {
    title: "We cannot tell whether it was booked",
    effect: "It may or may not be booked. Nothing is sent again until a person has looked.",
    steps: [
      "Search the system for our reference, the delivery's key and the document's numbers.",
      "Found: say under which number it was booked.",
      "Not found, and the system would show it by now: say that it was not booked; it is sent again.",
    ],
  },
  "contract-change": {
    title: "What a system says is not what was agreed",
    effect: "What follows from it cannot be told until the flow understands it.",
    steps: [
      "Compare the contract with what came; ask its owner which of the two is right.",
      "Deploy the flow that understands it.",
      "Try the waiting documents again, or close the exception when nothing is missing.",
    ],
  },
  "not-in-this-build": {
    title: "This build has not what they need",
    effect: "They wait, with what came for them, and go by themselves when a build that has it runs.",
    steps: [
      "Was a deployment taken back? Then there is nothing to do: they go on when it, or one after it, runs.",
      "When it will not come again: put the flow, the connection or the version back into the solution and deploy it.",
      "Or move processes to a version this build has: crossdock process migrate <process> --dry-run; and give deliveries up, with a reason.",
    ],
  },
  "access-refused": {
    title: "A credential is refused",
    effect:
      "Nothing reaches this system; everything for it waits and goes by itself once the credential is right.",
    steps: [
      "Ask the system's owner for a new credential and store it where the connection's secret points.",
      "Start the workers again, and see one document confirmed.",
    ],
  },
  "duplicate-or-conflict": {
    title: "Two things contradict each other",
    effect: "Both are kept and the second was not booked.",
    steps: [
      "Compare the two: which one does the business mean?",
      "Where the target has two documents, have one reversed there.",
      "Settle the delivery under the number that stays, or close the exception with what was agreed.",
    ],
  },
  "not-compared": {
    title: "Systems cannot be compared about a document",
    effect: "The document itself goes on; that systems disagree about it would not be seen.",
    steps: [
      "Read the reason: it is what the solution's own comparison could not take, not something a system said.",
      "Tell the integration team, who deploy a comparison that takes it.",
      "Have it compared again (Reconciliation, or crossdock agree compare <kind>): it closes by itself.",
    ],
  },
  "process-stopped": {
    title: "A process met a case it cannot take",
    effect: "The document's process stands still and keeps, in order, what comes.",
    steps: [
      "Read the input it stopped at and the reason.",
      "Deploy the version of the process that takes it, or correct the document at its source.",
      "Let the process go on; it takes again what it stopped at.",
    ],
  },
} as const satisfies Readonly<Record<string, Omit<CauseRunbook, "id">>>;

export type RunbookId = keyof typeof RUNBOOKS;

/** The runbook for an exception. The fingerprint is `class|where|what|code|detail`. */
export function runbookOf({
  class: of,
  fingerprint,
  subject_kind: kind,
}: Pick<ExceptionRow, "class" | "fingerprint" | "subject_kind">): CauseRunbook {
  const id = idOf(of, fingerprint, kind);
  return { id, ...RUNBOOKS[id] };
}

/** Every runbook, for those who list them. */
export const runbooks = (): CauseRunbook[] =>
  Object.entries(RUNBOOKS).map(([id, runbook]) => ({ id, ...runbook }));

function idOf(of: ExceptionRow["class"], fingerprint: string, kind: ExceptionRow["subject_kind"]): RunbookId {
  switch (of) {
    case "temporary":
      return fingerprint.startsWith("temporary||journal|") ? "feed-stalled" : "temporary-out-of-tries";
    case "data":
      return kind === "delivery" ? "data-refused" : "data-not-understood";
    case "business hold":
      return /period/i.test(fingerprint) ? "period-closed" : "business-hold";
    case "unclear outcome":
      return "unclear-outcome";
    case "contract change":
      return /\|(flow|connection|contract|version)\/[^|]+$/.test(fingerprint)
        ? "not-in-this-build"
        : "contract-change";
    case "access":
      return "access-refused";
    case "duplicate or conflict":
      return "duplicate-or-conflict";
    case "defect":
      return fingerprint.startsWith("defect|agreement|") ? "not-compared" : "process-stopped";
  }
}
