/** A partner that speaks EDIFACT: everything it sends is answer with a CONTRL, everything we send it goes out as EDIFACT. */
import { type Carried, type ContractBroken, carried, type Flow, flow, type Message } from "crossdock";
import { telling } from "crossdock/canon";
import {
  acknowledge,
  edifact as codec,
  type EdifactDocument,
  type EdifactPart,
  envelope,
  generate,
  parse,
  partsOf,
  readControl,
} from "crossdock/codecs/edifact";
import { edifact } from "crossdock/mappings/edifact";
import type { Connections } from "../connections.ts";
import {
  agreed,
  answer,
  control,
  facts,
  fromPartner,
  type SendDocument,
  TOLD,
  toTell,
  writtenBefore,
} from "../mappings/partner.ts";
import type { Filled } from "../settings.ts";

/** The messages agreed with the partner. */
const AGREED = ["ORDERS", "ORDCHG", "REMADV", "CONTRL", "APERAK"] as const;
type Agreed = (typeof AGREED)[number];
const isAgreed = (type: string): type is Agreed => (AGREED as readonly string[]).includes(type);

/** Where the order stands that an answer is about: found by the reference of the interchange we sent. */
const acknowledgedDocument = ({ message }: EdifactPart) =>
  message.type === "CONTRL"
    ? [{ key: { type: "partnerDocument", value: control(readControl(message).interchange) }, give: "order" }]
    : [];

/** The partner counts its interchanges; a file that holds several is known by its name and content alone. */
const interchangeNumber = ({ interchanges: [only, ...more] }: EdifactDocument) =>
  only && more.length === 0 ? `${only.sender.id} ${control(only.reference)}` : null;

const told =
  (settings: Filled) =>
  ({ interchange, message, order }: EdifactPart & { order: string | null }): Carried<Message[]> => {
    fromPartner(settings, interchange.sender.id, "UNB");
    const around = agreed(settings, { controlNumber: control(interchange.reference), order });
    return facts(settings, edifact[message.type as Agreed].read(message, around));
  };

const acknowledged =
  (settings: Filled) =>
  (document: EdifactDocument, parts: readonly { readonly refused?: ContractBroken }[]): Message[] => {
    const [interchange] = document.interchanges;
    if (!interchange) return [];
    const { reference, date, time } = interchange;
    return answer(settings, { ackOf: control(reference), date, time }, parts, ({ number, ...clock }) => {
      const written = acknowledge(document, { ...clock, reference: number });
      return written && generate(written);
    });
  };

const MESSAGES = {
  "order-acknowledgement": "ORDRSP",
  "despatch-advice": "DESADV",
  invoice: "INVOIC",
} as const;

type Told = keyof typeof MESSAGES;

const toEdifact =
  (settings: Filled) =>
  (document: SendDocument): Carried<EdifactDocument> => {
    const before = writtenBefore(document);
    if (before) return carried(parse(before), []);
    const { draft, notCarried } = edifact[MESSAGES[document.document.type as Told]].write(
      toTell(document),
      agreed(settings, { at: document.writtenAt, controlNumber: document.controlNumber }),
    );
    const { ourselves, partner } = settings;
    const written = envelope(
      {
        sender: { id: ourselves.id },
        recipient: { id: partner.edi.id },
        date: document.writtenAt.slice(0, 10),
        time: document.writtenAt.slice(11, 16),
        reference: document.controlNumber,
      },
      [draft],
    );
    return carried(written, notCarried);
  };

export const edifactFlows = ({ acmeMailbox, acmeOutbox }: Connections, settings: Filled): Flow[] => [
  flow("acme-in")
    .from(acmeMailbox)
    .decode(codec())
    .identify("interchange number", interchangeNumber)
    .acknowledge("CONTRL", acknowledged(settings))
    .split("messages", partsOf)
    .keep("this message is none we agreed on", ({ message }) => isAgreed(message.type))
    .lookUp(
      "order of an acknowledged document",
      acknowledgedDocument,
      (part, [order]) => ({ ...part, order: order ?? null }),
      { optional: true },
    )
    .publishAs(TOLD, told(settings)),

  flow("acme-out").on(telling.SendDocument).map(toEdifact(settings)).deliver(acmeOutbox, codec()),
];
