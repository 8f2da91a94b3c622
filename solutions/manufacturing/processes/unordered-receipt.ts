/**
 * Goods at the door for a purchase order nobody told us of: kept, and asked about, until somebody says whose they are.
 *
 * One thing stays true: such a receipt is booked once, against the order that was told later or that a person named, or it is never
 * booked. What was ordered is received in procure-to-pay; an order that is told in time ends this story before it begins.
 */
import { process } from "crossdock";
import { operations, procurement, stock } from "crossdock/canon";
import Type from "typebox";
import type { Policy } from "../policy.ts";

type Receipt = (typeof stock.GoodsReceived)["sample"];
const State = Type.Object({
  purchaseOrderId: Type.String(),
  /** Receipts that are booked nowhere yet. */
  waiting: Type.Array(Type.Unsafe<Receipt>(stock.GoodsReceived.schema)),
  /** Receipts heard, by their numbers; what was decided about one is not asked again. */
  heard: Type.Array(Type.String()),
});
type State = Type.Static<typeof State>;

export type { State as UnorderedState };

/** `PO-412` of `PO-412: the driver's paper says 421.`; null where a comment begins with no number. */
const orderIn = (comment: string): string | null => /^\s*([^\s:,;]*\d[^\s:,;]*)/.exec(comment)?.[1] ?? null;

const HOW =
  "Approve with the number of the purchase order it belongs to, and why (PO-412: the papers were mixed up); decline what is not ours.";

export const unorderedReceipt = (policy: Policy) => {
  const none = (purchaseOrderId: string): State => ({ purchaseOrderId, waiting: [], heard: [] });
  const ask = (why: string) => ({
    ask: [{ approval: "unordered goods" as const, because: `${why} ${HOW}` }],
  });
  const said = ({ waiting }: State) =>
    waiting
      .map(({ receiptAdviceId, warehouse, lines }) => {
        const goods = lines.map(({ item, receivedQuantity: { value, uom } }) => `${value} ${uom} of ${item}`);
        return `${goods.join(", ")} at ${warehouse} as ${receiptAdviceId}`;
      })
      .join("; ");

  const came = (state: State, receipt: Receipt) => {
    const { receiptAdviceId, transferId } = receipt;
    if (state.heard.includes(receiptAdviceId))
      return { state, note: `The receipt ${receiptAdviceId} was heard before.` };
    const next = { ...state, heard: [...state.heard, receiptAdviceId] };
    if (transferId !== undefined) return { state: next, note: `${receiptAdviceId} is of a transfer.` };
    const held = { ...next, waiting: [...state.waiting, receipt] };
    return {
      state: held,
      reach: "received" as const,
      ...ask(`${said(held)} came for ${state.purchaseOrderId}, which nobody told us of.`),
    };
  };

  return process({
    name: "unordered-receipt",
    version: 1,
    owner: "procurement",
    summary: "From goods that came for an unknown purchase order to whose they are.",
    keyType: "purchaseOrder",
    state: State,
    milestones: { received: {}, decided: {} },
    approvals: { "unordered goods": policy.reviews["unordered goods"] },
    // From then on the order is known, and its goods are received in procure-to-pay.
    afterEnd: [stock.GoodsReceived, procurement.PurchaseOrderIssued],
  })
    .startsOn(
      procurement.PurchaseOrderIssued,
      "purchaseOrderId",
      ({ purchaseOrderId }) => ({ state: none(purchaseOrderId), end: "completed" as const }),
      (state) => ({
        state: { ...state, waiting: [] },
        publish: state.waiting.map((receipt) => stock.GoodsReceived.of(receipt)),
        ...(state.waiting.length === 0 ? {} : { reach: "decided" as const }),
        end: "completed",
        note: `${state.purchaseOrderId} was told of.`,
      }),
    )
    .startsOn(
      stock.GoodsReceived,
      "purchaseOrderId",
      (receipt) => came(none(receipt.purchaseOrderId ?? ""), receipt),
      came,
    )
    .whenApproved("unordered goods", (state, { by, comment }) => {
      const order = orderIn(comment);
      if (order === null) return ask(`${by} named no purchase order: ${comment}`);
      if (order === state.purchaseOrderId)
        return ask(`${by} named ${order} itself, which is to be told first: ${comment}`);
      return {
        state: { ...state, waiting: [] },
        reach: "decided",
        // Under a number of its own: the warehouse's was told for the other order, and is known by that.
        publish: state.waiting.map((receipt) =>
          stock.GoodsReceived.of({
            ...receipt,
            purchaseOrderId: order,
            receiptAdviceId: `${receipt.receiptAdviceId}/${order}`,
          }),
        ),
        note: `${by} has ${said(state)} received for ${order}: ${comment}`,
      };
    })
    .whenDeclined("unordered goods", (state, { by, comment }) => ({
      state: { ...state, waiting: [] },
      reach: "decided",
      publish: [
        operations.ExceptionRaised.of({
          subject: `purchaseOrder/${state.purchaseOrderId}`,
          fingerprint: "unordered-receipt/not ours",
          class: "business hold",
          state: "held",
          title: "Goods that are not ours stand in the warehouse.",
          reason: `${said(state)}: ${by} says they are not ours: ${comment} Nothing is booked. Send them back, take them out of the warehouse's stock and say that it is dealt with.`,
          owner: "warehouse",
        }),
      ],
      note: `${by} has ${said(state)} sent back: ${comment}`,
    }))
    .whenOverdue("unordered goods", (state) => ask(`${said(state)} still waits.`));
};
