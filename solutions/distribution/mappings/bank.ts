/**
 * Bank statements in canonical words: one fact for each payment on them.
 *
 * A payer writes the invoice number somewhere into the text; every word that could be one is tried against the invoices we
 * know. What names none is a payment all the same, and receivables are told that it is unmatched.
 */
import { ContractBroken, type Message, type Reference } from "crossdock";
import { decimals, payments } from "crossdock/canon";
import {
  type BankDocument,
  type BankEntry,
  type BankStatement,
  type BankTransaction,
  remittanceTexts,
} from "crossdock/codecs/camt053";

/** One payment: an entry, or one transaction of an entry that holds several. */
export interface Payment {
  readonly statement: BankStatement;
  readonly entry: BankEntry;
  readonly transaction: BankTransaction | undefined;
  readonly bankReference: string;
  readonly amount: string;
}

/** @throws {ContractBroken} when a statement cannot be told from others, or an entry of several gives no amounts */
export function paymentsOf({ statements }: BankDocument): (Payment | ContractBroken)[] {
  return statements
    .filter(({ copy }) => copy === undefined)
    .flatMap((statement) =>
      statement.entries
        .filter(({ status }) => status === "BOOK")
        .flatMap((entry, at) => paymentsIn(statement, entry, at)),
    );
}

function paymentsIn(statement: BankStatement, entry: BankEntry, at: number): (Payment | ContractBroken)[] {
  const { transactions, amount } = entry;
  const reference = entry.bankReference ?? entry.reference ?? `${statement.id}/${at + 1}`;
  if (transactions.length <= 1) {
    return [{ statement, entry, transaction: transactions[0], bankReference: reference, amount }];
  }
  return transactions.map((transaction, index) =>
    transaction.amount === undefined
      ? new ContractBroken("A payment among several has no amount of its own.", {
          facts: { path: `${reference}/${index + 1}`, expected: "an amount", found: "none" },
        })
      : {
          statement,
          entry,
          transaction,
          bankReference: transaction.bankReference ?? `${reference}/${index + 1}`,
          amount: transaction.amount,
        },
  );
}

const WORDS_MAX = 12;

/** Words of the payer's text that could be invoice numbers: with a digit, four to forty characters. */
export function candidates({ transaction }: Payment): string[] {
  const words = (transaction ? remittanceTexts(transaction) : []).flatMap((text) => text.split(/[\s,;]+/));
  return [...new Set(words.filter((word) => /^(?=.*\d)[\w./-]{4,40}$/.test(word)))].slice(0, WORDS_MAX);
}

export const toFind = (payment: Payment): Reference[] =>
  candidates(payment).map((value) => ({ key: { type: "invoice", value }, give: "order" }));

/** A payment with the invoice it names and that invoice's order, where it names one. */
export interface Recognised extends Payment {
  readonly invoiceId: string | null;
  readonly salesOrderId: string | null;
}

export function recognised(payment: Payment, found: readonly (string | null)[]): Recognised {
  const at = found.findIndex((order) => order !== null);
  return {
    ...payment,
    invoiceId: candidates(payment)[at] ?? null,
    salesOrderId: found[at] ?? null,
  };
}

export function fromBank(payment: Recognised): Message[] {
  const { statement, entry, transaction, bankReference, invoiceId, salesOrderId } = payment;
  const amount = decimals.money(payment.amount, entry.currency);
  const credit = entry.creditDebit === "credit";
  const received = payments.BankEntryReceived.of({
    bankReference,
    account: statement.account.iban ?? statement.account.otherId ?? "",
    statementId: statement.id,
    amount,
    creditDebitIndicator: credit ? "CRDT" : "DBIT",
    bookingDate: (entry.bookedOn ?? "").slice(0, 10),
    valueDate: (entry.valueOn ?? entry.bookedOn ?? "").slice(0, 10),
    ...(transaction?.debtor?.name === undefined ? {} : { debtor: transaction.debtor.name }),
    ...(transaction?.endToEndId === undefined ? {} : { endToEndId: transaction.endToEndId }),
    remittance: (transaction?.remittance ?? []).join(" "),
    invoiceId,
    salesOrderId,
  });
  if (!credit || salesOrderId !== null) return [received];
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
