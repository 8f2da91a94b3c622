/**
 * What everybody must agree about stock: ERP and warehouse hold the same pieces of each item at each place, once what the journal
 * knows to be on its way to either of them is counted; and what a run of the ERP valued an item at, the finance platform holds.
 *
 * No process follows an item; the warehouse says which there are. Stock moves all the time, so only a difference that stays the same
 * from look to look is one. A place is a warehouse, `PUMP-100/WH-LYO`; what is valued stands at a plant, `PUMP-100/LYO`.
 */
import { type Agreement, agreement, type Snapshot } from "crossdock";
import { costing, stock } from "crossdock/canon";
import { anyOf, type Priced, piecesAt } from "../../distribution/agreed.ts";
import type { Filled, NextLedger } from "../settings.ts";
import { underWay } from "./stock-under-way.ts";
import {
  adjustmentReport,
  transferReport,
  type WmsAdjustment,
  type WmsTransfer,
} from "./warehouse-reports.ts";

const FIGURE = "on hand, with what is on its way";

export const stocks = ({
  policy: { warehouse: ours, entity, plant },
  nextErp: next,
  platform,
}: Filled): Agreement =>
  agreement({
    name: "stock",
    title: "Stock",
    owner: "warehouse",
    process: null,
    keyType: "position",
    every: "15m",
    ledgers: [entity],
    milestones: {
      counted: {
        grace: "4h",
        systems: {
          // While a step moves, two ERPs keep the stock of one place between them.
          erp: { by: stock.StockAdjusted.name, ...(next === null ? {} : { with: [next.line.name] }) },
          wms: { says: stock.StockAdjusted.name },
        },
      },
      ...(platform === null
        ? {}
        : {
            valued: {
              grace: "4h" as const,
              systems: {
                [platform.valuations.system]: { by: costing.InventoryValued.name },
                erp: { says: costing.InventoryValued.name },
              },
            },
          }),
    },
    ours: () => ({}),
    listing: {
      system: "wms",
      about: "stock",
      question: {},
      numbers: ({ items }: WmsStock) => items.map(({ sku }) => `${sku}/${ours}`),
    },
    moving: { milestone: "counted", figure: FIGURE, ...underWay(ours) },
    snapshots: [
      askErp(ours, plant),
      ...(next === null ? [] : [askNext(next, ours)]),
      askWms(ours),
      ...(platform === null ? [] : [platform.valuations]),
    ],
  });

const itemOf = (number: string): string => number.slice(0, number.lastIndexOf("/"));
const counted = (quantity: string | undefined, documents: readonly string[] = []) => ({
  counted: {
    reached: null,
    ...(quantity === undefined ? {} : { figures: { [FIGURE]: quantity }, documents }),
  },
});

interface ErpStock {
  readonly value: readonly (Priced & {
    readonly Material: string;
    readonly Quantity: string;
    readonly Adjustments: readonly string[];
    readonly LastValuation?: ErpValuation;
  })[];
}
interface ErpValuation extends Readonly<Record<"id" | "sku" | "quantity" | "value" | "at", string>> {}

const askErp = (place: string, plant: string): Snapshot => ({
  system: "erp",
  about: "stock-by-place",
  atOnce: 200,
  question: () => ({ filter: anyOf("StorageLocation", [place]) }),
  read({ value }: ErpStock, number) {
    const held = value.find(({ Material }) => Material === itemOf(number));
    if (number.endsWith(`/${plant}`)) return { valued: valuedAt(held ?? {}) };
    if (held === undefined || !number.endsWith(`/${place}`)) return counted(undefined);
    const { counted: pieces } = counted(held.Quantity, held.Adjustments);
    return { counted: { ...pieces, each: piecesAt(held, FIGURE) } };
  },
  /** The run as its webhook tells it. */
  report({ value }: ErpStock, number, milestone) {
    const valuation = value.find(({ Material }) => Material === itemOf(number))?.LastValuation;
    if (milestone !== "valued" || valuation === undefined) return [];
    const { id, sku: item, quantity, value: worth, at } = valuation;
    const body = { type: "stock.valued", occurredAt: at, item, plant, valuation: id, quantity, value: worth };
    return [{ flow: "erp-reports", messageId: `asked:${id}`, document: id, body }];
  },
});

/** What was not valued yet is worth nothing anywhere. */
const valuedAt = ({ LastValuation: last, Currency: currency }: Partial<ErpStock["value"][number]>) => ({
  reached: null,
  figures: { value: last?.value ?? "0" },
  documents: last === undefined ? [] : [last.id],
  ...(currency === undefined ? {} : { each: { value: { amount: "1", currency } } }),
});

/** It names only what it has: what it does not name is nothing, and what is on its way is counted with that. */
function askNext({ line, stock: of }: NextLedger, place: string): Snapshot {
  const { held, ...asking } = of(place);
  return {
    system: line.name,
    atOnce: 200,
    ...asking,
    read: (answer, number) => (number.endsWith(`/${place}`) ? counted(held(answer, itemOf(number))) : {}),
  };
}

interface WmsStock {
  readonly items: readonly {
    readonly sku: string;
    readonly onHand: string;
    readonly adjustments?: readonly WmsAdjustment[];
    readonly transfers?: readonly WmsTransfer[];
  }[];
}

const askWms = (place: string): Snapshot => ({
  system: "wms",
  about: "stock-of",
  atOnce: 100,
  question: (numbers) => ({ skus: numbers.map(itemOf).join(",") }),
  read({ items }: WmsStock, number) {
    if (!number.endsWith(`/${place}`)) return {};
    const held = items.find(({ sku }) => sku === itemOf(number));
    const moved = [...(held?.adjustments ?? []), ...(held?.transfers ?? [])];
    return counted(
      held?.onHand,
      moved.map(({ id }) => id),
    );
  },
  report({ items }: WmsStock, number) {
    const { adjustments = [], transfers = [] } = items.find(({ sku }) => sku === itemOf(number)) ?? {};
    return [
      ...adjustments.map((one) => adjustmentReport(place, one)),
      ...transfers.map((one) => transferReport(place, one)),
    ];
  },
});
