/** PostgreSQL is shut down at once, without a word to anybody, in the middle of a run; it recovers, and all goes on. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startEmbedded } from "../../src/std/embedded-postgres.ts";
import { migrate } from "../../src/std/migrate.ts";
import { openPool } from "../../src/std/sql.ts";
import { arrived, send } from "./kit/traffic.ts";
import { openWorld, type World } from "./kit/world.ts";

let world: World;
let home: string;
beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), "crossdock-story-postgres-"));
  const server = await startEmbedded({ dataDir: folder });
  home = server.home;
  const pool = openPool(server.connectionString, { max: 5 });
  await migrate(pool);
  const drop = async () => {
    await pool.end();
    await server.stop();
    for (const place of [home, folder]) rmSync(place, { recursive: true, force: true });
  };
  world = await openWorld({
    database: { pool, url: server.connectionString, drop },
    settings: { wmsSettlesWithin: "600ms" },
  });
});
afterAll(() => world.close());

const postmaster = (): number =>
  Number(readFileSync(join(home, "cluster", "postmaster.pid"), "utf8").split("\n")[0]);

test("two immediate shutdowns in a run of sixty orders", async () => {
  const traffic = send(world, 60, 60);
  traffic.catch(() => undefined);
  for (const wanted of [10, 30]) {
    await world.until(`${wanted} orders have been captured`, 30_000, async () => {
      const { rows } = await world.pool.query("select count(*)::int as n from instance");
      return rows[0].n >= wanted;
    });
    const crashed = postmaster();
    process.kill(crashed, "SIGQUIT");
    await world.until("it has come back", 60_000, async () => {
      const answered = await world.pool.query("select 1").catch(() => undefined);
      return answered !== undefined && postmaster() !== crashed;
    });
  }
  const { invoiced } = await traffic;
  await arrived(world, invoiced);
  expect(await world.wrong()).toEqual([]);
});
