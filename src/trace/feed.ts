/**
 * Facts of the journal in their order, as many as there are, for reporting: a stream at flat memory.
 *
 * A feed goes on where the one before ended. It reads in (transaction, position) order and only below the oldest
 * transaction still running, so a fact that commits late is not skipped. Writing files is the caller's.
 */
import type pg from "pg";

/** Where a feed stands: facts up to and with this one were given. */
export interface FeedPlace {
  /** xid8 and int8 as digits. */
  readonly xid: string;
  readonly position: string;
}

export const FEED_BEGINNING: FeedPlace = { xid: "0", position: "0" };

export interface FedFact {
  readonly place: FeedPlace;
  readonly id: string;
  readonly contract: string;
  readonly version: number;
  readonly key: string;
  readonly correlation: string;
  readonly source: string;
  /** RFC 3339. */
  readonly occurredAt: string;
  readonly recordedAt: string;
  /** JSON, in the shape of contract and version. */
  readonly data: string;
}

interface Row {
  readonly xid: string;
  readonly position: string;
  readonly id: string;
  readonly contract: string;
  readonly version: number;
  readonly key: string;
  readonly correlation: string;
  readonly source: string;
  readonly occurred_at: string;
  readonly recorded_at: string;
  readonly data: string;
}

/** Rows fetched at once: at a few kB each, some megabytes in memory. */
const PAGE = 1_000;

/** Facts and commands of these contracts after `from`. One reading of the partitions, sorted by the server. */
export async function* feed(
  pool: pg.Pool,
  contracts: readonly string[],
  from: FeedPlace = FEED_BEGINNING,
): AsyncGenerator<FedFact> {
  const client = await pool.connect();
  let broken = true;
  try {
    await client.query("begin isolation level repeatable read read only");
    await client.query(
      `declare feed no scroll cursor for
       select xid::text, position, id, contract, version, key, correlation, source, occurred_at, recorded_at, data from event
       where contract = any($1::text[]) and xid < pg_snapshot_xmin(pg_current_snapshot())
         and (xid, position) > ($2::xid8, $3::bigint)
       order by event.xid, event.position`,
      [contracts, from.xid, from.position],
    );
    for (;;) {
      const { rows } = await client.query<Row>(`fetch ${PAGE} from feed`);
      for (const { xid, position, occurred_at, recorded_at, ...fact } of rows)
        yield { ...fact, place: { xid, position }, occurredAt: occurred_at, recordedAt: recorded_at };
      if (rows.length < PAGE) break;
    }
    await client.query("commit");
    broken = false;
  } finally {
    // A reader that stopped halfway leaves a cursor open: its connection is not used again.
    client.release(broken);
  }
}
