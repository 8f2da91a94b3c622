/**
 * Starts the simulated estate: `node estate/main.ts --data DIR …`.
 *
 * Prints one line of JSON when every system answers, and stops cleanly on SIGTERM, SIGINT, or when the parent that
 * started it with an IPC channel is gone. Options are in `estate/README.md`.
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { setFlagsFromString } from "node:v8";
import { openEstate, systemNames } from "./estate.ts";
import type { Secrets } from "./kernel/station.ts";

// The estate shares a machine with what it is there to test: a small young generation costs a little CPU and keeps
// 3,000 orders a hundred megabytes smaller.
setFlagsFromString("--semi-space-growth-factor=1");

const usage = `Usage: node estate/main.ts --data DIR [--port-base 7400] [--systems a,b,c|all] [--pace fast|demo]
       [--crossdock http://127.0.0.1:7300] [--secrets FILE] [--database postgresql://…]

Systems: ${systemNames.join(", ")}`;

function failed(message: string): never {
  console.error(`${message}\n\n${usage}`);
  process.exit(2);
}

function secretsIn(file: string | undefined): Secrets {
  const none = { webhooks: {}, apiKeys: {}, tokens: {} };
  if (file === undefined) return none;
  try {
    return { ...none, ...(JSON.parse(readFileSync(file, "utf8")) as Partial<Secrets>) };
  } catch (problem) {
    return failed(`The secrets file ${file} cannot be read: ${(problem as Error).message}`);
  }
}

function options() {
  try {
    return parseArgs({
      options: {
        data: { type: "string" },
        "port-base": { type: "string", default: "7400" },
        systems: { type: "string", default: "all" },
        pace: { type: "string", default: "demo" },
        crossdock: { type: "string", default: "http://127.0.0.1:7300" },
        secrets: { type: "string" },
        database: { type: "string" },
        help: { type: "boolean", default: false },
      },
    }).values;
  } catch (problem) {
    return failed((problem as Error).message);
  }
}

const asked = options();
if (asked.help) {
  console.log(usage);
  process.exit(0);
}
const portBase = Number(asked["port-base"]);
if (asked.data === undefined) failed("Say where the books are kept: --data DIR.");
if (!Number.isInteger(portBase) || portBase < 0 || portBase > 65_000) {
  failed(`--port-base is a port number or 0, found ${asked["port-base"]}.`);
}
if (asked.pace !== "fast" && asked.pace !== "demo") failed(`--pace is fast or demo, found ${asked.pace}.`);
const systems = asked.systems === "all" ? systemNames : asked.systems.split(",");
const stranger = systems.find((name) => !systemNames.includes(name));
if (stranger !== undefined) failed(`There is no system ${stranger}. There are ${systemNames.join(", ")}.`);

const running = await openEstate({
  data: asked.data,
  portBase,
  systems,
  pace: asked.pace,
  crossdock: asked.crossdock.replace(/\/+$/, ""),
  secrets: secretsIn(asked.secrets),
  ...(asked.database === undefined ? {} : { database: asked.database }),
}).catch((problem: NodeJS.ErrnoException) => {
  if (problem.code === "EADDRINUSE") {
    failed(
      `Port ${(problem as { port?: number }).port} is in use: stop what runs there, or choose another --port-base.`,
    );
  }
  throw problem;
});

let stopping = false;
function stop(): void {
  if (stopping) return;
  stopping = true;
  void running.stop().then(() => process.exit(0));
}
process.on("SIGTERM", stop);
process.on("SIGINT", stop);
process.on("disconnect", stop);
// The parent may have gone while we were starting, when nobody listened yet.
if (process.send && !process.connected) stop();

console.log(JSON.stringify({ ready: true, control: running.control, systems: running.systems }));
