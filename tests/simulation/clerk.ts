/**
 * What a clerk does about questions and about what was set aside, as acts of the store: the simulation's and the chaos
 * runs' people press the same two buttons.
 *
 * Deciding is the caller's: whether it was booked is looked up in the system's own books.
 */
import { PeriodStatusChanged } from "../../src/contracts/canon/costing.ts";
import { entryOf } from "../../src/journal/append.ts";
import { DeliveryDecided, InstanceResumed, QuestionAnswered } from "../../src/runtime/facts.ts";
import type { Act } from "../../src/runtime/store.ts";

const actor = "clerk";
const said = { source: "person:clerk", causation: "person:clerk", occurredAt: null, routed: false } as const;

export function answering(
  question: { id: string; process: string; key: string; approval: string; correlation: string },
  verdict: "approved" | "declined",
): Act {
  const { id, process, key: instance, approval, correlation } = question;
  const fact = QuestionAnswered.of({
    question: id,
    process,
    instance,
    approval,
    verdict,
    by: actor,
    comment: "",
  });
  return {
    actor,
    action: verdict,
    subject: id,
    reason: "What the customer is good for was looked up.",
    entry: entryOf(fact, { ...said, id: `${id}:answer`, correlation }),
    guard: { question: id, verdict, comment: "" },
  };
}

/** What it carries is put right, and it is sent again. */
export function correcting(
  delivery: { key: string; lane: number; correlation: string; attempts: number },
  as: { after: number; data: string; version: number },
  time: string,
): Act {
  const { key, lane, correlation, attempts } = delivery;
  const fact = DeliveryDecided.of({
    delivery: key,
    lane,
    attempts,
    verdict: "try again",
    reference: null,
    corrected: as.after + 1,
    by: actor,
    reason: "",
  });
  return {
    actor,
    action: "fix data",
    subject: key,
    reason: "It was put right.",
    entry: entryOf(fact, { ...said, id: `${key}:decided:${time}`, correlation }),
    guard: {
      delivery: key,
      attempts,
      correction: { after: as.after, data: as.data, contractVersion: as.version, changed: "[]" },
    },
  };
}

/** It was booked under `reference`; or, with null, it is sent again. `time` tells this decision from earlier ones. */
export function deciding(
  { key, lane, correlation, attempts }: { key: string; lane: number; correlation: string; attempts: number },
  reference: string | null,
  time: string,
): Act {
  const verdict = reference === null ? "try again" : "booked";
  const fact = DeliveryDecided.of({
    delivery: key,
    lane,
    attempts,
    verdict,
    reference,
    by: actor,
    reason: "",
  });
  return {
    actor,
    action: verdict,
    subject: key,
    reason: "The system's books were looked into.",
    entry: entryOf(fact, { ...said, id: `${key}:decided:${time}`, correlation }),
    guard: { delivery: key, attempts },
  };
}

/** What was applied is sent once more under its key; `verify`: where that could book it twice, the target is asked first. */
export function replaying(
  { key, lane, correlation, attempts }: { key: string; lane: number; correlation: string; attempts: number },
  verify: boolean,
  time: string,
): Act {
  const fact = DeliveryDecided.of({
    delivery: key,
    lane,
    attempts,
    verdict: "replay",
    reference: null,
    verify,
    by: actor,
    reason: "",
  });
  return {
    actor,
    action: "replay",
    subject: key,
    reason: "They say they never got it.",
    entry: entryOf(fact, { ...said, id: `${key}:replayed:${time}`, correlation }),
    guard: { delivery: key, attempts, settled: true },
  };
}

/** A process that stopped at an input is let go on. */
export function resuming(
  { process, key: instance, correlation }: { process: string; key: string; correlation: string },
  time: string,
): Act {
  const id = `${process}:${instance}`;
  const fact = InstanceResumed.of({ process, instance, by: actor, reason: "It is mended." });
  return {
    actor,
    action: "resume",
    subject: id,
    reason: "It is mended.",
    entry: entryOf(fact, { ...said, id: `${id}:resumed:${time}`, correlation }),
    guard: { process, instance },
  };
}

/** A controller says how a period of a ledger stands from now on. */
export function declaring(
  ledger: string,
  fiscalPeriod: string,
  periodStatus: "open" | "closed",
  changedAt: string,
): Act {
  const periodId = `${ledger}/${fiscalPeriod}`;
  const fact = PeriodStatusChanged.of({
    periodId,
    entity: ledger,
    fiscalPeriod,
    periodStatus,
    by: "controller",
    changedAt,
  });
  return {
    actor: "controller",
    action: `${periodStatus} period`,
    subject: `period/${periodId}`,
    reason: "The month's end.",
    entry: entryOf(fact, {
      ...said,
      id: `period:${periodId}:${changedAt}`,
      correlation: `period/${periodId}`,
    }),
    guard: { period: periodId, status: periodStatus },
  };
}
