/** X12 among unknown files: whatever has an interchange header, or the segments that should have had one. */
import type { Probe } from "../probe.ts";
import { tally } from "../segments/probe.ts";
import { toLatin1 } from "../segments/reader.ts";
import { readX12 } from "./reader.ts";

/** A header anywhere in the first kilobytes: its separator must come again around two digits, so `ISA-95` is none. */
const HEADER = /(?:^|[\s\xa0\xbf])ISA([^A-Za-z0-9 \r\n])\s*\d\d\1[^\r\n]{0,60}?\1\d\d\1/;
/** A file that lost its header, or most of it: it can only be refused, but it is X12. */
const HEADLESS =
  /^[\s\xef\xbb\xbf]*(?:ISA[^A-Za-z0-9\s\-./,()"'<=]|(?:GS[^A-Za-z0-9\s][A-Z]{2}|ST[^A-Za-z0-9\s]\d{3})[^A-Za-z0-9\s])/;

export const probe: Probe = {
  codec: "x12",
  recognises(start) {
    const text = toLatin1(start);
    return HEADER.test(text) || HEADLESS.test(text);
  },
  read: (chunks) =>
    tally(readX12(chunks), (event) => {
      if (event.kind === "stray") return { problems: [event.problem] };
      if (event.kind === "group") return event.group;
      if (event.kind === "set") return { kind: event.set.type, problems: event.set.problems };
      const { services, problems } = event.interchange;
      // An interchange of services only, such as a TA1.
      return { kind: services.length > 0 ? "TA1" : undefined, problems };
    }),
};
