/**
 * To and from suppliers, and the ERP and the treasury about what was bought.
 *
 * @covers EVT-11, EVT-27, EVT-28, EVT-29, EVT-30
 */
import { type Flow, flow } from "crossdock";
import {
  cutover,
  finance,
  payments,
  plant,
  procurement,
  production,
  purchasing,
  sales,
  stock,
} from "crossdock/canon";
import { documentAsJson, json } from "../../distribution/formats.ts";
import { notBooked } from "../../distribution/mappings/not-booked.ts";
import { receiptOf } from "../../distribution/mappings/receipts.ts";
import { recipients } from "../../distribution/recipients.ts";
import { stageIn, turnOf } from "../../distribution/turns.ts";
import { reports } from "../capabilities.ts";
import type { Connections } from "../connections.ts";
import * as erp from "../mappings/erp-purchasing.ts";
import * as mapping from "../mappings/purchasing.ts";
import {
  fromProcurement,
  fromSupplier,
  type RequisitionWebhook,
  type SupplierWebhook,
} from "../mappings/webhooks.ts";
import { goodsReceiptsOf } from "../processes/cut-over.ts";
import type { Filled } from "../settings.ts";

type Received = (typeof stock.GoodsReceived)["sample"];

/** Suppliers, and plants of our other entities where they sell to us. */
const sellers = ({ supplier: line }: Connections, { ledgers }: Filled) => {
  const of = <Part extends "order" | "cancellation">(part: Part) =>
    ledgers.flatMap(({ line: books, sales }) => (sales ? [{ line: books, ...sales[part] }] : []));
  return {
    orders: recipients({ line, write: mapping.toOrder }, of("order")),
    cancellations: recipients({ line, write: mapping.toCancellation }, of("cancellation")),
  };
};

export const purchasingFlows = (lines: Connections, settings: Filled): Flow[] =>
  flowsOf(lines, settings, sellers(lines, settings));

const flowsOf = (
  { api, supplier, procurement: platform, erp: ledger, treasury }: Connections,
  settings: Filled,
  { orders, cancellations }: ReturnType<typeof sellers>,
): Flow[] => {
  const { policy, nextErp } = settings;
  const receipts = recipients(
    { line: ledger, write: erp.toGoodsReceipt },
    nextErp === null ? [] : [{ line: nextErp.line, ...nextErp.receipt }],
  );
  return [
    // Facts machines report at the gateway, each in the shape of its contract.
    ...reports(settings).map(({ flow: name, contract }) => {
      const said = flow(name).from(api).decode(json);
      if (contract !== stock.GoodsReceived) return said.publish(contract);
      return said
        .lookUp(
          "whose turn it is to book the goods",
          (told) =>
            nextErp !== null && (told as Received).purchaseOrderId !== undefined
              ? turnOf(goodsReceiptsOf(policy))
              : [],
          // Nobody outside says whose turn it is.
          (told, [found]) => {
            const { stage: _, ...receipt } = told as Received;
            return { ...receipt, ...stageIn(found) };
          },
          { optional: true },
        )
        .publishAs([stock.GoodsReceived, stock.GoodsUnassigned], (receipt) => [receiptOf(receipt)]);
    }),

    flow("requisitions")
      .from(platform)
      .decode(json)
      .publishAs([procurement.RequisitionApproved], (told) =>
        fromProcurement(policy.currency)(told as RequisitionWebhook),
      ),
    // What is to be bought again is kept current there.
    flow("procurement-demands")
      .on(production.DemandSignalled)
      .map(mapping.toDemand)
      .deliver(platform, documentAsJson()),
    // Who asked for the goods sees there that they have come.
    flow("procurement-receipts")
      .on(stock.GoodsReceived)
      .keep(
        "nothing was bought",
        ({ purchaseOrderId, transferId }) => purchaseOrderId !== undefined && transferId === undefined,
      )
      .map(mapping.toReceipt)
      .deliver(platform, documentAsJson()),
    flow("procurement-receipt-corrections")
      .on(stock.ReceiptCorrected)
      .keep("nothing was bought under it", ({ purchaseOrderId }) => purchaseOrderId !== undefined)
      .map(mapping.toReceiptCorrection)
      .deliver(platform, documentAsJson()),
    flow("supplier-reports")
      .from(supplier)
      .decode(json)
      .map((told) => told as SupplierWebhook)
      .lookUp(
        "order the goods are bought for",
        ({ purchaseOrderId }) => [{ key: { type: "purchaseOrder", value: purchaseOrderId }, give: "order" }],
        (told, [order]) => ({ ...told, order: order ?? null }),
        { optional: true },
      )
      .publishAs(
        [
          procurement.PurchaseOrderConfirmed,
          procurement.DeliveryDelayed,
          procurement.ShipmentNotified,
          procurement.SupplierInvoiceReceived,
        ],
        fromSupplier(policy.currency),
      ),
    flow("supplier-orders")
      .on(purchasing.IssuePurchaseOrder)
      .map(orders.address)
      .deliver(orders.routes, orders.as)
      .answer([procurement.PurchaseOrderIssued, sales.OrderAccepted], mapping.fromOrder(policy.entity)),
    flow("supplier-order-changes")
      .on(purchasing.ChangePurchaseOrder)
      .map(mapping.toChange)
      .deliver(supplier, documentAsJson())
      .answer(procurement.PurchaseOrderChanged, mapping.fromChange),
    flow("supplier-order-cancellations")
      .on(purchasing.CancelPurchaseOrder)
      .map(cancellations.address)
      .deliver(cancellations.routes, cancellations.as)
      .answer(procurement.PurchaseOrderCancelled, mapping.fromCancellation),
    flow("supplier-commitment-requests")
      .on(purchasing.RequestCommitment)
      .map(mapping.toCommitmentRequest)
      .deliver(supplier, documentAsJson()),

    // The ERP keeps what a supplier promised, and the supplier what of our components stands there.
    flow("erp-supplier-confirmations")
      .on(procurement.PurchaseOrderConfirmed)
      .map(mapping.toConfirmation)
      .deliver(ledger, documentAsJson()),
    flow("supplier-components-sent")
      .on(production.SubcontractSent)
      .map(mapping.toComponentsSent)
      .deliver(supplier, documentAsJson()),
    flow("supplier-components-returned")
      .on(production.SubcontractReturned)
      .map(mapping.toComponentsReturned)
      .deliver(supplier, documentAsJson()),

    flow("erp-goods-receipts")
      .on(plant.PostGoodsReceipt)
      .map(receipts.address)
      .deliver(receipts.routes, receipts.as)
      .refused(
        finance.PostingRejected,
        notBooked("ERP", ({ receiptAdviceId }) => receiptAdviceId),
      )
      .answer([finance.PostingAccepted, cutover.ParallelPosted], erp.fromGoodsReceipt(policy, nextErp)),
    flow("erp-goods-receipt-reversals")
      .on(plant.ReverseGoodsReceipt)
      .map(erp.toReceiptReversal)
      .deliver(ledger, documentAsJson())
      .answer(cutover.DirectPostingReversed, erp.fromReceiptReversal),
    flow("erp-supplier-invoices")
      .on(purchasing.PostSupplierInvoice)
      .map(erp.toSupplierInvoice)
      .deliver(ledger, documentAsJson())
      .refused(
        finance.PostingRejected,
        notBooked("ERP", ({ supplierInvoiceId }) => supplierInvoiceId),
      )
      .answer(finance.PostingAccepted, erp.fromPurchasing(policy)),
    flow("treasury-payments")
      .on(purchasing.InstructPayment)
      .map(mapping.toPaymentOrder)
      .deliver(treasury, documentAsJson())
      .answer(payments.PaymentSettled, mapping.fromPaymentOrder),
  ];
};
