/** Fixed-width files keep to their layout to the last character, and their trailers tell the truth. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { toBytes, toText } from "../../std/bytes.ts";
import { Unusable } from "../../std/errors.ts";
import { refusalOf } from "../hostile.fixtures.ts";
import { type FixedLayout, type FixedRow, fixedWidth, readFixedWidth } from "./codec.ts";
import { file, layout } from "./fixtures.ts";

const codec = fixedWidth(layout);
const read = (text: string) => codec.decode(toBytes(text));

const rows: readonly FixedRow[] = [
  { record: "head", fields: { sender: "ERP-LYO", created: "2026-03-05", currency: "EUR" } },
  {
    record: "line",
    fields: { sku: "PUMP-100", plant: "0007", price: "500.00", stock: "12.0", validTo: "2026-03-31" },
  },
  { record: "line", fields: { sku: "VALVE 20", plant: "0007", price: "-1.50", stock: "-0.1" } },
  { record: "trailer", fields: { records: "4", sum: "498.50" } },
];

test("records become rows: implied decimals, signs, overpunch, dates, leading zeros kept where they are digits", () => {
  expect(read(file)).toEqual(rows);
});

test("what was read is written back byte for byte", () => {
  expect(toText(codec.encode(rows))).toBe(file);
});

test("other line ends, none at all, a cut end and the DOS end of file read the same", () => {
  expect(read(file.replaceAll("\n", "\r\n"))).toEqual(rows);
  expect(read(`${file}\x1a`)).toEqual(rows);
  expect(read(file.trimEnd().padEnd(file.length - 1))).toEqual(rows);
  const run = fixedWidth({ ...layout, lineBreak: "none" });
  expect(run.decode(toBytes(file.replaceAll("\n", "")))).toEqual(rows);
  expect(toText(run.encode(rows))).toBe(file.replaceAll("\n", ""));
  const cut = file.replace(/ +$/gm, "");
  expect(fixedWidth({ ...layout, trimmed: true }).decode(toBytes(cut))).toEqual(rows);
  expect(refusalOf(() => read(cut))).toMatchObject({ line: 1, expected: "a record of 40 characters" });
});

test("a stream gives the same rows however it is cut", async () => {
  for (const size of [1, 7, 41, 1_000]) {
    const body = toBytes(file);
    const chunks = async function* () {
      for (let at = 0; at < body.length; at += size) yield body.subarray(at, at + size);
    };
    const found: FixedRow[] = [];
    for await (const row of readFixedWidth(chunks(), layout)) found.push(row);
    expect(found).toEqual(rows);
  }
});

describe("refused, with line, record and field", () => {
  test.each<[string, string, string, Record<string, unknown>]>([
    [
      "a record too short",
      "HERP-LYO ",
      "HERP-LYO",
      { line: 1, expected: "a record of 40 characters", found: "39" },
    ],
    ["a record too long", "LPUMP-100 ", "LPUMP-100   ", { line: 2, expected: "a record of 40 characters" }],
    ["a record of no kind", "LVALVE", "XVALVE", { line: 3, expected: "a record marked H, L, T" }],
    ["a day the calendar lacks", "310326", "310226", { line: 2, record: "line", field: "validTo" }],
    ["letters in a number", "00050000+", "0005000O+", { line: 2, field: "price", expected: "digits" }],
    [
      "a required field left blank",
      "20260305",
      "        ",
      { line: 1, field: "created", expected: "a date" },
    ],
    ["another value than the one allowed", "EUR", "USD", { line: 1, field: "currency", expected: "EUR" }],
    [
      "something between the fields",
      "310326    ",
      "310326  x ",
      { line: 2, expected: "a blank at position 39" },
    ],
    ["a trailer that miscounts", "T000004", "T000005", { line: 4, expected: "4 in records", found: "5" }],
    ["a trailer that sums wrongly", "49850", "49851", { line: 4, expected: "498.5 in sum" }],
    ["no trailer", file.split("\n")[3]!.concat("\n"), "", { expected: "a record trailer", found: "none" }],
    [
      "something behind the trailer",
      file.split("\n")[3]!,
      `${file.split("\n")[3]}\n${file.split("\n")[1]}`,
      { line: 5, expected: "nothing behind trailer" },
    ],
    [
      "a head that is not first",
      file.split("\n")[0]!.concat("\n"),
      "",
      { line: 1, expected: "a record head" },
    ],
    [
      "two heads",
      file.split("\n")[0]!,
      `${file.split("\n")[0]}\n${file.split("\n")[0]}`,
      { line: 2, found: "another" },
    ],
    ["a NUL", "ERP-LYO", "ERP\0LYO", { line: 1, found: "a NUL character" }],
  ])("%s", (_, from, to, facts) => {
    expect(file).toContain(from);
    expect(refusalOf(() => read(file.replace(from, to)))).toMatchObject(facts);
  });

  test("other bytes than the encoding's, too many bytes or records", () => {
    expect(refusalOf(() => codec.decode(Uint8Array.of(0x48, 0xff)))).toMatchObject({
      expected: "text in utf-8",
    });
    const small = fixedWidth({ ...layout, limits: { bytes: 200, records: 3 } });
    expect(refusalOf(() => small.decode(toBytes(file)))).toMatchObject({
      line: 4,
      expected: "at most 3 records",
    });
    expect(refusalOf(() => small.decode(new Uint8Array(201)))).toMatchObject({
      expected: "at most 200 bytes",
    });
    expect(refusalOf(() => codec.decode(new Uint8Array(60_000_000).fill(0x20)))).toMatchObject({ line: 1 });
  });

  test("values that do not fit are not written", () => {
    const write = (fields: Record<string, string>) => () =>
      codec.encode([rows[0]!, { record: "line", fields: { ...rows[1]!.fields, ...fields } }]);
    expect(refusalOf(write({ sku: "PUMP-100000" }))).toMatchObject({ line: 2, field: "sku" });
    expect(refusalOf(write({ price: "1.005" }))).toMatchObject({ expected: "at most 2 decimals" });
    expect(refusalOf(write({ price: "1000000.00" }))).toMatchObject({ expected: "at most 8 digits" });
    expect(refusalOf(write({ sku: "A\nB" }))).toMatchObject({ expected: "one line of text" });
    expect(refusalOf(write({ colour: "red" }))).toMatchObject({ found: "colour" });
    expect(refusalOf(() => codec.encode([rows[0]!]))).toMatchObject({ expected: "a record trailer" });
  });
});

test("a layout that contradicts itself makes no codec", () => {
  const line = (fields: FixedLayout["records"][string]["fields"]) => () =>
    fixedWidth({ length: 10, records: { line: { fields } } });
  expect(line([{ name: "a", from: 8, width: 4 }])).toThrow(Unusable);
  expect(
    line([
      { name: "a", from: 1, width: 4 },
      { name: "b", from: 4, width: 1 },
    ]),
  ).toThrow("overlaps a");
  expect(() => fixedWidth({ ...layout, records: { a: { fields: [] }, b: { fields: [] } } })).toThrow(
    "marker",
  );
  expect(() =>
    fixedWidth({ length: 9, records: { a: { fields: [], counts: [{ field: "n", of: ["a"] }] } } }),
  ).toThrow("counts n");
});

test("whatever fits the layout is written and read back the same", () => {
  const cents = fc.integer({ min: -9_999_999, max: 9_999_999 });
  const decimal = (digits: number, scale: number) => {
    const text = String(Math.abs(digits)).padStart(scale + 1, "0");
    return `${digits < 0 ? "-" : ""}${text.slice(0, -scale)}.${text.slice(-scale)}`;
  };
  const line = fc.record({
    sku: fc
      .string({ unit: fc.constantFrom(..."ABCxyz09 -é"), minLength: 1, maxLength: 10 })
      .map((text) => text.trim() || "x"),
    plant: fc.nat({ max: 9_999 }).map((number) => String(number).padStart(4, "0")),
    price: cents.map((number) => decimal(number, 2)),
    stock: fc.integer({ min: -99_999, max: 99_999 }).map((number) => decimal(number, 1)),
  });
  fc.assert(
    fc.property(fc.array(line, { maxLength: 8 }), (lines) => {
      const sum = lines.reduce((total, { price }) => total + BigInt(price.replace(".", "")), 0n);
      const whole = [
        rows[0]!,
        ...lines.map((fields) => ({ record: "line", fields })),
        { record: "trailer", fields: { records: String(lines.length + 2), sum: decimal(Number(sum), 2) } },
      ];
      expect(codec.decode(codec.encode(whole))).toEqual(whole);
    }),
    { numRuns: 200 },
  );
});
