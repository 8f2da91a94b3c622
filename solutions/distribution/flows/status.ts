/**
 * CRM and web shop are told of every milestone an order reaches, and of every credit note; the shop of goods that came back, too.
 *
 * They subscribe; the process does not know them. Both keep the latest word, so a late one may be superseded.
 */
import { type Flow, flow } from "crossdock";
import { costing, finance, operations, returns, sales, telling } from "crossdock/canon";
import type { Connections } from "../connections.ts";
import { documentAsJson } from "../formats.ts";
import * as mapping from "../mappings/status.ts";
import type { Filled } from "../settings.ts";

type Reached = (typeof operations.MilestoneReached)["sample"];

const ofAnOrder = ({ process }: Reached): boolean => process === "order-to-cash";

export const statusFlows = ({ crm, shop }: Connections, { shopCustomers }: Filled): Flow[] => [
  flow("crm-order-status")
    .on(operations.MilestoneReached)
    .keep("only orders are of interest to the CRM", ofAnOrder)
    .map(mapping.toCrmStatus)
    .deliver(crm, documentAsJson())
    .answer(operations.MilestoneAcknowledged, mapping.acknowledged),
  flow("shop-order-status")
    .on(operations.MilestoneReached)
    .keep("only orders are of interest to the shop", ofAnOrder)
    .lookUp(
      "customer of the order",
      ({ instance }) => [{ key: { type: "order", value: instance }, give: "customer" }],
      (reached, [customer]) => ({ ...reached, customer: customer ?? null }),
      { optional: true },
    )
    .keep(
      "it is no order of the shop",
      ({ customer }) => customer !== null && shopCustomers.includes(customer),
    )
    .map(mapping.toShopStatus)
    .deliver(shop, documentAsJson())
    .answer(operations.MilestoneAcknowledged, mapping.acknowledged),

  // A consumer is confirmed the tax, promised or not; what comes later corrects it.
  flow("shop-order-taxes")
    .on(costing.TaxCalculated)
    .lookUp(
      "customer of the order",
      ({ salesOrderId = "" }) => [{ key: { type: "order", value: salesOrderId }, give: "customer" }],
      (tax, [customer]) => ({ ...tax, customer: customer ?? null }),
      { optional: true },
    )
    .keep(
      "it is no order of the shop",
      ({ customer }) => customer !== null && shopCustomers.includes(customer),
    )
    .map(mapping.toShopTax)
    .deliver(shop, documentAsJson()),

  flow("shop-moved-promises")
    .on(telling.UpdateChannelOrderStatus)
    .lookUp(
      "customer of the order",
      ({ salesOrderId }) => [{ key: { type: "order", value: salesOrderId }, give: "customer" }],
      (told, [customer]) => ({ ...told, customer: customer ?? null }),
      { optional: true },
    )
    .keep(
      "it is no order of the shop",
      ({ customer }) => customer !== null && shopCustomers.includes(customer),
    )
    .map(mapping.toShopPromise)
    .deliver(shop, documentAsJson()),

  flow("crm-price-discrepancies")
    .on(sales.PriceDiscrepancyFound)
    .map(mapping.toCrmDiscrepancy)
    .deliver(crm, documentAsJson()),
  flow("crm-credit-notes")
    .on(finance.CreditNoteIssued)
    .map(mapping.toCrmCredit)
    .deliver(crm, documentAsJson()),
  flow("shop-credit-notes")
    .on(finance.CreditNoteIssued)
    .lookUp(
      "customer of the order",
      ({ salesOrderId }) => [{ key: { type: "order", value: salesOrderId }, give: "customer" }],
      (note, [customer]) => ({ ...note, customer: customer ?? null }),
      { optional: true },
    )
    .keep(
      "it is no order of the shop",
      ({ customer }) => customer !== null && shopCustomers.includes(customer),
    )
    .map(mapping.toShopCredit)
    .deliver(shop, documentAsJson()),
  flow("shop-returns")
    .on(returns.GoodsReturned)
    .lookUp(
      "customer of the order",
      ({ salesOrderId }) => [{ key: { type: "order", value: salesOrderId }, give: "customer" }],
      (back, [customer]) => ({ ...back, customer: customer ?? null }),
      { optional: true },
    )
    .keep(
      "it is no order of the shop",
      ({ customer }) => customer !== null && shopCustomers.includes(customer),
    )
    .map(mapping.toShopReturn)
    .deliver(shop, documentAsJson()),
];
