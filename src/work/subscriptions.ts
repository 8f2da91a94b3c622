/**
 * Which flows and processes take which contracts, written down by every worker that starts.
 *
 * A subscription begins where the readers of the journal stand at that moment, and ends when a build without it starts. It
 * is what the balance (`src/trace/balance.ts`) is held against: a promise that does not come from the rows it judges.
 */
import { columns } from "../std/columns.ts";
import type { Statement } from "../std/statement.ts";

export interface Subscription {
  readonly kind: "flow" | "process";
  readonly name: string;
  readonly contract: string;
  readonly version: number;
  /** The field of the data that names the instance; null for a flow. */
  readonly keyField: string | null;
}

/** What a subscriber counts when it takes something in without writing a delivery. */
export const COUNTED = { flow: "passed over", process: "inputs" } as const;

const Given = columns({ kind: "text", name: "text", contract: "text", version: "int2", keyField: "text" });

/**
 * Begins what is new, and ends what this build does not have.
 *
 * What a subscriber took in is counted for all of its contracts at once. One contract more therefore begins at the count the others
 * began at; only where none goes on does a count of its own begin.
 */
export const subscribe = (all: readonly Subscription[]): Statement => ({
  name: "work subscribe",
  text: `with given as (select * from ${Given.from(1, "g")}),
    place as (select xid, position from lane order by lane.xid desc, lane.position desc limit 1),
    counted as (select scope, sum(delta)::bigint as n from counter
      where name in ('${COUNTED.flow}', '${COUNTED.process}') group by scope),
    others as (
      select s.kind, s.name, max(s.counted_before) as counted_before from subscription s
       where not exists (select from given g where g.kind = s.kind and g.name = s.name and g.contract = s.contract
         and (s.until_position is not null or s.version <> g.version or s.key_field is distinct from g."keyField"))
       group by s.kind, s.name),
    begun as (
      insert into subscription as known (kind, name, contract, version, key_field, since_xid, since_position, counted_before)
      select g.kind, g.name, g.contract, g.version, g."keyField", place.xid, place.position,
        coalesce((select o.counted_before from others o where o.kind = g.kind and o.name = g.name),
          (select n from counted where scope = g.name), 0) from given g, place
      on conflict (kind, name, contract) do update set version = excluded.version, key_field = excluded.key_field,
        since_xid = excluded.since_xid, since_position = excluded.since_position, counted_before = excluded.counted_before,
        until_xid = null, until_position = null
      where known.until_position is not null or known.version <> excluded.version
        or known.key_field is distinct from excluded.key_field)
    update subscription s set until_xid = place.xid, until_position = place.position from place
    where s.until_position is null and not exists (
      select from given g where g.kind = s.kind and g.name = s.name and g.contract = s.contract)`,
  values: Given.values(all),
});
