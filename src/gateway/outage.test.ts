/** Without its database the gateway takes nothing, says so, and loses nothing when the caller repeats itself. */
import pg from "pg";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type GatewayWorld, gatewayWorld } from "../testing/gateway-world.ts";
import { ORDER } from "./orders.ts";

let world: GatewayWorld;
let administrator: pg.Client;
let name: string;
beforeAll(async () => {
  world = await gatewayWorld();
  name = /\/(test_[a-z0-9_]+)/.exec(world.database.url)![1]!;
  administrator = new pg.Client({ connectionString: world.database.url.replace(name, "postgres") });
  await administrator.connect();
});
afterAll(async () => {
  await administrator.query(`alter database ${name} allow_connections true`);
  await administrator.end();
  await world.close();
});

test("an order sent into an outage is a 503, and taken once when it is repeated after it", async () => {
  const key = await world.key(["orders:write"]);
  const post = () =>
    world.send("POST", "/v1/sales-orders", { key, body: ORDER, headers: { "idempotency-key": "outage" } });
  expect(
    (
      await world.send("POST", "/v1/sales-orders", {
        key,
        body: ORDER,
        headers: { "idempotency-key": "before" },
      })
    ).status,
  ).toBe(202);

  await administrator.query(`alter database ${name} allow_connections false`);
  await administrator.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`,
  );
  const during = await post();
  expect({
    status: during.status,
    class: during.body.class,
    after: during.headers.get("retry-after"),
  }).toEqual({
    status: 503,
    class: "transient",
    after: "2",
  });
  expect(await world.send("GET", "/health/ready")).toMatchObject({ status: 503, body: { database: false } });
  expect((await world.send("GET", "/health/live")).status).toBe(200);
  const { body } = await world.send("GET", "/metrics");
  expect(String(body.text)).toContain("crossdock_database_up 0");

  await administrator.query(`alter database ${name} allow_connections true`);
  const after = await vi.waitUntil(
    async () => {
      const answer = await post();
      return answer.status < 300 && answer;
    },
    { timeout: 15_000, interval: 200 },
  );
  expect(after.body).toMatchObject({ orderId: "SO-PO-4711" });
  expect((await post()).body).toMatchObject({ duplicate: true, receipt: after.body.receipt });
  expect((await world.arrivals()).filter(({ messageId }) => messageId === "outage")).toHaveLength(1);
});
