/**
 * What became of an order, a shipment, an invoice, a payment, a purchase order, a production order, a posting: read back
 * from the trace in the gateway's own stable shape.
 *
 * A caller with `orders:read` sees what it began itself; everything else is answered exactly like a number that does not
 * exist. Reasons of other systems and people's names stay inside; milestones, dates and opinions go out. Every answer
 * leads to the others: `related` names the documents, customers and products it concerns, with their addresses.
 *
 * @covers API-06, API-08, API-09, API-10, API-14, API-15, API-16, API-20, API-25
 */
import Type from "typebox";
import type { Dock } from "../runtime/dock.ts";
import { document, type Story } from "../trace/index.ts";
import { numbered } from "../trace/senders.ts";
import type { Caller } from "./callers.ts";
import type { Scope } from "./keys.ts";
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
  related: [
    { type: "shipment", number: "SH-811", href: "/v1/shipments/SH-811" },
    { type: "customer", number: "C-NORTH", href: "/v1/customers/C-NORTH" },
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
      owner: "order-management",
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
      owner: "order-management",
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
        const stories = await tied(
          dock,
          { keys: ["customerReference"], within: "order" },
          query.customerReference!,
          caller,
        );
        return {
          status: 200,
          body: { orders: stories.map((story) => statusOf(story, "order", story.line.number)) },
        };
      },
    },
    ...KINDS.map(
      (kind): Route => ({
        method: "GET",
        access: kind.scopes,
        problems: ["not-found"],
        name: kind.name,
        path: `/v1${kind.path}/{number}`,
        tag: "documents",
        owner: kind.owner,
        summary: `Ask what became of ${kind.title}.`,
        params: {
          number: {
            description: `The number of ${kind.title}, as any system knows it.`,
            schema: Type.String({ minLength: 1, maxLength: 128 }),
            example: kind.example,
          },
        },
        answers: one(`${kind.title[0]!.toUpperCase()}${kind.title.slice(1)} as it stands.`, exampleOf(kind)),
        async handle({ params, caller }) {
          const stories = await tied(dock, kind, params.number!, caller);
          // Several transactions may name it; the one in which it has a process of its own tells its story.
          const story = stories.find((one) => processOf(one, params.number!)) ?? stories[0];
          if (!story) throw new Problem("not-found");
          return { status: 200, body: statusOf(story, kind.type, params.number!) };
        },
      }),
    ),
  ];
}

/** A document beside the order: the key types it is known by, what it belongs to, and who may ask. */
interface Kind {
  readonly type: DocumentStatus["type"];
  readonly keys: readonly string[];
  /** The kind of business transaction it is told in; any where absent. */
  readonly within?: string;
  readonly path: string;
  readonly name: string;
  readonly owner: string;
  readonly title: string;
  readonly example: string;
  readonly scopes: readonly Scope[];
}
const OF_ORDERS = ["orders:read", "orders:read-all"] as const;
const OF_THE_HOUSE = ["documents:read"] as const;
const KINDS: readonly Kind[] = [
  {
    type: "shipment",
    keys: ["shipment"],
    within: "order",
    path: "/shipments",
    name: "getShipment",
    owner: "warehouse",
    title: "a shipment",
    example: "SH-811",
    scopes: OF_ORDERS,
  },
  {
    type: "invoice",
    keys: ["invoice"],
    within: "order",
    path: "/invoices",
    name: "getInvoice",
    owner: "finance",
    title: "an invoice",
    example: "INV-3301",
    scopes: OF_ORDERS,
  },
  {
    type: "payment",
    keys: ["payment", "bankReference", "payout"],
    within: "order",
    path: "/payments",
    name: "getPayment",
    owner: "accounts-receivable",
    title: "a payment",
    example: "CAP-1001",
    scopes: OF_ORDERS,
  },
  {
    type: "purchaseOrder",
    keys: ["purchaseOrder"],
    path: "/purchase-orders",
    name: "getPurchaseOrder",
    owner: "procurement",
    title: "a purchase order",
    example: "PO-501",
    scopes: OF_THE_HOUSE,
  },
  {
    type: "goodsReceipt",
    keys: ["goodsReceipt"],
    path: "/goods-receipts",
    name: "getGoodsReceipt",
    owner: "warehouse",
    title: "a goods receipt",
    example: "GR-1",
    scopes: OF_THE_HOUSE,
  },
  {
    type: "productionOrder",
    keys: ["productionOrder"],
    path: "/production-orders",
    name: "getProductionOrder",
    owner: "production",
    title: "a production order",
    example: "PR-7005",
    scopes: OF_THE_HOUSE,
  },
  {
    type: "posting",
    keys: ["posting", "sourceDocument", "ledgerEntry"],
    path: "/postings",
    name: "getPosting",
    owner: "finance",
    title: "a ledger posting",
    example: "ACC-2026-01-17",
    scopes: OF_THE_HOUSE,
  },
];

/** Where a number of this type can be asked about; undefined for numbers without an address. */
const ADDRESSES: Readonly<Record<string, string>> = {
  order: "/v1/sales-orders",
  customer: "/v1/customers",
  item: "/v1/products",
  ...Object.fromEntries(KINDS.map(({ type, path }) => [type, `/v1${path}`])),
};

const exampleOf = ({ type, example, within }: Kind): DocumentStatus =>
  within === "order"
    ? { ...STATUS, type, number: example, orderId: "SO-10045", links: { order: "/v1/sales-orders/SO-10045" } }
    : { ...STATUS, type, number: example, links: { self: `${ADDRESSES[type]}/${example}` } };

/** @throws {Problem} `not-found` for what does not exist and, in the same words, for what the caller may not see */
async function seen(dock: Dock, correlation: string, caller: Caller | null): Promise<Story> {
  const story = (await mayTouch(dock, correlation, caller))
    ? await document(dock.pool, correlation, dock.definitions)
    : null;
  if (!story) throw new Problem("not-found");
  return story;
}

/** The business transactions a number of this kind belongs to, as far as the caller may see them. */
async function tied(
  dock: Dock,
  { keys, within }: Pick<Kind, "keys" | "within">,
  value: string,
  caller: Caller | null,
): Promise<Story[]> {
  if (caller === null) return [];
  const { scopes, name } = caller;
  const told = {
    by: scopes.has("orders:read-all") ? null : name,
    house: scopes.has("documents:read"),
  };
  const stories: Story[] = [];
  for (const correlation of await numbered(dock.pool, value, { types: keys, within }, told, ORDERS_MAX)) {
    const story = await document(dock.pool, correlation, dock.definitions);
    if (story) stories.push(story);
  }
  return stories;
}

/** The process instance of exactly this number, the one with most to tell. */
const processOf = ({ instances }: Story, number: string) =>
  instances
    // What is only expected has not begun: somebody spoke of the number to a process that has nothing to do with it.
    .filter(({ key, status }) => key === number && status !== "expected")
    .toSorted((a, b) => b.milestones.length - a.milestones.length)[0];

function statusOf(story: Story, type: DocumentStatus["type"], number: string): DocumentStatus {
  const { line, opinions, keys } = story;
  const [transaction] = line.correlation.split("/", 1) as [string];
  const ofOrder = transaction === "order";
  const order = `/v1/sales-orders/${encodeURIComponent(line.number)}`;
  const milestones = (ofOrder ? undefined : processOf(story, number)?.milestones) ?? line.milestones;
  const reached = milestones.filter(({ state }) => state === "reached").at(-1);
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
    ...(ofOrder && type !== "order" ? { orderId: line.number } : {}),
    ...(ofOrder || line.number === number ? {} : { belongsTo: line.correlation }),
    status: line.status.word,
    late: line.status.late,
    ...(reached ? { milestone: reached.name } : {}),
    milestones: milestones.map(({ name, state, at, due, part, of }) => ({
      milestone: name,
      state,
      ...(at === null ? {} : { reachedAt: at }),
      ...(due === null ? {} : { dueAt: due }),
      ...(part === null || of === null ? {} : { parts: { reached: part, of } }),
    })),
    systems:
      type === "order" || !ofOrder
        ? systems
        : systems.filter(({ of }) => of === undefined || of === `${type}/${number}`),
    keys: keys.map(({ type: kind, value, system }) => ({
      type: kind,
      value,
      ...(system === null ? {} : { system }),
    })),
    related: keys.flatMap(({ type: kind, value }) => {
      const address = ADDRESSES[kind];
      if (address === undefined || (kind === type && value === number)) return [];
      return [{ type: kind, number: value, href: `${address}/${encodeURIComponent(value)}` }];
    }),
    startedAt: line.startedAt,
    changedAt: line.changedAt,
    links:
      ofOrder && type !== "order" ? { order } : { self: `${ADDRESSES[type]}/${encodeURIComponent(number)}` },
  };
}
