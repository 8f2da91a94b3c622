/**
 * Everything one command runs on one machine: PostgreSQL, the simulated estate, the workers with their faces.
 *
 * What must stay true: whatever was started is stopped, in the opposite order, whether the start went through, failed half
 * way or was interrupted; and one data folder is used by one site at a time. A worker that ends by itself is started
 * again, with growing pauses. What is running where is written to `run.json`.
 */
import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import { openSecret } from "../../runtime/secrets.ts";
import { startEmbedded } from "../../std/embedded-postgres.ts";
import { migrate } from "../../std/migrate.ts";
import { workerFlags } from "../../std/node.ts";
import { isSecretReference } from "../../std/secret.ts";
import { openPool, reachable } from "../../std/sql.ts";
import { type Crosswalk, keepCrosswalks } from "../../work/crosswalks.ts";
import { EXIT } from "../exit.ts";
import { leaveFolder, type RunFile, takeFolder, updateRunFile } from "../run-file.ts";
import type { Terminal } from "../terminal.ts";
import { own } from "../version.ts";
import { counted, lasting } from "../words.ts";
import { Child } from "./child.ts";
import { ensureFree, type WantedPort } from "./ports.ts";
import { type SiteSecrets, secretsFile, siteSecrets } from "./secrets.ts";
import { watchOver } from "./watchman.ts";

export interface Plan {
  readonly command: RunFile["command"];
  /** The configuration file the workers load. */
  readonly configuration: string;
  readonly data: string;
  /** Null: embedded PostgreSQL in the data folder. May be a secret reference. */
  readonly databaseUrl: string | null;
  readonly workers: number;
  /** Code lists to have in the database before the first worker looks something up. */
  readonly crosswalks: readonly Crosswalk[];
  readonly gateway: { readonly host: string; readonly port: number };
  readonly console: { readonly host: string; readonly port: number };
  readonly estate: { readonly portBase: number; readonly pace: "fast" | "demo" } | null;
  /** Where the command runs; children run there too. */
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Completes "port 7300 is in use". */
  readonly portRemedy: string;
}

/** The environment variable by which a worker learns what the command line of this machine proves itself with. */
export const LOCAL_KEY = "CROSSDOCK_LOCAL_KEY";

/** What a worker says when it is up; only the one with the faces has addresses. */
export interface WorkerReady {
  readonly gateway?: string;
  readonly console?: string;
}

/** Told while it starts: what is ready, where, and how long it took. */
export type Progress = (what: string, where: string, took: string) => void;

/** Ports of the estate, counted from its base; the names are those of its systems. */
const ESTATE_PORTS = [
  "control",
  "acme",
  "shop",
  "crm",
  "erp",
  "wms",
  "tms",
  "pricing",
  "tax",
  "payments",
  "bank",
  "finance",
  "mes",
  "equipment",
  "qms",
  "supplier",
  "mdm",
  "scheduling",
  "procurement",
  "bi",
  "demand",
  "replenishment",
  "consolidation",
  "dynamics",
  "fusion",
  "s4cloud",
  "portal",
  "marketplace",
  "cpq",
  "fieldsales",
  "translator",
  "threepl",
  "carrier",
  "fulfilment",
  "legacyerp",
  "planning",
  "billing",
  "receivables",
  "ledger",
  "plm",
  "workflow",
  "apigateway",
  "oldbooks",
  "broker",
  "edge",
];
/** Where the simulated broker speaks MQTT, counted from the same base. */
const ESTATE_MQTT = 63;

/** Named when the estate is up; the others are found with `crossdock estate`. */
const SYSTEMS_SHOWN = 9;
const RESTART_FIRST_MS = 500;
const RESTART_MOST_MS = 15_000;

export class Site {
  readonly plan: Plan;
  readonly #progress: Progress;
  readonly #remark: (sentence: string) => void;
  readonly #stops: (() => unknown)[] = [];
  readonly #leaving = new AbortController();
  #run: RunFile;
  #pool: pg.Pool | undefined;
  #stopped: Promise<void> | undefined;

  /** Takes the data folder; nothing is started yet. Ends the command when somebody else has it. */
  constructor(plan: Plan, progress: Progress, remark: (sentence: string) => void) {
    this.plan = plan;
    this.#progress = progress;
    this.#remark = remark;
    this.#run = takeFolder(plan.data, plan.command, plan.configuration);
    this.#know({ localKey: randomBytes(32).toString("base64url") });
    this.#stops.push(() => leaveFolder(plan.data));
  }

  get run(): RunFile {
    return this.#run;
  }

  /** The parent's own, small pool: for following along. */
  get pool(): pg.Pool {
    return this.#pool!;
  }

  /** Fires when the site is asked to stop. */
  get leaving(): AbortSignal {
    return this.#leaving.signal;
  }

  get isLeaving(): boolean {
    return this.#leaving.signal.aborted;
  }

  /** Starts everything. Rejects with `Interrupted` when `stop` was called meanwhile. */
  async start(prepare: (pool: pg.Pool, secrets: SiteSecrets) => Promise<void>): Promise<void> {
    const { plan } = this;
    await ensureFree(this.#ports(), plan.portRemedy);
    mkdirSync(join(plan.data, "logs"), { recursive: true });
    const secrets = siteSecrets(plan.data);
    const database = await this.#startDatabase();
    await keepCrosswalks(this.pool, plan.crosswalks);
    await prepare(this.pool, secrets);
    if (plan.estate) await this.#startEstate(plan.estate);
    await this.#startWorkers(database);
    this.#know({ state: "ready" });
  }

  /** Stops everything that was started, last first. May be called at any time, and twice. */
  stop(): Promise<void> {
    this.#leaving.abort();
    this.#stopped ??= (async () => {
      // A step of the start that is still under way adds its own stop before it notices that we are leaving.
      await this.#underWay.catch(() => {});
      for (const stop of this.#stops.reverse()) {
        try {
          await stop();
        } catch (error) {
          this.#remark((error as Error).message);
        }
      }
    })();
    return this.#stopped;
  }

  #underWay: Promise<unknown> = Promise.resolve();

  /** Runs one step of the start, timed; throws when we are leaving. */
  async #step<Result>(work: () => Promise<Result>): Promise<{ result: Result; took: string }> {
    if (this.isLeaving) throw new Interrupted();
    const began = performance.now();
    const doing = work();
    this.#underWay = doing;
    const result = await doing;
    if (this.isLeaving) throw new Interrupted();
    return { result, took: lasting(performance.now() - began) };
  }

  /** A child that is starting need not become ready first when we are asked to leave: it was started last, so it is stopped first. */
  #notWaitingFor(stop: () => Promise<unknown>): void {
    this.#leaving.signal.addEventListener("abort", () => void stop(), { once: true });
  }

  async #startDatabase(): Promise<string> {
    const { databaseUrl, data } = this.plan;
    let url: string;
    if (databaseUrl === null) {
      const { result: server, took } = await this.#step(async () => {
        const embedded = await startEmbedded({ dataDir: join(data, "postgres") });
        this.#stops.push(() => embedded.stop());
        this.#stops.push(watchOver(embedded.home));
        return embedded;
      });
      url = server.connectionString;
      this.#progress(`PostgreSQL ${server.version}`, server.home, server.adopted ? "found running" : took);
    } else {
      url = isSecretReference(databaseUrl) ? openSecret(databaseUrl, this.plan.environment) : databaseUrl;
    }
    this.#pool = openPool(url, { max: 4, name: "crossdock command" });
    this.#stops.push(() => this.#pool?.end());
    if (databaseUrl !== null) {
      const { result, took } = await this.#step(() => reachable(this.pool));
      this.#progress(`PostgreSQL ${result.version}`, "by its address", took);
    }
    const { result: landed, took } = await this.#step(() => migrate(this.pool));
    if (landed.length > 0) this.#progress("Tables", `${counted(landed.length, "migration")} landed`, took);
    this.#know({ database: url });
    return url;
  }

  async #startEstate({ portBase, pace }: NonNullable<Plan["estate"]>): Promise<void> {
    const { data, folder, environment, gateway } = this.plan;
    const home = join(data, "estate");
    const { result: systems, took } = await this.#step(async () => {
      const child = new Child({
        name: "estate",
        program: own("estate/main"),
        arguments: [
          ...["--data", home, "--port-base", String(portBase), "--systems", "all", "--pace", pace],
          ...["--crossdock", `http://127.0.0.1:${gateway.port}`, "--secrets", secretsFile(data)],
        ],
        environment,
        logs: join(data, "logs"),
        folder,
        readyBy: "line",
      });
      this.#stops.push(() => child.stop());
      this.#notWaitingFor(() => child.stop());
      const said = await child.ready<{ systems: Record<string, unknown> }>();
      this.#know({ processes: { ...this.#run.processes, estate: child.pid } });
      void child.ended.then((how) => {
        if (!this.isLeaving) this.#remark(`The simulated estate ${how}. Its log: ${child.log}`);
      });
      return Object.keys(said.systems);
    });
    this.#know({ estate: `http://127.0.0.1:${portBase}`, mailbox: join(home, "acme", "to-crossdock") });
    const [shown, more] = [systems.slice(0, SYSTEMS_SHOWN), systems.length - SYSTEMS_SHOWN];
    this.#progress(
      `${systems.length} simulated systems`,
      `${shown.join(" ")}${more > 0 ? ` and ${more} more` : ""}`,
      took,
    );
  }

  async #startWorkers(database: string): Promise<void> {
    const { workers } = this.plan;
    const { result: ready, took } = await this.#step(async () => {
      const all = Array.from({ length: workers }, (_, index) => this.#worker(index + 1, database));
      const stopAll = () => Promise.all(all.map(({ stop }) => stop()));
      this.#stops.push(stopAll);
      this.#notWaitingFor(stopAll);
      return (await Promise.all(all.map(({ ready: up }) => up)))[0];
    });
    this.#know({ gateway: ready?.gateway ?? "", console: ready?.console ?? "" });
    this.#progress(
      workers === 1 ? "Crossdock" : `Crossdock, ${workers} workers`,
      "gateway and console are up",
      took,
    );
  }

  /** One worker, started again whenever it ends by itself. The first one serves the gateway and the console. */
  #worker(number: number, database: string): { ready: Promise<WorkerReady>; stop: () => Promise<void> } {
    const { plan } = this;
    const begin = () => {
      const child = new Child({
        name: `worker-${number}`,
        program: own("src/cli/site/worker"),
        flags: workerFlags,
        arguments: [
          plan.configuration,
          ...(number === 1 ? ["--faces"] : []),
          ...(mayMoveTime(plan) ? ["--demonstration-clock"] : []),
        ],
        environment: {
          ...plan.environment,
          DATABASE_URL: database,
          CROSSDOCK_DATA: plan.data,
          CROSSDOCK_GATEWAY_HOST: plan.gateway.host,
          CROSSDOCK_GATEWAY_PORT: String(plan.gateway.port),
          CROSSDOCK_CONSOLE_HOST: plan.console.host,
          CROSSDOCK_CONSOLE_PORT: String(plan.console.port),
          [LOCAL_KEY]: this.#run.localKey,
          ...(plan.estate ? { CROSSDOCK_ESTATE_PORT: String(plan.estate.portBase) } : {}),
        },
        logs: join(plan.data, "logs"),
        folder: plan.folder,
        readyBy: "message",
      });
      this.#know({ processes: { ...this.#run.processes, [child.name]: child.pid } });
      return child;
    };
    let child = begin();
    const ready = child.ready<WorkerReady>();
    const keepAlive = async () => {
      for (let pause = RESTART_FIRST_MS; ; pause = Math.min(pause * 2, RESTART_MOST_MS)) {
        const how = await child.ended;
        if (this.isLeaving) return;
        this.#remark(`Worker ${number} ${how}; it is started again. Its log: ${child.log}`);
        await sleep(pause, undefined, { signal: this.#leaving.signal }).catch(() => {});
        if (this.isLeaving) return;
        child = begin();
        const up = await child.ready().then(
          () => true,
          () => false,
        );
        if (up) pause = RESTART_FIRST_MS / 2;
      }
    };
    // A first start that fails is told by `ready`, to whoever waits for it.
    ready
      .then(keepAlive, () => undefined)
      .catch((error: unknown) =>
        this.#remark(
          `Worker ${number} could not be started again, and is missing until crossdock is: ${error}`,
        ),
      );
    return { ready, stop: () => child.stop() };
  }

  #know(more: Partial<RunFile>): void {
    this.#run = { ...this.#run, ...more };
    if (!this.isLeaving) updateRunFile(this.#run);
  }

  #ports(): WantedPort[] {
    const { gateway, console, estate } = this.plan;
    return [
      { ...gateway, what: "the gateway" },
      { ...console, what: "the console" },
      ...(estate
        ? ESTATE_PORTS.map((name, index) => ({
            host: "127.0.0.1",
            port: estate.portBase + index,
            what: name === "control" ? "the estate's control plane" : `the simulated ${name}`,
          })).concat({
            host: "127.0.0.1",
            port: estate.portBase + ESTATE_MQTT,
            what: "the simulated broker's MQTT",
          })
        : []),
    ].filter(({ port }) => port !== 0);
  }
}

/** Times may be moved in a demonstration: with simulated systems, or with a database that is ours alone. */
const mayMoveTime = ({ command, estate, databaseUrl }: Plan): boolean =>
  command === "dev" && (estate !== null || databaseUrl === null);

/** The start was interrupted, by Ctrl-C most of the time. Nothing is wrong. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}

/**
 * Runs `during`, then waits for a signal that asks to stop, and stops the site. `during` is given a signal that fires when
 * it should come to an end early.
 */
export async function runUntilSignal(
  site: Site,
  terminal: Pick<Terminal, "note" | "paint">,
  during: (leaving: AbortSignal) => Promise<void>,
): Promise<void> {
  let asked = 0;
  let leave = () => {};
  const asksToLeave = new Promise<void>((resolve) => {
    leave = resolve;
  });
  const onSignal = (signal: NodeJS.Signals) => {
    asked++;
    // A second Ctrl-C means it: children notice the end of their parent by themselves.
    if (asked > 1) process.exit(signal === "SIGINT" ? EXIT.interrupted : 143);
    terminal.note(terminal.paint.dim("\nStopping …"));
    void site.stop();
    leave();
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, onSignal);
  try {
    await during(site.leaving);
    await asksToLeave;
  } catch (error) {
    if (!site.isLeaving) throw error;
  } finally {
    await site.stop();
    for (const signal of signals) process.off(signal, onSignal);
  }
}
