/** Tables move forward once, together, and only by files nobody edited afterwards. */
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../testing/database.ts";
import { type Migration, migrate, pending, readMigrations } from "./migrate.ts";
import { openPool } from "./sql.ts";

let database: FreshDatabase;
beforeEach(async () => {
  database = await freshDatabase({ migrated: false });
});
afterEach(() => database.drop());

const migration = (number: number, sql: string): Migration => ({
  number,
  name: `step-${number}`,
  sql,
  checksum: createHash("sha256").update(sql).digest("hex"),
});
const FIRST = migration(1, "CREATE TABLE dock (door int4 PRIMARY KEY)");
const SECOND = migration(
  2,
  "ALTER TABLE dock ADD COLUMN open bool NOT NULL DEFAULT false; INSERT INTO dock VALUES (1)",
);

const numbers = (migrations: readonly Migration[]) => migrations.map(({ number }) => number);

test("missing files land in order, in our schema, and only once", async () => {
  expect(numbers(await pending(database.pool, [FIRST, SECOND]))).toEqual([1, 2]);
  expect(numbers(await migrate(database.pool, [FIRST]))).toEqual([1]);
  expect(numbers(await migrate(database.pool, [FIRST, SECOND]))).toEqual([2]);
  expect(numbers(await migrate(database.pool, [FIRST, SECOND]))).toEqual([]);
  const { rows } = await database.pool.query("SELECT * FROM crossdock.dock");
  expect(rows).toEqual([{ door: 1, open: false }]);
});

test("processes that start together land each file once", async () => {
  const pools = [1, 2, 3, 4].map(() => openPool(database.url, { max: 1 }));
  try {
    const landed = await Promise.all(pools.map((pool) => migrate(pool, [FIRST, SECOND])));
    expect(landed.flat().map(({ number }) => number)).toEqual([1, 2]);
  } finally {
    await Promise.all(pools.map((pool) => pool.end()));
  }
});

test("a file that fails leaves nothing behind, and the ones before it stay", async () => {
  const broken = migration(2, "CREATE TABLE half (id int4); INSERT INTO nowhere VALUES (1)");
  await expect(migrate(database.pool, [FIRST, broken])).rejects.toThrow(
    'Migration 0002-step-2 failed and left nothing behind: relation "nowhere" does not exist.',
  );
  const { rows } = await database.pool.query(
    "SELECT to_regclass('crossdock.half') AS half, (SELECT count(*)::int4 FROM crossdock.migration) AS landed",
  );
  expect(rows).toEqual([{ half: null, landed: 1 }]);
  expect(numbers(await migrate(database.pool, [FIRST, SECOND]))).toEqual([2]);
});

test("a landed file that was changed, is unknown or came late is refused before anything is touched", async () => {
  await migrate(database.pool, [FIRST, SECOND]);
  const changed = { ...FIRST, checksum: "0".repeat(64) };
  const third = migration(3, "SELECT 1");
  await expect(migrate(database.pool, [changed, SECOND, third])).rejects.toThrow(
    "Migration 0001-step-1 was changed after it landed in this database.",
  );
  await expect(migrate(database.pool, [FIRST])).rejects.toThrow(
    "The database has migration 0002-step-2, which this release does not know.",
  );
  await migrate(database.pool, [FIRST, SECOND, migration(4, "SELECT 1")]);
  await expect(migrate(database.pool, [FIRST, SECOND, third, migration(4, "SELECT 1")])).rejects.toThrow(
    "Migration 0003-step-3 has not landed, but a later one (4) has.",
  );
});

test("files are read by number, ends of lines do not count, and a wrong name or a number used twice is refused", () => {
  const folder = mkdtempSync(join(tmpdir(), "crossdock-migrations-"));
  try {
    writeFileSync(join(folder, "0002-b.sql"), "SELECT 2;\r\n");
    writeFileSync(join(folder, "0001-a.sql"), "SELECT 1;\n");
    writeFileSync(join(folder, "README.md"), "not a migration");
    const checksum = (sql: string) => createHash("sha256").update(sql).digest("hex");
    expect(readMigrations(folder)).toEqual([
      { number: 1, name: "a", sql: "SELECT 1;\n", checksum: checksum("SELECT 1;\n") },
      { number: 2, name: "b", sql: "SELECT 2;\n", checksum: checksum("SELECT 2;\n") },
    ]);
    writeFileSync(join(folder, "0002-c.sql"), "SELECT 3");
    expect(() => readMigrations(folder)).toThrow("Two migrations have the number 2.");
    writeFileSync(join(folder, "3.sql"), "SELECT 3");
    expect(() => readMigrations(folder)).toThrow(
      "The migration 3.sql is not named like 0007-what-it-does.sql.",
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("the product's own migrations land on an empty database", async () => {
  const landed = await migrate(database.pool);
  expect(landed).toEqual(readMigrations());
});
