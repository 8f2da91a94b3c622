/**
 * Rows that break workers: they are killed, stopped, ended by what they have in their hands, replaced, and given wrong clocks.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { aDay, everySystem, type Row, through, until } from "./row.ts";

/** Orders that end whoever touches them: where, and by what. */
const DEADLY = {
  "SO-3": { at: "step", by: "error" },
  "SO-4": { at: "reading", by: "signal" },
  "SO-6": { at: "timer", by: "heap" },
  "SO-8": { at: "carrying", by: "signal" },
} as const;
type Deadly = keyof typeof DEADLY;
const deadly = (times: number): Deadly[] => (Object.keys(DEADLY) as Deadly[]).slice(0, times);

/** How often something was written into a file of the run. */
const counted = (folder: string, file: string): number => {
  try {
    return readFileSync(join(folder, file), "utf8").length;
  } catch {
    return 0;
  }
};

export const OF_WORKERS: readonly Row[] = [
  aDay({
    name: "workers-killed",
    stands: "FT02",
    is: "workers are killed with SIGKILL, or stopped for longer than their lease, at any moment and in the moment of a COMMIT",
    workers: 2,
    night: { orders: 4_000, perSecond: 10, times: 100, restMs: 180_000 },
    mustFire: ({ times }) => ({
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
  }),
  aDay({
    name: "poison",
    stands: "FT04, FT33",
    is: "orders end whoever touches them, by a signal, an error nobody catches or a full heap, and the others end while they stand still",
    workers: 2,
    short: { orders: 12, perSecond: 12, times: 1, restMs: 150_000 },
    night: { orders: 600, perSecond: 10, times: 4, restMs: 180_000 },
    judges: ["I9"],
    mustFire: ({ times }) => ({
      "worker ended by what it had in its hands": 3 * times,
      "order left alone until the others had ended": times,
    }),
    environment: ({ times }) => ({
      CHAOS_DEADLY: JSON.stringify(Object.fromEntries(deadly(times).map((order) => [order, DEADLY[order]]))),
      // So that a full heap is soon full.
      NODE_OPTIONS: "--max-old-space-size=320",
    }),
    load: async (site, { orders, perSecond, times }) => {
      for (const order of deadly(times)) site.load.steady.add(order);
      site.leave(...deadly(times).map((order) => `order/${order}`));
      await site.load.day(orders, perSecond);
    },
    async run(site, { restMs, times }, traffic) {
      await traffic;
      await site.othersRest(restMs);
      if (site.trouble?.othersEnded) site.fire("order left alone until the others had ended", times);
      site.fire("worker ended by what it had in its hands", site.ended().length);
    },
  }),
  aDay({
    name: "clocks",
    stands: "FT21",
    is: "the clocks of the workers are an hour wrong, a leap day or a new year away, and jump by ten minutes every few seconds",
    workers: 2,
    night: { orders: 1_200, perSecond: 10, times: 20, restMs: 150_000 },
    mustFire: ({ times }) => ({ "clock jumped": times }),
    environment: () => ({
      NODE_OPTIONS: `--import ${new URL("./skewed-clock.ts", import.meta.url).href}`,
    }),
    async run(site, _, traffic) {
      await traffic;
      site.fire("clock jumped", counted(site.folder, "jumps"));
    },
  }),
  aDay({
    name: "deploys",
    stands: "FT32, FT37",
    is: "workers are replaced one after the other by a build with another version of the process, some of which is taken back again, and a system changes its token",
    workers: 2,
    night: { orders: 2_000, perSecond: 10, times: 12, restMs: 180_000 },
    mustFire: ({ times }) => ({
      "worker replaced": 2 * times,
      ...(times >= 4 && { "build taken back": Math.floor(times / 4) }),
      ...(times >= 3 && { "token refused": times / 3 }),
    }),
    async run(site, size, traffic) {
      const { times } = size;
      const waited: number[] = [];
      const deploy = async (build: number) => {
        site.load.longestMs = 0;
        await site.deploy({ CHAOS_BUILD: String(build) });
        waited.push(site.load.longestMs);
      };
      await through(size, traffic, async (n) => {
        if (n % 3 === 0) {
          site.changeToken(`token-${n}`);
          await sleep(1_500);
          site.giveToken(`token-${n}`);
        }
        await deploy(n);
        if (n % 4 !== 0) return;
        // Something was wrong with it: what it began waits until it is there again.
        await deploy(n - 1);
        site.fire("build taken back");
        await deploy(n);
      });
      const denied = counted(site.folder, "denied");
      site.fire("token refused", denied);
      site.bounds.push(
        { what: "calls with a token that was changed", found: denied, most: 200 * times },
        {
          what: "ms without a receipt while workers are replaced",
          found: Math.ceil(Math.max(...waited)),
          most: 2_000,
        },
      );
    },
  }),
  aDay({
    name: "soak",
    stands: "FT39",
    is: "a day of a bit of everything goes on and on, and the worker nobody kills takes no more memory at its end",
    workers: 2,
    // Half an hour; --scale 16 is eight.
    night: { orders: 36_000, perSecond: 20, times: 60, restMs: 20 * 60_000 },
    mustFire: ({ times }) => ({
      "worker killed": Math.floor(times / 4),
      "answer lost, systems": times,
      "connection reset, PostgreSQL": 1,
      "connection half-open, systems": 1,
    }),
    async run(site, size, traffic) {
      everySystem(site, { loseAnswer: 0.01, fail: 0.005, delayMs: 2 });
      await through(size, traffic, async (n) => {
        if (n % 4 === 0) site.kill(1);
        else if (n % 4 === 1) site.database.cut();
        else if (n % 4 === 2) site.wires.get("erp")!.weather.halfOpen = true;
        else site.wires.get("wms")!.weather.down = true;
        await sleep(3_000);
        site.wires.get("erp")!.weather.halfOpen = false;
        site.wires.get("wms")!.weather.down = false;
      });
      const { bytesPerHour, hours } = site.watch.growth();
      // A collection more or less is some megabytes whenever one looks; over hours it is nothing.
      site.bounds.push({
        what: "MB an hour by which a worker grew",
        found: Math.ceil(bytesPerHour / 1_048_576),
        most: 1 + Math.ceil(16 / hours),
      });
    },
  }),
];
