/**
 * B2MML, the XML of ISA-95: operations schedules and performance, material definitions and lots, test results.
 *
 * Versions 3 to 7, transactions (`ProcessOperationsSchedule` with verb and application area) and bare documents give one
 * value. Times, quantities by their data type and the closed code lists are held to the standard. Version 7 is written.
 */
import { type Bytes, toBytes } from "../../std/bytes.ts";
import { ContractBroken } from "../../std/errors.ts";
import type { Codec } from "../codec.ts";
import type { Records } from "../records.ts";
import { inAnyWidth } from "../wide.ts";
import { xmlRecords } from "../xml/records.ts";
import {
  at,
  brokenAt,
  child,
  parseXml,
  pathOf,
  textAt,
  type XmlElement,
  type XmlLimits,
} from "../xml/tree.ts";
import { escapeXml } from "../xml/write.ts";
import { type B2mmlDocument, PARTS } from "./documents.ts";
import { checkTimes, DECIMAL, type Layout, Listed, type NotCarried, readPart, writePart } from "./layout.ts";

const VERBS = [
  "Process",
  "Acknowledge",
  "Get",
  "Show",
  "Change",
  "Respond",
  "Cancel",
  "Confirm",
  "Sync",
  "SyncAdd",
  "SyncChange",
  "SyncDelete",
] as const;
const NAMESPACE = "http://www.mesa.org/xml/B2MML";
const KNOWN = /^http:\/\/www\.(?:mesa|wbf)\.org\/xml\/b2mml(?:-v(?:\d{2}|\d{4}))?$/i;

/** The B2MML codec. @example b2mml().decode(bytes).schedules[0]?.requests */
export const b2mml = (limits: Partial<XmlLimits> = {}): Codec<B2mmlDocument> => ({
  name: "b2mml",
  mediaType: "application/xml",
  decode: (body) => readB2mml(body, limits),
  encode: writeB2mml,
});

/**
 * The schedules, performances, definitions, lots and test results of a file as records, each in a document of its own.
 *
 * @example flow("item-master").from(mailbox).records(b2mmlRecords()).map(({ definitions }) => definitions[0])
 */
export const b2mmlRecords = (limits: Partial<XmlLimits> = {}): Records<B2mmlDocument> =>
  inAnyWidth(
    xmlRecords({ name: "b2mml parts", parts: NAMES, read: (document) => readB2mml(document, limits) }),
  );

const LAYOUTS: ReadonlyMap<string, Layout> = new Map(
  Object.values(PARTS).flatMap(({ names, layout }) => names.map((name) => [name, layout] as const)),
);
const NAMES: ReadonlySet<string> = new Set(LAYOUTS.keys());

/** A part that was read when it closed, so that no tree of all parts is kept. */
interface Folded {
  readonly value: Record<string, unknown>;
  readonly notCarried: readonly NotCarried[];
}

function readB2mml(body: Bytes, limits: Partial<XmlLimits>): B2mmlDocument {
  const folded = new Map<XmlElement, Folded>();
  const fold = (element: XmlElement) => {
    if (!NAMES.has(element.name) || !holdsParts(element.parent)) return false;
    checkTimes(element);
    folded.set(element, partOf(element));
    return true;
  };
  try {
    return documentOf(parseXml(body, limits, fold), (element) => folded.get(element) ?? partOf(element));
  } catch (error) {
    if (!(error instanceof ContractBroken)) throw error;
    // Which of how many parts it was is known only when all are there.
    return documentOf(parseXml(body, limits), partOf);
  }
}

/** What stands around parts, and never inside one. */
function holdsParts(element: XmlElement | undefined): boolean {
  if (element === undefined || NAMES.has(element.name)) return false;
  const { name, parent } = element;
  return parent === undefined || name === "DataArea" || (name.endsWith("Information") && holdsParts(parent));
}

function partOf(element: XmlElement): Folded {
  const listed = new Listed(element);
  checkQuantities(element);
  const value = readPart(element, LAYOUTS.get(element.name) ?? {}, listed);
  return { value, notCarried: listed.entries };
}

function documentOf(root: XmlElement, partAt: (element: XmlElement) => Folded): B2mmlDocument {
  if (!KNOWN.test(root.namespace))
    throw brokenAt(root, `the namespace ${NAMESPACE}`, root.namespace || "none");
  const area = child(root, "DataArea");
  const around = new Listed(root);
  const inParts: NotCarried[] = [];
  const found: Record<string, unknown[]> = Object.fromEntries(Object.keys(PARTS).map((name) => [name, []]));
  const take = (element: XmlElement): boolean => {
    for (const [name, { names }] of Object.entries(PARTS)) {
      if (!(names as readonly string[]).includes(element.name)) continue;
      const part = partAt(element);
      found[name]!.push(part.value);
      for (const one of part.notCarried) inParts.push({ ...one, path: `${pathOf(element)}${one.path}` });
      return true;
    }
    return false;
  };
  const listedOf = () => [
    ...inParts,
    ...around.entries.map((one) => ({ ...one, path: root.name + one.path })),
  ];
  const verb = VERBS.findLast((name) => root.name.startsWith(name) && root.name.length > name.length);
  if (verb === undefined || !area) {
    if (!take(root)) {
      checkTimes(root);
      for (const inner of root.children) if (!take(inner)) around.element(inner);
      around.attributes(root);
    }
    return { noun: root.name, ...(found as unknown as Parts), notCarried: listedOf() };
  }
  const created = at(root, "ApplicationArea", "CreationDateTime");
  if (!created)
    throw brokenAt(child(root, "ApplicationArea") ?? root, "the element CreationDateTime", "none");
  if (created.text.trim() === "") throw brokenAt(created, "a date and time of the calendar", "nothing");
  checkTimes(root);
  if (!/^\d/.test(created.text.trim()))
    throw brokenAt(created, "a date and time of the calendar", created.text.trim());
  const acts = area.children.filter(({ name }) => (VERBS as readonly string[]).includes(name));
  if (acts.length !== 1) throw brokenAt(area, `the verb ${verb}`, acts.length === 0 ? "none" : "several");
  if (!verb.startsWith(acts[0]!.name)) throw brokenAt(acts[0]!, `the verb ${verb}`, acts[0]!.name);
  for (const inner of area.children) {
    if (inner === acts[0] || take(inner)) continue;
    // Information wraps lots and definitions; what is neither is listed.
    if (inner.name.endsWith("Information")) {
      around.attributes(inner);
      for (const part of inner.children) if (!take(part)) around.element(part);
    } else around.element(inner);
  }
  const from = at(root, "ApplicationArea", "Sender");
  const sender = textAt(from, "LogicalID");
  // Of what stands around: all but the date, the sender and the parts.
  const read = [created.parent, area, created, from, child(from, "LogicalID")];
  around.attributes(area);
  for (const element of [root, created.parent, created, from, child(from, "LogicalID"), acts[0]]) {
    if (element === undefined) continue;
    around.attributes(element);
    for (const inner of element.children) if (!read.includes(inner)) around.element(inner);
  }
  return {
    verb,
    noun: root.name.slice(verb.length),
    createdAt: created.text.trim(),
    ...(sender === "" ? {} : { sender }),
    ...(found as unknown as Parts),
    notCarried: listedOf(),
  };
}

type Parts = Pick<B2mmlDocument, keyof typeof PARTS>;

const NUMBERS = /^(?:amount|measure|numeric|quantity|decimal|float|double)$/i;
const WHOLE =
  /^(?:integer|int|long|short|byte|unsigned(?:Int|Long|Short|Byte)|(?:positive|nonNegative)Integer)$/i;

/** A quantity is what its data type says; without one it is a number. A property may be any text, typed or not. */
function checkQuantities(element: XmlElement): void {
  let value: XmlElement | undefined;
  for (const inner of element.children) {
    const { name } = inner;
    if (name === "QuantityString" || (name === "ValueString" && value === undefined)) value = inner;
    else if (inner.children.length > 0) checkQuantities(inner);
  }
  if (value) {
    const text = value.text.trim();
    const type = textAt(element, "DataType");
    const numeric = NUMBERS.test(type) || (type === "" && value.name === "QuantityString");
    if (text !== "" && numeric && !DECIMAL.test(text) && !/^[+-]?\d+(?:\.\d+)?[eE][+-]?\d{1,3}$/.test(text)) {
      throw brokenAt(value, "a number", text);
    }
    if (text !== "" && WHOLE.test(type) && !/^[+-]?\d{1,30}$/.test(text))
      throw brokenAt(value, "a whole number", text);
    if (text !== "" && /^(?:boolean|indicator)$/i.test(type) && !/^(?:true|false|0|1)$/.test(text)) {
      throw brokenAt(value, "true or false", text);
    }
  }
}

function writeB2mml(document: B2mmlDocument): Bytes {
  const { verb, noun, createdAt, sender } = document;
  const parts = Object.entries(PARTS)
    .flatMap(([name, { names, layout }]) =>
      (document[name as keyof typeof PARTS] as readonly object[]).map((part) =>
        writePart(names[0]!, part as Record<string, unknown>, layout),
      ),
    )
    .join("");
  const inside = noun.endsWith("Information") ? `<${noun}>\n${parts}</${noun}>\n` : parts;
  if (verb === undefined || createdAt === undefined || !/^\w+$/.test(verb + noun)) {
    throw new ContractBroken(
      "A B2MML document is written as a transaction: it needs a verb, a noun and when it was made.",
      {
        facts: {
          expected: "verb, noun and createdAt",
          found: verb === undefined ? "no verb" : "no createdAt",
        },
      },
    );
  }
  const from =
    sender === undefined ? "" : `<Sender>\n<LogicalID>${escapeXml(sender)}</LogicalID>\n</Sender>\n`;
  const bytes = toBytes(
    `<?xml version="1.0" encoding="UTF-8"?>\n<${verb}${noun} xmlns="${NAMESPACE}" releaseID="">\n` +
      `<ApplicationArea>\n${from}<CreationDateTime>${escapeXml(createdAt)}</CreationDateTime>\n</ApplicationArea>\n` +
      `<DataArea>\n<${verb}/>\n${inside}</DataArea>\n</${verb}${noun}>\n`,
  );
  // Nothing leaves that we would not take in.
  readB2mml(bytes, {});
  return bytes;
}

export type * from "./documents.ts";
