/**
 * The journal under concurrency, on a real PostgreSQL: nothing is skipped, no key is inverted, a copy writes nothing.
 *
 * The naive ways are tried beside ours, because a race that cannot be seen failing proves nothing.
 */
import { uuidv7 } from "uuidv7";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openPool } from "../std/sql.ts";
import { commit, type Statement } from "../std/statement.ts";
import { type FreshDatabase, freshDatabase } from "../testing/database.ts";
import { type AcceptedArrival, accept, lockKeys, receiptsOf } from "./accept.ts";
import { ensurePartitions } from "./partitions.ts";
import { type Cursor, readAfter } from "./read.ts";

let database: FreshDatabase;
beforeAll(async () => {
  database = await freshDatabase({ max: 20 });
  await run(ensurePartitions);
});
afterAll(() => database.drop());

const run = async ({ text, values }: Statement) =>
  (await database.pool.query({ text, values: [...values] })).rows;
const entry = (id: string, key: string) => ({
  kind: "event" as const,
  id,
  contract: "test.happened",
  version: 1,
  key,
  source: "test",
  correlation: key,
  causation: null,
  occurredAt: null,
  routed: false,
  data: "{}",
  extra: null,
  keys: [],
});
const arrivalOf = (messageId: string, key: string, hash = "aGFzaA=="): AcceptedArrival => ({
  arrival: uuidv7(),
  flow: "f",
  source: "test",
  messageId,
  hash,
  mediaType: null,
  body: Buffer.from("{}"),
  state: "accepted",
  notes: null,
  entries: [entry(messageId, key)],
});

test("a reader below the barrier skips nothing, where one that remembers the last position does", async () => {
  const writers = 8;
  const each = 60;
  const start: Cursor = { xid: "0", position: "0" };
  const seen = new Set<string>();
  const naive = new Set<string>();
  let writing = true;
  const read = (async () => {
    let at = start;
    let last = "0";
    for (let until = 0; writing || (seen.size < writers * each && Date.now() < until); ) {
      const found = await run(readAfter(at, 500, 1_000_000));
      for (const { id } of found) seen.add(id as string);
      const end = found.at(-1);
      if (end) at = { xid: end.xid, position: end.position };
      const careless = (
        await database.pool.query(
          "select position, id from event where position > $1 and contract = 'test.happened' order by position",
          [last],
        )
      ).rows;
      for (const { id } of careless) naive.add(id);
      last = careless.at(-1)?.position ?? last;
      // Another database's open transaction may hold the barrier back for a while; what was skipped never comes.
      if (writing) until = Date.now() + 10_000;
    }
  })();
  await Promise.all(
    Array.from({ length: writers }, async (_, writer) => {
      for (let n = 0; n < each; n += 1) {
        const client = await database.pool.connect();
        const { text, values } = accept([arrivalOf(`barrier-${writer}-${n}`, `k/${writer}-${n}`)]);
        await client.query("begin");
        await client.query({ text, values: [...values] });
        await client.query("select pg_sleep(random() * 0.004)");
        await client.query("commit");
        client.release();
      }
    }),
  );
  writing = false;
  await read;
  const ours = [...seen].filter((id) => id.startsWith("barrier-"));
  expect(ours).toHaveLength(writers * each);
  expect(naive.size, "the careless reader was never caught out, so this test proved nothing").toBeLessThan(
    writers * each,
  );
}, 60_000);

test("entries are read in the order of transactions, also where their number gets another digit", async () => {
  const { text, values } = accept(
    ["8", "9", "10", "100"].map((xid) => arrivalOf(`digits-${xid}`, `k/${xid}`)),
  );
  await database.pool.query({ text, values: [...values] });
  await database.pool.query("update event set xid = substr(id, 8)::xid8 where id like 'digits-%'");
  const first = await run(readAfter({ xid: "0", position: "0" }, 2, 1_000_000));
  expect(first.map(({ id, xid }) => [id, xid])).toEqual([
    ["digits-8", "8"],
    ["digits-9", "9"],
  ]);
  const rest = await run(readAfter(first[1] as Cursor, 2, 1_000_000));
  expect(rest.map(({ id }) => id)).toEqual(["digits-10", "digits-100"]);
});

test("of one key, the feed's order is the order in which receipts were given", async () => {
  const given: string[] = [];
  const pool = openPool(database.url, { max: 8, pipeline: true });
  await Promise.all(
    Array.from({ length: 8 }, async (_, writer) => {
      for (let n = 0; n < 40; n += 1) {
        const client = await pool.connect();
        const id = `order-${writer}-${n}`;
        // The order in which the lock was granted is the order of the receipts; noted under the same lock.
        await commit(client, [
          lockKeys(["hot/key"]),
          {
            name: "note",
            text: "insert into setting (name, value) select $1, nextval('event_position')::text",
            values: [id],
          },
          accept([arrivalOf(id, "hot/key")]),
        ]);
        client.release();
      }
    }),
  );
  await pool.end();
  const { rows: receipts } = await database.pool.query(
    "select name from setting where name like 'order-%' order by value::bigint",
  );
  given.push(...receipts.map(({ name }) => name));
  const { rows: feed } = await database.pool.query(
    "select id from event where key = 'hot/key' order by xid, position",
  );
  expect(feed.map(({ id }) => id)).toEqual(given);
}, 60_000);

test("the same message again writes nothing, and its receipt tells a copy from a conflict", async () => {
  const first = arrivalOf("twice", "k/twice");
  expect(await run(accept([first]))).toEqual([{ arrival: first.arrival }]);
  expect(await run(accept([{ ...arrivalOf("twice", "k/twice"), hash: "b3RoZXI=" }]))).toEqual([]);
  expect(await run(receiptsOf([{ source: "test", messageId: "twice" }]))).toEqual([
    { source: "test", messageId: "twice", hash: "aGFzaA==", arrival: first.arrival },
  ]);
  expect(
    await run({ name: "", text: "select count(*)::int as n from event where id = 'twice'", values: [] }),
  ).toEqual([{ n: 1 }]);
});

test("a quarantined arrival keeps its bytes, takes no receipt, and may come again", async () => {
  const bad = (): AcceptedArrival => ({
    ...arrivalOf("bad", "k/bad"),
    state: "quarantined",
    entries: [],
    notes: "{}",
  });
  await run(accept([bad()]));
  await run(accept([bad()]));
  expect(
    await run({
      name: "",
      text: "select count(*)::int as n from arrival where message_id = 'bad' and convert_from(body, 'utf8') = '{}'",
      values: [],
    }),
  ).toEqual([{ n: 2 }]);
  expect(await run(receiptsOf([{ source: "test", messageId: "bad" }]))).toEqual([]);
});

test("reading walks the index of the feed, however long the journal is", async () => {
  await database.pool.query("analyze event");
  await database.pool.query("set enable_seqscan = off");
  const { text, values } = readAfter({ xid: "0", position: "0" }, 10, 1_000_000);
  const plan = (await database.pool.query({ text: `explain ${text}`, values: [...values] })).rows
    .map((row) => row["QUERY PLAN"])
    .join("\n");
  expect(plan).toMatch(/Index Scan using event_\d{4}_\d{2}_xid_position_idx/);
});
