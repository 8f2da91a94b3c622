/**
 * Orders, changes and cancellations from machines.
 *
 * A request is taken once per client and Idempotency-Key, and what is answered is durable. The bytes of an order go to the
 * dock as they came; a change or cancellation is joined with the order number of its address first.
 *
 * @covers API-05
 */
import type { Accepted } from "../connectors/connector.ts";
import type { Capabilities } from "../runtime/capabilities.ts";
import type { Dock } from "../runtime/dock.ts";
import type { Facts } from "../std/errors.ts";
import type { Metrics } from "./metrics.ts";
import { Problem } from "./problems.ts";
import { mayOrderFor, mayTouch } from "./rights.ts";
import type { Answer, Call, Route } from "./route.ts";
import {
  CancellationRequest,
  ChangeRequest,
  OrderRequest,
  OrderTaken,
  orderId,
  type Taken,
} from "./shapes.ts";

export const ORDER = {
  customer: "C-NORTH",
  customerReference: "PO-4711",
  currency: "EUR",
  lines: [
    { line: "1", sku: "PUMP-100", quantity: "2", price: "500.00" },
    { line: "2", sku: "VALVE-20", quantity: "10", price: "50.00" },
  ],
} as const;
const RECEIPT = "0190b6f0-7b1e-7c43-9d7e-2b0f5c1f4a10";
const TAKEN = {
  receipt: RECEIPT,
  orderId: "SO-10045",
  duplicate: false,
  links: { self: "/v1/sales-orders/SO-10045" },
} as const;

export const ORDER_ID = {
  description: "The order number of the receipt.",
  schema: orderId,
  example: "SO-10045",
};

interface Around {
  readonly dock: Dock;
  readonly metrics: Metrics;
  readonly bodyMaxBytes: number;
}

export function orderRoutes(capabilities: Capabilities, around: Around): Route[] {
  const { ordersFlow, changesFlow, cancellationsFlow } = capabilities;
  const routes: Route[] = [];
  const shared = {
    method: "POST",
    tag: "orders",
    owner: "order-management",
    access: ["orders:write"],
    intake: true,
    idempotent: true,
    problems: ["idempotency-conflict", "quarantined"],
  } as const;
  const answers = (what: string) => ({
    202: { description: `The ${what} is taken and durable.`, schema: OrderTaken, example: TAKEN },
    200: {
      description: `This ${what} was taken before; nothing happened again.`,
      schema: OrderTaken,
      example: { ...TAKEN, duplicate: true },
    },
  });
  const json = ["application/json"];

  if (ordersFlow !== undefined) {
    routes.push({
      ...shared,
      name: "createSalesOrder",
      path: "/v1/sales-orders",
      summary: "Send a sales order.",
      description:
        "The answer is a durable receipt; the order then goes its way. Repeating the request with the same Idempotency-Key and the same bytes gives the same receipt, for ever.",
      body: { schema: OrderRequest, mediaTypes: json, maxBytes: around.bodyMaxBytes, example: ORDER },
      answers: answers("order"),
      async handle(call) {
        const order = call.data as OrderRequest;
        mayOrderFor(call.caller, order.customer, order.orderId);
        const accepted = await take(around, ordersFlow, call, call.raw);
        return taken(accepted, order.orderId);
      },
    });
  }
  if (changesFlow !== undefined) {
    routes.push({
      ...shared,
      name: "changeSalesOrder",
      path: "/v1/sales-orders/{orderId}/changes",
      summary: "Change lines of a sales order.",
      description: "Lines are named as they shall be; a quantity of 0 takes a line out.",
      params: { orderId: ORDER_ID },
      body: {
        schema: ChangeRequest,
        mediaTypes: json,
        maxBytes: around.bodyMaxBytes,
        example: { reason: "The customer needs two more.", lines: [{ line: "1", quantity: "4" }] },
      },
      problems: [...shared.problems, "not-found"],
      answers: answers("change"),
      handle: (call) => about(around, changesFlow, call),
    });
  }
  if (cancellationsFlow !== undefined) {
    routes.push({
      ...shared,
      name: "cancelSalesOrder",
      path: "/v1/sales-orders/{orderId}/cancellation",
      summary: "Cancel a sales order.",
      description: "The receipt says the wish is known; the order's status says what became of it.",
      params: { orderId: ORDER_ID },
      body: {
        schema: CancellationRequest,
        mediaTypes: json,
        maxBytes: around.bodyMaxBytes,
        example: { reason: "Ordered twice." },
      },
      problems: [...shared.problems, "not-found"],
      answers: answers("cancellation"),
      handle: (call) => about(around, cancellationsFlow, call),
    });
  }
  return routes;
}

async function about(around: Around, flow: string, call: Call): Promise<Answer> {
  const order = call.params.orderId!;
  if (!(await mayTouch(around.dock, `order/${order}`, call.caller))) throw new Problem("not-found");
  const body = Buffer.from(JSON.stringify({ orderId: order, ...(call.data as object) }));
  return taken(await take(around, flow, call, body), order);
}

/** Hands a body to the dock under the caller's name. */
async function take(
  { dock, metrics }: Around,
  flow: string,
  call: Call,
  body: Uint8Array,
): Promise<Accepted> {
  const accepted = await dock.accept(
    flow,
    { messageId: call.idempotencyKey, body, mediaType: "application/json" },
    call.caller!.name,
  );
  metrics.taken.inc({ flow, outcome: accepted.outcome });
  return accepted;
}

/** @throws {Problem} for what was kept but not accepted */
function taken(accepted: Accepted, known: string | undefined): Answer {
  const { receipt, duplicate, subject } = proof(accepted);
  const order = known ?? subject?.slice(subject.indexOf("/") + 1);
  const at = order === undefined ? undefined : `/v1/sales-orders/${encodeURIComponent(order)}`;
  return {
    status: duplicate ? 200 : 202,
    body: {
      receipt,
      ...(order === undefined ? {} : { orderId: order }),
      duplicate,
      links: at === undefined ? {} : { self: at },
    },
    ...(at === undefined ? {} : { headers: { location: at } }),
  };
}

/** The receipt of what was taken, or the problem it became. */
export function proof(accepted: Accepted): Taken & { subject?: string | undefined } {
  switch (accepted.outcome) {
    case "accepted":
    case "duplicate":
      return {
        receipt: accepted.receipt,
        duplicate: accepted.outcome === "duplicate",
        subject: accepted.subject,
      };
    case "conflict":
      throw new Problem("idempotency-conflict", { more: { receipt: accepted.receipt } });
    case "quarantined":
      throw new Problem("quarantined", {
        ...placed(accepted.facts),
        more: { receipt: accepted.receipt, facts: shown(accepted.facts) },
      });
  }
}

/** Where and what was expected; what was found is the caller's payload and stays here. */
const SHOWN = new Set([
  "contract",
  "version",
  "field",
  "path",
  "line",
  "segment",
  "offset",
  "expected",
  "issues",
]);
const shown = (facts: Facts): Facts =>
  Object.fromEntries(Object.entries(facts).filter(([name]) => SHOWN.has(name)));

function placed(facts: Facts): { field?: string; expected?: string } {
  const place = facts.field ?? facts.path;
  return {
    ...(place === undefined ? {} : { field: String(place) }),
    ...(facts.expected === undefined ? {} : { expected: String(facts.expected) }),
  };
}
