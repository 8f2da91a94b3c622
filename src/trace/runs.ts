/**
 * Runs of runbooks, read back: who follows which one, what each step found, and what it came to.
 *
 * What must stay true: the figures of a run are differences of exact counts, so queued is recovered plus what is left plus what
 * was given up. Nothing here writes.
 */

import { isUuid } from "../std/uuid.ts";
import { balance } from "./balance.ts";
import { outages } from "./history.ts";
import { type Db, type Instant, iso, isoOrNull } from "./rows.ts";

export interface RunStepView {
  /** Counted from 1. */
  readonly number: number;
  readonly state: "done" | "skipped";
  readonly finding: string;
  readonly note: string | null;
  readonly by: string;
  readonly at: string;
}

/** What a run came to. Milliseconds; null: not known. */
export interface RunFigures {
  /** Deliveries to the system that were open when it began, or came to be owed since. */
  readonly queued: number;
  /** Applied since. */
  readonly recovered: number;
  /** Open still. */
  readonly left: number;
  /** Neither applied nor open nor given up by somebody: zero, or something is wrong with Crossdock. */
  readonly lost: number;
  /** From the beginning of the trouble until it was seen. */
  readonly noticedMs: number | null;
  /** How long the system was away. */
  readonly awayMs: number | null;
  /** From its return until nothing waited any more. */
  readonly drainMs: number | null;
}

export interface RunView {
  readonly id: string;
  readonly runbook: string;
  readonly system: string | null;
  readonly drill: boolean;
  readonly openedBy: string;
  readonly openedAt: string;
  readonly closedBy: string | null;
  readonly closedAt: string | null;
  readonly outcome: string | null;
  readonly figures: RunFigures | null;
  readonly steps: readonly RunStepView[];
  /** The journal's last position when it was opened. */
  readonly fromPosition: string;
}

interface Row {
  readonly id: string;
  readonly runbook: string;
  readonly system: string | null;
  readonly drill: boolean;
  readonly opened_by: string;
  readonly opened_at: Instant;
  readonly closed_by: string | null;
  readonly closed_at: Instant | null;
  readonly outcome: string | null;
  readonly figures: string | null;
  readonly from_position: string;
  readonly counts: string;
  readonly steps: readonly (Omit<RunStepView, "at"> & { readonly at: Instant })[];
}

const RUN = `select r.id::text as id, r.runbook, r.system, r.drill, r.opened_by, r.opened_at, r.closed_by, r.closed_at, r.outcome,
    r.figures, r.from_position::text as from_position, r.counts,
    coalesce((select json_agg(json_build_object('number', s.number, 'state', s.state, 'finding', s.finding, 'note', s.note,
      'by', s.by, 'at', s.at) order by s.number) from runbook_step s where s.run = r.id), '[]') as steps
  from runbook_run r`;

/** The latest runs, the newest first. Index: runbook_run_recent. */
export async function runs(db: Db, limit = 50): Promise<RunView[]> {
  const { rows } = await db.query<Row>(`${RUN} order by r.opened_at desc limit $1`, [limit]);
  return rows.map(viewOf);
}

/** One run; null when there is none. Index: the primary key. */
export async function run(db: Db, id: string): Promise<RunView | null> {
  if (!isUuid(id)) return null;
  const { rows } = await db.query<Row>(`${RUN} where r.id = $1`, [id]);
  return rows[0] ? viewOf(rows[0]) : null;
}

/** What a run has come to by now. */
export async function figuresOf(db: Db, id: string): Promise<RunFigures | null> {
  const { rows } = await db.query<Row & { now: string }>(
    `${RUN.replace(
      " from runbook_run r",
      `, json_build_object(
        'open', (select count(*) from delivery d where d.connection = r.system and d.status not in ('applied', 'superseded', 'cancelled')),
        'owed', (select coalesce(sum(delta), 0) from counter where scope = r.system and name = 'delivery owed'),
        'applied', (select coalesce(sum(delta), 0) from counter where scope = r.system and name = 'delivery applied'))::text as now
      from runbook_run r`,
    )} where r.id = $1`,
    [id],
  );
  const row = rows[0];
  if (!row) return null;
  const [then, now] = [JSON.parse(row.counts) as Counted, JSON.parse(row.now) as Counted];
  const [{ silent }, away] = await Promise.all([balance(db), awayFor(db, row)]);
  return {
    queued: then.open + now.owed - then.owed,
    recovered: now.applied - then.applied,
    left: now.open,
    lost: silent,
    noticedMs: null,
    ...away,
  };
}

interface Counted {
  readonly open: number;
  readonly owed: number;
  readonly applied: number;
}

/** A run may be opened hours after the trouble began. */
const BEFORE_MS = 24 * 3_600_000;

/** How long the system was away, and how long it took until nothing waited, by the minute. */
async function awayFor(
  db: Db,
  { system, opened_at }: Row,
): Promise<{ awayMs: number | null; drainMs: number | null }> {
  if (system === null) return { awayMs: null, drainMs: null };
  const since = new Date(Date.parse(opened_at) - BEFORE_MS);
  const last = (await outages(db, system, since)).at(-1);
  if (!last?.endedAt || Date.parse(last.endedAt) < Date.parse(opened_at))
    return { awayMs: null, drainMs: null };
  const { rows } = await db.query<{ minute: Instant }>(EMPTY_AFTER, [system, last.endedAt]);
  const empty = rows[0]?.minute;
  return {
    awayMs: Date.parse(last.endedAt) - Date.parse(last.beganAt),
    drainMs: empty === undefined ? null : Math.max(0, Date.parse(empty) - Date.parse(last.endedAt)),
  };
}

/** Index: the primary key of queue_minute. */
const EMPTY_AFTER = `select minute from queue_minute
  where connection = $1 and minute >= date_trunc('minute', $2::timestamptz) and waiting = 0 order by minute limit 1`;

const viewOf = (row: Row): RunView => ({
  id: row.id,
  runbook: row.runbook,
  system: row.system,
  drill: row.drill,
  openedBy: row.opened_by,
  openedAt: iso(row.opened_at),
  closedBy: row.closed_by,
  closedAt: isoOrNull(row.closed_at),
  outcome: row.outcome,
  figures: row.figures === null ? null : (JSON.parse(row.figures) as RunFigures),
  steps: row.steps.map((step) => ({ ...step, at: iso(step.at) })),
  fromPosition: row.from_position,
});
