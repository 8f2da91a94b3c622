/**
 * Reads XML into a small tree, safely. The codecs of XML formats stand on this; it is no door of its own.
 *
 * Nothing outside the text is ever fetched and no entity is ever expanded: a document type declaration is refused by a
 * scan of the text before the parser sees it. Depth, elements, attributes, text and references are counted. Names keep
 * their namespace, elements know their line and path. What elements mean is for the codec.
 */
import { SaxesParser } from "saxes";
import type { Bytes } from "../../std/bytes.ts";
import { ContractBroken } from "../../std/errors.ts";
import { decodeXml } from "./encoding.ts";
import { Names } from "./names.ts";

export interface XmlElement {
  /** Without prefix. */
  readonly name: string;
  /** `""` where there is none. */
  readonly namespace: string;
  /** By local name; a prefixed attribute is also found as `prefix:name`. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  /** The text directly inside, pieces and CDATA joined. */
  readonly text: string;
  readonly line: number;
  readonly parent: XmlElement | undefined;
}

export interface XmlLimits {
  readonly bytes: number;
  readonly depth: number;
  readonly elements: number;
  readonly attributes: number;
  /** Characters of text in the whole document. */
  readonly text: number;
  /** `&…;` in the whole document; each costs the parser more than a plain character. */
  readonly references: number;
}

export const XML_LIMITS: XmlLimits = {
  bytes: 52_428_800,
  depth: 100,
  elements: 1_000_000,
  attributes: 256,
  text: 10_485_760,
  references: 100_000,
};

interface Building {
  name: string;
  namespace: string;
  attributes: Map<string, string>;
  children: XmlElement[];
  text: string;
  line: number;
  parent: XmlElement | undefined;
}

export const DANGEROUS: ReadonlySet<string> = new Set(["__proto__", "prototype", "constructor"]);
const NO_ATTRIBUTES: ReadonlyMap<string, string> = new Map();

/** Elements without children share one empty list; most elements have none. */
const CHILDLESS: XmlElement[] = [];
Object.freeze(CHILDLESS);
const BLANK = /^\s*$/;

/**
 * Reads one document and gives its root.
 *
 * @param fold is told of every element when it closes; where it says true, everything inside the element is let go. What was
 * made of it is then all that remains, so a large document takes the memory of its values and not of its tree.
 * @throws {ContractBroken} with `line`, `expected` and `found`
 */
export function parseXml(
  body: Bytes,
  limits: Partial<XmlLimits> = {},
  fold?: (element: XmlElement) => boolean,
): XmlElement {
  const bounds = { ...XML_LIMITS, ...limits };
  if (body.length > bounds.bytes) throw broken(0, `at most ${bounds.bytes} bytes`, String(body.length));
  const text = decodeXml(body);
  refuseDeclarations(text);
  refuseManyReferences(text, bounds.references);

  const parser = new SaxesParser({ xmlns: false, position: true });
  const names = new Names((found) => {
    throw broken(parser.line, "well-formed XML", found);
  });
  const open: Building[] = [];
  let root: XmlElement | undefined;
  let elements = 0;
  let characters = 0;
  const addText = (piece: string) => {
    const inside = open.at(-1);
    if (!inside) return;
    characters += piece.length;
    if (characters > bounds.text)
      throw broken(parser.line, `at most ${bounds.text} characters of text`, "more");
    if (inside.text === "") inside.text = piece;
    // Blanks between elements are layout.
    else if (inside.children.length === 0 || !BLANK.test(piece)) inside.text += piece;
  };
  parser.on("error", (error) => {
    throw broken(parser.line, "well-formed XML", error.message.replace(/^\d+:\d+: |\.$/g, ""), error);
  });
  parser.on("doctype", () => {
    throw broken(parser.line, "no document type declaration", "one");
  });
  parser.on("text", addText);
  parser.on("cdata", addText);
  parser.on("opentag", (tag) => {
    elements += 1;
    if (elements > bounds.elements) throw broken(parser.line, `at most ${bounds.elements} elements`, "more");
    if (open.length >= bounds.depth) throw broken(parser.line, `at most ${bounds.depth} levels`, "more");
    const parent = open.at(-1);
    const attributes = attributesOf(tag.attributes, bounds, parser.line);
    const { local, namespace } = names.open(tag.name, tag.attributes);
    const element: Building = {
      name: local,
      namespace,
      attributes: attributes as Map<string, string>,
      children: CHILDLESS,
      text: "",
      line: parser.line,
      parent,
    };
    if (DANGEROUS.has(local)) throw broken(parser.line, "an element name", local);
    if (parent) {
      // A list that begins with its first element takes no room for sixteen more.
      if (parent.children === CHILDLESS) parent.children = [element];
      else parent.children.push(element);
    }
    root ??= element;
    open.push(element);
  });
  parser.on("closetag", () => {
    names.close();
    const closed = open.pop();
    if (closed && fold?.(closed)) closed.children = CHILDLESS;
  });
  parser.write(text).close();
  if (!root) throw broken(1, "a root element", "none");
  return root;
}

/** Attributes by name, checked and counted. */
export function attributesOf(
  written: Readonly<Record<string, string>>,
  limits: XmlLimits,
  line: number,
): ReadonlyMap<string, string> {
  let attributes: Map<string, string> | undefined;
  let count = 0;
  for (const name in written) {
    count += 1;
    if (count > limits.attributes) throw broken(line, `at most ${limits.attributes} attributes`, "more");
    const colon = name.indexOf(":");
    const local = colon === -1 ? name : name.slice(colon + 1);
    if (DANGEROUS.has(local)) throw broken(line, "an attribute name", local);
    const value = written[name]!;
    attributes ??= new Map();
    if (colon !== -1) attributes.set(name, value);
    // An attribute without prefix is the element's own and wins over a prefixed namesake.
    if (colon === -1 || (!name.startsWith("xmlns:") && !attributes.has(local))) attributes.set(local, value);
  }
  return attributes ?? NO_ATTRIBUTES;
}

/** By scan, before the parser: what it never sees it cannot get wrong. In a comment they are refused as well. */
function refuseDeclarations(text: string): void {
  for (let at = text.indexOf("<!"); at !== -1; at = text.indexOf("<!", at + 2)) {
    if (!/^(?:DOCTYPE|ENTITY|ELEMENT|ATTLIST|NOTATION)/i.test(text.slice(at + 2, at + 10))) continue;
    throw broken(lineAt(text, at), "no document type declaration", text.slice(at, at + 10).trimEnd());
  }
}

function refuseManyReferences(text: string, most: number): void {
  let count = 0;
  for (let at = text.indexOf("&"); at !== -1; at = text.indexOf("&", at + 1)) {
    count += 1;
    if (count > most) throw broken(lineAt(text, at), `at most ${most} references`, "more");
  }
}

function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf("\n"); at !== -1 && at < offset; at = text.indexOf("\n", at + 1)) line += 1;
  return line;
}

/** The first child of this name. Namespaces are checked once, at the root of a format. */
export function child(element: XmlElement | undefined, name: string): XmlElement | undefined {
  if (element === undefined) return undefined;
  // A plain loop: every field of every document passes here.
  for (const found of element.children) if (found.name === name) return found;
  return undefined;
}

export const childrenNamed = (element: XmlElement | undefined, name: string): XmlElement[] =>
  element === undefined ? [] : element.children.filter((found) => found.name === name);

/** The element reached by first children of these names. @example at(entry, "BookgDt", "Dt") */
export function at(element: XmlElement | undefined, ...path: readonly string[]): XmlElement | undefined {
  let found = element;
  for (const name of path) found = child(found, name);
  return found;
}

/** The trimmed text there, or `""`. */
export function textAt(element: XmlElement | undefined, ...path: readonly string[]): string {
  let found = element;
  for (let step = 0; step < path.length && found !== undefined; step += 1) found = child(found, path[step]!);
  return found === undefined ? "" : found.text.trim();
}

/** `Document/BkToCstmrStmt/Stmt[2]/Ntry[1]`: where an element stands, counting namesakes from 1. */
export function pathOf(element: XmlElement): string {
  const steps: string[] = [];
  for (let here: XmlElement | undefined = element; here; here = here.parent) {
    const { name, parent } = here;
    const namesakes = parent?.children.filter((other) => other.name === name) ?? [];
    steps.unshift(namesakes.length > 1 ? `${name}[${namesakes.indexOf(here) + 1}]` : name);
  }
  return steps.join("/");
}

/** An error at an element. */
export function brokenAt(element: XmlElement, expected: string, found: string): ContractBroken {
  const path = pathOf(element);
  return new ContractBroken(`Line ${element.line}, ${path}: expected ${expected}, found ${found}.`, {
    facts: { line: element.line, path, expected, found: found.slice(0, 80) },
  });
}

/** An error at a line. */
export function broken(line: number, expected: string, found: string, cause?: unknown): ContractBroken {
  return new ContractBroken(`Line ${line}: expected ${expected}, found ${found.slice(0, 80)}.`, {
    facts: { line, expected, found: found.slice(0, 80) },
    cause,
  });
}
