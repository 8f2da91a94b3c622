/**
 * The header line of a document, read from the data of the message that began it, whatever its contract.
 *
 * Declared by shape, not by name: an object with `amount` and `currency` is money, one with `value` and `uom` is a
 * quantity, an array of objects is its lines, and a party is a text field whose name says so. Amounts stay the decimal
 * strings they are; nothing is added up here that the document does not state itself. Pure.
 */
import type { Known } from "./known.ts";
import { sentence } from "./known.ts";

export interface Money {
  readonly amount: string;
  readonly currency: string;
}

export interface Header {
  /** What the document is worth: the first field that is a total, else the first money at the top level. */
  readonly money: Money | null;
  /** Every money field at the top level, by its name in words. */
  readonly amounts: readonly ({ readonly label: string } & Money)[];
  readonly parties: readonly { readonly label: string; readonly name: string }[];
  /** How many lines it has, or null when it has no such list. */
  readonly lines: number | null;
  /** Texts and dates at the top level that are short enough to read in one line. */
  readonly facts: readonly { readonly label: string; readonly text: string }[];
}

export const NO_HEADER: Header = { money: null, amounts: [], parties: [], lines: null, facts: [] };

const TOTAL = /total|payable|amount|value|net|gross|price/i;
const GRAND_TOTAL = /total|payable|inclusive/i;
const PARTY = /party|customer|supplier|buyer|seller|debtor|creditor|partner|consignee|shipTo|carrier/i;
const LINES = /lines?$|items$/i;
const NOT_A_FACT = /^(keys|id|version|extensions)$/i;

/** Reads a header from data in any contract's shape; unreadable data yields an empty header. */
export function headerOf(data: unknown): Header {
  if (!isRecord(data)) return NO_HEADER;
  const amounts: ({ label: string } & Money)[] = [];
  const parties: { label: string; name: string }[] = [];
  const facts: { label: string; text: string }[] = [];
  let lines: number | null = null;
  const totals: { field: string; money: Money }[] = [];

  for (const [field, value] of Object.entries(data)) {
    const money = moneyOf(value);
    if (money) {
      amounts.push({ label: sentence(field), ...money });
      totals.push({ field, money });
    } else if (Array.isArray(value)) {
      if (LINES.test(field) && value.every(isRecord)) lines = (lines ?? 0) + value.length;
    } else if (isRecord(value)) {
      const name = PARTY.test(field) ? nameIn(value) : null;
      if (name) parties.push({ label: sentence(field), name });
      // UBL keeps its totals one level down: anticipatedMonetaryTotal.payableAmount.
      for (const [inner, nested] of Object.entries(value)) {
        const below = moneyOf(nested);
        if (below) totals.push({ field: `${field}.${inner}`, money: below });
      }
    } else if (typeof value === "string" && value !== "") {
      if (PARTY.test(field) && !/reference|order/i.test(field))
        parties.push({ label: sentence(field), name: value });
      else if (value.length <= 80 && !NOT_A_FACT.test(field))
        facts.push({ label: sentence(field), text: value });
    }
  }
  const stated =
    totals.find(({ field }) => GRAND_TOTAL.test(field)) ?? totals.find(({ field }) => TOTAL.test(field));
  return { money: stated?.money ?? flatMoney(data), amounts, parties, lines, facts };
}

/** The same from the text in the journal, read in today's shape where the contract is known. */
export function headerOfText(
  known: Known,
  contract: string | null,
  version: number,
  text: string | null,
): Header {
  if (text === null || contract === null) return NO_HEADER;
  return headerOf(dataOf(known, contract, version, text));
}

/** Data in today's shape; as written where the contract is unknown or the data no longer fits; null if unreadable. */
export function dataOf(known: Known, contract: string, version: number, text: string): unknown {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    return null;
  }
  try {
    return known.contracts.get(contract)?.read(data, version) ?? data;
  } catch {
    return data;
  }
}

export function moneyOf(value: unknown): Money | null {
  if (!isRecord(value)) return null;
  const { amount, currency } = value;
  return typeof amount === "string" && typeof currency === "string" && isDecimal(amount)
    ? { amount, currency }
    : null;
}

/** `{ total: "24310.00", currency: "EUR" }`: flat documents state the currency beside the amount. */
function flatMoney(data: Record<string, unknown>): Money | null {
  const currency = data.currency ?? data.documentCurrencyCode;
  if (typeof currency !== "string") return null;
  const fields = Object.entries(data).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string" && isDecimal(entry[1]),
  );
  const total =
    fields.find(([field]) => GRAND_TOTAL.test(field)) ?? fields.find(([field]) => TOTAL.test(field));
  return total ? { amount: total[1], currency } : null;
}

function nameIn(party: Record<string, unknown>): string | null {
  for (const field of ["partyName", "name", "registrationName", "customerAssignedAccountId", "id"]) {
    const name = party[field];
    if (typeof name === "string" && name !== "") return name;
    if (isRecord(name)) return nameIn(name);
  }
  return null;
}

const isDecimal = (text: string): boolean => /^-?\d{1,20}(\.\d{1,10})?$/.test(text);
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
