/** Exact decimals of the oracle's own: text in, text out, six places inside. It trusts nobody else's arithmetic. */

const PLACES = 6;

/** "12.5" → 12500000n. Throws for anything that is no decimal. */
export function units(text: string): bigint {
  const parts = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
  const [, sign, whole = "", fraction = ""] = parts ?? [];
  if (!parts || fraction.length > PLACES)
    throw new Error(`"${text}" is no decimal of at most ${PLACES} places.`);
  const value = BigInt(whole + fraction.padEnd(PLACES, "0"));
  return sign === "-" ? -value : value;
}

export function text(value: bigint): string {
  const digits = String(value < 0n ? -value : value).padStart(PLACES + 1, "0");
  const whole = digits.slice(0, -PLACES);
  const fraction = digits.slice(-PLACES).replace(/0+$/, "");
  return `${value < 0n ? "-" : ""}${whole}${fraction === "" ? "" : `.${fraction}`}`;
}

export const sum = (values: readonly string[]): string =>
  text(values.reduce((total, value) => total + units(value), 0n));
export const minus = (left: string, right: string): string => text(units(left) - units(right));
/** Whole quantities times prices: exact within the six places. */
export const times = (left: string, right: string): string =>
  text((units(left) * units(right)) / 10n ** BigInt(PLACES));
export const same = (left: string, right: string): boolean => units(left) === units(right);
