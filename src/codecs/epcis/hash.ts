/**
 * The canonical form of an event and the hash id made of it (CBV 2.0, section 8.9).
 *
 * The same event gives the same form whatever syntax, version, order of fields, time zone or spelling of identifiers it
 * was sent in. Two events of one form are one event: the id is what makes a resend harmless. `recordTime`, `eventID`,
 * comments and the error declaration are not part of what happened and do not change it.
 */
import { createHash } from "node:crypto";
import Big from "big.js";
import {
  EPC_LISTS,
  type EpcisEvent,
  type EpcisExtension,
  type EpcisPlace,
  type EpcisQuantity,
  type EpcisSensor,
  type EpcisSensorPart,
  type EpcisTyped,
  METADATA,
  QUANTITY_LISTS,
  REPORT,
} from "./event.ts";
import { address, canonicalLink, word } from "./vocabulary.ts";

/** @example eventHashId(event) // "ni:///sha-256;87b5…?ver=CBV2.0" */
export const eventHashId = (event: EpcisEvent): string =>
  `ni:///sha-256;${createHash("sha256").update(canonicalForm(event), "utf8").digest("hex")}?ver=CBV2.0`;

/** The text the hash is taken of. */
export function canonicalForm(event: EpcisEvent): string {
  const epcs = (field: keyof typeof EPC_LISTS) =>
    group(EPC_LISTS[field], sorted(event[field].map((epc) => `epc=${value(epc)}`)));
  const quantities = (field: keyof typeof QUANTITY_LISTS) =>
    group(QUANTITY_LISTS[field], sorted(event[field].map(quantity)));
  const dispositions = event.persistentDisposition;
  return [
    `eventType=${event.type}`,
    `eventTime=${utc(event.eventTime)}`,
    `eventTimeZoneOffset=${event.eventTimeZoneOffset}`,
    sorted(event.certificationInfo.map((one) => `certificationInfo=${value(one)}`)),
    field("parentID", event.parentId),
    epcs("epcs"),
    epcs("inputEpcs"),
    epcs("childEpcs"),
    quantities("quantities"),
    quantities("childQuantities"),
    quantities("inputQuantities"),
    epcs("outputEpcs"),
    quantities("outputQuantities"),
    field("action", event.action),
    field("transformationID", event.transformationId),
    field("bizStep", event.bizStep),
    field("disposition", event.disposition),
    dispositions
      ? group(
          "persistentDisposition",
          sorted(dispositions.set.map((one) => `set=${value(one)}`)) +
            sorted(dispositions.unset.map((one) => `unset=${value(one)}`)),
        )
      : "",
    place("readPoint", event.readPoint),
    place("bizLocation", event.bizLocation),
    typed("bizTransactionList", "bizTransaction", event.bizTransactions),
    typed("sourceList", "source", event.sources),
    typed("destinationList", "destination", event.destinations),
    group("sensorElementList", sorted(event.sensors.map(sensor))),
    group("ilmd", extensions(event.ilmd)),
    extensions(event.extensions),
  ].join("");
}

const group = (name: string, inside: string): string => (inside === "" ? "" : `${name}${inside}`);

const field = (name: string, text: string | undefined): string =>
  text === undefined ? "" : `${name}=${value(text)}`;

/** By code points, as the standard says; JavaScript's own order differs only beyond the basic plane. */
const sorted = (texts: readonly string[]): string =>
  [...texts].sort((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other))).join("");

const quantity = ({ epcClass, quantity: amount, uom }: EpcisQuantity): string =>
  `quantityElementepcClass=${value(epcClass)}${amount === undefined ? "" : `quantity=${number(amount)}`}${field("uom", uom)}`;

const place = (name: string, at: EpcisPlace | undefined): string =>
  at ? `${name}id=${value(at.id)}${extensions(at.extensions)}` : "";

const typed = (list: string, name: string, entries: readonly EpcisTyped[]): string =>
  group(list, sorted(entries.map(({ type, id }) => `${field("type", type)}${name}=${value(id)}`)));

function sensor({ metadata, reports, extensions: own }: EpcisSensor): string {
  const about = metadata ? sensorPart("sensorMetadata", metadata, METADATA) : "";
  return `sensorElement${about}${sorted(reports.map((report) => sensorPart("sensorReport", report, REPORT)))}${extensions(own)}`;
}

const sensorPart = (
  name: string,
  { fields, extensions: own }: EpcisSensorPart,
  names: readonly string[],
): string =>
  group(
    name,
    names
      .map((one) => {
        const text = fields[one];
        if (text === undefined) return "";
        return `${one}=${/time$/i.test(one) ? utc(text) : value(text)}`;
      })
      .join("") + extensions(own),
  );

/** Words for people beside the event. */
const COMMENT = "{http://www.w3.org/2000/01/rdf-schema#}comment";

/** The name with its namespace, the value, and what is inside, in one order whatever the sender's. */
const extensions = (all: readonly EpcisExtension[]): string =>
  sorted(
    all
      .filter(({ name }) => name !== COMMENT)
      .map(
        ({ name, value: text, children }) =>
          `${name}${text === undefined ? "" : `=${value(text)}`}${extensions(children)}`,
      ),
  );

function value(text: string): string {
  if (/^[+-]?(?:\d+(?:\.\d*)?|\.\d+)$/.test(text) && text.length <= 40) return number(text);
  if (/^\d{4}-\d{2}-\d{2}T/.test(text)) return text;
  return canonicalLink(text.startsWith("urn:epcglobal:cbv:") ? word("BizStep", text) : address(text));
}

/** `1`, not `1.0`; `0.34`, not `.340`. */
const number = (text: string): string => new Big(text.replace(/\.$/, "")).toFixed();

/** UTC to the millisecond, the third decimal rounded by the fourth. */
function utc(text: string): string {
  const [, whole, fraction = "", zone] = /^(.{19})(?:\.(\d+))?(.*)$/.exec(text)!;
  const thousandths = Number(`${fraction}000`.slice(0, 3)) + (Number(fraction[3] ?? 0) >= 5 ? 1 : 0);
  return new Date(Date.parse(`${whole}${zone}`) + thousandths).toISOString();
}
