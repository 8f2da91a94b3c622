/**
 * The characters of an XML document, before anything else is believed about it.
 *
 * UTF-8, UTF-16 with its byte order mark, and the single-byte encodings banks still declare. Anything else is refused:
 * an encoding the scan for declarations cannot see through (UTF-7, UTF-32, EBCDIC) is a way to hide one.
 */
import type { Bytes } from "../../std/bytes.ts";
import { ContractBroken } from "../../std/errors.ts";

const SINGLE_BYTE: Readonly<Record<string, string>> = {
  "iso-8859-1": "windows-1252",
  "iso-8859-15": "iso-8859-15",
  "windows-1252": "windows-1252",
  "us-ascii": "utf-8",
  ascii: "utf-8",
  "utf-8": "utf-8",
  utf8: "utf-8",
};

/** @throws {ContractBroken} when the encoding is another or the bytes are not in it */
export function decodeXml(body: Bytes): string {
  const label = encodingOf(body);
  try {
    const text = new TextDecoder(label, { fatal: true }).decode(body);
    // The declaration has done its work; a parser given text would only trip over `encoding="UTF-16"`.
    return withoutEncoding(text);
  } catch (cause) {
    throw new ContractBroken(`Line 1: expected text in ${label}, found other bytes.`, {
      facts: { line: 1, expected: label, found: "other bytes" },
      cause,
    });
  }
}

/** The text without what its declaration says of bytes it no longer is. */
export const withoutEncoding = (text: string): string =>
  text.replace(/^(<\?xml[^>]*?)\s+encoding\s*=\s*(?:"[^"]*"|'[^']*')/, "$1");

/** What these bytes, or the first 200 of them, say they are in. @throws {ContractBroken} when it is none we read */
export function encodingOf(body: Bytes): string {
  if (body[0] === 0xff && body[1] === 0xfe) return "utf-16le";
  if (body[0] === 0xfe && body[1] === 0xff) return "utf-16be";
  const start = Buffer.from(body.buffer, body.byteOffset, Math.min(body.byteLength, 200)).toString("latin1");
  const declared = /^(?:\xef\xbb\xbf)?<\?xml[^>]*?\sencoding\s*=\s*["']([^"']*)["']/.exec(start)?.[1];
  const label = SINGLE_BYTE[(declared ?? "utf-8").toLowerCase()];
  if (label !== undefined) return label;
  throw new ContractBroken(`Line 1: expected UTF-8, UTF-16 or ISO 8859-1, found encoding ${declared}.`, {
    facts: { line: 1, expected: "UTF-8, UTF-16 or ISO 8859-1", found: String(declared).slice(0, 40) },
  });
}
