/**
 * Goods on their way back: asked for, authorised, received and looked at.
 *
 * Ordered by the return. What is credited follows from what came back and from the invoice, never from what was asked for.
 */
import Type from "typebox";
import { event } from "../contract.ts";
import { LineQuantity } from "./lines.ts";
import { BusinessDate, Id, Instant, Words } from "./values.ts";

const Return = { returnId: Id, salesOrderId: Id };
const asked = { returnId: "RT-1", salesOrderId: "SO-1001" };
const two = { line: "1", item: "PUMP-100", quantity: { value: "2", uom: "EA" } };
const keys = { return: "returnId", order: "salesOrderId" } as const;

export const ReturnRequested = event({
  name: "sales.return-requested",
  version: 1,
  owner: "customer-service",
  summary: "A customer wants to give goods back.",
  criticality: "C2",
  data: Type.Object({
    ...Return,
    customer: Id,
    lines: Type.Array(LineQuantity, { minItems: 1 }),
    reasonCode: Id,
    invoiceId: Type.Optional(Id),
    requestedAt: Type.Optional(Instant),
  }),
  keys: { ...keys, customer: "customer", invoice: "invoiceId" },
  time: "requestedAt",
  sample: { ...asked, customer: "C-NORTH", lines: [two], reasonCode: "damaged" },
});

export const ReturnAuthorised = event({
  name: "sales.return-authorised",
  version: 1,
  owner: "customer-service",
  summary: "The goods may come back, under this number and until this day.",
  criticality: "C2",
  data: Type.Object({
    ...Return,
    rmaId: Id,
    lines: Type.Array(LineQuantity, { minItems: 1 }),
    instructionForReturns: Words,
    validUntil: Type.Optional(BusinessDate),
    authorisedAt: Type.Optional(Instant),
  }),
  keys: { ...keys, rma: "rmaId" },
  says: { milestone: "authorised" },
  time: "authorisedAt",
  sample: {
    ...asked,
    rmaId: "RMA-1",
    lines: [two],
    instructionForReturns: "Send to WH-LYO, gate 3.",
    validUntil: "2026-02-28",
  },
});

/** @covers EVT-14 */
export const GoodsReturned = event({
  name: "inventory.goods-returned",
  version: 1,
  owner: "warehouse",
  summary: "Goods came back; somebody looked at them and said where they go.",
  criticality: "C1",
  data: Type.Object({
    ...Return,
    receiptAdviceId: Id,
    rmaId: Type.Optional(Id),
    lines: Type.Array(LineQuantity, { minItems: 1 }),
    condition: Words,
    restockDecision: Type.Enum(["restock", "rework", "scrap", "return-to-supplier"]),
    warehouse: Type.Optional(Id),
    returnedAt: Instant,
  }),
  keys: { ...keys, rma: "rmaId", goodsReceipt: "receiptAdviceId" },
  time: "returnedAt",
  sample: {
    ...asked,
    receiptAdviceId: "RR-1",
    rmaId: "RMA-1",
    lines: [two],
    condition: "cracked",
    restockDecision: "scrap",
    returnedAt: "2026-01-12T08:00:00Z",
  },
});

/** Every contract of this file. */
export const contracts = [ReturnRequested, ReturnAuthorised, GoodsReturned];
