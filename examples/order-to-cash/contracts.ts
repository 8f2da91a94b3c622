/**
 * What this integration talks about: an order that is placed, booked in an ERP, and perhaps taken back.
 *
 * Own contracts, small on purpose; a real one would use those of `crossdock/canon`.
 */
import { command, event } from "crossdock";
import Type from "typebox";

const mine = { version: 1, owner: "order-management" } as const;
const Amount = Type.String({ pattern: "^[0-9]+\\.[0-9]{2}$" });

export const Order = Type.Object({
  orderId: Type.String({ minLength: 1 }),
  customerReference: Type.String({ minLength: 1 }),
  customer: Type.String({ minLength: 1 }),
  total: Type.Object({ amount: Amount, currency: Type.String({ pattern: "^[A-Z]{3}$" }) }),
});
export type Order = Type.Static<typeof Order>;

const sample: Order = {
  orderId: "SO-1",
  customerReference: "PO-1",
  customer: "C-1",
  total: { amount: "1200.00", currency: "EUR" },
};

export const OrderPlaced = event({
  ...mine,
  name: "sales.order-placed",
  summary: "A customer ordered.",
  criticality: "C2",
  data: Order,
  keys: { order: "orderId", customerReference: "customerReference" },
  says: { milestone: "received" },
  sample,
});

export const PostOrder = command({
  ...mine,
  name: "erp.post-order",
  summary: "Puts the order on the ERP's books.",
  criticality: "C1",
  data: Order,
  keys: { order: "orderId" },
  sample,
});

export const CancelOrder = command({
  ...mine,
  name: "erp.cancel-order",
  summary: "Takes the order off the ERP's books, if it is on them.",
  criticality: "C1",
  data: Type.Object({ orderId: Type.String(), reason: Type.String() }),
  keys: { order: "orderId" },
  sample: { orderId: "SO-1", reason: "Ordered twice." },
});

export const OrderPosted = event({
  ...mine,
  name: "sales.order-posted",
  summary: "The ERP has the order on its books, under a number of its own.",
  criticality: "C1",
  data: Type.Object({ orderId: Type.String(), documentNumber: Type.String() }),
  keys: { order: "orderId", erpOrder: { path: "documentNumber", system: "erp" } },
  says: { milestone: "posted" },
  sample: { orderId: "SO-1", documentNumber: "4500001" },
});

export const contracts = [OrderPlaced, PostOrder, CancelOrder, OrderPosted];
