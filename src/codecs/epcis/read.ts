/**
 * Reads EPCIS events from their nodes, and holds them to the standard: times, offsets, actions, quantities, and what each
 * type of event cannot lack.
 *
 * A field without a namespace that EPCIS does not know is refused: the standard keeps those names for itself. Everything
 * in a namespace of its own is an extension and kept.
 */
import {
  EPC_LISTS,
  type EpcisErrorDeclaration,
  type EpcisEvent,
  type EpcisExtension,
  type EpcisPlace,
  type EpcisQuantity,
  type EpcisSensor,
  type EpcisSensorPart,
  type EpcisTyped,
  type EventType,
  MEASURED,
  METADATA,
  QUANTITY_EVENT,
  QUANTITY_LISTS,
  REPORT,
  REPORT_MORE,
  TYPED_LISTS,
} from "./event.ts";
import { brokenAtRaw, type Raw } from "./raw.ts";
import { address, isKnown, measure, type Vocabulary, word } from "./vocabulary.ts";

const isExtension = ({ name }: Raw): boolean => name.startsWith("{");

const NOTHING = {};

/** The parts of one node by name; each is taken once, and what is left over must be an extension. */
class Parts {
  readonly #node: Raw;
  readonly #taken: Raw[] = [];

  constructor(node: Raw) {
    this.#node = node;
  }

  all(name: string): Raw[] {
    const found = this.#node.children.filter((child) => child.name === name);
    for (const one of found) this.#taken.push(one);
    return found;
  }

  /** A plain loop: most fields an event might have are not there. */
  one(name: string): Raw | undefined {
    let found: Raw | undefined;
    for (const child of this.#node.children) {
      if (child.name !== name) continue;
      if (found) throw brokenAtRaw(child, `${name} once`, "it again");
      found = child;
    }
    if (found) this.#taken.push(found);
    return found;
  }

  need(name: string): Raw {
    const found = this.one(name);
    if (!found) throw brokenAtRaw(this.#node, `the field ${name}`, "none");
    return found;
  }

  text<Name extends string>(
    name: string,
    as: Name,
    spelt = (text: string, _at: Raw) => text,
  ): { readonly [N in Name]?: string } {
    const found = this.one(name);
    const text = found === undefined ? "" : plain(found);
    return text === "" ? NOTHING : ({ [as]: spelt(text, found!) } as { [N in Name]: string });
  }

  extensions(): EpcisExtension[] {
    if (this.#taken.length === this.#node.children.length) return [];
    const taken = new Set(this.#taken);
    const left = this.#node.children.filter((child) => !taken.has(child));
    const unknown = left.find((child) => !isExtension(child));
    if (unknown)
      throw brokenAtRaw(unknown, "a field of EPCIS or an extension in its own namespace", unknown.name);
    return left.map(extensionOf);
  }

  /** Where hardly anybody adds something: absent instead of an empty list. */
  more(): { readonly extensions?: readonly EpcisExtension[] } {
    const extensions = this.extensions();
    return extensions.length === 0 ? NOTHING : { extensions };
  }
}

/** A word of a vocabulary in its one spelling. */
const wordAt =
  (vocabulary: Vocabulary) =>
  (text: string, at: Raw): string => {
    if (!isKnown(vocabulary, text)) throw brokenAtRaw(at, "a word of the vocabulary, or an address", text);
    return word(vocabulary, text);
  };

/** The text of a field that holds nothing else. */
function plain(node: Raw): string {
  if (node.children.length > 0) throw brokenAtRaw(node, "text only", node.children[0]!.name);
  return node.text;
}

export function extensionOf(node: Raw): EpcisExtension {
  return {
    name: node.name,
    ...(node.text === "" ? {} : { value: node.text }),
    children: node.children.map(extensionOf),
  };
}

/** @throws {ContractBroken} with `line` or `path`, `expected` and `found` */
export function eventOf(given: Raw): EpcisEvent {
  const node = given.name === QUANTITY_EVENT ? observed(given) : given;
  const parts = new Parts(node);
  const type = node.name as EventType;
  const action = parts.one("action");
  if (type === "TransformationEvent" ? action : !action) {
    throw brokenAtRaw(
      action ?? node,
      type === "TransformationEvent" ? "no action" : "the field action",
      action ? action.text : "none",
    );
  }
  if (action && !["ADD", "OBSERVE", "DELETE"].includes(plain(action))) {
    throw brokenAtRaw(action, "ADD, OBSERVE or DELETE", action.text || "nothing");
  }
  const offset = parts.need("eventTimeZoneOffset");
  if (!/^[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00)$/.test(plain(offset))) {
    throw brokenAtRaw(offset, "an offset like +02:00", offset.text || "nothing");
  }
  const error = parts.one("errorDeclaration");
  const dispositions = parts.one("persistentDisposition");
  const recorded = parts.one("recordTime");
  const epcs = (name: string) => listed(parts.one(name), "epc").map((epc) => filled(epc));
  const quantities = (name: string) => listed(parts.one(name), "quantityElement").map(quantityOf);
  const typed = ([list, entry, vocabulary]: readonly [string, string, Vocabulary]) =>
    listed(parts.one(list), entry).map((one) => typedOf(one, vocabulary));
  const readPoint = parts.one("readPoint");
  const bizLocation = parts.one("bizLocation");
  const event: EpcisEvent = {
    type,
    eventTime: time(parts.need("eventTime")),
    eventTimeZoneOffset: offset.text,
    ...(recorded ? { recordTime: time(recorded) } : {}),
    ...eventIdOf(parts),
    ...(error ? { errorDeclaration: errorOf(error) } : {}),
    certificationInfo: parts.all("certificationInfo").flatMap(certificates),
    ...(action ? { action: action.text as "ADD" } : {}),
    ...parts.text("parentID", "parentId"),
    epcs: epcs(EPC_LISTS.epcs),
    childEpcs: epcs(EPC_LISTS.childEpcs),
    inputEpcs: epcs(EPC_LISTS.inputEpcs),
    outputEpcs: epcs(EPC_LISTS.outputEpcs),
    quantities: quantities(QUANTITY_LISTS.quantities),
    childQuantities: quantities(QUANTITY_LISTS.childQuantities),
    inputQuantities: quantities(QUANTITY_LISTS.inputQuantities),
    outputQuantities: quantities(QUANTITY_LISTS.outputQuantities),
    ...parts.text("transformationID", "transformationId"),
    ...parts.text("bizStep", "bizStep", wordAt("BizStep")),
    ...parts.text("disposition", "disposition", wordAt("Disp")),
    ...(dispositions ? { persistentDisposition: dispositionsOf(dispositions) } : {}),
    ...(readPoint ? { readPoint: placeOf(readPoint) } : {}),
    ...(bizLocation ? { bizLocation: placeOf(bizLocation) } : {}),
    bizTransactions: typed(TYPED_LISTS.bizTransactions),
    sources: typed(TYPED_LISTS.sources),
    destinations: typed(TYPED_LISTS.destinations),
    sensors: listed(parts.one("sensorElementList"), "sensorElement").map(sensorOf),
    ilmd: parts.all("ilmd").flatMap((ilmd) => new Parts(ilmd).extensions()),
    extensions: parts.extensions(),
  };
  checkWhole(event, node);
  return event;
}

/** An event of the versions before 2.0 about a quantity of a class: the standard calls this the same observation. */
function observed({ children, ...event }: Raw): Raw {
  const at = { line: event.line, path: event.path, text: "", children: [] };
  const [counted, rest] = [
    children.filter(({ name }) => name === "epcClass" || name === "quantity"),
    children.filter(({ name }) => name !== "epcClass" && name !== "quantity"),
  ];
  const element = { ...at, name: "quantityElement", children: counted };
  const list = { ...at, name: "quantityList", children: [element] };
  const action = { ...at, name: "action", text: "OBSERVE" };
  return { ...at, name: "ObjectEvent", children: [...rest, action, list] };
}

/** To JSON-LD, `id` and `eventID` are one. */
function eventIdOf(parts: Parts): { readonly eventId?: string } {
  const id = parts.one("id");
  const named = parts.one("eventID");
  if (id && named && id.text !== named.text)
    throw brokenAtRaw(named, `the id of the event, ${id.text}`, named.text);
  const stated = named ?? id;
  const text = stated === undefined ? "" : plain(stated);
  return text === "" ? NOTHING : { eventId: text };
}

/** What a type of event cannot be without. */
function checkWhole(event: EpcisEvent, node: Raw): void {
  const { type, action, parentId, bizTransactions, transformationId } = event;
  const things = event.epcs.length + event.quantities.length + event.sensors.length;
  if (type === "ObjectEvent" && things === 0)
    throw brokenAtRaw(node, "identifiers, quantities or sensor readings", "none");
  if (type === "TransactionEvent" && bizTransactions.length === 0) {
    throw brokenAtRaw(node, "a business transaction", "none");
  }
  const needsParent = (type === "AggregationEvent" && action !== "OBSERVE") || type === "AssociationEvent";
  if (needsParent && parentId === undefined) throw brokenAtRaw(node, "the field parentID", "none");
  if (type === "TransformationEvent" && transformationId === undefined) {
    const inputs = event.inputEpcs.length + event.inputQuantities.length;
    const outputs = event.outputEpcs.length + event.outputQuantities.length;
    if (inputs === 0 || outputs === 0) {
      throw brokenAtRaw(
        node,
        "inputs and outputs, or a transformationID",
        inputs === 0 ? "no inputs" : "no outputs",
      );
    }
  }
}

function listed(list: Raw | undefined, entry: string): readonly Raw[] {
  if (!list) return [];
  if (list.text !== "") throw brokenAtRaw(list, `entries ${entry}`, list.text);
  const other = list.children.find(({ name }) => name !== entry);
  if (other) throw brokenAtRaw(other, entry, other.name);
  return list.children;
}

function filled(node: Raw): string {
  if (node.text === "") throw brokenAtRaw(node, "an identifier", "nothing");
  return plain(node);
}

/** XML lists them as elements inside, or has the one as text. */
const certificates = (node: Raw): string[] =>
  node.children.length === 0 ? [filled(node)] : node.children.map(filled);

function quantityOf(node: Raw): EpcisQuantity {
  const parts = new Parts(node);
  const quantity = parts.one("quantity");
  return {
    epcClass: filled(parts.need("epcClass")),
    ...(quantity && quantity.text !== "" ? { quantity: decimal(quantity) } : {}),
    ...parts.text("uom", "uom"),
    ...parts.more(),
  };
}

function typedOf(node: Raw, vocabulary: Vocabulary): EpcisTyped {
  const parts = new Parts(node);
  const type = parts.text("type", "type", (text) => word(vocabulary, text));
  if (node.text === "") throw brokenAtRaw(node, "an identifier", "nothing");
  return { ...type, id: node.text, ...parts.more() };
}

function placeOf(node: Raw): EpcisPlace {
  const parts = new Parts(node);
  return { id: filled(parts.need("id")), extensions: parts.extensions() };
}

function dispositionsOf(node: Raw): NonNullable<EpcisEvent["persistentDisposition"]> {
  const parts = new Parts(node);
  return {
    set: parts.all("set").map((one) => wordAt("Disp")(filled(one), one)),
    unset: parts.all("unset").map((one) => wordAt("Disp")(filled(one), one)),
    ...parts.more(),
  };
}

function errorOf(node: Raw): EpcisErrorDeclaration {
  const parts = new Parts(node);
  return {
    declarationTime: time(parts.need("declarationTime")),
    ...parts.text("reason", "reason", (text) => word("ER", text)),
    correctiveEventIds: listed(parts.one("correctiveEventIDs"), "correctiveEventID").map(filled),
    extensions: parts.extensions(),
  };
}

function sensorOf(node: Raw): EpcisSensor {
  const parts = new Parts(node);
  // JSON-LD lets every node say its class.
  const other = parts.all("type").find(({ text }) => !/(?:^|[:/#])SensorElement$/.test(text));
  if (other) throw brokenAtRaw(other, "SensorElement", other.text || "nothing");
  const metadata = parts.one("sensorMetadata");
  return {
    ...(metadata ? { metadata: sensorPart(metadata, METADATA) } : {}),
    reports: parts.all("sensorReport").map((report) => sensorPart(report, [...REPORT, ...REPORT_MORE])),
    extensions: parts.extensions(),
  };
}

function sensorPart(node: Raw, names: readonly string[]): EpcisSensorPart {
  const parts = new Parts(node);
  const fields: Record<string, string> = {};
  for (const name of names) {
    const field = parts.one(name);
    if (field && field.text !== "") fields[name] = sensorField(name, field);
  }
  return { fields, extensions: parts.extensions() };
}

function sensorField(name: string, field: Raw): string {
  plain(field);
  if (MEASURED.has(name)) return decimal(field);
  if (/time$/i.test(name)) return time(field);
  if (name === "type" || name === "exception") return measure(field.text);
  if (name === "component") return word("Comp", field.text);
  return name === "stringValue" ? field.text : address(field.text);
}

/** XML Schema's double without its infinities. */
function decimal(field: Raw): string {
  if (field.text.length > 40 || !/^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,2})?$/.test(plain(field))) {
    throw brokenAtRaw(field, "a number", field.text || "nothing");
  }
  return field.text;
}

const TIME =
  /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,12}))?)?(Z|[+-](?:0\d|1[0-4]):[0-5]\d)$/;

function time(field: Raw): string {
  const parts = TIME.exec(plain(field));
  const [month, day] = [Number(parts?.[2]), Number(parts?.[3])];
  const sound =
    parts &&
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    day <= daysIn(Number(parts[1]), month) &&
    Number(parts[4]) < 24 &&
    Number(parts[5]) < 60 &&
    Number(parts[6] ?? 0) < 60;
  if (!sound) throw brokenAtRaw(field, "a time with its zone", field.text || "nothing");
  // Some leave the seconds out, also of the declarations in the published examples; the minute begins with second 0.
  return parts[6] === undefined ? `${field.text.slice(0, 16)}:00${field.text.slice(16)}` : field.text;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}
