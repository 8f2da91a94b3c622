/** A journal that is numbered for another server keeps its order, and every reader has read what it had read. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { transaction } from "../std/sql.ts";
import { type FreshDatabase, freshDatabase } from "../testing/database.ts";
import { aheadOfServer, reached, renumber, renumberAll } from "./restored.ts";

let db: FreshDatabase;
beforeAll(async () => {
  db = await freshDatabase();
});
afterAll(() => db?.drop());

const rows = async (text: string) => (await db.pool.query(text)).rows;
/** The journal in the order it is read, and for each reader the lines it has read. */
const asRead = async () => ({
  order: (await rows("select id from event order by event.xid, event.position")).map(({ id }) => id),
  read: await rows(`select lane.id, (select count(*)::int from event e where (e.xid, e.position) <= (lane.xid, lane.position)) as lines,
      (select max(e.position) from event e where (e.xid, e.position) <= (lane.xid, lane.position)) as furthest
    from lane order by lane.id`),
  chunks: (
    await rows(
      "select count(*)::int as unread from batch_chunk where xid > (select xid from lane order by lane.xid limit 1)",
    )
  )[0],
});

test("in whatever way positions and commits were tangled", async () => {
  await db.pool.query("select make_partitions(1)");
  // Positions are handed out before commit, so a transaction that began late may hold early ones. Multiplying scatters them.
  await db.pool.query(`insert into event (position, xid, occurred_at, kind, id, contract, version, key, source, correlation, data)
    select 1000 + n * 37 % 211, (7000000000 + n * 53 % 97)::text::xid8, now(), 'event', 'e' || n, 'c', 1, 'k/1', 's', 'k/1', '{}'
    from generate_series(1, 200) n`);
  await db.pool.query(`insert into lane (id, xid, position) select n, e.xid, e.position
    from generate_series(0, 4) n join (select xid, position, row_number() over (order by event.xid, event.position) as at from event) e
      on e.at = 1 + n * 45`);
  await db.pool.query(`insert into batch_chunk (batch, number, arrival, xid, published)
    select gen_random_uuid(), n, gen_random_uuid(), (7000000000 + n)::text::xid8, 1 from generate_series(1, 96) n`);
  await db.pool.query(
    "insert into agreement_reader (xid, position) select xid, position from lane where id = 2",
  );
  const before = await asRead();
  expect((await rows(aheadOfServer.text))[0]).toEqual({ ahead: true });
  await transaction(db.pool, async (tx) => {
    await tx.query(renumber.text);
    expect(Number((await tx.query(reached.text)).rows[0].short)).toBeLessThan(0);
    for (const { text } of renumberAll) await tx.query(text);
  });
  expect((await rows(aheadOfServer.text))[0]).toEqual({ ahead: false });
  expect(await asRead()).toEqual(before);
  expect(before.order).toHaveLength(200);
});
