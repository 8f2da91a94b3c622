/**
 * How values are written in documents, whatever the format: decimals, money, codes, texts of bounded length.
 *
 * Amounts and quantities stay decimal text; a code that no table translates is refused or left, never guessed.
 */
import { decimals } from "../contracts/canon/index.ts";
import type { Money } from "../contracts/canon/values.ts";
import { ContractBroken } from "../std/errors.ts";
import { type Tree, textOf } from "./place.ts";
import type { Kind, Scope } from "./table.ts";

const DECIMAL = /^[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)-?$/;

/** A decimal in plain notation; a comma is a point, and the minus may stand behind. Digits are kept as written. */
function plain(found: unknown): string {
  const text = textOf(found).trim();
  if (!DECIMAL.test(text)) {
    throw new ContractBroken(`"${text.slice(0, 40)}" is no number.`, {
      facts: { expected: "a decimal", found: text.slice(0, 40) },
    });
  }
  const point = text.replace(",", ".");
  const signed = point.endsWith("-") ? `-${point.slice(0, -1)}` : point;
  return /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/.test(signed)
    ? signed
    : decimals.plain(signed.replace(/\.$/, "").replace(/^\+/, ""));
}

export const decimal: Kind = { name: "decimal", read: plain, write: String };

/** A count or a number of a change: digits only. */
export const whole: Kind = {
  name: "whole number",
  read: (found) => (/^\d{1,15}$/.test(textOf(found)) ? Number(textOf(found)) : undefined),
  write: (value) => String(value),
};

/** Digits at the end of a number of the sender's, e.g. `PO-4711-C2` is change 2; at least 1. */
export const lastDigits: Kind = {
  name: "its last digits",
  read(found) {
    const number = Number(/(\d{1,9})$/.exec(textOf(found))?.[1] ?? 0);
    return number > 0 ? number : undefined;
  },
  write: (value) => String(value),
};

/** Money in a currency the message states at `currency`; another currency cannot be written. */
export const money = (currency = "currency"): Kind => ({
  name: "money in the document's currency",
  read: (found, scope) => decimals.money(plain(found), currencyOf(scope, currency)),
  write: (value, scope) => inCurrency(value as Money, currencyOf(scope, currency)),
});

/** Money of the document whose decimals are implied: `250000` is 2500.00. */
export const impliedMoney = (currency = "currency"): Kind => ({
  name: "money, two decimals implied",
  read: (found, scope) =>
    decimals.money(decimals.divide(plain(found), "100", 2), currencyOf(scope, currency)),
  write(value, scope) {
    const cents = decimals.multiply(inCurrency(value as Money, currencyOf(scope, currency)), "100");
    if (!cents.includes(".")) return cents;
    throw new ContractBroken(`${(value as Money).amount} has more than two decimals.`, {
      facts: { expected: "two decimals", found: (value as Money).amount },
    });
  },
});

/** Money beside which the document may say its currency. */
export const moneyWith: Kind = {
  name: "money",
  read: (found, scope) => {
    const [amount, currency] = found as unknown[];
    return decimals.money(
      plain(amount),
      currency === undefined ? currencyOf(scope, "currency") : textOf(currency),
    );
  },
  write: (value) => [(value as Money).amount, (value as Money).currency],
};

export const at = (data: Tree, path: string): unknown =>
  path.split(".").reduce<unknown>((from, name) => (from as Tree | undefined)?.[name], data);

export function currencyOf({ data, around }: Scope, path: string): string {
  const stated = at(data, path);
  const known = typeof stated === "string" ? stated : around.currency;
  if (known !== undefined) return known;
  throw new ContractBroken("The document names no currency, and none was agreed on.", {
    facts: { field: path, expected: "a currency", found: "none" },
  });
}

function inCurrency({ amount, currency }: Money, expected: string): string {
  if (currency === expected) return amount;
  throw new ContractBroken(`An amount is in ${currency} and the document in ${expected}.`, {
    facts: { field: "currency", expected, found: currency },
  });
}

/** Codes of the document for words of ours; the first code of a word is written. A code beside them is refused. */
export const codes = (table: Readonly<Record<string, unknown>>, about = "code"): Kind => ({
  name: Object.entries(table)
    .map(([code, word]) => `${code} ${String(word)}`)
    .join(", "),
  read(found) {
    const code = textOf(found);
    if (Object.hasOwn(table, code)) return table[code];
    throw new ContractBroken(`The ${about} ${code} stands for none of ours.`, {
      facts: { expected: Object.keys(table).join(", "), found: code },
    });
  },
  write: (value) => Object.keys(table).find((code) => table[code] === value),
});

/** Codes the partners agreed on (`Around.codes`); one nobody has translated is refused. */
export const agreed = (about: string): Kind => ({
  name: "as the partners agreed",
  read(found, scope) {
    const code = textOf(found);
    const { codes: table = {} } = scope.around;
    if (Object.hasOwn(table, code)) return table[code];
    throw new ContractBroken(`The ${about} ${code} stands for none of ours.`, {
      facts: { expected: Object.keys(table).join(", "), found: code },
    });
  },
  write: (value, { around: { codes: table = {} } }) =>
    Object.keys(table).find((code) => table[code] === value),
});

/** Text of at most so many characters; what is beyond is told. */
export const cut = (most: number, clean: (text: string) => string = (text) => text): Kind => ({
  name: `text of at most ${most} characters`,
  read: (found) => textOf(found),
  write(value, { lose }) {
    const text = clean(String(value)).trim();
    if (text.length > most) lose(`what is beyond ${most} characters`);
    return text === "" ? undefined : text.slice(0, most).trim();
  },
});

/** The components of a composite as one text, and one text as components of whole words. */
export const joined = (most: number, lines: number, between = " "): Kind => ({
  name: `${lines} lines of ${most} characters`,
  read: (found) =>
    typeof found === "object" && found !== null
      ? Object.values(found).map(textOf).join(between)
      : textOf(found),
  write(value, { lose }) {
    const parts: string[] = [];
    for (const word of String(value)
      .replace(/[\r\n]+/g, " ")
      .trim()
      .split(between)) {
      const last = parts.at(-1);
      if (last !== undefined && last.length + between.length + word.length <= most)
        parts[parts.length - 1] = `${last}${between}${word}`;
      else parts.push(word.slice(0, most));
      if (word.length > most) lose(`what is beyond ${most} characters of a word`);
    }
    if (parts.length > lines) lose(`what is beyond ${lines} lines`);
    const [first, ...more] = parts.slice(0, lines);
    if (first === undefined || first === "") return undefined;
    return more.length === 0
      ? first
      : Object.fromEntries([first, ...more].map((part, at_) => [at_ + 1, part]));
  },
});

/** A country of two letters; another word for one has no field. */
export const country: Kind = {
  name: "ISO 3166 letters",
  read: (found) => (/^[A-Z]{2}$/.test(textOf(found)) ? textOf(found) : undefined),
  write: String,
};

/** An ISO date; a zone or a time behind it is listed. */
export const isoDay: Kind = {
  name: "date",
  read: (found) => (/^\d{4}-\d{2}-\d{2}/.test(textOf(found)) ? textOf(found).slice(0, 10) : undefined),
  write: String,
  rest: (found) => textOf(found).slice(10),
};

const pad = (text: string) => text.padEnd(6, "0").slice(0, 6);

/** `CCYYMMDD` or `YYMMDD` as an ISO date. */
export function dayOf(text: string): string | undefined {
  const [, year, month, day] = /^((?:\d{2})?\d{2})(\d{2})(\d{2})$/.exec(text) ?? [];
  if (year === undefined) return undefined;
  const full = year.length === 4 ? year : Number(year) < 70 ? `20${year}` : `19${year}`;
  const exact = new Date(Date.UTC(Number(full), Number(month) - 1, Number(day)));
  return exact.getUTCMonth() === Number(month) - 1 && exact.getUTCDate() === Number(day)
    ? `${full}-${month}-${day}`
    : undefined;
}

/** A date of digits as X12, IDoc and flat files write it. A day no calendar has is refused. */
export const digitsDay: Kind = {
  name: "date CCYYMMDD",
  read(found) {
    const text = textOf(found);
    const day = dayOf(text.slice(0, 8));
    if (day !== undefined) return day;
    if (/^0*$/.test(text)) return undefined;
    throw new ContractBroken(`"${text.slice(0, 20)}" is no day of the calendar.`, {
      facts: { expected: "CCYYMMDD", found: text.slice(0, 20) },
    });
  },
  write: (value) => String(value).slice(0, 10).replaceAll("-", ""),
};

/** A date and a time of digits as an instant; they have no zone and are taken as UTC, as agreed for the envelope. */
export const digitsInstant: Kind = {
  name: "date CCYYMMDD and time HHMM, UTC",
  read(found) {
    const [date, time] = (Array.isArray(found) ? found : [found]) as unknown[];
    const day = dayOf(textOf(date));
    if (day === undefined) return undefined;
    const digits = pad(textOf(time));
    return `${day}T${digits.slice(0, 2)}:${digits.slice(2, 4)}:${digits.slice(4, 6)}Z`;
  },
  write(value) {
    const utc = inUtc(String(value));
    const time = utc.slice(11, 19).replaceAll(":", "");
    return [utc.slice(0, 10).replaceAll("-", ""), time.endsWith("00") ? time.slice(0, 4) : time];
  },
};

/** An instant in UTC to the second. */
export const inUtc = (instant: string): string => `${new Date(instant).toISOString().slice(0, 19)}Z`;

/** An instant with an offset as it stands; a time without one is taken as UTC. */
export const instant: Kind = {
  name: "date and time",
  read(found) {
    const text = textOf(found);
    if (/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/.test(text)) return text;
    const [, day, time] = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?))?Z?$/.exec(text) ?? [];
    if (day === undefined) return undefined;
    return `${day}T${time === undefined ? "00:00:00" : time.length === 5 ? `${time}:00` : time}Z`;
  },
  write: String,
};

interface Price {
  readonly amount: string;
  readonly currency?: string;
  readonly per: { readonly value: string; readonly uom: string };
}

function price(
  found: readonly unknown[],
  scope: Scope,
  uom: string,
  currency = "currency",
): Price | undefined {
  const [amount, base, unit] = found;
  const ordered = unit === undefined ? at(scope.item, uom) : textOf(unit);
  if (typeof ordered !== "string") return undefined;
  const per = { value: base === undefined ? "1" : plain(base), uom: ordered };
  return { amount: plain(amount), currency: stated(scope, currency), per };
}

/** A change states no currency: it is that of the order, which the change does not repeat. */
const stated = (scope: Scope, path: string): string =>
  at(scope.data, path) === undefined && scope.around.currency === undefined ? "" : currencyOf(scope, path);

const amountOf = ({ amount, currency }: Price, scope: Scope, path = "currency"): string =>
  currency === undefined ? amount : inCurrency({ amount, currency }, currencyOf(scope, path));

/** A price, what quantity it is for, and in which unit; by default one of the unit at `uom`. Three places. */
export const priceWithBase = (uom = "quantity.uom", currency = "currency"): Kind => ({
  name: "price, its base and unit",
  read: (found, scope) => price(found as unknown[], scope, uom, currency),
  write(value, scope) {
    const { per } = value as Price;
    return [amountOf(value as Price, scope, currency), per.value, per.uom];
  },
});

/** The price of one of the unit at `uom`, where a document has no place for a base. */
export const priceEach = (uom = "quantity.uom", currency = "currency"): Kind => ({
  name: "price of one unit",
  read: (found, scope) => price([found], scope, uom, currency),
  write(value, scope) {
    const { per } = value as Price;
    const amount = amountOf(value as Price, scope, currency);
    if (per.value === "1" && per.uom === at(scope.item, uom)) return amount;
    const one = decimals.divide(amount, per.value, 6);
    if (
      per.uom !== at(scope.item, uom) ||
      decimals.compare(decimals.multiply(one, per.value), amount) !== 0
    ) {
      throw new ContractBroken(
        `A price of ${amount} per ${per.value} ${per.uom} cannot be written for one unit.`,
        {
          facts: {
            field: "price",
            expected: "six decimals for one unit",
            found: `${amount} per ${per.value}`,
          },
        },
      );
    }
    scope.lose("that it was a price for several");
    return one;
  },
});

/** A price without its currency, as a change states it: the currency is that of the order. */
export const withoutCurrency = (kind: Kind): Kind => ({
  ...kind,
  read(found, scope) {
    const made = kind.read(found, scope) as Price | undefined;
    return made && { amount: made.amount, per: made.per };
  },
});

/** All texts that stand there, as one. */
export const texts = (most: number, between = " "): Kind => ({
  ...cut(most),
  name: "all texts, as one",
  all: true,
  read: (found) => (found as unknown[]).map(textOf).join(between),
});

/** Two lines of one thing, such as a street; the second only where the first is full. */
export const twoLines = (most: number): Kind => ({
  name: `two lines of ${most} characters`,
  read: (found) =>
    (found as unknown[])
      .map(textOf)
      .filter((line) => line !== "")
      .join(", "),
  write(value, { lose }) {
    const text = String(value);
    if (text.length <= most) return [text];
    const cutAt = text.lastIndexOf(", ", most);
    const [one, two] =
      cutAt > 0 ? [text.slice(0, cutAt), text.slice(cutAt + 2)] : [text.slice(0, most), text.slice(most)];
    if (two.length > most) lose(`what is beyond ${most * 2} characters`);
    return [one, two.slice(0, most)];
  },
});

/** An instant of which the document tells only the day. */
export const dayInstant: Kind = {
  name: "date CCYYMMDD, its beginning in UTC",
  read: (found, scope) => digitsInstant.read([found], scope) as string | undefined,
  write(value, { lose }) {
    const utc = inUtc(String(value));
    if (!utc.endsWith("T00:00:00Z")) lose("the time of day");
    return utc.slice(0, 10).replaceAll("-", "");
  },
};

/** The period a plan is for: D a day, W a week by its Monday, M a month by its first day. */
export const period: Kind = {
  name: "D day, W ISO week, M month",
  read(found) {
    const [unit, date] = (found as unknown[]).map(textOf);
    const day = dayOf(date ?? "");
    if (day === undefined) return undefined;
    if (unit === "W") return weekOf(day);
    if (unit === "M") return day.slice(0, 7);
    return unit === "D" ? day : undefined;
  },
  write(value) {
    const words = String(value);
    const [, year, week] = /^(\d{4})-W(\d{2})$/.exec(words) ?? [];
    if (year !== undefined) return ["W", mondayOf(Number(year), Number(week)).replaceAll("-", "")];
    if (/^\d{4}-\d{2}$/.test(words)) return ["M", `${words.replace("-", "")}01`];
    return /^\d{4}-\d{2}-\d{2}$/.test(words) ? ["D", words.replaceAll("-", "")] : undefined;
  },
};

const DAY_MS = 86_400_000;
const isoDate = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

function weekOf(day: string): string {
  const ms = Date.parse(`${day}T00:00:00Z`);
  const weekday = (new Date(ms).getUTCDay() + 6) % 7;
  // The week belongs to the year its Thursday is in.
  const thursday = ms + (3 - weekday) * DAY_MS;
  const year = new Date(thursday).getUTCFullYear();
  const week = Math.floor((thursday - Date.UTC(year, 0, 1)) / (7 * DAY_MS)) + 1;
  return `${year}-W${String(week).padStart(2, "0")}`;
}

function mondayOf(year: number, week: number): string {
  const fourth = Date.UTC(year, 0, 4);
  const weekday = (new Date(fourth).getUTCDay() + 6) % 7;
  return isoDate(fourth - weekday * DAY_MS + (week - 1) * 7 * DAY_MS);
}

/**
 * A quantity, its value and its unit in two places. Without a unit it is in the one the format's standard says (`unit`), or
 * else in the one agreed on; without either it cannot be carried.
 */
export const quantity = (unit: (scope: Scope) => string | undefined = () => undefined): Kind => ({
  name: "quantity and unit",
  read(found, scope) {
    const [value, uom] = found as unknown[];
    const code = (uom === undefined ? "" : textOf(uom)) || (unit(scope) ?? scope.around.unit);
    return code === undefined ? undefined : { value: plain(value), uom: code };
  },
  write: (value) => [(value as { value: string }).value, (value as { uom: string }).uom],
});

/** None of it is wanted any more, in the unit the line states or the one agreed on. @throws {ContractBroken} without either */
export function none(uom: unknown, { around }: Scope): { value: string; uom: string } {
  const unit = textOf(uom) || around.unit;
  if (unit !== undefined) return { value: "0", uom: unit };
  throw new ContractBroken("A line that is deleted names no unit, and none was agreed on.", {
    facts: { field: "quantity.uom", expected: "a unit", found: "none" },
  });
}

/** What an amount is less another, of the money at `total` and `less`. */
export const less = (data: Tree, total: string, other: string): Money | undefined => {
  const [all, part] = [at(data, total), at(data, other)] as (Money | undefined)[];
  if (all === undefined) return undefined;
  return part === undefined ? all : decimals.money(decimals.subtract(all.amount, part.amount), all.currency);
};
