/**
 * How many documents stand where: the funnel by milestone, from counters and never from counting.
 *
 * Between one milestone and the next, documents are in normal flow, wait for a system, or need someone. "Needs
 * someone" and "waiting" come from the small partial indexes of what is open, so the cost follows the trouble and not
 * the size of the business.
 */
import { countedSince } from "./history.ts";
import { type Known, newestProcesses } from "./known.ts";
import type { Db } from "./rows.ts";

export interface FunnelStage {
  readonly milestone: string;
  /** Documents that reached it, in the time looked at. */
  readonly reached: number;
  /** Documents whose last milestone it is, still running. */
  readonly here: number;
  /** Of `here`: moving as it should, waiting for a system, needing someone. They add up to `here`. */
  readonly normal: number;
  readonly waiting: number;
  readonly someone: number;
}

export interface Funnel {
  readonly process: string;
  readonly keyType: string;
  /** What `entered`, `completed`, `abandoned` and `reached` count from; null: since the beginning. */
  readonly since: string | null;
  /** Documents that entered the process in that time. */
  readonly entered: number;
  readonly completed: number;
  readonly abandoned: number;
  /** Before the first milestone, then one for each milestone in the order of the process. */
  readonly before: Omit<FunnelStage, "milestone" | "reached">;
  readonly stages: readonly FunnelStage[];
  /** False when `waiting` was cut off at its bound and is at least what it says. */
  readonly exact: boolean;
  readonly asOf: string;
}

/** Index: counter_name (scope, name); housekeeping keeps the rows few. */
export const COUNTS = `
  select name, sum(delta)::text as total from counter where scope = $1 group by name`;

/** The running instance of an open transaction; `limit` makes it one probe of the primary key for each. */
const STANDS_AT = `
      select milestone from instance
       where process = $1 and key = any(array[open.correlation, substr(open.correlation, $2)])
         and status in ('running', 'parked') and correlation = open.correlation limit 1`;

/**
 * Open exceptions and questions by the milestone their document stands at. Indexes: exception_open and question_open
 * (both only hold what is open), then the primary key of instance.
 */
export const SOMEONE = `
  select coalesce(i.milestone, '') as milestone, count(distinct open.correlation)::int as documents
    from (
      select correlation from exception where resolved_at is null and class <> 'temporary' and correlation is not null
      union
      select correlation from question where verdict is null
    ) open
   cross join lateral (${STANDS_AT}) i
   group by 1`;

/**
 * Documents whose delivery waits for its target, by milestone. Index: delivery_open, at most WAITING_MAX rows of it,
 * then the primary key of instance.
 */
export const WAITING = `
  select coalesce(i.milestone, '') as milestone, count(distinct open.correlation)::int as documents,
         sum(open.rows)::int as rows
    from (
      select correlation, count(*) as rows from (
        select correlation from delivery
         where status not in ('applied', 'superseded', 'cancelled')
           and (status = 'in_doubt' or (status = 'owed' and (attempts > 0 or connection = any($3))))
         limit $4) bounded
       group by correlation
    ) open
   cross join lateral (${STANDS_AT}) i
   where not exists (select from exception x
                      where x.correlation = open.correlation and x.resolved_at is null and x.class <> 'temporary')
     and not exists (select from question q where q.correlation = open.correlation and q.verdict is null)
   group by 1`;

const WAITING_MAX = 20_000;

/** The funnel of every process known, newest version's milestones, in the order they were declared. */
export async function funnels(
  db: Db,
  known: Known,
  options: { down?: ReadonlySet<string>; since?: Date | null; now?: Date } = {},
): Promise<Funnel[]> {
  const all: Funnel[] = [];
  for (const { header } of newestProcesses(known)) {
    all.push(await funnel(db, header.name, header.keyType, Object.keys(header.milestones), options));
  }
  return all;
}

export async function funnel(
  db: Db,
  process: string,
  keyType: string,
  milestones: readonly string[],
  options: { down?: ReadonlySet<string>; since?: Date | null; now?: Date } = {},
): Promise<Funnel> {
  const from = keyType.length + 2;
  const since = options.since ?? null;
  const [counts, happened, someone, waiting] = await Promise.all([
    db.query<{ name: string; total: string }>(COUNTS, [process]),
    since === null ? null : countedSince(db, process, since),
    db.query<{ milestone: string; documents: number }>(SOMEONE, [process, from]),
    db.query<{ milestone: string; documents: number; rows: number }>(WAITING, [
      process,
      from,
      [...(options.down ?? [])],
      WAITING_MAX,
    ]),
  ]);
  const total = (name: string) => Number(counts.rows.find((row) => row.name === name)?.total ?? 0);
  /** The same in the time looked at; a milestone taken back since does not make it negative. */
  const inTime = (name: string) => (happened === null ? total(name) : Math.max(happened.get(name) ?? 0, 0));
  const at = (rows: readonly { milestone: string; documents: number }[], milestone: string) =>
    rows.find((row) => row.milestone === milestone)?.documents ?? 0;
  /** Splits those who stand at a milestone; a counter read a moment apart never makes a part larger than the whole. */
  const split = (milestone: string, here: number) => {
    const needs = Math.min(at(someone.rows, milestone), here);
    const waits = Math.min(at(waiting.rows, milestone), here - needs);
    return { here, normal: here - needs - waits, waiting: waits, someone: needs };
  };
  const [entered, completed, abandoned] = [total("started"), total("completed"), total("abandoned")];
  const atMilestones = milestones.reduce((sum, milestone) => sum + Math.max(total(`at ${milestone}`), 0), 0);
  return {
    process,
    keyType,
    since: since?.toISOString() ?? null,
    entered: inTime("started"),
    completed: inTime("completed"),
    abandoned: inTime("abandoned"),
    before: split("", Math.max(entered - completed - abandoned - atMilestones, 0)),
    stages: milestones.map((milestone) => ({
      milestone,
      reached: inTime(`reached ${milestone}`),
      ...split(milestone, Math.max(total(`at ${milestone}`), 0)),
    })),
    exact: waiting.rows.reduce((sum, row) => sum + row.rows, 0) < WAITING_MAX,
    asOf: (options.now ?? new Date()).toISOString(),
  };
}
