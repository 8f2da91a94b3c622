/** Leases and fencing: a worker that lost a lane changes nothing, and what it had on the wire is in doubt. */
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Statement } from "../std/statement.ts";
import { type FreshDatabase, freshDatabase } from "../testing/database.ts";
import {
  bury,
  createLanes,
  giveLanes,
  heartbeat,
  type Lane,
  laneOf,
  moveLanes,
  neighbours,
  renew,
  takeLanes,
} from "./lanes.ts";

let database: FreshDatabase;
beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.drop());
beforeEach(() => database.pool.query("truncate lane, worker, lost_worker, delivery"));

const run = async ({ text, values }: Statement) =>
  (await database.pool.query({ text, values: [...values] })).rows;
const move = async (...to: Parameters<typeof moveLanes>) => {
  for (const statement of moveLanes(...to)) await run(statement);
};
const take = async (worker: string, max = 16, leaseMs = 60_000) =>
  (await run(takeLanes(worker, leaseMs, max))) as Lane[];

test("two workers never hold one lane, and a lane given back is free at once", async () => {
  await run(createLanes(4));
  const ada = await take("ada", 3);
  expect([ada.length, (await take("bob")).map(({ id }) => id), (await take("eve")).length]).toEqual([
    3,
    [3],
    0,
  ]);
  await run(giveLanes("ada", [0]));
  expect((await take("eve")).map(({ id, epoch }) => [id, epoch])).toEqual([[0, "2"]]);
});

test("the lanes of a worker that is certainly gone are free at once, those of others are not", async () => {
  await run(createLanes(3));
  await run(heartbeat("ada", "place of ada", 60_000, 1_000));
  await run(heartbeat("bob", "place of bob", 60_000, 1_000));
  await take("ada", 2);
  await take("bob", 1);
  expect(await run(neighbours("eve"))).toEqual([
    { id: "ada", place: "place of ada" },
    { id: "bob", place: "place of bob" },
  ]);
  await run(bury(["ada"]));
  expect((await take("eve")).map(({ id, epoch }) => [id, epoch])).toEqual([
    [0, "2"],
    [1, "2"],
  ]);
  expect((await run(neighbours("eve"))).map(({ id }) => id)).toEqual(["bob"]);
});

test("a stale worker's commit fails whole; the new owner's goes through", async () => {
  await run(createLanes(2));
  const ada = await take("ada", 2, 0);
  const bob = await take("bob", 1);
  await expect(move("ada", ada, { xid: "9", position: "9" })).rejects.toMatchObject({
    code: "XD001",
  });
  expect(await run({ name: "", text: "select xid::text as xid from lane order by id", values: [] })).toEqual([
    { xid: "0" },
    { xid: "0" },
  ]);
  await move("bob", bob, { xid: "5", position: "7" });
  expect(
    await run({
      name: "",
      text: "select xid::text as xid, position::text as position from lane where owner = 'bob'",
      values: [],
    }),
  ).toEqual([{ xid: "5", position: "7" }]);
});

test("taking a lane over turns what was on the wire into doubt, and leaves the rest alone", async () => {
  await run(createLanes(1));
  await take("ada", 1, 0);
  for (const status of ["attempting", "owed", "applied"]) {
    await database.pool.query(
      "insert into delivery (key, flow, connection, contract, subject, lane, correlation, event_position, status, attempts) values ($1, 'f', 'erp', 'c', $1, 0, 'x/1', 1, $1, 1)",
      [status],
    );
  }
  await take("bob");
  expect(
    await run({ name: "", text: "select key, status, doubts from delivery order by key", values: [] }),
  ).toEqual([
    { key: "applied", status: "applied", doubts: 0 },
    { key: "attempting", status: "in_doubt", doubts: 1 },
    { key: "owed", status: "owed", doubts: 0 },
  ]);
});

test("a lane that has read further is not moved back", async () => {
  await run(createLanes(2));
  const [first, second] = (await take("ada")) as [Lane, Lane];
  await move("ada", [first], { xid: "9", position: "30" });
  await move("ada", [{ ...first, xid: "9", position: "30" }, second], { xid: "9", position: "7" });
  const text = "select id, xid::text as xid, position::text as position from lane order by id";
  expect(await run({ name: "", text, values: [] })).toEqual([
    { id: 0, xid: "9", position: "30" },
    { id: 1, xid: "9", position: "7" },
  ]);
});

test("a renewal racing with a commit costs neither", async () => {
  await run(createLanes(16));
  const lanes = await take("ada");
  const client = await database.pool.connect();
  for (let n = 0; n < 10; n += 1) {
    await client.query("begin");
    const { text, values } = renew("ada", 60_000);
    await client.query({ text, values: [...values] });
    const moving = move("ada", lanes, { xid: "1", position: String(n) });
    await client.query("commit");
    await moving;
  }
  client.release();
});

test("the living are counted by their heartbeat, the dead forgotten", async () => {
  await run(createLanes(16));
  await run(heartbeat("ada", "here", 60_000, 1_000));
  expect(await run(heartbeat("bob", "here", 60_000, 1_000))).toEqual([{ lanes: 16, workers: 2, lost: 0 }]);
  await database.pool.query(
    "update worker set heartbeat = clock_timestamp() - interval '2 minutes' where id = 'ada'",
  );
  expect(await run(heartbeat("bob", "here", 60_000, 1_000))).toEqual([{ lanes: 16, workers: 1, lost: 1 }]);
});

test("the lane of a key never changes, and keys spread over the lanes", () => {
  expect(["order/SO-1", "order/SO-2", "shipment/SH-881", ""].map((key) => laneOf(key, 16))).toEqual([
    12, 5, 13, 5,
  ]);
  const counts = new Map<number, number>();
  for (let n = 0; n < 16_000; n += 1)
    counts.set(laneOf(`order/SO-${n}`, 16), (counts.get(laneOf(`order/SO-${n}`, 16)) ?? 0) + 1);
  expect([counts.size, Math.min(...counts.values()) > 700, Math.max(...counts.values()) < 1_300]).toEqual([
    16,
    true,
    true,
  ]);
});
