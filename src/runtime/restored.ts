/**
 * Takes a restored database into work: once, by a person, before the first worker starts on it.
 *
 * All of it commits as one, with a line in the audit. It can be done again, and does nothing to a database that was not restored but
 * put in doubt what is owed, which costs questions and never a second booking. What it must not meet is a worker.
 */
import type { Pool } from "pg";
import { Unusable } from "../std/errors.ts";
import { limits } from "../std/limits.ts";
import { type Transaction, transaction } from "../std/sql.ts";
import type { Statement } from "../std/statement.ts";
import { audit } from "../work/audit.ts";
import {
  aheadOfServer,
  alive,
  doubtOwed,
  freeLanes,
  nobodyWorks,
  reached,
  renumber,
  renumberAll,
} from "../work/restored.ts";
import type { Actor } from "./tending.ts";

export interface Adopted {
  /** Lines of the journal, and places of readers, that have another transaction number now; 0: they could stay. */
  readonly renumbered: number;
  /** Deliveries that are verified, or asked a person about, before anything is sent. */
  readonly doubted: readonly { readonly connection: string; readonly deliveries: number }[];
}

const ask = async <Row extends object>(tx: Transaction, { text, values }: Statement) =>
  (await tx.query(text, [...values])) as unknown as { rows: Row[]; rowCount: number | null };

/** @throws {Unusable} when a worker is alive on it */
export async function adopt(pool: Pool, actor: Actor): Promise<Adopted> {
  return transaction(pool, async (tx) => {
    await ask(tx, nobodyWorks);
    const [living] = (await ask<{ workers: number }>(tx, alive(limits.leaseMs))).rows;
    if (living && living.workers > 0)
      throw new Unusable(
        `Crossdock works on this database (${living.workers} alive). Only one that nobody works on is taken into work: stop it first.`,
      );
    const [journal] = (await ask<{ ahead: boolean }>(tx, aheadOfServer)).rows;
    let renumbered = 0;
    if (journal?.ahead) {
      await ask(tx, renumber);
      const [counted] = (await ask<{ short: string }>(tx, reached)).rows;
      // Each of these is a transaction of its own; ours sees none of them, and what is written later comes after them all.
      for (let short = Number(counted?.short ?? 0); short >= 0; short -= 1)
        await pool.query("select pg_current_xact_id()");
      for (const each of renumberAll) renumbered += (await ask(tx, each)).rowCount ?? 0;
    }
    const doubted = (await ask<Adopted["doubted"][number]>(tx, doubtOwed)).rows;
    for (const each of freeLanes) await ask(tx, each);
    await audit(tx, actor, "adopt backup", "database", { renumbered, doubted });
    return { renumbered, doubted };
  });
}

/** @throws {Unusable} when the database was restored and nobody has taken it into work */
export async function refuseRestored(pool: Pool): Promise<void> {
  const { rows } = await pool.query<{ ahead: boolean }>(aheadOfServer.text);
  if (!rows[0]?.ahead) return;
  throw new Unusable(
    "This database was restored from a dump of another server: its journal is numbered further than this server has counted, so " +
      "nothing new would be read. Look at it with crossdock backup check, then take it into work: crossdock backup adopt.",
  );
}
