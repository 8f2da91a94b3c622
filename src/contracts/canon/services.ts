/**
 * What an order is besides goods: the quote before it, its parts for warehouse, freight and service, and the service itself.
 *
 * Ordered by the order. A service line is never shipped and a goods line never activated; the decomposition says which is which.
 */
import Type from "typebox";
import { command, event } from "../contract.ts";
import { Address, LineNumber, LineQuantity, PricedLine } from "./lines.ts";
import { each, eur } from "./samples.ts";
import { BusinessDate, Currency, Id, Instant, Money, UnitPrice, Words } from "./values.ts";

const order = { salesOrderId: "SO-1111" };
const pumps = { line: "1", item: "PUMP-100", quantity: each("5") };
const perMonth = { ...eur("40.00"), per: { value: "1", uom: "MON" } };

export const QuoteAccepted = event({
  name: "sales.quote-accepted",
  version: 1,
  owner: "sales",
  summary: "A customer took a quote; the order that follows is held to its prices.",
  criticality: "C2",
  data: Type.Object({
    quoteId: Id,
    customer: Id,
    currency: Currency,
    lines: Type.Array(PricedLine, { minItems: 1 }),
    total: Type.Optional(Money),
    validUntil: Type.Optional(BusinessDate),
    salesOrderId: Type.Optional(Id),
    acceptedAt: Type.Optional(Instant),
  }),
  keys: { quote: "quoteId", customer: "customer", order: "salesOrderId", item: "lines[].item" },
  time: "acceptedAt",
  sample: {
    quoteId: "Q-55",
    customer: "C-NORTH",
    currency: "EUR",
    lines: [{ ...pumps, price: { ...eur("480.00"), per: each("1") } }],
    validUntil: "2026-02-28",
  },
});

/** A line that is a service for a time, not a thing. */
export const ServiceLine = Type.Object({
  line: LineNumber,
  item: Id,
  price: UnitPrice,
  /** For how many months. */
  termMonths: Type.Integer({ minimum: 1 }),
});
export type ServiceLine = Type.Static<typeof ServiceLine>;
const service: ServiceLine = { line: "2", item: "SVC-CARE", price: perMonth, termMonths: 12 };

export const OrderDecomposed = event({
  name: "sales.order-decomposed",
  version: 1,
  owner: "order-management",
  summary: "An order is split by who fulfils it: warehouse, carrier, billing.",
  criticality: "C2",
  data: Type.Object({
    salesOrderId: Id,
    fulfilment: Type.Array(LineQuantity),
    freight: Type.Array(LineQuantity),
    service: Type.Array(ServiceLine),
    decomposedAt: Type.Optional(Instant),
  }),
  keys: { order: "salesOrderId" },
  time: "decomposedAt",
  sample: { ...order, fulfilment: [pumps], freight: [pumps], service: [service] },
});

export const FreightRequested = event({
  name: "logistics.freight-requested",
  version: 1,
  owner: "logistics",
  summary: "A carrier is looked for; the warehouse knows how the goods will leave.",
  criticality: "C3",
  data: Type.Object({
    salesOrderId: Id,
    requestId: Id,
    shipmentId: Type.Optional(Id),
    mode: Type.Enum(["road", "rail", "air", "sea", "parcel"]),
    weightKg: Type.Optional(Words),
    pickup: Type.Optional(BusinessDate),
    requestedAt: Type.Optional(Instant),
  }),
  keys: { order: "salesOrderId", freightRequest: "requestId", shipment: "shipmentId" },
  time: "requestedAt",
  sample: { ...order, requestId: "SO-1111/freight/1", mode: "road" },
});

/** @covers EVT-35 */
export const ServiceActivated = event({
  name: "sales.service-activated",
  version: 1,
  owner: "billing",
  summary: "A service runs; its recurring invoices start.",
  criticality: "C2",
  data: Type.Object({
    salesOrderId: Id,
    line: LineNumber,
    subscriptionId: Id,
    start: BusinessDate,
    termMonths: Type.Integer({ minimum: 1 }),
    activatedAt: Type.Optional(Instant),
  }),
  keys: { order: "salesOrderId", subscription: "subscriptionId" },
  time: "activatedAt",
  sample: { ...order, line: "2", subscriptionId: "SUB-1", start: "2026-01-09", termMonths: 12 },
});

// Commands to the billing engine ------------------------------------------------------------------------------------

export const ActivateService = command({
  name: "billing.activate-service",
  version: 1,
  owner: "billing",
  summary: "Starts a service and its recurring invoices.",
  criticality: "C2",
  data: Type.Object({
    salesOrderId: Id,
    customer: Id,
    line: ServiceLine,
    start: BusinessDate,
    billTo: Type.Optional(Address),
  }),
  keys: { order: "salesOrderId" },
  sample: { ...order, customer: "C-NORTH", line: service, start: "2026-01-09" },
});

export const DeactivateService = command({
  name: "billing.deactivate-service",
  version: 1,
  owner: "billing",
  summary: "Ends a service, if it runs.",
  criticality: "C2",
  data: Type.Object({ salesOrderId: Id, line: LineNumber, reason: Words }),
  keys: { order: "salesOrderId" },
  sample: { ...order, line: "2", reason: "The order was cancelled." },
});

export const PostServiceInvoice = command({
  name: "billing.post-invoice",
  version: 1,
  owner: "billing",
  summary: "Bills one period of a service that runs.",
  criticality: "C1",
  data: Type.Object({
    salesOrderId: Id,
    customer: Id,
    subscriptionId: Id,
    line: LineNumber,
    /** The month billed, `2026-01`. */
    period: Type.String({ pattern: "^[0-9]{4}-[0-9]{2}$" }),
    taxExclusiveAmount: Money,
    issueDate: BusinessDate,
  }),
  keys: { order: "salesOrderId", subscription: "subscriptionId" },
  sample: {
    ...order,
    customer: "C-NORTH",
    subscriptionId: "SUB-1",
    line: "2",
    period: "2026-01",
    taxExclusiveAmount: eur("40.00"),
    issueDate: "2026-01-09",
  },
});

/** Every contract of this file. */
export const contracts = [
  QuoteAccepted,
  OrderDecomposed,
  FreightRequested,
  ServiceActivated,
  ActivateService,
  DeactivateService,
  PostServiceInvoice,
];
