/**
 * One line of the audit, written in the transaction of what it tells about.
 *
 * The audit is a chain, and the database links it (migrations/0011-audit.sql): writers take turns there. Reading and verifying
 * are in `src/trace/audit.ts`; acts that also tell the journal write theirs in `src/runtime/acts.ts`.
 */
import type { Pool } from "pg";
import { type Transaction, transaction } from "../std/sql.ts";

/** Who does it, and why; kept in the audit. */
export interface By {
  readonly name: string;
  readonly reason?: string;
}

const WRITE = "insert into audit (actor, action, subject, reason, facts) values ($1, $2, $3, $4, $5)";

/** Writes who did what to what, with plain facts. Never put a secret or a password into the facts. */
export async function audit(
  tx: Transaction,
  by: By,
  action: string,
  subject: string,
  facts: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  // The writers' lock before the line's number: it is handed out before the database links the line, and two that were handed out
  // in one order and linked in the other would read as a chain with a line cut out.
  await tx.query("select pg_advisory_xact_lock(7215)");
  await tx.query(WRITE, [by.name, action, subject, by.reason ?? null, JSON.stringify(facts)]);
}

/** Notes that somebody looked at something that is not for everybody. What they see is answered only after this is kept. */
export const noteView = (
  pool: Pool,
  by: By,
  action: string,
  subject: string,
  facts: Readonly<Record<string, unknown>>,
): Promise<void> => transaction(pool, (tx) => audit(tx, by, action, subject, facts));
