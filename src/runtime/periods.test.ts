/** Nothing is posted into a closed period: held, moved by policy, let go when it opens; and a period says what is in its way. */
import Type from "typebox";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Codec } from "../codecs/codec.ts";
import { connection, connector } from "../connectors/connector.ts";
import { agreement, type Listing } from "../contracts/agreement.ts";
import { ExceptionEscalated } from "../contracts/canon/watching.ts";
import { command, event } from "../contracts/contract.ts";
import { calendarMonths, fourFourFive, spanOf } from "../contracts/fiscal.ts";
import { flow } from "../flows/flow.ts";
import { toBytes, toText } from "../std/bytes.ts";
import { InDoubt, Refused } from "../std/errors.ts";
import type { Statement } from "../std/statement.ts";
import { type FreshDatabase, freshDatabase } from "../testing/database.ts";
import { ledgers, openPostings, readiness } from "../trace/periods.ts";
import { raise, resolve } from "../trace/record.ts";
import { selection } from "../trace/selections.ts";
import { escalateHolds, windHolds } from "../work/holds.ts";
import type { Dock } from "./dock.ts";
import { clocksOf } from "./holds.ts";
import { start } from "./start.ts";

const Post = command({
  name: "ledger.post-entry",
  version: 1,
  owner: "finance",
  summary: "Books an entry.",
  criticality: "C1",
  data: Type.Object({
    entry: Type.String(),
    ledger: Type.String(),
    fiscalPeriod: Type.String(),
    postingDate: Type.String(),
    documentDate: Type.Optional(Type.String()),
    reversalDate: Type.Optional(Type.String()),
    total: Type.Optional(Type.Object({ amount: Type.String(), currency: Type.String() })),
  }),
  keys: { entry: "entry" },
  sample: { entry: "JE-1", ledger: "L", fiscalPeriod: "2026-11", postingDate: "2026-11-05" },
});
type Entry = typeof Post.sample;
const Rejected = event({
  name: "finance.posting-rejected",
  version: 1,
  owner: "finance",
  summary: "A ledger refused an entry.",
  criticality: "C1",
  data: Type.Object({ entry: Type.String(), rule: Type.String(), reason: Type.String() }),
  keys: { entry: "entry" },
  sample: { entry: "JE-1", rule: "E1", reason: "No such account." },
});
const json: Codec<Entry> = {
  name: "json",
  mediaType: "application/json",
  decode: (bytes) => JSON.parse(toText(bytes)),
  encode: (document) => toBytes(JSON.stringify(document)),
};

let db: FreshDatabase;
let dock: Dock;
const booked: Entry[] = [];
const keys: string[] = [];
/** By key, what each was booked as. */
const known = new Map<string, string>();
/** Entries whose first sending ends without an answer, booked or not; meanwhile their period is closed. */
const unanswered = new Map<string, { readonly booked: boolean }>();
const plug = (name: string) =>
  connection(
    name,
    connector({
      name,
      summary: "A system of this test.",
      config: Type.Object({}),
      guarantees: { repeat: "key", verifies: false, ordered: false, settleMs: 0, concurrency: 4 },
      open: async () => ({
        async deliver({ key, body }) {
          const entry = JSON.parse(toText(body)) as Entry;
          if (entry.entry.startsWith("NO-"))
            throw new Refused("No such account.", { category: "business", facts: { code: "E1" } });
          const lost = unanswered.get(entry.entry);
          unanswered.delete(entry.entry);
          keys.push(key);
          if (!lost || lost.booked) {
            if (!known.has(key)) booked.push(entry);
            known.set(key, known.get(key) ?? `B-${booked.length}`);
          }
          if (lost) {
            await dock.decidePeriod(entry.ledger, "2026-11", "closed", maria);
            throw new InDoubt("No answer came.");
          }
          return { reference: known.get(key) ?? "" };
        },
        probe: async () => {},
        close: async () => {},
      }),
    }),
    { title: name, owner: "ledger team", config: {} },
  );

const WEEKS = fourFourFive({ 2026: "2025-12-29", 2027: "2026-12-28" });
const postings = [
  {
    contract: Post.name,
    ledger: "ledger",
    date: "postingDate",
    period: "fiscalPeriod",
    documentDate: "documentDate",
    reversalDate: "reversalDate",
  },
];
const maria = { name: "maria", reason: "Month end." };
const post = (entry: string, ledger: string, postingDate: string, more: Partial<Entry> = {}) =>
  dock.accept("entries-in", {
    messageId: entry,
    body: json.encode({ entry, ledger, fiscalPeriod: named(ledger, postingDate), postingDate, ...more }),
  });
const named = (ledger: string, day: string) => (ledger === "WEEKS" ? WEEKS : calendarMonths())(day).period;
const rows = async <Row>(text: string) => (await db.pool.query(text)).rows as Row[];
async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error("It did not come true within ten seconds.");
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
const of = (entry: string) => booked.filter((one) => one.entry === entry);

beforeAll(async () => {
  db = await freshDatabase();
  dock = await start({
    database: db.url,
    flows: [
      flow("entries-in").from(plug("source")).decode(json).expect(Post).publish(Post),
      flow("entries-out")
        .on(Post)
        .deliver(plug("ledger"), json)
        .refused(Rejected, (no, { entry }) => {
          if (entry === "NO-WORDS") throw new TypeError("It cannot be told.");
          return Rejected.of({ ...no, entry });
        })
        .answer([], (_receipt, { entry }) => {
          if (entry === "JE-GARBLED") throw new TypeError("It cannot be read.");
          return [];
        }),
    ],
    fourEyes: { ledgers: { ASK: { EUR: "1000.00" } } },
    periods: {
      postings,
      calendars: { "*": calendarMonths(), WEEKS },
      feeds: { FED: ["mes", "bank"] },
      onClosed: {
        "*": "hold",
        NEXT: "next open period",
        REV: "reversal date",
        ASK: "ask",
        LATER: "next open period",
        BACK: "reversal date",
        SAID: "ask",
      },
    },
  });
  for (const ledger of ["HOLD", "NEXT", "REV", "ASK"])
    expect(await dock.decidePeriod(ledger, "2026-11", "closed", maria)).toEqual({ released: null });
  await dock.decidePeriod("NEXT", "2026-12", "closed", maria);
});
afterAll(async () => {
  await dock?.stop();
  await db?.drop();
});

test("calendars: months, fiscal years that begin in April, and 4-4-5 weeks with a 53rd", () => {
  expect(calendarMonths()("2028-02-29")).toEqual({
    period: "2028-02",
    first: "2028-02-01",
    last: "2028-02-29",
  });
  expect(calendarMonths(4)("2026-03-31").period).toBe("2026-12");
  expect(calendarMonths(4)("2026-04-01").period).toBe("2027-01");
  const calendar = fourFourFive({ 2026: "2025-12-29", 2027: "2027-01-04" });
  expect(calendar("2025-12-29")).toEqual({ period: "2026-01", first: "2025-12-29", last: "2026-01-25" });
  expect(calendar("2026-01-26").period).toBe("2026-02");
  expect(calendar("2026-02-23")).toEqual({ period: "2026-03", first: "2026-02-23", last: "2026-03-29" });
  // Fifty-three weeks: the last one belongs to the twelfth period.
  expect(calendar("2027-01-03")).toEqual({ period: "2026-12", first: "2026-11-23", last: "2027-01-03" });
  expect(calendar("2027-01-04").period).toBe("2027-01");
  expect(() => calendar("2025-12-28")).toThrow("No fiscal year is configured for 2025-12-28");
  expect(["2026-12", "2026-13", "2024-01"].map((period) => spanOf(calendar, period) !== undefined)).toEqual([
    true,
    false,
    false,
  ]);
  expect(["2027-01", "2026-00"].map((period) => spanOf(calendarMonths(4), period) !== undefined)).toEqual([
    true,
    false,
  ]);
  expect(() => fourFourFive({ 2026: "2025-12-29", 2027: "2027-01-05" })).toThrow("a 4-4-5 year has 52 or 53");
  expect(() => calendarMonths()("2026-02-30")).toThrow('"2026-02-30" is no day');
  // Every day belongs to exactly one period, and periods follow each other without a gap.
  for (let day = "2025-12-29", last = ""; day < "2027-01-04"; ) {
    const span = calendar(day);
    expect(span.first).toBe(day);
    expect(span.period > last).toBe(true);
    last = span.period;
    day = new Date(Date.parse(`${span.last}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
  }
});

test("a posting into a closed period is held for its controller and let go, under its key, when it opens again", async () => {
  await post("JE-1", "HOLD", "2026-11-30");
  await post("JE-2", "HOLD", "2026-12-01");
  await until(async () => (await rows("select from delivery where status = 'held'")).length === 1);
  await until(() => of("JE-2").length === 1);
  expect(of("JE-1")).toEqual([]);
  const [open] = await rows<Record<string, string>>(
    "select class, owner, reason, fingerprint from exception where resolved_at is null",
  );
  expect(open).toMatchObject({ class: "business hold", owner: "controller" });
  expect(open!.reason).toBe(
    "Period 2026-11 of HOLD is closed, and the posting is dated 2026-11-30. It waits until it is opened again, or somebody decides.",
  );
  expect(open!.fingerprint).toContain("PERIOD_CLOSED HOLD/2026-11");

  const span = calendarMonths()("2026-11-15");
  // What other tests hold open on this server may keep the reader back for a moment.
  await until(async () => (await readiness(db.pool, "HOLD", span, postings)).unread === 0);
  const way = await readiness(db.pool, "HOLD", span, postings);
  expect(way).toMatchObject({
    ledger: "HOLD",
    period: "2026-11",
    status: "closed",
    ready: false,
    count: 1,
    because: ["1 posting is on hold."],
    inTheWay: [{ date: "2026-11-30", status: "held", word: "on hold", correlation: "entry/JE-1" }],
  });
  expect(await ledgers(db.pool, postings, await openPostings(db.pool, postings))).toEqual([
    "ASK",
    "HOLD",
    "NEXT",
    "REV",
  ]);

  const done = await dock.decidePeriod("HOLD", "2026-11", "open", maria);
  await until(() => of("JE-1").length === 1);
  await until(async () => (await selection(db.pool, done!.released!))?.state === "finished");
  expect((await selection(db.pool, done!.released!))!.totals).toMatchObject({ selected: 1, applied: 1 });
  expect(await readiness(db.pool, "HOLD", span, postings)).toMatchObject({
    status: "open",
    ready: true,
    because: [],
  });
  expect(await dock.decidePeriod("HOLD", "2026-11", "open", maria)).toBeNull();
  const audit = await rows<{ action: string }>(
    "select action from audit where subject = 'period/HOLD/2026-11' order by id",
  );
  expect(audit.map(({ action }) => action)).toEqual(["close period", "open period"]);
});

test("by policy a posting moves to the next open period or its reversal date, and keeps its document's date", async () => {
  await post("JE-3", "NEXT", "2026-11-30");
  await post("JE-4", "REV", "2026-11-30", { reversalDate: "2026-12-10" });
  await until(() => of("JE-3").length === 1 && of("JE-4").length === 1);
  expect(of("JE-3")).toEqual([
    {
      entry: "JE-3",
      ledger: "NEXT",
      fiscalPeriod: "2027-01",
      postingDate: "2027-01-01",
      documentDate: "2026-11-30",
    },
  ]);
  expect(of("JE-4")[0]).toMatchObject({
    postingDate: "2026-12-10",
    fiscalPeriod: "2026-12",
    documentDate: "2026-11-30",
  });
  const kept = await rows<{ by: string; reason: string; changed: string }>(
    "select c.by, c.reason, c.changed from correction c join delivery d on d.key = c.delivery where d.subject = 'entry/JE-3'",
  );
  expect(kept).toHaveLength(1);
  expect(kept[0]).toMatchObject({
    by: "crossdock",
    reason: "Period 2026-11 of NEXT is closed (next open period).",
  });
  expect(JSON.parse(kept[0]!.changed)).toContainEqual({
    path: "postingDate",
    before: "2026-11-30",
    after: "2027-01-01",
  });
});

test("what a target that cannot be asked left unclear is looked at again before it is sent again, by the policy", async () => {
  const lost = { booked: false };
  for (const entry of ["JE-30", "JE-31", "JE-32", "JE-33"]) unanswered.set(entry, lost);
  unanswered.set("JE-34", { booked: true });
  await post("JE-30", "WAIT", "2026-11-30");
  await post("JE-31", "SAID", "2026-11-30");
  await post("JE-32", "LATER", "2026-11-30");
  await post("JE-33", "BACK", "2026-11-30", { reversalDate: "2026-12-03" });
  await until(async () => (await rows("select from delivery where status = 'held'")).length === 2);
  await until(() => of("JE-32").length === 1 && of("JE-33").length === 1);
  await dock.decidePeriod("LATER", "2026-11", "open", maria);
  await post("JE-34", "LATER", "2026-11-30");
  await until(
    async () =>
      (await rows("select from delivery where subject = 'entry/JE-34' and status = 'applied'")).length === 1,
  );
  expect([...of("JE-30"), ...of("JE-31")]).toEqual([]);
  expect(
    [of("JE-32"), of("JE-33"), of("JE-34")].map((one) => one.map(({ postingDate }) => postingDate)),
  ).toEqual([
    ["2026-12-01"],
    ["2026-12-03"],
    // It was booked at once, and its target gave that answer again.
    ["2026-11-30"],
  ]);
  const open = await rows<{ correlation: string; reason: string }>(
    "select correlation, reason from exception where resolved_at is null and class = 'business hold' order by correlation",
  );
  expect(open.map(({ correlation }) => correlation)).toEqual(["entry/JE-30", "entry/JE-31"]);
  expect(open[0]!.reason).toMatch(
    /is closed, and the posting is dated 2026-11-30\..* It may have been booked before/,
  );
  await dock.decidePeriod("WAIT", "2026-11", "open", maria);
  await until(() => of("JE-30").length === 1);
  for (const { key } of await rows<{ key: string }>("select key from delivery where subject = 'entry/JE-31'"))
    await dock.cancelDelivery(key, maria);
  await until(async () => (await rows("select from delivery where status = 'held'")).length === 0);
});

test("only what the ledger itself refused is told as its refusal", async () => {
  await dock.decidePeriod("OURS", "2026-11", "closed", maria);
  await post("JE-40", "OURS", "2026-11-30");
  await post("JE-41", "FREE", "2026-11-30");
  await post("JE-GARBLED", "FREE", "2026-11-30");
  await post("NO-1", "FREE", "2026-11-30");
  await post("NO-WORDS", "FREE", "2026-11-30");
  const open = () =>
    rows<{ subject: string; status: string; reason: string }>(
      `select subject, status, reason from delivery where status in ('held', 'parked')
        and subject in ('entry/JE-40', 'entry/JE-41', 'entry/JE-GARBLED', 'entry/NO-1', 'entry/NO-WORDS') order by subject`,
    );
  await until(async () => (await open()).length === 4);
  await until(() => of("JE-41").length === 1);
  expect(await open()).toMatchObject([
    { subject: "entry/JE-40", status: "held" },
    { subject: "entry/JE-GARBLED", status: "parked", reason: expect.stringContaining("It was taken under") },
    { subject: "entry/NO-1", status: "held", reason: "No such account." },
    { subject: "entry/NO-WORDS", status: "held", reason: expect.stringContaining("No such account.") },
  ]);
  const told = await rows<{ data: string }>(
    "select data from event where contract = 'finance.posting-rejected'",
  );
  expect(told.map(({ data }) => JSON.parse(data))).toEqual([
    { entry: "NO-1", rule: "E1", reason: "No such account." },
  ]);
  await dock.decidePeriod("OURS", "2026-11", "open", maria);
  await until(() => of("JE-40").length === 1);
  for (const { key } of await rows<{ key: string }>(
    "select key from delivery where status in ('held', 'parked')",
  ))
    await dock.cancelDelivery(key, maria);
  await until(async () => (await rows("select from delivery where status = 'held'")).length === 0);
});

test("without a reversal date that is open, and where the policy asks, a person decides", async () => {
  await post("JE-5", "REV", "2026-11-30", { reversalDate: "2026-11-29" });
  await post("JE-6", "ASK", "2026-11-30");
  await until(async () => (await rows("select from delivery where status = 'held'")).length === 2);
  expect([...of("JE-5"), ...of("JE-6")]).toEqual([]);
  // On hold it is never tried again; its clock moves it before other people, once, and the journal says so.
  const run = ({ text, values }: Statement) => db.pool.query(text, [...values]);
  const clocks = clocksOf({ controller: { within: "2h", escalateTo: "cfo" } });
  await db.pool.query("update exception set due_at = null where correlation = 'entry/JE-6'");
  await run(windHolds(clocks));
  const clock = () =>
    rows(
      `select owner, extract(epoch from due_at - opened_at)::int as within, escalated_at is not null as escalated
       from exception where correlation = 'entry/JE-6'`,
    );
  expect(await clock()).toEqual([{ owner: "controller", within: 7_200, escalated: false }]);
  await run(escalateHolds(clocks));
  expect(await clock()).toEqual([{ owner: "controller", within: 7_200, escalated: false }]);
  await db.pool.query("update exception set due_at = now() where correlation = 'entry/JE-6'");
  for (let time = 0; time < 2; time += 1) await run(escalateHolds(clocks));
  expect(await clock()).toMatchObject([{ owner: "cfo", escalated: true }]);
  const told = await rows<{ data: string }>(
    "select data from event where contract = 'operations.exception-escalated'",
  );
  expect(told.map(({ data }) => ExceptionEscalated.of(JSON.parse(data)).data)).toMatchObject([
    { by: "crossdock", owner: "cfo", subject: "entry/JE-6", dueBy: expect.stringMatching(/Z$/) },
  ]);
  expect(await rows("select attempts from delivery where subject = 'entry/JE-6'")).toEqual([{ attempts: 1 }]);

  // What waited for its system for a day and is put on hold then: another owner, who has all of the time for it.
  const about = {
    subjectKind: "document",
    subject: "D-1",
    connection: null,
    correlation: "entry/D-1",
  } as const;
  const raised = (of: string, owner: string) =>
    run(raise([{ ...about, class: of, fingerprint: of, title: of, reason: of, owner }]));
  const stands = () =>
    rows(
      `select owner, round(extract(epoch from due_at - now()) / 60)::int as minutes, escalated_at is not null as escalated
       from exception where subject = 'D-1'`,
    );
  await raised("temporary", "ledger team");
  await db.pool.query("update exception set opened_at = opened_at - interval '1 day' where subject = 'D-1'");
  await raised("business hold", "controller");
  for (const step of [windHolds, escalateHolds]) await run(step(clocks));
  expect(await stands()).toEqual([{ owner: "controller", minutes: 120, escalated: false }]);
  // Let go, it met an outage: nobody is told any more that a decision is overdue.
  await raised("temporary", "ledger team");
  for (const step of [windHolds, escalateHolds]) await run(step(clocks));
  expect(await stands()).toEqual([{ owner: "ledger team", minutes: null, escalated: false }]);
  await run(resolve([{ ...about, resolution: "It went." }]));

  // Booked into the next period by two people: a correction of what is financial.
  const [held] = await rows<{ key: string }>("select key from delivery where subject = 'entry/JE-6'");
  const id = await dock.selections.freeze(
    { subjects: [held!.key] },
    "fix",
    {
      reason: "Into December.",
      changes: [
        { path: "postingDate", value: "2026-12-01" },
        { path: "fiscalPeriod", value: "2026-12" },
      ],
    },
    maria,
  );
  const frozen = (await selection(db.pool, id))!;
  expect(frozen.second).toBe("It changes what is financial or legal.");
  await dock.selections.decide(id, "run", maria, { by: "peter", digest: frozen.digest });
  await until(() => of("JE-6").length === 1);
  expect(of("JE-6")[0]).toMatchObject({ postingDate: "2026-12-01", fiscalPeriod: "2026-12" });
  expect(keys.at(-1)).toBe(held!.key);
});

test("what one person may let go is limited by the ledger: at the threshold one, a cent above it two", async () => {
  const held = async (entry: string, amount: string | null) => {
    const total = amount === null ? {} : { total: { amount, currency: "EUR" } };
    await post(entry, "ASK", "2026-11-30", total);
    const key = await rows<{ key: string }>(
      `select key from delivery where subject = 'entry/${entry}' and status = 'held'`,
    );
    if (key[0]) return key[0].key;
    await until(
      async () =>
        (await rows(`select from delivery where subject = 'entry/${entry}' and status = 'held'`)).length ===
        1,
    );
    return (await rows<{ key: string }>(`select key from delivery where subject = 'entry/${entry}'`))[0]!.key;
  };
  const [half, more, cent, untold] = [
    await held("JE-9", "400.00"),
    await held("JE-10", "600.00"),
    await held("JE-11", "0.01"),
    await held("JE-12", null),
  ];
  const second = async (...subjects: string[]) => {
    const id = await dock.selections.freeze({ subjects }, "try again", { reason: "Open again." }, maria);
    return (await selection(db.pool, id))!.second;
  };
  expect(await second(half, more)).toBeNull();
  expect(await second(half, more, cent)).toBe(
    "It posts 1000.01 EUR into ASK; more than 1000.00 EUR need a second person there.",
  );
  expect(await second(untold)).toMatch(/^It posts into ASK, and does not say how much/);
});

test("a period is found in the ledger's own calendar", async () => {
  // By weeks the 28 November belongs to period 12 of the year, by months to November.
  await dock.decidePeriod("WEEKS", WEEKS("2026-11-28").period, "closed", maria);
  await post("JE-7", "WEEKS", "2026-11-28");
  await post("JE-8", "WEEKS", "2026-11-20");
  await until(() => of("JE-8").length === 1);
  await until(
    async () =>
      (await rows("select from delivery where subject = 'entry/JE-7' and status = 'held'")).length === 1,
  );
  expect(WEEKS("2026-11-28").period).toBe("2026-12");
  // By months it would be December; whoever guessed so is told, and nothing is booked under it.
  await post("JE-13", "WEEKS", "2026-12-28", { fiscalPeriod: "2026-12" });
  const wrong = () =>
    rows<{ reason: string }>("select reason from delivery where subject = 'entry/JE-13' and status = 'held'");
  await until(async () => (await wrong()).length === 1);
  expect((await wrong())[0]?.reason).toContain(
    "is dated 2026-12-28, which is period 2027-01 of WEEKS, and names 2026-12. Correct the one that is wrong.",
  );
  expect(of("JE-13")).toEqual([]);
});

test("a feed that has not delivered everything of a period is in the way of closing it, until it says so", async () => {
  const span = { period: "2026-11", first: "2026-11-01", last: "2026-11-30" };
  const ready = async () => {
    await until(async () => (await readiness(db.pool, "FED", span, postings)).unread === 0);
    const seen = await readiness(db.pool, "FED", span, postings, { feeds: ["mes", "bank"] });
    return { ready: seen.ready, because: seen.because, behind: seen.behind };
  };
  await dock.feedDelivered("bank", "2026-11-30", maria);
  expect(await ready()).toEqual({
    ready: false,
    because: ["mes has not said how far it has delivered."],
    behind: [{ feed: "mes", through: null }],
  });
  expect(await dock.feedDelivered("mes", "2026-11-29", maria)).toBe(true);
  expect(await dock.feedDelivered("mes", "2026-11-29", maria)).toBe(false);
  expect((await ready()).because).toEqual(["mes has delivered up to 2026-11-29."]);
  await dock.feedDelivered("mes", "2026-12-02", maria);
  expect(await ready()).toEqual({ ready: true, because: [], behind: [] });
  // The last word counts: it has found something more.
  await dock.feedDelivered("mes", "2026-11-15", maria);
  expect((await ready()).ready).toBe(false);
  await expect(dock.feedDelivered("wms", "2026-11-30", maria)).rejects.toThrow("They wait for mes, bank.");
  await expect(dock.feedDelivered("mes", "2026-11-31", maria)).rejects.toThrow();
});

test("a ledger that is reconciled is ready when its documents are agreed: of this period, of this entity, and not before they were looked at", async () => {
  const span = { period: "2026-11", first: "2026-11-01", last: "2026-11-30" };
  const one = (name: string, listing?: Listing) =>
    agreement({
      name,
      title: name,
      owner: "warehouse",
      process: null,
      keyType: name,
      every: "15m",
      milestones: {},
      snapshots: [],
      ledgers: ["AGREED"],
      ...(listing ? { listing } : {}),
      ours: () => ({}),
    });
  const listing = { system: "wms", about: "stock", question: {}, numbers: () => [] };
  const agreements = new Map([one("stock", listing), one("bills")].map((each) => [each.name, each]));
  const ready = async () => {
    await until(async () => (await readiness(db.pool, "AGREED", span, postings)).unread === 0);
    const seen = await readiness(db.pool, "AGREED", span, postings, { agreements });
    return [seen.ready, ...seen.because];
  };
  const stands = (
    subject: string,
    stand: string,
    judged: object[] = [],
    more = "now(), now() + interval '1 hour'",
  ) =>
    db.pool.query(
      `insert into agreement (subject, kind, stand, judged, looked_at, due_at) values ($1, split_part($1, '/', 1), $2, $3, ${more})`,
      [subject, stand, judged.length === 0 ? null : JSON.stringify(judged)],
    );
  expect(await ready()).toEqual([false, "stock was not compared yet."]);
  await stands("stock/VALVE-20", "agree");
  expect(await ready()).toEqual([true]);
  const apart = [{ milestone: "counted", stand: "differ" }];
  await stands("stock/PUMP-100", "differ", apart);
  await stands("stock/SEAL-9", "settling", [{ milestone: "counted", stand: "settling" }]);
  await stands("bills/B-1", "cannot tell");
  await stands("bills/B-2", "new");
  // Of another entity; and one that began when the period was over.
  await stands("bills/B-3", "differ", apart);
  await stands("bills/B-4", "differ", apart);
  await db.pool.query(
    "insert into business_key (type, value, correlation) values ('legalEntity', 'ME-09', 'bills/B-3')",
  );
  await db.pool.query(
    `insert into event (occurred_at, kind, id, contract, version, key, source, correlation, routed, data)
     values ('2026-12-01T08:00:00Z', 'event', 'B-4', 'x.billed', 1, 'bills/B-4', 'client', 'bills/B-4', true, '{}')`,
  );
  expect(await ready()).toEqual([
    false,
    "stock: 1 contradicts, 1 is settling.",
    "bills: 1 cannot be told, 1 is to be compared.",
  ]);
  expect((await readiness(db.pool, "HOLD", span, postings, { agreements })).notChecked[1]).toBe(
    "Whether stock and ledger agree: no agreement reconciles this ledger.",
  );
  // Somebody looked and accepted it; the others have come to agree.
  await db.pool.query(
    `with closed as (
       insert into exception (fingerprint, class, subject_kind, subject, title, reason, owner, resolved_at, resolution)
       values ('f', 'duplicate or conflict', 'document', 'stock/PUMP-100|agreement|counted', 't', 'r', 'warehouse', now(), 'maria: Scrap.')
       returning id)
     insert into exception_change (exception, fingerprint, what, by, detail) select id, 'f', 'closed', 'maria', 'Scrap.' from closed`,
  );
  await db.pool.query(
    "update agreement set stand = 'agree', judged = null where subject in ('stock/SEAL-9', 'bills/B-1', 'bills/B-2')",
  );
  expect(await ready()).toEqual([true]);
  // Heard of since, and not looked at again.
  await db.pool.query(
    "update agreement set due_at = now() - interval '5 minutes' where subject = 'bills/B-1'",
  );
  expect(await ready()).toEqual([false, "bills: 1 is to be compared."]);
  // What a system keeps is looked at once more when the period is over.
  await db.pool.query("update agreement set looked_at = '2019-12-30' where subject = 'stock/VALVE-20'");
  const over = { period: "2019-12", first: "2019-12-01", last: "2019-12-31" };
  const stock = new Map([["stock", agreements.get("stock")!]]);
  expect((await readiness(db.pool, "AGREED", over, postings, { agreements: stock })).unreconciled).toEqual([
    { agreement: "stock", title: "stock", differ: 0, cannotTell: 0, settling: 0, unseen: 1, never: false },
  ]);
});
