/**
 * What a warehouse says about the stock of an order: allocated, short, released, picked.
 *
 * Ordered by the order they serve. Each fact carries the warehouse's own id, so hearing it twice changes nothing.
 */
import Type from "typebox";
import { event } from "../contract.ts";
import { HandlingUnit, LineNumber, LineQuantity } from "./lines.ts";
import { BusinessDate, Id, Instant, Quantity, Words } from "./values.ts";

const ten = { value: "10", uom: "EA" };

/** @covers EVT-05 */
export const StockAllocated = event({
  name: "inventory.stock-allocated",
  version: 1,
  owner: "warehouse",
  summary: "Stock is set aside for an order; the shortfall is what could not be.",
  criticality: "C2",
  data: Type.Object({
    salesOrderId: Id,
    allocationId: Id,
    /** The warehouse's own id of this report; a shortage made good later is another report of the same allocation. */
    reportId: Id,
    allocations: Type.Array(LineQuantity),
    shortfall: Type.Array(LineQuantity),
    warehouse: Type.Optional(Id),
    /** The lot all of it is of, where the warehouse sets aside by lot. */
    lot: Type.Optional(Id),
    allocatedAt: Instant,
  }),
  keys: { order: "salesOrderId", allocation: "allocationId", lot: "lot" },
  says: { milestone: "allocated" },
  time: "allocatedAt",
  sample: {
    salesOrderId: "SO-ACME-PO-4711",
    allocationId: "AL-1",
    reportId: "WH-1",
    allocations: [{ line: "1", item: "PUMP-100", quantity: ten }],
    shortfall: [],
    allocatedAt: "2026-01-05T08:00:05Z",
  },
});

/** @covers EVT-06 */
export const OrderBackordered = event({
  name: "inventory.order-backordered",
  version: 1,
  owner: "warehouse",
  summary: "Part of an order line is out of stock and will be allocated later.",
  criticality: "C2",
  data: Type.Object({
    salesOrderId: Id,
    orderLine: Id,
    line: LineNumber,
    item: Id,
    backorderQuantity: Quantity,
    reason: Words,
    newPromise: Type.Optional(BusinessDate),
    /** The warehouse the order leaves from, where that is another one than the one that is short. */
    shipsFrom: Type.Optional(Id),
    backorderedAt: Instant,
  }),
  keys: { order: "salesOrderId", orderLine: "orderLine" },
  says: { milestone: "allocated", withdrawn: true },
  time: "backorderedAt",
  sample: {
    salesOrderId: "SO-ACME-PO-4711",
    orderLine: "SO-ACME-PO-4711/1",
    line: "1",
    item: "PUMP-100",
    backorderQuantity: { value: "4", uom: "EA" },
    reason: "Only 6 EA are on hand.",
    backorderedAt: "2026-01-05T08:00:05Z",
  },
});

export const ReservationReleased = event({
  name: "inventory.reservation-released",
  version: 1,
  owner: "warehouse",
  summary: "Stock set aside for an order is free again.",
  criticality: "C2",
  data: Type.Object({
    salesOrderId: Id,
    releaseId: Id,
    lines: Type.Array(LineQuantity),
    reason: Words,
    releasedAt: Instant,
  }),
  keys: { order: "salesOrderId", release: "releaseId" },
  says: { milestone: "allocated", withdrawn: true },
  time: "releasedAt",
  sample: {
    salesOrderId: "SO-ACME-PO-4711",
    releaseId: "RL-1",
    lines: [{ line: "1", item: "PUMP-100", quantity: ten }],
    reason: "The order was cancelled.",
    releasedAt: "2026-01-05T08:10:05Z",
  },
});

/** @covers EVT-08 */
export const GoodsPicked = event({
  name: "inventory.goods-picked",
  version: 1,
  owner: "warehouse",
  summary: "Goods were taken from their places and wait at the dock.",
  criticality: "C3",
  data: Type.Object({
    salesOrderId: Id,
    shipmentId: Type.Optional(Id),
    lines: Type.Array(LineQuantity),
    handlingUnits: Type.Array(HandlingUnit),
    pickedAt: Instant,
  }),
  keys: { order: "salesOrderId", shipment: "shipmentId", sscc: "handlingUnits[].sscc" },
  time: "pickedAt",
  sample: {
    salesOrderId: "SO-ACME-PO-4711",
    shipmentId: "SH-881",
    lines: [{ line: "1", item: "PUMP-100", quantity: ten }],
    handlingUnits: [{ sscc: "340123450000000018" }],
    pickedAt: "2026-01-05T08:00:20Z",
  },
});

/** Every contract of this file. */
export const contracts = [StockAllocated, OrderBackordered, ReservationReleased, GoodsPicked];
