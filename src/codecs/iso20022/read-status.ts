/**
 * Reads what became of payments (pain.002, and pacs.002 between banks), and remittance advices that travel on their own
 * (remt.001).
 */
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
} from "./elements.ts";
import { openDocument } from "./envelope.ts";
import type {
  Advice,
  OriginalMessage,
  PaymentStatus,
  PaymentStatusReport,
  RemittanceAdvice,
  StatusReason,
  TransactionStatus,
} from "./payment.ts";

export const STATUS_KINDS = [
  { name: "pain.002", body: "CstmrPmtStsRpt" },
  { name: "pacs.002", body: "FIToFIPmtStsRpt" },
] as const;

export const ADVICE = { name: "remt.001", body: "RmtAdvc" } as const;

/** @throws {ContractBroken} with `line`, `path`, `expected` and `found` */
export function readPaymentStatus(bytes: Bytes, limits: Partial<XmlLimits> = {}): PaymentStatusReport {
  const root = parseXml(bytes, limits);
  const { body, messageType } = openDocument(root, STATUS_KINDS);
  const header = need(body, "GrpHdr");
  const original = child(body, "OrgnlGrpInfAndSts") ?? child(body, "OrgnlGrpInf");
  const loose = childrenNamed(body, "TxInfAndSts");
  if (!original && loose.length === 0)
    throw brokenAt(body, "the message it is about, OrgnlGrpInfAndSts", "none");
  return {
    messageType,
    messageId: needText(header, "MsgId"),
    createdAt: dateTime(need(header, "CreDtTm")),
    ...(original === undefined ? {} : { original: originalOf(original) }),
    payments: [
      ...childrenNamed(body, "OrgnlPmtInfAndSts").map(paymentOf),
      ...(loose.length === 0 ? [] : [{ reasons: [], transactions: loose.map(transactionOf) }]),
    ],
    ...left(root),
  };
}

function originalOf(original: XmlElement): OriginalMessage {
  const number = child(original, "OrgnlNbOfTxs");
  const sum = child(original, "OrgnlCtrlSum");
  return {
    messageId: needText(original, "OrgnlMsgId"),
    messageType: needText(original, "OrgnlMsgNmId"),
    ...(number === undefined ? {} : { count: count(number) }),
    ...(sum === undefined ? {} : { controlSum: decimal(sum) }),
    ...stated({ status: textAt(original, "GrpSts") }),
    reasons: reasonsOf(original),
  };
}

function paymentOf(payment: XmlElement): PaymentStatus {
  return {
    ...stated({ originalId: textAt(payment, "OrgnlPmtInfId"), status: textAt(payment, "PmtInfSts") }),
    reasons: reasonsOf(payment),
    transactions: childrenNamed(payment, "TxInfAndSts").map(transactionOf),
    ...left(payment),
  };
}

function transactionOf(transaction: XmlElement): TransactionStatus {
  const original = child(transaction, "OrgnlTxRef");
  const amount =
    at(original, "Amt", "InstdAmt") ??
    at(original, "Amt", "EqvtAmt", "Amt") ??
    child(original, "IntrBkSttlmAmt") ??
    child(original, "InstdAmt");
  const party = (name: string) =>
    partyOf(child(original, name), child(original, `${name}Acct`), child(original, `${name}Agt`));
  return {
    ...stated({
      statusId: textAt(transaction, "StsId"),
      originalInstructionId: textAt(transaction, "OrgnlInstrId"),
      originalEndToEndId: textAt(transaction, "OrgnlEndToEndId"),
      originalTransactionId: textAt(transaction, "OrgnlTxId"),
      originalUetr: textAt(transaction, "OrgnlUETR"),
      status: textAt(transaction, "TxSts"),
    }),
    reasons: reasonsOf(transaction),
    ...stated({
      acceptedAt: optionalDate(child(transaction, "AccptncDtTm")),
      bankReference: textAt(transaction, "AcctSvcrRef"),
      clearingReference: textAt(transaction, "ClrSysRef"),
    }),
    ...(amount === undefined ? {} : money(amount)),
    ...stated({ debtor: party("Dbtr"), creditor: party("Cdtr") }),
    ...left(transaction),
  };
}

const reasonsOf = (inside: XmlElement): StatusReason[] =>
  // The name moved from StsRsnInf to StsRsn and back.
  [...childrenNamed(inside, "StsRsnInf"), ...childrenNamed(inside, "StsRsn")].map((reason) => ({
    ...stated({ code: codeOrOwn(child(reason, "Rsn")) || codeOrOwn(child(reason, "StsRsn")) }),
    additional: childrenNamed(reason, "AddtlInf").map(textOf),
  }));

/** @throws {ContractBroken} with `line`, `path`, `expected` and `found` */
export function readRemittanceAdvice(bytes: Bytes, limits: Partial<XmlLimits> = {}): RemittanceAdvice {
  const root = parseXml(bytes, limits);
  const { body, messageType } = openDocument(root, [ADVICE]);
  const header = need(body, "GrpHdr");
  const advices = childrenNamed(body, "RmtInf");
  if (advices.length === 0) throw brokenAt(body, "at least one RmtInf", "none");
  return {
    messageType,
    messageId: needText(header, "MsgId"),
    createdAt: dateTime(need(header, "CreDtTm")),
    ...stated({
      initiatedBy: partyOf(child(header, "InitgPty")),
      recipient: partyOf(child(header, "MsgRcpt")),
    }),
    advices: advices.map(adviceOf),
    ...left(root),
  };
}

function adviceOf(advice: XmlElement): Advice {
  const payment = child(advice, "OrgnlPmtInf");
  const references = child(payment, "Refs");
  const amount =
    at(payment, "Amt", "InstdAmt") ??
    at(payment, "Amt", "EqvtAmt", "Amt") ??
    child(payment, "IntrBkSttlmAmt");
  const party = (name: string) =>
    partyOf(child(payment, name), child(payment, `${name}Acct`), child(payment, `${name}Agt`));
  return {
    ...stated({ id: textAt(advice, "RmtId") }),
    ...remittanceOf([advice]),
    ...(payment === undefined
      ? {}
      : {
          payment: {
            ...stated({
              instructionId: textAt(references, "InstrId"),
              endToEndId: textAt(references, "EndToEndId"),
              uetr: textAt(references, "UETR"),
            }),
            ...(amount === undefined ? {} : money(amount)),
            ...stated({
              executeOn: dateIn(child(payment, "ReqdExctnDt") ?? child(payment, "ReqdColltnDt")),
              debtor: party("Dbtr"),
              creditor: party("Cdtr"),
            }),
          },
        }),
    ...left(advice),
  };
}
