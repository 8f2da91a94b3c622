/** Questions of a process whose last answer stands in: within the limit, once, across a restart, and settled by the question itself. */
import Type from "typebox";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Codec } from "../codecs/codec.ts";
import { connection, connector } from "../connectors/connector.ts";
import { command, event } from "../contracts/contract.ts";
import { flow } from "../flows/flow.ts";
import { send } from "../processes/decision.ts";
import { process } from "../processes/process.ts";
import { toBytes, toText } from "../std/bytes.ts";
import { Unavailable } from "../std/errors.ts";
import { hurried } from "../testing/clock.ts";
import { type FreshDatabase, freshDatabase } from "../testing/database.ts";
import { balance } from "../trace/balance.ts";
import { promises } from "../trace/promises.ts";
import type { Dock } from "./dock.ts";
import { start } from "./start.ts";

const Text = Type.String();
const card = { version: 1, owner: "sales", criticality: "C2", keys: { order: "orderId" } } as const;
const placed = { orderId: "SO-1", country: "FR", net: "100.00" };
const Placed = { orderId: Text, country: Text, net: Text };
const OrderPlaced = event({
  ...card,
  data: Type.Object(Placed),
  sample: placed,
  name: "sales.order-placed",
  summary: "An order came in.",
});
const AskTax = command({
  ...card,
  data: Type.Object(Placed),
  sample: placed,
  name: "tax.ask",
  summary: "What is its tax?",
});
const Taxed = event({
  ...card,
  data: Type.Object({ orderId: Text, net: Text, rate: Text, promisedFrom: Type.Optional(Text) }),
  sample: { orderId: "SO-1", net: "100.00", rate: "0.20" },
  name: "finance.order-taxed",
  summary: "This is its tax.",
});
type Taxed = (typeof Taxed)["sample"];

const orders = process({
  name: "orders",
  version: 1,
  owner: "sales",
  summary: "An order and its tax.",
  keyType: "order",
  state: Type.Object({ rates: Type.Array(Text) }),
  milestones: { taxed: {} },
})
  .startsOn(OrderPlaced, "orderId", (order) => ({ state: { rates: [] }, send: [send(AskTax.of(order))] }))
  .when(Taxed, "orderId", ({ rates }, { rate, promisedFrom }) => ({
    state: { rates: [...rates, promisedFrom === undefined ? rate : `promised ${rate}`] },
    reach: "taxed",
  }));

const json: Codec<typeof placed> = {
  name: "json",
  mediaType: "application/json",
  decode: (body) => JSON.parse(toText(body)),
  encode: (document) => toBytes(JSON.stringify(document)),
};

let rate: string | null = "0.20";
const plug = (name: string) =>
  connector({
    name,
    summary: "A system of this test.",
    config: Type.Object({}),
    guarantees: { repeat: "key", verifies: false, ordered: false, settleMs: 0, concurrency: 4 },
    open: async () => ({
      ask: async () => {
        if (rate === null) throw new Unavailable("The tax engine is away.");
        return { rate };
      },
      probe: async () => {
        if (rate === null) throw new Unavailable("The tax engine is away.");
      },
      close: async () => undefined,
    }),
  });
const begin = (url: string) => {
  const shop = connection("shop", plug("shop"), { config: {} });
  const tax = connection("tax", plug("tax"), { config: {} });
  const worth = ({ net, rate: at }: Taxed) => ({
    amount: (Number(net) * Number(at)).toFixed(2),
    currency: "EUR",
  });
  return start({
    database: url,
    clock: hurried(4),
    processes: [orders],
    flows: [
      flow("orders-in").from(shop).decode(json).expect(OrderPlaced).publish(OrderPlaced),
      flow("taxes")
        .on(AskTax)
        .ask(tax, "tax")
        .orPromise(Taxed, {
          after: "0s",
          goodFor: "1h",
          limit: { EUR: "50.00" },
          atOnce: 10,
          like: ({ country }) => country,
          from: (last, { orderId, net }, { saidAt }) => ({
            orderId,
            net,
            rate: last.rate,
            promisedFrom: saidAt,
          }),
          worth,
          holds: worth,
        })
        .answer(Taxed, ({ answer }, { orderId, net }) =>
          Taxed.of({ orderId, net, ...(answer as { rate: string }) }),
        ),
    ],
  });
};

let database: FreshDatabase;
let dock: Dock;
beforeAll(async () => {
  database = await freshDatabase();
  dock = await begin(database.url);
});
afterAll(async () => {
  await dock?.stop();
  await database?.drop();
});
const place = (orderId: string, country = "FR", net = "100.00") =>
  dock.accept("orders-in", { messageId: orderId, body: json.encode({ orderId, country, net }) });
const rates = async () => {
  const { rows } = await database.pool.query(
    "select key, readable(body)->'state'->'rates' as rates from instance order by key",
  );
  return Object.fromEntries(rows.map(({ key, rates: told }) => [key, told]));
};
const soon = { timeout: 10_000 };

test("promised to as many as the limit allows, once, and made true by the answer; what is given up is settled too", async () => {
  await place("SO-1");
  await expect.poll(rates, soon).toEqual({ "SO-1": ["0.20"] });
  // Kept in the database before the worker that heard it goes.
  await expect
    .poll(async () => (await database.pool.query("select alike from last_answer")).rows, soon)
    .toEqual([{ alike: "FR" }]);
  await dock.stop();
  rate = null;
  dock = await begin(database.url);
  // Two promises of 20.00 fit below 50.00, a third does not; and nobody has ever named a rate for Portugal.
  for (const number of ["SO-2", "SO-3", "SO-4"]) await place(number);
  await place("SO-5", "PT");
  // A credit makes no room for a charge.
  await place("SO-7", "FR", "-100.00");
  const promised = async () =>
    Object.values(await rates()).filter((told) => JSON.stringify(told) === '["promised 0.20"]').length;
  await expect.poll(promised, soon).toBe(2);
  await dock.stop();
  dock = await begin(database.url);
  // What costs nothing is promised beyond the limit: when that is done, the others were looked at once more.
  await place("SO-6", "FR", "0.00");
  await expect.poll(promised, soon).toBe(3);
  expect((await promises(database.pool)).exposure).toEqual([
    { inquiry: "taxes", promises: 3, money: [{ amount: "40.00", currency: "EUR" }] },
  ]);
  expect((await balance(database.pool)).silent).toBe(0);

  // A person gives one of the questions up, which leaves room for the one that had none; then the engine names another rate.
  const { rows: open } = await database.pool.query(
    "select delivery from promise where state = 'open' and amount > 0 limit 1",
  );
  expect(await dock.cancelDelivery(open[0].delivery, { name: "maria", reason: "Not needed." })).toBe(true);
  await expect.poll(promised, soon).toBe(4);
  rate = "0.10";
  await expect.poll(async () => (await promises(database.pool)).exposure, { timeout: 20_000 }).toEqual([]);
  // A promise is settled by the answer itself; its process hears of it a moment later.
  const told = async () =>
    Object.values(await rates())
      .map((each) => (each as string[]).join())
      .toSorted();
  await expect
    .poll(told, soon)
    .toEqual([
      "0.10",
      "0.10",
      "0.20",
      "promised 0.20",
      ...Array.from({ length: 3 }, () => "promised 0.20,0.10"),
    ]);
  const settled = (await promises(database.pool)).promises.map(({ state, difference }) =>
    [state, difference ?? "-"].join(" "),
  );
  expect(settled.toSorted()).toEqual(["differs -", "differs -10.00", "differs -10.00", "kept -"]);
}, 60_000);
