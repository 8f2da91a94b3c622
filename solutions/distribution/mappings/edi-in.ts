/**
 * What the EDI partner sends, in canonical words: orders, changes and cancellations, remittance advice, acknowledgements.
 *
 * The order's number follows from the partner and its own order number, so the same order sent twice is the same order,
 * and a change finds the order it changes without asking anybody.
 */
import { ContractBroken, type Message } from "crossdock";
import { type Address, type ChangedLine, decimals, operations, payments, sales } from "crossdock/canon";
import {
  type PurchaseOrder,
  type PurchaseOrderChange,
  readFunctionalAcknowledgement,
  readPurchaseOrder,
  readPurchaseOrderChange,
  readRemittance,
  type TradeParty,
  type X12Part,
} from "crossdock/codecs/x12";
import type { Filled } from "../settings.ts";
import { orderNumber } from "./orders-api.ts";
import { inPieces, lineInPieces } from "./units.ts";

/** The sets agreed with the partner. */
export const AGREED = ["850", "860", "820", "997", "999"];

/** A set on its way in, with the order an acknowledgement is about where that is known. */
export interface Received extends X12Part {
  readonly order: string | null;
}

/** A control number as we write it, whatever zeros the partner leaves out. */
export const control = (number: string): string => number.padStart(9, "0");

/** What one set says. */
export const fromPartner =
  (settings: Filled) =>
  (part: Received): Message[] => {
    const { partner } = settings;
    const sender = part.interchange.sender.id;
    if (sender !== partner.edi.id) {
      throw new ContractBroken(`${sender} is no partner of ours.`, {
        facts: { segment: "ISA", expected: partner.edi.id, found: sender },
      });
    }
    const ediControlNumber = control(part.interchange.controlNumber);
    switch (part.set.type) {
      case "850":
        return [toOrder(readPurchaseOrder(part.set), ediControlNumber, settings)];
      case "860":
        return [toChange(readPurchaseOrderChange(part.set), ediControlNumber, settings)];
      case "820":
        return [toRemittance(part, ediControlNumber, settings)];
      default:
        return toAcknowledgements(part, ediControlNumber, settings);
    }
  };

function toOrder(order: PurchaseOrder, ediControlNumber: string, { partner, units }: Filled): Message {
  const { poNumber, purpose, parties, deliverBy, total, date } = order;
  const salesOrderId = orderNumber(partner.customer, poNumber);
  if (purpose === "01") return cancelled(salesOrderId, "The customer cancelled the order.", partner.customer);
  if (!["00", "06", "07", ""].includes(purpose)) {
    throw new ContractBroken(`An order of purpose ${purpose} is none we agreed on; changes come as 860.`, {
      facts: { segment: "BEG", expected: "00 original", found: purpose },
    });
  }
  const currency = order.currency ?? partner.currency;
  const shipTo = addressOf(parties);
  return sales.OrderCaptured.of({
    salesOrderId,
    customerReference: poNumber,
    customer: partner.customer,
    channel: "edi",
    currency,
    ...(date === "" ? {} : { issueDate: date }),
    ...(deliverBy === undefined ? {} : { requestedDate: deliverBy }),
    payment: { method: "invoice" },
    ...(shipTo ? { shipTo } : {}),
    lines: order.lines.map(({ line, sku, quantity, uom, price, description }) =>
      lineInPieces(units, {
        line,
        item: sku,
        quantity: { value: quantity, uom },
        ...(description === undefined ? {} : { description }),
        ...(price === undefined ? {} : { price: { amount: price, currency, per: { value: "1", uom } } }),
      }),
    ),
    ...(total === undefined ? {} : { total: decimals.money(total, currency) }),
    ediControlNumber,
  });
}

function toChange(
  change: PurchaseOrderChange,
  ediControlNumber: string,
  { partner, units }: Filled,
): Message {
  const { poNumber, purpose, changeNumber, notes, lines } = change;
  const salesOrderId = orderNumber(partner.customer, poNumber);
  if (purpose === "01") return cancelled(salesOrderId, "The customer cancelled the order.", partner.customer);
  const sequence = Number(/(\d{1,9})$/.exec(changeNumber ?? "")?.[1] ?? 0);
  return sales.OrderChanged.of({
    salesOrderId,
    customerReference: poNumber,
    ...(sequence > 0 ? { sequenceNumberId: sequence } : {}),
    reason: notes?.join(" ") || "The customer changed the order.",
    lines: lines.map(({ line, sku, change: code, quantity, uom, price }): ChangedLine => {
      const deleted = code === "DI";
      const value = deleted ? "0" : quantity;
      return {
        line,
        ...(sku === "" ? {} : { item: sku }),
        ...(value === undefined ? {} : { quantity: inPieces(units, sku, { value, uom }) }),
        ...(price === undefined || deleted
          ? {}
          : { price: { amount: price, per: inPieces(units, sku, { value: "1", uom }) } }),
      };
    }),
    ediControlNumber,
  });
}

const cancelled = (salesOrderId: string, reason: string, by: string): Message =>
  sales.OrderCancelled.of({ salesOrderId, reason, by });

function toRemittance({ set }: Received, ediControlNumber: string, { partner }: Filled): Message {
  const { amount, currency, date, trace, items } = readRemittance(set);
  const in_ = (value: string) => decimals.money(value, currency ?? partner.currency);
  return payments.RemittanceAdvised.of({
    adviceId: trace ?? `${ediControlNumber}/${set.controlNumber}`,
    customer: partner.customer,
    amount: in_(amount),
    paymentDate: date ?? "",
    invoices: items
      .filter(({ qualifier }) => qualifier === "IV")
      .map(({ number, paid }) => ({ invoiceId: number, amount: in_(paid ?? "0") })),
    ediControlNumber,
  });
}

/** One fact a set that is named; a group that names none is told as a whole. */
function toAcknowledgements(
  { set, order }: Received,
  ediControlNumber: string,
  { partner }: Filled,
): Message[] {
  const { groupControlNumber, functionalId, verdict, codes, sets } = readFunctionalAcknowledgement(set);
  const named =
    sets.length > 0
      ? sets.map(({ type, verdict: taken, codes: why }) => ({ of: type, taken, why }))
      : [{ of: functionalId, taken: verdict, why: codes }];
  return named.map(({ of, taken, why }) =>
    operations.AcknowledgementReceived.of({
      partner: partner.customer,
      ackOf: `${of}/${control(groupControlNumber)}`,
      ackType: "syntax",
      status: taken === "accepted" ? "accepted" : taken === "rejected" ? "rejected" : "accepted-with-errors",
      errors: why.map((code) => `Code ${code}.`),
      ediControlNumber,
      salesOrderId: order,
    }),
  );
}

function addressOf(parties: readonly TradeParty[] = []): Address | undefined {
  const to = parties.find(({ role }) => role === "ST") ?? parties.find(({ role }) => role === "BY");
  if (!to) return undefined;
  const { name, street, city, postalCode, country } = to;
  return {
    name: name ?? "",
    ...(street ? { street: street.join(", ") } : {}),
    ...(city ? { city } : {}),
    ...(postalCode ? { postalCode } : {}),
    ...(country && /^[A-Z]{2}$/.test(country) ? { country } : {}),
  };
}
