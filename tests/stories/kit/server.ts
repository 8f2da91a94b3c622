/**
 * Crossdock as a process of its own, the one `crossdock start` runs: engine, gateway, console. It can be killed.
 *
 * What must stay true: a process started here is gone when `stop` or `kill` resolves, and ends by itself when the test's
 * process dies, because its standard input ends then.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { WorkerReady } from "../../../src/cli/site/site.ts";
import { workerFlags } from "../../../src/std/node.ts";

const ROOT = join(import.meta.dirname, "../../..");
const WORKER = join(ROOT, "src/cli/site/worker.ts");
export const CONFIGURATION = join(import.meta.dirname, "crossdock.config.ts");
const READY_WITHIN_MS = 60_000;

export interface Server {
  readonly pid: number;
  /** Resolves when it is gone, whoever ended it. */
  readonly gone: Promise<void>;
  readonly gateway: string;
  readonly console: string;
  /** Asks it to stop, as a deployment does, and waits until it is gone. */
  stop(): Promise<void>;
  /** SIGKILL: it gets no moment to tidy up. */
  kill(): Promise<void>;
}

/**
 * Starts one; resolves when its gateway answers. `faces: false` starts a worker without gateway and console.
 */
export async function startServer(
  environment: NodeJS.ProcessEnv,
  log: string,
  { faces = true, configuration = CONFIGURATION } = {},
): Promise<Server> {
  const out = openSync(log, "a");
  const child = spawn(
    process.execPath,
    [...workerFlags, "--conditions=source", WORKER, configuration, ...(faces ? ["--faces"] : [])],
    { cwd: ROOT, env: { ...process.env, ...environment }, stdio: ["pipe", out, out, "ipc"] },
  );
  closeSync(out);
  child.stdin?.on("error", () => {});
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const ready = await readiness(child, gone, log);
  const end = (signal: NodeJS.Signals) => async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await gone;
  };
  return { pid: child.pid ?? -1, gone, ...ready, stop: end("SIGTERM"), kill: end("SIGKILL") };
}

async function readiness(child: ChildProcess, gone: Promise<void>, log: string) {
  let clock: NodeJS.Timeout | undefined;
  const said = await Promise.race([
    new Promise<WorkerReady & { readonly failed?: string }>((resolve) =>
      child.once("message", (message) => resolve(message as WorkerReady)),
    ),
    gone.then(() => "ended" as const),
    new Promise<"late">((resolve) => {
      clock = setTimeout(() => resolve("late"), READY_WITHIN_MS);
    }),
  ]);
  clearTimeout(clock);
  // It says why before it ends; the log has the rest.
  if (typeof said === "object" && said.failed !== undefined) await gone;
  else if (typeof said === "object") return { gateway: said.gateway ?? "", console: said.console ?? "" };
  child.kill("SIGKILL");
  throw new Error(
    `Crossdock ${said === "late" ? "was not ready in time" : "ended at its start"}:\n${tail(log)}`,
  );
}

/** The end of a log, for a failure's message. */
export const tail = (log: string): string => readFileSync(log, "utf8").split("\n").slice(-30).join("\n");
