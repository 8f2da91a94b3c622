/** Attacks on API keys (security.md 4.1): each input is a row, each has one right answer. */
import { crc32 } from "node:zlib";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { freshDatabase } from "../testing/database.ts";
import { type GatewayWorld, gatewayWorld, PEPPER } from "../testing/gateway-world.ts";
import { verifyAudit } from "../trace/audit.ts";
import { Callers } from "./callers.ts";
import { createClient, listClients, networksOf, parseKey, revokeClient } from "./keys.ts";
import { ORDER } from "./orders.ts";

let world: GatewayWorld;
beforeAll(async () => {
  world = await gatewayWorld({ failuresPerMinute: 1_000_000 });
});
afterAll(() => world.close());

let orders = 0;
const post = (authorization: string | undefined, path = "/v1/sales-orders") =>
  world.send("POST", path, {
    body: ORDER,
    headers: {
      "idempotency-key": `attack-${++orders}`,
      ...(authorization === undefined ? {} : { authorization }),
    },
  });

/** A well-formed key with this id and secret. */
function wellFormed(id: string, secret: string): string {
  const letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  let rest = crc32(`xdk_live_${id}_${secret}`);
  let crc = "";
  for (let i = 0; i < 6; i++) {
    crc = letters[rest % 62] + crc;
    rest = Math.floor(rest / 62);
  }
  return `xdk_live_${id}_${secret}_${crc}`;
}

/** The same key with another last letter of its secret, and the checksum that belongs to it. */
function nearMiss(key: string): string {
  const { id, secret } = parseKey(key)!;
  return wellFormed(id, secret.slice(0, -1) + (secret.endsWith("a") ? "b" : "a"));
}

test("a key is shown once, opens its door, and is kept as a hash", async () => {
  const key = await world.key(["orders:write"], { name: "shown-once" });
  expect((await post(`Bearer ${key}`)).status).toBe(202);
  const listed = (await listClients(world.database.pool)).find(({ name }) => name === "shown-once");
  expect(listed).toEqual({
    id: parseKey(key)!.id,
    name: "shown-once",
    scopes: ["orders:write"],
    perMinute: 100_000,
    createdAt: expect.any(String),
    expiresAt: expect.any(String),
    revokedAt: null,
    lastUsedAt: null,
  });
  const life = Date.parse(listed!.expiresAt) - Date.parse(listed!.createdAt);
  expect(Math.round(life / 86_400_000)).toBe(180);
});

test("making and ending a key stand in the audit, with who and why and without the secret", async () => {
  const { pool } = world.database;
  const by = { name: "maria", reason: "The shop goes live." };
  const { id, key } = await createClient(pool, PEPPER, { name: "audited", scopes: ["inquiries"] }, by);
  await revokeClient(pool, id, { name: "maria", reason: "It was a trial." });
  const { rows } = await pool.query("select * from audit where subject = $1 order by id", [`client:${id}`]);
  expect(rows.map(({ actor, action, reason }) => [actor, action, reason])).toEqual([
    ["maria", "make key", "The shop goes live."],
    ["maria", "end key", "It was a trial."],
  ]);
  expect(JSON.stringify(rows)).not.toContain(parseKey(key)!.secret);
  expect((await verifyAudit(pool)).broken).toBeNull();
});

test("a dump of the database holds no usable key", async () => {
  const key = await world.key(["orders:write"]);
  const { rows } = await world.database.pool.query("select api_client::text as row from api_client");
  expect(JSON.stringify(rows)).not.toContain(parseKey(key)!.secret);
});

test.each([
  ["api_key", "?api_key=KEY"],
  ["access_token", "?x=1&access_token=KEY"],
  ["token", "?token=abc"],
  ["any parameter whose value is a key", "?q=KEY"],
])(
  "a key in the address (%s) is refused, even beside a good header, and stays out of the log",
  async (_name, query) => {
    const key = await world.key(["orders:write"]);
    const { status, body } = await post(`Bearer ${key}`, `/v1/sales-orders${query.replace("KEY", key)}`);
    expect({ status, body }).toMatchObject({
      status: 400,
      body: { type: "urn:crossdock:problem:key-in-query", class: "auth" },
    });
    expect(world.logged()).not.toContain(parseKey(key)!.secret);
  },
);

test("a wrong checksum is a 401 without a question to the database", async () => {
  const key = await world.key(["orders:write"]);
  const asked = vi.spyOn(world.pool, "query");
  const { status, headers, body } = await post(`Bearer ${key.slice(0, -1)}${key.endsWith("0") ? "1" : "0"}`);
  expect({
    status,
    challenge: headers.get("www-authenticate"),
    class: body.class,
    asked: asked.mock.calls.length,
  }).toEqual({
    status: 401,
    challenge: 'Bearer realm="crossdock"',
    class: "auth",
    asked: 0,
  });
  asked.mockRestore();
});

test.each([
  ["none", undefined],
  ["an empty one", ""],
  ["another scheme", "Basic dXNlcjpwYXNz"],
  ["no scheme", "xdk_live_000000000000_0000000000000000000000000000000000000000000_000000"],
  ["a very long one", `Bearer ${"x".repeat(10_000)}`],
  ["SQL", "Bearer ' OR 1=1 --"],
])("%s as Authorization is a 401 in the same words", async (_name, authorization) => {
  const { status, body } = await post(authorization);
  expect({ status, detail: body.detail }).toEqual({ status: 401, detail: "The caller is not known." });
});

test("a near miss of the secret is a 401 in the same words as an unknown id", async () => {
  const key = await world.key(["orders:write"]);
  const { status, body } = await post(`Bearer ${nearMiss(key)}`);
  expect({ status, detail: body.detail }).toEqual({ status: 401, detail: "The caller is not known." });
});

test("an expired key is a 401", async () => {
  const key = await world.key(["orders:write"], { lifetime: "1ms" });
  expect((await post(`Bearer ${key}`)).status).toBe(401);
});

test("a revoked key opens nothing after five seconds, though it was just used", async () => {
  const key = await world.key(["orders:write"]);
  expect((await post(`Bearer ${key}`)).status).toBe(202);
  expect(await revokeClient(world.database.pool, parseKey(key)!.id)).toBe(true);
  expect(await revokeClient(world.database.pool, parseKey(key)!.id)).toBe(false);
  const revokedAt = performance.now();
  await vi.waitUntil(async () => (await post(`Bearer ${key}`)).status === 401, {
    timeout: 6_000,
    interval: 100,
  });
  expect(performance.now() - revokedAt).toBeLessThan(5_000);
});

test("a key without the scope is a 403 that names it", async () => {
  const key = await world.key(["orders:read"]);
  expect(await post(`Bearer ${key}`)).toMatchObject({
    status: 403,
    body: { type: "urn:crossdock:problem:forbidden", expected: "scope orders:write", class: "auth" },
  });
});

test.each([
  ["203.0.113.0/24", "203.0.113.9", true],
  ["203.0.113.0/24", "::ffff:203.0.113.9", true],
  ["203.0.113.0/24", "203.0.114.9", false],
  ["203.0.113.9", "203.0.113.8", false],
  ["2001:db8:1::/48", "2001:db8:1:ff::7", true],
  ["2001:db8:1::/48", "2001:db8:2::7", false],
  ["2001:db8:1::/48", "203.0.113.9", false],
  ["203.0.113.0/24", "not an address", false],
])("a key for %s is good from %s: %s", (network, address, good) => {
  expect(networksOf(["orders:write", `from:${network}`, "from:192.0.2.1"])(address)).toBe(good);
});

test("a key used from where it is not for is answered like a wrong one, and logged", async () => {
  const database = await freshDatabase();
  const warned: unknown[] = [];
  const callers = new Callers(database.pool, PEPPER, (line, facts) => warned.push({ line, ...facts }));
  try {
    const scopes = ["orders:write", "from:203.0.113.0/24"];
    const { key, id } = await createClient(database.pool, PEPPER, { name: "plant", scopes });
    expect((await callers.recognise(`Bearer ${key}`, "203.0.113.9")).name).toBe("plant");
    expect(() => callers.recognise(`Bearer ${key}`, "198.51.100.1")).toThrow("The caller is not known.");
    expect(warned).toEqual([
      { line: "A key came from an address it is not for.", id, address: "198.51.100.1" },
    ]);
  } finally {
    await callers.close();
    await database.drop();
  }
});

test.each([
  "from:",
  "from:10.0.0.0/33",
  "from:10.0.0/24",
  "from:example.com",
  "from:10.0.0.0/",
  "from:10.0.0.0/8/8",
])("%s names no network", async (scope) => {
  await expect(
    createClient(world.database.pool, PEPPER, { name: "odd", scopes: ["orders:write", scope] }),
  ).rejects.toThrow("is not a scope");
});

test("a guesser is locked out for one id and one address; the owner elsewhere and others here are not", async () => {
  const database = await freshDatabase();
  const warned: unknown[] = [];
  const callers = new Callers(database.pool, PEPPER, (line, facts) => warned.push({ line, ...facts }));
  try {
    const victim = await createClient(database.pool, PEPPER, { name: "victim", scopes: ["orders:write"] });
    const other = await createClient(database.pool, PEPPER, { name: "other", scopes: ["orders:write"] });
    const wrong = nearMiss(victim.key);
    const outcomes: string[] = [];
    for (let guess = 0; guess < 1_000; guess++) {
      try {
        await callers.recognise(`Bearer ${wrong}`, "203.0.113.9");
      } catch (error) {
        outcomes.push((error as { kind: string }).kind);
      }
    }
    expect(outcomes.filter((kind) => kind === "unauthenticated").length).toBeLessThanOrEqual(21);
    expect(outcomes.at(-1)).toBe("too-many-requests");
    expect(warned).toHaveLength(1);
    expect((await callers.recognise(`Bearer ${victim.key}`, "198.51.100.1")).name).toBe("victim");
    expect((await callers.recognise(`Bearer ${other.key}`, "203.0.113.9")).name).toBe("other");
  } finally {
    await callers.close();
    await database.drop();
  }
});

test("strangers with well-formed keys soon cost the database nothing, and the clients beside them go on", async () => {
  const strict = await gatewayWorld({ failuresPerMinute: 20 });
  try {
    const good = await strict.key(["orders:write"]);
    const order = (key: string, id: string) =>
      strict.send("POST", "/v1/sales-orders", { key, body: ORDER, headers: { "idempotency-key": id } });
    expect((await order(good, "before")).status).toBe(202);
    const asked = vi.spyOn(strict.pool, "query");
    const statuses: number[] = [];
    for (let i = 0; i < 60; i++) {
      statuses.push((await order(wellFormed(String(i).padStart(12, "0"), "0".repeat(43)), "x")).status);
    }
    expect(statuses.slice(0, 20)).toEqual(Array(20).fill(401));
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(30);
    expect(asked.mock.calls.length).toBeGreaterThanOrEqual(20);
    expect(asked.mock.calls.length).toBeLessThan(40);
    asked.mockRestore();
    expect((await order(good, "after")).status).toBe(202);
  } finally {
    await strict.close();
  }
});

test.each([
  ["a name with a space", { name: "Web Shop", scopes: ["orders:write"] }],
  ["no scope", { name: "shop", scopes: [] }],
  ["a scope nobody knows", { name: "shop", scopes: ["orders:delete"] }],
  ["a scope that reaches into prototypes", { name: "shop", scopes: ["__proto__"] }],
  ["no requests a minute", { name: "shop", scopes: ["orders:write"], perMinute: 0 }],
])("a client with %s is not made", async (_name, client) => {
  await expect(createClient(world.database.pool, PEPPER, client)).rejects.toMatchObject({
    code: "XD_UNUSABLE",
  });
});
