/**
 * A restored database: what is wrong with it is found, and what was owed is verified before it is sent.
 *
 * A dump that was restored into another server is one whose transaction numbers are ahead of the server's; here they are set so,
 * in the journal and in every place a reader has kept.
 */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../testing/database.ts";
import { smallDock } from "../../testing/small-dock.ts";
import { crossdock } from "../../testing/terminal.ts";
import { balance } from "../../trace/balance.ts";
import { EXIT } from "../exit.ts";

let db: FreshDatabase;
const folder = mkdtempSync(join(tmpdir(), "crossdock-backup-"));
const xd = (...args: string[]) => crossdock(["backup", ...args, "--database-url", db.url], { folder });
const instance = async (order: string): Promise<string | undefined> =>
  (await db.pool.query("select milestone from instance where key = $1", [order])).rows[0]?.milestone;
const row = async (text: string) => (await db.pool.query(text)).rows[0];

beforeAll(async () => {
  db = await freshDatabase();
});
afterAll(() => db?.drop());

test("an order goes on where it was, after a dump was restored into another server and taken into work", async () => {
  const before = await smallDock(db.url);
  for (const number of [1, 2, 3]) await before.order(number, "PUMP-100", "100.00");
  await expect.poll(() => instance("SO-3"), { timeout: 10_000 }).toBe("allocated");
  await expect.poll(async () => (await balance(db.pool)).unread, { timeout: 10_000 }).toBe(0);
  await before.dock.stop();
  // What was sent after the backup was made is owed in it.
  await db.pool.query("update delivery set status = 'owed', reference = null where subject = 'order/SO-3'");
  // Numbers of the other server: the same order, far ahead of this one; and a second one that came before the first was read.
  for (const [table, column] of [
    ["event", "xid"],
    ["lane", "xid"],
    ["subscription", "since_xid"],
    ["agreement_reader", "xid"],
  ] as const)
    await db.pool.query(
      `update ${table} set ${column} = (${column}::text::int8 + 5000000000)::text::xid8 where ${column} <> '0'::xid8`,
    );
  const unread = await db.pool.query(
    `insert into event (xid, occurred_at, kind, id, contract, version, key, source, correlation, data)
     select (xid::text::int8 + n)::text::xid8, occurred_at, kind, id || n, contract, version, 'order/SO-9' || n, source, 'order/SO-9' || n,
       replace(replace(data, 'SO-1', 'SO-9' || n), 'PO-1', 'PO-9' || n) from event, generate_series(1, 2) n
     where contract = 'sales.order-captured' and key = 'order/SO-1' returning 1`,
  );
  expect(unread.rowCount).toBe(2);
  await db.pool.query(
    `update event set xid = (m.top + split_part(event.key, 'SO-9', 2)::int8)::text::xid8
     from (select max(xid::text::int8) as top from lane) m where event.key like 'order/SO-9%'`,
  );

  const checked = await xd("check");
  expect([checked.exit, checked.out.split("\n")[1]]).toEqual([
    EXIT.done,
    "! The journal is numbered by another server: a dump was restored here. Before a worker starts on it, take it into work with crossdock backup adopt; a start refuses it until then.",
  ]);
  expect(checked.out).toMatch(/erp +1 +0 +0 +not known/);
  await expect(smallDock(db.url)).rejects.toThrow("take it into work: crossdock backup adopt");

  const looked = await xd("adopt", "--because", "A test.", "--dry-run");
  expect([looked.exit, looked.out]).toEqual([
    EXIT.done,
    "1 delivery that was owed will be verified before anything is sent, and the journal is numbered for this server.",
  ]);
  const adopted = await xd("adopt", "--because", "A test.", "--yes", "--json");
  expect(JSON.parse(adopted.out)).toMatchObject({
    schema: "xd.backup.adopt/1",
    doubted: [{ connection: "erp", deliveries: 1 }],
  });
  expect(await row("select action, reason from audit order by id desc limit 1")).toEqual({
    action: "adopt backup",
    reason: "A test.",
  });

  // The two that nobody had read are read, once; the three that were read are not read again; what is unclear is asked about.
  const after = await smallDock(db.url);
  await after.order(4, "PUMP-100", "100.00");
  for (const order of ["SO-91", "SO-92", "SO-4"])
    await expect.poll(() => instance(order), { timeout: 10_000 }).toBe("allocated");
  await expect
    .poll(() => row("select status from delivery where subject = 'order/SO-3'"), { timeout: 10_000 })
    .toEqual({ status: "parked" });
  expect([...after.books].sort()).toEqual(["SO-4", "SO-91", "SO-92"]);
  expect((await balance(db.pool)).silent).toBe(0);
  const refused = await xd("adopt", "--because", "Again.", "--yes");
  expect([refused.exit, refused.notes]).toEqual([
    EXIT.usage,
    "crossdock: Crossdock works on this database (1 alive). Only one that nobody works on is taken into work: stop it first.",
  ]);
  await after.dock.stop();
  expect((await xd("check")).exit).toBe(EXIT.done);
});

test.each<[name: string, harm: string, mend: string, says: RegExp]>([
  [
    "counters that stayed behind",
    "select setval('event_position', 1)",
    "select setval('event_position', (select max(position) from event))",
    /✕ Numbers in use would be handed out again.*select setval\('crossdock\.event_position', \d+\)/,
  ],
  [
    "a line of the audit that was changed",
    "update audit set reason = 'Other words.' where id = (select min(id) from audit)",
    "update audit set reason = 'A test.' where id = (select min(id) from audit)",
    /✕ The audit is not as it was written: changed, at line/,
  ],
  [
    "work whose message is not in the journal",
    "update delivery set event_position = -event_position where subject = 'order/SO-3'",
    "update delivery set event_position = -event_position where subject = 'order/SO-3'",
    /✕ 1 open deliveries carry a message that is not in the journal, the first of order\/SO-3/,
  ],
  [
    "a migration that was changed",
    "update migration set checksum = 'x' || checksum where number = 3",
    "update migration set checksum = substr(checksum, 2) where number = 3",
    /✕ Migration 0003-outcomes was changed after it landed/,
  ],
])("%s: found, and it is not whole", async (_, harm, mend, says) => {
  await db.pool.query(harm);
  const { exit, out } = await xd("check");
  expect(out).toMatch(says);
  expect(exit).toBe(EXIT.checkSaysNo);
  await db.pool.query(mend);
  expect((await xd("check")).exit).toBe(EXIT.done);
});

test("a database without a Crossdock is said to be one", async () => {
  const empty = await freshDatabase({ migrated: false });
  try {
    const { exit, out } = await crossdock(["backup", "check", "--database-url", empty.url], { folder });
    expect([exit, out.split("\n")[0]]).toEqual([
      EXIT.checkSaysNo,
      "✕ There is no Crossdock in this database: it has no schema crossdock.",
    ]);
  } finally {
    await empty.drop();
  }
});
