/**
 * A step that moves from one system to another: who wants it, who decided it, and what both booked while they were compared.
 *
 * Of the domain `operations`. A switch always says who answers for it and why; nothing here books anything.
 */
import Type from "typebox";
import { event } from "../contract.ts";
import { CutoverStage, Decimal, Id, Instant, Words } from "./values.ts";

const at = "2026-01-05T08:30:00Z";
/** What is moved from one system to another: a step of a process, of one entity and plant. `cutoverId` is `step/entity/plant`. */
/** Whose books: those of the system the step moves from, or of the one it moves to. */
const Side = Type.Enum(["legacy", "cloud"]);
const Cutover = { cutoverId: Id, step: Id, entity: Id, plant: Id };
const cutover = {
  cutoverId: "goods-receipt/ME-01/LYO",
  step: "goods-receipt",
  entity: "ME-01",
  plant: "LYO",
};

export const CutoverRequested = event({
  name: "operations.cutover-requested",
  version: 1,
  owner: "integration",
  summary:
    "Somebody wants a step to be carried out by both systems, to compare the two, by the next alone, or by the old one again.",
  criticality: "C2",
  data: Type.Object({ ...Cutover, to: CutoverStage, by: Words, reason: Words }),
  keys: { cutover: "cutoverId", entity: "entity", plant: "plant" },
  sample: { ...cutover, to: "shadow", by: "maria", reason: "The parallel run begins." },
});

export const ParallelPosted = event({
  name: "operations.parallel-posted",
  version: 1,
  owner: "integration",
  summary:
    "One of two systems a step moves between has booked a document; while they run side by side it is held against the other's.",
  criticality: "C3",
  data: Type.Object({
    cutoverId: Id,
    /** The document they were told of. */
    document: Id,
    /** Whether it counts, and in whose books it stands. */
    side: Type.Enum(["live", "shadow"]),
    ledger: Side,
    /** Whose turn it was when it came. */
    stage: CutoverStage,
    /** What was booked, by name: `value` in the currency of the books, and pieces by item. */
    figures: Type.Record(Type.String(), Type.String()),
  }),
  // Not of the cut-over: its key would lead to every document that was ever compared.
  keys: { goodsReceipt: "document" },
  sample: {
    cutoverId: cutover.cutoverId,
    document: "GR-1",
    side: "shadow",
    ledger: "cloud",
    stage: "shadow",
    figures: { value: "300.00", "SEAL-9": "60" },
  },
});

export const ParallelDifferenceFound = event({
  name: "operations.parallel-difference-found",
  version: 1,
  owner: "integration",
  summary: "Two systems that run side by side have booked the same document differently.",
  criticality: "C2",
  data: Type.Object({
    cutoverId: Id,
    document: Id,
    /** What the documents that differ have in common: the figures and the items. */
    cause: Words,
    differences: Type.Array(Type.Object({ figure: Words, live: Words, shadow: Words }), { minItems: 1 }),
  }),
  keys: { goodsReceipt: "document" },
  sample: {
    cutoverId: cutover.cutoverId,
    document: "GR-1",
    cause: "value of VALVE-20",
    differences: [{ figure: "value", live: "360.00", shadow: "4320.00" }],
  },
});

export const CutoverSwitched = event({
  name: "operations.cutover-switched",
  version: 1,
  owner: "integration",
  summary: "A step of a process is carried out by another system from now on, and somebody answers for it.",
  criticality: "C1",
  data: Type.Object({
    ...Cutover,
    from: CutoverStage,
    to: CutoverStage,
    /** Counts the switches and says to what: `1/shadow`. What comes in looks it up. */
    stage: Type.Optional(Id),
    by: Words,
    reason: Words,
    switchedAt: Instant,
  }),
  keys: { cutover: "cutoverId", cutoverStage: "stage", entity: "entity", plant: "plant" },
  time: "switchedAt",
  sample: {
    ...cutover,
    from: "legacy",
    to: "shadow",
    stage: "1/shadow",
    by: "maria",
    reason: "The parallel run begins.",
    switchedAt: at,
  },
});

export const DirectlyPosted = event({
  name: "operations.directly-posted",
  version: 1,
  owner: "integration",
  summary: "Somebody entered a document of a step that moves at the screen of one of the two systems.",
  criticality: "C2",
  data: Type.Object({
    cutoverId: Id,
    ledger: Side,
    /** The number the system gave it. */
    document: Id,
    purchaseOrderId: Id,
    /** Who entered it there. */
    by: Words,
    /** In the currency of the books. */
    value: Decimal,
    postedAt: Instant,
  }),
  keys: { goodsReceipt: "document", purchaseOrder: "purchaseOrderId" },
  belongsTo: "purchaseOrder",
  time: "postedAt",
  sample: {
    cutoverId: cutover.cutoverId,
    ledger: "legacy",
    document: "5100311",
    purchaseOrderId: "PO-501",
    by: "PMILLER",
    value: "36.00",
    postedAt: at,
  },
});

export const DirectPostingReversed = event({
  name: "operations.direct-posting-reversed",
  version: 1,
  owner: "integration",
  summary: "A document that was entered where the step is not carried out any more was taken back.",
  criticality: "C2",
  data: Type.Object({
    cutoverId: Id,
    ledger: Side,
    document: Id,
    purchaseOrderId: Id,
    /** The number of the reversal. */
    reference: Id,
  }),
  keys: { goodsReceipt: "document", purchaseOrder: "purchaseOrderId" },
  belongsTo: "purchaseOrder",
  sample: {
    cutoverId: cutover.cutoverId,
    ledger: "legacy",
    document: "5100311",
    purchaseOrderId: "PO-501",
    reference: "5950001",
  },
});

/** Every contract of this file. */
export const contracts = [
  CutoverRequested,
  CutoverSwitched,
  ParallelPosted,
  ParallelDifferenceFound,
  DirectlyPosted,
  DirectPostingReversed,
];
