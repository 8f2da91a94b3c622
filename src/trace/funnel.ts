/**
 * How many documents stand where: the funnel by milestone, from counters and never from counting (but for whoever may see a part only).
 *
 * Between one milestone and the next, documents are in normal flow, wait for a system, or need someone. "Needs
 * someone" and "waiting" come from the small partial indexes of what is open, so the cost follows the trouble and not
 * the size of the business.
 */
import { counts, staysOf } from "./counted.ts";
import { type Known, newestProcesses } from "./known.ts";
import { type Areas, within } from "./places.ts";
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
  /** Half of those who went on from it in the time looked at did so within this; milliseconds, known to half an octave; null: nobody did. */
  readonly p50Ms: number | null;
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
  readonly before: Omit<FunnelStage, "milestone" | "reached" | "p50Ms">;
  readonly stages: readonly FunnelStage[];
  /** False when `waiting` was cut off at its bound and is at least what it says. */
  readonly exact: boolean;
  readonly asOf: string;
}

/**
 * The processes asked about with the type of their keys, and the running instance of an open transaction: one probe of the
 * primary key for each process of that type.
 */
const STANDS_AT = `
   join unnest($1::text[], $2::text[]) as p(process, key_type) on starts_with(open.correlation, p.key_type || '/')
  cross join lateral (
      select milestone from instance
       where process = p.process and key = any(array[open.correlation, substr(open.correlation, length(p.key_type) + 2)])
         and status in ('running', 'parked') and correlation = open.correlation limit 1) i`;

/**
 * Open exceptions and questions by the milestone their document stands at. Indexes: exception_open and question_open
 * (both only hold what is open), then the primary key of instance.
 */
export const someoneWhere = (exceptions: string, questions: string): string => `
  select p.process, coalesce(i.milestone, '') as milestone, count(*)::int as documents
    from (
      select correlation from exception
       where resolved_at is null and class <> 'temporary' and correlation is not null and ${exceptions}
      union
      select correlation from question where verdict is null and ${questions}
    ) open ${STANDS_AT}
   group by 1, 2`;

/**
 * Documents whose delivery waits for its target, by milestone; the row without a process says how many deliveries were looked
 * at. Index: delivery_open, at most WAITING_MAX rows of it, then the primary key of instance.
 */
export const waitingWhere = (mine: string): string => `
  with bounded as materialized (
    select correlation from delivery
     where status not in ('applied', 'superseded', 'cancelled')
       and (status = 'in_doubt' or (status = 'owed' and (attempts > 0 or connection = any($3)))) and ${mine}
     limit $4)
  select p.process, coalesce(i.milestone, '') as milestone, count(*)::int as documents
    from (select distinct correlation from bounded) open ${STANDS_AT}
   where not exists (select from exception x
                      where x.correlation = open.correlation and x.resolved_at is null and x.class <> 'temporary')
     and not exists (select from question q where q.correlation = open.correlation and q.verdict is null)
   group by 1, 2
   union all select null, '', count(*)::int from bounded`;

const WAITING_MAX = 10_000;

interface Options {
  /** Only documents in these parts of the business. */
  readonly areas?: Areas;
  readonly down?: ReadonlySet<string>;
  /** Count what happened since then; null: since the beginning. */
  readonly since?: Date | null;
  readonly now?: Date;
}

/** The funnel of every process known, newest version's milestones, in the order they were declared. */
export async function funnels(db: Db, known: Known, options: Options = {}): Promise<Funnel[]> {
  const headers = newestProcesses(known).map(({ header }) => header);
  const held = await heldUp(db, headers, options);
  return Promise.all(headers.map((header) => funnel(db, header, held, options)));
}

/** What of a process's header a funnel needs. */
interface Counted {
  readonly name: string;
  readonly keyType: string;
  readonly milestones: Readonly<Record<string, unknown>>;
}

/** How many documents need someone or wait, for each process and milestone. */
export interface HeldUp {
  someone(process: string, milestone: string): number;
  waiting(process: string, milestone: string): number;
  readonly exact: boolean;
}

/** Asked once for all processes: what is open is the same for each. */
export async function heldUp(db: Db, headers: readonly Counted[], options: Options = {}): Promise<HeldUp> {
  const areas = options.areas ?? null;
  const of = [headers.map(({ name }) => name), headers.map(({ keyType }) => keyType)];
  const mine = (table: string, from: number) => within(areas, `${table}.correlation`, from);
  const [someone, waiting] = await Promise.all([
    db.query<Row>(someoneWhere(mine("exception", 3).sql, mine("question", 3).sql), [
      ...of,
      ...mine("exception", 3).values,
    ]),
    db.query<Row>(waitingWhere(mine("delivery", 5).sql), [
      ...of,
      [...(options.down ?? [])],
      WAITING_MAX,
      ...mine("delivery", 5).values,
    ]),
  ]);
  const at = (rows: readonly Row[]) => (process: string | null, milestone: string) =>
    rows.find((row) => row.process === process && row.milestone === milestone)?.documents ?? 0;
  return {
    someone: at(someone.rows),
    waiting: at(waiting.rows),
    exact: at(waiting.rows)(null, "") < WAITING_MAX,
  };
}

interface Row {
  readonly process: string | null;
  readonly milestone: string;
  readonly documents: number;
}

export async function funnel(
  db: Db,
  { name: process, keyType, milestones: declared }: Counted,
  held: HeldUp,
  options: Options = {},
): Promise<Funnel> {
  const { areas = null, since = null } = options;
  const milestones = Object.keys(declared);
  const [all, happened] = await Promise.all([
    counts(db, process, { areas }),
    since === null ? null : counts(db, process, { areas, since }),
  ]);
  const total = (name: string) => all.get(name) ?? 0;
  /** The same in the time looked at; a milestone taken back since does not make it negative. */
  const inTime = (name: string) => (happened === null ? total(name) : Math.max(happened.get(name) ?? 0, 0));
  /** Splits those who stand at a milestone; a counter read a moment apart never makes a part larger than the whole. */
  const split = (milestone: string, here: number) => {
    const needs = Math.min(held.someone(process, milestone), here);
    const waits = Math.min(held.waiting(process, milestone), here - needs);
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
    stages: staysOf(happened ?? all, milestones).map(({ milestone, p50Ms }) => ({
      milestone,
      reached: inTime(`reached ${milestone}`),
      p50Ms,
      ...split(milestone, Math.max(total(`at ${milestone}`), 0)),
    })),
    exact: held.exact,
    asOf: (options.now ?? new Date()).toISOString(),
  };
}
