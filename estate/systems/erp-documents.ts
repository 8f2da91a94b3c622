/**
 * The documents of the ERP and what they are filed into: entity sets with their numbers, orders, invoices, stock per material.
 *
 * What must stay true: stock left is what was there, came and was counted, less what was issued.
 */

export const entitySets = {
  A_SalesOrder: { numberField: "SalesOrder", prefix: "", first: 4_500_001 },
  A_SalesOrderChange: { numberField: "SalesOrderChange", prefix: "", first: 4_600_001 },
  A_SalesOrderCancellation: { numberField: "SalesOrderCancellation", prefix: "", first: 4_700_001 },
  A_GoodsIssue: { numberField: "MaterialDocument", prefix: "", first: 4_900_001 },
  A_BillingDocument: { numberField: "BillingDocument", prefix: "INV-", first: 90_000_001 },
  A_CreditMemo: { numberField: "CreditMemo", prefix: "CM-", first: 91_000_001 },
  A_CustomerReturn: { numberField: "MaterialDocument", prefix: "", first: 4_970_001 },
  A_MovementReversal: { numberField: "MovementReversal", prefix: "", first: 4_950_001 },
  A_IncomingPayment: { numberField: "IncomingPayment", prefix: "", first: 1_400_001 },
  A_IncomingPaymentReversal: { numberField: "IncomingPaymentReversal", prefix: "", first: 1_450_001 },
  A_ProductionOrder: { numberField: "ManufacturingOrder", prefix: "", first: 1_000_001 },
  A_ProductionOrderChange: { numberField: "ProductionOrderChange", prefix: "", first: 1_100_001 },
  A_ProductionOrderCancellation: { numberField: "ProductionOrderCancellation", prefix: "", first: 1_200_001 },
  A_PlantMovement: { numberField: "MaterialDocument", prefix: "", first: 5_000_001 },
  A_PlantReversal: { numberField: "MaterialDocument", prefix: "", first: 5_900_001 },
  A_ProductionSettlement: { numberField: "SettlementDocument", prefix: "", first: 1_300_001 },
  A_GoodsReceipt: { numberField: "MaterialDocument", prefix: "", first: 5_100_001 },
  A_GoodsReceiptReversal: { numberField: "MaterialDocument", prefix: "", first: 5_950_001 },
  A_StockAdjustment: { numberField: "MaterialDocument", prefix: "", first: 5_400_001 },
  A_StockStatusChange: { numberField: "MaterialDocument", prefix: "", first: 5_300_001 },
  A_StockTransfer: { numberField: "MaterialDocument", prefix: "", first: 5_500_001 },
  A_SupplierConfirmation: { numberField: "SupplierConfirmation", prefix: "", first: 5_600_001 },
  A_SupplierInvoice: { numberField: "SupplierInvoice", prefix: "", first: 5_200_001 },
} as const;

export type EntitySet = keyof typeof entitySets;

export interface Item {
  readonly SalesOrderItem: string;
  readonly Material: string;
  readonly Quantity: string;
  readonly NetPrice?: string;
  readonly NetAmount?: string;
}

/** One side of a posting. */
export interface LedgerLine {
  readonly account: string;
  readonly debit: string;
  readonly credit: string;
}

export interface ErpDocument {
  readonly entitySet: EntitySet;
  readonly number: string;
  readonly reference: string;
  readonly at: string;
  readonly postingDate: string;
  /** The sales order it belongs to; null when it undid nothing. */
  readonly order: string | null;
  /** The entity as answered. */
  readonly entity: Readonly<Record<string, unknown>>;
  readonly posting: readonly LedgerLine[];
}

export interface OrderItem {
  readonly material: string;
  ordered: bigint;
  price: bigint;
  issued: bigint;
  billed: bigint;
}

export interface Invoice {
  readonly number: string;
  readonly order: string;
  readonly shipment: string;
  readonly net: bigint;
  readonly gross: bigint;
  readonly items: readonly Item[];
  credited: bigint;
  paid: bigint;
}

export interface SalesOrder {
  readonly number: string;
  readonly reference: string;
  readonly customer: string;
  readonly purchaseOrder: string;
  items: Map<string, OrderItem>;
  cancelled: boolean;
  /** Somebody blocked it on account of its credit. */
  creditBlocked: boolean;
  readonly invoices: Invoice[];
}

export interface MaterialStock {
  readonly initial: bigint;
  received: bigint;
  adjusted: bigint;
  issued: bigint;
  /** Pieces bought from another entity at a price of their own, oldest first; they leave after those at standard cost. */
  readonly bought: { readonly price: bigint; left: bigint }[];
}

export const stockLeft = (stock: MaterialStock): bigint =>
  stock.initial + stock.received + stock.adjusted - stock.issued;

/** How many of so many pieces that leave are of those bought at a price of their own, with that price. */
export function boughtAmong(stock: MaterialStock, asked: bigint): { price: bigint; pieces: bigint }[] {
  const standard = stockLeft(stock) - stock.bought.reduce((sum, { left }) => sum + left, 0n);
  let owed = asked - (standard > 0n ? standard : 0n);
  return stock.bought.flatMap(({ price, left }) => {
    const pieces = owed < left ? owed : left;
    if (pieces <= 0n) return [];
    owed -= pieces;
    return [{ price, pieces }];
  });
}

/** What becomes a document, still without number, reference and date. */
export interface Draft {
  readonly order: string | null;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly posting: readonly LedgerLine[];
}
