/**
 * Facts told to systems that only listen: analytics, demand planning, replenishment, consolidation.
 *
 * Each is a subscriber of its own with its own position: one that is away falls behind alone, catches up in order, and no
 * process knows of it.
 *
 * @covers SYS-16, SYS-37, SYS-40, SYS-41, EVT-10, EVT-41
 */
import { type Connection, type Contract, connection, type Flow, flow } from "crossdock";
import { http } from "crossdock/connectors/http";
import { documentAsJson } from "../../distribution/formats.ts";
import type { System } from "../../distribution/settings.ts";
import { LISTENERS, type Listener } from "../listeners.ts";
import type { Filled } from "../settings.ts";

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
      asks: {
        "facts-of-purchase-orders": { method: "GET", path: "/facts?type={type}&purchaseOrders={ids}" },
      },
    },
  });
