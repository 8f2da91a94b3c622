/**
 * The server is killed with SIGKILL at ten random moments while two hundred orders travel; it is started again each time.
 *
 * Afterwards every system's books show each order once, and all of them balance. What was on the wire in two of the deaths
 * is let through before the next one: a third would make it the suspect, and set it aside for two people to decide. What was being
 * read in three of them is set aside indeed, where a sender repeats it while the next death comes; a person has it read again.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { chance } from "./kit/chance.ts";
import { arrived, send } from "./kit/traffic.ts";
import { openWorld, type World } from "./kit/world.ts";

const KILLS = 10;

let world: World;
beforeAll(async () => {
  world = await openWorld({ asleep: true, settings: { wmsSettlesWithin: "600ms" } });
});
afterAll(() => world.close());

/** What two workers have died with, and is not resolved. */
const SUSPECTED = `select count(*)::int as n from delivery
  where crashes >= 2 and status not in ('applied', 'superseded', 'cancelled')`;
/** What was being read when three of them died, and is set aside. */
const SET_ASIDE = `select subject from exception where subject_kind = 'arrival' and resolved_at is null
  and reason like '3 times a worker was lost%'`;

const outcomes = async () => {
  const { rows } = await world.pool.query(
    "select count(*)::int as applied from delivery where status = 'applied'",
  );
  return rows[0].applied as number;
};

test("ten SIGKILLs in a run of two hundred orders", async () => {
  const dice = chance();
  let server = await world.start();
  const traffic: ReturnType<typeof send>[] = [];
  for (let kill = 0; kill < KILLS; kill += 1) {
    // A moment is only worth killing in when something is going on.
    const before = await outcomes();
    await world.until("nothing is suspected", 30_000, async () => {
      const { rows } = await world.pool.query(SUSPECTED);
      return rows[0].n === 0;
    });
    // A tenth of them, so that something goes on however fast or slow the machine is.
    traffic.push(send(world, 20, 25));
    traffic.at(-1)?.catch(() => undefined); // Told below, when it is awaited.
    await world.until("something goes on", 30_000, async () => (await outcomes()) > before);
    await sleep(dice.upTo(400));
    await server.kill();
    server = await world.start();
  }
  const invoiced = (await Promise.all(traffic)).reduce((sum, part) => sum + part.invoiced, 0);
  let over = false;
  const reading = (async () => {
    const pressed = new Set<string>();
    while (!over) {
      const { rows } = await world.pool.query<{ subject: string }>(SET_ASIDE);
      for (const { subject } of rows.filter((row) => !pressed.has(row.subject))) {
        await world.press(`/api/deliveries/${subject}/try-again`, { reason: "It was killed from outside." });
        pressed.add(subject);
      }
      await sleep(100);
    }
  })();
  await arrived(world, invoiced).finally(() => {
    over = true;
  });
  await reading;
  expect(await world.wrong()).toEqual([]);

  // What makes the run worth something: calls were on the wire when the server died.
  const { rows } = await world.pool.query("select count(*)::int as n from delivery where doubts > 0");
  expect(rows[0].n).toBeGreaterThan(0);
});
