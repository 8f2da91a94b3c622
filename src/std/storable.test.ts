/** Texts PostgreSQL can keep, and what becomes of the others. Held to PostgreSQL itself. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../testing/database.ts";
import { columns } from "./columns.ts";
import { limits } from "./limits.ts";
import { flawOf, indexable, isUnstorable, storable } from "./storable.ts";

let database: FreshDatabase;
beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.drop());

const NUL = "a\0b";
const HALF = "a\ud83db";

test("a name that cannot be kept as it is has a flaw, and one that can has none", () => {
  const long = "é".repeat(limits.keyBytesMax / 2);
  expect([NUL, HALF, `${long}e`, long, "SO-4711", "😀"].map(flawOf)).toEqual([
    "has a NUL character (U+0000)",
    "has half of a surrogate pair",
    `has ${limits.keyBytesMax + 1} bytes, of at most ${limits.keyBytesMax}`,
    undefined,
    undefined,
    undefined,
  ]);
});

test("a text for people is kept as near as possible, and prose arrives in PostgreSQL as that", async () => {
  expect([NUL, HALF, "😀"].map(storable)).toEqual(["a\uFFFDb", "a\uFFFDb", "😀"]);
  const Rows = columns({ said: "prose" });
  const { rows } = await database.pool.query(
    `select said from ${Rows.from(1, "r")}`,
    Rows.values([{ said: NUL }, { said: HALF }, { said: null }]),
  );
  expect(rows).toEqual([{ said: "a\uFFFDb" }, { said: "a\uFFFDb" }, { said: null }]);
});

test("a long text stands in an index by its beginning and its hash: two stay two, the same stays the same", () => {
  const [one, two] = [`${"x".repeat(9_000)}1`, `${"x".repeat(9_000)}2`];
  expect(indexable(one)).toBe(indexable(one));
  expect(indexable(one)).not.toBe(indexable(two));
  expect(Buffer.byteLength(indexable("漢".repeat(9_000)))).toBeLessThanOrEqual(limits.indexedBytesMax);
  expect(indexable("short\0")).toBe("short\uFFFD");
});

test("what PostgreSQL refuses for what it says is told apart from a PostgreSQL that is away or full", async () => {
  const failure = (text: string, values: unknown[] = []): Promise<unknown> =>
    database.pool.query(text, values).then(
      () => "nothing",
      (error: unknown) => error,
    );
  const random = Buffer.from(Array.from({ length: 3_000 }, (_, n) => (n * 7919) % 251)).toString("base64");
  const lasting = await Promise.all([
    failure("select $1::text", [NUL]),
    failure("select '2026-02-30'::timestamptz"),
    failure("insert into business_key (value, type, correlation) values ($1, 'a', 'b')", [
      Array.from(
        { length: 400 },
        (_, n) => `${Math.imul(n + 1, 2654435761) >>> 0}${random.slice(n, n + 3)}`,
      ).join(""),
    ]),
    failure("insert into business_key (value, type) values ('a', 'b')"),
    failure(
      "insert into exception (fingerprint, class, subject_kind, subject, title, reason, owner) values ('', 'odd', 'document', '', '', '', '')",
    ),
  ]);
  expect(lasting.map((error) => (error as { code?: string }).code)).toEqual([
    "22021",
    "22008",
    "54000",
    "23502",
    "23514",
  ]);
  expect(lasting.map(isUnstorable)).toEqual([true, true, true, true, true]);
  // A month without its partition fails under 23514 as well, and is nobody's fault.
  const passing = await Promise.all([
    failure(
      "insert into arrival (id, flow, source, message_id, body, received_at) values (gen_random_uuid(), '', '', '', '', '1999-01-01')",
    ),
    failure("select 1 / 0 from nowhere"),
  ]);
  expect(passing.map((error) => (error as { code?: string }).code)).toEqual(["23514", "42P01"]);
  const full = Object.assign(new Error("disk full"), { code: "53100" });
  expect([...passing, full, new Error("Connection terminated"), undefined].map(isUnstorable)).toEqual(
    Array(5).fill(false),
  );
});

test("SQL reads a document with a NUL in it, and every other document beside it", async () => {
  const document = JSON.stringify({ id: "SO-1", note: `${NUL}${HALF}😀\\u0000`, last: "x" });
  const { rows } = await database.pool.query(
    "select readable($1)->>'id' as id, readable($1)->>'note' as note, readable($2)->>'id' as other",
    [document, '{"id":"SO-2"}'],
  );
  expect(rows).toEqual([{ id: "SO-1", note: "a\uFFFDba\uFFFDb😀\\ufffd", other: "SO-2" }]);
});
