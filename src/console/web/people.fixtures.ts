/** What is old enough to have left for the archive, for the page of the audit. */
import Type from "typebox";
import { event } from "../../contracts/contract.ts";
import { Archive } from "../../runtime/archive.ts";
import { readManifests } from "../../runtime/archive-file.ts";
import { realClock } from "../../runtime/clock.ts";
import { silent } from "../../std/log.ts";
import type { FreshDatabase } from "../../testing/database.ts";

/** Two messages of 2020 and what was owed for one of them go to the archive in `folder`. Returns the names of its files. */
export async function pastItsRetention({ pool, url }: FreshDatabase, folder: string): Promise<string[]> {
  await pool.query(
    "create table event_2020_01 partition of event for values from ('2020-01-01Z') to ('2020-02-01Z')",
  );
  await pool.query(
    `insert into event (recorded_at, occurred_at, kind, id, contract, version, key, source, correlation, routed, data)
     select at, at, 'event', 'old' || at, 'test.ticked', 1, 'OLD', 'test', 'order/OLD', true, '{}'
       from unnest(array['2020-01-03Z', '2020-01-09Z']::timestamptz[]) as at`,
  );
  await pool.query(
    `insert into delivery (key, flow, connection, contract, subject, lane, correlation, event_position, status, created_at)
     select 'old', 'f', 'erp', contract, key, 0, correlation, max(event.position), 'applied', '2020-01-05Z' from event
      where correlation = 'order/OLD' group by contract, key, correlation`,
  );
  const retention = { journal: "36500d", arrivals: "36500d", archive: folder } as const;
  const sample = { id: "1" };
  const ticked = event({
    name: "test.ticked",
    version: 1,
    owner: "test",
    summary: "Of long ago.",
    criticality: "C4",
    retention: "1d",
    data: Type.Object({ id: Type.String() }),
    keys: { order: "id" },
    sample,
  });
  const contracts = new Map([[ticked.name, ticked]]);
  await new Archive({ database: url, retention, contracts, clock: realClock, log: silent }).forget();
  return readManifests(folder).map(({ file }) => file);
}
