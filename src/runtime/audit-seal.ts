/**
 * Signs how the audit stands: how many lines, which is the last, and its hash, with an Ed25519 key outside the database.
 *
 * A checkpoint goes into the database and, as a line, into a file beside the data folder: the anchor. Whoever can write the
 * database can still cut off or rewrite the audit, but no longer unseen; to hide it they need the key and the anchor too. What
 * was written since the last checkpoint, a minute at most, is chained and not yet signed.
 */
import { createPrivateKey, createPublicKey, sign } from "node:crypto";
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import type { Pool } from "pg";
import { Unusable } from "../std/errors.ts";
import { transaction } from "../std/sql.ts";
import { type Checkpoint, checkpointWords } from "../trace/audit.ts";
import type { Clock } from "./clock.ts";

const SINCE = `
  select (coalesce(cp.lines, 0) + new.n)::text as lines, new.n::int as n, new.last::text as last, new.head
    from (select count(*) as n, max(id) as last, (array_agg(encode(hash, 'hex') order by id desc))[1] as head from audit
           where id > coalesce((select last from audit_checkpoint order by audit_checkpoint.id desc limit 1), 0)) new
    left join lateral (select lines from audit_checkpoint order by audit_checkpoint.id desc limit 1) cp on true`;

export class AuditSeal {
  readonly #pool: Pool;
  readonly #privateKey: string;
  readonly #anchor: string | null;
  readonly #clock: Clock;

  /** `privateKey` is PKCS #8 in PEM. `anchor` is the file checkpoints are also written to; null for none. */
  constructor(given: {
    readonly pool: Pool;
    readonly privateKey: string;
    readonly anchor: string | null;
    readonly clock: Clock;
  }) {
    this.#pool = given.pool;
    this.#privateKey = given.privateKey;
    this.#anchor = given.anchor;
    this.#clock = given.clock;
    publicKeyOf(given.privateKey);
  }

  /** Signs what was written since the last checkpoint; null when nothing was. Any worker may, at any time. */
  async seal(): Promise<Checkpoint | null> {
    const checkpoint = await transaction(this.#pool, async (tx) => {
      // The writers' lock: nobody appends while we look.
      await tx.query("select pg_advisory_xact_lock(7215)");
      const { rows } = await tx.query(SINCE);
      const { n, lines, last, head } = rows[0] as { n: number; lines: string; last: string; head: string };
      if (n === 0) return null;
      const stands = { lines, last, head, at: this.#clock.date().toISOString() };
      const signature = sign(null, Buffer.from(checkpointWords(stands)), createPrivateKey(this.#privateKey));
      const made = { ...stands, signature: signature.toString("base64") };
      await tx.query(
        "insert into audit_checkpoint (lines, last, head, at, signature) values ($1, $2, $3, $4, $5)",
        [made.lines, made.last, made.head, made.at, made.signature],
      );
      return made;
    });
    if (checkpoint && this.#anchor !== null)
      appendFileSync(this.#anchor, `${JSON.stringify(checkpoint)}\n`, { mode: 0o600 });
    return checkpoint;
  }
}

/** The public half, in PEM. @throws {Unusable} when it is no Ed25519 key */
export function publicKeyOf(privateKey: string): string {
  try {
    const key = createPublicKey(privateKey);
    if (key.asymmetricKeyType !== "ed25519") throw new Error(`it is ${key.asymmetricKeyType}`);
    return key.export({ type: "spki", format: "pem" }).toString();
  } catch (cause) {
    throw new Unusable(
      `The key that signs the audit is no Ed25519 key in PEM: ${cause instanceof Error ? cause.message : String(cause)}.`,
      { cause },
    );
  }
}

/** The checkpoints of an anchor file, oldest first; none when there is no such file. A torn last line is passed over. */
export function readAnchor(file: string): Checkpoint[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, "utf8")
    .split("\n")
    .flatMap((line) => {
      try {
        const { lines, last, head, at, signature } = JSON.parse(line) as Checkpoint;
        return [{ lines, last, head, at, signature }];
      } catch {
        return [];
      }
    });
}
