/**
 * What pricing, tax engine, finance ledger and payment platform are sent and what they answer, in canonical words.
 *
 * Amounts go out and come back as the decimal text they were stated in.
 */
import { ContractBroken, type Message, type Receipt } from "crossdock";
import {
  costing,
  decimals,
  finance,
  type fulfilment,
  payments,
  sales,
  type settlement,
} from "crossdock/canon";
import type { Policy } from "../policy.ts";
import { priceEach, toPiece } from "./pieces.ts";

type Of<Contract extends { sample: unknown }> = Contract["sample"];

// Pricing ---------------------------------------------------------------------------------------------------------

/** `reference` and `change` are ours; pricing ignores them, and the answer is told by them. */
export const toPriceQuestion = (about: Of<typeof fulfilment.CheckPrices>) => ({
  reference: about.salesOrderId,
  change: about.sequenceNumberId,
  customer: about.customer,
  currency: about.currency,
  lines: about.lines.map(toPiece),
});

/** @throws {ContractBroken} when a line that was asked for has no price in the answer */
export function fromPriceAnswer({ answer }: Receipt, asked: ReturnType<typeof toPriceQuestion>) {
  const { asOf, lines } = answer as { asOf?: string; lines: { line: string; sku: string; price: string }[] };
  const priced = new Map(lines.map(({ line, price }) => [String(line), price]));
  return sales.PricesChecked.of({
    salesOrderId: asked.reference,
    sequenceNumberId: asked.change,
    ...(asOf === undefined ? {} : { asOf }),
    lines: asked.lines.map(({ line, sku }) => {
      const price = priced.get(String(line));
      if (price === undefined) {
        throw new ContractBroken(`Pricing did not say what ${sku} costs.`, {
          facts: { field: "lines", expected: `a price for line ${line}`, found: `${lines.length} prices` },
        });
      }
      return { line: String(line), item: sku, price: priceEach(price, asked.currency) };
    }),
  });
}

// Tax -------------------------------------------------------------------------------------------------------------

/** `about` is ours; the tax engine ignores it. */
export const toTaxQuestion = (about: Of<typeof settlement.CalculateTax>) => ({
  about,
  documentCode: about.documentCode,
  customer: about.customer,
  ...(about.jurisdiction === undefined ? {} : { jurisdiction: about.jurisdiction }),
  currency: about.currency,
  lines: about.lines.map((line) => ({ ...toPiece(line), amount: line.amount.amount })),
  commit: false,
});
type TaxQuestion = ReturnType<typeof toTaxQuestion>;
type TaxCalculated = Of<typeof costing.TaxCalculated>;

const identity = ({ about }: TaxQuestion) => ({
  documentCode: about.documentCode,
  salesOrderId: about.salesOrderId,
  committed: false as const,
  ...(about.jurisdiction === undefined ? {} : { jurisdiction: about.jurisdiction }),
  sequenceNumberId: about.sequenceNumberId,
});

export function fromTaxAnswer({ answer }: Receipt, question: TaxQuestion) {
  const told = answer as Record<"taxableAmount" | "taxAmount" | "rate" | "asOf", string>;
  const { currency } = question.about;
  return costing.TaxCalculated.of({
    ...identity(question),
    taxableAmount: decimals.money(told.taxableAmount, currency),
    taxAmount: decimals.money(told.taxAmount, currency),
    rate: told.rate,
    asOf: told.asOf,
  });
}

/** The same customer, for goods that go to the same place, in the same currency. */
export const taxedAlike = ({ about: { customer, jurisdiction, currency } }: TaxQuestion): string =>
  [customer, jurisdiction ?? "", currency].join(" ");

/** This order's tax at the rate the tax engine last named for one like it. */
export function promisedTax(
  { rate }: TaxCalculated,
  question: TaxQuestion,
  { saidAt, at }: { readonly saidAt: string; readonly at: string },
): TaxCalculated {
  const { lines, currency } = question.about;
  const taxableAmount = decimals.total(
    lines.map(({ amount }) => amount),
    currency,
  );
  return {
    ...identity(question),
    taxableAmount,
    taxAmount: decimals.money(decimals.multiply(taxableAmount.amount, rate), currency),
    rate,
    asOf: at,
    promisedFrom: saidAt,
  };
}

export const toTaxDocument = (about: Of<typeof settlement.FinaliseDocument>) => ({
  about,
  document: {
    documentCode: about.documentCode,
    customer: about.customer,
    ...(about.jurisdiction === undefined ? {} : { jurisdiction: about.jurisdiction }),
    currency: about.currency,
    date: about.taxPointDate,
    lines: about.lines.map((line) => ({ ...toPiece(line), amount: line.amount.amount })),
    commit: true,
  },
});

export function fromTaxDocument({ reference, answer }: Receipt, { about }: ReturnType<typeof toTaxDocument>) {
  const { taxableAmount, taxAmount, rate } = answer as Record<"taxableAmount" | "taxAmount" | "rate", string>;
  const { salesOrderId, shipmentId, documentCode, currency } = about;
  return finance.TaxFinalised.of({
    salesOrderId,
    shipmentId,
    taxDocumentId: reference,
    documentCode,
    committed: true,
    taxableAmount: decimals.money(taxableAmount, currency),
    taxAmount: decimals.money(taxAmount, currency),
    rate,
  });
}

export const toTaxVoid = (about: Of<typeof settlement.VoidDocument>) => ({
  about,
  document: { documentCode: about.documentCode, reason: about.reason },
});

/** Nothing is said of a document the engine never had. */
export function fromTaxVoid({ answer }: Receipt, { about }: ReturnType<typeof toTaxVoid>): Message[] {
  const { id, voided } = answer as { readonly id: string | null; readonly voided: boolean };
  const { documentCode, salesOrderId, reason } = about;
  return voided && id !== null
    ? [costing.TaxVoided.of({ documentCode, taxDocumentId: id, salesOrderId, reason })]
    : [];
}

// Finance ---------------------------------------------------------------------------------------------------------

type PostingLines = Of<typeof settlement.PostEntry>["lines"];

const items = (lines: PostingLines) => ({
  items: lines.map(({ account, debit, credit }) => ({
    account,
    debit: debit.amount,
    credit: credit.amount,
  })),
});

/** @throws {ContractBroken} when debits and credits differ: such an entry goes no further */
function mustBalance(name: string, lines: PostingLines): void {
  const sum = (side: "debit" | "credit") => decimals.add("0", ...lines.map((line) => line[side].amount));
  if (decimals.compare(sum("debit"), sum("credit")) === 0) return;
  throw new ContractBroken(`The entry ${name} does not balance, so it is not sent.`, {
    facts: { field: "lines", expected: `credits of ${sum("debit")}`, found: sum("credit") },
  });
}

type Submitted = Of<typeof finance.PostingSubmitted>;

/** @throws {ContractBroken} when the entry does not balance, or mixes currencies: no ledger could take it */
export function balanced(entry: Submitted): Submitted {
  finance.PostingSubmitted.of(entry);
  mustBalance(entry.postingId, entry.lines);
  const currencies = new Set(entry.lines.flatMap(({ debit, credit }) => [debit.currency, credit.currency]));
  if (currencies.size === 1) return entry;
  throw new ContractBroken(`The entry ${entry.postingId} mixes currencies.`, {
    facts: { field: "lines", expected: "one currency", found: [...currencies].join(", ") },
  });
}

export const toSubmittedEntry = (about: Submitted) => ({
  about,
  document: {
    tranDate: about.postingDate,
    memo: `${about.memo} (${about.postingId})`,
    line: items(about.lines),
  },
});

export const fromSubmittedEntry = ({ reference }: Receipt, { about }: ReturnType<typeof toSubmittedEntry>) =>
  finance.PostingAccepted.of({
    sourceDocument: about.postingId,
    ledger: about.ledger,
    ledgerReference: reference,
    lines: about.lines,
  });

/** @throws {ContractBroken} when debits and credits differ: such an entry never leaves */
export function toJournalEntry(about: Of<typeof settlement.PostEntry>) {
  mustBalance(`of ${about.sourceDocument}`, about.lines);
  return {
    about,
    document: { tranDate: about.postingDate, memo: about.memo, line: items(about.lines) },
  };
}

export const fromJournalEntry = ({ reference }: Receipt, { about }: ReturnType<typeof toJournalEntry>) =>
  finance.PostingAccepted.of({
    salesOrderId: about.salesOrderId,
    sourceDocument: about.sourceDocument,
    ledger: about.ledger,
    fiscalPeriod: about.fiscalPeriod,
    ledgerReference: reference,
  });

/** The mirror image of an entry. */
export const toReversal = (about: Of<typeof settlement.ReverseEntry>) => ({
  about,
  document: {
    tranDate: about.postingDate,
    memo: `Reversal of ${about.sourceDocument}: ${about.reason}`,
    line: items(about.lines.map(({ account, debit, credit }) => ({ account, debit: credit, credit: debit }))),
  },
});

export const toCustomerPayment = (about: Of<typeof settlement.ApplyPayment>) => ({
  about,
  document: {
    tranDate: about.valueDate,
    memo: `Payment ${about.paymentId} of order ${about.salesOrderId}`,
    customer: about.customer,
    currency: about.amount.currency,
    payment: about.amount.amount,
    apply: {
      items: about.invoices.map(({ invoiceId, amount }) => ({ doc: invoiceId, amount: amount.amount })),
    },
  },
});

export const fromCustomerPayment = (_: Receipt, { about }: ReturnType<typeof toCustomerPayment>) =>
  payments.PaymentApplied.of({
    salesOrderId: about.salesOrderId,
    paymentId: about.paymentId,
    invoices: about.invoices,
    amount: about.amount,
  });

/** A payment taken back: receivables are open again, and the bank is owed. */
export const toPaymentReversal =
  ({ ledger }: Policy) =>
  (about: Of<typeof settlement.UnapplyPayment>) => {
    const { amount } = about.amount;
    return {
      about,
      document: {
        tranDate: about.valueDate,
        memo: `Payment ${about.paymentId} taken back (${about.reason}) of order ${about.salesOrderId}`,
        line: {
          items: [
            { account: ledger.receivables, debit: amount, credit: "0.00" },
            { account: ledger.bank, debit: "0.00", credit: amount },
          ],
        },
      },
    };
  };

export const fromPaymentReversal = (
  _: Receipt,
  { about }: { readonly about: Of<typeof settlement.UnapplyPayment> },
) => {
  const { salesOrderId, paymentId, invoices, amount, reason } = about;
  return payments.PaymentUnapplied.of({ salesOrderId, paymentId, invoices, amount, reason });
};

// Payments --------------------------------------------------------------------------------------------------------

export const toCapture = (about: Of<typeof settlement.CapturePayment>) => ({
  about,
  document: {
    orderId: about.salesOrderId,
    invoice: about.invoiceId,
    ...(about.token === undefined ? {} : { authorization: about.token }),
    ...about.amount,
  },
});

export const toRefund = (about: Of<typeof settlement.RefundPayment>) => ({
  about,
  document: { orderId: about.salesOrderId, amount: about.amount.amount, reason: about.reason },
});

/** What was given back, as the platform says; nothing when it had nothing to give back. */
export function fromRefund(
  { reference, answer }: Receipt,
  { about }: ReturnType<typeof toRefund>,
): Message[] {
  const { status, amount } = answer as { status: string; amount: string };
  if (status !== "succeeded") return [];
  const { salesOrderId, invoiceId, returnId } = about;
  return [
    payments.PaymentRefunded.of({
      salesOrderId,
      refundId: reference,
      invoiceId,
      ...(returnId === undefined ? {} : { returnId }),
      amount: decimals.money(amount, about.amount.currency),
    }),
  ];
}

export interface PaymentWebhook {
  readonly type: string;
  readonly id: string;
  readonly occurredAt: string;
  readonly currency: string;
  readonly captureId?: string;
  readonly orderId?: string;
  readonly invoice?: string;
  readonly amount?: string;
  readonly payoutId?: string;
  readonly net?: string;
  readonly fee?: string;
  readonly gross?: string;
  readonly refunds?: string;
  readonly captures?: readonly { readonly captureId: string }[];
}

const TOLD = ["payment.captured", "payout.settled"];
export const saysSomething = ({ type }: PaymentWebhook): boolean => TOLD.includes(type);

export function fromPayments(told: PaymentWebhook): Message {
  const { currency, occurredAt } = told;
  if (told.type === "payment.captured") {
    return payments.PaymentCaptured.of({
      salesOrderId: told.orderId ?? "",
      paymentId: told.captureId ?? "",
      ...(told.invoice === undefined ? {} : { invoiceId: told.invoice }),
      amount: decimals.money(told.amount ?? "", currency),
      capturedAt: occurredAt,
    });
  }
  return payments.PaymentSettled.of({
    payoutId: told.payoutId ?? "",
    direction: "in",
    amount: decimals.money(told.net ?? "", currency),
    fee: decimals.money(told.fee ?? "", currency),
    ...(told.gross === undefined ? {} : { gross: decimals.money(told.gross, currency) }),
    ...(told.refunds === undefined ? {} : { refunded: decimals.money(told.refunds, currency) }),
    payments: (told.captures ?? []).map(({ captureId }) => captureId),
    settledAt: occurredAt,
  });
}

type Settled = Of<typeof payments.PaymentSettled>;

/** Captures were booked to the bank as they were captured, so only what was kept or given back is booked with the payout. */
export const isLess = ({ direction, fee, refunded }: Settled): boolean =>
  direction === "in" &&
  [fee, refunded].some((money) => money !== undefined && decimals.isPositive(money.amount));

/**
 * What lies between what was captured and what was paid out: the platform's fee, and what customers got back.
 *
 * @throws {ContractBroken} when that does not explain the difference: what nobody explains is not booked as a fee
 */
export const toPayoutEntry =
  ({ ledger }: Policy) =>
  (about: Settled) => {
    const { payoutId, amount, fee, gross, refunded, settledAt } = about;
    const { currency } = amount;
    const back = refunded?.amount ?? "0";
    const less = decimals.add(fee.amount, back);
    const residue = decimals.subtract(
      decimals.subtract(gross?.amount ?? decimals.add(amount.amount, less), less),
      amount.amount,
    );
    if (!decimals.isZero(residue)) {
      throw new ContractBroken(
        `Payout ${payoutId} is over ${amount.amount} ${currency}, and ${decimals.quantise(residue, currency)} ${currency} between it and what was captured is neither fee nor refund.`,
        { facts: { field: "amount", expected: `gross less ${less}`, found: amount.amount } },
      );
    }
    const line = (account: string, debit: string, credit: string) => ({
      account,
      debit: decimals.money(debit, currency),
      credit: decimals.money(credit, currency),
    });
    const lines = [
      line(ledger.fees, fee.amount, "0"),
      line(ledger.receivables, back, "0"),
      line(ledger.bank, "0", less),
    ].filter(({ debit, credit }) => !decimals.isZero(debit.amount) || !decimals.isZero(credit.amount));
    const tranDate = settledAt.slice(0, 10);
    const memo = `Payout ${payoutId} of ${amount.amount} ${currency}: fee ${fee.amount}, given back ${back}`;
    return { about, document: { tranDate, memo, line: items(lines) } };
  };

export const fromPayoutEntry =
  ({ ledger }: Policy) =>
  ({ reference }: Receipt, { about }: ReturnType<ReturnType<typeof toPayoutEntry>>) =>
    finance.PostingAccepted.of({
      sourceDocument: about.payoutId,
      ledger: ledger.name,
      ledgerReference: reference,
    });
