/**
 * Whether a source said anything about a business transaction: what a caller may see follows from what it sent.
 */
import type { Db } from "./rows.ts";

/** Index: event_correlation (correlation, position). */
const SPOKE = `select 1 from event where correlation = $1 and source = $2 limit 1`;

/** True when a message of this transaction came from `source`. */
export async function spokeOf(db: Db, correlation: string, source: string): Promise<boolean> {
  return (await db.query(SPOKE, [correlation, source])).rows.length > 0;
}
