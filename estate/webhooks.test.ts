/** Webhooks are signed, sent until taken, survive a restart, and misbehave exactly as the switches say. */
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openTestEstate, type TestEstate, until } from "./testing/receiver.ts";

let world: TestEstate;
beforeAll(async () => {
  world = await openTestEstate(["wms"]);
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.estate.clear("wms");
  world.listener.respond(() => ({ status: 202 }));
});

let count = 0;
const lines = [{ line: 1, sku: "SEAL-9", quantity: "2" }];

async function shipOrder(): Promise<string> {
  const orderId = `SO-${++count}`;
  await world.call("wms", "POST", "/api/allocations", { reference: `A-${orderId}`, orderId, lines });
  await until("it is allocated", () => of(orderId).length > 0);
  await world.call("wms", "POST", "/api/ship-orders", { reference: `S-${orderId}`, orderId, lines });
  return orderId;
}
const of = (orderId: string) => world.listener.heard.filter(({ body }) => body.orderId === orderId);
const types = (orderId: string) => of(orderId).map(({ body }) => body.type);

test("an order's webhooks come in order, with a right signature and the id of the event", async () => {
  const orderId = await shipOrder();
  await until("it is dispatched", () => types(orderId).includes("shipment.dispatched"));
  expect(types(orderId)).toEqual(["stock.allocated", "goods.picked", "shipment.dispatched"]);
  expect(world.listener.wrong).toEqual([]);
  for (const { headers, body, path } of of(orderId)) {
    expect(path).toBe("/v1/webhooks/wms");
    expect(headers["webhook-id"]).toBe(body.id);
    expect(Math.abs(Number(headers["webhook-timestamp"]) - Date.now() / 1000)).toBeLessThan(5);
  }
});

test("a webhook not taken is sent again, the same id and body, before what follows it", async () => {
  let refusals = 2;
  world.listener.respond(({ body }) => ({
    status: body.type === "goods.picked" && refusals-- > 0 ? 503 : 202,
  }));
  const orderId = await shipOrder();
  await until("it is dispatched", () => types(orderId).includes("shipment.dispatched"));
  expect(types(orderId)).toEqual([
    "stock.allocated",
    "goods.picked",
    "goods.picked",
    "goods.picked",
    "shipment.dispatched",
  ]);
  expect(new Set(of(orderId).map(({ body }) => body.id)).size).toBe(3);
});

test("the duplicate switch sends each webhook twice and counts it", async () => {
  await world.estate.fault("wms", "duplicate-webhooks");
  const orderId = await shipOrder();
  await until("all came", () => types(orderId).length === 6);
  expect(new Set(of(orderId).map(({ body }) => body.id)).size).toBe(3);
  expect((await world.estate.faults("wms")).fired["duplicate-webhooks"]).toBe(3);
});

test("the reorder switch delivers what falls into one window backwards", async () => {
  await world.estate.settings("wms", { split: 2 });
  await world.estate.fault("wms", "reorder", { ms: 1000 });
  const orderId = `SO-${++count}`;
  await world.call("wms", "POST", "/api/ship-orders", { reference: `S-${orderId}`, orderId, lines });
  await until("all came", () => types(orderId).length === 4);
  expect(types(orderId)).toEqual([
    "shipment.dispatched",
    "goods.picked",
    "shipment.dispatched",
    "goods.picked",
  ]);
  expect(
    of(orderId)
      .map(({ body }) => body.part)
      .filter((part) => part !== undefined),
  ).toEqual([2, 1]);
  expect((await world.estate.faults("wms")).fired.reorder).toBe(1);
  await world.estate.settings("wms", { split: 1 });
});

test("held webhooks wait, outlive a crash, and are sent when they are let go", async () => {
  await world.estate.fault("wms", "hold-webhooks");
  const orderId = `SO-${++count}`;
  await world.call("wms", "POST", "/api/allocations", { reference: orderId, orderId, lines });
  await until("it is written", async () => (await world.estate.books("wms")).webhooks.waiting === 1);
  expect(of(orderId)).toEqual([]);
  await world.restart("kill");
  await until("it is told", () => types(orderId).length === 1);
  await until("it is struck off", async () => (await world.estate.books("wms")).webhooks.waiting === 0);
});

test("an unreachable Crossdock loses nothing", async () => {
  world.listener.respond(() => ({ status: 500 }));
  const orderId = `SO-${++count}`;
  await world.call("wms", "POST", "/api/allocations", { reference: orderId, orderId, lines });
  await until("it was tried twice", () => types(orderId).length >= 2);
  world.listener.respond(() => ({ status: 200 }));
  await until("it is taken", async () => (await world.estate.books("wms")).webhooks.waiting === 0);
  expect(new Set(of(orderId).map(({ body }) => body.id)).size).toBe(1);
});
