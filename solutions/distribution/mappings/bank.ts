/**
 * Payments on bank statements, and what they are for.
 *
 * The tables of `crossdock/mappings` say what a statement means, one fact for each payment on it. A payer writes the invoice number
 * somewhere into the text; every word that could be one is tried against the invoices we know. What names none is a payment all
 * the same, and receivables are told that it is unmatched.
 */
import { apart, type Carried, ContractBroken, carried, type Message, type Reference } from "crossdock";
import { decimals, payments } from "crossdock/canon";
import type { Mapped } from "crossdock/mappings/iso20022";

type Received = (typeof payments.BankEntryReceived)["sample"];

/** What a statement tells of each payment, and what it says of it beyond that; of itself, beside the first. */
export const paymentsOf = (mapped: Mapped): (Carried<Received> | ContractBroken)[] =>
  apart(mapped).map((one) =>
    one instanceof ContractBroken ? one : carried(one.value.data as Received, one.notCarried),
  );

const WORDS_MAX = 12;

/** Words of the payer's text that could be invoice numbers: with a digit, four to forty characters. */
export function candidates({ remittance, endToEndId }: Received): string[] {
  const words = [remittance, endToEndId ?? ""].flatMap((text) => text.split(/[\s,;]+/));
  return [...new Set(words.filter((word) => /^(?=.*\d)[\w./-]{4,40}$/.test(word)))].slice(0, WORDS_MAX);
}

const goesOut = ({ creditDebitIndicator }: Received): boolean => creditDebitIndicator === "DBIT";

/** We instruct payments of purchases under `PO-1/SI-1`. */
const paysPurchase = (payment: Received): boolean =>
  goesOut(payment) && (payment.endToEndId ?? "").includes("/");

/**
 * Money that pays a purchase names its order, before what the supplier billed. What comes names invoices of ours, and so does what a
 * bank takes back.
 */
export const toFind = (payment: Received): Reference[] =>
  paysPurchase(payment)
    ? [{ key: { type: "purchaseOrder", value: payment.endToEndId!.split("/")[0]! }, give: "purchaseOrder" }]
    : candidates(payment).map((value) => ({ key: { type: "invoice", value }, give: "order" }));

/** The payment with the invoice it names and that invoice's order, where it names one; and with all others it names. */
export function recognised(payment: Received, found: readonly (string | null)[]): Received {
  const purchaseOrderId = paysPurchase(payment) && found[0];
  if (purchaseOrderId) return { ...payment, purchaseOrderId };
  const named = candidates(payment).flatMap((invoiceId, at) => {
    const salesOrderId = found[at] ?? null;
    return salesOrderId === null ? [] : [{ invoiceId, salesOrderId }];
  });
  const [first, ...alsoFor] = named;
  return {
    ...payment,
    invoiceId: first?.invoiceId ?? null,
    salesOrderId: first?.salesOrderId ?? null,
    ...(alsoFor.length > 0 ? { alsoFor } : {}),
  };
}

export function fromBank(payment: Received): Message[] {
  const received = payments.BankEntryReceived.of(payment);
  const { salesOrderId, bankReference, amount, purchaseOrderId, endToEndId = bankReference } = payment;
  // Whoever instructed it: the bank has paid, and the purchase hears of it.
  if (purchaseOrderId !== undefined)
    return [
      received,
      payments.PaymentSettled.of({
        payoutId: bankReference,
        direction: "out",
        amount,
        // What the bank takes for it is an entry of its own.
        fee: decimals.money("0", amount.currency),
        payments: [endToEndId],
        purchaseOrderId,
        settledAt: `${payment.bookingDate}T00:00:00Z`,
      }),
    ];
  if (goesOut(payment) || salesOrderId !== null) return [received];
  return [
    received,
    payments.PaymentUnmatched.of({
      paymentId: bankReference,
      amount,
      residue: amount,
      reason: "The payer's text names no invoice we know.",
      candidates: [],
    }),
  ];
}
