/**
 * Messages of banks as files of many records: entries of accounts, transactions, what became of them, and remittances.
 *
 * Each is cut, read and refused on its own, with what its message and its part say before it. What only the whole can
 * tell, sums and counts, is handed on and not compared.
 */
import type { Records } from "../records.ts";
import { inAnyWidth } from "../wide.ts";
import { xmlRecords } from "../xml/records.ts";
import { brokenAt, firstNamed, parseXml, type XmlLimits } from "../xml/tree.ts";
import { openDocument } from "./envelope.ts";
import type {
  Advice,
  PaymentInitiation,
  PaymentInstruction,
  PaymentStatus,
  PaymentStatusReport,
  PaymentTotals,
  PaymentTransaction,
  RemittanceAdvice,
  TransactionStatus,
} from "./payment.ts";
import { entryOf, KINDS, placeOf } from "./read-account.ts";
import { DEBITS, initiationOf, TRANSFERS, totalsOf } from "./read-payment.ts";
import { readPaymentStatus, readRemittanceAdvice } from "./read-status.ts";
import type { BankEntry } from "./statement.ts";
import type { EntryPlace } from "./stream.ts";

/** An entry, and the account and statement it stands in. */
export interface BankEntryRecord {
  readonly entry: BankEntry;
  readonly of: EntryPlace;
}

const ENTRIES: ReadonlySet<string> = new Set(["Ntry"]);

/**
 * The entries of a camt.052, 053 or 054 message as records. What stands behind the entries of a statement is not read.
 *
 * @example flow("statements").from(mailbox).records(bankEntryRecords()).map(paymentOf)
 */
export const bankEntryRecords = (limits: Partial<XmlLimits> = {}): Records<BankEntryRecord> =>
  inAnyWidth(
    xmlRecords({
      name: "bank entries",
      parts: ENTRIES,
      read(document) {
        const root = parseXml(document, limits);
        openDocument(root, Object.values(KINDS));
        const entry = firstNamed(root, ENTRIES);
        if (entry?.parent === undefined) throw brokenAt(root, "an entry Ntry", "none");
        return { entry: entryOf(entry), of: placeOf(entry.parent) };
      },
    }),
  );

/** A transaction, the payment it stands in and the message around both. */
export interface PaymentRecord {
  readonly transaction: PaymentTransaction;
  readonly payment: Omit<PaymentInstruction, "transactions"> & PaymentTotals;
  readonly message: Omit<PaymentInitiation, "payments"> & PaymentTotals;
}

/**
 * The credit transfers of a pain.001 as records.
 *
 * @example flow("payments").from(treasury).records(transferRecords()).map(paymentOf)
 */
export const transferRecords = (limits: Partial<XmlLimits> = {}): Records<PaymentRecord> =>
  paymentRecords("credit transfers", TRANSFERS, "CdtTrfTxInf", limits);

/** The direct debits of a pain.008 as records. */
export const debitRecords = (limits: Partial<XmlLimits> = {}): Records<PaymentRecord> =>
  paymentRecords("direct debits", DEBITS, "DrctDbtTxInf", limits);

const paymentRecords = (
  name: string,
  kind: typeof TRANSFERS | typeof DEBITS,
  part: string,
  limits: Partial<XmlLimits>,
): Records<PaymentRecord> =>
  inAnyWidth(
    xmlRecords({
      name,
      parts: new Set([part]),
      // Without a transaction they are refused, and would else be passed over.
      alone: new Set(["PmtInf", "Document"]),
      read(document) {
        const root = parseXml(document, limits);
        const totals = new Map<string, PaymentTotals>();
        const { payments, ...message } = initiationOf(root, kind, (inside) => {
          totals.set(inside.name, totalsOf(inside));
        });
        const { transactions, ...payment } = payments[0]!;
        return {
          transaction: transactions[0]!,
          payment: { ...payment, ...totals.get("PmtInf") },
          message: { ...message, ...totals.get("GrpHdr") },
        };
      },
    }),
  );

/**
 * What became of one transaction; of a whole payment where `transaction` is absent, and of a whole message where
 * `payment` is absent too.
 */
export interface PaymentStatusRecord {
  readonly transaction?: TransactionStatus;
  readonly payment?: Omit<PaymentStatus, "transactions">;
  readonly report: Omit<PaymentStatusReport, "payments">;
}

/** What a pain.002 or pacs.002 says of each transaction, payment or message as records. */
export const paymentStatusRecords = (limits: Partial<XmlLimits> = {}): Records<PaymentStatusRecord> =>
  inAnyWidth(
    xmlRecords({
      name: "payment statuses",
      parts: new Set(["TxInfAndSts"]),
      alone: new Set(["OrgnlPmtInfAndSts", "Document"]),
      read(document) {
        const { payments, ...report } = readPaymentStatus(document, limits);
        if (payments[0] === undefined) return { report };
        const { transactions, ...payment } = payments[0];
        return { ...(transactions[0] && { transaction: transactions[0] }), payment, report };
      },
    }),
  );

/** A remittance, and the message it stands in. */
export interface RemittanceRecord {
  readonly advice: Advice;
  readonly message: Omit<RemittanceAdvice, "advices">;
}

/** The remittances of a remt.001 as records. */
export const remittanceRecords = (limits: Partial<XmlLimits> = {}): Records<RemittanceRecord> =>
  inAnyWidth(
    xmlRecords({
      name: "remittances",
      parts: new Set(["RmtInf"]),
      alone: new Set(["Document"]),
      read(document) {
        const { advices, ...message } = readRemittanceAdvice(document, limits);
        return { advice: advices[0]!, message };
      },
    }),
  );
