/** EDIFACT among unknown files: whatever begins with UNA or UNB, or with a message that lost its interchange. */
import type { Probe } from "../probe.ts";
import { tally } from "../segments/probe.ts";
import { toLatin1 } from "../segments/reader.ts";
import { readEdifact } from "./reader.ts";

const HEADER =
  /(?:^|[\r\n'])[\s\xef\xbb\xbf]*(?:UNA[^A-Za-z0-9]|UNB[^A-Za-z0-9\s]\s*[A-Z\r\n]|UN[GH]\+[^\s+]+\+)/;

export const probe: Probe = {
  codec: "edifact",
  recognises: (start) => HEADER.test(toLatin1(start)),
  read: (chunks) =>
    tally(readEdifact(chunks), (event) => {
      if (event.kind === "stray") return { problems: [event.problem] };
      if (event.kind === "group") return event.group;
      if (event.kind === "interchange") return event.interchange;
      const { type, known, problems } = event.message;
      return { kind: known ? type : `${type.slice(0, 6)} (structure only)`, problems };
    }),
};
