/**
 * Steps that move from one system to another, read back: where each stands, every switch with person and reason, and the differences
 * by their cause with the documents behind them.
 *
 * Where a step stands is said by the process that moves it; switches and differences are facts of the journal. Nothing is judged here.
 */
import { CutoverSwitched, ParallelDifferenceFound } from "../contracts/canon/cutover.ts";
import type { CutoverStand, ParallelDifference } from "../contracts/cutover.ts";
import { dataOf } from "./header.ts";
import type { Known } from "./known.ts";
import { type Db, type Instant, iso } from "./rows.ts";

type Switched = (typeof CutoverSwitched)["sample"];
type Found = (typeof ParallelDifferenceFound)["sample"];

export interface CutoverView extends CutoverStand {
  readonly id: string;
  readonly switches: readonly (Pick<Switched, "from" | "to" | "by" | "reason"> & { readonly at: string })[];
  /** The most first. */
  readonly differing: readonly {
    readonly cause: string;
    readonly count: number;
    /** The latest, with what differs. */
    readonly documents: readonly (Pick<ParallelDifference, "differences"> & { readonly document: string })[];
  }[];
}

const STEPS_MAX = 100;
const SWITCHES_MAX = 100;
const DIFFERENCES_MAX = 1_000;
const DOCUMENTS_MAX = 20;

/** Relies on the primary key of instance. */
const STEPS = `
  select process, version, key, correlation, body from instance where process = any($1) order by process, key limit ${STEPS_MAX}`;

/** Index: event_correlation. */
const FACTS = `
  select version, data, recorded_at as at from event where correlation = $1 and contract = $2 order by position desc limit $3`;

/** Every step that moves, may move or has moved. */
export async function cutovers(db: Db, known: Known): Promise<CutoverView[]> {
  const moving = [...known.processes.values()].filter(({ header }) => header.cutover);
  if (moving.length === 0) return [];
  const { rows } = await db.query<{
    process: string;
    version: number;
    key: string;
    correlation: string;
    body: string;
  }>(STEPS, [moving.map(({ header }) => header.name)]);
  const views = await Promise.all(
    rows.map(async ({ process, version, key, correlation, body }) => {
      const cutover = known.processes.get(`${process}@${version}`)?.header.cutover;
      const { state } = JSON.parse(body) as { state: unknown };
      if (!cutover || state === null) return [];
      const facts = async <Data>(contract: string, max: number) => {
        const found = await db.query<{ version: number; data: string | null; at: Instant }>(FACTS, [
          correlation,
          contract,
          max,
        ]);
        return found.rows.flatMap(({ version: of, data, at }) =>
          data === null ? [] : [{ data: dataOf(known, contract, of, data) as Data, at: iso(at) }],
        );
      };
      const [switched, found] = await Promise.all([
        facts<Switched>(CutoverSwitched.name, SWITCHES_MAX),
        facts<Found>(ParallelDifferenceFound.name, DIFFERENCES_MAX),
      ]);
      const view: CutoverView = {
        id: key,
        ...cutover.stand(state),
        switches: switched.map(({ data: { from, to, by, reason }, at }) => ({ from, to, by, reason, at })),
        differing: byCause(found.map(({ data }) => data)),
      };
      return [view];
    }),
  );
  const begun = new Set(rows.map(({ key }) => key));
  const before = moving.flatMap(({ header: { cutover } }) =>
    Object.entries(cutover?.before ?? {}).flatMap(([id, stand]): CutoverView[] =>
      begun.has(id) ? [] : [{ id, ...stand, switches: [], differing: [] }],
    ),
  );
  return [...views.flat(), ...new Map(before.map((one) => [one.id, one])).values()];
}

/** Documents that differ, grouped by what they have in common, the most first. */
export function byCause(
  found: readonly (ParallelDifference & { readonly document: string })[],
): CutoverView["differing"] {
  return [...Map.groupBy(found, ({ cause }) => cause)]
    .map(([cause, all]) => ({
      cause,
      count: all.length,
      documents: all
        .slice(0, DOCUMENTS_MAX)
        .map(({ document, differences }) => ({ document, differences: [...differences] })),
    }))
    .toSorted((one, other) => other.count - one.count);
}
