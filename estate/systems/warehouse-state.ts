/**
 * The shape of what the warehouse holds and owes; `warehouse.ts` rebuilds it from entries.
 *
 * What must stay true: what is on hand follows from what came and went, and only that which nobody was promised is available.
 */
import type { Entry } from "../kernel/books.ts";
import type { Piece } from "./wms-pieces.ts";

export interface Stock {
  readonly initial: bigint;
  received: bigint;
  adjusted: bigint;
  shipped: bigint;
  allocated: bigint;
  /** Held by quality: on hand and not to be had. */
  held: bigint;
}

export interface AllocationLine {
  readonly line: unknown;
  readonly sku: string;
  readonly asked: bigint;
  reserved: bigint;
  taken: bigint;
  released: bigint;
  missing: bigint;
  /** The part of `reserved` that stands at another site, by its name. */
  readonly elsewhere: Map<string, bigint>;
}

export interface Allocation {
  readonly id: string;
  readonly reference: string;
  readonly orderId: string;
  readonly at: string;
  readonly lines: AllocationLine[];
  /** Components for a production order, and the sales order it is for: a reservation, told in other words. */
  readonly production?: { readonly salesOrder?: string };
  /** The warehouse the order leaves from, where it is another one. */
  readonly shipsFrom?: string;
  /** The warehouse has looked at it at least once. */
  handled: boolean;
  backordered: boolean;
}

/** A quantity moved between an allocation line and a ship order; without a site, of the first one. */
export interface Take {
  readonly allocation: string;
  readonly index: number;
  readonly quantity: string;
  readonly site?: string;
}

/** The site of whatever names none. */
export const HOME = "WH-LYO";

export interface Shipment {
  readonly shipmentId: string;
  readonly part: number;
  readonly lines: readonly Piece[];
  readonly handlingUnits: readonly { sscc: string; lines: readonly Piece[] }[];
  dispatchedAt: string | null;
}

export interface ShipOrder {
  readonly id: string;
  readonly reference: string;
  readonly orderId: string;
  readonly at: string;
  readonly lines: readonly Piece[];
  /** How the order is cut into shipments, and from which site each leaves. */
  readonly parts: (readonly Piece[])[];
  readonly from: readonly string[];
  /** What it took from the order's allocations; the rest came from free stock. */
  takes: Take[];
  readonly shipments: Shipment[];
  cancelled: boolean;
}

/** What a release frees of an allocation line: what was set aside, of it at other sites, and what was waited for. */
export interface Released {
  readonly allocation: string;
  readonly index: number;
  readonly reserved: string;
  readonly missing: string;
  readonly elsewhere?: Readonly<Record<string, string>>;
}

/** What a ship order adds to a part of an earlier one that its site still picks. */
export interface Joined {
  readonly shipOrder: string;
  readonly part: number;
  readonly pieces: readonly Piece[];
  readonly takes: readonly Take[];
}

/** Goods of an order on their way to another warehouse. */
export interface Transfer {
  readonly id: string;
  readonly reference: string;
  readonly orderId: string;
  readonly transferId: string;
  readonly line: string;
  readonly sku: string;
  readonly quantity: string;
  readonly to: string;
  sentAt: string | null;
}

/** A release or a cancellation, and what it freed. */
export interface Undoing {
  readonly kind: "release" | "cancellation";
  readonly id: string;
  readonly reference: string;
  readonly orderId: string;
  readonly at: string;
  readonly lines: readonly Piece[];
  told: boolean;
}

export const onHand = (stock: Stock): bigint =>
  stock.initial + stock.received + stock.adjusted - stock.shipped;
export const available = (stock: Stock): bigint => onHand(stock) - stock.allocated - stock.held;

export interface Warehouse {
  readonly stock: Map<string, Stock>;
  /** What stands at other sites that this system runs as well; none on the first day. */
  readonly sites: Map<string, Map<string, Stock>>;
  readonly allocations: Map<string, Allocation>;
  readonly allocationsOf: Map<string, Allocation[]>;
  readonly shipOrders: Map<string, ShipOrder>;
  readonly shipOrdersOf: Map<string, ShipOrder[]>;
  readonly undoings: Map<string, Undoing>;
  /** Documents by kind and reference: `allocation <reference>`. A reference may name several: nothing is unique here. */
  readonly byReference: Map<string, { id: string }[]>;
  /** References undone before they came. */
  readonly tombstones: Set<string>;
  readonly settings: {
    split: number;
    autoShip: boolean;
    loseStatusChanges: number;
    /** Only changes to this status are lost; absent: any. */
    losesChangesTo?: string;
    /** The lot somebody at the terminal has pieces of an item taken from, by item; whatever its status. */
    takesFrom?: Readonly<Record<string, string>>;
  };
  /** Lots by number: how much of each stands in which status. */
  readonly lots: Map<string, { readonly sku: string; readonly by: Record<string, bigint> }>;
  readonly receipts: Arrived[];
  readonly corrections: { id: string; reference: string; receiptId: string }[];
  /** Materials a plant took, by its reports. */
  readonly issues: { id: string; reference: string }[];
  readonly statusChanges: { id: string; reference: string; lost: boolean }[];
  readonly transfers: Transfer[];
  /** What was found to be more or less than the books said. */
  readonly adjustments: { id: string; sku: string; delta: string; reason: string; at: string }[];
  shipments: number;
  apply(entry: Entry, at: string): void;
}

/** Goods that came in, and whose they are. */
export interface Arrived {
  readonly id: string;
  readonly reference: string;
  readonly warehouse: string;
  readonly at: string;
  readonly lines: readonly { sku: string; quantity: string; lot?: string; status?: string }[];
  purchaseOrderId?: string;
  readonly productionOrderId?: string;
  /** What its papers said before they were corrected, and its number under the right order. */
  toldFor?: string;
  knownAs?: string;
  notOurs?: boolean;
}

/** What is held of an item at a site. */
export const heldAt = (house: Warehouse, site: string, sku: string): Stock =>
  (site === HOME ? house.stock : house.sites.get(site)!).get(sku)!;
