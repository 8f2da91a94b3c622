/**
 * What suppliers and the treasury are asked, and what follows from their answers.
 *
 * An order a supplier took is issued from then on: the fact is told by the receipt and not before.
 */
import type { Message, Receipt } from "crossdock";
import { payments, procurement, type production, type purchasing, sales, type stock } from "crossdock/canon";
import { need } from "./webhooks.ts";

type Of<Contract extends { sample: unknown }> = Contract["sample"];

const line = ({
  line: number,
  item,
  quantity,
}: {
  line: string;
  item: string;
  quantity: { value: string };
}) => ({
  line: number,
  sku: item,
  quantity: quantity.value,
});

export const toOrder = (about: Of<typeof purchasing.IssuePurchaseOrder>) => ({
  about,
  document: {
    purchaseOrderId: about.purchaseOrderId,
    supplier: about.supplier,
    needBy: about.needBy,
    lines: about.lines.map((one) => ({ ...line(one), price: one.price.amount })),
  },
});

/** What a plant used, to be bought again. */
export const toDemand = (about: Of<typeof production.DemandSignalled>) => ({
  about,
  document: {
    demandId: about.demandId,
    item: about.item,
    plant: about.plant,
    quantity: about.quantity.value,
    ...(about.productionOrderId === undefined ? {} : { order: about.productionOrderId }),
  },
});

/** What came in of what was bought. */
export const toReceipt = (about: Of<typeof stock.GoodsReceived>) => ({
  about,
  document: {
    receipt: about.receiptAdviceId,
    purchaseOrder: about.purchaseOrderId,
    lines: about.lines.map(({ receivedQuantity, ...one }) => line({ ...one, quantity: receivedQuantity })),
  },
});

/** What was told there for an order it is not of. For the order it is of it is told as a receipt. */
export const toReceiptCorrection = (about: Of<typeof stock.ReceiptCorrected>) => ({
  about,
  document: {
    receipt: about.receiptAdviceId,
    ...(about.correctOrderId === undefined ? {} : { purchaseOrder: about.correctOrderId }),
    reason: about.reason,
  },
});

type Ordered = { readonly about: Of<typeof purchasing.IssuePurchaseOrder> };

/** Taken, it is issued; by another of our entities, it is that entity's sales order from then on, under its own number. */
export const fromOrder =
  (buyer: string) =>
  ({ reference }: Receipt, { about }: Ordered): Message[] => [
    procurement.PurchaseOrderIssued.of(about),
    ...(about.sellingEntity === undefined || about.transferId === undefined
      ? []
      : [
          sales.OrderAccepted.of({
            salesOrderId: about.transferId,
            customerReference: about.purchaseOrderId,
            customer: buyer,
            erpOrderId: reference,
            transferId: about.transferId,
          }),
        ]),
  ];

export const fromCancellation = (
  _: Receipt,
  { about: { sellingEntity: __, ...about } }: { readonly about: Of<typeof purchasing.CancelPurchaseOrder> },
): Message => procurement.PurchaseOrderCancelled.of(about);

export const toChange = (about: Of<typeof purchasing.ChangePurchaseOrder>) => ({
  about,
  document: {
    purchaseOrderId: about.purchaseOrderId,
    lines: about.lines.map((one) => ({
      ...line(one),
      ...(one.needBy === undefined ? {} : { needBy: one.needBy }),
    })),
    reason: about.reason,
  },
});

export const fromChange = (_: Receipt, { about }: ReturnType<typeof toChange>): Message =>
  procurement.PurchaseOrderChanged.of(about);

export const toCancellation = (about: Of<typeof purchasing.CancelPurchaseOrder>) => ({
  about,
  document: { purchaseOrderId: about.purchaseOrderId, reason: about.reason },
});

export const toCommitmentRequest = (about: Of<typeof purchasing.RequestCommitment>) => ({
  about,
  document: {
    requestId: about.requestId,
    purchaseOrderId: about.purchaseOrderId,
    needBy: about.needBy,
    lines: about.lines.map(line),
  },
});

/** What a supplier promised, as the ERP keeps it beside the order. */
export const toConfirmation = (about: Of<typeof procurement.PurchaseOrderConfirmed>) => ({
  about,
  document: {
    PurchaseOrder: about.purchaseOrderId,
    Items: about.supplierCommitments.map((one) => ({
      Line: one.line,
      Material: one.item,
      Quantity: one.confirmedQuantity.value,
      DeliveryDate: one.promisedDate,
    })),
  },
});

const components = (lines: readonly { item: string; quantity: { value: string } }[]) =>
  lines.map(({ item, quantity }) => ({ sku: item, quantity: quantity.value }));

/** Components of ours at a supplier: what left for there, and what of it is accounted for. */
export const toComponentsSent = (about: Of<typeof production.SubcontractSent>) => ({
  about,
  document: {
    purchaseOrderId: about.purchaseOrderId,
    report: about.reportId,
    came: components(about.components),
    went: [],
  },
});
export const toComponentsReturned = (about: Of<typeof production.SubcontractReturned>) => ({
  about,
  document: {
    purchaseOrderId: about.purchaseOrderId,
    report: about.reportId,
    came: [],
    went: components([...about.used, ...about.returned, ...about.scrapped]),
  },
});

export const toPaymentOrder = (about: Of<typeof purchasing.InstructPayment>) => ({
  about,
  document: {
    paymentId: about.paymentId,
    creditor: about.supplier,
    amount: about.amount.amount,
    currency: about.amount.currency,
    executionDate: about.executionDate,
  },
});

/** The treasury executes at once; what it took is paid. */
export const fromPaymentOrder = (
  { reference, answer }: Receipt,
  { about }: ReturnType<typeof toPaymentOrder>,
): Message =>
  payments.PaymentSettled.of({
    payoutId: reference,
    direction: "out",
    amount: about.amount,
    fee: {
      amount: need((answer as { fee?: string }).fee, "fee", "The bank"),
      currency: about.amount.currency,
    },
    payments: [about.paymentId],
    purchaseOrderId: about.purchaseOrderId,
    settledAt: `${about.executionDate}T00:00:00Z`,
  });
