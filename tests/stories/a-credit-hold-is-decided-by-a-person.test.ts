/**
 * Who is over the limit waits for a person, who vouches for the order or declines it; declining undoes what was done.
 *
 * @covers EVT-04
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { openWorld, type World } from "./kit/world.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

test("held, vouched for, delivered", async () => {
  const number = await world.orderByApi("C-BAKER", [{ sku: "PUMP-100", quantity: "20" }], {
    fate: "invoiced",
  });
  const question = await world.decide(number, "credit review", "approved", "They paid this morning.");
  expect(question.because).toMatch(/limit/i);
  await world.reached(number, "invoiced");
  await world.rest({ running: 1 });
  expect(await world.wrong()).toEqual([]);
});

test("held, declined before anything was done, nothing is posted anywhere", async () => {
  const number = await world.orderByApi("C-OVER", [{ sku: "PUMP-100", quantity: "1" }], { fate: "stopped" });
  await world.decide(number, "credit review", "declined", "Three open reminders.");
  await world.rest({ running: 1 });
  expect((await world.story(number))?.line.status.word).toBe("cancelled");
  expect(await world.wrong()).toEqual([]);
});

test("declined after it grew, everything that was done is undone, last first", async () => {
  await world.estate.settings("wms", { autoShip: false });
  const number = await world.orderByApi("C-BAKER", [{ sku: "PUMP-100", quantity: "10" }], {
    fate: "cancelled",
  });
  await world.reached(number, "allocated");
  const orderId = `SO-BAKER-${number}`;
  await world.until("a truck is booked", 10_000, async () =>
    (await world.books("tms")).bookings.some((one: { orderId: string }) => one.orderId === orderId),
  );
  const change = { reason: "They need more.", lines: [{ line: "1", quantity: "20" }] };
  expect((await world.post(`/v1/sales-orders/${orderId}/changes`, change, `${number}-more`)).status).toBe(
    202,
  );
  await world.decide(number, "credit review", "declined", "Not that much.");
  await world.rest({ running: 1 });
  expect(await world.wrong()).toEqual([]);
  expect(await world.undone(number)).toEqual([
    "tms.cancel-freight",
    "wms.cancel-shipment",
    "wms.release-allocation",
    "erp.cancel-sales-order",
  ]);
});
