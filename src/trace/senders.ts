/**
 * Who began a business transaction: what a caller may see and change follows from what it began itself.
 *
 * The first message decides, because anybody who may send can speak of anything; speaking of it later must give no right.
 */
import type { Db } from "./rows.ts";

/** Index: event_correlation (correlation, position), one probe a partition. */
const FIRST = `select source from event where correlation = $1 order by position limit 1`;

/** The source of the first message of a transaction; null when there is none. */
export async function begunBy(db: Db, correlation: string): Promise<string | null> {
  const { rows } = await db.query<{ source: string }>(FIRST, [correlation]);
  return rows[0]?.source ?? null;
}
