/**
 * Facts as inputs of processes: which of them a choice names, and what processes sent because of them.
 *
 * What must stay true: what an input caused is found by the journal's own word for it (`causation`), never guessed.
 */
import { columns } from "../std/columns.ts";
import type { Statement } from "../std/statement.ts";

/** Which facts; what is given is joined by "and". Times are RFC 3339, from included, to not. */
export interface InputCriteria {
  readonly event?: string;
  readonly key?: string;
  readonly from?: string;
  readonly to?: string;
}

const FACT = `select e.position::text as position, e.xid::text as xid, e.id, e.kind, e.contract, e.version, e.key, e.source,
    e.correlation, e.causation, e.data,
    to_char(e.occurred_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "occurredAt"
  from event e`;

/**
 * Facts of these contracts in the order of the journal, one more than `max` when there are more. What the readers have not come
 * to yet is no input that was missed. Walks event by its primary key, by correlation, or through the months in question.
 */
export const factsOf = (
  contracts: readonly string[],
  { event, key, from, to }: InputCriteria,
  max: number,
): Statement => {
  const wanted = [
    { by: "event", condition: "e.position = $::bigint", value: event },
    { by: "key", condition: "(e.correlation = $ or e.key = $)", value: key },
    { by: "from", condition: "e.recorded_at >= $::timestamptz", value: from },
    { by: "to", condition: "e.recorded_at < $::timestamptz", value: to },
  ];
  const given = wanted.filter(({ value }) => value !== undefined);
  const where = given.map(({ condition }, index) => condition.replaceAll("$", `$${index + 3}`));
  return {
    name: `work facts by ${given.map(({ by }) => by).join(", ")}`,
    text: `${FACT} where e.contract = any($1) and not e.routed
      and not exists (select from lane where (lane.xid, lane.position) < (e.xid, e.position))
      ${where.map((condition) => `and ${condition}`).join(" ")} order by e.position limit $2`,
    values: [contracts, max + 1, ...given.map(({ value }) => value)],
  };
};

/** Facts by their positions, in the order of the journal. */
export const factsAt = (positions: readonly string[]): Statement => ({
  name: "work facts at",
  text: `${FACT} where e.position = any($1::bigint[]) order by e.position`,
  values: [positions],
});

const Taken = columns({ correlation: "text", cause: "text", instance: "text" });

/** Keys of the deliveries of what instances sent because of an input; relies on the indexes by correlation. */
export const causedDeliveries = (
  taken: readonly { correlation: string; cause: string; instance: string }[],
): Statement => ({
  name: "work caused deliveries",
  text: `select distinct d.id, d.key from ${Taken.from(1, "t")}
    join event c on c.correlation = t.correlation and c.causation = t.cause and starts_with(c.id, t.instance || ':')
    join delivery d on d.correlation = c.correlation and d.event_position = c.position order by d.id`,
  values: Taken.values(taken),
});
