/** Systems that only listen: who they are, and to which facts. */
import type { Contract } from "crossdock";
import {
  costing,
  finance,
  inventory,
  logistics,
  procurement,
  production,
  sales,
  stock,
} from "crossdock/canon";

/** Who may listen, and to what. */
export const LISTENERS = {
  bi: {
    title: "Analytics",
    owner: "reporting",
    hears: [
      sales.OrderAccepted,
      sales.CreditApproved,
      inventory.StockAllocated,
      finance.InvoicePosted,
      costing.CostPosted,
      costing.InventoryValued,
      stock.HandlingUnitMoved,
      stock.StockAdjusted,
    ],
  },
  demand: {
    title: "Demand planning",
    owner: "planning",
    hears: [sales.OrderCaptured, production.DemandSignalled],
  },
  replenishment: {
    title: "Replenishment",
    owner: "planning",
    hears: [
      procurement.PurchaseOrderConfirmed,
      stock.GoodsReceived,
      stock.StockAdjusted,
      logistics.ShipmentDispatched,
      inventory.OrderBackordered,
    ],
  },
  consolidation: {
    title: "Consolidation",
    owner: "finance",
    hears: [
      finance.InvoicePosted,
      finance.CreditNoteIssued,
      // What each entity's ledger has booked.
      finance.PostingAccepted,
      costing.RevenueRecognised,
      production.VarianceProjected,
      costing.IntercompanyBalanced,
    ],
  },
} as const satisfies Record<string, { title: string; owner: string; hears: readonly Contract[] }>;

export type Listener = keyof typeof LISTENERS;
