/**
 * Applications of the company's own that have no interface but their database: rows are written into their journal, and their outbox is read.
 *
 * What the first ERP billed stands in the old books under its own number, once; what a clerk enters there is handed in to the ledger as
 * an entry, with both sides. When the application is retired, this file goes.
 *
 * @covers SYS-36, SYS-46
 */
import { connection, flow } from "crossdock";
import { decimals, finance } from "crossdock/canon";
import { sql } from "crossdock/connectors/sql";
import { documentAsJson, json } from "../distribution/formats.ts";
import type { Neighbourhood } from "./neighbourhood.ts";

export interface Applications {
  /** `ledger`: which ledger takes what clerks enter in the old books. */
  readonly oldBooks?: { readonly url: string; readonly ledger: string; readonly pollMs?: number };
}

export const applications = ({ oldBooks }: Applications): Neighbourhood => ({
  flows: oldBooks ? oldBooksFlows(oldBooks) : [],
});

interface Entered {
  readonly voucher: string;
  readonly day: string;
  readonly debit: string;
  readonly credit: string;
  readonly amount: string;
  readonly currency: string;
  readonly memo: string;
}

const entered =
  (ledger: string) =>
  (told: unknown): (typeof finance.PostingSubmitted)["sample"] => {
    const { voucher, day, debit, credit, amount, currency, memo } = told as Entered;
    const value = decimals.money(amount, currency);
    const none = decimals.money("0", currency);
    return {
      postingId: voucher,
      ledger,
      postingDate: day,
      memo,
      lines: [
        { account: debit, debit: value, credit: none },
        { account: credit, debit: none, credit: value },
      ],
    };
  };

const toRow = (about: (typeof finance.InvoicePosted)["sample"]) => ({
  about,
  document: {
    voucher: about.invoiceId,
    day: about.issueDate,
    debit: "Receivables",
    credit: "Revenue and tax",
    amount: about.taxInclusiveAmount.amount,
    currency: about.taxInclusiveAmount.currency,
    memo: `Order ${about.salesOrderId}`,
  },
});

function oldBooksFlows({ url, ledger, pollMs = 1_000 }: NonNullable<Applications["oldBooks"]>) {
  const line = connection("old-books", sql, {
    title: "Old books",
    owner: "finance",
    config: {
      url,
      pollMs,
      tables: {
        [finance.InvoicePosted.name]: {
          table: "old_books.journal",
          key: "voucher",
          reference: "number",
          columns: {
            voucher: "voucher",
            day: "day",
            debit_account: "debit",
            credit_account: "credit",
            amount: "amount",
            currency: "currency",
            memo: "memo",
          },
        },
      },
      outbox: { table: "old_books.outbox", id: "id", body: "body", takenAt: "taken_at" },
    },
  });
  return [
    flow("old-books-invoices").on(finance.InvoicePosted).map(toRow).deliver(line, documentAsJson()),
    flow("old-books-entries").from(line).decode(json).map(entered(ledger)).publish(finance.PostingSubmitted),
  ];
}
