/**
 * Messages of ISO 20022 among unknown files: XML whose document has a namespace or a body of the standard.
 *
 * Account and payment messages are read in full. Any other (payments between banks, securities, a business header alone) is
 * read as well-formed XML, and its header must announce the message that comes.
 */
import { ContractBroken } from "../../std/errors.ts";
import { type Probe, type Reading, readWhole } from "../probe.ts";
import { parseXml, XML_LIMITS } from "../xml/tree.ts";
import { envelopeOf } from "./envelope.ts";
import { KINDS } from "./read-account.ts";
import { DEBITS, readPaymentInitiation, TRANSFERS } from "./read-payment.ts";
import { ADVICE, readPaymentStatus, readRemittanceAdvice, STATUS_KINDS } from "./read-status.ts";
import { readBankEntries } from "./stream.ts";

const named = (name: string, body: string): RegExp =>
  new RegExp(`<(?:[\\w.-]+:)?(?:${body}(?:V\\d\\d)?|${name.replace(".", "\\.")}\\.001\\.\\d\\d)[\\s>/]`);

const account = (kind: (typeof KINDS)[keyof typeof KINDS]): Probe => ({
  codec: kind.name.replace(".", ""),
  recognises: (start) => named(kind.name, kind.body).test(startText(start)),
  async read(chunks): Promise<Reading> {
    let documents = 0;
    let messageType: string = kind.name;
    try {
      for await (const event of readBankEntries(chunks)) {
        if (event.kind === "statement") documents += 1;
        if (event.kind === "message") messageType = event.message.messageType;
      }
    } catch (error) {
      if (!(error instanceof ContractBroken)) throw error;
      const { line } = error.facts;
      const refused = { line: typeof line === "number" ? line : null, reason: error.message };
      return { documents, kinds: { [messageType]: documents }, refused };
    }
    return { documents, kinds: { [messageType]: documents } };
  },
});

const whole = (
  kind: { readonly name: string; readonly body: string },
  decode: (body: Uint8Array) => { readonly messageType: string },
): Probe => ({
  codec: kind.name.replace(".", ""),
  recognises: (start) => named(kind.name, kind.body).test(startText(start)),
  read: (chunks) =>
    readWhole(chunks, XML_LIMITS.bytes, (body) => ({
      documents: 1,
      kinds: { [decode(body).messageType]: 1 },
    })),
});

const other: Probe = {
  codec: "iso20022",
  recognises: (start) => /<(?:[\w.-]+:)?(?:Document|AppHdr)\s[^>]*iso:20022:tech:xsd:/.test(startText(start)),
  read: (chunks) =>
    readWhole(chunks, XML_LIMITS.bytes, (body) => {
      const { messageType } = envelopeOf(parseXml(body));
      return { documents: 1, kinds: { [messageType]: 1 } };
    }),
};

/**
 * The beginning of an XML file as text, "" of any other. UTF-16 shows as text with NULs between the letters; dropping them
 * is enough to recognise a name.
 */
function startText(start: Uint8Array): string {
  const text = Buffer.from(start).toString("latin1").replaceAll("\0", "");
  return /^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?\s*</.test(text) ? text : "";
}

export const probes: readonly Probe[] = [
  ...Object.values(KINDS).map(account),
  whole(TRANSFERS, (body) => readPaymentInitiation(body, TRANSFERS)),
  whole(DEBITS, (body) => readPaymentInitiation(body, DEBITS)),
  ...STATUS_KINDS.map((kind) => whole(kind, readPaymentStatus)),
  whole(ADVICE, readRemittanceAdvice),
  other,
];
