/**
 * Bank statements: ISO 20022 camt.053, the door.
 *
 * Every version from 001.01 on is read into one shape, and version 8 is written. camt.052 reports and camt.054
 * notifications share body and shape; `bankMessage` reads them.
 */
import type { Codec } from "../codec.ts";
import type { XmlLimits } from "../xml/tree.ts";
import { KINDS, readBankDocument } from "./read.ts";
import type { BankDocument } from "./statement.ts";
import { writeBankDocument } from "./write.ts";

/** The camt.053 codec. @example camt053().decode(bytes).statements[0]?.entries */
export const camt053 = (limits: Partial<XmlLimits> = {}): Codec<BankDocument> =>
  bankMessage("camt.053", limits);

/** The codec of one kind of account message. */
export function bankMessage(kind: keyof typeof KINDS, limits: Partial<XmlLimits> = {}): Codec<BankDocument> {
  return {
    name: kind.replace(".", ""),
    mediaType: "application/xml",
    decode: (body) => readBankDocument(body, KINDS[kind], limits),
    encode: (document) => writeBankDocument(document, KINDS[kind]),
  };
}

export * from "./statement.ts";
