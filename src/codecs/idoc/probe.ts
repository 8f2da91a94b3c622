/** IDocs among unknown files: a control record, or XML whose first element holds IDOC and EDI_DC40. */
import { type Probe, readWhole } from "../probe.ts";
import { firstElement } from "../xml/start.ts";
import { IDOC_LIMITS, idoc } from "./codec.ts";

export const probe: Probe = {
  codec: "idoc",
  recognises: (start) => {
    const { name, text } = firstElement(start);
    // A flat file may be in UTF-16, with its mark or without.
    const narrow = Buffer.from(start.subarray(0, 64)).toString("latin1").replaceAll("\0", "");
    if (/^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?\s*EDI_DC(?:40| {4})/.test(narrow)) return true;
    if (name === "") return false;
    return /<(?:\w+:)?IDOC[\s>]/.test(text) && /<(?:\w+:)?EDI_DC(?:40)?[\s>]/.test(text);
  },
  read: (chunks) =>
    readWhole(chunks, IDOC_LIMITS.bytes, (body) => {
      const { idocs } = idoc().decode(body);
      const kinds: Record<string, number> = {};
      for (const { control } of idocs) {
        const kind = control.IDOCTYP ?? control.DOCTYP ?? "";
        kinds[kind] = (kinds[kind] ?? 0) + 1;
      }
      return { documents: idocs.length, kinds };
    }),
};
