/** Two shapes compared: what is said in words, and that a change called safe is safe, over shapes nobody thought of. */
import fc from "fast-check";
import Type, { type TSchema } from "typebox";
import { Compile } from "typebox/compile";
import { expect, test } from "vitest";
import { breaks, type Change, compareShapes } from "./comparison.ts";

const order = (fields: Record<string, TSchema>) => Type.Object(fields, { additionalProperties: false });
const said = (before: TSchema, after: TSchema): string[] =>
  compareShapes(before as never, after as never).map(
    ({ path, says, breaksReadingOld, breaksReadingNew }) =>
      `${path} ${says}${breaksReadingOld ? " -old" : ""}${breaksReadingNew ? " -new" : ""}`,
  );

test.each<[name: string, before: TSchema, after: TSchema, changes: string[]]>([
  ["words for people", Type.String({ description: "a" }), Type.String({ description: "b" }), []],
  [
    "an optional field more",
    order({ a: Type.String() }),
    order({ a: Type.String(), note: Type.Optional(Type.String()) }),
    ["note was added (optional) -new"],
  ],
  [
    "a field that must be there more",
    Type.Object({}),
    Type.Object({ plant: Type.String() }),
    ["plant was added and must be there -old"],
  ],
  ["a field less", order({ a: Type.String() }), order({}), ["a is gone -old -new"]],
  [
    "what was optional must be there",
    order({ a: Type.Optional(Type.String()) }),
    order({ a: Type.String() }),
    ["a must be there now -old"],
  ],
  [
    "a word more and a word less, deep inside",
    order({ lines: Type.Array(order({ how: Type.Enum(["edi", "shop"]) })) }),
    order({ lines: Type.Array(order({ how: Type.Enum(["shop", "api"]) })) }),
    ['lines[].how may no longer be "edi" -old', 'lines[].how may now be "api" -new'],
  ],
  [
    "null is let through",
    order({ quantity: Type.Integer() }),
    order({ quantity: Type.Union([Type.Integer(), Type.Null()]) }),
    ["quantity is integer or null, was integer -new"],
  ],
  ["another type", Type.String(), Type.Integer(), [" is integer, was string -old -new"]],
  ["numbers instead of whole ones", Type.Integer(), Type.Number(), [" is number, was integer -new"]],
  [
    "longer texts",
    Type.String({ maxLength: 10 }),
    Type.String({ maxLength: 20 }),
    [" has maxLength 20, had 10 -new"],
  ],
  ["a pattern more", Type.String(), Type.String({ pattern: "^A" }), [' has pattern "^A", had none -old']],
])("%s", (_, before, after, changes) => {
  expect(said(before, after)).toEqual(changes);
});

test("a promise is broken by what it promises, and by nothing else", () => {
  const change = (old: boolean, now: boolean): Change => ({
    path: "",
    says: "",
    breaksReadingOld: old,
    breaksReadingNew: now,
  });
  const [safe, old, now] = [change(false, false), change(true, false), change(false, true)];
  expect(
    (["backward", "forward", "full"] as const).map((promise) =>
      [safe, old, now].map((each) => breaks(promise, each)),
    ),
  ).toEqual([
    [false, true, false],
    [false, false, true],
    [false, true, true],
  ]);
});

/** A shape and data that keeps it. Fields are few, so that two shapes made apart have much in common. */
const shapes = fc.letrec<{ shape: TSchema }>((tie) => ({
  shape: fc.oneof(
    { maxDepth: 3 },
    fc.record({ minLength: small(), maxLength: large() }).map((bounds) => Type.String(bounds)),
    fc.record({ minimum: small(), maximum: large() }).map((bounds) => Type.Integer(bounds)),
    fc.constantFrom<string[]>(["a"], ["a", "b"], ["b", "c"]).map((words) => Type.Enum(words)),
    tie("shape").map((items) => Type.Array(items)),
    fc.tuple(tie("shape"), tie("shape")).map((either) => Type.Union(either)),
    fc
      .record({
        fields: fc.dictionary(fc.constantFrom("a", "b", "c"), fc.tuple(tie("shape"), fc.boolean())),
        closed: fc.boolean(),
      })
      .map(({ fields, closed }) =>
        Type.Object(
          Object.fromEntries(
            Object.entries(fields).map(([name, [shape, must]]) => [
              name,
              must ? shape : Type.Optional(shape),
            ]),
          ),
          closed ? { additionalProperties: false } : {},
        ),
      ),
  ),
})).shape;
function small() {
  return fc.integer({ min: 0, max: 2 });
}
function large() {
  return fc.integer({ min: 2, max: 4 });
}

/** Data that may keep it: nothing under a name the shape does not declare, as those are nobody's promise. */
function dataOf(shape: TSchema): fc.Arbitrary<unknown> {
  const {
    type,
    items,
    properties,
    required = [],
    anyOf,
    minLength,
    maxLength,
    minimum,
    maximum,
  } = shape as never as {
    type?: string;
    items: TSchema;
    properties: Record<string, TSchema>;
    required?: string[];
    anyOf?: TSchema[];
    minLength: number;
    maxLength: number;
    minimum: number;
    maximum: number;
  };
  const words = (shape as { enum?: string[] }).enum;
  if (words) return fc.constantFrom(...words);
  if (anyOf) return fc.oneof(...anyOf.map(dataOf));
  if (type === "string") return fc.string({ minLength, maxLength });
  if (type === "integer") return fc.integer({ min: minimum, max: maximum });
  if (type === "array") return fc.array(dataOf(items), { maxLength: 2 });
  return fc.record(
    Object.fromEntries(Object.entries(properties).map(([name, each]) => [name, dataOf(each)])),
    { requiredKeys: required },
  );
}

test("what is called safe is safe: old data keeps the new shape, and new data the old one", () => {
  let safe = 0;
  fc.assert(
    fc.property(
      fc.tuple(shapes, shapes).chain(([before, after]) =>
        fc.record({
          before: fc.constant(before),
          after: fc.constant(after),
          old: dataOf(before),
          now: dataOf(after),
        }),
      ),
      ({ before, after, old, now }) => {
        const changes = compareShapes(before as never, after as never);
        if (!changes.some((each) => each.breaksReadingOld)) {
          safe += 1;
          expect([Compile(after).Check(old), old]).toEqual([true, old]);
        }
        if (!changes.some((each) => each.breaksReadingNew))
          expect([Compile(before).Check(now), now]).toEqual([true, now]);
      },
    ),
    { numRuns: 1_500 },
  );
  expect(safe).toBeGreaterThan(50);
});
