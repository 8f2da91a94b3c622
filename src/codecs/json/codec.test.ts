/** JSON as promised: what two systems could read differently is refused, and everything else is as fast as JSON is. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ContractBroken } from "../../std/errors.ts";
import { json } from "./codec.ts";

const codec = json();
const bytes = (text: string) => new TextEncoder().encode(text);

function refusal(body: Uint8Array, with_ = codec): Record<string, unknown> {
  try {
    with_.decode(body);
  } catch (error) {
    expect(error).toBeInstanceOf(ContractBroken);
    return (error as ContractBroken).facts;
  }
  throw new Error("it was read");
}

test("what is written is read back the same", () => {
  const order = { orderId: "SO-1", lines: [{ sku: "PUMP-100", price: "500.00" }], open: true, note: null };
  expect(codec.decode(codec.encode(order))).toEqual(order);
});

test("any sound JSON value survives, whatever it holds", () => {
  const field = fc.string().filter((key) => !["__proto__", "prototype", "constructor"].includes(key));
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 6 },
      fc.string({ unit: "binary" }),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie("value"), { maxLength: 8 }),
      fc.dictionary(field, tie("value"), { maxKeys: 30, noNullPrototype: true }),
    ),
  }));
  fc.assert(
    fc.property(value, (document) => {
      fc.pre(!JSON.stringify(document).includes("-0"));
      expect(codec.decode(codec.encode(document))).toEqual(document);
    }),
    { numRuns: 500 },
  );
});

describe("refused, with the place", () => {
  test.each([
    ['{"amount":1,"amount":1000000}', { line: 1, offset: 12, found: '"amount" again' }],
    ['{"a":1,\n"\\u0061":2}', { line: 2, found: '"a" again' }],
    ['{"__proto__":{"isAdmin":true}}', { found: "__proto__" }],
    ['{"a":{"\\u0063onstructor":{}}}', { found: "constructor" }],
    ['{"a":9007199254740993}', { found: "9007199254740993" }],
    ['{"a":0.1234567890123456}', { found: "0.1234567890123456" }],
    ["[1e400]", { found: "1e400" }],
    ["[1e-400]", { found: "1e-400" }],
    ["[-0]", { found: "minus zero" }],
    ['["\\ud800"]', { found: "a lone surrogate" }],
    ['["\\udc00\\ud800"]', { found: "a lone surrogate" }],
    ['{"a":1', { found: "the end of the text" }],
    ["", { found: "the end of the text" }],
    ["[NaN]", {}],
    ["[01]", {}],
    ["{'a':1}", {}],
  ])("%s", (text, facts) => {
    expect(refusal(bytes(text))).toMatchObject(facts);
  });

  test("bytes that are not UTF-8", () => {
    expect(refusal(Uint8Array.of(0x22, 0xff, 0x22))).toMatchObject({ expected: "UTF-8" });
  });
});

test("numbers that a double gives back are read, with an exponent or without", () => {
  expect(codec.decode(bytes("[1.10, -12.50, 1e5, 123456789012345, 0.000001, 0]"))).toEqual([
    1.1, -12.5, 100000, 123456789012345, 0.000001, 0,
  ]);
});

describe("limits", () => {
  const small = json({ bytes: 200, depth: 3, keysPerObject: 14, itemsPerArray: 5, stringLength: 10 });

  test("each is kept, and names itself", () => {
    expect(refusal(bytes(`"${"x".repeat(300)}"`), small)).toMatchObject({ expected: "at most 200 bytes" });
    expect(refusal(bytes("[[[[]]]]"), small)).toMatchObject({ expected: "at most 3 levels" });
    expect(refusal(bytes("[1,2,3,4,5,6]"), small)).toMatchObject({ expected: "at most 5 items" });
    expect(refusal(bytes('["12345678901"]'), small)).toMatchObject({
      expected: "strings of at most 10 characters",
    });
    const keys = Array.from({ length: 15 }, (_, at) => `"k${at}":1`).join();
    expect(refusal(bytes(`{${keys}}`), small)).toMatchObject({ expected: "at most 14 keys" });
    expect(small.decode(bytes("[[[1,2,3,4,5]]]"))).toEqual([[[1, 2, 3, 4, 5]]]);
  });

  test("two hundred thousand brackets are refused at once, without a deep stack", () => {
    expect(refusal(bytes("[".repeat(200_000)))).toMatchObject({ expected: "at most 64 levels" });
    expect(refusal(bytes('{"a":'.repeat(200_000)))).toMatchObject({ expected: "at most 64 levels" });
  });
});

test("doubled keys are found among many keys too", () => {
  const keys = Array.from({ length: 500 }, (_, at) => `"k${at}":${at}`).join();
  expect(refusal(bytes(`{${keys},"k499":0}`))).toMatchObject({ found: '"k499" again' });
  expect(codec.decode(bytes(`{${keys}}`))).toMatchObject({ k0: 0, k499: 499 });
});

test("what JSON cannot say is not written as something else", () => {
  const circle: Record<string, unknown> = {};
  circle.self = circle;
  for (const unsayable of [
    Number.NaN,
    Number.POSITIVE_INFINITY,
    undefined,
    () => 1,
    10n,
    circle,
    "\ud800",
    new Map([["a", 1]]),
    Promise.resolve(1),
  ]) {
    expect(() => codec.encode({ a: [unsayable] })).toThrow(ContractBroken);
  }
  expect(new TextDecoder().decode(codec.encode({ a: undefined, b: 1 }))).toBe('{"b":1}');
});
