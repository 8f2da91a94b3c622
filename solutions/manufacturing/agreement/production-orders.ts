/**
 * What everybody must agree about a production order: the ERP that keeps the plant's books, the plant's MES and the warehouse.
 *
 * A plant whose books are kept by another ERP is asked for there, and the first ERP has nothing to do with it. The MES cannot be
 * asked: what it holds follows from what it told.
 */
import { type Agreement, agreement, type Hearing, type Snapshot, type Teller } from "crossdock";
import { costing, decimals, plant, production } from "crossdock/canon";
import { anyOf, type Priced, piecesAt, sum } from "../../distribution/agreed.ts";
import { BEFORE_RELEASE, type ProductionState } from "../processes/production-order.ts";
import type { ScheduleState } from "../processes/schedule-change.ts";
import { type Filled, servedHere } from "../settings.ts";

const { add } = decimals;

export const productionOrders = (settings: Filled): Agreement<ProductionState> => {
  const { ledgers, platform } = settings;
  const booksOf = (where: string) => ledgers.find(({ keeps }) => keeps(where))?.line.name ?? "erp";
  /** The same row for every ERP: of each order one of them is concerned. */
  const erps = (teller: Teller): Record<string, Teller> =>
    Object.fromEntries(["erp", ...ledgers.map(({ line }) => line.name)].map((name) => [name, teller]));
  return agreement<ProductionState>({
    name: "production-orders",
    title: "Production orders",
    owner: "production",
    process: "production-order",
    keyType: "productionOrder",
    every: "1h",
    ledgers: [settings.policy.entity],
    milestones: {
      released: {
        grace: "5m",
        systems: {
          erp: { says: production.ProductionOrderReleased.name },
          mes: { by: plant.ReleaseProductionOrder.name, mayBeSilent: true },
        },
      },
      completed: {
        grace: "15m",
        systems: {
          // The ERP says what it cost; of two that differ about that the platform was told.
          ...(platform === null ? {} : { [platform.costs.system]: { by: costing.CostPosted.name } }),
          ...erps({ by: plant.PostProductionReceipt.name }),
          mes: { says: production.OutputCompleted.name, mayBeSilent: true },
          wms: { by: plant.PutAway.name },
        },
      },
      // While planner and buyer decide, planning is ahead of the ERP.
      scheduled: {
        grace: "1h",
        systems: {
          scheduling: { says: production.ScheduleChanged.name, after: DECIDED },
          erp: { by: plant.RescheduleProduction.name, after: DECIDED },
        },
      },
      costed: {
        grace: "1d",
        systems: { erp: { by: plant.CloseProduction.name, says: production.VarianceCalculated.name } },
      },
    },
    concerns(system, { plant: where }) {
      if (system === "mes" || system === "wms") return servedHere(settings)({ plant: where });
      return (
        (system === "scheduling" || system === platform?.costs.system ? "erp" : system) === booksOf(where)
      );
    },
    forbidden: [
      BEFORE_RELEASE,
      {
        title: "A plant made more than was ordered.",
        fingerprint: "production-order/more-than-ordered",
      },
    ],
    ours: ({ ordered, made }, reached) => ({
      released: { reached: reached.has("released"), figures: { ordered } },
      completed: { reached: null, figures: { made } },
      [DECIDED]: { reached: true },
      costed: { reached: reached.has("costed") },
    }),
    also: {
      "schedule-change": ({ stage }: ScheduleState) => ({ [DECIDED]: { reached: stage === "applied" } }),
    },
    snapshots: [
      askErp,
      askWms,
      askScheduling,
      ...ledgers.map(({ holds }) => holds),
      ...(platform === null ? [] : [platform.costs]),
    ],
    hearings: [mes],
  });
};

/** No change of its schedule waits for anybody. */
const DECIDED = "schedule decided";

interface ErpOrder extends Priced {
  readonly ExternalReference: string;
  readonly StartDate: string;
  readonly Changes: readonly string[];
  readonly Quantity: string;
  readonly ProducedQuantity: string;
  readonly Status: string;
  readonly Movements: readonly {
    readonly MaterialDocument: string;
    readonly MovementType: string;
    readonly Amount: string;
    /** Absent where it went between more accounts than two: that stays in its own ledger. */
    readonly DebitAccount?: string;
  }[];
  readonly Settlements: readonly string[];
}

const askErp: Snapshot = {
  system: "erp",
  about: "production-status",
  atOnce: 50,
  question: (numbers) => ({ filter: anyOf("ExternalReference", numbers) }),
  read({ value }: { value: readonly ErpOrder[] }, number) {
    const order = value.find(({ ExternalReference }) => ExternalReference === number);
    if (!order)
      return {
        released: { reached: false },
        completed: none,
        scheduled: { reached: null },
        costed: { reached: false },
      };
    const told = order.Movements.filter(({ DebitAccount }) => DebitAccount !== undefined);
    const receipts = order.Movements.filter(({ MovementType }) => MovementType === "131");
    return {
      released: { reached: order.Status !== "cancelled", figures: { ordered: order.Quantity } },
      completed: {
        reached: null,
        figures: { made: order.ProducedQuantity, cost: sum(told.map(({ Amount }) => Amount)) },
        documents: receipts.map(({ MaterialDocument }) => MaterialDocument),
        each: {
          ...piecesAt(order, "made"),
          ...(order.Currency === undefined ? {} : { cost: { amount: "1", currency: order.Currency } }),
        },
      },
      scheduled: { reached: null, figures: { start: order.StartDate }, documents: order.Changes },
      costed: { reached: order.Status === "closed", documents: order.Settlements },
    };
  },
};

const none = { reached: null, figures: { made: "0" }, documents: [] } as const;

interface Inbound {
  readonly productionOrderId: string;
  readonly receipts: readonly {
    readonly id: string;
    readonly lines: readonly { readonly quantity: string }[];
  }[];
}

const askWms: Snapshot = {
  system: "wms",
  about: "made",
  atOnce: 50,
  question: (numbers) => ({ ids: numbers.join(",") }),
  read({ items }: { items: readonly Inbound[] }, number) {
    const receipts = items.find(({ productionOrderId }) => productionOrderId === number)?.receipts ?? [];
    const made = add("0", ...receipts.flatMap(({ lines }) => lines.map(({ quantity }) => quantity)));
    return { completed: { reached: null, figures: { made }, documents: receipts.map(({ id }) => id) } };
  },
};

interface Plan {
  /** `PR-7021/2`. */
  readonly id: string;
  readonly order: string;
  readonly start: string;
  readonly told: object;
}

/** It answers for orders it has moved, or that gave way to one of those; of others it knows the ERP's day. */
const askScheduling: Snapshot = {
  system: "scheduling",
  about: "plans",
  atOnce: 50,
  question: (numbers) => ({ orders: numbers.join(",") }),
  read({ items }: { items: readonly Plan[] }, number) {
    const plan = items.find(({ order }) => order === number);
    if (plan === undefined) return { scheduled: { reached: null, figures: {} } };
    return { scheduled: { reached: null, figures: { start: plan.start }, documents: [plan.id] } };
  },
  report: ({ items }: { items: readonly Plan[] }, number) =>
    items
      .filter(({ order }) => order === number)
      .map(({ id, told }) => ({
        flow: "schedule-changes",
        messageId: `asked:${id}`,
        document: id,
        body: told,
      })),
};

type Output = (typeof production.OutputCompleted)["sample"];

/** A report that came again counts once; where machines or planning told of it too, the MES alone does not know how many. */
const mes: Hearing = {
  system: "mes",
  facts: [
    production.ProductionStateChanged.name,
    production.MaterialConsumed.name,
    production.OutputCompleted.name,
    production.ScrapDeclared.name,
  ],
  read(facts) {
    const its = facts.filter(({ source }) => source === "mes");
    if (its.length === 0) return {};
    const outputs = facts.filter(({ contract }) => contract === production.OutputCompleted.name);
    const reports = new Map(
      outputs.map(({ data }) => [(data as Output).reportId, (data as Output).quantity.value]),
    );
    // Outputs that machines told of are not among its own, and an order it only used materials for is not made by it.
    const alone = outputs.length > 0 && outputs.every(({ source }) => source === "mes");
    return {
      released: { reached: true },
      ...(alone ? { completed: { reached: null, figures: { made: add("0", ...reports.values()) } } } : {}),
    };
  },
};
