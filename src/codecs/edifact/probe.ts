/** EDIFACT among unknown files: whatever begins with UNA or UNB, or with a message that lost its interchange. */
import type { Probe, Reading } from "../probe.ts";
import { toLatin1 } from "../segments/reader.ts";
import { readEdifact } from "./reader.ts";

const HEADER =
  /(?:^|[\r\n'])[\s\xef\xbb\xbf]*(?:UNA[^A-Za-z0-9]|UNB[^A-Za-z0-9\s]\s*[A-Z\r\n]|UN[GH]\+[^\s+]+\+)/;

export const probe: Probe = {
  codec: "edifact",
  recognises: (start) => HEADER.test(toLatin1(start)),
  async read(chunks): Promise<Reading> {
    const kinds: Record<string, number> = {};
    let documents = 0;
    let refused: { line: number; reason: string } | undefined;
    let more = 0;
    for await (const event of readEdifact(chunks)) {
      let problems = event.kind === "stray" ? [event.problem] : [];
      if (event.kind === "message") {
        const { type, known } = event.message;
        const kind = known ? type : `${type.slice(0, 6)} (structure only)`;
        documents += 1;
        kinds[kind] = (kinds[kind] ?? 0) + 1;
        problems = [...event.message.problems];
      } else if (event.kind === "group") problems = [...event.group.problems];
      else if (event.kind === "interchange") problems = [...event.interchange.problems];
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
