/**
 * Goods one of our entities sells to another: ordered, mirrored in the seller's books, sent, received, and booked by both alike.
 *
 * One thing stays true: it is balanced only when everything that left has arrived, and what the buyer owes is what the seller is owed,
 * each as its own ledger says it booked it. A difference is stated and shown; it is never posted away.
 *
 * @covers PRC-07, EVT-13
 */
import { type Decision, process, send } from "crossdock";
import {
  costing,
  decimals,
  erp,
  finance,
  type Money,
  operations,
  plant,
  procurement,
  sales,
  stock,
  UnitPrice,
} from "crossdock/canon";
import Type from "typebox";
import type { Policy } from "../policy.ts";
import { dayOf } from "../words.ts";

const Booked = Type.Array(Type.Object({ ledgerReference: Type.String(), amount: Type.String() }));
const Moved = Type.Object({ movementId: Type.String(), quantity: Type.String(), at: Type.String() });
const State = Type.Object({
  transferId: Type.String(),
  seller: Type.String(),
  item: Type.String(),
  uom: Type.String(),
  ordered: Type.String(),
  price: UnitPrice,
  salesOrderId: Type.Union([Type.String(), Type.Null()]),
  /** The seller's own number of the order; what left before it is known waits for it. */
  sellerOrder: Type.Union([Type.String(), Type.Null()]),
  left: Type.Array(Moved),
  waiting: Type.Array(Moved),
  received: Type.Array(Moved),
  receivable: Booked,
  payable: Booked,
  /** What was stated last, so that the same is not stated again. */
  stated: Type.Union([Type.String(), Type.Null()]),
});
type State = Type.Static<typeof State>;

export type { State as IntercompanyState };

type Moved = Type.Static<typeof Moved>;
type Milestone = "ordered" | "mirrored" | "dispatched" | "received" | "invoiced" | "balanced";
type Step = Decision<State, { milestone: Milestone; approval: never; timer: "transit" }>;

const sum = (values: readonly string[]): string => decimals.add("0", ...values);
const quantityOf = (moved: readonly Moved[]): string => sum(moved.map(({ quantity }) => quantity));
const amountOf = (booked: Type.Static<typeof Booked>): string => sum(booked.map(({ amount }) => amount));
const missing = ({ left, received }: State): string =>
  decimals.subtract(quantityOf(left), quantityOf(received));

export const intercompany = (policy: Policy) => {
  const accounts = policy.betweenEntities;
  const money = ({ price }: State, amount: string): Money => decimals.money(amount, price.currency);

  /** Goods left: the seller's stock and value follow them, under the seller's number of the order. */
  const issues = (state: State, sellerOrder: string, moved: readonly Moved[]) =>
    moved.map(({ movementId, quantity, at }) =>
      send(
        erp.PostGoodsIssue.of({
          salesOrderId: state.transferId,
          erpOrderId: sellerOrder,
          shipmentId: movementId,
          entity: state.seller,
          transferId: state.transferId,
          lines: [{ line: "1", item: state.item, quantity: { value: quantity, uom: state.uom } }],
          dispatchedAt: at,
        }),
        { pivot: true },
      ),
    );

  /** Holds both books against each other once both have spoken, or when goods are late. */
  function balance(state: State, { late }: { late: boolean }): Step {
    const { left, received, receivable, payable, transferId, seller } = state;
    const booked = receivable.length === left.length && payable.length === received.length;
    const whole = decimals.isZero(missing(state)) && left.length > 0;
    const [owed, owing] = [receivable.at(-1), payable.at(-1)];
    if (!booked || !owed || !owing || !(whole || late)) return { state };
    const [due, owes] = [money(state, amountOf(receivable)), money(state, amountOf(payable))];
    const difference = money(state, decimals.subtract(due.amount, owes.amount));
    const says = `${difference.amount}/${missing(state)}`;
    if (state.stated === says) return { state, note: "Nothing about the difference has changed." };
    const fact = costing.IntercompanyBalanced.of({
      transferId,
      receivable: {
        entity: seller,
        ledgerReference: owed.ledgerReference,
        amount: due,
      },
      payable: {
        entity: policy.entity,
        ledgerReference: owing.ledgerReference,
        amount: owes,
      },
      difference,
    });
    const next = { ...state, stated: says };
    if (decimals.isZero(difference.amount) && whole)
      return { state: next, publish: [fact], reach: "balanced" as const, end: "completed" as const };
    const reason = `${seller} is owed ${due.amount} and ${policy.entity} owes ${owes.amount} ${due.currency}; ${missing(state)} ${state.uom} of ${state.item} have not arrived.`;
    return {
      state: next,
      publish: [
        fact,
        shown(
          state,
          "difference",
          "Two of our entities disagree about a transfer.",
          reason,
          difference.amount,
        ),
      ],
    };
  }

  const shown = (state: State, cause: string, title: string, reason: string, worth: string) =>
    operations.ExceptionRaised.of({
      subject: `transfer/${state.transferId}`,
      fingerprint: `intercompany/${cause}`,
      class: "business hold",
      state: "held",
      title,
      reason,
      owner: "finance",
      valueAtRisk: money(state, worth.replace(/^-/, "")),
      ...(state.salesOrderId === null ? {} : { salesOrderId: state.salesOrderId }),
    });

  const worthOf = (state: State, quantity: string): string =>
    decimals.priceOf({ value: quantity, uom: state.uom }, state.price).amount;

  return process({
    name: "intercompany",
    version: 1,
    owner: "finance",
    summary: "From an order of one of our entities at another to books that agree.",
    keyType: "transfer",
    state: State,
    milestones: {
      ordered: {},
      mirrored: { due: "15m" },
      dispatched: {},
      received: {},
      invoiced: {},
      balanced: {},
    },
    timers: { transit: policy.patience.transit },
    // Most transfers stay within one entity.
    ifStarted: [stock.StockTransferred, stock.GoodsReceived],
    afterEnd: [stock.StockTransferred, finance.PostingAccepted],
  })
    .startsOn(procurement.PurchaseOrderIssued, "transferId", (order) => {
      const [line] = order.lines;
      return {
        state: {
          transferId: order.transferId ?? "",
          seller: order.sellingEntity ?? order.supplier,
          item: line?.item ?? "",
          uom: line?.quantity.uom ?? "",
          ordered: line?.quantity.value ?? "0",
          price: line?.price as UnitPrice,
          salesOrderId: order.salesOrderId ?? null,
          sellerOrder: null,
          left: [],
          waiting: [],
          received: [],
          receivable: [],
          payable: [],
          stated: null,
        },
        reach: "ordered",
      };
    })
    .when(sales.OrderAccepted, "transferId", (state, { erpOrderId }) => {
      if (erpOrderId === undefined || state.sellerOrder !== null)
        return { note: "The seller's number is known, or was not told." };
      return {
        state: { ...state, sellerOrder: erpOrderId, waiting: [] },
        reach: "mirrored",
        send: issues(state, erpOrderId, state.waiting),
      };
    })
    .when(
      stock.StockTransferred,
      "transferId",
      (state, { stage, movementId = "", quantity, transferredAt }) => {
        if (stage === "arrived") return { note: "Its receipt says so." };
        if (state.left.some((one) => one.movementId === movementId))
          return { note: `The movement ${movementId} was heard before.` };
        const moved = { movementId, quantity: quantity.value, at: transferredAt };
        const next: State = { ...state, left: [...state.left, moved] };
        const known = state.sellerOrder !== null;
        return {
          state: known ? next : { ...next, waiting: [...next.waiting, moved] },
          reach: "dispatched",
          ...(known ? { send: issues(next, state.sellerOrder ?? "", [moved]) } : {}),
          start: ["transit"],
        };
      },
    )
    .when(stock.GoodsReceived, "transferId", (state, { receiptAdviceId, warehouse, lines, receivedAt }) => {
      if (state.received.some(({ movementId }) => movementId === receiptAdviceId))
        return { note: `The receipt ${receiptAdviceId} was heard before.` };
      const value = sum(
        lines.filter(({ item }) => item === state.item).map(({ receivedQuantity }) => receivedQuantity.value),
      );
      const came = { movementId: receiptAdviceId, quantity: value, at: receivedAt };
      const next: State = { ...state, received: [...state.received, came] };
      const each = decimals.priceOf({ value: "1", uom: state.uom }, state.price);
      const whole = decimals.isZero(missing(next));
      return {
        state: next,
        ...(whole ? { reach: "received" as const, stop: ["transit" as const] } : {}),
        send: [
          send(
            plant.PostGoodsReceipt.of({
              purchaseOrderId: state.transferId,
              receiptAdviceId,
              warehouse,
              sellingEntity: state.seller,
              transferId: state.transferId,
              documentDate: dayOf(receivedAt),
              postingDate: dayOf(receivedAt),
              lines: [{ line: "1", item: state.item, quantity: { value, uom: state.uom }, price: each }],
            }),
          ),
        ],
      };
    })
    .when(finance.PostingAccepted, "transferId", (state, { ledger, ledgerReference, lines = [] }) => {
      const on = (account: string, side: "debit" | "credit") =>
        lines.find((line) => line.account === account)?.[side].amount;
      const receivable = ledger === state.seller ? on(accounts.receivable, "debit") : undefined;
      const payable = ledger === state.seller ? undefined : on(accounts.payable, "credit");
      if (receivable === undefined && payable === undefined)
        return { note: `${ledger} booked ${ledgerReference}, which is owed by neither entity.` };
      const add = (booked: State["payable"], amount: string | undefined) =>
        amount === undefined || booked.some((one) => one.ledgerReference === ledgerReference)
          ? booked
          : [...booked, { ledgerReference, amount }];
      const next: State = {
        ...state,
        receivable: add(state.receivable, receivable),
        payable: add(state.payable, payable),
      };
      const step = balance(next, { late: false });
      const reach = [
        ...(receivable === undefined ? [] : ["invoiced" as const]),
        ...[step.reach ?? []].flat(),
      ];
      return { ...step, ...(reach.length === 0 ? {} : { reach }) };
    })
    .when(procurement.PurchaseOrderCancelled, "transferId", (_, { reason }) => ({ end: { abandon: reason } }))
    .whenElapsed("transit", (state) => {
      if (decimals.isZero(missing(state))) return { note: "Everything has arrived." };
      const late = balance(state, { late: true });
      if (late.publish !== undefined) return { ...late, start: ["transit" as const] };
      const reason = `${missing(state)} ${state.uom} of ${state.item} left ${state.seller} and have not arrived.`;
      return {
        ...late,
        publish: [
          shown(
            state,
            "late",
            "Goods between two of our entities are late.",
            reason,
            worthOf(state, missing(state)),
          ),
        ],
        start: ["transit" as const],
      };
    });
};
