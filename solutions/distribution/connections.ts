/**
 * The systems of a distributor as named connections, from settings.
 *
 * A connection's name is the system's name in traces and opinions. Which contract goes to which address of a system
 * stands here; what is written there stands in the system's flow file. A system's webhooks are taken by the gateway and
 * arrive under the system's own connection, so what the WMS says is said by `wms`, whichever way it says it.
 *
 * @covers SYS-01, SYS-02, SYS-05, SYS-09, SYS-11, SYS-18, SYS-21, SYS-22, SYS-29, SYS-30, SYS-31, SYS-34, SYS-35
 */
import { type Connection, connection, connector } from "crossdock";
import {
  costing,
  erp,
  finance,
  fulfilment,
  operations,
  payments,
  returns,
  sales,
  settlement,
  telling,
} from "crossdock/canon";
import { file } from "crossdock/connectors/file";
import { http } from "crossdock/connectors/http";
import { odata } from "crossdock/connectors/odata";
import { settlingWithin } from "crossdock/connectors/rest-searchable";
import { restUpsert } from "crossdock/connectors/rest-upsert";
import Type from "typebox";
import { at, type Filled } from "./settings.ts";

export interface Connections {
  readonly acmeMailbox: Connection;
  readonly acmeOutbox: Connection;
  readonly api: Connection;
  readonly shop: Connection;
  readonly crm: Connection;
  readonly erp: Connection;
  readonly erpLedger: Connection;
  readonly wms: Connection;
  readonly tms: Connection;
  readonly pricing: Connection;
  readonly tax: Connection;
  readonly payments: Connection;
  readonly bank: Connection;
  readonly finance: Connection;
}

/**
 * Where the gateway hands in what it took: orders, changes, cancellations. The gateway has checked who calls and names
 * the client as the source, so there is nothing to open here.
 */
const gateway = connector({
  name: "gateway",
  summary: "Takes what the gateway's own routes accepted.",
  config: Type.Object({}),
  guarantees: { repeat: "none", verifies: false, ordered: false, settleMs: 0, concurrency: 1 },
  open: async () => ({ probe: async () => undefined, close: async () => undefined }),
});

/** Addresses of one system, as another solution names them; the connector checks their shape. */
type Places = Record<string, string | { path: string }>;

export function connections({
  systems,
  folders,
  wmsSettlesWithin,
  pollMs,
  paths,
  asks,
}: Filled): Connections {
  return {
    acmeMailbox: connection("acme-mailbox", file, {
      title: "ACME mailbox",
      owner: "integration",
      config: { inbox: folders.fromPartner, pollMs, settleMs: 0 },
    }),
    acmeOutbox: connection("acme-outbox", file, {
      title: "ACME outbox",
      owner: "integration",
      config: { outbox: folders.toPartner },
    }),
    api: connection("api", gateway, { title: "Orders API", owner: "commerce", config: {} }),
    shop: connection("shop", http, {
      title: "Web shop",
      owner: "commerce",
      config: {
        ...at(systems.shop),
        paths: {
          [operations.MilestoneReached.name]: { path: "/orders/{orderId}/status", method: "PUT" },
          [finance.CreditNoteIssued.name]: { path: "/orders/{orderId}/status", method: "PUT" },
          [returns.GoodsReturned.name]: { path: "/orders/{orderId}/status", method: "PUT" },
          [costing.TaxCalculated.name]: { path: "/orders/{orderId}/status", method: "PUT" },
          [telling.UpdateChannelOrderStatus.name]: { path: "/orders/{orderId}/status", method: "PUT" },
        },
        asks: {
          "order-status": { method: "GET", path: "/orders?ids={ids}" },
          "return-status": { method: "GET", path: "/orders?returns={ids}" },
        },
      },
    }),
    crm: connection("crm", restUpsert, {
      title: "CRM",
      owner: "customer-service",
      config: {
        ...at(systems.crm),
        dialect: "salesforce",
        reference: "id",
        paths: {
          [operations.MilestoneReached.name]: {
            path: "/services/data/v62.0/sobjects/Order__c/Crossdock_Id__c/{subject}",
            method: "PATCH",
          },
          [finance.CreditNoteIssued.name]: {
            path: "/services/data/v62.0/sobjects/Credit_Note__c/Crossdock_Id__c/{Number__c}",
            method: "PATCH",
          },
          [sales.PriceDiscrepancyFound.name]: {
            path: "/services/data/v62.0/sobjects/Order__c/Crossdock_Id__c/{subject}",
            method: "PATCH",
          },
          ...(paths.crm as Places | undefined),
        },
        asks: { "order-status": { method: "GET", path: "/services/data/v62.0/query?q={query}" } },
      },
    }),
    erp: connection("erp", odata, {
      title: "ERP",
      owner: "finance",
      config: {
        ...at(systems.erp),
        probe: "/",
        paths: {
          [erp.PostSalesOrder.name]: {
            path: "/A_SalesOrder",
            reference: "SalesOrder",
            compare: ["SoldToParty", "TransactionCurrency", "Items[].Material", "Items[].Quantity"],
          },
          [erp.ChangeSalesOrder.name]: {
            path: "/A_SalesOrderChange",
            reference: "SalesOrderChange",
            compare: ["SalesOrder", "Items[].Material", "Items[].Quantity"],
          },
          [erp.CancelSalesOrder.name]: {
            path: "/A_SalesOrderCancellation",
            reference: "SalesOrderCancellation",
            compare: ["OrderReference"],
          },
          [erp.PostGoodsIssue.name]: {
            path: "/A_GoodsIssue",
            reference: "MaterialDocument",
            compare: ["SalesOrder", "DeliveryDocument", "Items[].SalesOrderItem", "Items[].Quantity"],
          },
          [erp.ReverseMovement.name]: {
            path: "/A_MovementReversal",
            reference: "MovementReversal",
            compare: ["IssueReference"],
          },
          [erp.PostInvoice.name]: {
            path: "/A_BillingDocument",
            reference: "BillingDocument",
            compare: [
              "SalesOrder",
              "DeliveryDocument",
              "Items[].SalesOrderItem",
              "Items[].Quantity",
              "TaxAmount",
            ],
          },
          [erp.PostCreditNote.name]: {
            path: "/A_CreditMemo",
            reference: "CreditMemo",
            compare: ["BillingDocument", "NetAmount", "TaxAmount"],
          },
          [payments.PaymentApplied.name]: {
            path: "/A_IncomingPayment",
            reference: "IncomingPayment",
            compare: ["Items[].BillingDocument", "Items[].Amount"],
          },
          [payments.PaymentUnapplied.name]: {
            path: "/A_IncomingPaymentReversal",
            reference: "IncomingPaymentReversal",
            compare: ["PaymentReference"],
          },
          [returns.PostGoodsReturn.name]: {
            path: "/A_CustomerReturn",
            reference: "MaterialDocument",
            compare: ["BillingDocument", "Items[].Material", "Items[].Quantity"],
          },
          ...(paths.erp as Places | undefined),
        },
        asks: {
          ...(asks.erp as Places | undefined),
          "order-status": { method: "GET", path: "/A_SalesDocumentFlow?$filter={filter}" },
          "return-status": { method: "GET", path: "/A_ReturnFlow?$filter={filter}" },
          "credit-check": {
            method: "GET",
            path: "/CreditCheck(Customer='{customer}',Amount={amount},Currency='{currency}')",
          },
          invoice: { method: "GET", path: "/A_BillingDocument('{invoiceId}')" },
          customer: { method: "GET", path: "/A_BusinessPartner('{customer}')" },
          product: { method: "GET", path: "/A_Product('{sku}')" },
        },
      },
    }),
    // The general ledger of the same ERP is asked by itself: what stands on its accounts is a word of its own.
    erpLedger: connection("erp-ledger", odata, {
      title: "ERP ledger",
      owner: "finance",
      config: {
        ...at(systems.erp),
        probe: "/",
        paths: {},
        asks: { "inventory-accounts": { method: "GET", path: "/A_InventoryAccount" } },
      },
    }),
    wms: connection("wms", settlingWithin(wmsSettlesWithin), {
      title: "WMS",
      owner: "warehouse",
      config: {
        ...at(systems.wms),
        businessCodes: [
          "INSUFFICIENT_STOCK",
          "ALREADY_DISPATCHED",
          "RELEASED_BEFORE",
          "CANCELLED_BEFORE",
          "TAKEN_ALREADY",
        ],
        paths: {
          [fulfilment.AllocateStock.name]: warehouse("/api/allocations", "lines[].quantity"),
          [fulfilment.ReleaseAllocation.name]: warehouse("/api/releases"),
          [fulfilment.ShipOrder.name]: warehouse("/api/ship-orders", "lines[].quantity"),
          [fulfilment.CancelShipment.name]: warehouse("/api/ship-order-cancellations"),
          [returns.ReturnAuthorised.name]: {
            path: "/api/expected-returns",
            reference: "id",
            compare: ["returnId", "lines[].quantity"],
          },
          ...(paths.wms as Places | undefined),
        },
        asks: {
          stock: { method: "GET", path: "/api/stock" },
          "order-status": { method: "GET", path: "/api/orders?ids={ids}" },
          "return-status": { method: "GET", path: "/api/returns?ids={ids}" },
          ...(asks.wms as Places | undefined),
        },
      },
    }),
    tms: connection("tms", http, {
      title: "TMS",
      owner: "logistics",
      config: {
        ...at(systems.tms),
        reference: "id",
        businessCodes: ["ALREADY_COLLECTED", "LANE_NOT_SERVED"],
        paths: {
          [fulfilment.BookFreight.name]: "/freight-bookings",
          [fulfilment.CancelFreight.name]: "/freight-cancellations",
        },
        asks: { consignments: { method: "GET", path: "/consignments?orders={orders}" } },
      },
    }),
    pricing: connection("pricing", http, {
      title: "Pricing",
      owner: "pricing",
      config: { ...at(systems.pricing), paths: {}, asks: { "price-checks": "/price-checks" } },
    }),
    tax: connection("tax", http, {
      title: "Tax engine",
      owner: "tax",
      config: {
        ...at(systems.tax),
        reference: "id",
        paths: {
          [settlement.FinaliseDocument.name]: "/v2/transactions",
          [settlement.VoidDocument.name]: "/v2/voids",
          [returns.CreditTax.name]: "/v2/transactions",
        },
        asks: {
          "order-taxes": "/v2/calculations",
          "documents-of-orders": { method: "GET", path: "/v2/transactions?startsWith={startsWith}" },
        },
      },
    }),
    payments: connection("payments", http, {
      title: "Payments",
      owner: "accounts-receivable",
      config: {
        ...at(systems.payments),
        reference: "id",
        businessCodes: ["CARD_DECLINED", "REFUND_TOO_LARGE"],
        paths: {
          [settlement.CapturePayment.name]: "/captures",
          [settlement.RefundPayment.name]: "/refunds",
        },
        asks: { "captures-of-orders": { method: "GET", path: "/captures?orders={orders}" } },
      },
    }),
    bank: connection("bank", file, {
      title: "Bank",
      owner: "accounts-receivable",
      config: { inbox: folders.bankStatements, pollMs, settleMs: 0 },
    }),
    finance: connection("finance", restUpsert, {
      title: "Finance",
      owner: "finance",
      config: {
        ...at(systems.finance),
        dialect: "netsuite",
        reference: "id",
        paths: {
          [finance.PostingSubmitted.name]: "/services/rest/record/v1/journalEntry/eid:{key}",
          [payments.PaymentSettled.name]: "/services/rest/record/v1/journalEntry/eid:{key}",
          [settlement.PostEntry.name]: "/services/rest/record/v1/journalEntry/eid:{key}",
          [settlement.ReverseEntry.name]: "/services/rest/record/v1/journalEntry/eid:{key}",
          [settlement.ApplyPayment.name]: "/services/rest/record/v1/customerPayment/eid:{key}",
          [settlement.UnapplyPayment.name]: "/services/rest/record/v1/journalEntry/eid:{key}",
        },
        asks: { "lines-of-orders": "/services/rest/query/v1/suiteql" },
      },
    }),
  };
}

/** A WMS document is compared by what it keeps of ours. */
const warehouse = (path: string, ...more: string[]) => ({
  path,
  reference: "id",
  compare: ["orderId", ...more],
});
