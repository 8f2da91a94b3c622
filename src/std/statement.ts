/**
 * SQL statements as values, and the one way to commit several of them in a single round trip.
 *
 * A room that owns a table says what is written as a `Statement`; whoever owns the transaction commits them together.
 * All are sent at once (the client must be opened with `pipeline: true`), so a transaction of six statements costs one
 * round trip, and the first failure fails the whole of it.
 */
import type { ClientBase, QueryResult } from "pg";

export interface Statement {
  /** Names the prepared statement and labels it in PostgreSQL's own statistics. */
  readonly name: string;
  readonly text: string;
  readonly values: readonly unknown[];
}

/**
 * Commits the statements in one transaction and returns their results in order.
 *
 * @throws the error of the first statement that failed; then nothing was written. When the connection broke during
 * COMMIT the outcome is unknown, and the caller must read back before it repeats anything that is not idempotent.
 */
export async function commit(client: ClientBase, statements: readonly Statement[]): Promise<QueryResult[]> {
  const sent = [
    client.query("begin"),
    ...statements.map(({ name, text, values }) => client.query({ name, text, values: [...values] })),
    client.query("commit"),
  ];
  const settled = await Promise.allSettled(sent);
  const failed = settled.find((result) => result.status === "rejected");
  if (failed) throw (failed as PromiseRejectedResult).reason;
  return settled.slice(1, -1).map((result) => (result as PromiseFulfilledResult<QueryResult>).value);
}
