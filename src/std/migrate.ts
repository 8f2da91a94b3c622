/**
 * Brings the database's tables to where this release expects them: numbered SQL files, forward only.
 *
 * What must stay true: a file that has landed anywhere is never edited. Its checksum is kept with it, and a database that
 * remembers another text, or a file this release does not have, is refused before anything is touched. Each file lands in
 * one transaction together with its entry, and one process lands them at a time; the others wait, then find nothing to do.
 *
 * What the tables mean is written in migrations/ itself.
 */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type pg from "pg";
import { Unavailable, Unusable } from "./errors.ts";
import { SCHEMA } from "./sql.ts";

/** One file: migrations/0007-what-it-does.sql. */
export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
  /** SHA-256 of the text with line ends as LF, so that a checkout on Windows is the same file. */
  readonly checksum: string;
}

/** Any constant will do, as long as every release uses the same: it is what two starting processes meet at. */
const MIGRATION_LOCK = 7_201_602;

/** The folder of this release's migrations, from the sources as well as from the published package. */
export function migrationsFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json")) && dirname(folder) !== folder) folder = dirname(folder);
  return join(folder, "migrations");
}

/** Reads the files in order. Throws Unusable for a name that is not `NNNN-name.sql` or a number used twice. */
export function readMigrations(folder: string = migrationsFolder()): Migration[] {
  const migrations = readdirSync(folder)
    .filter((file) => file.endsWith(".sql"))
    .sort()
    .map((file) => {
      const parts = /^(\d{4})-([a-z0-9-]+)\.sql$/.exec(file);
      if (!parts)
        throw new Unusable(`The migration ${file} is not named like 0007-what-it-does.sql.`, {
          facts: { file },
        });
      const sql = readFileSync(join(folder, file), "utf8").replaceAll("\r\n", "\n");
      const checksum = createHash("sha256").update(sql).digest("hex");
      return { number: Number(parts[1]), name: parts[2] ?? "", sql, checksum };
    });
  const twice = migrations.find(({ number }, i) => migrations[i - 1]?.number === number);
  if (twice)
    throw new Unusable(
      `Two migrations have the number ${twice.number}. Give the later one the next free number.`,
    );
  return migrations;
}

/**
 * Lands what is missing and returns it. Safe to call from many processes at once, and on every start.
 * Throws Unusable when the database and the files disagree, or a file fails; nothing of that file is kept then.
 */
export async function migrate(
  pool: pg.Pool,
  migrations: readonly Migration[] = readMigrations(),
): Promise<Migration[]> {
  const client = await pool.connect().catch((cause: Error) => {
    throw new Unavailable(`PostgreSQL cannot be reached: ${cause.message}.`, { cause });
  });
  let failed: Error | undefined;
  try {
    await client.query("SELECT pg_advisory_lock($1)", [MIGRATION_LOCK]);
    await prepare(client);
    const missing = compare(migrations, await landed(client));
    for (const migration of missing) await land(client, migration);
    return missing;
  } catch (error) {
    failed = error as Error;
    throw error;
  } finally {
    if (!failed) await client.query("SELECT pg_advisory_unlock($1)", [MIGRATION_LOCK]);
    client.release(failed); // a failed session is closed, which frees its lock as well
  }
}

/** Whether this release and the database agree, without changing anything: what is still missing. */
export async function pending(
  pool: pg.Pool,
  migrations: readonly Migration[] = readMigrations(),
): Promise<Migration[]> {
  const { rows } = await pool.query("SELECT to_regclass($1) AS there", [`${SCHEMA}.migration`]);
  return compare(migrations, rows[0]?.there ? await landed(pool) : []);
}

async function prepare(client: pg.PoolClient): Promise<void> {
  try {
    // Asked first, because CREATE … IF NOT EXISTS wants the right to create even when there is nothing to create.
    const { rows } = await client.query("SELECT to_regclass($1) AS there", [`${SCHEMA}.migration`]);
    if (rows[0]?.there) return;
    await client.query(`CREATE SCHEMA IF NOT EXISTS ${SCHEMA}`);
    await client.query(`CREATE TABLE ${SCHEMA}.migration (
      number int4 PRIMARY KEY,
      name text NOT NULL,
      checksum text NOT NULL,
      landed_at timestamptz NOT NULL DEFAULT now()
    )`);
  } catch (cause) {
    const { message } = cause as Error;
    throw new Unusable(
      `The schema "${SCHEMA}" cannot be made: ${message}. Its user needs the right to create a schema in this database.`,
      { cause },
    );
  }
}

interface Landed {
  readonly number: number;
  readonly name: string;
  readonly checksum: string;
}

/** A handful of rows, read whole by primary key order. */
async function landed(client: Pick<pg.Pool, "query">): Promise<Landed[]> {
  const { rows } = await client.query<Landed>(
    `SELECT number, name, checksum FROM ${SCHEMA}.migration ORDER BY number`,
  );
  return rows;
}

/** What is to be landed; throws Unusable where landed history and files tell different stories. */
function compare(migrations: readonly Migration[], history: readonly Landed[]): Migration[] {
  for (const past of history) {
    const file = migrations.find(({ number }) => number === past.number);
    const label = `${String(past.number).padStart(4, "0")}-${past.name}`;
    if (!file) {
      throw new Unusable(
        `The database has migration ${label}, which this release does not know. It was written by a newer Crossdock: ` +
          `start that release, or restore the database from before it.`,
        { facts: { number: past.number } },
      );
    }
    if (file.checksum !== past.checksum) {
      throw new Unusable(
        `Migration ${label} was changed after it landed in this database. A landed migration is never edited: undo the ` +
          `change and say it in a new file.`,
        { facts: { number: past.number } },
      );
    }
  }
  const missing = migrations.filter(({ number }) => !history.some((past) => past.number === number));
  const last = history.at(-1)?.number ?? 0;
  const late = missing.find(({ number }) => number < last);
  if (late) {
    throw new Unusable(
      `Migration ${String(late.number).padStart(4, "0")}-${late.name} has not landed, but a later one (${last}) has. ` +
        `Migrations land in order: give it the next free number.`,
      { facts: { number: late.number } },
    );
  }
  return missing;
}

async function land(client: pg.PoolClient, { number, name, sql, checksum }: Migration): Promise<void> {
  try {
    await client.query("BEGIN");
    await client.query(sql);
    await client.query(`INSERT INTO ${SCHEMA}.migration (number, name, checksum) VALUES ($1, $2, $3)`, [
      number,
      name,
      checksum,
    ]);
    await client.query("COMMIT");
  } catch (cause) {
    throw new Unusable(
      `Migration ${String(number).padStart(4, "0")}-${name} failed and left nothing behind: ${(cause as Error).message}.`,
      { cause, facts: { number } },
    );
  }
}
