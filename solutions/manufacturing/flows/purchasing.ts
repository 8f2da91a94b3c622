/**
 * To and from suppliers, and the ERP and the treasury about what was bought.
 *
 * @covers EVT-11, EVT-27, EVT-28, EVT-29, EVT-30
 */
import { type Flow, flow } from "crossdock";
import { finance, payments, plant, procurement, purchasing, sales } from "crossdock/canon";
import { documentAsJson, json } from "../../distribution/formats.ts";
import { recipients } from "../../distribution/recipients.ts";
import { reports } from "../capabilities.ts";
import type { Connections } from "../connections.ts";
import * as erp from "../mappings/erp.ts";
import * as mapping from "../mappings/purchasing.ts";
import {
  fromProcurement,
  fromSupplier,
  type RequisitionWebhook,
  type SupplierWebhook,
} from "../mappings/webhooks.ts";
import type { Filled } from "../settings.ts";

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
  { policy }: Filled,
  { orders, cancellations }: ReturnType<typeof sellers>,
): Flow[] => [
  // Facts machines report at the gateway, each in the shape of its contract.
  ...reports.map(({ flow: name, contract }) => flow(name).from(api).decode(json).publish(contract)),

  flow("requisitions")
    .from(platform)
    .decode(json)
    .publishAs([procurement.RequisitionApproved], (told) =>
      fromProcurement(policy.currency)(told as RequisitionWebhook),
    ),
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

  flow("erp-goods-receipts")
    .on(plant.PostGoodsReceipt)
    .map(erp.toGoodsReceipt)
    .deliver(ledger, documentAsJson())
    .answer(finance.PostingAccepted, erp.fromPurchasing(policy)),
  flow("erp-supplier-invoices")
    .on(purchasing.PostSupplierInvoice)
    .map(erp.toSupplierInvoice)
    .deliver(ledger, documentAsJson())
    .answer(finance.PostingAccepted, erp.fromPurchasing(policy)),
  flow("treasury-payments")
    .on(purchasing.InstructPayment)
    .map(mapping.toPaymentOrder)
    .deliver(treasury, documentAsJson())
    .answer(payments.PaymentSettled, mapping.fromPaymentOrder),
];
