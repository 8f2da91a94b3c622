/**
 * Writes account messages as version 8, the one in use between banks and companies today.
 *
 * What is written is read back to the same value, whichever version it was read from; only `messageType` becomes version 8.
 */
import type { Bytes } from "../../std/bytes.ts";
import type { MessageKind } from "./read-account.ts";
import type {
  BankDocument,
  BankEntry,
  BankStatement,
  BankTransaction,
  BankTransactionCode,
  Page,
} from "./statement.ts";
import {
  account,
  agent,
  choice,
  day,
  direction,
  documentBytes,
  money,
  open,
  party,
  remittance,
  tag,
} from "./xml.ts";

/** @throws {ContractBroken} when an amount has no currency, or a text holds a character XML cannot carry */
export function writeBankDocument(document: BankDocument, kind: MessageKind): Bytes {
  const body = tag(kind.body, [
    tag("GrpHdr", [
      tag("MsgId", document.messageId),
      tag("CreDtTm", document.createdAt),
      party("MsgRcpt", document.recipient),
      page("MsgPgntn", document.page),
      tag(
        "OrgnlBizQry",
        document.query && [
          tag("MsgId", document.query.messageId),
          tag("MsgNmId", document.query.messageType),
          tag("CreDtTm", document.query.createdAt),
        ],
      ),
      tag("AddtlInf", document.additionalInfo),
    ]),
    ...document.statements.map((statement) => statementOf(statement, kind)),
  ]);
  return documentBytes(`${kind.name}.001.08`, body);
}

const page = (name: string, about: Page | undefined): string =>
  tag(name, about && [tag("PgNb", about.number), tag("LastPgInd", String(about.last))]);

const INFO: Readonly<Record<string, string>> = {
  Stmt: "AddtlStmtInf",
  Rpt: "AddtlRptInf",
  Ntfctn: "AddtlNtfctnInf",
};

function statementOf(statement: BankStatement, kind: MessageKind): string {
  const { account: of } = statement;
  const period = [tag("FrDtTm", statement.from), tag("ToDtTm", statement.to)];
  return tag(kind.part, [
    tag("Id", statement.id),
    page(`${kind.part}Pgntn`, statement.page),
    tag("ElctrncSeqNb", statement.electronicSequence),
    tag("LglSeqNb", statement.legalSequence),
    tag("CreDtTm", statement.createdAt),
    tag("FrToDt", period),
    tag("CpyDplctInd", statement.copy),
    tag("Acct", [
      tag("Id", [
        tag("IBAN", of.iban),
        tag("Othr", [tag("Id", of.otherId), choice("SchmeNm", of.scheme), tag("Issr", of.issuer)]),
      ]),
      tag("Ccy", of.currency),
      tag("Nm", of.name),
      tag("Ownr", [tag("Nm", of.owner)]),
      tag("Svcr", [tag("FinInstnId", [tag("BICFI", of.bic), tag("Nm", of.bankName)])]),
    ]) || "<Acct></Acct>\n",
    ...statement.balances.map(({ type, amount, currency, creditDebit, date }) =>
      tag("Bal", [
        tag("Tp", [choice("CdOrPrtry", type)]),
        money("Amt", amount, currency),
        direction(creditDebit),
        day("Dt", date),
      ]),
    ),
    ...statement.entries.map(entryOf),
    tag(INFO[kind.part]!, statement.additionalInfo),
  ]);
}

function entryOf(entry: BankEntry): string {
  return tag("Ntry", [
    tag("NtryRef", entry.reference),
    money("Amt", entry.amount, entry.currency),
    direction(entry.creditDebit),
    tag("RvslInd", entry.reversal ? "true" : undefined),
    tag("Sts", [tag("Cd", entry.status)]),
    day("BookgDt", entry.bookedOn),
    day("ValDt", entry.valueOn),
    tag("AcctSvcrRef", entry.bankReference),
    transactionCode(entry.code),
    charges(entry),
    tag("NtryDtls", [
      tag(
        "Btch",
        entry.batch && [
          tag("MsgId", entry.batch.messageId),
          tag("PmtInfId", entry.batch.paymentInformationId),
          tag("NbOfTxs", entry.batch.count === undefined ? undefined : String(entry.batch.count)),
        ],
      ),
      ...entry.transactions.map(transactionOf),
    ]),
    tag("AddtlNtryInf", entry.additionalInfo),
  ]);
}

function transactionCode(code: BankTransactionCode | undefined): string {
  if (code === undefined) return "";
  const inside = tag("BkTxCd", [
    tag("Domn", [
      tag("Cd", code.domain),
      tag("Fmly", [tag("Cd", code.family), tag("SubFmlyCd", code.subFamily)]),
    ]),
    tag("Prtry", [tag("Cd", code.proprietary), tag("Issr", code.issuer)]),
  ]);
  return inside || "<BkTxCd></BkTxCd>\n";
}

const charges = ({
  charges: all,
  chargesTotal: total,
}: Pick<BankEntry, "charges" | "chargesTotal">): string =>
  tag("Chrgs", [
    total === undefined ? "" : money("TtlChrgsAndTaxAmt", total.amount, total.currency),
    ...(all ?? []).map((charge) =>
      tag("Rcrd", [
        money("Amt", charge.amount, charge.currency),
        charge.creditDebit === undefined ? "" : direction(charge.creditDebit),
        tag("ChrgInclInd", charge.included === undefined ? undefined : String(charge.included)),
        tag("Tp", charge.type === undefined ? undefined : [ownOrCode(charge.type)]),
      ]),
    ),
  ]);

/** Here the own word stands one level deeper. */
const ownOrCode = (type: string): string =>
  /^[A-Z0-9]{1,4}$/.test(type) ? tag("Cd", type) : tag("Prtry", [tag("Id", type)]);

function transactionOf(transaction: BankTransaction): string {
  const { debtor, creditor, instructed } = transaction;
  return open("TxDtls", [
    tag("Refs", [
      tag("MsgId", transaction.messageId),
      tag("AcctSvcrRef", transaction.bankReference),
      tag("PmtInfId", transaction.paymentInformationId),
      tag("InstrId", transaction.instructionId),
      tag("EndToEndId", transaction.endToEndId),
      tag("UETR", transaction.uetr),
      tag("TxId", transaction.transactionId),
      tag("MndtId", transaction.mandateId),
      tag("ChqNb", transaction.chequeNumber),
      tag("ClrSysRef", transaction.clearingReference),
      tag("AcctOwnrTxId", transaction.ownerTransactionId),
      tag("AcctSvcrTxId", transaction.bankTransactionId),
      tag("MktInfrstrctrTxId", transaction.marketTransactionId),
      tag("PrcgId", transaction.processingId),
      ...(transaction.ownReferences ?? []).map(({ type, reference }) =>
        tag("Prtry", [tag("Tp", type), tag("Ref", reference)]),
      ),
    ]),
    // What an exchange rate gave stands beside the rate; a second amount here would be another statement.
    transaction.amount === undefined || (transaction.exchangeRate !== undefined && !transaction.moved)
      ? ""
      : money("Amt", transaction.amount, transaction.currency),
    transaction.creditDebit === undefined ? "" : direction(transaction.creditDebit),
    tag("AmtDtls", [
      tag("InstdAmt", instructed && [money("Amt", instructed.amount, instructed.currency)]),
      tag("TxAmt", rate(transaction)),
    ]),
    transactionCode(transaction.code),
    charges(transaction),
    tag("RltdPties", [
      party("Dbtr", debtor, "Pty"),
      account("DbtrAcct", debtor),
      party("UltmtDbtr", transaction.ultimateDebtor, "Pty"),
      party("Cdtr", creditor, "Pty"),
      account("CdtrAcct", creditor),
      party("UltmtCdtr", transaction.ultimateCreditor, "Pty"),
    ]),
    tag("RltdAgts", [agent("DbtrAgt", debtor), agent("CdtrAgt", creditor)]),
    choice("Purp", transaction.purpose),
    remittance(transaction.remittance, transaction.structured, transaction.currency),
    tag("RltdDts", [tag("AccptncDtTm", transaction.acceptedAt), tag("IntrBkSttlmDt", transaction.settledOn)]),
    tag("RtrInf", [choice("Rsn", transaction.returnReason)]),
    tag("AddtlTxInf", transaction.additionalInfo),
  ]);
}

/** An exchange rate stands beside the amount it gave. */
function rate({ exchangeRate, amount, currency, moved }: BankTransaction): string[] | undefined {
  if (exchangeRate === undefined && moved === undefined) return undefined;
  const gave = moved ?? { amount, currency };
  return [
    gave.amount === undefined ? "" : money("Amt", gave.amount, gave.currency),
    tag(
      "CcyXchg",
      exchangeRate === undefined ? undefined : [tag("SrcCcy", currency), tag("XchgRate", exchangeRate)],
    ),
  ];
}
