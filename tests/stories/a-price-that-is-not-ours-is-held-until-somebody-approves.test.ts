/**
 * A price that is not ours stops the order before anything is posted, until somebody answers for it.
 *
 * @covers EVT-07
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { openWorld, type World } from "./kit/world.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

test("a lower price is held, approved, and then honoured on the invoice", async () => {
  const number = await world.orderByEdi([{ sku: "PUMP-100", quantity: "2", price: "450.00" }]);
  const question = await world.decide(number, "price review", "approved", "Spring offer.");
  expect(question.because).toContain("PUMP-100");
  await world.reached(number, "paid");
  await world.rest();
  const [invoice] = (await world.books("erp")).documents.A_BillingDocument;
  expect(invoice.TotalNetAmount).toBe("900.00");
  expect(await world.wrong()).toEqual([]);
});

test("declined, nothing of it ever leaves Crossdock, and the partner is told", async () => {
  const number = await world.orderByEdi([{ sku: "PUMP-100", quantity: "2", price: "1.00" }], {
    fate: "stopped",
  });
  await world.decide(number, "price review", "declined", "That is no price of ours.");
  await world.rest();
  const acme = await world.books("acme");
  const order = acme.orders.find((one: { poNumber: string }) => one.poNumber === number);
  expect(order.responses.map(({ type }: { type: string }) => type)).toEqual(["AD", "RD"]);
  expect((await world.story(number))?.line.status.word).toBe("cancelled");
  expect(await world.wrong()).toEqual([]);
});
