/**
 * What the warehouse does not have is backordered, told, and completed when goods come in; the order is then like any other.
 *
 * @covers EVT-05, EVT-06
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { openWorld, type World } from "./kit/world.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

test("a shortage is told, waits, and is made good by the next goods receipt", async () => {
  await world.estate.settings("wms", { stock: { "MOTOR-7": "3" } });
  await world.estate.settings("erp", { stock: { "MOTOR-7": "3" } });
  const number = await world.orderByEdi([
    { sku: "MOTOR-7", quantity: "8", price: "150.00" },
    { sku: "SEAL-9", quantity: "4", price: "5.00" },
  ]);
  const short = await world.until("the shortage is known", 20_000, async () => {
    const story = await world.story(number);
    return story?.instances[0]?.timers.some(({ name }) => name === "shortage") ? story : undefined;
  });
  expect(short.milestones.find(({ name }) => name === "dispatched")?.state).not.toBe("reached");
  expect((await world.books("wms")).shipOrders).toEqual([]);

  await world.estate.act("erp", "receive-stock", { sku: "MOTOR-7", quantity: "10" });
  await world.estate.act("wms", "receive-stock", { sku: "MOTOR-7", quantity: "10" });
  await world.reached(number, "paid");
  await world.rest();
  expect(await world.wrong()).toEqual([]);
});

test("with partial delivery allowed, what is there goes at once and the rest later", async () => {
  const other = await openWorld({ settings: { policy: { partialDelivery: true } } });
  try {
    await other.estate.settings("wms", { stock: { "MOTOR-7": "3" } });
    await other.estate.settings("erp", { stock: { "MOTOR-7": "3" } });
    const number = await other.orderByEdi([{ sku: "MOTOR-7", quantity: "8", price: "150.00" }], {
      shipments: 2,
    });
    await other.until("the first three have left", 20_000, async () => {
      const { shipments } = await other.books("acme");
      return shipments.length === 1 && shipments[0].lines[0].quantity === "3";
    });
    await other.until("the first three are invoiced", 20_000, async () => {
      const { invoices } = await other.books("acme");
      return invoices.length === 1 && invoices[0].lines[0].quantity === "3" && invoices[0].sound;
    });
    const parts = (await other.story(number))?.milestones.map(({ name, part, of }) => [name, part, of]);
    expect(parts).toContainEqual(["invoiced", 1, 2]);
    expect(parts).toContainEqual(["dispatched", 1, 2]);
    await other.estate.act("erp", "receive-stock", { sku: "MOTOR-7", quantity: "10" });
    await other.estate.act("wms", "receive-stock", { sku: "MOTOR-7", quantity: "10" });
    await other.reached(number, "paid");
    await other.rest();
    expect(await other.wrong()).toEqual([]);
  } finally {
    await other.close();
  }
});
