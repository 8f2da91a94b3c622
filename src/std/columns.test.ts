/** Holds rows to arriving exactly as they were given, on a real PostgreSQL. */
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../testing/database.ts";
import { columns } from "./columns.ts";

let database: FreshDatabase;
beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.drop());

const Everything = columns({
  text: "text",
  bytea: "bytea",
  bool: "bool",
  int2: "int2",
  int4: "int4",
  int8: "int8",
  timestamptz: "timestamptz",
  uuid: "uuid",
});
type Row = Parameters<typeof Everything.values>[0][number];

const back = async (rows: readonly Row[]) =>
  (await database.pool.query(`select given.* from ${Everything.from(1, "given")}`, Everything.values(rows)))
    .rows;

// PostgreSQL's text holds every character except NUL; half a surrogate pair is no character.
const text = fc.string({ unit: "binary" }).map((given) => given.replaceAll("\0", ""));
const orNull = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { freq: 4 });
const row = fc.record({
  text: orNull(text),
  bytea: orNull(fc.uint8Array().map((given) => Buffer.from(given))),
  bool: orNull(fc.boolean()),
  int2: orNull(fc.integer({ min: -(2 ** 15), max: 2 ** 15 - 1 })),
  int4: orNull(fc.integer()),
  int8: orNull(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String)),
  timestamptz: orNull(fc.constantFrom("2026-01-05T08:00:00.123456Z", "1999-12-31T23:59:59Z")),
  uuid: orNull(fc.uuid()),
});

test("every type arrives as it was given, in order, and null as null", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(row, { maxLength: 20 }), async (rows) => {
      expect(await back(rows)).toEqual(rows);
    }),
    { numRuns: 60 },
  );
});

test("no rows at all are an empty set", async () => {
  expect(await back([])).toEqual([]);
});

test("what a type cannot hold is refused, and nothing is shortened", async () => {
  const nothing = {
    text: null,
    bytea: null,
    bool: null,
    int2: null,
    int4: null,
    int8: null,
    timestamptz: null,
    uuid: null,
  };
  expect(() => Everything.values([{ ...nothing, int2: 40_000 }])).toThrow(/out of range/);
  expect(() => Everything.values([{ ...nothing, int8: "9223372036854775808" }])).toThrow(/out of range/);
  await expect(back([{ ...nothing, text: "a\0b" }])).rejects.toMatchObject({ code: "22021" });
  await expect(back([{ ...nothing, timestamptz: "yesterday at noon or so" }])).rejects.toMatchObject({
    code: "22007",
  });
});
