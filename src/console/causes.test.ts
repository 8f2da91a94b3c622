/** Causes of exceptions on a real dock: what is at risk, what waits behind, who takes it on, and every step of it noted. */
import { readFileSync } from "node:fs";
import { Compile } from "typebox/compile";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Dock } from "../runtime/dock.ts";
import { type FreshDatabase, freshDatabase } from "../testing/database.ts";
import { smallDock } from "../testing/small-dock.ts";
import { crossdock } from "../testing/terminal.ts";
import type { CauseDetail } from "../trace/causes.ts";
import { document, exceptionGroups, type Group } from "../trace/index.ts";
import { runbooks } from "../trace/runbooks.ts";
import { type SolvedLately, solvedLately } from "../trace/solved.ts";
import { type OpenConsole, openConsole } from "./console.ts";
import * as shapes from "./shapes-causes.ts";

let db: FreshDatabase;
let dock: Dock;
let order: Awaited<ReturnType<typeof smallDock>>["order"];
let open: OpenConsole;
let group: Group;

const api = async (path: string, body?: object): Promise<{ status: number; said: unknown }> => {
  const { token } = (await (await fetch(new URL("/api/session", open.url))).json()) as { token: string };
  const response = await fetch(new URL(`/api${path}`, open.url), {
    ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
    headers: { "content-type": "application/json", "x-crossdock-token": token },
  });
  return { status: response.status, said: await response.json() };
};
const detail = async () => (await api(`/causes/${group.id}`)).said as CauseDetail;
const groups = () => exceptionGroups(db.pool, dock.definitions);

async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error("It did not come true within ten seconds.");
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}

beforeAll(async () => {
  db = await freshDatabase();
  ({ dock, order } = await smallDock(db.url));
  open = await openConsole({ dock, port: 0, settings: { actor: "maria" } });
  for (const [number, amount] of [
    [1, "500.10"],
    [2, "499.90"],
    [3, "0.25"],
  ] as const)
    await order(number, "UNKNOWN", amount);
  await until(async () => (await groups())[0]?.open === 3);
  group = (await groups())[0]!;
});
afterAll(async () => {
  await open?.close();
  await dock?.stop();
  await db?.drop();
});

test("a group says what is at risk, exactly, from what the stopped messages state", () => {
  expect({ ...group, items: group.items.length }).toMatchObject({
    class: "data",
    open: 3,
    documents: 3,
    owner: "erp team",
    assignedTo: null,
    snoozedUntil: null,
    runbook: "data-refused",
    money: [{ amount: "1000.25", currency: "EUR" }],
    moneyExact: true,
    units: [{ value: "3", uom: "EA" }],
    items: 3,
  });
  expect(group.id).toMatch(/^GR-[0-9a-f]{8}$/);
});

test("what waits behind is counted: later deliveries of the key, its undo, customers and the next milestone", async () => {
  const behind = (key: string, more: string) =>
    db.pool.query(
      `insert into delivery (key, flow, connection, contract, subject, lane, correlation, event_position, status, after_key)
       select $1, flow, ${more} from delivery where correlation = 'order/SO-1' order by id limit 1`,
      [key],
    );
  // What is stopped is about a shipment of the order; a later word about that is a document of its own.
  const about = (subject: string) =>
    db.pool.query("update delivery set subject = $1 where correlation = 'order/SO-1'", [subject]);
  await about("shipment/SH-1");
  await behind("change", "connection, contract, subject, lane, subject, event_position, 'owed'::text, null");
  await behind("undo", "'wms', contract, subject, lane, correlation, event_position, 'owed'::text, key");
  await behind("other", "'wms', contract, subject, lane, correlation, event_position, 'owed'::text, null");
  try {
    const answer = await detail();
    expect([...Compile(shapes.Cause).Errors(answer)]).toEqual([]);
    expect(answer.blast).toEqual({
      exact: true,
      stopped: 3,
      waitingDeliveries: 2,
      documents: 4,
      kinds: [
        { kind: "Order", count: 3 },
        { kind: "Shipment", count: 1 },
      ],
      customers: ["C-SHOP"],
      customerCount: 1,
      milestones: [{ process: "order-to-cash", milestone: "allocated", documents: 3 }],
    });
    const { exit, out } = await crossdock(["exceptions", "show", group.id, "--database-url", db.url]);
    expect(exit).toBe(0);
    expect(out).toContain(
      "3 documents stopped, 2 of their deliveries waiting behind; 4 documents concerned: Order 3, Shipment 1",
    );
    expect(out).toContain("At risk: 1000.25 EUR");
    expect(out).toContain("Runbook: The system refused what we sent  data-refused");
  } finally {
    await db.pool.query("delete from delivery where key in ('change', 'undo', 'other')");
    await about("order/SO-1");
  }
});

test("taking on, noting and sleeping are audited facts, and what comes later is theirs too", async () => {
  expect((await api(`/causes/${group.id}/tend`, { assign: "peter", reason: "Knows items." })).status).toBe(
    200,
  );
  await api(`/causes/${group.id}/tend`, { note: "Item data come at noon." });
  await api(`/causes/${group.id}/tend`, { snooze: "2999-01-01T00:00:00Z" });
  await order(4, "UNKNOWN", "1.00");
  await until(async () => (await groups())[0]?.open === 4);
  expect((await groups())[0]).toMatchObject({ assignedTo: "peter", snoozedUntil: null });
  const { history } = await detail();
  expect(history.map(({ what, by, detail: told }) => [what, by, told])).toEqual([
    ["opened", "crossdock", "ERP does not know item UNKNOWN."],
    ...[1, 2, 3].map(() => ["snoozed", "maria", "2999-01-01T00:00:00Z"]),
    ["noted", "maria", "Item data come at noon."],
    ...[1, 2, 3].map(() => ["assigned", "maria", "peter"]),
    ...[1, 2, 3].map(() => ["opened", "crossdock", "ERP does not know item UNKNOWN."]),
  ]);
  const { rows } = await db.pool.query(
    "select actor, action, subject, reason from audit where subject like 'cause/%' order by id",
  );
  expect(rows).toEqual([
    { actor: "maria", action: "assign cause", subject: `cause/${group.id}`, reason: "Knows items." },
    { actor: "maria", action: "note on cause", subject: `cause/${group.id}`, reason: null },
    { actor: "maria", action: "snooze cause", subject: `cause/${group.id}`, reason: null },
  ]);
  const { rows: facts } = await db.pool.query(
    "select count(*)::int as told from event where contract = 'operations.exceptions-tended'",
  );
  expect(facts).toEqual([{ told: 3 }]);
});

test("whatever changes an exception is noted, even a statement by hand; a cause that came back says so", async () => {
  await db.pool.query(
    "update exception set resolved_at = now(), resolution = 'by hand' where correlation = 'order/SO-2'",
  );
  await dock.tryAgain(
    (await db.pool.query("select key from delivery where correlation = 'order/SO-2'")).rows[0].key,
    { name: "maria" },
  );
  await until(async () => (await groups())[0]?.open === 4);
  const { rows } = await db.pool.query(
    `select c.what, c.detail from exception_change c join exception x on x.id = c.exception
      where x.correlation = 'order/SO-2' and c.what in ('closed', 'came back') order by c.id`,
  );
  expect(rows).toEqual([
    { what: "closed", detail: "by hand" },
    { what: "came back", detail: "ERP does not know item UNKNOWN." },
  ]);
  expect((await detail()).before).toEqual({ solved: 1, medianMinutes: 0, lastResolution: "by hand" });
});

test("every step is an event of the journal with who did it and why, in the commit of the step, and is not told twice", async () => {
  await api(`/causes/${group.id}/tend`, { snooze: null, reason: "The data are here." });
  const { rows: open } = await db.pool.query<{ subject: string }>(
    "select subject from exception where correlation = 'order/SO-3' and resolved_at is null",
  );
  await dock.tryAgain(open[0]!.subject, { name: "peter", reason: "Item data are loaded." });
  const told = async () =>
    (
      await db.pool.query<{
        contract: string;
        version: number;
        key: string;
        source: string;
        data: string;
        same: boolean;
      }>(
        `select e.contract, e.version, e.key, e.source, e.data, e.xid = a.xid as same from event e
           left join (select xid, id, correlation from event) a on a.correlation = 'cause/${group.id}' and e.contract like '%snoozed'
            and a.xid = e.xid
          where e.correlation = 'order/SO-3' and e.causation like 'exception:%' order by e.position`,
      )
    ).rows;
  await until(async () => (await told()).some(({ contract }) => contract.endsWith("retried")));
  const stands = async () =>
    (
      await db.pool.query(
        "select status, attempts from delivery where correlation = 'order/SO-3' and key = $1",
        [open[0]!.subject],
      )
    ).rows[0];
  await until(async () => (await stands()).status === "parked" && (await stands()).attempts > 1);
  await dock.cancelDelivery(open[0]!.subject, { name: "maria", reason: "The customer withdrew." });
  await until(async () => (await told()).some(({ contract }) => contract.endsWith("resolved")));
  const events = await told();
  const exception = JSON.parse(events[0]!.data).exception;
  const about = { exception, subject: "order/SO-3", salesOrderId: "SO-3", fingerprint: group.fingerprint };
  // Tried again and refused again it stays the same exception.
  expect(events.map(({ contract, data }) => [contract, JSON.parse(data)])).toEqual([
    [
      "operations.exception-raised",
      {
        ...about,
        by: "crossdock",
        class: "data",
        state: "parked",
        title: expect.any(String),
        reason: "ERP does not know item UNKNOWN.",
        owner: "erp team",
        valueAtRisk: { amount: "0.25", currency: "EUR" },
      },
    ],
    [
      "operations.exception-assigned",
      { ...about, by: "maria", reason: "Knows items.", owner: "peter", assignedAt: expect.any(String) },
    ],
    ["operations.exception-snoozed", { ...about, by: "maria", until: "2999-01-01T00:00:00Z" }],
    ["operations.exception-snoozed", { ...about, by: "maria", reason: "The data are here." }],
    ["operations.exception-retried", { ...about, by: "peter", reason: "Item data are loaded." }],
    [
      "operations.exception-resolved",
      {
        ...about,
        by: "crossdock",
        reason: "maria: given up: The customer withdrew.",
        how: "by replay",
        minutes: 0,
      },
    ],
  ]);
  for (const { contract, data, version, key, source } of events) {
    const made = dock.definitions.contracts.get(contract)!.of(JSON.parse(data));
    expect([made.key, made.version]).toEqual([key, version]);
    expect(source).toBe(JSON.parse(data).by === "crossdock" ? "crossdock" : `person:${JSON.parse(data).by}`);
  }
  expect(events.filter(({ contract }) => contract.endsWith("snoozed")).map(({ same }) => same)).toEqual([
    true,
    true,
  ]);
  const story = await document(db.pool, "order/SO-3", dock.definitions);
  expect(story!.timeline.filter(({ title }) => /^Exception/i.test(title))).toEqual([]);
});

test("what was solved lately says who did it, how, when and how long it took, of one's part of the business", async () => {
  const { rows } = await db.pool.query<{ subject: string }>(
    "select subject from exception where correlation = 'order/SO-1' and resolved_at is null",
  );
  const attempts = async () => {
    const { rows: all } = await db.pool.query<{ attempts: number; status: string }>(
      "select attempts, status from delivery where correlation = 'order/SO-1' order by key limit 1",
    );
    return all[0]!;
  };
  const before = await attempts();
  await dock.tryAgain(rows[0]!.subject, { name: "peter", reason: "Once more." });
  await until(async () => {
    const now = await attempts();
    return now.attempts > before.attempts && now.status === before.status;
  });
  // As it ends when the system takes it, after two hours.
  await db.pool.query(
    `update exception set opened_at = clock_timestamp() - interval '2 hours', resolved_at = clock_timestamp(), resolution = 'Confirmed at the target.'
      where correlation = 'order/SO-1' and resolved_at is null`,
  );
  // What was solved before the week is no news.
  await db.pool.query(
    `insert into exception (fingerprint, class, subject_kind, subject, title, reason, owner, opened_at, resolved_at, resolution)
     values ('old', 'data', 'arrival', 'old', 'Old', 'Old.', 'x', now() - interval '9 days', now() - interval '8 days', 'Old.')`,
  );
  const lately = (await api("/exceptions/solved")).said as SolvedLately;
  expect([...Compile(shapes.Solved).Errors(lately)]).toEqual([]);
  const told = ({ solved }: SolvedLately) =>
    solved.map(({ id, how, by, resolution, exceptions, openAgain, some }) => [
      id === group.id,
      how,
      by,
      resolution,
      exceptions,
      openAgain,
      some.map(({ number }) => number),
    ]);
  const open = (await groups()).find(({ id }) => id === group.id)!.open;
  const bySO = (...lines: [string, string | null, string, string][]) =>
    lines.map(([how, by, words, number]) => [true, how, by, words, 1, open, [number]]);
  expect(told(lately)).toEqual(
    bySO(
      ["by replay", "peter", "Confirmed at the target.", "SO-1"],
      ["by person", "maria", "given up: The customer withdrew.", "SO-3"],
      ["by itself", null, "by hand", "SO-2"],
    ),
  );
  expect(lately.complete).toBe(true);
  expect(lately.solved[0]!.medianMs).toBeGreaterThanOrEqual(7_200_000);
  expect(lately.solved[0]!.longestMs).toBeLessThan(7_260_000);

  await db.pool.query(
    "insert into business_key (value, type, correlation) values ('LYON', 'plant', 'order/SO-3')",
  );
  const areas = [{ domains: null, plants: ["LYON"], entities: null }];
  const hers = await solvedLately(db.pool, dock.definitions, { areas });
  expect(hers.solved.map(({ by, openAgain }) => [by, openAgain])).toEqual([["maria", 0]]);

  const { exit, out, notes } = await crossdock(["exceptions", "--solved", "--database-url", db.url]);
  expect([exit, out.match(/ · (tried again )?by \w+ · after/g)]).toEqual([
    0,
    [" · tried again by peter · after", " · by maria · after", " · by itself · after"],
  ]);
  expect(notes).toContain("3 exceptions solved in the last seven days.");
  expect((await crossdock(["exceptions", "--solved", "--of", "mine", "--database-url", db.url])).exit).toBe(
    2,
  );
});

test("a cause nobody knows is not found, and a word about it changes nothing", async () => {
  expect((await api("/causes/GR-00000000")).status).toBe(404);
  expect((await api("/causes/GR-00000000/tend", { note: "x" })).status).toBe(409);
  expect((await api(`/causes/${group.id}/tend`, { snooze: "2999-01-01T00:00:00Z", note: "x" })).status).toBe(
    400,
  );
});

test("every runbook stands in the guide, word for word", () => {
  const page = readFileSync(new URL("../../docs/guides/runbooks.md", import.meta.url), "utf8");
  expect([...page.matchAll(/^## (\S+)$/gm)].map(([, id]) => id)).toEqual(runbooks().map(({ id }) => id));
  for (const { title, effect, steps } of runbooks())
    for (const text of [`**${title}.** ${effect}`, ...steps]) expect(page).toContain(text);
});
