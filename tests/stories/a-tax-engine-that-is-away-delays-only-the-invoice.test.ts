/**
 * A tax engine that is away delays the invoice and nothing else; when it is back, each shipment is invoiced once.
 *
 * @covers PRC-23
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { openWorld, type World } from "./kit/world.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

test("accepted, allocated and shipped without it; invoiced once when it is back", async () => {
  await world.estate.fault("tax", "down");
  const lines = [{ sku: "PUMP-100", quantity: "1", price: "500.00" }];
  const numbers = [
    await world.orderByEdi(lines),
    await world.orderByShop(lines),
    await world.orderByEdi([{ sku: "SEAL-9", quantity: "200", price: "5.00" }]),
  ];
  for (const number of numbers) await world.reached(number, "dispatched");
  await world.until("every goods issue is posted", 10_000, async () => {
    const { A_GoodsIssue } = (await world.books("erp")).documents;
    return A_GoodsIssue.length === numbers.length;
  });
  expect((await world.books("erp")).documents.A_BillingDocument).toEqual([]);
  expect((await world.estate.faults("tax")).active).toHaveLength(1);

  await world.estate.clear("tax");
  for (const number of numbers) await world.reached(number, "paid");
  await world.rest();
  expect(await world.wrong()).toEqual([]);
});
