/** Bringing due times nearer, on a real dock: what waits becomes due, what happened stays, and nothing is sent twice. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase, startTestServer } from "../testing/database.ts";
import { smallDock } from "../testing/small-dock.ts";
import { filteredDocuments } from "../trace/filtered.ts";
import type { Dock } from "./dock.ts";

let server: { stop(): Promise<void> };
let db: FreshDatabase;
let small: Awaited<ReturnType<typeof smallDock>>;
let dock: Dock;

beforeAll(async () => {
  // Readers stay below the oldest transaction of their server, and graces are counted from what was read.
  server = await startTestServer();
  db = await freshDatabase();
  small = await smallDock(db.url, { demonstrationClock: true });
  dock = small.dock;
}, 60_000);
afterAll(async () => {
  await dock?.stop();
  await db?.drop();
  await server?.stop();
});

const clock = () => dock.demonstrationClock!;
const waits = async (kind: string) => (await clock().waiting()).find((one) => one.kind === kind);
const counted = async (sql: string) => (await db.pool.query<{ n: number }>(sql)).rows[0]!.n;

test("hours pass: a deadline runs out, milestones are late, a grace is over, and each was counted exactly", async () => {
  await small.order(1, "PUMP-100", "12000.00");
  await small.order(2);
  await expect
    .poll(() => counted("select count(*)::int as n from instance where milestone = 'allocated'"))
    .toBe(1);
  await expect.poll(() => counted("select count(*)::int as n from question where verdict is null")).toBe(1);
  // SO-1 has stood at accepted since a moment: four hours to credit approved, five to allocated. SO-2 has all that have clocks.
  expect(await waits("questions")).toMatchObject({ waiting: 1, nextMs: expect.closeTo(4 * 3_600_000, -5) });
  expect(await waits("milestones")).toMatchObject({ waiting: 2 });
  await expect.poll(async () => (await waits("agreement"))?.waiting, { timeout: 5_000 }).toBe(2);
  const late = () => filteredDocuments(dock.pool, dock.definitions, { late: true });
  expect((await late()).documents).toEqual([]);
  const told = await db.pool.query("select position, recorded_at, occurred_at from event order by position");

  // The ERP loses SO-2; whether the systems agree is looked at within its grace of two minutes.
  small.books.delete("SO-2");
  const done = await clock().bringNearer(4 * 3_600_000 + 60_000, { name: "maria", reason: "A story." });
  expect(done.said).toBe(
    "Everything that waits came 4 h 1 min nearer: 1 question’s deadline, 2 milestones’ clocks and 2 looks whether the systems agree. " +
      "4 of them are due now.",
  );
  expect(done.moved.filter(({ kind }) => kind !== "agreement")).toEqual([
    { kind: "questions", moved: 1, due: 1 },
    { kind: "milestones", moved: 2, due: 1 },
  ]);
  expect((await late()).documents.map(({ number }) => number)).toEqual(["SO-1"]);
  await expect
    .poll(
      () => counted("select count(*)::int as n from exception where title = 'ERP does not say allocated'"),
      {
        timeout: 10_000,
      },
    )
    .toBe(1);
  // What has happened keeps its time, and the shift is on record with who made it.
  const then = await db.pool.query(
    "select position, recorded_at, occurred_at from event where position <= $1 order by position",
    [told.rows.at(-1).position],
  );
  expect(then.rows).toEqual(told.rows);
  const { rows: audited } = await db.pool.query("select actor, action, subject, reason, facts from audit");
  expect(audited).toEqual([
    {
      actor: "maria",
      action: "bring due times nearer",
      subject: "clock/demonstration",
      reason: "A story.",
      facts: JSON.stringify({ ms: done.ms, moved: done.moved }),
    },
  ]);
});

test("under load nothing is lost or booked twice, however often time passes", async () => {
  const before = small.books.size;
  const orders = Array.from({ length: 60 }, (_, index) => small.order(`L${index}`));
  for (let jump = 0; jump < 6; jump += 1) await clock().bringNearer(60_000, { name: "maria" });
  await Promise.all(orders);
  await expect
    .poll(
      () =>
        counted("select count(*)::int as n from instance where milestone = 'allocated' and key like 'SO-L%'"),
      {
        timeout: 20_000,
      },
    )
    .toBe(60);
  expect(small.books.size - before).toBe(60);
  expect(await counted("select count(*)::int as n from delivery where doubts > 0 or attempts > 1")).toBe(0);
});

test("it goes as far as the first of a kind, says so when nothing of it waits, and refuses what is no such time", async () => {
  const { ms, moved } = await clock().bringNearer("milestones", { name: "maria" });
  expect(ms).toBeGreaterThan(0);
  expect(moved.find(({ kind }) => kind === "milestones")?.due).toBeGreaterThanOrEqual(1);
  await expect(clock().bringNearer("promises", { name: "maria" })).rejects.toThrow(
    "There are no promises to be made true that wait for a time now.",
  );
  await expect(clock().bringNearer(40 * 86_400_000, { name: "maria" })).rejects.toThrow("31 days at most");
});
