/** What events and commands about a purchase order have in common: its numbers, its keys, what it orders, and the sample. */
import Type from "typebox";
import { LineNumber, LineQuantity, PricedLine } from "./lines.ts";
import { each } from "./samples.ts";
import { BusinessDate, Currency, Id } from "./values.ts";

export const Order = { purchaseOrderId: Id, supplier: Id };
export const keys = { purchaseOrder: "purchaseOrderId", supplier: "supplier" } as const;

/** What is ordered, from whom, for when and where. */
export const OrderedGoods = {
  ...Order,
  requisitionId: Type.Optional(Id),
  currency: Currency,
  lines: Type.Array(PricedLine, { minItems: 1 }),
  needBy: BusinessDate,
  plant: Type.Optional(Id),
  /** Components we provide, of subcontracted work. */
  components: Type.Optional(Type.Array(LineQuantity)),
  /** The entity that sells to us, when it is one of ours. */
  sellingEntity: Type.Optional(Id),
  /** Of an order between two of our entities: the transfer that fulfils it. */
  transferId: Type.Optional(Id),
  salesOrderId: Type.Optional(Id),
  /** The line of that order, and the warehouse that ships it. */
  orderLine: Type.Optional(LineNumber),
  deliverTo: Type.Optional(Id),
};

export const order = { purchaseOrderId: "PO-501", supplier: "V-310" };
export const seal = { line: "1", item: "SEAL-9", quantity: each("60") };
