/**
 * Goods at the door for a purchase order nobody told us of, or for none at all: kept, and asked about, until somebody says whose they are.
 *
 * One thing stays true: such a receipt is booked once, against the order that was told later or that a person named, or it is never
 * booked; and whoever took it in under another number is told. What was ordered is received in procure-to-pay; an order that is told in
 * time ends this story before it begins.
 */
import { process, send } from "crossdock";
import { operations, plant, procurement, stock } from "crossdock/canon";
import Type from "typebox";
import type { Policy } from "../policy.ts";

type Receipt = (typeof stock.GoodsReceived)["sample"];
const State = Type.Object({
  /** The order they came for; absent where their papers name none. */
  purchaseOrderId: Type.Optional(Type.String()),
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

type Answer = { readonly by: string; readonly comment: string };

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
  const why =
    state.purchaseOrderId === undefined
      ? "came, and the papers name no order."
      : `came for ${state.purchaseOrderId}, which nobody told us of.`;
  return { state: held, reach: "received" as const, ...ask(`${said(held)} ${why}`) };
};

/** The number a receipt has under the order it was given to: the warehouse's own was told for the other, and is known by that. */
const numberUnder = ({ receiptAdviceId }: Receipt, order: string): string => `${receiptAdviceId}/${order}`;

/** What a person answers, and who is told: our own warehouse is to correct its receipt; of another house it is said for it. */
const decisions = (policy: Policy) => {
  const corrections = ({ waiting }: State, reason: string, order?: string) => {
    const all = waiting.map((receipt) => ({
      receiptAdviceId: receipt.receiptAdviceId,
      ...(receipt.purchaseOrderId === undefined ? {} : { purchaseOrderId: receipt.purchaseOrderId }),
      ...(order === undefined
        ? {}
        : { correctOrderId: order, correctReceiptId: numberUnder(receipt, order) }),
      warehouse: receipt.warehouse,
      lines: receipt.lines,
      reason,
    }));
    const own = all.filter(({ warehouse }) => warehouse === policy.warehouse);
    return {
      said: all.filter((one) => !own.includes(one)).map((one) => stock.ReceiptCorrected.of(one)),
      send: own.map((one) => send(plant.CorrectReceipt.of(one))),
    };
  };
  return {
    approved(state: State, { by, comment }: Answer) {
      const order = orderIn(comment);
      if (order === null) return ask(`${by} named no purchase order: ${comment}`);
      if (order === state.purchaseOrderId)
        return ask(`${by} named ${order} itself, which is to be told first: ${comment}`);
      const corrected = corrections(state, comment, order);
      return {
        state: { ...state, waiting: [] },
        reach: "decided" as const,
        publish: [
          ...state.waiting.map((receipt) =>
            stock.GoodsReceived.of({
              ...receipt,
              purchaseOrderId: order,
              receiptAdviceId: numberUnder(receipt, order),
            }),
          ),
          ...corrected.said,
        ],
        send: corrected.send,
        note: `${by} has ${said(state)} received for ${order}: ${comment}`,
      };
    },
    declined(state: State, subject: string, { by, comment }: Answer) {
      const corrected = corrections(state, comment);
      return {
        state: { ...state, waiting: [] },
        reach: "decided" as const,
        publish: [
          operations.ExceptionRaised.of({
            subject,
            fingerprint: "unordered-receipt/not ours",
            class: "business hold",
            state: "held",
            title: "Goods that are not ours stand in the warehouse.",
            reason: `${said(state)}: ${by} says they are not ours: ${comment} Nothing is booked, and our own warehouse takes them out of its stock. Send them back, and say that it is dealt with.`,
            owner: "warehouse",
          }),
          ...corrected.said,
        ],
        send: corrected.send,
        note: `${by} has ${said(state)} sent back: ${comment}`,
      };
    },
    overdue: (state: State) => ask(`${said(state)} still waits.`),
  };
};

export const unorderedReceipt = (policy: Policy) => {
  const none = (purchaseOrderId: string): State => ({ purchaseOrderId, waiting: [], heard: [] });
  const { approved, declined, overdue } = decisions(policy);
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
    .whenApproved("unordered goods", approved)
    .whenDeclined("unordered goods", (state, answer) =>
      declined(state, `purchaseOrder/${state.purchaseOrderId}`, answer),
    )
    .whenOverdue("unordered goods", overdue);
};

/** The same question about goods whose papers name no order at all: each receipt is asked about by itself. */
export const namelessReceipt = (policy: Policy) => {
  const { approved, declined, overdue } = decisions(policy);
  return process({
    name: "nameless-receipt",
    version: 1,
    owner: "procurement",
    summary: "From goods that came for no order at all to whose they are.",
    keyType: "goodsReceipt",
    state: State,
    milestones: { received: {}, decided: {} },
    approvals: { "unordered goods": policy.reviews["unordered goods"] },
    afterEnd: [stock.GoodsUnassigned],
  })
    .startsOn(stock.GoodsUnassigned, "receiptAdviceId", (receipt) =>
      came({ waiting: [], heard: [] }, receipt),
    )
    .whenApproved("unordered goods", (state, answer) => ended(approved(state, answer)))
    .whenDeclined("unordered goods", (state, answer) =>
      ended(declined(state, `goodsReceipt/${state.heard[0]}`, answer)),
    )
    .whenOverdue("unordered goods", overdue);
};

/** A receipt by itself is over once it is decided about; an answer that decides nothing is asked again. */
const ended = <Step extends object>(step: Step) =>
  "reach" in step ? { ...step, end: "completed" as const } : step;
