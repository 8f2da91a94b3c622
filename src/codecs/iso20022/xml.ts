/**
 * Writes the elements all messages share. An absent field stays absent; text is escaped, and refused where XML cannot
 * carry it. The order inside a party, an account or a remittance is that of the standard's schemas.
 */
import { ContractBroken } from "../../std/errors.ts";
import { escapeXml } from "../xml/write.ts";
import type { BankParty, CreditDebit, Identification, StructuredRemittance } from "./statement.ts";

/** An element with content, or nothing when there is none: an absent field stays absent. */
export function tag(name: string, content: string | readonly string[] | undefined): string {
  if (content === undefined) return "";
  if (typeof content === "string") return content === "" ? "" : filled(name, content);
  return content.every((part) => part === "") ? "" : open(name, content);
}

export const open = (name: string, content: readonly string[]): string =>
  `<${name}>\n${content.join("")}</${name}>\n`;

export const filled = (name: string, text: string): string => `<${name}>${escapeXml(text)}</${name}>\n`;

/** An amount in a currency. @throws {ContractBroken} when none is stated: which one it is cannot be guessed */
export function money(name: string, amount: string, currency: string | undefined): string {
  if (currency !== undefined && /^[A-Z]{3}$/.test(currency))
    return `<${name} Ccy="${currency}">${escapeXml(amount)}</${name}>\n`;
  throw new ContractBroken(`The amount ${amount} in ${name} is in no currency of three letters.`, {
    facts: { path: name, expected: "a currency of three letters", found: currency ?? "nothing" },
  });
}

export const direction = (creditDebit: CreditDebit): string =>
  tag("CdtDbtInd", creditDebit === "credit" ? "CRDT" : "DBIT");

export const day = (name: string, date: string | undefined): string =>
  tag(name, [tag(date?.includes("T") ? "DtTm" : "Dt", date)]);

/** A choice of a code of the standard and an own word. */
export const choice = (name: string, text: string | undefined): string =>
  tag(name, text === undefined ? undefined : [tag(/^[A-Z0-9]{1,4}$/.test(text) ? "Cd" : "Prtry", text)]);

export function party(name: string, about: BankParty | undefined, inside?: string): string {
  if (!about) return "";
  const { postal } = about;
  // The lines that the parts give are not written twice.
  const derived = [
    [postal?.street, postal?.building],
    [postal?.postalCode, postal?.town],
  ].filter((parts) => parts.some((part) => part !== undefined)).length;
  const lines = about.address ?? [];
  const content = [
    tag("Nm", about.name),
    tag("PstlAdr", [
      tag("Dept", postal?.department),
      tag("SubDept", postal?.subDepartment),
      tag("StrtNm", postal?.street),
      tag("BldgNb", postal?.building),
      tag("PstCd", postal?.postalCode),
      tag("TwnNm", postal?.town),
      tag("CtrySubDvsn", postal?.subdivision),
      tag("Ctry", about.country),
      ...lines.slice(0, Math.max(0, lines.length - derived)).map((line) => filled("AdrLine", line)),
    ]),
    identification(about.identification),
    tag("CtryOfRes", about.residence),
  ];
  return inside === undefined ? tag(name, content) : tag(name, [tag(inside, content)]);
}

function identification(id: Identification | undefined): string {
  if (!id) return "";
  const birth = tag("DtAndPlcOfBirth", [
    tag("BirthDt", id.birthDate),
    tag("PrvcOfBirth", id.birthProvince),
    tag("CityOfBirth", id.birthCity),
    tag("CtryOfBirth", id.birthCountry),
  ]);
  const content = [
    tag("AnyBIC", id.bic),
    tag("LEI", id.lei),
    birth,
    ...id.other.map(({ id: text, scheme, issuer }) =>
      tag("Othr", [tag("Id", text), choice("SchmeNm", scheme), tag("Issr", issuer)]),
    ),
  ];
  return open("Id", [open(id.kind === "organisation" ? "OrgId" : "PrvtId", content)]);
}

export const account = (name: string, about: BankParty | undefined): string =>
  tag(name, [
    tag("Id", [tag("IBAN", about?.iban), tag("Othr", [tag("Id", about?.account)])]),
    tag("Nm", about?.accountName),
  ]);

export const agent = (name: string, about: BankParty | undefined): string =>
  tag(name, [
    tag("FinInstnId", [
      tag("BICFI", about?.bic),
      tag("ClrSysMmbId", [tag("MmbId", about?.clearingMember)]),
      tag("Nm", about?.bankName),
    ]),
  ]);

/** `currency`: of amounts that name none of their own; without it such an amount is refused. */
export const remittance = (
  texts: readonly string[],
  structured: readonly StructuredRemittance[],
  currency: string | undefined,
): string =>
  tag("RmtInf", [
    ...texts.map((text) => filled("Ustrd", text)),
    ...structured.map((one) => open("Strd", structuredParts(one, currency))),
  ]);

export function structuredParts(structured: StructuredRemittance, currency: string | undefined): string[] {
  const { amount, amounts } = structured;
  const stated = amounts ?? (amount === undefined ? [] : [{ kind: "remitted" as const, amount, currency }]);
  const of = (
    kind: (typeof stated)[number]["kind"],
    write: (amount: string, of: string | undefined) => string,
  ): string =>
    stated
      .filter((one) => one.kind === kind)
      .map((one) => write(one.amount, one.currency))
      .join("");
  const plain = (name: string) => (value: string, of: string | undefined) => money(name, value, of);
  const wrapped = (name: string) => (value: string, of: string | undefined) =>
    open(name, [money("Amt", value, of)]);
  return [
    ...structured.documents.map(({ type, number, date }) =>
      open("RfrdDocInf", [tag("Tp", [choice("CdOrPrtry", type)]), tag("Nb", number), tag("RltdDt", date)]),
    ),
    tag("RfrdDocAmt", [
      of("due", plain("DuePyblAmt")),
      of("discount", wrapped("DscntApldAmt")),
      of("credit note", plain("CdtNoteAmt")),
      of("tax", wrapped("TaxAmt")),
      of("adjustment", wrapped("AdjstmntAmtAndRsn")),
      of("remitted", plain("RmtdAmt")),
    ]),
    tag("CdtrRefInf", [
      tag("Tp", [
        choice("CdOrPrtry", structured.creditorReferenceType),
        tag("Issr", structured.creditorReferenceIssuer),
      ]),
      tag("Ref", structured.creditorReference),
    ]),
    party("Invcr", structured.invoicer),
    party("Invcee", structured.invoicee),
    ...structured.additional.map((text) => filled("AddtlRmtInf", text)),
  ];
}

/** The bytes of a document in a namespace of the standard. */
export function documentBytes(messageType: string, body: string): Uint8Array {
  const namespace = `urn:iso:std:iso:20022:tech:xsd:${messageType}`;
  return Buffer.from(
    `<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="${namespace}">\n${body}</Document>\n`,
    "utf8",
  );
}
