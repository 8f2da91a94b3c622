/**
 * Goods that leave in parts are announced, taxed, invoiced and paid part by part; never more invoiced than has left.
 *
 * @covers EVT-32, PRC-21
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { openWorld, type World } from "./kit/world.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

test("three shipments, three invoices, three payments, one order", async () => {
  await world.estate.settings("wms", { split: 3 });
  const lines = [
    { sku: "PUMP-100", quantity: "30", price: "500.00" },
    { sku: "SEAL-9", quantity: "7", price: "5.00" },
  ];
  const [edi, shop] = [
    await world.orderByEdi(lines, { shipments: 3 }),
    await world.orderByShop(lines, { shipments: 3 }),
  ];
  for (const number of [edi, shop]) await world.reached(number, "paid");
  await world.rest();

  const acme = await world.books("acme");
  expect(acme.received).toMatchObject({ 856: 3, 810: 3 });
  expect(acme.invoices.every(({ sound }: { sound: boolean }) => sound)).toBe(true);
  expect((await world.books("payments")).captures).toHaveLength(3);
  expect(await world.wrong()).toEqual([]);
});
