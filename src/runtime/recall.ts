/**
 * A delivery as it stands in the table, made into a parcel again: after a restart, a takeover, a decision, or when memory has
 * room for the next page.
 *
 * What this build cannot read or carry is named, never skipped: the key it belongs to stands still until somebody knows.
 */
import type { Connection } from "../connectors/connector.ts";
import type { OutboundFlow } from "../flows/flow.ts";
import type { OpenDelivery } from "../work/deliveries.ts";
import type { Arranged } from "./arrangement.ts";
import { guaranteesFor } from "./call.ts";
import { type Parcelled, rankOf } from "./line.ts";
import { harmlessTwice } from "./policy.ts";

/** Why this build cannot send it: what is lacking, as `flow/<name>` or `contract/<name>`, and a sentence. */
export interface Lacking {
  readonly lacks: string;
  readonly because: string;
}

/** The parcel of an open delivery, or what this build lacks for it. `now` is the worker's own clock. */
export function recall(
  open: OpenDelivery,
  connection: Connection,
  definitions: Pick<Arranged, "outbound" | "contracts">,
  now: number,
): Parcelled | Lacking {
  const flow = definitions.outbound.get(open.flow);
  if (!flow)
    return { lacks: `flow/${open.flow}`, because: `Flow ${open.flow} is not part of this build any more.` };
  const contract = definitions.contracts.get(open.contract);
  if (!contract) {
    const because = `Contract ${open.contract} is not part of this build any more.`;
    return { lacks: `contract/${open.contract}`, because };
  }
  let data: unknown;
  try {
    data = contract.read(JSON.parse(open.data), open.version);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { lacks: `contract/${open.contract}`, because: `What it carries cannot be read: ${why}` };
  }
  return {
    key: open.key,
    flow,
    connection: open.connection,
    message: {
      kind: contract.kind,
      contract: open.contract,
      version: contract.version,
      key: open.subject,
      correlation: open.correlation,
      keys: [],
      data,
    },
    cargo: undefined,
    bytes: open.data.length,
    subject: open.subject,
    lane: open.lane,
    correlation: open.correlation,
    causation: `event:${open.position}`,
    after: String(BigInt(open.id) - 1n),
    rank: rankOf(contract.criticality),
    owedAt: now - open.owedForMs,
    readyAt: 0,
    ...standsAt(connection, flow, open),
  };
}

/**
 * Where a delivery stands by the table. An attempt we did not begin ourselves may be on the wire of a worker that has lost
 * its lanes and does not know yet: where a second send could book twice, it is in doubt.
 */
export function standsAt(connection: Connection, flow: OutboundFlow, open: OpenDelivery) {
  const unknown =
    open.status === "attempting" && !harmlessTwice(guaranteesFor(connection, flow, open.owedForMs));
  return {
    afterKey: open.free ? null : open.afterKey,
    undoes: open.free ? null : open.undoes,
    status: unknown ? ("in_doubt" as const) : open.status,
    attempts: open.attempts,
    doubts: open.doubts + (unknown ? 1 : 0),
    notFound: unknown ? 0 : open.notFound,
    crashes: open.crashes,
    stoodMs: open.stoodMs,
    shown: true,
    appliedAs: open.reference,
    dueInMs: Math.max(0, open.dueInMs ?? 0),
  };
}
