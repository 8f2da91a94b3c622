/** What leaves PostgreSQL arrives as it was, and what breaks there breaks nothing here. */
import { createServer } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../testing/database.ts";
import { Defect, Unavailable, Unusable } from "./errors.ts";
import { openPool, reachable, transaction } from "./sql.ts";

let database: FreshDatabase;
beforeAll(async () => {
  database = await freshDatabase({ migrated: false, max: 3 });
  await database.pool.query("CREATE SCHEMA crossdock; CREATE TABLE pallet (id int4 PRIMARY KEY)");
});
afterAll(() => database.drop());

const ids = async () =>
  (await database.pool.query("SELECT id FROM pallet ORDER BY id")).rows.map(({ id }) => id);

test("values arrive exactly as PostgreSQL holds them", async () => {
  const { rows } = await database.pool.query(`SELECT
    9223372036854775807::int8 AS big, 1234567890123456789.10::numeric AS money, '2026-03-29'::date AS day,
    '2026-03-29 03:30:00.123456+02'::timestamptz AS moment, '2026-03-29 03:30:00'::timestamp AS wall,
    'infinity'::timestamptz AS never, '90 minutes'::interval AS span, ARRAY[0.10, NULL]::numeric[] AS prices,
    ARRAY['2026-01-05 08:00:00+00']::timestamptz[] AS moments, ARRAY[9007199254740993]::int8[] AS ids,
    '{"net": "0.10"}'::jsonb AS document, '\\x00ff'::bytea AS bytes, 7::int4 AS small`);
  expect(rows).toEqual([
    {
      big: "9223372036854775807",
      money: "1234567890123456789.10",
      day: "2026-03-29",
      moment: "2026-03-29T01:30:00.123456Z",
      wall: "2026-03-29T03:30:00",
      never: "infinity",
      span: "PT1H30M",
      prices: ["0.10", null],
      moments: ["2026-01-05T08:00:00Z"],
      ids: ["9007199254740993"],
      document: { net: "0.10" },
      bytes: Buffer.from([0, 255]),
      small: 7,
    },
  ]);
});

test("an offset other than UTC keeps its minutes", async () => {
  const client = await database.pool.connect();
  try {
    await client.query("SET timezone TO 'Asia/Kolkata'");
    const { rows } = await client.query("SELECT '2026-01-05 08:00:00+00'::timestamptz AS moment");
    expect(rows).toEqual([{ moment: "2026-01-05T13:30:00+05:30" }]);
  } finally {
    client.release(true);
  }
});

test("names without a schema are ours, and a temporary table does not stand before them", async () => {
  const client = await database.pool.connect();
  try {
    await client.query("CREATE TEMPORARY TABLE pallet (id int4)");
    const { rows } = await client.query("SELECT 'pallet'::regclass = 'crossdock.pallet'::regclass AS ours");
    expect(rows).toEqual([{ ours: true }]);
  } finally {
    client.release(true);
  }
});

test("a transaction keeps everything, or nothing when its work throws", async () => {
  const answer = await transaction(database.pool, async (tx) => {
    await tx.query("INSERT INTO pallet VALUES (1)");
    return "kept";
  });
  const failed = transaction(database.pool, async (tx) => {
    await tx.query("INSERT INTO pallet VALUES (2)");
    throw new Error("the forklift stopped");
  });
  await expect(failed).rejects.toThrow("the forklift stopped");
  expect([answer, await ids()]).toEqual(["kept", [1]]);
});

test("a failed statement that was ignored is our defect, not a silent rollback", async () => {
  const careless = transaction(database.pool, async (tx) => {
    await tx.query("INSERT INTO pallet VALUES (3)");
    await tx.query("INSERT INTO pallet VALUES (3)").catch(() => {});
  });
  await expect(careless).rejects.toBeInstanceOf(Defect);
  expect(await ids()).toEqual([1]);
});

test("connections that are cut, idle or in use, cost their query and nothing more", async () => {
  const broken: string[] = [];
  const pool = openPool(database.url, {
    max: 2,
    name: "victim",
    onBroken: (error) => broken.push(error.message),
  });
  const cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'victim'";
  try {
    await pool.query("SELECT 1");
    const reported = new Promise((resolve) => pool.once("error", resolve));
    await database.pool.query(cut);
    await reported;
    expect(broken).toEqual([expect.stringContaining("terminating connection")]);

    const busy = transaction(pool, async (tx) => {
      await tx.query("SELECT 1");
      await database.pool.query(cut);
      await tx.query("SELECT 1");
    });
    await expect(busy).rejects.toBeInstanceOf(Unavailable);
    expect((await pool.query("SELECT 1 AS fine")).rows).toEqual([{ fine: 1 }]);
  } finally {
    await pool.end();
  }
});

test.each([false, true])(
  "an answer that does not come is not waited for (pipeline: %s)",
  async (pipeline) => {
    const pool = openPool(database.url, { max: 1, pipeline, answerWithinMs: 300 });
    try {
      const begun = performance.now();
      await expect(pool.query("SELECT pg_sleep(20)")).rejects.toThrow();
      // The connection is given up with it; the only place of the pool is free for another.
      expect((await pool.query("SELECT 7::int4 AS seven")).rows).toEqual([{ seven: 7 }]);
      expect(performance.now() - begun).toBeLessThan(5_000);

      // Whoever leaves a transaction open is ended by the server, and what it held with it.
      const idle = await pool.connect();
      const ended = new Promise((resolve) => idle.once("error", resolve));
      await idle.query("BEGIN");
      await ended;
      idle.release(true);
    } finally {
      await pool.end();
    }
  },
);

test("nobody at the address is Unavailable, a wrong database is Unusable, and neither tells a password", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  const nobody = openPool(`postgresql://maria:sesame@127.0.0.1:${port}/dock`);
  const wrong = openPool(database.url.replace(/test_\w+/, "not_there"));
  try {
    const outcomes = await Promise.all(
      [nobody, wrong].map((pool) => reachable(pool).catch((error: Error) => error)),
    );
    expect(outcomes.map((outcome) => outcome.constructor)).toEqual([Unavailable, Unusable]);
    expect(outcomes.map(String).join()).not.toContain("sesame");
  } finally {
    await Promise.all([nobody.end(), wrong.end()]);
  }
});

test("a server in reach says its version", async () => {
  expect(await reachable(database.pool)).toEqual({ version: expect.stringMatching(/^\d+/) });
});

test("an address that is no PostgreSQL URL is refused in a sentence", () => {
  expect(() => openPool("mysql://maria:sesame@db/dock")).toThrow(
    "DATABASE_URL is not the address of a PostgreSQL. Expected something like postgresql://user@host:5432/database.",
  );
});
