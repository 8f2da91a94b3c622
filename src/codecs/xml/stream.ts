/**
 * Reads XML of any length, part by part: a part is an element told when it closes and then forgotten.
 *
 * What stands around the parts stays: the elements they are in, and what came before them there. The limits of depth,
 * elements, text and references hold for one part with what was kept, so memory does not grow with the file. As in
 * `tree.ts`, nothing outside is fetched, no entity is expanded and a document type declaration is refused.
 */
import type { Bytes } from "../../std/bytes.ts";
import {
  broken,
  type OpenElement,
  TreeBuilder,
  XML_LIMITS,
  type XmlElement,
  type XmlLimits,
} from "./builder.ts";
import { encodingOf, withoutEncoding } from "./encoding.ts";

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
  readonly #builder: TreeBuilder;
  /** What counted against the limits before each part that is open. */
  readonly #before: { readonly element: OpenElement; readonly elements: number; readonly text: number }[] =
    [];
  #start: Bytes[] = [];
  #startBytes = 0;
  #decoder: TextDecoder | undefined;
  #label = "";
  #first = true;
  #parts: XmlElement[] = [];

  constructor(isPart: (name: string, parent: XmlElement | undefined) => boolean, limits: XmlLimits) {
    this.#isPart = isPart;
    this.#builder = new TreeBuilder(
      limits,
      { opened: (element) => this.#opened(element), closed: (element) => this.#closed(element) },
      " in one part",
    );
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
    this.#builder.end();
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
      throw broken(this.#builder.line, this.#label, "other bytes", cause);
    }
    if (this.#first) text = withoutEncoding(text);
    this.#first = false;
    this.#builder.write(text);
  }

  #opened(element: OpenElement): void {
    if (!this.#isPart(element.name, element.parent)) return;
    const { elements, text } = this.#builder.counts;
    this.#before.push({ element, elements: elements - 1, text });
  }

  #closed(element: OpenElement): void {
    const before = this.#before.at(-1);
    if (before?.element !== element) return;
    this.#before.pop();
    this.#parts.push(element);
    // Forgotten: by its parent, and in what counts against the limits.
    element.parent?.children.pop();
    this.#builder.counts.elements = before.elements;
    this.#builder.counts.text = before.text;
    this.#builder.counts.references = 0;
  }
}
