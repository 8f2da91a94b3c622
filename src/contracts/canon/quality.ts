/**
 * What quality decides about a lot: held, rejected, released. Stock status and ledger follow; neither is decided here.
 *
 * Ordered by the lot. A decision names the quantity it is about, so part of a lot can be released and the rest rejected.
 */
import Type from "typebox";
import { event } from "../contract.ts";
import { Id, Instant, Quantity, Words } from "./values.ts";

const Lot = {
  lot: Id,
  item: Id,
  plant: Id,
  /** The quality system's own id of the decision; hearing it twice changes nothing. */
  decisionId: Id,
  productionOrderId: Type.Optional(Id),
  purchaseOrderId: Type.Optional(Id),
};
const lot = {
  lot: "L-900",
  item: "PUMP-100",
  plant: "LYO",
  decisionId: "QD-1",
  productionOrderId: "PR-7005",
};
const keys = {
  lot: "lot",
  item: "item",
  productionOrder: "productionOrderId",
  purchaseOrder: "purchaseOrderId",
  decision: "decisionId",
  plant: "plant",
} as const;

/** What becomes of pieces that were decided upon. */
export const QualityDecision = Type.Enum(["release", "rework", "scrap", "return-to-supplier"]);

/** @covers EVT-20 */
export const LotHeld = event({
  name: "quality.lot-held",
  version: 1,
  owner: "quality",
  summary: "Nobody may sell, ship or use this lot until quality decides.",
  criticality: "C2",
  data: Type.Object({ ...Lot, reason: Words, quantity: Type.Optional(Quantity), heldAt: Instant }),
  keys,
  says: { milestone: "held" },
  time: "heldAt",
  sample: { ...lot, reason: "Pressure test is due.", heldAt: "2026-01-05T12:01:00Z" },
});

/** @covers EVT-21 */
export const LotRejected = event({
  name: "quality.lot-rejected",
  version: 1,
  owner: "quality",
  summary: "Pieces of a lot failed; stock and ledger must lose them.",
  criticality: "C1",
  data: Type.Object({
    ...Lot,
    quantity: Quantity,
    rejectReasonCode: Id,
    rejectActionCode: QualityDecision,
    rejectedAt: Instant,
  }),
  keys,
  time: "rejectedAt",
  sample: {
    ...lot,
    decisionId: "QD-2",
    quantity: { value: "4", uom: "EA" },
    rejectReasonCode: "leaks",
    rejectActionCode: "scrap",
    rejectedAt: "2026-01-05T13:00:00Z",
  },
});

/** @covers EVT-22 */
export const LotReleased = event({
  name: "quality.lot-released",
  version: 1,
  owner: "quality",
  summary: "Pieces of a lot are sound and may be sold, shipped or used.",
  criticality: "C2",
  data: Type.Object({ ...Lot, decision: QualityDecision, quantity: Quantity, releasedAt: Instant }),
  keys,
  says: { milestone: "cleared" },
  time: "releasedAt",
  sample: {
    ...lot,
    decisionId: "QD-3",
    decision: "release",
    quantity: { value: "36", uom: "EA" },
    releasedAt: "2026-01-05T13:00:00Z",
  },
});

/** Every contract of this file. */
export const contracts = [LotHeld, LotRejected, LotReleased];
