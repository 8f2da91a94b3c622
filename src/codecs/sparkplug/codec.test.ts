/** Sparkplug payloads are read as their types say, keep 64-bit numbers whole, and are written as the reference encoder does. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { refusalOf } from "../hostile.fixtures.ts";
import { samplesOf } from "../samples.fixtures.ts";
import { type SparkplugMetric, type SparkplugTemplate, sparkplug } from "./codec.ts";
import { birth, payload } from "./fixtures.ts";
import { probe } from "./probe.ts";

const codec = sparkplug();
const hex = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(" ", ""), "hex"));
test("a payload is written and read back whole, 64-bit numbers to the last digit", () => {
  expect(codec.decode(codec.encode(birth))).toEqual(birth);
});

test("the bytes are those of the format", () => {
  const one = payload([{ name: "a", dataType: "UInt32", value: 300 }]);
  // timestamp; one metric: name, datatype 7, long value; seq.
  expect(Buffer.from(codec.encode(one)).toString("hex")).toBe(
    "0880be9de9cb33" + "1208" + "0a0161" + "2007" + "58ac02" + "1807",
  );
});

test("numbers of few bits are read from two's complement of any width", () => {
  const value = (wire: string) =>
    codec.decode(hex(`12 ${(5 + wire.length / 2).toString(16).padStart(2, "0")} 0a0161 2001 ${wire}`))
      .metrics[0]?.value;
  expect(value("50fdffffff0f")).toBe(-3);
  expect(value("50fd01")).toBe(-3);
  expect(value("58fdffffffffffffffff01")).toBe(-3);
  expect(refusalOf(() => value("508002"))).toMatchObject({
    expected: "a number of the type Int8",
    found: "256",
  });
});

test("fields of nobody's standard are listed", () => {
  expect(codec.decode(hex("12 06 0a0161 a00601 3001")).notCarried).toEqual([
    "metrics[0], field 100",
    "payload, field 6",
  ]);
});

describe("refused, with offset and place", () => {
  test.each<[string, string, Record<string, unknown>]>([
    ["an end inside a number", "08 80", { offset: 1, expected: "a whole number" }],
    ["a number of eleven bytes", "08 ffffffffffffffffffff01", { offset: 1 }],
    ["a number beyond 64 bits", "08 ffffffffffffffffff7f", { expected: "a number of 64 bits" }],
    ["a length beyond the end", "12 ff01 0a", { path: "payload" }],
    ["a length of exabytes", "12 ffffffffffffffff7f", { path: "payload" }],
    ["a group", "13", { expected: "a wire type 0, 1, 2 or 5" }],
    ["the field 0", "00 01", { expected: "a field number" }],
    ["a metric that is a number", "10 01", { path: "metrics[0]" }],
    ["neither name nor alias", "12 02 2001", { path: "metrics[0]", expected: "a name or an alias" }],
    ["a data type of nobody", "12 05 0a0161 2040", { found: "64" }],
    ["a value of another type", "12 07 0a0161 200c 5801", { path: "metrics[0]" }],
    ["a truth that is 2", "12 07 0a0161 200b 7002", { expected: "0 or 1" }],
    ["text that is no UTF-8", "12 03 0a01ff", { expected: "text in UTF-8" }],
    [
      "a data set whose columns do not add up",
      "12 0c 0a0161 2010 8a0104 0802 1200",
      { expected: "2 columns" },
    ],
  ])("%s", (_, bytes, facts) => {
    expect(refusalOf(() => codec.decode(hex(bytes)))).toMatchObject(facts);
  });

  test("too much of anything", () => {
    let nested: SparkplugTemplate = { metrics: [], parameters: [] };
    for (let depth = 0; depth < 40; depth += 1) {
      nested = { metrics: [{ name: "t", dataType: "Template", value: nested }], parameters: [] };
    }
    const deep = codec.encode(payload([{ name: "t", dataType: "Template", value: nested }]));
    expect(refusalOf(() => codec.decode(deep))).toMatchObject({ expected: "at most 16 levels" });
    const many = codec.encode(payload(Array.from({ length: 60 }, (_, at) => ({ alias: BigInt(at) }))));
    expect(refusalOf(() => sparkplug({ items: 50 }).decode(many))).toMatchObject({
      expected: "at most 50 items",
    });
    expect(refusalOf(() => codec.decode(new Uint8Array(5_000_000)))).toHaveProperty("offset", 0);
    // A list of a billion truths that the bytes do not hold.
    expect(refusalOf(() => codec.decode(hex("12 0d 0a0161 2020 82010500ca9a3b00")))).toHaveProperty(
      "found",
      "1 bytes",
    );
  });

  test("values their type cannot have are not written", () => {
    const write = (metric: SparkplugMetric) => refusalOf(() => codec.encode(payload([metric])));
    expect(write({ name: "a", dataType: "Int8", value: 128 })).toMatchObject({
      path: "metrics[0]",
      found: "128",
    });
    expect(write({ name: "a", dataType: "UInt64", value: -1n })).toHaveProperty("found", "-1");
    expect(write({ name: "a", dataType: "Int32", value: 1.5 })).toHaveProperty(
      "expected",
      "a whole number for Int32",
    );
    expect(write({ name: "a", dataType: "String", value: 1 })).toHaveProperty("message");
    expect(write({ dataType: "String", value: "x" })).toHaveProperty("expected", "a name or an alias");
  });
});

test("whatever a metric can say is read back the same", () => {
  const scalar = fc.oneof(
    fc.record({ dataType: fc.constant("Int8" as const), value: fc.integer({ min: -128, max: 127 }) }),
    fc.record({ dataType: fc.constant("UInt32" as const), value: fc.nat({ max: 4_294_967_295 }) }),
    fc.record({
      dataType: fc.constant("Int64" as const),
      value: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    }),
    fc.record({
      dataType: fc.constant("UInt64" as const),
      value: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    }),
    fc.record({ dataType: fc.constant("Float" as const), value: fc.float({ noNaN: true }) }),
    fc.record({ dataType: fc.constant("Double" as const), value: fc.double({ noNaN: true }) }),
    fc.record({ dataType: fc.constant("Boolean" as const), value: fc.boolean() }),
    fc.record({ dataType: fc.constant("Text" as const), value: fc.string({ unit: "grapheme" }) }),
    fc.record({
      dataType: fc.constant("Int64Array" as const),
      value: fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
    }),
    fc.record({ dataType: fc.constant("UInt16Array" as const), value: fc.array(fc.nat({ max: 65_535 })) }),
    fc.record({ dataType: fc.constant("BooleanArray" as const), value: fc.array(fc.boolean()) }),
  );
  const metric = fc
    .tuple(scalar, fc.string({ unit: "grapheme" }), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }))
    .map(([said, name, alias]): SparkplugMetric => ({ name, alias, ...said }));
  fc.assert(
    fc.property(fc.array(metric, { maxLength: 5 }), (metrics) => {
      expect(codec.decode(codec.encode(payload(metrics)))).toEqual(payload(metrics));
    }),
    { numRuns: 300 },
  );
});

describe("published payloads", () => {
  const files = samplesOf("mes-sparkplug");
  for (const { file, body } of files.filter(({ file: name }) => name.endsWith(".bin"))) {
    test(file, () => {
      expect(probe.recognises(body())).toBe(true);
      const read = codec.decode(body());
      expect(Buffer.from(codec.encode(read)).toString("hex")).toBe(Buffer.from(body()).toString("hex"));
      const told = JSON.parse(
        Buffer.from(files.find((other) => other.file === file.replace(".bin", ".json"))!.body()).toString(),
      );
      expect(read.timestamp).toBe(BigInt(told.timestamp));
      expect(
        read.metrics.map(({ name, dataType, value }) => [
          name,
          dataType,
          typeof value === "object" ? undefined : value,
        ]),
      ).toEqual(
        (told.metrics ?? []).map((one: { name: string; type: string; value: unknown }) => [
          one.name,
          one.type,
          typeof one.value === "object"
            ? undefined
            : one.type === "UInt64"
              ? BigInt(one.value as number)
              : one.value,
        ]),
      );
    });
  }
});
