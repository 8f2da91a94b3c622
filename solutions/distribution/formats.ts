/**
 * How documents travel in this solution's HTTP flows: as JSON, with what they are about kept beside them.
 *
 * A mapping returns the target's document and the command it came from. Only the document is written; the command stays
 * in hand, so an answer can be told about the right order without sending our numbers to systems that did not ask.
 */
import type { Codec } from "crossdock";
import { json as jsonCodec } from "crossdock/codecs/json";

/** A document for another system, and what it is about. */
export interface Written<Document, About> {
  readonly document: Document;
  readonly about: About;
}

/** JSON as it arrives, and for documents that need nothing beside them. */
export const json = jsonCodec();

/** Writes the document and keeps to itself what it is about. */
export const documentAs = <Document, About>({
  name,
  mediaType,
  decode,
  encode,
}: Codec<Document>): Codec<Written<Document, About>> => ({
  name,
  mediaType,
  decode: (body) => ({ document: decode(body), about: undefined as About }),
  encode: ({ document }) => encode(document),
});

export const documentAsJson = <Document, About>(): Codec<Written<Document, About>> =>
  documentAs(json as Codec<Document>);
