/**
 * How documents travel in this solution: as JSON, with what they are about kept beside them.
 *
 * Only the document is written; the command stays in hand, so an answer can be told about the right thing.
 */
import type { Codec } from "crossdock";
import { json as jsonCodec } from "crossdock/codecs/json";

export const json = jsonCodec();

export interface Written<Document, About> {
  readonly document: Document;
  readonly about: About;
}

export const documentAsJson = <Document, About>(): Codec<Written<Document, About>> => ({
  name: "json",
  mediaType: json.mediaType,
  decode: (body) => ({ document: json.decode(body) as Document, about: undefined as About }),
  encode: ({ document }) => json.encode(document),
});
