/**
 * Which texts PostgreSQL can keep, and what becomes of those it cannot.
 *
 * Two rules, and nothing between them. A text that names a thing is refused when it cannot be kept as it is (`flawOf`): changed,
 * it would name another. A text for people is kept as near as possible (`storable`), because an exception that cannot be written
 * down helps nobody. PostgreSQL's text holds no NUL (docs: "Character Types"), UTF-8 no half of a surrogate pair (RFC 3629,
 * section 3), and a B-tree no row above 2,704 bytes (nbtree/README: a third of a page).
 */
import { hash } from "node:crypto";
import { limits } from "./limits.ts";

/** What PostgreSQL shows where a text had something it cannot hold: the replacement character, U+FFFD. */
const INSTEAD = "\uFFFD";

/** Why a text cannot name a thing, as the end of a sentence; undefined when it can. */
export function flawOf(text: string): string | undefined {
  if (text.includes("\0")) return "has a NUL character (U+0000)";
  if (!text.isWellFormed()) return "has half of a surrogate pair";
  // A UTF-16 unit takes at most three bytes of UTF-8.
  if (text.length * 3 <= limits.keyBytesMax) return undefined;
  const bytes = Buffer.byteLength(text);
  return bytes > limits.keyBytesMax ? `has ${bytes} bytes, of at most ${limits.keyBytesMax}` : undefined;
}

/** A text for people, with U+FFFD in place of what cannot be kept. */
export const storable = (text: string): string =>
  text.includes("\0") ? text.toWellFormed().replaceAll("\0", INSTEAD) : text.toWellFormed();

/**
 * A text an index holds, from outside and of any length: storable, and when it is too long its beginning with its own hash, so
 * that two of them stay two and the same one stays the same.
 */
export function indexable(text: string): string {
  const kept = storable(text);
  if (kept.length * 3 <= limits.indexedBytesMax || Buffer.byteLength(kept) <= limits.indexedBytesMax)
    return kept;
  return `${kept.slice(0, limits.indexedBytesMax / 4).toWellFormed()}… ${hash("sha256", text).slice(0, 32)}`;
}

/**
 * Whether a write failed because of what it says: repeated, it fails for ever. SQLSTATE class 22 (data exception), 54000 (a
 * row too long for its index), and class 23 where a column or a constraint is named (a month without its partition names
 * none, and is nobody's fault); or a value that could not even be put into a statement.
 */
export function isUnstorable(error: unknown): boolean {
  if (error instanceof RangeError || error instanceof SyntaxError) return true;
  const { code, constraint, column } = (error ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof code !== "string" || code.length !== 5) return false;
  return (
    code.startsWith("22") ||
    code === "54000" ||
    (code.startsWith("23") && (constraint ?? column) !== undefined)
  );
}
