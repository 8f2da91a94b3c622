/** Two processes on one PostgreSQL share the lanes; when one is killed, the other has all of them soon, and nothing is lost. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { arrived, send } from "./kit/traffic.ts";
import { openWorld, type World } from "./kit/world.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld({ settings: { wmsSettlesWithin: "600ms" } });
});
afterAll(() => world.close());

/** Who holds how many lanes whose lease has not run out. */
const holders = async (): Promise<number[]> => {
  const { rows } = await world.pool.query(
    "select count(*)::int as lanes from lane where lease_until > clock_timestamp() group by owner order by owner",
  );
  return rows.map(({ lanes }) => lanes);
};

test("each holds some; after a SIGKILL the other holds all within twenty seconds, nothing lost or doubled", async () => {
  const other = await world.start({ faces: false });
  await world.until("both hold half of the lanes", 20_000, async () => {
    return JSON.stringify(await holders()) === "[8,8]";
  });
  const traffic = send(world, 60, 25);
  traffic.catch(() => undefined);
  await world.until("both have work", 20_000, async () => {
    const { rows } = await world.pool.query(
      `select count(distinct l.owner)::int as workers from instance i join lane l on l.id = i.lane
        where i.status = 'running'`,
    );
    return rows[0].workers === 2;
  });
  await other.kill();
  const killed = performance.now();
  await world.until("one holds all lanes", 20_000, async () => JSON.stringify(await holders()) === "[16]");
  expect(performance.now() - killed).toBeLessThan(20_000);

  const { invoiced } = await traffic;
  await arrived(world, invoiced);
  expect(await world.wrong()).toEqual([]);
});
