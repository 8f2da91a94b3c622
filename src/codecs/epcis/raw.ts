/**
 * The two syntaxes of EPCIS brought to one: named nodes with text and children, as in XML 2.0.
 *
 * From XML the wrappers of version 1.2 (`extension`, `baseExtension`) are opened and attributes become nodes; from JSON
 * lists get the names of their entries and prefixes their namespace. What the nodes mean is for `read.ts`.
 */
import type { Bytes } from "../../std/bytes.ts";
import { ContractBroken } from "../../std/errors.ts";
import { JSON_LIMITS, parseJson } from "../json/codec.ts";
import { parseXml, pathOf, type XmlElement, type XmlLimits } from "../xml/tree.ts";
import { EPC_LISTS, EVENT_TYPES, QUANTITY_EVENT, QUANTITY_LISTS, TYPED_LISTS } from "./event.ts";

export interface Raw {
  /** A field of EPCIS, or `{namespace}name`. */
  readonly name: string;
  readonly text: string;
  readonly children: readonly Raw[];
  readonly line: number | undefined;
  readonly path: string;
}

export interface RawDocument<Event> {
  readonly syntax: "xml" | "json";
  readonly schemaVersion: string;
  readonly creationDate: string;
  readonly events: readonly Event[];
  readonly notCarried: readonly string[];
}

export function brokenAtRaw(
  { line, path }: Pick<Raw, "line" | "path">,
  expected: string,
  found: string,
): ContractBroken {
  const shown = found.slice(0, 80);
  const where = line === undefined ? path : `Line ${line}, ${path}`;
  return new ContractBroken(`${where}: expected ${expected}, found ${shown}.`, {
    facts: { ...(line === undefined ? {} : { line }), path, expected, found: shown },
  });
}

const XSI = "http://www.w3.org/2001/XMLSchema-instance";
const EPCIS = "urn:epcglobal:epcis:xsd:";
const isEventType = (name: string): boolean =>
  name === QUANTITY_EVENT || (EVENT_TYPES as readonly string[]).includes(name);

/** `read` makes an event of its node as soon as that is closed, so that no tree of all events is kept. @throws {ContractBroken} */
export function rawOfXml<Event>(
  body: Bytes,
  limits: Partial<XmlLimits>,
  read: (event: Raw) => Event,
): RawDocument<Event> {
  const made = new Map<XmlElement, Event>();
  const eventAt = (element: XmlElement) => made.get(element) ?? read(new RawElement(element));
  const fold = (element: XmlElement) => {
    const { name, parent } = element;
    if (!isEventType(name) || (parent?.name !== "EventList" && parent?.parent?.name !== "EventList"))
      return false;
    made.set(element, eventAt(element));
    return true;
  };
  try {
    return documentOf(parseXml(body, limits, fold), read, eventAt);
  } catch (error) {
    if (!(error instanceof ContractBroken)) throw error;
    // Which of how many events it was is known only when all are there.
    made.clear();
    return documentOf(parseXml(body, limits), read, eventAt);
  }
}

function documentOf<Event>(
  root: XmlElement,
  read: (event: Raw) => Event,
  eventAt: (element: XmlElement) => Event,
): RawDocument<Event> {
  const around = {
    syntax: "xml",
    schemaVersion: root.attributes.get("schemaVersion") ?? "",
    creationDate: root.attributes.get("creationDate") ?? "",
  } as const;
  if (isEventType(root.name))
    return { ...around, events: [read(withoutAround(new RawElement(root)))], notCarried: [] };
  const here = { line: root.line, path: root.name };
  if (root.name !== "EPCISDocument" && root.name !== "EPCISQueryDocument") {
    throw brokenAtRaw(here, "an EPCISDocument, an EPCISQueryDocument or an event", root.name);
  }
  if (!/^urn:epcglobal:epcis(?:-query)?:xsd:[12]$/.test(root.namespace)) {
    throw brokenAtRaw(here, `the namespace ${EPCIS}1 or ${EPCIS}2`, root.namespace || "none");
  }
  const notCarried: string[] = [];
  const events: Event[] = [];
  let lists = 0;
  const attributes = (element: XmlElement, but: readonly string[] = []) => {
    for (const name of element.attributes.keys())
      if (!but.includes(name) && !/^xmlns(?::|$)|^xsi:|:schemaLocation$/.test(name))
        notCarried.push(`${pathOf(element)}/@${name}`);
  };
  attributes(root, ["schemaVersion", "creationDate"]);
  const search = (element: XmlElement) => {
    for (const inner of element.children) {
      if (inner.name === "EventList") {
        lists += 1;
        attributes(inner);
        for (const one of inner.children) event(one);
      } else if (["EPCISBody", "QueryResults", "resultsBody"].includes(inner.name)) {
        attributes(inner);
        search(inner);
      } else notCarried.push(pathOf(inner));
    }
  };
  const event = (element: XmlElement) => {
    if (element.name === "extension") {
      attributes(element);
      for (const inner of element.children) event(inner);
    } else if (isEventType(element.name)) events.push(eventAt(element));
    else
      throw brokenAtRaw(
        { line: element.line, path: pathOf(element) },
        `one of ${EVENT_TYPES.join(", ")}`,
        element.name,
      );
  };
  search(root);
  if (lists === 0) throw brokenAtRaw(here, "an EventList", "none");
  return { ...around, events, notCarried };
}

/** An element as a node. Where it stands is found out when somebody asks. */
class RawElement implements Raw {
  readonly name: string;
  readonly text: string;
  readonly children: readonly Raw[];
  readonly #element: XmlElement;

  constructor(element: XmlElement) {
    this.name = nameIn(element.namespace, element.name);
    this.text = element.text.trim();
    this.children = childrenOf(element);
    this.#element = element;
  }

  get line(): number {
    return this.#element.line;
  }

  get path(): string {
    return pathOf(this.#element);
  }
}

const CHILDLESS: readonly Raw[] = [];

/** An attribute as a node. */
class RawAttribute implements Raw {
  readonly name: string;
  readonly text: string;
  readonly children = CHILDLESS;
  readonly #element: XmlElement;
  readonly #written: string;

  constructor(element: XmlElement, name: string, written: string, text: string) {
    this.name = name;
    this.text = text;
    this.#element = element;
    this.#written = written;
  }

  get line(): number {
    return this.#element.line;
  }

  get path(): string {
    return `${pathOf(this.#element)}/@${this.#written}`;
  }
}

function childrenOf(element: XmlElement): readonly Raw[] {
  if (element.children.length === 0 && element.attributes.size === 0) return CHILDLESS;
  const children: Raw[] = [];
  gather(element, children);
  return children;
}

/** Every element of every event passes here, so it makes nothing that most do not need. */
function gather(holder: XmlElement, into: Raw[]): void {
  if (holder.attributes.size > 0) gatherAttributes(holder, into);
  for (const inner of holder.children) {
    if (inner.namespace === "" && (inner.name === "extension" || inner.name === "baseExtension"))
      gather(inner, into);
    else into.push(new RawElement(inner));
  }
}

function gatherAttributes(holder: XmlElement, into: Raw[]): void {
  for (const [name, text] of holder.attributes) {
    if (name === "xmlns" || name.startsWith("xmlns:") || name.startsWith("xsi:")) continue;
    // A prefixed attribute is known by both names; its own is the one with the prefix.
    const [, prefix, local] = /^([^:]+):(.+)$/.exec(name) ?? [];
    if (prefix !== undefined && local !== undefined) {
      const namespace = namespaceOf(holder, prefix);
      if (namespace !== XSI) into.push(new RawAttribute(holder, nameIn(namespace, local), name, text));
    } else if (!isPrefixedTwice(holder, name)) into.push(new RawAttribute(holder, name, name, text));
  }
}

/** An event that travels alone has the attributes of a document. */
const withoutAround = (event: Raw): Raw => {
  const { name, text, line, path } = event;
  const children = event.children.filter(
    ({ name: part }) => part !== "schemaVersion" && part !== "creationDate",
  );
  return { name, text, line, path, children };
};

const isPrefixedTwice = (element: XmlElement, name: string): boolean =>
  [...element.attributes.keys()].some((other) => other.endsWith(`:${name}`) && !other.startsWith("xmlns"));

const nameIn = (namespace: string, local: string): string =>
  namespace === "" || namespace.startsWith(EPCIS) ? local : `{${sameNamespace(namespace)}}${local}`;

/** Master data attributes are `urn:epcglobal:cbv:mda` in XML and, as JSON-LD needs it, `urn:epcglobal:cbv:mda:` there. */
const sameNamespace = (namespace: string): string =>
  namespace === "urn:epcglobal:cbv:mda" ? "urn:epcglobal:cbv:mda:" : namespace;

function namespaceOf(element: XmlElement, prefix: string): string {
  for (let here: XmlElement | undefined = element; here; here = here.parent) {
    const found = here.attributes.get(`xmlns:${prefix}`);
    if (found !== undefined) return found;
  }
  return prefix === "xml" ? "http://www.w3.org/XML/1998/namespace" : prefix;
}

type Context = ReadonlyMap<string, string>;
const STANDARD: Context = new Map([
  ["cbvmda", "urn:epcglobal:cbv:mda:"],
  ["gs1", "https://gs1.org/voc/"],
  ["cbv", "https://ref.gs1.org/cbv/"],
  ["epcis", "https://ref.gs1.org/epcis/"],
  ["rdfs", "http://www.w3.org/2000/01/rdf-schema#"],
  ["owl", "http://www.w3.org/2002/07/owl#"],
  ["xsd", "http://www.w3.org/2001/XMLSchema#"],
]);

type JsonObject = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** @throws {ContractBroken} */
export function rawOfJson<Event>(body: Bytes, read: (event: Raw) => Event): RawDocument<Event> {
  const root = parseJson(body, { ...JSON_LIMITS, bytes: 52_428_800 });
  const here = { line: undefined, path: "$" };
  if (!isObject(root)) throw brokenAtRaw(here, "an object", Array.isArray(root) ? "a list" : String(root));
  const type = textOf(root.type ?? root.isA);
  const context = contextOf(root["@context"], STANDARD);
  const around = {
    syntax: "json",
    schemaVersion: textOf(root.schemaVersion),
    creationDate: textOf(root.creationDate),
  } as const;
  if (isEventType(type))
    return { ...around, events: [read(withoutAround(rawEvent(root, context, "$")))], notCarried: [] };
  if (type !== "EPCISDocument" && type !== "EPCISQueryDocument") {
    throw brokenAtRaw(here, "the type EPCISDocument, EPCISQueryDocument or an event's", type || "none");
  }
  if (root["@context"] === undefined) throw brokenAtRaw(here, "the @context of JSON-LD", "none");
  const notCarried = Object.keys(root).filter(
    (key) => !["@context", "type", "isA", "schemaVersion", "creationDate", "epcisBody"].includes(key),
  );
  let path = "$.epcisBody";
  let inside: unknown = root.epcisBody;
  const leave = (body: JsonObject, step: string) => {
    for (const key of Object.keys(body)) if (key !== step) notCarried.push(`${path}.${key}`);
  };
  for (const step of ["queryResults", "resultsBody"]) {
    if (isObject(inside) && step in inside) {
      leave(inside, step);
      inside = inside[step];
      path += `.${step}`;
    }
  }
  const where = isObject(inside) && inside.eventList === undefined ? "event" : "eventList";
  const list = isObject(inside) ? inside[where] : undefined;
  if (isObject(inside)) leave(inside, where);
  if (list === undefined) throw brokenAtRaw({ ...here, path }, "an eventList", "none");
  const events = (Array.isArray(list) ? list : [list]).map((one: unknown, at) => {
    const place = { line: undefined, path: `${path}.eventList[${at}]` };
    if (!isObject(one)) throw brokenAtRaw(place, "an event", String(one));
    const kind = textOf(one.type ?? one.isA);
    if (!isEventType(kind)) throw brokenAtRaw(place, `one of ${EVENT_TYPES.join(", ")}`, kind || "no type");
    return read(rawEvent(one, context, place.path));
  });
  return { ...around, events, notCarried };
}

function contextOf(declared: unknown, outer: Context): Context {
  const known = new Map(outer);
  for (const entry of Array.isArray(declared) ? declared : [declared]) {
    if (!isObject(entry)) continue;
    for (const [prefix, namespace] of Object.entries(entry)) {
      if (typeof namespace === "string") known.set(prefix, namespace);
    }
  }
  return known;
}

/** What entries of a list are called in XML. */
const ENTRIES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.values(EPC_LISTS).map((name) => [name, "epc"])),
  ...Object.fromEntries(Object.values(QUANTITY_LISTS).map((name) => [name, "quantityElement"])),
  ...Object.fromEntries(Object.values(TYPED_LISTS).map(([name, entry]) => [name, entry])),
  sensorElementList: "sensorElement",
  correctiveEventIDs: "correctiveEventID",
};

function rawEvent(event: JsonObject, outer: Context, path: string): Raw {
  const context = contextOf(event["@context"], outer);
  const { "@context": _, type, isA, ...fields } = event;
  return {
    name: textOf(type ?? isA),
    text: "",
    children: rawFields(fields, context, path),
    line: undefined,
    path,
  };
}

/** What converters from XML to JSON call the text of an element that has attributes, and the attributes that name namespaces. */
const TEXT = "#text";
const NAMESPACE = "@xmlns";

/** Namespaces that an object declares for itself and its own name, as XML does. */
function declaredIn(object: JsonObject, context: Context): Context {
  const declared = Object.entries(object).filter(([key]) => key.startsWith(`${NAMESPACE}:`));
  if (declared.length === 0) return context;
  return new Map([
    ...context,
    ...declared.map(([key, uri]) => [key.slice(NAMESPACE.length + 1), textOf(uri)] as const),
  ]);
}

function rawFields(object: JsonObject, context: Context, path: string): Raw[] {
  return Object.entries(object).flatMap(([key, value]) => {
    const inside = `${path}.${key}`;
    // The text of an element that XML was turned into JSON for, and its namespaces.
    if ((key === TEXT && typeof value !== "object") || key.startsWith(NAMESPACE)) return [];
    const entry = Object.hasOwn(ENTRIES, key) ? ENTRIES[key] : undefined;
    if (entry !== undefined) {
      const items: unknown[] = Array.isArray(value) ? value : [value];
      const children = items.map((item, at) => rawEntry(entry, item, context, `${inside}[${at}]`));
      return [{ name: key, text: "", children, line: undefined, path: inside }];
    }
    const known = isObject(value) ? declaredIn(value, context) : context;
    return rawValues(expanded(key, known), value, known, inside);
  });
}

/** The business transaction itself is the text of its node, as in XML. */
function rawEntry(name: string, item: unknown, context: Context, path: string): Raw {
  const [only, ...more] = rawValues(name, item, context, path);
  if (!only || more.length > 0) throw brokenAtRaw({ line: undefined, path }, "one entry", "a list");
  const own = only.children.find((child) => child.name === name);
  if (!own) return only;
  return { ...only, text: own.text, children: only.children.filter((child) => child !== own) };
}

function rawValues(name: string, value: unknown, context: Context, path: string): Raw[] {
  if (Array.isArray(value))
    return value.flatMap((item: unknown, at) => rawValues(name, item, context, `${path}[${at}]`));
  const node = { name, line: undefined, path };
  if (isObject(value)) {
    const own = value[TEXT] ?? "";
    const text = typeof own === "object" ? "" : String(own).trim();
    return [{ ...node, text, children: rawFields(value, context, path) }];
  }
  return value === null ? [] : [{ ...node, text: String(value).trim(), children: [] }];
}

function expanded(key: string, context: Context): string {
  const at = key.indexOf(":");
  if (at <= 0) return key;
  const prefix = key.slice(0, at);
  const local = key.slice(at + 1);
  // A full address as a key: the namespace ends at its last separator.
  if (local.startsWith("//")) {
    const cut = Math.max(key.lastIndexOf("/"), key.lastIndexOf("#")) + 1;
    return `{${key.slice(0, cut)}}${key.slice(cut)}`;
  }
  return `{${sameNamespace(context.get(prefix) ?? prefix)}}${local}`;
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");
