/**
 * The audit read back: who did what and why, and whether the chain still holds.
 *
 * Each line's hash is SHA-256 over the hash of the line before and the line's own words (actor, action, subject, reason,
 * facts, as a JSON array), as `src/runtime/postgres-store.ts` writes it. A line that was changed, removed or put in
 * between breaks the chain at its place, whoever did it. Lines cut off at the end leave no gap; compare the last hash
 * with one written down earlier to see that.
 */
import { createHash } from "node:crypto";
import type { Db, Instant } from "./rows.ts";

export interface AuditLine {
  readonly id: string;
  readonly at: Instant;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly reason: string | null;
}

export interface Chain {
  readonly lines: number;
  /** The hash of the last line, in hexadecimal; empty for an empty audit. */
  readonly head: string;
  /** The first line that does not follow from the one before, and why; null when all do. */
  readonly broken: { readonly id: string; readonly because: string } | null;
}

const BATCH = 5_000;

/** In order, a batch at a time. Index: the primary key of audit. */
const LINES = `
  select id::text as id, actor, action, subject, reason, facts, previous, hash
    from audit where id > $1 order by audit.id limit ${BATCH}`;

interface Row {
  readonly id: string;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly reason: string | null;
  readonly facts: string | null;
  readonly previous: Buffer;
  readonly hash: Buffer;
}

/** Follows the whole chain. */
export async function verifyAudit(db: Db): Promise<Chain> {
  let head: Buffer = Buffer.alloc(0);
  let count = 0;
  let after = "0";
  for (;;) {
    const { rows } = await db.query<Row>(LINES, [after]);
    for (const row of rows) {
      count++;
      const because = wrong(row, head);
      if (because) return { lines: count, head: head.toString("hex"), broken: { id: row.id, because } };
      head = row.hash;
      after = row.id;
    }
    if (rows.length < BATCH) return { lines: count, head: head.toString("hex"), broken: null };
  }
}

function wrong({ actor, action, subject, reason, facts, previous, hash }: Row, head: Buffer): string | null {
  if (!previous.equals(head))
    return "It does not follow the line before it: a line was removed, added or changed.";
  const told = JSON.stringify([actor, action, subject, reason, facts]);
  const made = createHash("sha256").update(previous).update(told).digest();
  return made.equals(hash) ? null : "Its words are not those it was written with.";
}

/** One page, newest first. Index: the primary key of audit; what does not fit is passed over. */
const PAGE = `
  select id::text as id, at, actor, action, subject, reason, facts, encode(hash, 'hex') as hash from audit
   where ($1::bigint is null or id < $1) and ($2::text is null or actor = $2)
     and ($3::text is null or action = $3) and ($4::text is null or strpos(subject, $4) > 0)
   order by audit.id desc limit $5`;

export interface AuditRow extends AuditLine {
  /** JSON. */
  readonly facts: string | null;
  readonly hash: string;
}

/** What to look for; everything left out is not looked at. `before` is the id of the last line of the page before. */
export interface AuditFilter {
  readonly before?: string;
  readonly person?: string;
  readonly action?: string;
  /** A part of the subject. */
  readonly subject?: string;
}

/** Lines that fit, newest first. */
export async function auditPage(
  db: Db,
  { before, person, action, subject }: AuditFilter,
  limit: number,
): Promise<AuditRow[]> {
  const asked = [before ?? null, person || null, action || null, subject || null, limit];
  return (await db.query<AuditRow>(PAGE, asked)).rows;
}

/** Newest first. Index: the primary key of audit. */
const LATEST = `
  select id::text as id, at, actor, action, subject, reason from audit order by audit.id desc limit $1`;

/** The latest lines, newest first. */
export async function latestAudit(db: Db, limit: number): Promise<AuditLine[]> {
  return (await db.query<AuditLine>(LATEST, [limit])).rows;
}
