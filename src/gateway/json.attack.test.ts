/** Attacks by JSON (security.md 4.12 and 4.13): refused as data, quickly, without repair and without a stack overflow. */
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type GatewayWorld, gatewayWorld } from "../testing/gateway-world.ts";
import { readJson } from "./body.ts";
import { Problem } from "./problems.ts";

const refusal = (text: string | Uint8Array): Problem | undefined => {
  try {
    readJson(typeof text === "string" ? Buffer.from(text) : text);
    return undefined;
  } catch (error) {
    if (error instanceof Problem && error.kind === "invalid-content") return error;
    throw error;
  }
};

test.each([
  ["200 000 open lists", "[".repeat(200_000)],
  ["65 levels", `${"[".repeat(65)}${"]".repeat(65)}`],
  ["65 levels of objects", `${'{"a":'.repeat(65)}1${"}".repeat(65)}`],
  ["a name twice", '{"amount":1,"amount":1000000}'],
  ["a name twice, once in escapes", '{"amount":1,"\\u0061mount":1000000}'],
  ["a name twice deep inside", '{"a":[{"b":{"c":1,"d":2,"c":3}}]}'],
  ["a number beyond 2^53", "9007199254740993"],
  ["a number of 16 digits", '{"a":0.1234567890123456}'],
  ["a number beyond all", "1e400"],
  ["minus nothing", "-0"],
  ["minus nothing with a point", "[-0.0]"],
  ["NaN", "NaN"],
  ["Infinity", "[Infinity]"],
  ["half a surrogate pair", '"\\ud800"'],
  ["half a surrogate pair in a name", '{"\\udc00":1}'],
  ["a name that reaches into prototypes", '{"__proto__":{"isAdmin":true}}'],
  ["the same in escapes", '{"\\u005f_proto__":{"isAdmin":true}}'],
  ["a constructor", '{"constructor":{"prototype":{"polluted":1}}}'],
  ["bytes that are no UTF-8", new Uint8Array([34, 0xff, 0xfe, 34])],
  ["an overlong zero", new Uint8Array([34, 0xc0, 0x80, 34])],
  ["UTF-16", Buffer.from('{"a":1}', "utf16le")],
  ["a comment", '{"a":1 /* c */}'],
  ["a comma too many", '{"a":1,}'],
  ["single quotes", "{'a':1}"],
  ["two values", "{} {}"],
  ["a text without an end", '{"a":"'],
  ["a text that ends in a backslash", '"\\'],
  ["a line break in a text", '"a\nb"'],
  ["a leading zero", "[007]"],
  ["nothing", ""],
  [
    "ten thousand names and one more in one object",
    `{${Array.from({ length: 10_001 }, (_, i) => `"k${i}":1`).join()}}`,
  ],
  ["a list of a hundred thousand and one", `[${"1,".repeat(100_000)}1]`],
  ["a text of more than a megabyte", JSON.stringify("x".repeat(1_048_577))],
])("%s is refused in good time", (_name, text) => {
  // Time of this thread, not of the wall: a busy machine is not an attack.
  const before = process.threadCpuUsage();
  const problem = refusal(text);
  const { user, system } = process.threadCpuUsage(before);
  expect((user + system) / 1000).toBeLessThan(100);
  expect(problem?.said.expected).toEqual(expect.any(String));
});

test.each([
  ["64 levels", `${"[".repeat(64)}${"]".repeat(64)}`],
  ["brackets in a text", `{"a":"${"[{".repeat(1_000)}"}`],
  ["a quote in a text", '{"a":"say \\"b\\": 1","b":2}'],
  ["equal names in different places", '[{"a":1},{"a":{"a":2}}]'],
  ["a pair of surrogates", '"\\ud83d\\ude00 😀"'],
  ["15 digits", "[123456789012345, -0.5, 1e3, 0]"],
])("%s is read as it stands", (_name, text) => {
  expect(readJson(Buffer.from(text))).toEqual(JSON.parse(text));
});

test("whatever JSON.stringify writes of plain data with whole numbers is read back the same", () => {
  const whole = (_name: string, value: unknown) =>
    typeof value === "number" ? Math.trunc(value % 1e12) + 0 : value;
  const text = fc
    .jsonValue({ maxDepth: 5 })
    .map((value) => JSON.stringify(value, whole))
    .filter((written) => !/"(?:__proto__|constructor|prototype)":/.test(written));
  fc.assert(
    fc.property(text, (written) => {
      expect(readJson(Buffer.from(written))).toEqual(JSON.parse(written));
    }),
  );
});

test("no bytes make it fail otherwise than by refusing", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      refusal(bytes);
    }),
    { numRuns: 2_000 },
  );
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...'{}[]",:\\u0019-.eEnulltrue \n')), (letters) => {
      refusal(letters.join(""));
    }),
    { numRuns: 2_000 },
  );
});

let world: GatewayWorld;
beforeAll(async () => {
  world = await gatewayWorld();
});
afterAll(() => world.close());

test("over HTTP it is a 422 that names the place and nothing of the body, and prototypes stay clean", async () => {
  const key = await world.key(["orders:write"]);
  const body = '{"customer":"C-CANARY","__proto__":{"polluted":true}}';
  const answer = await world.send("POST", "/v1/sales-orders", {
    key,
    body,
    headers: { "idempotency-key": "p" },
  });
  expect(answer).toMatchObject({ status: 422, body: { field: "body, character 24", class: "data" } });
  expect(JSON.stringify(answer.body)).not.toContain("CANARY");
  expect(await world.arrivals()).toEqual([]);
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  expect(Object.keys(Object.prototype)).toEqual([]);
});
