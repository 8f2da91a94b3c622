/**
 * What everybody must agree about a purchase order: three ways, ordered, received and invoiced, and then paid.
 *
 * Supplier, warehouse, ERP and treasury, line by line and sum by sum; and of work done by a supplier the components of ours that
 * stand with them.
 */
import { type Agreement, agreement, type Hearing, type Snapshot } from "crossdock";
import { decimals, plant, procurement, production, purchasing, stock } from "crossdock/canon";
import { anyOf, byLine, lines, sum } from "../../distribution/agreed.ts";
import type { PurchaseLine } from "../matching.ts";
import { BEFORE_MATCH, type PurchaseState } from "../processes/procure-to-pay.ts";
import { open, type SubcontractState } from "../processes/subcontract.ts";
import type { Filled } from "../settings.ts";
import { receiptReport, type WmsReceipt } from "./warehouse-reports.ts";

/** Invoices that were sent to the ledger, and those of them that are paid. */
const BOOKED: readonly string[] = ["booking", "paying", "paid"];

export const purchaseOrders = ({
  policy,
  nextErp: next,
  listeners,
}: Pick<Filled, "policy" | "nextErp" | "listeners">): Agreement<PurchaseState> =>
  agreement<PurchaseState>({
    name: "purchase-orders",
    title: "Purchase orders",
    owner: "procurement",
    process: "procure-to-pay",
    keyType: "purchaseOrder",
    every: "1h",
    ledgers: [policy.entity],
    milestones: {
      ordered: { grace: "30m", systems: { supplier: { by: purchasing.IssuePurchaseOrder.name } } },
      confirmed: {
        grace: "30m",
        systems: {
          supplier: { says: procurement.PurchaseOrderConfirmed.name },
          erp: { by: procurement.PurchaseOrderConfirmed.name },
          ...(listeners.replenishment
            ? { replenishment: { by: procurement.PurchaseOrderConfirmed.name } }
            : {}),
        },
      },
      received: {
        grace: "1h",
        systems: {
          wms: { says: stock.GoodsReceived.name, mayBeSilent: true },
          // While goods receipts move, two ERPs hold those of one order between them.
          procurement: { by: stock.GoodsReceived.name },
          erp: { by: plant.PostGoodsReceipt.name, ...(next === null ? {} : { with: [next.line.name] }) },
        },
      },
      invoiced: { grace: "4h", systems: { erp: { by: purchasing.PostSupplierInvoice.name } } },
      paid: { grace: "1d", systems: { treasury: { by: purchasing.InstructPayment.name } } },
      "components at the supplier": {
        grace: "1d",
        systems: {
          erp: { says: production.SubcontractReturned.name },
          supplier: { by: production.SubcontractSent.name },
        },
      },
    },
    concerns(system, { supplier }, { told }) {
      // What one of our entities buys from another is held against both ledgers by its transfer.
      if (policy.suppliedBy.some(({ entity }) => entity === supplier)) return false;
      // What another door than the warehouse's took in, the warehouse need not know.
      if (system !== "wms") return true;
      const receipts = told.filter(({ contract }) => contract === stock.GoodsReceived.name);
      const number = ({ data }: (typeof receipts)[number]) => (data as Receipt).receiptAdviceId;
      const its = new Set(receipts.filter(({ source }) => source === "wms").map(number));
      return receipts.every((one) => its.has(number(one)));
    },
    forbidden: [BEFORE_MATCH],
    worth: ({ lines: all, currency }) =>
      decimals.money(sum(all.map(({ ordered, price }) => decimals.multiply(ordered, price))), currency),
    ours(state, reached) {
      const of = (value: (line: PurchaseLine) => string) =>
        lines(
          state.lines.map(({ line }) => line),
          byLine(state.lines.map((line) => [line.line, value(line)] as const)),
        );
      const gross = (among: readonly string[]) =>
        sum(state.invoices.filter((one) => among.includes(one.state)).map((one) => one.gross));
      return {
        ordered: { reached: reached.has("ordered"), figures: of(({ ordered }) => ordered) },
        confirmed: { reached: null, figures: of(({ confirmed }) => confirmed) },
        received: { reached: null, figures: of(({ received }) => received) },
        invoiced: { reached: null, figures: { gross: gross(BOOKED) } },
        paid: { reached: null, figures: { paid: gross(["paid"]) } },
      };
    },
    also: {
      subcontract: ({ components }: SubcontractState) => ({
        "components at the supplier": {
          reached: null,
          figures: Object.fromEntries(components.map((one) => [one.item, open(one)])),
        },
      }),
    },
    snapshots: [
      askSupplier,
      askWms,
      askErp,
      ...(listeners.replenishment ? [askReplenishment] : []),
      ...(next === null ? [] : [next.receipts]),
      askProcurement,
      askTreasury,
    ],
    hearings: [atTheDoor],
  });

interface Ordered {
  readonly purchaseOrderId: string;
  /** Absent where the portal holds components for an order, and not the order. */
  readonly state?: string;
  readonly changed?: boolean;
  readonly lines?: readonly { readonly line: string; readonly quantity: string }[];
  readonly components: Readonly<Record<string, string>>;
  readonly componentMovements: readonly string[];
  readonly confirmed?: readonly { readonly line: string; readonly quantity: string }[];
}

const askSupplier: Snapshot = {
  system: "supplier",
  about: "order-status",
  atOnce: 50,
  question: (numbers) => ({ ids: numbers.join(",") }),
  read({ items }: { items: readonly Ordered[] }, number) {
    const order = items.find(({ purchaseOrderId }) => purchaseOrderId === number);
    if (!order) return { ordered: { reached: false }, confirmed: { reached: false } };
    const components = {
      "components at the supplier": {
        reached: null,
        figures: order.components,
        complete: true,
        documents: order.componentMovements,
      },
    } as const;
    if (order.lines === undefined)
      return { ordered: { reached: false }, confirmed: { reached: false }, ...components };
    // An order the supplier was told to forget stands there, and nobody speaks of its quantities any more.
    if (order.state === "cancelled")
      return { ordered: { reached: true }, confirmed: { reached: false }, ...components };
    const all = order.lines.map(({ line }) => line);
    const figures = (of: readonly { readonly line: string; readonly quantity: string }[]) =>
      lines(all, byLine(of.map(({ line, quantity }) => [line, quantity] as const)));
    return {
      // After a change its quantities are those of the change, which the schedule decides.
      ordered: { reached: true, ...(order.changed ? {} : { figures: figures(order.lines) }) },
      confirmed: { reached: null, figures: figures(order.confirmed ?? []) },
      ...components,
    };
  },
};

interface Confirmed {
  readonly number: string;
  readonly purchaseOrderId: string;
  readonly supplierCommitments: readonly {
    readonly line: string;
    readonly confirmedQuantity: { readonly value: string };
  }[];
}

/** Planning was told what suppliers promise; the last word counts. */
const askReplenishment: Snapshot = {
  system: "replenishment",
  about: "facts-of-purchase-orders",
  atOnce: 50,
  question: (numbers) => ({ type: procurement.PurchaseOrderConfirmed.name, ids: numbers.join(",") }),
  read({ items }: { items: readonly Confirmed[] }, number) {
    const mine = items.filter(({ purchaseOrderId }) => purchaseOrderId === number);
    const promised = mine.at(-1)?.supplierCommitments ?? [];
    return {
      confirmed: {
        reached: null,
        figures: byLine(
          promised.map(({ line, confirmedQuantity }) => [line, confirmedQuantity.value] as const),
        ),
        complete: true,
        documents: mine.map((one) => one.number),
      },
    };
  },
};

type Receipt = (typeof stock.GoodsReceived)["sample"];
type Corrected = (typeof stock.ReceiptCorrected)["sample"];

/** What came in, by whatever told it: the warehouse is asked, and where it cannot be, this is its word. */
const atTheDoor: Hearing = {
  system: "wms",
  facts: [stock.GoodsReceived.name, stock.ReceiptCorrected.name],
  read(facts) {
    const corrected = new Set(
      facts.flatMap(({ contract, data }) =>
        contract === stock.ReceiptCorrected.name ? [(data as Corrected).receiptAdviceId] : [],
      ),
    );
    const its = facts.filter(
      ({ source, contract, data }) =>
        source === "wms" &&
        contract === stock.GoodsReceived.name &&
        !corrected.has((data as Receipt).receiptAdviceId),
    );
    const receipts = new Map(its.map(({ data }) => [(data as Receipt).receiptAdviceId, data as Receipt]));
    const figures = byLine(
      [...receipts.values()].flatMap((receipt) =>
        receipt.lines.map(({ line, receivedQuantity }) => [line, receivedQuantity.value] as const),
      ),
    );
    return its.length === 0 ? {} : { received: { reached: null, figures } };
  },
};

interface Inbound {
  readonly purchaseOrderId: string;
  readonly receipts: readonly WmsReceipt[];
}

const askWms: Snapshot = {
  system: "wms",
  about: "received",
  atOnce: 50,
  question: (numbers) => ({ ids: numbers.join(",") }),
  read({ items }: { items: readonly Inbound[] }, number) {
    const known = items.find(({ purchaseOrderId }) => purchaseOrderId === number);
    if (!known) return {};
    const all = known.receipts.flatMap((receipt) => receipt.lines);
    return {
      received: {
        reached: null,
        figures: byLine(all.map(({ line, quantity }) => [line, quantity] as const)),
        // It held a receipt for the order, and holds it for another now.
        ...(all.length === 0 ? { complete: true } : {}),
        documents: known.receipts.map(({ id }) => id),
      },
    };
  },
  report: ({ items }: { items: readonly Inbound[] }, number) =>
    (items.find(({ purchaseOrderId }) => purchaseOrderId === number)?.receipts ?? []).map((one) =>
      receiptReport(number, one),
    ),
};

interface ErpPurchase {
  readonly PurchaseOrder: string;
  readonly Confirmations: readonly {
    readonly SupplierConfirmation: string;
    readonly Items: readonly { readonly Line: string; readonly Quantity: string }[];
  }[];
  readonly GoodsReceipts: readonly {
    readonly MaterialDocument: string;
    readonly Items: readonly { readonly Line: string; readonly Quantity: string }[];
  }[];
  readonly SupplierInvoices: readonly Record<"SupplierInvoice" | "GrossAmount", string>[];
  readonly StockAtSupplier: readonly Record<"Material" | "Quantity", string>[];
  /** What left for the supplier, was used there or came back, as its webhooks tell it. */
  readonly SubcontractReports: readonly { readonly report: string }[];
}

const NOTHING: ErpPurchase = {
  PurchaseOrder: "",
  Confirmations: [],
  GoodsReceipts: [],
  SupplierInvoices: [],
  StockAtSupplier: [],
  SubcontractReports: [],
};

const askErp: Snapshot = {
  system: "erp",
  about: "purchasing-status",
  atOnce: 50,
  question: (numbers) => ({ filter: anyOf("PurchaseOrder", numbers) }),
  read({ value }: { value: readonly ErpPurchase[] }, number) {
    const one = value.find(({ PurchaseOrder }) => PurchaseOrder === number) ?? NOTHING;
    const received = one.GoodsReceipts.flatMap(({ Items }) => Items);
    const promised = one.Confirmations.at(-1)?.Items ?? [];
    return {
      confirmed: {
        reached: null,
        figures: byLine(promised.map(({ Line, Quantity }) => [Line, Quantity] as const)),
        complete: true,
        documents: one.Confirmations.map(({ SupplierConfirmation }) => SupplierConfirmation),
      },
      received: {
        reached: null,
        figures: byLine(received.map(({ Line, Quantity }) => [Line, Quantity] as const)),
        complete: true,
        documents: one.GoodsReceipts.map(({ MaterialDocument }) => MaterialDocument),
      },
      invoiced: {
        reached: null,
        figures: { gross: sum(one.SupplierInvoices.map(({ GrossAmount }) => GrossAmount)) },
        documents: one.SupplierInvoices.map(({ SupplierInvoice }) => SupplierInvoice),
      },
      "components at the supplier": {
        reached: null,
        figures: Object.fromEntries(
          one.StockAtSupplier.map(({ Material, Quantity }) => [Material, Quantity]),
        ),
        complete: true,
        documents: one.SubcontractReports.map(({ report }) => report),
      },
    };
  },
  report: ({ value }: { value: readonly ErpPurchase[] }, number, milestone) =>
    milestone !== "components at the supplier"
      ? []
      : (value.find(({ PurchaseOrder }) => PurchaseOrder === number) ?? NOTHING).SubcontractReports.map(
          (told) => ({
            flow: "erp-reports",
            messageId: `asked:${told.report}`,
            document: told.report,
            body: told,
          }),
        ),
};

interface Arrived {
  readonly number: string;
  readonly purchaseOrder: string;
  readonly lines: readonly { readonly line: string; readonly quantity: string }[];
}

/** It was told what came in of what was bought through it. */
const askProcurement: Snapshot = {
  system: "procurement",
  about: "receipts-of-orders",
  atOnce: 50,
  question: (numbers) => ({ orders: numbers.join(",") }),
  read({ items }: { items: readonly Arrived[] }, number) {
    const mine = items.filter(({ purchaseOrder }) => purchaseOrder === number);
    return {
      received: {
        reached: null,
        figures: byLine(
          mine.flatMap(({ lines: all }) => all.map(({ line, quantity }) => [line, quantity] as const)),
        ),
        complete: true,
        documents: mine.map((one) => one.number),
      },
    };
  },
};

interface PaymentOrder {
  readonly id: string;
  readonly paymentId: string;
  readonly amount: string;
}

const askTreasury: Snapshot = {
  system: "treasury",
  about: "payments-of-orders",
  atOnce: 50,
  question: (numbers) => ({ orders: numbers.join(",") }),
  read({ items }: { items: readonly PaymentOrder[] }, number) {
    const mine = items.filter(({ paymentId }) => paymentId.startsWith(`${number}/`));
    return {
      paid: {
        reached: null,
        figures: { paid: sum(mine.map(({ amount }) => amount)) },
        documents: mine.map(({ id }) => id),
      },
    };
  },
};
