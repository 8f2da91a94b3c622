/**
 * Reads the account messages of ISO 20022: camt.053 statements, and by the same rules camt.052 reports and camt.054
 * notifications.
 *
 * All published versions share a body; what moved between them (status as a code element, parties under `Pty`, BIC or
 * BICFI, transactions straight under the entry) is looked for in every place. Amounts, currencies, directions and dates
 * are held to the standard, because money rests on them; unknown elements are passed over.
 */
import type { Bytes } from "../../std/bytes.ts";
import {
  at,
  brokenAt,
  child,
  childrenNamed,
  parseXml,
  textAt,
  type XmlElement,
  type XmlLimits,
} from "../xml/tree.ts";
import type {
  BankAccount,
  BankBalance,
  BankDocument,
  BankEntry,
  BankParty,
  BankStatement,
  BankTransaction,
  BankTransactionCode,
  CreditDebit,
  StructuredRemittance,
} from "./statement.ts";

/** One kind of message: its name, its body element and the element each account stands in. */
export interface MessageKind {
  readonly name: string;
  readonly body: string;
  readonly part: string;
}

export const KINDS = {
  "camt.052": { name: "camt.052", body: "BkToCstmrAcctRpt", part: "Rpt" },
  "camt.053": { name: "camt.053", body: "BkToCstmrStmt", part: "Stmt" },
  "camt.054": { name: "camt.054", body: "BkToCstmrDbtCdtNtfctn", part: "Ntfctn" },
} as const satisfies Record<string, MessageKind>;

const NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:";

/** Reads one message of a kind. @throws {ContractBroken} with `line`, `path`, `expected` and `found` */
export function readBankDocument(
  bytes: Bytes,
  kind: MessageKind,
  limits: Partial<XmlLimits> = {},
): BankDocument {
  const root = parseXml(bytes, limits);
  const document = documentIn(root);
  if (!document) throw brokenAt(root, "a Document of ISO 20022", root.name);
  // Version 1 put the version into the name of the body.
  const body = document.children.find(({ name }) => name.replace(/V\d\d$/, "") === kind.body);
  if (!body) throw brokenAt(document, kind.body, document.children[0]?.name ?? "nothing");
  const { namespace } = document;
  const version = namespace.startsWith(NAMESPACE) ? namespace.slice(NAMESPACE.length) : "";
  if (namespace !== "" && !version.startsWith(kind.name)) {
    throw brokenAt(document, `the namespace ${NAMESPACE}${kind.name}…`, namespace);
  }
  const header = need(body, "GrpHdr");
  const parts = childrenNamed(body, kind.part);
  if (parts.length === 0) throw brokenAt(body, `at least one ${kind.part}`, "none");
  return {
    messageType: version || kind.name,
    messageId: needText(header, "MsgId"),
    createdAt: dateTime(need(header, "CreDtTm")),
    ...optional("recipient", partyOf(child(header, "MsgRcpt"))),
    ...optional("additionalInfo", textAt(header, "AddtlInf")),
    statements: parts.map(statementOf),
  };
}

/** The message may be wrapped: a business application header beside it, an envelope around both. */
export function documentIn(root: XmlElement, depth = 4): XmlElement | undefined {
  if (root.name === "Document") return root;
  if (depth === 0) return undefined;
  for (const inner of root.children) {
    const found = documentIn(inner, depth - 1);
    if (found) return found;
  }
  return undefined;
}

function statementOf(part: XmlElement): BankStatement {
  return {
    id: needText(part, "Id"),
    ...optional("electronicSequence", textAt(part, "ElctrncSeqNb")),
    ...optional("legalSequence", textAt(part, "LglSeqNb")),
    ...optional("createdAt", optionalDate(child(part, "CreDtTm"))),
    ...optional("from", optionalDate(at(part, "FrToDt", "FrDtTm") ?? at(part, "FrToDt", "FrDt"))),
    ...optional("to", optionalDate(at(part, "FrToDt", "ToDtTm") ?? at(part, "FrToDt", "ToDt"))),
    ...optional("copy", textAt(part, "CpyDplctInd")),
    account: accountOf(need(part, "Acct")),
    balances: childrenNamed(part, "Bal").map(balanceOf),
    entries: childrenNamed(part, "Ntry").map(entryOf),
    ...optional(
      "additionalInfo",
      textAt(part, "AddtlStmtInf") || textAt(part, "AddtlRptInf") || textAt(part, "AddtlNtfctnInf"),
    ),
  };
}

function accountOf(account: XmlElement): BankAccount {
  const id = child(account, "Id");
  return {
    ...optional("iban", textAt(id, "IBAN")),
    ...optional("otherId", textAt(id, "Othr", "Id") || textAt(id, "PrtryAcct", "Id") || textAt(id, "BBAN")),
    ...optional("currency", textAt(account, "Ccy")),
    ...optional("name", textAt(account, "Nm")),
    ...optional("owner", textAt(account, "Ownr", "Nm")),
    ...optional("bic", bicOf(child(account, "Svcr"))),
  };
}

function balanceOf(balance: XmlElement): BankBalance {
  const type = need(balance, "Tp");
  const code =
    textAt(type, "CdOrPrtry", "Cd") ||
    textAt(type, "CdOrPrtry", "Prtry") ||
    textAt(type, "Cd") ||
    textAt(type, "Prtry");
  if (code === "") throw brokenAt(type, "a balance type", "nothing");
  const date = dateIn(child(balance, "Dt"));
  if (date === undefined) throw brokenAt(balance, "the date of the balance", "nothing");
  return { type: code, ...money(need(balance, "Amt")), creditDebit: direction(balance), date };
}

function entryOf(entry: XmlElement): BankEntry {
  const status = textAt(entry, "Sts", "Cd") || textAt(entry, "Sts", "Prtry") || textAt(entry, "Sts");
  if (status === "") throw brokenAt(entry, "the status Sts", "nothing");
  const details = childrenNamed(entry, "NtryDtls");
  const transactions = [
    ...details.flatMap((detail) => childrenNamed(detail, "TxDtls")),
    ...childrenNamed(entry, "TxDtls"),
  ];
  return {
    ...optional("reference", textAt(entry, "NtryRef")),
    ...money(need(entry, "Amt")),
    creditDebit: direction(entry),
    reversal: truth(child(entry, "RvslInd")),
    status,
    ...optional("bookedOn", dateIn(child(entry, "BookgDt"))),
    ...optional("valueOn", dateIn(child(entry, "ValDt"))),
    ...optional("bankReference", textAt(entry, "AcctSvcrRef")),
    ...optional("code", codeOf(child(entry, "BkTxCd"))),
    ...optional("additionalInfo", textAt(entry, "AddtlNtryInf")),
    transactions: transactions.map(transactionOf),
  };
}

function codeOf(code: XmlElement | undefined): BankTransactionCode | undefined {
  if (!code) return undefined;
  const domain = child(code, "Domn");
  return {
    ...optional("domain", textAt(domain, "Cd")),
    ...optional("family", textAt(domain, "Fmly", "Cd")),
    ...optional("subFamily", textAt(domain, "Fmly", "SubFmlyCd")),
    ...optional("proprietary", textAt(code, "Prtry", "Cd")),
    ...optional("issuer", textAt(code, "Prtry", "Issr")),
  };
}

function transactionOf(details: XmlElement): BankTransaction {
  const refs = child(details, "Refs");
  const parties = child(details, "RltdPties");
  const agents = child(details, "RltdAgts");
  const remittance = childrenNamed(details, "RmtInf");
  const amount = child(details, "Amt") ?? at(details, "AmtDtls", "TxAmt", "Amt");
  return {
    ...optional("endToEndId", textAt(refs, "EndToEndId")),
    ...optional("instructionId", textAt(refs, "InstrId")),
    ...optional("transactionId", textAt(refs, "TxId")),
    ...optional("messageId", textAt(refs, "MsgId")),
    ...optional("paymentInformationId", textAt(refs, "PmtInfId")),
    ...optional("mandateId", textAt(refs, "MndtId")),
    ...optional("chequeNumber", textAt(refs, "ChqNb")),
    ...optional("bankReference", textAt(refs, "AcctSvcrRef")),
    ...(amount === undefined ? {} : money(amount)),
    ...(child(details, "CdtDbtInd") === undefined ? {} : { creditDebit: direction(details) }),
    ...optional(
      "debtor",
      partyOf(child(parties, "Dbtr"), child(parties, "DbtrAcct"), child(agents, "DbtrAgt")),
    ),
    ...optional(
      "creditor",
      partyOf(child(parties, "Cdtr"), child(parties, "CdtrAcct"), child(agents, "CdtrAgt")),
    ),
    ...optional("ultimateDebtor", partyOf(child(parties, "UltmtDbtr"))),
    ...optional("ultimateCreditor", partyOf(child(parties, "UltmtCdtr"))),
    remittance: remittance.flatMap((info) => childrenNamed(info, "Ustrd").map(({ text }) => text.trim())),
    structured: remittance.flatMap((info) => childrenNamed(info, "Strd").map(structuredOf)),
    ...optional(
      "returnReason",
      textAt(details, "RtrInf", "Rsn", "Cd") || textAt(details, "RtrInf", "Rsn", "Prtry"),
    ),
    ...optional("additionalInfo", textAt(details, "AddtlTxInf")),
  };
}

function structuredOf(structured: XmlElement): StructuredRemittance {
  const referred = child(structured, "RfrdDocAmt");
  const amount =
    referred?.children.find(({ name }) => name === "RmtdAmt") ??
    referred?.children.find(({ name }) => name === "DuePyblAmt");
  return {
    documents: childrenNamed(structured, "RfrdDocInf").map((document) => ({
      ...optional(
        "type",
        textAt(document, "Tp", "CdOrPrtry", "Cd") || textAt(document, "Tp", "CdOrPrtry", "Prtry"),
      ),
      ...optional("number", textAt(document, "Nb")),
      ...optional("date", dateIn(child(document, "RltdDt"))),
    })),
    ...optional(
      "creditorReference",
      textAt(structured, "CdtrRefInf", "Ref") || textAt(structured, "CdtrRefInf", "CdtrRef"),
    ),
    ...(amount === undefined ? {} : { amount: money(amount).amount }),
    additional: childrenNamed(structured, "AddtlRmtInf").map(({ text }) => text.trim()),
  };
}

function partyOf(
  party: XmlElement | undefined,
  account?: XmlElement,
  agent?: XmlElement,
): BankParty | undefined {
  // From version 8 on a party is a choice: a person or company under Pty, a bank under Agt.
  const inside = child(party, "Pty") ?? party;
  const bank = child(party, "Agt");
  const address = child(inside, "PstlAdr");
  const lines = [
    ...childrenNamed(address, "AdrLine").map(({ text }) => text.trim()),
    [textAt(address, "StrtNm"), textAt(address, "BldgNb")].filter((part) => part !== "").join(" "),
    [textAt(address, "PstCd"), textAt(address, "TwnNm")].filter((part) => part !== "").join(" "),
  ].filter((line) => line !== "");
  const read: BankParty = {
    ...optional("name", textAt(inside, "Nm") || textAt(bank, "FinInstnId", "Nm")),
    ...optional("country", textAt(address, "Ctry") || textAt(inside, "CtryOfRes")),
    ...(lines.length > 0 ? { address: lines } : {}),
    ...optional("iban", textAt(account, "Id", "IBAN")),
    ...optional("account", textAt(account, "Id", "Othr", "Id") || textAt(account, "Id", "PrtryAcct", "Id")),
    ...optional("bic", bicOf(agent) || bicOf(bank)),
  };
  return Object.keys(read).length === 0 ? undefined : read;
}

const bicOf = (agent: XmlElement | undefined): string =>
  textAt(agent, "FinInstnId", "BICFI") ||
  textAt(agent, "FinInstnId", "BIC") ||
  textAt(agent, "FinInstnId", "CmbndId", "BIC");

function money(amount: XmlElement): { amount: string; currency: string } {
  const text = amount.text.trim();
  // Eighteen digits and five decimals are the bounds of the standard. A sign or a comma is no amount: which way the
  // money went is said by CdtDbtInd alone.
  if (!/^\d{1,18}(?:\.\d{1,5})?$/.test(text))
    throw brokenAt(amount, "an amount such as 12.50", text || "nothing");
  const currency = amount.attributes.get("Ccy") ?? "";
  if (!/^[A-Z]{3}$/.test(currency))
    throw brokenAt(amount, "a currency of three letters in Ccy", currency || "nothing");
  return { amount: text, currency };
}

function direction(inside: XmlElement): CreditDebit {
  const indicator = textAt(inside, "CdtDbtInd");
  if (indicator === "CRDT") return "credit";
  if (indicator === "DBIT") return "debit";
  throw brokenAt(child(inside, "CdtDbtInd") ?? inside, "CRDT or DBIT in CdtDbtInd", indicator || "nothing");
}

function truth(indicator: XmlElement | undefined): boolean {
  const text = indicator?.text.trim() ?? "false";
  if (text === "true" || text === "1") return true;
  if (indicator && text !== "false" && text !== "0") throw brokenAt(indicator, "true or false", text);
  return false;
}

function dateIn(choice: XmlElement | undefined): string | undefined {
  if (!choice) return undefined;
  return optionalDate(child(choice, "Dt") ?? child(choice, "DtTm") ?? choice);
}

const optionalDate = (element: XmlElement | undefined): string | undefined =>
  element === undefined || element.text.trim() === "" ? undefined : dateTime(element);

const DATE = /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2}):(\d{2})(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})?$/;

/** An ISO date or date and time as written; a day the calendar does not have is refused. */
function dateTime(element: XmlElement): string {
  const text = element.text.trim();
  const parts = DATE.exec(text);
  const [year, month, day] = [Number(parts?.[1]), Number(parts?.[2]), Number(parts?.[3])];
  const exists = parts !== null && month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month);
  const [hour, minute, second] = [Number(parts?.[4] ?? 0), Number(parts?.[5] ?? 0), Number(parts?.[6] ?? 0)];
  if (!exists || hour > 24 || minute > 59 || second > 60)
    throw brokenAt(element, "an ISO date", text || "nothing");
  return text;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

function need(inside: XmlElement, name: string): XmlElement {
  const found = child(inside, name);
  if (!found) throw brokenAt(inside, `the element ${name}`, "none");
  return found;
}

function needText(inside: XmlElement, name: string): string {
  const found = need(inside, name);
  const text = found.text.trim();
  if (text === "") throw brokenAt(found, "text", "nothing");
  return text;
}

const optional = <Name extends string, Value>(
  name: Name,
  value: Value | "" | undefined,
): { readonly [key in Name]?: Value } =>
  value === "" || value === undefined ? {} : ({ [name]: value } as { [key in Name]: Value });
