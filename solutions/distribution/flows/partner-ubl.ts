/** A partner that speaks UBL: one document a file, and no acknowledgement of syntax, which UBL does not have. */
import { type Carried, carried, type Flow, flow, type Message } from "crossdock";
import { telling } from "crossdock/canon";
import { ubl as codec, type UblMessage } from "crossdock/codecs/ubl";
import { ubl } from "crossdock/mappings/ubl";
import type { Connections } from "../connections.ts";
import { agreed, facts, type SendDocument, TOLD, toTell } from "../mappings/partner.ts";
import type { Filled } from "../settings.ts";

/** The documents agreed with the partner. */
const AGREED = ["Order", "OrderChange", "OrderCancellation"] as const;
type Agreed = (typeof AGREED)[number];

const told =
  (settings: Filled) =>
  (message: UblMessage): Carried<Message[]> =>
    facts(settings, ubl[message.kind as Agreed].read(message, agreed(settings)));

const DOCUMENTS = {
  "order-acknowledgement": "OrderResponse",
  "despatch-advice": "DespatchAdvice",
  invoice: "Invoice",
} as const;
type Told = keyof typeof DOCUMENTS;

const toUbl =
  (settings: Filled) =>
  (document: SendDocument): Carried<UblMessage> => {
    const { draft, notCarried } = ubl[DOCUMENTS[document.document.type as Told]].write(
      toTell(document),
      agreed(settings, { at: document.writtenAt }),
    );
    return carried(draft, notCarried);
  };

export const ublFlows = ({ acmeMailbox, acmeOutbox }: Connections, settings: Filled): Flow[] => [
  flow("acme-in")
    .from(acmeMailbox)
    .decode(codec())
    .keep("this document is none we agreed on", ({ kind }) => (AGREED as readonly string[]).includes(kind))
    .publishAs(TOLD, told(settings)),

  flow("acme-out").on(telling.SendDocument).map(toUbl(settings)).deliver(acmeOutbox, codec()),
];
