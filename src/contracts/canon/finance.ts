/**
 * Tax, invoices and ledger postings as facts. What is paid stands in `payments.ts`.
 *
 * Amounts are stated by the system that owns them; nothing here is computed by us. Facts of one order are ordered by it.
 */
import Type from "typebox";
import { earlier, event } from "../contract.ts";
import { LineAmount, PostingLine } from "./lines.ts";
import { eur } from "./samples.ts";
import { BusinessDate, Decimal, Id, Instant, Money, Words } from "./values.ts";

const tenPumps = {
  line: "1",
  item: "PUMP-100",
  quantity: { value: "10", uom: "EA" },
  amount: eur("5000.00"),
};

/** @covers EVT-37 */
export const TaxFinalised = event({
  name: "finance.tax-finalised",
  version: 1,
  owner: "tax",
  summary: "The tax engine committed the tax of one shipment; its invoice may be posted.",
  criticality: "C1",
  data: Type.Object({
    salesOrderId: Id,
    shipmentId: Id,
    taxDocumentId: Id,
    documentCode: Id,
    committed: Type.Literal(true),
    taxableAmount: Money,
    taxAmount: Money,
    /** A fraction: 0.20 is twenty percent. */
    rate: Decimal,
    finalisedAt: Type.Optional(Instant),
  }),
  keys: { order: "salesOrderId", taxDocument: "taxDocumentId", shipment: "shipmentId" },
  time: "finalisedAt",
  sample: {
    salesOrderId: "SO-ACME-PO-4711",
    shipmentId: "SH-881",
    taxDocumentId: "TX-1",
    documentCode: "SO-ACME-PO-4711/SH-881",
    committed: true,
    taxableAmount: eur("5000.00"),
    taxAmount: eur("1000.00"),
    rate: "0.20",
  },
});

/** @covers EVT-36 */
export const InvoicePosted = event({
  name: "finance.invoice-posted",
  version: 1,
  owner: "finance",
  summary: "The ERP billed one shipment; the customer owes this amount.",
  criticality: "C1",
  data: Type.Object({
    salesOrderId: Id,
    shipmentId: Id,
    invoiceId: Id,
    taxDocumentId: Type.Optional(Id),
    lines: Type.Array(LineAmount, { minItems: 1 }),
    taxExclusiveAmount: Money,
    taxAmount: Money,
    taxInclusiveAmount: Money,
    issueDate: BusinessDate,
    dueDate: Type.Optional(BusinessDate),
    postedAt: Type.Optional(Instant),
  }),
  keys: { order: "salesOrderId", invoice: "invoiceId", shipment: "shipmentId", taxDocument: "taxDocumentId" },
  says: { milestone: "invoiced" },
  time: "postedAt",
  sample: {
    salesOrderId: "SO-ACME-PO-4711",
    shipmentId: "SH-881",
    invoiceId: "INV-90000001",
    taxDocumentId: "TX-1",
    lines: [tenPumps],
    taxExclusiveAmount: eur("5000.00"),
    taxAmount: eur("1000.00"),
    taxInclusiveAmount: eur("6000.00"),
    issueDate: "2026-01-05",
    dueDate: "2026-02-04",
  },
});

/** @covers EVT-38 */
export const CreditNoteIssued = event({
  name: "finance.credit-note-issued",
  version: 1,
  owner: "finance",
  summary: "The ERP took back all or part of an invoice.",
  criticality: "C1",
  data: Type.Object({
    salesOrderId: Id,
    creditNoteId: Id,
    /** The return on whose account it was given. */
    returnId: Type.Optional(Id),
    /** The invoice it corrects. */
    billingReference: Id,
    reason: Words,
    lines: Type.Array(LineAmount),
    taxExclusiveAmount: Money,
    taxAmount: Money,
    taxInclusiveAmount: Money,
    issueDate: BusinessDate,
    issuedAt: Type.Optional(Instant),
  }),
  keys: {
    order: "salesOrderId",
    creditNote: "creditNoteId",
    invoice: "billingReference",
    return: "returnId",
  },
  time: "issuedAt",
  sample: {
    salesOrderId: "SO-ACME-PO-4711",
    creditNoteId: "CN-70000001",
    billingReference: "INV-90000001",
    reason: "Two pieces arrived damaged.",
    lines: [{ ...tenPumps, quantity: { value: "2", uom: "EA" }, amount: eur("1000.00") }],
    taxExclusiveAmount: eur("1000.00"),
    taxAmount: eur("200.00"),
    taxInclusiveAmount: eur("1200.00"),
    issueDate: "2026-01-09",
  },
});

/** What caused an entry, and where it belongs. An entry of a plant belongs to no sales order. */
const Entry = {
  /** The document that caused the entry: an invoice, a goods issue, a report of the plant. */
  sourceDocument: Id,
  ledger: Id,
  fiscalPeriod: Type.Optional(Type.String({ pattern: "^[0-9]{4}-[0-9]{2}$" })),
  salesOrderId: Type.Optional(Id),
  productionOrderId: Type.Optional(Id),
  purchaseOrderId: Type.Optional(Id),
  transferId: Type.Optional(Id),
  returnId: Type.Optional(Id),
  lot: Type.Optional(Id),
  /** `entity/period`, of an entry whose period is watched. */
  periodId: Type.Optional(Id),
};
const entryKeys = {
  sourceDocument: "sourceDocument",
  order: "salesOrderId",
  productionOrder: "productionOrderId",
  purchaseOrder: "purchaseOrderId",
  transfer: "transferId",
  return: "returnId",
  lot: "lot",
  period: "periodId",
} as const;
const entrySample = {
  salesOrderId: "SO-ACME-PO-4711",
  sourceDocument: "INV-90000001",
  ledger: "ME-03",
  fiscalPeriod: "2026-01",
};
const entryLines = [
  { account: "Receivables", debit: eur("6000.00"), credit: eur("0.00") },
  { account: "Revenue", debit: eur("0.00"), credit: eur("5000.00") },
  { account: "Tax", debit: eur("0.00"), credit: eur("1000.00") },
];
/** In version 1 every entry belonged to a sales order; what was written then is read as it stands. */
const OrderEntry = { ...Entry, salesOrderId: Id };
const asItStands = (old: unknown) => old;

/** Without lines the ledger itself knows the value, as of a movement of goods. */
const Requested = { lines: Type.Optional(Type.Array(PostingLine, { minItems: 2 })) };
export const PostingRequested = event({
  name: "finance.posting-requested",
  version: 2,
  owner: "finance",
  summary: "A ledger entry is asked for.",
  criticality: "C1",
  data: Type.Object({ ...Entry, ...Requested }),
  keys: entryKeys,
  belongsTo: "order",
  sample: { ...entrySample, lines: entryLines },
  earlier: earlier({ version: 1, data: Type.Object({ ...OrderEntry, ...Requested }), upgrade: asItStands }),
});

/** A document of its own, not the trace of another: an accrual, a correction, what another system has calculated. */
export const PostingSubmitted = event({
  name: "finance.posting-submitted",
  version: 1,
  owner: "finance",
  summary: "Somebody hands in a whole ledger entry to be posted.",
  criticality: "C1",
  data: Type.Object({
    /** The sender's own number of the entry; the ledger takes it once. */
    postingId: Id,
    ledger: Id,
    postingDate: BusinessDate,
    documentDate: Type.Optional(BusinessDate),
    memo: Words,
    lines: Type.Array(PostingLine, { minItems: 2 }),
  }),
  keys: { posting: "postingId" },
  sample: {
    postingId: "ACC-2026-01-17",
    ledger: "ME-03",
    postingDate: "2026-01-31",
    memo: "Accrual of freight for January",
    lines: [
      { account: "Freight", debit: eur("450.00"), credit: eur("0.00") },
      { account: "Accruals", debit: eur("0.00"), credit: eur("450.00") },
    ],
  },
});

const Accepted = {
  ledgerReference: Id,
  shipmentId: Type.Optional(Id),
  /** The entry as that ledger booked it, where its answer says so. */
  lines: Type.Optional(Type.Array(PostingLine)),
  postedAt: Type.Optional(Instant),
};
export const PostingAccepted = event({
  name: "finance.posting-accepted",
  version: 2,
  owner: "finance",
  summary: "A ledger took the entry and gave it a number.",
  criticality: "C1",
  data: Type.Object({ ...Entry, ...Accepted }),
  keys: { ...entryKeys, ledgerEntry: "ledgerReference", shipment: "shipmentId" },
  belongsTo: "order",
  time: "postedAt",
  sample: { ...entrySample, ledgerReference: "JE-1001", lines: entryLines },
  earlier: earlier({ version: 1, data: Type.Object({ ...OrderEntry, ...Accepted }), upgrade: asItStands }),
});

const Rejected = { rule: Words, reason: Words, rejectedAt: Type.Optional(Instant) };
export const PostingRejected = event({
  name: "finance.posting-rejected",
  version: 2,
  owner: "finance",
  summary: "A ledger refused the entry by one of its rules.",
  criticality: "C1",
  data: Type.Object({ ...Entry, ...Rejected }),
  keys: entryKeys,
  belongsTo: "order",
  time: "rejectedAt",
  sample: { ...entrySample, rule: "PERIOD_CLOSED", reason: "Period 2026-01 is closed." },
  earlier: earlier({ version: 1, data: Type.Object({ ...OrderEntry, ...Rejected }), upgrade: asItStands }),
});

/** Every contract of this file. */
export const contracts = [
  TaxFinalised,
  InvoicePosted,
  CreditNoteIssued,
  PostingRequested,
  PostingSubmitted,
  PostingAccepted,
  PostingRejected,
];
