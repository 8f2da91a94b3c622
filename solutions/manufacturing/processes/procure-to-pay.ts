/**
 * A purchase order from its issue to its payment: confirmed, announced, received, matched, paid.
 *
 * One thing stays true: nothing is paid that was not ordered, received and billed alike, or let pass by somebody who answers for
 * it. A delay notice older than the one in force changes nothing.
 *
 * @covers PRC-02, PRC-12, PRC-16, PRC-17, EVT-27, EVT-28, EVT-29, EVT-30, EVT-11
 */
import { process, send } from "crossdock";
import {
  decimals,
  finance,
  type Money,
  operations,
  payments,
  plant,
  procurement,
  purchasing,
  stock,
} from "crossdock/canon";
import Type from "typebox";
import { kept, match, opened, PurchaseLine } from "../matching.ts";
import type { Policy } from "../policy.ts";

const Billed = Type.Object({
  supplierInvoiceId: Type.String(),
  net: Type.String(),
  tax: Type.String(),
  gross: Type.String(),
  lines: Type.Array(
    Type.Object({ line: Type.String(), item: Type.String(), quantity: Type.String(), amount: Type.String() }),
  ),
  /** Waits for goods or for somebody, is being booked, is booked, is paid. */
  state: Type.Enum(["waiting", "in question", "booking", "paying", "paid"]),
  approver: Type.Union([Type.String(), Type.Null()]),
});
type Billed = Type.Static<typeof Billed>;

const State = Type.Object({
  purchaseOrderId: Type.String(),
  supplier: Type.String(),
  currency: Type.String(),
  lines: Type.Array(PurchaseLine),
  /** The date in force, and when the supplier said so last. */
  promised: Type.String(),
  promisedAt: Type.String(),
  invoices: Type.Array(Billed),
  /** Payments that left before we asked for them: nothing is paid a second time. */
  paidEarly: Type.Optional(Type.Array(Type.String())),
  heard: Type.Array(Type.String()),
});
type State = Type.Static<typeof State>;

export type { State as PurchaseState };

/** What nobody may ever do with a supplier's invoice. */
export const BEFORE_MATCH = {
  title: "A supplier was paid before its invoice was matched.",
  fingerprint: "procure-to-pay/paid-before-match",
};

const paymentOf = ({ purchaseOrderId }: State, { supplierInvoiceId }: Billed): string =>
  `${purchaseOrderId}/${supplierInvoiceId}`;

export const procureToPay = (policy: Policy) => {
  const head = ({ purchaseOrderId, supplier }: State) => ({ purchaseOrderId, supplier });
  const hears = (state: State, id: string): State => ({ ...state, heard: [...state.heard, id] });
  const again = (id: string) => ({ note: `${id} was heard before.` });
  const money = (state: State, amount: string) => ({ amount, currency: state.currency });
  const replaced = (state: State, invoice: Billed): State => ({
    ...state,
    invoices: state.invoices.map((one) =>
      one.supplierInvoiceId === invoice.supplierInvoiceId ? invoice : one,
    ),
  });
  const amounts = (state: State, invoice: Billed) =>
    invoice.lines.map(({ line, item, quantity, amount }) => ({
      line,
      item,
      quantity: { value: quantity, uom: "EA" },
      amount: money(state, amount),
    }));

  /** Books an invoice that may be paid. */
  const booking = (state: State, invoice: Billed, at: string) => ({
    publish: [
      procurement.SupplierInvoiceMatched.of({
        ...head(state),
        supplierInvoiceId: invoice.supplierInvoiceId,
        amount: money(state, invoice.gross),
        ...(invoice.approver === null ? {} : { approver: invoice.approver }),
      }),
    ],
    send: [
      send(
        purchasing.PostSupplierInvoice.of({
          ...head(state),
          supplierInvoiceId: invoice.supplierInvoiceId,
          lines: amounts(state, invoice),
          taxExclusiveAmount: money(state, invoice.net),
          taxAmount: money(state, invoice.tax),
          taxInclusiveAmount: money(state, invoice.gross),
          postingDate: at.slice(0, 10),
        }),
      ),
    ],
  });

  /** Holds a waiting invoice against what is known by now. */
  function judge(state: State, invoice: Billed, at: string) {
    const { lines, differences } = match(
      state.lines,
      amounts(state, invoice),
      policy.matchTolerance,
      state.currency,
    );
    if (differences.length === 0) {
      const matched: Billed = { ...invoice, state: "booking" };
      return {
        state: replaced({ ...state, lines: [...lines] }, matched),
        reach: "matched" as const,
        ...booking(state, matched, at),
      };
    }
    // Goods may still be on their way: only what came and differs is worth a question.
    const onTheWay = differences.every(({ kind }) => kind === "not received" || kind === "quantity");
    if (onTheWay && !isReceived(state)) return { state, note: "The invoice waits for the goods." };
    return {
      state: replaced(state, { ...invoice, state: "in question" }),
      publish: [
        procurement.SupplierInvoiceMismatched.of({
          ...head(state),
          supplierInvoiceId: invoice.supplierInvoiceId,
          differences: [...differences],
        }),
      ],
      ask: [
        {
          approval: "mismatch" as const,
          because: differences
            .map(
              ({ line, kind, expected, found }) =>
                `Line ${line}, ${kind}: expected ${expected}, found ${found}.`,
            )
            .join(" "),
        },
      ],
    };
  }

  return process({
    name: "procure-to-pay",
    version: 1,
    owner: "procurement",
    summary: "From an issued purchase order to its payment.",
    keyType: "purchaseOrder",
    state: State,
    milestones: {
      ordered: { due: "15m" },
      confirmed: { due: "1d" },
      notified: {},
      received: {},
      matched: {},
      paid: {},
    },
    approvals: {
      deviation: policy.reviews.deviation,
      mismatch: policy.reviews.mismatch,
      payment: policy.reviews.payment,
    },
    // What comes for an order nobody told of is asked about in unordered-receipt, and given to the order once there is one.
    onceStarted: [stock.GoodsReceived],
    // Beside whoever paid, the bank's statement tells of it.
    afterEnd: [finance.PostingAccepted, procurement.PurchaseOrderConfirmed, payments.PaymentSettled],
  })
    .startsOn(procurement.PurchaseOrderIssued, "purchaseOrderId", (order) => ({
      state: {
        purchaseOrderId: order.purchaseOrderId,
        supplier: order.supplier,
        currency: order.currency,
        lines: order.lines.map(({ line, item, quantity, price }) =>
          opened(line, item, quantity.value, decimals.divide(price.amount, price.per.value, 6)),
        ),
        promised: order.needBy,
        promisedAt: "",
        invoices: [],
        heard: [],
      },
      reach: "ordered",
      // What one of our entities buys from another is neither matched nor paid here.
      ...(order.sellingEntity === undefined
        ? {}
        : {
            end: "completed" as const,
            note: `${order.sellingEntity} is one of ours; the transfer tells the rest.`,
          }),
    }))

    .when(procurement.PurchaseOrderConfirmed, "purchaseOrderId", (state, answer, { at }) => {
      if (state.heard.includes(answer.confirmationId)) return again(answer.confirmationId);
      const lines = state.lines.map((line) => ({
        ...line,
        confirmed: answer.supplierCommitments
          .filter((one) => one.line === line.line)
          .reduce((sum, { confirmedQuantity }) => decimals.add(sum, confirmedQuantity.value), "0"),
      }));
      const promised =
        answer.supplierCommitments
          .map(({ promisedDate }) => promisedDate)
          .sort()
          .at(-1) ?? "";
      const next = { ...hears(state, answer.confirmationId), lines, promised, promisedAt: at };
      if (answer.deviations.length === 0) return { state: next, reach: "confirmed" };
      // Asked on account of a schedule change, it is decided there, as one case.
      if (answer.requestId !== undefined) return { state: next, note: answer.deviations.join(" ") };
      return {
        state: next,
        ask: [{ approval: "deviation", because: answer.deviations.join(" ") }],
      };
    })
    .whenApproved("deviation", (_state, { by }) => ({ reach: "confirmed", note: `${by} takes it as it is.` }))
    .whenDeclined("deviation", (state, { by, comment }) => ({
      send: [
        send(purchasing.CancelPurchaseOrder.of({ ...head(state), reason: comment || "Not as ordered." })),
      ],
      note: `${by} does not take it: ${comment}`,
    }))
    .whenOverdue("deviation", () => ({
      ask: [{ approval: "deviation", because: "Nobody has answered the supplier yet." }],
    }))

    .when(procurement.DeliveryDelayed, "purchaseOrderId", (state, delay) => {
      if (state.heard.includes(delay.noticeId)) return again(delay.noticeId);
      const next = hears(state, delay.noticeId);
      if (state.promisedAt !== "" && delay.noticedAt < state.promisedAt)
        return { state: next, note: `The notice of ${delay.noticedAt} is older than what is in force.` };
      return {
        state: { ...next, promised: delay.newDate, promisedAt: delay.noticedAt },
        withdraw: "confirmed",
        note: `${delay.item} comes on ${delay.newDate}: ${delay.cause}`,
      };
    })
    .when(procurement.ShipmentNotified, "purchaseOrderId", (state, advice) => {
      if (state.heard.includes(advice.despatchAdviceId)) return again(advice.despatchAdviceId);
      const lines = state.lines.map((line) => ({
        ...line,
        notified: advice.lines
          .filter((one) => one.line === line.line)
          .reduce((sum, { quantity }) => decimals.add(sum, quantity.value), line.notified),
      }));
      return { state: { ...hears(state, advice.despatchAdviceId), lines }, reach: "notified" };
    })

    .when(stock.GoodsReceived, "purchaseOrderId", (state, receipt) => {
      if (state.heard.includes(receipt.receiptAdviceId)) return again(receipt.receiptAdviceId);
      const came = (line: string, what: "receivedQuantity" | "rejectedQuantity") =>
        receipt.lines
          .filter((one) => one.line === line)
          .reduce((sum, one) => decimals.add(sum, one[what]?.value ?? "0"), "0");
      const lines = state.lines.map((line) => ({
        ...line,
        received: decimals.add(line.received, came(line.line, "receivedQuantity")),
        rejected: decimals.add(line.rejected, came(line.line, "rejectedQuantity")),
      }));
      const next = { ...hears(state, receipt.receiptAdviceId), lines };
      const day = receipt.receivedAt.slice(0, 10);
      const posting = send(
        plant.PostGoodsReceipt.of({
          purchaseOrderId: state.purchaseOrderId,
          receiptAdviceId: receipt.receiptAdviceId,
          warehouse: receipt.warehouse,
          documentDate: day,
          postingDate: day,
          lines: receipt.lines.map(({ line, item, receivedQuantity }) => ({
            line,
            item,
            quantity: receivedQuantity,
          })),
          ...(receipt.stage === undefined ? {} : { stage: receipt.stage }),
        }),
      );
      const whole = isReceived(next) ? { reach: "received" as const } : {};
      const waiting = next.invoices.find((invoice) => invoice.state === "waiting");
      if (!waiting) return { state: next, ...whole, send: [posting] };
      const judged = judge(next, waiting, receipt.receivedAt);
      const reach = [
        ...("reach" in whole ? [whole.reach] : []),
        ...("reach" in judged && judged.reach ? [judged.reach] : []),
      ];
      return {
        ...judged,
        ...(reach.length === 0 ? {} : { reach }),
        send: [posting, ...("send" in judged && judged.send ? judged.send : [])],
      };
    })

    .when(procurement.SupplierInvoiceReceived, "purchaseOrderId", (state, billed, { at }) => {
      if (state.invoices.some(({ supplierInvoiceId }) => supplierInvoiceId === billed.supplierInvoiceId))
        return again(billed.supplierInvoiceId);
      const invoice: Billed = {
        supplierInvoiceId: billed.supplierInvoiceId,
        net: billed.taxExclusiveAmount.amount,
        tax: billed.taxAmount.amount,
        gross: billed.taxInclusiveAmount.amount,
        lines: billed.lines.map(({ line, item, quantity, amount }) => ({
          line,
          item,
          quantity: quantity.value,
          amount: amount.amount,
        })),
        state: "waiting",
        approver: null,
      };
      return judge({ ...state, invoices: [...state.invoices, invoice] }, invoice, at);
    })
    .whenApproved("mismatch", (state, { by, at }) => {
      const invoice = state.invoices.find((one) => one.state === "in question");
      if (!invoice) return { note: "No invoice is in question." };
      const passed: Billed = { ...invoice, state: "booking", approver: by };
      const { lines } = match(state.lines, amounts(state, invoice), policy.matchTolerance, state.currency);
      return {
        state: replaced({ ...state, lines: [...lines] }, passed),
        reach: "matched",
        ...booking(state, passed, at),
      };
    })
    .whenDeclined("mismatch", (state, { by, comment }) => ({
      state: { ...state, invoices: state.invoices.filter((one) => one.state !== "in question") },
      note: `${by} sends the invoice back: ${comment}`,
    }))
    .whenOverdue("mismatch", () => ({
      ask: [{ approval: "mismatch", because: "The invoice is still in question." }],
    }))

    .when(finance.PostingAccepted, "purchaseOrderId", (state, { sourceDocument }, { at }) => {
      const invoice = state.invoices.find(
        (one) => one.supplierInvoiceId === sourceDocument && one.state === "booking",
      );
      if (!invoice) return { note: `The ledger booked ${sourceDocument}.` };
      if (state.paidEarly?.includes(paymentOf(state, invoice)))
        return {
          ...settled(replaced(state, { ...invoice, state: "paid" })),
          note: `${sourceDocument} is booked; it was paid before.`,
        };
      const paying: Billed = { ...invoice, state: "paying" };
      if (decimals.compare(invoice.gross, policy.paymentLimit) > 0) {
        return {
          state: replaced(state, paying),
          ask: [
            {
              approval: "payment",
              because: `${invoice.gross} ${state.currency} to ${state.supplier} is above ${policy.paymentLimit}.`,
            },
          ],
        };
      }
      return { state: replaced(state, paying), send: [paid(state, invoice, at)] };
    })
    .whenApproved("payment", (state, { by, at }) => ({
      send: state.invoices.filter((one) => one.state === "paying").map((one) => paid(state, one, at, by)),
    }))
    .whenDeclined("payment", (_state, { by, comment }) => ({ note: `${by} does not pay: ${comment}` }))
    .whenOverdue("payment", () => ({
      ask: [{ approval: "payment", because: "A payment still waits for a second person." }],
    }))
    .when(payments.PaymentSettled, "purchaseOrderId", (state, { payments: left, amount }) => {
      const { paidEarly: known = [] } = state;
      const stage = (id: string) => state.invoices.find((one) => paymentOf(state, one) === id)?.state;
      const ours = (id: string) => ["paying", "paid"].includes(stage(id) ?? "");
      const unasked = left.filter((id) => !ours(id) && !known.includes(id));
      const done = settled({
        ...state,
        invoices: state.invoices.map((one) =>
          one.state === "paying" && left.includes(paymentOf(state, one)) ? { ...one, state: "paid" } : one,
        ),
        ...(unasked.length > 0 ? { paidEarly: [...known, ...unasked] } : {}),
      });
      const unmatched = unasked.filter((id) => stage(id) !== "booking");
      return unmatched.length === 0 ? done : { ...done, publish: [tooEarly(state, unmatched, amount)] };
    });

  /** Done when everything came, was billed and is paid. */
  function settled(state: State) {
    const done = isReceived(state) && isMatched(state) && state.invoices.every((one) => one.state === "paid");
    return { state, ...(done ? { reach: "paid" as const, end: "completed" as const } : {}) };
  }

  function tooEarly(state: State, ids: readonly string[], valueAtRisk: Money) {
    return operations.ExceptionRaised.of({
      subject: `purchaseOrder/${state.purchaseOrderId}`,
      ...BEFORE_MATCH,
      class: "business hold",
      state: "held",
      reason: `${valueAtRisk.amount} ${valueAtRisk.currency} went to ${state.supplier} as ${ids.join(", ")}, and no invoice of that number is matched. Have it paid back, or the invoice matched; it is not paid again.`,
      owner: policy.reviews.payment.by,
      valueAtRisk,
    });
  }

  function paid(state: State, invoice: Billed, at: string, approvedBy?: string) {
    const { supplierInvoiceId, gross } = invoice;
    return send(
      purchasing.InstructPayment.of({
        ...head(state),
        paymentId: paymentOf(state, invoice),
        amount: money(state, gross),
        supplierInvoiceIds: [supplierInvoiceId],
        executionDate: at.slice(0, 10),
        ...(approvedBy === undefined ? {} : { approvedBy }),
      }),
      { pivot: true },
    );
  }
};

const isReceived = ({ lines }: State): boolean =>
  lines.every((line) => decimals.compare(kept(line), line.ordered) >= 0);
const isMatched = ({ lines }: State): boolean =>
  lines.every((line) => decimals.compare(line.matched, kept(line)) >= 0);
