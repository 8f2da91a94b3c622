/**
 * Commands to the ERP and the one question it answers. Each is ordered by its order, so the ERP hears of an order before its
 * goods issue, and of the goods issue before its invoice.
 *
 * Each undo is safe when the original never took effect. A posted invoice is not undone but corrected by a credit note.
 */
import Type from "typebox";
import { command } from "../contract.ts";
import { LineAmount, LineQuantity, PricedLine } from "./lines.ts";
import { ChangeNumber } from "./sales.ts";
import { eur } from "./samples.ts";
import { BusinessDate, Currency, Id, Instant, Money, Words } from "./values.ts";

const ten = { value: "10", uom: "EA" };
const pumps = { line: "1", item: "PUMP-100", quantity: ten };
const orderedPumps = { ...pumps, price: { ...eur("500.00"), per: { value: "1", uom: "EA" } } };
const order = { salesOrderId: "SO-ACME-PO-4711" };
const shipment = { ...order, shipmentId: "SH-881" };

export const CheckCredit = command({
  name: "erp.check-credit",
  version: 1,
  owner: "credit-team",
  summary: "Asks whether the customer is good for this amount.",
  criticality: "C2",
  data: Type.Object({ salesOrderId: Id, sequenceNumberId: ChangeNumber, customer: Id, amount: Money }),
  keys: { order: "salesOrderId" },
  sample: { ...order, sequenceNumberId: 0, customer: "C-ACME", amount: eur("5000.00") },
});

export const PostSalesOrder = command({
  name: "erp.post-sales-order",
  version: 1,
  owner: "order-management",
  summary: "Puts the order on the ERP's books, once credit is approved and not before.",
  criticality: "C2",
  data: Type.Object({
    salesOrderId: Id,
    customerReference: Id,
    customer: Id,
    plant: Type.Optional(Id),
    currency: Currency,
    lines: Type.Array(PricedLine, { minItems: 1 }),
    total: Money,
  }),
  keys: { order: "salesOrderId", customerReference: "customerReference" },
  sample: {
    ...order,
    customerReference: "PO-4711",
    customer: "C-ACME",
    currency: "EUR",
    lines: [orderedPumps],
    total: eur("5000.00"),
  },
});

export const ChangeSalesOrder = command({
  name: "erp.change-sales-order",
  version: 1,
  owner: "order-management",
  summary: "Brings the ERP's order to the lines of this change.",
  criticality: "C2",
  data: Type.Object({
    salesOrderId: Id,
    erpOrderId: Id,
    sequenceNumberId: ChangeNumber,
    customer: Id,
    currency: Currency,
    /** Every line of the order as it stands now; a cancelled line stands at quantity 0. */
    lines: Type.Array(PricedLine, { minItems: 1 }),
    total: Money,
  }),
  keys: { order: "salesOrderId", erpOrder: "erpOrderId" },
  sample: {
    ...order,
    erpOrderId: "4500001",
    sequenceNumberId: 1,
    customer: "C-ACME",
    currency: "EUR",
    lines: [orderedPumps],
    total: eur("5000.00"),
  },
});

export const CancelSalesOrder = command({
  name: "erp.cancel-sales-order",
  version: 1,
  owner: "order-management",
  summary: "Takes the order off the ERP's books, if it is on them.",
  criticality: "C2",
  data: Type.Object({ salesOrderId: Id, reason: Words }),
  keys: { order: "salesOrderId" },
  sample: { ...order, reason: "The order was abandoned." },
});

export const PostGoodsIssue = command({
  name: "erp.post-goods-issue",
  version: 1,
  owner: "warehouse",
  summary: "Takes dispatched goods out of the ERP's stock and value.",
  criticality: "C1",
  data: Type.Object({
    salesOrderId: Id,
    erpOrderId: Id,
    shipmentId: Id,
    lines: Type.Array(LineQuantity, { minItems: 1 }),
    /** The house it left, where that is another than our own. */
    warehouse: Type.Optional(Id),
    dispatchedAt: Instant,
    /** The entity whose books they leave, where it is not the first, and the transfer they leave by. */
    entity: Type.Optional(Id),
    transferId: Type.Optional(Id),
  }),
  keys: {
    order: "salesOrderId",
    erpOrder: "erpOrderId",
    shipment: "shipmentId",
    transfer: "transferId",
  },
  sample: { ...shipment, erpOrderId: "4500001", lines: [pumps], dispatchedAt: "2026-01-05T08:01:00Z" },
});

export const ReverseMovement = command({
  name: "erp.reverse-movement",
  version: 1,
  owner: "warehouse",
  summary: "Reverses the goods issue of a shipment, if there was one.",
  criticality: "C1",
  data: Type.Object({ salesOrderId: Id, shipmentId: Id, reason: Words }),
  keys: { order: "salesOrderId", shipment: "shipmentId" },
  sample: { ...shipment, reason: "The shipment was reported by mistake." },
});

const Billing = {
  salesOrderId: Id,
  customer: Id,
  currency: Currency,
  lines: Type.Array(LineAmount, { minItems: 1 }),
  taxExclusiveAmount: Money,
  taxAmount: Money,
  taxInclusiveAmount: Money,
};
const billing = {
  ...order,
  customer: "C-ACME",
  currency: "EUR",
  lines: [{ ...pumps, amount: eur("5000.00") }],
  taxExclusiveAmount: eur("5000.00"),
  taxAmount: eur("1000.00"),
  taxInclusiveAmount: eur("6000.00"),
};

export const PostInvoice = command({
  name: "erp.post-invoice",
  version: 1,
  owner: "finance",
  summary: "Bills one shipment with its final tax.",
  criticality: "C1",
  data: Type.Object({
    ...Billing,
    erpOrderId: Id,
    shipmentId: Id,
    taxDocumentId: Id,
    issueDate: BusinessDate,
  }),
  keys: { order: "salesOrderId", shipment: "shipmentId", taxDocument: "taxDocumentId" },
  sample: {
    ...billing,
    erpOrderId: "4500001",
    shipmentId: "SH-881",
    taxDocumentId: "TX-1",
    issueDate: "2026-01-05",
  },
});

export const PostCreditNote = command({
  name: "erp.post-credit-note",
  version: 1,
  owner: "finance",
  summary: "Corrects an invoice by a document that takes all or part of it back.",
  criticality: "C1",
  data: Type.Object({
    ...Billing,
    invoiceId: Id,
    /** The return on whose account it is given. */
    returnId: Type.Optional(Id),
    reason: Words,
    issueDate: BusinessDate,
  }),
  keys: { order: "salesOrderId", invoice: "invoiceId", return: "returnId" },
  sample: {
    ...billing,
    invoiceId: "INV-90000001",
    reason: "The goods arrived damaged.",
    issueDate: "2026-01-09",
  },
});

/** Every contract of this file. */
export const contracts = [
  CheckCredit,
  PostSalesOrder,
  ChangeSalesOrder,
  CancelSalesOrder,
  PostGoodsIssue,
  ReverseMovement,
  PostInvoice,
  PostCreditNote,
];
