/**
 * What became of an order, a shipment, an invoice: read back from the trace in the gateway's own stable shape.
 *
 * A caller with `orders:read` sees what it began itself; everything else is answered exactly like a number that does not
 * exist. Reasons of other systems and people's names stay inside; milestones, dates and opinions go out.
 *
 * @covers API-06
 */
import Type from "typebox";
import type { Dock } from "../runtime/dock.ts";
import { document, find, type Story } from "../trace/index.ts";
import type { Caller } from "./callers.ts";
import { ORDER_ID } from "./orders.ts";
import { Problem } from "./problems.ts";
import { mayTouch } from "./rights.ts";
import type { Route } from "./route.ts";
import { DocumentStatus, OrderList } from "./shapes.ts";

const ORDERS_MAX = 20;

const STATUS: DocumentStatus = {
  type: "order",
  number: "SO-10045",
  status: "on track",
  late: false,
  milestone: "accepted",
  milestones: [
    { milestone: "accepted", state: "reached", reachedAt: "2026-01-05T08:00:01.000Z" },
    {
      milestone: "dispatched",
      state: "partly",
      parts: { reached: 1, of: 2 },
      dueAt: "2026-01-08T08:00:00.000Z",
    },
  ],
  systems: [
    { system: "erp", milestone: "accepted", reached: true, saidAt: "2026-01-05T08:00:01.000Z" },
    {
      system: "wms",
      milestone: "dispatched",
      of: "shipment/SH-811",
      reached: true,
      saidAt: "2026-01-06T10:00:00.000Z",
    },
  ],
  keys: [
    { type: "customerReference", value: "PO-4711" },
    { type: "erpOrder", value: "4500001", system: "erp" },
  ],
  startedAt: "2026-01-05T08:00:00.000Z",
  changedAt: "2026-01-06T10:00:00.000Z",
  links: { self: "/v1/sales-orders/SO-10045" },
};

export function statusRoutes(dock: Dock): Route[] {
  const shared = {
    method: "GET",
    access: ["orders:read", "orders:read-all"],
    problems: ["not-found"],
  } as const;
  const one = (description: string, example: DocumentStatus) => ({
    200: { description, schema: DocumentStatus, example },
  });
  return [
    {
      ...shared,
      name: "getSalesOrder",
      path: "/v1/sales-orders/{orderId}",
      tag: "orders",
      summary: "Ask what became of a sales order.",
      params: { orderId: ORDER_ID },
      answers: one("The order as it stands.", STATUS),
      async handle({ params, caller }) {
        const story = await seen(dock, `order/${params.orderId}`, caller);
        return { status: 200, body: statusOf(story, "order", params.orderId!) };
      },
    },
    {
      ...shared,
      name: "findSalesOrders",
      path: "/v1/sales-orders",
      tag: "orders",
      summary: "Find sales orders by the customer's own order number.",
      query: {
        customerReference: {
          description: "The customer's order number, exactly.",
          required: true,
          schema: Type.String({ minLength: 1, maxLength: 64 }),
          example: "PO-4711",
        },
      },
      answers: {
        200: {
          description: `The orders that carry it, at most ${ORDERS_MAX}; none is an empty list.`,
          schema: OrderList,
          example: { orders: [STATUS] },
        },
      },
      problems: [],
      async handle({ query, caller }) {
        const stories = await tied(dock, "customerReference", query.customerReference!, caller);
        return {
          status: 200,
          body: { orders: stories.map((story) => statusOf(story, "order", story.line.number)) },
        };
      },
    },
    ...(["shipment", "invoice"] as const).map(
      (type): Route => ({
        ...shared,
        name: type === "shipment" ? "getShipment" : "getInvoice",
        path: `/v1/${type}s/{number}`,
        tag: "documents",
        summary: `Ask what became of ${type === "shipment" ? "a shipment" : "an invoice"}.`,
        params: {
          number: {
            description: `The ${type}'s number, as any system knows it.`,
            schema: Type.String({ minLength: 1, maxLength: 100 }),
            example: type === "shipment" ? "SH-811" : "INV-3301",
          },
        },
        answers: one(`The ${type} as it stands, with the milestones of its order.`, {
          ...STATUS,
          type,
          number: type === "shipment" ? "SH-811" : "INV-3301",
          orderId: "SO-10045",
          links: { order: "/v1/sales-orders/SO-10045" },
        }),
        async handle({ params, caller }) {
          const [story] = await tied(dock, type, params.number!, caller);
          if (!story) throw new Problem("not-found");
          return { status: 200, body: statusOf(story, type, params.number!) };
        },
      }),
    ),
  ];
}

/** @throws {Problem} `not-found` for what does not exist and, in the same words, for what the caller may not see */
async function seen(dock: Dock, correlation: string, caller: Caller | null): Promise<Story> {
  const story = (await mayTouch(dock, correlation, caller))
    ? await document(dock.pool, correlation, dock.definitions)
    : null;
  if (!story) throw new Problem("not-found");
  return story;
}

/** The orders a number of this type belongs to, as far as the caller may see them. */
async function tied(dock: Dock, type: string, value: string, caller: Caller | null): Promise<Story[]> {
  const found = await find(dock.pool, value, { limit: ORDERS_MAX });
  const orders = found.filter(
    ({ correlation, matched }) =>
      correlation.startsWith("order/") &&
      matched.some((match) => match.type === type && match.value === value),
  );
  const stories: Story[] = [];
  for (const { correlation } of orders) {
    if (!(await mayTouch(dock, correlation, caller))) continue;
    const story = await document(dock.pool, correlation, dock.definitions);
    if (story) stories.push(story);
  }
  return stories;
}

function statusOf(story: Story, type: DocumentStatus["type"], number: string): DocumentStatus {
  const { line, opinions, keys } = story;
  const order = `/v1/sales-orders/${encodeURIComponent(line.number)}`;
  const reached = line.milestones.filter(({ state }) => state === "reached").at(-1);
  const systems = opinions.rows.flatMap(({ milestone, subject, said }) =>
    said.flatMap((one, index) =>
      one === null
        ? []
        : [
            {
              system: opinions.systems[index]!.name,
              milestone,
              ...(subject === null ? {} : { of: subject }),
              reached: one.reached,
              saidAt: one.at,
            },
          ],
    ),
  );
  return {
    type,
    number,
    ...(type === "order" ? {} : { orderId: line.number }),
    status: line.status.word,
    late: line.status.late,
    ...(reached ? { milestone: reached.name } : {}),
    milestones: line.milestones.map(({ name, state, at, due, part, of }) => ({
      milestone: name,
      state,
      ...(at === null ? {} : { reachedAt: at }),
      ...(due === null ? {} : { dueAt: due }),
      ...(part === null || of === null ? {} : { parts: { reached: part, of } }),
    })),
    systems:
      type === "order" ? systems : systems.filter(({ of }) => of === undefined || of === `${type}/${number}`),
    keys: keys.map(({ type: kind, value, system }) => ({
      type: kind,
      value,
      ...(system === null ? {} : { system }),
    })),
    startedAt: line.startedAt,
    changedAt: line.changedAt,
    links: type === "order" ? { self: order } : { order },
  };
}
