/**
 * X12 values and ours: dates, decimals and implied decimals, exactly.
 *
 * Business readers hand out ISO dates and plain decimal text (`12.50`, never `012.5` or `.5`); nothing here goes through
 * a float. What cannot be said exactly is refused rather than rounded.
 */
import { ContractBroken } from "../../std/errors.ts";
import { plainDecimal } from "../segments/values.ts";

const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?$/;

/**
 * Plain decimal text from an X12 number: `007` is `7`, `.5` is `0.5`, `10.` is `10`; zeros after the point stay. An
 * absent number is undefined.
 *
 * @throws {ContractBroken} when it is not a number
 */
export function decimal(text: string): string | undefined {
  const trimmed = text.trim();
  if (trimmed === "") return undefined;
  const plain = plainDecimal(trimmed, DECIMAL);
  if (plain === undefined) throw broken("a decimal number", trimmed);
  return plain;
}

/** A number that must be there. @throws {ContractBroken} when it is absent or no number */
export function needed(text: string): string {
  const found = decimal(text);
  if (found === undefined) throw broken("a decimal number", "nothing");
  return found;
}

/**
 * A number with implied decimal places (types N1 to N9) as plain decimal text: `28566` with 2 places is `285.66`. A
 * sender who wrote a point anyway is taken at his word.
 */
export function fromImplied(text: string, places: number): string | undefined {
  const plain = decimal(text);
  if (plain === undefined || plain.includes(".")) return plain;
  const negative = plain.startsWith("-");
  const digits = (negative ? plain.slice(1) : plain).padStart(places + 1, "0");
  const number = places === 0 ? digits : `${digits.slice(0, -places)}.${digits.slice(-places)}`;
  return negative ? `-${number}` : number;
}

/**
 * Decimal text as a number with implied places: `285.66` with 2 places is `28566`.
 *
 * @throws {ContractBroken} when it has more places than the element can carry
 */
export function toImplied(text: string, places: number): string {
  const plain = decimal(text);
  if (plain === undefined) throw broken("a decimal number", text);
  const negative = plain.startsWith("-");
  const [whole = "0", fraction = ""] = (negative ? plain.slice(1) : plain).split(".");
  if (/[1-9]/.test(fraction.slice(places))) throw broken(`at most ${places} decimal places`, text);
  const digits = (whole + fraction.slice(0, places).padEnd(places, "0")).replace(/^0+(?=\d)/, "");
  return negative ? `-${digits}` : digits;
}

/** `20261121` or `261121` as `2026-11-21`. Two-digit years from 50 on are of the last century. */
export function isoDate(text: string): string | undefined {
  const digits = text.trim();
  if (digits === "") return undefined;
  if (!isDate(digits)) throw broken("a date CCYYMMDD or YYMMDD", digits);
  const full = digits.length === 8 ? digits : `${Number(digits.slice(0, 2)) >= 50 ? "19" : "20"}${digits}`;
  return `${full.slice(0, 4)}-${full.slice(4, 6)}-${full.slice(6)}`;
}

/** `2026-11-21` as `20261121`. */
export function x12Date(iso: string): string {
  const digits = iso.slice(0, 10).replaceAll("-", "");
  if (!isDate(digits) || digits.length !== 8) throw broken("a date such as 2026-11-21", iso);
  return digits;
}

const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Whether the text is a day of the calendar written CCYYMMDD or YYMMDD. */
export function isDate(text: string): boolean {
  if (!/^(?:\d{6}|\d{8})$/.test(text)) return false;
  const year = Number(text.slice(0, -4));
  const month = Number(text.slice(-4, -2));
  const day = Number(text.slice(-2));
  if (month < 1 || month > 12 || day < 1 || day > DAYS[month - 1]!) return false;
  if (month !== 2 || day !== 29) return true;
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  // A year of two digits says nothing of its century; 00 was a leap year in 2000.
  return text.length === 6 ? year % 4 === 0 : leap;
}

/** Whether the text is a time HHMM, HHMMSS, HHMMSSD or HHMMSSDD. */
export function isTime(text: string): boolean {
  if (!/^\d{4}(?:\d{2,4})?$/.test(text)) return false;
  // 2359 is the last minute, but many senders close a day with 2400.
  if (/^240+$/.test(text)) return true;
  return (
    Number(text.slice(0, 2)) < 24 && Number(text.slice(2, 4)) < 60 && Number(text.slice(4, 6) || "0") < 60
  );
}

function broken(expected: string, found: string): ContractBroken {
  return new ContractBroken(
    `${expected[0]?.toUpperCase()}${expected.slice(1)} was expected, "${found}" found.`,
    {
      facts: { expected, found: found.slice(0, 40) },
    },
  );
}
