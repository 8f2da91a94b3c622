/**
 * How far business is, as the ERP keeps it: production orders, purchase orders, batches and returns, each with the documents it holds.
 *
 * What must stay true: reading changes nothing, and a document that was lost is not named. Several are asked about in one filter.
 */
import { type Answer, type Call, Refusal, type Route } from "../kernel/call.ts";
import { milli, money, quantity } from "../kernel/decimal.ts";
import type { ErpBooks } from "./erp-books.ts";
import { type EntitySet, type ErpDocument, stockLeft } from "./erp-documents.ts";
import { worth } from "./erp-valuation.ts";

/** `Field eq 'a' or Field eq 'b'`: a, b. */
function wanted(filter: string | null, field: string): string[] {
  const found = [...(filter ?? "").matchAll(new RegExp(`${field} eq '((?:[^']|'')*)'`, "g"))];
  if (found.length === 0)
    throw new Refusal(400, "00/001", `${field} eq '…' (or …) is asked, found ${filter ?? "nothing"}.`);
  return found.map(([, quoted]) => quoted!.replaceAll("''", "'"));
}

/** `guarded` opens a route below the ERP's base path. */
export function statuses(
  guarded: (method: string, path: string, handle: (call: Call) => Answer) => Route,
  books: ErpBooks,
): Route[] {
  const kept = (set: EntitySet, is: (entity: Readonly<Record<string, unknown>>) => boolean) =>
    [...books.documents[set].values()].filter((one) => !books.lost.has(one) && is(one.entity));
  const flow = (name: string, field: string, read: (number: string) => object | undefined) =>
    guarded("GET", `/${name}`, ({ query }) => ({
      status: 200,
      body: {
        "@odata.context": `$metadata#${name}`,
        value: wanted(query.get("$filter"), field).flatMap((number) => {
          const found = read(number);
          return found === undefined ? [] : [{ [field]: number, ...found }];
        }),
      },
    }));
  /** What came to places other than the first, and left them; goods on the road between two of ours are at neither. */
  function movedElsewhere(): { at: string; material: string; by: bigint }[] {
    const of = (set: EntitySet, way: bigint) =>
      kept(set, ({ StorageLocation = FIRST }) => StorageLocation !== FIRST).flatMap(
        ({ number, entity, at }) =>
          (books.reversed.has(number) ? [] : (entity.Items as Moved[])).map(({ Material, Quantity }) => ({
            since: at,
            at: entity.StorageLocation as string,
            material: Material,
            by: way * milli(Quantity),
          })),
      );
    const transferred = kept("A_StockTransfer", () => true).flatMap(({ entity, at }) => {
      const { MovementType, Material, Quantity, FromLocation, ToLocation } = entity as Record<string, string>;
      const pieces = milli(Quantity);
      const [from, to] = MovementType === "303" ? [FromLocation, ON_THE_ROAD] : [ON_THE_ROAD, ToLocation];
      return [
        { since: at, at: from!, material: Material!, by: -pieces },
        { since: at, at: to!, material: Material!, by: pieces },
      ];
    });
    return [...of("A_GoodsIssue", -1n), ...of("A_GoodsReceipt", 1n), ...transferred].filter(
      ({ at, material, since }) => at !== FIRST && since > (books.levelledAt.get(material) ?? ""),
    );
  }
  const items = ({ number, entity }: ErpDocument) => ({ MaterialDocument: number, Items: entity.Items });

  return [
    flow("A_ManufacturingFlow", "ExternalReference", (number) => {
      const order = books.plant.orders.get(number);
      if (order === undefined) return undefined;
      const of = ({ ManufacturingOrderReference }: Readonly<Record<string, unknown>>) =>
        ManufacturingOrderReference === number;
      return {
        ManufacturingOrder: order.number,
        Quantity: order.quantity,
        ProducedQuantity: quantity(order.produced),
        ScrapQuantity: quantity(order.scrapped),
        Status: order.state,
        StartDate: order.start,
        StandardPrice: money(worth(order.item)),
        Currency: "EUR",
        Changes: kept("A_ProductionOrderChange", of).map(({ number: document }) => document),
        Movements: kept("A_PlantMovement", of).map(({ number: document, entity }) => ({
          MaterialDocument: document,
          MovementType: entity.MovementType,
          Amount: entity.Amount,
          ...(entity.DebitAccount === undefined ? {} : { DebitAccount: entity.DebitAccount }),
        })),
        Settlements: kept("A_ProductionSettlement", of).map(({ number: document }) => document),
      };
    }),
    flow("A_PurchasingFlow", "PurchaseOrder", (number) => {
      const of = ({ PurchaseOrder }: Readonly<Record<string, unknown>>) => PurchaseOrder === number;
      const receipts = kept("A_GoodsReceipt", of).filter((one) => !books.reversed.has(one.number));
      const invoices = kept("A_SupplierInvoice", of);
      const confirmations = kept("A_SupplierConfirmation", of);
      const provided = [...books.plant.atSuppliers].filter(([place]) => place.startsWith(`${number}/`));
      if (receipts.length + invoices.length + confirmations.length + provided.length === 0) return undefined;
      return {
        Confirmations: confirmations.map(({ number: document, entity }) => ({
          SupplierConfirmation: document,
          Items: entity.Items,
        })),
        GoodsReceipts: receipts.map(items),
        SupplierInvoices: invoices.map(({ number: document, entity }) => ({
          SupplierInvoice: document,
          NetAmount: entity.NetAmount,
          GrossAmount: entity.GrossAmount,
        })),
        SubcontractReports: books.plant.subcontractReports.filter(
          ({ purchaseOrder }) => purchaseOrder === number,
        ),
        StockAtSupplier: provided.map(([place, held]) => ({
          Material: place.slice(number.length + 1),
          Quantity: quantity(held),
        })),
      };
    }),
    flow("A_TransferFlow", "TransferReference", (number) => {
      const moved = kept("A_StockTransfer", ({ TransferReference }) => TransferReference === number);
      const receipts = kept("A_GoodsReceipt", ({ PurchaseOrder }) => PurchaseOrder === number);
      if (moved.length + receipts.length === 0) return undefined;
      const material = moved[0]?.entity.Material;
      return {
        ...(material === undefined ? {} : { StandardPrice: money(worth(String(material))), Currency: "EUR" }),
        Movements: moved.map(({ number: document, entity }) => ({
          MaterialDocument: document,
          MovementType: entity.MovementType,
          Quantity: entity.Quantity,
        })),
        GoodsReceipts: receipts.map(({ number: document, entity }) => ({
          MaterialDocument: document,
          Quantity: quantity((entity.Items as Moved[]).reduce((all, one) => all + milli(one.Quantity), 0n)),
          Amount: entity.Amount,
        })),
      };
    }),
    flow("A_BatchFlow", "Batch", (number) => {
      const changes = kept("A_StockStatusChange", ({ Batch }) => Batch === number);
      const [made] = kept("A_PlantMovement", () => true).flatMap(({ entity }) =>
        (entity.Items as (Moved & { readonly Batch?: string })[]).filter(({ Batch }) => Batch === number),
      );
      const material = made?.Material ?? changes[0]?.entity.Material;
      if (material === undefined) return undefined;
      return {
        StandardPrice: money(worth(String(material))),
        Currency: "EUR",
        Changes: changes.map(({ number: document, entity }) => ({
          MaterialDocument: document,
          Quantity: entity.Quantity,
          FromStatus: entity.FromStatus,
          ToStatus: entity.ToStatus,
        })),
      };
    }),
    flow("A_ReturnFlow", "CustomerReturn", (number) => {
      const goods = books.find("A_CustomerReturn", `${number}/goods`);
      const credit = books.find("A_CreditMemo", `${number}/credit`);
      if (goods === undefined && credit === undefined) return undefined;
      return {
        Receipts: goods === undefined ? [] : [items(goods)],
        CreditMemos:
          credit === undefined
            ? []
            : [
                {
                  CreditMemo: credit.number,
                  NetAmount: credit.entity.NetAmount,
                  TaxAmount: credit.entity.TaxAmount,
                },
              ],
      };
    }),
    guarded("GET", "/A_InventoryAccount", () => ({
      status: 200,
      body: {
        "@odata.context": "$metadata#A_InventoryAccount",
        value: books.inventory
          .shown(books.stock, books.standing())
          .map((account) => ({ CompanyCode: "ME-01", ...account, Currency: "EUR" })),
      },
    })),
    guarded("GET", "/A_StockByLocation", ({ query }) => {
      const [location = ""] = wanted(query.get("$filter"), "StorageLocation");
      const moved = new Map<string, bigint>();
      for (const { at, material, by } of movedElsewhere())
        if (location === FIRST || location === at) moved.set(material, (moved.get(material) ?? 0n) + by);
      return {
        status: 200,
        body: {
          "@odata.context": "$metadata#A_StockByLocation",
          value: [...books.stock].map(([Material, held]) => ({
            Material,
            StorageLocation: location,
            StandardPrice: money(worth(Material)),
            Currency: "EUR",
            ...(books.inventory.valued.has(Material)
              ? { LastValuation: books.inventory.valued.get(Material) }
              : {}),
            Adjustments: kept("A_StockAdjustment", (entity) => entity.Material === Material).map(
              ({ number }) => number,
            ),
            Quantity: quantity(
              location === FIRST
                ? stockLeft(held) - (moved.get(Material) ?? 0n)
                : (moved.get(Material) ?? 0n),
            ),
          })),
        },
      };
    }),
  ];
}

/** The location of documents that name none. */
const FIRST = "WH-LYO";
const ON_THE_ROAD = "on the road";

interface Moved {
  readonly Material: string;
  readonly Quantity: string;
}
