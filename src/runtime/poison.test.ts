/**
 * What PostgreSQL can never keep stops nobody but itself: at the door, at a target's answer, in a process. Each case is
 * surrounded by others, which must all go through. On a real PostgreSQL, with a target that answers what nobody expects.
 */
import Type from "typebox";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Codec } from "../codecs/codec.ts";
import { connection, connector } from "../connectors/connector.ts";
import { command, event } from "../contracts/contract.ts";
import { flow } from "../flows/flow.ts";
import { send } from "../processes/decision.ts";
import { process } from "../processes/process.ts";
import { toBytes } from "../std/bytes.ts";
import { Refused, Unavailable } from "../std/errors.ts";
import { type FreshDatabase, freshDatabase } from "../testing/database.ts";
import type { Dock } from "./dock.ts";
import { start } from "./start.ts";

const Text = Type.String({ minLength: 1 });
const Captured = event({
  name: "sales.order-captured",
  version: 1,
  owner: "sales",
  summary: "An order came in.",
  criticality: "C2",
  data: Type.Object({ orderId: Text, mood: Text, at: Type.Optional(Text) }),
  keys: { order: "orderId" },
  time: "at",
  sample: { orderId: "SO-1", mood: "well" },
});
const Post = command({
  name: "erp.post-sales-order",
  version: 1,
  owner: "erp",
  summary: "Book the order.",
  criticality: "C2",
  data: Type.Object({ orderId: Text, mood: Text }),
  keys: { order: "orderId" },
  sample: { orderId: "SO-1", mood: "well" },
});
const Posted = event({
  name: "erp.order-posted",
  version: 1,
  owner: "erp",
  summary: "The order is booked.",
  criticality: "C2",
  data: Type.Object({ orderId: Text, document: Text }),
  keys: { order: "orderId", document: "document" },
  sample: { orderId: "SO-1", document: "D-1" },
});
type Order = typeof Captured.sample;
const json = <Document>(): Codec<Document> => ({
  name: "json",
  mediaType: "application/json",
  decode: (body) => JSON.parse(Buffer.from(body).toString()),
  encode: (document) => toBytes(JSON.stringify(document)),
});

const calls = new Map<string, number>();
const erp = connector({
  name: "erp",
  summary: "Answers what nobody expects.",
  config: Type.Object({}),
  guarantees: { repeat: "key", verifies: false, ordered: false, settleMs: 0, concurrency: 16 },
  open: async () => ({
    async deliver({ body }) {
      const { orderId, mood } = JSON.parse(Buffer.from(body).toString()) as Order;
      const call = (calls.get(orderId) ?? 0) + 1;
      calls.set(orderId, call);
      if (mood === "odd refusal")
        throw new Refused("It said\0no.", { category: "business", facts: { code: "C\0" } });
      if (mood === "odd missing")
        throw new Refused("Nobody knows it.", {
          missing: { keyType: "customer", value: "C\0".repeat(2_000) },
        });
      if (mood === "odd pause" && call === 1) throw new Unavailable("Later.", { retryAfterMs: 0.1 });
      return { reference: mood === "odd reference" ? "D\0" : `D-${orderId}` };
    },
    probe: async () => undefined,
    close: async () => undefined,
  }),
});
const inbox = connector({
  name: "inbox",
  summary: "Arrivals are pushed.",
  config: Type.Object({}),
  guarantees: { repeat: "none", verifies: false, ordered: false, settleMs: 0, concurrency: 1 },
  open: async () => ({ probe: async () => undefined, close: async () => undefined }),
});

const orderToErp = process({
  name: "order-to-erp",
  version: 1,
  owner: "sales",
  summary: "Books orders.",
  keyType: "order",
  state: Type.Object({ orderId: Text, mood: Text }),
  milestones: { accepted: {}, posted: {} },
  timers: { close: "20ms", chase: "20ms" },
})
  .startsOn(Captured, "orderId", ({ orderId, mood }) => ({
    state: { orderId, mood },
    reach: "accepted" as const,
    ...(mood === "no such day" ? { start: [{ timer: "chase" as const, at: "the day after" }] } : {}),
    // Made by hand, past the contract that would have refused it.
    ...(mood === "odd fact"
      ? { publish: [{ ...Posted.of({ orderId, document: "D" }), key: "order/\0" }] }
      : {}),
    send: [send(Post.of({ orderId, mood }))],
  }))
  .when(Posted, "orderId", () => ({ reach: "posted", start: ["close"] }))
  .whenElapsed("close", ({ orderId, mood }) => ({
    ...(mood === "odd end"
      ? { publish: [{ ...Posted.of({ orderId, document: "D" }), key: "order/\0" }] }
      : {}),
    end: "completed",
  }))
  .whenElapsed("chase", () => ({}));

let database: FreshDatabase;
let dock: Dock;
beforeAll(async () => {
  database = await freshDatabase();
  const target = connection("erp", erp, { config: {} });
  dock = await start({
    database: database.url,
    flows: [
      flow("orders-in")
        .from(connection("orders", inbox, { config: {} }))
        .decode(json<Order>())
        .expect(Captured)
        .publish(Captured),
      flow("post-orders")
        .on(Post)
        .deliver(target, json())
        .answer(Posted, ({ reference }, { orderId, mood }) => {
          const posted = Posted.of({ orderId, document: reference });
          return mood === "odd answer" ? { ...posted, key: "order/\0" } : posted;
        }),
    ],
    processes: [orderToErp],
  });
});
afterAll(async () => {
  await dock.stop();
  await database.drop();
});

const order = (orderId: string, mood = "well", more: object = {}) => ({
  messageId: orderId,
  body: toBytes(JSON.stringify({ orderId, mood, ...more })),
});
/** One among many: sent together, so that they share their batches. */
const among = (name: string, one: ReturnType<typeof order> & { occurredAt?: Date }) => {
  const beside = (from: number) => Array.from({ length: 30 }, (_, n) => order(`${name}-${from + n}`));
  return Promise.all([...beside(0), one, ...beside(30)].map((each) => dock.accept("orders-in", each)));
};
const seen = async (text: string, ...values: unknown[]) => (await database.pool.query(text, values)).rows;
const until = async <Value>(look: () => Promise<Value | undefined | false>, what: string): Promise<Value> => {
  for (const end = Date.now() + 10_000; Date.now() < end; ) {
    const found = await look();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`It never happened: ${what}`);
};
const othersComplete = (name: string) =>
  until(
    async () =>
      (await seen("select from instance where key like $1 and status = 'completed'", `${name}-%`)).length ===
      60,
    `the others of ${name} completed`,
  );
const delivery = (name: string) =>
  seen(
    "select status, reason, reference, waits_for as waits from delivery where correlation = $1",
    `order/${name}`,
  );
const open = (name: string) =>
  seen("select class, reason from exception where correlation = $1 and resolved_at is null", `order/${name}`);
const instance = async (name: string) =>
  (await seen("select status from instance where key = $1", name))[0]?.status as string | undefined;

test.each([
  ["a key with a NUL", order("SO\0"), "its order has a NUL character (U+0000)"],
  ["a key with half a character", order("SO\ud83d"), "its order has half of a surrogate pair"],
  ["a key no index can hold", order("S".repeat(501)), "its order has 501 bytes, of at most 500"],
  [
    "a day the calendar lacks",
    order("SO-D", "well", { at: "2026-02-30T08:00:00Z" }),
    "field at is no moment in time",
  ],
  // Nothing of ours looks at this one: PostgreSQL itself refuses it.
  [
    "a year PostgreSQL lacks",
    { ...order("SO-Y"), occurredAt: new Date(8.64e15) },
    "It cannot be recorded as it is",
  ],
])("%s is quarantined with its place, and what came with it is taken in", async (what, one, why) => {
  const name = what.replaceAll(" ", "-");
  const taken = await among(name, { ...one, messageId: `${name}\0` });
  expect(taken.map(({ outcome }) => outcome)).toEqual([
    ...Array(30).fill("accepted"),
    "quarantined",
    ...Array(30).fill("accepted"),
  ]);
  expect(taken[30]).toMatchObject({ reason: expect.stringContaining(why) });
  const kept = await seen("select state, body from arrival where message_id = $1", `${name}\uFFFD`);
  expect(kept).toEqual([{ state: "quarantined", body: Buffer.from(one.body) }]);
  await othersComplete(name);
});

test.each([
  ["odd refusal", { status: "held", reason: "It said\uFFFDno." }, "business hold"],
  ["odd reference", { status: "parked", reference: null }, "contract change"],
  ["odd answer", { status: "parked", reference: null }, "contract change"],
  ["odd missing", { status: "parked", reason: "Nobody knows it." }, "data"],
])(
  "after an %s the order stands still with its reason, and the others are booked",
  async (mood, stands, why) => {
    const name = mood.replace(" ", "-");
    await among(name, order(name, mood));
    await othersComplete(name);
    await until(async () => (await open(name)).length > 0, "it is shown");
    expect(await delivery(name)).toMatchObject([stands]);
    expect(await open(name)).toMatchObject([{ class: why }]);
    // It took effect, or was refused: either way nothing is sent a second time by itself.
    expect(calls.get(name)).toBe(1);
  },
);

test("after an odd pause it is tried again, and the others are booked", async () => {
  await among("odd-pause", order("odd-pause", "odd pause"));
  await othersComplete("odd-pause");
  await until(async () => (await instance("odd-pause")) === "completed", "booked the second time");
  expect(calls.get("odd-pause")).toBe(2);
});

test.each([
  ["no such day", "which is no moment"],
  ["odd fact", "cannot be recorded"],
  ["odd end", "cannot be recorded"],
])(
  "a decision nobody can record (%s) parks its instance with what it was given, and the others go on",
  async (mood, why) => {
    const name = mood.replaceAll(" ", "-");
    await among(name, order(name, mood));
    await othersComplete(name);
    await until(async () => (await instance(name)) === "parked", "parked");
    expect(await open(name)).toMatchObject([{ class: "defect", reason: expect.stringContaining(why) }]);
    const [{ body }] = (await seen("select body from instance where key = $1", name)) as [{ body: string }];
    expect(JSON.parse(body).kept).toHaveLength(1);
    expect(calls.get(name)).toBe(mood === "odd end" ? 1 : undefined);
  },
);

test("a person's words may hold anything, and are kept as near as possible", async () => {
  const [held] = await seen("select key from delivery where status = 'held'");
  expect(
    await dock.cancelDelivery(held?.key as string, { name: "maria", reason: "No\0longer \ud83d wanted." }),
  ).toBe(true);
  const [told] = await until(async () => {
    const rows = await seen("select reason from delivery where key = $1 and status = 'cancelled'", held?.key);
    return rows.length === 1 && rows;
  }, "cancelled");
  expect(told?.reason).toContain("No\uFFFDlonger \uFFFD wanted.");
});
