/**
 * How an attempt is put on record: the outcome, what people are shown, what is counted, what it waits for.
 *
 * Pure: a parcel, how its call ended and the policy's verdict in, one value out that the store writes whole or not at all.
 */
import type { Connection } from "../connectors/connector.ts";
import { NotKnown } from "../flows/walk.ts";
import type { Entry } from "../journal/append.ts";
import { CrossdockError, Refused, Unavailable } from "../std/errors.ts";
import { flawOf } from "../std/storable.ts";
import { DOUBTS_SETTLED } from "../trace/figures.ts";
import { toBeKnown } from "../work/waiting.ts";
import { guaranteesFor, raisedAbout, raisedByReplay, tried } from "./call.ts";
import type { Parcelled } from "./line.ts";
import type { Verdict } from "./policy.ts";
import type { Recording } from "./records.ts";

/** What was recorded this long before an attempt began may have reached the target after it. */
const MISSED_MS = 5_000;

/** It took effect under this reference; it is owed since `owedForMs`. */
export function appliedAs(
  connection: Connection,
  parcel: Parcelled,
  reference: string,
  answers: readonly Entry[],
  owedForMs: number,
): Recording {
  const { key, attempts, doubts, notFound, correlation, status, shown } = parcel;
  const again = attempts > 1 || doubts > 0;
  return {
    correlation,
    outcome: {
      key,
      attempts,
      status: "applied",
      doubts,
      notFound,
      delayMs: null,
      reference,
      reason: null,
      errorCode: null,
      tried: again ? (status === "in_doubt" ? "found" : "sent") : null,
    },
    answers,
    counts: [
      { scope: connection.name, name: "delivery applied", delta: 1 },
      // Nobody could tell whether it was taken, and asking the target told: no person had to.
      ...(doubts > 0 ? [{ scope: connection.name, name: DOUBTS_SETTLED, delta: 1 }] : []),
    ],
    raised: raisedByReplay(connection, parcel, reference),
    resolved:
      shown || again
        ? [{ subjectKind: "delivery", subject: key, resolution: "Confirmed at the target." }]
        : [],
    check:
      guaranteesFor(connection, parcel.flow, owedForMs).repeat === "searchable" &&
      attempts > 1 &&
      (shown || doubts > 0),
  };
}

/** How an attempt ended that did not succeed. */
export interface Failed {
  /** Undefined: the target was asked, and has never heard of it. */
  readonly error: unknown;
  readonly verdict: Verdict;
  /** How long the attempt was, in milliseconds. */
  readonly took?: number;
  /** The target's "no" as facts. What is refused on our side is nothing a target said. */
  readonly said?: readonly Entry[];
}

/** It did not, or nobody knows: what the verdict makes of it. */
export function endedAs(
  connection: Connection,
  parcel: Parcelled,
  { error, verdict, took = 0, said = [] }: Failed,
): Recording {
  const { key, attempts, doubts, notFound, correlation } = parcel;
  const parked = verdict.next === "park";
  const missing = missingTo(error, parcel);
  const reason = reasonOf(error) + (parked && missing ? " It goes by itself when that has come." : "");
  // A refused credential needs its owner now, although the parcel itself only waits.
  const access = error instanceof Unavailable && error.facts.access === true;
  const still = verdict.next === "try again" && verdict.shown === true;
  const why = parked ? verdict.why : access ? "access" : still ? "temporary" : null;
  return {
    correlation,
    outcome: {
      key,
      attempts,
      status: statusAfter(verdict),
      doubts,
      notFound,
      delayMs: parked ? null : delayOf(verdict),
      reference: null,
      reason,
      errorCode: error instanceof CrossdockError ? error.code : error === undefined ? null : "XD_DEFECT",
      tried: tried(error),
    },
    answers: said,
    counts: [
      { scope: connection.name, name: parked ? `delivery ${verdict.as}` : "delivery tries", delta: 1 },
    ],
    raised: why ? [raisedAbout(why, connection, parcel, error, reason)] : [],
    resolved: [],
    ...(parked && missing ? { waits: { for: missing, sinceMs: Math.round(took) + MISSED_MS } } : {}),
  };
}

/** What it may go again for by itself: a record its target does not know, or a value its flow looks up. */
function missingTo(error: unknown, { flow }: Parcelled): string | undefined {
  const sound = (value: string) => flawOf(value) === undefined;
  // What no key can be is in nobody's journal, ever.
  if (error instanceof Refused && error.missing && sound(error.missing.value))
    return `${error.missing.keyType}/${error.missing.value}`;
  // Of several connections nobody can say to which it would go.
  if (!(error instanceof NotKnown) || flow.connections.length !== 1) return undefined;
  const { reference } = error;
  return sound("table" in reference ? reference.value : reference.key.value)
    ? toBeKnown(reference)
    : undefined;
}

export const statusAfter = (verdict: Verdict): "parked" | "held" | "owed" | "in_doubt" =>
  verdict.next === "park" ? verdict.as : verdict.next === "try again" ? "owed" : "in_doubt";

/** What a verdict comes to when it cannot be put on record: a person decides, and knows whether it may have taken effect. */
export const asideFrom = (verdict: Verdict): Extract<Verdict, { next: "park" }> =>
  verdict.next === "park"
    ? verdict
    : { next: "park", as: "parked", why: verdict.next === "try again" ? "defect" : "unclear outcome" };

/** Milliseconds until it is looked at again. */
export const delayOf = (verdict: Verdict): number => ("delayMs" in verdict ? verdict.delayMs : 0);

const reasonOf = (error: unknown): string => {
  if (error === undefined) return "The target has never heard of it.";
  return error instanceof Error ? error.message : String(error);
};
