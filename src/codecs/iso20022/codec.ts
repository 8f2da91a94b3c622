/**
 * Messages between companies and banks in ISO 20022: the door.
 *
 * Account messages (camt.052, 053, 054) and payment messages (pain.001, 002, 008, remt.001) of every version in one shape
 * each; those we send are written: camt.052 to 054 as version 8, pain.001 as 9, pain.008 as 8. The others refuse to be
 * written. Every reader stands on the XML reader that expands nothing.
 */
import type { Bytes } from "../../std/bytes.ts";
import { Unusable } from "../../std/errors.ts";
import type { Codec } from "../codec.ts";
import { parseXml, type XmlLimits } from "../xml/tree.ts";
import { type Envelope, envelopeOf } from "./envelope.ts";
import type { PaymentInitiation, PaymentStatusReport, RemittanceAdvice } from "./payment.ts";
import { KINDS, readBankDocument } from "./read-account.ts";
import { DEBITS, readPaymentInitiation, TRANSFERS } from "./read-payment.ts";
import { readPaymentStatus, readRemittanceAdvice } from "./read-status.ts";
import type { BankDocument } from "./statement.ts";
import { writeBankDocument } from "./write-account.ts";
import { writeDebits, writeTransfers } from "./write-payment.ts";

type Limits = Partial<XmlLimits>;

/** Intraday reports. */
export const camt052 = (limits: Limits = {}): Codec<BankDocument> => bankMessage("camt.052", limits);
/** Statements. @example camt053().decode(bytes).statements[0]?.entries */
export const camt053 = (limits: Limits = {}): Codec<BankDocument> => bankMessage("camt.053", limits);
/** Notifications of single entries. */
export const camt054 = (limits: Limits = {}): Codec<BankDocument> => bankMessage("camt.054", limits);

/** The codec of one kind of account message. */
export const bankMessage = (kind: keyof typeof KINDS, limits: Limits = {}): Codec<BankDocument> =>
  codec(
    kind,
    (body) => readBankDocument(body, KINDS[kind], limits),
    (document) => writeBankDocument(document, KINDS[kind]),
  );

/** Credit transfers we order. */
export const pain001 = (limits: Limits = {}): Codec<PaymentInitiation> =>
  codec("pain.001", (body) => readPaymentInitiation(body, TRANSFERS, limits), writeTransfers);

/** Direct debits we collect. */
export const pain008 = (limits: Limits = {}): Codec<PaymentInitiation> =>
  codec("pain.008", (body) => readPaymentInitiation(body, DEBITS, limits), writeDebits);

/** What became of payments; reads pacs.002 too. Only banks write it. */
export const pain002 = (limits: Limits = {}): Codec<PaymentStatusReport> =>
  codec("pain.002", (body) => readPaymentStatus(body, limits), onlyRead("pain.002"));

/** What a payment that goes another way is for. */
export const remt001 = (limits: Limits = {}): Codec<RemittanceAdvice> =>
  codec("remt.001", (body) => readRemittanceAdvice(body, limits), onlyRead("remt.001"));

/** What any message of the standard says around its content: type, business header, sides. */
export const readEnvelope = (body: Bytes, limits: Limits = {}): Envelope =>
  envelopeOf(parseXml(body, limits));

const codec = <Document>(
  name: string,
  decode: (body: Bytes) => Document,
  encode: (document: Document) => Bytes,
): Codec<Document> => ({ name: name.replace(".", ""), mediaType: "application/xml", decode, encode });

const onlyRead = (name: string) => (): Bytes => {
  throw new Unusable(`A ${name} is read, not written: others send it to us.`);
};

export type { NotCarried } from "./carried.ts";
export type { Envelope } from "./envelope.ts";
export * from "./payment.ts";
export * from "./records.ts";
export * from "./statement.ts";
export { type BankEvent, type EntryPlace, readBankEntries } from "./stream.ts";
