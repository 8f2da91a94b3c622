/**
 * The same job on graphile-worker: add a job for each order, map, POST, done. 64 jobs at once, defaults otherwise.
 *
 * `node graphile.ts <database> <target> <count>`; prints one line of JSON.
 */
import { Logger, makeWorkerUtils, run } from "graphile-worker";
import pg from "pg";
import { Pool } from "undici";
import { type BenchOrder, HANDED_IN, order, toDocument } from "../order.ts";

const [connectionString = "", target = "", howMany = "0"] = process.argv.slice(2);
const count = Number(howMany);
const line = new Pool(target, { connections: 64 });
const pool = new pg.Pool({ connectionString, max: 20 });
pool.on("error", () => undefined);
pool.on("connect", (client) => void client.on("error", () => undefined));
const utils = await makeWorkerUtils({ pgPool: pool });
await utils.migrate();

let done = 0;
const finished = Promise.withResolvers<void>();
const runner = await run({
  pgPool: pool,
  noHandleSignals: true,
  preset: { worker: { concurrentJobs: 64, logger: new Logger(() => () => undefined) } },
  taskList: {
    deliver: async (payload) => {
      const answer = await line.request({
        method: "POST",
        path: "/orders",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(toDocument(payload as BenchOrder)),
      });
      await answer.body.dump();
      done += 1;
      if (done === count) finished.resolve();
    },
  },
});
const orders = Array.from({ length: count }, (_, n) => order(n));
const began = performance.now();
const cpu = process.cpuUsage();
let next = 0;
await Promise.all(
  Array.from({ length: HANDED_IN }, async () => {
    while (next < count) await utils.addJob("deliver", orders[next++]!);
  }),
);
await finished.promise;
const used = process.cpuUsage(cpu);
const ms = performance.now() - began;
console.log(
  JSON.stringify({
    perSecond: count / (ms / 1_000),
    nodeCpuMsPerThousand: (used.user + used.system) / count,
  }),
);
await runner.stop();
process.exit(0);
