/**
 * How tax engine, payment platform and ledger are asked what they hold of orders, and the ledger of credit notes.
 *
 * They know sums, and not whether that is all there will be; so their figures are compared, and not their view. Questions change nothing.
 */
import type { Snapshot } from "crossdock";
import { decimals } from "crossdock/canon";
import { quote, sum } from "./agreed.ts";

interface TaxDocument {
  readonly documentCode: string;
  readonly taxAmount: string;
  readonly voided: boolean;
}

export const askTax: Snapshot = {
  system: "tax",
  about: "documents-of-orders",
  atOnce: 50,
  question: (numbers) => ({ startsWith: numbers.map((number) => `${number}/`).join(",") }),
  read({ documents }: { documents: readonly TaxDocument[] }, number) {
    const mine = documents.filter(
      ({ documentCode, voided }) => !voided && documentCode.startsWith(`${number}/`),
    );
    const tax = sum(mine.map(({ taxAmount }) => taxAmount));
    // Whether that is all there will be it does not know; of an order that was given up there is to be none.
    return { "tax finalised": { reached: decimals.isPositive(tax) ? true : null, figures: { tax } } };
  },
};

interface Capture {
  readonly id: string;
  readonly orderId: string;
  readonly amount: string;
}

/** What it took from cards; what it gave back is the return's. */
export const askPayments: Snapshot = {
  system: "payments",
  about: "captures-of-orders",
  atOnce: 50,
  question: (numbers) => ({ orders: numbers.join(",") }),
  read({ items }: { items: readonly Capture[] }, number) {
    const mine = items.filter(({ orderId }) => orderId === number);
    return {
      paid: {
        reached: null,
        figures: { paid: sum(mine.map(({ amount }) => amount)) },
        documents: mine.map(({ id }) => id),
      },
    };
  },
};

interface LedgerLine {
  readonly memo: string;
  readonly account: string;
  readonly debit: string;
  readonly credit: string;
}

/** The ledger's copies, found by the order their memo names. It knows sums, and not whether they are all there will be. */
export const askFinance = (receivables: string): Snapshot => ({
  system: "finance",
  about: "lines-of-orders",
  atOnce: 50,
  question: (numbers) => ({
    q: `SELECT type, memo, account, debit, credit FROM transactionLine WHERE ${numbers
      .map((number) => `memo LIKE '% of order ${quote(number)}'`)
      .join(" OR ")}`,
  }),
  read({ items }: { items: readonly LedgerLine[] }, number) {
    const on = (begins: string, side: "debit" | "credit") =>
      sum(
        items
          .filter(
            ({ memo, account }) =>
              memo.startsWith(begins) && memo.endsWith(` of order ${number}`) && account === receivables,
          )
          .map((line) => line[side]),
      );
    return {
      invoiced: { reached: null, figures: { gross: on("Invoice ", "debit") } },
      // What was taken off again is no longer paid.
      paid: {
        reached: null,
        figures: { paid: decimals.subtract(on("Payment ", "credit"), on("Payment ", "debit")) },
      },
    };
  },
});

/** The ledger's copies, found by the return their memo names: what a credit note took off what is owed. */
export const askCredits = (receivables: string): Snapshot => ({
  system: "finance",
  about: "lines-of-orders",
  atOnce: 50,
  question: (numbers) => ({
    q: `SELECT type, memo, account, debit, credit FROM transactionLine WHERE ${numbers
      .map((number) => `memo LIKE '%, return ${quote(number)} of order %'`)
      .join(" OR ")}`,
  }),
  read({ items }: { items: readonly LedgerLine[] }, number) {
    const mine = items.filter(
      ({ memo, account }) => memo.includes(`, return ${number} of order `) && account === receivables,
    );
    return { credited: { reached: null, figures: { gross: sum(mine.map(({ credit }) => credit)) } } };
  },
});
