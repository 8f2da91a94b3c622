/**
 * Reads UBL documents by their layouts.
 *
 * Structure is held to the schema: namespaces, required parts, how often a part may stand, the form of every amount, date
 * and code. The order of elements is not, because many senders write by their own. What the layout does not know is never
 * an error: it is listed, so nobody can say it was dropped in silence.
 */
import type { Bytes } from "../../std/bytes.ts";
import { ContractBroken } from "../../std/errors.ts";
import { brokenAt, isBlank, parseXml, type XmlElement, type XmlLimits } from "../xml/tree.ts";
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
  const reading = new Reading(new Map());
  try {
    return reading.message(parseXml(bytes, limits, (element) => reading.fold(element)));
  } catch (error) {
    if (!(error instanceof ContractBroken)) throw error;
    // Which of how many lines it was is known only when all are there.
    return new Reading().message(parseXml(bytes, limits));
  }
}

/** Reads the document at this element, whatever stands around it. */
export const readUblAt = (element: XmlElement): UblMessage => new Reading().message(element);

const isDocument = ({ name, namespace }: XmlElement): boolean =>
  Object.hasOwn(DOCUMENTS, name) && namespace === `${SCHEMA}${name}-2`;

/** What was read of an element that is let go. */
interface Folded {
  readonly value: unknown;
  readonly notCarried: readonly NotCarried[];
  readonly more: number;
}

class Reading {
  #notCarried: readonly NotCarried[] = NONE;
  #more = 0;
  /** Lines and other repeated parts of the document that were read when they closed. */
  readonly #folded: Map<XmlElement, Folded> | undefined;

  constructor(folded?: Map<XmlElement, Folded>) {
    this.#folded = folded;
  }

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
    // Most elements stand deeper, so that is asked first.
    if (!parent || (parent.parent && parent.parent.name !== ENVELOPE) || namespace !== CAC) return false;
    if (!isDocument(parent)) return false;
    const step = planOf(DOCUMENTS[parent.name as UblKind]).byElement.get(name);
    if (step === undefined || !step.many || step.basic !== undefined) return false;
    const reading = new Reading();
    const value = reading.#component(element, step.field.holds as Layout);
    this.#folded?.set(element, { value, notCarried: reading.#notCarried, more: reading.#more });
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
    const { byElement, required, always } = planOf(layout);
    const told: Record<string, unknown> = { ...always };
    if (!isBlank(element.text)) throw brokenAt(element, "elements only", "text");
    for (const inner of element.children) {
      const step = byElement.get(inner.name);
      if (step === undefined || (inner.namespace !== step.namespace && foreign(inner))) {
        this.#list(inner);
        continue;
      }
      if (inner.namespace !== step.namespace) {
        throw brokenAt(inner, `the namespace ${step.namespace}`, inner.namespace || "none");
      }
      const before = told[step.name];
      if (before !== undefined && !step.many) throw brokenAt(inner, `${inner.name} once`, "it again");
      if (step.basic !== undefined && isEmpty(inner)) {
        // The schema lets a text be empty, and some fill required references with nothing; a document needs its own id.
        if (step.one && (step.field.holds !== "text" || isDocument(element))) {
          throw brokenAt(inner, "a value", "nothing");
        }
        if (!step.one) {
          this.#list(inner);
          continue;
        }
      }
      const value =
        step.basic === undefined
          ? this.#inner(inner, step.field.holds as Layout)
          : this.#basic(inner, step.basic);
      if (!step.many) told[step.name] = value;
      else if (before === NONE) told[step.name] = [value];
      else (before as unknown[]).push(value);
    }
    if (element.attributes.size > 0) this.#listAttributes(element, NONE);
    for (const { name, many, field } of required) {
      if (told[name] !== undefined && told[name] !== NONE) continue;
      throw brokenAt(
        element,
        many ? `at least one ${field.element}` : `the element ${field.element}`,
        "none",
      );
    }
    return told;
  }

  #inner(element: XmlElement, layout: Layout): unknown {
    const folded = this.#folded?.get(element);
    if (folded === undefined) return this.#component(element, layout);
    for (const entry of folded.notCarried) this.#add(entry);
    this.#more += folded.more;
    return folded.value;
  }

  #basic(element: XmlElement, { attributes, read }: Basic): unknown {
    if (element.children.length > 0) throw brokenAt(element, "text only", `<${element.children[0]!.name}>`);
    if (element.attributes.size > 0) this.#listAttributes(element, attributes);
    return read(element, element.text.trim());
  }

  #listAttributes(element: XmlElement, carried: readonly string[]): void {
    if (carried.length > 0 && element.attributes.size === 1 && element.attributes.has(carried[0]!)) return;
    for (const [name, value] of element.attributes) {
      if (carried.includes(name) || name === "xmlns" || name.startsWith("xmlns:") || name.startsWith("xsi:"))
        continue;
      if (name === "schemaLocation" && element.attributes.has("xsi:schemaLocation")) continue;
      this.#add({ path: `${placeOf(element)}/@${name}`, line: element.line, text: value.slice(0, 200) });
    }
  }

  /** Each value in it, so that who reads the list knows what was said. */
  #list(element: XmlElement): void {
    if (element.attributes.size > 0) this.#listAttributes(element, NONE);
    for (const inner of element.children) this.#list(inner);
    const text = element.text.trim();
    if (text === "" && element.children.length > 0) return;
    this.#add({ path: placeOf(element), line: element.line, text: text.slice(0, 200) });
  }

  #add(entry: NotCarried): void {
    if (this.#notCarried.length >= LISTED_MAX) this.#more += 1;
    else if (this.#notCarried === NONE) this.#notCarried = [entry];
    else (this.#notCarried as NotCarried[]).push(entry);
  }
}

/** Neither of the UBL vocabularies: an addition of the sender. */
const foreign = ({ namespace }: XmlElement): boolean => namespace !== "" && !namespace.startsWith(SCHEMA);

const isEmpty = ({ text, children }: XmlElement): boolean => children.length === 0 && isBlank(text);

/** Parts that may stand many times and do not stand at all: one list for all of them. */
const NONE: readonly never[] = Object.freeze([]);

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
  readonly byElement: ReadonlyMap<string, Step>;
  /** Those that must come. */
  readonly required: readonly Step[];
  /** What every value has: nothing yet where it must come, an empty list where it may. */
  readonly always: Readonly<Record<string, unknown>>;
}
interface Step {
  readonly name: string;
  readonly field: Field;
  readonly many: boolean;
  readonly one: boolean;
  readonly namespace: string;
  /** How its text is read; absent where it holds elements. */
  readonly basic: Basic | undefined;
}
const PLANS = new WeakMap<Layout, Plan>();

function planOf(layout: Layout): Plan {
  const known = PLANS.get(layout);
  if (known) return known;
  const steps = Object.entries(layout).map(([name, field]): Step => {
    const basic = typeof field.holds === "string" ? BASICS[field.holds] : undefined;
    const [one, many] = [field.occurs === "one", field.occurs === "many"];
    return { name, field, many, one, namespace: basic ? CBC : CAC, basic };
  });
  const byElement = new Map(steps.map((step) => [step.field.element, step]));
  const required = steps.filter(({ one, field }) => one || field.atLeastOne === true);
  const plan = { byElement, required, always: withNames(steps.filter(({ one, many }) => one || many)) };
  PLANS.set(layout, plan);
  return plan;
}

/** Read from text, because such an object has room for its names; one that grows name by name ends up a hash table. */
function withNames(steps: readonly Step[]): Record<string, unknown> {
  const value = JSON.parse(`{${steps.map(({ name }) => `${JSON.stringify(name)}:null`).join()}}`);
  for (const { name, many } of steps) value[name] = many ? NONE : undefined;
  return value;
}

interface Basic<Value = unknown> {
  /** The attributes it keeps. */
  readonly attributes: readonly string[];
  read(element: XmlElement, text: string): Value;
}

/** How each basic value is read from trimmed, non-empty text. */
const BASICS: { readonly [Kind in keyof Basics]: Basic<Basics[Kind]> } = {
  text: { attributes: [], read: (_, text) => text },
  identifier: {
    attributes: ["schemeID"],
    read: (element, id): Identifier => {
      const scheme = attribute(element, "schemeID");
      return scheme === undefined ? { id } : { id, scheme };
    },
  },
  coded: {
    attributes: ["listID", "name"],
    read: (element, code): Coded => {
      const list = attribute(element, "listID");
      const name = attribute(element, "name");
      return { code, ...(list !== undefined && { list }), ...(name !== undefined && { name }) };
    },
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
    read: (element, text): Measured => {
      const value = decimal(element, text);
      const uom = attribute(element, "unitCode");
      return uom === undefined ? { value } : { value, uom };
    },
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
      const mimeCode = attribute(element, "mimeCode");
      if (mimeCode === undefined) throw brokenAt(element, "a media type in mimeCode", "none");
      const filename = attribute(element, "filename");
      return { mimeCode, ...(filename !== undefined && { filename }), content };
    },
  },
};

/** The attribute, where it says something. */
const attribute = (element: XmlElement, name: string): string | undefined =>
  element.attributes.get(name)?.trim() || undefined;

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
