/**
 * Takes values out of elements, and lists what nobody took.
 *
 * Every value of a message passes `textOf`, which notes it at its element. So what no field carries follows from the reading
 * itself and not from a second list of names, and nothing is dropped in silence: each text and each attribute is in the
 * value that was read, or in `notCarried` of the part it stands in.
 */
import { child, isBlank, pathOf, type XmlElement } from "../xml/tree.ts";

/** A text or an attribute that has no field. */
export interface NotCarried {
  /** From the part it stands in: `NtryDtls/TxDtls[2]/Tax/TtlTaxAmt`, `…/@Ccy`. */
  readonly path: string;
  /** Its first 200 characters. */
  readonly text: string;
}

/** The trimmed text, which is carried from here on. */
export function textOf(element: XmlElement): string {
  const text = element.text.trim();
  if (text !== "") element.taken = true;
  return text;
}

/** The trimmed text reached by first children of these names, or `""`. */
export function textAt(element: XmlElement | undefined, ...path: readonly string[]): string {
  let found = element;
  for (let step = 0; step < path.length && found !== undefined; step += 1) found = child(found, path[step]!);
  return found === undefined ? "" : textOf(found);
}

/** So many entries at most for one part; the last says how many more there are. */
const LISTED_MAX = 1_000;
const TEXT_MAX = 200;
const NOTHING: { readonly notCarried?: readonly NotCarried[] } = Object.freeze({});

/** What is inside a part and was not taken, once: a part around it does not list it again. */
export function left(part: XmlElement): { readonly notCarried?: readonly NotCarried[] } {
  const listing = new Listing(part);
  if (part.parent === undefined) listing.attributes(part);
  listing.inside(part);
  part.taken = true;
  return listing.told();
}

class Listing {
  readonly #part: XmlElement;
  #listed: NotCarried[] | undefined;
  #more = 0;

  constructor(part: XmlElement) {
    this.#part = part;
  }

  /** Every element of every entry passes here. */
  inside(element: XmlElement): void {
    for (const inner of element.children) {
      if (inner.attributes.size > 0) this.attributes(inner);
      const blank = inner.text === "" || isBlank(inner.text);
      // What was listed before is a part without a text, and so is taken whole.
      if (inner.taken && (blank || inner.children.length === 0)) continue;
      if (!blank && !inner.taken) this.#add(inner, "", inner.text.trim());
      if (inner.children.length > 0) this.inside(inner);
    }
  }

  told(): { readonly notCarried?: readonly NotCarried[] } {
    if (this.#listed === undefined) return NOTHING;
    if (this.#more > 0) this.#listed.push({ path: "…", text: `${this.#more} more` });
    return { notCarried: this.#listed };
  }

  attributes(element: XmlElement): void {
    for (const [name, value] of element.attributes) {
      // The currency goes with its amount; the others are how XML is written.
      if ((name === "Ccy" && element.taken) || /^xmlns(?::|$)|^xsi:|:schemaLocation$/.test(name)) continue;
      this.#add(element, `/@${name}`, value);
    }
  }

  #add(element: XmlElement, attribute: string, text: string): void {
    this.#listed ??= [];
    if (this.#listed.length >= LISTED_MAX) this.#more += 1;
    else
      this.#listed.push({
        path: `${pathOf(element, this.#part)}${attribute}`,
        text: text.slice(0, TEXT_MAX),
      });
  }
}
