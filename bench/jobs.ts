/**
 * One measured job in a process of its own: `node bench/jobs.ts <job> <database> <target> <count>`.
 *
 * raw: batched inserts of the same bytes, the floor. deliver: accept, map, deliver over HTTP, recorded. process:
 * order-to-cash with three calls and two waits. latency: deliver at a moderate rate. parked: what
 * many waiting instances cost. resume: a fresh process on them. Prints one line of JSON with what it measured.
 */

import * as dock from "crossdock";
import { json } from "crossdock/codecs/json";
import { http } from "crossdock/connectors/http";
import { type Dock, start } from "crossdock/server";
import pg from "pg";
import Type from "typebox";
import { type BenchOrder, HANDED_IN, order, orderNumber, toDocument } from "./order.ts";

const [job = "", database = "", target = "", howMany = "0", rate = "0"] = process.argv.slice(2);
const count = Number(howMany);
const IN_FLIGHT = 64;

const Text = Type.String({ minLength: 1, maxLength: 200 });
const Order = Type.Object({
  salesOrderId: Text,
  customerReference: Text,
  customer: Text,
  capturedAt: Text,
  currency: Text,
  shipTo: Type.Object({ name: Text, street: Text, city: Text, postalCode: Text, country: Text }),
  lines: Type.Array(
    Type.Object({ line: Text, item: Text, description: Text, quantity: Text, uom: Text, price: Text }),
  ),
  total: Text,
});
const about = { version: 1, owner: "bench", criticality: "C2" } as const;

const OrderCaptured = dock.event({
  ...about,
  name: "sales.order-captured",
  summary: "An order came in.",
  data: Order,
  keys: { order: "salesOrderId", customerReference: "customerReference", customer: "customer" },
  says: { milestone: "captured" },
  time: "capturedAt",
  sample: order(1),
});
const OfOrder = Type.Object({ salesOrderId: Text, at: Text });
const fact = (name: string, milestone: string) =>
  dock.event({
    ...about,
    name,
    summary: name,
    data: OfOrder,
    keys: { order: "salesOrderId" },
    says: { milestone },
    time: "at",
    sample: { salesOrderId: "SO-1", at: "2026-01-05T08:00:00.000Z" },
  });
const Shipped = fact("logistics.shipment-dispatched", "dispatched");
const Paid = fact("finance.payment-applied", "paid");

const Ask = Type.Object({ salesOrderId: Text, customer: Text, total: Text, currency: Text });
const call = (name: string) =>
  dock.command({
    ...about,
    name,
    summary: name,
    data: Ask,
    keys: { order: "salesOrderId" },
    sample: { salesOrderId: "SO-1", customer: "C-1", total: "1.00", currency: "EUR" },
  });
const PostOrder = call("erp.post-sales-order");
const Ship = call("wms.ship-order");
const Invoice = call("erp.post-invoice");
const Answer = Type.Object({ salesOrderId: Text, number: Text });
const answer = (name: string, milestone: string) =>
  dock.event({
    ...about,
    name,
    summary: name,
    data: Answer,
    keys: { order: "salesOrderId", document: { path: "number", system: "erp" } },
    says: { milestone },
    sample: { salesOrderId: "SO-1", number: "D-1" },
  });
const Posted = answer("sales.order-accepted", "accepted");
const Released = answer("inventory.stock-allocated", "allocated");
const Invoiced = answer("finance.invoice-posted", "invoiced");

const pushed = dock.connector({
  name: "pushed",
  summary: "Arrivals are handed in by the benchmark.",
  config: Type.Object({}),
  guarantees: { repeat: "none", verifies: false, ordered: false, settleMs: 0, concurrency: 1 },
  open: async () => ({ probe: async () => undefined, close: async () => undefined }),
});
const orders = dock.connection("orders", pushed, { config: {} });
const paths = {
  "sales.order-captured": "/orders",
  "erp.post-sales-order": "/post",
  "wms.ship-order": "/ship",
  "erp.post-invoice": "/invoice",
};
const erp = dock.connection("erp", http, {
  concurrency: IN_FLIGHT,
  config: { url: target, paths, reference: "number", probe: "/" },
});

const inbound = <Data>(name: string, contract: dock.Contract<Data>) =>
  dock.flow(name).from(orders).decode(json<Data>()).expect(contract).publish(contract);
const deliverFlows = [
  inbound("orders-in", OrderCaptured),
  dock
    .flow("orders-out")
    .on(OrderCaptured)
    .map((given) => toDocument(given as BenchOrder))
    .deliver(erp, json()),
];
const outbound = (name: string, command: typeof PostOrder, told: typeof Posted) =>
  dock
    .flow(name)
    .on(command)
    .deliver(erp, json())
    .answer(told, ({ reference }, { salesOrderId }) => told.of({ salesOrderId, number: reference }));
const processFlows = [
  inbound("orders-in", OrderCaptured),
  inbound("shipped-in", Shipped),
  inbound("paid-in", Paid),
  outbound("post", PostOrder, Posted),
  outbound("ship", Ship, Released),
  outbound("invoice", Invoice, Invoiced),
];
const asked = ({
  salesOrderId,
  customer,
  total,
  currency,
}: Pick<BenchOrder, "salesOrderId" | "customer" | "total" | "currency">) => ({
  salesOrderId,
  customer,
  total,
  currency,
});
const orderToCash = dock
  .process({
    name: "order-to-cash",
    version: 1,
    owner: "bench",
    summary: "Three calls and two waits.",
    keyType: "order",
    state: Ask,
    milestones: { accepted: {}, allocated: {}, dispatched: {}, invoiced: {}, paid: {} },
  })
  .startsOn(OrderCaptured, "salesOrderId", (given) => ({
    state: asked(given),
    send: [dock.send(PostOrder.of(asked(given)))],
  }))
  .when(Posted, "salesOrderId", (state) => ({ reach: "accepted", send: [dock.send(Ship.of(state))] }))
  .when(Released, "salesOrderId", () => ({ reach: "allocated" }))
  .when(Shipped, "salesOrderId", (state) => ({ reach: "dispatched", send: [dock.send(Invoice.of(state))] }))
  .when(Invoiced, "salesOrderId", () => ({ reach: "invoiced" }))
  .when(Paid, "salesOrderId", () => ({ reach: "paid", end: "completed" }));

const bytes = (given: object): Uint8Array => Buffer.from(JSON.stringify(given));
const arrival = (n: number) => ({ messageId: orderNumber(n), body: bytes(order(n)) });
const happened = (kind: string, n: number) => ({
  messageId: `${kind}-${n}`,
  body: bytes({ salesOrderId: orderNumber(n), at: "2026-01-05T09:00:00.000Z" }),
});

async function main(): Promise<object> {
  if (job === "raw") return raw();
  const began = performance.now();
  const whole = job === "process" || job === "parked" || job === "resume";
  const running = await start({
    database,
    flows: whole ? processFlows : deliverFlows,
    processes: whole ? [orderToCash] : [],
  });
  const pool = new pg.Pool({ connectionString: database, options: "-c search_path=crossdock" });
  try {
    if (job === "deliver") return await deliver(running, pool);
    if (job === "process") return await instances(running, pool);
    if (job === "latency") return await latency(running, pool);
    if (job === "resume") return await resume(began, running, pool);
    return await parked(running, pool);
  } finally {
    await pool.end();
    await running.stop();
  }
}

/** The floor: the same bytes, 500 rows a statement, one statement in flight. */
async function raw(): Promise<object> {
  const client = new pg.Client({ connectionString: database });
  await client.connect();
  await client.query("create table raw (id text primary key, body text not null)");
  const began = performance.now();
  for (let from = 0; from < count; from += 500) {
    const batch = Array.from({ length: Math.min(500, count - from) }, (_, n) => order(from + n)).map(
      (given) => ({ id: given.salesOrderId, body: JSON.stringify(given) }),
    );
    await client.query({
      name: "raw",
      text: "insert into raw select id, body from json_to_recordset($1::json) as r(id text, body text)",
      values: [JSON.stringify(batch)],
    });
  }
  const ms = performance.now() - began;
  await client.end();
  return { perSecond: count / (ms / 1_000) };
}

/** Accepts all orders as fast as they are taken, and waits until every one is recorded as delivered. */
async function deliver(running: Dock, pool: pg.Pool): Promise<object> {
  const arrivals = Array.from({ length: count }, (_, n) => arrival(n));
  const began = performance.now();
  const cpu = process.cpuUsage();
  await flood(count, (n) => running.accept("orders-in", arrivals[n]!));
  await until(
    pool,
    "select coalesce(sum(delta), 0) as count from counter where scope = 'erp' and name = 'delivery applied'",
    count,
  );
  const used = process.cpuUsage(cpu);
  const ms = performance.now() - began;
  return { perSecond: count / (ms / 1_000), nodeCpuMsPerThousand: (used.user + used.system) / count };
}

/** Orders, then the warehouse's and the bank's word for each once it waits for them. */
async function instances(running: Dock, pool: pg.Pool): Promise<object> {
  const told = Array.from({ length: count }, (_, n) => ({
    ordered: arrival(n),
    shipped: happened("ship", n),
    paid: happened("pay", n),
  }));
  const began = performance.now();
  const cpu = process.cpuUsage();
  await flood(count, async (n) => {
    const { ordered, shipped, paid } = told[n]!;
    await running.accept("orders-in", ordered);
    await running.accept("shipped-in", shipped);
    await running.accept("paid-in", paid);
  });
  await until(
    pool,
    "select coalesce(sum(delta), 0) as count from counter where scope = 'order-to-cash' and name = 'completed'",
    count,
  );
  const used = process.cpuUsage(cpu);
  const ms = performance.now() - began;
  return { perSecond: count / (ms / 1_000), nodeCpuMsPerThousand: (used.user + used.system) / count };
}

/**
 * From being handed in to being recorded as delivered, at a steady rate. Each order is touched by three commits: accepted,
 * routed, recorded; the third one is the end. That all were applied is asked of the table afterwards.
 */
async function latency(running: Dock, pool: pg.Pool): Promise<object> {
  const begun = new Map<string, number>();
  const commits = new Map<string, number>();
  const accepted: number[] = [];
  const done: number[] = [];
  const finished = Promise.withResolvers<void>();
  running.onCommit((correlations) => {
    const now = performance.now();
    for (const correlation of correlations) {
      const seen = (commits.get(correlation) ?? 0) + 1;
      commits.set(correlation, seen);
      if (seen === 3) done.push(now - (begun.get(correlation) ?? now));
    }
    if (done.length === count) finished.resolve();
  });
  const every = 1_000 / Number(rate);
  const from = performance.now();
  for (let n = 0; n < count; n += 1) {
    const wait = from + n * every - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    const at = performance.now();
    begun.set(`order/${orderNumber(n)}`, at);
    void running.accept("orders-in", arrival(n)).then(() => accepted.push(performance.now() - at));
  }
  await finished.promise;
  await until(pool, "select count(*) from delivery where status = 'applied'", count);
  return {
    acceptP50Ms: at(accepted, 0.5),
    acceptP99Ms: at(accepted, 0.99),
    p50Ms: at(done, 0.5),
    p99Ms: at(done, 0.99),
  };
}

/** Leaves many instances waiting for the warehouse, and says what they cost the database. */
async function parked(running: Dock, pool: pg.Pool): Promise<object> {
  const size = async (what: string) => Number((await pool.query(`select ${what} as bytes`)).rows[0].bytes);
  const before = await size("pg_database_size(current_database())");
  await flood(count, (n) => running.accept("orders-in", arrival(n)));
  await until(pool, "select count(*) from instance where milestone = 'allocated'", count);
  await pool.query("checkpoint");
  const kb = (bytes: number) => bytes / 1_024 / count;
  return {
    databaseKbPerInstance: kb((await size("pg_database_size(current_database())")) - before),
    instanceTableKbPerInstance: kb(await size("pg_total_relation_size('instance')")),
  };
}

/** A fresh process on a database where others wait: how soon does something move, and what does waiting cost it? */
async function resume(began: number, running: Dock, pool: pg.Pool): Promise<object> {
  const waiting = Number((await pool.query("select count(*) from instance")).rows[0].count);
  if (waiting === 0) {
    await running.accept("orders-in", arrival(7));
    await until(pool, "select count(*) from instance where milestone = 'allocated'", 1);
  }
  await running.accept("shipped-in", happened("ship", 7));
  await until(pool, "select count(*) from instance where milestone in ('dispatched', 'invoiced')", 1);
  const firstProgressMs = performance.now() - began;
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  global.gc?.();
  return {
    waiting,
    firstProgressMs,
    processMb: process.memoryUsage().rss / 1e6,
    heapMb: process.memoryUsage().heapUsed / 1e6,
  };
}

/** Hands everything in with a bounded number of calls outstanding. */
async function flood(many: number, one: (n: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < many) await one(next++);
  };
  await Promise.all(Array.from({ length: HANDED_IN }, worker));
}

async function until(pool: pg.Pool, query: string, wanted: number): Promise<void> {
  for (;;) {
    const { rows } = await pool.query<{ count: string }>(query);
    if (Number(rows[0]?.count) >= wanted) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

const at = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) * share)] ?? Number.NaN;

console.log(JSON.stringify(await main()));
process.exit(0);
