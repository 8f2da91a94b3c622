/**
 * A worker with a process of its own is killed with SIGKILL: in the middle of a bulk act by us, and by what it touches. It is started
 * again each time, until everything has ended.
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { limits } from "../std/limits.ts";
import { type FreshDatabase, freshDatabase } from "../testing/database.ts";
import { selections } from "../trace/selections.ts";

const [ORDERS, RECORDS] = [120, 900];
let db: FreshDatabase;
let root: string;
let child: ChildProcess;
beforeAll(async () => {
  db = await freshDatabase();
  root = await mkdtemp(join(tmpdir(), "crossdock-lives-"));
});
afterAll(async () => {
  if (child.exitCode === null && child.signalCode === null) {
    child.disconnect();
    await once(child, "exit");
  }
  await db.drop();
  await rm(root, { recursive: true });
});

const live = async () => {
  child = fork(join(import.meta.dirname, "lives.fixtures.ts"), [db.url, root], {
    execArgv: ["--conditions=source"],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  await Promise.race([once(child, "message"), once(child, "exit")]);
};
const seen = async (text: string) => (await db.pool.query(text)).rows;
const count = async (what: string) => (await seen(`select count(*)::int as n from ${what}`))[0]?.n as number;
/** Waits, and starts it again whenever it is gone. */
const until = async (what: string, enough: () => Promise<boolean>) => {
  for (const end = Date.now() + 120_000; !(await enough()); await sleep(10)) {
    if (child.exitCode !== null || child.signalCode !== null) await live();
    if (Date.now() > end) throw new Error(`It never happened: ${what}`);
  }
};
const deaths = async () =>
  existsSync(join(root, "deaths")) ? await readFile(join(root, "deaths"), "utf8") : "";
const bulk = async () => (await selections(db.pool))[0];

test("a bulk act goes on after a SIGKILL in its middle, and what ends three workers is set aside: a record, a document, an item", async () => {
  const from = new Date(Date.now() - 60_000).toISOString();
  await live();
  await until("all orders are known", async () => (await count("agreement")) === ORDERS);
  child.disconnect();
  await once(child, "exit");
  await writeFile(join(root, "late"), "");
  await live();
  child.send(from);
  await until(
    "some of it is done",
    async () => (await count("selection_item where state = 'applied'")) >= 20,
  );
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(await count("selection_item where state in ('waiting', 'asked')")).toBeGreaterThan(0);
  await writeFile(join(root, "armed"), "");
  await db.pool.query("update agreement set due_at = clock_timestamp()");

  await until("the bulk act ended", async () => (await bulk())?.state === "finished");
  await until("the file was read", async () => (await count("batch where state = 'finished'")) === 1);
  await until(
    "all documents were looked at",
    async () => (await count("agreement where due_at < now()")) === 0,
  );
  const why = "3 times a worker was lost while this was being taken, so it is not tried again by itself";

  expect(await bulk()).toMatchObject({
    totals: { selected: ORDERS, applied: ORDERS - 1, failedAgain: 0, skipped: 1, waiting: 0, asked: 0 },
  });
  expect(await seen("select subject, reason from selection_item where state = 'skipped'")).toMatchObject([
    { reason: `${why}.` },
  ]);
  const book = (await readFile(join(root, "book"), "utf8")).trim().split("\n");
  expect(new Set(book.map((line) => line.split(" ")[1])).size).toBe(ORDERS - 1);
  expect(book).toHaveLength(ORDERS - 1);

  expect(await seen("select records, published, refused from batch")).toEqual([
    { records: `${RECORDS}`, published: `${RECORDS - 1}`, refused: "1" },
  ]);
  expect(await seen("select record, line, reason from batch_refused")).toEqual([
    { record: "600", line: "601", reason: `${why}.` },
  ]);
  expect(await seen("select subject, reason from exception where class = 'defect' order by subject")).toEqual(
    [
      {
        subject: "order/SO-40|agreement",
        reason: expect.stringContaining(`${why}. Nothing of it is compared`),
      },
      { subject: "order/SO-41|agreement", reason: expect.stringContaining("nobody knows this order") },
    ],
  );
  const killed = Object.groupBy((await deaths()).trim().split("\n"), (what) => what);
  expect(Object.keys(killed).sort()).toEqual(["document", "item", "record"]);
  for (const times of Object.values(killed)) expect(times?.length).toBeLessThanOrEqual(limits.crashesMax);
}, 240_000);
