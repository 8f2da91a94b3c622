/**
 * The happy path of a consumer: the shop orders, the card is charged once when the goods have left, the shop is told.
 *
 * @covers EVT-39, PRC-24, SYS-02, SYS-30
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { openWorld, type World } from "./kit/world.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

test("the card is charged once, what the invoice says, and the shop knows how far the order is", async () => {
  const number = await world.orderByShop([{ sku: "MOTOR-7", quantity: "1", price: "150.00" }]);
  await world.reached(number, "paid");
  await world.rest();

  const { captures, payouts } = await world.books("payments");
  expect(captures).toMatchObject([{ amount: "180.00", currency: "EUR", authorization: `AUTH-${number}` }]);
  expect(payouts).toHaveLength(1);
  const [order] = (await world.books("shop")).orders;
  // It is confirmed with its tax; when it hears of that beside its acceptance is chance.
  const taxes = order.statuses.filter(({ status }: { status: string }) => status === "taxed");
  expect(taxes).toMatchObject([{ amount: "30.00" }]);
  const others = order.statuses.filter((one: object) => !taxes.includes(one));
  expect(others.map(({ status }: { status: string }) => status)).toEqual([
    "accepted",
    "credit approved",
    "allocated",
    "dispatched",
    "invoiced",
    "paid",
  ]);
  expect(await world.wrong()).toEqual([]);
});
