/**
 * The fields of a message beside the documents it was read from and is written as, and the row of the mapping that carried each.
 *
 * A table of `mappings` says itself which row carried a value. Of a map that is written by hand only equal values can be told,
 * and the rule says so. What the message does not show as it is, is hidden on every side; what no field carries counts as
 * personal, for no contract says what it is.
 */
import type { Walk } from "../flows/walk.ts";
import { leavesOf } from "../mappings/place.ts";
import { type Carrying, watched } from "../mappings/witness.ts";
import { pathOf } from "../mappings/write.ts";
import { MASKED, type Reveal } from "../trace/mask.ts";
import type { Store } from "./store.ts";

/** A value at its place in a document. */
export interface Placed {
  readonly place: string;
  readonly value: string;
}

export interface SideRow {
  /** The field of the message; null for what only one of the documents says. */
  readonly path: string | null;
  readonly value: string | null;
  readonly arrived: Placed | null;
  readonly sent: Placed | null;
  /** How the value came into the message, and from there into what is sent. */
  readonly ruleIn: string;
  readonly ruleOut: string;
  /** The three say the same, as far as there are three. */
  readonly same: boolean;
}

/** One of the outer columns: whose document it is, by which flow, or why there is none. */
export interface SideDocument {
  readonly systemTitle: string;
  readonly flow: string;
  readonly format: string;
  readonly problem: string | null;
}

/** An outer column with all it says, and what the tables told of it. */
export interface Side {
  readonly about: SideDocument;
  readonly leaves: readonly Placed[];
  readonly carried: readonly Carrying[];
}

/** Drives a walk to its end, watching the tables; between its steps nobody watches. */
export async function watchedWalk<Result>(
  walk: Walk<Result>,
  store: Pick<Store, "lookUp">,
  carried: Carrying[],
): Promise<Result> {
  let found: readonly (string | null)[] = [];
  for (;;) {
    const step = watched(
      () => walk.next(found),
      (one) => void carried.push(one),
    );
    if (step.done) return step.value;
    found = await store.lookUp(step.value);
  }
}

/** Every value of a document at its place. */
export const placed = (document: unknown): Placed[] =>
  [...leavesOf(document)].map(({ id, value }) => ({ place: pathOf(id), value }));

/** What the tables carried of this message: of all they read, the one that agrees with it most. */
function ofMessage(carried: readonly Carrying[], values: ReadonlyMap<string, string>): Map<string, Carrying> {
  const byMessage = new Map<object, Map<string, Carrying>>();
  for (const one of carried) {
    const fields = byMessage.get(one.message) ?? new Map<string, Carrying>();
    byMessage.set(one.message, fields.set(one.path, one));
  }
  const agrees = (fields: ReadonlyMap<string, Carrying>) =>
    [...fields].filter(([path, { values: said }]) => said.includes(values.get(path) ?? "")).length;
  return [...byMessage.values()].toSorted((a, b) => agrees(b) - agrees(a))[0] ?? new Map();
}

/** Field by field: the message, as far as it is shown, with what stands on both sides of it. */
export function rowsOf(
  data: unknown,
  shown: unknown,
  arrived: Side | null,
  sent: Side | null,
  reveal?: Reveal,
): SideRow[] {
  const real = new Map(placed(data).map(({ place, value }) => [place, value]));
  const visible = new Map(placed(shown).map(({ place, value }) => [place, value]));
  const hides = [...visible.values()].includes(MASKED);
  const matching = (side: Side | null): Matching => ({
    side,
    rules: ofMessage(side?.carried ?? [], real),
    used: new Set(),
  });
  const [taken, given] = [matching(arrived), matching(sent)];
  const rows = [...real].map(([path, value]): SideRow => {
    const before = partner(taken, path, value);
    const after = partner(given, path, value);
    // A mask may stand for a whole group of fields: whatever is not shown as it is, is hidden.
    const isHidden = visible.get(path) !== value;
    const veil = (one: Placed | null) => one && { ...one, value: isHidden ? MASKED : one.value };
    return {
      path,
      value: isHidden ? MASKED : value,
      arrived: veil(before.placed),
      sent: veil(after.placed),
      ruleIn: before.rule,
      ruleOut: after.rule,
      same: [before.placed, after.placed].every(
        (one) => one === null || one.value.split(" ").includes(value) || one.value === value,
      ),
    };
  });
  const alone = (side: Matching, isShown: boolean) =>
    (side.side?.leaves ?? [])
      .filter((leaf) => !side.used.has(leaf))
      .map((leaf) => {
        if (isShown) return leaf;
        if (!reveal?.marks.has("personal")) return { ...leaf, value: MASKED };
        reveal.tell(leaf.place);
        return leaf;
      });
  const only = { path: null, value: null, arrived: null, sent: null, ruleIn: "", ruleOut: "", same: false };
  return [
    ...rows,
    ...alone(taken, false).map((leaf) => ({
      ...only,
      arrived: leaf,
      ruleIn: "no field of the message has it",
    })),
    // What is sent is made of the message alone, so where that hides nothing this has nothing to hide.
    ...alone(given, !hides).map((leaf) => ({ ...only, sent: leaf, ruleOut: "made by the map" })),
  ];
}

interface Matching {
  readonly side: Side | null;
  readonly rules: ReadonlyMap<string, Carrying>;
  readonly used: Set<Placed>;
}

/** Where a field of the message stands in a document, and how one knows. */
function partner(
  { side, rules, used }: Matching,
  path: string,
  value: string,
): { placed: Placed | null; rule: string } {
  if (!side || side.about.problem !== null) return { placed: null, rule: "" };
  const known = ruleOf(rules, path);
  if (known) {
    for (const said of known.values) {
      const leaf = side.leaves.find((one) => !used.has(one) && one.value === said);
      if (leaf) used.add(leaf);
    }
    return {
      placed: { place: known.place, value: known.values.join(" ") },
      rule: `table ${known.document}: ${known.place}, ${known.kind}`,
    };
  }
  const name = lastName(path);
  const equal = side.leaves.filter((one) => !used.has(one) && one.value === value);
  // A short value stands in many places by chance: then it must bear the same name.
  const leaf =
    equal.find((one) => lastName(one.place) === name) ??
    (equal.length === 1 && value.length > 3 ? equal[0] : undefined);
  if (!leaf) return { placed: null, rule: rules.size > 0 ? "no row of the table" : "made by the map" };
  used.add(leaf);
  return { placed: leaf, rule: "same value; the map is written by hand" };
}

/** The row for a field, or for the group it is part of: a quantity is read with its unit. */
function ruleOf(rules: ReadonlyMap<string, Carrying>, path: string): Carrying | undefined {
  for (let at = path; at !== ""; at = at.slice(0, Math.max(0, at.search(/(\.[^.[]+|\[\d+\])$/)))) {
    const known = rules.get(at);
    if (known) return known;
  }
  return undefined;
}

const lastName = (path: string): string =>
  path
    .replace(/\[\d+\]/g, "")
    .split(".")
    .at(-1)!
    .toLowerCase();
