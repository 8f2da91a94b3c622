/**
 * Who stands where: the instances behind every number of a funnel or a diagram; `filtered.ts` makes rows of them.
 *
 * They are chosen by the same conditions the numbers are counted by (`funnel.ts`): running or parked at a milestone, and there
 * in normal flow, waiting for a system, or needing someone.
 */

export const HOWS = ["normal", "waiting", "someone"] as const;
export type How = (typeof HOWS)[number];

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
