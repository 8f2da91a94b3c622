/**
 * A tax engine that is away delays the invoice and nothing else; when it is back, each shipment is invoiced once.
 *
 * @covers PRC-23, SCN-07
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { promises } from "../../src/trace/promises.ts";
import { openWorld, type World } from "./kit/world.ts";
import { taxIsOfflineForAnHour } from "./scenarios/tax-offline.ts";

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

test("price, credit and stock are away: the last word is promised, within a limit, and made true when they are back", async () => {
  const lines = [{ line: "1", sku: "VALVE-20", quantity: "100" }];
  const questions = {
    "/v1/prices": { customer: "C-NORTH", currency: "EUR", lines },
    "/v1/credit-checks": { customer: "C-NORTH", amount: "1000.00", currency: "EUR" },
    "/v1/availability": { lines: [{ ...lines[0], quantity: "1" }] },
  };
  const many = { ...questions["/v1/prices"], lines: [{ ...lines[0], quantity: "100000" }] };
  const booked = async () => JSON.stringify((await world.books("erp")).documents);
  for (const [path, question] of Object.entries(questions))
    expect((await world.request("POST", path, question)).body).toMatchObject({ degraded: false });
  await world.request("POST", "/v1/prices", many);
  const before = await booked();

  for (const system of ["pricing", "erp", "wms"] as const) await world.estate.fault(system, "down");
  const promised = new Map<string, unknown>();
  for (const [path, question] of Object.entries(questions)) {
    const { status, body } = await world.request("POST", path, question);
    expect([status, body.degraded, body.ageSeconds]).toEqual([200, true, expect.any(Number)]);
    promised.set(path, body.promise);
  }
  // More than may hang on old values is not promised.
  expect((await world.request("POST", "/v1/prices", many)).body.detail).toContain(
    "as much is promised on old values as may be",
  );
  expect((await promises(world.pool)).exposure).toEqual([
    { inquiry: "checkCredit", promises: 1, money: [{ amount: "1000.00", currency: "EUR" }] },
    { inquiry: "getAvailability", promises: 1, money: [] },
    { inquiry: "getPrices", promises: 1, money: [{ amount: "5000.00", currency: "EUR" }] },
  ]);
  expect((await world.estate.faults("pricing")).active).toHaveLength(1);

  await world.estate.settings("pricing", { prices: { "VALVE-20": "50.50" } });
  for (const system of ["pricing", "erp", "wms"] as const) await world.estate.clear(system);
  await world.until("every promise is made true", 30_000, async () => {
    return (await promises(world.pool)).exposure.length === 0;
  });
  const settled = (await promises(world.pool)).promises.map(({ id, state, difference }) => [
    id,
    state,
    difference,
  ]);
  expect(settled).toHaveLength(3);
  expect(settled).toEqual(
    expect.arrayContaining([
      [promised.get("/v1/prices"), "differs", "50.00"],
      [promised.get("/v1/credit-checks"), "kept", null],
      [promised.get("/v1/availability"), "kept", null],
    ]),
  );
  await world.until("somebody is asked to honour the price", 10_000, async () => {
    const { rows } = await world.pool.query("select reason from exception where class = 'business hold'");
    return (
      rows.length === 1 && rows[0].reason.includes("5000.00 EUR was promised, and it is 5050.00 EUR now.")
    );
  });
  expect(await booked()).toBe(before);
  await world.estate.settings("pricing", { prices: { "VALVE-20": "50.00" } });
});

test("SCN-07: offline for an hour, orders are accepted on a promised tax, and what left is invoiced once and right", () =>
  taxIsOfflineForAnHour(world));
