/**
 * Goods that come from elsewhere: which plant an order is routed to, and stock moved to the warehouse that ships it.
 *
 * A plant is asked what it could supply and never told what it can; the routing process decides on the answers. A transfer has one
 * item and one number of its own, by which both ends and both ledgers know it. What moved is `inventory.stock-transferred`.
 */
import Type from "typebox";
import { command, event } from "../contract.ts";
import { LineNumber } from "./lines.ts";
import { each } from "./samples.ts";
import { Id, Instant, Quantity } from "./values.ts";

/** So much of one line of an order. */
const Part = { salesOrderId: Id, line: LineNumber, item: Id, quantity: Quantity };
const part = { salesOrderId: "SO-1003", line: "1", item: "PUMP-100" };

export const CheckSupply = command({
  name: "erp.check-supply",
  version: 1,
  owner: "planning",
  summary: "Asks the ERP of a plant how much of an item it has, and how much its components are enough for.",
  criticality: "C2",
  data: Type.Object({ ...Part, plant: Id }),
  keys: { order: "salesOrderId", item: "item", plant: "plant" },
  sample: { ...part, quantity: each("100"), plant: "LYO" },
});

export const SupplyChecked = event({
  name: "inventory.supply-checked",
  version: 1,
  owner: "planning",
  summary:
    "What a plant has of an item and how much it could make of the components it has; the process routes by it.",
  criticality: "C2",
  data: Type.Object({
    ...Part,
    plant: Id,
    /** Finished and free. */
    onHand: Quantity,
    /** Whole pieces its components are enough for. */
    makeable: Quantity,
    checkedAt: Type.Optional(Instant),
  }),
  keys: { order: "salesOrderId", item: "item", plant: "plant" },
  time: "checkedAt",
  sample: { ...part, quantity: each("100"), plant: "LYO", onHand: each("0"), makeable: each("70") },
});

export const OrderRouted = event({
  name: "sales.order-routed",
  version: 1,
  owner: "planning",
  summary: "So much of an order line is supplied by this plant: made there, or taken from what it has.",
  criticality: "C2",
  data: Type.Object({
    ...Part,
    plant: Id,
    by: Type.Enum(["production", "stock"]),
    /** Of goods that come from a plant of another entity. */
    transferId: Type.Optional(Id),
    sellingEntity: Type.Optional(Id),
    routedAt: Type.Optional(Instant),
  }),
  keys: { order: "salesOrderId", item: "item", plant: "plant", transfer: "transferId" },
  time: "routedAt",
  sample: { ...part, quantity: each("70"), plant: "LYO", by: "production" },
});

export const TransferStock = command({
  name: "wms.transfer-stock",
  version: 1,
  owner: "warehouse",
  summary: "Sends what is set aside for an order to the warehouse that ships it.",
  criticality: "C2",
  data: Type.Object({ transferId: Id, ...Part, to: Id }),
  keys: { transfer: "transferId", order: "salesOrderId", item: "item", warehouse: "to" },
  belongsTo: "order",
  sample: { transferId: "TR-1003-1", ...part, quantity: each("70"), to: "WH-ROT" },
});

/** Every contract of this file. */
export const contracts = [CheckSupply, SupplyChecked, OrderRouted, TransferStock];
