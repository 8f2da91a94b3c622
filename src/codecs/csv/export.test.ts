/** Exports of databases keep NULL apart from nothing, read their escapes, and refuse rows that do not fit. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { toBytes, toText } from "../../std/bytes.ts";
import { refusalOf } from "../hostile.fixtures.ts";
import { databaseExport, type ExportRow, readDatabaseExport } from "./codec.ts";

const columns = ["sku", "name", "stock"];
const copy = databaseExport({ columns });

test("escapes are read, NULL is null, and an empty field is an empty text", () => {
  const body = "PUMP\\t100\tfirst\\nsecond \\\\\t\\N\nVALVE\t\t00012\n\\.\nnot data\n";
  expect(copy.decode(toBytes(body))).toEqual([
    { sku: "PUMP\t100", name: "first\nsecond \\", stock: null },
    { sku: "VALVE", name: "", stock: "00012" },
  ]);
});

test("a backslash before a delimiter or a line end makes it text", () => {
  const piped = databaseExport({ columns, delimiter: "|" });
  expect(piped.decode(toBytes("a\\|b|c\\\nd|1\r\n"))).toEqual([{ sku: "a|b", name: "c\nd", stock: "1" }]);
});

test("the last row may lack its line end, also when its last field is empty", () => {
  expect(copy.decode(toBytes("a\tb\t"))).toEqual([{ sku: "a", name: "b", stock: "" }]);
});

test("Hive's delimiter, no escapes, marks of its own, a header", () => {
  const hive = databaseExport({
    columns,
    delimiter: "\x01",
    escape: "none",
    nulls: ["NULL", ""],
    header: true,
  });
  const body = "sku\x01name\x01stock\nA\\N\x01NULL\x01\n";
  expect(hive.decode(toBytes(body))).toEqual([{ sku: "A\\N", name: null, stock: null }]);
  expect(refusalOf(() => hive.decode(toBytes("sku\x01stock\x01name\n")))).toMatchObject({
    line: 1,
    found: "stock",
  });
});

describe("refused, with line and reason", () => {
  test.each([
    ["a short row", "a\tb\tc\nd\te\n", { line: 2, expected: "3 fields", found: "2" }],
    ["a long row", "a\tb\tc\td\n", { line: 1, found: "4" }],
    ["a row that follows one over two lines", "a\tb\\\nb\tc\nd\n", { line: 3, found: "1" }],
    ["an escape of nothing", "a\tb\tc\\", { expected: "a character behind the backslash" }],
    ["a NUL", "a\tb\0\tc\n", { line: 1, found: "a NUL character" }],
  ])("%s", (_, body, facts) => {
    expect(refusalOf(() => copy.decode(toBytes(body)))).toMatchObject(facts);
  });

  test("other bytes, too much of anything, what an export cannot carry", () => {
    expect(refusalOf(() => copy.decode(Uint8Array.of(0x61, 0xff)))).toMatchObject({
      expected: "text in utf-8",
    });
    const small = databaseExport({ columns: ["a"], limits: { bytes: 20, rows: 2, fieldLength: 5 } });
    expect(refusalOf(() => small.decode(toBytes("1\n2\n3\n")))).toMatchObject({ line: 3 });
    expect(refusalOf(() => small.decode(toBytes("123456")))).toHaveProperty("expected");
    expect(refusalOf(() => small.decode(toBytes("x".repeat(21))))).toHaveProperty("found", "21");
    const plain = databaseExport({ columns: ["a"], delimiter: "|", escape: "none", nulls: ["NULL"] });
    for (const a of ["x|y", "x\ny", "NULL"]) expect(() => plain.encode([{ a }])).toThrow("can carry");
    expect(() => plain.encode([{}])).toThrow("a value of a");
  });
});

describe("fields in quotes", () => {
  const names = { columns: ["sku", "name", "stock"] } as const;
  const value = [
    { sku: "1", name: 'a "b"\n,c', stock: null },
    { sku: "2", name: "", stock: "\\N" },
  ];

  test("are what MySQL and COPY write, and a quoted field is never NULL", () => {
    const mysql = databaseExport({ ...names, delimiter: ",", quote: '"' });
    expect(mysql.decode(toBytes('"1","a \\"b\\"\n,c",\\N\n2,"","\\\\N"\r\n'))).toEqual(value);
    const copied = databaseExport({ ...names, delimiter: ",", quote: '"', escape: "none", nulls: [""] });
    expect(copied.decode(toBytes('1,"a ""b""\n,c",\n2,"","\\N"\n'))).toEqual(value);
    for (const codec of [mysql, copied]) expect(codec.decode(codec.encode(value))).toEqual(value);
  });

  test("are refused where a quote stands inside, does not end, or has text behind it", () => {
    const mysql = databaseExport({ ...names, delimiter: ",", quote: '"' });
    for (const body of ['1,a"b",c', '1,"a"b,c', '1,2,3\n1,"a,c'])
      expect(() => mysql.decode(toBytes(body)), body).toThrow(/^Line [12]: expected/);
  });

  test("numbers behind a backslash are characters of ASCII, and nothing else", () => {
    expect(copy.decode(toBytes("\\x41\\102\tb\tc\n"))[0]!.sku).toBe("AB");
    for (const text of ["\\0", "\\xe9"])
      expect(() => copy.decode(toBytes(`${text}\tb\tc\n`))).toThrow("Line 1");
  });
});

test("what is written is read back the same, whatever the fields hold and however the stream is cut", async () => {
  const field = fc.option(
    fc.string({ unit: "binary" }).map((text) => text.replaceAll("\0", "0")),
    { nil: null },
  );
  const row = fc.record({ sku: field, name: field, stock: field });
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { maxLength: 5 }),
      fc.constantFrom("\t", "|", "\x01", ";"),
      fc.integer({ min: 1, max: 9 }),
      async (rows, delimiter, size) => {
        const settings = { columns, delimiter };
        const body = databaseExport(settings).encode(rows);
        expect(databaseExport(settings).decode(body)).toEqual(rows);
        const found: ExportRow[] = [];
        const chunks = async function* () {
          for (let at = 0; at < body.length; at += size) yield body.subarray(at, at + size);
        };
        for await (const one of readDatabaseExport(chunks(), settings)) found.push(one);
        expect(found).toEqual(rows);
      },
    ),
    { numRuns: 200 },
  );
  expect(toText(copy.encode([{ sku: "a\tb", name: null, stock: "\\N" }]))).toBe("a\\tb\t\\N\t\\\\N\n");
});
