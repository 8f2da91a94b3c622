/** The account of everything accepted: it adds up at every instant under load, and each kind of loss is named. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Dock } from "../runtime/dock.ts";
import { type FreshDatabase, freshDatabase } from "../testing/database.ts";
import { smallDock } from "../testing/small-dock.ts";
import { crossdock } from "../testing/terminal.ts";
import { type Subscription, subscribe } from "../work/subscriptions.ts";
import { type Balance, balance, bringForward } from "./balance.ts";

let db: FreshDatabase;
let dock: Dock;
let order: Awaited<ReturnType<typeof smallDock>>["order"];

beforeAll(async () => {
  db = await freshDatabase();
  ({ dock, order } = await smallDock(db.url));
});
afterAll(async () => {
  await dock?.stop();
  await db?.drop();
});

const adds = ({
  owed,
  delivered,
  taken,
  applied,
  superseded,
  cancelled,
  open,
  reasons,
  silent,
  where,
}: Balance) => {
  expect({ silent, where }).toEqual({ silent: 0, where: [] });
  expect(delivered + taken).toBeGreaterThanOrEqual(owed);
  expect(applied + superseded + cancelled + open).toBe(delivered);
  expect(reasons.reduce((sum, { count }) => sum + count, 0)).toBe(open);
};
const settled = async (): Promise<Balance> => {
  for (let tries = 0; ; tries += 1) {
    const now = await balance(db.pool);
    const waits = now.reasons.filter(({ reason }) => reason !== "a person decides");
    if (now.exact && now.unread === 0 && waits.length === 0 && now.delivered > 0) return now;
    if (tries > 200) throw new Error(`It does not settle: ${JSON.stringify(now)}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
};

test("accepted times subscribers is applied, cancelled and open with a reason, sampled while orders come in", async () => {
  let coming = true;
  const samples: Balance[] = [];
  const sampling = (async () => {
    while (coming) samples.push(await balance(db.pool));
  })();
  const items = ["PUMP-100", "UNKNOWN", "LOST"];
  await Promise.all(Array.from({ length: 120 }, (_, n) => order(n, items[n % 3])));
  await settled();
  coming = false;
  await sampling;
  for (const sample of samples) adds(sample);
  expect(samples.length).toBeGreaterThan(3);
  const end = await settled();
  adds(end);
  // 120 orders and 40 acceptances for the process, 120 commands for the flow.
  expect(end).toMatchObject({ owed: 280, delivered: 120, taken: 160, applied: 40, open: 80, unread: 0 });
  expect(end.reasons).toMatchObject([{ reason: "a person decides", count: 80, nextAt: null }]);
});

test("what was found in balance is kept as sums, and the next look reads only what is new", async () => {
  const before = await settled();
  await db.pool.query(bringForward.text);
  const { rows } = await db.pool.query(
    "select sum(owed_before)::int as owed, min(since_position)::int as since from subscription",
  );
  expect(rows[0].owed).toBe(before.owed);
  expect(rows[0].since).toBeGreaterThan(0);
  const { asOf: _, ...same } = before;
  expect(await balance(db.pool)).toMatchObject(same);
  await order(200);
  const after = await settled();
  expect(after).toMatchObject({ owed: before.owed + 3, delivered: before.delivered + 1, silent: 0 });
});

test("a build that takes one contract more, or one less, finds the account in balance, and it stays so when it is brought forward", async () => {
  await order(201);
  const before = await settled();
  const { rows: all } = await db.pool.query<Subscription>(
    'select kind, name, contract, version, key_field as "keyField" from subscription order by contract',
  );
  const lookAgain = async (subscriptions: readonly Subscription[]) => {
    const { text, values } = subscribe(subscriptions);
    await db.pool.query(text, [...values]);
    const { owed, taken, delivered, silent } = await balance(db.pool);
    expect([owed, taken, delivered, silent]).toEqual([before.owed, before.taken, before.delivered, 0]);
  };
  const last = all.findLast(({ kind }) => kind === "process")!;
  await lookAgain([...all, { ...last, contract: "sales.order-cancelled" }]);
  await lookAgain(all.filter((one) => one !== last));
  await db.pool.query(bringForward.text);
  await lookAgain(all);
  await order(202);
  expect(await settled()).toMatchObject({ owed: before.owed + 3, silent: 0 });
});

test("a site that was upgraded when a new contract began at a count of its own is in balance after its next upgrade", async () => {
  const before = await settled();
  await db.pool.query(
    "update subscription set counted_before = counted_before + 7 where contract = 'sales.order-accepted'",
  );
  expect(await balance(db.pool)).toMatchObject({
    silent: 7,
    where: [{ what: "process order-to-cash", count: 7 }],
  });
  await db.pool.query(readFileSync("migrations/0033-counts-begin-together.sql", "utf8"));
  const { owed, delivered, silent } = await balance(db.pool);
  expect([owed, delivered, silent]).toEqual([before.owed, before.delivered, 0]);
});

test("a fact of a version this build cannot read is shown to a person, and nobody is silent about it", async () => {
  const before = await settled();
  await db.pool.query(
    `insert into event (occurred_at, kind, id, contract, version, key, source, correlation, data)
     select occurred_at, kind, 'newer', contract, version + 1, key, source, correlation, data from event
      where contract = 'erp.post-sales-order' limit 1`,
  );
  expect(await settled()).toMatchObject({
    owed: before.owed + 1,
    delivered: before.delivered,
    silent: 0,
    where: [],
  });
  const { rows } = await db.pool.query(
    "select reason from exception where title = 'erp.post-sales-order cannot be read'",
  );
  expect(rows).toEqual([{ reason: "erp.post-sales-order v2 is newer than the v1 this build knows." }]);
});

test.each<[string, string, string, string]>([
  [
    "a delivery that vanished",
    "with lost as (delete from delivery where id = (select max(id) from delivery) returning *) insert into spare select * from lost",
    "insert into delivery overriding system value select * from spare",
    "flow orders-to-erp",
  ],
  [
    "an input no process got",
    "insert into counter values ('order-to-cash', 'inputs', -1)",
    "insert into counter values ('order-to-cash', 'inputs', 1)",
    "process order-to-cash",
  ],
  [
    "something set aside that nobody is shown",
    "update exception set resolved_at = now() where id = (select min(id) from exception)",
    "update exception set resolved_at = null where id = (select min(id) from exception)",
    "deliveries set aside without a reason",
  ],
  [
    "an arrival set aside that nobody was shown",
    "insert into arrival (id, flow, source, message_id, body, state) values ('00000000-0000-4000-8000-000000000000', 'f', 's', 'm', '', 'quarantined')",
    "delete from arrival where message_id = 'm'",
    "arrivals set aside that nobody was shown",
  ],
])("%s is named", async (_, damage, mend, what) => {
  await db.pool.query("create table if not exists spare as select * from delivery limit 0");
  await db.pool.query(damage);
  const now = await balance(db.pool);
  expect([now.silent, now.where]).toEqual([1, [{ what, count: 1 }]]);
  const said = await crossdock(["verify", "--database-url", db.url]);
  expect(said.exit).toBe(3);
  expect(said.out).toContain(what);
  await db.pool.query(mend);
  expect((await crossdock(["verify", "--database-url", db.url])).exit).toBe(0);
});
