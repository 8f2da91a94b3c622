/** What people read about a document is what happened to it: finding, the story, the funnel, what needs someone. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../testing/database.ts";
import { type Filled, fillOrder, fillPayment, known, prepare } from "../testing/order-story.ts";
import {
  document,
  exceptionGroups,
  find,
  findDocuments,
  lines,
  openQuestions,
  overview,
  recent,
  step,
} from "./index.ts";
import type { Line } from "./systems.ts";

let db: FreshDatabase;
const filled: Record<string, Filled> = {};

beforeAll(async () => {
  db = await freshDatabase();
  await prepare(db.pool);
  filled.paid = await fillOrder(db.pool, 11, { until: "paid", startedMinutesAgo: 500 });
  filled.invoiced = await fillOrder(db.pool, 12, { until: "invoiced", startedMinutesAgo: 400 });
  filled.credit = await fillOrder(db.pool, 13, { until: "accepted", trouble: "credit", quantity: 40 });
  filled.unclear = await fillOrder(db.pool, 14, { until: "accepted", trouble: "erp unclear" });
  filled.item = await fillOrder(db.pool, 15, { until: "accepted", trouble: "item unknown" });
  filled.away = await fillOrder(db.pool, 16, {
    until: "credit approved",
    trouble: "wms away",
    startedMinutesAgo: 20,
  });
  filled.differ = await fillOrder(db.pool, 17, { until: "dispatched", trouble: "disagreement" });
  await fillPayment(db.pool, "INV-90012", "BANK-77");
});
afterAll(() => db.drop());

const wmsDown: Line = {
  name: "wms",
  title: "WMS Lyon",
  owner: "logistics",
  breaker: "open",
  because: "5 connects were refused in 4 s.",
  since: new Date(Date.now() - 14 * 60_000).toISOString(),
  inFlight: 0,
  lastOkAt: null,
  p50Ms: null,
  p99Ms: null,
};

test.each([
  ["the customer's PO", "PO-4711", "customerReference"],
  ["the sales order", "SO-10011", "order"],
  ["the ERP's own number", "4500011", "erpOrder"],
  ["a shipment", "SH-811", "shipment"],
  ["an SSCC", "340123450000010011", "sscc"],
  ["an invoice", "INV-90011", "invoice"],
  ["an EDI control number", "100000011", "ediControlNumber"],
  ["a number typed in small letters", "po-4711", "customerReference"],
])("%s finds the order", async (_, text, type) => {
  const found = await find(db.pool, text);
  expect(found[0]?.correlation).toBe("order/SO-10011");
  expect(found[0]?.matched[0]).toMatchObject({ type, exact: true });
});

test("the beginning of a number finds all that begin with it, and only those", async () => {
  const found = await find(db.pool, "INV-9001");
  expect(found.map(({ correlation }) => correlation).toSorted()).toEqual([
    "bankReference/BANK-77",
    "order/SO-10011",
    "order/SO-10012",
  ]);
  expect(found.every(({ matched }) => matched.every(({ exact }) => !exact))).toBe(true);
  expect(await find(db.pool, "IN")).toEqual([]);
  expect(await find(db.pool, "  ")).toEqual([]);
  expect(await find(db.pool, "INV-%")).toEqual([]);
});

test("a delivery key and a tracking code lead to their document too", async () => {
  const { correlation, deliveries } = filled.paid!;
  expect((await find(db.pool, correlation))[0]?.correlation).toBe(correlation);
  expect((await find(db.pool, deliveries.erp!))[0]?.correlation).toBe(correlation);
});

test("a found document comes with its line: number, worth, milestones, status", async () => {
  const [line] = await findDocuments(db.pool, "PO-4712", known);
  expect(line).toMatchObject({
    correlation: "order/SO-10012",
    kind: "Order",
    number: "SO-10012",
    also: [{ label: "Customer PO", value: "PO-4712" }],
    header: { money: { amount: "5000.00", currency: "EUR" }, lines: 1 },
    process: "order-to-cash@1",
    status: { word: "on track", late: false },
  });
  expect(line!.milestones.map(({ name, state }) => `${name}: ${state}`)).toEqual([
    "accepted: reached",
    "credit approved: reached",
    "allocated: reached",
    "dispatched: reached",
    "invoiced: reached",
    "paid: open",
  ]);
});

test.each([
  ["paid", "done", false],
  ["invoiced", "on track", false],
  ["credit", "on hold", false],
  ["unclear", "needs a check", false],
  ["item", "needs data fix", false],
  ["away", "waiting", false],
] as const)("an order in the state %s says so in one word", async (which, word, late) => {
  const [line] = await lines(db.pool, [filled[which]!.correlation], known, { down: new Set(["wms"]) });
  expect(line?.status).toMatchObject({ word, late });
});

test("an order past the clock of its next milestone is late", async () => {
  const in4Days = new Date(Date.now() + 4 * 86_400_000);
  const [line] = await lines(db.pool, [filled.differ!.correlation], known, { now: in4Days });
  expect(line?.status).toMatchObject({ word: "waiting", late: true });
  expect(line?.milestones.find(({ name }) => name === "invoiced")?.state).toBe("late");
});

test("the story of an order has three zoom levels, each containing the one before", async () => {
  const story = (await document(db.pool, filled.paid!.correlation, known))!;
  const business = story.timeline.filter(({ level }) => level === "business");
  expect(business.map(({ title }) => title)).toEqual([
    "Received from ACME mailbox",
    "Order captured",
    "Order accepted",
    "Credit approved",
    "Stock allocated",
    "Shipment dispatched",
    "Invoice posted",
    "Paid reached",
  ]);
  expect(business.length).toBeLessThanOrEqual(12);
  const levels = new Set(story.timeline.map(({ level }) => level));
  expect(levels).toEqual(new Set(["business", "steps", "attempts"]));
  const times = story.timeline.map(({ at }) => at);
  expect(times).toEqual(times.toSorted());
  expect(story.timeline.find(({ what }) => what === "attempt")).toMatchObject({
    title: "WMS Lyon, try 1: unavailable",
    detail: "It asked to come back in 2 s.",
  });
});

test("lineage leads from the arrival over the command and its delivery to the answer", async () => {
  const story = (await document(db.pool, filled.paid!.correlation, known))!;
  const byId = new Map(story.lineage.map((node) => [node.id, node]));
  const path: string[] = [];
  for (let node = story.lineage.find(({ detail }) => detail?.includes("4500011") && true); node; ) {
    path.unshift(`${node.kind} ${node.title}`);
    node = node.parent === null ? undefined : byId.get(node.parent);
  }
  expect(path.slice(0, 3)).toEqual([
    "arrival ACME mailbox",
    "event Order captured",
    "command Post sales order",
  ]);
  expect(
    story.lineage.filter(({ parent }) => parent === null).map(({ kind, title }) => `${kind} ${title}`),
  ).toEqual(["arrival ACME mailbox"]);
  for (const [index, node] of story.lineage.entries()) {
    if (node.parent !== null) {
      expect(story.lineage.findIndex(({ id }) => id === node.parent)).toBeLessThan(index);
    }
  }
});

test("what was sent in a step and what came back are shown side by side", async () => {
  const { correlation, positions } = filled.paid!;
  const shown = (await step(db.pool, correlation, positions.post!, known))!;
  expect(shown).toMatchObject({
    kind: "command",
    title: "Post sales order",
    data: { salesOrderId: "SO-10011" },
  });
  expect(shown.deliveries[0]).toMatchObject({ connectionTitle: "ERP", reference: "4500011" });
  expect(shown.answers[0]).toMatchObject({ title: "Order accepted", data: { erpOrderId: "4500011" } });
  expect(await step(db.pool, correlation, "999999", known)).toBeNull();
  expect(await step(db.pool, correlation, "1; drop table event", known)).toBeNull();
});

test("personal and secret fields of a body are masked", async () => {
  const { correlation, positions } = filled.paid!;
  const shown = (await step(db.pool, correlation, positions.captured!, known))!;
  expect(shown.data).toMatchObject({ shipTo: { name: "ACME Corp", street: "••••" } });
});

test("systems that disagree are named in a sentence", async () => {
  const { correlation } = filled.differ!;
  const story = async (minutes: number) => {
    const { rows } = await db.pool.query(
      "select max(said_at)::text as at from opinion where subject = $1 and milestone = 'dispatched'",
      [correlation],
    );
    const now = new Date(Date.parse(rows[0].at) + minutes * 60_000);
    const { opinions } = (await document(db.pool, correlation, known, { now }))!;
    return [opinions.disagreements, opinions.rows.find(({ milestone }) => milestone === "dispatched")?.stand];
  };
  // Different words that are minutes old are news on its way.
  expect(await story(9)).toEqual([[], "settling"]);
  expect(await story(28)).toEqual([
    ["WMS Lyon says dispatched, CRM and Carrier desk say not, for 28 min."],
    "differ",
  ]);
});

test("a bank entry that carries the order's invoice belongs to its story", async () => {
  const story = (await document(db.pool, filled.invoiced!.correlation, known))!;
  expect(story.timeline.some(({ title }) => title === "Bank entry received")).toBe(true);
  expect(story.keys.some(({ value }) => value === "BANK-77")).toBe(true);
});

test("every number of an order is listed, also those that come after one repeated under another name", async () => {
  const { correlation } = filled.paid!;
  const order = correlation.slice("order/".length);
  await db.pool.query(
    `insert into business_key (value, type, correlation, first_seen) values
      ($2, 'instance', $1, '2020-01-01'), ('TRK-LAST', 'trackingNumber', $1, clock_timestamp())`,
    [correlation, order],
  );
  const story = (await document(db.pool, correlation, known))!;
  const { rows } = await db.pool.query(
    "select distinct type, value from business_key where correlation = $1 and type <> 'instance'",
    [correlation],
  );
  const told = story.keys.map(({ type, value }) => `${type}/${value}`);
  expect(rows.map(({ type, value }) => `${type}/${value}`).filter((key) => !told.includes(key))).toEqual([]);
});

test("orders of one customer are not tied together by it", async () => {
  const story = (await document(db.pool, filled.paid!.correlation, known))!;
  expect(story.related).toEqual([]);
});

test("a document nobody heard of is null", async () => {
  expect(await document(db.pool, "order/SO-1", known)).toBeNull();
});

test("a story is told in stored names when nothing is known about contracts", async () => {
  const story = (await document(db.pool, filled.unclear!.correlation))!;
  expect(story.line.status.word).toBe("needs a check");
  expect(story.deliveries[0]).toMatchObject({ connectionTitle: "ERP", may: ["settle"] });
});

test("the funnel adds up at every milestone, and says who needs someone and who waits", async () => {
  const { funnels, step: inStep, needs, systems } = await overview(db.pool, known, [wmsDown]);
  const [funnel] = funnels;
  expect(funnel).toMatchObject({ process: "order-to-cash", entered: 7, completed: 1, exact: true });
  expect(
    funnel!.stages.map(({ milestone, reached, here, normal, waiting, someone }) => [
      milestone,
      reached,
      here,
      normal,
      waiting,
      someone,
    ]),
  ).toEqual([
    ["accepted", 7, 3, 0, 0, 3],
    ["credit approved", 4, 1, 0, 1, 0],
    ["allocated", 3, 0, 0, 0, 0],
    ["dispatched", 3, 1, 1, 0, 0],
    ["invoiced", 2, 1, 1, 0, 0],
    ["paid", 1, 0, 0, 0, 0],
  ]);
  expect(needs).toEqual({ documents: 3, questions: 1, exceptions: 2, temporary: 1, overdue: 0, causes: 2 });
  expect(systems[0]).toMatchObject({ name: "wms", state: "down", waiting: 1 });
  expect(systems.find(({ name }) => name === "erp")).toMatchObject({ parked: 1, inDoubt: 1 });
  expect(inStep.sentence).toBe(
    "Mostly in step. 3 documents need someone. WMS Lyon has not answered for 14 min: 1 document waits safely; nothing is lost.",
  );
});

test("without a sign of life of any worker the answer is that we cannot tell", async () => {
  const other = await freshDatabase();
  try {
    expect((await overview(other.pool, known, [])).step.answer).toBe("cannot tell");
  } finally {
    await other.drop();
  }
});

test("exceptions are grouped by cause, those that need a person first", async () => {
  const groups = await exceptionGroups(db.pool, known);
  expect(groups.map(({ title, word, documents, money }) => ({ title, word, documents, money }))).toEqual([
    {
      title: "ERP does not know an item",
      word: "needs data fix",
      documents: 1,
      money: [{ amount: "5000.00", currency: "EUR" }],
    },
    {
      title: "Sales order sent to ERP, no answer",
      word: "needs a check",
      documents: 1,
      money: [{ amount: "5000.00", currency: "EUR" }],
    },
    {
      title: "WMS Lyon is not answering",
      word: "trying again",
      documents: 1,
      money: [{ amount: "5000.00", currency: "EUR" }],
    },
  ]);
  expect((await openQuestions(db.pool, known)).questions).toMatchObject([
    {
      approval: "credit review",
      document: { number: "SO-10013", header: { money: { amount: "20000.00" } } },
    },
  ]);
});

test("a cause whose last item is closed while it is being read is left out, and the rest is shown", async () => {
  const before = await exceptionGroups(db.pool, known);
  const gone = before[0]!.fingerprint;
  // The first statement still sees the group; before the second one, somebody closes all of it.
  let asked = 0;
  const racing = {
    query: async (text: string, values: unknown[]) => {
      asked += 1;
      if (asked === 2)
        return db.pool.query(text, [(values[0] as string[]).filter((one) => one !== gone), values[1]]);
      return db.pool.query(text, values);
    },
  } as unknown as typeof db.pool;
  const after = await exceptionGroups(racing, known);
  expect(after.map(({ fingerprint }) => fingerprint)).toEqual(
    before.map(({ fingerprint }) => fingerprint).filter((one) => one !== gone),
  );
});

test("recent documents are paged without one shown twice or left out", async () => {
  const seen: string[] = [];
  let after: string | null = null;
  do {
    const page = await recent(db.pool, known, { limit: 3, after });
    seen.push(...page.documents.map(({ correlation }) => correlation));
    after = page.next;
  } while (after !== null);
  expect(seen).toHaveLength(8);
  expect(new Set(seen).size).toBe(8);
});

test("an order that states no worth has that of the first message that does, not what looks like it in a line", async () => {
  const order = { salesOrderId: "SO-77", customer: "C-SHOP", currency: "EUR", lines: [{ line: "1" }] };
  const amount = { amount: "12.00", currency: "EUR" };
  const said = [
    ["sales.order-captured", order],
    ["tax.calculate-order", { salesOrderId: "SO-77", lines: [{ line: "1", amount }] }],
    ["erp.check-credit", { salesOrderId: "SO-77", amount: { ...amount, amount: "20.00" } }],
  ] as const;
  for (const [contract, data] of said)
    await db.pool.query(
      `insert into event (occurred_at, kind, id, contract, version, key, source, correlation, routed, data)
        values (now(), 'event', $1, $1, 1, 'order/SO-77', 'test', 'order/SO-77', false, $2)`,
      [contract, JSON.stringify(data)],
    );
  const [line] = await lines(db.pool, ["order/SO-77"], known);
  expect(line!.header).toMatchObject({ money: { amount: "20.00", currency: "EUR" }, lines: 1 });
});
