/**
 * What Crossdock says about its own work: milestones reached and withdrawn, exceptions raised and resolved, and partner
 * acknowledgements received.
 *
 * Key = the business key concerned, as `type/value` in `subject` or as the instance's key.
 */
import Type from "typebox";
import { event } from "../contract.ts";
import { Id, Instant, Money, Words } from "./values.ts";

const Milestone = {
  process: Id,
  /** The key of the instance, e.g. an order number. */
  instance: Id,
  milestone: Id,
};

export const MilestoneReached = event({
  name: "operations.milestone-reached",
  version: 1,
  owner: "integration",
  summary: "A process counts one of its milestones as reached, whole or in parts.",
  criticality: "C2",
  data: Type.Object({
    ...Milestone,
    /** The second of three shipments: part 2 of 3. A whole milestone is part 1 of 1. */
    part: Type.Integer({ minimum: 1 }),
    of: Type.Integer({ minimum: 1 }),
    /** The name of the input that made it so, e.g. `event:logistics.shipment-dispatched`. */
    causedBy: Words,
    /** When it was reached: the time of that input. */
    at: Type.Optional(Instant),
  }),
  keys: { instance: "instance" },
  time: "at",
  sample: {
    process: "order-to-cash",
    instance: "SO-ACME-PO-4711",
    milestone: "dispatched",
    part: 1,
    of: 2,
    causedBy: "event:logistics.shipment-dispatched",
    at: "2026-01-05T08:01:00Z",
  },
});

export const MilestoneWithdrawn = event({
  name: "operations.milestone-withdrawn",
  version: 1,
  owner: "integration",
  summary: "A milestone that was reached is no longer true.",
  criticality: "C2",
  data: Type.Object({ ...Milestone, reason: Words, at: Type.Optional(Instant) }),
  keys: { instance: "instance" },
  time: "at",
  sample: {
    process: "order-to-cash",
    instance: "SO-ACME-PO-4711",
    milestone: "allocated",
    reason: "event:inventory.order-backordered",
  },
});

export const MilestoneAcknowledged = event({
  name: "operations.milestone-acknowledged",
  version: 1,
  owner: "integration",
  summary: "A system that was told of a milestone has taken it: from now on it holds the same opinion.",
  criticality: "C3",
  data: Type.Object(Milestone),
  keys: { instance: "instance" },
  says: { milestone: { in: "milestone" } },
  sample: { process: "order-to-cash", instance: "SO-ACME-PO-4711", milestone: "dispatched" },
});

/** A business key, or what was set aside; the fingerprint of a cause. */
export const Name = Type.String({ minLength: 1, maxLength: 2000 });

/** Classes of exceptions, in the words of the errors that cause them. */
export const ExceptionClass = Type.Enum([
  "temporary",
  "data",
  "business hold",
  "unclear outcome",
  "contract change",
  "access",
  "duplicate or conflict",
  "defect",
]);

export const ExceptionState = Type.Enum(["held", "parked", "quarantined", "in doubt"]);

/** @covers EVT-42 */
export const ExceptionRaised = event({
  name: "operations.exception-raised",
  version: 1,
  owner: "integration",
  summary: "Something waits for a person.",
  criticality: "C2",
  data: Type.Object({
    /** The business key concerned, `type/value`; or what was set aside, `delivery:…`. */
    subject: Name,
    /** The same cause has the same fingerprint. */
    fingerprint: Name,
    class: ExceptionClass,
    state: ExceptionState,
    title: Words,
    reason: Words,
    owner: Words,
    valueAtRisk: Type.Optional(Money),
    dueBy: Type.Optional(Instant),
    salesOrderId: Type.Optional(Id),
    /** The number of the exception, where Crossdock itself set something aside; a process that says it leaves it out. */
    exception: Type.Optional(Id),
    by: Type.Optional(Words),
    /** It was settled before, and is back. */
    again: Type.Optional(Type.Boolean()),
  }),
  keys: { subject: "subject", order: "salesOrderId" },
  belongsTo: "order",
  sample: {
    subject: "order/SO-ACME-PO-4711",
    fingerprint: "order-to-cash/cancelled-after-dispatch",
    class: "business hold",
    state: "held",
    title: "An order was cancelled after goods had left.",
    reason: "Shipment SH-881 left before the cancellation came.",
    owner: "customer-service",
    salesOrderId: "SO-ACME-PO-4711",
  },
});

/** @covers EVT-42 */
export const ExceptionResolved = event({
  name: "operations.exception-resolved",
  version: 1,
  owner: "integration",
  summary: "What waited for a person waits no more.",
  criticality: "C2",
  data: Type.Object({
    subject: Name,
    fingerprint: Name,
    how: Type.Enum(["by itself", "by person", "by replay"]),
    by: Type.Optional(Words),
    reason: Type.Optional(Words),
    /** The number of the exception, where it is over already; without it, whatever is open of that cause ends. */
    exception: Type.Optional(Id),
    minutes: Type.Optional(Type.Integer({ minimum: 0 })),
    salesOrderId: Type.Optional(Id),
  }),
  keys: { subject: "subject", order: "salesOrderId" },
  belongsTo: "order",
  sample: {
    subject: "order/SO-ACME-PO-4711",
    fingerprint: "order-to-cash/cancelled-after-dispatch",
    how: "by person",
    by: "maria",
    minutes: 12,
  },
});

export const DocumentSent = event({
  name: "operations.document-sent",
  version: 1,
  owner: "integration",
  summary: "A document that its partner is to acknowledge was handed over.",
  criticality: "C3",
  data: Type.Object({
    partner: Id,
    /** What it is in the partner's standard and its control number, e.g. `856/000012345`. */
    document: Id,
    /** Its control number, by which the acknowledgement names it. */
    partnerDocument: Id,
    salesOrderId: Type.Optional(Id),
  }),
  keys: { partnerDocument: "partnerDocument", order: "salesOrderId" },
  belongsTo: "order",
  sample: {
    partner: "C-ACME",
    document: "856/000012345",
    partnerDocument: "000012345",
    salesOrderId: "SO-ACME-PO-4711",
  },
});

export const AcknowledgementReceived = event({
  name: "operations.acknowledgement-received",
  version: 1,
  owner: "integration",
  summary: "A partner says it could, or could not, read a document of ours.",
  criticality: "C3",
  data: Type.Object({
    partner: Id,
    /** What is acknowledged: the set and its control number, e.g. `856/000012345`. */
    ackOf: Id,
    ackType: Type.Enum(["syntax", "application", "business"]),
    status: Type.Enum(["accepted", "accepted-with-errors", "rejected"]),
    errors: Type.Array(Words),
    ediControlNumber: Id,
    /** The control number of the interchange of ours that is acknowledged, where the partner's standard names one. */
    partnerDocument: Type.Optional(Id),
    /** The order of the document that is acknowledged; null when it belongs to none. */
    salesOrderId: Type.Union([Id, Type.Null()]),
  }),
  keys: {
    acknowledgement: "ackOf",
    order: "salesOrderId",
    ediControlNumber: "ediControlNumber",
    partnerDocument: "partnerDocument",
  },
  belongsTo: "order",
  sample: {
    partner: "C-ACME",
    ackOf: "856/000012345",
    ackType: "syntax",
    status: "accepted",
    errors: [],
    ediControlNumber: "000012345",
    salesOrderId: "SO-ACME-PO-4711",
  },
});

/** Every contract of this file. */
export const contracts = [
  MilestoneReached,
  MilestoneWithdrawn,
  MilestoneAcknowledged,
  ExceptionRaised,
  ExceptionResolved,
  DocumentSent,
  AcknowledgementReceived,
];
