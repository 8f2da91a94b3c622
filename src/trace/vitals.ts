/**
 * How the dock is doing, read from its memory in a few cheap statements: lanes, counts, what is open and how old it is.
 *
 * Counts come from `counter`, never from scanning; open deliveries from their partial index, so the cost follows what is
 * owed and not what was ever done.
 */
import type { Pool } from "pg";

export interface Vitals {
  readonly lanes: Lanes;
  readonly counts: readonly { readonly scope: string; readonly name: string; readonly count: number }[];
  readonly open: readonly { readonly connection: string; readonly status: string; readonly count: number }[];
  readonly lag: readonly { readonly connection: string; readonly oldestSeconds: number }[];
}

export interface Lanes {
  readonly all: number;
  /** Held by a worker whose lease has not run out, by the database clock. */
  readonly leased: number;
}

const LANES = `
  select count(*)::int as "all",
         (count(*) filter (where owner is not null and lease_until > clock_timestamp()))::int as leased
  from lane`;

export async function lanes(pool: Pool): Promise<Lanes> {
  return (await pool.query<Lanes>(LANES)).rows[0]!;
}

const COUNTS = `
  select scope, name, sum(delta)::float8 as count from counter
  where name like 'delivery %' or name like 'arrival %' group by scope, name`;

/** Uses delivery_open. */
const OPEN = `
  select connection, status, count(*)::int as count,
         extract(epoch from clock_timestamp() - min(created_at))::float8 as oldest
  from delivery where status not in ('applied', 'superseded', 'cancelled') group by connection, status`;

export async function vitals(pool: Pool): Promise<Vitals> {
  const [held, counts, open] = await Promise.all([
    lanes(pool),
    pool.query<Vitals["counts"][number]>(COUNTS),
    pool.query<{ connection: string; status: string; count: number; oldest: number }>(OPEN),
  ]);
  const lag = new Map<string, number>();
  for (const { connection, oldest } of open.rows) {
    lag.set(connection, Math.max(lag.get(connection) ?? 0, oldest));
  }
  return {
    lanes: held,
    counts: counts.rows,
    open: open.rows.map(({ connection, status, count }) => ({ connection, status, count })),
    lag: [...lag].map(([connection, oldestSeconds]) => ({ connection, oldestSeconds })),
  };
}
