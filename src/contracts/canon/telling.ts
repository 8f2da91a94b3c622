/**
 * Commands that only tell: order status to CRM and sales channels, documents to trading partners.
 *
 * What a partner gets is said in business words here; the flow to the partner writes it as X12, EDIFACT or whatever was
 * agreed. Control numbers are part of the command, so a resend carries the number of the first sending.
 */
import Type from "typebox";
import { command } from "../contract.ts";
import { Address, HandlingUnit, LineAmount, LineQuantity, OrderLine } from "./lines.ts";
import { eur } from "./samples.ts";
import { BusinessDate, Id, Instant, Money, Words } from "./values.ts";

const ten = { value: "10", uom: "EA" };
const pumps = { line: "1", item: "PUMP-100", quantity: ten };

const Status = Type.Object({
  salesOrderId: Id,
  status: Words,
  part: Type.Integer({ minimum: 1 }),
  of: Type.Integer({ minimum: 1 }),
  /** The day the customer may count on, where it is about that. */
  promisedDate: Type.Optional(BusinessDate),
  at: Instant,
});
const status = {
  salesOrderId: "SO-ACME-PO-4711",
  status: "dispatched",
  part: 1,
  of: 1,
  at: "2026-01-05T08:01:00Z",
};

export const UpdateCrmOrderStatus = command({
  name: "crm.update-order-status",
  version: 1,
  owner: "customer-service",
  summary: "Tells the CRM how far an order is; the latest word wins.",
  criticality: "C3",
  data: Status,
  keys: { order: "salesOrderId" },
  sample: status,
});

export const UpdateChannelOrderStatus = command({
  name: "channel.update-order-status",
  version: 1,
  owner: "commerce",
  summary: "Tells the sales channel how far an order is; the latest word wins.",
  criticality: "C3",
  data: Status,
  keys: { order: "salesOrderId" },
  sample: status,
});

/** Our answer to an order: taken as it is, taken with changes, or not taken. */
export const OrderAcknowledgement = Type.Object({
  type: Type.Literal("order-acknowledgement"),
  customerReference: Id,
  orderDate: BusinessDate,
  status: Type.Enum(["accepted", "rejected", "changed"]),
  reasons: Type.Array(Words),
  currency: Id,
  lines: Type.Array(OrderLine),
});

export const DespatchAdvice = Type.Object({
  type: Type.Literal("despatch-advice"),
  shipmentId: Id,
  customerReference: Id,
  orderDate: BusinessDate,
  dispatchedAt: Instant,
  shipTo: Type.Optional(Address),
  carrier: Type.Optional(Words),
  trackingNumber: Type.Optional(Id),
  handlingUnits: Type.Array(HandlingUnit),
  lines: Type.Array(LineQuantity),
});

export const Invoice = Type.Object({
  type: Type.Literal("invoice"),
  invoiceId: Id,
  shipmentId: Id,
  customerReference: Id,
  orderDate: BusinessDate,
  issueDate: BusinessDate,
  dueDate: Type.Optional(BusinessDate),
  lines: Type.Array(LineAmount),
  taxExclusiveAmount: Money,
  taxAmount: Money,
  taxInclusiveAmount: Money,
});

/**
 * What became of the documents of one interchange a partner sent. `written` is the acknowledgement as the partner's
 * standard words it, segment by segment; it is made where that standard is known and only enveloped data from then on.
 */
export const FunctionalAcknowledgement = Type.Object({
  type: Type.Literal("functional-acknowledgement"),
  ackType: Type.Literal("syntax"),
  /** The partner's interchange that is answered. */
  ackOf: Id,
  status: Type.Enum(["accepted", "accepted-with-errors", "rejected"]),
  errors: Type.Array(Words),
  written: Type.String(),
});

export const PartnerDocument = Type.Union([
  OrderAcknowledgement,
  DespatchAdvice,
  Invoice,
  FunctionalAcknowledgement,
]);
export type PartnerDocument = Type.Static<typeof PartnerDocument>;

export const SendDocument = command({
  name: "partner.send-document",
  version: 1,
  owner: "integration",
  summary: "Sends a business document to a trading partner and opens its acknowledgement clock.",
  criticality: "C2",
  data: Type.Object({
    partner: Id,
    /** Documents of one conversation reach the partner in order: the order number, or the interchange answered. */
    conversation: Id,
    salesOrderId: Type.Optional(Id),
    /** Nine digits, derived from what is sent: a resend has the number of the first sending. */
    controlNumber: Type.String({ pattern: "^[0-9]{9}$" }),
    /** When the document was written, which its envelope states. */
    writtenAt: Instant,
    document: PartnerDocument,
  }),
  keys: {
    conversation: "conversation",
    order: "salesOrderId",
    customerReference: "document.customerReference",
    ediControlNumber: "controlNumber",
    shipment: "document.shipmentId",
    invoice: "document.invoiceId",
    /** By which an acknowledgement finds what it acknowledges. */
    partnerDocument: "controlNumber",
  },
  belongsTo: "order",
  time: "writtenAt",
  sample: {
    partner: "C-ACME",
    conversation: "SO-ACME-PO-4711",
    salesOrderId: "SO-ACME-PO-4711",
    controlNumber: "000012345",
    writtenAt: "2026-01-05T08:01:00Z",
    document: {
      type: "despatch-advice",
      shipmentId: "SH-881",
      customerReference: "PO-4711",
      orderDate: "2026-01-05",
      dispatchedAt: "2026-01-05T08:01:00Z",
      handlingUnits: [{ sscc: "340123450000000018" }],
      lines: [pumps],
    },
  },
});

/** One of each document a partner may get; for tests of whatever writes them. */
export const documents: readonly PartnerDocument[] = [
  {
    type: "order-acknowledgement",
    customerReference: "PO-4711",
    orderDate: "2026-01-05",
    status: "accepted",
    reasons: [],
    currency: "EUR",
    lines: [{ ...pumps, price: { ...eur("500.00"), per: { value: "1", uom: "EA" } } }],
  },
  SendDocument.sample.document,
  {
    type: "invoice",
    invoiceId: "INV-90000001",
    shipmentId: "SH-881",
    customerReference: "PO-4711",
    orderDate: "2026-01-05",
    issueDate: "2026-01-05",
    lines: [{ ...pumps, amount: eur("5000.00") }],
    taxExclusiveAmount: eur("5000.00"),
    taxAmount: eur("1000.00"),
    taxInclusiveAmount: eur("6000.00"),
  },
  {
    type: "functional-acknowledgement",
    ackType: "syntax",
    ackOf: "000000101",
    status: "accepted",
    errors: [],
    written:
      "ISA*00*          *00*          *ZZ*MERIDIAN       *ZZ*ACME           *260105*0800*U*00401*000000001*0*P*>~",
  },
];

/** Every contract of this file. */
export const contracts = [UpdateCrmOrderStatus, UpdateChannelOrderStatus, SendDocument];
