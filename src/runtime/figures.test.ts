/** Pausing, draining and the figures by the minute, on a real dock and PostgreSQL. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Statement } from "../std/statement.ts";
import { type FreshDatabase, freshDatabase } from "../testing/database.ts";
import { smallDock } from "../testing/small-dock.ts";
import {
  beginOutages,
  type Calls,
  endOutages,
  keepCalls,
  keepCounts,
  keepQueues,
  slotOf,
} from "../trace/figures.ts";
import { countedIn, countedSince, outages, partsOf, systemHistory } from "../trace/index.ts";
import { Tally } from "./tally.ts";

let db: FreshDatabase;
let small: Awaited<ReturnType<typeof smallDock>>;
const maria = { name: "maria", reason: "The ERP gets a new release." };

beforeAll(async () => {
  db = await freshDatabase();
  small = await smallDock(db.url);
});
afterAll(async () => {
  await small?.dock.stop();
  await db?.drop();
});

const run = ({ text, values }: Statement) => db.pool.query(text, [...values]);

async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error("It did not come true within ten seconds.");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
const statusOf = async (number: number) =>
  (await db.pool.query("select status from delivery where correlation = $1", [`order/SO-${number}`])).rows[0]
    ?.status as string | undefined;

test("a paused system gets nothing, its orders are accepted and wait, and all of it is audited", async () => {
  const { dock, order } = small;
  expect(await dock.decideConnection("erp", "pause", maria)).toBe(true);
  expect(await dock.decideConnection("erp", "pause", maria)).toBe(false);
  expect(dock.connections().find(({ name }) => name === "erp")?.pause).toMatchObject({
    how: "paused",
    by: "maria",
    reason: "The ERP gets a new release.",
    until: null,
  });
  expect((await order(1)).outcome).toBe("accepted");
  await until(async () => (await statusOf(1)) !== undefined);
  // It would be applied within milliseconds otherwise; three rounds of the dispatcher are enough to see that it is not.
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(await statusOf(1)).toBe("owed");

  expect(await dock.decideConnection("erp", "resume", { name: "maria" })).toBe(true);
  await until(async () => (await statusOf(1)) === "applied");
  expect(await dock.decideConnection("erp", "resume", { name: "maria" })).toBe(false);
  const { rows } = await db.pool.query("select actor, action, subject, reason from audit order by id");
  expect(rows).toEqual([
    { actor: "maria", action: "pause connection", subject: "connection/erp", reason: maria.reason },
    { actor: "maria", action: "resume connection", subject: "connection/erp", reason: null },
  ]);
  await expect(dock.decideConnection("nobody", "pause", maria)).rejects.toThrow(
    "There is no connection nobody.",
  );
});

test("a pause another worker took is obeyed, and one whose time is over ends by itself", async () => {
  const { dock, order } = small;
  const paused = () => dock.connections().find(({ name }) => name === "erp")?.pause?.how ?? null;
  await db.pool.query(
    `insert into pause (connection, how, asked_by, reason, until)
     values ('erp', 'draining', 'ben', 'Maintenance.', clock_timestamp() + interval '2500 ms')`,
  );
  await until(async () => paused() === "draining");
  await order(2);
  await until(async () => (await statusOf(2)) !== undefined);
  expect(await statusOf(2)).toBe("owed");
  await until(async () => paused() === null);
  await until(async () => (await statusOf(2)) === "applied");
  await db.pool.query("delete from pause");
});

test("calls of two workers and two writings add up, with their times", async () => {
  const tally = new Tally();
  tally.ok(3);
  tally.ok(3);
  tally.refused(1_000);
  tally.failed();
  const calls = tally.take("far") as Calls;
  expect(tally.take("far")).toBeNull();
  await run(keepCalls("one", [calls]));
  await run(keepCalls("one", [calls]));
  await run(keepCalls("two", [{ connection: "far", ok: 6, refused: 0, failed: 1, ms: [6] }]));
  const { calls: parts } = await systemHistory(db.pool, "far", 1);
  expect(parts).toHaveLength(60);
  const told = parts.reduce(
    (sum, { ok, refused, failed }) => [sum[0]! + ok, sum[1]! + refused, sum[2]! + failed],
    [0, 0, 0],
  );
  expect(told).toEqual([10, 2, 3]);
  expect(parts.findLast(({ ok }) => ok > 0)).toMatchObject({ p50Ms: 1, p95Ms: 1024 });
  expect([slotOf(0), slotOf(1), slotOf(1.3), slotOf(2), slotOf(1e9)]).toEqual([0, 0, 1, 2, 33]);
});

test("what waits is measured from the rows, once a minute", async () => {
  await db.pool.query(
    `insert into delivery (key, flow, connection, contract, subject, lane, correlation, event_position, status, created_at)
     select 'q' || n, 'f', 'far', 'erp.post-sales-order', 's' || n, 0, 'order/Q' || n, 1,
       case n when 3 then 'parked' else 'owed' end, clock_timestamp() - interval '90 seconds' from generate_series(1, 3) n`,
  );
  await run(keepQueues(1_000));
  await run(keepQueues(1_000));
  const { queue, open } = await systemHistory(db.pool, "far", 1);
  expect(queue.filter(({ waiting }) => waiting > 0)).toMatchObject([{ waiting: 2, aside: 1 }]);
  expect(open).toEqual([
    { contract: "erp.post-sales-order", title: "Post sales order", waiting: 2, aside: 1 },
  ]);
  await db.pool.query("delete from delivery where connection = 'far'");
});

test("what two workers saw is one outage; it ends with the last, and with a worker that is gone", async () => {
  const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
  const worker = small.dock.worker;
  await run(beginOutages(worker, [{ connection: "far", because: "No answer.", since: ago(14) }]));
  await run(beginOutages(worker, [{ connection: "far", because: "No answer.", since: ago(2) }]));
  await run(beginOutages("gone", [{ connection: "far", because: "Refused.", since: ago(12) }]));
  expect(await outages(db.pool, "far", new Date(0))).toEqual([
    { connection: "far", because: "No answer.", beganAt: expect.any(String), endedAt: null },
  ]);
  await run(endOutages(worker, ["far"]));
  const [one, ...more] = await outages(db.pool, "far", new Date(0));
  expect([more, one?.endedAt]).toEqual([[], expect.any(String)]);
});

test("counts of a span are those since its beginning, exact to this moment", async () => {
  const before = await countedSince(db.pool, "order-to-cash", new Date(Date.now() - 3_600_000));
  await run(keepCounts);
  await small.order(3);
  await until(async () => (await statusOf(3)) === "applied");
  const since = await countedSince(db.pool, "order-to-cash", new Date(Date.now() - 3_600_000));
  expect((since.get("started") ?? 0) - (before.get("started") ?? 0)).toBe(1);
  expect(since.get("from start to accepted")).toBe(since.get("started"));
  // What happened before the span is left out, wherever it stands by now.
  await run(keepCounts);
  await run(keepCounts);
  await db.pool.query("update count_minute set minute = minute - interval '2 hours' where name = 'started'");
  expect(
    (await countedSince(db.pool, "order-to-cash", new Date(Date.now() - 3_600_000))).get("started"),
  ).toBeUndefined();
  const parts = partsOf(24, new Date());
  const series = await countedIn(db.pool, "order-to-cash", ["started"], parts);
  expect(series.get("started")?.reduce((sum, value) => sum + value, 0)).toBe(since.get("started"));
});
