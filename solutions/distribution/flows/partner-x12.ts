/** A partner that speaks X12: everything it sends is acknowledged with a 997, everything we send it goes out as X12. */
import { carried } from "crossdock";
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
import type { Filled } from "../settings.ts";
import { type Envelope, interchangeFlows, type Standard } from "./partner-interchange.ts";

/** The sets agreed with the partner, in and out. */
const AGREED = ["850", "860", "820", "997", "999"] as const;
const SETS = { "order-acknowledgement": "855", "despatch-advice": "856", invoice: "810" } as const;

const read = ({ sender, controlNumber, date, time }: X12Part["interchange"]): Envelope => ({
  sender: sender.id,
  number: controlNumber,
  date,
  time,
});

const X12: Standard<X12Document, X12Part> = {
  codec: codec(),
  opening: "ISA",
  parts: "transaction sets",
  partsOf,
  envelopesOf: ({ interchanges }) => interchanges.map(read),
  envelopeOf: ({ interchange }) => read(interchange),
  kindOf: ({ set }) => set.type,
  agreed: AGREED,
  answers: ({ set }) =>
    set.type === "997" || set.type === "999" ? readFunctionalAcknowledgement(set).groupControlNumber : null,
  read: ({ set }, around) => x12[set.type as (typeof AGREED)[number]].read(set, around),
  acknowledgement: {
    name: "997",
    of({ interchanges: [interchange] }) {
      const group = interchange?.groups.find(({ functionalId }) => functionalId !== "FA");
      if (!interchange || !group) return undefined;
      // The day of the group has its century, where it is one.
      const date = /^\d{8}$/.test(group.date) ? group.date : interchange.date;
      return { ...read(interchange), date };
    },
    write(document, { number, ...clock }) {
      const written = acknowledge997(document, { ...clock, controlNumber: number });
      return written && generate(written);
    },
  },
  parse,
  names: SETS,
  write(told, document, around, { ourselves, partner, date, time, number }) {
    const { draft, notCarried } = x12[SETS[told as keyof typeof SETS]].write(document, around);
    const outside = { sender: ourselves, receiver: partner.edi, date, time, controlNumber: number };
    return carried(envelope(outside, [draft]), notCarried);
  },
};

export const x12Flows = (lines: Connections, settings: Filled) => interchangeFlows(X12, lines, settings);
