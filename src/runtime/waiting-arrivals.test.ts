/** Arrivals that name master data nobody knows yet: set aside unanswered, and taken in by themselves when it comes, once. */
import { hash as hashOf } from "node:crypto";
import Type from "typebox";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Codec } from "../codecs/codec.ts";
import { connection, connector } from "../connectors/connector.ts";
import { ItemChanged, SupplierChanged } from "../contracts/canon/master.ts";
import { event } from "../contracts/contract.ts";
import { flow } from "../flows/flow.ts";
import { toBytes, toText } from "../std/bytes.ts";
import { ContractBroken } from "../std/errors.ts";
import { hurried } from "../testing/clock.ts";
import { type FreshDatabase, freshDatabase } from "../testing/database.ts";
import { balance } from "../trace/balance.ts";
import type { Dock } from "./dock.ts";
import { start } from "./start.ts";

const Text = Type.String({ minLength: 1 });
const Ordered = event({
  name: "sales.order-captured",
  version: 1,
  owner: "test",
  summary: "An order.",
  criticality: "C2" as const,
  data: Type.Object({ id: Text, customer: Text, customerId: Text }),
  keys: { order: "id" },
  sample: { id: "1", customer: "ours", customerId: "C-1" },
});
const Described = event({
  name: "master.customer-changed",
  version: 1,
  owner: "test",
  summary: "A customer.",
  criticality: "C2" as const,
  data: Type.Object({ id: Text }),
  keys: { customer: "id" },
  sample: { id: "C-1" },
});
const Billed = event({
  name: "procurement.invoice-received",
  version: 1,
  owner: "test",
  summary: "A supplier bills us.",
  criticality: "C2" as const,
  data: Type.Object({ id: Text, supplier: Text, items: Type.Array(Text) }),
  keys: { invoice: "id" },
  sample: { id: "SI-1", supplier: "V-1", items: ["I-1"] },
});
interface Order {
  readonly id: string;
  readonly customer: string;
}
const json: Codec<Order> = {
  name: "json",
  mediaType: "application/json",
  decode: (body) => JSON.parse(toText(body)),
  encode: (document) => toBytes(JSON.stringify(document)),
};
const partner = connection(
  "partner",
  connector({
    name: "inbox",
    summary: "Pushed.",
    config: Type.Object({}),
    guarantees: { repeat: "none", verifies: false, ordered: false, settleMs: 0, concurrency: 1 },
    open: async () => ({ probe: async () => undefined, close: async () => undefined }),
  }),
  { title: "PARTNER", owner: "sales", config: {} },
);

/** What this build understands of the partner's dialect. */
let understood = /^\{/;
const dialect: Codec<Order> = {
  ...json,
  decode: (body) => {
    const text = toText(body);
    if (understood.test(text)) return JSON.parse(text.slice(text.indexOf("{")));
    throw new ContractBroken(`It begins with ${text[0]}, where this build expects another sign.`);
  },
};

let database: FreshDatabase;
let dock: Dock;
const begin = () =>
  start({
    database: database.url,
    clock: hurried(4),
    flows: [
      flow("customers-in")
        .from(partner)
        .decode(json)
        .map(({ id }) => ({ id }))
        .publish(Described),
      flow("orders-in")
        .from(partner)
        .decode(json)
        .lookUp(
          "customer",
          ({ customer }) => [{ key: { type: "customer", value: customer }, give: "customer" }],
          ({ id, customer }, [found]) => ({ id, customer, customerId: found ?? "" }),
          { waits: true },
        )
        .publish(Ordered),
      flow("masters-in")
        .from(partner)
        .decode(json)
        .map(({ id, customer: kind }) => ({ id, kind }))
        .publishAs([ItemChanged, SupplierChanged], ({ id, kind }) =>
          kind === "item"
            ? ItemChanged.of({ ...ItemChanged.sample, item: id })
            : SupplierChanged.of({ ...SupplierChanged.sample, supplier: id }),
        ),
      flow("invoices-in")
        .from(partner)
        .decode(json)
        .map((told) => told as unknown as typeof Billed.sample)
        .lookUp(
          "supplier and items",
          ({ supplier, items }) => [
            { key: { type: "supplierRecord", value: supplier }, give: "supplier" },
            ...items.map((value) => ({ key: { type: "itemRecord", value }, give: "item" })),
          ],
          (told) => told,
          { waits: true },
        )
        .publish(Billed),
      flow("notes-in")
        .from(partner)
        .decode(dialect)
        .map(({ id, customer }) => ({ id, customer, customerId: customer }))
        .publish(Ordered),
    ],
  });
beforeAll(async () => {
  database = await freshDatabase();
  dock = await begin();
});
afterAll(async () => {
  await dock?.stop();
  await database?.drop();
});

const rows = async (text: string) => (await database.pool.query(text)).rows;
const order = (id: string, customer: string, source?: string) =>
  dock.accept("orders-in", { messageId: id, body: json.encode({ id, customer }) }, source);
const customer = (id: string) =>
  dock.accept("customers-in", { messageId: `customer ${id}`, body: json.encode({ id, customer: "" }) });
const captured = async () =>
  (await rows("select key from event where contract = 'sales.order-captured' order by position")).map(
    ({ key }) => key,
  );
const shown = () =>
  rows(
    "select title, owner, resolved_at is not null as closed, resolution from exception where subject_kind = 'arrival' order by id",
  );

test("an arrival waits for its customer and goes by itself, across a restart; a copy and one that was given up do not go twice", async () => {
  for (const [id, who] of [
    ["SO-1", "C-1"],
    ["SO-2", "C-2"],
    ["SO-3", "C-1"],
  ] as const)
    expect(await order(id, who)).toMatchObject({ outcome: "quarantined" });
  // Whoever is answered at once was told no, and comes again by itself: nothing waits on their behalf.
  expect(await order("SO-4", "C-1", "client:shop")).toMatchObject({ outcome: "quarantined" });
  expect((await shown()).slice(0, 1)).toEqual([
    {
      title: "A message from PARTNER waits for what is not known yet",
      owner: "sales",
      closed: false,
      resolution: null,
    },
  ]);
  await expect
    .poll(() => rows("select count(*)::int as n from arrival_wait"), { timeout: 4_000 })
    .toEqual([{ n: 3 }]);
  expect((await balance(database.pool)).silent).toBe(0);
  // One is given up by a person.
  const [third] = await rows(
    "select x.id::text as id from exception x join arrival a on a.id::text = split_part(x.subject, '#', 1) where a.message_id = 'SO-3'",
  );
  await dock.resolve(third.id, { name: "maria", reason: "The customer withdrew it." });
  await dock.stop();
  dock = await begin();

  await customer("C-1");
  await rows("update arrival_wait set next_at = now()");
  await expect.poll(captured, { timeout: 10_000 }).toEqual(["order/SO-1"]);
  await expect
    .poll(async () => (await shown())[0]?.resolution, { timeout: 5_000 })
    .toMatch(/^What it waited for has come: taken in as [0-9a-f-]{36}\.$/);
  // It comes again when its customer is known, before it was read again: taken once, and the wait is over.
  await rows("update arrival_wait set next_at = now() + interval '1 hour'");
  await customer("C-2");
  await expect.poll(async () => (await order("SO-2", "C-2")).outcome, { timeout: 5_000 }).toBe("accepted");
  await rows("update arrival_wait set next_at = now()");
  await expect
    .poll(() => rows("select count(*)::int as n from arrival_wait where over_at is null"), { timeout: 5_000 })
    .toEqual([{ n: 0 }]);
  expect(await captured()).toEqual(["order/SO-1", "order/SO-2"]);
  expect(
    (await shown()).map(({ closed, resolution }) => [
      closed,
      resolution?.replace(/[0-9a-f-]{36}/, "…") ?? null,
    ]),
  ).toEqual([
    [true, "What it waited for has come: taken in as …."],
    [true, "It came again and was taken."],
    [true, "maria: The customer withdrew it."],
    [false, null],
  ]);
}, 30_000);

test("an invoice waits for its supplier and for every item it names, and goes by itself, once, when the last has come", async () => {
  const bill = () =>
    dock.accept("invoices-in", {
      messageId: "SI-1",
      body: toBytes(JSON.stringify({ id: "SI-1", supplier: "V-9", items: ["I-1", "I-2"] })),
    });
  const master = (kind: string, id: string, time = 1) =>
    dock.accept("masters-in", { messageId: `${id} ${time}`, body: json.encode({ id, customer: kind }) });
  const reasons = async () =>
    (
      await rows(
        "select reason from exception where subject_kind = 'arrival' and resolved_at is null and reason like '%supplier and items%'",
      )
    ).map(({ reason }) => reason);
  const soon = async () => {
    await rows("update arrival_wait set next_at = now() where over_at is null");
    return rows("select count(*)::int as n from arrival_wait where over_at is not null and tries > 0");
  };
  const [{ n: before }] = await soon();
  expect(await bill()).toMatchObject({
    outcome: "quarantined",
    reason: "supplier and items: supplierRecord V-9 is not known as supplier in what we know.",
  });
  const [waits] = await reasons();
  // Somebody has it read before that is known: he is told that it is not yet, and it goes on waiting.
  const peter = { name: "peter", reason: "Is it known?" };
  const [{ fingerprint: cause }] = await rows(
    "select fingerprint from exception where reason like '%supplier and items%'",
  );
  const early = await dock.selections.freeze({ cause }, "try again", peter, peter);
  await dock.selections.decide(early, "run", peter);
  await expect
    .poll(() => rows(`select state, reason from selection_item where selection = '${early}'`), {
      timeout: 5_000,
    })
    .toEqual([{ state: "failed again", reason: expect.stringContaining("V-9 is not known") }]);
  expect(await reasons()).toEqual([waits]);
  await master("supplier", "V-9");
  await master("item", "I-1");
  await soon();
  const tries = async () => (await rows("select tries from arrival_wait where over_at is null"))[0]?.tries;
  await expect.poll(tries, { timeout: 5_000 }).toBeGreaterThan(0);
  expect(await rows("select from event where contract = 'procurement.invoice-received'")).toEqual([]);
  await master("item", "I-2");
  // The last record is told again while it goes, and so is the invoice.
  await Promise.all([master("item", "I-2", 2), bill()]);
  await expect.poll(soon, { timeout: 8_000 }).toEqual([{ n: before + 1 }]);
  expect(await rows("select key from event where contract = 'procurement.invoice-received'")).toEqual([
    { key: "invoice/SI-1" },
  ]);
  expect(await reasons()).toEqual([]);
}, 30_000);

test("what was set aside is read again when a person asks: one alone, all of a cause, and what ended workers", async () => {
  const note = (id: string, body: string) => dock.accept("notes-in", { messageId: id, body: toBytes(body) });
  const said = (id: string) => `${JSON.stringify({ id, customer: "C-1" })}`;
  const maria = { name: "maria", reason: "The build of today understands it." };
  const exceptions = () =>
    rows(`select a.message_id as id, x.fingerprint, x.subject, x.title, x.reason, x.resolution from exception x
      join arrival a on a.id::text = x.subject where a.flow = 'notes-in' order by x.id`);
  const notes = async () => (await captured()).filter((key) => key.startsWith("order/N-"));
  for (const [id, sign] of [
    ["N-1", "+"],
    ["N-2", "+"],
    ["N-3", "?"],
    ["N-4", "+"],
  ] as const)
    expect(await note(id, `${sign}${said(id)}`)).toMatchObject({ outcome: "quarantined" });
  const [first] = await exceptions();

  // Asked too early: nothing is taken, nothing new is open, and the reason is today's.
  understood = /^[{!]/;
  expect(await dock.tryAgain(first.subject, maria)).toBe(true);
  const ended = async (subject: string) =>
    (await rows(`select over_at is not null as over from arrival_wait where arrival = '${subject}'`))[0]
      ?.over;
  await expect.poll(() => ended(first.subject), { timeout: 5_000 }).toBe(true);
  expect(await notes()).toEqual([]);
  expect(await exceptions()).toHaveLength(4);

  understood = /^[{+]/;
  // What came again meanwhile is not taken twice.
  expect(await note("N-4", `+${said("N-4")}`)).toMatchObject({ outcome: "accepted" });
  expect(await dock.tryAgain(first.subject, maria)).toBe(true);
  await expect.poll(notes, { timeout: 5_000 }).toEqual(["order/N-4", "order/N-1"]);
  await expect
    .poll(async () => (await exceptions())[0].resolution, { timeout: 5_000 })
    .toMatch(/^Read again for maria: taken in as /);
  expect(await dock.tryAgain(first.subject, maria)).toBe(false);

  const id = await dock.selections.freeze(
    { cause: first.fingerprint },
    "try again",
    { reason: "All of it." },
    maria,
  );
  await dock.selections.decide(id, "run", maria);
  const items = () =>
    rows(`select a.message_id as id, i.state, i.reason from selection_item i join arrival a on a.id::text = i.subject
      where i.selection = '${id}' order by i.number`);
  await expect
    .poll(async () => (await items()).filter(({ state }) => /waiting|asked/.test(state)), { timeout: 8_000 })
    .toEqual([]);
  expect(await items()).toEqual([
    { id: "N-2", state: "applied", reason: null },
    { id: "N-3", state: "failed again", reason: "It begins with ?, where this build expects another sign." },
    { id: "N-4", state: "applied", reason: null },
  ]);
  expect(await notes()).toEqual(["order/N-4", "order/N-1", "order/N-2"]);
  expect(
    (await exceptions()).map(({ resolution }) => resolution?.replace(/[0-9a-f-]{36}/, "…") ?? null),
  ).toEqual([
    "Read again for maria: taken in as ….",
    "Read again for maria: taken in as ….",
    null,
    "It came again and was taken.",
  ]);
  expect(
    await rows(
      "select actor, count(*)::int as n from audit where action = 'try again' and actor = 'maria' group by 1",
    ),
  ).toEqual([{ actor: "maria", n: 5 }]);

  // Its bytes were never read: it is shown with the reason, and there is nothing to read again.
  const unread = "The file big.json has 900 bytes, and this mailbox takes 100.";
  const big = { messageId: "N-big", body: new Uint8Array(0), unread };
  expect(await dock.accept("notes-in", big)).toMatchObject({ outcome: "quarantined", reason: unread });
  const shown = (await exceptions()).at(-1);
  expect(shown.reason).toContain(unread);
  expect(await dock.tryAgain(shown.subject, maria)).toBe(true);
  await expect.poll(() => ended(shown.subject), { timeout: 5_000 }).toBe(true);
  expect((await exceptions()).at(-1)).toEqual(shown);
  expect(await rows(`select said from arrival_wait where arrival = '${shown.subject}'`)).toEqual([
    { said: "Nothing of it is kept here: its sender sends it again." },
  ]);

  // Two workers were lost while these bytes were read, and a third since: they are not read a fourth time, but for a person.
  const bytes = `{"id":"N-5","customer":"C-1"}`;
  const what = `arrival notes-in ${hashOf("sha256", toBytes(bytes), "base64")}`;
  await rows("insert into lost_worker (id) values ('gone')");
  await rows(`insert into in_hand (worker, what, lost) values ('gone', '${what}', 2)`);
  let copy = 0;
  const setAside = async () => {
    copy += 1;
    return (await note(`N-5 ${copy}`, bytes)).outcome;
  };
  await expect.poll(setAside, { timeout: 10_000 }).toBe("quarantined");
  const poison = (await exceptions()).at(-1);
  expect(poison.title).toBe("A message from PARTNER may be what ends our workers");
  expect(poison.reason).toMatch(/^3 times a worker was lost/);
  expect(await dock.tryAgain(poison.subject, maria)).toBe(true);
  await expect
    .poll(async () => (await exceptions()).at(-1).resolution, { timeout: 5_000 })
    .toMatch(/^Read again for maria/);
}, 30_000);
