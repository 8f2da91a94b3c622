/**
 * What a process has counted: entered, reached, stood at, stepped from and to; of all of the business or of a part of it.
 *
 * For all of it the engine's own counters answer, whatever the size. For somebody who may see a part, the same names are
 * counted from the instances of that part: no counter is kept for each plant. Both ways give the same numbers for the same
 * documents, but steps that were taken back later: an instance keeps the milestone, not the way back.
 */
import { STAY_SLOTS } from "./figures.ts";
import { countedIn, countedSince, type Parts, placeIn, quantile } from "./history.ts";
import { type Areas, within } from "./places.ts";
import type { Db, Instant } from "./rows.ts";

/** Index: counter_name (scope, name); housekeeping keeps the rows few. */
export const COUNTS = `
  select name, sum(delta)::text as total from counter where scope = $1 group by name`;

/** Instances of the process in these areas. Index: the primary key of instance, then those of `within`. */
const mineWhere = (mine: string): string => `
  mine as materialized (
    select i.key, i.correlation, i.status, i.milestone, i.milestone_at, i.started_at, i.updated_at, i.body
      from instance i where i.process = $1 and i.status <> 'expected' and ${mine})`;

/** The names are those of `runtime/milestones.ts`; a stay's slot is that of `slotOf`. */
export const countsWhere = (mine: string): string => `
  with ${mineWhere(mine)},
  marks as (
    select m.key, k.place, k.mark->>'name' as name, (k.mark->>'at')::timestamptz as at, k.mark->>'withdrawn' is null as stands,
           coalesce((k.mark->>'part')::int, 1) >= coalesce((k.mark->>'of')::int, 1) as whole
      from mine m cross join lateral json_array_elements(m.body::json->'milestones') with ordinality as k(mark, place)
     where json_typeof(m.body::json->'milestones') = 'array'),
  moves as (
    select lag(name) over way as before, lag(at) over way as since, name as after, at from marks window way as (partition by key order by place)
    union all
    select milestone, milestone_at, status, updated_at from mine where status in ('completed', 'abandoned')),
  steps as (select * from moves where before is distinct from after and at >= $2)
  select name, count(*)::text as total from (
    select 'started' as name from mine where started_at >= $2
    union all select status from mine where status in ('completed', 'abandoned') and updated_at >= $2
    union all select 'at ' || milestone from mine where status in ('running', 'parked') and milestone is not null
    union all (select distinct on (key, name) 'reached ' || name from marks where stands and whole and at >= $2)
    union all select 'from ' || coalesce(before, 'start') || ' to ' || after from steps
    union all select 'stayed ' || least(${STAY_SLOTS - 1}, greatest(0, ceil(2 * log(2,
        greatest(extract(epoch from at - since)::numeric * 1000, 1)))))::int || ' ' || before from steps where before is not null
    union all select 'questions asked' from question q join mine m on m.key = q.key where q.process = $1 and q.asked_at >= $2
  ) counted group by name`;

/** What each count of a process stands at, or went up by since a moment. */
export async function counts(
  db: Db,
  process: string,
  options: { readonly areas?: Areas; readonly since?: Date | null },
): Promise<Map<string, number>> {
  const { areas = null, since = null } = options;
  if (areas === null && since !== null) return countedSince(db, process, since);
  const mine = within(areas, "i.correlation", 3);
  const { rows } = await db.query<{ name: string; total: string }>(
    areas === null ? COUNTS : countsWhere(mine.sql),
    areas === null ? [process] : [process, since?.toISOString() ?? "-infinity", ...mine.values],
  );
  return new Map(rows.map(({ name, total }) => [name, Number(total)]));
}

const seriesWhere = (mine: string): string => `
  with ${mineWhere(mine)},
  happened as (
    select 'started' as name, started_at as at from mine
    union all select status, updated_at from mine where status in ('completed', 'abandoned'))
  select name, date_bin($3::interval, at, $2::timestamptz) as at, count(*)::int as count from happened where at >= $2 group by 1, 2`;

/** How many entered, were completed and given up in each part of a time. */
export async function series(
  db: Db,
  process: string,
  parts: Parts,
  areas: Areas,
): Promise<Map<string, number[]>> {
  const names = ["started", "completed", "abandoned"];
  if (areas === null) return countedIn(db, process, names, parts);
  const mine = within(areas, "i.correlation", 4);
  const { rows } = await db.query<{ name: string; at: Instant; count: number }>(seriesWhere(mine.sql), [
    process,
    parts.since.toISOString(),
    `${parts.partMs / 1_000} seconds`,
    ...mine.values,
  ]);
  const all = new Map(names.map((name) => [name, parts.at.map(() => 0)]));
  for (const { name, at, count } of rows) {
    const values = all.get(name);
    const place = placeIn(parts, at);
    if (values && place >= 0) values[place] = (values[place] ?? 0) + count;
  }
  return all;
}

export interface Stay {
  readonly milestone: string;
  /** Stays that ended in the time looked at. */
  readonly count: number;
  /** Half of them, and nine of ten, ended within; milliseconds, known to half an octave. */
  readonly p50Ms: number | null;
  readonly p90Ms: number | null;
}

/** As `runtime/milestones.ts` counts a stay: its slot, and the milestone that was left. */
const STAY = /^stayed (\d+) (.+)$/;

/** How long each milestone was stood at, from what was counted. */
export function staysOf(counts: ReadonlyMap<string, number>, milestones: readonly string[]): Stay[] {
  return milestones.map((milestone) => {
    const slots = new Array<number>(STAY_SLOTS).fill(0);
    for (const [name, count] of counts) {
      const [, slot, of] = STAY.exec(name) ?? [];
      if (of === milestone && count > 0) slots[Number(slot)] = count;
    }
    return {
      milestone,
      count: slots.reduce((sum, count) => sum + count, 0),
      p50Ms: quantile(slots, 0.5),
      p90Ms: quantile(slots, 0.9),
    };
  });
}
