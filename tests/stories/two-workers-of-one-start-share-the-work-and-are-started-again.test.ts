/**
 * `crossdock start --workers 2`: both hold lanes; whichever is killed comes back, the start says so, and nothing is lost or
 * doubled, by the books of the systems and by the count of `crossdock status`.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { crossdock, Running } from "./a-site.ts";
import { CONFIGURATION } from "./kit/server.ts";
import { arrived, send } from "./kit/traffic.ts";
import { openWorld, type World } from "./kit/world.ts";

let world: World;
let site: Running;
beforeAll(async () => {
  world = await openWorld({ asleep: true, settings: { wmsSettlesWithin: "600ms" } });
  const { DATABASE_URL: url = "", ...environment } = world.environment;
  site = new Running(
    ["start", "--config", CONFIGURATION, "--workers", "2", "--data", world.data, "--database-url", url],
    environment,
  );
});
afterAll(async () => {
  await site.stop("SIGTERM");
  await world.close();
});

const processes = (): Record<string, number> =>
  JSON.parse(readFileSync(join(world.data, "run.json"), "utf8")).processes ?? {};
const lanes = async (): Promise<number[]> => {
  const { rows } = await world.pool.query(
    "select count(*)::int as lanes from lane where lease_until > clock_timestamp() group by owner order by owner",
  );
  return rows.map((row) => row.lanes);
};

test("orders go on while each of the two is killed once", async () => {
  await world.until("each holds half of the lanes", 60_000, async () => `${await lanes()}` === "8,8");
  const traffic = send(world, 40, 60);
  traffic.catch(() => undefined);
  for (const name of ["worker-2", "worker-1"]) {
    const killed = processes()[name] ?? 0;
    process.kill(killed, "SIGKILL");
    await world.until(`${name} is started again`, 30_000, async () => processes()[name] !== killed);
    await world.until("each holds half of the lanes again", 30_000, async () => `${await lanes()}` === "8,8");
  }
  const { invoiced } = await traffic;
  await arrived(world, invoiced);
  expect(await world.wrong()).toEqual([]);
  for (const number of [2, 1])
    expect(site.remarked).toContain(`Worker ${number} ended by SIGKILL; it is started again.`);
  const { said } = await crossdock(["status", "--data", world.data, "--json"]);
  const funnel = JSON.parse(said).overview.funnels[0] as { stages: { milestone: string; reached: number }[] };
  expect(funnel.stages.find(({ milestone }) => milestone === "paid")?.reached).toBe(40 - invoiced);
});
