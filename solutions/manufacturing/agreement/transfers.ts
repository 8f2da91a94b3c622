/**
 * What everybody must agree about goods between two places of ours: what left, what came in, and between two entities what one is owed
 * and the other owes.
 *
 * Within one entity the warehouse that sent them and the ERP are compared; between two each ledger is held against what we know of its
 * own side. What is late on the road is held against what the warehouse it went to says has come. That both sides owe each other the same is the transfer's own balance, which waits for goods on the road.
 */
import { type Agreed, type Agreement, agreement, type Book, type Hearing, type Snapshot } from "crossdock";
import { decimals, erp, plant, stock } from "crossdock/canon";
import { anyOf, type Priced, piecesAt, sum } from "../../distribution/agreed.ts";
import type { IntercompanyState } from "../processes/intercompany.ts";
import type { TransferState } from "../processes/stock-transfer.ts";
import type { Filled } from "../settings.ts";
import { transferReport, type WmsTransfer } from "./warehouse-reports.ts";

export const transfers = ({
  policy: { warehouse: ours, suppliedBy, entity },
  ledgers,
  warehouses,
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
      // Goods are on the road for days: only what is late is held against what came.
      came: {
        grace: "1h",
        systems: {
          wms: { says: stock.StockTransferred.name, after: LATE },
          ...Object.fromEntries(
            Object.values(warehouses).map((line) => [line, { says: stock.GoodsReceived.name, after: LATE }]),
          ),
          // It says what a piece is worth.
          erp: { after: LATE, mayBeSilent: true },
        },
      },
      ...(suppliedBy.length === 0 ? {} : betweenEntities(sellers.map(({ name }) => name))),
    },
    concerns(system, { from, to }) {
      if (Object.values(warehouses).includes(system)) return warehouses[to] === system;
      return from === ours ? system === "wms" || system === "erp" : system !== "wms";
    },
    ours: ({ from, sent, arrived, late = false }) => ({
      [LATE]: { reached: late },
      came: { reached: null, figures: { [PIECES]: sent } },
      ...(from === ours ? { moved: { reached: null, figures: { sent, arrived } } } : {}),
    }),
    ...(suppliedBy.length === 0 ? {} : { also: { intercompany: bothSides } }),
    worth({ item, from, sent, uom }) {
      const price =
        from === ours ? undefined : suppliedBy.find((one) => one.transferPrices[item])?.transferPrices[item];
      return price === undefined ? null : decimals.priceOf({ value: sent, uom }, price);
    },
    snapshots: [askWms(ours), askErp, ...sellers.map(({ sold }) => sold)],
    hearings: Object.values(warehouses).map(cameTo),
  });
};

/** On the road longer than goods are. */
const LATE = "late";
const PIECES = "pieces";

type Receipt = (typeof stock.GoodsReceived)["sample"];

/** What came to a warehouse by its own receipts, each once; nothing, where it told of none. */
const cameTo = (system: string): Hearing => ({
  system,
  facts: [stock.GoodsReceived.name],
  read(facts) {
    const told = facts.filter(({ source }) => source === system).map(({ data }) => data as Receipt);
    const receipts = [...new Map(told.map((receipt) => [receipt.receiptAdviceId, receipt])).values()];
    const pieces = sum(
      receipts.flatMap(({ lines }) => lines.map(({ receivedQuantity }) => receivedQuantity.value)),
    );
    return { came: { reached: null, figures: { [PIECES]: pieces } } };
  },
});

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

interface Flow extends Priced {
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
    const known = value.find(({ TransferReference }) => TransferReference === number);
    const { Movements: moved = [], GoodsReceipts: receipts = [] } = known ?? {};
    const of = (type: string) =>
      sum(moved.filter(({ MovementType }) => MovementType === type).map(({ Quantity }) => Quantity));
    return {
      moved: {
        reached: null,
        figures: { sent: of("303"), arrived: of("305") },
        documents: moved.map(({ MaterialDocument }) => MaterialDocument),
      },
      came: { reached: null, each: piecesAt(known ?? {}, PIECES) },
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
    const sent = sum(left.map(({ quantity }) => quantity));
    return {
      came: { reached: null, figures: { [PIECES]: sent } },
      moved: {
        reached: null,
        figures: { sent },
        documents: left.map(({ id }) => id),
      },
    };
  },
  report: ({ items }: Left, number) =>
    items.filter(({ transferId }) => transferId === number).map((one) => transferReport(place, one)),
});
