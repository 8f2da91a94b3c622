/**
 * A worker that reads large files, in a process of its own so that it can be killed: ledger history as CSV, and reports of a plant as
 * B2MML.
 *
 *     node tests/stories/kit/batch-worker.ts <database> <folder>
 *
 * Prints one line of JSON a second: its memory at the highest (kB). What it reads stays in the journal.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { connection, flow } from "crossdock";
import { production } from "crossdock/canon";
import { b2mmlRecords } from "crossdock/codecs/b2mml";
import { file } from "crossdock/connectors/file";
import { b2mml } from "crossdock/mappings/b2mml";
import { start } from "crossdock/server";
import { batches } from "../../../solutions/batches/index.ts";

const [database = "", folder = ""] = process.argv.slice(2);
const { flows = [], contracts = [] } = batches({
  folders: {
    items: join(folder, "items"),
    itemsToWarehouse: join(folder, "warehouse"),
    ledger: join(folder, "ledger"),
    financeImport: join(folder, "import"),
  },
  pollMs: 200,
});
const reports = connection("plant-history", file, {
  title: "History of a plant",
  owner: "production",
  config: { inbox: join(folder, "plant"), pollMs: 200 },
});
const dock = await start({
  database,
  contracts: [...contracts, production.OutputCompleted],
  flows: [
    ...flows.filter(({ direction }) => direction === "in"),
    flow("plant-reports")
      .from(reports)
      .records(b2mmlRecords())
      .publishAs([production.OutputCompleted], (document) =>
        b2mml.OperationsPerformance.read(document, { partner: "MES", plant: "LYO" }).messages.map(
          (message) => {
            if (message instanceof Error) throw message;
            return message;
          },
        ),
      ),
  ],
});
const peakKb = () => Number(/VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))?.[1]);
const telling = setInterval(() => console.log(JSON.stringify({ peakKb: peakKb() })), 1_000);
console.log(JSON.stringify({ peakKb: peakKb() }));
process.once("SIGTERM", async () => {
  clearInterval(telling);
  await dock.stop();
  process.exit(0);
});
