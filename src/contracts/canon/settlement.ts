/**
 * Commands to those who settle: the tax engine (`tax.…`), the finance ledger (`ledger.…`), receivables (`ar.…`) and the
 * payment platform (`payment.…`).
 *
 * Every amount is one some system stated before; these commands only carry it on.
 */
import Type from "typebox";
import { command } from "../contract.ts";
import { LineAmount, PostingLine } from "./lines.ts";
import { Applied } from "./payments.ts";
import { ChangeNumber } from "./sales.ts";
import { eur } from "./samples.ts";
import { BusinessDate, Currency, Id, Money, Words } from "./values.ts";

const order = { salesOrderId: "SO-ACME-PO-4711" };
const shipment = { ...order, shipmentId: "SH-881" };
const pumps = { line: "1", item: "PUMP-100", quantity: { value: "10", uom: "EA" }, amount: eur("5000.00") };

export const CalculateTax = command({
  name: "tax.calculate-order",
  version: 1,
  owner: "tax",
  summary: "Asks what the tax of an order would be now, so that it can be confirmed with it.",
  criticality: "C2",
  data: Type.Object({
    salesOrderId: Id,
    sequenceNumberId: ChangeNumber,
    documentCode: Id,
    customer: Id,
    /** Where the goods go, as far as the tax depends on it: the country. */
    jurisdiction: Type.Optional(Words),
    currency: Currency,
    lines: Type.Array(LineAmount, { minItems: 1 }),
  }),
  keys: { order: "salesOrderId" },
  sample: {
    ...order,
    sequenceNumberId: 0,
    documentCode: "SO-ACME-PO-4711/order",
    customer: "C-ACME",
    jurisdiction: "FR",
    currency: "EUR",
    lines: [pumps],
  },
});

export const FinaliseDocument = command({
  name: "tax.finalise-document",
  version: 1,
  owner: "tax",
  summary: "Has the tax of one shipment calculated and committed.",
  criticality: "C1",
  data: Type.Object({
    salesOrderId: Id,
    shipmentId: Id,
    /** Our own name of the tax document; the same code twice is the same document. */
    documentCode: Id,
    customer: Id,
    jurisdiction: Type.Optional(Words),
    currency: Currency,
    lines: Type.Array(LineAmount, { minItems: 1 }),
    taxPointDate: BusinessDate,
  }),
  keys: { order: "salesOrderId", shipment: "shipmentId" },
  sample: {
    ...shipment,
    documentCode: "SO-ACME-PO-4711/SH-881",
    customer: "C-ACME",
    currency: "EUR",
    lines: [pumps],
    taxPointDate: "2026-01-05",
  },
});

export const VoidDocument = command({
  name: "tax.void-document",
  version: 1,
  owner: "tax",
  summary: "Voids the tax document of a shipment, if there is one.",
  criticality: "C1",
  data: Type.Object({ salesOrderId: Id, shipmentId: Id, documentCode: Id, reason: Words }),
  keys: { order: "salesOrderId", shipment: "shipmentId" },
  sample: { ...shipment, documentCode: "SO-ACME-PO-4711/SH-881", reason: "The shipment was withdrawn." },
});

export const PostEntry = command({
  name: "ledger.post-entry",
  version: 1,
  owner: "finance",
  summary: "Books an entry whose debits equal its credits.",
  criticality: "C1",
  data: Type.Object({
    salesOrderId: Id,
    sourceDocument: Id,
    ledger: Id,
    fiscalPeriod: Type.String({ pattern: "^[0-9]{4}-[0-9]{2}$" }),
    postingDate: BusinessDate,
    memo: Words,
    lines: Type.Array(PostingLine, { minItems: 2 }),
  }),
  keys: { order: "salesOrderId", sourceDocument: "sourceDocument" },
  sample: {
    ...order,
    sourceDocument: "INV-90000001",
    ledger: "ME-03",
    fiscalPeriod: "2026-01",
    postingDate: "2026-01-05",
    memo: "Invoice INV-90000001 of order SO-ACME-PO-4711",
    lines: [
      { account: "Receivables", debit: eur("6000.00"), credit: eur("0.00") },
      { account: "Revenue", debit: eur("0.00"), credit: eur("5000.00") },
      { account: "Tax", debit: eur("0.00"), credit: eur("1000.00") },
    ],
  },
});

export const ReverseEntry = command({
  name: "ledger.reverse-entry",
  version: 1,
  owner: "finance",
  summary: "Takes a ledger entry back by its mirror image, never by deleting it.",
  criticality: "C1",
  data: Type.Object({
    salesOrderId: Id,
    sourceDocument: Id,
    ledger: Id,
    postingDate: BusinessDate,
    reason: Words,
    /** The entry as it was posted; the reversal swaps debits and credits. */
    lines: Type.Array(PostingLine, { minItems: 2 }),
  }),
  keys: { order: "salesOrderId", sourceDocument: "sourceDocument" },
  sample: {
    ...order,
    sourceDocument: "INV-90000001",
    ledger: "ME-03",
    postingDate: "2026-01-09",
    reason: "The invoice was cancelled.",
    lines: [
      { account: "Receivables", debit: eur("6000.00"), credit: eur("0.00") },
      { account: "Revenue", debit: eur("0.00"), credit: eur("6000.00") },
    ],
  },
});

const Payment = {
  salesOrderId: Id,
  paymentId: Id,
  customer: Id,
  amount: Money,
  invoices: Type.Array(Applied, { minItems: 1 }),
  valueDate: BusinessDate,
};
const payment = {
  ...order,
  paymentId: "NTRY-1",
  customer: "C-ACME",
  amount: eur("6000.00"),
  invoices: [{ invoiceId: "INV-90000001", amount: eur("6000.00") }],
  valueDate: "2026-01-20",
};

export const ApplyPayment = command({
  name: "ar.apply-payment",
  version: 1,
  owner: "accounts-receivable",
  summary: "Sets a payment against the invoices it pays.",
  criticality: "C1",
  data: Type.Object(Payment),
  keys: { order: "salesOrderId", payment: "paymentId", invoice: "invoices[].invoiceId" },
  sample: payment,
});

export const UnapplyPayment = command({
  name: "ar.unapply-payment",
  version: 1,
  owner: "accounts-receivable",
  summary: "Takes a payment off the invoices it was set against.",
  criticality: "C1",
  data: Type.Object({ ...Payment, reason: Words }),
  keys: { order: "salesOrderId", payment: "paymentId", invoice: "invoices[].invoiceId" },
  sample: { ...payment, reason: "The bank returned the payment." },
});

export const CapturePayment = command({
  name: "payment.capture",
  version: 1,
  owner: "accounts-receivable",
  summary: "Charges the customer's card for one invoice of a durably accepted order.",
  criticality: "C1",
  data: Type.Object({
    salesOrderId: Id,
    invoiceId: Id,
    customer: Id,
    amount: Money,
    token: Type.Optional(Type.String({ maxLength: 200, secret: true })),
  }),
  keys: { order: "salesOrderId", invoice: "invoiceId" },
  sample: { salesOrderId: "SO-7", invoiceId: "INV-90000002", customer: "C-SHOP", amount: eur("120.00") },
});

export const RefundPayment = command({
  name: "payment.refund",
  version: 1,
  owner: "accounts-receivable",
  summary: "Gives captured money back.",
  criticality: "C1",
  data: Type.Object({
    salesOrderId: Id,
    invoiceId: Id,
    returnId: Type.Optional(Id),
    amount: Money,
    reason: Words,
  }),
  keys: { order: "salesOrderId", invoice: "invoiceId", return: "returnId" },
  sample: {
    salesOrderId: "SO-7",
    invoiceId: "INV-90000002",
    amount: eur("120.00"),
    reason: "The goods came back.",
  },
});

/** Every contract of this file. */
export const contracts = [
  CalculateTax,
  FinaliseDocument,
  VoidDocument,
  PostEntry,
  ReverseEntry,
  ApplyPayment,
  UnapplyPayment,
  CapturePayment,
  RefundPayment,
];
