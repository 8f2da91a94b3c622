/**
 * What everybody must agree about stock: ERP and warehouse hold the same pieces of each item at each place, once what the journal
 * knows to be on its way to either of them is counted.
 *
 * No process follows an item; the warehouse says which there are. Stock moves all the time, so only a difference that stays the same
 * from look to look is one.
 */
import { type Agreement, agreement, type Moved, type Snapshot } from "crossdock";
import { decimals, erp, plant, production, returns, stock } from "crossdock/canon";
import { anyOf } from "../../distribution/agreed.ts";
import type { Filled } from "../settings.ts";

type Of<Contract extends { sample: unknown }> = Contract["sample"];
interface Pieces {
  readonly item: string;
  readonly quantity: { readonly value: string };
}

const FIGURE = "on hand, with what is on its way";
const less = (value: string): string => decimals.subtract("0", value);

export const stocks = ({ policy: { warehouse: ours, entity } }: Filled): Agreement => {
  const at = (place: string, pieces: readonly Pieces[], way: (value: string) => string): Moved[] =>
    pieces.map(({ item, quantity: { value } }) => ({ number: `${item}/${place}`, by: way(value) }));
  const more = (value: string): string => value;
  const out = (pieces: readonly Pieces[], place = ours) => at(place, pieces, less);
  const into = (pieces: readonly Pieces[], place = ours) => at(place, pieces, more);
  return agreement({
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
        systems: { erp: { by: stock.StockAdjusted.name }, wms: { says: stock.StockAdjusted.name } },
      },
    },
    ours: () => ({}),
    listing: {
      system: "wms",
      about: "stock",
      question: {},
      numbers: ({ items }: WmsStock) => items.map(({ sku }) => `${sku}/${ours}`),
    },
    moving: {
      milestone: "counted",
      figure: FIGURE,
      messages: {
        [erp.PostGoodsIssue.name]: (issue: Of<typeof erp.PostGoodsIssue>) =>
          out(issue.lines, issue.warehouse),
        [plant.PostGoodsReceipt.name]: (receipt: Of<typeof plant.PostGoodsReceipt>) =>
          into(receipt.lines, receipt.warehouse),
        [plant.PostProductionReceipt.name]: (made: Of<typeof plant.PostProductionReceipt>) => into([made]),
        [plant.PostConsumption.name]: (used: Of<typeof plant.PostConsumption>) => out(used.materials),
        [plant.PostScrap.name]: (lost: Of<typeof plant.PostScrap>) => out([lost]),
        [returns.PostGoodsReturn.name]: (back: Of<typeof returns.PostGoodsReturn>) => into(back.lines),
        [plant.PutAway.name]: (made: Of<typeof plant.PutAway>) => into([made]),
        [production.MaterialConsumed.name]: (used: Of<typeof production.MaterialConsumed>) =>
          out(used.materials),
        [production.ScrapDeclared.name]: (lost: Of<typeof production.ScrapDeclared>) => out([lost]),
        [plant.ChangeStockStatus.name]: (change: Of<typeof plant.ChangeStockStatus>) =>
          change.to === "damaged" ? out([change]) : [],
        [stock.StockAdjusted.name]: ({ positionId, delta }: Of<typeof stock.StockAdjusted>) => [
          { number: positionId, by: delta },
        ],
      },
    },
    snapshots: [askErp(ours), askWms(ours)],
  });
};

const itemOf = (number: string): string => number.slice(0, number.lastIndexOf("/"));
const counted = (quantity: string | undefined) => ({
  counted: { reached: null, ...(quantity === undefined ? {} : { figures: { [FIGURE]: quantity } }) },
});

interface ErpStock {
  readonly value: readonly { readonly Material: string; readonly Quantity: string }[];
}

const askErp = (place: string): Snapshot => ({
  system: "erp",
  about: "stock-by-place",
  atOnce: 200,
  question: () => ({ filter: anyOf("StorageLocation", [place]) }),
  read: ({ value }: ErpStock, number) =>
    counted(value.find(({ Material }) => `${Material}/${place}` === number)?.Quantity),
});

interface WmsStock {
  readonly items: readonly { readonly sku: string; readonly onHand: string }[];
}

const askWms = (place: string): Snapshot => ({
  system: "wms",
  about: "stock",
  atOnce: 200,
  question: () => ({}),
  read: ({ items }: WmsStock, number) =>
    number.endsWith(`/${place}`) ? counted(items.find(({ sku }) => sku === itemOf(number))?.onHand) : {},
});
