/**
 * Retention on a real PostgreSQL and real files: what goes, what stays, and that nothing goes without a sound archive.
 */
import { randomBytes } from "node:crypto";
import {
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import Type from "typebox";
import { afterEach, beforeEach, expect, test } from "vitest";
import { event } from "../contracts/contract.ts";
import { silent } from "../std/log.ts";
import { type FreshDatabase, freshDatabase } from "../testing/database.ts";
import { crossdock } from "../testing/terminal.ts";
import { balance } from "../trace/balance.ts";
import { document, findDocuments, NOTHING_KNOWN } from "../trace/index.ts";
import { Archive, type Retention } from "./archive.ts";
import { linesOf, type Manifest, readManifests, verifyArchives, writeArchive } from "./archive-file.ts";
import { realClock } from "./clock.ts";

const contractOf = (name: string, retention?: "1d" | "for ever") =>
  event({
    name,
    version: 1,
    owner: "test",
    summary: "A test.",
    criticality: "C4" as const,
    ...(retention === undefined ? {} : { retention }),
    data: Type.Object({ id: Type.String() }),
    keys: { order: "id" },
    sample: { id: "1" },
  });
const contracts = new Map(
  [contractOf("test.ticked", "1d"), contractOf("test.kept", "for ever"), contractOf("test.usual")].map(
    (each) => [each.name, each],
  ),
);

let database: FreshDatabase;
let folder: string;
beforeEach(async () => {
  database = await freshDatabase();
  await database.pool.query("select make_partitions(1)");
  folder = mkdtempSync(join(tmpdir(), "archive-"));
});
afterEach(async () => {
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

const forget = (retention: Partial<Retention> = {}, warnings: object[] = []) =>
  new Archive({
    database: database.url,
    retention: { journal: "36500d", arrivals: "36500d", archive: folder, ...retention },
    contracts,
    clock: realClock,
    log: { ...silent, warn: (_, facts = {}) => warnings.push(facts) },
  }).forget();

const sql = async (text: string, values: unknown[] = []) => (await database.pool.query(text, values)).rows;

const month = async (of: "event" | "arrival", name: string) => {
  const from = `${name.replace("_", "-")}-01`;
  await sql(
    `create table ${of}_${name} partition of ${of} for values from ('${from}Z') to ('${from}Z'::timestamptz + interval '1 month')`,
  );
};
const months = async () =>
  (
    await sql(
      "select inhrelid::regclass::text as name from pg_inherits where inhparent in ('event'::regclass, 'arrival'::regclass) order by 1",
    )
  )
    .map(({ name }) => name.replace("crossdock.", ""))
    .filter((name: string) => name.includes("_2020_"));
const say = (contract: string, order: string, at: string) =>
  sql(
    `insert into event (recorded_at, occurred_at, kind, id, contract, version, key, source, correlation, routed, data)
     values ($1::text::timestamptz, $1::text::timestamptz, 'event', $2::text || $3::text || $1::text, $2::text, 1, $3::text, 'test', $3::text, true, '{"amount":12345678901234567890.10}')`,
    [at, contract, order],
  );
const left = async () =>
  (await sql("select contract, correlation from event order by event.position")).map(
    (row) => `${row.contract} ${row.correlation}`,
  );

test("what is past the retention of its contract goes to the archive, and its document says where; the rest stays", async () => {
  for (const name of ["2020_01", "2020_02", "2020_03"]) await month("event", name);
  await month("arrival", "2020_01");
  for (const day of ["2020-01-03Z", "2020-01-09Z"]) await say("test.ticked", "order/A", day);
  await say("test.kept", "order/B", "2020-01-10Z");
  await say("test.usual", "order/B", "2020-01-11Z");
  await say("test.ticked", "order/OPEN", "2020-01-12Z");
  await say("test.ticked", "order/SENT", "2020-01-13Z");
  await say("test.ticked", "order/A", "2020-02-01Z");
  await sql("insert into business_key (value, type, correlation) values ('A', 'order', 'order/A')");
  await sql(
    `insert into instance (process, key, version, lane, status, correlation, body) values ('p', 'OPEN', 1, 0, 'running', 'order/OPEN', '{}')`,
  );
  await sql(
    `insert into delivery (key, flow, connection, contract, subject, lane, correlation, event_position, status)
     select 'd', 'f', 'c', contract, key, 0, 'order/other', position, 'parked' from event where correlation = 'order/SENT'`,
  );

  expect(await forget()).toEqual(["event_2020_01", "event_2020_02"]);
  expect(await left()).toEqual([
    "test.kept order/B",
    "test.usual order/B",
    "test.ticked order/OPEN",
    "test.ticked order/SENT",
  ]);
  // A month of which nothing stays is gone, an empty one waits for the retention of the whole, and every index is back.
  expect(await months()).toEqual(["arrival_2020_01", "event_2020_01", "event_2020_03"]);
  const indexes = async (month: string) =>
    (
      await sql(
        `select substring(indexdef from 'USING.*') as made from pg_indexes where tablename = '${month}' order by 1`,
      )
    ).map(({ made }) => made);
  expect(await indexes("event_2020_01")).toEqual(await indexes("event_2020_03"));

  const [first, second] = readManifests(folder) as [Manifest, Manifest];
  expect({
    ...first,
    bytes: 0,
    hash: "",
    contentSha256: "",
    fileSha256: "",
    host: "",
    archivedAt: "",
  }).toEqual({
    format: "crossdock archive 1",
    number: 1,
    of: "event",
    month: "2020-01",
    lines: 2,
    stayed: 4,
    file: "event_2020_01-0001.ndjson.gz",
    host: "",
    archivedAt: "",
    previous: null,
    bytes: 0,
    hash: "",
    contentSha256: "",
    fileSha256: "",
    first: { key: "1", at: "2020-01-03T00:00:00Z" },
    last: { key: "2", at: "2020-01-09T00:00:00Z" },
    contracts: { "test.ticked": { lines: 2, retention: "1d" } },
  });
  expect([second.number, second.previous]).toEqual([2, first.hash]);
  const lines = gunzipSync(readFileSync(join(folder, first.file)))
    .toString()
    .trim()
    .split("\n");
  expect(lines.map((line) => JSON.parse(line).data)).toEqual(
    Array(2).fill('{"amount":12345678901234567890.10}'),
  );
  const found: string[] = [];
  for await (const line of linesOf(join(folder, first.file), "order/A")) found.push(line);
  expect(found).toEqual(lines);

  const story = await document(database.pool, "order/A");
  expect(story?.archived.map(({ file, folder: where, lines: n }) => [file, where, n])).toEqual([
    [first.file, folder, 2],
    [second.file, folder, 1],
  ]);
  expect([story?.line.startedAt, story?.timeline]).toEqual(["2020-01-03T00:00:00.000Z", []]);
  expect(
    (await findDocuments(database.pool, "A", NOTHING_KNOWN)).map(({ correlation }) => correlation),
  ).toEqual(["order/A"]);

  // What had to stay goes a day later, when nothing needs it any more; the retention of the whole takes the empty months.
  await sql("delete from instance");
  await sql("update delivery set status = 'applied'");
  expect(await forget()).toEqual([]);
  await sql("update month_look set next_at = '-infinity'");
  expect(await forget()).toEqual(["event_2020_01"]);
  expect(await left()).toEqual(["test.kept order/B", "test.usual order/B"]);
  expect(await forget({ journal: "1d", arrivals: "1d" })).toEqual([
    "arrival_2020_01",
    "event_2020_01",
    "event_2020_03",
  ]);
  expect(await left()).toEqual(["test.kept order/B"]);
  expect(readManifests(folder).map(({ number, month: of }) => `${number} ${of}`)).toEqual([
    "1 2020-01",
    "2 2020-02",
    "3 2020-01",
    "4 2020-01",
  ]);
});

test("settled deliveries and what systems said follow their messages; what is owed, watched or still has its message stays", async () => {
  await month("event", "2020_01");
  for (const order of ["A", "B", "C"]) await say("test.ticked", `order/${order}`, "2020-01-03Z");
  await say("test.kept", "order/KEPT", "2020-01-04Z");
  const owed = (key: string, order: string, status: string) =>
    sql(
      `insert into delivery (key, flow, connection, contract, subject, lane, correlation, event_position, status, created_at)
       select $1, 'f', 'c', contract, key, 0, correlation, position, $3, '2020-01-05Z' from event where correlation = $2`,
      [key, `order/${order}`, status],
    );
  await owed("d1", "A", "applied");
  await owed("d2", "A", "cancelled");
  await owed("d3", "B", "applied");
  await owed("d4", "B", "parked");
  await owed("d5", "KEPT", "applied");
  await sql(
    "insert into attempt (delivery, number, outcome) values ('d1', 1, 'in doubt'), ('d1', 2, 'found')",
  );
  await sql(
    "insert into correction (delivery, version, data, contract_version, changed, by) values ('d2', 1, '{}', 1, '[]', 'maria')",
  );
  for (const order of ["A", "B", "C", "KEPT"])
    await sql("insert into opinion values ($1, 'placed', 'erp', true, '2020-01-05Z')", [`order/${order}`]);
  await sql("insert into agreement (subject, kind, due_at) values ('order/C', 'orders', now())");
  const before = await balance(database.pool);

  const warnings: object[] = [];
  expect([await forget({}, warnings), warnings]).toEqual([["event_2020_01", "work"], []]);
  expect((await sql("select key from delivery order by key")).map(({ key }) => key)).toEqual([
    "d3",
    "d4",
    "d5",
  ]);
  expect(await sql("select delivery from attempt union all select delivery from correction")).toEqual([]);
  expect((await sql("select subject from opinion order by 1")).map(({ subject }) => subject)).toEqual([
    "order/B",
    "order/C",
    "order/KEPT",
  ]);
  const after = await balance(database.pool);
  expect([after.applied, after.cancelled, after.silent]).toEqual([
    before.applied,
    before.cancelled,
    before.silent,
  ]);

  // Its story says where they are, and the command line prints them.
  const story = await document(database.pool, "order/A");
  expect(story?.archived.map(({ of, lines }) => [of, lines])).toEqual([
    ["event", 1],
    ["work", 2],
    ["work", 1],
  ]);
  const read = await crossdock(["archive", "read", "order/A", "--database-url", database.url]);
  const records = read.out.split("\n").map((line) => JSON.parse(line));
  expect(records.slice(1)).toMatchObject([
    { table: "delivery", key: "d1", status: "applied", attempts: [{ number: 1 }, { number: 2 }] },
    { table: "delivery", key: "d2", status: "cancelled", corrections: [{ by: "maria" }] },
    { table: "opinion", subject: "order/A", system: "erp", reached: true },
  ]);
  const chain = readManifests(folder).map((manifest) => ({ folder, manifest }));
  expect(await verifyArchives(chain)).toEqual({ files: 3, lines: 5, fault: null });

  // A day later it is looked at again: what is settled by then follows.
  await sql("update delivery set status = 'applied' where key = 'd4'");
  expect(await forget()).toEqual([]);
  await sql("update month_look set next_at = '-infinity'");
  expect(await forget()).toEqual(["event_2020_01", "work"]);
  expect((await sql("select key from delivery")).map(({ key }) => key)).toEqual(["d5"]);
});

test("arrivals go with their bytes, those shown to a person stay, and the document they became says where they are", async () => {
  await month("event", "2020_01");
  await month("arrival", "2020_01");
  const [kept, gone] = ["00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"];
  for (const id of [kept, gone])
    await sql(
      `insert into arrival (id, flow, source, message_id, received_at, body) values ($1::text::uuid, 'f', 's', $1::text, '2020-01-05Z', '\\x00ff0a')`,
      [id],
    );
  await sql(
    `insert into exception (fingerprint, class, subject_kind, subject, title, reason, owner) values ('x', 'data', 'arrival', $1, 't', 'r', 'o')`,
    [kept],
  );
  await say("test.kept", "order/A", "2020-01-05Z");
  await sql("update event set causation = 'arrival:' || $1", [gone]);
  expect(await forget({ arrivals: "1d" })).toEqual(["arrival_2020_01"]);
  expect((await sql("select id::text as id from arrival")).map(({ id }) => id)).toEqual([kept]);
  const line = gunzipSync(readFileSync(join(folder, "arrival_2020_01-0001.ndjson.gz"))).toString();
  expect(JSON.parse(line)).toMatchObject({ id: gone, body: Buffer.from([0, 255, 10]).toString("base64") });
  expect((await document(database.pool, "order/A"))?.archived.map(({ of, lines }) => [of, lines])).toEqual([
    ["arrival", 1],
  ]);
});

test("a file that does not hold what was written stops the drop; when the disk is sound again it goes", async () => {
  await month("event", "2020_01");
  await say("test.ticked", "order/A", "2020-01-03Z");
  // A disk that keeps nothing of what it is given.
  symlinkSync("/dev/null", join(folder, "event_2020_01-0001.ndjson.gz.part"));
  const warnings: { error?: string }[] = [];
  expect(await forget({}, warnings)).toEqual([]);
  expect(warnings.map(({ error }) => error)).toEqual([expect.stringContaining("fsync")]);
  expect(await left()).toEqual(["test.ticked order/A"]);
  expect([readdirSync(folder), await sql("select number from archive")]).toEqual([[], []]);
  expect(await forget()).toEqual(["event_2020_01"]);
  expect([await left(), await months()]).toEqual([[], []]);
});

test("what is read back from the disk is held against what was written, to the last byte", async () => {
  const line = JSON.stringify(randomBytes(400_000).toString("base64"));
  const part = join(folder, "x.ndjson.gz.part");
  async function* pages() {
    yield [{ key: "1", at: "2020-01-03T00:00:00Z", line }];
    await expect.poll(() => statSync(part).size).toBeGreaterThan(100_000);
    const file = openSync(part, "r+");
    writeSync(file, "harm", 50_000);
    closeSync(file);
    yield [{ key: "2", at: "2020-01-03T00:00:00Z", line }];
  }
  await expect(writeArchive(folder, "x.ndjson.gz", pages())).rejects.toThrow(
    /does not hold what was written: 2 lines were/,
  );
  expect(readdirSync(folder)).toEqual(["x.ndjson.gz.part"]);
});

test("whatever is done to the archive is named: cut, changed, taken away, replaced", async () => {
  for (const name of ["2020_01", "2020_02"]) {
    await month("event", name);
    await say("test.ticked", "order/A", `${name.replace("_", "-")}-03Z`);
  }
  await forget();
  const chain = readManifests(folder).map((manifest) => ({ folder, manifest }));
  expect(await verifyArchives(chain)).toEqual({ files: 2, lines: 2, fault: null });
  const [first, second] = chain.map(({ manifest }) => manifest) as [Manifest, Manifest];
  const after = async (harm: () => void, from = chain) => {
    const before = new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))]));
    harm();
    const { fault } = await verifyArchives(from);
    for (const [name, bytes] of before) writeFileSync(join(folder, name), bytes);
    return `${fault?.number} ${fault?.how}`;
  };
  const path = join(folder, first.file);
  expect(await after(() => truncateSync(path, 30))).toBe("1 unreadable");
  expect(await after(() => writeFileSync(path, readFileSync(join(folder, second.file))))).toBe("1 altered");
  expect(await after(() => rmSync(path))).toBe("1 missing");
  const manifest = join(folder, "event_2020_02-0002.manifest.json");
  expect(await after(() => writeFileSync(manifest, JSON.stringify({ ...second, lines: 0 })))).toBe(
    "2 manifest altered",
  );
  expect(await after(() => undefined, chain.slice(1))).toBe("2 chain broken");
  expect(await verifyArchives(chain)).toMatchObject({ fault: null });

  // The same from the command line: by the database, by the files alone, and one document's lines.
  await sql("insert into business_key (value, type, correlation) values ('A', 'order', 'order/A')");
  const cli = (...args: string[]) => crossdock([...args, "--database-url", database.url]);
  const files = "✔ 2 files with 2 lines, each as it was written.";
  expect(await cli("archive", "verify")).toMatchObject({ exit: 0, out: files });
  expect((await crossdock(["archive", "verify", "--folder", folder, "--alone"])).out).toBe(files);
  expect((await cli("archive", "list")).out).toContain(path);
  const read = await cli("archive", "read", "order/A");
  expect(read.out.split("\n").map((line) => JSON.parse(line).correlation)).toEqual(["order/A", "order/A"]);
  expect((await cli("trace", "A")).out).toContain(`1 message left for the archive`);
  truncateSync(path, 30);
  const broken = await cli("archive", "verify");
  expect([broken.exit, broken.out]).toEqual([
    3,
    expect.stringContaining(`✕ Archive 1, ${first.file}: unreadable.`),
  ]);
});
