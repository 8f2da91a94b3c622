/**
 * What the business does with an order: large ones wait for a person, then all of them are booked.
 *
 * Pure: every reaction is given what happened and returns what to do. That is why the rehearsals in
 * `order-to-cash.test.ts` need no database and no clock.
 */
import { process, send } from "crossdock";
import Type from "typebox";
import { CancelOrder, Order, OrderPlaced, OrderPosted, PostOrder } from "./contracts.ts";

/** Orders above this wait for the credit team. Compared in whole euros, which is all a limit needs. */
const LIMIT_EUR = 10_000;

export const orderToErp = process({
  name: "order-to-erp",
  version: 1,
  owner: "order-management",
  summary: "From a placed order to a booked one.",
  keyType: "order",
  state: Type.Object({ order: Order, documentNumber: Type.Union([Type.String(), Type.Null()]) }),
  milestones: { received: {}, "credit cleared": { due: "4h" }, posted: { due: "1d" } },
  approvals: { "credit review": { by: "credit-team", within: "4h" } },
})
  .startsOn(OrderPlaced, "orderId", (order) => {
    const state = { order, documentNumber: null };
    return isLarge(order)
      ? { state, reach: "received", ask: ["credit review"] }
      : { state, reach: ["received", "credit cleared"], send: [posting(order)] };
  })

  .whenApproved("credit review", ({ order }) => ({ reach: "credit cleared", send: [posting(order)] }))

  .whenDeclined("credit review", (_, { comment }) => ({
    end: { abandon: `Credit was declined: ${comment}` },
  }))

  .whenOverdue("credit review", ({ order }) => ({ note: `Order ${order.orderId} still waits for credit.` }))

  .when(OrderPosted, "orderId", (state, { documentNumber }) => ({
    state: { ...state, documentNumber },
    reach: "posted",
    end: "completed",
  }));

const isLarge = ({ total }: Order): boolean => Number(total.amount.split(".")[0]) >= LIMIT_EUR;

/** Books the order, and remembers how to take the booking back. */
export const posting = (order: Order) =>
  send(PostOrder.of(order), {
    undo: CancelOrder.of({ orderId: order.orderId, reason: "The order was abandoned." }),
  });
