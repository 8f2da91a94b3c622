/**
 * Reads payment initiations: pain.001 credit transfers and pain.008 direct debits, every version.
 *
 * Counts and control sums are held against the transactions: a file cut short or changed on its way is refused, not paid.
 * Of a transaction that is read alone they are handed on instead.
 */
import Big from "big.js";
import type { Bytes } from "../../std/bytes.ts";
import {
  at,
  brokenAt,
  child,
  childrenNamed,
  parseXml,
  type XmlElement,
  type XmlLimits,
} from "../xml/tree.ts";
import { left, textAt, textOf } from "./carried.ts";
import {
  codeOrOwn,
  count,
  dateIn,
  dateTime,
  decimal,
  money,
  need,
  needText,
  optionalDate,
  partyOf,
  remittanceOf,
  stated,
  truth,
} from "./elements.ts";
import { openDocument } from "./envelope.ts";
import type { PaymentInitiation, PaymentInstruction, PaymentTotals, PaymentTransaction } from "./payment.ts";

export const TRANSFERS = { name: "pain.001", body: "CstmrCdtTrfInitn" } as const;
export const DEBITS = { name: "pain.008", body: "CstmrDrctDbtInitn" } as const;
type PaymentKind = typeof TRANSFERS | typeof DEBITS;

/** @throws {ContractBroken} with `line`, `path`, `expected` and `found` */
export const readPaymentInitiation = (
  bytes: Bytes,
  kind: PaymentKind,
  limits: Partial<XmlLimits> = {},
): PaymentInitiation => initiationOf(parseXml(bytes, limits), kind, addsUp);

/** The message of a document; `totals` takes NbOfTxs and CtrlSum, at the message and at each payment. */
export function initiationOf(root: XmlElement, kind: PaymentKind, totals: typeof addsUp): PaymentInitiation {
  const { body, messageType } = openDocument(root, [kind]);
  const header = need(body, "GrpHdr");
  const instructions = childrenNamed(body, "PmtInf");
  if (instructions.length === 0) throw brokenAt(body, "at least one PmtInf", "none");
  const name = kind === TRANSFERS ? "CdtTrfTxInf" : "DrctDbtTxInf";
  const payments = instructions.map((instruction) => instructionOf(instruction, name, totals));
  totals(
    header,
    payments.flatMap(({ transactions }) => transactions),
  );
  return {
    messageType,
    messageId: needText(header, "MsgId"),
    createdAt: dateTime(need(header, "CreDtTm")),
    ...stated({ initiatedBy: partyOf(child(header, "InitgPty")) }),
    payments,
    ...left(root),
  };
}

function instructionOf(instruction: XmlElement, name: string, totals: typeof addsUp): PaymentInstruction {
  const elements = childrenNamed(instruction, name);
  if (elements.length === 0) throw brokenAt(instruction, `at least one ${name}`, "none");
  // The type of payment may stand at each transaction; there it is the same for all of a batch in practice.
  const kind = typeOf(child(instruction, "PmtTpInf") ?? child(elements[0], "PmtTpInf"));
  const transactions = elements.map((element) => transactionOf(element, name));
  totals(instruction, transactions);
  const booking = child(instruction, "BtchBookg");
  const when = child(instruction, "ReqdExctnDt") ?? child(instruction, "ReqdColltnDt");
  const executeOn = dateIn(when);
  if (executeOn === undefined) throw brokenAt(when ?? instruction, "the day of execution", "nothing");
  return {
    id: textAt(instruction, "PmtInfId"),
    method: needText(instruction, "PmtMtd"),
    ...(booking === undefined ? {} : { batchBooking: truth(booking) }),
    ...kind,
    executeOn,
    ...partiesOf(instruction),
    ...stated({
      chargeBearer: textAt(instruction, "ChrgBr"),
      creditorSchemeId: schemeId(child(instruction, "CdtrSchmeId")),
    }),
    transactions,
    ...left(instruction),
  };
}

const typeOf = (type: XmlElement | undefined) =>
  stated({
    priority: textAt(type, "InstrPrty"),
    serviceLevel: codeOrOwn(child(type, "SvcLvl")),
    localInstrument: codeOrOwn(child(type, "LclInstrm")),
    sequenceType: textAt(type, "SeqTp"),
    categoryPurpose: codeOrOwn(child(type, "CtgyPurp")) || textAt(type, "CtgyPurp"),
  });

function partiesOf(inside: XmlElement) {
  const party = (name: string) =>
    partyOf(child(inside, name), child(inside, `${name}Acct`), child(inside, `${name}Agt`));
  return stated({
    debtor: party("Dbtr"),
    ultimateDebtor: partyOf(child(inside, "UltmtDbtr")),
    creditor: party("Cdtr"),
    ultimateCreditor: partyOf(child(inside, "UltmtCdtr")),
  });
}

function transactionOf(transaction: XmlElement, name: string): PaymentTransaction {
  const ids = need(transaction, "PmtId");
  const amount = child(transaction, "Amt");
  const equivalent = child(amount, "EqvtAmt");
  const instructed =
    name === "DrctDbtTxInf"
      ? need(transaction, "InstdAmt")
      : (child(amount, "InstdAmt") ?? child(equivalent, "Amt"));
  if (instructed === undefined) throw brokenAt(amount ?? transaction, "InstdAmt or EqvtAmt", "nothing");
  const debit = child(transaction, "DrctDbtTx");
  const mandate = child(debit, "MndtRltdInf");
  return {
    ...stated({ instructionId: textAt(ids, "InstrId") }),
    endToEndId: needText(ids, "EndToEndId"),
    ...stated({ uetr: textAt(ids, "UETR") }),
    ...money(instructed),
    ...stated({
      transferCurrency: textAt(equivalent, "CcyOfTrf"),
      chargeBearer: textAt(transaction, "ChrgBr"),
    }),
    ...partiesOf(transaction),
    ...(mandate === undefined
      ? {}
      : {
          mandate: {
            id: needText(mandate, "MndtId"),
            ...stated({ signedOn: optionalDate(child(mandate, "DtOfSgntr")) }),
          },
        }),
    ...stated({
      creditorSchemeId: schemeId(child(debit, "CdtrSchmeId")),
      purpose: codeOrOwn(child(transaction, "Purp")),
    }),
    ...remittanceOf(childrenNamed(transaction, "RmtInf")),
    ...left(transaction),
  };
}

function schemeId(scheme: XmlElement | undefined): string {
  const id = at(scheme, "Id", "PrvtId", "Othr") ?? at(scheme, "Id", "OrgId", "Othr");
  const named = at(id, "SchmeNm", "Prtry");
  // The scheme itself goes without saying.
  if (named?.text.trim() === "SEPA") textOf(named);
  return textAt(id, "Id");
}

/** NbOfTxs and CtrlSum, at whichever level they stand. */
function addsUp(stated: XmlElement, transactions: readonly PaymentTransaction[]): void {
  const number = child(stated, "NbOfTxs");
  if (number !== undefined && count(number) !== transactions.length)
    throw brokenAt(number, `the number of transactions, ${transactions.length}`, number.text.trim());
  const sum = child(stated, "CtrlSum");
  if (sum === undefined) return;
  const total = transactions.reduce((all, { amount }) => all.plus(amount), new Big(0));
  if (!total.eq(decimal(sum)))
    throw brokenAt(sum, `the sum of the amounts, ${total.toFixed()}`, sum.text.trim());
}

/** NbOfTxs and CtrlSum as they are announced. */
export const totalsOf = (inside: XmlElement): PaymentTotals => {
  const number = child(inside, "NbOfTxs");
  const sum = child(inside, "CtrlSum");
  return {
    ...(number === undefined ? {} : { count: count(number) }),
    ...(sum === undefined ? {} : { controlSum: decimal(sum) }),
  };
};
