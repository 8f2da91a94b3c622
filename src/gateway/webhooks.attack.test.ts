/** Attacks on webhooks (security.md 4.6): only who signs these bytes now is heard, and each message once. */
import { createHmac } from "node:crypto";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type GatewayWorld, gatewayWorld, WEBHOOK_SECRET } from "../testing/gateway-world.ts";

let world: GatewayWorld;
beforeAll(async () => {
  world = await gatewayWorld({ failuresPerMinute: 1_000_000 });
});
afterAll(() => world.close());

const BODY = '{"type":"stock.allocated","id":"a-1", "orderId":"SO-1"}';
const now = () => Math.floor(Date.now() / 1_000);
const mac = (id: string, timestamp: string | number, body: string, secret = WEBHOOK_SECRET) =>
  createHmac("sha256", Buffer.from(secret.slice(6), "base64"))
    .update(`${id}.${timestamp}.${body}`)
    .digest("base64");

let ids = 0;
/** A webhook as its sender would send it, with whatever is changed on the way. */
function deliver(
  changed: {
    id?: string;
    timestamp?: string;
    signature?: string;
    body?: string;
    path?: string;
    without?: string;
  } = {},
) {
  const { id = `msg_${++ids}`, timestamp = String(now()), body = BODY } = changed;
  const headers: Record<string, string> = {
    "content-type": "application/json",
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": changed.signature ?? `v1,${mac(id, timestamp, BODY)}`,
  };
  if (changed.without) delete headers[changed.without];
  return world.send("POST", changed.path ?? "/v1/webhooks/wms", { body, headers });
}

test("a signed webhook goes into its flow with its own id, under the connection of the flow, as it came", async () => {
  const { status, body } = await deliver({ id: "msg_first" });
  expect({ status, body }).toEqual({ status: 202, body: { receipt: expect.any(String), duplicate: false } });
  const taken = (await world.arrivals()).at(-1)!;
  expect({ ...taken, body: taken.body.toString() }).toEqual({
    flow: "wms-in",
    source: "wms",
    messageId: "msg_first",
    mediaType: "application/json",
    state: "accepted",
    body: BODY,
  });
});

test("a connection of the connector webhook has its door without being named as a capability", async () => {
  expect((await deliver({ path: "/v1/webhooks/payments" })).status).toBe(202);
  expect((await world.arrivals()).at(-1)).toMatchObject({ flow: "payments-in", source: "payments" });
});

test("the same webhook again is a 200 with the same receipt, and nothing happens", async () => {
  const first = await deliver({ id: "msg_twice" });
  const before = (await world.arrivals()).length;
  const second = await deliver({ id: "msg_twice" });
  expect({ status: second.status, body: second.body }).toEqual({
    status: 200,
    body: { receipt: first.body.receipt, duplicate: true },
  });
  expect(await world.arrivals()).toHaveLength(before);
});

test.each([
  ["one byte changed", { body: BODY.replace("SO-1", "SO-2") }, 401],
  ["white space changed", { body: BODY.replace(", ", ",") }, 401],
  ["the body written anew", { body: JSON.stringify(JSON.parse(BODY)) }, 401],
  ["no signature", { without: "webhook-signature" }, 401],
  ["no timestamp", { without: "webhook-timestamp" }, 401],
  ["no id", { without: "webhook-id" }, 401],
  ["an empty signature", { signature: "v1," }, 401],
  ["a signature too short", { signature: "v1,AAAA" }, 401],
  ["a signature too long", { signature: `v1,${"A".repeat(200)}` }, 401],
  ["another scheme", { signature: `v0,${"A".repeat(43)}=` }, 401],
  [
    "two hundred signatures",
    { signature: Array.from({ length: 200 }, () => `v1,${"A".repeat(43)}=`).join(" ") },
    401,
  ],
  ["an id with a full stop", { id: "msg.1" }, 400],
  ["a timestamp in words", { timestamp: "today" }, 400],
  ["a name nobody agreed", { path: "/v1/webhooks/nobody" }, 404],
  ["a name from a prototype", { path: "/v1/webhooks/__proto__" }, 404],
  ["nothing changed", {}, 202],
])("a webhook with %s is a %i", async (_name, changed, status) => {
  const before = (await world.arrivals()).length;
  const answer = await deliver(changed);
  expect(answer.status).toBe(status);
  expect((await world.arrivals()).length - before).toBe(status === 202 ? 1 : 0);
});

test.each([
  [-301, 401],
  [-298, 202],
  [298, 202],
  [302, 401],
])("a webhook stamped %i seconds from now is a %i", async (seconds, status) => {
  expect((await deliver({ timestamp: String(now() + seconds) })).status).toBe(status);
});

test("a captured webhook cannot be given a fresh timestamp", async () => {
  const id = "msg_captured";
  const old = String(now() - 200);
  const signature = `v1,${mac(id, old, BODY)}`;
  expect((await deliver({ id, timestamp: String(now()), signature })).status).toBe(401);
});

test("a secret being exchanged signs as well as the current one; a third does not", async () => {
  const [next, stranger] = [9, 11].map((fill) => `whsec_${Buffer.alloc(32, fill).toString("base64")}`) as [
    string,
    string,
  ];
  const both = await gatewayWorld({
    capabilities: { webhooks: { wms: { flow: "wms-in", secrets: [next, WEBHOOK_SECRET] } } },
  });
  try {
    const send = (id: string, secret: string) => {
      const timestamp = String(now());
      return both.send("POST", "/v1/webhooks/wms", {
        body: BODY,
        headers: {
          "webhook-id": id,
          "webhook-timestamp": timestamp,
          "webhook-signature": `v1,${mac(id, timestamp, BODY, secret)}`,
        },
      });
    };
    expect([
      (await send("a", next)).status,
      (await send("b", WEBHOOK_SECRET)).status,
      (await send("c", stranger)).status,
    ]).toEqual([202, 202, 401]);
  } finally {
    await both.close();
  }
});

test.each([
  ["no secret", []],
  ["a short secret", ["whsec_AAAA"]],
  ["three secrets", [WEBHOOK_SECRET, WEBHOOK_SECRET, WEBHOOK_SECRET]],
])("a webhook with %s does not start", async (_name, secrets) => {
  await expect(
    gatewayWorld({ capabilities: { webhooks: { wms: { flow: "wms-in", secrets } } } }),
  ).rejects.toMatchObject({ code: "XD_UNUSABLE" });
});

test("who keeps signing wrongly, or sending to names that are none, is told to stay away before his bodies are read", async () => {
  const strict = await gatewayWorld({ failuresPerMinute: 10 });
  try {
    const statuses: number[] = [];
    for (let i = 0; i < 15; i++) {
      const name = i % 2 === 0 ? "wms" : "nobody";
      statuses.push((await strict.send("POST", `/v1/webhooks/${name}`, { body: BODY })).status);
    }
    const wrong = Array(5).fill([401, 404]).flat();
    expect([statuses.slice(0, 10), statuses.slice(11)]).toEqual([wrong, Array(4).fill(429)]);
    expect((await strict.send("GET", "/health/ready")).status).toBe(200);
  } finally {
    await strict.close();
  }
});

test("neither secrets nor bodies are in the log", async () => {
  await deliver({ body: BODY.replace("SO-1", "CANARY-7") });
  await vi.waitUntil(() => world.logged().includes("bad-signature"), { timeout: 15_000 });
  expect(world.logged()).not.toContain("CANARY-7");
  expect(world.logged()).not.toContain(WEBHOOK_SECRET.slice(6));
});

test("an event goes into a configured flow as it came, bytes or JSON, and into no other", async () => {
  const key = await world.key(["events:write"], { name: "plant" });
  const bytes = new Uint8Array([0, 255, 10, 13]);
  const send = (flow: string, type: string) =>
    world.send("POST", `/v1/events/${flow}`, {
      key,
      body: bytes,
      headers: { "content-type": type, "idempotency-key": `event-${flow}` },
    });
  expect((await send("machine-events", "application/octet-stream")).status).toBe(202);
  const { body, ...taken } = (await world.arrivals()).at(-1)!;
  expect({ ...taken, body: new Uint8Array(body) }).toEqual({
    flow: "machine-events",
    source: "plant",
    messageId: "event-machine-events",
    mediaType: "application/octet-stream",
    state: "accepted",
    body: bytes,
  });
  expect((await send("api-orders", "application/json")).status).toBe(404);
});
