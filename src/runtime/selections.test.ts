/**
 * Bulk acts on a real dock and PostgreSQL: previewed, tried on one, carried out across a restart, confirmed at the target; data
 * fixed under the same key; replays that double nothing; a second person where the policy asks for one.
 */
import Type from "typebox";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Codec } from "../codecs/codec.ts";
import { connection, connector, type Guarantees } from "../connectors/connector.ts";
import { event } from "../contracts/contract.ts";
import { flow } from "../flows/flow.ts";
import { toBytes, toText } from "../std/bytes.ts";
import { Refused } from "../std/errors.ts";
import { type FreshDatabase, freshDatabase } from "../testing/database.ts";
import { type SelectionView, selection } from "../trace/selections.ts";
import type { Chosen, SelectionAct } from "../work/selections.ts";
import type { Dock } from "./dock.ts";
import type { FourEyes } from "./four-eyes.ts";
import { start } from "./start.ts";

const OrderPlaced = event({
  name: "sales.order-placed",
  version: 1,
  owner: "sales",
  summary: "An order came in.",
  criticality: "C2",
  data: Type.Object({
    orderId: Type.String({ minLength: 1 }),
    item: Type.String({ pattern: "^[A-Z0-9-]+$" }),
    total: Type.Object({ amount: Type.String(), currency: Type.String() }),
  }),
  keys: { order: "orderId" },
  sample: { orderId: "SO-1", item: "A-77", total: { amount: "10.00", currency: "EUR" } },
});
const Booked = event({
  name: "sales.order-booked",
  version: 1,
  owner: "sales",
  summary: "A system booked it.",
  criticality: "C2",
  data: Type.Object({ orderId: Type.String(), number: Type.String() }),
  keys: { order: "orderId" },
  sample: { orderId: "SO-1", number: "1" },
});

const json: Codec<Record<string, unknown>> = {
  name: "json",
  mediaType: "application/json",
  decode: (bytes) => JSON.parse(toText(bytes)),
  encode: (document) => toBytes(JSON.stringify(document)),
};

/** A target with its own books: what it was sent under which key, and what it booked. */
class Target {
  readonly sent: { key: string; body: Record<string, unknown> }[] = [];
  readonly books = new Map<string, string>();
  asked = 0;
  known = new Set<string>();
  readonly guarantees: Guarantees;

  constructor(repeat: Guarantees["repeat"]) {
    const settleMs = 0;
    this.guarantees = { repeat, verifies: repeat === "searchable", ordered: false, settleMs, concurrency: 4 };
  }

  plug(name: string) {
    const deliver = async ({ key, body }: { key: string; body: Uint8Array }) => {
      const document = JSON.parse(toText(body)) as Record<string, unknown>;
      this.sent.push({ key, body: document });
      if (!this.known.has(document.item as string))
        throw new Refused(`${name} does not know ${document.item}.`, { facts: { code: "ITEM_UNKNOWN" } });
      const before = this.guarantees.repeat === "none" ? undefined : this.books.get(key);
      const reference = before ?? `${name}-${this.books.size + 1}`;
      this.books.set(before === undefined && this.books.has(key) ? `${key}!` : key, reference);
      return { reference };
    };
    const verify = async ({ key }: { key: string }) => {
      this.asked += 1;
      const reference = this.books.get(key);
      return reference === undefined ? null : { reference };
    };
    return connection(
      name,
      connector({
        name,
        summary: "A system of this test.",
        config: Type.Object({}),
        guarantees: this.guarantees,
        open: async () => ({ deliver, verify, probe: async () => {}, close: async () => {} }),
      }),
      { title: name.toUpperCase(), owner: `${name} team`, config: {} },
    );
  }
}

let db: FreshDatabase;
let dock: Dock;
let targets: Record<"keyed" | "silent" | "searched" | "written", Target>;

const shop = connection(
  "shop",
  connector({
    name: "shop",
    summary: "Hands in orders.",
    config: Type.Object({}),
    guarantees: { repeat: "none", verifies: false, ordered: false, settleMs: 0, concurrency: 1 },
    open: async () => ({ probe: async () => {}, close: async () => {} }),
  }),
  { config: {} },
);

const begin = (fourEyes: Partial<FourEyes> = { items: 500 }) =>
  start({
    database: db.url,
    flows: [
      flow("orders-in").from(shop).decode(json).expect(OrderPlaced).publish(OrderPlaced),
      ...Object.entries(targets).map(([name, target]) => {
        const out = flow(`to-${name}`)
          .on(OrderPlaced)
          .keep("not for it", ({ orderId }) => orderId.startsWith(name))
          .map(({ orderId, item, total }) => ({ order: orderId, item, worth: total.amount }))
          .deliver(target.plug(name), json as Codec<{ order: string; item: string; worth: string }>);
        return out.answer(Booked, ({ reference }, { order }) =>
          Booked.of({ orderId: String(order), number: reference }),
        );
      }),
    ],
    contracts: [Booked],
    fourEyes,
  });

const order = async (orderId: string, item = "A-77", amount = "10.00", id = orderId) =>
  dock.accept("orders-in", {
    messageId: id,
    body: toBytes(JSON.stringify({ orderId, item, total: { amount, currency: "EUR" } })),
  });

const maria = { name: "maria", reason: "The item is known now." };
const peter = { name: "peter" };
const freeze = (
  chosen: Chosen,
  act: SelectionAct,
  changes: { path: string; value: unknown; was?: unknown }[] = [],
) => dock.selections.freeze(chosen, act, { reason: maria.reason, changes }, maria);
const seen = async (id: string) => (await selection(db.pool, id))!;
const rows = async <Row>(text: string) => (await db.pool.query(text)).rows as Row[];
const open = (status: string) =>
  rows<{ key: string; subject: string }>(
    `select key, subject from delivery where status = '${status}' order by id`,
  );
const fingerprint = async () =>
  (await rows<{ fingerprint: string }>("select fingerprint from exception where resolved_at is null"))[0]!
    .fingerprint;

async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 15_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error("It did not come true within fifteen seconds.");
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
const stands = async (id: string, state: SelectionView["state"]) => {
  await until(async () => (await seen(id)).state === state);
  return (await seen(id)).totals;
};
const addsUp = ({ selected, applied, failedAgain, skipped, waiting }: SelectionView["totals"]) =>
  expect(applied + failedAgain + skipped + waiting).toBe(selected);

beforeEach(async () => {
  db = await freshDatabase();
  targets = {
    keyed: new Target("key"),
    silent: new Target("none"),
    searched: new Target("searchable"),
    written: new Target("upsert"),
  };
  dock = await begin();
});
afterEach(async () => {
  await dock?.stop();
  await db?.drop();
});

test("one cause is previewed, tried on one, and run; outcomes are those of the target and add up", async () => {
  for (const n of [1, 2, 3, 4, 5]) await order(`keyed-${n}`, n === 5 ? "B-99" : "A-77");
  await until(async () => (await open("parked")).length === 5);
  const id = await freeze({ cause: await fingerprint() }, "try again");
  await order("keyed-6");
  await until(async () => (await open("parked")).length === 6);
  const frozen = await seen(id);
  expect(frozen).toMatchObject({
    state: "frozen",
    second: null,
    totals: { selected: 5, waiting: 5, applied: 0, asked: 0 },
    money: [{ amount: "50.00", currency: "EUR" }],
    would: [{ text: "Sent to KEYED again, under the same key.", items: 5 }],
  });
  const preview = (await dock.selections.preview(id, 0, 2))!;
  expect(preview.map(({ payload, connection: to, differences }) => [payload, to, differences])).toEqual([
    ['{"order":"keyed-1","item":"A-77","worth":"10.00"}', "keyed", []],
    ['{"order":"keyed-2","item":"A-77","worth":"10.00"}', "keyed", []],
  ]);

  expect(await dock.selections.decide(id, "try one", maria)).toBe(true);
  expect(await stands(id, "tried one")).toEqual({
    selected: 5,
    applied: 0,
    failedAgain: 1,
    skipped: 0,
    waiting: 4,
    asked: 0,
  });
  targets.keyed.known.add("A-77");
  expect(await dock.selections.decide(id, "run", maria)).toBe(true);
  const totals = await stands(id, "finished");
  expect(totals).toEqual({ selected: 5, applied: 3, failedAgain: 2, skipped: 0, waiting: 0, asked: 0 });
  addsUp(totals);
  expect((await seen(id)).failed).toEqual([
    { text: "keyed does not know A-77.", items: 1 },
    { text: "keyed does not know B-99.", items: 1 },
  ]);
  // What came after it was frozen is untouched, and nobody may run it twice.
  expect((await open("parked")).map(({ subject }) => subject)).toEqual([
    ...["order/keyed-1", "order/keyed-5", "order/keyed-6"],
  ]);
  expect(await dock.selections.decide(id, "run", maria)).toBe(false);
  const audit = await rows<{ action: string; n: number }>(
    "select action, count(*)::int as n from audit where actor = 'maria' group by action order by action",
  );
  expect(audit).toEqual([
    { action: "freeze selection", n: 1 },
    { action: "run selection", n: 1 },
    { action: "try again", n: 5 },
    { action: "try one of selection", n: 1 },
  ]);
});

test("a restart in the middle goes on where it stood: each item is asked once", async () => {
  await Promise.all(Array.from({ length: 60 }, (_, n) => order(`keyed-${n}`)));
  await until(async () => (await open("parked")).length === 60);
  targets.keyed.known.add("A-77");
  const id = await freeze({ cause: await fingerprint() }, "try again");
  await dock.selections.decide(id, "run", maria);
  await until(async () => (await seen(id)).totals.waiting < 60 || (await seen(id)).totals.asked > 0);
  await dock.stop();
  const { totals: halfway } = await seen(id);
  addsUp(halfway);
  expect(halfway.waiting).toBeGreaterThan(0);
  dock = await begin();
  const totals = await stands(id, "finished");
  expect(totals).toMatchObject({ selected: 60, applied: 60, waiting: 0 });
  expect(
    await rows("select delivery from attempt where outcome = 'by person' group by 1 having count(*) > 1"),
  ).toEqual([]);
  expect(targets.keyed.books.size).toBe(60);
});

test("above the threshold a second person agrees to exactly what was frozen, and never to their own", async () => {
  await dock.stop();
  dock = await begin({ items: 1, amounts: {} });
  targets.keyed.known.add("B-1");
  await order("keyed-1");
  await order("keyed-2");
  await until(async () => (await open("parked")).length === 2);
  targets.keyed.known.add("A-77");
  const id = await freeze({ cause: await fingerprint() }, "try again");
  const { digest, second } = await seen(id);
  expect(second).toBe("It concerns 2 items; more than 1 need a second person.");
  expect(await dock.selections.decide(id, "run", maria)).toBe(false);
  expect(await dock.selections.decide(id, "try one", peter)).toBe(false);
  // Neither who chose nor who begins is the second one, and what was agreed to is what was frozen.
  expect(await dock.selections.decide(id, "run", maria, { by: "maria", digest })).toBe(false);
  expect(await dock.selections.decide(id, "run", peter, { by: "peter", digest })).toBe(false);
  expect(await dock.selections.decide(id, "run", peter, { by: "maria", digest })).toBe(false);
  expect(await dock.selections.decide(id, "run", maria, { by: "peter", digest: "0".repeat(64) })).toBe(false);
  // One of them is settled by hand meanwhile: it is left out, and said so.
  await dock.cancelDelivery((await open("parked"))[0]!.key, peter);
  await until(async () => (await open("cancelled")).length === 1);
  expect(await dock.selections.decide(id, "run", maria, { by: "peter", digest })).toBe(true);
  const totals = await stands(id, "finished");
  expect(totals).toMatchObject({ selected: 2, applied: 1, skipped: 1 });
  expect(await seen(id)).toMatchObject({ approvedBy: "peter", runBy: "maria" });
  expect((await seen(id)).left).toEqual([{ text: "It is cancelled, not set aside.", items: 1 }]);

  const late = await freeze({ replay: { connection: "keyed" } }, "replay");
  await db.pool.query("update selection set expires_at = now() - interval '1 s' where id = $1", [late]);
  const agreed = { by: "peter", digest: (await seen(late)).digest };
  expect(await dock.selections.decide(late, "run", maria, agreed)).toBe(false);
});

test("data is fixed under the same key, where the mistake is, and only into what keeps the contract", async () => {
  targets.keyed.known.add("A-77");
  for (const [n, item] of [
    [1, "X-1"],
    [2, "X-1"],
    [3, "X-2"],
  ] as const)
    await order(`keyed-${n}`, item);
  await until(async () => (await open("parked")).length === 3);
  const before = await open("parked");
  const change = { path: "item", was: "X-1", value: "A-77" };
  const bad = await freeze({ cause: await fingerprint() }, "fix", [{ path: "item", value: "not an item" }]);
  expect((await seen(bad)).totals).toMatchObject({ selected: 3, skipped: 3 });
  expect((await seen(bad)).left[0]!.text).toMatch(/^sales.order-placed v1 is not kept: field item/);
  const other = await freeze({ cause: await fingerprint() }, "fix", [{ path: "orderId", value: "keyed-9" }]);
  expect((await seen(other)).left).toEqual([
    { text: "The change would make it another document.", items: 3 },
  ]);

  const id = await freeze({ cause: await fingerprint() }, "fix", [change]);
  const [first] = (await dock.selections.preview(id, 0, 1))!;
  expect(first).toMatchObject({
    would: "Corrected (item) and sent to KEYED, under the same key.",
    payload: '{"order":"keyed-1","item":"A-77","worth":"10.00"}',
    differences: [{ path: "item", before: "X-1", after: "A-77" }],
    changed: [{ path: "item", before: "X-1", after: "A-77" }],
  });
  await dock.selections.decide(id, "run", maria);
  expect(await stands(id, "finished")).toMatchObject({ selected: 3, applied: 2, skipped: 1 });
  expect((await open("applied")).map(({ key }) => key)).toEqual(before.slice(0, 2).map(({ key }) => key));
  expect(
    targets.keyed.sent
      .slice(-2)
      .map(({ key, body }) => [key, body.item])
      .toSorted(),
  ).toEqual(
    before
      .slice(0, 2)
      .map(({ key }) => [key, "A-77"])
      .toSorted(),
  );
  // The journal says what was said; the exceptions are closed; the audit keeps what changed and no body.
  expect(
    await rows(
      "select data::json->>'item' as item from event where contract = 'sales.order-placed' order by position limit 1",
    ),
  ).toEqual([{ item: "X-1" }]);
  expect(await rows("select subject from exception where resolved_at is null")).toEqual([
    { subject: before[2]!.key },
  ]);
  const [line] = await rows<{ facts: string }>("select facts from audit where action = 'fix data' limit 1");
  expect(JSON.parse(line!.facts).correction).toEqual({
    version: 1,
    sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    changed: [{ path: "item", before: "X-1", after: "A-77" }],
  });
});

test("a replay sends under the same key, doubles nothing and tells nothing twice", async () => {
  for (const target of Object.values(targets)) target.known.add("A-77");
  for (const name of Object.keys(targets)) await order(`${name}-1`);
  await order("written-1", "A-77", "12.00", "written-1 changed");
  await until(async () => (await open("applied")).length === 5);
  const told = () => rows("select count(*)::int as n from event where contract = 'sales.order-booked'");
  const before = await told();

  const id = await freeze({ replay: { from: "2000-01-01T00:00:00Z" } }, "replay");
  expect((await seen(id)).totals).toMatchObject({ selected: 5, skipped: 1, waiting: 4 });
  expect((await seen(id)).left[0]!.text).toMatch(/^SILENT would book it twice/);
  await dock.selections.decide(id, "run", maria);
  expect(await stands(id, "finished")).toMatchObject({ applied: 4, skipped: 1, failedAgain: 0 });
  expect(targets.keyed.sent).toHaveLength(2);
  expect(new Set(targets.keyed.sent.map(({ key }) => key)).size).toBe(1);
  expect([targets.keyed.books.size, targets.silent.books.size, targets.searched.books.size]).toEqual([
    1, 1, 1,
  ]);
  // The one that can be asked was asked, and not sent to.
  expect([targets.searched.asked, targets.searched.sent.length]).toEqual([1, 1]);
  expect(targets.written.sent.at(-1)!.body.worth).toBe("12.00");
  expect(await told()).toEqual(before);
  expect(await rows("select title from exception where resolved_at is null")).toEqual([]);

  // Alone, the older one would stand over the newer one.
  const [older] = await rows<{ event_position: string }>(
    "select event_position from delivery where connection = 'written' order by id limit 1",
  );
  const old = await freeze({ replay: { event: older!.event_position } }, "replay");
  expect((await seen(old)).left).toEqual([
    {
      text: "Something newer about order written-1 was applied since; this would put the old over it.",
      items: 1,
    },
  ]);
  await expect(freeze({ replay: {} }, "replay")).rejects.toThrow("Say what to replay");
});

test("a subscriber that is new is filled with what it missed, in order, each once, whoever asks and across a restart", async () => {
  for (const target of Object.values(targets)) target.known.add("A-77");
  for (const [n, amount] of [
    [1, "10.00"],
    [2, "20.00"],
    [3, "30.00"],
  ] as const)
    await order(`late-${n}`, "A-77", amount);
  await order("late-3", "A-77", "31.00", "late-3 again");
  // What nobody has read yet is not missed.
  await until(
    async () =>
      (await rows("select from event where contract = 'sales.order-placed'")).length === 4 &&
      (await rows("select from lane, event where (lane.xid, lane.position) < (event.xid, event.position)"))
        .length === 0,
  );
  const from = "2020-01-01T00:00:00Z";
  const fill = (name: string, to?: string) =>
    freeze({ backfill: { flow: name, from, ...(to ? { to } : {}) } }, "backfill");
  await expect(fill("to-nobody")).rejects.toThrow("There is no flow to-nobody that sends something out.");
  await expect(fill("to-keyed", "noon")).rejects.toThrow('"noon" is no instant');
  await expect(fill("to-keyed", from)).rejects.toThrow("Nothing fits that choice.");
  // What the flow would not send stays out of it, and says so.
  const foreign = await fill("to-keyed");
  expect(await seen(foreign)).toMatchObject({
    totals: { selected: 4, skipped: 4 },
    left: [{ text: "The flow passes it over: not for it.", items: 4 }],
  });

  // The build with the new subscribers: one keeps only the latest state, one shares its system with an older flow.
  await dock.stop();
  const late = new Target("none");
  const state = new Target("upsert");
  for (const target of [late, state]) target.known.add("A-77");
  const sends = (name: string, plug: ReturnType<Target["plug"]>) =>
    flow(name)
      .on(OrderPlaced)
      .keep("not for it", ({ orderId }) => orderId.startsWith("late"))
      .map(({ orderId, item, total }) => ({ order: orderId, item, worth: total.amount }))
      .deliver(plug, json as Codec<{ order: string; item: string; worth: string }>);
  const latePlug = late.plug("late");
  const again = () =>
    start({
      database: db.url,
      flows: [
        flow("orders-in").from(shop).decode(json).expect(OrderPlaced).publish(OrderPlaced),
        sends("to-late", latePlug),
        sends("to-state", state.plug("state")),
      ],
    });
  dock = await again();
  // Live traffic goes to them from now on; of late-2 something newer is there before the old is asked for.
  await order("late-2", "A-77", "22.00", "late-2 again");
  await until(async () => state.sent.length === 1 && late.sent.length === 1);
  const id = await fill("to-late");
  const preview = (await dock.selections.preview(id, 0, 2))!;
  expect(preview.map(({ number, payload, connection: to, would }) => [number, payload, to, would])).toEqual([
    [1, '{"order":"late-1","item":"A-77","worth":"10.00"}', "late", "Sent to LATE, which was never owed it."],
    [2, '{"order":"late-2","item":"A-77","worth":"20.00"}', "late", "Sent to LATE, which was never owed it."],
  ]);
  expect((await seen(id)).money).toEqual([{ amount: "91.00", currency: "EUR" }]);
  const twin = await fill("to-late");
  await dock.selections.decide(id, "try one", maria);
  expect(await stands(id, "tried one")).toMatchObject({ selected: 4, applied: 1, waiting: 3 });
  await dock.stop();
  dock = await again();
  await dock.selections.decide(id, "run", maria);
  expect(await stands(id, "finished")).toMatchObject({ selected: 4, applied: 4 });
  // The same was frozen twice: the second finds everything owed.
  await dock.selections.decide(twin, "run", maria);
  expect(await stands(twin, "finished")).toMatchObject({ selected: 4, applied: 0, skipped: 4 });
  expect((await seen(twin)).left).toEqual([
    { text: "LATE was owed it by the flow to-late already.", items: 4 },
  ]);
  // Each is told of once, when the last of it is over: for whom it was, and what came of it.
  const { rows: executed } = await db.pool.query(
    "select data from event where contract = 'operations.replay-executed' order by position",
  );
  const came = { selection: `flow to-late, from ${from}`, subscribers: ["late"], by: "maria", failed: 0 };
  expect(executed.map(({ data }) => JSON.parse(data))).toMatchObject([
    { ...came, replayId: id, applied: 4, noChange: 0 },
    { ...came, replayId: twin, applied: 0, noChange: 4 },
  ]);
  expect(late.sent.map(({ body }) => `${body.order} ${body.worth}`)).toEqual([
    "late-2 22.00",
    "late-1 10.00",
    "late-2 20.00",
    "late-3 30.00",
    "late-3 31.00",
  ]);
  await expect(fill("to-late")).rejects.toThrow("Nothing fits that choice.");

  // Where only the latest state counts, the old is not put over the new; what comes in its order is.
  const whole = await fill("to-state");
  expect((await seen(whole)).left).toEqual([
    { text: "Something newer about order late-2 was applied; this would put the old over it.", items: 1 },
  ]);
  await dock.selections.decide(whole, "run", maria);
  expect(await stands(whole, "finished")).toMatchObject({ selected: 4, applied: 3, skipped: 1 });
  expect(state.sent.map(({ body }) => body.worth)).toEqual(["22.00", "10.00", "30.00", "31.00"]);

  // A flow under another name to the same system doubles nothing either.
  await dock.stop();
  dock = await start({
    database: db.url,
    flows: [
      flow("orders-in").from(shop).decode(json).expect(OrderPlaced).publish(OrderPlaced),
      sends("to-late-2", latePlug),
    ],
  });
  const renamed = await fill("to-late-2");
  expect(await seen(renamed)).toMatchObject({
    totals: { selected: 5, skipped: 5 },
    left: [{ text: "LATE was owed it by the flow to-late already.", items: 5 }],
  });
  const { rows: audits } = await db.pool.query("select reason from audit where action = 'backfill'");
  expect(new Set(audits.map(({ reason }) => reason))).toEqual(new Set([`backfill, ${maria.reason}`]));
  expect(audits).toHaveLength(7);
}, 60_000);

test("a second document is made only as new, under another key, by two people", async () => {
  targets.silent.known.add("A-77");
  await order("silent-1");
  await until(async () => (await open("applied")).length === 1);
  const [{ key } = { key: "" }] = await open("applied");
  const id = await freeze({ subjects: [key] }, "as new");
  expect((await seen(id)).second).toBe("Sending again as new makes a second document.");
  expect(await dock.selections.decide(id, "run", maria)).toBe(false);
  await dock.selections.decide(id, "run", maria, { by: "peter", digest: (await seen(id)).digest });
  expect(await stands(id, "finished")).toMatchObject({ selected: 1, applied: 1 });
  const sent = targets.silent.sent.map((parcel) => parcel.key);
  expect([sent.length, new Set(sent).size, targets.silent.books.size]).toEqual([2, 2, 2]);
  expect(await rows("select sent_as from delivery order by id")).toEqual([{ sent_as: 1 }, { sent_as: 2 }]);
});
