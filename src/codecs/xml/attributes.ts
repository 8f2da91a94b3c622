/** Tags and their attributes, as they are written and as codecs ask for them. */

/** By local name; a prefixed attribute is also found as `prefix:name`. */
export type XmlAttributes = Pick<
  ReadonlyMap<string, string>,
  "size" | "get" | "has" | "keys" | typeof Symbol.iterator
>;

/** A tag that opens an element. One that is written the same way again may be the same object. */
export interface Tag {
  /** As written. */
  readonly name: string;
  /** Attributes: name and value by turns. */
  readonly written: readonly string[];
  /** It has attributes with prefixes or declares a namespace. */
  readonly scoped: boolean;
  /** It closes the element as well. */
  readonly closes: boolean;
  /** What codecs see of the attributes, once somebody made it. */
  attributes: XmlAttributes | undefined;
}

export function tagOf(name: string, written: readonly string[], closes: boolean): Tag {
  let scoped = false;
  for (let at = 0; at < written.length; at += 2)
    if (written[at] === "xmlns" || written[at]!.includes(":")) scoped = true;
  return { name, written, scoped, closes, attributes: undefined };
}

const NO_ATTRIBUTES: XmlAttributes = new Map();

export function attributesOf(written: readonly string[]): XmlAttributes {
  if (written.length === 0) return NO_ATTRIBUTES;
  const few = written.length <= 2 * FEW && written.every((name, at) => at % 2 === 1 || !name.includes(":"));
  return few ? new FewAttributes(written) : attributesByName(written);
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
