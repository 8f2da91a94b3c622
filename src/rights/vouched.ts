/**
 * People an identity provider vouches for: found or added as they sign in, with the roles their claims stand for.
 *
 * What must stay true: a provider takes over no account of ours and brings nobody back who was disabled, and roles that came from claims
 * are those of now.
 */
import type { Pool } from "pg";
import { transaction } from "../std/sql.ts";
import { audit, type By } from "../work/audit.ts";
import {
  addIn,
  findPerson,
  type Given,
  giveIn,
  type NewGrant,
  type PersonRow,
  usableGrant,
} from "./people.ts";

/** Somebody an identity provider vouches for. */
export interface Vouched {
  readonly issuer: string;
  readonly subject: string;
  readonly id: string;
  readonly name: string;
  readonly email: string | null;
  /** The roles its claims stand for, by the configuration. */
  readonly roles: readonly NewGrant[];
}

/**
 * Finds or adds the person, and replaces the roles that came from claims by those of now. Null when they are disabled, or when
 * somebody else has their sign-in name: a provider cannot take over a local account.
 */
export async function vouchedPerson(pool: Pool, vouched: Vouched): Promise<PersonRow | null> {
  const { issuer, subject, name, email } = vouched;
  for (const each of vouched.roles) usableGrant(each);
  const by: By = { name: issuer, reason: "Said by the identity provider at sign-in." };
  const id = await transaction(pool, async (tx) => {
    const known = await tx.query<{ id: string }>(
      `update person set name = $3, email = $4 where issuer = $1 and subject = $2 and disabled_at is null returning id`,
      [issuer, subject, name, email],
    );
    let found = known.rows[0]?.id;
    if (!found) {
      const barred = await tx.query(`select from person where (issuer = $1 and subject = $2) or id = $3`, [
        issuer,
        subject,
        vouched.id,
      ]);
      if (barred.rowCount !== 0) return null;
      await addIn(tx, { id: vouched.id, name, ...(email ? { email } : {}) }, by);
      await tx.query(`update person set issuer = $2, subject = $3 where id = $1`, [
        vouched.id,
        issuer,
        subject,
      ]);
      found = vouched.id;
    }
    const wanted = vouched.roles.map((grant) =>
      JSON.stringify([grant.role, grant.domains, grant.plants, grant.entities]),
    );
    const { rows } = await tx.query<Given>(
      `select id::text as id, role, domains, plants, entities from role_grant where person = $1 and source = 'claims'`,
      [found],
    );
    for (const old of rows) {
      if (wanted.includes(JSON.stringify([old.role, old.domains, old.plants, old.entities]))) continue;
      await tx.query(`delete from role_grant where id = $1::bigint`, [old.id]);
      await audit(tx, by, "take role", `person:${found}`, { role: old.role, source: "claims" });
    }
    for (const grant of vouched.roles) await giveIn(tx, found, grant, "claims", by);
    return found;
  });
  return id === null ? null : findPerson(pool, id);
}
