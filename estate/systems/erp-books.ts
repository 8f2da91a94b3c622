/**
 * What the ERP keeps: sales orders and their later documents, stock, credit exposure and a double-entry ledger, rebuilt
 * from `document` entries.
 *
 * What must stay true: one document per entity set and external reference; Σ debit = Σ credit in every posting;
 * initial + received + adjusted = issued + on hand per material; never billed above issued nor issued above ordered.
 * It decides nothing; `erp.ts` checks first and writes what it decided into the entry.
 */
import type { Entry } from "../kernel/books.ts";
import { cents, extended, milli, portion } from "../kernel/decimal.ts";
import {
  boughtAmong,
  type EntitySet,
  type ErpDocument,
  entitySets,
  type Invoice,
  type Item,
  type MaterialStock,
  type OrderItem,
  type SalesOrder,
  stockLeft,
} from "./erp-documents.ts";
import { PlantBooks } from "./erp-plant-books.ts";
import { InventoryAccounts, type Valued } from "./erp-valuation.ts";
import { creditLimits, INITIAL_STOCK, items } from "./goods.ts";

export class ErpBooks {
  readonly documents: Record<EntitySet, Map<string, ErpDocument>>;
  readonly orders = new Map<string, SalesOrder>();
  readonly invoices = new Map<string, Invoice>();
  /** Documents that are gone, and nobody was told. */
  readonly lost = new Set<ErpDocument>();
  /** Material documents and payments that were reversed. */
  readonly reversed = new Set<string>();
  readonly stock = new Map<string, MaterialStock>();
  /** When the level of a material was set by hand: since then all of it stands at the first location. */
  readonly levelledAt = new Map<string, string>();
  readonly exposure = new Map<string, bigint>();
  readonly limits = new Map(Object.entries(creditLimits));
  readonly closedPeriods = new Set<string>();
  readonly blockedCustomers = new Set<string>();
  /** Customers, items and suppliers nobody has set up yet: `item/PUMP-100`. */
  unknown: ReadonlySet<string> = new Set();
  /** Order references cancelled before the order came. */
  readonly tombstones = new Set<string>();
  /** Production orders, lots, and what belongs to no sales order. */
  readonly plant = new PlantBooks();
  /** What stock is worth, and what stands on its accounts. */
  readonly inventory = new InventoryAccounts();
  defaultLimit = "1000000.00";
  creditMode: "amount" | "exposure" = "amount";
  private readonly byReference = new Map<string, ErpDocument>();

  constructor() {
    this.documents = Object.fromEntries(
      Object.keys(entitySets).map((name) => [name, new Map()]),
    ) as ErpBooks["documents"];
    for (const { sku, physical } of items) {
      if (physical)
        this.stock.set(sku, {
          initial: milli(INITIAL_STOCK),
          received: 0n,
          adjusted: 0n,
          issued: 0n,
          bought: [],
        });
    }
  }

  /** The document of this set under our caller's reference. */
  find(entitySet: EntitySet, reference: string): ErpDocument | undefined {
    return this.byReference.get(`${entitySet} ${reference}`);
  }

  nextNumber(entitySet: EntitySet): string {
    const { prefix, first } = entitySets[entitySet];
    return `${prefix}${first + this.documents[entitySet].size}`;
  }

  apply(entry: Entry, at: string): void {
    if (entry.kind === "document") {
      const { kind: _, ...rest } = entry;
      this.file({ ...rest, at } as unknown as ErpDocument);
    } else if (entry.kind === "stock-received") {
      this.stock.get(entry.sku as string)!.received += milli(entry.quantity);
      this.inventory.opened(entry.sku as string, milli(entry.quantity));
    } else if (entry.kind === "stock-valued") {
      this.inventory.run({ ...(entry.valued as Omit<Valued, "at">), at });
    } else if (entry.kind === "journal") {
      this.inventory.journals.push(entry.journal as InventoryAccounts["journals"][number]);
    } else if (entry.kind === "subcontracted") {
      this.plant.subcontracted(entry.told as { purchaseOrder: string }, entry.moved as never, at);
    } else if (entry.kind === "document-lost") {
      const document = this.find(entry.entitySet as EntitySet, entry.reference as string)!;
      this.lost.add(document);
      this.byReference.delete(`${document.entitySet} ${document.reference}`);
      this.plant.lose(this, document);
      const order = document.order === null ? undefined : this.orders.get(document.order);
      if (order) this.exposed(order, -1n);
      const {
        Items = [],
        BillingDocument = "",
        TotalGrossAmount,
      } = document.entity as Record<string, string>;
      if (document.entitySet === "A_CustomerReturn")
        for (const { Material, Quantity } of Items as unknown as Item[])
          this.stock.get(Material)!.received -= milli(Quantity);
      if (document.entitySet === "A_CreditMemo")
        this.invoices.get(BillingDocument)!.credited -= cents(TotalGrossAmount);
      for (const one of document.entitySet === "A_IncomingPayment" ? (Items as unknown as Cleared[]) : [])
        this.invoices.get(one.BillingDocument)!.paid -= cents(one.Amount);
      if (order) this.exposed(order, 1n);
    } else if (entry.kind === "by-hand") this.byHand(entry as never);
    else if (entry.kind === "settings") this.settle(entry.settings as Record<string, never>, at);
  }

  /** What nobody was told of: a quantity of an item, an amount of the invoice, a document that is gone. */
  private byHand(change: {
    number: string;
    reference: string;
    item?: string;
    quantity?: string;
    lost?: "order" | "goods issue" | "invoice";
    gross?: string;
    cancelled?: boolean;
    creditBlocked?: boolean;
  }): void {
    const order = this.orders.get(change.number)!;
    if (change.cancelled) order.cancelled = true;
    order.creditBlocked = change.creditBlocked ?? order.creditBlocked;
    const item = change.item === undefined ? undefined : order.items.get(change.item);
    if (item !== undefined) item.ordered = milli(change.quantity);
    if (change.gross !== undefined) {
      const [invoice, ...rest] = order.invoices;
      order.invoices.splice(0, rest.length + 1, { ...invoice!, gross: cents(change.gross) }, ...rest);
    }
    if (change.lost === "order") {
      this.orders.delete(order.number);
      this.documents.A_SalesOrder.delete(order.number);
      this.byReference.delete(`A_SalesOrder ${order.reference}`);
    }
    const set = { "goods issue": "A_GoodsIssue", invoice: "A_BillingDocument" } as const;
    if (change.lost === undefined || change.lost === "order") return;
    for (const document of this.documents[set[change.lost]].values()) {
      if (document.order !== order.number) continue;
      this.lost.add(document);
      this.byReference.delete(`${document.entitySet} ${document.reference}`);
      const items = document.entity.Items as Item[];
      if (change.lost === "goods issue") this.moveGoods(order, items, -1n);
      for (const { SalesOrderItem, Quantity } of change.lost === "invoice" ? items : [])
        order.items.get(SalesOrderItem)!.billed -= milli(Quantity);
      if (change.lost === "invoice") order.invoices.splice(0);
    }
  }

  /** What stands in the books still. */
  *standing(): Iterable<ErpDocument> {
    for (const all of Object.values(this.documents))
      for (const document of all.values()) if (!this.lost.has(document)) yield document;
  }

  private settle(
    settings: {
      periods?: Record<string, string>;
      creditLimits?: Record<string, string>;
      blockedCustomers?: string[];
      defaultCreditLimit?: string;
      creditMode?: "amount" | "exposure";
      stock?: Record<string, string>;
      lots?: string[];
      checkLots?: boolean;
      costElements?: Record<string, string>;
      unknown?: string[];
    },
    at: string,
  ): void {
    if (settings.unknown !== undefined) this.unknown = new Set(settings.unknown);
    for (const lot of settings.lots ?? []) this.plant.lots.add(lot);
    this.plant.checkLots = settings.checkLots ?? this.plant.checkLots;
    this.plant.costElements = settings.costElements ?? this.plant.costElements;
    for (const [period, state] of Object.entries(settings.periods ?? {})) {
      if (state === "closed") this.closedPeriods.add(period);
      else this.closedPeriods.delete(period);
    }
    for (const [customer, limit] of Object.entries(settings.creditLimits ?? {}))
      this.limits.set(customer, limit);
    if (settings.blockedCustomers !== undefined) {
      this.blockedCustomers.clear();
      for (const customer of settings.blockedCustomers) this.blockedCustomers.add(customer);
    }
    this.defaultLimit = settings.defaultCreditLimit ?? this.defaultLimit;
    this.creditMode = settings.creditMode ?? this.creditMode;
    for (const [sku, level] of Object.entries(settings.stock ?? {})) {
      const held = this.stock.get(sku)!;
      this.inventory.opened(sku, milli(level) - stockLeft(held));
      held.adjusted += milli(level) - stockLeft(held);
      this.levelledAt.set(sku, at);
    }
  }

  private file(document: ErpDocument): void {
    const { entitySet, number, reference, entity } = document;
    this.documents[entitySet].set(number, document);
    this.byReference.set(`${entitySet} ${reference}`, document);
    if (entitySet === "A_SalesOrder") {
      this.open(document);
      return;
    }
    if (this.plant.file(this, document)) return;
    const order = document.order === null ? undefined : this.orders.get(document.order);
    if (order === undefined) {
      if (entitySet === "A_SalesOrderCancellation") this.tombstones.add(entity.OrderReference as string);
      return;
    }
    this.exposed(order, -1n);
    this.progress(order, document);
    this.exposed(order, 1n);
  }

  private open(document: ErpDocument): void {
    const { entity, number, reference } = document;
    const order: SalesOrder = {
      number,
      reference,
      customer: entity.SoldToParty as string,
      purchaseOrder: (entity.PurchaseOrderByCustomer as string | undefined) ?? "",
      items: itemsOf(entity.Items as Item[]),
      cancelled: false,
      creditBlocked: false,
      invoices: [],
    };
    this.orders.set(number, order);
    this.exposed(order, 1n);
  }

  private progress(order: SalesOrder, { entitySet, number, entity }: ErpDocument): void {
    const lines = (entity.Items ?? []) as Item[];
    switch (entitySet) {
      case "A_SalesOrderChange": {
        const before = order.items;
        order.items = itemsOf(lines);
        for (const [id, item] of order.items) {
          const known = before.get(id);
          if (known !== undefined) Object.assign(item, { issued: known.issued, billed: known.billed });
        }
        break;
      }
      case "A_SalesOrderCancellation":
        order.cancelled = true;
        break;
      case "A_GoodsIssue":
        this.moveGoods(order, lines, 1n);
        break;
      case "A_MovementReversal":
        this.reversed.add(entity.MaterialDocument as string);
        this.moveGoods(order, lines, -1n);
        break;
      case "A_BillingDocument": {
        for (const line of lines) order.items.get(line.SalesOrderItem)!.billed += milli(line.Quantity);
        const invoice: Invoice = {
          number,
          order: order.number,
          shipment: entity.DeliveryDocument as string,
          net: cents(entity.TotalNetAmount),
          gross: cents(entity.TotalGrossAmount),
          items: lines,
          credited: 0n,
          paid: 0n,
        };
        order.invoices.push(invoice);
        this.invoices.set(number, invoice);
        break;
      }
      case "A_CustomerReturn":
        for (const { Material, Quantity } of lines) {
          const held = this.stock.get(Material);
          if (held !== undefined) held.received += milli(Quantity);
        }
        break;
      case "A_CreditMemo":
        this.invoices.get(entity.BillingDocument as string)!.credited += cents(entity.TotalGrossAmount);
        break;
      case "A_IncomingPayment":
        for (const { BillingDocument, Amount } of entity.Items as Cleared[])
          this.invoices.get(BillingDocument)!.paid += cents(Amount);
        break;
      case "A_IncomingPaymentReversal":
        this.reversed.add(entity.IncomingPayment as string);
        for (const { BillingDocument, Amount } of entity.Items as Cleared[])
          this.invoices.get(BillingDocument)!.paid -= cents(Amount);
        break;
    }
  }

  private moveGoods(order: SalesOrder, lines: readonly Item[], direction: bigint): void {
    for (const { SalesOrderItem, Material, Quantity } of lines) {
      order.items.get(SalesOrderItem)!.issued += direction * milli(Quantity);
      const held = this.stock.get(Material);
      if (held === undefined) continue;
      let taken = boughtAmong(held, milli(Quantity)).reduce((sum, { pieces }) => sum + pieces, 0n);
      for (const lot of direction === 1n ? held.bought : []) {
        const part = lot.left < 0n ? 0n : lot.left < taken ? lot.left : taken;
        lot.left -= part;
        taken -= part;
      }
      held.issued += direction * milli(Quantity);
    }
  }

  /** Takes an order's share out of its customer's exposure (-1) or puts it in (1). */
  private exposed(order: SalesOrder, direction: bigint): void {
    let share = 0n;
    if (!order.cancelled) {
      for (const { ordered, billed, price } of order.items.values())
        share += extended(price, ordered - billed);
      share += portion(share, "0.20");
    }
    for (const invoice of order.invoices) share += invoice.gross - invoice.credited - invoice.paid;
    this.exposure.set(order.customer, (this.exposure.get(order.customer) ?? 0n) + direction * share);
  }
}

/** What a payment takes off one invoice. */
interface Cleared {
  readonly BillingDocument: string;
  readonly Amount: string;
}

function itemsOf(lines: readonly Item[]): Map<string, OrderItem> {
  return new Map(
    lines.map(({ SalesOrderItem, Material, Quantity, NetPrice }) => [
      SalesOrderItem,
      { material: Material, ordered: milli(Quantity), price: cents(NetPrice), issued: 0n, billed: 0n },
    ]),
  );
}
