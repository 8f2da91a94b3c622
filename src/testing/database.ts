/**
 * A database of its own for every test file, on a real PostgreSQL.
 *
 *     const { pool, url, drop } = await freshDatabase();   // migrated, empty, yours alone
 *     afterAll(drop);
 *
 * One server serves a whole run of vitest: an embedded one, or the one of DATABASE_URL when that is set (its user must be
 * allowed to create databases). It is started by `setup`, which vitest.config.ts names as globalSetup, and each fresh
 * database is a copy of one migrated template, which takes a few dozen milliseconds. Outside vitest (a benchmark, a
 * simulation) call `startTestServer` first and `stop` it at the end.
 *
 * What must stay true: nothing outlives the run. Databases go with `drop` or at the end, the server and its folder with
 * the run, and those of a run that was killed are cleared away by the next one.
 */
import { createHash, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { startEmbedded } from "../std/embedded-postgres.ts";
import { Unusable } from "../std/errors.ts";
import { migrate, readMigrations } from "../std/migrate.ts";
import { openPool } from "../std/sql.ts";

export interface FreshDatabase {
  /** A pool on the database, with the product's own settings. Ended by `drop`. */
  readonly pool: pg.Pool;
  /** Its address, for a program of its own. */
  readonly url: string;
  /** Ends the pool and removes the database, whoever is still connected. */
  drop(): Promise<void>;
}

/** How the test processes learn where the server is: an environment variable, which every kind of child inherits. */
const PLACE = "CROSSDOCK_TEST_SERVER";

interface Place {
  /** The address of a database one may always connect to. */
  readonly url: string;
  /** The migrated database to copy; none when the migrations failed. */
  readonly template: string;
  /** Why there is no template. */
  readonly failure?: string;
}

/** Creates a migrated (or, with `migrated: false`, an empty) database on the run's server. */
export async function freshDatabase({ migrated = true, max = 10 } = {}): Promise<FreshDatabase> {
  const place = where();
  if (migrated && place.failure)
    throw new Unusable(`The migrations fail on an empty database: ${place.failure}`);
  const name = `test_${process.pid}_${randomBytes(5).toString("hex")}`;
  await administer(place.url, `CREATE DATABASE ${name} TEMPLATE ${migrated ? place.template : "template0"}`);
  const url = inDatabase(place.url, name);
  const pool = openPool(url, { max });
  let dropped: Promise<void> | undefined;
  const drop = async () => {
    await pool.end();
    await administer(place.url, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  };
  return {
    pool,
    url,
    drop: () => {
      dropped ??= drop();
      return dropped;
    },
  };
}

/** Starts the server of this run and makes the template. Returns how to end both. */
export async function startTestServer(): Promise<{ stop(): Promise<void> }> {
  const given = process.env.DATABASE_URL;
  if (given) return prepare(given, async () => {});
  await clearAbandoned();
  const folder = join(tmpdir(), `${PREFIX}${process.pid}`);
  mkdirSync(folder, { recursive: true });
  // The tests ask whether we commit, not whether this disk keeps its word.
  const server = await startEmbedded({ dataDir: folder, volatile: true });
  return prepare(server.connectionString, async () => {
    await server.stop();
    for (const place of [server.home, folder]) rmSync(place, { recursive: true, force: true });
  });
}

/** vitest's globalSetup: what it returns runs at the end. */
export async function setup(): Promise<() => Promise<void>> {
  const server = await startTestServer();
  return () => server.stop();
}

async function prepare(url: string, end: () => Promise<void>): Promise<{ stop(): Promise<void> }> {
  const migrations = readMigrations();
  const text = migrations.map(({ checksum }) => checksum).join();
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 12);
  const template = `crossdock_template_${hash}_${process.pid}`;
  await administer(url, `DROP DATABASE IF EXISTS ${template} WITH (FORCE)`);
  await administer(url, `CREATE DATABASE ${template} TEMPLATE template0`);
  const pool = openPool(inDatabase(url, template), { max: 1 });
  let failure: string | undefined;
  try {
    await migrate(pool, migrations);
  } catch (error) {
    failure = (error as Error).message;
  } finally {
    await pool.end();
  }
  const place: Place = { url, template, ...(failure === undefined ? {} : { failure }) };
  process.env[PLACE] = JSON.stringify(place);
  return {
    stop: async () => {
      delete process.env[PLACE];
      await administer(url, `DROP DATABASE IF EXISTS ${template} WITH (FORCE)`);
      await end();
    },
  };
}

function where(): Place {
  const place = process.env[PLACE];
  if (place) return JSON.parse(place) as Place;
  throw new Unusable(
    "There is no test server: run this with vitest, whose configuration starts one, or call startTestServer first.",
  );
}

async function administer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => {}); // the statement's own outcome says the same
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** The same server, another database. Not by URL, because the address of a socket (postgresql://user@/db) is none. */
const inDatabase = (url: string, name: string): string =>
  url.replace(/^(postgres(?:ql)?:\/\/[^/?]*)(?:\/[^?]*)?/, `$1/${name}`);

const PREFIX = "crossdock-test-";
/**
 * Folders of runs, and of the tests of the embedded server itself, carry the number of the process they belong to, so that
 * the next run can tell the abandoned ones.
 */
const ABANDONABLE = /^crossdock-(?:test|keeper)-(\d+)(?:-|$)/;

/** Servers and folders whose run was killed before it could clear them away. */
async function clearAbandoned(): Promise<void> {
  const base = tmpdir();
  for (const name of readdirSync(base)) {
    const pid = ABANDONABLE.exec(name)?.[1];
    if (!pid || isRunning(Number(pid))) continue;
    const folder = join(base, name);
    try {
      for (const dataDir of [folder, ...readdirSync(folder).map((inner) => join(folder, inner))]) {
        if (!existsSync(join(dataDir, "cluster", "postmaster.pid"))) continue;
        const { home, stop } = await startEmbedded({ dataDir });
        await stop();
        rmSync(home, { recursive: true, force: true });
      }
      rmSync(folder, { recursive: true, force: true });
    } catch (error) {
      // Another user's, or being cleared by another run: theirs to deal with, and no reason to fail this one.
      console.error(`The folder of an earlier test run is left alone: ${(error as Error).message}`);
    }
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
