/**
 * Arithmetic on canonical values, exact and in plain notation.
 *
 * Nothing is ever rounded by accident: sums and products are exact, and only `quantise` and `priceOf` round, half up, to
 * the currency's minor unit. Adding two currencies or two units is a broken contract, never a conversion.
 */
import Big from "big.js";
import { ContractBroken } from "../../std/errors.ts";
import type { Money, Quantity, UnitPrice } from "./values.ts";

/** Minor units that differ from two, from the ISO 4217 table. */
const MINOR_UNITS: Readonly<Record<string, number>> = {
  BHD: 3,
  CLP: 0,
  IQD: 3,
  ISK: 0,
  JOD: 3,
  JPY: 0,
  KRW: 0,
  KWD: 3,
  LYD: 3,
  OMR: 3,
  PYG: 0,
  TND: 3,
  UGX: 0,
  VND: 0,
  XAF: 0,
  XOF: 0,
  XPF: 0,
};

/** How many decimals an amount of this currency has. */
export const minorUnit = (currency: string): number => MINOR_UNITS[currency] ?? 2;

/** Reads a decimal, or refuses it by name. */
function read(decimal: string): Big {
  try {
    return new Big(decimal);
  } catch (cause) {
    throw new ContractBroken("A decimal is not written as one.", {
      facts: { expected: "digits with an optional fraction", found: decimal.slice(0, 40) },
      cause,
    });
  }
}

/** @example add("0.1", "0.2") // "0.3" */
export const add = (...terms: readonly string[]): string =>
  terms.reduce((sum, term) => sum.plus(read(term)), new Big(0)).toFixed();

export const subtract = (from: string, what: string): string => read(from).minus(read(what)).toFixed();

/** Exact; the scale of the product is the sum of both scales. */
export const multiply = (left: string, right: string): string => read(left).times(read(right)).toFixed();

/** Negative, zero or positive as `left` is less than, equal to or greater than `right`; "2.50" equals "2.5". */
export const compare = (left: string, right: string): -1 | 0 | 1 => read(left).cmp(read(right));

export const isZero = (decimal: string): boolean => compare(decimal, "0") === 0;
export const isPositive = (decimal: string): boolean => compare(decimal, "0") > 0;
export const smaller = (left: string, right: string): string => (compare(left, right) <= 0 ? left : right);
export const larger = (left: string, right: string): string => (compare(left, right) >= 0 ? left : right);

/** Rounds half up to the currency's minor unit and writes every decimal of it. @example quantise("1.005", "EUR") // "1.01" */
export const quantise = (amount: string, currency: string): string =>
  read(amount).toFixed(minorUnit(currency), Big.roundHalfUp);

/** Money of this amount, quantised. */
export const money = (amount: string, currency: string): Money => ({
  amount: quantise(amount, currency),
  currency,
});

/** The sum of amounts of one currency. An empty list is zero. */
export function total(amounts: readonly Money[], currency: string): Money {
  for (const amount of amounts) sameCurrency(amount.currency, currency);
  return money(add("0", ...amounts.map(({ amount }) => amount)), currency);
}

/** What `quantity` costs at `price`, quantised at this line. Both must be stated in the same unit. */
export function priceOf(quantity: Quantity, price: UnitPrice): Money {
  if (quantity.uom !== price.per.uom) {
    throw new ContractBroken(`A price per ${price.per.uom} cannot value a quantity in ${quantity.uom}.`, {
      facts: { expected: price.per.uom, found: quantity.uom },
    });
  }
  if (isZero(price.per.value)) {
    throw new ContractBroken("A unit price has no price base.", {
      facts: { expected: "a base above 0", found: price.per.value },
    });
  }
  // Multiply before dividing: the division is the only step that could lose a digit. Twelve spare decimals keep the
  // error far below half of any minor unit.
  const exact = read(price.amount).times(read(quantity.value));
  const base = read(price.per.value);
  return money(base.eq(1) ? exact.toFixed() : quotient(exact, base), price.currency);
}

/** Divides and rounds half up to `scale` decimals; needless zeros at the end are dropped. @example divide("1", "3", 4) // "0.3333" */
export const divide = (left: string, right: string, scale: number): string =>
  new Big(quotient(read(left), read(right))).round(scale, Big.roundHalfUp).toFixed();

function quotient(left: Big, right: Big): string {
  const wide = Big();
  wide.DP = 20;
  return new wide(left).div(right).toFixed();
}

function sameCurrency(found: string, expected: string): void {
  if (found === expected) return;
  throw new ContractBroken(`An amount in ${found} cannot be added to amounts in ${expected}.`, {
    facts: { expected, found },
  });
}

/** Fits a decimal into the plain form the shapes accept: "007.50" becomes "7.5", "1e2" becomes "100". */
export const plain = (decimal: string): string => read(decimal.trim()).toFixed();
