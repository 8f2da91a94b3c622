/**
 * Writes account messages as version 8, the one in use between banks and companies today.
 *
 * What is written is read back to the same value, whichever version it was read from; only `messageType` becomes version 8.
 */
import type { Bytes } from "../../std/bytes.ts";
import { ContractBroken } from "../../std/errors.ts";
import type { MessageKind } from "./read.ts";
import type {
  BankDocument,
  BankEntry,
  BankParty,
  BankStatement,
  BankTransaction,
  CreditDebit,
} from "./statement.ts";

/** @throws {ContractBroken} when a text holds a character XML cannot carry */
export function writeBankDocument(document: BankDocument, kind: MessageKind): Bytes {
  const body = tag(kind.body, [
    tag("GrpHdr", [
      tag("MsgId", document.messageId),
      tag("CreDtTm", document.createdAt),
      party("MsgRcpt", document.recipient),
      tag("AddtlInf", document.additionalInfo),
    ]),
    ...document.statements.map((statement) => statementOf(statement, kind)),
  ]);
  const namespace = `urn:iso:std:iso:20022:tech:xsd:${kind.name}.001.08`;
  return Buffer.from(
    `<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="${namespace}">\n${body}</Document>\n`,
    "utf8",
  );
}

const INFO: Readonly<Record<string, string>> = {
  Stmt: "AddtlStmtInf",
  Rpt: "AddtlRptInf",
  Ntfctn: "AddtlNtfctnInf",
};

function statementOf(statement: BankStatement, kind: MessageKind): string {
  const { account } = statement;
  const period = [tag("FrDtTm", statement.from), tag("ToDtTm", statement.to)];
  return tag(kind.part, [
    tag("Id", statement.id),
    tag("ElctrncSeqNb", statement.electronicSequence),
    tag("LglSeqNb", statement.legalSequence),
    tag("CreDtTm", statement.createdAt),
    tag("FrToDt", period),
    tag("CpyDplctInd", statement.copy),
    tag("Acct", [
      tag("Id", [tag("IBAN", account.iban), tag("Othr", [tag("Id", account.otherId)])]),
      tag("Ccy", account.currency),
      tag("Nm", account.name),
      tag("Ownr", [tag("Nm", account.owner)]),
      tag("Svcr", [tag("FinInstnId", [tag("BICFI", account.bic)])]),
    ]) || "<Acct></Acct>\n",
    ...statement.balances.map(({ type, amount, currency, creditDebit, date }) =>
      tag("Bal", [
        tag("Tp", [tag("CdOrPrtry", [tag("Cd", type)])]),
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
  const { code } = entry;
  return tag("Ntry", [
    tag("NtryRef", entry.reference),
    money("Amt", entry.amount, entry.currency),
    direction(entry.creditDebit),
    tag("RvslInd", entry.reversal ? "true" : undefined),
    tag("Sts", [tag("Cd", entry.status)]),
    day("BookgDt", entry.bookedOn),
    day("ValDt", entry.valueOn),
    tag("AcctSvcrRef", entry.bankReference),
    code === undefined
      ? ""
      : tag("BkTxCd", [
          tag("Domn", [
            tag("Cd", code.domain),
            tag("Fmly", [tag("Cd", code.family), tag("SubFmlyCd", code.subFamily)]),
          ]),
          tag("Prtry", [tag("Cd", code.proprietary), tag("Issr", code.issuer)]),
        ]) || "<BkTxCd></BkTxCd>\n",
    entry.transactions.length === 0 ? "" : open("NtryDtls", entry.transactions.map(transactionOf)),
    tag("AddtlNtryInf", entry.additionalInfo),
  ]);
}

function transactionOf(transaction: BankTransaction): string {
  const { debtor, creditor } = transaction;
  return open("TxDtls", [
    tag("Refs", [
      tag("MsgId", transaction.messageId),
      tag("AcctSvcrRef", transaction.bankReference),
      tag("PmtInfId", transaction.paymentInformationId),
      tag("InstrId", transaction.instructionId),
      tag("EndToEndId", transaction.endToEndId),
      tag("TxId", transaction.transactionId),
      tag("MndtId", transaction.mandateId),
      tag("ChqNb", transaction.chequeNumber),
    ]),
    transaction.amount === undefined ? "" : money("Amt", transaction.amount, transaction.currency ?? ""),
    transaction.creditDebit === undefined ? "" : direction(transaction.creditDebit),
    tag("RltdPties", [
      party("Dbtr", debtor, "Pty"),
      account("DbtrAcct", debtor),
      party("UltmtDbtr", transaction.ultimateDebtor, "Pty"),
      party("Cdtr", creditor, "Pty"),
      account("CdtrAcct", creditor),
      party("UltmtCdtr", transaction.ultimateCreditor, "Pty"),
    ]),
    tag("RltdAgts", [agent("DbtrAgt", debtor), agent("CdtrAgt", creditor)]),
    tag("RmtInf", [
      ...transaction.remittance.map((text) => filled("Ustrd", text)),
      ...transaction.structured.map(({ documents, creditorReference, amount, additional }) =>
        open("Strd", [
          ...documents.map(({ type, number, date }) =>
            open("RfrdDocInf", [
              tag("Tp", [tag("CdOrPrtry", [tag("Cd", type)])]),
              tag("Nb", number),
              day("RltdDt", date),
            ]),
          ),
          amount === undefined
            ? ""
            : tag("RfrdDocAmt", [money("RmtdAmt", amount, transaction.currency ?? "XXX")]),
          tag("CdtrRefInf", [tag("Ref", creditorReference)]),
          ...additional.map((text) => filled("AddtlRmtInf", text)),
        ]),
      ),
    ]),
    tag("RtrInf", [tag("Rsn", [tag("Cd", transaction.returnReason)])]),
    tag("AddtlTxInf", transaction.additionalInfo),
  ]);
}

function party(name: string, about: BankParty | undefined, inside?: string): string {
  if (!about) return "";
  const content = [
    tag("Nm", about.name),
    tag("PstlAdr", [
      tag("Ctry", about.country),
      ...(about.address ?? []).map((line) => filled("AdrLine", line)),
    ]),
  ];
  return inside === undefined ? tag(name, content) : tag(name, [tag(inside, content)]);
}

const account = (name: string, about: BankParty | undefined): string =>
  tag(name, [tag("Id", [tag("IBAN", about?.iban), tag("Othr", [tag("Id", about?.account)])])]);

const agent = (name: string, about: BankParty | undefined): string =>
  tag(name, [tag("FinInstnId", [tag("BICFI", about?.bic)])]);

const money = (name: string, amount: string, currency: string): string =>
  `<${name} Ccy="${escaped(currency)}">${escaped(amount)}</${name}>\n`;

const direction = (creditDebit: CreditDebit): string =>
  tag("CdtDbtInd", creditDebit === "credit" ? "CRDT" : "DBIT");

const day = (name: string, date: string | undefined): string =>
  tag(name, [tag(date?.includes("T") ? "DtTm" : "Dt", date)]);

/** An element with content, or nothing when there is none: an absent field stays absent. */
function tag(name: string, content: string | readonly string[] | undefined): string {
  if (content === undefined) return "";
  if (typeof content === "string") return content === "" ? "" : filled(name, content);
  return content.every((part) => part === "") ? "" : open(name, content);
}

const open = (name: string, content: readonly string[]): string =>
  `<${name}>\n${content.join("")}</${name}>\n`;

const filled = (name: string, text: string): string => `<${name}>${escaped(text)}</${name}>\n`;

function escaped(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters XML 1.0 cannot carry at all.
  if (/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/.test(text) || !text.isWellFormed()) {
    throw new ContractBroken("A text holds a character XML cannot carry.", {
      facts: { expected: "characters of XML 1.0", found: "a control character or a lone surrogate" },
    });
  }
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("\r", "&#13;");
}
