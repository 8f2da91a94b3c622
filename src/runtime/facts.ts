/**
 * What people do to running work, as facts in the journal.
 *
 * A person's word takes the same road as any event: it is recorded once, read by whoever holds the lane, and decided in
 * the same transaction as its effects. These contracts belong to the engine; no process reacts to them by name.
 */
import Type from "typebox";
import { event } from "../contracts/contract.ts";

const Text = Type.String({ minLength: 1 });

export const QuestionAnswered = event({
  name: "operations.question-answered",
  version: 1,
  owner: "integration",
  summary: "A person approved or declined what a process asked.",
  criticality: "C2",
  data: Type.Object({
    question: Text,
    process: Text,
    instance: Text,
    approval: Text,
    verdict: Type.Union([Type.Literal("approved"), Type.Literal("declined")]),
    by: Text,
    comment: Type.String(),
  }),
  keys: { instance: "instance" },
  sample: {
    question: "order-to-cash:SO-ACME-4711:credit review:1",
    process: "order-to-cash",
    instance: "SO-ACME-4711",
    approval: "credit review",
    verdict: "approved",
    by: "maria",
    comment: "Paid the old invoices this morning.",
  },
});

export const DeliveryDecided = event({
  name: "operations.delivery-decided",
  version: 1,
  owner: "integration",
  summary: "A person decided about a delivery that was set aside.",
  criticality: "C2",
  data: Type.Object({
    delivery: Text,
    lane: Type.Integer({ minimum: 0 }),
    /** How often it had been tried when the person decided: said of an earlier attempt, it says nothing about a later one. */
    attempts: Type.Optional(Type.Integer({ minimum: 0 })),
    verdict: Type.Union([
      Type.Literal("try again"),
      Type.Literal("booked"),
      Type.Literal("cancel"),
      Type.Literal("replay"),
    ]),
    reference: Type.Union([Text, Type.Null()]),
    /** Of a replay: the target is asked first whether it has it. */
    verify: Type.Optional(Type.Boolean()),
    /** The version of the correction it carries from now on. */
    corrected: Type.Optional(Type.Integer({ minimum: 1 })),
    by: Text,
    reason: Type.String(),
  }),
  keys: { delivery: "delivery" },
  sample: {
    delivery: "0123456789abcdef0123456789abcdef",
    lane: 3,
    attempts: 2,
    verdict: "booked",
    reference: "INV-90000001",
    by: "maria",
    reason: "Found in the ERP.",
  },
});

export const InstanceResumed = event({
  name: "operations.instance-resumed",
  version: 1,
  owner: "integration",
  summary: "A person let a process go on that had stopped at an input it could not take.",
  criticality: "C2",
  data: Type.Object({ process: Text, instance: Text, by: Text, reason: Type.String() }),
  keys: { instance: "instance" },
  sample: {
    process: "order-to-cash",
    instance: "SO-ACME-4711",
    by: "maria",
    reason: "The new build knows this case.",
  },
});

export const ArrivalAskedAgain = event({
  name: "operations.arrival-asked-again",
  version: 1,
  owner: "integration",
  summary: "A person had what was set aside read again as it had arrived.",
  criticality: "C2",
  data: Type.Object({ arrival: Text, by: Text, reason: Type.String() }),
  keys: { arrival: "arrival" },
  sample: {
    arrival: "0199e3a4-5b6c-7d8e-9f01-23456789abcd",
    by: "maria",
    reason: "The flow understands the partner's new segment now.",
  },
});

export const InputGiven = event({
  name: "operations.input-given",
  version: 1,
  owner: "integration",
  summary: "A person gave a process a fact it had never taken.",
  criticality: "C2",
  data: Type.Object({
    process: Text,
    instance: Text,
    position: Type.String({ pattern: "^\\d{1,18}$" }),
    by: Text,
    reason: Type.String(),
  }),
  keys: { instance: "instance" },
  sample: {
    process: "order-to-cash",
    instance: "SO-ACME-4711",
    position: "4711",
    by: "maria",
    reason: "The process is new, and the order is open.",
  },
});

export const InstanceMoved = event({
  name: "operations.instance-moved",
  version: 1,
  owner: "integration",
  summary: "A person moved a running process to another version of it.",
  criticality: "C2",
  data: Type.Object({
    process: Text,
    instance: Text,
    from: Type.Integer({ minimum: 0 }),
    to: Type.Integer({ minimum: 0 }),
    by: Text,
    reason: Type.String(),
  }),
  keys: { instance: "instance" },
  sample: {
    process: "order-to-cash",
    instance: "SO-ACME-4711",
    from: 1,
    to: 2,
    by: "maria",
    reason: "Version 1 asks the old credit team.",
  },
});

export const ConnectionDecided = event({
  name: "operations.connection-decided",
  version: 1,
  owner: "integration",
  summary: "A person paused, drained or resumed the sending to a system.",
  criticality: "C2",
  data: Type.Object({
    connection: Text,
    verdict: Type.Union([Type.Literal("pause"), Type.Literal("drain"), Type.Literal("resume")]),
    until: Type.Union([Text, Type.Null()]),
    by: Text,
    reason: Type.String(),
  }),
  keys: { connection: "connection" },
  sample: {
    connection: "wms",
    verdict: "drain",
    until: "2026-11-21T06:00:00.000Z",
    by: "maria",
    reason: "The warehouse installs a new release.",
  },
});

export const AgreementTended = event({
  name: "operations.agreement-tended",
  version: 1,
  owner: "integration",
  summary: "A person had the systems asked again, or took what one of them holds as its report.",
  criticality: "C2",
  data: Type.Object({
    subject: Text,
    milestone: Text,
    how: Type.Union([Type.Literal("ask again"), Type.Literal("take its report"), Type.Literal("compare")]),
    by: Text,
    reason: Type.String(),
  }),
  keys: { subject: "subject" },
  sample: {
    subject: "order/SO-ACME-4711",
    milestone: "dispatched",
    how: "take its report",
    by: "maria",
    reason: "The warehouse lost its outbox.",
  },
});

export const BatchDecided = event({
  name: "operations.batch-decided",
  version: 1,
  owner: "integration",
  summary:
    "A person paused, resumed or gave up the reading of a large file, or had its refused records read again.",
  criticality: "C3",
  data: Type.Object({
    batch: Text,
    verdict: Type.Union([
      Type.Literal("pause"),
      Type.Literal("resume"),
      Type.Literal("read refused again"),
      Type.Literal("give up"),
    ]),
    by: Text,
    reason: Type.String(),
  }),
  keys: { batch: "batch" },
  sample: {
    batch: "0197c1a0-7b1e-7cc3-9a55-2f7a3f0c1d2e",
    verdict: "read refused again",
    by: "maria",
    reason: "The missing accounts are in the cross-reference now.",
  },
});

export const ExceptionsTended = event({
  name: "operations.exceptions-tended",
  version: 1,
  owner: "integration",
  summary: "A person took on the open exceptions of one cause, put them to sleep, or left a note.",
  criticality: "C3",
  data: Type.Object({
    /** The short id of the cause. */
    cause: Text,
    fingerprint: Text,
    what: Type.Union([Type.Literal("assign"), Type.Literal("snooze"), Type.Literal("note")]),
    /** Who works on it, until when it sleeps (RFC 3339), or the note; null: nobody, no longer. */
    value: Type.Union([Text, Type.Null()]),
    by: Text,
    reason: Type.String(),
  }),
  keys: { cause: "cause" },
  sample: {
    cause: "GR-3f9a2c1d",
    fingerprint: "data|wms|wms.ship-order|XD_REFUSED|ITEM_UNKNOWN",
    what: "assign",
    value: "maria",
    by: "maria",
    reason: "",
  },
});

export const DocumentTended = event({
  name: "operations.document-tended",
  version: 1,
  owner: "integration",
  summary: "A person took a document on, left a note on it, put it on hold, or let it go on.",
  criticality: "C3",
  data: Type.Object({
    /** The business transaction, `order/SO-10045`. */
    document: Text,
    what: Type.Union([
      Type.Literal("assign"),
      Type.Literal("note"),
      Type.Literal("hold"),
      Type.Literal("release"),
    ]),
    /** Who looks after it (null: nobody, no longer), the note, or why it is on hold. */
    value: Type.Union([Text, Type.Null()]),
    by: Text,
    reason: Type.String(),
  }),
  keys: { document: "document" },
  sample: {
    document: "order/SO-ACME-4711",
    what: "note",
    value: "The customer called and can wait until Friday.",
    by: "maria",
    reason: "",
  },
});

export const SelectionDecided = event({
  name: "operations.selection-decided",
  version: 1,
  owner: "integration",
  summary: "A person froze a selection for a bulk act, tried one of it, ran it, or stopped it.",
  criticality: "C2",
  data: Type.Object({
    selection: Text,
    verdict: Type.Union([
      Type.Literal("freeze"),
      Type.Literal("try one of"),
      Type.Literal("run"),
      Type.Literal("stop"),
    ]),
    act: Text,
    items: Type.Integer({ minimum: 0 }),
    by: Text,
    reason: Type.String(),
  }),
  keys: { selection: "selection" },
  sample: {
    selection: "0197c1a0-7b1e-7cc3-9a55-2f7a3f0c1d2e",
    verdict: "run",
    act: "try again",
    items: 11,
    by: "maria",
    reason: "Item A-77 is known in the warehouse now.",
  },
});

export const RunbookFollowed = event({
  name: "operations.runbook-followed",
  version: 1,
  owner: "integration",
  summary: "A person opened a runbook, did or skipped one of its steps, or closed it.",
  criticality: "C2",
  data: Type.Object({
    run: Text,
    what: Type.Union([Type.Literal("opened"), Type.Literal("step"), Type.Literal("closed")]),
    said: Text,
    by: Text,
    reason: Type.String(),
  }),
  keys: { run: "run" },
  sample: {
    run: "0192f0c1-7c4e-7000-8000-000000000001",
    what: "step",
    said: "step 2 done: The WMS answers in 12 ms.",
    by: "maria",
    reason: "",
  },
});

export const DueTimesBroughtNearer = event({
  name: "operations.due-times-brought-nearer",
  version: 1,
  owner: "integration",
  summary: "In a demonstration somebody brought everything that waits for a time nearer.",
  criticality: "C4",
  data: Type.Object({
    clock: Type.Literal("demonstration"),
    ms: Type.Number({ minimum: 0 }),
    said: Text,
    by: Text,
  }),
  keys: { clock: "clock" },
  sample: {
    clock: "demonstration",
    ms: 14_400_000,
    said: "Everything that waits came 4 h nearer: 2 timers of processes. 1 of them is due now.",
    by: "maria",
  },
});
