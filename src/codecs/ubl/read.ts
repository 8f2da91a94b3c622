/**
 * Reads UBL documents by their layouts.
 *
 * Structure is held to the schema: namespaces, required parts, how often a part may stand, the form of every amount, date
 * and code. The order of elements is not, because many senders write by their own. What the layout does not know is never
 * an error: it is listed, so nobody can say it was dropped in silence.
 */
import type { Bytes } from "../../std/bytes.ts";
import { brokenAt, parseXml, type XmlElement, type XmlLimits } from "../xml/tree.ts";
import { DOCUMENTS, type NotCarried, type UblKind, type UblMessage } from "./documents.ts";
import type { Amount, Basics, Coded, Embedded, Field, Identifier, Layout, Measured } from "./shape.ts";

export const SCHEMA = "urn:oasis:names:specification:ubl:schema:xsd:";
export const CBC = `${SCHEMA}CommonBasicComponents-2`;
export const CAC = `${SCHEMA}CommonAggregateComponents-2`;
const EXT = `${SCHEMA}CommonExtensionComponents-2`;
/** Of what is not carried, so many entries at most; the last says how many more there are. */
const LISTED_MAX = 1_000;

/** Reads one document. @throws {ContractBroken} with `line`, `path`, `expected` and `found` */
export function readUbl(bytes: Bytes, limits: Partial<XmlLimits> = {}): UblMessage {
  const top = parseXml(bytes, limits);
  const reading = new Reading();
  const root = reading.document(top);
  const kind = root.name as UblKind;
  if (!Object.hasOwn(DOCUMENTS, kind)) {
    throw brokenAt(root, `one of ${Object.keys(DOCUMENTS).join(", ")}`, root.name);
  }
  if (root.namespace !== `${SCHEMA}${kind}-2`) {
    throw brokenAt(root, `the namespace ${SCHEMA}${kind}-2`, root.namespace || "none");
  }
  const body = reading.component(root, DOCUMENTS[kind]);
  return { kind, body, notCarried: reading.notCarried() } as unknown as UblMessage;
}

class Reading {
  readonly #notCarried: NotCarried[] = [];
  #more = 0;

  notCarried(): readonly NotCarried[] {
    if (this.#more === 0) return this.#notCarried;
    return [...this.#notCarried, { path: "…", line: 0, text: `${this.#more} more` }];
  }

  /** The document itself, or the one inside a standard business document (SBDH) that carries it over a network. */
  document(top: XmlElement): XmlElement {
    if (top.name !== "StandardBusinessDocument") return top;
    const inside = top.children.find(({ namespace }) => namespace.startsWith(SCHEMA));
    if (!inside) throw brokenAt(top, "a UBL document inside", "none");
    for (const other of top.children) if (other !== inside) this.#list(other, "StandardBusinessDocument");
    return inside;
  }

  component(element: XmlElement, layout: Layout, path = element.name): Record<string, unknown> {
    const byElement = elementsOf(layout);
    const found = new Map<Field, unknown[]>();
    if (element.text.trim() !== "") throw brokenAt(element, "elements only", "text");
    for (const inner of element.children) {
      const field = byElement.get(inner.name);
      const namespace = typeof field?.holds === "string" ? CBC : CAC;
      if (!field || (inner.namespace !== namespace && foreign(inner))) {
        this.#list(inner, path);
        continue;
      }
      if (inner.namespace !== namespace) {
        throw brokenAt(inner, `the namespace ${namespace}`, inner.namespace || "none");
      }
      const values = found.get(field) ?? [];
      if (values.length > 0 && field.occurs !== "many") {
        throw brokenAt(inner, `${inner.name} once`, "it again");
      }
      const inside = `${path}/${nameOf(inner)}`;
      if (typeof field.holds === "string" && isEmpty(inner)) {
        // The schema lets a text be empty, and some fill required references with nothing; a document needs its own id.
        if (field.occurs === "one" && (field.holds !== "text" || path === element.name)) {
          throw brokenAt(inner, "a value", "nothing");
        }
        if (field.occurs !== "one") {
          this.#list(inner, path);
          continue;
        }
      }
      values.push(
        typeof field.holds === "string"
          ? this.#basic(inner, field.holds, inside)
          : this.component(inner, field.holds, inside),
      );
      found.set(field, values);
    }
    this.#listAttributes(element, [], path);
    const told: Record<string, unknown> = {};
    for (const [name, field] of Object.entries(layout)) {
      const values = found.get(field) ?? [];
      if (field.occurs === "many") {
        if (field.atLeastOne && values.length === 0) {
          throw brokenAt(element, `at least one ${field.element}`, "none");
        }
        told[name] = values;
      } else if (values.length > 0) told[name] = values[0];
      else if (field.occurs === "one") throw brokenAt(element, `the element ${field.element}`, "none");
    }
    return told;
  }

  #basic(element: XmlElement, holds: keyof Basics, path: string): unknown {
    if (element.children.length > 0) throw brokenAt(element, "text only", `<${element.children[0]!.name}>`);
    const reader = BASICS[holds];
    this.#listAttributes(element, reader.attributes, path);
    return reader.read(element, element.text.trim());
  }

  #listAttributes(element: XmlElement, carried: readonly string[], path: string): void {
    for (const [name, value] of element.attributes) {
      if (name === "xmlns" || name.startsWith("xmlns:") || name.startsWith("xsi:")) continue;
      if (
        carried.includes(name) ||
        (name === "schemaLocation" && element.attributes.has("xsi:schemaLocation"))
      )
        continue;
      this.#add({ path: `${path}/@${name}`, line: element.line, text: value.slice(0, 200) });
    }
  }

  #list(element: XmlElement, path: string): void {
    this.#add({
      path: `${path}/${nameOf(element)}`,
      line: element.line,
      text: element.children.length > 0 ? "" : element.text.trim().slice(0, 200),
    });
  }

  #add(entry: NotCarried): void {
    if (this.#notCarried.length < LISTED_MAX) this.#notCarried.push(entry);
    else this.#more += 1;
  }
}

/** Neither of the UBL vocabularies: an addition of the sender. */
const foreign = ({ namespace }: XmlElement): boolean => namespace !== "" && !namespace.startsWith(SCHEMA);

const isEmpty = ({ text, children }: XmlElement): boolean => children.length === 0 && text.trim() === "";

function nameOf({ name, namespace }: XmlElement): string {
  if (namespace === CBC) return `cbc:${name}`;
  if (namespace === CAC) return `cac:${name}`;
  return namespace === EXT ? `ext:${name}` : name;
}

const LAYOUTS = new WeakMap<Layout, ReadonlyMap<string, Field>>();

function elementsOf(layout: Layout): ReadonlyMap<string, Field> {
  const known = LAYOUTS.get(layout) ?? new Map(Object.values(layout).map((field) => [field.element, field]));
  LAYOUTS.set(layout, known);
  return known;
}

/** How each basic value is read from trimmed, non-empty text, and which attributes it keeps. */
const BASICS: {
  readonly [Kind in keyof Basics]: {
    readonly attributes: readonly string[];
    read(element: XmlElement, text: string): Basics[Kind];
  };
} = {
  text: { attributes: [], read: (_, text) => text },
  identifier: {
    attributes: ["schemeID"],
    read: (element, id): Identifier => ({ id, ...attribute(element, "schemeID", "scheme") }),
  },
  coded: {
    attributes: ["listID", "name"],
    read: (element, code): Coded => ({
      code,
      ...attribute(element, "listID", "list"),
      ...attribute(element, "name", "name"),
    }),
  },
  amount: {
    attributes: ["currencyID"],
    read: (element, text): Amount => {
      const currency = element.attributes.get("currencyID") ?? "";
      if (!/^[A-Z]{3}$/.test(currency)) {
        throw brokenAt(element, "a currency of three letters in currencyID", currency || "none");
      }
      return { amount: decimal(element, text), currency };
    },
  },
  quantity: {
    attributes: ["unitCode"],
    read: (element, text): Measured => ({
      value: decimal(element, text),
      ...attribute(element, "unitCode", "uom"),
    }),
  },
  decimal: { attributes: [], read: decimal },
  date: { attributes: [], read: date },
  time: { attributes: [], read: time },
  indicator: {
    attributes: [],
    read: (element, text) => {
      if (text === "true" || text === "1") return true;
      if (text === "false" || text === "0") return false;
      throw brokenAt(element, "true or false", text);
    },
  },
  binary: {
    attributes: ["mimeCode", "filename"],
    read: (element, text): Embedded => {
      const content = text.replace(/\s+/g, "");
      if (content.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(content)) {
        throw brokenAt(element, "base64", content.slice(0, 20));
      }
      const mimeCode = element.attributes.get("mimeCode")?.trim() ?? "";
      if (mimeCode === "") throw brokenAt(element, "a media type in mimeCode", "none");
      return { mimeCode, ...attribute(element, "filename", "filename"), content };
    },
  },
};

function attribute<Name extends string>(
  element: XmlElement,
  from: string,
  name: Name,
): { readonly [key in Name]?: string } {
  const value = element.attributes.get(from)?.trim() ?? "";
  return value === "" ? {} : ({ [name]: value } as { [key in Name]: string });
}

/** The decimals of XML Schema: no exponent, no thousands separator. Kept as written. */
function decimal(element: XmlElement, text: string): string {
  if (text.length > 40 || !/^[+-]?(?:\d+(?:\.\d*)?|\.\d+)$/.test(text)) {
    throw brokenAt(element, "a decimal", text);
  }
  return text;
}

const ZONE = "(?:Z|[+-]\\d{2}:\\d{2})?";
const DATE = new RegExp(`^(\\d{4})-(\\d{2})-(\\d{2})${ZONE}$`);
const TIME = new RegExp(`^(\\d{2}):(\\d{2}):(\\d{2})(?:\\.\\d{1,9})?${ZONE}$`);

function date(element: XmlElement, text: string): string {
  const parts = DATE.exec(text)?.slice(1, 4).map(Number);
  const [year, month, day] = parts ?? [0, 0, 0];
  const exact = new Date(Date.UTC(year!, month! - 1, day!));
  if (!parts || year === 0 || exact.getUTCMonth() !== month! - 1 || exact.getUTCDate() !== day) {
    throw brokenAt(element, "a date YYYY-MM-DD of the calendar", text);
  }
  return text;
}

function time(element: XmlElement, text: string): string {
  const [hour, minute, second] = TIME.exec(text)?.slice(1, 4).map(Number) ?? [99, 99, 99];
  if (hour! > 23 || minute! > 59 || second! > 59) throw brokenAt(element, "a time hh:mm:ss", text);
  return text;
}
