/**
 * An 860 changes an order until goods leave: more is judged again, less is given back, and the partner is answered.
 *
 * @covers EVT-03, PRC-20
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { openWorld, type World } from "./kit/world.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

/** Orders and waits until the warehouse was asked to ship, which this warehouse does only when told to. */
async function ordered(lines: readonly { sku: string; quantity: string; price: string }[]): Promise<string> {
  await world.estate.settings("wms", { autoShip: false });
  const number = await world.orderByEdi(lines);
  await world.reached(number, "allocated");
  await world.until("the warehouse was asked to ship", 10_000, async () =>
    (await world.books("wms")).shipOrders.some((one: { orderId: string }) => one.orderId.endsWith(number)),
  );
  return number;
}

/** How much stands to be shipped of the order's first line. */
async function toBeShipped(number: string): Promise<number> {
  const { shipOrders } = await world.books("wms");
  return shipOrders
    .filter((one: { orderId: string; cancelled: boolean }) => one.orderId.endsWith(number) && !one.cancelled)
    .reduce((sum: number, one: { lines: { quantity: string }[] }) => sum + Number(one.lines[0]?.quantity), 0);
}

async function dispatchAll(number: string): Promise<void> {
  const { shipOrders } = await world.books("wms");
  for (const { orderId, cancelled } of shipOrders)
    if (orderId.endsWith(number) && !cancelled) await world.estate.act("wms", "dispatch", { orderId });
}

test("more of a line and a new line are judged, allocated and shipped like the rest", async () => {
  const number = await ordered([{ sku: "PUMP-100", quantity: "10", price: "500.00" }]);
  await world.estate.act("acme", "send-change", {
    poNumber: number,
    lines: [{ line: "1", sku: "PUMP-100", quantity: "14", price: "500.00" }],
  });
  world.expect(number, { changedTo: [{ sku: "PUMP-100", quantity: "14" }], shipments: 2 });
  await world.until("fourteen stand to be shipped", 20_000, async () => (await toBeShipped(number)) === 14);
  await dispatchAll(number);
  await dispatchAll(number);
  await world.reached(number, "paid");
  await world.rest();
  const [order] = (await world.books("acme")).orders;
  expect(order.responses.map(({ type }: { type: string }) => type)).toEqual(["AD", "AC"]);
  expect(await world.wrong()).toEqual([]);
});

test("less of a line calls the shipping order back, frees the stock and ships the rest", async () => {
  const number = await ordered([
    { sku: "VALVE-20", quantity: "10", price: "50.00" },
    { sku: "SEAL-9", quantity: "5", price: "5.00" },
  ]);
  await world.estate.act("acme", "send-change", {
    poNumber: number,
    lines: [
      { line: "1", sku: "VALVE-20", quantity: "4", price: "50.00" },
      { line: "2", sku: "SEAL-9", quantity: "0" },
    ],
  });
  world.expect(number, {
    changedTo: [
      { sku: "VALVE-20", quantity: "4" },
      { sku: "SEAL-9", quantity: "0" },
    ],
  });
  await world.until("four stand to be shipped", 20_000, async () => (await toBeShipped(number)) === 4);
  await dispatchAll(number);
  await world.reached(number, "paid");
  await world.rest();
  expect(await world.wrong()).toEqual([]);
});

test("a change that comes after goods have left is refused and a person is told", async () => {
  await world.estate.settings("wms", { autoShip: true });
  await world.estate.settings("acme", { pays: false });
  const number = await world.orderByEdi([{ sku: "PUMP-100", quantity: "1", price: "500.00" }]);
  await world.reached(number, "invoiced");
  await world.estate.act("acme", "send-change", {
    poNumber: number,
    lines: [{ line: "1", sku: "PUMP-100", quantity: "9", price: "500.00" }],
  });
  await world.until("the refusal is sent", 20_000, async () => {
    const { orders } = await world.books("acme");
    return orders.at(-1).responses.some(({ type }: { type: string }) => type === "RD");
  });
  const notes = (await world.story(number))?.instances[0]?.notes.map(({ text }) => text).join(" ");
  expect(notes).toContain("is refused: Goods have left already");
  await world.shown(number, /is refused/);
  await world.estate.settings("acme", { pays: true });
  await world.reached(number, "paid");
  await world.rest();
  expect(await world.wrong()).toEqual([]);
});
