/**
 * Orders are taken once, whatever their sender does; what is wrong with them is said so that it can be mended.
 *
 * @covers API-05
 */
import { request as httpRequest } from "node:http";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { Unavailable } from "../std/errors.ts";
import { type GatewayWorld, gatewayWorld } from "../testing/gateway-world.ts";
import { ORDER } from "./orders.ts";

let world: GatewayWorld;
let key: string;
beforeAll(async () => {
  world = await gatewayWorld();
  key = await world.key(["orders:write"], { name: "web-shop" });
});
afterAll(() => world.close());
beforeEach(() => {
  delete world.behave.accept;
  world.behave.retryAfterSeconds = null;
});

let keys = 0;
const post = (body: unknown, headers: Record<string, string> = {}) =>
  world.send("POST", "/v1/sales-orders", {
    key,
    body,
    headers: { "idempotency-key": `order-${++keys}`, ...headers },
  });

test("an order is taken: receipt, order number, where to look, and the bytes go on as they came", async () => {
  const text = `{ "customerReference": "PO-1", "customer": "C-NORTH",  "currency":"EUR", "lines":[{"sku":"PUMP-100","quantity":"2"}] }`;
  const { status, headers, body } = await post(text, { "idempotency-key": "first" });
  expect({ status, body }).toEqual({
    status: 202,
    body: {
      receipt: expect.stringMatching(/^[0-9a-f-]{36}$/),
      orderId: "SO-PO-1",
      duplicate: false,
      links: { self: "/v1/sales-orders/SO-PO-1" },
    },
  });
  expect(headers.get("location")).toBe("/v1/sales-orders/SO-PO-1");
  const taken = (await world.arrivals()).at(-1)!;
  expect({ ...taken, body: taken.body.toString() }).toEqual({
    flow: "api-orders",
    source: "web-shop",
    messageId: "first",
    mediaType: "application/json",
    state: "accepted",
    body: text,
  });
});

test("the order that was taken can be looked up by its number and by the customer's, and goes its way", async () => {
  const reader = await world.key(["orders:read"], { name: "web-shop" });
  await post({ ...ORDER, customerReference: "PO-LOOK" });
  const captured = async () =>
    (await world.send("GET", "/v1/sales-orders/SO-PO-LOOK", { key: reader })).body.milestone === "captured";
  await vi.waitUntil(captured, { timeout: 15_000 });
  const { status, body } = await world.send("GET", "/v1/sales-orders?customerReference=PO-LOOK", {
    key: reader,
  });
  expect({ status, body }).toMatchObject({
    status: 200,
    body: {
      orders: [
        {
          type: "order",
          number: "SO-PO-LOOK",
          milestones: [
            { milestone: "captured", state: "reached", reachedAt: expect.any(String) },
            { milestone: "shipped", state: "open", dueAt: expect.any(String) },
          ],
          systems: expect.arrayContaining([
            { system: "web-shop", milestone: "captured", reached: true, saidAt: expect.any(String) },
          ]),
        },
      ],
    },
  });
});

test("the same order again gets the same receipt and happens once", async () => {
  const headers = { "idempotency-key": "again" };
  const first = await post(ORDER, headers);
  const before = (await world.arrivals()).length;
  const second = await post(ORDER, headers);
  expect({ status: second.status, body: second.body }).toEqual({
    status: 200,
    body: { ...first.body, duplicate: true },
  });
  expect(await world.arrivals()).toHaveLength(before);
});

test("other content under the same key is a conflict that names the first receipt", async () => {
  const headers = { "idempotency-key": "reused" };
  const first = await post(ORDER, headers);
  const {
    status,
    headers: answered,
    body,
  } = await post({ ...ORDER, customerReference: "PO-other" }, headers);
  expect({ status, type: answered.get("content-type"), body }).toEqual({
    status: 409,
    type: "application/problem+json",
    body: {
      type: "urn:crossdock:problem:idempotency-conflict",
      title: "This Idempotency-Key was used before with other content.",
      status: 409,
      detail: "This Idempotency-Key was used before with other content.",
      instance: expect.stringMatching(/^urn:crossdock:request:/),
      class: "data",
      remedy: "Use a new Idempotency-Key for new content, or send exactly the bytes of the first request.",
      receipt: first.body.receipt,
    },
  });
});

test("an order number of the caller's own is kept", async () => {
  const { body } = await post({ ...ORDER, orderId: "SO-77" });
  expect(body.orderId).toBe("SO-77");
});

test("what came in but broke its contract is a 422 with the receipt and the facts, without what was found", async () => {
  const { status, body } = await post({ ...ORDER, customer: "C-GHOST" }, { "idempotency-key": "ghost" });
  expect({ status, body }).toMatchObject({
    status: 422,
    body: {
      type: "urn:crossdock:problem:quarantined",
      class: "data",
      field: "customer",
      expected: "a customer we know",
      receipt: expect.stringMatching(/^[0-9a-f-]{36}$/),
      facts: { field: "customer", expected: "a customer we know" },
    },
  });
  expect(JSON.stringify(body)).not.toContain("C-GHOST");
  expect((await world.arrivals()).at(-1)).toMatchObject({ messageId: "ghost", state: "quarantined" });
});

test("a dock that cannot take it says so and when to come back", async () => {
  world.behave.accept = async () => {
    throw new Unavailable("Stopping.", { retryAfterMs: 2_500 });
  };
  const { status, headers, body } = await post(ORDER);
  expect({ status, retryAfter: headers.get("retry-after"), class: body.class }).toEqual({
    status: 503,
    retryAfter: "3",
    class: "transient",
  });
});

test("an order with two Idempotency-Keys is not taken: nobody can say which one counts", async () => {
  const status = await new Promise<number>((resolve, reject) => {
    const sent = httpRequest(`${world.url}/v1/sales-orders`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${key}`,
        "content-type": "application/json",
        "idempotency-key": ["one", "two"],
      },
    });
    sent.on("response", (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    sent.on("error", reject);
    sent.end(JSON.stringify(ORDER));
  });
  expect(status).toBe(400);
});

const about = (order: string, what: "changes" | "cancellation", as = key) =>
  world.send("POST", `/v1/sales-orders/${order}/${what}`, {
    key: as,
    body: what === "changes" ? { lines: [{ line: "1", quantity: "4" }] } : { reason: "Ordered twice." },
    headers: { "idempotency-key": `${what}-${++keys}` },
  });

test("a change and a cancellation carry the order number of their address", async () => {
  await post({ ...ORDER, customerReference: "PO-CHANGE" });
  const changed = await about("SO-PO-CHANGE", "changes");
  const cancelled = await about("SO-PO-CHANGE", "cancellation");
  expect([changed, cancelled].map(({ status, body }) => [status, body.orderId])).toEqual([
    [202, "SO-PO-CHANGE"],
    [202, "SO-PO-CHANGE"],
  ]);
  const arrivals = await world.arrivals();
  expect(arrivals.slice(-2).map(({ flow, body }) => [flow, JSON.parse(body.toString())])).toEqual([
    ["api-changes", { orderId: "SO-PO-CHANGE", lines: [{ line: "1", quantity: "4" }] }],
    ["api-cancellations", { orderId: "SO-PO-CHANGE", reason: "Ordered twice." }],
  ]);
});

test("a client cannot change, cancel or come to see what another began, not even by speaking of it", async () => {
  await post({ ...ORDER, customerReference: "PO-MINE" });
  const thief = await world.key(["orders:write", "orders:read"], { name: "thief" });
  const before = (await world.arrivals()).length;
  for (const order of ["SO-PO-MINE", "SO-NOBODY"]) {
    expect((await about(order, "changes", thief)).status).toBe(404);
    expect((await about(order, "cancellation", thief)).status).toBe(404);
  }
  expect(await world.arrivals()).toHaveLength(before);
  const claim = await world.send("POST", "/v1/sales-orders", {
    key: thief,
    body: { ...ORDER, orderId: "SO-PO-MINE" },
    headers: { "idempotency-key": "claim" },
  });
  expect(claim.status).toBe(202);
  expect((await world.send("GET", "/v1/sales-orders/SO-PO-MINE", { key: thief })).status).toBe(404);
});

test("customer service with the right to read all may change what another began", async () => {
  await post({ ...ORDER, customerReference: "PO-DESK" });
  const desk = await world.key(["orders:write", "orders:read-all"]);
  expect((await about("SO-PO-DESK", "changes", desk)).status).toBe(202);
});

// Each row cures the fault of the row above, down to the one that is taken.
test.each([
  ["no body", "", 422, { field: "body, character 1" }],
  ["no JSON", "{", 422, { field: "body, character 2" }],
  ["a list", [], 422, { field: "body", expected: "an object" }],
  ["nothing in it", {}, 422, { field: "customer", detail: "The field customer is missing." }],
  [
    "a misspelt field",
    { ...ORDER, requestDate: "2026-12-01" },
    422,
    {
      field: "requestDate",
      detail: "The field requestDate is not known.",
      expected: expect.stringContaining("requestedDate"),
    },
  ],
  ["no lines", { ...ORDER, lines: [] }, 422, { field: "lines", expected: "1 to 5000 order lines" }],
  [
    "a quantity as a number",
    { ...ORDER, lines: [{ sku: "PUMP-100", quantity: 2 }] },
    422,
    { field: "lines[0].quantity", expected: 'a quantity above zero as text, such as "8"' },
  ],
  [
    "a quantity of nothing",
    { ...ORDER, lines: [{ sku: "PUMP-100", quantity: "0.000" }] },
    422,
    { field: "lines[0].quantity" },
  ],
  [
    "a negative quantity",
    { ...ORDER, lines: [{ sku: "PUMP-100", quantity: "-1" }] },
    422,
    { field: "lines[0].quantity" },
  ],
  ["a line without an item", { ...ORDER, lines: [{ quantity: "1" }] }, 422, { field: "lines[0].sku" }],
  [
    "a currency in words",
    { ...ORDER, currency: "Euro" },
    422,
    { field: "currency", expected: "an ISO 4217 currency code, such as EUR" },
  ],
  ["a line break in a number", { ...ORDER, customer: "C-1\nX" }, 422, { field: "customer" }],
  ["everything as agreed", ORDER, 202, {}],
  [
    "everything a web shop knows",
    {
      customerReference: "WEB-1001",
      customer: "C-SHOP",
      currency: "EUR",
      requestedDate: "2026-12-01",
      lines: [{ line: "1", sku: "PUMP-100", quantity: "2", unit: "EA", price: "500.00" }],
      payment: { method: "card", token: "AUTH-WEB-1001" },
      shipTo: {
        name: "Camille Moreau",
        street: "12 rue des Lilas",
        city: "Lyon",
        postalCode: "69003",
        country: "FR",
      },
      extensions: { campaign: "winter" },
    },
    202,
    { orderId: "SO-WEB-1001" },
  ],
])("an order with %s", async (_name, body, status, expected) => {
  const answer = await post(body);
  expect(answer).toMatchObject({ status, body: expected });
  if (status !== 202) expect(answer.body.remedy).toMatch(/\.$/);
});

test.each([
  ["none", {}],
  ["an empty one", { "idempotency-key": "" }],
  ["one of 256 characters", { "idempotency-key": "k".repeat(256) }],
  ["one with a tab inside", { "idempotency-key": "a\tb" }],
])("an order with %s as Idempotency-Key is not taken", async (_name, headers) => {
  const { status, body } = await world.send("POST", "/v1/sales-orders", {
    key,
    body: ORDER,
    headers: headers as Record<string, string>,
  });
  expect({ status, body }).toMatchObject({
    status: 400,
    body: { type: "urn:crossdock:problem:idempotency-key-missing", field: "idempotency-key" },
  });
});

test("a key narrowed to one customer orders for no other, and chooses no order numbers", async () => {
  const narrow = await world.key(["orders:write", "customer:C-NORTH"]);
  const order = (body: object) =>
    world.send("POST", "/v1/sales-orders", {
      key: narrow,
      body,
      headers: { "idempotency-key": `n-${++keys}` },
    });
  expect((await order({ ...ORDER, customer: "C-NORTH" })).status).toBe(202);
  expect(await order({ ...ORDER, customer: "C-BAKER" })).toMatchObject({
    status: 403,
    body: { class: "auth", field: "customer" },
  });
  expect(await order({ ...ORDER, customer: "C-NORTH", orderId: "SO-ACME-PO-1" })).toMatchObject({
    status: 403,
    body: { class: "auth", field: "orderId" },
  });
});
