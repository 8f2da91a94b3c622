/**
 * What Crossdock notices while it watches: who took an exception, who disagrees, what is late, away, replayed, reconciled.
 *
 * The other half of the domain `operations`. Each names the business key it concerns as `type/value` in `subject`, or the
 * connection; nothing here changes the state of a process.
 */
import Type from "typebox";
import { event } from "../contract.ts";
import { Name } from "./operations.ts";
import { eur } from "./samples.ts";
import { Id, Instant, Money, Words } from "./values.ts";

const at = "2026-01-05T08:30:00Z";
const subject = { subject: "order/SO-1001" };

/** What a person did about an open exception; Crossdock writes it in the commit of the act. */
const Step = {
  subject: Name,
  fingerprint: Name,
  by: Words,
  /** Why, in their words. */
  reason: Type.Optional(Words),
  /** The number of the exception. */
  exception: Type.Optional(Id),
  salesOrderId: Type.Optional(Id),
};
const step = { ...subject, fingerprint: "erp/VK-020", by: "maria", exception: "417" };
const keys = { subject: "subject", order: "salesOrderId" };

/** @covers EVT-42 */
export const ExceptionAssigned = event({
  name: "operations.exception-assigned",
  version: 1,
  owner: "integration",
  summary: "Somebody answers for an exception from now on; without an owner, nobody does any more.",
  criticality: "C2",
  data: Type.Object({ ...Step, owner: Type.Optional(Words), assignedAt: Instant }),
  keys,
  belongsTo: "order",
  time: "assignedAt",
  sample: { ...step, owner: "customer-data", assignedAt: at },
});

/** @covers EVT-42 */
export const ExceptionSnoozed = event({
  name: "operations.exception-snoozed",
  version: 1,
  owner: "integration",
  summary: "What waits for a person sleeps for a while; without an end, it is awake again.",
  criticality: "C3",
  data: Type.Object({ ...Step, until: Type.Optional(Instant) }),
  keys,
  belongsTo: "order",
  sample: { ...step, until: "2026-01-06T08:00:00Z" },
});

/** @covers EVT-42 */
export const ExceptionRetried = event({
  name: "operations.exception-retried",
  version: 1,
  owner: "integration",
  summary: "A person had what was set aside tried again.",
  criticality: "C2",
  data: Type.Object(Step),
  keys,
  belongsTo: "order",
  sample: { ...step, reason: "The item is known in the warehouse now." },
});

/** @covers EVT-42 */
export const ExceptionEscalated = event({
  name: "operations.exception-escalated",
  version: 1,
  owner: "integration",
  summary: "A business hold was not decided in time; from now on this owner answers for it.",
  criticality: "C2",
  data: Type.Object({ ...Step, owner: Words, dueBy: Instant }),
  keys,
  belongsTo: "order",
  sample: { ...step, by: "crossdock", owner: "head-of-finance", dueBy: at },
});

export const DisagreementDetected = event({
  name: "operations.disagreement-detected",
  version: 1,
  owner: "integration",
  summary: "Systems contradict each other about a milestone, longer than their grace allows.",
  criticality: "C2",
  data: Type.Object({
    subject: Id,
    milestone: Id,
    opinions: Type.Array(
      Type.Object({
        system: Id,
        opinion: Type.Enum(["reached", "not reached", "cannot tell"]),
        at: Type.Optional(Instant),
      }),
    ),
    /** The message that is most likely missing; absent when nothing tells. */
    missing: Type.Optional(Words),
    valueAtRisk: Type.Optional(Money),
    detectedAt: Instant,
  }),
  keys: { subject: "subject" },
  time: "detectedAt",
  sample: {
    ...subject,
    milestone: "invoiced",
    opinions: [
      { system: "erp", opinion: "reached", at },
      { system: "crm", opinion: "not reached" },
    ],
    missing: "operations.milestone-reached to crm",
    valueAtRisk: eur("6000.00"),
    detectedAt: at,
  },
});

export const DisagreementCleared = event({
  name: "operations.disagreement-cleared",
  version: 1,
  owner: "integration",
  summary: "The systems agree again, and this is what brought it about.",
  criticality: "C2",
  data: Type.Object({ subject: Id, milestone: Id, clearedBy: Words, clearedAt: Instant }),
  keys: { subject: "subject" },
  time: "clearedAt",
  sample: { ...subject, milestone: "invoiced", clearedBy: "crm took the milestone.", clearedAt: at },
});

export const ServiceLevelBreached = event({
  name: "operations.service-level-breached",
  version: 1,
  owner: "integration",
  summary: "A milestone is not reached although it was due.",
  criticality: "C2",
  data: Type.Object({
    subject: Id,
    process: Id,
    milestone: Id,
    due: Instant,
    owner: Words,
    breachedAt: Type.Optional(Instant),
  }),
  keys: { subject: "subject" },
  time: "breachedAt",
  sample: {
    ...subject,
    process: "order-to-cash",
    milestone: "allocated",
    due: at,
    owner: "order-management",
  },
});

export const DependencyUnavailable = event({
  name: "operations.dependency-unavailable",
  version: 1,
  owner: "integration",
  summary: "A system does not answer; what it is owed waits in order and uses up no tries.",
  criticality: "C2",
  data: Type.Object({
    connection: Id,
    since: Instant,
    waiting: Type.Integer({ minimum: 0 }),
    reason: Type.Optional(Words),
  }),
  keys: { connection: "connection" },
  time: "since",
  sample: { connection: "erp", since: at, waiting: 3 },
});

export const DependencyRestored = event({
  name: "operations.dependency-restored",
  version: 1,
  owner: "integration",
  summary: "A system answers again, and what waited has left.",
  criticality: "C2",
  data: Type.Object({
    connection: Id,
    since: Instant,
    restoredAt: Instant,
    drained: Type.Integer({ minimum: 0 }),
  }),
  keys: { connection: "connection" },
  time: "restoredAt",
  sample: { connection: "erp", since: at, restoredAt: "2026-01-05T10:30:00Z", drained: 3 },
});

export const AcknowledgementOverdue = event({
  name: "operations.acknowledgement-overdue",
  version: 1,
  owner: "integration",
  summary: "A partner has not said that it could read a document of ours, although it was due.",
  criticality: "C2",
  data: Type.Object({
    subject: Id,
    partner: Id,
    /** The document and its control number, e.g. `856/000012345`. */
    document: Id,
    dueBy: Instant,
    salesOrderId: Type.Optional(Id),
  }),
  keys: { subject: "subject", partner: "partner", order: "salesOrderId" },
  belongsTo: "order",
  sample: { ...subject, partner: "C-ACME", document: "856/000012345", dueBy: at, salesOrderId: "SO-1001" },
});

export const ReplayExecuted = event({
  name: "operations.replay-executed",
  version: 1,
  owner: "integration",
  summary: "Messages of the past were handed to named subscribers again, and to nobody else.",
  criticality: "C1",
  data: Type.Object({
    replayId: Id,
    selection: Words,
    subscribers: Type.Array(Id, { minItems: 1 }),
    applied: Type.Integer({ minimum: 0 }),
    noChange: Type.Integer({ minimum: 0 }),
    failed: Type.Integer({ minimum: 0 }),
    by: Words,
    executedAt: Instant,
  }),
  keys: { replay: "replayId" },
  time: "executedAt",
  sample: {
    replayId: "RP-1",
    selection: "finance.cost-posted of 2026-01",
    subscribers: ["bi"],
    applied: 200,
    noChange: 0,
    failed: 0,
    by: "maria",
    executedAt: at,
  },
});

export const ReconciliationCompleted = event({
  name: "operations.reconciliation-completed",
  version: 1,
  owner: "integration",
  summary: "Two systems were compared; what differs is classed, what is under way is not counted.",
  criticality: "C2",
  data: Type.Object({
    reconciliationId: Id,
    scope: Words,
    compared: Type.Integer({ minimum: 0 }),
    matched: Type.Integer({ minimum: 0 }),
    inFlight: Type.Integer({ minimum: 0 }),
    residue: Type.Record(Type.String(), Type.Integer({ minimum: 0 })),
    completedAt: Instant,
  }),
  keys: { reconciliation: "reconciliationId" },
  time: "completedAt",
  sample: {
    reconciliationId: "RC-1",
    scope: "stock of LYO, ERP beside WMS",
    compared: 6,
    matched: 5,
    inFlight: 1,
    residue: { missing: 0 },
    completedAt: at,
  },
});

const Promised = {
  promise: Id,
  /** The name of the inquiry, `getPrices`. */
  inquiry: Id,
  question: Type.Unknown(),
  promised: Type.Unknown(),
  givenTo: Words,
};
const promised = {
  promise: "0197c1a0-7b1e-7cc3-9a55-2f7a3f0c1d2e",
  inquiry: "getPrices",
  question: { customer: "C-NORTH", currency: "EUR", lines: [{ sku: "PUMP-100", quantity: "2" }] },
  promised: { lines: [{ sku: "PUMP-100", price: "500.00" }] },
  givenTo: "web-shop",
};

export const PromiseGiven = event({
  name: "operations.promise-given",
  version: 1,
  owner: "integration",
  summary: "A system was silent, and somebody was answered with what it had last said.",
  criticality: "C2",
  data: Type.Object({ ...Promised, saidAt: Instant, worth: Type.Optional(Money) }),
  keys: { promise: "promise" },
  sample: { ...promised, saidAt: at, worth: eur("1000.00") },
});

export const PromiseSettled = event({
  name: "operations.promise-settled",
  version: 1,
  owner: "integration",
  summary: "The system spoke again: what was promised holds, differs, or it refuses to say.",
  criticality: "C2",
  data: Type.Object({
    ...Promised,
    outcome: Type.Enum(["kept", "differs", "refused"]),
    actual: Type.Optional(Type.Unknown()),
    /** What it is now, less what was promised. */
    difference: Type.Optional(Money),
    reason: Type.Optional(Words),
  }),
  keys: { promise: "promise" },
  sample: {
    ...promised,
    outcome: "differs",
    actual: { lines: [{ sku: "PUMP-100", price: "505.00" }] },
    difference: eur("10.00"),
  },
});

/** Every contract of this file. */
export const contracts = [
  ExceptionAssigned,
  ExceptionSnoozed,
  ExceptionRetried,
  ExceptionEscalated,
  DisagreementDetected,
  DisagreementCleared,
  ServiceLevelBreached,
  DependencyUnavailable,
  DependencyRestored,
  AcknowledgementOverdue,
  ReplayExecuted,
  ReconciliationCompleted,
  PromiseGiven,
  PromiseSettled,
];
