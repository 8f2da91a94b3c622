/** Bank messages among unknown files: XML whose document has the namespace or the body of camt.052, 053 or 054. */
import { type Probe, readWhole } from "../probe.ts";
import { XML_LIMITS } from "../xml/tree.ts";
import { KINDS, type MessageKind, readBankDocument } from "./read.ts";

const probeOf = (kind: MessageKind): Probe => {
  const named = new RegExp(
    `iso:20022:tech:xsd:${kind.name.replace(".", "\\.")}\\.|<(?:\\w+:)?${kind.body}(?:V\\d\\d)?[\\s>]`,
  );
  return {
    codec: kind.name.replace(".", ""),
    recognises: (start) => named.test(startText(start)),
    read: (chunks) =>
      readWhole(chunks, XML_LIMITS.bytes, (body) => {
        const { statements, messageType } = readBankDocument(body, kind);
        return { documents: statements.length, kinds: { [messageType]: statements.length } };
      }),
  };
};

/** UTF-16 shows as text with NULs between the letters; dropping them is enough to recognise a name. */
const startText = (start: Uint8Array): string => Buffer.from(start).toString("latin1").replaceAll("\0", "");

export const probes: readonly Probe[] = Object.values(KINDS).map(probeOf);
