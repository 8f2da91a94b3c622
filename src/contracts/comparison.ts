/**
 * Compares two shapes of a contract, in words, and says whom each change would break.
 *
 * Reading old: data written under the old shape must keep the new one, or whoever upgrades first cannot read what the others still
 * send. Reading new: data written under the new shape must keep the old one, or whoever upgrades last cannot read it. What cannot be
 * told apart from a break is called one: a promise is kept for certain or not at all. Pure; shapes are JSON Schema (2020-12).
 */
import type { Compatibility } from "./contract.ts";

/** What is compared of a contract: what `exportContract` writes. */
export type Shape = Readonly<Record<string, unknown>>;

export interface Change {
  /** `lines[].price.amount`; empty: the whole. */
  readonly path: string;
  /** What is different now, completing "`path` …". */
  readonly says: string;
  /** Old data does not keep the new shape. */
  readonly breaksReadingOld: boolean;
  /** New data does not keep the old shape. */
  readonly breaksReadingNew: boolean;
}

/** Whether a change breaks what a contract promises to those who have not upgraded yet. */
export const breaks = (promise: Compatibility, { breaksReadingOld, breaksReadingNew }: Change): boolean =>
  (promise !== "forward" && breaksReadingOld) || (promise !== "backward" && breaksReadingNew);

/** Every change from `before` to `after`, in the order of the fields. */
export function compareShapes(before: Shape, after: Shape): Change[] {
  const { "x-crossdock-keys": oldKeys, "x-crossdock-kind": oldKind } = before;
  const { "x-crossdock-keys": newKeys, "x-crossdock-kind": newKind } = after;
  const whole = { path: "", breaksReadingOld: true, breaksReadingNew: true };
  return [
    ...(same(oldKind, newKind) ? [] : [{ ...whole, says: `is ${word(newKind)}, was ${word(oldKind)}` }]),
    // Keys order messages and find documents: under others, old and new go different ways.
    ...(same(oldKeys, newKeys)
      ? []
      : [{ ...whole, says: `has the keys ${word(newKeys)}, had ${word(oldKeys)}` }]),
    ...compare("", before, after),
  ];
}

function compare(path: string, before: Shape, after: Shape): Change[] {
  if (same(meaningOf(before), meaningOf(after))) return [];
  const [oldWords, newWords] = [wordsOf(before), wordsOf(after)];
  if (oldWords && newWords) return choices(path, oldWords, newWords);
  const [oldType, newType] = [before.type, after.type];
  if (!same(oldType, newType) || oldWords || newWords || both(before, after, COMBINED)) {
    const says = `is ${described(after)}, was ${described(before)}`;
    return [{ path, says, ...twoWays(before, after) }];
  }
  return [
    ...bounds(path, before, after),
    ...fields(path, before, after),
    ...(isShape(before.items) && isShape(after.items)
      ? compare(`${path}[]`, before.items, after.items)
      : same(before.items, after.items)
        ? []
        : [
            {
              path: `${path}[]`,
              says: "holds something else",
              breaksReadingOld: true,
              breaksReadingNew: true,
            },
          ]),
    ...(isShape(before.patternProperties) && isShape(after.patternProperties)
      ? anyField(path, before.patternProperties, after.patternProperties)
      : []),
  ];
}

/** Combinations are compared whole, unless one merely takes more than the other. */
const COMBINED = ["anyOf", "oneOf", "allOf", "not", "$ref"] as const;
const both = (before: Shape, after: Shape, names: readonly string[]) =>
  names.some((name) => before[name] !== undefined || after[name] !== undefined);

/** One of them may be among the alternatives of the other: then it takes all the other takes, and more. */
function twoWays(before: Shape, after: Shape): Pick<Change, "breaksReadingOld" | "breaksReadingNew"> {
  return { breaksReadingOld: !takesAll(after, before), breaksReadingNew: !takesAll(before, after) };
}

const alternatives = (shape: Shape): readonly Shape[] =>
  Array.isArray(shape.anyOf) ? (shape.anyOf as Shape[]) : [shape];

/** Whether everything that keeps `narrow` certainly keeps `wide`. */
function takesAll(wide: Shape, narrow: Shape): boolean {
  const wider = alternatives(wide);
  const meant = Object.keys(meaningOf(wide));
  if (meant.length === 0) return true;
  const words = wordsOf(narrow);
  if (words && meant.length === 1 && wide.type !== undefined)
    return words.every((each) => typeof each === wide.type);
  if (wide.anyOf === undefined && narrow.anyOf === undefined)
    return (
      wide.type === "number" &&
      narrow.type === "integer" &&
      bounds("", narrow, wide).every((each) => !each.breaksReadingOld)
    );
  return alternatives(narrow).every((one) =>
    wider.some(
      (other) =>
        same(meaningOf(one), meaningOf(other)) ||
        compare("", one, other).every((each) => !each.breaksReadingOld),
    ),
  );
}

/** The words a text may be; undefined where it is not a choice of words. */
function wordsOf(shape: Shape): readonly unknown[] | undefined {
  if (shape.const !== undefined) return [shape.const];
  if (Array.isArray(shape.enum)) return shape.enum;
  if (!Array.isArray(shape.anyOf)) return undefined;
  const each = (shape.anyOf as Shape[]).map(wordsOf);
  return each.every((words) => words !== undefined) ? each.flat() : undefined;
}

function choices(path: string, before: readonly unknown[], after: readonly unknown[]): Change[] {
  const gone = before.filter((word) => !after.includes(word));
  const come = after.filter((word) => !before.includes(word));
  return [
    ...gone.map((each) => ({
      path,
      says: `may no longer be ${word(each)}`,
      breaksReadingOld: true,
      breaksReadingNew: false,
    })),
    ...come.map((each) => ({
      path,
      says: `may now be ${word(each)}`,
      breaksReadingOld: false,
      breaksReadingNew: true,
    })),
  ];
}

function fields(path: string, before: Shape, after: Shape): Change[] {
  const [old, now] = [propertiesOf(before), propertiesOf(after)];
  const [oldMust, nowMust] = [mustOf(before), mustOf(after)];
  const names = [...new Set([...Object.keys(old), ...Object.keys(now)])];
  const at = (name: string) => (path === "" ? name : `${path}.${name}`);
  return names
    .flatMap((name): Change[] => {
      const [was, is] = [old[name], now[name]];
      const [wasMust, isMust] = [oldMust.has(name), nowMust.has(name)];
      if (was === undefined)
        return [
          {
            path: at(name),
            says: isMust ? "was added and must be there" : "was added (optional)",
            // Where other fields were let through, nobody was promised anything about one of this name.
            breaksReadingOld: isMust,
            breaksReadingNew: before.additionalProperties === false,
          },
        ];
      if (is === undefined)
        return [
          {
            path: at(name),
            says: wasMust ? "is gone" : "is gone (it was optional)",
            breaksReadingOld: after.additionalProperties === false,
            breaksReadingNew: wasMust,
          },
        ];
      const must =
        wasMust === isMust
          ? []
          : [
              {
                path: at(name),
                says: isMust ? "must be there now" : "may be left out now",
                breaksReadingOld: isMust,
                breaksReadingNew: wasMust,
              },
            ];
      return [...must, ...compare(at(name), was, is)];
    })
    .concat(closing(path, before, after));
}

/** Whether fields nobody knows are let through. */
function closing(path: string, before: Shape, after: Shape): Change[] {
  const [was, is] = [before.additionalProperties === false, after.additionalProperties === false];
  if (was === is) return [];
  const says = is ? "takes no other fields any more" : "takes other fields as well";
  return [{ path, says, breaksReadingOld: is, breaksReadingNew: was }];
}

function anyField(path: string, before: Shape, after: Shape): Change[] {
  const [[, was], [, is]] = [Object.entries(before)[0] ?? [], Object.entries(after)[0] ?? []];
  return isShape(was) && isShape(is) ? compare(`${path}.*`, was, is) : [];
}

/** Least and most: more is let through when it goes this way. */
const BOUNDS = {
  minimum: -1,
  exclusiveMinimum: -1,
  minLength: -1,
  minItems: -1,
  minProperties: -1,
  maximum: 1,
  exclusiveMaximum: 1,
  maxLength: 1,
  maxItems: 1,
  maxProperties: 1,
} as const;

function bounds(path: string, before: Shape, after: Shape): Change[] {
  const numbers = Object.entries(BOUNDS).flatMap(([name, wider]): Change[] => {
    const [was, is] = [before[name] as number | undefined, after[name] as number | undefined];
    if (was === is) return [];
    const loosened = is === undefined || (was !== undefined && (is - was) * wider > 0);
    return [
      {
        path,
        says: is === undefined ? `has no ${name} any more` : `has ${name} ${is}, had ${was ?? "none"}`,
        breaksReadingOld: !loosened,
        breaksReadingNew: loosened,
      },
    ];
  });
  // Whether one pattern takes all that another takes cannot be told by looking at them.
  const texts = ["pattern", "format", "multipleOf", "uniqueItems", "propertyNames"].flatMap(
    (name): Change[] => {
      const [was, is] = [before[name], after[name]];
      if (same(was, is)) return [];
      return [
        {
          path,
          says: is === undefined ? `has no ${name} any more` : `has ${name} ${word(is)}, had ${word(was)}`,
          breaksReadingOld: is !== undefined,
          breaksReadingNew: was !== undefined,
        },
      ];
    },
  );
  return [...numbers, ...texts];
}

/** The keywords data is judged by; titles, descriptions and examples are for people. */
function meaningOf(shape: Shape): Shape {
  const { title, description, examples, default: _, $schema, $id, $comment, ...rest } = shape;
  return Object.fromEntries(
    Object.entries(rest)
      .filter(([name]) => !name.startsWith("x-"))
      .map(([name, value]) => [name, name === "required" && Array.isArray(value) ? [...value].sort() : value])
      .map(([name, value]) => [name, deep(value)]),
  );
}

const deep = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(deep);
  return isShape(value) ? meaningOf(value) : value;
};

const isShape = (value: unknown): value is Shape =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const propertiesOf = ({ properties }: Shape) => (properties ?? {}) as Readonly<Record<string, Shape>>;
const mustOf = ({ required }: Shape): ReadonlySet<string> => new Set((required ?? []) as string[]);

const word = (value: unknown): string =>
  value === undefined ? "none" : typeof value === "string" ? `"${value}"` : JSON.stringify(value);

function described(shape: Shape): string {
  const words = wordsOf(shape);
  if (words) return words.map(word).join(" or ");
  if (Array.isArray(shape.anyOf)) return (shape.anyOf as Shape[]).map(described).join(" or ");
  if (isShape(shape.items)) return `a list of ${described(shape.items)}`;
  return String(shape.type ?? "anything");
}

/** Equal as data, whatever the order of fields. */
function same(left: unknown, right: unknown): boolean {
  return JSON.stringify(ordered(left)) === JSON.stringify(ordered(right));
}

const ordered = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(ordered);
  if (!isShape(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, each]) => [name, ordered(each)]),
  );
};
