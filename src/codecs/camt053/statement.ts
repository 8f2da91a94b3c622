/**
 * What a bank says happened on an account: the shape camt.052, camt.053 and camt.054 are read into.
 *
 * Amounts are decimal text exactly as the bank wrote them, never negative: `creditDebit` says which way the money went.
 * Dates are ISO. A field the bank left out is absent.
 */
export interface BankDocument {
  /** `camt.053.001.08`; the version as the namespace says it, or `camt.053` where the sender left the namespace out. */
  readonly messageType: string;
  readonly messageId: string;
  readonly createdAt: string;
  readonly recipient?: BankParty;
  readonly additionalInfo?: string;
  readonly statements: readonly BankStatement[];
}

export interface BankStatement {
  readonly id: string;
  readonly electronicSequence?: string;
  readonly legalSequence?: string;
  readonly createdAt?: string;
  readonly from?: string;
  readonly to?: string;
  /** `COPY`, `CODU` (a copy of a duplicate) or `DUPL`: the statement was sent before. */
  readonly copy?: string;
  readonly account: BankAccount;
  readonly balances: readonly BankBalance[];
  readonly entries: readonly BankEntry[];
  readonly additionalInfo?: string;
}

export interface BankAccount {
  readonly iban?: string;
  /** The account number where it is no IBAN. */
  readonly otherId?: string;
  readonly currency?: string;
  readonly name?: string;
  readonly owner?: string;
  /** BIC of the bank that keeps it. */
  readonly bic?: string;
}

export type CreditDebit = "credit" | "debit";

export interface BankBalance {
  /** `OPBD` opening booked, `CLBD` closing booked, `PRCD` previously closed, `ITBD` interim, `CLAV` closing available … */
  readonly type: string;
  readonly amount: string;
  readonly currency: string;
  readonly creditDebit: CreditDebit;
  readonly date: string;
}

export interface BankEntry {
  /** NtryRef: the entry within the statement. */
  readonly reference?: string;
  readonly amount: string;
  readonly currency: string;
  readonly creditDebit: CreditDebit;
  /** The entry takes back an earlier one; `creditDebit` is already the direction of this entry. */
  readonly reversal: boolean;
  /** `BOOK`, `PDNG`, `INFO`, `FUTR`. */
  readonly status: string;
  /** A date, or a date and time where the bank gives one. */
  readonly bookedOn?: string;
  readonly valueOn?: string;
  /** AcctSvcrRef: the bank's own reference. With the account it tells one entry from every other. */
  readonly bankReference?: string;
  readonly code?: BankTransactionCode;
  readonly additionalInfo?: string;
  readonly transactions: readonly BankTransaction[];
}

export interface BankTransactionCode {
  /** e.g. `PMNT`, `RCDT`, `ESCT`. */
  readonly domain?: string;
  readonly family?: string;
  readonly subFamily?: string;
  readonly proprietary?: string;
  readonly issuer?: string;
}

export interface BankParty {
  readonly name?: string;
  readonly country?: string;
  readonly address?: readonly string[];
  readonly iban?: string;
  readonly account?: string;
  readonly bic?: string;
}

export interface BankTransaction {
  /** What the payer gave his payment; `NOTPROVIDED` is kept as sent. */
  readonly endToEndId?: string;
  readonly instructionId?: string;
  readonly transactionId?: string;
  readonly messageId?: string;
  readonly paymentInformationId?: string;
  readonly mandateId?: string;
  readonly chequeNumber?: string;
  readonly bankReference?: string;
  /** Where the bank gives an amount for the single transaction of a batch. */
  readonly amount?: string;
  readonly currency?: string;
  readonly creditDebit?: CreditDebit;
  readonly debtor?: BankParty;
  readonly creditor?: BankParty;
  readonly ultimateDebtor?: BankParty;
  readonly ultimateCreditor?: BankParty;
  /** Ustrd: free texts, in order. */
  readonly remittance: readonly string[];
  readonly structured: readonly StructuredRemittance[];
  /** RtrInf: why a payment came back, e.g. `AC04`. */
  readonly returnReason?: string;
  readonly additionalInfo?: string;
}

export interface StructuredRemittance {
  /** RfrdDocInf: the documents paid. */
  readonly documents: readonly { readonly type?: string; readonly number?: string; readonly date?: string }[];
  /** CdtrRefInf: the creditor's reference, e.g. an RF or QR reference. */
  readonly creditorReference?: string;
  readonly amount?: string;
  readonly additional: readonly string[];
}

/** Every text of a transaction in which a payer may have put an invoice number, the most reliable first. */
export const remittanceTexts = (transaction: BankTransaction): string[] => [
  ...transaction.structured.flatMap(({ documents, creditorReference, additional }) => [
    ...documents.flatMap(({ number }) => (number === undefined ? [] : [number])),
    ...(creditorReference === undefined ? [] : [creditorReference]),
    ...additional,
  ]),
  ...transaction.remittance,
  ...(transaction.endToEndId === undefined || transaction.endToEndId === "NOTPROVIDED"
    ? []
    : [transaction.endToEndId]),
];
