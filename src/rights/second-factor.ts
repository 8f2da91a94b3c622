/**
 * The second factor of people who sign in with a password. Rows of `second_factor` and `recovery_code` are written here and
 * nowhere else, each with its line in the audit in the same transaction.
 *
 * What must stay true: a code is taken once, also by two who type it at the same moment; what codes are made of is sealed; and
 * a factor counts only after a code of it was typed in, so nobody shuts themselves out with a picture they never scanned.
 */

import { randomBytes } from "node:crypto";
import type { Pool } from "pg";
import { type Transaction, transaction } from "../std/sql.ts";
import { audit, type By } from "../work/audit.ts";
import { base32, newCodeSecret, stepAt, stepOfCode } from "./one-time-codes.ts";
import { endAllOf, type PersonRow, tokenHash } from "./people.ts";
import type { RoleName } from "./permissions.ts";
import type { Sealing } from "./sealing.ts";
import type { Via } from "./sessions.ts";

/** Wrong codes in a row before each further one waits, and how long. */
const WRONG_MAX = 5;
const WAIT_MS = 15 * 60_000;
/** How long a picture that was shown can be confirmed. */
const BEGUN_MS = 15 * 60_000;
const RECOVERY_CODES = 10;
const RECOVERY_BYTES = 10;

/** Whether one of somebody's roles asks for a second factor. */
export const isAskedOf = ({ roles }: Pick<PersonRow, "roles">, asked: readonly RoleName[]): boolean =>
  roles.some(({ role }) => asked.includes(role));

/**
 * Whether somebody has to get a second factor before they may do anything. Who signs in with the company's account proves
 * themselves there; the people of a demonstration have nothing to protect.
 */
export const owesSecondFactor = (person: PersonRow, via: Via, asked: readonly RoleName[]): boolean =>
  person.secondFactorSince === null && (via === "password" || via === "link") && isAskedOf(person, asked);

const about = (person: string): string => `second factor of ${person}`;

/** Begins a second factor and returns what its codes are made of. The one there was counts until this one is confirmed. */
export const beginFactor = (pool: Pool, sealing: Sealing, person: string): Promise<string> =>
  transaction(pool, async (tx) => {
    const secret = newCodeSecret();
    await tx.query(
      `insert into second_factor (person, begun, begun_at) values ($1, $2, clock_timestamp())
       on conflict (person) do update set begun = excluded.begun, begun_at = excluded.begun_at`,
      [person, sealing.seal(about(person), secret)],
    );
    await audit(tx, { name: person }, "begin second factor", `person:${person}`);
    return secret;
  });

interface Row {
  readonly sealed: string | null;
  readonly begun: string | null;
  readonly lastStep: string | null;
  readonly wrong: number;
  readonly waits: boolean;
  readonly now: number;
}

/** By primary key; the lock lets one code at a time be judged. */
const LOCK = `
  select sealed, case when begun_at > clock_timestamp() - ${BEGUN_MS} * interval '1 millisecond' then begun end as begun,
         last_step::text as "lastStep", wrong,
         wrong >= ${WRONG_MAX} and wrong_at > clock_timestamp() - ${WAIT_MS} * interval '1 millisecond' as waits,
         extract(epoch from clock_timestamp())::float8 as now
    from second_factor where person = $1 for update`;

const lock = async (tx: Transaction, person: string): Promise<Row | undefined> =>
  (await tx.query<Row>(LOCK, [person])).rows[0];

/**
 * Makes the begun factor the one that counts, when `code` is one of its codes, and ends the person's sessions.
 *
 * @returns the recovery codes, shown once; null when the code is wrong, or it was begun too long ago
 */
export const confirmFactor = (
  pool: Pool,
  sealing: Sealing,
  person: string,
  code: string,
): Promise<readonly string[] | null> =>
  transaction(pool, async (tx) => {
    const row = await lock(tx, person);
    if (!row?.begun) return null;
    const step = stepOfCode(sealing.open(about(person), row.begun), plain(code), stepAt(row.now));
    if (step === null) return null;
    await tx.query(
      `update second_factor set sealed = begun, confirmed_at = clock_timestamp(), begun = null, begun_at = null,
              last_step = $2, wrong = 0, wrong_at = null where person = $1`,
      [person, step],
    );
    await audit(tx, { name: person }, "confirm second factor", `person:${person}`);
    await endAllOf(tx, person);
    return makeRecoveryCodes(tx, person);
  });

/** `right`; `wrong`; `used`: it was right, and somebody has signed in with it; `waits`: too many were wrong. */
export type CodeVerdict = "right" | "wrong" | "used" | "waits";

/**
 * Judges a code somebody typed in: one of the app, or a recovery code. A right one is used up.
 *
 * Recovery codes are too long to be guessed, so they are taken also while codes of the app wait.
 */
export const takeCode = (
  pool: Pool,
  sealing: Sealing,
  person: string,
  code: string,
  facts: { readonly address: string },
): Promise<CodeVerdict> =>
  transaction(pool, async (tx) => {
    const row = await lock(tx, person);
    if (!row?.sealed) return "wrong";
    const typed = plain(code);
    const by: By = { name: person };
    if (!/^\d+$/.test(typed)) {
      const { rowCount } = await tx.query(
        `update recovery_code set used_at = clock_timestamp() where person = $1 and code_hash = $2 and used_at is null`,
        [person, tokenHash(typed)],
      );
      if (rowCount === 1) {
        await audit(tx, by, "use recovery code", `person:${person}`, facts);
        return "right";
      }
    } else {
      if (row.waits) return "waits";
      const secret = sealing.open(about(person), row.sealed);
      const step = stepOfCode(secret, typed, stepAt(row.now));
      if (step !== null && (row.lastStep === null || step > Number(row.lastStep))) {
        const sealed = sealing.isDated(row.sealed) ? sealing.seal(about(person), secret) : row.sealed;
        await tx.query(
          `update second_factor set last_step = $2, sealed = $3, wrong = 0, wrong_at = null where person = $1`,
          [person, step, sealed],
        );
        return "right";
      }
      if (step !== null) {
        await audit(tx, by, "second factor code used again", `person:${person}`, facts);
        return "used";
      }
    }
    await tx.query(
      `update second_factor set wrong = wrong + 1, wrong_at = clock_timestamp() where person = $1`,
      [person],
    );
    await audit(tx, by, "wrong second factor", `person:${person}`, { ...facts, inARow: row.wrong + 1 });
    return "wrong";
  });

/** New recovery codes in place of the old ones. */
export const renewRecoveryCodes = (pool: Pool, person: string): Promise<readonly string[]> =>
  transaction(pool, async (tx) => {
    await audit(tx, { name: person }, "make recovery codes", `person:${person}`);
    return makeRecoveryCodes(tx, person);
  });

async function makeRecoveryCodes(tx: Transaction, person: string): Promise<readonly string[]> {
  const codes = Array.from({ length: RECOVERY_CODES }, () => base32(randomBytes(RECOVERY_BYTES)));
  await tx.query(`delete from recovery_code where person = $1`, [person]);
  await tx.query(`insert into recovery_code (person, code_hash) select $1, unnest($2::bytea[])`, [
    person,
    codes.map(tokenHash),
  ]);
  return codes.map((code) => code.match(/.{4}/g)!.join("-"));
}

/** How many recovery codes somebody has left. */
export const recoveryCodesLeft = async (pool: Pool, person: string): Promise<number> =>
  (
    await pool.query<{ left: number }>(
      `select count(*)::int as left from recovery_code where person = $1 and used_at is null`,
      [person],
    )
  ).rows[0]!.left;

/** Takes somebody's second factor away, with its recovery codes, and ends their sessions. False when there was none. */
export const removeFactor = (pool: Pool, person: string, by: By): Promise<boolean> =>
  transaction(pool, async (tx) => {
    await tx.query(`delete from recovery_code where person = $1`, [person]);
    const { rowCount } = await tx.query(`delete from second_factor where person = $1`, [person]);
    if (rowCount !== 1) return false;
    await endAllOf(tx, person);
    const own = by.name === person;
    await audit(tx, by, own ? "remove second factor" : "reset second factor", `person:${person}`);
    return true;
  });

/** A code as people type it: with spaces, hyphens, small letters. */
const plain = (code: string): string => code.replaceAll(/[\s-]/g, "").toUpperCase();
