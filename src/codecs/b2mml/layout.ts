/**
 * How parts of B2MML documents are laid out: the type of the value, its reader and its writer from one table.
 *
 * Elements are taken by name in any order; what no layout names is listed. A layout may contain itself: segments hold
 * segments, materials are made of materials.
 */
import { brokenAt, pathOf, type XmlElement } from "../xml/tree.ts";
import { escapeXml } from "../xml/write.ts";

/** What an element without children holds; every kind is given as text. */
export type Kind = "text" | "time" | "duration" | "decimal" | readonly string[];
export type Occurs = "one" | "optional" | "many";

export interface Field<Value = unknown, Times extends Occurs = Occurs> {
  /** Names of the element: today's first, then those of older versions. */
  readonly names: readonly string[];
  readonly holds: Kind | Layout;
  readonly occurs: Times;
  /** Elements inside that hold the value in other versions; what stands beside them is listed. */
  readonly inside?: readonly string[];
  readonly value?: Value;
}
// biome-ignore lint/suspicious/noExplicitAny: a layout holds fields of any value; each field keeps its own.
export type Layout = { [name: string]: Field<any> };

type ValueOf<F> = F extends Field<infer Value, Occurs> ? Value : never;
type Named<L extends Layout, T extends Occurs> = {
  [K in keyof L]: L[K]["occurs"] extends T ? K : never;
}[keyof L];
export type Told<L extends Layout> = { readonly [K in Named<L, "one">]: ValueOf<L[K]> } & {
  readonly [K in Named<L, "optional">]?: ValueOf<L[K]>;
} & { readonly [K in Named<L, "many">]: readonly ValueOf<L[K]>[] };
type Held<H> = H extends Kind ? string : H extends Layout ? Told<H> : never;

export const one = <H extends Kind | Layout>(holds: H, ...names: string[]): Field<Held<H>, "one"> => ({
  names,
  holds,
  occurs: "one",
});
export const optional = <H extends Kind | Layout>(
  holds: H,
  ...names: string[]
): Field<Held<H>, "optional"> => ({
  names,
  holds,
  occurs: "optional",
});
export const many = <H extends Kind | Layout>(holds: H, ...names: string[]): Field<Held<H>, "many"> => ({
  names,
  holds,
  occurs: "many",
});

/** A list of texts that other versions write as parts, with the text in one of these. */
export const manyInside = (inside: readonly string[], ...names: string[]): Field<string, "many"> => ({
  ...many("text", ...names),
  inside,
});

export interface NotCarried {
  readonly path: string;
  readonly line: number;
  /** Its first 200 characters. */
  readonly text: string;
}

/** What of a part has no field, by its path from that part on: how many of its name there are is known at the end only. */
export class Listed {
  readonly entries: NotCarried[] = [];
  readonly #part: XmlElement;

  constructor(part: XmlElement) {
    this.#part = part;
  }

  /** Each value in an element. */
  element(element: XmlElement): void {
    this.attributes(element);
    for (const inner of element.children) this.element(inner);
    const text = element.text.trim();
    if (text !== "" || element.children.length === 0) this.#add(element, "", text);
  }

  /** No field has attributes: they say by which list or standard a value is meant. */
  attributes(element: XmlElement): void {
    for (const [name, value] of element.attributes)
      if (value.trim() !== "" && !/^xmlns(?::|$)|^xsi:|:schemaLocation$/.test(name))
        this.#add(element, `/@${name}`, value);
  }

  #add(element: XmlElement, attribute: string, text: string): void {
    const path = element === this.#part ? "" : `/${pathOf(element, this.#part)}`;
    this.entries.push({ path: path + attribute, line: element.line, text: text.slice(0, 200) });
  }
}

const isLayout = (holds: Kind | Layout): holds is Layout =>
  typeof holds === "object" && !Array.isArray(holds);

/** A layout made ready for reading. */
interface Plan {
  readonly byElement: ReadonlyMap<string, readonly [name: string, field: Field]>;
  /** Names of fields that are lists. */
  readonly lists: readonly string[];
  readonly required: readonly (readonly [name: string, field: Field])[];
}
const PLANS = new WeakMap<Layout, Plan>();

function planOf(layout: Layout): Plan {
  const known = PLANS.get(layout);
  if (known) return known;
  const fields = Object.entries(layout);
  const byElement = new Map(
    fields.toReversed().flatMap((entry) => entry[1].names.map((name) => [name, entry])),
  );
  const plan: Plan = {
    byElement,
    lists: fields.filter(([, { occurs }]) => occurs === "many").map(([name]) => name),
    required: fields.filter(([, { occurs }]) => occurs === "one"),
  };
  PLANS.set(layout, plan);
  return plan;
}

/** Lists of what does not stand there: one for all of them. */
const NONE: readonly never[] = Object.freeze([]);

/** Reads one part. @throws {ContractBroken} with `line`, `path`, `expected` and `found` */
export function readPart(element: XmlElement, layout: Layout, notCarried: Listed): Record<string, unknown> {
  if (element.text.trim() !== "") throw brokenAt(element, "elements only", element.text.trim());
  const told: Record<string, unknown> = {};
  const { byElement, lists, required } = planOf(layout);
  for (const name of lists) told[name] = NONE;
  if (element.attributes.size > 0) notCarried.attributes(element);
  for (const inner of element.children) {
    const found = byElement.get(inner.name);
    if (!found || inner.namespace !== element.namespace) {
      checkTimes(inner);
      notCarried.element(inner);
      continue;
    }
    const [name, { holds, occurs, inside }] = found;
    if (!isLayout(holds) && inner.attributes.size > 0) notCarried.attributes(inner);
    // An empty element says nothing; generators leave them.
    if (!isLayout(holds) && inner.children.length === 0 && inner.text.trim() === "") {
      if (occurs === "one") throw brokenAt(inner, "a value", "nothing");
      continue;
    }
    const value = isLayout(holds)
      ? readPart(inner, holds, notCarried)
      : basic(inside ? heldIn(inner, inside, notCarried) : inner, holds);
    if (occurs === "many") {
      if (told[name] === NONE) told[name] = [value];
      else (told[name] as unknown[]).push(value);
    } else if (Object.hasOwn(told, name)) throw brokenAt(inner, `${inner.name} once`, "it again");
    else told[name] = value;
  }
  const missing = required.find(([name]) => !Object.hasOwn(told, name));
  if (missing) throw brokenAt(element, `the element ${missing[1].names[0]}`, "none");
  return told;
}

/** The element that holds the value of another. */
function heldIn(element: XmlElement, names: readonly string[], notCarried: Listed): XmlElement {
  const holder = element.children.find(({ name }) => names.includes(name));
  if (holder === undefined) return element;
  for (const inner of element.children) if (inner !== holder) notCarried.element(inner);
  notCarried.attributes(holder);
  return holder;
}

/** Times are held to the calendar also where nothing else of a part is known. */
export function checkTimes(element: XmlElement): void {
  const { name } = element;
  if (element.children.length === 0 && (name.endsWith("Time") || name.endsWith("Date"))) {
    const text = element.text.trim();
    if (text !== "" && /^(?:\D*\d{4}-|\d)/.test(text)) time(element, text);
  }
  for (const inner of element.children) checkTimes(inner);
}

function basic(element: XmlElement, kind: Kind): string {
  if (element.children.length > 0) throw brokenAt(element, "text only", element.children[0]!.name);
  const text = element.text.trim();
  if (kind === "time") return time(element, text);
  if (kind === "duration" && !DURATION.test(text)) throw brokenAt(element, "a duration like PT30M", text);
  if (kind === "decimal" && !DECIMAL.test(text)) throw brokenAt(element, "a decimal", text);
  if (Array.isArray(kind) && !kind.includes(text)) throw brokenAt(element, `one of ${kind.join(", ")}`, text);
  return text;
}

export const DECIMAL = /^[+-]?(?:\d{1,30}(?:\.\d{0,20})?|\.\d{1,20})$/;
const DURATION =
  /^-?P(?=\d|T\d)(?:\d+Y)?(?:\d+M)?(?:\d+D)?(?:T(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?$/;
const TIME =
  /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2}):(\d{2})(?:\.\d{1,12})?)?(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d)?$/;

function time(element: XmlElement, text: string): string {
  const [year, month, day, hour = 0, minute = 0, second = 0] =
    TIME.exec(text)
      ?.slice(1, 7)
      .map((part) => Number(part ?? 0)) ?? [];
  const exact = new Date(Date.UTC(year ?? 0, (month ?? 0) - 1, day));
  const sound =
    year !== undefined &&
    exact.getUTCMonth() === month! - 1 &&
    exact.getUTCDate() === day &&
    hour < 24 &&
    minute < 60 &&
    second < 60;
  if (!sound) throw brokenAt(element, "a date and time of the calendar", text || "nothing");
  return text;
}

/** Writes one part under today's names, in the order of its layout. */
export function writePart(name: string, value: Readonly<Record<string, unknown>>, layout: Layout): string {
  let inside = "";
  for (const [key, { names, holds, occurs }] of Object.entries(layout)) {
    const held = value[key];
    const items = occurs === "many" ? ((held ?? []) as unknown[]) : held === undefined ? [] : [held];
    for (const item of items) {
      inside += isLayout(holds)
        ? writePart(names[0]!, item as Record<string, unknown>, holds)
        : `<${names[0]}>${escapeXml(String(item))}</${names[0]}>\n`;
    }
  }
  return `<${name}>\n${inside}</${name}>\n`;
}
