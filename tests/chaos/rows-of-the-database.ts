/**
 * Rows that break PostgreSQL: its lines, itself, its disk, and its patience.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { aDay, numberOf, type Row, through } from "./row.ts";

export const OF_THE_DATABASE: readonly Row[] = [
  aDay({
    name: "database-line",
    stands: "FT06, FT07",
    is: "connections to PostgreSQL are lost before a COMMIT and after it, reset, and held half-open",
    workers: 2,
    short: { orders: 50, perSecond: 14, times: 1, restMs: 150_000 },
    night: { orders: 3_000, perSecond: 10, times: 12, restMs: 180_000 },
    mustFire: ({ times }) => ({
      "connection lost before COMMIT, PostgreSQL": 5,
      "answer to COMMIT lost, PostgreSQL": 5,
      "connection reset, PostgreSQL": times,
      "connection half-open, PostgreSQL": times,
    }),
    run(site, size, traffic) {
      let commits = 0;
      site.onCommit = () => {
        commits += 1;
        return commits % 20 === 10 ? "cut" : commits % 20 === 0 ? "lose the answer" : "pass";
      };
      return through(size, traffic, async () => {
        site.database.cut();
        await sleep(500);
        site.database.weather.halfOpen = true;
        await sleep(2_000);
        site.database.weather.halfOpen = false;
      });
    },
  }),
  aDay({
    name: "database-killed",
    stands: "FT05, FT06",
    is: "PostgreSQL is killed with SIGKILL, a backend or all of it, or stopped for a while, in the moment of a COMMIT",
    workers: 2,
    ownDatabase: "plain",
    short: { orders: 50, perSecond: 12, times: 3, restMs: 150_000 },
    night: { orders: 3_000, perSecond: 10, times: 60, restMs: 180_000 },
    mustFire: ({ times }) => ({
      "PostgreSQL killed": times / 4,
      "backend killed": times / 4,
      "PostgreSQL stopped": times / 4,
    }),
    run: (site, size, traffic) =>
      through(
        size,
        traffic,
        (n) =>
          new Promise<void>((resolve) => {
            site.onCommit = () => {
              site.onCommit = () => "pass";
              if (n % 3 === 0) void site.pauseDatabase(3_000);
              else site.killDatabase(n % 3 === 1);
              resolve();
              return "pass";
            };
          }),
      ),
  }),
  aDay({
    name: "disk-full",
    stands: "FT08",
    is: "the disk of PostgreSQL is full, and later has room again",
    workers: 1,
    ownDatabase: "small disk",
    short: { orders: 40, perSecond: 12, times: 1, restMs: 150_000 },
    night: { orders: 1_500, perSecond: 10, times: 10, restMs: 180_000 },
    mustFire: ({ times }) => ({
      "disk full": times,
      "turned away while the disk was full": times,
    }),
    run(site, size, traffic) {
      const turnedAway = () =>
        (site.load.answers.get("503") ?? 0) + (site.load.answers.get("no answer") ?? 0);
      return through(size, traffic, async () => {
        const before = turnedAway();
        const free = site.fillDisk();
        for (let waited = 0; waited < 2_000 || (waited < 15_000 && turnedAway() === before); waited += 100)
          await sleep(100);
        free();
        site.fire("turned away while the disk was full", turnedAway() - before);
      });
    },
  }),
  aDay({
    name: "fsync-fails",
    stands: "FT09",
    is: "PostgreSQL cannot flush what it has written: it ends itself, and comes back with what it had promised",
    workers: 2,
    ownDatabase: "plain",
    night: { orders: 1_500, perSecond: 10, times: 10, restMs: 180_000 },
    mustFire: ({ times }) => ({ "fsync failed, PostgreSQL ended itself": times }),
    run: (site, size, traffic) => through(size, traffic, () => site.failFlush()),
  }),
  aDay({
    name: "database-slow",
    stands: "FT10",
    is: "somebody forgets a transaction, which holds the readers of the journal back until they are told whose it is, and somebody locks a table",
    workers: 2,
    ownDatabase: "plain",
    night: { orders: 2_000, perSecond: 10, times: 8, restMs: 180_000 },
    mustFire: ({ times }) => ({
      "transaction forgotten": times,
      "table locked": times,
      "people told whose transaction it is": times,
    }),
    run(site, size, traffic) {
      const told = () =>
        numberOf(site, "select count(*)::int as n from exception where fingerprint like '%FEED_STALLED%'");
      const held = async (fault: string, statement: string, ms: number) => {
        const session = await site.pool.connect();
        await session.query("begin");
        await session.query(statement);
        site.fire(fault);
        await sleep(ms);
        await session.query("commit");
        session.release();
      };
      return through(size, traffic, async () => {
        const before = await told();
        // Readers notice after five seconds; people are to know within ten.
        await held("transaction forgotten", "select pg_current_xact_id()", 10_000);
        site.fire("people told whose transaction it is", (await told()) - before);
        await held("table locked", "lock table crossdock.delivery in access exclusive mode", 3_000);
        await sleep(2_000);
      });
    },
  }),
];
