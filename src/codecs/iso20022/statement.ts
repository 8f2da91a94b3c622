/**
 * What a bank says happened on an account: the shape camt.052, camt.053 and camt.054 are read into.
 *
 * Amounts are decimal text exactly as the bank wrote them, never negative: `creditDebit` says which way the money went.
 * Dates are ISO. A field the bank left out is absent.
 */
import type { NotCarried } from "./carried.ts";

export interface BankDocument {
  /** `camt.053.001.08`; the version as the namespace says it, or `camt.053` where the sender left the namespace out. */
  readonly messageType: string;
  readonly messageId: string;
  readonly createdAt: string;
  readonly recipient?: BankParty;
  readonly page?: Page;
  /** The request this answers. */
  readonly query?: { readonly messageId: string; readonly messageType?: string; readonly createdAt?: string };
  readonly additionalInfo?: string;
  readonly statements: readonly BankStatement[];
  /** What stands in no statement and has no field. */
  readonly notCarried?: readonly NotCarried[];
}

/** A message too long for one goes in pages. */
export interface Page {
  readonly number: string;
  readonly last: boolean;
}

export interface BankStatement {
  readonly id: string;
  readonly page?: Page;
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
  /** What stands in no entry and has no field. */
  readonly notCarried?: readonly NotCarried[];
}

export interface BankAccount {
  readonly iban?: string;
  /** The account number where it is no IBAN. */
  readonly otherId?: string;
  readonly scheme?: string;
  readonly issuer?: string;
  readonly currency?: string;
  readonly name?: string;
  readonly owner?: string;
  /** BIC of the bank that keeps it. */
  readonly bic?: string;
  readonly bankName?: string;
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
  /** Btch: where the entry stands for a batch of ours. */
  readonly batch?: {
    readonly messageId?: string;
    readonly paymentInformationId?: string;
    readonly count?: number;
  };
  readonly charges?: readonly Charge[];
  /** TtlChrgsAndTaxAmt. */
  readonly chargesTotal?: { readonly amount: string; readonly currency: string };
  readonly transactions: readonly BankTransaction[];
  /** What of it and its transactions has no field, such as interest, taxes, cards. */
  readonly notCarried?: readonly NotCarried[];
}

export interface Charge {
  readonly amount: string;
  readonly currency: string;
  readonly creditDebit?: CreditDebit;
  readonly type?: string;
  /** Taken off the amount of the entry already. */
  readonly included?: boolean;
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
  readonly accountName?: string;
  readonly bic?: string;
  readonly bankName?: string;
  /** The number of the bank in a national clearing. */
  readonly clearingMember?: string;
  /** The address in parts, where it comes in parts; `address` has it as lines either way. */
  readonly postal?: PostalAddress;
  /** CtryOfRes, beside an address. */
  readonly residence?: string;
  readonly identification?: Identification;
}

export interface PostalAddress {
  readonly department?: string;
  readonly subDepartment?: string;
  readonly street?: string;
  readonly building?: string;
  readonly postalCode?: string;
  readonly town?: string;
  readonly subdivision?: string;
}

/** What an authority or register knows a party by. */
export interface Identification {
  readonly kind: "organisation" | "person";
  readonly bic?: string;
  readonly lei?: string;
  readonly birthDate?: string;
  readonly birthProvince?: string;
  readonly birthCity?: string;
  readonly birthCountry?: string;
  readonly other: readonly { readonly id: string; readonly scheme?: string; readonly issuer?: string }[];
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
  /** UETR: follows a payment through all banks. */
  readonly uetr?: string;
  readonly clearingReference?: string;
  readonly ownerTransactionId?: string;
  readonly bankTransactionId?: string;
  readonly marketTransactionId?: string;
  readonly processingId?: string;
  readonly ownReferences?: readonly { readonly type: string; readonly reference: string }[];
  readonly code?: BankTransactionCode;
  readonly charges?: readonly Charge[];
  readonly chargesTotal?: { readonly amount: string; readonly currency: string };
  /** AmtDtls/TxAmt, where it stands beside an amount of its own. */
  readonly moved?: { readonly amount: string; readonly currency: string };
  /** Before conversion and fees: what the payer instructed. */
  readonly instructed?: { readonly amount: string; readonly currency: string };
  readonly exchangeRate?: string;
  readonly purpose?: string;
  readonly acceptedAt?: string;
  readonly settledOn?: string;
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
  /** As SCOR or an own word, and who gave it. */
  readonly creditorReferenceType?: string;
  readonly creditorReferenceIssuer?: string;
  /** What was paid of the documents, or is due on them. */
  readonly amount?: string;
  /** RfrdDocAmt in full. */
  readonly amounts?: readonly {
    readonly kind: "due" | "discount" | "credit note" | "tax" | "adjustment" | "remitted";
    readonly amount: string;
    readonly currency: string;
  }[];
  readonly invoicer?: BankParty;
  readonly invoicee?: BankParty;
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
