/**
 * What we tell the EDI partner, as X12: 997, 855, 856 and 810, each in an envelope of its own.
 *
 * Dates, times and control numbers are those of the command, so the same command gives the same bytes whenever it is
 * sent.
 */
import type { Message } from "crossdock";
import { decimals, telling } from "crossdock/canon";
import {
  acknowledge997,
  envelope,
  generate,
  parse,
  type SetDraft,
  writeAcknowledgement855,
  writeInvoice810,
  writeShipNotice856,
  type X12Document,
} from "crossdock/codecs/x12";
import { controlNumber } from "../control-number.ts";
import type { Filled } from "../settings.ts";
import { control } from "./edi-in.ts";

type SendDocument = (typeof telling.SendDocument)["sample"];
type Kind<Type extends telling.PartnerDocument["type"]> = Extract<telling.PartnerDocument, { type: Type }>;

export const toX12 =
  ({ ourselves, partner }: Filled) =>
  (told: SendDocument): X12Document => {
    const { document } = told;
    // The acknowledgement was written where the partner's document was read; only its bytes travel.
    if (document.type === "functional-acknowledgement")
      return parse(new TextEncoder().encode(document.written));
    const date = told.writtenAt.slice(0, 10);
    const time = told.writtenAt.slice(11, 16);
    const seller = { ...document, date, time, order: told.salesOrderId ?? told.conversation };
    return envelope(
      { sender: ourselves, receiver: partner.edi, date, time, controlNumber: told.controlNumber },
      [draftOf(seller)],
    );
  };

interface Written {
  readonly date: string;
  readonly time: string;
  /** Our number of the order. */
  readonly order: string;
}

function draftOf(
  document: Exclude<telling.PartnerDocument, Kind<"functional-acknowledgement">> & Written,
): SetDraft {
  switch (document.type) {
    case "order-acknowledgement":
      return acknowledgement(document);
    case "despatch-advice":
      return shipNotice(document);
    case "invoice":
      return invoice(document);
  }
}

/** BAK02 and ACK01 for each of our answers. */
const ANSWERS = {
  accepted: { type: "AD", line: "IA" },
  changed: { type: "AC", line: "IC" },
  rejected: { type: "RD", line: "IR" },
} as const;

function acknowledgement(told: Kind<"order-acknowledgement"> & Written): SetDraft {
  const { type, line: status } = ANSWERS[told.status];
  return writeAcknowledgement855({
    purpose: "00",
    type,
    poNumber: told.customerReference,
    poDate: told.orderDate,
    sellerOrderNumber: told.order,
    date: told.date,
    currency: told.currency,
    lines: told.lines.map(({ line, item, quantity, price }) => ({
      line,
      quantity: quantity.value,
      uom: quantity.uom,
      ...(price ? { price: decimals.divide(price.amount, price.per.value, 6) } : {}),
      sku: item,
      acknowledgements: [{ status, quantity: quantity.value, uom: quantity.uom }],
    })),
  });
}

function shipNotice(told: Kind<"despatch-advice"> & Written): SetDraft {
  const items = told.lines.map(({ line, item, quantity }) => ({
    line,
    quantity: quantity.value,
    uom: quantity.uom,
    sku: item,
  }));
  const [unit, ...others] = told.handlingUnits;
  // Which goods are in which of several units we are not told, so nothing is said about it.
  const packs = unit && others.length === 0 ? [{ sscc: unit.sscc, items }] : [];
  const { shipTo, trackingNumber } = told;
  return writeShipNotice856({
    purpose: "00",
    shipmentId: told.shipmentId,
    date: told.dispatchedAt.slice(0, 10),
    time: told.dispatchedAt.slice(11, 16).replace(":", ""),
    shippedOn: told.dispatchedAt.slice(0, 10),
    ...(trackingNumber === undefined ? {} : { trackingNumber }),
    ...(shipTo
      ? { parties: [{ role: "ST", name: plain(shipTo.name), idQualifier: "92", id: "SHIP-TO" }] }
      : {}),
    orders: [
      {
        poNumber: told.customerReference,
        poDate: told.orderDate,
        sellerOrderNumber: told.order,
        packs,
        ...(packs.length === 0 ? { items } : {}),
      },
    ],
  });
}

function invoice(told: Kind<"invoice"> & Written): SetDraft {
  const { taxAmount, taxInclusiveAmount, taxExclusiveAmount } = told;
  return writeInvoice810({
    invoiceNumber: told.invoiceId,
    date: told.issueDate,
    poNumber: told.customerReference,
    poDate: told.orderDate,
    type: "DI",
    currency: taxInclusiveAmount.currency,
    lines: told.lines.map(({ line, item, quantity, amount }) => ({
      line,
      quantity: quantity.value,
      uom: quantity.uom,
      price: decimals.divide(amount.amount, quantity.value, 6),
      sku: item,
    })),
    total: taxInclusiveAmount.amount,
    taxes: [{ type: "VA", amount: taxAmount.amount, taxable: taxExclusiveAmount.amount }],
  });
}

/** Text without the marks X12 keeps for itself, cut to what a name may have. */
const plain = (text: string): string =>
  text
    .replace(/[*~>\r\n]/g, " ")
    .slice(0, 60)
    .trim();

// Acknowledging what came ------------------------------------------------------------------------------------------

/** One 997 for the whole file: which sets were taken, which refused and where. Written with the partner's own clock. */
export const acknowledged =
  ({ partner }: Filled) =>
  (
    document: X12Document,
    parts: readonly { readonly part: number; readonly refused?: Error }[],
  ): Message[] => {
    const [interchange] = document.interchanges;
    const group = interchange?.groups.find(({ functionalId }) => functionalId !== "FA");
    if (!interchange || !group) return [];
    const ackOf = control(interchange.controlNumber);
    // A file that was cut off and then sent whole is answered twice, and the second answer must not look like a repetition.
    const fates = parts.map(({ refused }) => refused?.message ?? "accepted");
    const number = controlNumber(partner.customer, "functional-acknowledgement", ackOf, ...fates);
    const date = iso(group.date, interchange.date);
    const outcomes = parts.map(({ refused }) => refused) as NonNullable<
      Parameters<typeof acknowledge997>[1]["outcomes"]
    >;
    const time = interchange.time.slice(0, 4);
    const answer = acknowledge997(document, { date, time, controlNumber: number, outcomes });
    if (!answer) return [];
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
          written: new TextDecoder().decode(generate(answer)),
        },
      }),
    ];
  };

/** The group's date, `CCYYMMDD`, or the interchange's, `YYMMDD`, as an ISO date. */
function iso(long: string, short: string): string {
  const digits = /^\d{8}$/.test(long) ? long : `20${short}`;
  return `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6, 8)}`;
}
