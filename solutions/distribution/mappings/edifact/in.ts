/**
 * What EDIFACT partners send, in canonical words: orders, changes, cancellations, remittance advices, despatches, transport
 * status, acknowledgements.
 *
 * Each mapping gives the message and, beside it, every value of the document that the contract has no field for: nothing
 * is dropped in silence. The order's number follows from the partner and its own order number, so the same order sent
 * twice is the same order, and a change finds the order it changes without asking anybody.
 */
import { ContractBroken, type Message } from "crossdock";
import { type Address, type ChangedLine, decimals, type Quantity, sales } from "crossdock/canon";
import {
  type EdifactMessage,
  type NotCarried,
  notCarried,
  partyIn,
  qualified,
  readOrder,
  readOrderChange,
  type TradeDate,
  type TradeDocument,
  type TradeLine,
  type TradeParty,
} from "crossdock/codecs/edifact";
import type { UnitConversion } from "../../settings.ts";
import { orderNumber } from "../orders-api.ts";
import { inPieces, lineInPieces } from "../units.ts";

/** A canonical message, and what the document said beyond it. */
export interface Mapped {
  readonly message: Message;
  readonly notCarried: readonly NotCarried[];
}

/** What is agreed with the partner who sends. */
export interface Sender {
  /** Our number of the customer, e.g. `C-ACME`. */
  readonly customer: string;
  /** ISO 4217; of documents that name none. Agreed with the partner, so it is no guess. */
  readonly currency: string;
  readonly units: readonly UnitConversion[];
}

/** Where the document travelled: UNB 0020. */
export interface Travelled {
  readonly ediControlNumber: string;
}

/** EANCOM leaves the unit out where it is the piece. */
const PIECE = "PCE";

const ORDER_CARRIED = [
  "BGM.1",
  "BGM.2",
  "BGM.3",
  "DTM+137",
  "DTM+2",
  "CUX+2.1.2",
  "CUX+2.1.3",
  "MOA+86.1.2",
  "MOA+86.1.3",
  "CNT+2",
  "LIN.1",
  "LIN/IMD.1",
  "LIN/IMD.3.4",
  "LIN/IMD.3.5",
  "LIN/QTY+21",
  "LIN/PRI+AAA.1.2",
  "LIN/PRI+AAA.1.5",
  "LIN/PRI+AAA.1.6",
];

/** The delivery party, as far as an address is carried. */
const addressPlaces = (role: string) => [1, 4, 5, 6, 8, 9].map((element) => `NAD+${role}.${element}`);

/** An ORDERS as `sales.order-captured`; one that cancels, as `sales.order-cancelled`. @throws {ContractBroken} */
export function toOrder(document: EdifactMessage, sender: Sender, { ediControlNumber }: Travelled): Mapped {
  const order = readOrder(document);
  const { customer, units } = sender;
  const salesOrderId = orderNumber(customer, order.number);
  if (order.function === "1") return cancelled(document, salesOrderId, customer);
  if (!["9", "6", "7", undefined].includes(order.function)) {
    throw new ContractBroken(
      `An order of function ${order.function} is none we agreed on; changes come as ORDCHG.`,
      { facts: { segment: "BGM", element: 3, expected: "9 original", found: order.function ?? "" } },
    );
  }
  const currency = order.currency ?? sender.currency;
  const to = partyIn(order.parties, "DP", "ST", "BY");
  const total = qualified(order.totals, "86");
  checkCount(order);
  return {
    message: sales.OrderCaptured.of({
      salesOrderId,
      customerReference: order.number,
      customer,
      channel: "edi",
      currency,
      ...dated("issueDate", qualified(order.dates, "137")),
      ...dated("requestedDate", qualified(order.dates, "2")),
      payment: { method: "invoice" },
      ...(to ? { shipTo: addressOf(to) } : {}),
      lines: order.lines.map((line) => {
        const price = qualified(line.prices, "AAA");
        const quantity = quantityOf(line, "21");
        return lineInPieces(units, {
          line: line.line,
          item: line.item,
          quantity,
          ...(line.description === undefined ? {} : { description: line.description }),
          ...(price === undefined
            ? {}
            : {
                price: {
                  amount: price.value,
                  currency,
                  per: { value: price.per ?? "1", uom: price.uom ?? quantity.uom },
                },
              }),
        });
      }),
      ...(total === undefined ? {} : { total: decimals.money(total.value, total.currency ?? currency) }),
      ediControlNumber,
    }),
    notCarried: beyondItems(
      order.lines,
      notCarried(document, [...ORDER_CARRIED, ...(to ? addressPlaces(to.role) : [])]),
    ),
  };
}

const CHANGE_CARRIED = [
  "BGM.1",
  "BGM.2",
  "BGM.3",
  "RFF+ON",
  "FTX.4",
  "CUX+2.1.2",
  "CUX+2.1.3",
  "CNT+2",
  "LIN.1",
  "LIN.2",
  "LIN/QTY+21",
  "LIN/PRI+AAA.1.2",
  "LIN/PRI+AAA.1.5",
  "LIN/PRI+AAA.1.6",
];

/** An ORDCHG as `sales.order-changed`; one that cancels, as `sales.order-cancelled`. @throws {ContractBroken} */
export function toOrderChange(document: EdifactMessage, sender: Sender, travelled: Travelled): Mapped {
  const change = readOrderChange(document);
  const { customer, units } = sender;
  // The order that changes is named by a reference; some senders give the change the order's own number.
  const customerReference = qualified(change.references, "ON")?.value ?? change.number;
  const salesOrderId = orderNumber(customer, customerReference);
  if (change.function === "1") return cancelled(document, salesOrderId, customer);
  const sequence =
    customerReference === change.number ? 0 : Number(/(\d{1,9})$/.exec(change.number)?.[1] ?? 0);
  checkCount(change);
  return {
    message: sales.OrderChanged.of({
      salesOrderId,
      customerReference,
      ...(sequence > 0 ? { sequenceNumberId: sequence } : {}),
      reason: change.texts?.flatMap(({ lines = [] }) => lines).join(" ") || "The customer changed the order.",
      lines: change.lines.map((line): ChangedLine => {
        const deleted = line.action === "2";
        const price = qualified(line.prices, "AAA");
        const named = qualified(line.quantities, "21") !== undefined;
        const quantity = deleted ? { value: "0", uom: PIECE } : named ? quantityOf(line, "21") : undefined;
        return {
          line: line.line,
          ...(line.item === "" ? {} : { item: line.item }),
          ...(quantity === undefined ? {} : { quantity: inPieces(units, line.item, quantity) }),
          ...(price === undefined || deleted
            ? {}
            : {
                price: {
                  amount: price.value,
                  per: inPieces(units, line.item, {
                    value: price.per ?? "1",
                    uom: price.uom ?? quantity?.uom ?? PIECE,
                  }),
                },
              }),
        };
      }),
      ediControlNumber: travelled.ediControlNumber,
    }),
    notCarried: beyondItems(change.lines, notCarried(document, CHANGE_CARRIED)),
  };
}

const cancelled = (document: EdifactMessage, salesOrderId: string, by: string): Mapped => ({
  message: sales.OrderCancelled.of({ salesOrderId, reason: "The customer cancelled the order.", by }),
  notCarried: notCarried(document, ["BGM", "RFF+ON", "CNT+2"]),
});

/** The quantity with this qualifier; EANCOM leaves the unit out where it is the piece. @throws {ContractBroken} */
export function quantityOf(line: Pick<TradeLine, "line" | "quantities">, qualifier: string): Quantity {
  const found = qualified(line.quantities, qualifier);
  if (found) return { value: found.value, uom: found.uom ?? PIECE };
  throw new ContractBroken(`Line ${line.line} has no quantity ${qualifier}.`, {
    facts: {
      segment: "QTY",
      expected: qualifier,
      found: line.quantities.map((one) => one.qualifier).join(", ") || "nothing",
    },
  });
}

const NUMBER = /(?:^|\/)(?:LIN\+[^/]*\.3|PIA\+[^/]*\.[2-6])\.([1-4])$/;

/** Of an item's numbers one is carried; the others are left, each without the codes that say whose it is. */
export function beyondItems(
  lines: readonly { readonly item: string }[],
  left: readonly NotCarried[],
): NotCarried[] {
  const items = new Set(lines.map(({ item }) => item));
  return left.filter(({ place, value }) => {
    const component = NUMBER.exec(place)?.[1];
    return component === undefined || (component === "1" && !items.has(value));
  });
}

/** CNT 2 counts the lines; a document that lost some on its way is refused. @throws {ContractBroken} */
function checkCount({ controls, lines }: Pick<TradeDocument, "controls" | "lines">): void {
  const counted = qualified(controls, "2");
  if (counted === undefined || decimals.compare(counted.value, String(lines.length)) === 0) return;
  throw new ContractBroken(`The document counts ${counted.value} lines and has ${lines.length}.`, {
    facts: { segment: "CNT", expected: String(lines.length), found: counted.value },
  });
}

/** A day; a week or a month is none. */
const dated = <Name extends string>(
  name: Name,
  found: TradeDate | undefined,
): { readonly [key in Name]?: string } =>
  found?.date !== undefined && /^\d{4}-\d{2}-\d{2}$/.test(found.date)
    ? ({ [name]: found.date } as { [key in Name]: string })
    : {};

function addressOf({ name, id, street, city, postalCode, country }: TradeParty): Address {
  return {
    name: (name ?? id ?? "").slice(0, 120),
    ...(street ? { street: street.join(", ").slice(0, 120) } : {}),
    ...(city ? { city } : {}),
    ...(postalCode ? { postalCode } : {}),
    ...(country && /^[A-Z]{2}$/.test(country) ? { country } : {}),
  };
}
