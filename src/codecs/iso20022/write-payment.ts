/**
 * Writes payment initiations: pain.001 as version 9 and pain.008 as version 8, the ones banks take today.
 *
 * Counts and control sums are added here, so they cannot disagree with the transactions. What is written is read back to
 * the same value; only `messageType` becomes the version written.
 */
import Big from "big.js";
import type { Bytes } from "../../std/bytes.ts";
import { ContractBroken } from "../../std/errors.ts";
import type { PaymentInitiation, PaymentInstruction, PaymentTransaction } from "./payment.ts";
import { account, agent, choice, documentBytes, money, open, party, remittance, tag } from "./xml.ts";

/** @throws {ContractBroken} when nothing is to be paid, or a text holds a character XML cannot carry */
export function writeTransfers(initiation: PaymentInitiation): Bytes {
  return documentBytes("pain.001.001.09", bodyOf("CstmrCdtTrfInitn", initiation, transferInstruction));
}

export function writeDebits(initiation: PaymentInitiation): Bytes {
  return documentBytes("pain.008.001.08", bodyOf("CstmrDrctDbtInitn", initiation, debitInstruction));
}

function bodyOf(
  name: string,
  initiation: PaymentInitiation,
  instruction: (payment: PaymentInstruction) => string,
): string {
  const transactions = initiation.payments.flatMap((payment) => payment.transactions);
  if (transactions.length === 0 || initiation.payments.some((payment) => payment.transactions.length === 0))
    throw new ContractBroken("A payment initiation needs transactions in every payment.", {
      facts: { expected: "at least one transaction", found: "none" },
    });
  return open(name, [
    open("GrpHdr", [
      tag("MsgId", initiation.messageId),
      tag("CreDtTm", initiation.createdAt),
      ...sums(transactions),
      party("InitgPty", initiation.initiatedBy) || "<InitgPty></InitgPty>\n",
    ]),
    ...initiation.payments.map(instruction),
  ]);
}

function sums(transactions: readonly PaymentTransaction[]): string[] {
  const total = transactions.reduce((all, { amount }) => all.plus(amount), new Big(0));
  return [tag("NbOfTxs", String(transactions.length)), tag("CtrlSum", total.toFixed())];
}

const head = (payment: PaymentInstruction): string[] => [
  tag("PmtInfId", payment.id),
  tag("PmtMtd", payment.method),
  tag("BtchBookg", payment.batchBooking === undefined ? undefined : String(payment.batchBooking)),
  ...sums(payment.transactions),
  tag("PmtTpInf", [
    tag("InstrPrty", payment.priority),
    choice("SvcLvl", payment.serviceLevel),
    choice("LclInstrm", payment.localInstrument),
    tag("SeqTp", payment.sequenceType),
    choice("CtgyPurp", payment.categoryPurpose),
  ]),
];

function transferInstruction(payment: PaymentInstruction): string {
  const { debtor } = payment;
  return open("PmtInf", [
    ...head(payment),
    tag("ReqdExctnDt", [tag(payment.executeOn.includes("T") ? "DtTm" : "Dt", payment.executeOn)]),
    party("Dbtr", debtor),
    account("DbtrAcct", debtor),
    agent("DbtrAgt", debtor),
    party("UltmtDbtr", payment.ultimateDebtor),
    tag("ChrgBr", payment.chargeBearer),
    ...payment.transactions.map(transfer),
  ]);
}

function transfer(transaction: PaymentTransaction): string {
  const { creditor, amount, currency, transferCurrency } = transaction;
  return open("CdtTrfTxInf", [
    ids(transaction),
    open("Amt", [
      transferCurrency === undefined
        ? money("InstdAmt", amount, currency)
        : open("EqvtAmt", [money("Amt", amount, currency), tag("CcyOfTrf", transferCurrency)]),
    ]),
    tag("ChrgBr", transaction.chargeBearer),
    party("UltmtDbtr", transaction.ultimateDebtor),
    agent("CdtrAgt", creditor),
    party("Cdtr", creditor),
    account("CdtrAcct", creditor),
    party("UltmtCdtr", transaction.ultimateCreditor),
    choice("Purp", transaction.purpose),
    remittance(transaction.remittance, transaction.structured, currency),
  ]);
}

function debitInstruction(payment: PaymentInstruction): string {
  const { creditor } = payment;
  return open("PmtInf", [
    ...head(payment),
    tag("ReqdColltnDt", payment.executeOn),
    party("Cdtr", creditor),
    account("CdtrAcct", creditor),
    agent("CdtrAgt", creditor),
    party("UltmtCdtr", payment.ultimateCreditor),
    tag("ChrgBr", payment.chargeBearer),
    scheme(payment.creditorSchemeId),
    ...payment.transactions.map(debit),
  ]);
}

function debit(transaction: PaymentTransaction): string {
  const { debtor, mandate, currency } = transaction;
  return open("DrctDbtTxInf", [
    ids(transaction),
    money("InstdAmt", transaction.amount, currency),
    tag("ChrgBr", transaction.chargeBearer),
    tag("DrctDbtTx", [
      tag("MndtRltdInf", mandate && [tag("MndtId", mandate.id), tag("DtOfSgntr", mandate.signedOn)]),
      scheme(transaction.creditorSchemeId),
    ]),
    party("UltmtCdtr", transaction.ultimateCreditor),
    agent("DbtrAgt", debtor),
    party("Dbtr", debtor),
    account("DbtrAcct", debtor),
    party("UltmtDbtr", transaction.ultimateDebtor),
    choice("Purp", transaction.purpose),
    remittance(transaction.remittance, transaction.structured, currency),
  ]);
}

const ids = (transaction: PaymentTransaction): string =>
  open("PmtId", [
    tag("InstrId", transaction.instructionId),
    tag("EndToEndId", transaction.endToEndId),
    tag("UETR", transaction.uetr),
  ]);

const scheme = (id: string | undefined): string =>
  tag("CdtrSchmeId", [
    tag("Id", [
      tag("PrvtId", [
        tag("Othr", id === undefined ? undefined : [tag("Id", id), open("SchmeNm", [tag("Prtry", "SEPA")])]),
      ]),
    ]),
  ]);
