/** A partner that speaks X12: everything it sends is acknowledged with a 997, everything we send it goes out as X12. */
import { type Carried, type ContractBroken, carried, type Flow, flow, type Message } from "crossdock";
import { telling } from "crossdock/canon";
import {
  acknowledge997,
  x12 as codec,
  envelope,
  generate,
  parse,
  partsOf,
  readFunctionalAcknowledgement,
  type X12Document,
  type X12Part,
} from "crossdock/codecs/x12";
import { x12 } from "crossdock/mappings/x12";
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

/** The sets agreed with the partner. */
const AGREED = ["850", "860", "820", "997", "999"] as const;
type Agreed = (typeof AGREED)[number];
const isAgreed = (type: string): type is Agreed => (AGREED as readonly string[]).includes(type);

/** Where the order stands that an acknowledgement is about: found by the control number of what we sent. */
const acknowledgedDocument = ({ set }: X12Part) =>
  set.type === "997" || set.type === "999"
    ? [
        {
          key: {
            type: "partnerDocument",
            value: control(readFunctionalAcknowledgement(set).groupControlNumber),
          },
          give: "order",
        },
      ]
    : [];

/** The partner counts its interchanges; a file that holds several is known by its name and content alone. */
const interchangeNumber = ({ interchanges: [only, ...more] }: X12Document) =>
  only && more.length === 0 ? `${only.sender.id} ${control(only.controlNumber)}` : null;

const told =
  (settings: Filled) =>
  ({ interchange, set, order }: X12Part & { order: string | null }): Carried<Message[]> => {
    fromPartner(settings, interchange.sender.id, "ISA");
    const around = agreed(settings, { controlNumber: control(interchange.controlNumber), order });
    return facts(settings, x12[set.type as Agreed].read(set, around));
  };

const acknowledged =
  (settings: Filled) =>
  (document: X12Document, parts: readonly { readonly refused?: ContractBroken }[]): Message[] => {
    const [interchange] = document.interchanges;
    const group = interchange?.groups.find(({ functionalId }) => functionalId !== "FA");
    if (!interchange || !group) return [];
    const date = /^\d{8}$/.test(group.date) ? group.date : interchange.date;
    const sent = { ackOf: control(interchange.controlNumber), date, time: interchange.time };
    return answer(settings, sent, parts, ({ number, ...clock }) => {
      const written = acknowledge997(document, { ...clock, controlNumber: number });
      return written && generate(written);
    });
  };

const SETS = { "order-acknowledgement": "855", "despatch-advice": "856", invoice: "810" } as const;

type Told = keyof typeof SETS;

const toX12 =
  (settings: Filled) =>
  (document: SendDocument): Carried<X12Document> => {
    const before = writtenBefore(document);
    if (before) return carried(parse(before), []);
    const { draft, notCarried } = x12[SETS[document.document.type as Told]].write(
      toTell(document),
      agreed(settings, { at: document.writtenAt, controlNumber: document.controlNumber }),
    );
    const date = document.writtenAt.slice(0, 10);
    const time = document.writtenAt.slice(11, 16);
    const written = envelope(
      {
        sender: settings.ourselves,
        receiver: settings.partner.edi,
        date,
        time,
        controlNumber: document.controlNumber,
      },
      [draft],
    );
    return carried(written, notCarried);
  };

export const x12Flows = ({ acmeMailbox, acmeOutbox }: Connections, settings: Filled): Flow[] => [
  flow("acme-in")
    .from(acmeMailbox)
    .decode(codec())
    .identify("interchange number", interchangeNumber)
    .acknowledge("997", acknowledged(settings))
    .split("transaction sets", partsOf)
    .keep("this document is none we agreed on", ({ set }) => isAgreed(set.type))
    .lookUp(
      "order of an acknowledged document",
      acknowledgedDocument,
      (part, [order]) => ({ ...part, order: order ?? null }),
      { optional: true },
    )
    .publishAs(TOLD, told(settings)),

  flow("acme-out").on(telling.SendDocument).map(toX12(settings)).deliver(acmeOutbox, codec()),
];
