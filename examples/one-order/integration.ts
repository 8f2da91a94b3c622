/** One order crosses the dock: from a partner's mailbox to the ERP, with a person in between when the customer is new. */
import { command, connection, event, flow, process, send } from "crossdock";
import { json } from "crossdock/codecs/json";
import { file } from "crossdock/connectors/file";
import { http } from "crossdock/connectors/http";
import Type from "typebox";

const mine = { version: 1, owner: "order-management", criticality: "C1" } as const;
const order = Type.Object({ orderId: Type.String(), newCustomer: Type.Boolean() });
const booked = Type.Object({ orderId: Type.String(), document: Type.String() });
const sample = { orderId: "SO-1", newCustomer: false, document: "4500001" };

const OrderPlaced = event({
  ...mine,
  name: "sales.order-placed",
  summary: "A customer has ordered.",
  data: order,
  keys: { order: "orderId" },
  says: { milestone: "placed" },
  sample,
});
const PostOrder = command({
  ...mine,
  name: "erp.post-sales-order",
  summary: "Book the order.",
  data: order,
  keys: { order: "orderId" },
  sample,
});
const OrderPosted = event({
  ...mine,
  name: "erp.sales-order-posted",
  summary: "The order is booked.",
  data: booked,
  keys: { order: "orderId", erpOrder: "document" },
  says: { milestone: "posted" },
  sample,
});

const orderToErp = process({
  name: "order-to-erp",
  version: 1,
  owner: "order-management",
  summary: "An order on its way to the ERP.",
  keyType: "order",
  state: order,
  milestones: { placed: {}, posted: { due: "1h" } },
  approvals: { "new customer": { by: "credit-team", within: "4h" } },
})
  .startsOn(OrderPlaced, "orderId", (state) =>
    state.newCustomer
      ? { state, reach: "placed", ask: ["new customer"] }
      : { state, reach: "placed", send: [send(PostOrder.of(state))] },
  )
  .whenApproved("new customer", (state) => ({ send: [send(PostOrder.of(state))] }))
  .whenDeclined("new customer", (_, { comment }) => ({ end: { abandon: comment } }))
  .when(OrderPosted, "orderId", () => ({ reach: "posted", end: "completed" }));

export function integration(inbox: string, erpUrl: string) {
  const mailbox = connection("mailbox", file, { config: { inbox, pollMs: 100, settleMs: 0 } });
  const paths = { [PostOrder.name]: "/sales-orders" };
  const erp = connection("erp", http, { title: "ERP", config: { url: erpUrl, paths, reference: "number" } });
  const ordersIn = flow("orders-in").from(mailbox).decode(json()).expect(OrderPlaced).publish(OrderPlaced);
  const postings = flow("postings")
    .on(PostOrder)
    .deliver(erp, json())
    .answer(OrderPosted, ({ reference }, { orderId }) => OrderPosted.of({ orderId, document: reference }));
  return { flows: [ordersIn, postings], processes: [orderToErp] };
}
