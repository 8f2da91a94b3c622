/** X12 among unknown files: whatever has an interchange header, or the segments that should have had one. */
import type { Probe, Reading } from "../probe.ts";
import { toLatin1 } from "../segments/reader.ts";
import { readX12 } from "./reader.ts";

/** A header anywhere in the first kilobytes: its separator must come again around two digits, so `ISA-95` is none. */
const HEADER = /(?:^|[\s\xa0\xbf])ISA([^A-Za-z0-9\s])\s*\d\d\1[^\r\n]{0,60}?\1\d\d\1/;
/** A file that lost its header, or most of it: it can only be refused, but it is X12. */
const HEADLESS =
  /^[\s\xef\xbb\xbf]*(?:ISA[^A-Za-z0-9\s\-./,()"'<=]|(?:GS[^A-Za-z0-9\s][A-Z]{2}|ST[^A-Za-z0-9\s]\d{3})[^A-Za-z0-9\s])/;

export const probe: Probe = {
  codec: "x12",
  recognises(start) {
    const text = toLatin1(start);
    return HEADER.test(text) || HEADLESS.test(text);
  },
  async read(chunks): Promise<Reading> {
    const kinds: Record<string, number> = {};
    let documents = 0;
    let refused: { line: number; reason: string } | undefined;
    let more = 0;
    for await (const event of readX12(chunks)) {
      let problems = event.kind === "stray" ? [event.problem] : [];
      if (event.kind === "set") {
        documents += 1;
        kinds[event.set.type] = (kinds[event.set.type] ?? 0) + 1;
        problems = [...event.set.problems];
      } else if (event.kind === "group") problems = [...event.group.problems];
      else if (event.kind === "interchange") {
        problems = [...event.interchange.problems];
        // An interchange of services only, such as a TA1.
        if (event.interchange.services.length > 0) {
          documents += 1;
          kinds.TA1 = (kinds.TA1 ?? 0) + 1;
        }
      }
      for (const { severity, line, message } of problems) {
        if (severity !== "error") continue;
        if (refused === undefined) refused = { line, reason: message };
        else more += 1;
      }
    }
    if (refused === undefined) return { documents, kinds };
    const reason = more === 0 ? refused.reason : `${refused.reason} And ${more} more.`;
    return { documents, kinds, refused: { line: refused.line, reason } };
  },
};
