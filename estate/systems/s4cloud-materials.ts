/**
 * What the cloud ERP keeps of materials: the unit it counts each in, what a piece is worth, and how many stand where.
 *
 * What must stay true: a quantity counts in the unit its line names, and where it names none in the material's own; what stands in the
 * ledger beside the books is no stock. A unit a material does not have is refused.
 */
import { type Body, optionalText, positiveQuantity, Refusal, text } from "../kernel/call.ts";
import { extended, money, quantity } from "../kernel/decimal.ts";
import type { LedgerDocument, Line } from "../kernel/ledger.ts";
import { worth } from "./erp-valuation.ts";

/** Documents of this ledger stand beside the books and count in none. */
export const SHADOW = "SHADOW";
export const isAside = ({ fields }: LedgerDocument): boolean => fields.LedgerGroup === SHADOW;

/** What an item costs here where it is not what it costs everywhere: somebody took over its price wrongly. */
export type Costs = ReadonlyMap<string, bigint>;

/** Pieces in a pack, of materials that are counted and priced by the pack. */
const PACKS: ReadonlyMap<string, bigint> = new Map([["VALVE-20", 12n]]);
const baseUnit = (material: string): string => (PACKS.has(material) ? "PK" : "EA");

/** A line in pieces, in thousandths. */
function piecesIn(item: Body): bigint {
  const material = text(item, "Material");
  const asked = positiveQuantity(item, "QuantityInEntryUnit");
  const unit = optionalText(item, "EntryUnit") ?? baseUnit(material);
  if (unit === "EA") return asked;
  const pack = unit === "PK" ? PACKS.get(material) : undefined;
  if (pack !== undefined) return asked * pack;
  throw new Refusal(400, "M7/064", `Unit ${unit} is not defined for material ${material}.`, {
    field: "EntryUnit",
  });
}

/** What a receipt is worth, on both sides. */
export function received(items: readonly Body[], costs: Costs): readonly Line[] {
  const value = money(
    items.reduce((sum, item) => {
      const material = text(item, "Material");
      return sum + extended(costs.get(material) ?? worth(material), piecesIn(item));
    }, 0n),
  );
  return [
    { account: "Inventory", debit: value, credit: "0.00" },
    { account: "Goods received, not invoiced", debit: "0.00", credit: value },
  ];
}

/** What a receipt would be worth; `VALVE-20|1|PK;SEAL-9|12|EA`. Nothing is posted. */
export function simulated(asked: string, costs: Costs): Body {
  const items = asked.split(";").map((line): Body => {
    const [Material = "", QuantityInEntryUnit = "", EntryUnit = ""] = line.split("|");
    return { Material, QuantityInEntryUnit, ...(EntryUnit === "" ? {} : { EntryUnit }) };
  });
  return { TotalAmount: received(items, costs)[0]!.debit, to_MaterialDocumentItem: { results: items } };
}

/** The lines of receipts of these purchase orders. */
export const linesOf = (documents: readonly LedgerDocument[], orders: readonly string[]): readonly Body[] =>
  documents
    .filter(({ fields }) => orders.includes(String(fields.ReferenceDocument)))
    .flatMap(({ number, fields }) =>
      (fields.to_MaterialDocumentItem as readonly Body[]).map((item) => ({
        ...item,
        MaterialDocument: number,
        PurchaseOrder: fields.ReferenceDocument,
        LedgerGroup: fields.LedgerGroup ?? "",
      })),
    );

/** Pieces by material at a place, or at all of them. */
export function stockIn(documents: readonly LedgerDocument[], place?: string): Map<string, bigint> {
  const held = new Map<string, bigint>();
  for (const { fields } of documents.filter((one) => !isAside(one)))
    for (const item of fields.to_MaterialDocumentItem as readonly Body[])
      if (place === undefined || item.StorageLocation === place) {
        const material = text(item, "Material");
        held.set(material, (held.get(material) ?? 0n) + piecesIn(item));
      }
  return held;
}

/** As the stock service shows it: in the material's own unit. */
export const stockShown = (documents: readonly LedgerDocument[], place: string): readonly Body[] =>
  [...stockIn(documents, place)].map(([Material, pieces]) => ({
    Material,
    StorageLocation: place,
    MaterialBaseUnit: baseUnit(Material),
    MatlWrhsStkQtyInMatlBaseUnit: quantity(pieces / (PACKS.get(Material) ?? 1n)),
  }));

/** Pieces by material, as the books show them. */
export const piecesShown = (held: ReadonlyMap<string, bigint>): Record<string, string> =>
  Object.fromEntries([...held].map(([material, pieces]) => [material, quantity(pieces)]));
