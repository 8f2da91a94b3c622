/**
 * One step in three columns: what arrived, what it became, what is sent of it, and the rule that carried each field.
 *
 * Both documents are made again from what is kept (the bytes of the arrival, the message of the journal) by the flows of today;
 * nothing is sent. A table of `mappings` says itself which row carried a value. Of a map that is written by hand only equal
 * values can be told, and the rule says so. What the contract hides is hidden in all three columns; what no field carries counts
 * as personal, for no contract says what it is.
 */
import { type Walk, walkIn, walkOut } from "../flows/walk.ts";
import { leavesOf } from "../mappings/place.ts";
import { type Carrying, watched } from "../mappings/witness.ts";
import { pathOf } from "../mappings/write.ts";
import { dataOf } from "../trace/header.ts";
import { type Known, messageTitle, systemTitle } from "../trace/known.ts";
import { MASKED, mask, type Reveal } from "../trace/mask.ts";
import type { Db } from "../trace/rows.ts";
import type { Arranged } from "./arrangement.ts";
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

export interface SideBySide {
  readonly contract: string;
  readonly title: string;
  readonly arrived: SideDocument | null;
  readonly sent: SideDocument | null;
  readonly rows: readonly SideRow[];
  /** False when there were more fields than are shown. */
  readonly whole: boolean;
}

/** Larger arrivals are not taken apart for a look. */
const BYTES_MAX = 1_000_000;
const ROWS_MAX = 2_000;

interface StepRow {
  readonly contract: string;
  readonly version: number;
  readonly kind: "event" | "command";
  readonly key: string;
  readonly data: string | null;
  readonly arrival: string | null;
}

/** The step, and the arrival at the beginning of what caused it. Indexes: event_correlation, event_at. */
const STEP = `
  with recursive back as (
    select e.contract, e.version, e.kind, e.key, e.data, e.causation, 0 as steps from event e where e.correlation = $1 and e.position = $2
    union all
    select b.contract, b.version, b.kind, b.key, b.data, e.causation, b.steps + 1
      from back b join event e on e.position = (case when b.causation like 'event:%' then substr(b.causation, 7)::bigint end)
     where b.steps < 20)
  select contract, version, kind, key, data,
         case when causation like 'arrival:%' then substr(causation, 9) end as arrival from back order by steps desc limit 1`;

const ARRIVAL = `
  select flow, source, case when octet_length(body) <= $2 then body end as body from arrival where id = $1::uuid limit 1`;

/** The first delivery that carries the step. Index: delivery_correlation. */
const DELIVERY = `
  select flow, connection from delivery where correlation = $1 and event_position = $2 order by id limit 1`;

interface Side {
  readonly about: SideDocument;
  readonly leaves: readonly Placed[];
  readonly carried: readonly Carrying[];
}

export async function sideBySide(
  around: { readonly db: Db; readonly store: Pick<Store, "lookUp">; readonly definitions: Arranged },
  correlation: string,
  position: string,
  reveal?: Reveal,
): Promise<SideBySide | null> {
  if (!/^\d{1,18}$/.test(position)) return null;
  const { db, definitions } = around;
  const step = (await db.query<StepRow>(STEP, [correlation, position])).rows[0];
  if (!step || step.data === null) return null;
  const contract = definitions.contracts.get(step.contract);
  const data = dataOf(definitions, step.contract, step.version, step.data);
  const shown = mask(contract?.schema, data, reveal);
  const [arrived, sent] = await Promise.all([
    step.arrival === null ? null : arrivedAs(around, step.arrival),
    sentAs(around, correlation, position, step, data),
  ]);
  const rows = rowsOf(data, shown, arrived, sent, reveal);
  return {
    contract: step.contract,
    title: messageTitle(step.contract),
    arrived: arrived?.about ?? null,
    sent: sent?.about ?? null,
    rows: rows.slice(0, ROWS_MAX),
    whole: rows.length <= ROWS_MAX,
  };
}

async function arrivedAs(
  { db, store, definitions }: Parameters<typeof sideBySide>[0],
  id: string,
): Promise<Side | null> {
  const row = (
    await db.query<{ flow: string; source: string; body: Buffer | null }>(ARRIVAL, [id, BYTES_MAX])
  ).rows[0];
  if (!row) return null;
  const flow = definitions.inbound.get(row.flow);
  const codec = flow?.stages.find((stage) => stage.verb === "decode")?.codec;
  const about = {
    systemTitle: systemTitle(definitions as Known, row.source),
    flow: row.flow,
    format: codec?.name ?? "",
  };
  const none = (problem: string): Side => ({ about: { ...about, problem }, leaves: [], carried: [] });
  if (row.body === null) return none("It is too large to be taken apart here.");
  if (!flow || !codec) return none("Its flow is gone, or reads a file record by record.");
  try {
    const leaves = placed(codec.decode(row.body));
    const carried: Carrying[] = [];
    await watchedWalk(walkIn(flow, row.body), store, carried);
    return { about: { ...about, problem: null }, leaves, carried };
  } catch (error) {
    return none(error instanceof Error ? error.message : String(error));
  }
}

async function sentAs(
  { db, store, definitions }: Parameters<typeof sideBySide>[0],
  correlation: string,
  position: string,
  { contract, kind, key }: StepRow,
  data: unknown,
): Promise<Side | null> {
  const row = (await db.query<{ flow: string; connection: string }>(DELIVERY, [correlation, position]))
    .rows[0];
  if (!row) return null;
  const flow = definitions.outbound.get(row.flow);
  const format = flow?.hand.as === "document" ? flow.hand.codec.name : "";
  const about = { systemTitle: systemTitle(definitions as Known, row.connection), flow: row.flow, format };
  const none = (problem: string): Side => ({ about: { ...about, problem }, leaves: [], carried: [] });
  if (!flow) return none("Its flow is gone.");
  try {
    const carried: Carrying[] = [];
    const version = definitions.contracts.get(contract)?.version ?? 1;
    const message = { kind, contract, version, key, correlation, keys: [], data };
    const walked = await watchedWalk(walkOut(flow, message), store, carried);
    if (!("cargo" in walked)) return none(`It is passed over: ${walked.passedOver}.`);
    return { about: { ...about, problem: null }, leaves: placed(walked.cargo), carried };
  } catch (error) {
    return none(error instanceof Error ? error.message : String(error));
  }
}

/** Drives a walk to its end, watching the tables; between its steps nobody watches. */
async function watchedWalk<Result>(
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

const placed = (document: unknown): Placed[] =>
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

function rowsOf(
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
