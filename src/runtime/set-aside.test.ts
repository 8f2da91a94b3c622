/** What a build cannot send, and what a target is not ready for: set aside with a reason, and gone by itself when it can. */
import Type from "typebox";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { Codec } from "../codecs/codec.ts";
import { type Connection, connection, connector } from "../connectors/connector.ts";
import { event } from "../contracts/contract.ts";
import { type Flow, flow } from "../flows/flow.ts";
import { type Process, process } from "../processes/process.ts";
import { toBytes, toText } from "../std/bytes.ts";
import { Refused } from "../std/errors.ts";
import { type FreshDatabase, freshDatabase } from "../testing/database.ts";
import { document } from "../trace/document.ts";
import { runbookOf } from "../trace/runbooks.ts";
import type { Dock } from "./dock.ts";
import { start } from "./start.ts";

const Text = Type.String({ minLength: 1 });
const fact = <const Key extends string>(name: string, key: Key) =>
  event({
    name,
    version: 1,
    owner: "test",
    summary: "A fact.",
    criticality: "C2",
    data: Type.Object({ id: Text, needs: Type.Optional(Text) }),
    keys: { [key]: "id" },
    sample: { id: "1" },
  });
const Ordered = fact("sales.order-captured", "order");
const RECORDS = {
  customer: fact("master.customer-described", "customer"),
  item: fact("master.item-described", "item"),
  supplier: fact("master.supplier-described", "supplier"),
} as const;
type Kind = keyof typeof RECORDS;
const json = <Document>(): Codec<Document> => ({
  name: "json",
  mediaType: "application/json",
  decode: (body) => JSON.parse(toText(body)),
  encode: (document) => toBytes(JSON.stringify(document)),
});

const books: string[] = [];
/** While it is set, the target answers nobody. */
let silence: Promise<void> | undefined;
const target = connector({
  name: "target",
  summary: "Books what it gets; what names a customer, an item or a supplier only when it knows that.",
  config: Type.Object({}),
  guarantees: { repeat: "key", verifies: false, ordered: false, settleMs: 0, concurrency: 4 },
  open: async () => ({
    async deliver({ subject, body }) {
      await silence;
      const { needs } = JSON.parse(toText(body)) as { needs?: string };
      const [keyType = "", value = ""] = needs?.split("/") ?? [];
      if (needs && !books.includes(needs))
        throw new Refused(`Unknown ${keyType}.`, { missing: { keyType, value } });
      books.push(subject);
      return { reference: subject };
    },
    probe: async () => undefined,
    close: async () => undefined,
  }),
});
const inbox = connector({
  name: "inbox",
  summary: "Pushed.",
  config: Type.Object({}),
  guarantees: { repeat: "none", verifies: false, ordered: false, settleMs: 0, concurrency: 1 },
  open: async () => ({ probe: async () => undefined, close: async () => undefined }),
});
const client = connection("client", inbox, { config: {} });
const to = (name: string): Connection =>
  connection(name, target, { title: name.toUpperCase(), owner: "erp", config: {} });

type Fact = typeof Ordered | (typeof RECORDS)[Kind];
const into = (name: string, contract: Fact): Flow =>
  flow(name).from(client).decode(json<{ id: string }>()).expect(contract).publish(contract);
const out = (name: string, contract: Fact, at: Connection): Flow =>
  flow(name).on(contract).deliver(at, json());

let database: FreshDatabase;
let dock: Dock | undefined;
beforeAll(async () => {
  database = await freshDatabase();
  await database.pool.query("select make_partitions(2)");
});
afterEach(async () => {
  await dock?.stop();
  dock = undefined;
});
afterAll(() => database.drop());

let processes: Process[] = [];
const build = async (...flows: Flow[]): Promise<Dock> => {
  await dock?.stop();
  dock = await start({
    database: database.url,
    processes,
    contracts: [Ordered, ...Object.values(RECORDS)],
    flows: [
      into("orders-in", Ordered),
      ...Object.entries(RECORDS).map(([kind, contract]) => into(`${kind}-in`, contract)),
      ...flows,
    ],
  });
  return dock;
};
const tell = (flowName: string, id: string, needs?: string, messageId = id) =>
  dock?.accept(flowName, {
    messageId: `${flowName} ${messageId}`,
    body: toBytes(JSON.stringify({ id, ...(needs ? { needs } : {}) })),
  });
const until = async <Value>(look: () => Promise<Value | undefined | false>, what: string): Promise<Value> => {
  for (const end = Date.now() + 10_000; Date.now() < end; ) {
    const seen = await look();
    if (seen) return seen;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`It never happened: ${what}`);
};
const open = async () =>
  (
    await database.pool.query(
      `select d.subject, d.status, d.waits_for, x.class, x.title, x.owner from delivery d
       left join exception x on x.subject_kind = 'delivery' and x.subject = d.key and x.resolved_at is null
       where d.status not in ('applied', 'cancelled') order by d.id`,
    )
  ).rows;
const shown = (subject: string, waits_for: string, title: string, owner = "erp") => ({
  subject,
  status: "parked",
  waits_for,
  class: "contract change",
  title,
  owner,
});

/** Leaves deliveries open, as a worker does that is killed. */
async function owe(
  subject: string,
  flowName: string,
  connected: string,
  contract = Ordered.name,
): Promise<string> {
  const key = `${flowName}-${subject}`;
  await database.pool.query(
    `with carried as (
       insert into event (occurred_at, kind, id, contract, version, key, source, correlation, routed, data)
       values (now(), 'event', $1, $2, 1, $3, 'client', $3, true, $6) returning position)
     insert into delivery (key, flow, connection, contract, subject, lane, correlation, event_position, status)
     select $1, $4, $5, $2, $3, 0, $3, position, 'owed' from carried`,
    [key, contract, subject, flowName, connected, JSON.stringify({ id: subject.split("/")[1] })],
  );
  return key;
}

test("deliveries of a flow or a connection that is gone are shown, hold up nobody, and go when it is back", async () => {
  await owe("order/F", "gone", "erp");
  await owe("order/C", "orders-to-wms", "wms");
  await owe("order/G", "orders-to-erp", "erp");
  const erp = to("erp");
  await build(out("orders-to-erp", Ordered, erp));
  await until(async () => books.includes("order/G"), "the healthy one is booked");
  await until(async () => (await open()).every(({ status }) => status === "parked"), "all set aside");
  expect(await open()).toEqual([
    shown("order/F", "flow/gone", "sales.order-captured for ERP cannot be sent by this build"),
    shown(
      "order/C",
      "connection/wms",
      "sales.order-captured for wms cannot be sent by this build",
      "integration",
    ),
  ]);
  const [stray] = (await database.pool.query("select key from delivery where connection = 'wms'")).rows;
  expect(await dock?.tryAgain(stray.key, { name: "maria" })).toBe(true);
  await until(async () => {
    const { rows } = await database.pool.query(
      "select from delivery where key = $1 and status = 'parked' and exists (select from attempt where delivery = key)",
      [stray.key],
    );
    return rows.length === 1;
  }, "it is set aside once more");

  await build(
    out("orders-to-erp", Ordered, erp),
    out("gone", Ordered, erp),
    out("orders-to-wms", Ordered, to("wms")),
  );
  await until(async () => (await open()).length === 0, "everything went by itself");
  expect(books.filter((subject) => /order\/[CFG]/.test(subject)).toSorted()).toEqual([
    "order/C",
    "order/F",
    "order/G",
  ]);
  const left = await database.pool.query(
    "select count(*)::int as n from exception where resolved_at is null",
  );
  expect(left.rows).toEqual([{ n: 0 }]);
});

test("instances of a version that is gone with a deployment taken back keep what comes, and go on by themselves when it is back", async () => {
  const ofVersion = (version: number): Process =>
    process({
      name: "order-to-wait",
      version,
      owner: "sales",
      summary: "Waits for its customer.",
      keyType: "order",
      state: Type.Object({ id: Text }),
      milestones: { seen: {}, described: {}, chased: {} },
      timers: { chase: "1h" },
    })
      .startsOn(Ordered, "id", ({ id }) => ({ state: { id }, reach: "seen", start: ["chase"] }))
      .when(RECORDS.customer, "id", () => ({ reach: "described" }))
      .whenElapsed("chase", () => ({ reach: "chased", end: "completed" }));
  const standing = async () =>
    (
      await database.pool.query(
        `select i.key, i.version, i.status, i.milestone, x.title, x.owner, x.class, x.fingerprint, x.subject_kind, x.reason
         from instance i left join exception x on x.subject = i.process || ':' || i.key and x.resolved_at is null order by i.key`,
      )
    ).rows;
  const comesDue = () =>
    database.pool.query("update instance set next_due = now() where next_due is not null");
  const [old, newer] = [ofVersion(1), ofVersion(2)];
  processes = [old, newer];
  await build();
  for (const id of ["V-1", "V-2"]) await tell("orders-in", id);
  await until(async () => (await standing()).length === 2, "both have begun");

  processes = [old];
  await build();
  await tell("customer-in", "V-1");
  await comesDue();
  await until(async () => (await standing()).every(({ status }) => status === "parked"), "both stand still");
  const before = await standing();
  const title = "Version 2 of order-to-wait is not part of this build";
  expect(before).toMatchObject(
    ["V-1", "V-2"].map((key) => ({ key, version: 2, milestone: "seen", title, owner: "sales" })),
  );
  expect(before[0].reason).toBe(
    "It keeps, in order, what comes, and goes on by itself within a minute when a build with version 2 runs. This build has version 1; " +
      "crossdock process migrate order-to-wait --dry-run says which can take it over.",
  );
  expect([new Set(before.map(({ fingerprint }) => fingerprint)).size, runbookOf(before[0]).id]).toEqual([
    1,
    "not-in-this-build",
  ]);
  // Somebody who is told to wait and does not, and the minute that passes meanwhile, change nothing.
  expect(await dock?.tryAgain("order-to-wait:V-1", { name: "maria" })).toBe(true);
  await comesDue();
  await until(
    async () =>
      (await database.pool.query("select from instance where next_due < now() + interval '30 seconds'")).rows
        .length === 0,
    "they were looked at",
  );
  expect(await standing()).toEqual(before);

  processes = [old, newer];
  await build();
  await comesDue();
  await until(async () => (await standing()).every(({ status }) => status === "running"), "they go on");
  await until(async () => (await standing())[0].milestone === "described", "what was kept is taken");
  expect((await standing()).map(({ milestone, title: open }) => [milestone, open])).toEqual([
    ["described", null],
    ["seen", null],
  ]);
  processes = [];
});

test("one row that cannot be read is set aside and the rest of its page goes", async () => {
  const [bad, gone] = [
    await owe("order/B", "orders-to-erp", "erp"),
    await owe("order/V", "orders-to-erp", "erp", "sales.order-forgotten"),
  ];
  const newer = await owe("order/N", "orders-to-erp", "erp");
  await owe("order/H", "orders-to-erp", "erp");
  const at = "(select event_position from delivery where key = $1)";
  await database.pool.query(`update event set data = '{' where position = ${at}`, [bad]);
  await database.pool.query(`update event set version = 9 where position = ${at}`, [newer]);
  await build(out("orders-to-erp", Ordered, to("erp")));
  await until(async () => books.includes("order/H"), "the healthy one is booked");
  await until(async () => (await open()).every(({ status }) => status === "parked"), "all set aside");
  expect((await open()).map(({ subject, waits_for }) => [subject, waits_for])).toEqual([
    ["order/B", "contract/sales.order-captured"],
    ["order/V", "contract/sales.order-forgotten"],
    ["order/N", "contract/sales.order-captured"],
  ]);
  for (const key of [bad, gone, newer]) expect(await dock?.cancelDelivery(key, { name: "maria" })).toBe(true);
  await until(async () => (await open()).length === 0, "given up");
});

test("what names a customer, an item or a supplier its target does not know waits, and goes by itself, once, when that has come", async () => {
  const erp = to("erp");
  const kinds = Object.keys(RECORDS) as Kind[];
  await build(
    out("orders-to-erp", Ordered, erp),
    ...kinds.map((kind) => out(`${kind}-to-erp`, RECORDS[kind], erp)),
  );
  for (const kind of kinds) await tell("orders-in", `M-${kind}`, `${kind}/X-1`);
  await tell("orders-in", "M2");
  await until(
    async () =>
      (await open()).map(({ status }) => status).join() === "parked,parked,parked" &&
      books.includes("order/M2"),
    "they wait, others go",
  );
  expect(await open()).toEqual(
    kinds.map((kind) => ({
      ...shown(`order/M-${kind}`, `${kind}/X-1`, `ERP does not know ${kind} X-1`),
      class: "data",
    })),
  );
  // A copy while it waits is the same one.
  expect((await tell("orders-in", "M-item", "item/X-1"))?.outcome).toBe("duplicate");
  const waiting = await document(database.pool, "order/M-item");
  expect(waiting?.deliveries).toMatchObject([
    {
      status: { text: "Waits for item X-1" },
      waits: { what: "item X-1", since: expect.stringMatching(/Z$/) },
    },
  ]);
  for (const kind of kinds) {
    await tell(`${kind}-in`, "X-1");
    // The same record is told again; what waited for it has gone, or goes once.
    await tell(`${kind}-in`, "X-1", undefined, "again");
  }
  await until(async () => (await open()).length === 0, "nothing is open");
  for (const kind of kinds) expect(books.filter((subject) => subject === `order/M-${kind}`)).toHaveLength(1);
});

test("what was on the wire when three workers were lost is shown to a person, who sends it once more", async () => {
  const key = await owe("order/P", "orders-to-erp", "erp");
  await database.pool.query(
    "update delivery set status = 'in_doubt', crashes = 3, doubts = 3, attempts = 3, reason = 'lost' where key = $1",
    [key],
  );
  await build(out("orders-to-erp", Ordered, to("erp")));
  const [shownToPeople] = await until(async () => {
    const rows = await open();
    return rows[0]?.status === "parked" && rows;
  }, "it is set aside");
  expect(shownToPeople).toMatchObject({ class: "unclear outcome", waits_for: null });
  expect(await dock?.tryAgain(key, { name: "maria", reason: "the mapping is mended" })).toBe(true);
  await until(async () => books.includes("order/P"), "it went");
});

test("what names something its flow looks up in vain waits until that is known, in our documents or in a code list", async () => {
  const erp = to("erp");
  const translated = flow("orders-to-erp")
    .on(Ordered)
    .lookUp(
      "account of the customer",
      ({ id }) =>
        id.startsWith("T")
          ? [{ table: "account", system: "erp", value: id }]
          : [{ key: { type: "supplier", value: id }, give: "supplier" }],
      (order, [account]) => ({ ...order, account }),
    )
    .deliver(erp, json());
  await build(translated);
  for (const id of ["K-1", "T-1"]) await tell("orders-in", id);
  await until(
    async () => (await open()).map(({ status }) => status).join() === "parked,parked",
    "both are set aside",
  );
  expect(await open()).toEqual([
    {
      ...shown("order/K-1", "known/supplier>supplier/K-1", "sales.order-captured cannot be written for ERP"),
      class: "data",
    },
    {
      ...shown("order/T-1", "listed/account@erp/T-1", "sales.order-captured cannot be written for ERP"),
      class: "data",
    },
  ]);
  const told = await document(database.pool, "order/T-1");
  expect(told?.deliveries[0]?.waits?.what).toBe("account T-1 of erp");
  await tell("supplier-in", "K-1");
  await database.pool.query(
    "insert into cross_reference (entity, system, external, canonical, confirmed_by) values ('account', 'erp', 'T-1', '4711', 'maria')",
  );
  await until(async () => (await open()).length === 0, "both went");
  expect(books.filter((subject) => /order\/[KT]-1/.test(subject)).toSorted()).toEqual([
    "order/K-1",
    "order/T-1",
  ]);
});

test("what was not given to a target is not said to be on the wire while nothing may be sent to it", async () => {
  let speak: () => void = () => undefined;
  silence = new Promise((resolve) => {
    speak = resolve;
  });
  await build(out("orders-to-erp", Ordered, to("erp")));
  const ids = Array.from({ length: 12 }, (_, n) => `WIRE-${n}`);
  await Promise.all(ids.map((id) => tell("orders-in", id)));
  const standing = async () =>
    (
      await database.pool.query(
        "select status, count(*)::int as n, min(attempts)::int as tries from delivery where subject like 'order/WIRE-%' group by 1 order by 1",
      )
    ).rows;
  // Four calls at once is what the target takes; those that came together were all written with their first intent.
  await until(async () => {
    const [first, ...others] = await standing();
    return first?.status === "attempting" && first.n >= 4 && first.n + (others[0]?.n ?? 0) === 12;
  }, "four are on the wire, and twelve owed in all");
  await dock?.decideConnection("erp", "pause", { name: "maria", reason: "Maintenance." });
  await until(async () => (await standing()).length === 2, "those that were not sent are owed again");
  expect(await standing()).toEqual([
    { status: "attempting", n: 4, tries: 1 },
    { status: "owed", n: 8, tries: 0 },
  ]);
  speak();
  silence = undefined;
  await dock?.decideConnection("erp", "resume", { name: "maria", reason: "Done." });
  await until(
    async () => (await standing())[0]?.status === "applied" && (await standing())[0]?.n === 12,
    "all are applied",
  );
  expect(books.filter((subject) => subject.startsWith("order/WIRE-")).toSorted()).toEqual(
    ids.map((id) => `order/${id}`).toSorted(),
  );
});
