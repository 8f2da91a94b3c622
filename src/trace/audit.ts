/**
 * The audit read back: who did what and why, and whether the chain still holds.
 *
 * Each line's hash is SHA-256 over the hash of the line before and the line's own number, time and words, made by the
 * database itself (migrations/0011-audit.sql; lines before it were made by their writers, without number and time). A line
 * that was changed, removed or put in between breaks the chain at its place, whoever did it. What a chain alone cannot show,
 * a tail cut off or the whole written anew, contradicts the signed checkpoints (`src/runtime/audit-seal.ts`).
 */
import { createHash, createPublicKey, verify } from "node:crypto";
import type { Db, Instant } from "./rows.ts";

export interface AuditLine {
  readonly id: string;
  readonly at: Instant;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly reason: string | null;
}

/** What somebody did to the record. */
export type Tampering = "changed" | "removed" | "inserted" | "cut off" | "rewritten" | "checkpoint changed";

export interface Chain {
  readonly lines: number;
  /** The hash of the last line, in hexadecimal; empty for an empty audit. */
  readonly head: string;
  /** Signed checkpoints that were held against the lines, of the database and of the anchor. */
  readonly checkpoints: number;
  /** Whether the signatures were checked; without the public key only the chain and the counts are. */
  readonly signed: boolean;
  /** Lines after the last checkpoint: cut off now, nobody would notice. */
  readonly unsealed: number;
  /** The first place where the record is not as it was written, and why; null when all of it is. */
  readonly broken: { readonly id: string; readonly how: Tampering; readonly because: string } | null;
}

/** How the audit stood at an instant, signed. */
export interface Checkpoint {
  readonly lines: string;
  readonly last: string;
  readonly head: string;
  readonly at: string;
  readonly signature: string;
}

/** What is signed. */
export const checkpointWords = ({ lines, last, head, at }: Omit<Checkpoint, "signature">): string =>
  JSON.stringify([lines, last, head, at]);

const BATCH = 5_000;

/** In order, a batch at a time. Index: the primary key of audit. */
const LINES = `
  select id::text as id, to_char(at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at, actor, action, subject, reason,
         facts, previous, hash, scheme
    from audit where id > $1 order by audit.id limit ${BATCH}`;

const CHECKPOINTS = `
  select lines::text as lines, last::text as last, head, at, signature from audit_checkpoint order by audit_checkpoint.last, id`;

interface Row {
  readonly id: string;
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly reason: string | null;
  readonly facts: string | null;
  readonly previous: Buffer;
  readonly hash: Buffer;
  readonly scheme: number;
}

/**
 * Follows the whole chain and holds every checkpoint against it.
 *
 * @param proof the public key (PEM) checkpoints were signed with, and checkpoints kept outside the database
 */
export async function verifyAudit(
  db: Db,
  proof: { readonly publicKey?: string; readonly anchor?: readonly Checkpoint[] } = {},
): Promise<Chain> {
  const kept = (await db.query<Checkpoint>(CHECKPOINTS, [])).rows;
  const waiting = [...kept, ...(proof.anchor ?? [])].toSorted((a, b) =>
    Number(BigInt(a.last) - BigInt(b.last)),
  );
  const signed = proof.publicKey !== undefined;
  let head: Buffer = Buffer.alloc(0);
  let beforeHead: Buffer = Buffer.alloc(0);
  let last = "0";
  let count = 0;
  let sealed = 0;
  const end = (broken: Chain["broken"]): Chain => ({
    lines: count,
    head: head.toString("hex"),
    checkpoints: kept.length + (proof.anchor?.length ?? 0),
    signed,
    unsealed: count - sealed,
    broken,
  });
  const { publicKey } = proof;
  for (const one of publicKey === undefined ? [] : waiting) {
    if (publicKey !== undefined && !isSigned(one, publicKey))
      return end({
        id: one.last,
        how: "checkpoint changed",
        because: "A checkpoint does not bear the signature of our key.",
      });
  }
  const covered = (): Chain["broken"] => {
    for (let next = waiting[0]; next && BigInt(next.last) <= BigInt(last); next = waiting[0]) {
      waiting.shift();
      if (next.last !== last) return gone(next, `Line ${next.last} is missing; a checkpoint covers it.`);
      if (next.head !== head.toString("hex") || next.lines !== String(count))
        return {
          id: last,
          how: "rewritten",
          because: `The checkpoint of ${next.at} knows ${next.lines} lines ending otherwise: the chain was written anew.`,
        };
      sealed = count;
    }
    return null;
  };
  for (;;) {
    const { rows } = await db.query<Row>(LINES, [last]);
    for (const row of rows) {
      count++;
      const broken = wrong(row, last, head, beforeHead);
      if (broken) return end(broken);
      [beforeHead, head, last] = [head, row.hash, row.id];
      const contradicted = covered();
      if (contradicted) return end(contradicted);
    }
    if (rows.length < BATCH) break;
  }
  const unmet = waiting[0];
  return end(
    unmet
      ? {
          id: unmet.last,
          how: "cut off",
          because: `The record ends at line ${last}; the checkpoint of ${unmet.at} covers ${unmet.lines} lines up to line ${unmet.last}.`,
        }
      : null,
  );
}

const gone = ({ last }: Checkpoint, because: string): Chain["broken"] => ({
  id: last,
  how: "removed",
  because,
});

function wrong(row: Row, last: string, head: Buffer, beforeHead: Buffer): Chain["broken"] {
  const { id, previous, hash } = row;
  if (!hashOf(row).equals(hash))
    return { id, how: "changed", because: "Its words are not those it was written with." };
  if (previous.equals(head)) return null;
  return previous.equals(beforeHead) && last !== "0"
    ? {
        id: last,
        how: "inserted",
        because: "The line after it was written without it: it was put in between.",
      }
    : {
        id,
        how: "removed",
        because: "It does not follow the line before it: a line between them was removed.",
      };
}

function hashOf({ id, at, actor, action, subject, reason, facts, previous, scheme }: Row): Buffer {
  const words =
    scheme === 1
      ? JSON.stringify([actor, action, subject, reason, facts])
      : [id, at, actor, action, subject, reason, facts]
          .map((value) => (value === null ? "-," : `${Buffer.byteLength(value)}:${value},`))
          .join("");
  return createHash("sha256").update(previous).update(words).digest();
}

function isSigned(checkpoint: Checkpoint, publicKey: string): boolean {
  try {
    return verify(
      null,
      Buffer.from(checkpointWords(checkpoint)),
      createPublicKey(publicKey),
      Buffer.from(checkpoint.signature, "base64"),
    );
  } catch {
    return false;
  }
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
