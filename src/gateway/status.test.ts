/** A caller learns what became of what it sent, by any number it has, and nothing about anything else. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type GatewayWorld, gatewayWorld } from "../testing/gateway-world.ts";
import { fillOrder, prepare } from "../testing/order-story.ts";

let world: GatewayWorld;
let everything: string;
let mailbox: string;
let stranger: string;
beforeAll(async () => {
  world = await gatewayWorld();
  await prepare(world.database.pool);
  await fillOrder(world.database.pool, 11, { until: "paid", startedMinutesAgo: 500 });
  await fillOrder(world.database.pool, 12, { until: "accepted", startedMinutesAgo: 1 });
  everything = await world.key(["orders:read-all"]);
  // The orders of this database came in through the ACME mailbox.
  mailbox = await world.key(["orders:read"], { name: "acme-mailbox" });
  stranger = await world.key(["orders:read"], { name: "stranger" });
});
afterAll(() => world.close());

const get = (path: string, key = everything) => world.send("GET", path, { key });

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

test("writing orders is no right to read them", async () => {
  expect((await get("/v1/sales-orders/SO-10011", await world.key(["orders:write"]))).status).toBe(403);
});

test.each([
  ["SQL", "/v1/sales-orders/x'%20or%20'1'='1", 400],
  ["a very long number", `/v1/sales-orders/${"9".repeat(290)}`, 400],
  ["an escaped folder above", "/v1/sales-orders/..%2f..%2fetc", 400],
  ["nothing", "/v1/sales-orders/", 400],
])("%s as order number finds nothing and breaks nothing", async (_name, path, status) => {
  expect((await get(path)).status).toBe(status);
});
