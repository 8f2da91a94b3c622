/** Numbers as X12 and EDIFACT write them, which differ only in marks and signs. */

/**
 * Plain decimal text: `007` is `7`, `.5` is `0.5`, `10.` is `10`; zeros behind the mark stay. Undefined when it is no number.
 *
 * @param pattern of sign, whole digits and fraction, in this order
 */
export function plainDecimal(text: string, pattern: RegExp): string | undefined {
  const [found, sign, whole = "", fraction = ""] = pattern.exec(text) ?? [];
  if (found === undefined || whole + fraction === "") return undefined;
  const digits = whole.replace(/^0+(?=\d)/, "") || "0";
  const number = fraction === "" ? digits : `${digits}.${fraction}`;
  return sign === "-" && /[1-9]/.test(number) ? `-${number}` : number;
}
