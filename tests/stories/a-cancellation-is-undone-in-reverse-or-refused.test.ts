/** A cancellation before goods leave undoes everything, last first; afterwards it is refused and a person is told. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { openWorld, type World } from "./kit/world.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

test("cancelled by the partner before dispatch: shipping order, truck, stock and ERP order are taken back in reverse", async () => {
  await world.estate.settings("wms", { autoShip: false });
  const number = await world.orderByEdi(
    [
      { sku: "PUMP-100", quantity: "3", price: "500.00" },
      { sku: "SEAL-9", quantity: "9", price: "5.00" },
    ],
    { fate: "cancelled" },
  );
  await world.reached(number, "allocated");
  await world.until(
    "a truck is booked",
    10_000,
    async () => (await world.books("tms")).bookings.length === 1,
  );
  await world.estate.act("acme", "send-cancel", { poNumber: number });
  await world.until("it is cancelled", 20_000, async () => {
    return (await world.story(number))?.line.status.word === "cancelled";
  });
  await world.rest();
  expect(await world.wrong()).toEqual([]);
  expect(await world.undone(number)).toEqual([
    "tms.cancel-freight",
    "wms.cancel-shipment",
    "wms.release-allocation",
    "erp.cancel-sales-order",
  ]);
  const { cancellations, releases, stock } = await world.books("wms");
  expect([cancellations.length, releases.length, stock["PUMP-100"].allocated]).toEqual([1, 1, "0"]);
});

test("cancelled by the API while prices are still being asked: nothing was done, so nothing is undone", async () => {
  await world.estate.fault("pricing", "down");
  const number = await world.orderByApi("C-NORTH", [{ sku: "PUMP-100", quantity: "1" }], { fate: "stopped" });
  await world.reached(number, "accepted");
  const cancellation = { reason: "Ordered twice." };
  const path = `/v1/sales-orders/SO-NORTH-${number}/cancellation`;
  expect((await world.post(path, cancellation, `${number}-cancel`)).status).toBe(202);
  await world.until("it is cancelled", 20_000, async () => {
    return (await world.story(number))?.instances[0]?.status === "abandoned";
  });
  await world.estate.clear("pricing");
  await world.rest();
  expect(await world.undone(number)).toEqual([]);
  expect(await world.wrong()).toEqual([]);
});

test("cancelled after goods have left: refused, told to a person, and the order goes on to the end", async () => {
  await world.estate.settings("wms", { autoShip: true });
  await world.estate.settings("acme", { pays: false });
  const number = await world.orderByEdi([{ sku: "MOTOR-7", quantity: "2", price: "150.00" }]);
  await world.reached(number, "invoiced");
  await world.estate.act("acme", "send-cancel", { poNumber: number });
  await world.until("the refusal is noted", 20_000, async () => {
    const notes = (await world.story(number))?.instances[0]?.notes ?? [];
    return notes.some(({ text }) => /cancellation by .* is refused: shipment SH-\d+ has left/.test(text));
  });
  await world.shown(number, /cancelled after goods had left/);
  await world.estate.settings("acme", { pays: true });
  await world.reached(number, "paid");
  await world.rest();
  expect(await world.wrong()).toEqual([]);
});
