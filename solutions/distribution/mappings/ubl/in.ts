/**
 * What UBL partners send, in canonical words: orders, changes and cancellations.
 *
 * Each mapping gives the message and beside it every value the contract has no field for. The order's number follows from
 * the partner and its own order number, as for every other format, so the same order sent twice is the same order.
 */
import { ContractBroken, type Message } from "crossdock";
import { type Address, type ChangedLine, decimals, type Quantity, sales } from "crossdock/canon";
import type { Amount, Measured, UblMessage, UblOrderLine, UblParty } from "crossdock/codecs/ubl";
import type { UnitConversion } from "../../settings.ts";
import { orderNumber } from "../orders-api.ts";
import { inPieces, lineInPieces } from "../units.ts";
import { type Left, leftOf } from "./left.ts";

export interface Mapped {
  readonly message: Message;
  readonly notCarried: readonly Left[];
}

/** What is agreed with the partner who sends. */
export interface Sender {
  readonly customer: string;
  /** ISO 4217; of documents that name none. Agreed with the partner, so it is no guess. */
  readonly currency: string;
  readonly units: readonly UnitConversion[];
}

const LINE =
  /^lines\[\d+\]\.lineItem\.(id|quantity|price\.amount|price\.baseQuantity|item\.sellersId\.id\.id|item\.buyersId\.id\.id|item\.name)$/;
const ORDER = [
  /^(id|issueDate|currency|ublVersion|customization|profile)$/,
  /^total\.payableAmount$/,
  /^deliveries\[0\]\.requestedPeriod\.endDate$/,
  LINE,
];

const carriedAddress = (place: string): RegExp[] => [
  /^deliveries\[0\]\.party\.names\[0\]/,
  new RegExp(`^deliveries\\[0\\]\\.${place}\\.(street|city|postalZone|country\\.code)$`),
];

/** An Order as `sales.order-captured`. @throws {ContractBroken} when the message is another or a line names no item */
export function toOrder(message: UblMessage, sender: Sender): Mapped {
  if (message.kind !== "Order") throw another(message, "Order");
  const { body } = message;
  const currency = body.currency ?? sender.currency;
  const [delivery] = body.deliveries;
  const requested = delivery?.requestedPeriod?.endDate;
  const place = delivery?.location?.address ? "location\\.address" : "address";
  const shipTo = addressOf(delivery?.party, delivery?.location?.address ?? delivery?.address);
  const total = body.total?.payableAmount;
  return {
    message: sales.OrderCaptured.of({
      salesOrderId: orderNumber(sender.customer, body.id),
      customerReference: body.id,
      customer: sender.customer,
      channel: "edi",
      currency,
      issueDate: day(body.issueDate),
      ...(requested === undefined ? {} : { requestedDate: day(requested) }),
      payment: { method: "invoice" },
      ...(shipTo ? { shipTo } : {}),
      lines: body.lines.map((line, at) => orderLine(line, at, currency, sender)),
      ...(total === undefined ? {} : { total: decimals.money(exact(total, currency), currency) }),
    }),
    notCarried: leftOf(message, shipTo ? [...ORDER, ...carriedAddress(place)] : ORDER),
  };
}

function orderLine({ lineItem }: UblOrderLine, at: number, currency: string, { units }: Sender) {
  const { id, quantity, price, item } = lineItem;
  if (!quantity) throw missing(at, "quantity");
  const ordered = measured(quantity, at);
  const base = price?.baseQuantity;
  return lineInPieces(units, {
    line: id,
    item: itemOf(lineItem.item, at),
    quantity: ordered,
    ...(item.name === undefined ? {} : { description: item.name }),
    ...(price === undefined
      ? {}
      : {
          price: {
            amount: exact(price.amount, currency),
            currency,
            per: base
              ? { value: decimals.plain(base.value), uom: base.uom ?? ordered.uom }
              : { value: "1", uom: ordered.uom },
          },
        }),
  });
}

/** An OrderChange as `sales.order-changed`; a line of status 2 (UNCL 1229, deleted) orders nothing. */
export function toOrderChange(message: UblMessage, { customer, units, currency: agreed }: Sender): Mapped {
  if (message.kind !== "OrderChange") throw another(message, "OrderChange");
  const { body } = message;
  const currency = body.currency ?? agreed;
  const sequence = Number(/(\d{1,9})$/.exec(body.sequenceNumber ?? "")?.[1] ?? 0);
  return {
    message: sales.OrderChanged.of({
      salesOrderId: orderNumber(customer, body.orderReference.id),
      customerReference: body.orderReference.id,
      ...(sequence > 0 ? { sequenceNumberId: sequence } : {}),
      reason: body.notes.join(" ") || "The customer changed the order.",
      lines: body.lines.map(({ lineItem }, at): ChangedLine => {
        const item = itemOf(lineItem.item, at);
        const deleted = lineItem.statusCode === "2";
        const quantity = lineItem.quantity ? measured(lineItem.quantity, at) : undefined;
        const { price } = lineItem;
        const uom = price?.baseQuantity?.uom ?? quantity?.uom;
        return {
          line: lineItem.id,
          item,
          ...(deleted
            ? { quantity: { value: "0", uom: "EA" } }
            : quantity
              ? { quantity: inPieces(units, item, quantity) }
              : {}),
          ...(price === undefined || deleted || uom === undefined
            ? {}
            : {
                price: {
                  amount: exact(price.amount, currency),
                  per: inPieces(units, item, {
                    value: decimals.plain(price.baseQuantity?.value ?? "1"),
                    uom,
                  }),
                },
              }),
        };
      }),
    }),
    notCarried: leftOf(message, [
      /^(ublVersion|customization|profile|sequenceNumber|currency|orderReference\.id|notes\[\d+\])$/,
      LINE,
      /^lines\[\d+\]\.lineItem\.statusCode$/,
    ]).filter(({ place }) => !/item\.name$/.test(place) || place.startsWith("lines")),
  };
}

/** An OrderCancellation as `sales.order-cancelled`. */
export function toOrderCancellation(message: UblMessage, { customer }: Sender): Mapped {
  if (message.kind !== "OrderCancellation") throw another(message, "OrderCancellation");
  const { orderReferences, reasons } = message.body;
  return {
    message: sales.OrderCancelled.of({
      salesOrderId: orderNumber(customer, orderReferences[0]!.id),
      reason: reasons.join(" "),
      by: customer,
    }),
    notCarried: leftOf(message, [
      /^(ublVersion|customization|profile|orderReferences\[0\]\.id|reasons\[\d+\])$/,
    ]),
  };
}

type UblItem = UblOrderLine["lineItem"]["item"];

/** Our number of the item; the buyer's own where they leave ours out. */
function itemOf({ sellersId, buyersId }: UblItem, at: number): string {
  const id = sellersId?.id.id ?? buyersId?.id.id;
  if (id === undefined) throw missing(at, "item.sellersId");
  return id;
}

function measured({ value, uom }: Measured, at: number): Quantity {
  if (uom === undefined) throw missing(at, "quantity unitCode");
  return { value: decimals.plain(value), uom };
}

/** An amount in the currency of the document, its digits as written; another would be booked as if it were. */
function exact({ amount, currency }: Amount, expected: string): string {
  if (currency === expected)
    return /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/.test(amount) ? amount : decimals.plain(amount);
  throw new ContractBroken(`An amount is in ${currency} and the order in ${expected}.`, {
    facts: { field: "currency", expected, found: currency },
  });
}

type PostalAddress = NonNullable<UblParty["postalAddress"]>;

function addressOf(party: UblParty | undefined, address: PostalAddress | undefined): Address | undefined {
  const name = party?.names[0]?.name;
  if (name === undefined || !address) return undefined;
  const { street, city, postalZone, country } = address;
  return {
    name,
    ...(street === undefined ? {} : { street }),
    ...(city === undefined ? {} : { city }),
    ...(postalZone === undefined ? {} : { postalCode: postalZone }),
    ...(country?.code === undefined ? {} : { country: country.code }),
  };
}

/** A date without the zone some senders add. */
const day = (date: string): string => date.slice(0, 10);

const another = ({ kind }: UblMessage, expected: string): ContractBroken =>
  new ContractBroken(`A UBL ${kind} is no ${expected}.`, { facts: { expected, found: kind } });

const missing = (at: number, field: string): ContractBroken =>
  new ContractBroken(`Line ${at + 1} of the order has no ${field}.`, {
    facts: { path: `lines[${at}].${field}`, expected: field, found: "nothing" },
  });
