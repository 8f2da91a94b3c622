/**
 * The same job on pg-boss: send a job for each order, map, POST, complete. 64 at once in batches, defaults otherwise.
 *
 * `node pg-boss.ts <database> <target> <count>`; prints one line of JSON.
 */
import { PgBoss } from "pg-boss";
import { Pool } from "undici";
import { type BenchOrder, HANDED_IN, order, toDocument } from "../order.ts";

const [connectionString = "", target = "", howMany = "0"] = process.argv.slice(2);
const count = Number(howMany);
const line = new Pool(target, { connections: 64 });
const boss = new PgBoss({ connectionString, max: 20 });
boss.on("error", (error: unknown) => console.error(String(error)));
await boss.start();
await boss.createQueue("deliver");

const orders = Array.from({ length: count }, (_, n) => order(n));
let done = 0;
const began = performance.now();
const cpu = process.cpuUsage();
// Fetching at once again after each batch: the `work` loop would wait for its polling interval between batches.
const working = (async () => {
  while (done < count) {
    const jobs = await boss.fetch<BenchOrder>("deliver", { batchSize: 64 });
    if (jobs.length === 0) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      continue;
    }
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
    await boss.complete(
      "deliver",
      jobs.map(({ id }) => id),
    );
    done += jobs.length;
  }
})();
let next = 0;
await Promise.all(
  Array.from({ length: HANDED_IN }, async () => {
    while (next < count) await boss.send("deliver", orders[next++]!);
  }),
);
await working;
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
