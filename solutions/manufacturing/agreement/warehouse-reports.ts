/**
 * What the warehouse holds and did not tell, written as its webhooks tell it, so that it can be taken in.
 *
 * The warehouse's own numbers stay, so that its own message, if it still comes, says the same of the same thing. Pure.
 */
import type { Report } from "crossdock";

const as = (document: string, warehouse: string, body: object): Report => {
  const id = `asked:${document}`;
  return { flow: "wms-reports", messageId: id, document, body: { id, warehouse, ...body } };
};

/** What it found to be more or less than its books said. */
export interface WmsAdjustment extends Readonly<Record<"id" | "sku" | "delta" | "reason" | "at", string>> {}

export const adjustmentReport = (place: string, { id, sku, delta, reason, at }: WmsAdjustment): Report =>
  as(id, place, {
    type: "stock.adjusted",
    occurredAt: at,
    orderId: sku,
    lines: [],
    adjustmentId: id,
    sku,
    delta,
    reason,
  });

/** Goods that left for another warehouse. */
export interface WmsTransfer
  extends Readonly<
    Record<"id" | "orderId" | "transferId" | "line" | "sku" | "to" | "quantity" | "sentAt", string>
  > {}

export const transferReport = (
  place: string,
  { id, orderId, transferId, line, sku, to, quantity, sentAt }: WmsTransfer,
): Report =>
  as(id, place, {
    type: "stock.transferred",
    occurredAt: sentAt,
    orderId,
    transferId,
    movementId: id,
    toWarehouse: to,
    lines: [{ line, sku, quantity }],
  });

/** Goods that came in for a purchase order. */
export interface WmsReceipt {
  readonly id: string;
  readonly warehouse: string;
  readonly at: string;
  readonly lines: readonly { readonly line: string; readonly sku: string; readonly quantity: string }[];
}

export const receiptReport = (purchaseOrderId: string, { id, warehouse, at, lines }: WmsReceipt): Report =>
  as(id, warehouse, {
    type: "goods.received",
    occurredAt: at,
    receiptId: id,
    orderId: purchaseOrderId,
    purchaseOrderId,
    lines,
  });
