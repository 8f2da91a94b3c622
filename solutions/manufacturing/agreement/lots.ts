/**
 * What everybody must agree about a lot: quality, warehouse and ERP hold the same pieces on hold and the same as damaged.
 *
 * What quality decided is compared with what the warehouse carried out and the ERP was told, in pieces.
 */
import { type Agreement, agreement, type Snapshot } from "crossdock";
import { decimals, plant, quality, stock } from "crossdock/canon";
import { anyOf, type Priced, piecesAt } from "../../distribution/agreed.ts";
import { BEFORE_ITS_RELEASE, type LotState } from "../processes/lot-quality.ts";
import { type Filled, servedHere } from "../settings.ts";

const { add, subtract } = decimals;

interface Change {
  readonly from: string;
  readonly to: string;
  readonly quantity: string;
}

/** What changes of status come to. */
function standing(changes: readonly Change[]): Record<"on hold" | "damaged", string> {
  const moved = (side: "from" | "to", status: string) =>
    add("0", ...changes.filter((change) => change[side] === status).map(({ quantity }) => quantity));
  const of = (status: string) => subtract(moved("to", status), moved("from", status));
  return { "on hold": of("quality-hold"), damaged: of("damaged") };
}

export const lots = (settings: Filled): Agreement<LotState> =>
  agreement<LotState>({
    name: "lots",
    title: "Lots",
    owner: "quality",
    process: "lot-quality",
    keyType: "lot",
    // What is on hold somewhere and for sale elsewhere is found within minutes.
    every: "5m",
    milestones: {
      held: { grace: "1m", systems: { qms: { says: quality.LotHeld.name } } },
      "stock corrected": {
        grace: "1m",
        systems: {
          qms: { says: quality.LotReleased.name },
          wms: { by: plant.ChangeStockStatus.name, says: stock.StockStatusChanged.name },
          erp: { by: stock.StockStatusChanged.name },
        },
      },
    },
    forbidden: [BEFORE_ITS_RELEASE],
    concerns: (system, { plant: where }) => system === "qms" || servedHere(settings)({ plant: where }),
    ours: (state, reached) => ({
      held: { reached: reached.has("held"), figures: { held: state.held } },
      "stock corrected": { reached: null, figures: standing(state.changes) },
    }),
    snapshots: [askQms, askWms, askErp],
  });

interface QmsLot {
  readonly lot: string;
  readonly held: string;
  readonly released: string;
  readonly scrapped: string;
}

const askQms: Snapshot = {
  system: "qms",
  about: "lots",
  atOnce: 50,
  question: (numbers) => ({ ids: numbers.join(",") }),
  read({ lots: all }: { lots: readonly QmsLot[] }, number) {
    const lot = all.find((one) => one.lot === number);
    const { held = "0", released = "0", scrapped = "0" } = lot ?? {};
    // Rejected and not scrapped stays on hold until that is done.
    const figures = { "on hold": subtract(subtract(held, released), scrapped), damaged: scrapped };
    return {
      held: { reached: lot !== undefined, figures: { held } },
      "stock corrected": { reached: null, figures },
    };
  },
};

interface WmsLot extends Record<"lot" | "available" | "quality-hold" | "damaged", string> {}

const askWms: Snapshot = {
  system: "wms",
  about: "lots",
  atOnce: 50,
  question: (numbers) => ({ ids: numbers.join(",") }),
  read({ items }: { items: readonly WmsLot[] }, number) {
    const lot = items.find((one) => one.lot === number);
    const figures = { "on hold": lot?.["quality-hold"] ?? "0", damaged: lot?.damaged ?? "0" };
    return { "stock corrected": { reached: null, figures } };
  },
};

interface Batch extends Priced {
  readonly Batch: string;
  readonly Changes: readonly Record<"MaterialDocument" | "Quantity" | "FromStatus" | "ToStatus", string>[];
}

const askErp: Snapshot = {
  system: "erp",
  about: "batch-status",
  atOnce: 50,
  question: (numbers) => ({ filter: anyOf("Batch", numbers) }),
  read({ value }: { value: readonly Batch[] }, number) {
    const known = value.find(({ Batch: batch }) => batch === number);
    const changes = known?.Changes ?? [];
    return {
      "stock corrected": {
        reached: null,
        figures: standing(
          changes.map(({ FromStatus, ToStatus, Quantity }) => ({
            from: FromStatus,
            to: ToStatus,
            quantity: Quantity,
          })),
        ),
        documents: changes.map(({ MaterialDocument }) => MaterialDocument),
        each: piecesAt(known ?? {}, "on hold", "damaged"),
      },
    };
  },
};
