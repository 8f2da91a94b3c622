/**
 * A plant with a database of its own: while the line to the centre is away it accepts, decides and serves its own systems;
 * when the line is back, with answers lost on it, the centre hears of everything once and in order, and says its part.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { command, connection, connector, event, type Flow, flow, otherSite, process, send } from "crossdock";
import { json } from "crossdock/codecs/json";
import { crossdock } from "crossdock/connectors/crossdock";
import { type Dock, openGateway, start } from "crossdock/server";
import Type from "typebox";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createClient } from "../../src/gateway/keys.ts";
import { freshDatabase } from "../../src/testing/database.ts";
import { Wire } from "../chaos/wire.ts";

const PEPPER = "a pepper only this test knows";
const Text = Type.String({ minLength: 1 });
const about = { version: 1, owner: "plant", criticality: "C2" } as const;
const Pallet = Type.Object({ order: Text, pallet: Type.Integer() });
const keys = { productionOrder: "order" } as const;
const sample = { order: "PO-1", pallet: 1 };
const Finished = event({
  ...about,
  name: "production.pallet-finished",
  summary: "A pallet is full.",
  data: Pallet,
  keys,
  sample,
  says: { milestone: "finished" },
});
const Label = command({
  ...about,
  name: "printer.print-label",
  summary: "Print it.",
  data: Pallet,
  keys,
  sample,
});
const Release = command({
  ...about,
  name: "mes.release-order",
  summary: "Begin with it.",
  keys,
  sample: { order: "PO-1" },
  data: Type.Object({ order: Text }),
});
/** What the centre decided, from which the command for the plant follows. */
const Planned = event({
  ...about,
  name: "planning.order-planned",
  summary: "It is to be made.",
  keys,
  data: Type.Object({ order: Text }),
  sample: { order: "PO-1" },
});

/** A system at a site, with its books. */
function system(name: string) {
  const books: { order: string; pallet?: number }[] = [];
  const made = connector({
    name,
    summary: "Keeps books.",
    config: Type.Object({}),
    guarantees: { repeat: "key", verifies: false, ordered: false, settleMs: 0, concurrency: 4 },
    open: async () => {
      const known = new Set<string>();
      return {
        async deliver({ key, body }) {
          if (!known.has(key)) books.push(JSON.parse(Buffer.from(body).toString()));
          known.add(key);
          return { reference: `${name}-${books.length}` };
        },
        probe: async () => undefined,
        close: async () => undefined,
      };
    },
  });
  return { connection: connection(name, made, { config: {} }), books };
}

const printer = system("printer");
const mes = system("mes");
const floor = system("floor");
const ledger = system("ledger");
const planning = system("planning");
const pallets = process({
  name: "labels",
  version: 1,
  owner: "plant",
  summary: "Every pallet has a label.",
  keyType: "productionOrder",
  state: Pallet,
  milestones: { finished: {} },
}).startsOn(
  Finished,
  "order",
  (state) => ({ state, reach: "finished", send: [send(Label.of(state))] }),
  (_, pallet) => ({ state: pallet, send: [send(Label.of(pallet))] }),
);
const releasing = process({
  name: "releasing",
  version: 1,
  owner: "planning",
  summary: "What is planned is released.",
  keyType: "productionOrder",
  state: Type.Object({ order: Text }),
  milestones: {},
}).startsOn(Planned, "order", (state) => ({ state, send: [send(Release.of(state))], end: "completed" }));

const closers: (() => Promise<unknown>)[] = [];
let lineUp: Wire;
let lineDown: Wire;
let plant: Dock;
let centre: Dock;
let centreKey: string;
let gateways: { plant: string; centre: string };

/** A site: its database, its dock, its gateway and a key for the other one. */
async function site(
  other: string,
  url: () => string,
  parts: (to: ReturnType<typeof connection>) => Flow[],
  processes = [pallets],
) {
  const database = await freshDatabase();
  closers.unshift(() => database.drop());
  const { key } = await createClient(database.pool, PEPPER, { name: other, scopes: ["events:write"] });
  return {
    key,
    async open(as: string, token: string) {
      const to = connection(other, crossdock, { config: { url: url(), token, as, timeoutMs: 1_000 } });
      const dock = await start({ database: database.url, flows: parts(to), processes });
      closers.unshift(() => dock.stop());
      return dock;
    },
  };
}

beforeAll(async () => {
  const chance = () => Math.random();
  const ports = { plant: 0, centre: 0 };
  const at = (name: "plant" | "centre") => ({
    get port() {
      return ports[name];
    },
  });
  lineUp = await Wire.open({ name: "to the centre", to: at("centre"), chance });
  lineDown = await Wire.open({ name: "to the plant", to: at("plant"), chance });
  const through = (wire: Wire) => () => `http://127.0.0.1:${wire.port}`;
  const here = await site("centre", through(lineUp), (to) => [
    flow("pallets-in").from(floor.connection).decode(json<typeof sample>()).publish(Finished),
    flow("labels").on(Label).deliver(printer.connection, json()),
    flow("releases").on(Release).deliver(mes.connection, json()),
    ...otherSite(to, { tells: [Finished], hears: [Release] }),
  ]);
  const there = await site(
    "plant-1",
    through(lineDown),
    (to) => [
      flow("planned-in").from(planning.connection).decode(json<{ order: string }>()).publish(Planned),
      flow("pallets-to-ledger").on(Finished).deliver(ledger.connection, json()),
      ...otherSite(to, { tells: [Release], hears: [Finished] }),
    ],
    [releasing as unknown as typeof pallets],
  );
  plant = await here.open("plant-1", there.key);
  centre = await there.open("centre", here.key);
  centreKey = here.key;
  gateways = { plant: "", centre: "" };
  for (const [name, dock] of [
    ["plant", plant],
    ["centre", centre],
  ] as const) {
    const gateway = await openGateway({ dock, port: 0, settings: { capabilities: {}, pepper: PEPPER } });
    closers.unshift(() => gateway.close());
    gateways[name] = gateway.url;
    ports[name] = Number(new URL(gateway.url).port);
  }
  closers.push(
    () => lineUp.close(),
    () => lineDown.close(),
  );
});
afterAll(async () => {
  for (const close of closers) await close();
});

async function until(what: string, holds: () => boolean | Promise<boolean>, ms = 60_000): Promise<void> {
  for (const end = Date.now() + ms; !(await holds()); await sleep(50))
    if (Date.now() > end) throw new Error(`Not within ${ms / 1_000} s: ${what}.`);
}

const ORDERS = ["PO-1", "PO-2", "PO-3"];
const EACH = 8;
const inOrder = (books: readonly { order: string; pallet?: number }[]) =>
  ORDERS.map((order) => books.filter((one) => one.order === order).map(({ pallet }) => pallet));
const WHOLE = ORDERS.map(() => Array.from({ length: EACH }, (_, n) => n + 1));
const finish = (order: string, pallet: number) =>
  plant.accept("pallets-in", {
    messageId: `${order}-${pallet}`,
    body: Buffer.from(JSON.stringify({ order, pallet })),
  });

test("a plant accepts and works on while the line is away; on reconnect everything arrives once, in order per key", {
  timeout: 90_000,
}, async () => {
  for (const order of ORDERS) await finish(order, 1);
  await until("the centre heard of the first pallets", () => ledger.books.length === ORDERS.length);

  // An answer is lost, then a connection hangs, then nobody listens.
  const fired = (fault: string) => lineUp.fired.get(fault) ?? 0;
  const loseOne = async () => {
    const before = fired("answer lost");
    lineUp.weather.loseAnswer = 1;
    await until("an answer was lost", () => fired("answer lost") > before);
    lineUp.weather.loseAnswer = 0;
  };
  const lost = loseOne();
  await finish("PO-1", 2);
  await lost;
  lineUp.weather.halfOpen = true;
  await finish("PO-2", 2);
  await until("a connection was half-open", () => fired("connection half-open") > 0);
  Object.assign(lineUp.weather, { halfOpen: false, down: true });
  lineUp.cut();
  await finish("PO-3", 2);
  for (let pallet = 3; pallet <= EACH; pallet += 1)
    for (const order of ORDERS) expect(await finish(order, pallet)).toMatchObject({ outcome: "accepted" });
  // A copy is a copy without the centre, too.
  expect(await finish("PO-1", 5)).toMatchObject({ outcome: "duplicate" });
  await until("the plant's own printer has printed all", () => printer.books.length === ORDERS.length * EACH);
  expect(inOrder(printer.books)).toEqual(WHOLE);
  const { rows } = await plant.pool.query(
    "select count(*)::int as waiting from delivery where connection = 'centre' and status <> 'applied'",
  );
  expect(rows[0].waiting).toBeGreaterThanOrEqual(ORDERS.length * (EACH - 2));

  lineUp.weather.down = false;
  await loseOne();
  await until("the centre has heard everything", () => ledger.books.length >= ORDERS.length * EACH);
  await until("the plant knows", async () => {
    const open = await plant.pool.query(
      "select from delivery where connection = 'centre' and status <> 'applied'",
    );
    return open.rows.length === 0;
  });
  expect(inOrder(ledger.books)).toEqual(WHOLE);
  const { rows: said } = await centre.pool.query(
    "select source, count(*)::int as facts from event where contract = 'production.pallet-finished' group by 1",
  );
  expect(said).toEqual([{ source: "plant-1", facts: ORDERS.length * EACH }]);
});

test("what the centre decides waits for the plant in the same way, and is done there once", async () => {
  lineDown.weather.down = true;
  lineDown.cut();
  await centre.accept("planned-in", { messageId: "plan-9", body: Buffer.from('{"order":"PO-9"}') });
  await until("it was tried", () => (lineDown.fired.get("connection refused") ?? 0) > 0);
  expect(mes.books).toEqual([]);
  Object.assign(lineDown.weather, { down: false });
  await until("the plant has released it", () => mes.books.length > 0);
  expect(mes.books).toEqual([{ order: "PO-9" }]);
});

test("nobody speaks in the name of a site, and what is newer than the reader is refused with what to do", async () => {
  const { key } = await createClient(plant.pool, PEPPER, { name: "somebody", scopes: ["events:write"] });
  const tell = async (with_: string, message: string, crossing: object) => {
    const answer = await fetch(`${gateways.plant}/v1/events/from-centre`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${with_}`,
        "content-type": "application/json",
        "idempotency-key": message,
      },
      body: JSON.stringify(crossing),
    });
    return { status: answer.status, text: await answer.text() };
  };
  const crossing = { contract: "mes.release-order", version: 1, data: { order: "PO-10" } };
  expect(await tell(key, "a", crossing)).toMatchObject({ status: 403 });
  const newer = await tell(centreKey, "b", { ...crossing, version: 2 });
  expect(newer).toMatchObject({
    status: 422,
    text: expect.stringContaining('"field":"version","expected":"1 to 1"'),
  });
  const foreign = await tell(centreKey, "c", { ...crossing, contract: "erp.post-order" });
  expect(foreign).toMatchObject({
    status: 422,
    text: expect.stringContaining('"field":"contract","expected":"mes.release-order"'),
  });
  expect(() => otherSite(printer.connection, { tells: [Finished], hears: [Finished] })).toThrow(
    "would go to and fro for ever",
  );
});
