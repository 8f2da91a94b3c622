/**
 * Facts told to systems that only listen: analytics, demand planning, replenishment, consolidation.
 *
 * Each is a subscriber of its own with its own position: one that is away falls behind alone, catches up in order, and no
 * process knows of it.
 *
 * @covers SYS-16, SYS-37, SYS-40, SYS-41, EVT-10, EVT-41
 */
import { type Connection, type Contract, connection, type Flow, flow } from "crossdock";
import { costing, finance, inventory, logistics, production, sales, stock } from "crossdock/canon";
import { http } from "crossdock/connectors/http";
import { documentAsJson } from "../../distribution/formats.ts";
import type { System } from "../../distribution/settings.ts";
import type { Filled } from "../settings.ts";

/** Who may listen, and to what. */
export const LISTENERS = {
  bi: {
    title: "Analytics",
    owner: "reporting",
    hears: [
      sales.OrderAccepted,
      sales.CreditApproved,
      inventory.StockAllocated,
      finance.InvoicePosted,
      costing.CostPosted,
      stock.HandlingUnitMoved,
    ],
  },
  demand: {
    title: "Demand planning",
    owner: "planning",
    hears: [sales.OrderCaptured, production.DemandSignalled],
  },
  replenishment: {
    title: "Replenishment",
    owner: "planning",
    hears: [
      stock.GoodsReceived,
      stock.StockAdjusted,
      logistics.ShipmentDispatched,
      inventory.OrderBackordered,
    ],
  },
  consolidation: {
    title: "Consolidation",
    owner: "finance",
    hears: [
      finance.InvoicePosted,
      finance.CreditNoteIssued,
      costing.RevenueRecognised,
      production.VarianceProjected,
    ],
  },
} as const satisfies Record<string, { title: string; owner: string; hears: readonly Contract[] }>;

export type Listener = keyof typeof LISTENERS;

/** The flows of the listeners that are there. */
export function listeningFlows({ listeners }: Filled): Flow[] {
  return Object.entries(listeners).flatMap(([name, system]) => {
    const { title, owner, hears } = LISTENERS[name as Listener];
    const line = lineTo(name, title, owner, system, hears);
    return (hears as readonly Contract[]).map((contract) =>
      flow(`${name}-hears-${contract.name.replace(".", "-")}`)
        .on(contract)
        .map((about: Record<string, unknown>) => ({ about, document: { type: contract.name, ...about } }))
        .deliver(line, documentAsJson()),
    );
  });
}

const lineTo = (
  name: string,
  title: string,
  owner: string,
  { url, token }: System,
  hears: readonly Contract[],
): Connection =>
  connection(name, http, {
    title,
    owner,
    config: {
      url,
      ...(token === undefined ? {} : { token }),
      reference: "id",
      paths: Object.fromEntries(hears.map((contract) => [contract.name, "/facts"])),
    },
  });
