/**
 * What order-to-cash remembers of one order, and the few questions asked of it.
 *
 * The state is plain data with a schema: it can be looked at, and an instance started last month is read by today's code.
 * Everything that changes it is in `order-to-cash.ts` and `order-facts.ts`; quantities are kept by `quantities.ts`.
 */
import {
  Address,
  decimals,
  LineAmount,
  type Money,
  Money as MoneyShape,
  sales,
  UnitPrice,
} from "crossdock/canon";
import Type from "typebox";
import * as quantities from "./quantities.ts";

export const Line = Type.Object({
  line: Type.String(),
  item: Type.String(),
  uom: Type.String(),
  /** Null until the customer or the pricing system has named one. */
  price: Type.Union([UnitPrice, Type.Null()]),
  quantities: quantities.Quantities,
  /** How much the warehouse was asked to set aside, to ship, and to free again, so far. */
  askedToAllocate: Type.String(),
  askedToShip: Type.String(),
  askedToRelease: Type.String(),
});
export type Line = Type.Static<typeof Line>;

export const Shipment = Type.Object({
  shipmentId: Type.String(),
  dispatchedAt: Type.String(),
  /** The house it left, where it said so. */
  warehouse: Type.Optional(Type.String()),
  lines: Type.Array(LineAmount),
  net: MoneyShape,
  /** What the tax engine committed; its invoice waits for it. */
  tax: Type.Union([Type.Object({ taxDocumentId: Type.String(), amount: MoneyShape }), Type.Null()]),
  /** Its invoice was taken back whole, and what the engine committed with it. */
  taxVoided: Type.Optional(Type.Boolean()),
  /** What the ERP was told of it so far. */
  goodsIssueSent: Type.Boolean(),
  invoiceSent: Type.Boolean(),
  /** Waits for somebody who releases invoices of this size. */
  invoiceHeld: Type.Optional(Type.Boolean()),
  invoiceId: Type.Union([Type.String(), Type.Null()]),
  costPosted: Type.Boolean(),
});
export type Shipment = Type.Static<typeof Shipment>;

/** Somebody signed for a shipment. */
export const Proof = Type.Object({
  shipmentId: Type.String(),
  signedBy: Type.String(),
  provenAt: Type.String(),
});
export type Proof = Type.Static<typeof Proof>;

export const Invoice = Type.Object({
  invoiceId: Type.String(),
  shipmentId: Type.String(),
  currency: Type.String(),
  amount: Type.String(),
  credited: Type.String(),
  /** Sent to receivables to be applied, and confirmed by them. */
  pledged: Type.String(),
  paid: Type.String(),
  /** Given back on the card it was paid with. */
  refunded: Type.Optional(Type.String()),
  /** The payments receivables applied to it. */
  payments: Type.Optional(Type.Array(Type.Object({ paymentId: Type.String(), amount: Type.String() }))),
});
export type Invoice = Type.Static<typeof Invoice>;

/** A line that is a service for a time; billing runs it. */
export const Service = Type.Object({
  line: Type.String(),
  item: Type.String(),
  price: UnitPrice,
  termMonths: Type.Integer(),
  /** Billing was asked to start it; and the subscription it runs as. */
  asked: Type.Boolean(),
  subscriptionId: Type.Union([Type.String(), Type.Null()]),
});
export type Service = Type.Static<typeof Service>;

/** Where the order stands between two milestones. */
export const Phase = Type.Enum([
  "rejected",
  "checking prices",
  "price review",
  "checking tax",
  "checking credit",
  "credit review",
  "fulfilling",
]);

export const OrderState = Type.Object({
  order: Type.Object({
    salesOrderId: Type.String(),
    customerReference: Type.String(),
    customer: Type.String(),
    channel: sales.Channel,
    orderDate: Type.String(),
    plant: Type.String(),
    currency: Type.String(),
    payment: sales.PaymentMeans,
    shipTo: Type.Optional(Address),
    requestedDate: Type.Optional(Type.String()),
    /** It leaves from this warehouse, which has to have the goods first; our own where absent. */
    shipsFrom: Type.Optional(Type.String()),
    /** By contract nothing is billed before somebody has signed for the goods. */
    invoiceAfter: Type.Optional(Type.Enum(["dispatch", "delivery"])),
  }),
  phase: Phase,
  /** The number of the last change; 0 is the order as captured. Answers about another number are late. */
  change: Type.Integer(),
  lines: Type.Array(Line),
  /** What was confirmed, where an order is accepted together with its tax; promised while the tax engine is silent. */
  tax: Type.Optional(Type.Object({ change: Type.Integer(), amount: MoneyShape, promised: Type.Boolean() })),
  services: Type.Optional(Type.Array(Service)),
  /** A payment the bank took back, while receivables are asked about it. */
  takenBack: Type.Optional(
    Type.Object({
      bankReference: Type.String(),
      paymentId: Type.String(),
      invoiceId: Type.String(),
      amount: MoneyShape,
      valueDate: Type.String(),
    }),
  ),
  /** What a credit note left in the customer's favour of an invoice they had paid, and whether it was decided to pay it back. */
  inFavour: Type.Optional(
    Type.Object({
      creditNoteId: Type.String(),
      invoiceId: Type.String(),
      amount: MoneyShape,
      payBack: Type.Boolean(),
    }),
  ),
  /** Was the order sent to the ERP, under which number is it there, and with which of our changes? */
  erp: Type.Object({
    sent: Type.Boolean(),
    orderId: Type.Union([Type.String(), Type.Null()]),
    change: Type.Integer(),
  }),
  allocatedSaid: Type.Boolean(),
  freight: Type.Object({
    attempts: Type.Integer(),
    carrier: Type.Optional(Type.String()),
    trackingNumber: Type.Optional(Type.String()),
  }),
  /** Of an order that leaves from another warehouse: transfers sent there so far, and calls for goods there. */
  moves: Type.Optional(Type.Integer()),
  calls: Type.Optional(Type.Integer()),
  shipments: Type.Array(Shipment),
  /** What was signed for before the warehouse told that it had left. */
  provenEarly: Type.Optional(Type.Array(Proof)),
  invoices: Type.Array(Invoice),
  /** Ids of facts that would change quantities or money if heard twice. */
  heard: Type.Array(Type.String()),
  /** How often each review was asked again. */
  reminders: Type.Integer(),
});
export type OrderState = Type.Static<typeof OrderState>;

/** What is wanted of each line, at the price that holds. Lines nobody wants any more are left out. */
export function wantedLines(state: OrderState) {
  return state.lines.flatMap(({ line, item, uom, price, quantities: q }) => {
    const value = quantities.wanted(q);
    return decimals.isPositive(value) && price ? [{ line, item, quantity: { value, uom }, price }] : [];
  });
}

/** What the order is worth, net, as far as its prices are known. */
export const orderTotal = (state: OrderState): Money =>
  decimals.total(
    wantedLines(state).map(({ quantity, price }) => decimals.priceOf(quantity, price)),
    state.order.currency,
  );

export const isPriced = (state: OrderState): boolean =>
  state.lines.every(({ price, quantities: q }) => price !== null || decimals.isZero(quantities.wanted(q)));
export const hasShipped = (state: OrderState): boolean => state.shipments.length > 0;
export const isAllocated = (state: OrderState): boolean =>
  state.lines.every((line) => quantities.isAllocated(line.quantities));
export const isShipped = (state: OrderState): boolean =>
  hasShipped(state) && state.lines.every((line) => quantities.isShipped(line.quantities));
export const isInvoiced = (state: OrderState): boolean =>
  isShipped(state) && state.shipments.every(({ invoiceId }) => invoiceId !== null);

/** Somebody has signed for all that is wanted. */
export const isDelivered = (state: OrderState): boolean =>
  isShipped(state) &&
  state.lines.every(({ quantities: q }) => decimals.compare(q.delivered, quantities.wanted(q)) >= 0);

/** Every service of the order runs; true of an order without any. */
export const servicesRun = ({ services = [] }: OrderState): boolean =>
  services.every(({ subscriptionId }) => subscriptionId !== null);

/** What is still to be paid of an invoice, payments on their way to receivables not counted. */
export const residue = ({ amount, credited, paid, refunded = "0" }: Invoice): string =>
  decimals.add(decimals.subtract(decimals.subtract(amount, credited), paid), refunded);

/** What may still be applied to an invoice: its residue less what is on its way. */
export const unpledged = ({ amount, credited, pledged }: Invoice): string =>
  decimals.larger(decimals.subtract(decimals.subtract(amount, credited), pledged), "0");

export const isSettled = (invoice: Invoice): boolean => decimals.compare(residue(invoice), "0") <= 0;

export const isPaid = (state: OrderState): boolean => isInvoiced(state) && state.invoices.every(isSettled);

/** What the customer owes us now. */
export const owed = (state: OrderState): Money =>
  decimals.money(decimals.add("0", ...state.invoices.map(residue)), state.order.currency);

/** Replaces the lines a change names, leaving the others and their order as they are. */
export const withLines = (state: OrderState, changed: ReadonlyMap<string, Line>): OrderState => ({
  ...state,
  lines: state.lines.map((line) => changed.get(line.line) ?? line),
});

/** Whether a fact was heard before; and the state in which it has been. */
export const wasHeard = (state: OrderState, id: string): boolean => state.heard.includes(id);
export const hearing = (state: OrderState, id: string): OrderState => ({
  ...state,
  heard: [...state.heard, id],
});
