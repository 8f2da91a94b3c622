/**
 * Places: how a table names one field, or every one of a kind, in the tree of a document or in canonical data.
 *
 * A place is steps from the outside in, parted by `/` or `.`: `lines[].quantity.value`, `LIN/QTY+21.1.2`. A step is a name, and
 * perhaps which of several is meant:
 *
 *     QTY+21            the one whose first element is 21; `ST|BY`: ST, or where there is none, BY
 *     E1EDK02[QUALF=001] the one whose field QUALF is 001
 *     deliveries[0]     the first
 *     lines[]           each of them; in the place of a list the last step means each of them anyway
 *     PO1.6(VP|VN)      of the pairs that begin at element 6, the value behind VP, or behind VN
 *     PIA+5{SA|BP}      of the composites, the first component of the one whose second is SA, or BP
 *     **HL[3=I]         at any depth
 *
 * `^` in front begins at the document instead of the line in hand, `<` at what the line stands in. `A or B` tries A first. Reading
 * never changes the tree; writing takes the first of every choice.
 */
import { ensure } from "../std/errors.ts";

/** A document or a message as plain data: names, lists, and text at the ends. */
export interface Tree {
  [name: string]: unknown;
}

interface Step {
  readonly name: string;
  readonly match?: { readonly key: readonly string[]; readonly values: readonly string[] };
  readonly index?: number;
  readonly every?: boolean;
  readonly pairs?: { readonly from: number; readonly qualifiers: readonly string[] };
  readonly typed?: readonly string[];
  readonly deep?: boolean;
}

/** One way to a field. */
export interface Way {
  /** `^`, or so many `<`. */
  readonly from: "document" | number;
  readonly steps: readonly Step[];
}

/** What was found, where, and what had to be read on the way to know it is the right one. */
export interface Found {
  readonly value: unknown;
  /** Names and indices from the document on: `LIN/0/QTY/1/1/2`. */
  readonly id: string;
  readonly via: readonly string[];
}

const known = new Map<string, readonly Way[]>();

/** The ways a place names, the preferred one first. */
export function ways(place: string): readonly Way[] {
  const ready = known.get(place);
  if (ready) return ready;
  const made = place.split(" or ").map(way);
  known.set(place, made);
  return made;
}

const STEP =
  /^(?<deep>\*\*)?(?<name>[\w:@-]*)(?:\+(?<plus>[\w|*]+))?(?:\((?<pairs>[\w|]+)\))?(?:\{(?<typed>[\w|]+)\})?(?:\[(?<bracket>[^\]]*)\])?$/;

function way(text: string): Way {
  const up = /^<+/.exec(text)?.[0].length ?? 0;
  const absolute = text.startsWith("^");
  const rest = text.slice(absolute ? 1 : up);
  // A bracket may hold web addresses, with separators of their own.
  const names = rest === "" ? [] : (rest.match(/(?:\[[^\]]*\]|[^./[])+/g) ?? []);
  return { from: absolute ? "document" : up, steps: names.map((name) => step(name, text)) };
}

function step(text: string, place: string): Step {
  const { deep, name = "", plus, pairs, typed, bracket } = STEP.exec(text)?.groups ?? {};
  ensure(STEP.test(text), `the place ${place} can be read`);
  const [key, values] = bracket?.includes("=") ? (bracket.split(/=(.*)/s) as [string, string]) : [];
  return {
    name,
    ...(deep === undefined ? {} : { deep: true }),
    ...(plus === undefined ? {} : { match: { key: ["1"], values: plus.split("|") } }),
    ...(key === undefined || values === undefined
      ? {}
      : { match: { key: key.split(":"), values: values.split("|") } }),
    ...(bracket === "" ? { every: true } : {}),
    ...(bracket !== undefined && /^\d+$/.test(bracket) ? { index: Number(bracket) } : {}),
    ...(pairs === undefined ? {} : { pairs: { from: Number(name), qualifiers: pairs.split("|") } }),
    ...(typed === undefined ? {} : { typed: typed.split("|") }),
  };
}

/** What a way leads to, from one node: one at most, unless it says `[]` or `**`, or all that its last step names are asked for. */
export function find(start: Found, { steps }: Way, all = false): readonly Found[] {
  let at: readonly Found[] = [start];
  for (const [index, one] of steps.entries()) {
    const every = one.every === true || one.deep === true || (all && index === steps.length - 1);
    at = at.flatMap((from) => take(from, one, every));
    if (at.length === 0) return at;
  }
  return at;
}

function take(from: Found, one: Step, every: boolean): readonly Found[] {
  if (one.pairs) return paired(from, one.pairs);
  const named = one.deep ? below(from, one.name) : one.name === "" ? [from] : inside(from, one.name);
  const matching = one.match ? matched(named, one.match) : named;
  const chosen =
    one.index !== undefined
      ? matching.slice(one.index, one.index + 1)
      : every
        ? matching
        : matching.slice(0, 1);
  return one.typed ? chosen.flatMap((each) => typedIn(each, one.typed!)) : chosen;
}

const isTree = (value: unknown): value is Tree =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** What stands under a name. Text is its own first component, as in EDI. */
function inside({ value, id, via }: Found, name: string): readonly Found[] {
  if (name === "1" && isText(value)) return [{ value, id, via }];
  if (!isTree(value) || !Object.hasOwn(value, name)) return [];
  const held = value[name];
  const at = id === "" ? name : `${id}/${name}`;
  if (Array.isArray(held)) {
    return held.flatMap((each, index) =>
      isNothing(each) ? [] : [{ value: each, id: `${at}/${index}`, via }],
    );
  }
  return isNothing(held) ? [] : [{ value: held, id: at, via }];
}

function below(from: Found, name: string): readonly Found[] {
  if (!isTree(from.value)) return [];
  return Object.keys(from.value).flatMap((key) =>
    inside(from, key).flatMap((each) => (key === name ? [each, ...below(each, name)] : below(each, name))),
  );
}

function matched(named: readonly Found[], { key, values }: NonNullable<Step["match"]>): readonly Found[] {
  const told = named.flatMap((each) => {
    let at: readonly Found[] = [each];
    for (const name of key) at = at.flatMap((one) => inside(one, name));
    const [first] = at;
    const text = first === undefined ? "" : textOf(first.value);
    return [
      { each, text, via: first === undefined ? [] : [isTree(first.value) ? `${first.id}/1` : first.id] },
    ];
  });
  return values.flatMap((value) =>
    told
      .filter(({ text }) => value === "*" || text === value)
      // Where any will do, the qualifier says something that nobody asked for.
      .map(({ each, via }) => (value === "*" ? each : { ...each, via: [...each.via, ...via] })),
  );
}

function paired(from: Found, { from: first, qualifiers }: NonNullable<Step["pairs"]>): readonly Found[] {
  if (!isTree(from.value)) return [];
  const last = Math.max(0, ...Object.keys(from.value).map(Number).filter(Number.isInteger));
  for (const qualifier of qualifiers) {
    for (let at = first; at < last; at += 2) {
      if (textOf(from.value[at]) !== qualifier) continue;
      const [found] = inside(from, String(at + 1));
      if (found) return [{ ...found, via: [...from.via, `${from.id}/${at}`] }];
    }
  }
  return [];
}

function typedIn(from: Found, types: readonly string[]): readonly Found[] {
  if (!isTree(from.value)) return [];
  for (const type of types) {
    for (const key of ["self", ...Object.keys(from.value).filter((name) => /^\d+$/.test(name))]) {
      const [composite] = key === "self" ? [from] : inside(from, key);
      if (!composite || !isTree(composite.value) || textOf(composite.value["2"]) !== type) continue;
      const [found] = inside(composite, "1");
      if (found) return [{ ...found, via: [...from.via, `${composite.id}/2`] }];
    }
  }
  return [];
}

const isText = (value: unknown): boolean => ["string", "number", "bigint", "boolean"].includes(typeof value);
const isNothing = (value: unknown): boolean => value === undefined || value === null || value === "";

/** The text at the end of a way: of a composite its first component. */
export function textOf(value: unknown): string {
  if (isText(value)) return String(value);
  return isTree(value) && isText(value["1"]) ? String(value["1"]) : "";
}

/** A value at the end of a tree. */
export interface Leaf {
  readonly id: string;
  readonly value: string;
}

/** Every value of a tree that says something, in its order. */
export function* leavesOf(value: unknown, id = ""): Generator<Leaf> {
  if (isNothing(value)) return;
  if (isText(value)) yield { id, value: String(value) };
  else if (value instanceof Uint8Array) yield { id, value: `${value.length} bytes` };
  else {
    for (const [name, held] of Object.entries(value as object))
      yield* leavesOf(held, id === "" ? name : `${id}/${name}`);
  }
}

// Writing ----------------------------------------------------------------------------------------------------------

/** Whether several of a name may stand side by side, where the place itself does not say so. */
export type IsList = (name: string) => boolean;

/** Writes a value where a way leads, making what is missing on the way. */
export function put(node: Tree, { steps }: Way, value: unknown, isList: IsList): void {
  let at: Tree = node;
  for (const [index, one] of steps.entries()) {
    const last = index === steps.length - 1;
    if (one.pairs) {
      let free = one.pairs.from;
      while (at[free] !== undefined) free += 2;
      at[free] = one.pairs.qualifiers[0];
      at[free + 1] = value;
      return;
    }
    if (one.typed) {
      const holder = one.name === "" ? at : into(at, one, isList);
      let free = 2;
      while (holder[free] !== undefined) free += 1;
      holder[free] = { "1": value, "2": one.typed[0] };
      return;
    }
    if (last && !one.match && !one.every && one.index === undefined && !isList(one.name)) {
      const held = at[one.name];
      const parts = isTree(held) ? held : held === undefined ? {} : { "1": held };
      // A composite keeps what it has: its qualifier was written before its value.
      if (isTree(value)) at[one.name] = { ...parts, ...value };
      else at[one.name] = isTree(held) ? { ...held, "1": value } : value;
      return;
    }
    if (last && one.index !== undefined) {
      push(at, one)[one.index] = value;
      return;
    }
    if (last && one.every) {
      push(at, one).push(value);
      return;
    }
    at = into(at, one, isList);
  }
}

/** A new one of several, at the place of a list. */
export function add(node: Tree, way_: Way, isList: IsList): Tree {
  const made: Tree = {};
  const last = way_.steps.at(-1)!;
  if (last.match) keyed(made, last.match);
  append(node, way_, made, isList);
  return made;
}

/** One more value of several, at the place of a list. */
export function append(node: Tree, { steps }: Way, value: unknown, isList: IsList): void {
  let at: Tree = node;
  for (const one of steps.slice(0, -1)) at = into(at, one, isList);
  push(at, steps.at(-1)!).push(value);
}

const push = (at: Tree, { name }: Step): unknown[] => {
  const list = (at[name] ?? []) as unknown[];
  at[name] = list;
  return list;
};

function into(at: Tree, one: Step, isList: IsList): Tree {
  const { name, match, index } = one;
  if (!match && index === undefined && !one.every && !isList(name)) {
    const held = at[name];
    const tree: Tree = isTree(held) ? held : held === undefined ? {} : { "1": held };
    at[name] = tree;
    return tree;
  }
  const list = push(at, one) as Tree[];
  const found = match
    ? list.find(
        (each) =>
          textOf(match.key.reduce<unknown>((from, key) => (from as Tree)?.[key], each)) === match.values[0],
      )
    : list[index ?? list.length - 1];
  if (found) return found;
  const made: Tree = {};
  if (match) keyed(made, match);
  list.push(made);
  return made;
}

function keyed(made: Tree, { key, values }: NonNullable<Step["match"]>): void {
  const [first, second] = key;
  if (values[0] === "*") return;
  made[first!] = second === undefined ? values[0] : { [second]: values[0] };
}
