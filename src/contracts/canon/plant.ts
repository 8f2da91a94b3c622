/**
 * Commands for plants: to the MES (`mes.…`), and to the ERP about production and stock (`erp.…`), to the warehouse about status.
 *
 * Every goods movement carries the report it follows from; that number is the ERP's reference, so one report is booked
 * once. Each undo is safe when the original never took effect; a movement is taken back by its reversal, never deleted.
 */
import Type from "typebox";
import { command } from "../contract.ts";
import { LineNumber, Material, MaterialActual } from "./lines.ts";
import { each } from "./samples.ts";
import { Correction, correction, correctionKeys, StockType } from "./stock.ts";
import { BusinessDate, CutoverStage, Id, Instant, Money, Quantity, Words } from "./values.ts";

const order = { productionOrderId: "PR-7005", plant: "LYO" };
const Order = { productionOrderId: Id, plant: Id };
const orderKeys = { productionOrder: "productionOrderId", plant: "plant" } as const;
const housing = { item: "HOUS-4", quantity: each("40") };
const day = { documentDate: "2026-01-05", postingDate: "2026-01-05" };
/** When it happened, and when it shall count. They differ when a closed period moves a posting. */
const Days = { documentDate: BusinessDate, postingDate: BusinessDate };

export const ReleaseProductionOrder = command({
  name: "mes.release-order",
  version: 1,
  owner: "production",
  summary: "Lets the plant start an order.",
  criticality: "C2",
  data: Type.Object({
    askedAt: Instant,
    ...Order,
    item: Id,
    quantity: Quantity,
    materials: Type.Array(Material),
    startTime: Type.Optional(Instant),
    scheduleVersion: Type.Optional(Type.Integer({ minimum: 1 })),
  }),
  keys: orderKeys,
  sample: {
    ...order,
    askedAt: "2026-01-05T08:00:00Z",
    item: "PUMP-100",
    quantity: each("40"),
    materials: [housing],
  },
});

export const CancelProductionOrder = command({
  name: "mes.cancel-order",
  version: 1,
  owner: "production",
  summary: "Calls an order back from the plant, if it is there and has not started.",
  criticality: "C2",
  data: Type.Object({ askedAt: Instant, ...Order, reason: Words }),
  keys: orderKeys,
  sample: { ...order, askedAt: "2026-01-05T08:00:00Z", reason: "The customer cancelled." },
});

export const RescheduleProductionOrder = command({
  name: "mes.reschedule-order",
  version: 1,
  owner: "production",
  summary: "Moves an order of the plant to another day.",
  criticality: "C2",
  data: Type.Object({
    askedAt: Instant,
    ...Order,
    scheduleVersion: Type.Integer({ minimum: 1 }),
    start: BusinessDate,
    reason: Words,
  }),
  keys: orderKeys,
  sample: {
    ...order,
    askedAt: "2026-01-05T08:00:00Z",
    scheduleVersion: 2,
    start: "2026-01-13",
    reason: "SO-1009 became urgent.",
  },
});

export const ScheduleProduction = command({
  name: "erp.schedule-production",
  version: 1,
  owner: "production",
  summary: "Puts a production order on the ERP's books for a day.",
  criticality: "C2",
  data: Type.Object({
    ...Order,
    item: Id,
    quantity: Quantity,
    start: BusinessDate,
    scheduleVersion: Type.Integer({ minimum: 1 }),
    salesOrderId: Type.Optional(Id),
  }),
  keys: { ...orderKeys, order: "salesOrderId" },
  sample: {
    ...order,
    item: "PUMP-100",
    quantity: each("20"),
    start: "2026-01-08",
    scheduleVersion: 1,
    salesOrderId: "SO-1002",
  },
});

export const RescheduleProduction = command({
  name: "erp.reschedule-production",
  version: 1,
  owner: "production",
  summary: "Moves a production order of the ERP's books to another day.",
  criticality: "C2",
  data: Type.Object({
    ...Order,
    start: BusinessDate,
    scheduleVersion: Type.Integer({ minimum: 1 }),
    reason: Words,
  }),
  keys: orderKeys,
  sample: { ...order, start: "2026-01-13", scheduleVersion: 2, reason: "SO-1009 became urgent." },
});

export const UnscheduleProduction = command({
  name: "erp.unschedule-production",
  version: 1,
  owner: "production",
  summary: "Takes a production order off the ERP's books, if it is on them and nothing was made.",
  criticality: "C2",
  data: Type.Object({ ...Order, reason: Words, salesOrderId: Type.Optional(Id) }),
  keys: { ...orderKeys, order: "salesOrderId" },
  sample: { ...order, reason: "The order was cancelled." },
});

export const CorrectReceipt = command({
  name: "wms.correct-receipt",
  version: 1,
  owner: "warehouse",
  summary:
    "Has the warehouse keep a receipt under the order it belongs to, or take out of its stock what is not ours.",
  criticality: "C2",
  data: Type.Object(Correction),
  keys: correctionKeys,
  sample: correction,
});

export const CloseProduction = command({
  name: "erp.close-production",
  version: 1,
  owner: "finance",
  summary: "Settles a production order: conversion cost goes into it, and what remains is its variance.",
  criticality: "C1",
  data: Type.Object({ ...Order, ...Days }),
  keys: orderKeys,
  sample: { ...order, ...day },
});

const Movement = { ...Order, reportId: Id, ...Days };
const movement = { ...order, ...day };
const movementKeys = { ...orderKeys, report: "reportId" } as const;

export const PostConsumption = command({
  name: "erp.post-consumption",
  version: 1,
  owner: "production",
  summary: "Takes used materials out of stock and puts their value into the production order.",
  criticality: "C1",
  data: Type.Object({ ...Movement, materials: Type.Array(MaterialActual, { minItems: 1 }) }),
  keys: { ...movementKeys, lot: "materials[].lot" },
  sample: { ...movement, reportId: "MC-1", materials: [housing] },
});

export const PostProductionReceipt = command({
  name: "erp.post-production-receipt",
  version: 1,
  owner: "production",
  summary: "Takes finished pieces into stock and their value out of the production order.",
  criticality: "C1",
  data: Type.Object({
    ...Movement,
    item: Id,
    quantity: Quantity,
    lot: Type.Optional(Id),
    workCentre: Type.Optional(Id),
    /** Who bears the cost; found by the work centre. */
    costCentre: Type.Optional(Id),
    /** The ERP takes components out of stock by the bill of materials, because the plant reports none. */
    backflush: Type.Optional(Type.Boolean()),
  }),
  keys: { ...movementKeys, lot: "lot" },
  sample: { ...movement, reportId: "OC-1", item: "PUMP-100", quantity: each("40"), lot: "L-900" },
});

export const PostScrap = command({
  name: "erp.post-scrap",
  version: 1,
  owner: "production",
  summary: "Takes lost pieces out of stock and books what they were worth as scrap.",
  criticality: "C1",
  data: Type.Object({
    ...Movement,
    item: Id,
    quantity: Quantity,
    reasonCode: Id,
    lot: Type.Optional(Id),
    operation: Type.Optional(Id),
    workCentre: Type.Optional(Id),
  }),
  keys: { ...movementKeys, lot: "lot" },
  sample: { ...movement, reportId: "SC-1", item: "HOUS-4", quantity: each("3"), reasonCode: "cracked" },
});

export const CheckPeriod = command({
  name: "erp.check-period",
  version: 1,
  owner: "finance",
  summary: "Asks whether a posting may be made for this day.",
  criticality: "C2",
  data: Type.Object({ productionOrderId: Id, reportId: Id, day: BusinessDate }),
  keys: { productionOrder: "productionOrderId", report: "reportId" },
  sample: { productionOrderId: "PR-7013", reportId: "SC-2", day: "2026-11-30" },
});

export const ReverseProductionMovement = command({
  name: "erp.reverse-production-movement",
  version: 1,
  owner: "production",
  summary: "Books the mirror image of a movement, if it was booked.",
  criticality: "C1",
  data: Type.Object({ ...Order, reportId: Id, reason: Words }),
  keys: movementKeys,
  sample: { ...order, reportId: "OC-1", reason: "The report was withdrawn." },
});

export const PostGoodsReceipt = command({
  name: "erp.post-goods-receipt",
  version: 1,
  owner: "procurement",
  summary: "Takes bought goods into stock and owes the supplier their value until the invoice comes.",
  criticality: "C1",
  data: Type.Object({
    purchaseOrderId: Id,
    receiptAdviceId: Id,
    warehouse: Id,
    ...Days,
    /** `price` is that of one piece, where the order and not the item's own value says what it is worth. */
    lines: Type.Array(
      Type.Object({ line: LineNumber, item: Id, quantity: Quantity, price: Type.Optional(Money) }),
      { minItems: 1 },
    ),
    /** Of goods bought from another of our entities: it, and the transfer they came by. */
    sellingEntity: Type.Optional(Id),
    transferId: Type.Optional(Id),
    /** Whose turn it was when the goods came; without one, the first ERP's. */
    stage: Type.Optional(CutoverStage),
  }),
  keys: {
    purchaseOrder: "purchaseOrderId",
    goodsReceipt: "receiptAdviceId",
    warehouse: "warehouse",
    transfer: "transferId",
  },
  sample: {
    purchaseOrderId: "PO-501",
    receiptAdviceId: "GR-1",
    warehouse: "WH-LYO",
    ...day,
    lines: [{ line: "1", item: "SEAL-9", quantity: each("60") }],
  },
});

export const ReverseGoodsReceipt = command({
  name: "erp.reverse-goods-receipt",
  version: 1,
  owner: "procurement",
  summary: "Takes back a goods receipt somebody entered in an ERP that does not book them any more.",
  criticality: "C1",
  data: Type.Object({
    cutoverId: Id,
    purchaseOrderId: Id,
    /** The ERP's own number of it. */
    document: Id,
    postingDate: BusinessDate,
    reason: Words,
  }),
  keys: { goodsReceipt: "document", purchaseOrder: "purchaseOrderId" },
  belongsTo: "purchaseOrder",
  sample: {
    cutoverId: "goods-receipt/ME-01/LYO",
    purchaseOrderId: "PO-501",
    document: "5100311",
    postingDate: "2026-01-12",
    reason: "The next ERP has booked the goods.",
  },
});

export const PutAway = command({
  name: "wms.put-away",
  version: 1,
  owner: "warehouse",
  summary: "Tells the warehouse what a plant made, once per report: it stands there from now on.",
  criticality: "C1",
  data: Type.Object({
    ...Order,
    reportId: Id,
    item: Id,
    quantity: Quantity,
    lot: Type.Optional(Id),
    completedAt: Instant,
  }),
  keys: { ...orderKeys, report: "reportId", item: "item", lot: "lot" },
  sample: {
    ...order,
    reportId: "OC-1",
    item: "PUMP-100",
    quantity: each("40"),
    lot: "L-900",
    completedAt: "2026-01-05T12:00:00Z",
  },
});

export const ChangeStockStatus = command({
  name: "wms.change-stock-status",
  version: 1,
  owner: "warehouse",
  summary: "Lets pieces of a lot be sold, or forbids it. The same with its two sides swapped takes it back.",
  criticality: "C2",
  data: Type.Object({
    lot: Id,
    item: Id,
    quantity: Quantity,
    from: StockType,
    to: StockType,
    decisionId: Id,
    reason: Words,
  }),
  keys: { lot: "lot", item: "item", decision: "decisionId" },
  sample: {
    lot: "L-900",
    item: "PUMP-100",
    quantity: each("4"),
    from: "quality-hold",
    to: "damaged",
    decisionId: "QD-2",
    reason: "leaks",
  },
});

export const CheckMaterials = command({
  name: "erp.check-materials",
  version: 1,
  owner: "planning",
  summary: "Asks what an item is made of, where its components come from, and how long making takes.",
  criticality: "C2",
  data: Type.Object({ ...Order, salesOrderId: Id, item: Id, quantity: Quantity }),
  keys: { ...orderKeys, order: "salesOrderId" },
  sample: { ...order, salesOrderId: "SO-1002", item: "PUMP-100", quantity: each("20") },
});

export const ReserveComponents = command({
  name: "wms.reserve-components",
  version: 1,
  owner: "warehouse",
  summary: "Asks the warehouse to set components aside for a production order.",
  criticality: "C2",
  data: Type.Object({
    ...Order,
    salesOrderId: Type.Optional(Id),
    materials: Type.Array(Material, { minItems: 1 }),
  }),
  keys: { ...orderKeys, order: "salesOrderId" },
  sample: { ...order, materials: [housing] },
});

export const ReleaseComponents = command({
  name: "wms.release-components",
  version: 1,
  owner: "warehouse",
  summary: "Frees components set aside for a production order, as far as any are.",
  criticality: "C2",
  data: Type.Object({ ...Order, salesOrderId: Type.Optional(Id), reason: Words }),
  keys: { ...orderKeys, order: "salesOrderId" },
  sample: { ...order, reason: "The order was cancelled." },
});

/** Every contract of this file. */
export const contracts = [
  ReleaseProductionOrder,
  CancelProductionOrder,
  RescheduleProductionOrder,
  ScheduleProduction,
  RescheduleProduction,
  UnscheduleProduction,
  CorrectReceipt,
  CloseProduction,
  PostConsumption,
  PostProductionReceipt,
  PostScrap,
  CheckPeriod,
  ReverseProductionMovement,
  PostGoodsReceipt,
  ReverseGoodsReceipt,
  PutAway,
  ChangeStockStatus,
  CheckMaterials,
  ReserveComponents,
  ReleaseComponents,
];
