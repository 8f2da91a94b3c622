/**
 * Builds elements out of what the scanner tells: the one way text becomes a tree, for whole documents and for parts.
 *
 * Everything a stranger can make large is counted while it is read: depth, elements, attributes, text, references, and
 * what is held of a token that does not end. A document type declaration is refused. What happens to an element when it
 * closes is for the caller, who may let go what is inside it.
 *
 * Every element of every document passes here, so nothing is looked up or allocated that most elements do not need.
 */
import { ContractBroken } from "../../std/errors.ts";
import { attributesOf, type Tag, type XmlAttributes } from "./attributes.ts";
import { DANGEROUS, Names } from "./names.ts";
import { Scanner } from "./scanner.ts";

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
  /** Set by a reader that took the text, or all that is inside: what it did not take it can list. */
  taken: boolean;
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

/** What may be written in pieces before a tag has to open. */
const HELD_MAX = 10_485_760;

export type { XmlAttributes } from "./attributes.ts";

const NONE: readonly string[] = Object.freeze([]);

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
  taken: boolean;
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
  readonly #scanner: Scanner;
  readonly #limits: XmlLimits;
  /** Of what the limits hold for: `" in one part"`, or nothing where it is the document. */
  readonly #within: string;
  readonly #listener: Listener;
  readonly #names = new Names(
    (found) => this.#fail("well-formed XML", found),
    (local) => this.#fail("an element name", local),
  );
  #inside: OpenElement | undefined;
  #depth = 0;
  /** Characters written since a tag opened, so of a comment that does not end as well. */
  #held = 0;
  /** The root, once it is there. */
  root: XmlElement | undefined;

  constructor(limits: XmlLimits, listener: Listener, within = "") {
    this.#limits = limits;
    this.#within = within;
    this.#listener = listener;
    this.#scanner = new Scanner(
      {
        opened: (tag) => this.#opened(tag),
        text: (piece) => this.#text(piece),
        closed: () => this.#closed(),
        tooManyAttributes: () => this.#fail(`at most ${limits.attributes} attributes`, "more"),
        doctype: () => this.#fail("no document type declaration", "one"),
        malformed: (found, cause) => this.#fail("well-formed XML", found, cause),
      },
      limits.attributes,
    );
  }

  /** The line that is read. */
  get line(): number {
    return this.#scanner.line;
  }

  /** @throws {ContractBroken} with `line`, `expected` and `found` */
  write(text: string): void {
    if (this.#held > HELD_MAX) this.#fail(`a tag after at most ${HELD_MAX} characters`, "none");
    this.#held += text.length;
    this.#countReferences(text);
    this.#scanner.write(text);
  }

  /** The text ends here. @throws {ContractBroken} when the document does not */
  end(): XmlElement {
    this.#scanner.close();
    return this.root ?? this.#fail("a root element", "none");
  }

  #fail(expected: string, found: string, cause?: unknown): never {
    throw broken(this.#scanner.line, expected, found, cause);
  }

  #opened(tag: Tag): void {
    const { counts } = this;
    this.#held = 0;
    counts.elements += 1;
    if (counts.elements > this.#limits.elements)
      this.#fail(`at most ${this.#limits.elements} elements${this.#within}`, "more");
    if (this.#depth >= this.#limits.depth) this.#fail(`at most ${this.#limits.depth} levels`, "more");
    this.#depth += 1;
    const { local, namespace } = this.#names.open(tag.name, tag.scoped ? tag.written : NONE);
    // What a tag says is the same each time it stands there.
    tag.attributes ??= this.#attributes(tag.written);
    const parent = this.#inside;
    const element: OpenElement = {
      name: local,
      namespace,
      attributes: tag.attributes,
      children: CHILDLESS,
      text: "",
      line: this.#scanner.line,
      parent,
      taken: false,
    };
    this.#inside = element;
    if (parent === undefined) this.root = element;
    // A list that begins with its first element takes no room for sixteen more.
    else if (parent.children === CHILDLESS) parent.children = [element];
    else parent.children.push(element);
    this.#listener.opened?.(element);
  }

  #text(piece: string): void {
    const inside = this.#inside;
    if (inside === undefined) return;
    this.counts.text += piece.length;
    if (this.counts.text > this.#limits.text)
      this.#fail(`at most ${this.#limits.text} characters of text${this.#within}`, "more");
    if (inside.text === "") inside.text = piece;
    // Blanks between elements are layout.
    else if (inside.children.length === 0 || !isBlank(piece)) inside.text += piece;
  }

  #closed(): void {
    this.#names.close();
    this.#depth -= 1;
    const closed = this.#inside!;
    this.#inside = closed.parent;
    this.#listener.closed(closed);
  }

  #attributes(written: readonly string[]): XmlAttributes {
    for (let at = 0; at < written.length; at += 2) {
      const name = written[at]!;
      const local = name.slice(name.indexOf(":") + 1);
      if (DANGEROUS.has(local)) this.#fail("an attribute name", local);
    }
    return attributesOf(written);
  }

  #countReferences(text: string): void {
    const { references } = this.#limits;
    for (let at = text.indexOf("&"); at !== -1; at = text.indexOf("&", at + 1)) {
      this.counts.references += 1;
      if (this.counts.references > references)
        throw broken(
          this.#scanner.line +
            linesBefore(this.#scanner.rest, Number.POSITIVE_INFINITY) +
            linesBefore(text, at),
          `at most ${references} references${this.#within}`,
          "more",
        );
    }
  }
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
