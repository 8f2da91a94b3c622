/**
 * The rows of the fault matrix that run on real processes: what is broken, how much of it, and what must have happened.
 *
 * A row breaks things while orders travel; before it all is well, after it everything heals, and then nothing may be lost,
 * doubled, out of order, silent or open. Sizes are of the short tier, which every `npm test` runs, and of the night.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Site } from "./site.ts";
import type { Weather } from "./wire.ts";

export interface Size {
  readonly orders: number;
  readonly perSecond: number;
  /** How often the row does what it does. */
  readonly times: number;
  /** How long everything may take to come to rest after healing. */
  readonly restMs: number;
}

export interface Row {
  readonly name: string;
  /** Rows of the fault matrix it stands for. */
  readonly stands: string;
  readonly is: string;
  readonly workers: number;
  /** It ends PostgreSQL, or fills its disk, and so has one of its own. */
  readonly ownDatabase?: "plain" | "small disk";
  readonly short?: Size;
  readonly night: Size;
  /** What has to have fired and how often, or the run has proved nothing. */
  mustFire(size: Size): Readonly<Record<string, number>>;
  /** What is sent; a day of orders unless said otherwise. */
  load?(site: Site, size: Size): Promise<void>;
  /** Breaks things until `traffic` has been sent. */
  run(site: Site, size: Size, traffic: Promise<void>): Promise<void>;
}

/** Every `ms` until the traffic has ended. */
async function until(
  traffic: Promise<void>,
  ms: () => number,
  happens: () => void | Promise<void>,
): Promise<void> {
  let over = false;
  traffic.finally(() => {
    over = true;
  });
  while (!over) {
    await sleep(ms());
    if (!over) await happens();
  }
}

/** What belongs to every day of orders. */
const A_BAD_DAY = {
  "copy answered with the first receipt": 1,
  "other content under a known id refused": 1,
  "document overtaken": 1,
};

/** Bad weather before every system. */
const everySystem = (site: Site, weather: Partial<Weather>): void => {
  for (const { weather: now } of site.wires.values()) Object.assign(now, weather);
};

export const ROWS: readonly Row[] = [
  {
    name: "workers-killed",
    stands: "FT02",
    is: "workers are killed with SIGKILL, or stopped for longer than their lease, at any moment and in the moment of a COMMIT",
    workers: 2,
    night: { orders: 4_000, perSecond: 10, times: 100, restMs: 180_000 },
    mustFire: ({ times }) => ({
      ...A_BAD_DAY,
      "worker killed": times / 2,
      "worker killed at a COMMIT": times / 5,
      "worker stopped at a COMMIT": 1,
    }),
    run: (site, { orders, perSecond, times }, traffic) =>
      until(
        traffic,
        () => (orders / perSecond / times) * 1_000 * site.chance(),
        async () => {
          // Who is killed before he works proves nothing: the next one dies when all are up again.
          await site.allUp(30_000);
          const how = site.chance();
          if (how < 0.45) return void site.kill();
          site.onCommit = () => {
            site.onCommit = () => "pass";
            if (how < 0.92) site.fire("worker killed at a COMMIT", site.kill() ? 1 : 0);
            else {
              site.fire("worker stopped at a COMMIT");
              void site.pause(13_000);
            }
            return "pass";
          };
        },
      ),
  },
  {
    name: "answers-lost",
    stands: "FT03, FT11, FT15",
    is: "of all answers 30 % are lost after the system has acted and some never come, requests are reset, and the network is slow and half-open for a while; at night, a worker is stopped for longer than its lease as well",
    workers: 2,
    short: { orders: 40, perSecond: 6, times: 0, restMs: 150_000 },
    // The longest pause of what was unlucky five times is a quarter of an hour, and nothing shortens it: no system was away.
    night: { orders: 3_000, perSecond: 10, times: 20, restMs: 20 * 60_000 },
    mustFire: ({ times }) => ({
      ...A_BAD_DAY,
      "answer lost, systems": 30,
      "answer swallowed, systems": 1,
      "piece delayed, systems": 100,
      "connection reset, systems": 1,
      "connection half-open, systems": 1,
      ...(times > 0 && { "worker stopped": times }),
    }),
    async run(site, { orders, perSecond, times }, traffic) {
      everySystem(site, { loseAnswer: 0.3, swallowAnswer: 0.02, reset: 0.02, delayMs: 5 });
      await sleep(1_000);
      everySystem(site, { halfOpen: true });
      await sleep(1_500);
      everySystem(site, { halfOpen: false });
      for (let n = 0; n < times; n += 1) {
        await sleep(((orders / perSecond) * 1_000) / times - 10_500);
        await site.pause(13_000);
      }
      await traffic;
    },
  },
  {
    name: "database-line",
    stands: "FT06, FT07",
    is: "connections to PostgreSQL are lost before a COMMIT and after it, reset, and held half-open",
    workers: 2,
    short: { orders: 50, perSecond: 7, times: 1, restMs: 150_000 },
    night: { orders: 3_000, perSecond: 10, times: 12, restMs: 180_000 },
    mustFire: ({ times }) => ({
      ...A_BAD_DAY,
      "connection lost before COMMIT, PostgreSQL": 5,
      "answer to COMMIT lost, PostgreSQL": 5,
      "connection reset, PostgreSQL": times,
      "connection half-open, PostgreSQL": times,
    }),
    async run(site, { orders, perSecond, times }, traffic) {
      let commits = 0;
      site.onCommit = () => {
        commits += 1;
        return commits % 20 === 10 ? "cut" : commits % 20 === 0 ? "lose the answer" : "pass";
      };
      for (let n = 0; n < times; n += 1) {
        await sleep(((orders / perSecond) * 500) / times);
        site.database.cut();
        await sleep(500);
        site.database.weather.halfOpen = true;
        await sleep(2_000);
        site.database.weather.halfOpen = false;
        await sleep(Math.max(0, ((orders / perSecond) * 500) / times - 2_500));
      }
      await traffic;
    },
  },
  {
    name: "database-killed",
    stands: "FT05, FT06",
    is: "PostgreSQL is killed with SIGKILL, a backend or all of it, or stopped for a while, in the moment of a COMMIT",
    workers: 2,
    ownDatabase: "plain",
    short: { orders: 50, perSecond: 6, times: 3, restMs: 150_000 },
    night: { orders: 3_000, perSecond: 10, times: 60, restMs: 180_000 },
    mustFire: ({ times }) => ({
      ...A_BAD_DAY,
      "PostgreSQL killed": times / 4,
      "backend killed": times / 4,
      "PostgreSQL stopped": times / 4,
    }),
    async run(site, { orders, perSecond, times }, traffic) {
      for (let n = 0; n < times; n += 1) {
        await sleep(((orders / perSecond) * 500) / times);
        await new Promise<void>((resolve) => {
          site.onCommit = () => {
            site.onCommit = () => "pass";
            if (n % 3 === 2) void site.pauseDatabase(3_000);
            else site.killDatabase(n % 3 === 0);
            resolve();
            return "pass";
          };
        });
      }
      await traffic;
    },
  },
  {
    name: "disk-full",
    stands: "FT08",
    is: "the disk of PostgreSQL is full, and later has room again",
    workers: 1,
    ownDatabase: "small disk",
    short: { orders: 40, perSecond: 6, times: 1, restMs: 150_000 },
    night: { orders: 1_500, perSecond: 10, times: 10, restMs: 180_000 },
    mustFire: ({ times }) => ({
      ...A_BAD_DAY,
      "disk full": times,
      "turned away while the disk was full": times,
    }),
    async run(site, { orders, perSecond, times }, traffic) {
      for (let n = 0; n < times; n += 1) {
        await sleep(((orders / perSecond) * 300) / times);
        const turnedAway = () =>
          (site.load.answers.get("503") ?? 0) + (site.load.answers.get("no answer") ?? 0);
        const before = turnedAway();
        const free = site.fillDisk();
        for (let waited = 0; waited < 2_000 || (waited < 15_000 && turnedAway() === before); waited += 100)
          await sleep(100);
        free();
        site.fire("turned away while the disk was full", turnedAway() - before);
      }
      await traffic;
    },
  },
  {
    name: "heap",
    stands: "FT18, FT27 to FT30, FT33",
    is: "much waits for systems that are away: one hot key, keys that are refused, timers that fall due together while nobody works, copies, and bodies of 50 MB",
    workers: 1,
    short: { orders: 20_000, perSecond: 0, times: 1, restMs: 150_000 },
    night: { orders: 1_000_000, perSecond: 0, times: 20, restMs: 3_600_000 },
    mustFire: ({ orders, times }) => ({
      "event queued": orders,
      "timer due at once": orders / 10,
      "key refused": 1,
      "connection refused, systems": 1,
      "copy answered with the first receipt": 100,
      "worker killed": 1,
      "50 MB turned away": times,
    }),
    load: async (site, { orders }) => {
      for (const name of AWAY) site.wires.get(name)!.weather.down = true;
      await site.load.heap(orders);
    },
    async run(site, { times }, traffic) {
      // Whoever starts again finds every timer due.
      await sleep(Math.max(0, site.load.moment - 1_000 - Date.now()));
      site.fire("timer due at once", await site.timersDue(site.load.moment));
      site.kill();
      await traffic;
      for (let n = 0; n < times; n += 1) {
        const answer = await site.load.huge(50_000_000);
        if (answer === "413" || answer === "cut off") site.fire("50 MB turned away");
      }
      site.fire("event queued", await site.queued());
      site.wires.get("shop")!.weather.down = false;
      for (let n = 0; n < 600 && (await site.refused()) === 0; n += 1) await sleep(100);
      site.fire("key refused", await site.refused());
    },
  },
];

/** What the heap is owed to. */
const AWAY = ["shop", "board"] as const;
