/**
 * Buying: requisitions, purchase orders and what suppliers answer, supplier invoices and whether they match.
 *
 * Ordered by the purchase order, a requisition and a supplier invoice by themselves. A commitment is the supplier's word and
 * is never filled in by us. Whether an invoice matches is decided by the three-way match and stated with each difference.
 */
import Type from "typebox";
import { event } from "../contract.ts";
import { LineAmount, LineNumber, LineQuantity, OrderLine } from "./lines.ts";
import { keys, Order, OrderedGoods, order, seal } from "./purchase-order.ts";
import { each, eur } from "./samples.ts";
import { BusinessDate, Id, Instant, Money, Quantity, Words } from "./values.ts";

/** What a supplier promises about one line. */
export const SupplierCommitment = Type.Object({
  line: LineNumber,
  item: Id,
  promisedDate: BusinessDate,
  confirmedQuantity: Quantity,
  status: Type.Enum(["confirmed", "changed", "refused"]),
});
export type SupplierCommitment = Type.Static<typeof SupplierCommitment>;

export const RequisitionApproved = event({
  name: "procurement.requisition-approved",
  version: 1,
  owner: "procurement",
  summary: "Somebody entitled to it agreed that this is bought.",
  criticality: "C2",
  data: Type.Object({
    requisitionId: Id,
    lines: Type.Array(OrderLine, { minItems: 1 }),
    supplier: Type.Optional(Id),
    plant: Type.Optional(Id),
    needBy: Type.Optional(BusinessDate),
    total: Type.Optional(Money),
    approver: Words,
    productionOrderId: Type.Optional(Id),
    approvedAt: Type.Optional(Instant),
  }),
  keys: { requisition: "requisitionId", item: "lines[].item", productionOrder: "productionOrderId" },
  says: { milestone: "approved" },
  time: "approvedAt",
  sample: { requisitionId: "RQ-1", lines: [seal], approver: "marc" },
});

export const PurchaseOrderIssued = event({
  name: "procurement.order-issued",
  version: 1,
  owner: "procurement",
  summary: "We ordered from a supplier.",
  criticality: "C1",
  data: Type.Object({
    ...OrderedGoods,
    issuedAt: Type.Optional(Instant),
  }),
  keys: {
    ...keys,
    transfer: "transferId",
    requisition: "requisitionId",
    item: "lines[].item",
    order: "salesOrderId",
    plant: "plant",
  },
  says: { milestone: "ordered" },
  time: "issuedAt",
  sample: {
    ...order,
    currency: "EUR",
    lines: [{ ...seal, price: { ...eur("5.00"), per: each("1") } }],
    needBy: "2026-01-12",
    issuedAt: "2026-01-05T08:00:00Z",
  },
});

/** @covers EVT-29 */
export const PurchaseOrderChanged = event({
  name: "procurement.order-changed",
  version: 1,
  owner: "procurement",
  summary: "We want other quantities or dates than we ordered; each change has its number.",
  criticality: "C2",
  data: Type.Object({
    ...Order,
    sequenceNumberId: Type.Integer({ minimum: 1 }),
    lines: Type.Array(Type.Object({ ...LineQuantity.properties, needBy: Type.Optional(BusinessDate) }), {
      minItems: 1,
    }),
    reason: Words,
    changedAt: Type.Optional(Instant),
  }),
  keys,
  time: "changedAt",
  sample: { ...order, sequenceNumberId: 1, lines: [seal], reason: "PR-7009 moved to day 8." },
});

export const PurchaseOrderCancelled = event({
  name: "procurement.order-cancelled",
  version: 1,
  owner: "procurement",
  summary: "The supplier took it that we want nothing of this order any more.",
  criticality: "C2",
  data: Type.Object({
    ...Order,
    reason: Words,
    transferId: Type.Optional(Id),
    cancelledAt: Type.Optional(Instant),
  }),
  keys: { ...keys, transfer: "transferId" },
  says: { milestone: "ordered", withdrawn: true },
  time: "cancelledAt",
  sample: { ...order, reason: "The customer cancelled." },
});

/** @covers EVT-28 */
export const PurchaseOrderConfirmed = event({
  name: "procurement.order-confirmed",
  version: 1,
  owner: "procurement",
  summary: "The supplier says what it will deliver and when.",
  criticality: "C2",
  data: Type.Object({
    ...Order,
    /** The supplier's own id of the answer; hearing it twice changes nothing. */
    confirmationId: Id,
    /** What was asked, when it is the answer to a request for commitment. */
    requestId: Type.Optional(Id),
    /** The production order on whose account it was asked. */
    productionOrderId: Type.Optional(Id),
    /** The order the goods are bought for, where they are bought for one. */
    salesOrderId: Type.Optional(Id),
    supplierCommitments: Type.Array(SupplierCommitment, { minItems: 1 }),
    deviations: Type.Array(Words),
    confirmedAt: Type.Optional(Instant),
  }),
  keys: {
    ...keys,
    confirmation: "confirmationId",
    request: "requestId",
    productionOrder: "productionOrderId",
    order: "salesOrderId",
  },
  says: { milestone: "confirmed" },
  time: "confirmedAt",
  sample: {
    ...order,
    confirmationId: "SC-1",
    supplierCommitments: [
      {
        line: "1",
        item: "SEAL-9",
        promisedDate: "2026-01-12",
        confirmedQuantity: each("60"),
        status: "confirmed",
      },
    ],
    deviations: [],
  },
});

/** @covers EVT-30 */
export const DeliveryDelayed = event({
  name: "procurement.delivery-delayed",
  version: 1,
  owner: "procurement",
  summary: "A line will come later than promised.",
  criticality: "C2",
  data: Type.Object({
    ...Order,
    line: LineNumber,
    item: Id,
    noticeId: Id,
    oldDate: BusinessDate,
    newDate: BusinessDate,
    cause: Words,
    salesOrderId: Type.Optional(Id),
    noticedAt: Instant,
  }),
  keys: { ...keys, item: "item", notice: "noticeId", order: "salesOrderId" },
  says: { milestone: "confirmed", withdrawn: true },
  time: "noticedAt",
  sample: {
    ...order,
    line: "1",
    item: "SEAL-9",
    noticeId: "DN-1",
    oldDate: "2026-01-12",
    newDate: "2026-01-16",
    cause: "The mould broke.",
    noticedAt: "2026-01-06T08:00:00Z",
  },
});

/** @covers EVT-30 */
export const ShipmentNotified = event({
  name: "procurement.shipment-notified",
  version: 1,
  owner: "procurement",
  summary: "The supplier's goods are on their way.",
  criticality: "C2",
  data: Type.Object({
    ...Order,
    despatchAdviceId: Id,
    lines: Type.Array(LineQuantity, { minItems: 1 }),
    sscc: Type.Array(Id),
    arrivalDate: Type.Optional(BusinessDate),
    carrier: Type.Optional(Words),
    notifiedAt: Type.Optional(Instant),
  }),
  keys: { ...keys, asn: "despatchAdviceId", sscc: "sscc[]" },
  says: { milestone: "notified" },
  time: "notifiedAt",
  sample: {
    ...order,
    despatchAdviceId: "ASN-1",
    lines: [seal],
    sscc: ["340123450000000025"],
    arrivalDate: "2026-01-12",
  },
});

const Invoice = { supplierInvoiceId: Id, purchaseOrderId: Id, supplier: Id };
const invoice = { supplierInvoiceId: "SI-88", ...order };
const invoiceKeys = {
  supplierInvoice: "supplierInvoiceId",
  purchaseOrder: "purchaseOrderId",
  supplier: "supplier",
} as const;

export const SupplierInvoiceReceived = event({
  name: "procurement.invoice-received",
  version: 1,
  owner: "accounts-payable",
  summary: "A supplier wants money for what it delivered.",
  criticality: "C1",
  data: Type.Object({
    ...Invoice,
    lines: Type.Array(LineAmount, { minItems: 1 }),
    taxExclusiveAmount: Money,
    taxAmount: Money,
    taxInclusiveAmount: Money,
    issueDate: BusinessDate,
    dueDate: Type.Optional(BusinessDate),
    receivedAt: Type.Optional(Instant),
  }),
  keys: invoiceKeys,
  time: "receivedAt",
  sample: {
    ...invoice,
    lines: [{ ...seal, amount: eur("300.00") }],
    taxExclusiveAmount: eur("300.00"),
    taxAmount: eur("60.00"),
    taxInclusiveAmount: eur("360.00"),
    issueDate: "2026-01-12",
  },
});

export const SupplierInvoiceMatched = event({
  name: "procurement.invoice-matched",
  version: 1,
  owner: "accounts-payable",
  summary: "Order, goods receipt and invoice agree; it may be paid.",
  criticality: "C1",
  data: Type.Object({
    ...Invoice,
    amount: Money,
    /** Who let a difference pass; absent when there was none. */
    approver: Type.Optional(Words),
    matchedAt: Type.Optional(Instant),
  }),
  keys: invoiceKeys,
  says: { milestone: "matched" },
  time: "matchedAt",
  sample: { ...invoice, amount: eur("360.00") },
});

/** One way in which an invoice is not what was ordered and received. */
export const MatchDifference = Type.Object({
  line: LineNumber,
  kind: Type.Enum(["price", "quantity", "not ordered", "not received"]),
  expected: Words,
  found: Words,
  amount: Money,
});
export type MatchDifference = Type.Static<typeof MatchDifference>;

export const SupplierInvoiceMismatched = event({
  name: "procurement.invoice-mismatched",
  version: 1,
  owner: "accounts-payable",
  summary: "The invoice is not what was ordered and received; here is each difference.",
  criticality: "C1",
  data: Type.Object({
    ...Invoice,
    differences: Type.Array(MatchDifference, { minItems: 1 }),
    mismatchedAt: Type.Optional(Instant),
  }),
  keys: invoiceKeys,
  says: { milestone: "matched", withdrawn: true },
  time: "mismatchedAt",
  sample: {
    ...invoice,
    differences: [
      { line: "1", kind: "price", expected: "5.00 EUR", found: "5.50 EUR", amount: eur("30.00") },
    ],
  },
});

/** Every contract of this file. */
export const contracts = [
  RequisitionApproved,
  PurchaseOrderIssued,
  PurchaseOrderChanged,
  PurchaseOrderCancelled,
  PurchaseOrderConfirmed,
  DeliveryDelayed,
  ShipmentNotified,
  SupplierInvoiceReceived,
  SupplierInvoiceMatched,
  SupplierInvoiceMismatched,
];
