/**
 * What a credit note leaves in a customer's favour: the invoice was paid, and the ERP took it back.
 *
 * A card gets its money back by itself. Of other money receivables say whether it is paid back; then it comes off the invoice with the
 * debit on the statement that names it, or it stays with us and is theirs to account for. Until one of the two is true, the order is
 * not over.
 */
import { decimals, type finance, payments } from "crossdock/canon";
import * as acts from "./order-acts.ts";
import { hearing, type Invoice, isPaid, type OrderState, residue, wasHeard } from "./order-state.ts";
import { raised, type Step } from "./order-words.ts";

const { isPositive, subtract } = decimals;

type CreditNote = (typeof finance.CreditNoteIssued)["sample"];
type InFavour = NonNullable<OrderState["inFavour"]>;
const say = ({ amount: { amount, currency } }: InFavour): string => `${amount} ${currency}`;

/** The step a credit note causes, and what follows where more was paid of its invoice than is left of it. */
export function withBalance(step: Step, state: OrderState, invoiceId: string, note: CreditNote): Step {
  const invoice = state.invoices.find((known) => known.invoiceId === invoiceId);
  const over = invoice ? subtract("0", residue(invoice)) : "0";
  if (!invoice || !isPositive(over)) return step;
  const { creditNoteId } = note;
  const card = state.order.payment.method === "card";
  const inFavour = {
    creditNoteId,
    invoiceId,
    amount: decimals.money(over, invoice.currency),
    payBack: card,
  };
  const { end: _, ...open } = step;
  const next = { ...state, inFavour };
  if (card) return { ...open, state: next, send: [...(step.send ?? []), acts.refundPayment(next, inFavour)] };
  return {
    ...open,
    state: next,
    ask: [
      {
        approval: "customer balance",
        because: `Credit note ${creditNoteId} takes ${note.taxInclusiveAmount.amount} ${note.taxInclusiveAmount.currency} off invoice ${invoiceId}, which was paid: ${say(inFavour)} are the customer's. Approved, they are paid back; declined, they stay for what the customer owes next.`,
      },
    ],
  };
}

/** It is over: nothing is in anybody's favour, or it is no longer the order's. */
export function balanced({ inFavour: _, ...state }: OrderState): Step {
  return isPaid(state) ? { state, stop: ["payment due"], end: "completed" } : { state };
}

/** Somebody at receivables instructs the payment; the statement will show it. */
export function toBePaidBack(state: OrderState, { by }: { by: string }): Step {
  const { inFavour } = state;
  if (!inFavour) return { note: "Nothing is in the customer's favour." };
  return {
    state: { ...state, inFavour: { ...inFavour, payBack: true } },
    start: ["payment due"],
    note: `${by} pays ${say(inFavour)} back; it comes off invoice ${inFavour.invoiceId} when the bank shows it.`,
  };
}

/** It is a case of receivables, who set it against what the customer owes next. */
export function staysWithUs(state: OrderState, { by, comment }: { by: string; comment: string }): Step {
  const { inFavour } = state;
  if (!inFavour) return { note: "Nothing is in the customer's favour." };
  const { creditNoteId, invoiceId, amount } = inFavour;
  return {
    ...balanced(state),
    publish: [
      payments.PaymentUnmatched.of({
        paymentId: creditNoteId,
        amount,
        residue: amount,
        reason: `Credit note ${creditNoteId} leaves it of invoice ${invoiceId}, which was paid: ${comment}`,
        candidates: [],
        salesOrderId: state.order.salesOrderId,
      }),
    ],
    note: `${by} keeps ${say(inFavour)} for what the customer owes next: ${comment}`,
  };
}

export const stillAsked = (): Step => ({
  ask: [{ approval: "customer balance", because: "A customer's money is with us since a credit note." }],
});

/** The payments that a debit of the bank pays back, where it was decided to; none where it is anything else. */
export function paidBack(
  { inFavour }: OrderState,
  invoice: Invoice,
  amount: { readonly amount: string; readonly currency: string },
): NonNullable<Invoice["payments"]> {
  const all = invoice.payments ?? [];
  const sum = decimals.add("0", ...all.map((one) => one.amount));
  const decided = inFavour?.payBack && inFavour.invoiceId === invoice.invoiceId;
  const same = amount.currency === invoice.currency && decimals.compare(sum, amount.amount) === 0;
  return decided && same ? all : [];
}

/** No statement shows it yet, after the time a payment takes. */
export const notPaidBack = (state: OrderState, inFavour: InFavour): Step => ({
  publish: [
    raised(state, "balance not paid back", {
      title: "Money that is to be paid back to a customer is on no statement.",
      reason: `${say(inFavour)} of invoice ${inFavour.invoiceId}, since credit note ${inFavour.creditNoteId}.`,
      owner: "accounts-receivable",
      valueAtRisk: inFavour.amount,
    }),
  ],
  start: ["payment due"],
});

type PaymentRefunded = (typeof payments.PaymentRefunded)["sample"];

/** The card has its money back. What is given back for goods is the story of their return. */
export function refunded(
  state: OrderState,
  { refundId, invoiceId, returnId, amount }: PaymentRefunded,
): Step {
  const fact = `refunded ${refundId}`;
  if (returnId !== undefined || wasHeard(state, fact))
    return { note: `${refundId} is known, or of a return.` };
  const invoices = state.invoices.map((invoice) =>
    invoice.invoiceId === invoiceId
      ? { ...invoice, refunded: decimals.add(invoice.refunded ?? "0", amount.amount) }
      : invoice,
  );
  return { ...balanced({ ...hearing(state, fact), invoices }), note: `Given back as ${refundId}.` };
}
