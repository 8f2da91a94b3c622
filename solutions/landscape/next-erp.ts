/**
 * The ERP that is to follow the first: it books goods receipts beside its books while the two are compared, and in them from the switch on.
 *
 * One thing stays true: a receipt stands in it once, beside the books or in them, as whose turn it was when the goods came says. It counts
 * some items in units of its own, and what does not come out whole in them is refused.
 *
 * @covers PRD-03
 */
import { type Connection, ContractBroken, connection, type Flow, flow } from "crossdock";
import { cutover, decimals, plant, type Quantity, stock } from "crossdock/canon";
import { odata } from "crossdock/connectors/odata";
import { anyOf, byLine, piecesByItem } from "../distribution/agreed.ts";
import { documentAsJson } from "../distribution/formats.ts";
import type { NextLedger } from "../manufacturing/settings.ts";
import { inPieces, type SigningIn } from "./neighbourhood.ts";

/** A unit of an item, and how many pieces are in one. */
interface Unit {
  readonly unit: string;
  readonly pieces: string;
}

export interface NextErp extends SigningIn {
  /** The step that moves there: `goods-receipt/ME-01/LYO`. */
  readonly step: string;
  /** Items it counts and prices in another unit than pieces. */
  readonly units?: Readonly<Record<string, Unit>>;
}

/** What is booked here is of no books that count. */
const SHADOW_LEDGER = "SHADOW";
/** The flow by which it is told while the two are compared. */
const BESIDE = "next-erp-goods-receipts";
const PIECE: Unit = { unit: "EA", pieces: "1" };

interface DocumentLine {
  readonly Material: string;
  readonly QuantityInEntryUnit: string;
}
interface MaterialDocument {
  readonly TotalAmount: string;
  readonly to_MaterialDocumentItem: { readonly results: readonly DocumentLine[] };
}
interface Receipt {
  readonly receiptAdviceId: string;
  readonly orderId: string;
  readonly day: string;
  readonly lines: readonly { readonly line: string; readonly item: string; readonly quantity: Quantity }[];
}

/** For the manufacturing solution, which hands it receipts whose turn it is. */
export function nextErp({ step, units = {}, ...signIn }: NextErp): NextLedger {
  const unitOf = (item: string): Unit => units[item] ?? PIECE;
  const piecesOf = (item: string, quantity: string) => decimals.multiply(quantity, unitOf(item).pieces);

  /** So many of its own units. */
  function entered(item: string, quantity: Quantity) {
    const { unit, pieces } = unitOf(item);
    const value = inPieces(quantity);
    const whole = decimals.divide(value, pieces, 0);
    if (decimals.compare(decimals.multiply(whole, pieces), value) !== 0)
      throw new ContractBroken(
        `${value} pieces of ${item} are no whole ${unit} of ${pieces}, and the next ERP counts nothing else. Enter them there in pieces it knows, or correct its units.`,
        { facts: { field: "lines", expected: `a multiple of ${pieces}`, found: value } },
      );
    return { QuantityInEntryUnit: whole, EntryUnit: unit };
  }

  const documentOf = ({ receiptAdviceId, orderId, day, lines }: Receipt, more: object, place: object) => ({
    YY1_ExternalReference: receiptAdviceId,
    ...more,
    GoodsMovementCode: "01",
    PostingDate: `/Date(${Date.parse(`${day}T00:00:00Z`)})/`,
    ReferenceDocument: orderId,
    to_MaterialDocumentItem: lines.map(({ item, quantity, line }) => ({
      Material: item,
      ...entered(item, quantity),
      PurchaseOrderItem: line,
      GoodsMovementType: "101",
      ...place,
    })),
  });

  const line = lineOf(signIn);
  const figures: NextLedger["figures"] = (answer) => {
    const { TotalAmount: value, to_MaterialDocumentItem: items } = (answer ??
      {}) as Partial<MaterialDocument>;
    if (value === undefined || items === undefined) return null;
    const pieces = items.results.map(
      (one) => [one.Material, piecesOf(one.Material, one.QuantityInEntryUnit)] as const,
    );
    return { value, ...piecesByItem(pieces) };
  };
  return {
    line,
    step,
    receipt: {
      serves: ({ stage }) => stage === "cloud",
      write: ({ receiptAdviceId, purchaseOrderId, postingDate, lines, warehouse }) =>
        documentOf(
          { receiptAdviceId, orderId: purchaseOrderId, day: postingDate, lines },
          {},
          { StorageLocation: warehouse },
        ),
    },
    beside: (told) => ({
      about: told,
      document: documentOf(
        {
          receiptAdviceId: told.receiptAdviceId,
          orderId: told.purchaseOrderId ?? told.transferId ?? "",
          day: told.receivedAt.slice(0, 10),
          lines: told.lines.map(({ line: number, item, receivedQuantity }) => ({
            line: number,
            item,
            quantity: receivedQuantity,
          })),
        },
        { LedgerGroup: SHADOW_LEDGER },
        { StorageLocation: told.warehouse },
      ),
    }),
    figures,
    whatIf: {
      flow: BESIDE,
      question(document) {
        const { to_MaterialDocumentItem: items } = document as {
          to_MaterialDocumentItem: readonly (DocumentLine & { readonly EntryUnit: string })[];
        };
        const asked = items.map((one) => `${one.Material}|${one.QuantityInEntryUnit}|${one.EntryUnit}`);
        return { about: "simulation", data: { items: asked.join(";") } };
      },
      figures: (answer) => figures((answer as { d?: unknown } | undefined)?.d),
    },
    receipts: {
      system: line.name,
      about: "receipt-lines",
      atOnce: 25,
      question: (numbers) => ({ filter: anyOf("PurchaseOrder", numbers) }),
      read({ d: { results } }: { d: { results: readonly ReceiptLine[] } }, number) {
        const mine = results.filter(
          (one) => one.PurchaseOrder === number && one.LedgerGroup !== SHADOW_LEDGER,
        );
        const lines = mine.map(
          (one) => [one.PurchaseOrderItem, piecesOf(one.Material, one.QuantityInEntryUnit)] as const,
        );
        return {
          received: {
            reached: null,
            figures: byLine(lines),
            complete: true,
            documents: [...new Set(mine.map(({ MaterialDocument: document }) => document))],
          },
        };
      },
    },
    stock: (place) => ({
      about: "stock-by-place",
      question: () => ({ filter: anyOf("StorageLocation", [place]) }),
      held({ d: { results } }: { d: { results: readonly StockLine[] } }, item) {
        const [found] = results.filter((one) => one.Material === item && one.StorageLocation === place);
        return found === undefined ? "0" : piecesOf(item, found.MatlWrhsStkQtyInMatlBaseUnit);
      },
    }),
  };
}

interface ReceiptLine extends DocumentLine {
  readonly MaterialDocument: string;
  readonly PurchaseOrder: string;
  readonly PurchaseOrderItem: string;
  readonly LedgerGroup: string;
}
interface StockLine {
  readonly Material: string;
  readonly StorageLocation: string;
  readonly MatlWrhsStkQtyInMatlBaseUnit: string;
}

function lineOf(signIn: SigningIn): Connection {
  const posting = {
    path: "/API_MATERIAL_DOCUMENT_SRV/A_MaterialDocumentHeader",
    reference: "MaterialDocument",
    search: "$expand=to_MaterialDocumentItem",
    compare: [
      "ReferenceDocument",
      "LedgerGroup",
      "to_MaterialDocumentItem[].Material = to_MaterialDocumentItem.results[].Material",
      "to_MaterialDocumentItem[].QuantityInEntryUnit = to_MaterialDocumentItem.results[].QuantityInEntryUnit",
    ],
  };
  return connection("s4cloud", odata, {
    title: "ERP that is to follow",
    owner: "finance",
    config: {
      ...signIn,
      version: "v2",
      referenceField: "YY1_ExternalReference",
      duplicateCodes: ["ZXD/001"],
      paths: { [stock.GoodsReceived.name]: posting, [plant.PostGoodsReceipt.name]: posting },
      asks: {
        "receipt-lines": {
          method: "GET",
          path: "/API_MATERIAL_DOCUMENT_SRV/A_MaterialDocumentItem?$filter={filter}",
        },
        "stock-by-place": {
          method: "GET",
          path: "/API_MATERIAL_STOCK_SRV/A_MatlStkInAcctMod?$filter={filter}",
        },
        simulation: {
          method: "GET",
          path: "/API_MATERIAL_DOCUMENT_SRV/SimulateGoodsReceipt?Items={items}",
        },
      },
    },
  });
}

/** While the two are compared, what the first books is booked here as well, where it does not count. */
export const besideTheBooks = ({ line, step, beside, figures }: NextLedger): Flow =>
  flow(BESIDE)
    .on(stock.GoodsReceived)
    .keep("nobody compares the two ERPs", ({ stage }) => stage === "shadow")
    .map(beside)
    .deliver(line, documentAsJson())
    .answer(cutover.ParallelPosted, ({ answer }, { about }) => {
      const booked = figures(answer);
      // Booked by hand it is known by its number alone, and there is nothing to compare.
      if (booked === null) return [];
      return [
        cutover.ParallelPosted.of({
          cutoverId: step,
          document: about.receiptAdviceId,
          side: "shadow",
          ledger: "cloud",
          stage: "shadow",
          figures: booked,
        }),
      ];
    });
