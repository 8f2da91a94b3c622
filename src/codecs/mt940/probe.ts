/** MT940, MT942 and MT950 among unknown files: their first field comes within a few lines. */

import { type Probe, readStreamed } from "../probe.ts";
import { readMt940 } from "./reader.ts";

// Header lines, none of which is long, then a field; at the end of 8 kB that is either there or the file is something else.
const STATEMENT =
  /^(?:\xef\xbb\xbf)?(?:[^\r\n]{0,200}[\r\n]+){0,12}:(?:20|25P?|28C?|60[FM]|61|62[FM]|64|65|86|NS):/;

export const probe: Probe = {
  codec: "mt940",
  recognises: (start) => STATEMENT.test(Buffer.from(start).toString("latin1")),
  read: (chunks) =>
    readStreamed(readMt940(chunks), (event) =>
      event.kind === "message" ? `MT${event.message.type}` : undefined,
    ),
};
