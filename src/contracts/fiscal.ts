/**
 * Fiscal calendars: which period a day belongs to. Pure; days are text, `2026-11-05`, and never meet a time zone.
 *
 * A period's name is `2026-11`: the fiscal year and the number of the period in it. Which calendar an entity keeps, and when
 * its year begins, is configuration.
 */
import { Unusable } from "../std/errors.ts";

export interface FiscalPeriodSpan {
  /** `2026-11`. */
  readonly period: string;
  /** The first and the last day that belong to it. */
  readonly first: string;
  readonly last: string;
}

/** Finds the period of a day. */
export type FiscalCalendar = (day: string) => FiscalPeriodSpan;

const DAY_MS = 86_400_000;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

const toMs = (day: string): number => {
  const ms = DAY.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(ms) || toDay(ms) !== day)
    throw new Unusable(`"${day}" is no day. Write it like 2026-11-05.`);
  return ms;
};
const toDay = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
const named = (year: number, number: number): string => `${year}-${String(number).padStart(2, "0")}`;

/** The days of a period, by its name; undefined: the calendar has none. A calendar that is silent about some days has none there. */
export function spanOf(calendar: FiscalCalendar, period: string): FiscalPeriodSpan | undefined {
  // A fiscal year is named after one of the calendar years it lies in; its first days may lie in the one before.
  const year = Number(period.slice(0, 4));
  for (let day = `${year - 1}-01-01`; day <= `${year + 1}-12-31`; ) {
    let span: FiscalPeriodSpan | undefined;
    try {
      span = calendar(day);
    } catch (error) {
      if (!(error instanceof Unusable)) throw error;
    }
    if (span?.period === period) return span;
    day = dayAfter(span?.last ?? day);
  }
  return undefined;
}

/** The day after or before. */
export const dayAfter = (day: string, days = 1): string => toDay(toMs(day) + days * DAY_MS);

/**
 * Calendar months. `yearBegins` is the month the fiscal year begins with (1 January, 4 April …); a year that begins later
 * than January is named after the calendar year it ends in.
 */
export function calendarMonths(yearBegins = 1): FiscalCalendar {
  if (!Number.isInteger(yearBegins) || yearBegins < 1 || yearBegins > 12)
    throw new Unusable(`A fiscal year begins in a month from 1 to 12, not in ${yearBegins}.`);
  return (day) => {
    toMs(day);
    const [year, month] = [Number(day.slice(0, 4)), Number(day.slice(5, 7))];
    const number = ((month - yearBegins + 12) % 12) + 1;
    const fiscalYear = yearBegins === 1 || month < yearBegins ? year : year + 1;
    return {
      period: named(fiscalYear, number),
      first: `${day.slice(0, 7)}-01`,
      last: toDay(Date.UTC(year, month, 0)),
    };
  };
}

/**
 * Weeks in the pattern 4-4-5: twelve periods of whole weeks in years of 52 or 53 weeks. `years` says on which day each fiscal
 * year begins; the year after the last one named begins 52 weeks later. A 53rd week belongs to the twelfth period.
 */
export function fourFourFive(years: Readonly<Record<number, string>>): FiscalCalendar {
  const begins = Object.entries(years)
    .map(([year, day]) => ({ year: Number(year), ms: toMs(day) }))
    .toSorted((a, b) => a.ms - b.ms);
  for (const [index, { year, ms }] of begins.entries()) {
    const next = begins[index + 1];
    const weeks = next ? (next.ms - ms) / (7 * DAY_MS) : 52;
    if (weeks !== 52 && weeks !== 53)
      throw new Unusable(`The fiscal year ${year} has ${weeks} weeks; a 4-4-5 year has 52 or 53.`);
  }
  return (day) => {
    const ms = toMs(day);
    const at = begins.findLastIndex((one) => one.ms <= ms);
    const year = begins[at];
    const end = begins[at + 1]?.ms ?? (year ? year.ms + 52 * 7 * DAY_MS : 0);
    if (!year || ms >= end)
      throw new Unusable(`No fiscal year is configured for ${day}. Add the day on which it begins.`);
    const week = Math.floor((ms - year.ms) / (7 * DAY_MS));
    const quarter = Math.min(3, Math.floor(week / 13));
    const inQuarter = week - quarter * 13;
    const third = Math.min(2, Math.floor(inQuarter / 4));
    const number = quarter * 3 + third + 1;
    const first = year.ms + (quarter * 13 + third * 4) * 7 * DAY_MS;
    const last = number === 12 ? end : first + (third === 2 ? 5 : 4) * 7 * DAY_MS;
    return { period: named(year.year, number), first: toDay(first), last: toDay(last - DAY_MS) };
  };
}
