/**
 * Reads UBL documents by their layouts.
 *
 * Structure is held to the schema: namespaces, required parts, how often a part may stand, the form of every amount, date
 * and code. The order of elements is not, because many senders write by their own. What the layout does not know is never
 * an error: it is listed, so nobody can say it was dropped in silence.
 */
import type { Bytes } from "../../std/bytes.ts";
import { ContractBroken } from "../../std/errors.ts";
import { brokenAt, parseXml, type XmlElement, type XmlLimits } from "../xml/tree.ts";
import { DOCUMENTS, type NotCarried, type UblKind, type UblMessage } from "./documents.ts";
import type { Amount, Basics, Coded, Embedded, Field, Identifier, Layout, Measured } from "./shape.ts";

export const SCHEMA = "urn:oasis:names:specification:ubl:schema:xsd:";
export const CBC = `${SCHEMA}CommonBasicComponents-2`;
export const CAC = `${SCHEMA}CommonAggregateComponents-2`;
const EXT = `${SCHEMA}CommonExtensionComponents-2`;
const ENVELOPE = "StandardBusinessDocument";
/** Of what is not carried, so many entries at most; the last says how many more there are. */
const LISTED_MAX = 1_000;

/** Reads one document. @throws {ContractBroken} with `line`, `path`, `expected` and `found` */
export function readUbl(bytes: Bytes, limits: Partial<XmlLimits> = {}): UblMessage {
  const reading = new Reading();
  try {
    return reading.message(parseXml(bytes, limits, (element) => reading.fold(element)));
  } catch (error) {
    if (!(error instanceof ContractBroken)) throw error;
    // Which of how many lines it was is known only when all are there.
    return new Reading().message(parseXml(bytes, limits));
  }
}

const isDocument = ({ name, namespace }: XmlElement): boolean =>
  Object.hasOwn(DOCUMENTS, name) && namespace === `${SCHEMA}${name}-2`;

class Reading {
  readonly #notCarried: NotCarried[] = [];
  /** Lines and other repeated parts of the document that were read when they closed. */
  readonly #folded = new Map<XmlElement, { value: unknown; reading: Reading }>();
  #more = 0;

  message(top: XmlElement): UblMessage {
    const root = this.#document(top);
    const kind = root.name as UblKind;
    if (!Object.hasOwn(DOCUMENTS, kind)) {
      throw brokenAt(root, `one of ${Object.keys(DOCUMENTS).join(", ")}`, root.name);
    }
    if (!isDocument(root)) throw brokenAt(root, `the namespace ${SCHEMA}${kind}-2`, root.namespace || "none");
    const body = this.#component(root, DOCUMENTS[kind]);
    const left = { path: "…", line: 0, text: `${this.#more} more` };
    const notCarried = this.#more === 0 ? this.#notCarried : [...this.#notCarried, left];
    return { kind, body, notCarried } as unknown as UblMessage;
  }

  /** Reads a part of the document as soon as it is closed, if it is one of many. */
  fold(element: XmlElement): boolean {
    const { parent, name, namespace } = element;
    if (!parent || namespace !== CAC || (parent.parent && parent.parent.name !== ENVELOPE)) return false;
    if (!isDocument(parent)) return false;
    const plan = planOf(DOCUMENTS[parent.name as UblKind]);
    const field = plan.fields[plan.byElement.get(name) ?? -1];
    if (field === undefined || field.occurs !== "many" || typeof field.holds === "string") return false;
    const reading = new Reading();
    this.#folded.set(element, { value: reading.#component(element, field.holds), reading });
    return true;
  }

  /** The document itself, or the one inside a standard business document (SBDH) that carries it over a network. */
  #document(top: XmlElement): XmlElement {
    if (top.name !== ENVELOPE) return top;
    const inside = top.children.find(({ namespace }) => namespace.startsWith(SCHEMA));
    if (!inside) throw brokenAt(top, "a UBL document inside", "none");
    for (const other of top.children) if (other !== inside) this.#list(other);
    return inside;
  }

  #component(element: XmlElement, layout: Layout): Record<string, unknown> {
    const { byElement, names, fields } = planOf(layout);
    const found: unknown[] = new Array(fields.length).fill(undefined);
    if (!BLANK.test(element.text)) throw brokenAt(element, "elements only", "text");
    for (const inner of element.children) {
      const index = byElement.get(inner.name) ?? -1;
      const field = fields[index];
      const namespace = typeof field?.holds === "string" ? CBC : CAC;
      if (!field || (inner.namespace !== namespace && foreign(inner))) {
        this.#list(inner);
        continue;
      }
      if (inner.namespace !== namespace) {
        throw brokenAt(inner, `the namespace ${namespace}`, inner.namespace || "none");
      }
      const before = found[index];
      if (before !== undefined && field.occurs !== "many") {
        throw brokenAt(inner, `${inner.name} once`, "it again");
      }
      if (typeof field.holds === "string" && isEmpty(inner)) {
        // The schema lets a text be empty, and some fill required references with nothing; a document needs its own id.
        if (field.occurs === "one" && (field.holds !== "text" || isDocument(element))) {
          throw brokenAt(inner, "a value", "nothing");
        }
        if (field.occurs !== "one") {
          this.#list(inner);
          continue;
        }
      }
      const value = this.#value(inner, field.holds);
      if (field.occurs !== "many") found[index] = value;
      else if (before === undefined) found[index] = [value];
      else (before as unknown[]).push(value);
    }
    this.#listAttributes(element, []);
    const told: Record<string, unknown> = {};
    for (let index = 0; index < fields.length; index += 1) {
      const field = fields[index]!;
      const value = found[index];
      if (value !== undefined) told[names[index]!] = value;
      else if (field.occurs === "many") {
        if (field.atLeastOne) throw brokenAt(element, `at least one ${field.element}`, "none");
        told[names[index]!] = [];
      } else if (field.occurs === "one") throw brokenAt(element, `the element ${field.element}`, "none");
    }
    return told;
  }

  #value(element: XmlElement, holds: keyof Basics | Layout): unknown {
    if (typeof holds === "string") return this.#basic(element, holds);
    const folded = this.#folded.get(element);
    if (folded === undefined) return this.#component(element, holds);
    for (const entry of folded.reading.#notCarried) this.#add(entry);
    this.#more += folded.reading.#more;
    return folded.value;
  }

  #basic(element: XmlElement, holds: keyof Basics): unknown {
    if (element.children.length > 0) throw brokenAt(element, "text only", `<${element.children[0]!.name}>`);
    const reader = BASICS[holds];
    this.#listAttributes(element, reader.attributes);
    return reader.read(element, element.text.trim());
  }

  #listAttributes(element: XmlElement, carried: readonly string[]): void {
    if (element.attributes.size === 0) return;
    for (const [name, value] of element.attributes) {
      if (name === "xmlns" || name.startsWith("xmlns:") || name.startsWith("xsi:")) continue;
      if (
        carried.includes(name) ||
        (name === "schemaLocation" && element.attributes.has("xsi:schemaLocation"))
      )
        continue;
      this.#add({ path: `${placeOf(element)}/@${name}`, line: element.line, text: value.slice(0, 200) });
    }
  }

  #list(element: XmlElement): void {
    this.#add({
      path: placeOf(element),
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

const BLANK = /^\s*$/;
const isEmpty = ({ text, children }: XmlElement): boolean => children.length === 0 && BLANK.test(text);

function nameOf({ name, namespace }: XmlElement): string {
  if (namespace === CBC) return `cbc:${name}`;
  if (namespace === CAC) return `cac:${name}`;
  return namespace === EXT ? `ext:${name}` : name;
}

/** Where something stands, from its document on, in the names of the standard's prefixes. */
function placeOf(element: XmlElement): string {
  if (isDocument(element) || element.parent === undefined) return element.name;
  return `${placeOf(element.parent)}/${nameOf(element)}`;
}

/** A layout made ready for reading. */
interface Plan {
  readonly byElement: ReadonlyMap<string, number>;
  readonly names: readonly string[];
  readonly fields: readonly Field[];
}
const PLANS = new WeakMap<Layout, Plan>();

function planOf(layout: Layout): Plan {
  const known = PLANS.get(layout);
  if (known) return known;
  const fields = Object.values(layout);
  const byElement = new Map(fields.map(({ element }, index) => [element, index]));
  const plan = { byElement, names: Object.keys(layout), fields };
  PLANS.set(layout, plan);
  return plan;
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
