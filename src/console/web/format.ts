/** How numbers, money and times read. Amounts stay decimal strings until the last moment and are never computed with. */
const language = typeof navigator === "undefined" ? "en" : navigator.language;

/** "€24,310.00"; the digits are those of the document. An unknown currency is shown as its letters. */
export function money({ amount, currency }: { amount: string; currency: string }): string {
  try {
    return new Intl.NumberFormat(language, { style: "currency", currency }).format(amount as `${number}`);
  } catch {
    return `${amount} ${currency}`;
  }
}

/** Amounts in a sentence of the engine, as the page writes them everywhere else: "2000.00 EUR are at risk". */
export const amountsIn = (text: string): string =>
  text.replace(/(?<![\w.])(-?\d{1,15}\.\d{2,6}) ([A-Z]{3})\b/g, (_, amount: string, currency: string) =>
    money({ amount, currency }),
  );

/** A sentence as a heading, which ends without a full stop. */
export const asHeading = (sentence: string): string => sentence.replace(/\.$/, "");

export const count = (value: number): string => new Intl.NumberFormat(language).format(value);

/** "1,482 orders"; English plurals of the words we use. */
export const many = (value: number, word: string): string =>
  `${count(value)} ${value === 1 ? word : `${word}s`}`;

/** "40 s", "14 min", "1 h 52", "3 d". Never negative: clocks differ, time does not run backwards. */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48)
    return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${String(minutes % 60).padStart(2, "0")}`;
  return `${Math.floor(hours / 24)} d`;
}

/** A time known to half an octave: below a second it is said no closer. */
export const brief = (ms: number | null): string => (ms === null ? "–" : ms < 1_000 ? "a second" : span(ms));

/** A declared span as people read it: "4h" is "4 h", "2m" is "2 min". */
export const spanned = (text: string): string =>
  text.replace(
    /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/,
    (_, value, unit) => `${value} ${unit === "m" ? "min" : unit}`,
  );

/** "just now", "14 min ago", "in 2 h". */
export function relative(at: string, now: number): string {
  const distance = Date.parse(at) - now;
  if (Math.abs(distance) < 10_000) return "just now";
  return distance < 0 ? `${span(-distance)} ago` : `in ${span(distance)}`;
}

/** The zone every time on a page is in: the browser's. */
export const zone = (): string =>
  new Intl.DateTimeFormat(language, { timeZoneName: "short" })
    .formatToParts(new Date())
    .find(({ type }) => type === "timeZoneName")?.value ?? "UTC";

/** The whole moment, with its zone, for hover and for the record. */
export const absolute = (at: string): string =>
  new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "long" }).format(new Date(at));

/** "08:02:04" today, "20 Nov, 08:02" on another day. */
export function clock(at: string, now: number, seconds = true): string {
  const then = new Date(at);
  const today = new Date(now).toDateString() === then.toDateString();
  return new Intl.DateTimeFormat(language, {
    ...(today ? {} : { day: "numeric", month: "short" }),
    hour: "2-digit",
    minute: "2-digit",
    ...(today && seconds ? { second: "2-digit" } : {}),
    hour12: false,
  }).format(then);
}

/** Where a document's page is: `/d/order/SO-10045`. */
export const pageOf = (correlation: string): string =>
  `/d/${correlation.split("/").map(encodeURIComponent).join("/")}`;

/** "dispatched" → "Dispatched". */
export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
