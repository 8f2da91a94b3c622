/**
 * Reads XML of any length, part by part: a part is an element told when it closes and then forgotten.
 *
 * What stands around the parts stays: the elements they are in, and what came before them there. The limits of depth,
 * elements, text and references hold for one part with what was kept, so memory does not grow with the file. As in
 * `tree.ts`, nothing outside is fetched, no entity is expanded and a document type declaration is refused.
 */
import { SaxesParser } from "saxes";
import type { Bytes } from "../../std/bytes.ts";
import { encodingOf, withoutEncoding } from "./encoding.ts";
import { Names } from "./names.ts";
import { attributesOf, broken, DANGEROUS, XML_LIMITS, type XmlElement, type XmlLimits } from "./tree.ts";

type Building = { -readonly [Key in keyof XmlElement]: XmlElement[Key] } & { children: XmlElement[] };

/**
 * The parts of a document, in order.
 *
 * @param isPart of an element that has just been opened; parts may stand in parts
 * @throws {ContractBroken} with `line`, `expected` and `found`
 */
export async function* readXmlParts(
  chunks: AsyncIterable<Bytes>,
  isPart: (name: string, parent: XmlElement | undefined) => boolean,
  limits: Partial<Omit<XmlLimits, "bytes">> = {},
): AsyncGenerator<XmlElement, void, undefined> {
  const reader = new PartReader(isPart, { ...XML_LIMITS, ...limits });
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += CHUNK) {
      reader.push(chunk.subarray(at, at + CHUNK));
      yield* reader.take();
    }
  }
  reader.end();
  yield* reader.take();
}

const CHUNK = 16_384;
/** Enough to see a byte order mark and an XML declaration. */
const DECLARATION_BYTES = 200;

class PartReader {
  readonly #isPart: (name: string, parent: XmlElement | undefined) => boolean;
  readonly #limits: XmlLimits;
  readonly #parser = new SaxesParser({ xmlns: false, position: true });
  readonly #names = new Names((found) => {
    throw broken(this.#parser.line, "well-formed XML", found);
  });
  readonly #open: { element: Building; part: boolean; elementsBefore: number; textBefore: number }[] = [];
  #start: Bytes[] = [];
  #startBytes = 0;
  #decoder: TextDecoder | undefined;
  #label = "";
  #first = true;
  #parts: XmlElement[] = [];
  #elements = 0;
  #text = 0;
  #references = 0;
  #seen = false;

  constructor(isPart: (name: string, parent: XmlElement | undefined) => boolean, limits: XmlLimits) {
    this.#isPart = isPart;
    this.#limits = limits;
    const parser = this.#parser;
    parser.on("error", (error) => {
      throw broken(parser.line, "well-formed XML", error.message.replace(/^\d+:\d+: |\.$/g, ""), error);
    });
    parser.on("doctype", () => {
      throw broken(parser.line, "no document type declaration", "one");
    });
    const text = (piece: string) => this.#addText(piece);
    parser.on("text", text);
    parser.on("cdata", text);
    parser.on("opentag", (tag) => {
      const attributes = attributesOf(tag.attributes, this.#limits, parser.line);
      const { local, namespace } = this.#names.open(tag.name, tag.attributes);
      if (DANGEROUS.has(local)) throw broken(parser.line, "an element name", local);
      this.#opened(local, namespace, attributes);
    });
    parser.on("closetag", () => {
      this.#names.close();
      this.#closed();
    });
  }

  push(chunk: Bytes): void {
    if (this.#decoder === undefined) {
      this.#start.push(chunk);
      this.#startBytes += chunk.length;
      if (this.#startBytes < DECLARATION_BYTES) return;
      this.#begin();
    } else this.#write(chunk, true);
  }

  end(): void {
    if (this.#decoder === undefined) this.#begin();
    this.#write(new Uint8Array(), false);
    this.#parser.close();
    if (!this.#seen) throw broken(1, "a root element", "none");
  }

  /** The parts closed since it was last asked. */
  take(): XmlElement[] {
    const taken = this.#parts;
    this.#parts = [];
    return taken;
  }

  #begin(): void {
    const start = Buffer.concat(this.#start);
    this.#start = [];
    this.#label = encodingOf(start);
    this.#decoder = new TextDecoder(this.#label, { fatal: true });
    this.#write(start, true);
  }

  #write(chunk: Bytes, stream: boolean): void {
    let text: string;
    try {
      text = this.#decoder?.decode(chunk, { stream }) ?? "";
    } catch (cause) {
      throw broken(this.#parser.line, this.#label, "other bytes", cause);
    }
    if (this.#first) text = withoutEncoding(text);
    this.#first = false;
    for (let at = text.indexOf("&"); at !== -1; at = text.indexOf("&", at + 1)) this.#references += 1;
    if (this.#references > this.#limits.references)
      throw broken(this.#parser.line, `at most ${this.#limits.references} references in one part`, "more");
    this.#parser.write(text);
  }

  #addText(piece: string): void {
    const inside = this.#open.at(-1)?.element;
    if (!inside) return;
    this.#text += piece.length;
    if (this.#text > this.#limits.text)
      throw broken(this.#parser.line, `at most ${this.#limits.text} characters of text in one part`, "more");
    // Blanks between parts would add up.
    if (inside.children.length === 0 || piece.trim() !== "") inside.text += piece;
  }

  #opened(name: string, namespace: string, attributes: ReadonlyMap<string, string>): void {
    const { line } = this.#parser;
    const parent = this.#open.at(-1)?.element;
    if (this.#open.length >= this.#limits.depth)
      throw broken(line, `at most ${this.#limits.depth} levels`, "more");
    const element: Building = { name, namespace, attributes, children: [], text: "", line, parent };
    const part = this.#isPart(name, parent);
    this.#open.push({ element, part, elementsBefore: this.#elements, textBefore: this.#text });
    this.#elements += 1;
    if (this.#elements > this.#limits.elements)
      throw broken(line, `at most ${this.#limits.elements} elements in one part`, "more");
    this.#seen = true;
    parent?.children.push(element);
  }

  #closed(): void {
    const closed = this.#open.pop();
    if (!closed?.part) return;
    this.#parts.push(closed.element);
    // Forgotten: by its parent, and in what counts against the limits.
    (closed.element.parent?.children as XmlElement[] | undefined)?.pop();
    this.#elements = closed.elementsBefore;
    this.#text = closed.textBefore;
    this.#references = 0;
  }
}
