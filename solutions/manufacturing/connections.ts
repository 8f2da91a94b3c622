/**
 * The systems of a manufacturer as named connections: MES, machines, quality, suppliers; and what ERP and warehouse take
 * besides the documents of sales.
 *
 * `plantPaths` is handed to the distribution solution, which opens the lines of ERP and warehouse for both.
 *
 * @covers SYS-13, SYS-15, SYS-17, SYS-24, SYS-25, SYS-26, SYS-27, SYS-39
 */
import { type Connection, connection, Unusable } from "crossdock";
import {
  inventory,
  plant,
  procurement,
  production,
  purchasing,
  stock,
  telling,
  transfers,
} from "crossdock/canon";
import { file } from "crossdock/connectors/file";
import { http } from "crossdock/connectors/http";
import { at } from "../distribution/settings.ts";
import type { Filled } from "./settings.ts";

export interface Connections {
  readonly mes: Connection;
  readonly equipment: Connection;
  readonly qms: Connection;
  readonly supplier: Connection;
  readonly mdm: Connection;
  readonly scheduling: Connection;
  readonly procurement: Connection;
  readonly treasury: Connection;
  /** Where the gateway hands in what it took. */
  readonly api: Connection;
  readonly erp: Connection;
  readonly wms: Connection;
  readonly crm: Connection;
}

const movement = {
  path: "/A_PlantMovement",
  reference: "MaterialDocument",
  compare: ["MovementType", "ManufacturingOrderReference", "Items[].Material", "Items[].Quantity"],
};

const issued = {
  path: "/api/goods-issues",
  reference: "id",
  compare: ["orderId", "lines[].sku", "lines[].quantity"],
};

/** The CRM keeps one record an order, whatever is told about it. */
const ofOrder = {
  path: "/services/data/v62.0/sobjects/Order__c/Crossdock_Id__c/{Order_Number__c}",
  method: "PATCH",
};

/** Documents of plants and purchasing, by the contract that asks for them. */
export const plantPaths = {
  erp: {
    [plant.ScheduleProduction.name]: {
      path: "/A_ProductionOrder",
      reference: "ManufacturingOrder",
      compare: ["Material", "Quantity"],
    },
    [plant.UnscheduleProduction.name]: {
      path: "/A_ProductionOrderCancellation",
      reference: "ProductionOrderCancellation",
      compare: ["ManufacturingOrderReference"],
    },
    [plant.RescheduleProduction.name]: {
      path: "/A_ProductionOrderChange",
      reference: "ProductionOrderChange",
      compare: ["ManufacturingOrderReference", "Version", "StartDate"],
    },
    [plant.PostConsumption.name]: movement,
    [plant.PostProductionReceipt.name]: movement,
    [plant.PostScrap.name]: movement,
    [plant.ReverseProductionMovement.name]: {
      path: "/A_PlantReversal",
      reference: "MaterialDocument",
      compare: ["MovementReference"],
    },
    [plant.CloseProduction.name]: {
      path: "/A_ProductionSettlement",
      reference: "SettlementDocument",
      compare: ["ManufacturingOrderReference"],
    },
    [stock.StockAdjusted.name]: {
      path: "/A_StockAdjustment",
      reference: "MaterialDocument",
      compare: ["Material", "Delta"],
    },
    [stock.StockTransferred.name]: {
      path: "/A_StockTransfer",
      reference: "MaterialDocument",
      compare: ["TransferReference", "MovementType", "Material", "Quantity"],
    },
    [stock.StockStatusChanged.name]: {
      path: "/A_StockStatusChange",
      reference: "MaterialDocument",
      compare: ["Batch", "Quantity", "ToStatus"],
    },
    [plant.PostGoodsReceipt.name]: {
      path: "/A_GoodsReceipt",
      reference: "MaterialDocument",
      compare: ["PurchaseOrder", "Items[].Material", "Items[].Quantity"],
    },
    [plant.ReverseGoodsReceipt.name]: {
      path: "/A_GoodsReceiptReversal",
      reference: "MaterialDocument",
      compare: ["MaterialDocumentReference"],
    },
    [procurement.PurchaseOrderConfirmed.name]: {
      path: "/A_SupplierConfirmation",
      reference: "SupplierConfirmation",
      compare: ["PurchaseOrder", "Items[].Line", "Items[].Quantity"],
    },
    [purchasing.PostSupplierInvoice.name]: {
      path: "/A_SupplierInvoice",
      reference: "SupplierInvoice",
      compare: ["PurchaseOrder", "NetAmount", "TaxAmount"],
    },
  },
  wms: {
    [plant.ChangeStockStatus.name]: {
      path: "/api/stock-status-changes",
      reference: "id",
      compare: ["lot", "quantity", "to"],
    },
    [plant.CorrectReceipt.name]: {
      path: "/api/receipt-corrections",
      reference: "id",
      compare: ["receiptId"],
    },
    [plant.ReserveComponents.name]: {
      path: "/api/allocations",
      reference: "id",
      compare: ["orderId", "lines[].quantity"],
    },
    [plant.ReleaseComponents.name]: { path: "/api/releases", reference: "id", compare: ["orderId"] },
    [plant.PutAway.name]: {
      path: "/api/goods-receipts",
      reference: "id",
      compare: ["lines[].quantity"],
    },
    [transfers.TransferStock.name]: {
      path: "/api/transfers",
      reference: "id",
      compare: ["orderId", "transferId", "quantity"],
    },
    [production.MaterialConsumed.name]: issued,
    [production.ScrapDeclared.name]: issued,
  },
  crm: {
    [telling.UpdateCrmOrderStatus.name]: ofOrder,
    [inventory.OrderBackordered.name]: ofOrder,
  },
} as const;

/** Questions ERP and warehouse answer besides those of sales. */
export const plantQuestions = {
  erp: {
    period: { method: "GET", path: "/PostingPeriod(Day='{day}')" },
    "production-status": { method: "GET", path: "/A_ManufacturingFlow?$filter={filter}" },
    "purchasing-status": { method: "GET", path: "/A_PurchasingFlow?$filter={filter}" },
    "transfer-status": { method: "GET", path: "/A_TransferFlow?$filter={filter}" },
    "inventory-accounts": { method: "GET", path: "/A_InventoryAccount" },
    "stock-by-place": { method: "GET", path: "/A_StockByLocation?$filter={filter}" },
    "batch-status": { method: "GET", path: "/A_BatchFlow?$filter={filter}" },
    supply: { method: "GET", path: "/SupplyCheck(Material='{item}',Quantity={quantity})" },
    materials: { method: "GET", path: "/MaterialRequirements(Material='{item}',Quantity={quantity})" },
  },
  wms: {
    made: { method: "GET", path: "/api/inbound?productionOrders={ids}" },
    received: { method: "GET", path: "/api/inbound?purchaseOrders={ids}" },
    lots: { method: "GET", path: "/api/lots?ids={ids}" },
    transfers: { method: "GET", path: "/api/transfers?ids={ids}" },
    "stock-of": { method: "GET", path: "/api/stock?skus={skus}" },
  },
} as const;

export function connections({ systems, folders, lines, pollMs }: Filled): Connections {
  const shared = (name: string): Connection => {
    const line = lines.find((one) => one.name === name);
    if (line) return line;
    throw new Unusable(
      `The manufacturing solution uses the line ${name}, and none of that name was handed in.`,
      {
        facts: { setting: "lines" },
      },
    );
  };
  return {
    mes: connection("mes", file, {
      title: "MES",
      owner: "production",
      config: { inbox: folders.fromMes, outbox: folders.toMes, pollMs, settleMs: 0 },
    }),
    equipment: connection("equipment", http, {
      title: "Machines",
      owner: "production",
      config: { ...at(systems.equipment), paths: {} },
    }),
    qms: connection("qms", http, {
      title: "Quality",
      owner: "quality",
      config: {
        ...at(systems.qms),
        paths: {},
        asks: { lots: { method: "GET", path: "/lots?ids={ids}" } },
      },
    }),
    supplier: connection("supplier", http, {
      title: "Supplier portal",
      owner: "procurement",
      config: {
        ...at(systems.supplier),
        reference: "id",
        businessCodes: ["ALREADY_SHIPPED"],
        paths: {
          [purchasing.IssuePurchaseOrder.name]: "/orders",
          [purchasing.ChangePurchaseOrder.name]: "/changes",
          [purchasing.CancelPurchaseOrder.name]: "/cancellations",
          [purchasing.RequestCommitment.name]: "/commitment-requests",
          [production.SubcontractSent.name]: "/component-movements",
          [production.SubcontractReturned.name]: "/component-movements",
        },
        asks: { "order-status": { method: "GET", path: "/purchase-orders?ids={ids}" } },
      },
    }),
    mdm: connection("mdm", http, {
      title: "Master data",
      owner: "master-data",
      config: {
        ...at(systems.mdm),
        paths: {},
        asks: {
          record: { method: "GET", path: "/records/{kind}/{id}" },
          "record-checks": "/record-checks",
        },
      },
    }),
    scheduling: connection("scheduling", http, {
      title: "Scheduling",
      owner: "planning",
      config: {
        ...at(systems.scheduling),
        paths: {},
        asks: { plans: { method: "GET", path: "/plans?orders={orders}" } },
      },
    }),
    procurement: connection("procurement", http, {
      title: "Procurement",
      owner: "procurement",
      config: {
        ...at(systems.procurement),
        reference: "id",
        paths: {
          [production.DemandSignalled.name]: "/demands",
          [stock.GoodsReceived.name]: "/receipts",
          [stock.ReceiptCorrected.name]: "/receipt-corrections",
        },
        asks: { "receipts-of-orders": { method: "GET", path: "/receipts?purchaseOrders={orders}" } },
      },
    }),
    treasury: connection("treasury", http, {
      title: "Treasury",
      owner: "accounts-payable",
      config: {
        ...at(systems.treasury),
        reference: "id",
        paths: { [purchasing.InstructPayment.name]: "/payment-orders" },
        asks: { "payments-of-orders": { method: "GET", path: "/payment-orders?orders={orders}" } },
      },
    }),
    api: shared("api"),
    erp: shared("erp"),
    wms: shared("wms"),
    crm: shared("crm"),
  };
}
