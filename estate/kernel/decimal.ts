/**
 * Exact money and quantities for the simulated systems.
 *
 * Money is bigint cents, a quantity is bigint thousandths; both travel as decimal strings. What must stay true: no
 * amount ever passes through a floating-point number, and text that is not a plain decimal is refused, not guessed.
 */

/** Text that should have been a decimal and is not. */
export class NotADecimal extends Error {}

const PLAIN = /^(-?)(\d{1,15})(?:\.(\d+))?$/;

function scaled(value: unknown, places: number, what: string): bigint {
  const text = typeof value === "number" ? String(value) : value;
  const match = typeof text === "string" ? PLAIN.exec(text.trim()) : null;
  if (match === null)
    throw new NotADecimal(`${what} must be a decimal such as "10.00", found ${show(value)}.`);
  const fraction = (match[3] ?? "").replace(/0+$/, "");
  if (fraction.length > places) {
    throw new NotADecimal(`${what} has at most ${places} decimal places, found ${show(value)}.`);
  }
  const units = BigInt(`${match[2]}${fraction.padEnd(places, "0")}`);
  return match[1] === "-" ? -units : units;
}

function show(value: unknown): string {
  return value === undefined ? "nothing" : JSON.stringify(value).slice(0, 40);
}

/** Reads an amount such as "500.00" as cents; throws NotADecimal naming `what`. */
export function cents(value: unknown, what = "An amount"): bigint {
  return scaled(value, 2, what);
}

/** Writes cents with two places: 50000n is "500.00". */
export function money(amount: bigint): string {
  const sign = amount < 0n ? "-" : "";
  const digits = (amount < 0n ? -amount : amount).toString().padStart(3, "0");
  return `${sign}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** Reads a quantity such as "10" or "2.5" as thousandths; throws NotADecimal naming `what`. */
export function milli(value: unknown, what = "A quantity"): bigint {
  return scaled(value, 3, what);
}

/** Writes thousandths without needless zeros: 10000n is "10". */
export function quantity(thousandths: bigint): string {
  const sign = thousandths < 0n ? "-" : "";
  const digits = (thousandths < 0n ? -thousandths : thousandths).toString().padStart(4, "0");
  const fraction = digits.slice(-3).replace(/0+$/, "");
  return `${sign}${digits.slice(0, -3)}${fraction === "" ? "" : `.${fraction}`}`;
}

/** Cents for a quantity (thousandths) at a price (cents), rounded half away from zero. */
export function extended(price: bigint, thousandths: bigint): bigint {
  return divided(price * thousandths, 1000n);
}

/** `share` of an amount, the share given as text such as "0.20", rounded half away from zero. */
export function portion(amount: bigint, share: string): bigint {
  return divided(amount * scaled(share, 6, "A rate"), 1_000_000n);
}

function divided(numerator: bigint, denominator: bigint): bigint {
  const half = denominator / 2n;
  return numerator < 0n ? -((-numerator + half) / denominator) : (numerator + half) / denominator;
}
