/**
 * Starts the estate as a process of its own and speaks to its control plane: for tests and for the dev command.
 *
 * What must stay true: the process it started is gone when `stop` resolves, also when this process dies before. It
 * imports nothing of the estate's inside, only its command line and its control plane.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export type SystemName =
  | "acme"
  | "shop"
  | "crm"
  | "erp"
  | "wms"
  | "tms"
  | "pricing"
  | "tax"
  | "payments"
  | "bank"
  | "finance"
  | "mes"
  | "equipment"
  | "qms"
  | "supplier"
  | "mdm"
  | "scheduling"
  | "procurement"
  | "bi"
  | "demand"
  | "replenishment"
  | "consolidation"
  | "dynamics"
  | "fusion"
  | "s4cloud"
  | "portal"
  | "marketplace"
  | "cpq"
  | "fieldsales"
  | "translator"
  | "threepl"
  | "carrier"
  | "fulfilment"
  | "legacyerp"
  | "planning"
  | "billing"
  | "receivables"
  | "ledger"
  | "plm"
  | "workflow"
  | "apigateway"
  | "oldbooks"
  | "broker"
  | "edge";

export type EstateFault =
  | "down"
  | "slow"
  | "refuse"
  | "error"
  | "busy"
  | "lose-answer"
  | "hang"
  | "duplicate-webhooks"
  | "reorder"
  | "hold-webhooks"
  | "lose-webhooks";

export interface EstateSecrets {
  readonly webhooks?: Readonly<Record<string, string>>;
  readonly apiKeys?: Readonly<Record<string, string>>;
  readonly tokens?: Readonly<Record<string, string>>;
}

export interface StartEstate {
  /** Where the books are; kept across starts. */
  readonly data: string;
  /** Default 0: any free ports. */
  readonly portBase?: number;
  readonly pace?: "fast" | "demo";
  /** Where Crossdock's gateway is, e.g. `http://127.0.0.1:7300`. */
  readonly crossdock?: string;
  readonly secrets?: EstateSecrets;
  readonly systems?: readonly SystemName[];
  /** A PostgreSQL database of its own, for the application that is only a database. */
  readonly database?: string;
  /** Where the process writes its errors; default: this process's stderr. */
  readonly stderr?: "inherit" | "ignore";
}

export interface FaultOptions {
  readonly times?: number;
  readonly probability?: number;
  readonly ms?: number;
  readonly on?: "writes" | "reads";
  readonly path?: string;
  readonly status?: number;
  readonly retryAfterSeconds?: number;
  readonly code?: string;
  readonly message?: string;
  readonly when?: "before" | "after";
}

export interface StartedEstate {
  /** Address of the control plane. */
  readonly control: string;
  readonly pid: number;
  /** Base address of each system, also of the file systems' status port. */
  readonly url: Readonly<Record<string, string>>;
  readonly port: Readonly<Record<string, number>>;
  /** The folder of a system: `<data>/<system>`. */
  folder(system: SystemName): string;
  // biome-ignore lint/suspicious/noExplicitAny: the shape of each system's books is in estate/README.md, not in types.
  books(system: SystemName): Promise<any>;
  faults(system: SystemName): Promise<{ active: unknown[]; fired: Partial<Record<EstateFault, number>> }>;
  fault(system: SystemName, fault: EstateFault, options?: FaultOptions): Promise<void>;
  clear(system: SystemName, fault?: EstateFault): Promise<void>;
  // biome-ignore lint/suspicious/noExplicitAny: each act answers its own shape, listed in estate/README.md.
  act(system: SystemName, act: string, body?: unknown): Promise<any>;
  settings(system: SystemName, settings: unknown): Promise<void>;
  describe(): Promise<Record<string, Record<string, unknown>>>;
  /** Ends the process cleanly and waits until it is gone. */
  stop(): Promise<void>;
  /** Kills it with SIGKILL, as a crash would. */
  kill(): Promise<void>;
}

const here = fileURLToPath(import.meta.url);
const READY_MS = 20_000;

/** Starts the estate and resolves when every system answers; rejects with what it said when it does not come up. */
export async function startEstate(options: StartEstate): Promise<StartedEstate> {
  mkdirSync(options.data, { recursive: true });
  const args = [
    "--data",
    options.data,
    "--port-base",
    String(options.portBase ?? 0),
    "--pace",
    options.pace ?? "fast",
  ];
  if (options.crossdock !== undefined) args.push("--crossdock", options.crossdock);
  if (options.systems !== undefined) args.push("--systems", options.systems.join(","));
  if (options.database !== undefined) args.push("--database", options.database);
  if (options.secrets !== undefined) {
    const file = join(options.data, "secrets.json");
    writeFileSync(file, JSON.stringify(options.secrets), { mode: 0o600 });
    args.push("--secrets", file);
  }
  // Compiled, both files are .js side by side; from source both are .ts.
  const main = join(dirname(here), here.endsWith(".ts") ? "main.ts" : "main.js");
  // The IPC channel closes when this process ends in whatever way, and the estate stops with it.
  const child = spawn(process.execPath, [main, ...args], {
    stdio: ["ignore", "pipe", options.stderr ?? "inherit", "ipc"],
  });
  const ready = await readiness(child);
  const control = `http://127.0.0.1:${ready.control}`;
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));

  const call = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${control}${path}`, {
      method,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    });
    const answer = (await response.json()) as { error?: { message: string } };
    if (!response.ok)
      throw new Error(answer.error?.message ?? `${method} ${path} answered ${response.status}.`);
    return answer;
  };
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await gone;
  };
  const each = <Value>(of: (system: { port: number }) => Value) =>
    Object.fromEntries(Object.entries(ready.systems).map(([name, system]) => [name, of(system)]));

  return {
    control,
    pid: child.pid!,
    url: each(({ port }) => `http://127.0.0.1:${port}`),
    port: each(({ port }) => port),
    folder: (system) => join(options.data, system),
    books: (system) => call("GET", `/systems/${system}/books`),
    faults: (system) => call("GET", `/systems/${system}/faults`) as ReturnType<StartedEstate["faults"]>,
    async fault(system, fault, more) {
      await call("POST", `/systems/${system}/faults`, { fault, ...more });
    },
    async clear(system, fault) {
      await call("DELETE", `/systems/${system}/faults${fault === undefined ? "" : `/${fault}`}`);
    },
    act: (system, act, body) => call("POST", `/systems/${system}/acts/${act}`, body ?? {}),
    async settings(system, settings) {
      await call("POST", `/systems/${system}/settings`, settings);
    },
    describe: async () =>
      ((await call("GET", "/systems")) as { systems: Record<string, Record<string, unknown>> }).systems,
    stop: () => end("SIGTERM"),
    kill: () => end("SIGKILL"),
  };
}

interface Ready {
  readonly control: number;
  readonly systems: Readonly<Record<string, { port: number }>>;
}

function readiness(child: ChildProcess): Promise<Ready> {
  return new Promise((resolve, reject) => {
    let said = "";
    const timer = setTimeout(() => {
      child.kill("SIGKILL");
      reject(new Error(`The estate did not come up within ${READY_MS / 1000} s. It said: ${said}`));
    }, READY_MS);
    child.once("error", reject);
    child.once("exit", (code) => {
      clearTimeout(timer);
      reject(new Error(`The estate ended with code ${code} before it was ready. It said: ${said}`));
    });
    child.stdout!.setEncoding("utf8");
    child.stdout!.on("data", (chunk: string) => {
      said += chunk;
      const line = said.split("\n").find((one) => one.startsWith('{"ready":true'));
      if (line === undefined || !said.includes("\n")) return;
      clearTimeout(timer);
      resolve(JSON.parse(line) as Ready);
    });
  });
}
