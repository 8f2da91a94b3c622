/** The first element of what may be XML, from the first bytes alone: how the probes of XML formats know their own. */
import type { Bytes } from "../../std/bytes.ts";

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
  const found =
    /^(?:[^<]{0,8})(?:<\?[^>]*\?>|<!--[\s\S]*?-->|<![A-Z][^>]*>|\s)*<(?:([\w.-]+):)?([\w.-]+)([^>]*)/.exec(
      text,
    );
  if (!found) return { name: "", namespace: "", text };
  const [, prefix, name = "", attributes = ""] = found;
  const named = prefix === undefined ? "xmlns" : `xmlns:${prefix}`;
  const namespace = new RegExp(`\\s${named}\\s*=\\s*["']([^"']*)["']`).exec(attributes)?.[1] ?? "";
  return { name, namespace, text };
}
