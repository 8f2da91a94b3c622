/**
 * What the trading partner and we tell each other, whichever standard the partner's profile names: in canonical words, our
 * order numbers and our units.
 *
 * The tables of `crossdock/mappings` say what a document means. Here is what this company adds: the order's number follows from
 * the partner and its own order number, so the same order sent twice is the same order; and quantities come in pieces.
 */
import { type Carried, ContractBroken, carried, type Message } from "crossdock";
import { operations, payments, sales, telling } from "crossdock/canon";
import type { Around, Mapped } from "crossdock/mappings/x12";
import { controlNumber } from "../control-number.ts";
import type { Filled } from "../settings.ts";
import { orderNumber } from "./orders-api.ts";
import { PIECE } from "./pieces.ts";
import { inPieces, lineInPieces } from "./units.ts";

export type SendDocument = (typeof telling.SendDocument)["sample"];

/** What a partner may tell us. */
export const TOLD = [
  sales.OrderCaptured,
  sales.OrderChanged,
  sales.OrderCancelled,
  payments.RemittanceAdvised,
  operations.AcknowledgementReceived,
];

/** A control number as we write it, whatever zeros the partner leaves out. */
export const control = (number: string): string => number.padStart(9, "0");

/** What is agreed with the partner. `order`: the order one of our own documents was about, where an answer names it. */
export const agreed = (
  { partner, ourselves }: Filled,
  more: Pick<Around, "controlNumber" | "at"> & { order?: string | null } = {},
): Around => {
  const { order = null, ...envelope } = more;
  const { customer, currency, name } = partner;
  return {
    role: "customer",
    partner: customer,
    currency,
    unit: PIECE,
    orderNumber: (reference) => orderNumber(customer, reference),
    orderOf: () => order,
    ...envelope,
    ourName: ourselves.name ?? ourselves.id,
    partnerName: name ?? partner.edi.id,
    ...(ourselves.endpoint === undefined ? {} : { ourEndpoint: ourselves.endpoint }),
  };
};

/** Whoever writes into this mailbox must be the partner. @throws {ContractBroken} */
export function fromPartner({ partner }: Filled, sender: string, segment: string): void {
  if (sender === partner.edi.id) return;
  throw new ContractBroken(`${sender} is no partner of ours.`, {
    facts: { segment, expected: partner.edi.id, found: sender },
  });
}

/**
 * The facts of a document, orders and changes in pieces, and what it says beyond them. `answered`: the control number of the document
 * of ours that it answers.
 */
export function facts(
  { units }: Filled,
  { messages, notCarried }: Mapped,
  answered: string | null = null,
): Carried<Message[]> {
  const told = messages.map((message) => {
    if (message instanceof ContractBroken) throw message;
    if (message.contract === operations.AcknowledgementReceived.name && answered !== null) {
      const received = message.data as (typeof operations.AcknowledgementReceived)["sample"];
      return operations.AcknowledgementReceived.of({ ...received, partnerDocument: answered });
    }
    if (message.contract === sales.OrderCaptured.name) {
      const order = message.data as sales.SalesOrder;
      return sales.OrderCaptured.of({
        ...order,
        lines: order.lines.map((line) => lineInPieces(units, line)),
      });
    }
    if (message.contract !== sales.OrderChanged.name) return message;
    const change = message.data as (typeof sales.OrderChanged)["sample"];
    return sales.OrderChanged.of({
      ...change,
      lines: change.lines.map((line) => {
        const { item = "", quantity, price } = line;
        return {
          ...line,
          ...(quantity ? { quantity: inPieces(units, item, quantity) } : {}),
          ...(price ? { price: { ...price, per: inPieces(units, item, price.per) } } : {}),
        };
      }),
    });
  });
  return carried(told, notCarried);
}

/** A command to tell the partner as its table reads it: with our number of the order. */
export const toTell = (told: SendDocument) => ({
  contract: "partner.send-document",
  data: { ...told, salesOrderId: told.salesOrderId ?? told.conversation },
});

/** What a partner's file says of itself: the number it counts its files by, its day and its `HHMM`. */
interface Sent {
  readonly ackOf: string;
  /** `YYMMDD` or `CCYYMMDD`. */
  readonly date: string;
  readonly time: string;
}
/** What the answer to a file is written from. */
export interface Answer {
  readonly date: string;
  readonly time: string;
  readonly number: string;
  readonly outcomes: readonly (ContractBroken | undefined)[];
}

/**
 * One answer to a whole file, in the partner's standard as `write` writes it: which documents were taken, which refused and where.
 * It is written with the partner's own clock, so the same file is answered by the same bytes.
 */
export function answer(
  { partner }: Filled,
  { ackOf, ...sent }: Sent,
  parts: readonly { readonly refused?: ContractBroken }[],
  write: (answer: Answer) => Uint8Array | undefined,
): Message[] {
  const outcomes = parts.map(({ refused }) => refused);
  // A file that was cut off and then sent whole is answered twice, and the second answer must not look like a repetition.
  const fates = outcomes.map((error) => error?.message ?? "accepted");
  const number = controlNumber(partner.customer, "functional-acknowledgement", ackOf, ...fates);
  const digits = sent.date.length === 8 ? sent.date : `20${sent.date}`;
  const date = `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6, 8)}`;
  const time = sent.time.slice(0, 4);
  const written = write({ date, time, number, outcomes });
  if (!written) return [];
  const errors = outcomes.flatMap((error) => (error ? [error.message.slice(0, 500)] : []));
  return [
    telling.SendDocument.of({
      partner: partner.customer,
      conversation: `${partner.customer}/${ackOf}`,
      controlNumber: number,
      writtenAt: `${date}T${time.slice(0, 2)}:${time.slice(2, 4)}:00Z`,
      document: {
        type: "functional-acknowledgement",
        ackType: "syntax",
        ackOf,
        status:
          errors.length === 0
            ? "accepted"
            : errors.length < parts.length
              ? "accepted-with-errors"
              : "rejected",
        errors,
        written: new TextDecoder().decode(written),
      },
    }),
  ];
}

/** The acknowledgement was written where the partner's document was read; only its bytes travel. */
export const writtenBefore = ({ document }: SendDocument): Uint8Array | undefined =>
  document.type === "functional-acknowledgement" ? new TextEncoder().encode(document.written) : undefined;
