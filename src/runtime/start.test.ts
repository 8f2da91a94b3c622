/**
 * The dock as a whole, on a real PostgreSQL, with a target that keeps its own books.
 */

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import Type from "typebox";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Codec } from "../codecs/codec.ts";
import { connection, connector, type Receipt } from "../connectors/connector.ts";
import { ExceptionRaised } from "../contracts/canon/operations.ts";
import { command, event } from "../contracts/contract.ts";
import { flow } from "../flows/flow.ts";
import { send } from "../processes/decision.ts";
import { process } from "../processes/process.ts";
import { toBytes } from "../std/bytes.ts";
import { InDoubt, Refused, Unavailable } from "../std/errors.ts";
import { hurried } from "../testing/clock.ts";
import { type FreshDatabase, freshDatabase } from "../testing/database.ts";
import type { Dock } from "./dock.ts";
import { start } from "./start.ts";

const Text = Type.String({ minLength: 1 });
const OrderCaptured = event({
  name: "sales.order-captured",
  version: 1,
  owner: "sales",
  summary: "An order came in.",
  criticality: "C2",
  data: Type.Object({ orderId: Text, customerReference: Text, amount: Text }),
  keys: { order: "orderId", customerReference: "customerReference" },
  says: { milestone: "captured" },
  sample: { orderId: "SO-1", customerReference: "PO-1", amount: "10.00" },
});
const PostOrder = command({
  name: "erp.post-sales-order",
  version: 1,
  owner: "erp",
  summary: "Book the order.",
  criticality: "C2",
  data: Type.Object({ orderId: Text, amount: Text }),
  keys: { order: "orderId" },
  sample: { orderId: "SO-1", amount: "10.00" },
});
const CancelOrder = command({
  name: "erp.cancel-sales-order",
  version: 1,
  owner: "erp",
  summary: "Take the order back.",
  criticality: "C2",
  data: Type.Object({ orderId: Text }),
  keys: { order: "orderId" },
  sample: { orderId: "SO-1" },
});
const OrderPosted = event({
  name: "erp.order-posted",
  version: 1,
  owner: "erp",
  summary: "The order is booked.",
  criticality: "C2",
  data: Type.Object({ orderId: Text, document: Text }),
  keys: { order: "orderId", document: { path: "document", system: "erp" } },
  says: { milestone: "posted" },
  sample: { orderId: "SO-1", document: "D-1" },
});

const json = <Document>(): Codec<Document> => ({
  name: "json",
  mediaType: "application/json",
  decode: (body) => JSON.parse(Buffer.from(body).toString()),
  encode: (document) => toBytes(JSON.stringify(document)),
});

const books: { key: string; path: string; body: { orderId: string } }[] = [];
let mood: "well" | "lose" | "refuse" | "away" = "well";
const target = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => {
    const key = String(request.headers["x-key"]);
    if (request.method === "GET") {
      const found = books.findIndex((line) => line.key === key);
      response.writeHead(found < 0 ? 404 : 200).end(JSON.stringify({ document: `D-${found}` }));
      return;
    }
    if (mood === "away") return void response.writeHead(503).end();
    if (mood === "refuse") return void response.writeHead(422).end();
    if (!books.some((line) => line.key === key))
      books.push({ key, path: request.url ?? "", body: JSON.parse(Buffer.concat(chunks).toString()) });
    if (mood === "lose") {
      mood = "well";
      request.socket.destroy();
      return;
    }
    response
      .writeHead(201)
      .end(JSON.stringify({ document: `D-${books.findIndex((line) => line.key === key)}` }));
  });
});

const erpConnector = connector({
  name: "erp",
  summary: "The target of this test.",
  config: Type.Object({ url: Text }),
  guarantees: { repeat: "key", verifies: true, ordered: false, settleMs: 0, concurrency: 16 },
  async open({ url }) {
    const call = async (method: string, key: string, path: string, body?: Uint8Array): Promise<Response> =>
      fetch(`${url}/${path}`, {
        method,
        headers: { "x-key": key },
        ...(body ? { body: Buffer.from(body) } : {}),
      });
    const receipt = async (response: Response): Promise<Receipt> => {
      const answer = (await response.json()) as { document: string };
      return { reference: answer.document, answer };
    };
    return {
      async deliver({ key, contract, body }) {
        const response = await call("POST", key, contract, body).catch((cause) => {
          throw new InDoubt("No answer.", { cause });
        });
        if (response.status === 503) throw new Unavailable("Away.");
        if (response.status === 422) throw new Refused("It said no.", { category: "business" });
        return receipt(response);
      },
      async verify({ key, contract }) {
        const response = await call("GET", key, contract);
        return response.status === 404 ? null : receipt(response);
      },
      probe: async () => {
        if (mood === "away") throw new Unavailable("Still away.");
      },
      close: async () => undefined,
    };
  },
});
const inbox = connector({
  name: "inbox",
  summary: "Arrivals are pushed.",
  config: Type.Object({}),
  guarantees: { repeat: "none", verifies: false, ordered: false, settleMs: 0, concurrency: 1 },
  open: async () => ({ probe: async () => undefined, close: async () => undefined }),
});

let database: FreshDatabase;
let dock: Dock;

const orderToErp = process({
  name: "order-to-erp",
  version: 1,
  owner: "sales",
  summary: "Books orders.",
  keyType: "order",
  state: Type.Object({ orderId: Text, amount: Text }),
  milestones: { accepted: {}, posted: {}, closed: {} },
  approvals: { "big order": { by: "sales", within: "4h" } },
  timers: { close: "30ms" },
})
  .startsOn(OrderCaptured, "orderId", ({ orderId, amount }) => {
    if (broken) throw new TypeError("the process does not know this case");
    return begin(orderId, amount);
  })
  .when(OrderPosted, "orderId", ({ amount, orderId }) => ({
    reach: "posted",
    start: ["close"],
    ...(amount === "13.13" ? { publish: [unlucky(orderId)] } : {}),
  }))
  .whenApproved("big order", ({ orderId, amount }) => ({ send: [posting(orderId, amount)] }))
  .whenDeclined("big order", (_, { comment }) => ({ end: { abandon: comment } }))
  .whenElapsed("close", () => ({ reach: "closed", end: "completed" }));

let broken = false;
const begin = (orderId: string, amount: string) => ({
  state: { orderId, amount },
  reach: "accepted" as const,
  ...(amount.length > 6 ? { ask: ["big order" as const] } : { send: [posting(orderId, amount)] }),
});
const unlucky = (salesOrderId: string) =>
  ExceptionRaised.of({
    ...ExceptionRaised.sample,
    subject: `order/${salesOrderId}`,
    salesOrderId,
    title: "An unlucky amount.",
  });
const posting = (orderId: string, amount: string) =>
  send(PostOrder.of({ orderId, amount }), { undo: CancelOrder.of({ orderId }) });

beforeAll(async () => {
  database = await freshDatabase();
  await new Promise<void>((resolve) => target.listen(0, "127.0.0.1", resolve));
  const erp = connection("erp", erpConnector, {
    config: { url: `http://127.0.0.1:${(target.address() as AddressInfo).port}` },
  });
  const orders = connection("orders", inbox, { config: {} });
  dock = await start({
    database: database.url,
    clock: hurried(4),
    flows: [
      flow("orders-in")
        .from(orders)
        .decode(json<typeof OrderCaptured.sample>())
        .expect(OrderCaptured)
        .publish(OrderCaptured),
      flow("post-orders")
        .on(PostOrder)
        .deliver(erp, json())
        .answer(OrderPosted, ({ reference }, { orderId }) =>
          OrderPosted.of({ orderId, document: reference }),
        ),
      flow("cancel-orders").on(CancelOrder).deliver(erp, json()),
    ],
    processes: [orderToErp],
    log: {
      info() {},
      warn: (line, facts) => console.warn(line, facts),
      error: (line, facts) => console.error(line, facts),
    },
  });
});
afterAll(async () => {
  await dock.stop();
  await database.drop();
  target.close();
});

const order = (orderId: string, amount = "10.00") => ({
  messageId: orderId,
  body: toBytes(JSON.stringify({ orderId, customerReference: `PO-${orderId}`, amount })),
});
const until = async <Value>(look: () => Promise<Value | undefined | false>, what: string): Promise<Value> => {
  for (const end = Date.now() + 10_000; Date.now() < end; ) {
    const seen = await look();
    if (seen) return seen;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`It never happened: ${what}`);
};
const instance = async (key: string) => {
  const { rows } = await database.pool.query("select status, milestone, body from instance where key = $1", [
    key,
  ]);
  return rows[0]
    ? { status: rows[0].status, milestone: rows[0].milestone, body: JSON.parse(rows[0].body) }
    : undefined;
};
const ended = (key: string, status: string) =>
  until(async () => (await instance(key))?.status === status, `${key} ${status}`);

test("an order travels: accepted, posted under the number the ERP gave it, closed by a timer", async () => {
  expect(await dock.accept("orders-in", order("SO-1"))).toMatchObject({ outcome: "accepted" });
  await ended("SO-1", "completed");
  expect(books.filter(({ body }) => body.orderId === "SO-1")).toHaveLength(1);
  const { rows: opinions } = await database.pool.query(
    "select milestone, system from opinion where subject = 'order/SO-1' order by milestone, system",
  );
  expect(opinions).toEqual([
    { milestone: "accepted", system: "crossdock" },
    { milestone: "captured", system: "orders" },
    { milestone: "closed", system: "crossdock" },
    { milestone: "posted", system: "crossdock" },
    { milestone: "posted", system: "erp" },
  ]);
  const { rows: keys } = await database.pool.query(
    "select type, value, system from business_key where correlation = 'order/SO-1' order by type, value",
  );
  expect(keys).toEqual([
    { type: "customerReference", value: "PO-SO-1", system: null },
    { type: "document", value: "D-0", system: "erp" },
    { type: "order", value: "SO-1", system: null },
  ]);
});

test("the same order twice is one order and one receipt; other content under its id is refused and kept", async () => {
  const first = await dock.accept("orders-in", order("SO-2"));
  expect(await dock.accept("orders-in", order("SO-2"))).toEqual({
    outcome: "duplicate",
    receipt: first.receipt,
    subject: "order/SO-2",
  });
  expect(await dock.accept("orders-in", order("SO-2", "99.00"))).toMatchObject({
    outcome: "conflict",
    receipt: first.receipt,
  });
  await ended("SO-2", "completed");
  expect(books.filter(({ body }) => body.orderId === "SO-2")).toHaveLength(1);
  const { rows } = await database.pool.query(
    "select state, convert_from(body, 'utf8') as body from arrival where message_id = 'SO-2' order by state",
  );
  expect(rows.map(({ state, body }) => [state, JSON.parse(body).amount])).toEqual([
    ["accepted", "10.00"],
    ["conflict", "99.00"],
  ]);
});

test("many at once, with copies among them, each take effect once", async () => {
  const sent = Array.from({ length: 300 }, (_, n) => order(`SO-M${n % 250}`));
  const taken = await Promise.all(sent.map((each) => dock.accept("orders-in", each)));
  expect(taken.filter(({ outcome }) => outcome === "accepted")).toHaveLength(250);
  expect(taken.filter(({ outcome }) => outcome === "duplicate")).toHaveLength(50);
  await until(
    async () =>
      (
        await database.pool.query(
          "select count(*)::int as n from instance where key like 'SO-M%' and status = 'completed'",
        )
      ).rows[0].n === 250,
    "250 completed",
  );
  const booked = books.filter(({ body }) => body.orderId.startsWith("SO-M")).map(({ body }) => body.orderId);
  expect(new Set(booked).size).toBe(250);
  expect(booked).toHaveLength(250);
});

test("a lost answer is looked into, and posts once", async () => {
  mood = "lose";
  await dock.accept("orders-in", order("SO-L"));
  await ended("SO-L", "completed");
  expect(books.filter(({ body }) => body.orderId === "SO-L")).toHaveLength(1);
  const { rows } = await database.pool.query(
    "select a.outcome from attempt a join delivery d on d.key = a.delivery where d.correlation = 'order/SO-L' order by a.at",
  );
  expect(rows.map(({ outcome }) => outcome)).toEqual(["in doubt", "found"]);
});

test("what breaks its contract is quarantined with its bytes and never becomes a fact", async () => {
  const taken = await dock.accept("orders-in", { messageId: "bad", body: toBytes(`{"orderId":""}`) });
  expect(taken).toMatchObject({ outcome: "quarantined", facts: { contract: "sales.order-captured" } });
  const { rows } = await database.pool.query(
    "select state, convert_from(body, 'utf8') as body from arrival where message_id = 'bad'",
  );
  expect(rows).toEqual([{ state: "quarantined", body: `{"orderId":""}` }]);
});

test("a person's approval moves the order on, and a second answer changes nothing", async () => {
  await dock.accept("orders-in", order("SO-B", "10000.00"));
  const question = await until(
    async () =>
      (await database.pool.query("select id from question where key = 'SO-B' and verdict is null")).rows[0]
        ?.id as string,
    "a question",
  );
  expect(await dock.answer(question, "approved", { name: "maria" }, "fine")).toBe(true);
  expect(await dock.answer(question, "declined", { name: "otto" }, "no")).toBe(false);
  await ended("SO-B", "completed");
  const { rows } = await database.pool.query("select actor, action from audit where subject = $1", [
    question,
  ]);
  expect(rows).toEqual([{ actor: "maria", action: "approve" }]);
});

test("a refusal is held for a person, and goes under the same key when they say so", async () => {
  mood = "refuse";
  await dock.accept("orders-in", order("SO-R"));
  const key = await until(
    async () =>
      (
        await database.pool.query(
          "select key from delivery where correlation = 'order/SO-R' and status = 'held'",
        )
      ).rows[0]?.key as string,
    "held",
  );
  mood = "well";
  expect(await dock.tryAgain(key, { name: "maria", reason: "credit is settled" })).toBe(true);
  await ended("SO-R", "completed");
  expect(books.filter(({ key: sent }) => sent === key)).toHaveLength(1);
  const { rows } = await database.pool.query(
    "select resolved_at is not null as resolved from exception where subject = $1",
    [key],
  );
  expect(rows).toEqual([{ resolved: true }]);
});

test("what a person says of one try is not taken as said of the next", async () => {
  mood = "refuse";
  await dock.accept("orders-in", order("SO-S"));
  const held = async (attempts: number) =>
    until(async () => {
      const { rows } = await database.pool.query(
        "select key from delivery where correlation = 'order/SO-S' and status = 'held' and attempts = $1",
        [attempts],
      );
      return rows[0]?.key as string;
    }, `held after try ${attempts}`);
  const key = await held(1);
  const maria = { name: "maria", reason: "Not booked." };
  expect(await dock.tryAgain(key, maria, 1)).toBe(true);
  await held(2);
  // Her page is old: what she saw there was before the second try, which may have been booked.
  expect([
    await dock.tryAgain(key, maria, 1),
    await dock.settle(key, "not booked", maria, 1),
    await dock.settle(key, { booked: "D-1" }, maria, 1),
    await dock.cancelDelivery(key, maria, 1),
  ]).toEqual([false, false, false, false]);
  mood = "well";
  expect(await dock.settle(key, "not booked", maria, 2)).toBe(true);
  await ended("SO-S", "completed");
  expect(books.filter(({ key: sent }) => sent === key)).toHaveLength(1);
});

test("what a person says was booked is told to whoever waits for it, under the number they give", async () => {
  mood = "refuse";
  await dock.accept("orders-in", order("SO-H"));
  const held = "select key from delivery where correlation = 'order/SO-H' and status = 'held'";
  const key = await until(async () => (await database.pool.query(held)).rows[0]?.key as string, "held");
  mood = "well";
  expect(await dock.settle(key, { booked: "D-4711" }, { name: "maria", reason: "seen in the ERP" })).toBe(
    true,
  );
  await ended("SO-H", "completed");
  expect(books.filter(({ body }) => body.orderId === "SO-H")).toEqual([]);
  const { rows } = await database.pool.query(
    "select id, source, data from event where correlation = 'order/SO-H' and contract = 'erp.order-posted'",
  );
  expect(rows.map(({ data, ...row }) => ({ ...row, data: JSON.parse(data) }))).toEqual([
    { id: `${key}:0`, source: "erp", data: { orderId: "SO-H", document: "D-4711" } },
  ]);
});

test("copies that contradict what was accepted earlier are all conflicts, also when they come at once", async () => {
  const { receipt } = await dock.accept("orders-in", order("SO-T"));
  const copies = [order("SO-T", "9.00"), order("SO-T", "9.00"), order("SO-T"), order("SO-T", "8.00")];
  const taken = await Promise.all(copies.map((copy) => dock.accept("orders-in", copy)));
  expect(taken.map(({ outcome, receipt: its }) => [outcome, its])).toEqual([
    ["conflict", receipt],
    ["conflict", receipt],
    ["duplicate", receipt],
    ["conflict", receipt],
  ]);
});

test("an input a process cannot take stops only its own instance, and goes on when a person says so", async () => {
  broken = true;
  await dock.accept("orders-in", order("SO-P"));
  await ended("SO-P", "parked");
  const raised = await database.pool.query(
    "select id, subject, class from exception where subject = 'order-to-erp:SO-P' and resolved_at is null",
  );
  expect(raised.rows).toMatchObject([{ class: "defect" }]);
  broken = false;
  await dock.accept("orders-in", order("SO-Q"));
  await ended("SO-Q", "completed");
  expect(await dock.tryAgain("order-to-erp:SO-P", { name: "maria", reason: "mended" })).toBe(true);
  await ended("SO-P", "completed");
  expect(books.filter(({ body }) => body.orderId === "SO-P")).toHaveLength(1);
  expect(await dock.tryAgain("order-to-erp:SO-P", { name: "maria" })).toBe(false);
});

test("what a process finds exceptional is shown to its owner until somebody has dealt with it, once", async () => {
  await dock.accept("orders-in", order("SO-X", "13.13"));
  await ended("SO-X", "completed");
  const id = await until(async () => {
    const { rows } = await database.pool.query(
      "select id::text as id from exception where correlation = 'order/SO-X' and resolved_at is null",
    );
    return rows[0]?.id as string | undefined;
  }, "an exception");
  expect(await dock.resolve(id, { name: "maria", reason: "called the customer" })).toBe(true);
  expect(await dock.resolve(id, { name: "otto" })).toBe(false);
  const { rows } = await database.pool.query("select resolution from exception where id = $1", [id]);
  expect(rows).toEqual([{ resolution: "maria: called the customer" }]);
});

test("what comes after the end is shown to a person, each time, and the answers to what we sent are not", async () => {
  await dock.accept("orders-in", order("SO-L"));
  await ended("SO-L", "completed");
  await dock.accept("orders-in", { ...order("SO-L", "20.00"), messageId: "SO-L again" });
  await dock.accept("orders-in", { ...order("SO-L", "30.00"), messageId: "SO-L a third time" });
  const late = await until(async () => {
    const { rows } = await database.pool.query(
      "select id::text as id, class, title, reason, owner from exception where correlation = 'order/SO-L' and resolved_at is null",
    );
    return rows.length === 2 && rows;
  }, "two exceptions");
  expect(late).toMatchObject(
    Array(2).fill({
      class: "duplicate or conflict",
      title: "sales.order-captured came after order-to-erp had ended",
      owner: "sales",
      reason:
        "The order-to-erp of order SO-L was completed before it came, and nothing was done with it. Do by hand what it asks for, or say that there is nothing to do.",
    }),
  );
  for (const { id } of late)
    expect(await dock.resolve(id, { name: "maria", reason: "a new order" })).toBe(true);
});

test("while a target is away nothing is lost and tries are not used up; it comes back by itself", async () => {
  mood = "away";
  await Promise.all(Array.from({ length: 20 }, (_, n) => dock.accept("orders-in", order(`SO-A${n}`))));
  await until(
    async () => dock.connections().find(({ name }) => name === "erp")?.breaker !== "closed",
    "the breaker opens",
  );
  mood = "well";
  await until(
    async () =>
      (
        await database.pool.query(
          "select count(*)::int as n from instance where key like 'SO-A%' and status = 'completed'",
        )
      ).rows[0].n === 20,
    "20 completed",
  );
  const { rows } = await database.pool.query(
    "select max(attempts)::int as most from delivery where correlation like 'order/SO-A%'",
  );
  expect(rows[0].most).toBeLessThanOrEqual(3);
});

test("a restart finds what was owed and finishes it", async () => {
  mood = "away";
  await dock.accept("orders-in", order("SO-Z"));
  await until(
    async () =>
      (
        await database.pool.query(
          "select count(*)::int as n from delivery where correlation = 'order/SO-Z' and attempts > 0",
        )
      ).rows[0].n === 1,
    "tried",
  );
  const definitions = dock.definitions;
  await dock.stop();
  mood = "well";
  dock = await start({
    database: database.url,
    clock: hurried(4),
    flows: [...definitions.flows.values()],
    processes: [...definitions.processes.values()],
  });
  await ended("SO-Z", "completed");
  expect(books.filter(({ body }) => body.orderId === "SO-Z")).toHaveLength(1);
});
