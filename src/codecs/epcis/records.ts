/** EPCIS files in XML as files of many events: each is cut, read and refused on its own. */
import type { Records } from "../records.ts";
import { xmlRecords } from "../xml/records.ts";
import type { XmlLimits } from "../xml/tree.ts";
import { type EpcisEvent, EVENT_TYPES } from "./event.ts";
import { brokenAtRaw, rawOfXml } from "./raw.ts";
import { eventOf } from "./read.ts";

/**
 * The events of an EPCIS document in XML, of either version, as records. JSON-LD is read as a whole.
 *
 * @example flow("traces").from(mailbox).records(epcisRecords()).map(traceOf)
 */
export const epcisRecords = (limits: Partial<XmlLimits> = {}): Records<EpcisEvent> =>
  xmlRecords({
    name: "epcis events",
    parts: new Set(EVENT_TYPES),
    read(document) {
      const [event] = rawOfXml(document, limits, eventOf).events;
      if (event === undefined) throw brokenAtRaw({ line: 1, path: "EventList" }, "an event", "none");
      return event;
    },
  });
