/** The same order again, by file or by key, is the same order; another content under a known number is refused and kept. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openWorld, type World } from "./kit/world.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const PUMPS = [{ sku: "PUMP-100", quantity: "2", price: "500.00" }];

test("the same 850 under another name: one order, one 855, one invoice", async () => {
  const number = await world.orderByEdi(PUMPS);
  await world.estate.act("acme", "resend", { poNumber: number });
  await world.reached(number, "paid");
  await world.estate.act("acme", "resend", { poNumber: number });
  await world.until("the copy is dealt with", 20_000, async () => {
    const { rows } = await world.pool.query("select count(*)::int as n from arrival where flow = 'acme-in'");
    return rows[0].n >= 3;
  });
  await world.rest();
  expect(await world.wrong()).toEqual([]);
});

test("the same interchange number with another content changes nothing, and a person is shown both", async () => {
  const number = await world.orderByEdi(PUMPS);
  await world.reached(number, "paid");
  const sent = join(world.data, "estate", "acme", "sent");
  const file = readdirSync(sent).find((name) => name.includes(number)) ?? "";
  const text = readFileSync(join(sent, file), "utf8").replace("*2*EA*", "*9*EA*");
  await world.estate.act("acme", "send-raw", { name: "again.edi", text });
  await world.until("the other content is shown", 20_000, async () => {
    const { rows } = await world.pool.query(
      "select title, reason from exception where resolved_at is null and correlation = $1",
      [`order/SO-ACME-${number}`],
    );
    return rows.length > 0;
  });
  await world.rest();
  expect(await world.wrong()).toEqual([]);
});

test("the same key with the same body is the same receipt; with another body it is refused and both are kept", async () => {
  const number = await world.orderByApi("C-NORTH", PUMPS, { fate: "invoiced" });
  const body = { customer: "C-NORTH", customerReference: number, currency: "EUR", lines: PUMPS };
  const again = await world.post("/v1/sales-orders", body, number);
  expect([again.status, again.body.duplicate]).toEqual([200, true]);
  const other = await world.post("/v1/sales-orders", { ...body, customerReference: "OTHER" }, number);
  expect([other.status, other.body.type]).toEqual([409, "urn:crossdock:problem:idempotency-conflict"]);
  const { rows } = await world.pool.query(
    "select state from arrival where message_id = $1 order by received_at",
    [number],
  );
  expect(rows.map(({ state }) => state)).toEqual(["accepted", "conflict"]);
  await world.reached(number, "invoiced");
  await world.rest({ running: 1 });
  expect(await world.wrong()).toEqual([]);
});
