/**
 * One pass over a JSON text: limits, doubled keys, dangerous keys, numbers that would lose digits, broken surrogates.
 *
 * It runs before the parser and trusts nothing; on text that is not JSON it stops counting sooner or later and leaves
 * the refusal to the parser. It builds no values, so it costs a few microseconds a kilobyte.
 */

export interface JsonLimits {
  /** A contract with bigger documents says so. */
  readonly bytes: number;
  readonly depth: number;
  readonly keysPerObject: number;
  readonly itemsPerArray: number;
  /** Characters as written, escapes counted as they stand. */
  readonly stringLength: number;
}

export interface Finding {
  readonly offset: number;
  readonly expected: string;
  readonly found: string;
}

const QUOTE = 34;
const BACKSLASH = 92;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;
const OPEN_ARRAY = 91;
const CLOSE_ARRAY = 93;
const COMMA = 44;
const COLON = 58;
const MINUS = 45;

/** Digits that survive a trip through a double, whatever they are. */
const DIGITS_MAX = 15;

/** Keys that reach the prototype of an object instead of its fields. */
const DANGEROUS: ReadonlySet<string> = new Set(["__proto__", "prototype", "constructor"]);

/** Few keys are compared one by one; a set costs more than it saves below this many. */
const LIST_MAX = 12;

/** The first thing wrong with the text, or undefined. */
export function scan(text: string, limits: JsonLimits): Finding | undefined {
  /** Per level: the keys seen in an object, or the number of commas in an array. */
  const keys: (string[] | Set<string> | undefined)[] = [];
  const counts: number[] = [];
  let depth = 0;
  let at = 0;
  const length = text.length;
  while (at < length) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      const end = endOfString(text, at);
      if (end === -1) return undefined;
      if (end - at - 1 > limits.stringLength) {
        return {
          offset: at,
          expected: `strings of at most ${limits.stringLength} characters`,
          found: String(end - at - 1),
        };
      }
      const inner = text.slice(at + 1, end);
      const escaped = inner.includes("\\");
      if (escaped && inner.includes("\\u")) {
        const broken = loneSurrogate(inner);
        if (broken !== -1) {
          return { offset: at + 1 + broken, expected: "whole characters", found: "a lone surrogate" };
        }
      }
      const seen = depth > 0 ? keys[depth - 1] : undefined;
      if (seen !== undefined && isKey(text, end + 1)) {
        const finding = addKey(escaped ? unescaped(inner) : inner, at, seen, depth, keys, limits);
        if (finding) return finding;
      }
      at = end + 1;
    } else if (code === OPEN_OBJECT || code === OPEN_ARRAY) {
      depth += 1;
      if (depth > limits.depth) {
        return { offset: at, expected: `at most ${limits.depth} levels`, found: "more" };
      }
      keys[depth - 1] = code === OPEN_OBJECT ? [] : undefined;
      counts[depth - 1] = 0;
      at += 1;
    } else if (code === CLOSE_OBJECT || code === CLOSE_ARRAY) {
      if (depth > 0) depth -= 1;
      at += 1;
    } else if (code === COMMA) {
      if (depth > 0 && keys[depth - 1] === undefined) {
        const count = (counts[depth - 1] ?? 0) + 1;
        counts[depth - 1] = count;
        if (count >= limits.itemsPerArray) {
          return { offset: at, expected: `at most ${limits.itemsPerArray} items`, found: "more" };
        }
      }
      at += 1;
    } else if (code === MINUS || (code >= 48 && code <= 57)) {
      const end = endOfNumber(text, at + 1);
      const finding = checkNumber(text, at, end);
      if (finding) return finding;
      at = end;
    } else at += 1;
  }
  return undefined;
}

/** The closing quote of the string opened at `from`, or -1. */
function endOfString(text: string, from: number): number {
  let end = text.indexOf('"', from + 1);
  while (end !== -1) {
    let slashes = 0;
    while (text.charCodeAt(end - 1 - slashes) === BACKSLASH) slashes += 1;
    // Backslashes before the opening quote belong to something else, but then this is no JSON and the parser says so.
    if (slashes % 2 === 0) return end;
    end = text.indexOf('"', end + 1);
  }
  return -1;
}

function isKey(text: string, from: number): boolean {
  let at = from;
  for (let code = text.charCodeAt(at); code === 32 || (code >= 9 && code <= 13); code = text.charCodeAt(at))
    at += 1;
  return text.charCodeAt(at) === COLON;
}

function addKey(
  key: string,
  offset: number,
  seen: string[] | Set<string>,
  depth: number,
  keys: (string[] | Set<string> | undefined)[],
  limits: JsonLimits,
): Finding | undefined {
  if (DANGEROUS.has(key)) return { offset, expected: "a field name", found: key };
  if (Array.isArray(seen)) {
    if (seen.includes(key))
      return { offset, expected: "each key once", found: `"${key.slice(0, 40)}" again` };
    seen.push(key);
    if (seen.length > LIST_MAX) keys[depth - 1] = new Set(seen);
    return undefined;
  }
  if (seen.has(key)) return { offset, expected: "each key once", found: `"${key.slice(0, 40)}" again` };
  seen.add(key);
  if (seen.size > limits.keysPerObject) {
    return { offset, expected: `at most ${limits.keysPerObject} keys`, found: "more" };
  }
  return undefined;
}

/** What an escaped key spells; one the parser will refuse anyway spells itself. */
function unescaped(inner: string): string {
  try {
    return JSON.parse(`"${inner}"`) as string;
  } catch {
    return inner;
  }
}

/** Where a surrogate escape stands without its partner, or -1. Text from valid UTF-8 holds surrogates only as escapes. */
function loneSurrogate(inner: string): number {
  let at = inner.indexOf("\\");
  while (at !== -1 && at < inner.length) {
    if (inner.charCodeAt(at + 1) !== 117) {
      at = inner.indexOf("\\", at + 2);
      continue;
    }
    const unit = Number.parseInt(inner.slice(at + 2, at + 6), 16);
    if (unit >= 0xdc00 && unit <= 0xdfff) return at;
    if (unit >= 0xd800 && unit <= 0xdbff) {
      const low = inner.startsWith("\\u", at + 6) ? Number.parseInt(inner.slice(at + 8, at + 12), 16) : 0;
      if (!(low >= 0xdc00 && low <= 0xdfff)) return at;
      at += 6;
    }
    at = inner.indexOf("\\", at + 6);
  }
  return -1;
}

function endOfNumber(text: string, from: number): number {
  let at = from;
  for (; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    const digit = code >= 48 && code <= 57;
    // . e E + -
    if (!digit && code !== 46 && code !== 101 && code !== 69 && code !== 43 && code !== 45) break;
  }
  return at;
}

/** Refuses a number that a double cannot give back as it was written, and minus zero, which is no amount. */
function checkNumber(text: string, from: number, end: number): Finding | undefined {
  // Up to fifteen characters of digits and a point are safe as they stand; this is nearly every number there is.
  if (end - from <= DIGITS_MAX && text.charCodeAt(from) !== MINUS) {
    let plain = true;
    for (let at = from; at < end; at += 1) {
      const code = text.charCodeAt(at);
      if (code === 101 || code === 69) plain = false;
    }
    if (plain) return undefined;
  }
  const written = text.slice(from, end);
  const value = Number(written);
  const found = written.slice(0, 40);
  // Not a number at all: the parser refuses it with its place.
  if (Number.isNaN(value)) return undefined;
  if (value === 0 && written.startsWith("-"))
    return { offset: from, expected: "a number", found: "minus zero" };
  const digits = written
    .replace(/[eE].*$/, "")
    .replace(/[-+.]/g, "")
    .replace(/^0+/, "")
    .replace(/0+$/, "");
  if (digits !== "" && value === 0)
    return { offset: from, expected: "a number that keeps its digits", found };
  if (digits.length > DIGITS_MAX || Math.abs(value) > Number.MAX_SAFE_INTEGER) {
    return {
      offset: from,
      expected: `a number of at most ${DIGITS_MAX} digits and 2^53; longer ones are sent as text`,
      found,
    };
  }
  return undefined;
}
