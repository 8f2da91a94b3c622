/**
 * A caller learns what became of what it sent, by any number it has, and nothing about anything else.
 *
 * @covers API-06
 */
import { pino } from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Dock } from "../runtime/dock.ts";
import { type FreshDatabase, freshDatabase } from "../testing/database.ts";
import { PEPPER, request } from "../testing/gateway-world.ts";
import { fillOrder, known, prepare } from "../testing/order-story.ts";
import { type Gateway, openGateway } from "./gateway.ts";
import { createClient } from "./keys.ts";

let database: FreshDatabase;
let gateway: Gateway;
let everything: string;
let mailbox: string;
let stranger: string;
const key = async (scope: string, name: string) =>
  (await createClient(database.pool, PEPPER, { name, scopes: [scope] })).key;
beforeAll(async () => {
  database = await freshDatabase();
  await prepare(database.pool);
  await fillOrder(database.pool, 11, { until: "paid", startedMinutesAgo: 500 });
  await fillOrder(database.pool, 12, { until: "accepted", startedMinutesAgo: 1 });
  // Status is only read; an engine would go on with the orders and change the story.
  const dock = {
    pool: database.pool,
    definitions: { ...known, flows: new Map() },
    connections: () => [],
    retryAfterSeconds: () => null,
  } as unknown as Dock;
  gateway = await openGateway({
    dock,
    port: 0,
    settings: { capabilities: {}, pepper: PEPPER, logger: pino({ level: "silent" }) },
  });
  everything = await key("orders:read-all", "everything");
  // The orders of this database came in through the ACME mailbox.
  mailbox = await key("orders:read", "acme-mailbox");
  stranger = await key("orders:read", "stranger");
});
afterAll(async () => {
  await gateway.close();
  await database.drop();
});

const get = (path: string, as = everything) => request(gateway.url, "GET", path, { key: as });

test("an order tells its milestones with dates, what each system said, and every number it has", async () => {
  const { status, body } = await get("/v1/sales-orders/SO-10011");
  expect(status).toBe(200);
  expect(body).toMatchObject({
    type: "order",
    number: "SO-10011",
    status: "done",
    late: false,
    milestone: "paid",
    links: { self: "/v1/sales-orders/SO-10011" },
  });
  const milestones = body.milestones as { milestone: string; state: string; reachedAt?: string }[];
  expect(milestones.map(({ milestone, state }) => `${milestone}: ${state}`)).toEqual([
    "accepted: reached",
    "credit approved: reached",
    "allocated: reached",
    "dispatched: reached",
    "invoiced: reached",
    "paid: reached",
  ]);
  for (const { reachedAt } of milestones) expect(Date.parse(reachedAt!)).toBeGreaterThan(0);
  expect(body.systems).toContainEqual({
    system: "erp",
    milestone: "accepted",
    reached: true,
    saidAt: expect.any(String),
  });
  expect(body.keys).toContainEqual(expect.objectContaining({ type: "customerReference", value: "PO-4711" }));
});

test("an order is found by the customer's own number, exactly", async () => {
  const { body } = await get("/v1/sales-orders?customerReference=PO-4711");
  expect((body.orders as { number: string }[]).map(({ number }) => number)).toEqual(["SO-10011"]);
  expect((await get("/v1/sales-orders?customerReference=PO-47")).body).toEqual({ orders: [] });
  expect(await get("/v1/sales-orders")).toMatchObject({ status: 400, body: { field: "customerReference" } });
});

test.each([
  ["a shipment", "/v1/shipments/SH-811", { type: "shipment", number: "SH-811", orderId: "SO-10011" }],
  ["an invoice", "/v1/invoices/INV-90011", { type: "invoice", number: "INV-90011", orderId: "SO-10011" }],
])("%s leads to its order", async (_name, path, expected) => {
  expect(await get(path)).toMatchObject({ status: 200, body: expected });
});

test("what a caller did not send is answered like what does not exist", async () => {
  const foreign = await get("/v1/sales-orders/SO-10011", stranger);
  const missing = await get("/v1/sales-orders/SO-99999", stranger);
  const { instance: one, ...mine } = foreign.body;
  const { instance: two, ...theirs } = missing.body;
  expect(foreign.status).toBe(404);
  expect(mine).toEqual(theirs);
  expect(one).not.toBe(two);
  expect((await get("/v1/sales-orders?customerReference=PO-4711", stranger)).body).toEqual({ orders: [] });
  expect((await get("/v1/shipments/SH-811", stranger)).status).toBe(404);
  expect((await get("/v1/invoices/INV-90011", stranger)).status).toBe(404);
});

test("a caller sees what it sent", async () => {
  expect((await get("/v1/sales-orders/SO-10011", mailbox)).status).toBe(200);
  expect((await get("/v1/invoices/INV-90011", mailbox)).status).toBe(200);
});

test("a caller finds its own order under a number that many orders of others carry", async () => {
  await database.pool.query(
    `insert into business_key (value, type, correlation) select 'PO-4711', 'customerReference', 'order/SO-other-' || n
       from generate_series(1, 100) n`,
  );
  const { body } = await get("/v1/sales-orders?customerReference=PO-4711", mailbox);
  expect((body.orders as { number: string }[]).map(({ number }) => number)).toEqual(["SO-10011"]);
});

test("writing orders is no right to read them", async () => {
  expect((await get("/v1/sales-orders/SO-10011", await key("orders:write", "writer"))).status).toBe(403);
});

test.each([
  ["SQL", "/v1/sales-orders/x'%20or%20'1'='1", 400],
  ["a very long number", `/v1/sales-orders/${"9".repeat(290)}`, 400],
  ["an escaped folder above", "/v1/sales-orders/..%2f..%2fetc", 400],
  ["nothing", "/v1/sales-orders/", 400],
])("%s as order number finds nothing and breaks nothing", async (_name, path, status) => {
  expect((await get(path)).status).toBe(status);
});
