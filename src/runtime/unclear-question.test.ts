/** A question whose answer was lost with its worker is asked again: it changes nothing, so there is nothing to verify. */
import Type from "typebox";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Codec } from "../codecs/codec.ts";
import { connection, connector } from "../connectors/connector.ts";
import { command, event } from "../contracts/contract.ts";
import { flow } from "../flows/flow.ts";
import { send } from "../processes/decision.ts";
import { process } from "../processes/process.ts";
import { toBytes, toText } from "../std/bytes.ts";
import { type FreshDatabase, freshDatabase } from "../testing/database.ts";
import { realClock } from "./clock.ts";
import { start } from "./start.ts";

let database: FreshDatabase;
beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.drop());

const card = { version: 1, owner: "sales", criticality: "C2", keys: { order: "orderId" } } as const;
const shape = { data: Type.Object({ orderId: Type.String() }), sample: { orderId: "SO-1" } };
const OrderPlaced = event({ ...card, ...shape, name: "sales.order-placed", summary: "An order came in." });
const CheckCredit = command({ ...card, ...shape, name: "erp.check-credit", summary: "Ask for credit." });
const CreditApproved = event({
  ...card,
  ...shape,
  name: "finance.credit-approved",
  summary: "Credit is given.",
});

const credit = process({
  name: "credit",
  version: 1,
  owner: "sales",
  summary: "An order is asked for credit.",
  keyType: "order",
  state: Type.Object({}),
  milestones: { approved: {} },
})
  .startsOn(OrderPlaced, "orderId", (order) => ({ state: {}, send: [send(CheckCredit.of(order))] }))
  .when(CreditApproved, "orderId", () => ({ reach: "approved", end: "completed" }));

const json: Codec<{ orderId: string }> = {
  name: "json",
  mediaType: "application/json",
  decode: (bytes) => JSON.parse(toText(bytes)),
  encode: (document) => toBytes(JSON.stringify(document)),
};

/** A worker whose ERP answers a question with `ask`, and whose time passes `rate` times as fast from when a test says so. */
function worker(ask: () => Promise<unknown>, time = { rate: 1 }) {
  const plug = (name: string) =>
    connector({
      name,
      summary: "A system of this test.",
      config: Type.Object({}),
      guarantees: { repeat: "key", verifies: true, ordered: false, settleMs: 0, concurrency: 4 },
      open: async () => ({ ask, verify: async () => null, probe: async () => {}, close: async () => {} }),
    });
  const shop = connection("shop", plug("shop"), { config: {} });
  const erp = connection("erp", plug("erp"), { config: {} });
  return start({
    database: database.url,
    clock: { ...realClock, now: () => time.rate * realClock.now() },
    processes: [credit],
    flows: [
      flow("orders-in").from(shop).decode(json).expect(OrderPlaced).publish(OrderPlaced),
      flow("credit-checks")
        .on(CheckCredit)
        .ask(erp, "credit")
        .answer(CreditApproved, (_receipt, { orderId }) => CreditApproved.of({ orderId })),
    ],
  });
}

test("it is asked again by the next worker, and the process goes on", async () => {
  let asked: () => void = () => {};
  const wasAsked = new Promise<void>((resolve) => {
    asked = resolve;
  });
  const time = { rate: 1 };
  const first = await worker(() => {
    asked();
    return new Promise(() => {}); // The worker stops before the answer comes.
  }, time);
  await first.accept("orders-in", { messageId: "1", body: json.encode({ orderId: "SO-1" }) });
  await wasAsked;
  time.rate = 20; // A stop gives what is under way eight seconds.
  await first.stop();

  const second = await worker(async () => ({ decision: "approved" }));
  const ended = new Promise<void>((resolve) => {
    const look = async () => {
      const { rows } = await database.pool.query("select from instance where status = 'completed'");
      if (rows.length > 0) resolve();
    };
    second.onCommit(look);
    void look();
  });
  await ended;
  const { rows } = await database.pool.query("select status, doubts from delivery");
  expect(rows).toEqual([{ status: "applied", doubts: expect.any(Number) }]);
  await second.stop();
}, 60_000);

test("workers that start together on a new database make its lanes once", async () => {
  const fresh = await freshDatabase();
  const together = await Promise.all([1, 2, 3].map(() => start({ database: fresh.url, flows: [] })));
  const { rows } = await fresh.pool.query("select count(*)::int as lanes from lane");
  expect(rows).toEqual([{ lanes: 16 }]);
  for (const dock of together) await dock.stop();
  await fresh.drop();
}, 60_000);
