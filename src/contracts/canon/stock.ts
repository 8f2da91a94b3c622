/**
 * Stock beyond the order it serves: reserved, short, received, moved, adjusted, transferred, of another status, counted.
 *
 * These are the stock-keeping half of the domain `inventory`; what a warehouse says about a sales order is in
 * `inventory.ts`. A position is known as `item/location`, so facts about one position keep their order.
 */
import Type from "typebox";
import { event } from "../contract.ts";
import { LineNumber } from "./lines.ts";
import { each } from "./samples.ts";
import { BusinessDate, CutoverStage, Decimal, Id, Instant, Quantity, Words } from "./values.ts";

/** What may be done with stock. */
export const StockType = Type.Enum(["available", "reserved", "quality-hold", "in-transit", "damaged"]);

/** `positionId` is `item/location`. */
const Position = { positionId: Id, item: Id, location: Id };
const position = { positionId: "SEAL-9/WH-LYO", item: "SEAL-9", location: "WH-LYO" };
const positionKeys = { position: "positionId", item: "item", location: "location" } as const;

/** @covers EVT-05 */
export const StockReserved = event({
  name: "inventory.stock-reserved",
  version: 1,
  owner: "warehouse",
  summary: "Stock is promised to an order or a production order.",
  criticality: "C2",
  data: Type.Object({
    ...Position,
    reservationId: Id,
    /** All that is promised under this reservation by now; nothing yet where all of it is short. */
    quantity: Quantity,
    orderLine: Type.Optional(Id),
    productionOrderId: Type.Optional(Id),
    /** The order it is made for. */
    salesOrderId: Type.Optional(Id),
    expires: Type.Optional(Instant),
    reservedAt: Instant,
  }),
  keys: {
    ...positionKeys,
    reservation: "reservationId",
    orderLine: "orderLine",
    productionOrder: "productionOrderId",
    order: "salesOrderId",
  },
  time: "reservedAt",
  sample: {
    ...position,
    reservationId: "RS-1",
    quantity: each("40"),
    productionOrderId: "PR-7002",
    reservedAt: "2026-01-05T08:00:00Z",
  },
});

/** @covers EVT-25 */
export const ShortageDetected = event({
  name: "inventory.stock-shortage-detected",
  version: 1,
  owner: "planning",
  summary: "A plant needs more of an item than it will have.",
  criticality: "C2",
  data: Type.Object({
    /** `item/plant`. */
    shortageId: Id,
    item: Id,
    plant: Id,
    required: Quantity,
    available: Quantity,
    needBy: BusinessDate,
    productionOrderId: Type.Optional(Id),
    salesOrderId: Type.Optional(Id),
    detectedAt: Type.Optional(Instant),
  }),
  keys: {
    shortage: "shortageId",
    item: "item",
    plant: "plant",
    productionOrder: "productionOrderId",
    order: "salesOrderId",
  },
  time: "detectedAt",
  sample: {
    shortageId: "SEAL-9/LYO",
    item: "SEAL-9",
    plant: "LYO",
    required: each("40"),
    available: each("30"),
    needBy: "2026-01-08",
    productionOrderId: "PR-7002",
  },
});

/** What came in of one line, as counted at the door. */
export const ReceiptLine = Type.Object({
  line: LineNumber,
  item: Id,
  receivedQuantity: Quantity,
  rejectedQuantity: Type.Optional(Quantity),
  lot: Type.Optional(Id),
});
export type ReceiptLine = Type.Static<typeof ReceiptLine>;

/** What is put right about a receipt: the order it was told for, and the one it is for, with the number it has there. */
export const Correction = {
  receiptAdviceId: Id,
  /** Absent where its papers named none. */
  purchaseOrderId: Type.Optional(Id),
  /** Absent where the goods are not ours: they go back, and are nobody's stock here. */
  correctOrderId: Type.Optional(Id),
  correctReceiptId: Type.Optional(Id),
  warehouse: Id,
  lines: Type.Array(ReceiptLine, { minItems: 1 }),
  reason: Words,
};
export const correctionKeys = {
  goodsReceipt: "receiptAdviceId",
  purchaseOrder: "purchaseOrderId",
  warehouse: "warehouse",
} as const;
export const correction = {
  receiptAdviceId: "GR-2",
  purchaseOrderId: "PO-4120",
  correctOrderId: "PO-412",
  correctReceiptId: "GR-2/PO-412",
  warehouse: "WH-LYO",
  lines: [{ line: "1", item: "SEAL-9", receivedQuantity: each("20") }],
  reason: "The papers were mixed up.",
};

/** @covers EVT-11, EVT-27 */
export const GoodsReceived = event({
  name: "inventory.goods-received",
  version: 1,
  owner: "warehouse",
  summary: "Goods came in for a purchase order or a transfer, counted at the door.",
  criticality: "C1",
  data: Type.Object({
    receiptAdviceId: Id,
    purchaseOrderId: Type.Optional(Id),
    transferId: Type.Optional(Id),
    despatchAdviceId: Type.Optional(Id),
    warehouse: Id,
    lines: Type.Array(ReceiptLine, { minItems: 1 }),
    receivedAt: Instant,
    /** Where booking it moves from one ERP to another: whose turn it was when it came. */
    stage: Type.Optional(CutoverStage),
  }),
  keys: {
    goodsReceipt: "receiptAdviceId",
    purchaseOrder: "purchaseOrderId",
    transfer: "transferId",
    asn: "despatchAdviceId",
    item: "lines[].item",
    lot: "lines[].lot",
    warehouse: "warehouse",
  },
  belongsTo: "purchaseOrder",
  says: { milestone: "received" },
  time: "receivedAt",
  sample: {
    receiptAdviceId: "GR-1",
    purchaseOrderId: "PO-501",
    warehouse: "WH-LYO",
    lines: [{ line: "1", item: "SEAL-9", receivedQuantity: each("60") }],
    receivedAt: "2026-01-12T08:00:00Z",
  },
});

/** What nobody could say the order of: it is booked nowhere until somebody has. */
export const GoodsUnassigned = event({
  name: "inventory.goods-unassigned",
  version: 1,
  owner: "warehouse",
  summary: "Goods came in, and their papers name no order.",
  criticality: "C1",
  data: Type.Object({
    receiptAdviceId: Id,
    despatchAdviceId: Type.Optional(Id),
    warehouse: Id,
    lines: Type.Array(ReceiptLine, { minItems: 1 }),
    receivedAt: Instant,
    stage: Type.Optional(CutoverStage),
  }),
  keys: {
    goodsReceipt: "receiptAdviceId",
    asn: "despatchAdviceId",
    item: "lines[].item",
    lot: "lines[].lot",
    warehouse: "warehouse",
  },
  time: "receivedAt",
  sample: {
    receiptAdviceId: "GR-2",
    warehouse: "WH-LYO",
    lines: [{ line: "1", item: "SEAL-9", receivedQuantity: each("20") }],
    receivedAt: "2026-01-12T08:00:00Z",
  },
});

/** Said by whom the receipt is: from then on it counts for the order it names now, or for none. */
export const ReceiptCorrected = event({
  name: "inventory.receipt-corrected",
  version: 1,
  owner: "warehouse",
  summary: "A receipt is of another order than its papers said, or of none of ours.",
  criticality: "C1",
  data: Type.Object(Correction),
  keys: correctionKeys,
  sample: correction,
});

/** @covers EVT-09 */
export const HandlingUnitMoved = event({
  name: "inventory.handling-unit-moved",
  version: 1,
  owner: "warehouse",
  summary: "A pallet stands somewhere else.",
  criticality: "C3",
  data: Type.Object({ sscc: Id, from: Id, to: Id, movedAt: Instant }),
  keys: { sscc: "sscc", location: "to" },
  time: "movedAt",
  sample: { sscc: "340123450000000018", from: "A-01", to: "DOCK-2", movedAt: "2026-01-05T08:00:00Z" },
});

/** @covers EVT-10, EVT-12 */
export const StockAdjusted = event({
  name: "inventory.stock-adjusted",
  version: 1,
  owner: "warehouse",
  summary: "Stock is more or less than the books said, and here is why.",
  criticality: "C1",
  data: Type.Object({
    ...Position,
    adjustmentId: Id,
    lot: Type.Optional(Id),
    delta: Decimal,
    uom: Id,
    reasonCode: Id,
    adjustedAt: Instant,
  }),
  keys: { ...positionKeys, lot: "lot", adjustment: "adjustmentId" },
  time: "adjustedAt",
  sample: {
    ...position,
    adjustmentId: "AD-1",
    delta: "-2",
    uom: "EA",
    reasonCode: "count",
    adjustedAt: "2026-01-05T08:00:00Z",
  },
});

/** @covers EVT-13 */
export const StockTransferred = event({
  name: "inventory.stock-transferred",
  version: 1,
  owner: "warehouse",
  summary: "Stock left one place for another, or arrived there.",
  criticality: "C1",
  data: Type.Object({
    transferId: Id,
    /** The warehouse's own number of the movement: a transfer may leave in parts. */
    movementId: Type.Optional(Id),
    item: Id,
    quantity: Quantity,
    from: Id,
    to: Id,
    stage: Type.Enum(["sent", "arrived"]),
    lot: Type.Optional(Id),
    /** The order line it is for, where it is for one. */
    salesOrderId: Type.Optional(Id),
    line: Type.Optional(LineNumber),
    transferredAt: Instant,
  }),
  keys: {
    transfer: "transferId",
    order: "salesOrderId",
    item: "item",
    location: "from",
    lot: "lot",
    movement: "movementId",
  },
  belongsTo: "order",
  time: "transferredAt",
  sample: {
    transferId: "TR-1",
    item: "PUMP-100",
    quantity: each("70"),
    from: "WH-LYO",
    to: "WH-ROT",
    stage: "sent",
    transferredAt: "2026-01-05T08:00:00Z",
  },
});

export const StockStatusChanged = event({
  name: "inventory.stock-status-changed",
  version: 1,
  owner: "warehouse",
  summary: "Pieces of a lot may be sold, or may not, in the system that says so.",
  criticality: "C2",
  data: Type.Object({
    lot: Id,
    item: Id,
    location: Type.Optional(Id),
    quantity: Quantity,
    from: StockType,
    to: StockType,
    /** The decision it carries out. */
    decisionId: Type.Optional(Id),
    changeId: Id,
    changedAt: Instant,
  }),
  keys: { lot: "lot", item: "item", location: "location", decision: "decisionId", stockChange: "changeId" },
  says: { milestone: "stock corrected" },
  time: "changedAt",
  sample: {
    lot: "L-900",
    item: "PUMP-100",
    quantity: each("4"),
    from: "quality-hold",
    to: "damaged",
    decisionId: "QD-2",
    changeId: "ST-1",
    changedAt: "2026-01-05T13:00:10Z",
  },
});

export const StockCounted = event({
  name: "inventory.stock-counted",
  version: 1,
  owner: "warehouse",
  summary: "Somebody counted; the difference to the books is judged by reconciliation.",
  criticality: "C1",
  data: Type.Object({ ...Position, countId: Id, counted: Quantity, book: Quantity, countedAt: Instant }),
  keys: { ...positionKeys, count: "countId" },
  time: "countedAt",
  sample: {
    ...position,
    countId: "CT-1",
    counted: each("58"),
    book: each("60"),
    countedAt: "2026-01-05T18:00:00Z",
  },
});

/** @covers EVT-10 */
export const AvailabilityChanged = event({
  name: "inventory.availability-changed",
  version: 1,
  owner: "warehouse",
  summary: "So much of an item can be promised from a place now.",
  criticality: "C3",
  data: Type.Object({ ...Position, available: Quantity, asOf: Instant, expires: Type.Optional(Instant) }),
  keys: positionKeys,
  time: "asOf",
  sample: { ...position, available: each("58"), asOf: "2026-01-05T18:00:00Z" },
});

/** Every contract of this file. */
export const contracts = [
  StockReserved,
  ShortageDetected,
  GoodsReceived,
  GoodsUnassigned,
  ReceiptCorrected,
  HandlingUnitMoved,
  StockAdjusted,
  StockTransferred,
  StockStatusChanged,
  StockCounted,
  AvailabilityChanged,
];
