/** EPCIS among unknown files: XML whose first element is a document of events, JSON that calls itself one. */
import { type Probe, readWhole } from "../probe.ts";
import { firstElement } from "../xml/start.ts";
import { XML_LIMITS } from "../xml/tree.ts";
import { epcis } from "./codec.ts";
import { EVENT_TYPES } from "./event.ts";

const ROOTS: ReadonlySet<string> = new Set(["EPCISDocument", "EPCISQueryDocument", ...EVENT_TYPES]);

export const probe: Probe = {
  codec: "epcis",
  recognises: (start) => {
    const { name, text } = firstElement(start);
    if (name !== "") return ROOTS.has(name);
    return (
      /^(?:\xef\xbb\xbf)?\s*\{/.test(text) &&
      /"(?:type|isA)"\s*:\s*"(?:EPCIS(?:Query)?Document|(?:Object|Aggregation|Transaction|Transformation|Association)Event)"/.test(
        text,
      )
    );
  },
  read: (chunks) =>
    readWhole(chunks, XML_LIMITS.bytes, (body) => {
      const kinds: Record<string, number> = {};
      const { events } = epcis().decode(body);
      for (const { type } of events) kinds[type] = (kinds[type] ?? 0) + 1;
      return { documents: events.length, kinds };
    }),
};
