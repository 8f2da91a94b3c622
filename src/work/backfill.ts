/**
 * Facts that a flow was never owed: what a new subscriber has missed.
 *
 * What must stay true: a fact is owed to a flow once, under the key live traffic would give it, whoever asks and however
 * often. What the same system was owed by any flow stands beside each fact, so that nobody sends it twice.
 */
import type { Statement } from "../std/statement.ts";

/** From when a subscriber is to be filled; RFC 3339, from included, to not. */
export interface BackfillCriteria {
  readonly flow: string;
  readonly from: string;
  readonly to?: string;
}

/** A fact as a selection looks at it. */
export interface MissedFact {
  readonly position: string;
  readonly id: string;
  readonly contract: string;
  readonly version: number;
  readonly subject: string;
  readonly correlation: string;
  readonly data: string;
  /** What carried it already, and to whom; what was given up does not count. */
  readonly owed: readonly { readonly connection: string; readonly flow: string }[];
  /** Later facts of its key that were applied, and where. */
  readonly newer: readonly { readonly connection: string; readonly position: string }[];
}

/** Index: delivery_correlation, for both. */
const FACT = `select e.position::text as position, e.id, e.contract, e.version, e.key as subject, e.correlation, e.data,
    coalesce((select json_agg(json_build_object('connection', d.connection, 'flow', d.flow)) from delivery d
      where d.correlation = e.correlation and d.event_position = e.position and d.status <> 'cancelled'), '[]') as owed,
    coalesce((select json_agg(json_build_object('connection', d.connection, 'position', d.event_position::text)) from delivery d
      where d.correlation = e.correlation and d.subject = e.key and d.contract = e.contract and d.event_position > e.position
        and d.status = 'applied'), '[]') as newer
  from event e`;

/**
 * Positions of what a flow missed, in the order it happened, one more than `max` when there is more. What the readers have not
 * come to yet is not missed. Reads the months in question.
 */
export const missedBy = (contract: string, { flow, from, to }: BackfillCriteria, max: number): Statement => ({
  name: "work missed",
  text: `select e.position::text as position from event e
    where e.contract = $1 and e.kind = 'event' and e.recorded_at >= $2::timestamptz and ($3::timestamptz is null or e.recorded_at < $3::timestamptz)
      and not exists (select from lane where (lane.xid, lane.position) < (e.xid, e.position))
      and not exists (select from delivery d where d.correlation = e.correlation and d.event_position = e.position and d.flow = $4)
    order by e.position limit $5`,
  values: [contract, from, to ?? null, flow, max + 1],
});

/** Facts by their positions, in order. */
export const missedFacts = (positions: readonly string[]): Statement => ({
  name: "work missed facts",
  text: `${FACT} where e.position = any($1::bigint[]) order by e.position`,
  values: [positions],
});
