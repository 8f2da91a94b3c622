/**
 * What the warehouse is asked and told in matters of plants: components set aside and taken, output put away, status of lots.
 *
 * A report of the plant is one document of the warehouse, under the report's own number.
 */
import type { Message, Receipt } from "crossdock";
import { type plant, type production, stock, type transfers } from "crossdock/canon";

type Of<Contract extends { sample: unknown }> = Contract["sample"];

const pieces = (materials: readonly { item: string; quantity: { value: string } }[]) =>
  materials.map(({ item, quantity }, at) => ({ line: String(at + 1), sku: item, quantity: quantity.value }));

export const toReservation = (about: Of<typeof plant.ReserveComponents>) => ({
  about,
  document: {
    orderId: about.productionOrderId,
    purpose: "production",
    ...(about.salesOrderId === undefined ? {} : { salesOrder: about.salesOrderId }),
    lines: pieces(about.materials),
  },
});

export const toComponentRelease = (about: Of<typeof plant.ReleaseComponents>) => ({
  about,
  document: { orderId: about.productionOrderId, reason: about.reason },
});

export const toMaterialIssue = (about: Of<typeof production.MaterialConsumed>) => ({
  about,
  document: { orderId: about.productionOrderId, lines: pieces(about.materials) },
});

export const toScrapIssue = (about: Of<typeof production.ScrapDeclared>) => ({
  about,
  document: {
    orderId: about.productionOrderId,
    reason: about.reasonCode,
    lines: pieces([{ item: about.item, quantity: about.quantity }]),
  },
});

export const toTransfer = (about: Of<typeof transfers.TransferStock>) => ({
  about,
  document: {
    orderId: about.salesOrderId,
    transferId: about.transferId,
    line: about.line,
    sku: about.item,
    quantity: about.quantity.value,
    to: about.to,
  },
});

export const toReceiptCorrection = (about: Of<typeof plant.CorrectReceipt>) => ({
  about,
  document: {
    receiptId: about.receiptAdviceId,
    ...(about.correctOrderId === undefined
      ? {}
      : { purchaseOrderId: about.correctOrderId, knownAs: about.correctReceiptId }),
    reason: about.reason,
  },
});

export const fromReceiptCorrection = (
  _: Receipt,
  { about }: ReturnType<typeof toReceiptCorrection>,
): Message => stock.ReceiptCorrected.of(about);

export const toStatusChange = (about: Of<typeof plant.ChangeStockStatus>) => ({
  about,
  document: {
    lot: about.lot,
    sku: about.item,
    quantity: about.quantity.value,
    from: about.from,
    to: about.to,
    decisionId: about.decisionId,
    reason: about.reason,
  },
});

/** Put away, a lot is the warehouse's: from then on its status can change. */
export const fromPutAway = ({ reference }: Receipt, { about }: ReturnType<typeof toPutAway>): Message[] =>
  about.lot === undefined
    ? []
    : [
        stock.StockStatusChanged.of({
          lot: about.lot,
          item: about.item,
          quantity: about.quantity,
          from: "in-transit",
          to: "available",
          changeId: reference,
          changedAt: about.completedAt,
        }),
      ];

/** What a plant made is put away. */
export const toPutAway = (about: Of<typeof plant.PutAway>) => ({
  about,
  document: {
    productionOrderId: about.productionOrderId,
    lines: [
      {
        line: "1",
        sku: about.item,
        quantity: about.quantity.value,
        ...(about.lot === undefined ? {} : { lot: about.lot }),
      },
    ],
  },
});
