/** Attacks on rates, sizes, kinds and patience (security.md 4.5 and 4.10): refused without reading the body. */
import { connect } from "node:net";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type GatewayWorld, gatewayWorld } from "../testing/gateway-world.ts";
import { ORDER } from "./orders.ts";

let world: GatewayWorld;
let key: string;
beforeAll(async () => {
  world = await gatewayWorld({ bodyMaxBytes: 10_000, openPerMinute: 50 });
  key = await world.key(["orders:write"]);
});
afterAll(() => world.close());
beforeEach(() => {
  world.behave.retryAfterSeconds = null;
});

/** Writes raw bytes to the gateway and reads until it hangs up, or until `enough` says so. */
function raw(
  parts: readonly (string | Uint8Array)[],
  enough: (text: string) => boolean = () => false,
): Promise<string> {
  const { port } = new URL(world.url);
  return new Promise((resolve, reject) => {
    let text = "";
    const socket = connect(Number(port), "127.0.0.1", () => {
      for (const part of parts) socket.write(part);
    });
    socket.on("data", (bytes) => {
      text += bytes;
      if (enough(text)) socket.destroy();
    });
    socket.on("error", (error: NodeJS.ErrnoException) => (text ? undefined : reject(error)));
    socket.on("close", () => resolve(text));
  });
}

const head = (lines: readonly string[]) =>
  `POST /v1/sales-orders HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${key}\r\nidempotency-key: raw\r\n${lines.join("\r\n")}\r\n\r\n`;

test("fifty orders at once at a limit of ten: exactly ten are taken, forty are told when to come back", async () => {
  const limited = await world.key(["orders:write"], { perMinute: 10 });
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, i) =>
      world.send("POST", "/v1/sales-orders", {
        key: limited,
        body: ORDER,
        headers: { "idempotency-key": `burst-${i}` },
      }),
    ),
  );
  const by = Map.groupBy(answers, ({ status }) => status);
  expect([by.get(202)?.length, by.get(429)?.length]).toEqual([10, 40]);
  const refused = by.get(429)![0]!;
  expect({
    after: Number(refused.headers.get("retry-after")),
    limit: refused.headers.get("ratelimit"),
    policy: refused.headers.get("ratelimit-policy"),
    class: refused.body.class,
  }).toEqual({
    after: expect.any(Number),
    limit: expect.stringMatching(/^"caller";r=0;t=\d+$/),
    policy: '"caller";q=10;w=60',
    class: "rate",
  });
  expect(by.get(202)!.at(-1)!.headers.get("ratelimit")).toMatch(/^"caller";r=\d+;t=\d+$/);
});

test("a caller over its limit takes nothing from another", async () => {
  const [loud, quiet] = [
    await world.key(["orders:write"], { perMinute: 5 }),
    await world.key(["orders:write"]),
  ];
  for (let i = 0; i < 20; i++) await world.send("POST", "/v1/sales-orders", { key: loud, body: ORDER });
  const answer = await world.send("POST", "/v1/sales-orders", {
    key: quiet,
    body: ORDER,
    headers: { "idempotency-key": "quiet" },
  });
  expect(answer.status).toBe(202);
});

test("an address without a key has a limit of its own", async () => {
  const statuses: number[] = [];
  for (let i = 0; i < 60; i++) statuses.push((await world.send("GET", "/health/live")).status);
  expect(statuses.filter((status) => status === 429).length).toBeGreaterThanOrEqual(5);
});

test("a dock over its limits takes nothing in and says for how long", async () => {
  world.behave.retryAfterSeconds = 7;
  const { status, headers, body } = await world.send("POST", "/v1/sales-orders", {
    key,
    body: ORDER,
    headers: { "idempotency-key": "over" },
  });
  expect({ status, after: headers.get("retry-after"), class: body.class }).toEqual({
    status: 503,
    after: "7",
    class: "transient",
  });
});

test("a body announced over the limit is refused before a byte of it is sent", async () => {
  const text = await raw([head(["content-type: application/json", "content-length: 10001"])]);
  expect(text).toMatch(/^HTTP\/1\.1 413 /);
  expect(text).toContain('"expected":"at most 10000 bytes"');
  expect(text.toLowerCase()).toContain("connection: close");
});

test("who asks before sending a body hears no before a byte of it, and yes where it is welcome", async () => {
  const ask = (bytes: number) =>
    raw(
      [head(["content-type: application/json", `content-length: ${bytes}`, "expect: 100-continue"])],
      (text) => /100 Continue|"remedy"/.test(text),
    );
  expect(await ask(10_001)).toMatch(/^HTTP\/1\.1 413 /);
  expect(await ask(100)).toMatch(/^HTTP\/1\.1 100 Continue/);
});

test("a body without a length is cut off at the limit", async () => {
  const chunk = `1000\r\n${"x".repeat(4_096)}\r\n`;
  const text = await raw([
    head(["content-type: application/json", "transfer-encoding: chunked"]),
    ...Array.from({ length: 50 }, () => chunk),
  ]);
  expect(text).toMatch(/^HTTP\/1\.1 413 /);
});

test("a body over the limit is refused to a stranger as 401, unread", async () => {
  const text = await raw([
    "POST /v1/sales-orders HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 999999999\r\n\r\n",
  ]);
  expect(text).toMatch(/^HTTP\/1\.1 401 /);
});

test.each([
  ["gzip", gzipSync(Buffer.alloc(5_000_000, 32)), "gzip"],
  ["gzip three times", gzipSync(gzipSync(gzipSync("{}"))), "gzip, gzip, gzip"],
  ["an encoding nobody knows", Buffer.from("{}"), "aes128gcm"],
])("a body in %s is a 415 and is not inflated", async (_name, body, encoding) => {
  const before = process.memoryUsage().rss;
  const { status, body: problem } = await world.send("POST", "/v1/sales-orders", {
    key,
    body,
    headers: { "content-type": "application/json", "content-encoding": encoding, "idempotency-key": "z" },
  });
  expect({ status, field: problem.field }).toEqual({ status: 415, field: "content-encoding" });
  expect(process.memoryUsage().rss - before).toBeLessThan(20_000_000);
});

test.each([
  ["text", "text/plain"],
  ["a form", "application/x-www-form-urlencoded"],
  ["a multipart form", "multipart/form-data; boundary=x"],
  ["XML", "application/xml"],
  ["a kind that is none", "json"],
])("%s where JSON is expected is a 415", async (_name, type) => {
  const { status, body } = await world.send("POST", "/v1/sales-orders", {
    key,
    body: JSON.stringify(ORDER),
    headers: { "content-type": type, "idempotency-key": "m" },
  });
  expect({ status, body }).toMatchObject({
    status: 415,
    body: { field: "content-type", expected: "application/json" },
  });
});

test("JSON with a character set is JSON", async () => {
  const { status } = await world.send("POST", "/v1/sales-orders", {
    key,
    body: JSON.stringify(ORDER),
    headers: { "content-type": "application/json; charset=utf-8", "idempotency-key": "charset" },
  });
  expect(status).toBe(202);
});

test.each([
  ["too many headers", head(Array.from({ length: 120 }, (_, i) => `x-${i}: 1`)), 431],
  ["headers of 20 kB", head([`x-long: ${"y".repeat(20_000)}`]), 431],
  ["a length and chunks at once", head(["content-length: 5", "transfer-encoding: chunked"]), 400],
  ["two lengths", head(["content-length: 5", "content-length: 6"]), 400],
  ["a length that is none", head(["content-length: -5"]), 400],
  ["no HTTP", "\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", 400],
  ["an address that cannot be read", "GET /v1/%zz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n", 400],
])("%s is answered with a problem and the line is closed", async (_name, text, status) => {
  const answer = await raw([text], (all) => all.includes('"remedy"'));
  expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  expect(answer.toLowerCase()).toContain("content-type: application/problem+json");
});

test("a hundred slow sockets keep nobody waiting", async () => {
  const { port } = new URL(world.url);
  const slow = Array.from({ length: 100 }, () => {
    const socket = connect(Number(port), "127.0.0.1", () =>
      socket.write("POST /v1/sales-orders HTTP/1.1\r\nhost: x\r\n"),
    );
    socket.on("error", () => {});
    return socket;
  });
  const started = performance.now();
  const { status } = await world.send("POST", "/v1/sales-orders", {
    key,
    body: ORDER,
    headers: { "idempotency-key": "not-slow" },
  });
  expect(status).toBe(202);
  expect(performance.now() - started).toBeLessThan(1_000);
  for (const socket of slow) socket.destroy();
});

test("a head that never ends is hung up on after ten seconds", async () => {
  const { server } = world.gateway.app;
  expect({ headers: server.headersTimeout, request: server.requestTimeout }).toEqual({
    headers: 10_000,
    request: 60_000,
  });
  // The same with less patience; that the gateway looks often enough shows all the same.
  server.headersTimeout = 500;
  const started = performance.now();
  const answer = await raw(["POST /v1/sales-orders HTTP/1.1\r\nhost: x\r\n"]);
  expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  expect(performance.now() - started).toBeLessThan(9_000);
});

test.each([
  ["an address nobody has", "GET", "/v1/nothing", 404, {}],
  ["another method", "DELETE", "/v1/sales-orders", 405, { expected: "POST or GET" }],
  ["a folder above", "GET", "/v1/../../etc/passwd", 404, {}],
])("%s is a problem", async (_name, method, path, status, expected) => {
  expect(await world.send(method, path)).toMatchObject({ status, body: { status, ...expected } });
});
