/**
 * One line of the audit, written in the transaction of what it tells about.
 *
 * The audit is a chain: each line's hash covers the hash of the line before it, so writers take turns. Reading and verifying
 * are in `src/trace/audit.ts`; acts that also tell the journal write theirs in `src/runtime/postgres-store.ts`, the same way.
 */
import type { Transaction } from "../std/sql.ts";

/** Who does it, and why; kept in the audit. */
export interface By {
  readonly name: string;
  readonly reason?: string;
}

const LOCK = `select pg_advisory_xact_lock(7215)`;
const WRITE = `
  insert into audit (actor, action, subject, reason, facts, previous, hash)
  select $1, $2, $3, $4, $5, last.hash, sha256(last.hash || convert_to($6, 'utf8'))
  from (select coalesce((select hash from audit order by id desc limit 1), '\\x'::bytea) as hash) as last`;

/** Writes who did what to what, with plain facts. Never put a secret or a password into the facts. */
export async function audit(
  tx: Transaction,
  by: By,
  action: string,
  subject: string,
  facts: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const line = [by.name, action, subject, by.reason ?? null, JSON.stringify(facts)] as const;
  await tx.query(LOCK);
  await tx.query(WRITE, [...line, JSON.stringify(line)]);
}
