/**
 * A requisition on its way to a purchase order: small ones are ordered, large ones are looked at by a second person first.
 *
 * One thing stays true: one requisition becomes one purchase order, under a number that follows from its own.
 *
 * @covers PRC-11
 */
import { process, send } from "crossdock";
import { decimals, procurement, purchasing } from "crossdock/canon";
import Type from "typebox";
import type { Policy } from "../policy.ts";

type Order = (typeof purchasing.IssuePurchaseOrder)["sample"];
const State = Type.Object({
  order: Type.Unsafe<Order>(purchasing.IssuePurchaseOrder.schema),
  total: Type.String(),
});

/** `PO-610` of requisition `RQ-610`. */
const orderOf = (requisition: string): string => `PO-${requisition.replace(/^RQ-/, "")}`;

export const purchaseApproval = (policy: Policy) =>
  process({
    name: "purchase-approval",
    version: 1,
    owner: "procurement",
    summary: "From an approved requisition to the purchase order it becomes.",
    keyType: "requisition",
    state: State,
    milestones: { approved: {}, ordered: { due: "15m" } },
    approvals: { "purchase order": policy.reviews.purchase },
  })
    .startsOn(procurement.RequisitionApproved, "requisitionId", (requisition) => {
      const order = {
        purchaseOrderId: orderOf(requisition.requisitionId),
        supplier: requisition.supplier ?? "",
        requisitionId: requisition.requisitionId,
        currency: policy.currency,
        needBy: requisition.needBy ?? "",
        lines: requisition.lines.map(({ line, item, quantity, price }) => ({
          line,
          item,
          quantity,
          price: price ?? { amount: "0", currency: policy.currency, per: { value: "1", uom: quantity.uom } },
        })),
      };
      const total = decimals.total(
        order.lines.map(({ quantity, price }) => decimals.priceOf(quantity, price)),
        policy.currency,
      ).amount;
      if (decimals.compare(total, policy.paymentLimit) <= 0)
        return {
          state: { order, total },
          reach: ["approved", "ordered"],
          send: [issue(order)],
          end: "completed",
        };
      return {
        state: { order, total },
        reach: "approved",
        ask: [
          {
            approval: "purchase order",
            because: `${order.purchaseOrderId} to ${order.supplier} costs ${total} ${policy.currency}, above ${policy.paymentLimit}.`,
          },
        ],
      };
    })
    .whenApproved("purchase order", (state) => ({
      reach: "ordered",
      send: [issue(state.order)],
      end: "completed",
    }))
    .whenDeclined("purchase order", (_state, { by, comment }) => ({
      end: { abandon: `${by} does not order it: ${comment}` },
    }))
    .whenOverdue("purchase order", () => ({
      ask: [{ approval: "purchase order", because: "A purchase still waits for a second person." }],
    }));

const issue = (order: Order) =>
  send(purchasing.IssuePurchaseOrder.of(order), {
    undo: purchasing.CancelPurchaseOrder.of({
      purchaseOrderId: order.purchaseOrderId,
      supplier: order.supplier,
      reason: "The requisition was withdrawn.",
    }),
  });
