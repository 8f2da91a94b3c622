/**
 * Writes EPCIS 2.0: XML in the order of the schema, JSON-LD with bare words for the standard vocabulary.
 *
 * What is written is read back to the same value, and so to the same hash id, in either syntax. Times are never touched.
 */
import { type Bytes, toBytes } from "../../std/bytes.ts";
import { ContractBroken } from "../../std/errors.ts";
import { escapeXml } from "../xml/write.ts";
import {
  EPC_LISTS,
  type EpcisDocument,
  type EpcisEvent,
  type EpcisExtension,
  MEASURED,
  QUANTITY_LISTS,
  TYPED_LISTS,
} from "./event.ts";
import type { Vocabulary } from "./vocabulary.ts";

const CONTEXT = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld";

/** Namespaces of all extensions, each with a prefix. */
class Prefixes {
  readonly #prefixes = new Map<string, string>();

  name(name: string): string {
    // Inside an extension some senders use names without a namespace; they are written as they came.
    if (/^[\p{L}_][\p{L}\p{N}._-]*$/u.test(name)) return name;
    const [, namespace, local] = /^\{([^{}]+)\}([\p{L}_][\p{L}\p{N}._-]*)$/u.exec(name) ?? [];
    if (namespace === undefined || local === undefined) {
      throw new ContractBroken(`An extension is named {namespace}name, ${name.slice(0, 80)} is not.`, {
        facts: { expected: "{namespace}name", found: name.slice(0, 80) },
      });
    }
    const prefix = this.#prefixes.get(namespace) ?? `ext${this.#prefixes.size + 1}`;
    this.#prefixes.set(namespace, prefix);
    return `${prefix}:${local}`;
  }

  all(): [prefix: string, namespace: string][] {
    return [...this.#prefixes].map(([namespace, prefix]) => [prefix, namespace]);
  }
}

export function writeEpcisXml(document: EpcisDocument): Bytes {
  const prefixes = new Prefixes();
  const events = document.events.map((event) => xmlEvent(event, prefixes)).join("");
  const declared = prefixes
    .all()
    .map(([prefix, namespace]) => ` xmlns:${prefix}="${escapeXml(namespace)}"`)
    .join("");
  const created =
    document.creationDate === undefined ? "" : ` creationDate="${escapeXml(document.creationDate)}"`;
  return toBytes(
    `<?xml version="1.0" encoding="UTF-8"?>\n<epcis:EPCISDocument xmlns:epcis="urn:epcglobal:epcis:xsd:2"${declared} schemaVersion="2.0"${created}>\n` +
      `<EPCISBody>\n<EventList>\n${events}</EventList>\n</EPCISBody>\n</epcis:EPCISDocument>\n`,
  );
}

const tag = (name: string, text: string | undefined, attributes = ""): string =>
  text === undefined ? "" : `<${name}${attributes}>${escapeXml(text)}</${name}>\n`;
const open = (name: string, inside: string): string =>
  inside === "" ? "" : `<${name}>\n${inside}</${name}>\n`;

function xmlEvent(event: EpcisEvent, prefixes: Prefixes): string {
  const own = (extensions: readonly EpcisExtension[]): string =>
    extensions
      .map(({ name, value, children }) => {
        const written = prefixes.name(name);
        return `<${written}>${value === undefined ? "" : escapeXml(value)}${own(children)}</${written}>\n`;
      })
      .join("");
  const attributes = (name: string, extensions: readonly EpcisExtension[]): string =>
    extensions
      .map(({ name: extension, value, children }) => {
        if (children.length === 0) return ` ${prefixes.name(extension)}="${escapeXml(value ?? "")}"`;
        throw new ContractBroken(
          `${name}: in XML an extension here is an attribute, ${extension} holds more.`,
          { facts: { path: name, expected: "a text", found: extension } },
        );
      })
      .join("");
  const epcs = (field: keyof typeof EPC_LISTS) =>
    open(EPC_LISTS[field], event[field].map((epc) => tag("epc", epc)).join(""));
  const quantities = (field: keyof typeof QUANTITY_LISTS) =>
    open(
      QUANTITY_LISTS[field],
      event[field]
        .map(({ epcClass, quantity, uom, extensions = [] }) =>
          open(
            "quantityElement",
            tag("epcClass", epcClass) + tag("quantity", quantity) + tag("uom", uom) + own(extensions),
          ),
        )
        .join(""),
    );
  const typed = (field: keyof typeof TYPED_LISTS) => {
    const [list, entry] = TYPED_LISTS[field];
    return open(
      list,
      event[field]
        .map(({ type, id, extensions = [] }) => {
          const stated = type === undefined ? "" : ` type="${escapeXml(type)}"`;
          return tag(entry, id, stated + attributes(entry, extensions));
        })
        .join(""),
    );
  };
  const place = (name: "readPoint" | "bizLocation") => {
    const at = event[name];
    return at ? open(name, tag("id", at.id) + own(at.extensions)) : "";
  };
  const part = (
    name: string,
    one: { fields: Readonly<Record<string, string>>; extensions: readonly EpcisExtension[] },
  ) => {
    const fields = Object.entries(one.fields).map(([field, text]) => ` ${field}="${escapeXml(text)}"`);
    return `<${name}${fields.join("")}${attributes(name, one.extensions)}/>\n`;
  };
  const { errorDeclaration: error, persistentDisposition: dispositions, type } = event;
  const step =
    tag("action", event.action) +
    tag("bizStep", event.bizStep) +
    tag("disposition", event.disposition) +
    place("readPoint") +
    place("bizLocation");
  const parent = tag("parentID", event.parentId);
  const middle = {
    ObjectEvent: () => epcs("epcs") + step + typed("bizTransactions") + quantities("quantities"),
    AggregationEvent: () =>
      parent + epcs("childEpcs") + step + typed("bizTransactions") + quantities("childQuantities"),
    AssociationEvent: () =>
      parent + epcs("childEpcs") + quantities("childQuantities") + step + typed("bizTransactions"),
    TransactionEvent: () =>
      typed("bizTransactions") + parent + epcs("epcs") + step + quantities("quantities"),
    TransformationEvent: () =>
      epcs("inputEpcs") +
      quantities("inputQuantities") +
      epcs("outputEpcs") +
      quantities("outputQuantities") +
      tag("transformationID", event.transformationId) +
      step +
      typed("bizTransactions"),
  }[type]();
  return open(
    type,
    tag("eventTime", event.eventTime) +
      tag("recordTime", event.recordTime) +
      tag("eventTimeZoneOffset", event.eventTimeZoneOffset) +
      tag("eventID", event.eventId) +
      (error
        ? open(
            "errorDeclaration",
            tag("declarationTime", error.declarationTime) +
              tag("reason", error.reason) +
              open(
                "correctiveEventIDs",
                error.correctiveEventIds.map((id) => tag("correctiveEventID", id)).join(""),
              ) +
              own(error.extensions),
          )
        : "") +
      event.certificationInfo.map((one) => tag("certificationInfo", one)).join("") +
      middle +
      typed("sources") +
      typed("destinations") +
      open(
        "sensorElementList",
        event.sensors
          .map(
            ({ metadata, reports, extensions }) =>
              `<sensorElement>\n${metadata ? part("sensorMetadata", metadata) : ""}${reports.map((report) => part("sensorReport", report)).join("")}${own(extensions)}</sensorElement>\n`,
          )
          .join(""),
      ) +
      (dispositions
        ? `<persistentDisposition>\n${dispositions.unset.map((one) => tag("unset", one)).join("")}${dispositions.set.map((one) => tag("set", one)).join("")}${own(dispositions.extensions ?? [])}</persistentDisposition>\n`
        : "") +
      open("ilmd", own(event.ilmd)) +
      own(event.extensions),
  );
}

export function writeEpcisJson(document: EpcisDocument): Bytes {
  const prefixes = new Prefixes();
  const eventList = document.events.map((event) => jsonEvent(event, prefixes));
  const written = {
    "@context": [CONTEXT, Object.fromEntries(prefixes.all())],
    type: "EPCISDocument",
    schemaVersion: "2.0",
    ...(document.creationDate === undefined ? {} : { creationDate: document.creationDate }),
    epcisBody: { eventList },
  };
  return toBytes(`${JSON.stringify(written, null, 2)}\n`);
}

/** Words of the standard vocabulary stand without their address in JSON-LD. */
function bare(text: string, vocabulary: Vocabulary): string {
  const own = `https://ref.gs1.org/cbv/${vocabulary}-`;
  return text.startsWith(own) && /^\w+$/.test(text.slice(own.length)) ? text.slice(own.length) : text;
}

type Json = Record<string, unknown>;

function jsonEvent(event: EpcisEvent, prefixes: Prefixes): Json {
  const own = (extensions: readonly EpcisExtension[]): Json => {
    const told: Record<string, unknown[]> = {};
    for (const { name, value, children } of extensions) {
      const written = prefixes.name(name);
      if (value !== undefined && children.length > 0) {
        throw new ContractBroken(`${name}: JSON-LD carries a text or fields inside, not both.`, {
          facts: { path: name, expected: "a text or fields", found: "both" },
        });
      }
      told[written] = [...(told[written] ?? []), children.length > 0 ? own(children) : (value ?? "")];
    }
    return Object.fromEntries(
      Object.entries(told).map(([name, values]) => [name, values.length === 1 ? values[0] : values]),
    );
  };
  const listed = (name: string, items: readonly unknown[]): Json =>
    items.length === 0 ? {} : { [name]: items };
  const text = (name: string, value: string | undefined): Json =>
    value === undefined ? {} : { [name]: value };
  const part = ({
    fields,
    extensions,
  }: {
    fields: Readonly<Record<string, string>>;
    extensions: readonly EpcisExtension[];
  }): Json => ({
    ...Object.fromEntries(
      Object.entries(fields).map(([name, value]) => [
        name,
        MEASURED.has(name) ? exact(value) : name === "component" ? bare(value, "Comp") : value,
      ]),
    ),
    ...own(extensions),
  });
  const { errorDeclaration: error, persistentDisposition: dispositions } = event;
  const place = (name: "readPoint" | "bizLocation"): Json => {
    const at = event[name];
    return at ? { [name]: { id: at.id, ...own(at.extensions) } } : {};
  };
  return {
    type: event.type,
    eventTime: event.eventTime,
    ...text("recordTime", event.recordTime),
    eventTimeZoneOffset: event.eventTimeZoneOffset,
    ...text("eventID", event.eventId),
    ...(error
      ? {
          errorDeclaration: {
            declarationTime: error.declarationTime,
            ...text("reason", error.reason === undefined ? undefined : bare(error.reason, "ER")),
            ...listed("correctiveEventIDs", error.correctiveEventIds),
            ...own(error.extensions),
          },
        }
      : {}),
    ...listed("certificationInfo", event.certificationInfo),
    ...text("parentID", event.parentId),
    ...Object.assign(
      {},
      ...Object.entries(EPC_LISTS).map(([field, name]) =>
        listed(name, event[field as keyof typeof EPC_LISTS]),
      ),
      ...Object.entries(QUANTITY_LISTS).map(([field, name]) =>
        listed(
          name,
          event[field as keyof typeof QUANTITY_LISTS].map(({ epcClass, quantity, uom, extensions = [] }) => ({
            epcClass,
            ...(quantity === undefined ? {} : { quantity: exact(quantity) }),
            ...text("uom", uom),
            ...own(extensions),
          })),
        ),
      ),
    ),
    ...text("action", event.action),
    ...text("transformationID", event.transformationId),
    ...text("bizStep", event.bizStep === undefined ? undefined : bare(event.bizStep, "BizStep")),
    ...text("disposition", event.disposition === undefined ? undefined : bare(event.disposition, "Disp")),
    ...(dispositions
      ? {
          persistentDisposition: {
            ...listed(
              "set",
              dispositions.set.map((one) => bare(one, "Disp")),
            ),
            ...listed(
              "unset",
              dispositions.unset.map((one) => bare(one, "Disp")),
            ),
            ...own(dispositions.extensions ?? []),
          },
        }
      : {}),
    ...place("readPoint"),
    ...place("bizLocation"),
    ...Object.assign(
      {},
      ...Object.entries(TYPED_LISTS).map(([field, [name, entry, vocabulary]]) =>
        listed(
          name,
          event[field as keyof typeof TYPED_LISTS].map(({ type, id, extensions = [] }) => ({
            ...text("type", type === undefined ? undefined : bare(type, vocabulary)),
            [entry]: id,
            ...own(extensions),
          })),
        ),
      ),
    ),
    ...listed(
      "sensorElementList",
      event.sensors.map(({ metadata, reports, extensions }) => ({
        ...(metadata ? { sensorMetadata: part(metadata) } : {}),
        ...listed("sensorReport", reports.map(part)),
        ...own(extensions),
      })),
    ),
    ...(event.ilmd.length === 0 ? {} : { ilmd: own(event.ilmd) }),
    ...own(event.extensions),
  };
}

/** JSON has binary numbers only: a decimal they cannot hold exactly is written as text, which readers of EPCIS take too. */
const exact = (text: string): number | string => (String(Number(text)) === text ? Number(text) : text);
