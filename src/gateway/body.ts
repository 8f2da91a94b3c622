/**
 * Reads a JSON body with the limits a stranger's bytes need.
 *
 * What is validated here must be what is booked there, and systems differ on which of two equal names counts, on numbers
 * they cannot hold, and on names that reach into prototypes. So such a body is refused, never repaired. One pass over the
 * text before it is parsed; nothing recurses, so depth costs no stack.
 */
import { Problem } from "./problems.ts";

const DEPTH_MAX = 64;
const KEYS_MAX = 10_000;
const ITEMS_MAX = 100_000;
const STRING_MAX = 1_000_000;
/** What a double holds exactly, whatever the digits are. */
const DIGITS_MAX = 15;
const FORBIDDEN = new Set(["__proto__", "prototype", "constructor"]);

const QUOTE = 34;
const COMMA = 44;
const MINUS = 45;
const COLON = 58;
const OPEN_LIST = 91;
const BACKSLASH = 92;
const CLOSE_LIST = 93;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/**
 * The data in a JSON body.
 *
 * @throws {Problem} `invalid-content` with the place, never with what was found there
 */
export function readJson(bytes: Uint8Array): unknown {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    throw refused("The body is not UTF-8.", "text in UTF-8");
  }
  scan(text);
  try {
    return JSON.parse(text);
  } catch {
    throw refused("The body is not JSON.", "one JSON value in UTF-8");
  }
}

/** What is open at a place: a list with its items so far, or an object with its names so far. */
interface Open {
  readonly names: Set<string> | null;
  items: number;
}

/** Looks at every token once. Whether they are in a sensible order is left to the parser. */
function scan(text: string): void {
  const open: Open[] = [];
  let top: Open | undefined;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    switch (code) {
      case QUOTE: {
        const end = endOfString(text, at);
        if (top?.names && isName(text, end)) name(top.names, text, at, end);
        else stringValue(text, at, end);
        at = end;
        break;
      }
      case OPEN_LIST:
      case OPEN_OBJECT:
        if (open.length >= DEPTH_MAX)
          throw refused("The body is nested too deep.", `at most ${DEPTH_MAX} levels`, at);
        top = { names: code === OPEN_OBJECT ? new Set() : null, items: 1 };
        open.push(top);
        break;
      case CLOSE_LIST:
      case CLOSE_OBJECT:
        open.pop();
        top = open.at(-1);
        break;
      case COMMA:
        if (top && ++top.items > (top.names ? KEYS_MAX : ITEMS_MAX)) {
          throw refused(
            "The body has too many values in one place.",
            `at most ${top.names ? KEYS_MAX : ITEMS_MAX}`,
            at,
          );
        }
        break;
      default:
        if (code === MINUS || (code >= 48 && code <= 57)) at = number(text, at) - 1;
    }
  }
}

/** The place of the closing quote. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at;
    if (code === BACKSLASH) at++;
  }
  throw refused("The body is not JSON.", "a closing quote", start);
}

/** A string is a name when a colon follows it. */
function isName(text: string, end: number): boolean {
  let at = end + 1;
  while (at < text.length && text.charCodeAt(at) <= 32) at++;
  return text.charCodeAt(at) === COLON;
}

function name(names: Set<string>, text: string, start: number, end: number): void {
  const said = unescaped(text, start, end);
  if (FORBIDDEN.has(said))
    throw refused("The body has a name that no contract has.", "names of the contract", start);
  if (names.has(said))
    throw refused("The body says one name twice in the same place.", "every name once", start);
  names.add(said);
}

function stringValue(text: string, start: number, end: number): void {
  if (end - start > STRING_MAX)
    throw refused("A text in the body is too long.", `at most ${STRING_MAX} characters`, start);
  unescaped(text, start, end);
}

/** The text between the quotes, which must be well formed once its escapes are read: no half of a surrogate pair. */
function unescaped(text: string, start: number, end: number): string {
  const inside = text.slice(start + 1, end);
  if (!inside.includes("\\")) return inside;
  let said: string;
  try {
    said = JSON.parse(text.slice(start, end + 1)) as string;
  } catch {
    throw refused("The body is not JSON.", "a text with sound escapes", start);
  }
  if (!said.isWellFormed()) throw refused("A text in the body is not Unicode.", "whole characters", start);
  return said;
}

/** Checks a number and returns where it ends. */
function number(text: string, start: number): number {
  NUMBER.lastIndex = start;
  const said = NUMBER.exec(text)?.[0];
  if (said === undefined) throw refused("The body is not JSON.", "a number", start);
  const digits = said
    .replace(/[eE].*$/, "")
    .replaceAll(/[-.]/g, "")
    .replace(/^0+/, "");
  const value = Number(said);
  if (digits.length > DIGITS_MAX || !Number.isFinite(value) || Object.is(value, -0)) {
    throw refused(
      "The body has a number that not every system reads alike.",
      `at most ${DIGITS_MAX} digits, or a decimal as text`,
      start,
    );
  }
  return start + said.length;
}

const refused = (detail: string, expected: string, offset?: number) =>
  new Problem("invalid-content", {
    detail,
    field: offset === undefined ? "body" : `body, character ${offset + 1}`,
    expected,
    remedy: "Send sound JSON in UTF-8: every name once, decimals as text.",
  });
