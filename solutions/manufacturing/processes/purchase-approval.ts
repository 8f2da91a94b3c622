/**
 * A requisition on its way to a purchase order: small ones are ordered, large ones are looked at by a second person first.
 *
 * One thing stays true: one requisition becomes one purchase order, under a number that follows from its own.
 *
 * @covers PRC-11
 */
import { process, send } from "crossdock";
import { decimals, operations, procurement, purchasing } from "crossdock/canon";
import Type from "typebox";
import type { Policy } from "../policy.ts";

type Order = (typeof purchasing.IssuePurchaseOrder)["sample"];
const State = Type.Object({
  /** Null: the requisition did not say enough to be ordered. */
  order: Type.Union([Type.Unsafe<Order>(purchasing.IssuePurchaseOrder.schema), Type.Null()]),
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
      const { supplier, needBy, lines } = requisition;
      const unpriced = lines
        .filter(({ price }) => price === undefined)
        .map(({ line }) => `a price of line ${line}`);
      const lacks = [
        ...(supplier === undefined ? ["a supplier"] : []),
        ...(needBy === undefined ? ["a day"] : []),
        ...unpriced,
      ];
      if (supplier === undefined || needBy === undefined || unpriced.length > 0) {
        const why = `Requisition ${requisition.requisitionId} lacks ${lacks.join(", ")}.`;
        return {
          state: { order: null, total: "" },
          publish: [
            operations.ExceptionRaised.of({
              subject: `requisition/${requisition.requisitionId}`,
              fingerprint: "purchase-approval/incomplete",
              class: "data",
              state: "held",
              title: "A requisition cannot be ordered.",
              reason: `${why} Complete it in procurement and approve it under a new number.`,
              owner: policy.reviews.purchase.by,
            }),
          ],
          end: { abandon: why },
        };
      }
      const order = {
        purchaseOrderId: orderOf(requisition.requisitionId),
        supplier,
        requisitionId: requisition.requisitionId,
        currency: policy.currency,
        needBy,
        lines: lines.flatMap(({ line, item, quantity, price }) =>
          price ? [{ line, item, quantity, price }] : [],
        ),
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
    .whenApproved("purchase order", ({ order }) => ({
      reach: "ordered",
      send: order === null ? [] : [issue(order)],
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
