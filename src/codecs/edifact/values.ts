/**
 * EDIFACT values and ours: dates, times and decimals, exactly.
 *
 * Business readers hand out ISO dates and plain decimal text (`12.50`, never `012,5`); nothing here goes through a float.
 * A decimal mark may be a point or a comma, whatever UNA says: thousands are never separated in EDIFACT, so neither can
 * be mistaken. What cannot be said exactly is refused rather than rounded.
 */
import { ContractBroken } from "../../std/errors.ts";
import { plainDecimal } from "../segments/values.ts";

const DECIMAL = /^(-?)(\d*)(?:[.,](\d*))?$/;

/** Whether the text is a number of EDIFACT: digits with at most one decimal mark and a leading minus. */
export function isNumber(text: string): boolean {
  let marks = 0;
  let digits = 0;
  let at = 0;
  let end = text.length;
  while (at < end && text.charCodeAt(at) === 32) at += 1;
  while (end > at && text.charCodeAt(end - 1) === 32) end -= 1;
  if (text.charCodeAt(at) === 45) at += 1;
  for (; at < end; at += 1) {
    const code = text.charCodeAt(at);
    if (code >= 48 && code <= 57) digits += 1;
    else if (code === 46 || code === 44) marks += 1;
    else return false;
  }
  return digits > 0 && marks <= 1;
}

/**
 * Plain decimal text from an EDIFACT number: `007` is `7`, `,5` is `0.5`, `10.` is `10`; zeros behind the mark stay. An
 * absent number is undefined.
 *
 * @throws {ContractBroken} when it is not a number
 */
export function decimal(text: string): string | undefined {
  const trimmed = text.trim();
  if (trimmed === "") return undefined;
  const plain = plainDecimal(trimmed, DECIMAL);
  if (plain === undefined) throw broken("a number", trimmed);
  return plain;
}

/** A number that must be there. @throws {ContractBroken} when it is absent or no number */
export function needed(text: string): string {
  const found = decimal(text);
  if (found === undefined) throw broken("a number", "nothing");
  return found;
}

/** What a DTM says: an ISO date, with time and end where it has them; a period counted in days or weeks is text. */
export interface Moment {
  /** ISO date, or ISO week `2026-W47`, or month `2026-11`. */
  readonly date: string;
  /** `HH:MM` or `HH:MM:SS`. */
  readonly time?: string;
  /** The last day of a period. */
  readonly until?: string;
}

/** Format codes (2379) of points in time and periods: what stands at which place. */
const FORMATS: Readonly<Record<string, string>> = {
  "2": "DDMMYY",
  "3": "MMDDYY",
  "4": "DDMMCCYY",
  "101": "YYMMDD",
  "102": "CCYYMMDD",
  "201": "YYMMDDHHMM",
  "202": "YYMMDDHHMMSS",
  "203": "CCYYMMDDHHMM",
  "204": "CCYYMMDDHHMMSS",
  "205": "CCYYMMDDHHMMZZZ",
  "303": "CCYYMMDDHHMMZZZ",
  "304": "CCYYMMDDHHMMSSZZZ",
  "609": "YYMM",
  "610": "CCYYMM",
  "615": "YYWW",
  "616": "CCYYWW",
  "713": "YYMMDDHHMMYYMMDDHHMM",
  "717": "YYMMDDYYMMDD",
  "718": "CCYYMMDDCCYYMMDD",
  "719": "CCYYMMDDHHMMCCYYMMDDHHMM",
};

/**
 * Reads the value of a DTM by its format code; without one, by its length. Undefined for an absent value and for formats
 * that are no days (numbers of days, parts of a month), whose text the caller keeps.
 *
 * @throws {ContractBroken} when it is no day of the calendar
 */
export function moment(text: string, format: string): Moment | undefined {
  const value = text.trim();
  if (value === "") return undefined;
  // Senders write 203 for a day without its minutes, and 102 for one with them: the length decides where it can.
  const picture = pictureOf(value, format);
  if (picture === undefined) return undefined;
  if (!/^\d+/.test(value) || value.length !== picture.length) throw broken(`a date ${picture}`, value);
  const half = HALVES[picture];
  if (half !== undefined) {
    const [from, to] = [value.slice(0, half.length), value.slice(half.length)].map((side) => day(side, half));
    return { ...from!, ...(to!.date === from!.date ? {} : { until: to!.date }) };
  }
  return day(value, picture);
}

const HALVES: Readonly<Record<string, string>> = {
  YYMMDDYYMMDD: "YYMMDD",
  CCYYMMDDCCYYMMDD: "CCYYMMDD",
  YYMMDDHHMMYYMMDDHHMM: "YYMMDDHHMM",
  CCYYMMDDHHMMCCYYMMDDHHMM: "CCYYMMDDHHMM",
};

const BY_LENGTH: Readonly<Record<number, string>> = {
  6: "YYMMDD",
  8: "CCYYMMDD",
  12: "CCYYMMDDHHMM",
  14: "CCYYMMDDHHMMSS",
};
/** Formats whose length tells them apart, so that a wrong code among them does no harm. */
const PLAIN_DAYS: ReadonlySet<string> = new Set(["", "101", "102", "203", "204"]);

function pictureOf(value: string, format: string): string | undefined {
  if (PLAIN_DAYS.has(format)) return BY_LENGTH[value.length] ?? "CCYYMMDD";
  return Object.hasOwn(FORMATS, format) ? FORMATS[format] : undefined;
}

function day(value: string, picture: string): Moment {
  const at = (mark: string) => {
    const index = picture.indexOf(mark);
    return index === -1 ? "" : value.slice(index, index + mark.length);
  };
  const short = at("YY");
  const year = picture.includes("CC") ? at("CC") + short : (Number(short) >= 50 ? "19" : "20") + short;
  const week = at("WW");
  if (week !== "") {
    if (Number(week) < 1 || Number(week) > 53) throw broken(`a date ${picture}`, value);
    return { date: `${year}-W${week}` };
  }
  // The minutes of MMDDYYHHMM stand behind HH, the month before: the first MM is the month in every format.
  const month = at("MM");
  const date = at("DD");
  if (date === "") {
    if (Number(month) < 1 || Number(month) > 12) throw broken(`a date ${picture}`, value);
    return { date: `${year}-${month}` };
  }
  if (!isDay(Number(year), Number(month), Number(date))) throw broken(`a date ${picture}`, value);
  const hour = at("HH");
  if (hour === "") return { date: `${year}-${month}-${date}` };
  const minute = value.slice(picture.indexOf("HH") + 2, picture.indexOf("HH") + 4);
  const second = at("SS");
  if (Number(hour) > 24 || Number(minute) > 59 || Number(second || "0") > 59) {
    throw broken(`a date ${picture}`, value);
  }
  return { date: `${year}-${month}-${date}`, time: [hour, minute, ...(second ? [second] : [])].join(":") };
}

const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function isDay(year: number, month: number, day: number): boolean {
  if (!(month >= 1 && month <= 12 && day >= 1 && day <= DAYS[month - 1]!)) return false;
  if (month !== 2 || day !== 29) return true;
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

/** `2026-11-21` as `20261121`, with a time as `202611210930`; `[value, format]` of a DTM. */
export function dtmValue(date: string, time?: string): [value: string, format: string] {
  const digits = date.slice(0, 10).replaceAll("-", "");
  const parts = /^(\d{4})(\d{2})(\d{2})$/.exec(digits);
  if (!parts || !isDay(Number(parts[1]), Number(parts[2]), Number(parts[3]))) {
    throw broken("a date such as 2026-11-21", date);
  }
  if (time === undefined) return [digits, "102"];
  const clock = time.replaceAll(":", "");
  if (!/^\d{4}(\d{2})?$/.test(clock)) throw broken("a time such as 09:30", time);
  return [digits + clock, clock.length === 4 ? "203" : "204"];
}

/** Whether the text is a date YYMMDD or CCYYMMDD of S004. */
export function isDate(text: string): boolean {
  if (!/^(?:\d{6}|\d{8})$/.test(text)) return false;
  const year = Number(text.slice(0, -4)) + (text.length === 6 ? 2000 : 0);
  return isDay(year, Number(text.slice(-4, -2)), Number(text.slice(-2)));
}

/** Whether the text is a time HHMM or HHMMSS of S004. */
export const isTime = (text: string): boolean =>
  /^\d{4}(?:\d{2})?$/.test(text) && Number(text.slice(0, 2)) <= 24 && Number(text.slice(2, 4)) < 60;

function broken(expected: string, found: string): ContractBroken {
  return new ContractBroken(
    `${expected[0]?.toUpperCase()}${expected.slice(1)} was expected, "${found.slice(0, 40)}" found.`,
    { facts: { expected, found: found.slice(0, 40) } },
  );
}
