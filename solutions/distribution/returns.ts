/**
 * Returns: from the wish to give goods back to the money for them.
 *
 * Six milestones: requested, authorised, received, inspected, credited, settled. One thing stays true: nothing is credited
 * that was not billed, that did not come back, or that was credited before; what a piece is credited with follows from the
 * invoice, its tax from the tax engine.
 *
 * @covers PRC-05, PRC-22, EVT-14, EVT-38
 */
import { process, send } from "crossdock";
import {
  decimals,
  erp,
  finance,
  LineAmount,
  LineQuantity,
  operations,
  payments,
  returns,
  settlement,
} from "crossdock/canon";
import Type from "typebox";
import type { Policy } from "./policy.ts";

const { compare, divide, isPositive, money, multiply, smaller } = decimals;

const Invoice = Type.Object({
  invoiceId: Type.String(),
  shipmentId: Type.String(),
  customer: Type.String(),
  currency: Type.String(),
  lines: Type.Array(LineAmount),
});
export const ReturnState = Type.Object({
  returnId: Type.String(),
  salesOrderId: Type.String(),
  invoiceId: Type.String(),
  reason: Type.String(),
  settleBy: Type.Enum(["card", "credit"]),
  asked: Type.Array(LineQuantity),
  /** As the ERP states it; null until it has. */
  invoice: Type.Union([Invoice, Type.Null()]),
  rmaId: Type.Union([Type.String(), Type.Null()]),
  /** What came back, and of it what is credited. */
  credited: Type.Array(LineAmount),
  receiptAdviceId: Type.Union([Type.String(), Type.Null()]),
  /** Whether the goods go back on the shelf, and whether the ERP has booked them there. */
  shelf: Type.Enum(["not", "asked", "booked"]),
  creditNoteId: Type.Union([Type.String(), Type.Null()]),
  settled: Type.Boolean(),
});
export type ReturnState = Type.Static<typeof ReturnState>;

type Requested = (typeof returns.ReturnRequested)["sample"];
type Stated = (typeof returns.InvoiceStated)["sample"];
type Came = (typeof returns.GoodsReturned)["sample"];

const head = ({ returnId, salesOrderId }: ReturnState) => ({ returnId, salesOrderId });
const day = (instant: string) => instant.slice(0, 10);
const told = (lines: readonly LineQuantity[]) =>
  lines.map(({ item, quantity }) => `${quantity.value} ${quantity.uom} of ${item}`).join(", ");

/** Tells the owner of something that a rule cannot settle. */
export const shown = (
  { returnId, salesOrderId }: ReturnState,
  cause: string,
  about: { title: string; reason: string; owner: string },
) =>
  operations.ExceptionRaised.of({
    subject: `return/${returnId}`,
    fingerprint: `returns/${cause}`,
    class: "business hold",
    state: "held",
    salesOrderId,
    ...about,
  });

/** Why the goods cannot come back as asked, each a sentence; empty when they can. */
export function objections(state: ReturnState, invoice: Stated): string[] {
  const billed = new Map(invoice.lines.map((line) => [line.line, line]));
  return state.asked.flatMap(({ line, item, quantity }) => {
    const known = billed.get(line);
    if (!known || known.item !== item)
      return [`Invoice ${invoice.invoiceId} has no line ${line} of ${item}.`];
    if (known.quantity.uom !== quantity.uom)
      return [`Line ${line} was billed in ${known.quantity.uom}, not in ${quantity.uom}.`];
    return compare(quantity.value, known.quantity.value) > 0
      ? [`Of ${item} ${known.quantity.value} were billed, ${quantity.value} shall come back.`]
      : [];
  });
}

/** What came back, valued as it was billed; never more than was authorised. */
export function valued(state: ReturnState, came: readonly LineQuantity[]): LineAmount[] {
  const billed = new Map(state.invoice?.lines.map((line) => [line.line, line]));
  const allowed = new Map(state.asked.map((line) => [line.line, line]));
  return came.flatMap(({ line, item, quantity }) => {
    const known = billed.get(line);
    const limit = allowed.get(line);
    if (!known || !limit || limit.item !== item || limit.quantity.uom !== quantity.uom) return [];
    const value = smaller(quantity.value, limit.quantity.value);
    if (!isPositive(value)) return [];
    const { amount, currency } = known.amount;
    const share = divide(multiply(amount, value), known.quantity.value, 6);
    return [{ line, item, quantity: { value, uom: quantity.uom }, amount: money(share, currency) }];
  });
}

/** Days added to a calendar day. */
const later = (from: string, days: number): string =>
  new Date(Date.parse(`${from}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);

export const returnsProcess = (policy: Policy) => {
  const authorise = (state: ReturnState, at: string) => {
    const validUntil = later(day(at), policy.returns.validDays);
    const rmaId = `RMA-${state.returnId}`;
    return {
      state: { ...state, rmaId },
      reach: "authorised" as const,
      publish: [
        returns.ReturnAuthorised.of({
          ...head(state),
          rmaId,
          lines: state.asked,
          instructionForReturns: policy.returns.instruction,
          validUntil,
          authorisedAt: at,
        }),
      ],
      start: [{ timer: "authorisation ends" as const, at: `${validUntil}T23:59:59Z` }],
    };
  };

  /** The invoice is known: what the rules allow is authorised, everything else is a question. */
  const stated = (state: ReturnState, invoice: Stated, at: string) => {
    if (state.invoice !== null) return { note: `Invoice ${invoice.invoiceId} is known.` };
    const { invoiceId, shipmentId, customer, currency, lines } = invoice;
    const next: ReturnState = { ...state, invoice: { invoiceId, shipmentId, customer, currency, lines } };
    const against = objections(next, invoice);
    if (against.length > 0) {
      return { state: next, end: { abandon: `The return is not possible: ${against.join(" ")}` } };
    }
    if (policy.returns.reasons.includes(state.reason)) return authorise(next, at);
    const because = `${told(state.asked)} of invoice ${invoiceId} shall come back: ${state.reason}.`;
    return { state: next, ask: [{ approval: "return authorisation" as const, because }] };
  };

  /** Goods are back and somebody has looked at them: tax first, since the credit note carries it. */
  const received = (state: ReturnState, came: Came, at: string) => {
    if (state.receiptAdviceId !== null) {
      return { note: `Goods of this return came before, with ${state.receiptAdviceId}.` };
    }
    const { invoice } = state;
    if (!invoice || state.rmaId === null) {
      return {
        publish: [
          shown(state, "came unauthorised", {
            title: "Goods came back that nobody has authorised.",
            reason: `${told(came.lines)} came with ${came.receiptAdviceId}.`,
            owner: "customer-service",
          }),
        ],
        note: "Goods came back before the return was authorised.",
      };
    }
    const credited = valued(state, came.lines);
    const over = came.lines.filter(({ line, quantity }) => {
      const taken = credited.find((one) => one.line === line);
      return !taken || compare(quantity.value, taken.quantity.value) > 0;
    });
    const restocked = came.restockDecision === "restock" && credited.length > 0;
    const next: ReturnState = {
      ...state,
      credited,
      receiptAdviceId: came.receiptAdviceId,
      shelf: restocked ? "asked" : "not",
    };
    const publish = over.length === 0 ? [] : [more(state, over)];
    if (credited.length === 0) {
      return { state: next, publish, reach: ["received" as const], note: "Nothing of it can be credited." };
    }
    const quantities = credited.map(({ line, item, quantity }) => ({ line, item, quantity }));
    return {
      state: next,
      reach: ["received" as const, "inspected" as const],
      stop: ["authorisation ends" as const],
      ...(publish.length > 0 ? { publish } : {}),
      send: [
        ...(restocked
          ? [
              send(
                returns.PostGoodsReturn.of({
                  ...head(state),
                  invoiceId: invoice.invoiceId,
                  currency: invoice.currency,
                  lines: quantities,
                  receiptAdviceId: came.receiptAdviceId,
                  returnedAt: came.returnedAt,
                }),
                { pivot: true },
              ),
            ]
          : []),
        send(
          returns.CreditTax.of({
            ...head(state),
            documentCode: `${state.returnId}/credit`,
            customer: invoice.customer,
            currency: invoice.currency,
            lines: credited,
            taxPointDate: day(at),
          }),
        ),
      ],
      note: `${came.condition}: ${came.restockDecision}.`,
    };
  };
  const more = (state: ReturnState, over: readonly LineQuantity[]) =>
    shown(state, "more came back", {
      title: "More came back than was authorised.",
      reason: `Of ${told(over)} only what was authorised is credited.`,
      owner: "customer-service",
    });

  const taxed = (state: ReturnState, tax: (typeof returns.TaxCredited)["sample"], at: string) => {
    const { invoice, credited, creditNoteId } = state;
    if (!invoice || creditNoteId !== null || credited.length === 0)
      return { note: "The tax is known already." };
    const net = decimals.total(
      credited.map(({ amount }) => amount),
      invoice.currency,
    );
    if (compare(tax.taxableAmount.amount, net.amount) !== 0) {
      return {
        publish: [
          shown(state, "tax base differs", {
            title: "The tax engine credited tax of another amount.",
            reason: `It took ${tax.taxableAmount.amount}; ${net.amount} ${net.currency} are credited.`,
            owner: "finance",
          }),
        ],
        note: "No credit note is posted: its tax was taken of another amount.",
      };
    }
    return {
      send: [
        send(
          erp.PostCreditNote.of({
            ...head(state),
            customer: invoice.customer,
            currency: invoice.currency,
            invoiceId: invoice.invoiceId,
            lines: credited,
            taxExclusiveAmount: net,
            taxAmount: tax.taxAmount,
            taxInclusiveAmount: decimals.total([net, tax.taxAmount], invoice.currency),
            reason: `Return ${state.returnId}: ${state.reason}`,
            issueDate: day(at),
          }),
          { pivot: true },
        ),
      ],
    };
  };

  /** The finance ledger's copy of what the ERP booked. */
  const copied = (
    state: ReturnState,
    sourceDocument: string,
    postingDate: string,
    lines: (typeof settlement.PostEntry)["sample"]["lines"],
  ) =>
    send(
      settlement.PostEntry.of({
        salesOrderId: state.salesOrderId,
        sourceDocument,
        ledger: policy.ledger.name,
        postingDate,
        fiscalPeriod: policy.fiscalCalendar(postingDate).period,
        memo: `${sourceDocument}, return ${state.returnId} of order ${state.salesOrderId}`,
        lines,
      }),
    );

  const shelved = (state: ReturnState, posting: (typeof finance.PostingAccepted)["sample"], at: string) => {
    if (state.shelf !== "asked" || !posting.lines) return { note: "The goods are on the shelf already." };
    return {
      ...done({ ...state, shelf: "booked" }),
      send: [copied(state, posting.ledgerReference, day(at), posting.lines)],
    };
  };

  const credited = (state: ReturnState, note: (typeof finance.CreditNoteIssued)["sample"]) => {
    if (state.creditNoteId !== null) return { note: `Credit note ${state.creditNoteId} is known.` };
    const byCard = state.settleBy === "card";
    const { ledger } = policy;
    const zero = money("0", note.taxAmount.currency);
    const lines = [
      { account: ledger.revenue, debit: note.taxExclusiveAmount, credit: zero },
      ...(decimals.isZero(note.taxAmount.amount)
        ? []
        : [{ account: ledger.tax, debit: note.taxAmount, credit: zero }]),
      { account: ledger.receivables, debit: zero, credit: note.taxInclusiveAmount },
    ];
    const refund = settlement.RefundPayment.of({
      ...head(state),
      invoiceId: state.invoiceId,
      amount: note.taxInclusiveAmount,
      reason: `Credit note ${note.creditNoteId}`,
    });
    return {
      ...done({ ...state, creditNoteId: note.creditNoteId, settled: !byCard }),
      reach: byCard ? ["credited" as const] : ["credited" as const, "settled" as const],
      send: [
        copied(state, note.creditNoteId, note.issueDate, lines),
        ...(byCard ? [send(refund, { pivot: true })] : []),
      ],
      ...(byCard ? {} : { note: "The credit lowers what the customer owes." }),
    };
  };

  /** It is over when the money is back and the goods are where they belong. */
  const done = (state: ReturnState) => ({
    state,
    ...(state.settled && state.shelf !== "asked" ? { end: "completed" as const } : {}),
  });

  return process({
    name: "returns",
    version: 1,
    owner: "customer-service",
    summary: "From the wish to give goods back to the money for them.",
    keyType: "return",
    state: ReturnState,
    milestones: {
      requested: {},
      authorised: { due: "1d" },
      received: {},
      inspected: {},
      credited: {},
      settled: {},
    },
    approvals: { "return authorisation": policy.returns.review },
    timers: { "authorisation ends": "30d" },
  })
    .startsOn(returns.ReturnRequested, "returnId", (request: Requested) => {
      const { returnId, salesOrderId, lines, reasonCode, invoiceId, settleBy } = request;
      const state: ReturnState = {
        returnId,
        salesOrderId,
        invoiceId: invoiceId ?? "",
        reason: reasonCode,
        settleBy: settleBy ?? "credit",
        asked: lines,
        invoice: null,
        rmaId: null,
        credited: [],
        receiptAdviceId: null,
        shelf: "not",
        creditNoteId: null,
        settled: false,
      };
      if (invoiceId === undefined) {
        const why = "The return names no invoice, and what is credited follows from one.";
        return { state, reach: "requested", end: { abandon: why } };
      }
      return {
        state,
        reach: "requested",
        send: [send(returns.ReadInvoice.of({ ...head(state), invoiceId }))],
      };
    })
    .when(returns.InvoiceStated, "returnId", (state, invoice, { at }) => stated(state, invoice, at))
    .whenApproved("return authorisation", (state, { at, by }) => ({
      ...authorise(state, at),
      note: `${by} lets the goods come back.`,
    }))
    .whenDeclined("return authorisation", (_state, { by, comment }) => ({
      end: { abandon: `${by} does not take the goods back: ${comment}` },
    }))
    .whenOverdue("return authorisation", () => ({
      ask: [{ approval: "return authorisation", because: "A customer still waits to hear about a return." }],
    }))
    .when(returns.GoodsReturned, "returnId", (state, came, { at }) => received(state, came, at))
    .whenElapsed("authorisation ends", () => ({ end: { abandon: "The goods did not come back in time." } }))
    .when(returns.TaxCredited, "returnId", (state, tax, { at }) => taxed(state, tax, at))
    .when(finance.CreditNoteIssued, "returnId", credited)
    .when(finance.PostingAccepted, "returnId", (state, posting, { at }) => shelved(state, posting, at))
    .when(payments.PaymentRefunded, "returnId", (state, { refundId }) => ({
      ...done({ ...state, settled: true }),
      reach: "settled",
      note: `Given back as ${refundId}.`,
    }));
};
