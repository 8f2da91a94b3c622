/** Records are cut and read alike wherever the file is torn, and one that cannot be read hides no other. */
import { describe, expect, test } from "vitest";
import { toBytes } from "../std/bytes.ts";
import { ContractBroken } from "../std/errors.ts";
import { csvRecords } from "./csv/codec.ts";
import { json } from "./json/codec.ts";
import { BEGINNING, LineRecords, lineRecords, type Place, type RawRecord, type Records } from "./records.ts";

const items = csvRecords({ columns: ["sku", "name"], delimiter: ";" });
const file = 'sku;name\r\nP-1;Pump\nP-2;"two\nlines; and ""quotes"""\n\nP-3;a;b\nP-4;"open\nP-5;Last';

function readAll<Record>(format: Records<Record>, body: Uint8Array, from: Place = BEGINNING, piece = 7) {
  const cutter = format.cutter(from);
  const raws: RawRecord[] = [];
  for (let at = from.offset; at < body.length; at += piece)
    raws.push(...cutter.push(body.subarray(at, at + piece)));
  raws.push(...cutter.end());
  return raws.map((raw) => ({
    raw,
    value: attempt(() => (raw.broken ? refuse(raw.broken) : format.read(raw))),
  }));
}
const refuse = (error: Error): never => {
  throw error;
};
const attempt = (work: () => unknown) => {
  try {
    return work();
  } catch (error) {
    if (error instanceof ContractBroken) return error.message;
    throw error;
  }
};

const expected = [
  { sku: "P-1", name: "Pump" },
  { sku: "P-2", name: 'two\nlines; and "quotes"' },
  "Line 6: expected 2 fields, found 3.",
  "Line 7: expected a closing quote, found none within 262144 bytes.",
  { sku: "P-5", name: "Last" },
];

describe("records of a CSV file", () => {
  test.each([1, 2, 3, 7, 64, 1_000])("are the same in pieces of %i bytes", (piece) => {
    expect(readAll(items, toBytes(file), BEGINNING, piece).map(({ value }) => value)).toEqual(expected);
  });

  test("can be read on from the end of each of them", () => {
    const body = toBytes(file);
    for (const [index, { raw }] of readAll(items, body).entries()) {
      const { place, length, lines } = raw;
      const after = { offset: place.offset + length, line: place.line + lines, head: place.head };
      expect(readAll(items, body, after).map(({ value }) => value)).toEqual(expected.slice(index + 1));
    }
  });

  test("are read from Latin-1, and bytes of another encoding refuse one record", () => {
    const latin = csvRecords({ columns: ["sku", "name"], encoding: "latin-1" });
    const bytes = Buffer.from("sku,name\nP-1,Schl\u00fcssel\n", "latin1");
    expect(readAll(latin, bytes).map(({ value }) => value)).toEqual([{ sku: "P-1", name: "Schlüssel" }]);
    const utf = csvRecords({ columns: ["sku", "name"] });
    expect(readAll(utf, bytes).map(({ value }) => value)).toEqual([
      "The file was declared utf-8, and its bytes are not.",
    ]);
  });

  test("are refused together only when the header is another one", () => {
    const [first] = readAll(items, toBytes("number;name\nP-1;Pump\n"));
    expect(() => items.checkHead(first?.raw.place.head ?? null)).toThrow(
      /Line 1: expected the columns sku, name/,
    );
    expect(() => items.checkHead(null)).toThrow(/expected a header/);
  });
});

test("a line beyond the limit is one broken record, kept in part, and reading goes on after it", () => {
  const format = { head: false, quotes: true, recordBytesMax: 20 };
  const body = toBytes(`one\n${"x".repeat(100)}\n"open\ntwo\n${"y".repeat(60)}`);
  const cut = (piece: number) => {
    const cutter = new LineRecords(BEGINNING, format);
    const raws: RawRecord[] = [];
    for (let at = 0; at < body.length; at += piece) raws.push(...cutter.push(body.subarray(at, at + piece)));
    raws.push(...cutter.end());
    return raws.map(({ bytes, length, place, broken }) => [
      Buffer.from(bytes).toString().trim().slice(0, 5),
      bytes.length <= 20,
      length,
      place.offset,
      place.line,
      broken?.message.replace(/.*, found/, "found"),
    ]);
  };
  const whole = [
    ["one", true, 4, 0, 1, undefined],
    ["xxxxx", true, 101, 4, 2, "found a longer one."],
    ['"open', true, 6, 105, 3, "found none within 20 bytes."],
    ["two", true, 4, 111, 4, undefined],
    ["yyyyy", true, 60, 115, 5, "found a longer one."],
  ];
  for (const piece of [1, 8, 33, 500]) expect(cut(piece)).toEqual(whole);
});

test("a million quotes left open take no more than their share of time", () => {
  const cutter = new LineRecords(BEGINNING, { head: false, quotes: true });
  const piece = toBytes('a,"b\n'.repeat(50_000));
  const began = performance.now();
  let count = 0;
  for (let round = 0; round < 20; round += 1) count += cutter.push(piece).length;
  count += cutter.end().length;
  expect(count).toBe(500_000);
  expect(performance.now() - began).toBeLessThan(8_000);
});

test("lines of JSON are read by their codec and refused with their line", () => {
  const lines = lineRecords(json());
  expect(readAll(lines, toBytes('{"a":1}\n{"a":\n{"a":2}')).map(({ value }) => value)).toEqual([
    { a: 1 },
    expect.stringMatching(/^Line 2: /),
    { a: 2 },
  ]);
});
