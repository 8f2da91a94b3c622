/**
 * Orders, changes and cancellations as the gateway takes them, in canonical words.
 *
 * The gateway has held them against its published shapes. An order without a number of its own gets one that follows from
 * customer and reference, so the same order sent twice is the same order.
 */
import { decimals, sales } from "crossdock/canon";
import { PIECE, priceEach } from "./pieces.ts";

export interface OrderRequest {
  readonly orderId?: string;
  readonly customer: string;
  readonly customerReference: string;
  readonly currency: string;
  readonly requestedDate?: string;
  readonly orderedAt?: string;
  readonly shipTo?: sales.SalesOrder["shipTo"];
  readonly payment?: { readonly method: "invoice" | "card"; readonly token?: string };
  readonly lines: readonly {
    readonly line?: string;
    readonly sku: string;
    readonly quantity: string;
    readonly price?: string;
    readonly termMonths?: number;
  }[];
  readonly invoiceAfter?: "dispatch" | "delivery";
  readonly extensions?: Readonly<Record<string, string>>;
}

/** `SO-ACME-PO-4711`: the customer without its prefix, and its own number with every unusual letter spelt out. */
export function orderNumber(customer: string, customerReference: string): string {
  const plain = customerReference.replace(
    /[^A-Za-z0-9.-]/gu,
    (sign) => `_${(sign.codePointAt(0) ?? 0).toString(16)}_`,
  );
  return `SO-${customer.replace(/^C-/, "")}-${plain}`;
}

const RFC3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;

export const toOrder =
  (shopCustomers: readonly string[]) =>
  (request: OrderRequest): sales.SalesOrder => {
    const { customer, customerReference, currency, shipTo, payment, requestedDate, orderedAt } = request;
    return {
      salesOrderId: request.orderId ?? orderNumber(customer, customerReference),
      customerReference,
      customer,
      channel: shopCustomers.includes(customer) ? "shop" : "api",
      currency,
      ...(requestedDate ? { requestedDate } : {}),
      ...(orderedAt && RFC3339.test(orderedAt) ? { capturedAt: orderedAt } : {}),
      ...(shipTo ? { shipTo } : {}),
      payment: payment ?? { method: "invoice" },
      lines: request.lines.map(({ line, sku, quantity, price, termMonths }, at) => ({
        line: line ?? String(at + 1),
        item: sku,
        quantity: { value: decimals.plain(quantity), uom: PIECE },
        ...(price === undefined ? {} : { price: priceEach(price, currency) }),
        ...(termMonths === undefined ? {} : { termMonths }),
      })),
      ...(request.invoiceAfter ? { invoiceAfter: request.invoiceAfter } : {}),
      ...(request.extensions ? { extensions: { api: request.extensions } } : {}),
    };
  };

export interface ChangeRequest {
  readonly orderId: string;
  readonly changeNumber?: string;
  readonly reason?: string;
  readonly lines: readonly {
    readonly line: string;
    readonly sku?: string;
    readonly quantity?: string;
    readonly price?: string;
  }[];
}

/** A change number that is no number orders nothing; the process then takes the change as the next one. */
export function toChange({ orderId, changeNumber, reason, lines }: ChangeRequest) {
  const number = /(\d{1,9})$/.exec(changeNumber ?? "")?.[1];
  const sequence = Number(number ?? 0);
  return sales.OrderChanged.of({
    salesOrderId: orderId,
    ...(sequence > 0 ? { sequenceNumberId: sequence } : {}),
    reason: reason ?? "The customer changed the order.",
    lines: lines.map(({ line, sku, quantity, price }) => ({
      line,
      ...(sku === undefined ? {} : { item: sku }),
      ...(quantity === undefined ? {} : { quantity: { value: decimals.plain(quantity), uom: PIECE } }),
      ...(price === undefined ? {} : { price: { amount: price, per: { value: "1", uom: PIECE } } }),
    })),
  });
}

export const toCancellation = ({ orderId, reason }: { orderId: string; reason: string }) =>
  sales.OrderCancelled.of({ salesOrderId: orderId, reason, by: "the customer" });
