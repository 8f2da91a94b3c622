/**
 * Reads the account messages of ISO 20022: camt.053 statements, and by the same rules camt.052 reports and camt.054
 * notifications.
 *
 * All published versions share a body; what moved between them (status as a code element, parties under `Pty`, BIC or
 * BICFI, transactions straight under the entry) is looked for in every place. Amounts, currencies, directions and dates
 * are held to the standard, because money rests on them; elements without a field are listed in `notCarried`.
 */
import type { Bytes } from "../../std/bytes.ts";
import { ContractBroken } from "../../std/errors.ts";
import {
  at,
  brokenAt,
  child,
  childrenNamed,
  parseXml,
  type XmlElement,
  type XmlLimits,
} from "../xml/tree.ts";
import { left, textAt } from "./carried.ts";
import {
  bicOf,
  codeOrOwn,
  count,
  dateIn,
  dateTime,
  direction,
  money,
  need,
  needText,
  only,
  optionalDate,
  otherAccount,
  partyOf,
  remittanceOf,
  stated,
  truth,
} from "./elements.ts";
import { openDocument } from "./envelope.ts";
import type {
  BankAccount,
  BankBalance,
  BankDocument,
  BankEntry,
  BankStatement,
  BankTransaction,
  BankTransactionCode,
  Charge,
  Page,
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

/** Reads one message of a kind. @throws {ContractBroken} with `line`, `path`, `expected` and `found` */
export function readBankDocument(
  bytes: Bytes,
  kind: MessageKind,
  limits: Partial<XmlLimits> = {},
): BankDocument {
  const made = new Map<XmlElement, BankEntry>();
  const fold = (element: XmlElement) => {
    if (element.name !== "Ntry" || element.parent?.name !== kind.part) return false;
    made.set(element, entryOf(element));
    return true;
  };
  try {
    return documentOf(parseXml(bytes, limits, fold), kind, (entry) => made.get(entry) ?? entryOf(entry));
  } catch (error) {
    if (!(error instanceof ContractBroken)) throw error;
    // Which of how many entries it was is known only when all are there.
    return documentOf(parseXml(bytes, limits), kind, entryOf);
  }
}

function documentOf(
  root: XmlElement,
  kind: MessageKind,
  entry: (element: XmlElement) => BankEntry,
): BankDocument {
  const { body, messageType } = openDocument(root, [kind]);
  const parts = childrenNamed(body, kind.part);
  if (parts.length === 0) throw brokenAt(body, `at least one ${kind.part}`, "none");
  const statements = parts.map((part) => statementOf(part, entry));
  return { ...headerOf(need(body, "GrpHdr"), messageType), statements, ...left(root) };
}

/** What the message says of itself. */
export function headerOf(header: XmlElement, messageType: string): Omit<BankDocument, "statements"> {
  return {
    messageType,
    messageId: needText(header, "MsgId"),
    createdAt: dateTime(need(header, "CreDtTm")),
    ...stated({
      recipient: partyOf(child(header, "MsgRcpt")),
      page: pageOf(child(header, "MsgPgntn")),
      query: queryOf(child(header, "OrgnlBizQry")),
      additionalInfo: textAt(header, "AddtlInf"),
    }),
  };
}

const queryOf = (query: XmlElement | undefined): BankDocument["query"] =>
  query && {
    messageId: needText(query, "MsgId"),
    ...stated({ messageType: textAt(query, "MsgNmId"), createdAt: optionalDate(child(query, "CreDtTm")) }),
  };

const pageOf = (page: XmlElement | undefined): Page | undefined =>
  page && { number: needText(page, "PgNb"), last: truth(child(page, "LastPgInd")) };

/** One account: with its entries, or with those that a stream has left in it. */
export function statementOf(
  part: XmlElement,
  entry: (element: XmlElement) => BankEntry = entryOf,
): BankStatement {
  return {
    ...placeOf(part),
    ...stated({
      page: pageOf(child(part, "StmtPgntn") ?? child(part, "RptPgntn") ?? child(part, "NtfctnPgntn")),
      electronicSequence: textAt(part, "ElctrncSeqNb"),
      legalSequence: textAt(part, "LglSeqNb"),
      createdAt: optionalDate(child(part, "CreDtTm")),
      from: optionalDate(at(part, "FrToDt", "FrDtTm") ?? at(part, "FrToDt", "FrDt")),
      to: optionalDate(at(part, "FrToDt", "ToDtTm") ?? at(part, "FrToDt", "ToDt")),
      copy: textAt(part, "CpyDplctInd"),
    }),
    balances: childrenNamed(part, "Bal").map(balanceOf),
    entries: childrenNamed(part, "Ntry").map((element) => entry(element)),
    ...stated({
      additionalInfo:
        textAt(part, "AddtlStmtInf") || textAt(part, "AddtlRptInf") || textAt(part, "AddtlNtfctnInf"),
    }),
    ...left(part),
  };
}

/** Where entries stand. */
export const placeOf = (part: XmlElement): Pick<BankStatement, "id" | "account"> => ({
  id: needText(part, "Id"),
  account: accountOf(need(part, "Acct")),
});

function accountOf(account: XmlElement): BankAccount {
  const id = child(account, "Id");
  return stated({
    iban: textAt(id, "IBAN"),
    otherId: otherAccount(account),
    scheme: codeOrOwn(at(id, "Othr", "SchmeNm")),
    issuer: textAt(id, "Othr", "Issr"),
    currency: textAt(account, "Ccy"),
    name: textAt(account, "Nm"),
    owner: textAt(account, "Ownr", "Nm"),
    bic: bicOf(child(account, "Svcr")),
    bankName: textAt(account, "Svcr", "FinInstnId", "Nm"),
  });
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

export function entryOf(entry: XmlElement): BankEntry {
  const stands = only(entry, "Sts");
  const status = codeOrOwn(stands) || textAt(stands);
  if (status === "") throw brokenAt(entry, "the status Sts", "nothing");
  const details = childrenNamed(entry, "NtryDtls");
  const transactions = [
    ...details.flatMap((detail) => childrenNamed(detail, "TxDtls")),
    ...childrenNamed(entry, "TxDtls"),
  ];
  return {
    ...stated({ reference: textAt(entry, "NtryRef") }),
    ...money(need(entry, "Amt")),
    creditDebit: direction(entry),
    reversal: truth(only(entry, "RvslInd")),
    status,
    ...stated({
      bookedOn: dateIn(only(entry, "BookgDt")),
      valueOn: dateIn(only(entry, "ValDt")),
      bankReference: textAt(entry, "AcctSvcrRef"),
      code: codeOf(child(entry, "BkTxCd")),
      additionalInfo: textAt(entry, "AddtlNtryInf"),
      batch: batchOf(details),
      charges: chargesOf(entry),
      chargesTotal: chargesTotalOf(entry),
    }),
    transactions: transactions.map(transactionOf),
    ...left(entry),
  };
}

function batchOf(details: readonly XmlElement[]): BankEntry["batch"] {
  const batch = details.map((detail) => child(detail, "Btch")).find((found) => found !== undefined);
  const number = child(batch, "NbOfTxs");
  return (
    batch && {
      ...stated({
        messageId: textAt(batch, "MsgId"),
        paymentInformationId: textAt(batch, "PmtInfId"),
        count: number && count(number),
      }),
    }
  );
}

/** Up to version 3 each Chrgs is a charge; later one holds the records. */
function chargesOf(inside: XmlElement): Charge[] | undefined {
  const charges = childrenNamed(inside, "Chrgs").flatMap((all) => {
    const records = childrenNamed(all, "Rcrd");
    return records.length > 0 ? records : [all];
  });
  const amounts = charges.flatMap((charge) => {
    const amount = child(charge, "Amt");
    if (amount === undefined) return [];
    const included = child(charge, "ChrgInclInd");
    return {
      ...money(amount),
      ...(child(charge, "CdtDbtInd") === undefined ? {} : { creditDebit: direction(charge) }),
      ...stated({ type: textAt(charge, "Tp", "Prtry", "Id") || codeOrOwn(child(charge, "Tp")) }),
      ...(included === undefined ? {} : { included: truth(included) }),
    };
  });
  return amounts.length === 0 ? undefined : amounts;
}

function chargesTotalOf(inside: XmlElement): BankEntry["chargesTotal"] {
  const total = at(inside, "Chrgs", "TtlChrgsAndTaxAmt");
  return total && money(total);
}

function codeOf(code: XmlElement | undefined): BankTransactionCode | undefined {
  if (!code) return undefined;
  const domain = child(code, "Domn");
  return stated({
    domain: textAt(domain, "Cd"),
    family: textAt(domain, "Fmly", "Cd"),
    subFamily: textAt(domain, "Fmly", "SubFmlyCd"),
    proprietary: textAt(code, "Prtry", "Cd"),
    issuer: textAt(code, "Prtry", "Issr"),
  });
}

function transactionOf(details: XmlElement): BankTransaction {
  const refs = child(details, "Refs");
  const parties = child(details, "RltdPties");
  const agents = child(details, "RltdAgts");
  const own = only(details, "Amt");
  const transferred = at(details, "AmtDtls", "TxAmt", "Amt");
  const moved = own && transferred;
  const instructed = at(details, "AmtDtls", "InstdAmt", "Amt");
  const amount = own ?? transferred;
  return {
    ...stated({
      endToEndId: textAt(refs, "EndToEndId"),
      instructionId: textAt(refs, "InstrId"),
      transactionId: textAt(refs, "TxId"),
      messageId: textAt(refs, "MsgId"),
      paymentInformationId: textAt(refs, "PmtInfId"),
      mandateId: textAt(refs, "MndtId"),
      chequeNumber: textAt(refs, "ChqNb"),
      bankReference: textAt(refs, "AcctSvcrRef"),
      uetr: textAt(refs, "UETR"),
      clearingReference: textAt(refs, "ClrSysRef"),
      ownerTransactionId: textAt(refs, "AcctOwnrTxId"),
      bankTransactionId: textAt(refs, "AcctSvcrTxId"),
      marketTransactionId: textAt(refs, "MktInfrstrctrTxId"),
      processingId: textAt(refs, "PrcgId"),
      ownReferences: ownReferencesOf(refs),
      code: codeOf(child(details, "BkTxCd")),
      charges: chargesOf(details),
      chargesTotal: chargesTotalOf(details),
      moved: moved && money(moved),
      instructed: instructed && money(instructed),
      exchangeRate: textAt(details, "AmtDtls", "TxAmt", "CcyXchg", "XchgRate"),
      purpose: codeOrOwn(child(details, "Purp")),
      acceptedAt: optionalDate(at(details, "RltdDts", "AccptncDtTm")),
      settledOn: optionalDate(at(details, "RltdDts", "IntrBkSttlmDt")),
    }),
    ...(amount === undefined ? {} : money(amount)),
    ...(child(details, "CdtDbtInd") === undefined ? {} : { creditDebit: direction(details) }),
    ...stated({
      debtor: partyOf(child(parties, "Dbtr"), child(parties, "DbtrAcct"), child(agents, "DbtrAgt")),
      creditor: partyOf(child(parties, "Cdtr"), child(parties, "CdtrAcct"), child(agents, "CdtrAgt")),
      ultimateDebtor: partyOf(child(parties, "UltmtDbtr")),
      ultimateCreditor: partyOf(child(parties, "UltmtCdtr")),
    }),
    ...remittanceOf(childrenNamed(details, "RmtInf")),
    ...stated({
      returnReason: textAt(details, "RtrInf", "Rsn", "Cd") || textAt(details, "RtrInf", "Rsn", "Prtry"),
      additionalInfo: textAt(details, "AddtlTxInf"),
    }),
  };
}

function ownReferencesOf(refs: XmlElement | undefined): BankTransaction["ownReferences"] {
  const own = childrenNamed(refs, "Prtry").map((reference) => ({
    type: textAt(reference, "Tp"),
    reference: textAt(reference, "Ref"),
  }));
  return own.length === 0 ? undefined : own;
}
