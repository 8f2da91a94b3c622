/** Where the fields of a statement stand, which of them stand once, and what may follow. */

/** Where a field may stand: it never follows one of a higher place, save a new page after a closing balance. */
export const PLACE: Readonly<Record<string, number>> = {
  20: 0,
  21: 1,
  25: 1,
  "25P": 1,
  28: 2,
  "28C": 2,
  "34F": 3,
  13: 3,
  "13D": 3,
  "60F": 4,
  "60M": 4,
  61: 5,
  86: 5,
  "90D": 6,
  "90C": 6,
  "62F": 7,
  "62M": 7,
  64: 8,
  65: 8,
};
export const CLOSED = 7;
export const ENTRIES = 5;
/** These stand once in a message. */
export const ONCE: ReadonlySet<string> = new Set(["13", "20", "21", "25", "28", "64", "90C", "90D"]);
export const AFTER: readonly string[] = [
  ":25:",
  ":25: or :28C:",
  ":28C: or :60F:",
  ":60F:",
  ":61: or :62F:",
  ":61:, :86: or :62F:",
  ":90C:, :86: or the end",
  ":64:, :65:, :86: or the end",
  ":65:, :86: or the end",
];
