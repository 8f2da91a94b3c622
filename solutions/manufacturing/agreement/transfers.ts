/**
 * What everybody must agree about goods between two places of ours: what left, what came in, and between two entities what one is owed
 * and the other owes.
 *
 * Within one entity the warehouse that sent them and the ERP are compared; between two each ledger is held against what we know of its
 * own side. That both sides owe each other the same is the transfer's own balance, which waits for goods on the road.
 */
import { type Agreed, type Agreement, agreement, type Book, type Snapshot } from "crossdock";
import { decimals, erp, plant, stock } from "crossdock/canon";
import { anyOf, sum } from "../../distribution/agreed.ts";
import type { IntercompanyState } from "../processes/intercompany.ts";
import type { TransferState } from "../processes/stock-transfer.ts";
import type { Filled } from "../settings.ts";
import { transferReport, type WmsTransfer } from "./warehouse-reports.ts";

export const transfers = ({
  policy: { warehouse: ours, suppliedBy, entity },
  ledgers,
}: Filled): Agreement<TransferState> => {
  const sellers = ledgers.flatMap(({ line, sales }) =>
    sales ? [{ name: line.name, sold: sales.sold }] : [],
  );
  return agreement<TransferState>({
    name: "transfers",
    title: "Transfers",
    owner: "logistics",
    process: "stock-transfer",
    keyType: "transfer",
    every: "1h",
    ledgers: [entity, ...ledgers.flatMap((one) => (one.sales ? [one.entity] : []))],
    milestones: {
      moved: {
        grace: "4h",
        systems: {
          wms: { says: stock.StockTransferred.name },
          erp: { by: stock.StockTransferred.name },
        },
      },
      ...(suppliedBy.length === 0 ? {} : betweenEntities(sellers.map(({ name }) => name))),
    },
    concerns: (system, { from }) => (from === ours ? system === "wms" || system === "erp" : system !== "wms"),
    ours: ({ from, sent, arrived }) =>
      from === ours ? { moved: { reached: null, figures: { sent, arrived } } } : {},
    ...(suppliedBy.length === 0 ? {} : { also: { intercompany: bothSides } }),
    worth({ item, from, sent, uom }) {
      const price =
        from === ours ? undefined : suppliedBy.find((one) => one.transferPrices[item])?.transferPrices[item];
      return price === undefined ? null : decimals.priceOf({ value: sent, uom }, price);
    },
    snapshots: [askWms(ours), askErp, ...sellers.map(({ sold }) => sold)],
  });
};

/** One entity sold it, and the other bought it: each is compared in its own ledger. */
const betweenEntities = (sellers: readonly string[]): Readonly<Record<string, Agreed>> => ({
  sold: {
    grace: "4h",
    systems: Object.fromEntries(
      sellers.map((name) => [name, { by: erp.PostGoodsIssue.name, mayBeSilent: true }]),
    ),
  },
  bought: { grace: "4h", systems: { erp: { by: plant.PostGoodsReceipt.name } } },
});

function bothSides({ left, received, receivable, payable }: IntercompanyState): Book {
  const pieces = (moved: IntercompanyState["left"]) => sum(moved.map(({ quantity }) => quantity));
  const owed = (booked: IntercompanyState["payable"]) => sum(booked.map(({ amount }) => amount));
  return {
    sold: { reached: null, figures: { pieces: pieces(left), receivable: owed(receivable) } },
    bought: { reached: null, figures: { pieces: pieces(received), payable: owed(payable) } },
  };
}

interface Flow {
  readonly TransferReference: string;
  readonly Movements: readonly Record<"MaterialDocument" | "MovementType" | "Quantity", string>[];
  readonly GoodsReceipts: readonly Record<"MaterialDocument" | "Quantity" | "Amount", string>[];
}

const askErp: Snapshot = {
  system: "erp",
  about: "transfer-status",
  atOnce: 50,
  question: (numbers) => ({ filter: anyOf("TransferReference", numbers) }),
  read({ value }: { value: readonly Flow[] }, number) {
    const { Movements: moved = [], GoodsReceipts: receipts = [] } =
      value.find(({ TransferReference }) => TransferReference === number) ?? {};
    const of = (type: string) =>
      sum(moved.filter(({ MovementType }) => MovementType === type).map(({ Quantity }) => Quantity));
    return {
      moved: {
        reached: null,
        figures: { sent: of("303"), arrived: of("305") },
        documents: moved.map(({ MaterialDocument }) => MaterialDocument),
      },
      bought: {
        reached: null,
        figures: {
          pieces: sum(receipts.map(({ Quantity }) => Quantity)),
          payable: sum(receipts.map(({ Amount }) => Amount)),
        },
        documents: receipts.map(({ MaterialDocument }) => MaterialDocument),
      },
    };
  },
};

interface Left {
  readonly items: readonly WmsTransfer[];
}

/** It knows what left its own doors. */
const askWms = (place: string): Snapshot => ({
  system: "wms",
  about: "transfers",
  atOnce: 50,
  question: (numbers) => ({ ids: numbers.join(",") }),
  read({ items }: Left, number) {
    const left = items.filter(({ transferId }) => transferId === number);
    return {
      moved: {
        reached: null,
        figures: { sent: sum(left.map(({ quantity }) => quantity)) },
        documents: left.map(({ id }) => id),
      },
    };
  },
  report: ({ items }: Left, number) =>
    items.filter(({ transferId }) => transferId === number).map((one) => transferReport(place, one)),
});
