/** Days of the calendar as documents state them, and steps from one to another. */

const DAY_MS = 86_400_000;

/** The day so many days after another. @example days("2026-02-27", 2) === "2026-03-01" */
export const days = (from: string, more: number): string =>
  new Date(Date.parse(`${from}T00:00:00Z`) + more * DAY_MS).toISOString().slice(0, 10);

export const dayAfter = (day: string): string => days(day, 1);
