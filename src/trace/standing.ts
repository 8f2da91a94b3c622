/**
 * Who stands where: the documents behind every number of a funnel or a diagram, as rows one can scroll to.
 *
 * The rows are chosen by the same conditions the numbers are counted by (`funnel.ts`): running or parked at a milestone,
 * and there in normal flow, waiting for a system, or needing someone.
 */
import { type DocumentLine, type Down, lines, NONE_DOWN } from "./documents.ts";
import type { Known } from "./known.ts";
import { type Areas, within } from "./places.ts";
import { type Db, type Instant, iso } from "./rows.ts";

export type How = "normal" | "waiting" | "someone";

/** An open question, or an open exception that a person must settle. Indexes: question_correlation, exception_correlation. */
const NEEDS_SOMEONE = `(
      exists (select from question q where q.correlation = i.correlation and q.verdict is null)
   or exists (select from exception x where x.correlation = i.correlation and x.resolved_at is null and x.class <> 'temporary'))`;

/** A delivery that waits for its target. Index: delivery_open (partial), or delivery_correlation. */
const WAITING = `d.status not in ('applied', 'superseded', 'cancelled')
         and (d.status = 'in_doubt' or (d.status = 'owed' and (d.attempts > 0 or d.connection = any($6))))`;

const HOW: Readonly<Record<How | "all", string>> = {
  all: "true",
  someone: NEEDS_SOMEONE,
  waiting: `not ${NEEDS_SOMEONE}`,
  normal: `not ${NEEDS_SOMEONE} and not exists (select from delivery d where d.correlation = i.correlation and ${WAITING})`,
};

/** Few wait and many stand, so these are found from what waits: one probe of the primary key of instance for each. */
const WHO_WAIT = `(select distinct d.correlation from delivery d where ${WAITING}) open
   cross join lateral (
      select * from instance
       where process = $1 and key = any(array[open.correlation, substr(open.correlation, strpos(open.correlation, '/') + 1)])
         and correlation = open.correlation limit 1) i`;

/**
 * Those who stand at a milestone ('' is before the first), longest first. Index: instance_here (process, milestone,
 * milestone_at), partial: only what runs.
 */
export const standingAt = (how: How | "all", milestone: string, mine = "true"): string => {
  const since = milestone === "" ? "i.started_at" : "i.milestone_at";
  return `
  select i.key, i.correlation, ${since} as since
    from ${how === "waiting" ? WHO_WAIT : "instance i"}
   where i.process = $1 and i.status in ('running', 'parked')
     and ${milestone === "" ? "i.milestone is null and $2 = ''" : "i.milestone = $2"}
     and ${since} >= $3 and (${since}, i.key) > ($3::timestamptz, $4) and ${HOW[how]}
     and cardinality($6::text[]) >= 0 and ${mine}
   order by ${since}, i.key limit $5`;
};

export interface StandingLine extends DocumentLine {
  /** Since when it stands there. */
  readonly since: string;
}

export interface Standing {
  readonly documents: readonly StandingLine[];
  /** Hand it back as `after`; null at the end. */
  readonly next: string | null;
}

/** The documents of a process that stand at a milestone now, those that stand there longest first. */
export async function standing(
  db: Db,
  known: Known,
  process: string,
  milestone: string,
  options: {
    how?: How | null;
    after?: string | null;
    limit?: number;
    areas?: Areas;
    down?: Down;
    now?: Date;
  } = {},
): Promise<Standing> {
  const mine = within(options.areas ?? null, "i.correlation", 7);
  const limit = Math.min(options.limit ?? 50, 200);
  const [at = "-infinity", ...key] = (options.after ?? "-infinity ").split(" ");
  const { rows } = await db.query<{ key: string; correlation: string; since: Instant }>(
    standingAt(options.how ?? "all", milestone, mine.sql),
    [process, milestone, at, key.join(" "), limit + 1, [...(options.down ?? NONE_DOWN)], ...mine.values],
  );
  const shown = rows.slice(0, limit);
  const found = await lines(
    db,
    shown.map(({ correlation }) => correlation),
    known,
    options,
  );
  const since = new Map(shown.map((row) => [row.correlation, iso(row.since)]));
  const last = shown.at(-1);
  return {
    documents: found.map((line) => ({ ...line, since: since.get(line.correlation) ?? line.changedAt })),
    next: rows.length > limit && last ? `${last.since} ${last.key}` : null,
  };
}
