/**
 * A codec turns bytes into a document and back, and knows nothing else.
 *
 * It is a pure function pair: no contract, no I/O, no clock. What does not decode throws `ContractBroken` whose facts
 * name the place (`line`, `segment`, `path` or `offset`), what was `expected` and what was `found`.
 */
import type { Bytes } from "../std/bytes.ts";

export interface Codec<Document> {
  readonly name: string;
  /** The media type it writes, e.g. `application/json`. */
  readonly mediaType: string;
  /** Of a codec that writes several kinds of document: the media type of this one. */
  mediaTypeOf?(document: Document): string;
  decode(body: Bytes): Document;
  encode(document: Document): Bytes;
}
