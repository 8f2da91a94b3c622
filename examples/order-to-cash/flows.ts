/**
 * How messages cross: orders in, from whatever pushes them; postings out, to the ERP.
 *
 * A flow carries one kind of message one way. It knows formats and addresses and nothing of what an order goes through.
 */
import { type Connection, connection, connector, flow } from "crossdock";
import { json } from "crossdock/codecs/json";
import { http } from "crossdock/connectors/http";
import Type from "typebox";
import { CancelOrder, type Order, OrderPlaced, OrderPosted, PostOrder } from "./contracts.ts";

/** Whatever calls `dock.accept` is this connection's other side; there is no line to open. */
const pushed = connector({
  name: "pushed",
  summary: "Arrivals are handed in by the program itself.",
  config: Type.Object({}),
  guarantees: { repeat: "none", verifies: false, ordered: false, settleMs: 0, concurrency: 1 },
  open: async () => ({ probe: async () => undefined, close: async () => undefined }),
});

const shop = connection("shop", pushed, { title: "Web shop", config: {} });

/** The shop's own words for an order. */
interface ShopOrder {
  readonly number: string;
  readonly reference: string;
  readonly customer: string;
  readonly amount: string;
  readonly currency: string;
}

export const toOrder = ({ number, reference, customer, amount, currency }: ShopOrder): Order => ({
  orderId: number,
  customerReference: reference,
  customer,
  total: { amount, currency },
});

export const ordersIn = flow("orders-in")
  .from(shop)
  .decode(json<ShopOrder>())
  .map(toOrder)
  .publish(OrderPlaced);

export const flows = (erpUrl: string) => {
  const erp: Connection = connection("erp", http, {
    title: "ERP",
    config: {
      url: erpUrl,
      reference: "number",
      paths: { [PostOrder.name]: "/orders", [CancelOrder.name]: "/cancellations" },
    },
  });
  return [
    ordersIn,
    flow("postings-out")
      .on(PostOrder)
      .deliver(erp, json<Order>())
      .answer(OrderPosted, ({ reference }, { orderId }) =>
        OrderPosted.of({ orderId, documentNumber: reference }),
      ),
    flow("cancellations-out").on(CancelOrder).deliver(erp, json()),
  ];
};
