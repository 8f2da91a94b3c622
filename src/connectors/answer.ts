/**
 * Reading what the other side answered.
 *
 * The one thing that must stay true: no digit is lost. A JSON number that is not a whole number JavaScript holds exactly is
 * kept as the text it was written in, so `10.00` stays `"10.00"` and an account number of twenty digits stays itself.
 */
import Big from "big.js";
import { textAt } from "../contracts/keys.ts";

/** A number with a fraction, an exponent, or so many digits that it might be rounded. Text in quotes may match: it only costs time. */
const DELICATE = /\d[.eE]|\d{16}/;

type Reviver = (key: string, value: unknown, context: { source?: string }) => unknown;

/**
 * Reads JSON text. Whole numbers up to 2^53 are numbers; every other number is its own text.
 *
 * @throws {SyntaxError} when it is not JSON
 */
export function readJson(text: string): unknown {
  if (!DELICATE.test(text)) return JSON.parse(text);
  const keepDigits: Reviver = (_, value, { source }) =>
    typeof value === "number" &&
    source !== undefined &&
    !(Number.isSafeInteger(value) && /^-?\d+$/.test(source))
      ? source
      : value;
  return JSON.parse(text, keepDigits as (key: string, value: unknown) => unknown);
}

/** The text at a dotted path of an answer; a whole number is given as text; anything else is undefined. */
export function textIn(answer: unknown, path: string): string | undefined {
  const found = textAt(answer, path);
  if (typeof found === "number") return String(found);
  return typeof found === "string" && found !== "" ? found : undefined;
}

/**
 * The first place where `found` does not hold what we `sent`, as a dotted path, or undefined when all of it is there.
 *
 * The other side may add fields of its own; what we sent must stand there unchanged. Amounts are compared as numbers, so
 * `10.0` and `"10.00"` are equal. Lists must have the same length and order. A field we sent as null may be missing.
 */
export function firstDifference(sent: unknown, found: unknown, path = ""): string | undefined {
  if (sent === null || sent === undefined) return found === null || found === undefined ? undefined : path;
  if (Array.isArray(sent)) {
    if (!Array.isArray(found) || found.length !== sent.length) return path;
    return first(sent.map((one, at) => firstDifference(one, found[at], below(path, String(at)))));
  }
  if (typeof sent === "object") {
    if (typeof found !== "object" || found === null) return path;
    return first(
      Object.entries(sent).map(([field, one]) =>
        firstDifference(one, (found as Record<string, unknown>)[field], below(path, field)),
      ),
    );
  }
  return sent === found || sameAmount(sent, found) ? undefined : path;
}

/**
 * The first of the compared places where the target does not hold what we sent, or undefined when all agree.
 *
 * Without `compare` everything we sent must stand there. With it, each entry names a place: `Customer`, `Items[].Material`, or
 * `lines[].quantity = lines[].asked` where the target calls it otherwise. Lists must have the same length and order.
 */
export function firstUnequal(
  sent: unknown,
  found: unknown,
  compare: readonly string[] | undefined,
): string | undefined {
  if (compare === undefined) return firstDifference(sent, found);
  let compared = 0;
  const unequal = compare.find((entry) => {
    const [ours = "", theirs = ours] = entry.split("=").map((path) => path.trim());
    const values = valuesAt(sent, ours);
    compared += values.filter((value) => value !== undefined).length;
    return firstDifference(values, valuesAt(found, theirs)) !== undefined;
  });
  // Places that name nothing we sent prove nothing: a misspelt path must not make every document ours.
  return unequal ?? (compared === 0 ? "nothing compared" : undefined);
}

/** The values a path such as `lines[].sku` leads to, in order. */
function valuesAt(data: unknown, path: string): unknown[] {
  return path.split(".").reduce<unknown[]>(
    (values, step) => {
      const field = step.replace(/\[\]$/, "");
      const next = values.map((value) => (value as Record<string, unknown> | null | undefined)?.[field]);
      return step.endsWith("[]")
        ? next.flatMap((value) => (Array.isArray(value) ? value : [undefined]))
        : next;
    },
    [data],
  );
}

const first = (differences: readonly (string | undefined)[]): string | undefined =>
  differences.find((difference) => difference !== undefined);
const below = (path: string, field: string): string => (path === "" ? field : `${path}.${field}`);

// Leading zeros are part of a number people read, such as an account, so such text is never an amount.
const AMOUNT = /^-?(0|[1-9]\d*)(\.\d+)?$/;

function sameAmount(sent: unknown, found: unknown): boolean {
  const [left, right] = [String(sent), String(found)];
  return typeof sent !== "boolean" && AMOUNT.test(left) && AMOUNT.test(right) && Big(left).eq(right);
}
