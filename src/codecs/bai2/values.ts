/** The values of BAI2 fields: amounts with implied decimals, dates, times, and when funds are available. */
import type { Bai2Funds, Note } from "./document.ts";
import { broken } from "./problems.ts";
import type { RecordReader } from "./record.ts";

/** Tells a tolerance at a line. */
export type Tell = (kind: Note["kind"], line: number, message: string) => void;

/** Decimals by ISO 4217 where they are not two. */
const DECIMALS: Readonly<Record<string, number>> = {
  BIF: 0,
  CLP: 0,
  DJF: 0,
  GNF: 0,
  ISK: 0,
  JPY: 0,
  KMF: 0,
  KRW: 0,
  PYG: 0,
  RWF: 0,
  UGX: 0,
  UYI: 0,
  VND: 0,
  VUV: 0,
  XAF: 0,
  XOF: 0,
  XPF: 0,
  BHD: 3,
  IQD: 3,
  JOD: 3,
  KWD: 3,
  LYD: 3,
  OMR: 3,
  TND: 3,
  CLF: 4,
  UYW: 4,
};

export const decimalsOf = (currency: string): number => DECIMALS[currency] ?? 2;

/** `-500000` of USD as `-5000.00`. */
export function amountFrom(minor: string, currency: string, record: RecordReader): string {
  return decimalFrom(integerFrom(minor, record), currency);
}

/** The same of an integer that was read. */
export function decimalFrom(integer: string, currency: string): string {
  const sign = integer.startsWith("-") ? "-" : "";
  const decimals = decimalsOf(currency);
  const bare = integer.slice(sign.length);
  const digits = (bare.startsWith("0") ? bare.replace(/^0+/, "") : bare).padStart(decimals + 1, "0");
  const whole = digits.slice(0, digits.length - decimals);
  return decimals === 0 ? sign + whole : `${sign}${whole}.${digits.slice(-decimals)}`;
}

/** An amount as control totals add it up: signed, without decimals. */
export function integerFrom(minor: string, record: RecordReader): string {
  const digits = /^([+-]?)(\d{1,18})$/.exec(minor);
  if (digits === null) throw broken(record.line, record.code, "an amount without decimal point", minor);
  return (digits[1] === "-" ? "-" : "") + digits[2];
}

export function countFrom(text: string, record: RecordReader): number {
  if (!/^\d{1,9}$/.test(text)) throw broken(record.line, record.code, "a count", text);
  return Number(text);
}

/** YYMMDD, or YYYYMMDD as some banks write it. */
export function dateFrom(text: string, record: RecordReader, tell: Tell): string {
  const [, year = "", month = "", day = ""] = /^(\d\d|\d{4})(\d\d)(\d\d)$/.exec(text) ?? [];
  if (year.length === 4) tell("long-date", record.line, "A date has eight digits; it is read as YYYYMMDD.");
  const full = year.length === 4 ? Number(year) : Number(year) + (Number(year) < 80 ? 2000 : 1900);
  const date = new Date(Date.UTC(full, Number(month) - 1, Number(day)));
  if (year === "" || date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day))
    throw broken(record.line, record.code, "a date YYMMDD", text);
  return `${String(full).padStart(4, "0")}-${month}-${day}`;
}

/** HHMM, or HHMMSS or HH:MM:SS as some banks write it; 2400 and 9999 are the end of the day. */
export function timeFrom(text: string, record: RecordReader, tell: Tell): string {
  const [, hour, minute, second] = /^(\d\d):?(\d\d)(?::?(\d\d))?$/.exec(text) ?? [];
  if (hour !== undefined && text.length !== 4)
    tell("long-time", record.line, "A time has seconds or colons; it is read as HHMMSS.");
  if (/^(?:9999|2400)(?:99|00)?$/.test(text)) return "24:00";
  if (hour === undefined || Number(hour) > 23 || Number(minute) > 59 || Number(second ?? 0) > 59)
    throw broken(record.line, record.code, "a time HHMM", text);
  return second === undefined ? `${hour}:${minute}` : `${hour}:${minute}:${second}`;
}

/** The most parts money can be spread over; the standard knows no limit, banks a handful. */
const PARTS_MAX = 100;

/** The funds type and what belongs to it. */
export function fundsFrom(record: RecordReader, currency: string, tell: Tell): Bai2Funds | undefined {
  const type = record.next();
  if (type === "") return undefined;
  const amount = () => {
    const text = record.next();
    return amountFrom(text === "" ? "0" : text, currency, record);
  };
  switch (type) {
    case "0":
    case "1":
    case "2":
    case "Z":
      return { type };
    case "S":
      return { type, immediate: amount(), oneDay: amount(), later: amount() };
    case "V": {
      const date = record.next();
      const time = record.next();
      if (date === "") tell("no-value-date", record.line, "Money of a value date comes without the date.");
      const valueOn = date === "" ? undefined : dateFrom(date, record, tell);
      const valueAt = time === "" ? undefined : timeFrom(time, record, tell);
      if (valueOn === undefined) return valueAt === undefined ? { type } : { type, valueAt };
      return valueAt === undefined ? { type, valueOn } : { type, valueOn, valueAt };
    }
    case "D": {
      const count = countFrom(record.need("the number of parts"), record);
      if (count > PARTS_MAX)
        throw broken(record.line, record.code, `at most ${PARTS_MAX} parts`, String(count));
      const parts: { days: number; amount: string }[] = [];
      for (let part = 0; part < count; part += 1)
        parts.push({
          days: countFrom(record.need("a number of days"), record),
          amount: amountFrom(record.need("an amount"), currency, record),
        });
      return { type, parts };
    }
  }
  throw broken(record.line, record.code, "the funds type 0, 1, 2, D, S, V or Z", type);
}

/** Which way a transaction moves money, by its type code. */
export function directionOf(type: string): "credit" | "debit" | undefined {
  const code = Number(type);
  if ((code >= 100 && code <= 399) || (code >= 920 && code <= 959)) return "credit";
  if ((code >= 400 && code <= 699) || (code >= 960 && code <= 999)) return "debit";
  return undefined;
}
