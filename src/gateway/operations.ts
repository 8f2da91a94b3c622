/**
 * What those who run the dock ask: is it alive, is it ready, how is it doing, what does it offer.
 */
import type { Dock } from "../runtime/dock.ts";
import type { Stall } from "../runtime/pressure.ts";
import { lanes } from "../trace/vitals.ts";
import type { Metrics } from "./metrics.ts";
import type { Route } from "./route.ts";
import { Health, Readiness } from "./shapes.ts";

const READY_WITHIN_MS = 2_000;

export function operationRoutes(dock: Dock, metrics: Metrics, document: () => unknown): Route[] {
  return [
    {
      name: "live",
      method: "GET",
      path: "/health/live",
      tag: "operations",
      summary: "Whether the process answers at all.",
      access: "open",
      answers: { 200: { description: "It does.", schema: Health, example: { status: "alive" } } },
      problems: [],
      handle: () => ({ status: 200, body: { status: "alive" } }),
    },
    {
      name: "ready",
      method: "GET",
      path: "/health/ready",
      tag: "operations",
      summary: "Whether the database answers and can write, and every lane is held by a living worker.",
      access: "open",
      answers: {
        200: {
          description: "Ready.",
          schema: Readiness,
          example: {
            status: "ready",
            database: true,
            lanes: { all: 16, leased: 16 },
            writable: true,
            feed: { lagSeconds: 0, heldBackBy: null },
          },
        },
        503: {
          description: "Not ready; the members say why.",
          schema: Readiness,
          example: {
            status: "not ready",
            database: false,
            lanes: { all: 0, leased: 0 },
            writable: true,
            feed: { lagSeconds: 0, heldBackBy: null },
          },
        },
      },
      problems: [],
      async handle() {
        const held = await within(READY_WITHIN_MS, lanes(dock.pool));
        const { lagMs, stalled, full } = dock.keeping();
        // A feed that stands still is no reason to send callers elsewhere: it stands still for every worker.
        const ready = held !== null && held.all > 0 && held.leased === held.all && !full;
        return {
          status: ready ? 200 : 503,
          body: {
            status: ready ? "ready" : "not ready",
            database: held !== null,
            lanes: held ?? { all: 0, leased: 0 },
            writable: !full,
            feed: { lagSeconds: Math.round(lagMs / 1_000), heldBackBy: stalled && heldBy(stalled) },
          },
        };
      },
    },
    {
      name: "metrics",
      method: "GET",
      path: "/metrics",
      tag: "operations",
      summary: "Figures for Prometheus.",
      description: "Open to this machine; from elsewhere a key with the scope metrics is needed.",
      access: "machine or metrics",
      answers: {
        200: { description: "Prometheus text format.", mediaType: metrics.registry.contentType },
      },
      problems: [],
      handle: async () => ({
        status: 200,
        body: await metrics.registry.metrics(),
        headers: { "content-type": metrics.registry.contentType },
      }),
    },
    {
      name: "openapi",
      method: "GET",
      path: "/openapi.json",
      tag: "operations",
      summary: "This document: OpenAPI 3.1, written from the schemas that validate.",
      access: "open",
      answers: { 200: { description: "The document.", mediaType: "application/json" } },
      problems: [],
      handle: () => ({ status: 200, body: document() }),
    },
  ];
}

/** Without names: this address is open to everybody. */
const heldBy = ({ forMs, holder }: Stall): string =>
  `${holder?.who ?? "A session that is not shown"}, for ${Math.round(Math.max(forMs, holder?.openForMs ?? 0) / 1_000)} s`;

/** The value, or null when it fails or takes longer. */
async function within<Value>(ms: number, promise: Promise<Value>): Promise<Value | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}
