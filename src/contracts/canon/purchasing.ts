/**
 * Commands for buying and paying: to procurement (`procurement.…`), suppliers (`supplier.…`), accounts payable and the bank.
 *
 * Ordered by the purchase order. A payment instructed to the bank cannot be taken back; above a limit two people agree first.
 */
import Type from "typebox";
import { command } from "../contract.ts";
import { LineAmount, LineQuantity } from "./lines.ts";
import { keys, Order, OrderedGoods, order, seal } from "./purchase-order.ts";
import { each, eur } from "./samples.ts";
import { BusinessDate, Id, Money, Words } from "./values.ts";

export const IssuePurchaseOrder = command({
  name: "procurement.issue-order",
  version: 1,
  owner: "procurement",
  summary: "Orders from a supplier.",
  criticality: "C1",
  data: Type.Object(OrderedGoods),
  keys: { ...keys, requisition: "requisitionId", order: "salesOrderId", transfer: "transferId" },
  sample: {
    ...order,
    currency: "EUR",
    lines: [{ ...seal, price: { ...eur("5.00"), per: each("1") } }],
    needBy: "2026-01-12",
  },
});

export const CancelPurchaseOrder = command({
  name: "procurement.cancel-order",
  version: 1,
  owner: "procurement",
  summary: "Calls an order back; a supplier whose goods have left refuses.",
  criticality: "C1",
  data: Type.Object({
    ...Order,
    reason: Words,
    sellingEntity: Type.Optional(Id),
    transferId: Type.Optional(Id),
  }),
  keys: { ...keys, transfer: "transferId" },
  sample: { ...order, reason: "The customer cancelled." },
});

export const ChangePurchaseOrder = command({
  name: "procurement.change-order",
  version: 1,
  owner: "procurement",
  summary: "Asks the supplier for other quantities or dates; the earlier version takes it back.",
  criticality: "C2",
  data: Type.Object({
    ...Order,
    sequenceNumberId: Type.Integer({ minimum: 1 }),
    lines: Type.Array(Type.Object({ ...LineQuantity.properties, needBy: Type.Optional(BusinessDate) }), {
      minItems: 1,
    }),
    reason: Words,
  }),
  keys,
  sample: { ...order, sequenceNumberId: 1, lines: [seal], reason: "PR-7009 moved to day 8." },
});

export const RequestCommitment = command({
  name: "supplier.request-commitment",
  version: 1,
  owner: "procurement",
  summary: "Asks a supplier whether it can deliver by another day.",
  criticality: "C2",
  data: Type.Object({
    ...Order,
    requestId: Id,
    lines: Type.Array(LineQuantity, { minItems: 1 }),
    needBy: BusinessDate,
    reason: Words,
  }),
  keys: { ...keys, request: "requestId" },
  sample: {
    ...order,
    requestId: "PR-7009/2/PO-501",
    lines: [seal],
    needBy: "2026-01-12",
    reason: "PR-7009 moved to day 7.",
  },
});

export const PostSupplierInvoice = command({
  name: "erp.post-supplier-invoice",
  version: 1,
  owner: "accounts-payable",
  summary: "Books a supplier's invoice that matched; from now on we owe it.",
  criticality: "C1",
  data: Type.Object({
    ...Order,
    supplierInvoiceId: Id,
    lines: Type.Array(LineAmount, { minItems: 1 }),
    taxExclusiveAmount: Money,
    taxAmount: Money,
    taxInclusiveAmount: Money,
    postingDate: BusinessDate,
  }),
  keys: { ...keys, supplierInvoice: "supplierInvoiceId" },
  sample: {
    ...order,
    supplierInvoiceId: "SI-88",
    lines: [{ ...seal, amount: eur("300.00") }],
    taxExclusiveAmount: eur("300.00"),
    taxAmount: eur("60.00"),
    taxInclusiveAmount: eur("360.00"),
    postingDate: "2026-01-12",
  },
});

export const InstructPayment = command({
  name: "bank.instruct-payment",
  version: 1,
  owner: "accounts-payable",
  summary: "Has the bank pay a supplier. It cannot be taken back.",
  criticality: "C1",
  data: Type.Object({
    ...Order,
    paymentId: Id,
    amount: Money,
    supplierInvoiceIds: Type.Array(Id, { minItems: 1 }),
    executionDate: BusinessDate,
    approvedBy: Type.Optional(Words),
  }),
  keys: { ...keys, payment: "paymentId", supplierInvoice: "supplierInvoiceIds[]" },
  sample: {
    ...order,
    paymentId: "PO-501/SI-88",
    amount: eur("360.00"),
    supplierInvoiceIds: ["SI-88"],
    executionDate: "2026-02-11",
  },
});

/** Every contract of this file. */
export const contracts = [
  IssuePurchaseOrder,
  CancelPurchaseOrder,
  ChangePurchaseOrder,
  RequestCommitment,
  PostSupplierInvoice,
  InstructPayment,
];
