/**
 * Emergency access: somebody on call takes an operator's rights for an hour. Rows of `emergency_access` are written here and nowhere
 * else, each with its line in the audit in the same transaction.
 *
 * What must stay true: it is a named person, for a reason, and everybody who is signed in reads both as long as it lasts. It lets
 * nobody be the second person: what takes two takes two in an emergency as well.
 */
import type { Pool } from "pg";
import { transaction } from "../std/sql.ts";
import { audit, type By } from "../work/audit.ts";

const LASTS_MS = 60 * 60_000;

/** Whether somebody `p` has it now, and until when; part of what is read of a person with every request. Index: emergency_access_open. */
export const EMERGENCY_UNTIL = `(select max(e.ends_at) from emergency_access e
    where e.person = p.id and e.ended_at is null and e.ends_at > clock_timestamp())`;

/** One that lasts; instants are RFC 3339. */
export interface Emergency {
  readonly id: string;
  readonly person: string;
  readonly name: string;
  readonly reason: string;
  readonly startedAt: string;
  readonly endsAt: string;
}

/** Those that last, the latest first. Index: emergency_access_open. */
export const openEmergencies = async (pool: Pool): Promise<Emergency[]> =>
  (
    await pool.query<Emergency>(
      `select e.id::text as id, e.person, p.name, e.reason, e.started_at as "startedAt", e.ends_at as "endsAt"
         from emergency_access e join person p on p.id = e.person
        where e.ended_at is null and e.ends_at > clock_timestamp() and p.disabled_at is null
        order by e.started_at desc`,
    )
  ).rows;

/** Begins it. Null when that person has it already. */
export const beginEmergency = (pool: Pool, person: string, reason: string): Promise<string | null> =>
  transaction(pool, async (tx) => {
    // Two who press at once as one person take turns, and the second finds it begun.
    await tx.query("select from person where id = $1 for update", [person]);
    const { rows } = await tx.query<{ endsAt: string }>(
      `insert into emergency_access (person, reason, ends_at)
       select p.id, $2, clock_timestamp() + $3 * interval '1 millisecond' from person p where p.id = $1 and ${EMERGENCY_UNTIL} is null
       returning ends_at as "endsAt"`,
      [person, reason, LASTS_MS],
    );
    const [begun] = rows;
    if (!begun) return null;
    await audit(tx, { name: person, reason }, "begin emergency access", `person:${person}`, begun);
    return begun.endsAt;
  });

/** Ends it before its time. False when it had ended. */
export const endEmergency = (pool: Pool, id: string, by: By): Promise<boolean> =>
  transaction(pool, async (tx) => {
    const { rows } = await tx.query<{ person: string }>(
      `update emergency_access set ended_at = clock_timestamp(), ended_by = $2
        where id = $1::uuid and ended_at is null and ends_at > clock_timestamp() returning person`,
      [id, by.name],
    );
    if (!rows[0]) return false;
    await audit(tx, by, "end emergency access", `person:${rows[0].person}`);
    return true;
  });
