/**
 * How far business is, as the ERP keeps it: production orders, purchase orders, batches and returns, each with the documents it holds.
 *
 * What must stay true: reading changes nothing, and a document that was lost is not named. Several are asked about in one filter.
 */
import { type Answer, type Call, Refusal, type Route } from "../kernel/call.ts";
import { milli, quantity } from "../kernel/decimal.ts";
import type { ErpBooks } from "./erp-books.ts";
import { type EntitySet, type ErpDocument, stockLeft } from "./erp-documents.ts";

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
        Movements: kept("A_PlantMovement", of).map(({ number: document, entity }) => ({
          MaterialDocument: document,
          MovementType: entity.MovementType,
          Amount: entity.Amount,
        })),
        Settlements: kept("A_ProductionSettlement", of).map(({ number: document }) => document),
      };
    }),
    flow("A_PurchasingFlow", "PurchaseOrder", (number) => {
      const of = ({ PurchaseOrder }: Readonly<Record<string, unknown>>) => PurchaseOrder === number;
      const receipts = kept("A_GoodsReceipt", of);
      const invoices = kept("A_SupplierInvoice", of);
      const provided = [...books.plant.atSuppliers].filter(([place]) => place.startsWith(`${number}/`));
      if (receipts.length + invoices.length + provided.length === 0) return undefined;
      return {
        GoodsReceipts: receipts.map(items),
        SupplierInvoices: invoices.map(({ number: document, entity }) => ({
          SupplierInvoice: document,
          NetAmount: entity.NetAmount,
          GrossAmount: entity.GrossAmount,
        })),
        StockAtSupplier: provided.map(([place, held]) => ({
          Material: place.slice(number.length + 1),
          Quantity: quantity(held),
        })),
      };
    }),
    flow("A_BatchFlow", "Batch", (number) => {
      const changes = kept("A_StockStatusChange", ({ Batch }) => Batch === number);
      if (changes.length === 0) return undefined;
      return {
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
    guarded("GET", "/A_StockByLocation", ({ query }) => {
      const [location = ""] = wanted(query.get("$filter"), "StorageLocation");
      // What names another location moved there; all else is of the first.
      const elsewhere = new Map<string, bigint>();
      for (const [set, way] of [
        ["A_GoodsIssue", -1n],
        ["A_GoodsReceipt", 1n],
      ] as const)
        for (const { number, entity } of kept(
          set,
          ({ StorageLocation = FIRST }) => StorageLocation !== FIRST,
        ))
          for (const { Material, Quantity } of books.reversed.has(number) ? [] : (entity.Items as Moved[]))
            if (location === FIRST || location === entity.StorageLocation)
              elsewhere.set(Material, (elsewhere.get(Material) ?? 0n) + way * milli(Quantity));
      return {
        status: 200,
        body: {
          "@odata.context": "$metadata#A_StockByLocation",
          value: [...books.stock].map(([Material, held]) => ({
            Material,
            StorageLocation: location,
            Quantity: quantity(
              location === FIRST
                ? stockLeft(held) - (elsewhere.get(Material) ?? 0n)
                : (elsewhere.get(Material) ?? 0n),
            ),
          })),
        },
      };
    }),
  ];
}

/** The location of documents that name none. */
const FIRST = "WH-LYO";

interface Moved {
  readonly Material: string;
  readonly Quantity: string;
}
