/**
 * Reads XML into a small tree, safely. The codecs of XML formats stand on this; it is no door of its own.
 *
 * Nothing outside the text is ever fetched and no entity is ever expanded: a document type declaration is refused by a
 * scan of the text before the parser sees it. Depth, elements, attributes, text and references are counted. Names keep
 * their namespace, elements know their line and path. What elements mean is for the codec.
 */
import type { Bytes } from "../../std/bytes.ts";
import { ContractBroken } from "../../std/errors.ts";
import {
  broken,
  empty,
  linesBefore,
  TreeBuilder,
  XML_LIMITS,
  type XmlElement,
  type XmlLimits,
} from "./builder.ts";
import { decodeXml } from "./encoding.ts";

export {
  isBlank,
  XML_LIMITS,
  type XmlAttributes,
  type XmlElement,
  type XmlLimits,
} from "./builder.ts";

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
  const builder = new TreeBuilder(bounds, {
    closed: (element) => {
      if (fold?.(element)) empty(element);
    },
  });
  builder.write(text);
  return builder.end();
}

/** By scan, before the parser: what it never sees it cannot get wrong. In a comment they are refused as well. */
function refuseDeclarations(text: string): void {
  // An exclamation mark is rarer than an angle bracket.
  for (let at = text.indexOf("!"); at !== -1; at = text.indexOf("!", at + 1)) {
    if (text[at - 1] !== "<") continue;
    if (!/^(?:DOCTYPE|ENTITY|ELEMENT|ATTLIST|NOTATION)/i.test(text.slice(at + 1, at + 9))) continue;
    const line = 1 + linesBefore(text, at);
    throw broken(line, "no document type declaration", text.slice(at - 1, at + 9).trimEnd());
  }
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

/** The first element of one of these names, wherever it stands. */
export function firstNamed(element: XmlElement, names: ReadonlySet<string>): XmlElement | undefined {
  if (names.has(element.name)) return element;
  for (const inner of element.children) {
    const found = firstNamed(inner, names);
    if (found) return found;
  }
  return undefined;
}

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

/**
 * `Document/BkToCstmrStmt/Stmt[2]/Ntry[1]`: where an element stands, counting namesakes from 1.
 *
 * @param inside where the path begins; without it, at the root
 */
export function pathOf(element: XmlElement, inside?: XmlElement): string {
  let path = "";
  for (let here: XmlElement | undefined = element; here && here !== inside; here = here.parent) {
    const { name, parent } = here;
    const number = parent === undefined ? undefined : numbersIn(parent).get(here);
    const step = number === undefined ? name : `${name}[${number}]`;
    path = path === "" ? step : `${step}/${path}`;
  }
  return path;
}

/** Numbers of elements that have namesakes beside them. */
interface Numbers {
  readonly numbers: ReadonlyMap<XmlElement, number>;
  /** How many children there were, and the last of them: a reader of parts lets go what it has told. */
  readonly of: number;
  readonly last: XmlElement | undefined;
}

/** Counted once for all children: whoever lists the places of thousands would count thousands for each. */
const COUNTED = new WeakMap<XmlElement, Numbers>();

function numbersIn(parent: XmlElement): ReadonlyMap<XmlElement, number> {
  const { children } = parent;
  const known = COUNTED.get(parent);
  if (known?.of === children.length && known.last === children.at(-1)) return known.numbers;
  const namesakes = new Map<string, XmlElement[]>();
  for (const child of children) {
    const others = namesakes.get(child.name);
    if (others === undefined) namesakes.set(child.name, [child]);
    else others.push(child);
  }
  const numbers = new Map<XmlElement, number>();
  for (const all of namesakes.values())
    if (all.length > 1) for (const [at, one] of all.entries()) numbers.set(one, at + 1);
  COUNTED.set(parent, { numbers, of: children.length, last: children.at(-1) });
  return numbers;
}

/** An error at an element. */
export function brokenAt(element: XmlElement, expected: string, found: string): ContractBroken {
  const path = pathOf(element);
  return new ContractBroken(`Line ${element.line}, ${path}: expected ${expected}, found ${found}.`, {
    facts: { line: element.line, path, expected, found: found.slice(0, 80) },
  });
}
