/**
 * A worker that moves ledger history, in a process of its own so that it can be killed and its memory looked at.
 *
 *     node bench/ledger.ts <database> <folder> [--deliver]
 *
 * Prints one line of JSON a second: its memory at the highest (kB). Without `--deliver` the facts stay in the journal.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { start } from "crossdock/server";
import { batches } from "../solutions/batches/index.ts";

const [database = "", folder = "", deliver] = process.argv.slice(2);
const { flows = [], contracts = [] } = batches({
  folders: {
    items: join(folder, "items"),
    itemsToWarehouse: join(folder, "warehouse"),
    ledger: join(folder, "ledger"),
    financeImport: join(folder, "import"),
  },
  pollMs: 200,
});
const dock = await start({
  database,
  contracts,
  flows: deliver ? flows : flows.filter(({ direction }) => direction === "in"),
});
/** The most memory it ever held; Linux keeps that itself. */
const peakKb = () => {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))?.[1]);
  } catch {
    return process.resourceUsage().maxRSS;
  }
};
const telling = setInterval(() => console.log(JSON.stringify({ peakKb: peakKb() })), 1_000);
console.log(JSON.stringify({ peakKb: peakKb() }));
process.once("SIGTERM", async () => {
  clearInterval(telling);
  await dock.stop();
  process.exit(0);
});
