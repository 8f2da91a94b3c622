/**
 * What happens to a sales order before anything moves: captured, accepted, priced, cleared for credit, changed, ended.
 *
 * Every event here is ordered by its order. `sales.prices-checked` is the answer to a price inquiry; the process, not the
 * pricing system, judges it.
 */
import Type from "typebox";
import { event } from "../contract.ts";
import { Address, ChangedLine, OrderLine } from "./lines.ts";
import { each, eur } from "./samples.ts";
import {
  BusinessDate,
  Currency,
  Decimal,
  Extensions,
  Id,
  Instant,
  Money,
  UnitPrice,
  Words,
} from "./values.ts";

/** How an order reached us. */
export const Channel = Type.Enum(["edi", "shop", "api", "crm"]);
export type Channel = Type.Static<typeof Channel>;

/** How the customer pays: against an invoice, or with a card that is charged once goods have left. */
export const PaymentMeans = Type.Object({
  method: Type.Enum(["invoice", "card"]),
  /** The payment platform's own name for the card; never a card number. */
  token: Type.Optional(Type.String({ maxLength: 200, secret: true })),
});

/** The number of the change an answer is about: 0 is the order as captured. */
export const ChangeNumber = Type.Integer({ minimum: 0 });

export const SalesOrder = Type.Object({
  salesOrderId: Id,
  customerReference: Id,
  customer: Id,
  channel: Channel,
  issueDate: Type.Optional(BusinessDate),
  requestedDate: Type.Optional(BusinessDate),
  /** When the sender wrote it; absent where they do not say. */
  capturedAt: Type.Optional(Instant),
  plant: Type.Optional(Id),
  currency: Currency,
  payment: Type.Optional(PaymentMeans),
  paymentTerms: Type.Optional(Words),
  /** What opens the invoice by contract; dispatch where absent. */
  invoiceAfter: Type.Optional(Type.Enum(["dispatch", "delivery"])),
  shipTo: Type.Optional(Address),
  lines: Type.Array(OrderLine, { minItems: 1, maxItems: 5000 }),
  /** As the customer states it; absent where they state none. */
  total: Type.Optional(Money),
  ediControlNumber: Type.Optional(Id),
  extensions: Type.Optional(Extensions),
});
export type SalesOrder = Type.Static<typeof SalesOrder>;

const perEach = (amount: string) => ({ ...eur(amount), per: each("1") });

/** @covers EVT-01 */
export const OrderCaptured = event({
  name: "sales.order-captured",
  version: 1,
  owner: "order-management",
  summary: "A customer ordered; nobody has promised anything yet.",
  criticality: "C2",
  data: SalesOrder,
  keys: {
    order: "salesOrderId",
    customerReference: "customerReference",
    customer: "customer",
    item: "lines[].item",
    ediControlNumber: "ediControlNumber",
  },
  time: "capturedAt",
  sample: {
    salesOrderId: "SO-ACME-PO-4711",
    customerReference: "PO-4711",
    customer: "C-ACME",
    channel: "edi",
    issueDate: "2026-01-05",
    capturedAt: "2026-01-05T08:00:00Z",
    currency: "EUR",
    payment: { method: "invoice" },
    shipTo: { name: "ACME Corp", city: "Lyon", country: "FR" },
    lines: [{ line: "1", item: "PUMP-100", quantity: each("10"), price: perEach("500.00") }],
    total: eur("5000.00"),
    ediControlNumber: "000000101",
  },
});

/** @covers EVT-02 */
export const OrderAccepted = event({
  name: "sales.order-accepted",
  version: 1,
  owner: "order-management",
  summary: "The order is promised: by the process when it takes it on, by the ERP once it is on its books.",
  criticality: "C2",
  data: Type.Object({
    salesOrderId: Id,
    customerReference: Id,
    customer: Id,
    erpOrderId: Type.Optional(Id),
    promisedDate: Type.Optional(BusinessDate),
    /** Of an order between two of our own entities: the transfer that fulfils it. */
    transferId: Type.Optional(Id),
    acceptedAt: Type.Optional(Instant),
  }),
  keys: {
    order: "salesOrderId",
    customerReference: "customerReference",
    erpOrder: "erpOrderId",
    transfer: "transferId",
  },
  says: { milestone: "accepted" },
  time: "acceptedAt",
  sample: {
    salesOrderId: "SO-ACME-PO-4711",
    customerReference: "PO-4711",
    customer: "C-ACME",
    erpOrderId: "4500001",
    acceptedAt: "2026-01-05T08:00:01Z",
  },
});

export const OrderRejected = event({
  name: "sales.order-rejected",
  version: 1,
  owner: "order-management",
  summary: "The order cannot be taken as it stands; the reasons name what to correct.",
  criticality: "C2",
  data: Type.Object({
    salesOrderId: Id,
    customerReference: Id,
    customer: Id,
    reasons: Type.Array(Words, { minItems: 1 }),
    rejectedAt: Instant,
  }),
  keys: { order: "salesOrderId", customerReference: "customerReference" },
  time: "rejectedAt",
  sample: {
    salesOrderId: "SO-ACME-PO-4711",
    customerReference: "PO-4711",
    customer: "C-ACME",
    reasons: ["Line 1 orders nothing: its quantity is 0."],
    rejectedAt: "2026-01-05T08:00:01Z",
  },
});

/** @covers EVT-03 */
export const OrderChanged = event({
  name: "sales.order-changed",
  version: 1,
  owner: "order-management",
  summary: "The customer wants other quantities or lines; each change has its own number.",
  criticality: "C2",
  data: Type.Object({
    salesOrderId: Id,
    customerReference: Type.Optional(Id),
    /** The sender's number of this change; without one it is the next. */
    sequenceNumberId: Type.Optional(Type.Integer({ minimum: 1 })),
    reason: Words,
    /** The lines that change, as they shall be; a quantity of 0 cancels a line, a line not named stays as it is. */
    lines: Type.Array(ChangedLine, { minItems: 1 }),
    changedAt: Type.Optional(Instant),
    ediControlNumber: Type.Optional(Id),
  }),
  keys: {
    order: "salesOrderId",
    customerReference: "customerReference",
    ediControlNumber: "ediControlNumber",
  },
  time: "changedAt",
  sample: {
    salesOrderId: "SO-ACME-PO-4711",
    sequenceNumberId: 1,
    reason: "The customer needs two more.",
    lines: [{ line: "1", item: "PUMP-100", quantity: each("12"), price: perEach("500.00") }],
    changedAt: "2026-01-05T08:05:00Z",
  },
});

export const OrderCancelled = event({
  name: "sales.order-cancelled",
  version: 1,
  owner: "order-management",
  summary: "The order shall not be fulfilled: the customer, a person or the process says so.",
  criticality: "C2",
  data: Type.Object({ salesOrderId: Id, reason: Words, by: Words, cancelledAt: Type.Optional(Instant) }),
  keys: { order: "salesOrderId" },
  says: { milestone: "accepted", withdrawn: true },
  time: "cancelledAt",
  sample: {
    salesOrderId: "SO-ACME-PO-4711",
    reason: "Ordered twice.",
    by: "customer-service",
    cancelledAt: "2026-01-05T08:10:00Z",
  },
});

/** @covers EVT-04 */
export const CreditApproved = event({
  name: "sales.credit-approved",
  version: 1,
  owner: "credit-team",
  summary: "The customer is good for this amount.",
  criticality: "C1",
  data: Type.Object({
    salesOrderId: Id,
    sequenceNumberId: ChangeNumber,
    amount: Money,
    limit: Type.Optional(Money),
    exposure: Type.Optional(Money),
    approver: Words,
    asOf: Type.Optional(Instant),
  }),
  keys: { order: "salesOrderId" },
  says: { milestone: "credit approved" },
  time: "asOf",
  sample: {
    salesOrderId: "SO-ACME-PO-4711",
    sequenceNumberId: 0,
    amount: eur("5000.00"),
    limit: eur("1000000.00"),
    exposure: eur("0.00"),
    approver: "erp",
    asOf: "2026-01-05T08:00:02Z",
  },
});

/** @covers EVT-04 */
export const CreditHeld = event({
  name: "sales.credit-held",
  version: 1,
  owner: "credit-team",
  summary: "The order waits for the credit team, and here is why.",
  criticality: "C1",
  data: Type.Object({
    salesOrderId: Id,
    sequenceNumberId: ChangeNumber,
    amount: Money,
    limit: Type.Optional(Money),
    exposure: Type.Optional(Money),
    reason: Words,
    owner: Words,
    dueBy: Type.Optional(Instant),
    asOf: Type.Optional(Instant),
  }),
  keys: { order: "salesOrderId" },
  says: { milestone: "credit approved", withdrawn: true },
  time: "asOf",
  sample: {
    salesOrderId: "SO-OVER-1",
    sequenceNumberId: 0,
    amount: eur("5000.00"),
    limit: eur("100.00"),
    exposure: eur("0.00"),
    reason: "The credit limit of 100.00 EUR is exceeded.",
    owner: "credit-team",
    asOf: "2026-01-05T08:00:02Z",
  },
});

export const PricesChecked = event({
  name: "sales.prices-checked",
  version: 1,
  owner: "pricing",
  summary:
    "The prices the pricing system holds for an order's lines; the process compares them with those quoted.",
  criticality: "C2",
  data: Type.Object({
    salesOrderId: Id,
    sequenceNumberId: ChangeNumber,
    lines: Type.Array(Type.Object({ line: Id, item: Id, price: UnitPrice })),
    asOf: Type.Optional(Instant),
  }),
  keys: { order: "salesOrderId" },
  sample: {
    salesOrderId: "SO-ACME-PO-4711",
    sequenceNumberId: 0,
    lines: [{ line: "1", item: "PUMP-100", price: perEach("500.00") }],
    asOf: "2026-01-05T08:00:01Z",
  },
});

/** @covers EVT-07 */
export const PriceDiscrepancyFound = event({
  name: "sales.price-discrepancy-found",
  version: 1,
  owner: "customer-service",
  summary: "The price quoted to the customer and the price we would bill differ by more than we tolerate.",
  criticality: "C2",
  data: Type.Object({
    salesOrderId: Id,
    orderLine: Id,
    item: Id,
    quoted: UnitPrice,
    billed: UnitPrice,
    atRisk: Money,
    /** The tolerated difference, in percent of the price billed. */
    tolerancePercent: Decimal,
  }),
  keys: { order: "salesOrderId", orderLine: "orderLine" },
  sample: {
    salesOrderId: "SO-1003",
    orderLine: "SO-1003/1",
    item: "PUMP-100",
    quoted: perEach("480.00"),
    billed: perEach("500.00"),
    atRisk: eur("2000.00"),
    tolerancePercent: "1",
  },
});

/** Every contract of this file. */
export const contracts = [
  OrderCaptured,
  OrderAccepted,
  OrderRejected,
  OrderChanged,
  OrderCancelled,
  CreditApproved,
  CreditHeld,
  PricesChecked,
  PriceDiscrepancyFound,
];
