/** Without its database the gateway takes nothing, says so, and loses nothing when the caller repeats itself. */
import pg from "pg";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { limits } from "../std/limits.ts";
import { type GatewayWorld, gatewayWorld } from "../testing/gateway-world.ts";
import { ORDER } from "./orders.ts";

let world: GatewayWorld;
let administrator: pg.Client;
let name: string;
const bounds = limits as { -readonly [Name in keyof typeof limits]: number };
const { lagMaxMs } = limits;
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

/** Orders of a caller who counts: each is sent once under its own number, and answered with a status and when to come back. */
const caller = (key: string) => (number: string) =>
  world
    .send("POST", "/v1/sales-orders", {
      key,
      body: { ...ORDER, customerReference: number },
      headers: { "idempotency-key": number },
    })
    .then(({ status, headers }) => ({ number, status, after: headers.get("retry-after") }));
const known = async (numbers: readonly string[]) => {
  const { rows } = await world.pool.query(
    "select count(distinct value)::int as n from business_key where type = 'customerReference' and value = any($1)",
    [numbers],
  );
  const instances = await world.pool.query(
    "select count(*)::int as n from instance where key = any(select 'SO-' || n from unnest($1::text[]) n)",
    [numbers],
  );
  return [rows[0].n, instances.rows[0].n];
};

test("under load, callers are told when to come back while the dock is behind; all that was taken is worked on, and they are let in by themselves", async () => {
  const post = caller(await world.key(["orders:write"], { perMinute: 100_000 }));
  bounds.lagMaxMs = 300;
  // Somebody has locked what every round of the conductor writes.
  const locking = new pg.Client({ connectionString: world.database.url });
  await locking.connect();
  await locking.query("begin; lock table crossdock.lane in exclusive mode");
  const answers: Awaited<ReturnType<typeof post>>[] = [];
  let sent = 0;
  const sender = async () => {
    for (const end = Date.now() + 10_000; Date.now() < end; ) {
      const answer = await post(`LOAD-${++sent}`);
      answers.push(answer);
      if (answer.status !== 202) return;
    }
  };
  await Promise.all(Array.from({ length: 8 }, sender));
  const taken = answers.filter(({ status }) => status === 202).map(({ number }) => number);
  const away = answers.filter(({ status }) => status !== 202);
  expect(taken.length).toBeGreaterThan(8);
  expect(away.map(({ status, after }) => [status, after])).toEqual(Array(8).fill([503, "10"]));
  expect(await known(taken)).toEqual([taken.length, 0]);
  expect(String((await world.send("GET", "/metrics")).body.text)).toContain("crossdock_overloaded 1");

  await locking.query("rollback");
  await locking.end();
  await vi.waitUntil(async () => (await post(away[0]!.number)).status === 202, {
    timeout: 15_000,
    interval: 100,
  });
  const all = [...taken, away[0]!.number];
  await vi.waitUntil(async () => (await known(all))[1] === all.length, { timeout: 10_000, interval: 50 });
  bounds.lagMaxMs = lagMaxMs;
});

test("a disk that is full for the worker turns callers away as well; with room again, what was taken goes on and they are let in by themselves", async () => {
  const post = caller(await world.key(["orders:write"], { perMinute: 100_000 }));
  await world.pool.query(`
    create function full_disk() returns trigger language plpgsql as $$ begin
      raise exception 'could not extend file: No space left on device' using errcode = '53100'; end $$;
    create trigger full_disk before insert on instance for each row execute function full_disk();
    create trigger full_disk before insert on setting for each row execute function full_disk();`);
  expect(await post("FULL-1")).toMatchObject({ status: 202 });
  await vi.waitUntil(async () => (await world.send("GET", "/health/ready")).status === 503, {
    timeout: 10_000,
    interval: 20,
  });
  expect(await post("FULL-2")).toMatchObject({ status: 503, after: "2" });
  expect((await world.send("GET", "/health/ready")).body).toMatchObject({ database: true, writable: false });
  expect(await known(["FULL-1", "FULL-2"])).toEqual([1, 0]);
  await world.pool.query("drop function full_disk cascade");
  await vi.waitUntil(async () => (await post("FULL-2")).status === 202, { timeout: 15_000, interval: 100 });
  await vi.waitUntil(async () => (await known(["FULL-1", "FULL-2"]))[1] === 2, {
    timeout: 10_000,
    interval: 50,
  });
});
