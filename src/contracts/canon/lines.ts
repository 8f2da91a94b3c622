/**
 * The parts several canonical messages share: order lines, quantities of a line, parties, handling units.
 *
 * A line keeps the number its order gave it, for as long as anything refers to it; a line number is never reused.
 */
import Type from "typebox";
import { Id, Money, NotNegative, Quantity, UnitPrice, Words } from "./values.ts";

export const LineNumber = Type.String({ pattern: "^[A-Za-z0-9]{1,20}$" });

const Ordered = { line: LineNumber, item: Id, description: Type.Optional(Words), quantity: Quantity };

/** What the customer ordered, at the price quoted to them; without one, the pricing system's price holds. */
export const OrderLine = Type.Object({
  ...Ordered,
  price: Type.Optional(UnitPrice),
  /** Of a service: for how many months; its price is that of one. Goods have none. */
  termMonths: Type.Optional(Type.Integer({ minimum: 1, maximum: 1200 })),
});
export type OrderLine = Type.Static<typeof OrderLine>;

/** What shall be different about a line; what is left out stays as it is. The price is in the order's currency. */
export const ChangedLine = Type.Object({
  line: LineNumber,
  item: Type.Optional(Id),
  quantity: Type.Optional(Quantity),
  price: Type.Optional(Type.Object({ amount: NotNegative, per: Quantity })),
});
export type ChangedLine = Type.Static<typeof ChangedLine>;

/** An order line whose price is settled. */
export const PricedLine = Type.Object({ ...Ordered, price: UnitPrice });
export type PricedLine = Type.Static<typeof PricedLine>;

/** So much of one order line: allocated, shipped, invoiced, released. */
export const LineQuantity = Type.Object({ line: LineNumber, item: Id, quantity: Quantity });
export type LineQuantity = Type.Static<typeof LineQuantity>;

/** So much of one order line and what it is worth, net. */
export const LineAmount = Type.Object({
  line: LineNumber,
  item: Id,
  quantity: Quantity,
  amount: Money,
});
export type LineAmount = Type.Static<typeof LineAmount>;

export const Address = Type.Object({
  name: Type.String({ maxLength: 120 }),
  street: Type.Optional(Type.String({ maxLength: 120, personal: true })),
  city: Type.Optional(Type.String({ maxLength: 80 })),
  postalCode: Type.Optional(Type.String({ maxLength: 20 })),
  country: Type.Optional(Type.String({ pattern: "^[A-Z]{2}$" })),
});
export type Address = Type.Static<typeof Address>;

/** So much of an item, of no order line: a component, a finished piece. */
export const Material = Type.Object({ item: Id, quantity: Quantity });
export type Material = Type.Static<typeof Material>;

/** So much of an item as it was really used or made: of which lot, from which place. */
export const MaterialActual = Type.Object({
  item: Id,
  quantity: Quantity,
  lot: Type.Optional(Id),
  location: Type.Optional(Id),
});
export type MaterialActual = Type.Static<typeof MaterialActual>;

/** A pallet or parcel, known by its serial shipping container code. */
export const HandlingUnit = Type.Object({ sscc: Id });

/** One side of a ledger entry; exactly one of the two amounts is above zero. */
export const PostingLine = Type.Object({
  account: Id,
  debit: Money,
  credit: Money,
});
export type PostingLine = Type.Static<typeof PostingLine>;
