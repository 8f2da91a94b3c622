/** EPCIS files as files of many events, in XML and in JSON-LD: each is cut, read and refused on its own. */
import type { Bytes } from "../../std/bytes.ts";
import { jsonPartRecords } from "../json/records.ts";
import { type Records, StartCutter } from "../records.ts";
import { inAnyWidth } from "../wide.ts";
import { xmlRecords } from "../xml/records.ts";
import type { XmlLimits } from "../xml/tree.ts";
import { type EpcisEvent, EVENT_TYPES, QUANTITY_EVENT } from "./event.ts";
import { brokenAtRaw, type RawDocument, rawOfJson, rawOfXml } from "./raw.ts";
import { eventOf } from "./read.ts";

/**
 * The events of an EPCIS document of either version as records.
 *
 * @example flow("traces").from(mailbox).records(epcisRecords()).map(traceOf)
 */
export function epcisRecords(limits: Partial<XmlLimits> = {}): Records<EpcisEvent> {
  const xml = xmlRecords({
    name: "epcis events",
    parts: new Set([...EVENT_TYPES, QUANTITY_EVENT]),
    read: (document) => only(rawOfXml(document, limits, eventOf)),
  });
  const json = jsonPartRecords({
    name: "epcis events",
    mediaType: "application/ld+json",
    list: "eventList",
    checkHead: inContext,
    read: (document) => only(rawOfJson(document, eventOf)),
  });
  const of = (head: string | null) => (/^[\s\xef\xbb\xbf]*\{/.test(head ?? "") ? json : xml);
  return inAnyWidth({
    ...xml,
    cutter: (from) => new StartCutter(from, (start) => of(from.head ?? start)),
    checkHead: (head) => of(head).checkHead(head),
    read: (raw) => of(raw.place.head).read(raw),
  });
}

function only({ events }: RawDocument<EpcisEvent>): EpcisEvent {
  const [event] = events;
  if (event === undefined) throw brokenAtRaw({ line: 1, path: "EventList" }, "an event", "none");
  return event;
}

/** A context behind the events would give their extensions other names than those they were read by. */
function inContext(document: Bytes): void {
  if (Buffer.from(document).includes('"@context"')) return;
  throw brokenAtRaw({ line: undefined, path: "$" }, "the @context before the eventList", "none");
}
