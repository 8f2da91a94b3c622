/** The first element of what may be XML, from the first bytes alone: how the probes of XML formats know their own. */
import type { Bytes } from "../../std/bytes.ts";

/** What may stand before the first element, and how each ends. A declaration may hold others in brackets. */
const BEFORE: readonly (readonly [opens: RegExp, ends: RegExp])[] = [
  [/<\?/y, /\?>/g],
  [/<!--/y, /-->/g],
  [/<![^>[]*\[/y, /\]\s*>/g],
  [/<!/y, />/g],
];
const TAG = /<(?:([\w.-]+):)?([\w.-]+)([^>]*)/y;

/** Its local name (`""` where there is none), its namespace, and the start as text. UTF-16 is seen through. */
export function firstElement(start: Bytes): {
  readonly name: string;
  readonly namespace: string;
  readonly text: string;
} {
  // UTF-16 shows as text with NULs between the letters; dropping them is enough to recognise a name.
  const text = Buffer.from(start.buffer, start.byteOffset, start.byteLength)
    .toString("latin1")
    .replaceAll("\0", "");
  const found = matched(TAG, text, beginning(text));
  if (!found) return { name: "", namespace: "", text };
  const [, prefix, name = "", attributes = ""] = found;
  const named = prefix === undefined ? "xmlns" : `xmlns:${prefix}`;
  const namespace =
    new RegExp(`\\s${named.replaceAll(".", "\\.")}\\s*=\\s*["']([^"']*)["']`).exec(attributes)?.[1] ?? "";
  return { name, namespace, text };
}

/** Where the first element begins, or -1. By steps: one expression for all of it tries every pairing of comments and ends. */
function beginning(text: string): number {
  let at = text.indexOf("<");
  // A byte order mark and blanks may stand before it, text may not.
  if (at > 8 && text.slice(0, at).trim() !== "") return -1;
  while (text[at] === "<") {
    const ends = BEFORE.find(([opens]) => matched(opens, text, at))?.[1];
    if (ends === undefined) return at;
    if (!matched(ends, text, at + 2)) return -1;
    at = ends.lastIndex;
    while (at < text.length && /\s/.test(text[at]!)) at += 1;
  }
  return -1;
}

function matched(expression: RegExp, text: string, at: number): RegExpExecArray | null {
  if (at < 0) return null;
  expression.lastIndex = at;
  return expression.exec(text);
}
