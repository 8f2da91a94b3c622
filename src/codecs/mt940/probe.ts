/** MT940, MT942 and MT950 among unknown files: their first field comes within a few lines. */

import { type Probe, readStreamed } from "../probe.ts";
import { readMt940 } from "./reader.ts";

/** Header lines, none of which is long, then a field; at the end of 8 kB that is either there or the file is something else. */
function begins(text: string): boolean {
  const lines = text.split(/[\r\n]+/, HEADER_LINES + 1);
  const field = lines.findIndex((line) => FIELD.test(line));
  const header = lines.slice(0, Math.max(0, field));
  // Other messages of SWIFT have the same fields; where there is a header it says which this is.
  const other = header.some((line) => /\{2:[IO](?!94[0-2]|950)\d{3}/.test(line));
  return field !== -1 && !other && header.every((line) => line.length <= HEADER_CHARS);
}

const FIELD = /^(?:\xef\xbb\xbf)?:(?:20|25P?|28C?|60[FM]|61|62[FM]|64|65|86|NS):/;
const HEADER_LINES = 12;
const HEADER_CHARS = 203;

export const probe: Probe = {
  codec: "mt940",
  recognises: (start) => begins(Buffer.from(start).toString("latin1")),
  read: (chunks) =>
    readStreamed(readMt940(chunks), (event) =>
      event.kind === "message" ? `MT${event.message.type}` : undefined,
    ),
};
