/**
 * Goods on their way back: asked for, authorised, received and looked at.
 *
 * Ordered by the return. What is credited follows from what came back and from the invoice, never from what was asked for.
 */
import Type from "typebox";
import { command, event } from "../contract.ts";
import { LineAmount, LineQuantity } from "./lines.ts";
import { eur } from "./samples.ts";
import { BusinessDate, Currency, Id, Instant, Money, Words } from "./values.ts";

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
    /** The invoice the goods were billed with; what is credited follows from it. */
    invoiceId: Type.Optional(Id),
    /** How the money shall come back: on the card it was taken from, or off what is owed. */
    settleBy: Type.Optional(Type.Enum(["card", "credit"])),
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

const invoice = { ...asked, invoiceId: "INV-90000001" };
const credited = { ...two, amount: eur("1000.00") };

export const InvoiceStated = event({
  name: "finance.invoice-stated",
  version: 1,
  owner: "finance",
  summary: "What an invoice billed, as the ERP has it: somebody wants to give part of it back.",
  criticality: "C2",
  data: Type.Object({
    ...Return,
    invoiceId: Id,
    shipmentId: Id,
    customer: Id,
    currency: Currency,
    lines: Type.Array(LineAmount, { minItems: 1 }),
    taxExclusiveAmount: Money,
    taxAmount: Money,
  }),
  keys: { ...keys, invoice: "invoiceId", shipment: "shipmentId" },
  sample: {
    ...invoice,
    shipmentId: "SH-881",
    customer: "C-ACME",
    currency: "EUR",
    lines: [{ ...two, quantity: { value: "10", uom: "EA" }, amount: eur("5000.00") }],
    taxExclusiveAmount: eur("5000.00"),
    taxAmount: eur("1000.00"),
  },
});

export const TaxCredited = event({
  name: "finance.tax-credited",
  version: 1,
  owner: "tax",
  summary: "The tax engine committed the tax that a credit note gives back.",
  criticality: "C1",
  data: Type.Object({
    ...Return,
    taxDocumentId: Id,
    documentCode: Id,
    taxableAmount: Money,
    taxAmount: Money,
  }),
  keys: { ...keys, taxDocument: "taxDocumentId" },
  sample: {
    ...asked,
    taxDocumentId: "TX-9",
    documentCode: "RT-1/credit",
    taxableAmount: eur("1000.00"),
    taxAmount: eur("200.00"),
  },
});

// Commands ----------------------------------------------------------------------------------------------------------

export const ReadInvoice = command({
  name: "erp.read-invoice",
  version: 1,
  owner: "finance",
  summary: "Asks what an invoice billed.",
  criticality: "C2",
  data: Type.Object({ ...Return, invoiceId: Id }),
  keys: { ...keys, invoice: "invoiceId" },
  sample: invoice,
});

export const PostGoodsReturn = command({
  name: "erp.post-goods-return",
  version: 1,
  owner: "finance",
  summary: "Puts goods that came back into stock again, at their cost.",
  criticality: "C1",
  data: Type.Object({
    ...Return,
    invoiceId: Id,
    /** Of the invoice, in which the cost is booked. */
    currency: Currency,
    lines: Type.Array(LineQuantity, { minItems: 1 }),
    receiptAdviceId: Id,
    returnedAt: Instant,
  }),
  keys: { ...keys, invoice: "invoiceId", goodsReceipt: "receiptAdviceId" },
  sample: {
    ...invoice,
    currency: "EUR",
    lines: [two],
    receiptAdviceId: "RR-1",
    returnedAt: "2026-01-12T08:00:00Z",
  },
});

export const CreditTax = command({
  name: "tax.credit-document",
  version: 1,
  owner: "tax",
  summary: "Has the tax of a credit note calculated and committed.",
  criticality: "C1",
  data: Type.Object({
    ...Return,
    /** Our own name of the tax document; the same code twice is the same document. */
    documentCode: Id,
    customer: Id,
    currency: Currency,
    lines: Type.Array(LineAmount, { minItems: 1 }),
    taxPointDate: BusinessDate,
  }),
  keys,
  sample: {
    ...asked,
    documentCode: "RT-1/credit",
    customer: "C-ACME",
    currency: "EUR",
    lines: [credited],
    taxPointDate: "2026-01-12",
  },
});

/** Every contract of this file. */
export const contracts = [
  ReturnRequested,
  ReturnAuthorised,
  GoodsReturned,
  InvoiceStated,
  TaxCredited,
  ReadInvoice,
  PostGoodsReturn,
  CreditTax,
];
