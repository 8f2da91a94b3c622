/** Alive, ready and measured: for those who run the dock, and for nobody else. */
import { readFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type GatewayWorld, gatewayWorld } from "../testing/gateway-world.ts";
import { ORDER } from "./orders.ts";

let world: GatewayWorld;
beforeAll(async () => {
  world = await gatewayWorld();
});
afterAll(() => world.close());

/** fetch does not let a test lie about its Host. */
const metricsWith = (headers: Record<string, string>): Promise<number> =>
  new Promise((resolve, reject) => {
    request(`${world.url}/metrics`, { headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    })
      .on("error", reject)
      .end();
  });

test("a gateway whose lanes are all held is ready; with a lane nobody holds it is not", async () => {
  expect(await world.send("GET", "/health/live")).toMatchObject({ status: 200, body: { status: "alive" } });
  expect(await world.send("GET", "/health/ready")).toMatchObject({
    status: 200,
    body: { status: "ready", database: true, lanes: { all: 16, leased: 16 } },
  });
  await world.database.pool.query("update lane set lease_until = '-infinity', owner = 'nobody' where id = 3");
  expect(await world.send("GET", "/health/ready")).toMatchObject({
    status: 503,
    body: { status: "not ready", database: true, lanes: { all: 16, leased: 15 } },
  });
});

test("metrics count what was taken, what is owed and how old it is, and name no business thing", async () => {
  const key = await world.key(["orders:write"]);
  await world.send("POST", "/v1/sales-orders", { key, body: ORDER, headers: { "idempotency-key": "m-1" } });
  await world.database.pool.query(
    `insert into counter (scope, name, delta) values ('erp', 'delivery applied', 3), ('erp', 'delivery applied', 4)`,
  );
  await world.database.pool.query(
    `insert into delivery (key, flow, connection, contract, subject, lane, correlation, event_position, status, created_at)
     values ('k', 'f', 'wms', 'c', 'order/SO-1', 0, 'order/SO-1', 1, 'parked', clock_timestamp() - interval '1 minute')`,
  );
  const { status, body } = await world.send("GET", "/metrics");
  const text = String(body.text);
  expect(status).toBe(200);
  for (const line of [
    'crossdock_gateway_arrivals_total{flow="api-orders",outcome="accepted"} 1',
    'crossdock_gateway_requests_total{route="/v1/sales-orders",status="202"} 1',
    'crossdock_gateway_intake_seconds_count{route="createSalesOrder"} 1',
    'crossdock_deliveries_total{connection="erp",status="applied"} 7',
    'crossdock_open_deliveries{connection="wms",status="parked"} 1',
    'crossdock_lanes{state="leased"} ',
    "crossdock_database_up 1",
    "crossdock_overloaded 0",
  ]) {
    expect(text).toContain(line);
  }
  expect(
    Number(/crossdock_delivery_lag_seconds\{connection="wms"\} (\S+)/.exec(text)?.[1]),
  ).toBeGreaterThanOrEqual(60);
  expect(text).not.toContain("SO-1");
});

test("every metric is in the reference as it is, and nothing else is", async () => {
  const { body } = await world.send("GET", "/metrics");
  const told = [...String(body.text).matchAll(/^# HELP (crossdock_\w+) (.*)\n# TYPE \1 (\w+)$/gm)].map(
    ([, name, help, kind]) => `${name} ${kind} ${help}`,
  );
  const page = readFileSync(join(import.meta.dirname, "../../docs/reference/metrics.md"), "utf8");
  const documented = [...page.matchAll(/^\| `(crossdock_\w+)` \| (\w+) \| (?:`.*?`)? ?\| (.*) \|$/gm)].map(
    ([, name, kind, help]) => `${name} ${kind} ${help}`,
  );
  expect(documented.toSorted()).toEqual(told.toSorted());
});

test("metrics are open to this machine; through a proxy or under a foreign name they need a key with the scope", async () => {
  const { host } = new URL(world.url);
  const authorization = `Bearer ${await world.key(["metrics"])}`;
  const other = `Bearer ${await world.key(["orders:read"])}`;
  expect([
    await metricsWith({ host }),
    await metricsWith({ host: "evil.example" }),
    await metricsWith({ host, "x-forwarded-for": "203.0.113.9" }),
    await metricsWith({ host: "evil.example", authorization }),
    await metricsWith({ host: "evil.example", authorization: other }),
  ]).toEqual([200, 401, 401, 200, 403]);
});

test("a port that is taken is a sentence, not a stack", async () => {
  const { openGateway } = await import("./gateway.ts");
  const port = Number(new URL(world.url).port);
  const dock = {
    definitions: { flows: new Map(), connections: new Map() },
    pool: world.database.pool,
  } as never;
  await expect(
    openGateway({ dock, port, settings: { capabilities: {}, pepper: "sixteen letters!" } }),
  ).rejects.toThrow(/^Port \d+ on 127\.0\.0\.1 is in use\. /);
});

test("a capability that points at nothing does not start", async () => {
  await expect(gatewayWorld({ capabilities: { ordersFlow: "no-such-flow" } })).rejects.toThrow(
    'The gateway is told to use the inbound flow "no-such-flow", but there is none of that name.',
  );
});

test("a mistake of ours is a 500 that tells nothing about itself, and the log has it", async () => {
  const key = await world.key(["orders:write"]);
  world.behave.accept = async () => {
    throw new Error('relation "secret_table" does not exist at /srv/app/db.ts:12');
  };
  const { status, body } = await world.send("POST", "/v1/sales-orders", {
    key,
    body: ORDER,
    headers: { "idempotency-key": "boom" },
  });
  delete world.behave.accept;
  expect({ status, body }).toEqual({
    status: 500,
    body: {
      type: "urn:crossdock:problem:defect",
      title: "Crossdock made a mistake.",
      status: 500,
      detail: "Crossdock made a mistake.",
      instance: expect.stringMatching(/^urn:crossdock:request:[0-9a-f]{8}-[0-9a-z]+$/),
      class: "defect",
      remedy: "Repeat the request with the same Idempotency-Key; tell the operator the instance if it stays.",
    },
  });
  expect(world.logged()).toContain("secret_table");
  expect(world.logged()).toContain(String(body.instance).split(":").at(-1));
});
