/**
 * Makes room for the months to come: journal and arrivals live in one partition a month.
 *
 * Retention drops a partition, which costs nothing; deleting rows would cost as much as writing them did. Next month's
 * partition is made early, so no accept ever waits for it.
 */
import type { Statement } from "../std/statement.ts";

/** Creates the partitions of this and the next two months where they are missing. Safe to run at any time, by anyone. */
export const ensurePartitions: Statement = {
  name: "journal partitions",
  text: "select make_partitions(3)",
  values: [],
};
