/**
 * Commands to those who fulfil: warehouse (`wms.…`), transport (`tms.…`), and the question put to pricing.
 *
 * A release, a cancellation and a cancelled booking are safe when there was nothing to take back.
 */
import Type from "typebox";
import { command } from "../contract.ts";
import { Address, LineNumber, LineQuantity } from "./lines.ts";
import { ChangeNumber } from "./sales.ts";
import { BusinessDate, Currency, Id, Quantity, Words } from "./values.ts";

const pumps = { line: "1", item: "PUMP-100", quantity: { value: "10", uom: "EA" } };
const order = { salesOrderId: "SO-ACME-PO-4711" };
const shipTo = { name: "ACME Corp", city: "Lyon", country: "FR" };
const lines = Type.Array(LineQuantity, { minItems: 1 });

export const CheckPrices = command({
  name: "pricing.check-prices",
  version: 1,
  owner: "pricing",
  summary: "Asks what these items cost this customer now.",
  criticality: "C2",
  data: Type.Object({
    salesOrderId: Id,
    sequenceNumberId: ChangeNumber,
    customer: Id,
    currency: Currency,
    lines: Type.Array(Type.Object({ line: LineNumber, item: Id, quantity: Quantity }), { minItems: 1 }),
  }),
  keys: { order: "salesOrderId" },
  sample: { ...order, sequenceNumberId: 0, customer: "C-ACME", currency: "EUR", lines: [pumps] },
});

export const AllocateStock = command({
  name: "wms.allocate-stock",
  version: 1,
  owner: "warehouse",
  summary: "Asks the warehouse to set stock aside for an order.",
  criticality: "C2",
  data: Type.Object({
    salesOrderId: Id,
    lines,
    plant: Type.Optional(Id),
    /** The warehouse it will leave from, where that is another one. */
    shipsFrom: Type.Optional(Id),
  }),
  keys: { order: "salesOrderId" },
  sample: { ...order, lines: [pumps] },
});

export const ReleaseAllocation = command({
  name: "wms.release-allocation",
  version: 1,
  owner: "warehouse",
  summary: "Frees stock set aside for an order, as far as any is.",
  criticality: "C2",
  data: Type.Object({ salesOrderId: Id, lines, reason: Words }),
  keys: { order: "salesOrderId" },
  sample: { ...order, lines: [pumps], reason: "The order was cancelled." },
});

export const ShipOrder = command({
  name: "wms.ship-order",
  version: 1,
  owner: "warehouse",
  summary: "Tells the warehouse to pick, pack and dispatch what is allocated.",
  criticality: "C2",
  data: Type.Object({
    salesOrderId: Id,
    customer: Id,
    lines,
    shipTo: Type.Optional(Address),
    requestedDate: Type.Optional(BusinessDate),
    /** From where it leaves; our own warehouse where absent. */
    warehouse: Type.Optional(Id),
    /** The how-manieth call for goods of this order it is; the first where absent. */
    call: Type.Optional(Type.Integer({ minimum: 1 })),
  }),
  keys: { order: "salesOrderId" },
  sample: { ...order, customer: "C-ACME", lines: [pumps], shipTo },
});

export const CancelShipment = command({
  name: "wms.cancel-shipment",
  version: 1,
  owner: "warehouse",
  summary: "Calls back a shipping order that has not left yet.",
  criticality: "C2",
  data: Type.Object({ salesOrderId: Id, reason: Words }),
  keys: { order: "salesOrderId" },
  sample: { ...order, reason: "The order was cancelled." },
});

export const BookFreight = command({
  name: "tms.book-freight",
  version: 1,
  owner: "logistics",
  summary: "Asks for a carrier for the goods of an order.",
  criticality: "C3",
  data: Type.Object({
    salesOrderId: Id,
    /** The first request is 1; a carrier that refuses makes the next one. */
    attempt: Type.Integer({ minimum: 1 }),
    lines,
    shipTo: Type.Optional(Address),
  }),
  keys: { order: "salesOrderId" },
  sample: { ...order, attempt: 1, lines: [pumps], shipTo },
});

export const CancelFreight = command({
  name: "tms.cancel-freight",
  version: 1,
  owner: "logistics",
  summary: "Calls off the carrier, if one is booked.",
  criticality: "C3",
  data: Type.Object({ salesOrderId: Id, reason: Words }),
  keys: { order: "salesOrderId" },
  sample: { ...order, reason: "The order was cancelled." },
});

/** Every contract of this file. */
export const contracts = [
  CheckPrices,
  AllocateStock,
  ReleaseAllocation,
  ShipOrder,
  CancelShipment,
  BookFreight,
  CancelFreight,
];
