/**
 * Payments we ask a bank for, what it says became of them, and what they are for: the shapes of pain.001, pain.008,
 * pain.002 and remt.001.
 *
 * Amounts are decimal text as written. A field left out is absent. Parties are those of account statements.
 */
import type { NotCarried } from "./carried.ts";
import type { BankParty, StructuredRemittance } from "./statement.ts";

/** pain.001 (credit transfers) and pain.008 (direct debits). */
export interface PaymentInitiation {
  /** `pain.001.001.09`. */
  readonly messageType: string;
  readonly messageId: string;
  readonly createdAt: string;
  readonly initiatedBy?: BankParty;
  readonly payments: readonly PaymentInstruction[];
  /** What of it has no field. */
  readonly notCarried?: readonly NotCarried[];
}

/** PmtInf: payments from (or, of direct debits, to) one account on one day. */
export interface PaymentInstruction {
  readonly id: string;
  /** TRF, CHK, TRA; DD for direct debits. */
  readonly method: string;
  readonly batchBooking?: boolean;
  readonly priority?: string;
  /** `SEPA`, `URGP` … */
  readonly serviceLevel?: string;
  /** `CORE`, `B2B`, `INST` … */
  readonly localInstrument?: string;
  /** Of direct debits: FRST, RCUR, OOFF, FNAL. */
  readonly sequenceType?: string;
  readonly categoryPurpose?: string;
  /** When it shall be done: ReqdExctnDt, or ReqdColltnDt of direct debits. */
  readonly executeOn: string;
  readonly debtor?: BankParty;
  readonly ultimateDebtor?: BankParty;
  readonly creditor?: BankParty;
  readonly ultimateCreditor?: BankParty;
  /** DEBT, CRED, SHAR, SLEV. */
  readonly chargeBearer?: string;
  /** CdtrSchmeId: what a creditor of direct debits is known by. */
  readonly creditorSchemeId?: string;
  readonly transactions: readonly PaymentTransaction[];
  /** What of it has no field. */
  readonly notCarried?: readonly NotCarried[];
}

/** NbOfTxs and CtrlSum: what a message or a payment says of its transactions. */
export interface PaymentTotals {
  readonly count?: number;
  readonly controlSum?: string;
}

export interface PaymentTransaction {
  readonly instructionId?: string;
  readonly endToEndId: string;
  readonly uetr?: string;
  readonly amount: string;
  readonly currency: string;
  /** EqvtAmt: `amount` and `currency` are to be paid in this currency. */
  readonly transferCurrency?: string;
  readonly chargeBearer?: string;
  readonly debtor?: BankParty;
  readonly ultimateDebtor?: BankParty;
  readonly creditor?: BankParty;
  readonly ultimateCreditor?: BankParty;
  readonly mandate?: { readonly id: string; readonly signedOn?: string };
  readonly creditorSchemeId?: string;
  readonly purpose?: string;
  readonly remittance: readonly string[];
  readonly structured: readonly StructuredRemittance[];
  /** What of it has no field. */
  readonly notCarried?: readonly NotCarried[];
}

/** pain.002, and pacs.002 between banks. */
export interface PaymentStatusReport {
  readonly messageType: string;
  readonly messageId: string;
  readonly createdAt: string;
  /** The message it is about; of pacs.002 it may stand at each transaction instead. */
  readonly original?: OriginalMessage;
  readonly payments: readonly PaymentStatus[];
  /** What of it has no field. */
  readonly notCarried?: readonly NotCarried[];
}

export interface OriginalMessage {
  readonly messageId: string;
  readonly messageType: string;
  readonly count?: number;
  readonly controlSum?: string;
  /** ACCP, ACSC, PART, PDNG, RJCT … */
  readonly status?: string;
  readonly reasons: readonly StatusReason[];
}

/** Of one PmtInf; transactions without one stand in a payment without an id. */
export interface PaymentStatus {
  readonly originalId?: string;
  readonly status?: string;
  readonly reasons: readonly StatusReason[];
  readonly transactions: readonly TransactionStatus[];
  /** What of it has no field. */
  readonly notCarried?: readonly NotCarried[];
}

export interface StatusReason {
  /** `AC04`, or the bank's own word. */
  readonly code?: string;
  readonly additional: readonly string[];
}

export interface TransactionStatus {
  readonly statusId?: string;
  readonly originalInstructionId?: string;
  readonly originalEndToEndId?: string;
  readonly originalTransactionId?: string;
  readonly originalUetr?: string;
  readonly status?: string;
  readonly reasons: readonly StatusReason[];
  readonly acceptedAt?: string;
  readonly bankReference?: string;
  readonly clearingReference?: string;
  readonly amount?: string;
  readonly currency?: string;
  readonly debtor?: BankParty;
  readonly creditor?: BankParty;
  /** What of it has no field. */
  readonly notCarried?: readonly NotCarried[];
}

/** remt.001: what a payment that goes another way is for. */
export interface RemittanceAdvice {
  readonly messageType: string;
  readonly messageId: string;
  readonly createdAt: string;
  readonly initiatedBy?: BankParty;
  readonly recipient?: BankParty;
  readonly advices: readonly Advice[];
  /** What of it has no field. */
  readonly notCarried?: readonly NotCarried[];
}

export interface Advice {
  readonly id?: string;
  readonly remittance: readonly string[];
  readonly structured: readonly StructuredRemittance[];
  /** The payment it belongs to. */
  readonly payment?: {
    readonly instructionId?: string;
    readonly endToEndId?: string;
    readonly uetr?: string;
    readonly amount?: string;
    readonly currency?: string;
    readonly executeOn?: string;
    readonly debtor?: BankParty;
    readonly creditor?: BankParty;
  };
  /** What of it has no field. */
  readonly notCarried?: readonly NotCarried[];
}
