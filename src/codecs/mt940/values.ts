/**
 * The values of MT940 fields: amounts, dates, balances and the statement line :61:.
 *
 * Money rests on them, so they are held to the standard; what real banks write differently is read as a note says. Every
 * pattern is anchored and linear.
 */
import type { Balance, CreditDebit, Entry, EntrySum, Field, FloorLimit, NoteKind } from "./document.ts";
import { broken } from "./problems.ts";

/** Tells a tolerance at a line. */
export type Tell = (kind: NoteKind, line: number, message: string) => void;

/**
 * `1234,56` as `1234.56`. Leading zeros go, decimals stay as they are, however many.
 *
 * The standard wants exactly one comma. Some banks leave it out (`500`), some write a point before two decimals, or, in
 * currencies that have none, behind the whole (`500.`).
 */
export function amountOf(text: string, field: Field, tell: Tell): string {
  const parts = /^0*(\d{1,15})(?:,(\d{0,14}))?$/.exec(text) ?? /^0*(\d{1,12})\.(\d\d)?$/.exec(text);
  if (parts === null || text.replace(/^0+/, "").length > 16)
    throw broken(field.line, field.tag, "an amount such as 1234,56", text);
  if (!text.includes(",")) tell("amount-spelling", field.line, `Read ${text} as an amount; it has no comma.`);
  const whole = (parts[1] ?? "").replace(/^0+(?=\d)/, "");
  return parts[2] ? `${whole}.${parts[2]}` : whole;
}

/** YYMMDD. The century is ours up to 79. A day February does not have is read as its last (30/360 interest dates). */
export function dateOf(text: string, field: Field, tell: Tell): string {
  const [, yy, mm, dd] = /^(\d\d)(\d\d)(\d\d)$/.exec(text) ?? [];
  if (yy === undefined || mm === undefined || dd === undefined)
    throw broken(field.line, field.tag, "a date YYMMDD", text);
  const year = Number(yy) + (Number(yy) < 80 ? 2000 : 1900);
  return dayOf(year, Number(mm), Number(dd), text, field, tell);
}

function dayOf(year: number, month: number, day: number, text: string, field: Field, tell: Tell): string {
  const last = daysIn(year, month);
  if (last === 0 || day < 1 || (day > last && !(month === 2 && day <= 30)))
    throw broken(field.line, field.tag, "a day of the calendar", text);
  if (day > last)
    tell("no-such-day", field.line, `Read ${text} as the last day of February, which has ${last} days.`);
  return `${year}-${two(month)}-${two(Math.min(day, last))}`;
}

const two = (value: number): string => String(value).padStart(2, "0");

function daysIn(year: number, month: number): number {
  if (month < 1 || month > 12) return 0;
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/** MMDD beside a value date: the year that brings the two closest. */
function entryDate(text: string, valueOn: string, field: Field, tell: Tell): string {
  const [valueYear, valueMonth] = [Number(valueOn.slice(0, 4)), Number(valueOn.slice(5, 7))];
  const month = Number(text.slice(0, 2));
  const year = valueYear + (month - valueMonth > 6 ? -1 : valueMonth - month > 6 ? 1 : 0);
  return dayOf(year, month, Number(text.slice(2)), text, field, tell);
}

const direction = (mark: string): CreditDebit => (mark === "C" ? "credit" : "debit");

/** :60:, :62:, :64: and :65: `C260119EUR1234,56`; `opening` is the currency of balances that name none. */
export function balanceOf(field: Field, opening: string | undefined, tell: Tell): Balance {
  const text = field.text.trim();
  const [, mark, date, stated, amount] = /^([CD])(\d{6})([A-Z]{3})?([\d,.]{1,40})$/.exec(text) ?? [];
  const currency = stated ?? opening;
  if (mark === undefined || date === undefined || currency === undefined || amount === undefined)
    throw broken(field.line, field.tag, "a balance such as C260119EUR1234,56", text);
  if (stated === undefined)
    tell(
      "no-currency",
      field.line,
      `A balance names no currency; it is read in ${currency} as the opening balance.`,
    );
  return {
    amount: amountOf(amount, field, tell),
    currency,
    creditDebit: direction(mark),
    date: dateOf(date, field, tell),
    intermediate: field.tag.endsWith("M"),
  };
}

/** :34F: `EURD100,`; without a mark the limit holds both ways. */
export function floorLimitOf(field: Field, tell: Tell): FloorLimit {
  const text = field.text.trim();
  const [, currency, mark, amount] = /^([A-Z]{3})([CD ]?)([\d,.]{1,16})$/.exec(text) ?? [];
  if (currency === undefined || amount === undefined)
    throw broken(field.line, field.tag, "a floor limit such as EURD100,", text);
  const both = mark === "" || mark === " ";
  return {
    amount: amountOf(amount, field, tell),
    currency,
    ...(both ? {} : { creditDebit: direction(mark ?? "") }),
  };
}

/** :90D: and :90C: `3EUR120,00`. */
export function sumOf(field: Field, tell: Tell): EntrySum {
  const text = field.text.trim();
  const [, count, currency, amount] = /^(\d{1,5})([A-Z]{3})([\d,.]{1,16})$/.exec(text) ?? [];
  if (count === undefined || currency === undefined || amount === undefined)
    throw broken(field.line, field.tag, "a number and a sum such as 3EUR120,00", text);
  return { count: Number(count), amount: amountOf(amount, field, tell), currency };
}

/** :13D: `2601191815+0100`, :13: the same without an offset. */
export function reportedAtOf(field: Field, tell: Tell): string {
  const text = field.text.trim();
  const [, date, hour, minute, sign, offset] = /^(\d{6})(\d\d)(\d\d)(?:([+-])(\d{4}))?$/.exec(text) ?? [];
  if (date === undefined || Number(hour) > 23 || Number(minute) > 59 || Number(offset ?? 0) > 1400)
    throw broken(field.line, field.tag, "a date and time such as 2601191815+0100", text);
  const zone = offset === undefined ? "" : `${sign}${offset.slice(0, 2)}:${offset.slice(2)}`;
  return `${dateOf(date, field, tell)}T${hour}:${minute}${zone}`;
}

/** A statement line without the text that follows it. */
export type Line61 = Omit<Entry, "text" | "details" | "currency">;

// Value date, entry date, mark, funds code, amount, type, the rest. A line end may stand before the amount
// (Sparkassen), a blank before the type (Deutsche Bank). R and E belong to the mark only before C or D; the letter after
// it is the funds code.
const LINE =
  /^(\d{6})(\d{4})?(R?[CD]|E[CD])([A-Z])?\n?(\d[\d,]{0,15}|\d{1,14}\.(?:\d\d)?) ?(?:([A-Z][A-Z0-9 ]{3})|(?=\n|$|\/\/))([\s\S]*)$/;

/**
 * :61: in the dialects met: entry date or not, funds code or not, references beyond sixteen characters, a bank's
 * supplement on the same line behind a padded reference (Rabobank) or on the next.
 */
export function line61(field: Field, tell: Tell): Line61 {
  const found = LINE.exec(field.text);
  if (found === null) {
    const shape = "YYMMDD[MMDD] mark amount type reference, e.g. 2601190119C12,50NTRFNONREF//B1";
    throw broken(field.line, field.tag, shape, field.text.split("\n", 1)[0] ?? "");
  }
  const [, date = "", entry, mark = "", fundsCode, amount = "", type, rest = ""] = found;
  const valueOn = dateOf(date, field, tell);
  const reversal = mark.startsWith("R");
  const stated = direction(mark.slice(-1));
  const told: Mutable<Line61> = {
    line: field.line,
    valueOn,
    amount: amountOf(amount, field, tell),
    creditDebit: reversal ? (stated === "credit" ? "debit" : "credit") : stated,
    reversal,
    expected: mark.startsWith("E"),
    customerReference: "",
  };
  if (entry !== undefined) told.bookedOn = entryDate(entry, valueOn, field, tell);
  if (fundsCode !== undefined) told.fundsCode = fundsCode;
  if (type !== undefined) told.type = type.trimEnd();
  refer(told, rest, field, tell);
  return told;
}

type Mutable<Shape> = { -readonly [Key in keyof Shape]: Shape[Key] };

/** `reference[//bank reference][\nsupplement]`. */
function refer(told: Mutable<Line61>, rest: string, field: Field, tell: Tell): void {
  const lineEnd = rest.indexOf("\n");
  const first = lineEnd === -1 ? rest : rest.slice(0, lineEnd);
  const slashes = first.indexOf("//");
  // Rabobank pads the reference to sixteen and writes the name of the other side behind it.
  const padded = slashes === -1 && first.length > 16 && first[15] === " ";
  const end = slashes === -1 ? (padded ? 16 : first.length) : slashes;
  const customerReference = first.slice(0, end).trim();
  const bankReference = slashes === -1 ? "" : first.slice(slashes + 2).trim();
  if (customerReference.length > 16 || bankReference.length > 16)
    tell(
      "reference-length",
      field.line,
      "A reference is longer than the sixteen characters of the standard.",
    );
  told.customerReference = customerReference;
  if (bankReference !== "") told.bankReference = bankReference;
  if (!padded && lineEnd === -1) return;
  const after = lineEnd === -1 ? [] : rest.slice(lineEnd + 1).split("\n");
  const supplementary = [padded ? first.slice(16) : "", ...after]
    .map((line) => line.trim())
    .filter((line) => line !== "");
  if (supplementary.length > 0) told.supplementary = supplementary.join("\n");
}
