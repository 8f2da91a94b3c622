/** A partner that speaks EDIFACT: everything it sends is answered with a CONTRL, everything we send it goes out as EDIFACT. */
import { carried } from "crossdock";
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
import type { Filled } from "../settings.ts";
import { type Envelope, interchangeFlows, type Standard } from "./partner-interchange.ts";

/** The messages agreed with the partner, in and out. */
const AGREED = ["ORDERS", "ORDCHG", "REMADV", "CONTRL", "APERAK"] as const;
const MESSAGES = {
  "order-acknowledgement": "ORDRSP",
  "despatch-advice": "DESADV",
  invoice: "INVOIC",
} as const;

const read = ({ sender, reference, date, time }: EdifactPart["interchange"]): Envelope => ({
  sender: sender.id,
  number: reference,
  date,
  time,
});

const EDIFACT: Standard<EdifactDocument, EdifactPart> = {
  codec: codec(),
  opening: "UNB",
  parts: "messages",
  partsOf,
  envelopesOf: ({ interchanges }) => interchanges.map(read),
  envelopeOf: ({ interchange }) => read(interchange),
  kindOf: ({ message }) => message.type,
  agreed: AGREED,
  answers: ({ message }) => (message.type === "CONTRL" ? readControl(message).interchange : null),
  read: ({ message }, around) => edifact[message.type as (typeof AGREED)[number]].read(message, around),
  acknowledgement: {
    name: "CONTRL",
    of: ({ interchanges: [interchange] }) => interchange && read(interchange),
    write(document, { number, ...clock }) {
      const written = acknowledge(document, { ...clock, reference: number });
      return written && generate(written);
    },
  },
  parse,
  names: MESSAGES,
  write(told, document, around, { ourselves, partner, date, time, number }) {
    const { draft, notCarried } = edifact[MESSAGES[told as keyof typeof MESSAGES]].write(document, around);
    const outside = {
      sender: { id: ourselves.id },
      recipient: { id: partner.edi.id },
      date,
      time,
      reference: number,
    };
    return carried(envelope(outside, [draft]), notCarried);
  },
};

export const edifactFlows = (lines: Connections, settings: Filled) =>
  interchangeFlows(EDIFACT, lines, settings);
