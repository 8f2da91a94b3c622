/**
 * What the messages of ISO 20022 have in common, read from elements: amounts, dates, directions, parties, remittance.
 *
 * Money rests on them, so they are held to the standard. What moved between the versions (BIC and BICFI, parties under
 * `Pty`, choices of code and own word) is looked for in every place.
 */
import { at, brokenAt, child, childrenNamed, type XmlElement } from "../xml/tree.ts";
import { textAt, textOf } from "./carried.ts";
import type {
  BankParty,
  CreditDebit,
  Identification,
  PostalAddress,
  StructuredRemittance,
} from "./statement.ts";

export interface Money {
  readonly amount: string;
  readonly currency: string;
}

/** Eighteen digits and five decimals are the bounds of the standard. A minus or a comma is no amount. */
const AMOUNT = /^\d{1,18}(?:\.\d{1,5})?$/;
/** XML Schema lets a decimal begin with a plus or a point and end with one. */
const SPELT_OTHERWISE = /^\+?(\d{0,18})\.?(\d{0,5})$/;

export function money(amount: XmlElement): Money {
  const text = decimal(amount);
  const currency = amount.attributes.get("Ccy") ?? "";
  if (!/^[A-Z]{3}$/.test(currency))
    throw brokenAt(amount, "a currency of three letters in Ccy", currency || "nothing");
  return { amount: text, currency };
}

/** An amount without a currency, such as a control sum. */
export function decimal(amount: XmlElement): string {
  const text = textOf(amount);
  const [inner] = amount.children;
  if (inner !== undefined) throw brokenAt(inner, "an amount without elements inside", inner.name);
  if (AMOUNT.test(text)) return text;
  const [, whole = "", fraction = ""] = SPELT_OTHERWISE.exec(text) ?? [];
  if (whole + fraction === "") throw brokenAt(amount, "an amount such as 12.50", text || "nothing");
  return `${whole || "0"}${fraction === "" ? "" : `.${fraction}`}`;
}

export function direction(inside: XmlElement): CreditDebit {
  const indicator = textAt(only(inside, "CdtDbtInd"));
  if (indicator === "CRDT") return "credit";
  if (indicator === "DBIT") return "debit";
  throw brokenAt(child(inside, "CdtDbtInd") ?? inside, "CRDT or DBIT in CdtDbtInd", indicator || "nothing");
}

export function truth(indicator: XmlElement | undefined): boolean {
  const text = indicator === undefined ? "false" : textOf(indicator);
  if (text === "true" || text === "1") return true;
  if (indicator && text !== "false" && text !== "0") throw brokenAt(indicator, "true or false", text);
  return false;
}

/** A count of at most fifteen digits. */
export function count(element: XmlElement): number {
  const text = textOf(element);
  if (!/^\d{1,15}$/.test(text)) throw brokenAt(element, "a number", text || "nothing");
  return Number(text);
}

/** The date in a choice of `Dt` and `DtTm`, or straight in the element. */
export function dateIn(choice: XmlElement | undefined): string | undefined {
  if (!choice) return undefined;
  return optionalDate(child(choice, "Dt") ?? child(choice, "DtTm") ?? choice);
}

export const optionalDate = (element: XmlElement | undefined): string | undefined =>
  element === undefined || element.text.trim() === "" ? undefined : dateTime(element);

const DATE = /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2}):(\d{2})(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})?$/;

/** An ISO date or date and time as written; a day the calendar does not have is refused. */
export function dateTime(element: XmlElement): string {
  const text = textOf(element);
  const parts = DATE.exec(text);
  const [year, month, day] = [Number(parts?.[1]), Number(parts?.[2]), Number(parts?.[3])];
  const exists = parts !== null && month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month);
  const [hour, minute, second] = [Number(parts?.[4] ?? 0), Number(parts?.[5] ?? 0), Number(parts?.[6] ?? 0)];
  const time = 3_600 * hour + 60 * minute + second;
  if (!exists || time > 86_400 || minute > 59 || second > 60)
    throw brokenAt(element, "an ISO date", text || "nothing");
  return text;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/** The element of this name. Of two amounts, directions or dates nobody knows which is meant. */
export function only(inside: XmlElement, name: string): XmlElement | undefined {
  let found: XmlElement | undefined;
  for (const one of inside.children) {
    if (one.name !== name) continue;
    if (found !== undefined) throw brokenAt(one, `${name} once`, "it again");
    found = one;
  }
  return found;
}

export function need(inside: XmlElement, name: string): XmlElement {
  const found = only(inside, name);
  if (!found) throw brokenAt(inside, `the element ${name}`, "none");
  return found;
}

export function needText(inside: XmlElement, name: string): string {
  const found = need(inside, name);
  const text = textOf(found);
  if (text === "") throw brokenAt(found, "text", "nothing");
  return text;
}

/** Those fields that say something: what is absent or empty is left out. */
export function stated<Fields extends object>(
  fields: Fields,
): { readonly [Name in keyof Fields]?: Exclude<Fields[Name], undefined | ""> } {
  const told: { [Name in keyof Fields]?: Fields[Name] } = {};
  for (const name in fields) {
    const value = fields[name];
    if (value !== undefined && value !== "") told[name] = value;
  }
  return told as ReturnType<typeof stated<Fields>>;
}

function filledIn<Shape extends object>(shape: Shape): Shape | undefined {
  for (const _ in shape) return shape;
  return undefined;
}

/** A choice of a code and an own word. */
export const codeOrOwn = (choice: XmlElement | undefined): string =>
  textAt(choice, "Cd") || textAt(choice, "Prtry");

export function partyOf(
  party: XmlElement | undefined,
  account?: XmlElement,
  agent?: XmlElement,
): BankParty | undefined {
  if (party === undefined && account === undefined && agent === undefined) return undefined;
  // From version 8 on a party is a choice: a person or company under Pty, a bank under Agt.
  const inside = child(party, "Pty") ?? party;
  const bank = child(party, "Agt");
  const address = child(inside, "PstlAdr") ?? at(bank, "FinInstnId", "PstlAdr");
  const lines = [
    ...childrenNamed(address, "AdrLine").map(textOf),
    [textAt(address, "StrtNm"), textAt(address, "BldgNb")].filter((part) => part !== "").join(" "),
    [textAt(address, "PstCd"), textAt(address, "TwnNm")].filter((part) => part !== "").join(" "),
  ].filter((line) => line !== "");
  return filledIn<BankParty>({
    ...stated({
      name: textAt(inside, "Nm") || textAt(bank, "FinInstnId", "Nm"),
      country: textAt(address, "Ctry") || textAt(inside, "CtryOfRes"),
    }),
    ...(lines.length > 0 ? { address: lines } : {}),
    ...stated({
      postal: postalOf(address),
      residence: address === undefined ? "" : textAt(inside, "CtryOfRes"),
      identification: identificationOf(child(inside, "Id")),
      iban: textAt(account, "Id", "IBAN"),
      account: otherAccount(account),
      accountName: textAt(account, "Nm"),
      bic: bicOf(agent) || bicOf(bank),
      bankName: textAt(agent, "FinInstnId", "Nm") || textAt(agent, "FinInstnId", "CmbndId", "Nm"),
      clearingMember: textAt(agent, "FinInstnId", "ClrSysMmbId", "MmbId"),
    }),
  });
}

/** Only an address that comes in parts; lines alone are in `address`. */
function postalOf(address: XmlElement | undefined): PostalAddress | undefined {
  if (address === undefined) return undefined;
  const postal: PostalAddress = {
    ...stated({
      department: textAt(address, "Dept"),
      subDepartment: textAt(address, "SubDept"),
      street: textAt(address, "StrtNm"),
      building: textAt(address, "BldgNb"),
      postalCode: textAt(address, "PstCd"),
      town: textAt(address, "TwnNm"),
      subdivision: textAt(address, "CtrySubDvsn"),
    }),
  };
  return filledIn(postal);
}

function identificationOf(id: XmlElement | undefined): Identification | undefined {
  const organisation = child(id, "OrgId");
  const person = child(id, "PrvtId");
  const inside = organisation ?? person;
  if (inside === undefined) return undefined;
  const birth = child(person, "DtAndPlcOfBirth");
  return {
    kind: organisation === undefined ? "person" : "organisation",
    ...stated({
      bic: textAt(inside, "AnyBIC") || textAt(inside, "BICOrBEI") || textAt(inside, "BIC"),
      lei: textAt(inside, "LEI"),
      birthDate: optionalDate(child(birth, "BirthDt")),
      birthProvince: textAt(birth, "PrvcOfBirth"),
      birthCity: textAt(birth, "CityOfBirth"),
      birthCountry: textAt(birth, "CtryOfBirth"),
    }),
    other: [...childrenNamed(inside, "Othr"), ...childrenNamed(inside, "PrtryId")]
      .map((other) => ({
        id: textAt(other, "Id"),
        ...stated({ scheme: codeOrOwn(child(other, "SchmeNm")), issuer: textAt(other, "Issr") }),
      }))
      .concat(NAMED_IDS.flatMap((scheme) => namedId(inside, scheme))),
  };
}

/** Version 1 has an element for each register, which became the scheme of an `Othr`. */
const NAMED_IDS = [
  "BEI",
  "IBEI",
  "EANGLN",
  "DUNS",
  "CHIPSUnvsl",
  "BkPtyId",
  "TaxIdNb",
  "SclSctyNb",
  "PsptNb",
];

function namedId(inside: XmlElement, scheme: string): { id: string; scheme: string }[] {
  const id = textAt(inside, scheme);
  return id === "" ? [] : [{ id, scheme }];
}

/** An account number that is no IBAN. */
export const otherAccount = (account: XmlElement | undefined): string =>
  textAt(account, "Id", "Othr", "Id") ||
  textAt(account, "Id", "PrtryAcct", "Id") ||
  textAt(account, "Id", "BBAN");

export const bicOf = (agent: XmlElement | undefined): string =>
  textAt(agent, "FinInstnId", "BICFI") ||
  textAt(agent, "FinInstnId", "BIC") ||
  textAt(agent, "FinInstnId", "CmbndId", "BIC");

/** What a payment is for: free texts and structured parts of any number of RmtInf. */
export function remittanceOf(infos: readonly XmlElement[]): {
  remittance: string[];
  structured: StructuredRemittance[];
} {
  return {
    remittance: infos.flatMap((info) => childrenNamed(info, "Ustrd").map(textOf)),
    structured: infos.flatMap((info) => childrenNamed(info, "Strd").map(structuredOf)),
  };
}

const AMOUNTS = {
  DuePyblAmt: "due",
  DscntApldAmt: "discount",
  CdtNoteAmt: "credit note",
  TaxAmt: "tax",
  AdjstmntAmtAndRsn: "adjustment",
  RmtdAmt: "remitted",
} as const;

export function structuredOf(structured: XmlElement): StructuredRemittance {
  const amounts = (child(structured, "RfrdDocAmt")?.children ?? []).flatMap((element) => {
    const kind = AMOUNTS[element.name as keyof typeof AMOUNTS];
    // Discount and tax became a type with an amount inside.
    const within = child(element, "Amt") ?? (element.children.length === 0 ? element : undefined);
    return kind === undefined || within === undefined ? [] : [{ kind, ...money(within) }];
  });
  const amount =
    amounts.find(({ kind }) => kind === "remitted") ?? amounts.find(({ kind }) => kind === "due");
  const reference = child(structured, "CdtrRefInf");
  return {
    documents: childrenNamed(structured, "RfrdDocInf").map((document) => ({
      ...stated({
        type: codeOrOwn(at(document, "Tp", "CdOrPrtry")),
        number: textAt(document, "Nb"),
        date: dateIn(child(document, "RltdDt")),
      }),
    })),
    ...stated({
      creditorReference: textAt(reference, "Ref") || textAt(reference, "CdtrRef"),
      creditorReferenceType: codeOrOwn(at(reference, "Tp", "CdOrPrtry")),
      creditorReferenceIssuer: textAt(reference, "Tp", "Issr"),
    }),
    ...(amount === undefined ? {} : { amount: amount.amount }),
    ...(amounts.length === 0 ? {} : { amounts }),
    ...stated({
      invoicer: partyOf(child(structured, "Invcr")),
      invoicee: partyOf(child(structured, "Invcee")),
    }),
    additional: childrenNamed(structured, "AddtlRmtInf").map(textOf),
  };
}
