/**
 * Writes a bank statement as ISO 20022 camt.053.001.08 (BankToCustomerStatement).
 *
 * What must stay true: element order is that of the schema, so a strict reader takes it, and all text is escaped.
 */
import { cents, money } from "../kernel/decimal.ts";

export interface BankEntry {
  /** The bank's own reference, AcctSvcrRef. */
  readonly reference: string;
  /** Below nothing where money went out. */
  readonly amount: string;
  readonly currency: string;
  /** Who paid, or was paid. */
  readonly debtor: string;
  readonly remittance: string;
  readonly endToEndId: string;
  /** Date and time of booking. */
  readonly at: string;
  statement: number | null;
}

export interface Statement {
  readonly number: number;
  readonly file: string;
  readonly opening: string;
  readonly closing: string;
  readonly at: string;
  readonly entries: readonly BankEntry[];
}

const escapes: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

function escaped(value: string): string {
  return value.replace(/[&<>"']/g, (sign) => escapes[sign]!);
}

function balance(code: "OPBD" | "CLBD", value: string, currency: string, day: string): string {
  const sign = value.startsWith("-") ? "DBIT" : "CRDT";
  return `      <Bal>
        <Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp>
        <Amt Ccy="${currency}">${value.replace("-", "")}</Amt>
        <CdtDbtInd>${sign}</CdtDbtInd>
        <Dt><Dt>${day}</Dt></Dt>
      </Bal>`;
}

function entry(credit: BankEntry): string {
  const day = credit.at.slice(0, 10);
  const out = credit.amount.startsWith("-");
  const [sign, party, family] = out ? ["DBIT", "Cdtr", "ICDT"] : ["CRDT", "Dbtr", "RCDT"];
  const amount = credit.amount.replace("-", "");
  return `      <Ntry>
        <NtryRef>${escaped(credit.reference)}</NtryRef>
        <Amt Ccy="${escaped(credit.currency)}">${amount}</Amt>
        <CdtDbtInd>${sign}</CdtDbtInd>
        <Sts><Cd>BOOK</Cd></Sts>
        <BookgDt><Dt>${day}</Dt></BookgDt>
        <ValDt><Dt>${day}</Dt></ValDt>
        <AcctSvcrRef>${escaped(credit.reference)}</AcctSvcrRef>
        <BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>${family}</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd>
        <NtryDtls>
          <TxDtls>
            <Refs><AcctSvcrRef>${escaped(credit.reference)}</AcctSvcrRef><EndToEndId>${escaped(credit.endToEndId)}</EndToEndId></Refs>
            <Amt Ccy="${escaped(credit.currency)}">${amount}</Amt>
            <CdtDbtInd>${sign}</CdtDbtInd>
            <RltdPties><${party}><Pty><Nm>${escaped(credit.debtor)}</Nm></Pty></${party}></RltdPties>
            <RmtInf><Ustrd>${escaped(credit.remittance)}</Ustrd></RmtInf>
          </TxDtls>
        </NtryDtls>
      </Ntry>`;
}

/** The whole file, with the statement's number as message id `MERIDIAN-STMT-<number>`. */
export function statementXml(statement: Statement): string {
  const day = statement.at.slice(0, 10);
  const currency = statement.entries[0]?.currency ?? "EUR";
  const sum = money(
    statement.entries.reduce((total, { amount }) => total + cents(amount.replace("-", "")), 0n),
  );
  const id = `MERIDIAN-STMT-${String(statement.number).padStart(6, "0")}`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">
  <BkToCstmrStmt>
    <GrpHdr>
      <MsgId>${id}</MsgId>
      <CreDtTm>${statement.at}</CreDtTm>
    </GrpHdr>
    <Stmt>
      <Id>${id}</Id>
      <ElctrncSeqNb>${statement.number}</ElctrncSeqNb>
      <CreDtTm>${statement.at}</CreDtTm>
      <Acct>
        <Id><IBAN>FR7630006000011234567890189</IBAN></Id>
        <Ccy>${currency}</Ccy>
        <Ownr><Nm>Meridian</Nm></Ownr>
      </Acct>
${balance("OPBD", statement.opening, currency, day)}
${balance("CLBD", statement.closing, currency, day)}
      <TxsSummry>
        <TtlNtries><NbOfNtries>${statement.entries.length}</NbOfNtries><Sum>${sum}</Sum></TtlNtries>
      </TxsSummry>
${statement.entries.map(entry).join("\n")}
    </Stmt>
  </BkToCstmrStmt>
</Document>
`;
}
