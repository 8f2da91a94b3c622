/**
 * Money the bank takes back: a payment that was applied comes off its invoice again, once receivables say so.
 *
 * One thing stays true: it comes off in the order's own books only when receivables have confirmed it, and the invoice is owed again from
 * then on. What names no payment of exactly that amount is shown and never guessed.
 */
import { decimals, type payments } from "crossdock/canon";
import * as acts from "./order-acts.ts";
import { balanced, paidBack } from "./order-customer-balance.ts";
import {
  hearing,
  type Invoice,
  isPaid,
  isSettled,
  type OrderState,
  residue,
  wasHeard,
} from "./order-state.ts";
import { raised, type Step } from "./order-words.ts";

type BankEntry = (typeof payments.BankEntryReceived)["sample"];

/** A debit on the account: of an applied payment it is asked whether to take it off, of anything else it is shown. */
export function takenBack(
  state: OrderState,
  { bankReference, amount, invoiceId, valueDate }: BankEntry,
): Step {
  const fact = `taken back ${bankReference}`;
  if (wasHeard(state, fact)) return { note: `The debit ${bankReference} came again.` };
  const next = hearing(state, fact);
  const said = `Entry ${bankReference} debits ${amount.amount} ${amount.currency} and names invoice ${invoiceId ?? "(none)"}`;
  const invoice = state.invoices.find((known) => known.invoiceId === invoiceId);
  const backAsDecided = invoice ? paidBack(state, invoice, amount) : [];
  if (invoice && backAsDecided.length > 0) {
    const reason = `It was paid back as ${bankReference}.`;
    return {
      state: next,
      send: backAsDecided.map((one) =>
        acts.unapplyPayment(
          state,
          {
            bankReference,
            paymentId: one.paymentId,
            invoiceId: invoice.invoiceId,
            amount: decimals.money(one.amount, amount.currency),
            valueDate,
          },
          reason,
        ),
      ),
      note: `Entry ${bankReference} pays back what credit note ${state.inFavour?.creditNoteId} left in the customer's favour.`,
    };
  }
  const payment = invoice?.payments?.find((one) => decimals.compare(one.amount, amount.amount) === 0);
  if (!invoice || !payment || invoice.currency !== amount.currency || state.takenBack !== undefined)
    return {
      state: next,
      publish: [
        raised(state, "payment returned", {
          title: "The bank took money back.",
          reason: `${said}.`,
          owner: "accounts-receivable",
          valueAtRisk: amount,
        }),
      ],
      note: `Bank entry ${bankReference} is a debit; receivables must look at it.`,
    };
  const { paymentId } = payment;
  return {
    state: {
      ...next,
      takenBack: { bankReference, paymentId, invoiceId: invoice.invoiceId, amount, valueDate },
    },
    ask: [
      {
        approval: "payment back",
        because: `${said}, which payment ${paymentId} paid with as much. Approved, the payment comes off the invoice.`,
      },
    ],
  };
}

const settledOf = ({ takenBack: _, ...state }: OrderState): OrderState => state;

export function confirmed(state: OrderState, { by }: { by: string }): Step {
  const back = state.takenBack;
  if (!back) return { note: "Nothing was taken back." };
  return {
    state: settledOf(state),
    send: [acts.unapplyPayment(state, back, `The bank took it back as ${back.bankReference}.`)],
    note: `${by} takes payment ${back.paymentId} off invoice ${back.invoiceId}.`,
  };
}

export const denied = (state: OrderState, { by, comment }: { by: string; comment: string }): Step => ({
  state: settledOf(state),
  note: `${by} leaves the payment where it is: ${comment}`,
});

export const stillAsked = (): Step => ({
  ask: [{ approval: "payment back", because: "Money the bank took back still stands as paid." }],
});

type PaymentUnapplied = (typeof payments.PaymentUnapplied)["sample"];

/** Receivables took it off: its invoices are owed again. */
export function unapplied(state: OrderState, { paymentId, invoices, reason }: PaymentUnapplied): Step {
  const fact = `unapplied ${paymentId}`;
  if (wasHeard(state, fact)) return { note: `That payment ${paymentId} was taken off came again.` };
  const off = new Map(invoices.map(({ invoiceId, amount }) => [invoiceId, amount.amount]));
  const after: OrderState = {
    ...hearing(state, fact),
    invoices: state.invoices.map((invoice): Invoice => {
      const amount = off.get(invoice.invoiceId);
      if (amount === undefined) return invoice;
      return {
        ...invoice,
        pledged: decimals.subtract(invoice.pledged, amount),
        paid: decimals.subtract(invoice.paid, amount),
        payments: (invoice.payments ?? []).filter((one) => one.paymentId !== paymentId),
      };
    }),
  };
  const note = `Payment ${paymentId} was taken off: ${reason}`;
  // What was paid back is off the invoice that was credited: nothing is in anybody's favour.
  const { inFavour } = state;
  const credited = after.invoices.find(({ invoiceId }) => invoiceId === inFavour?.invoiceId);
  if (credited && isPaid(after))
    return { ...(decimals.isZero(residue(credited)) ? balanced(after) : { state: after }), note };
  const fewer = after.invoices.filter(isSettled).length < state.invoices.filter(isSettled).length;
  return {
    state: after,
    ...(fewer ? { withdraw: "paid" as const } : {}),
    start: ["payment due"],
    note,
  };
}
