/**
 * Reads the journal below the snapshot barrier.
 *
 * Sequence order is not commit order: a position is handed out before its transaction commits, and a reader that
 * remembers "the last position I saw" skips whatever commits late (one in five in an experiment). So entries are ordered
 * by (xid, position), and only those of transactions older than every running one are shown: nothing can appear behind
 * the reader any more.
 */
import type { Statement } from "../std/statement.ts";

/** How far a lane has read. `xid` and `position` are decimal text, as they exceed a safe integer in time. */
export interface Cursor {
  readonly xid: string;
  readonly position: string;
}

/** One line of the journal, as read. */
export interface Recorded extends Cursor {
  readonly id: string;
  readonly kind: "event" | "command";
  readonly contract: string;
  readonly version: number;
  readonly key: string;
  readonly source: string;
  readonly correlation: string;
  readonly causation: string | null;
  readonly occurredAt: string;
  readonly data: string;
}

export const before = (a: Cursor, b: Cursor): boolean => {
  const [ax, bx] = [BigInt(a.xid), BigInt(b.xid)];
  return ax < bx || (ax === bx && BigInt(a.position) < BigInt(b.position));
};

/**
 * The next entries after a cursor, oldest first: at most so many, and no more after `bytesMax` bytes of data. Walks the index
 * event_order. How long a large text is, is known without reading it.
 *
 * `order by xid` would mean the text that is returned under that name, in which "1000" comes before "999".
 */
export const readAfter = (cursor: Cursor, max: number, bytesMax: number): Statement => ({
  name: "journal read",
  text: `with page as materialized (
      select event.*, octet_length(data) as bytes from event
       where not routed and (xid, position) > ($1::xid8, $2::bigint) and xid < pg_snapshot_xmin(pg_current_snapshot())
       order by event.xid, event.position
       limit $3),
    sized as (select page.*, sum(bytes) over (order by page.xid, page.position) - bytes as before from page)
    select position, xid::text as xid, id, kind, contract, version, key, source, correlation, causation, data,
      to_char(occurred_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "occurredAt"
    from sized where before < $4::bigint order by sized.xid, sized.position`,
  values: [cursor.xid, cursor.position, max, bytesMax],
});
