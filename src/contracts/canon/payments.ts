/**
 * Money coming in: card payments, bank entries, and what they paid.
 *
 * These are the payment half of the domain `finance`. A bank entry names the order it belongs to only when its
 * remittance text was recognised; an entry nobody recognised belongs to no order and says so.
 */
import Type from "typebox";
import { event } from "../contract.ts";
import { eur } from "./samples.ts";
import { BusinessDate, Id, Instant, Money, Words } from "./values.ts";

/** So much of a payment for one invoice. */
export const Applied = Type.Object({ invoiceId: Id, amount: Money });

/** @covers EVT-39 */
export const PaymentCaptured = event({
  name: "finance.payment-captured",
  version: 1,
  owner: "accounts-receivable",
  summary: "The payment platform charged the customer's card.",
  criticality: "C1",
  data: Type.Object({
    salesOrderId: Id,
    paymentId: Id,
    invoiceId: Type.Optional(Id),
    amount: Money,
    capturedAt: Instant,
  }),
  keys: { order: "salesOrderId", payment: "paymentId", invoice: "invoiceId" },
  time: "capturedAt",
  sample: {
    salesOrderId: "SO-7",
    paymentId: "PAY-31",
    invoiceId: "INV-90000002",
    amount: eur("120.00"),
    capturedAt: "2026-01-05T08:02:00Z",
  },
});

/** @covers EVT-39 */
export const PaymentSettled = event({
  name: "finance.payment-settled",
  version: 1,
  owner: "accounts-receivable",
  summary: "The payment platform paid out what it captured, less its fee.",
  criticality: "C1",
  data: Type.Object({
    payoutId: Id,
    direction: Type.Enum(["in", "out"]),
    amount: Money,
    fee: Money,
    /** What was captured, and what of it went back to customers: gross less refunded less fee is what is paid out. */
    gross: Type.Optional(Money),
    refunded: Type.Optional(Money),
    payments: Type.Array(Id),
    /** The purchase it pays, of money going out to a supplier. */
    purchaseOrderId: Type.Optional(Id),
    settledAt: Instant,
  }),
  keys: { payout: "payoutId", payment: "payments[]", purchaseOrder: "purchaseOrderId" },
  belongsTo: "purchaseOrder",
  time: "settledAt",
  sample: {
    payoutId: "PO-9",
    direction: "in",
    amount: eur("118.32"),
    fee: eur("1.68"),
    gross: eur("120.00"),
    refunded: eur("0.00"),
    payments: ["PAY-31"],
    settledAt: "2026-01-06T08:00:00Z",
  },
});

export const PaymentRefunded = event({
  name: "finance.payment-refunded",
  version: 1,
  owner: "accounts-receivable",
  summary: "The payment platform gave captured money back.",
  criticality: "C1",
  data: Type.Object({
    salesOrderId: Id,
    refundId: Id,
    invoiceId: Id,
    returnId: Type.Optional(Id),
    amount: Money,
  }),
  keys: { order: "salesOrderId", refund: "refundId", invoice: "invoiceId", return: "returnId" },
  sample: { salesOrderId: "SO-7", refundId: "REF-1", invoiceId: "INV-90000002", amount: eur("120.00") },
});

/** An invoice that a payer names, and its order. */
const Named = Type.Object({ invoiceId: Id, salesOrderId: Id });

/** @covers EVT-39 */
export const PaymentPassedOn = event({
  name: "finance.payment-passed-on",
  version: 1,
  owner: "accounts-receivable",
  summary: "What one invoice left of a payment goes to the next one the payer named.",
  criticality: "C1",
  data: Type.Object({
    /** The bank's number of the entry, and the how-manieth invoice this is. */
    paymentId: Id,
    bankReference: Id,
    ...Named.properties,
    /** What is left. */
    amount: Money,
    valueDate: BusinessDate,
    alsoFor: Type.Array(Named),
  }),
  keys: { order: "salesOrderId", payment: "paymentId", invoice: "invoiceId", bankReference: "bankReference" },
  sample: {
    paymentId: "NTRY-1/2",
    bankReference: "NTRY-1",
    salesOrderId: "SO-ACME-PO-4712",
    invoiceId: "INV-90000002",
    amount: eur("1200.00"),
    valueDate: "2026-01-20",
    alsoFor: [],
  },
});

export const BankEntryReceived = event({
  name: "finance.bank-entry-received",
  version: 1,
  owner: "accounts-receivable",
  summary: "A bank statement shows money on our account.",
  criticality: "C1",
  data: Type.Object({
    /** The bank's own number of the entry. */
    bankReference: Id,
    account: Id,
    statementId: Id,
    amount: Money,
    creditDebitIndicator: Type.Enum(["CRDT", "DBIT"]),
    bookingDate: BusinessDate,
    valueDate: BusinessDate,
    debtor: Type.Optional(Words),
    endToEndId: Type.Optional(Id),
    /** What the payer wrote. */
    remittance: Words,
    /** The invoice the remittance text names, and its order; null when it names none we know. */
    invoiceId: Type.Union([Id, Type.Null()]),
    salesOrderId: Type.Union([Id, Type.Null()]),
    /** The purchase that money going out pays, where its reference names one we know. */
    purchaseOrderId: Type.Optional(Id),
    /** Further invoices the text names, in its order; what the first leaves is for them. */
    alsoFor: Type.Optional(Type.Array(Named)),
  }),
  keys: {
    bankReference: "bankReference",
    order: "salesOrderId",
    invoice: "invoiceId",
    endToEndId: "endToEndId",
    purchaseOrder: "purchaseOrderId",
  },
  belongsTo: "order",
  sample: {
    bankReference: "NTRY-1",
    account: "FR7630006000011234567890189",
    statementId: "STMT-1",
    amount: eur("6000.00"),
    creditDebitIndicator: "CRDT",
    bookingDate: "2026-01-20",
    valueDate: "2026-01-20",
    debtor: "ACME Corp",
    endToEndId: "E2E-1",
    remittance: "INV-90000001",
    invoiceId: "INV-90000001",
    salesOrderId: "SO-ACME-PO-4711",
  },
});

export const RemittanceAdvised = event({
  name: "finance.remittance-advised",
  version: 1,
  owner: "accounts-receivable",
  summary: "A customer announced a payment and what it is for; the money itself comes with a bank statement.",
  criticality: "C3",
  data: Type.Object({
    adviceId: Id,
    customer: Id,
    amount: Money,
    paymentDate: BusinessDate,
    invoices: Type.Array(Applied),
    ediControlNumber: Type.Optional(Id),
  }),
  keys: {
    remittance: "adviceId",
    invoice: "invoices[].invoiceId",
    ediControlNumber: "ediControlNumber",
  },
  sample: {
    adviceId: "RA-1",
    customer: "C-ACME",
    amount: eur("6000.00"),
    paymentDate: "2026-01-20",
    invoices: [{ invoiceId: "INV-90000001", amount: eur("6000.00") }],
  },
});

/** @covers EVT-39 */
export const PaymentApplied = event({
  name: "finance.payment-applied",
  version: 1,
  owner: "accounts-receivable",
  summary: "Receivables took a payment against an invoice.",
  criticality: "C1",
  data: Type.Object({
    salesOrderId: Id,
    paymentId: Id,
    invoices: Type.Array(Applied, { minItems: 1 }),
    amount: Money,
    appliedAt: Type.Optional(Instant),
  }),
  keys: { order: "salesOrderId", payment: "paymentId", invoice: "invoices[].invoiceId" },
  says: { milestone: "paid" },
  time: "appliedAt",
  sample: {
    salesOrderId: "SO-ACME-PO-4711",
    paymentId: "NTRY-1",
    invoices: [{ invoiceId: "INV-90000001", amount: eur("6000.00") }],
    amount: eur("6000.00"),
  },
});

export const PaymentUnapplied = event({
  name: "finance.payment-unapplied",
  version: 1,
  owner: "accounts-receivable",
  summary: "Receivables took a payment off the invoices it was set against; they are owed again.",
  criticality: "C1",
  data: Type.Object({
    salesOrderId: Id,
    paymentId: Id,
    invoices: Type.Array(Applied, { minItems: 1 }),
    amount: Money,
    reason: Words,
  }),
  keys: { order: "salesOrderId", payment: "paymentId", invoice: "invoices[].invoiceId" },
  sample: {
    salesOrderId: "SO-ACME-PO-4711",
    paymentId: "NTRY-1",
    invoices: [{ invoiceId: "INV-90000001", amount: eur("6000.00") }],
    amount: eur("6000.00"),
    reason: "The bank took it back as NTRY-9.",
  },
});

export const PaymentUnmatched = event({
  name: "finance.payment-unmatched",
  version: 1,
  owner: "accounts-receivable",
  summary: "Money came that no open invoice accounts for; receivables must find its reason.",
  criticality: "C1",
  data: Type.Object({
    paymentId: Id,
    amount: Money,
    /** What is left after everything that could be applied. */
    residue: Money,
    reason: Words,
    candidates: Type.Array(Id),
    salesOrderId: Type.Optional(Id),
  }),
  keys: { payment: "paymentId", order: "salesOrderId", invoice: "candidates[]" },
  belongsTo: "order",
  sample: {
    paymentId: "NTRY-2",
    amount: eur("77.00"),
    residue: eur("77.00"),
    reason: "The remittance text names no invoice we know.",
    candidates: [],
  },
});

/** Every contract of this file. */
export const contracts = [
  PaymentCaptured,
  PaymentSettled,
  PaymentRefunded,
  BankEntryReceived,
  PaymentPassedOn,
  RemittanceAdvised,
  PaymentApplied,
  PaymentUnapplied,
  PaymentUnmatched,
];
