/**
 * What we tell EDIFACT partners: ORDRSP, DESADV and INVOIC, in an envelope of their own.
 *
 * Dates, times and references are those of the command, so the same command gives the same bytes whenever it is sent.
 * What the message has no place for is listed beside it.
 */
import { decimals, type telling } from "crossdock/canon";
import {
  type EdifactDocument,
  type Envelope,
  envelope,
  type MessageDraft,
  type Party,
  parse,
  type TradeLine,
  writeDespatchAdvice,
  writeInvoice,
  writeOrderResponse,
} from "crossdock/codecs/edifact";

type SendDocument = (typeof telling.SendDocument)["sample"];
type Kind<Type extends telling.PartnerDocument["type"]> = Extract<telling.PartnerDocument, { type: Type }>;

/** How a partner wants to be written to. */
export interface Recipient {
  readonly ourselves: Party;
  readonly partner: Party;
  readonly as?: Partial<
    Pick<Envelope, "syntax" | "syntaxVersion" | "release" | "association" | "characters" | "advice">
  >;
}

/** An interchange, and the fields of the command that have no place in it. */
export interface Written {
  readonly document: EdifactDocument;
  readonly notCarried: readonly string[];
}

export function toEdifact(told: SendDocument, { ourselves, partner, as }: Recipient): Written {
  const { document } = told;
  // The CONTRL was written where the partner's document was read; only its bytes travel.
  if (document.type === "functional-acknowledgement") {
    return { document: parse(new TextEncoder().encode(document.written)), notCarried: [] };
  }
  const { draft, notCarried } = draftOf(document, told.salesOrderId ?? told.conversation);
  const about: Envelope = {
    sender: ourselves,
    recipient: partner,
    date: told.writtenAt.slice(0, 10),
    time: told.writtenAt.slice(11, 16),
    reference: told.controlNumber,
    ...as,
  };
  return { document: envelope(about, [draft]), notCarried };
}

interface Drafted {
  readonly draft: MessageDraft;
  readonly notCarried: readonly string[];
}

function draftOf(
  document: Exclude<telling.PartnerDocument, Kind<"functional-acknowledgement">>,
  order: string,
): Drafted {
  switch (document.type) {
    case "order-acknowledgement":
      return response(document, order);
    case "despatch-advice":
      return despatch(document, order);
    case "invoice":
      return invoice(document, order);
  }
}

/** BGM 1225 and LIN 1229 for each of our answers. */
const ANSWERS = {
  accepted: { function: "29", line: "5" },
  changed: { function: "4", line: "3" },
  rejected: { function: "27", line: "7" },
} as const;

/** `ON` is the customer's number of the order with its date, `VN` ours. */
const orderReferences = (customerReference: string, orderDate: string, order: string) => [
  { qualifier: "ON", value: customerReference, dates: [{ qualifier: "171", date: orderDate }] },
  { qualifier: "VN", value: order },
];

function response(told: Kind<"order-acknowledgement">, order: string): Drafted {
  const answer = ANSWERS[told.status];
  return {
    draft: writeOrderResponse({
      documentCode: "231",
      number: order,
      function: answer.function,
      dates: [{ qualifier: "137", date: told.orderDate }],
      references: orderReferences(told.customerReference, told.orderDate, order),
      ...(told.reasons.length === 0 ? {} : { texts: told.reasons.flatMap((reason) => inTexts(reason)) }),
      currency: told.currency,
      lines: told.lines.map(
        ({ line, item, description, quantity, price }): TradeLine => ({
          line,
          action: answer.line,
          item,
          numbers: { SA: item },
          ...(description === undefined ? {} : { description: description.slice(0, 256) }),
          quantities: [{ qualifier: "21", value: quantity.value, uom: quantity.uom }],
          ...(price === undefined
            ? {}
            : {
                prices: [{ qualifier: "AAA", value: price.amount, per: price.per.value, uom: price.per.uom }],
              }),
        }),
      ),
      controls: [{ qualifier: "2", value: String(told.lines.length) }],
    }),
    notCarried: told.lines.flatMap(({ description = "" }, index) =>
      description.length > 256 ? [`lines[${index}].description beyond 256 characters`] : [],
    ),
  };
}

/** One FTX has five lines of 70 characters that every directory can read. */
function inTexts(words: string) {
  const lines = words.replace(/[\r\n]+/g, " ").match(/.{1,70}/gsu) ?? [];
  const texts = [];
  for (let at = 0; at < lines.length; at += 5)
    texts.push({ qualifier: "AAO", lines: lines.slice(at, at + 5) });
  return texts;
}

function despatch(told: Kind<"despatch-advice">, order: string): Drafted {
  const { shipTo, trackingNumber, carrier, handlingUnits } = told;
  const lines = told.lines.map(({ line, item, quantity }) => ({
    line,
    item,
    numbers: { SA: item },
    quantities: [{ qualifier: "12", value: quantity.value, uom: quantity.uom }],
    references: [{ qualifier: "ON", value: told.customerReference, line }],
  }));
  const [date, time] = [told.dispatchedAt.slice(0, 10), told.dispatchedAt.slice(11, 16)];
  return {
    draft: writeDespatchAdvice({
      documentCode: "351",
      number: told.shipmentId,
      function: "9",
      dates: [
        { qualifier: "137", date },
        { qualifier: "11", date, time },
      ],
      references: [
        ...orderReferences(told.customerReference, told.orderDate, order),
        ...(trackingNumber === undefined ? [] : [{ qualifier: "CN", value: trackingNumber }]),
      ],
      ...(shipTo === undefined
        ? {}
        : {
            parties: [
              {
                role: "DP",
                name: shipTo.name,
                ...(shipTo.street === undefined ? {} : { street: [shipTo.street] }),
                ...(shipTo.city === undefined ? {} : { city: shipTo.city }),
                ...(shipTo.postalCode === undefined ? {} : { postalCode: shipTo.postalCode }),
                ...(shipTo.country === undefined ? {} : { country: shipTo.country }),
              },
            ],
          }),
      ...(carrier === undefined ? {} : { transports: [{ stage: "20", carrierName: carrier.slice(0, 128) }] }),
      // Which goods are in which of several units we are not told, so the lines stand in the consignment as a whole.
      packs: [
        {
          number: "1",
          ...(handlingUnits.length === 0
            ? {}
            : {
                packaging: [
                  { count: String(handlingUnits.length), sscc: handlingUnits.map(({ sscc }) => sscc) },
                ],
              }),
          lines,
        },
      ],
      controls: [{ qualifier: "2", value: String(lines.length) }],
    }),
    notCarried: carrier !== undefined && carrier.length > 128 ? ["carrier beyond 128 characters"] : [],
  };
}

function invoice(told: Kind<"invoice">, order: string): Drafted {
  const { taxAmount, taxInclusiveAmount, taxExclusiveAmount, dueDate } = told;
  return {
    draft: writeInvoice({
      documentCode: "380",
      number: told.invoiceId,
      function: "9",
      dates: [{ qualifier: "137", date: told.issueDate }],
      references: [
        ...orderReferences(told.customerReference, told.orderDate, order),
        { qualifier: "DQ", value: told.shipmentId },
      ],
      currency: taxInclusiveAmount.currency,
      ...(dueDate === undefined
        ? {}
        : { terms: [{ type: "3", dates: [{ qualifier: "13", date: dueDate }] }] }),
      lines: told.lines.map(
        ({ line, item, quantity, amount }): TradeLine => ({
          line,
          item,
          numbers: { SA: item },
          quantities: [{ qualifier: "47", value: quantity.value, uom: quantity.uom }],
          amounts: [{ qualifier: "203", value: amount.amount, currency: amount.currency }],
          // A price is what one unit costs to six places; the line's amount is the word that counts.
          prices: [{ qualifier: "AAA", value: decimals.divide(amount.amount, quantity.value, 6) }],
        }),
      ),
      totals: [
        { qualifier: "77", value: taxInclusiveAmount.amount, currency: taxInclusiveAmount.currency },
        { qualifier: "125", value: taxExclusiveAmount.amount, currency: taxExclusiveAmount.currency },
        { qualifier: "124", value: taxAmount.amount, currency: taxAmount.currency },
      ],
      controls: [{ qualifier: "2", value: String(told.lines.length) }],
    }),
    notCarried: [],
  };
}
