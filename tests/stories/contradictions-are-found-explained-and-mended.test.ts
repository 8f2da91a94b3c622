/** Systems whose books were changed behind our back contradict each other; it is found, explained, mended, and nothing else is. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { openWorld, type World } from "./kit/world.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world?.close());

test("orders whose systems agree raise no alarm, although every system is asked", async () => {
  for (let n = 0; n < 4; n += 1) {
    await world.orderByApi("C-NORTH", [
      { sku: "PUMP-100", quantity: "2" },
      { sku: "SEAL-9", quantity: "3" },
    ]);
    await world.orderByEdi([{ sku: "VALVE-20", quantity: "3", price: "50.00" }]);
    await world.orderByShop([{ sku: "HOUS-4", quantity: "1" }]);
  }
  await world.rest({ running: 4 });
  const { rows: before } = await world.pool.query(
    "select kind, stand, count(*)::int as n from agreement group by 1,2",
  );
  console.log(before);
  await world.press("/api/agreements/orders/compare", { reason: "Story", grace: "0s" });
  await world.until("compared", 10_000, async () => {
    const { rows } = await world.pool.query("select * from comparison where ended_at is not null");
    return rows.length > 0 && rows;
  });
  const { rows } = await world.pool.query("select documents, agreed from comparison");
  expect(rows).toEqual([{ documents: 12, agreed: 12 }]);
  const { rows: bad } = await world.pool.query(
    "select subject, stand, judged from agreement where stand <> 'agree'",
  );
  console.log(
    JSON.stringify(
      bad.map((one) => ({ ...one, judged: JSON.parse(one.judged) })),
      null,
      1,
    ),
  );
  expect(bad).toEqual([]);
});
