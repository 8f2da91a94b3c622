/**
 * The same job on pg-boss: send a job for each order, map, POST, complete. 64 at once in batches, defaults otherwise.
 *
 * `node pg-boss.ts <database> <target> <count>`; prints one line of JSON.
 */
import { PgBoss } from "pg-boss";
import { Pool } from "undici";
import { type BenchOrder, order, toDocument } from "../order.ts";

const [connectionString = "", target = "", howMany = "0"] = process.argv.slice(2);
const count = Number(howMany);
const line = new Pool(target, { connections: 64 });
const boss = new PgBoss({ connectionString, max: 20 });
boss.on("error", (error: unknown) => console.error(String(error)));
await boss.start();
await boss.createQueue("deliver");

let done = 0;
const finished = Promise.withResolvers<void>();
const began = performance.now();
const cpu = process.cpuUsage();
await boss.work<BenchOrder>("deliver", { batchSize: 64, pollingIntervalSeconds: 0.5 }, async (jobs) => {
  await Promise.all(
    jobs.map(async ({ data }) => {
      const answer = await line.request({
        method: "POST",
        path: "/orders",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(toDocument(data)),
      });
      await answer.body.dump();
    }),
  );
  done += jobs.length;
  if (done >= count) finished.resolve();
});
let next = 0;
await Promise.all(
  Array.from({ length: 64 }, async () => {
    while (next < count) await boss.send("deliver", order(next++));
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
await boss.stop({ graceful: false });
process.exit(0);
