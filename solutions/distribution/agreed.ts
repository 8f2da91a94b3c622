/**
 * What agreements share: figures by line, sums, and how several numbers are asked about in one OData question.
 *
 * Figures are decimal strings; a line nobody names is "0" where the other side could name it. Pure.
 */
import type { Held } from "crossdock";
import { decimals } from "crossdock/canon";

const { add, isPositive } = decimals;

/** `line 1`, `line 2` … with what `of` says of each; nothing of a line is no figure. */
export const byLine = (lines: readonly (readonly [string, string])[]): Record<string, string> => {
  const sums: Record<string, string> = {};
  for (const [line, value] of lines)
    if (isPositive(value)) sums[`line ${line}`] = add(sums[`line ${line}`] ?? "0", value);
  return sums;
};

/** Pieces by item, however many lines name it. */
export const piecesByItem = (lines: readonly (readonly [string, string])[]): Record<string, string> => {
  const sums: Record<string, string> = {};
  for (const [item, value] of lines) sums[item] = add(sums[item] ?? "0", value);
  return sums;
};

/** Every line that either side could name, so that nothing at all is a figure too. */
export const lines = (all: readonly string[], figures: Record<string, string>): Record<string, string> =>
  Object.fromEntries(all.map((line) => [`line ${line}`, figures[`line ${line}`] ?? "0"]));

export const sum = (values: readonly string[]): string => add("0", ...values);

export const quote = (number: string): string => number.replaceAll("'", "''");

/** `Field eq 'a' or Field eq 'b'`. */
export const anyOf = (field: string, numbers: readonly string[]): string =>
  numbers.map((number) => `${field} eq '${quote(number)}'`).join(" or ");

/** What a system holds of an order, by its number. */
export const ofOrder = <Of extends { readonly orderId: string }>(
  all: readonly Of[],
  number: string,
): Of | undefined => all.find(({ orderId }) => orderId === number);

/** A credit note as somebody keeps it. */
export type CreditNote = Readonly<Record<"creditNote" | "invoice" | "amount", string>>;

/** What was taken back of each invoice, by whoever names every credit note it holds; one told twice counts once. */
export function creditedOf(notes: readonly CreditNote[]): Held {
  const figures: Record<string, string> = {};
  const each = new Map(notes.map((note) => [note.creditNote, note]));
  for (const { invoice, amount } of each.values()) figures[invoice] = add(figures[invoice] ?? "0", amount);
  return { reached: null, figures, complete: true };
}

/** What a piece is worth by the ERP's books. */
export interface Priced {
  readonly StandardPrice?: string;
  readonly Currency?: string;
}

/** What each piece of these figures is worth, where the ERP says so. */
export const piecesAt = (
  { StandardPrice: amount, Currency: currency }: Priced,
  ...figures: readonly string[]
): NonNullable<Held["each"]> =>
  amount === undefined || currency === undefined
    ? {}
    : Object.fromEntries(figures.map((name) => [name, { amount, currency }]));
