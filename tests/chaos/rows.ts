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
  /** What has to have fired, or the run has proved nothing. */
  readonly mustFire: readonly string[];
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

/** Bad weather before every system. */
const everySystem = (site: Site, weather: Partial<Weather>): void => {
  for (const { weather: now } of site.wires.values()) Object.assign(now, weather);
};

export const ROWS: readonly Row[] = [
  {
    name: "workers-killed",
    stands: "FT02",
    is: "workers are killed with SIGKILL at any moment, some of them in the moment of a COMMIT",
    workers: 2,
    night: { orders: 4_000, perSecond: 20, times: 200, restMs: 180_000 },
    mustFire: ["worker killed"],
    run: (site, { orders, perSecond, times }, traffic) =>
      until(
        traffic,
        () => (orders / perSecond / times) * 2_000 * site.chance(),
        () => {
          if (site.chance() < 0.5) return void site.kill();
          site.onCommit = () => {
            site.onCommit = () => "pass";
            if (site.kill()) site.fire("worker killed at a COMMIT");
            return "pass";
          };
        },
      ),
  },
  {
    name: "answers-lost",
    stands: "FT03, FT11, FT15",
    is: "of all answers 30 % are lost after the system has acted and some never come, and the network is slow; at night, a worker is stopped for longer than its lease as well",
    workers: 2,
    short: { orders: 40, perSecond: 6, times: 0, restMs: 150_000 },
    night: { orders: 3_000, perSecond: 6, times: 25, restMs: 300_000 },
    mustFire: ["answer lost, systems", "answer swallowed, systems", "piece delayed, systems"],
    async run(site, { orders, perSecond, times }, traffic) {
      everySystem(site, { loseAnswer: 0.3, swallowAnswer: 0.02, delayMs: 5 });
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
    mustFire: [
      "connection lost before COMMIT, PostgreSQL",
      "answer to COMMIT lost, PostgreSQL",
      "connection reset, PostgreSQL",
      "connection half-open, PostgreSQL",
    ],
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
    is: "PostgreSQL is killed with SIGKILL, a backend or all of it, in the moment of a COMMIT",
    workers: 2,
    ownDatabase: "plain",
    short: { orders: 50, perSecond: 6, times: 2, restMs: 150_000 },
    night: { orders: 3_000, perSecond: 10, times: 60, restMs: 180_000 },
    mustFire: ["PostgreSQL killed", "backend killed"],
    async run(site, { orders, perSecond, times }, traffic) {
      for (let n = 0; n < times; n += 1) {
        await sleep(((orders / perSecond) * 500) / times);
        await new Promise<void>((resolve) => {
          site.onCommit = () => {
            site.onCommit = () => "pass";
            site.killDatabase(n % 2 === 0);
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
    mustFire: ["disk full", "turned away while the disk was full"],
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
    is: "much waits for a system that is away: one hot key, keys it refuses, timers that fall due together while nobody works, copies, and bodies of 50 MB",
    workers: 1,
    short: { orders: 20_000, perSecond: 0, times: 1, restMs: 150_000 },
    night: { orders: 1_000_000, perSecond: 0, times: 20, restMs: 3_600_000 },
    mustFire: ["connection refused, systems", "worker killed", "50 MB turned away"],
    load: async (site, { orders }) => {
      for (const name of ["shop", "board"] as const) site.wires.get(name)!.weather.down = true;
      await site.load.heap(orders);
    },
    async run(site, { times }, traffic) {
      await traffic;
      for (let n = 0; n < times; n += 1) {
        const answer = await site.load.huge(50_000_000);
        if (answer === "413" || answer === "cut off") site.fire("50 MB turned away");
      }
      // Whoever starts again finds every timer due.
      site.kill();
      await sleep(2_000);
    },
  },
];
