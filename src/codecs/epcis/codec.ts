/**
 * EPCIS 1.2 and 2.0: what happened to which objects, where, when and why, in XML and in JSON-LD.
 *
 * Both syntaxes and versions give one value. `canonicalForm` and `eventHashId` say whether two events are one, and error
 * declarations and extensions are kept. XML is written as 2.0.
 */
import type { Codec } from "../codec.ts";
import { firstElement } from "../xml/start.ts";
import type { XmlLimits } from "../xml/tree.ts";
import type { EpcisDocument } from "./event.ts";
import { rawOfJson, rawOfXml } from "./raw.ts";
import { eventOf } from "./read.ts";
import { writeEpcisJson, writeEpcisXml } from "./write.ts";

/** The EPCIS codec. @example epcis().decode(bytes).events.map(eventHashId) */
export const epcis = (limits: Partial<XmlLimits> = {}): Codec<EpcisDocument> => ({
  name: "epcis",
  mediaType: "application/ld+json",
  decode(body) {
    const isXml = firstElement(body.subarray(0, 8_192)).name !== "";
    const { syntax, schemaVersion, creationDate, events, notCarried } = isXml
      ? rawOfXml(body, limits, eventOf)
      : rawOfJson(body, eventOf);
    return {
      syntax,
      ...(schemaVersion === "" ? {} : { schemaVersion }),
      ...(creationDate === "" ? {} : { creationDate }),
      events,
      notCarried,
    };
  },
  encode: (document) => (document.syntax === "xml" ? writeEpcisXml(document) : writeEpcisJson(document)),
});

export type {
  EpcisDocument,
  EpcisErrorDeclaration,
  EpcisEvent,
  EpcisExtension,
  EpcisPlace,
  EpcisQuantity,
  EpcisSensor,
  EpcisSensorPart,
  EpcisTyped,
  EventType,
} from "./event.ts";
export { canonicalForm, eventHashId } from "./hash.ts";
export { epcisRecords } from "./records.ts";
