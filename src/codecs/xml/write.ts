/** Text as XML carries it. */
import { ContractBroken } from "../../std/errors.ts";

/** For text and for attributes in double quotes. @throws {ContractBroken} for a character XML 1.0 has no way to say */
export function escapeXml(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters XML 1.0 cannot carry at all.
  if (/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/.test(text) || !text.isWellFormed()) {
    throw new ContractBroken("A text holds a character XML cannot carry.", {
      facts: { expected: "characters of XML 1.0", found: "a control character or a lone surrogate" },
    });
  }
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("\t", "&#9;")
    .replaceAll("\n", "&#10;")
    .replaceAll("\r", "&#13;");
}
