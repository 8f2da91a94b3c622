/**
 * What the ERP keeps of its plant: production orders, lots, and components of ours at suppliers.
 *
 * What must stay true: the value in process of an order is what went in less what came out. `erp-plant.ts` checks and drafts.
 */
import { cents, milli, money, quantity } from "../kernel/decimal.ts";
import type { EntitySet, ErpDocument, MaterialStock } from "./erp-documents.ts";

/** What it needs of the books around it. */
interface Filed {
  readonly stock: ReadonlyMap<string, MaterialStock>;
  readonly documents: Readonly<Record<EntitySet, ReadonlyMap<string, ErpDocument>>>;
  readonly reversed: Set<string>;
  readonly lost: ReadonlySet<ErpDocument>;
  find(entitySet: EntitySet, reference: string): ErpDocument | undefined;
}

export interface PlantOrder {
  readonly id: string;
  readonly number: string;
  readonly item: string;
  readonly quantity: string;
  start: string;
  version: number;
  produced: bigint;
  scrapped: bigint;
  /** Value in process, in cents. */
  wip: bigint;
  state: "open" | "closed" | "cancelled";
}

export class PlantBooks {
  readonly orders = new Map<string, PlantOrder>();
  /** Lots somebody told us of, or that came from production. */
  readonly lots = new Set<string>();
  readonly tombstones = new Set<string>();
  checkLots = false;
  /** Production orders whose movements bear a cost element of their own. */
  costElements: Readonly<Record<string, string>> = {};
  /** Components of ours at suppliers, by `purchase order/item`. */
  readonly atSuppliers = new Map<string, bigint>();

  /** What was said of them, as it was told. */
  readonly subcontractReports: { readonly purchaseOrder: string; readonly occurredAt: string }[] = [];

  /** What left for a supplier is there until it was used, came back or was lost. */
  subcontracted(
    told: { readonly purchaseOrder: string },
    moved: readonly { column: string; sku: string; quantity: string }[],
    at: string,
  ): void {
    const { purchaseOrder } = told;
    this.subcontractReports.push({ ...told, occurredAt: at });
    for (const { column, sku, quantity: value } of moved) {
      const place = `${purchaseOrder}/${sku}`;
      const way = column === "components" ? 1n : -1n;
      this.atSuppliers.set(place, (this.atSuppliers.get(place) ?? 0n) + way * milli(value));
    }
  }

  /** Takes a filed document into the state; false: it is none of the plant's. */
  file(books: Filed, document: ErpDocument): boolean {
    const entity = document.entity as Record<string, string>;
    const order = this.orders.get(entity.ManufacturingOrderReference ?? "");
    switch (document.entitySet) {
      case "A_ProductionOrder":
        this.orders.set(document.reference, {
          id: document.reference,
          number: document.number,
          item: entity.Material!,
          quantity: entity.Quantity!,
          start: entity.StartDate!,
          version: Number(entity.Version),
          produced: 0n,
          scrapped: 0n,
          wip: 0n,
          state: "open",
        });
        return true;
      case "A_ProductionOrderChange":
        if (order !== undefined) this.reschedule(order, entity);
        return true;
      case "A_ProductionOrderCancellation":
        if (order !== undefined) order.state = "cancelled";
        else this.tombstones.add(entity.ManufacturingOrderReference ?? "");
        return true;
      case "A_PlantMovement":
        this.move(books, order, document, 1n);
        return true;
      case "A_PlantReversal": {
        const reversed = books.find("A_PlantMovement", entity.MovementReference ?? "");
        if (reversed !== undefined && entity.Status === "reversed") {
          const of = reversed.entity as Record<string, string>;
          this.move(books, this.orders.get(of.ManufacturingOrderReference ?? ""), reversed, -1n);
        }
        return true;
      }
      case "A_ProductionSettlement":
        if (order !== undefined) Object.assign(order, { wip: 0n, state: "closed" });
        return true;
      case "A_GoodsReceipt":
        for (const line of (document.entity.Items ?? []) as Record<string, string>[]) {
          const held = books.stock.get(line.Material!)!;
          held.received += milli(line.Quantity);
          if (line.NetPrice !== undefined) boughtAt(held, cents(line.NetPrice), milli(line.Quantity));
        }
        return true;
      case "A_GoodsReceiptReversal": {
        const number = entity.MaterialDocumentReference ?? "";
        this.lose(books, books.documents.A_GoodsReceipt.get(number)!);
        books.reversed.add(number);
        return true;
      }
      case "A_StockAdjustment":
        books.stock.get(entity.Material!)!.adjusted += milli(entity.Delta);
        return true;
      case "A_StockTransfer":
      case "A_SupplierInvoice":
      case "A_SupplierConfirmation":
      case "A_StockStatusChange":
        return true;
      default:
        return false;
    }
  }

  /** What a document of the plant did is undone, as after a backup was read back. */
  lose(books: Filed, document: ErpDocument): void {
    const { ManufacturingOrderReference = "" } = document.entity as Record<string, string>;
    if (document.entitySet === "A_PlantMovement")
      this.move(books, this.orders.get(ManufacturingOrderReference), document, -1n);
    const order = this.orders.get(ManufacturingOrderReference);
    if (document.entitySet === "A_ProductionOrderChange" && order !== undefined) {
      const { StartDate, Version } = books.documents.A_ProductionOrder.get(order.number)!.entity;
      Object.assign(order, { start: StartDate, version: Number(Version) });
      for (const change of books.documents.A_ProductionOrderChange.values())
        if (!books.lost.has(change) && change.entity.ManufacturingOrderReference === order.id)
          this.reschedule(order, change.entity as Record<string, string>);
    }
    if (document.entitySet === "A_GoodsReceipt")
      for (const line of (document.entity.Items ?? []) as Record<string, string>[]) {
        const held = books.stock.get(line.Material!)!;
        held.received -= milli(line.Quantity);
        if (line.NetPrice !== undefined) boughtAt(held, cents(line.NetPrice), -milli(line.Quantity));
      }
    if (document.entitySet === "A_StockAdjustment") {
      const { Material = "", Delta } = document.entity as Record<string, string>;
      books.stock.get(Material)!.adjusted -= milli(Delta);
    }
  }

  private reschedule(order: PlantOrder, { StartDate, Version }: Readonly<Record<string, string>>): void {
    if (Number(Version) > order.version) Object.assign(order, { start: StartDate, version: Number(Version) });
  }

  private move(books: Filed, order: PlantOrder | undefined, document: ErpDocument, way: bigint): void {
    const { MovementType } = document.entity as Record<string, string>;
    for (const line of (document.entity.Items ?? []) as Record<string, string>[]) {
      const held = books.stock.get(line.Material!)!;
      const moved = way * milli(line.Quantity);
      if (MovementType === "131") held.received += moved;
      else held.issued += moved;
      if (line.Batch !== undefined) this.lots.add(line.Batch);
      if (order === undefined) continue;
      if (MovementType === "131") order.produced += moved;
      if (MovementType === "551") order.scrapped += moved;
    }
    for (const line of (document.entity.Backflushed ?? []) as Record<string, string>[])
      books.stock.get(line.Material!)!.issued += way * milli(line.Quantity);
    if (order === undefined) return;
    for (const line of document.posting)
      if (line.account === "Work in process") order.wip += way * (cents(line.debit) - cents(line.credit));
  }

  shown(): Record<string, unknown>[] {
    return [...this.orders.values()].map(({ produced, scrapped, wip, ...order }) => ({
      ...order,
      produced: quantity(produced),
      scrapped: quantity(scrapped),
      wip: money(wip),
    }));
  }
}

/** So many pieces more at a price of their own; what left before its receipt was lost leaves less than none. */
function boughtAt(held: MaterialStock, price: bigint, pieces: bigint): void {
  const lot = held.bought.find((one) => one.price === price);
  if (lot === undefined) held.bought.push({ price, left: pieces });
  else lot.left += pieces;
}
