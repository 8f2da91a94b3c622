/**
 * Builds elements out of what the parser tells: the one way text becomes a tree, for whole documents and for parts.
 *
 * Everything a stranger can make large is counted while it is read: depth, elements, attributes, text, references, and
 * what the parser holds of a token that does not end. A document type declaration is refused. What happens to an element
 * when it closes is for the caller, who may let go what is inside it.
 *
 * Every element of every document passes here, so nothing is looked up or allocated that most elements do not need.
 */
import { SaxesParser } from "saxes";
import { ContractBroken } from "../../std/errors.ts";
import { DANGEROUS, Names } from "./names.ts";

export interface XmlElement {
  /** Without prefix. */
  readonly name: string;
  /** `""` where there is none. */
  readonly namespace: string;
  readonly attributes: XmlAttributes;
  readonly children: readonly XmlElement[];
  /** The text directly inside, pieces and CDATA joined. */
  readonly text: string;
  readonly line: number;
  readonly parent: XmlElement | undefined;
}

/** By local name; a prefixed attribute is also found as `prefix:name`. */
export type XmlAttributes = Pick<
  ReadonlyMap<string, string>,
  "size" | "get" | "has" | "keys" | typeof Symbol.iterator
>;

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

const NO_ATTRIBUTES: XmlAttributes = new Map();

/** Elements without children share one empty list; most elements have none. */
const CHILDLESS: XmlElement[] = [];
Object.freeze(CHILDLESS);

/** An element that is still being read. */
export interface OpenElement {
  readonly name: string;
  readonly namespace: string;
  readonly attributes: XmlAttributes;
  children: XmlElement[];
  text: string;
  readonly line: number;
  readonly parent: OpenElement | undefined;
}

/** What counts against the limits. Whoever lets go of a part sets it back. */
export interface Counts {
  elements: number;
  text: number;
  references: number;
}

export interface Listener {
  /** The element stands in its parent and has no children yet. */
  opened?(element: OpenElement): void;
  closed(element: OpenElement): void;
}

export class TreeBuilder {
  readonly counts: Counts = { elements: 0, text: 0, references: 0 };
  readonly #parser = new SaxesParser({ xmlns: false, position: true });
  readonly #limits: XmlLimits;
  /** Of what the limits hold for: `" in one part"`, or nothing where it is the document. */
  readonly #within: string;
  /** The root, once it is there. */
  root: XmlElement | undefined;

  constructor(limits: XmlLimits, listener: Listener, within = "") {
    this.#limits = limits;
    this.#within = within;
    this.#listen(listener);
  }

  /** The line the parser is at. */
  get line(): number {
    return this.#parser.line;
  }

  /** @throws {ContractBroken} with `line`, `expected` and `found` */
  write(text: string): void {
    this.#countReferences(text);
    this.#parser.write(text);
  }

  /** The text ends here. @throws {ContractBroken} when the document does not */
  end(): XmlElement {
    this.#parser.close();
    return this.root ?? this.#fail("a root element", "none");
  }

  #fail(expected: string, found: string, cause?: unknown): never {
    throw broken(this.#parser.line, expected, found, cause);
  }

  #listen(listener: Listener): void {
    const parser = this.#parser;
    const { counts } = this;
    const limits = this.#limits;
    const names = new Names(
      (found) => this.#fail("well-formed XML", found),
      (local) => this.#fail("an element name", local),
    );
    const toldOfOpening = listener.opened !== undefined;
    /** Name and value by turns, of the tag that is being read. */
    let written: string[] = [];
    let inside: OpenElement | undefined;
    let depth = 0;
    const addText = (piece: string) => {
      if (inside === undefined) return;
      counts.text += piece.length;
      if (counts.text > limits.text)
        this.#fail(`at most ${limits.text} characters of text${this.#within}`, "more");
      if (inside.text === "") inside.text = piece;
      // Blanks between elements are layout.
      else if (inside.children.length === 0 || !isBlank(piece)) inside.text += piece;
    };
    parser.on("error", (error) =>
      this.#fail("well-formed XML", error.message.replace(/^\d+:\d+: |\.$/g, ""), error),
    );
    parser.on("doctype", () => this.#fail("no document type declaration", "one"));
    parser.on("text", addText);
    parser.on("cdata", addText);
    parser.on("attribute", ({ name, value }) => {
      if (written.length >= 2 * limits.attributes)
        this.#fail(`at most ${limits.attributes} attributes`, "more");
      written.push(name, value);
    });
    parser.on("opentag", (tag) => {
      const { line } = parser;
      counts.elements += 1;
      if (counts.elements > limits.elements)
        this.#fail(`at most ${limits.elements} elements${this.#within}`, "more");
      if (depth >= limits.depth) this.#fail(`at most ${limits.depth} levels`, "more");
      depth += 1;
      const { local, namespace } = names.open(tag.name, written);
      let attributes = NO_ATTRIBUTES;
      if (written.length > 0) {
        attributes = this.#attributes(written);
        written = [];
      }
      const parent = inside;
      inside = { name: local, namespace, attributes, children: CHILDLESS, text: "", line, parent };
      if (parent === undefined) this.root = inside;
      // A list that begins with its first element takes no room for sixteen more.
      else if (parent.children === CHILDLESS) parent.children = [inside];
      else parent.children.push(inside);
      if (toldOfOpening) listener.opened!(inside);
    });
    parser.on("closetag", () => {
      names.close();
      depth -= 1;
      const closed = inside!;
      inside = closed.parent;
      listener.closed(closed);
    });
  }

  #attributes(written: readonly string[]): XmlAttributes {
    let plain = written.length <= 2 * FEW;
    for (let at = 0; at < written.length; at += 2) {
      const name = written[at]!;
      const colon = name.indexOf(":");
      if (colon !== -1) plain = false;
      if (DANGEROUS.has(name.slice(colon + 1))) this.#fail("an attribute name", name.slice(colon + 1));
    }
    return plain ? new FewAttributes(written) : attributesByName(written);
  }

  #countReferences(text: string): void {
    const { references } = this.#limits;
    for (let at = text.indexOf("&"); at !== -1; at = text.indexOf("&", at + 1)) {
      this.counts.references += 1;
      if (this.counts.references > references)
        throw broken(
          this.#parser.line + linesBefore(text, at),
          `at most ${references} references${this.#within}`,
          "more",
        );
    }
  }
}

/** As many attributes as are found faster one by one than in a map. */
const FEW = 8;

/** Attributes without prefixes, as they were written: name and value by turns. Almost all are such. */
class FewAttributes implements XmlAttributes {
  readonly #written: readonly string[];

  constructor(written: readonly string[]) {
    this.#written = written;
  }

  get size(): number {
    return this.#written.length / 2;
  }

  get(name: string): string | undefined {
    const written = this.#written;
    for (let at = 0; at < written.length; at += 2) if (written[at] === name) return written[at + 1];
    return undefined;
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  keys(): MapIterator<string> {
    return attributesByName(this.#written).keys();
  }

  [Symbol.iterator](): MapIterator<[string, string]> {
    return attributesByName(this.#written)[Symbol.iterator]();
  }
}

function attributesByName(written: readonly string[]): Map<string, string> {
  const attributes = new Map<string, string>();
  for (let at = 0; at < written.length; at += 2) {
    const name = written[at]!;
    const value = written[at + 1]!;
    const colon = name.indexOf(":");
    const local = colon === -1 ? name : name.slice(colon + 1);
    if (colon !== -1) attributes.set(name, value);
    // An attribute without prefix is the element's own and wins over a prefixed namesake.
    if (colon === -1 || (!name.startsWith("xmlns:") && !attributes.has(local))) attributes.set(local, value);
  }
  return attributes;
}

/** Lets go of what is inside an element. What was made of it is then all that remains. */
export function empty(element: OpenElement): void {
  element.children = CHILDLESS;
}

/** Nothing but the white space of XML. */
export function isBlank(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code !== 0x20 && code !== 0x0a && code !== 0x09 && code !== 0x0d) return false;
  }
  return true;
}

/** Line ends before an offset. */
export function linesBefore(text: string, offset: number): number {
  let lines = 0;
  for (let at = text.indexOf("\n"); at !== -1 && at < offset; at = text.indexOf("\n", at + 1)) lines += 1;
  return lines;
}

/** An error at a line. */
export function broken(line: number, expected: string, found: string, cause?: unknown): ContractBroken {
  return new ContractBroken(`Line ${line}: expected ${expected}, found ${found.slice(0, 80)}.`, {
    facts: { line, expected, found: found.slice(0, 80) },
    cause,
  });
}
