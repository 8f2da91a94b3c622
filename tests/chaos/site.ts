/**
 * A place to break: PostgreSQL, worker processes, systems, and a proxy before everything that is reached by network.
 *
 * What must stay true: it leaves nothing behind. What goes on in it is looked at in `watch.ts`, its people are in `people.ts`,
 * and what is to be said about it all is said in `verdict.ts`; here it looks into the database only to see whether all is at rest.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import { siteSecrets } from "../../src/cli/site/secrets.ts";
import { createClient } from "../../src/gateway/keys.ts";
import { openPostgresStore } from "../../src/runtime/postgres-store.ts";
import type { Store } from "../../src/runtime/store.ts";
import { freshDatabase } from "../../src/testing/database.ts";
import { restless } from "../oracle/processes.ts";
import type { Run, Trouble } from "../oracle/run.ts";
import { type Server, startServer, tail } from "../stories/kit/server.ts";
import { Books } from "./books.ts";
import { Load } from "./load.ts";
import type { OwnDatabase } from "./own-database.ts";
import { People } from "./people.ts";
import { commitsIn } from "./postgres-wire.ts";
import { Watch } from "./watch.ts";
import { type Fate, fair, Wire } from "./wire.ts";

const SYSTEMS = ["credit", "erp", "wms", "crm", "shop", "ledger", "board"] as const;
export type SystemName = (typeof SYSTEMS)[number];

const CONFIGURATION = join(import.meta.dirname, "crossdock.config.ts");
const PEPPER = "a pepper for one run of chaos and no other";
/** Longer than any database is away here. */
const START_WITHIN_MS = 90_000;

export interface SiteOptions {
  readonly workers: number;
  readonly seed: number;
  /** A PostgreSQL that may be broken, instead of a database on the run's own. */
  readonly database?: OwnDatabase;
  /** What else its workers are told. */
  readonly environment?: NodeJS.ProcessEnv;
}

export class Site {
  readonly folder = mkdtempSync(join(tmpdir(), "crossdock-chaos-"));
  readonly books = new Books(join(this.folder, "books.ndjson"));
  readonly chance: () => number;
  readonly wires = new Map<SystemName, Wire>();
  readonly fired = new Map<string, number>();
  /** What had a bound of the row's own, with the most that was seen of it. */
  readonly bounds: NonNullable<Run["bounds"]>[number][] = [];
  /** When nothing was open any more. */
  restedAt = 0;
  /** Since when what waited may go, and how much had been done by then. */
  wentOn: { readonly effects: number; readonly at: number } | undefined;
  /** What is wrong with some, and what it costs the others. */
  trouble: Trouble | undefined;
  /** What is to become of the next COMMITs. */
  onCommit: () => Fate = () => "pass";
  load!: Load;
  people!: People;
  watch!: Watch;
  database!: Wire;
  pool!: pg.Pool;
  readonly #options: SiteOptions;
  readonly #workers: (Server | undefined)[] = [];
  readonly #starting = new Set<Promise<void>>();
  #restless: readonly string[] = [];
  #drop: () => Promise<void> = async () => {};
  #systems: ChildProcess | undefined;
  #desk: Store | undefined;
  #environment: NodeJS.ProcessEnv = {};
  #closing = false;

  static async open(options: SiteOptions): Promise<Site> {
    const site = new Site(options);
    try {
      await site.#open();
      return site;
    } catch (error) {
      await site.close();
      throw error;
    }
  }

  private constructor(options: SiteOptions) {
    this.#options = options;
    let state = options.seed >>> 0;
    // mulberry32, by Tommy Ettinger, public domain.
    this.chance = () => {
      state = (state + 0x6d2b79f5) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    };
  }

  get log(): string {
    return join(this.folder, "crossdock.log");
  }

  async #open(): Promise<void> {
    const own = this.#options.database ?? (await freshDatabase());
    this.#drop = () => own.drop();
    this.pool = own.pool;
    const { chance } = this;
    const to = placeOf(own.url);
    this.database = await Wire.open({
      name: "postgresql",
      to: to.place,
      chance,
      watch: () => {
        const commits = commitsIn();
        return (piece) => (commits(piece) ? this.onCommit() : "pass");
      },
    });
    const port = await this.#startSystems();
    for (const name of SYSTEMS) this.wires.set(name, await Wire.open({ name, to: { port }, chance }));
    const { key } = await createClient(own.pool, PEPPER, {
      name: "load",
      scopes: ["events:write"],
      perMinute: 100_000_000,
    });
    this.load = new Load({
      gateways: () => this.gateways,
      key,
      file: join(this.folder, "receipts.ndjson"),
      chance,
      booked: (order) => this.books.done("erp.post-order", order),
    });
    siteSecrets(this.folder);
    this.giveToken("first");
    this.changeToken("first");
    this.#environment = {
      DATABASE_URL: `postgresql://${to.user}@127.0.0.1:${this.database.port}/${to.database}`,
      CROSSDOCK_DATA: this.folder,
      CROSSDOCK_PEPPER: PEPPER,
      CROSSDOCK_GATEWAY_PORT: "0",
      CROSSDOCK_CONSOLE_PORT: "0",
      CHAOS_PORTS: JSON.stringify(
        Object.fromEntries([...this.wires].map(([name, wire]) => [name, wire.port])),
      ),
      ...this.#options.environment,
    };
    this.#desk = await openPostgresStore(own.url);
    const fire = (what: string) => this.fire(what);
    this.people = new People({ pool: this.pool, desk: this.#desk, books: this.books, chance, fire });
    this.watch = new Watch({ pool: this.pool, people: this.people, alive: () => this.alive, fire });
    await Promise.all(Array.from({ length: this.#options.workers }, (_, slot) => this.#start(slot)));
    this.watch.start();
  }

  async #startSystems(): Promise<number> {
    const child = spawn(process.execPath, [join(import.meta.dirname, "systems.ts"), this.folder], {
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    this.#systems = child;
    const said = await new Promise<{ port: number }>((resolve, reject) => {
      child.once("message", (message) => resolve(message as { port: number }));
      child.once("exit", () => reject(new Error("The systems ended at their start.")));
    });
    return said.port;
  }

  // Workers ----------------------------------------------------------------------------------------------------------

  get workers(): number {
    return this.#options.workers;
  }

  /** What was wrong while it was going on. */
  get complaints(): readonly string[] {
    return [...this.watch.complaints, ...this.#restless];
  }

  get gateways(): string[] {
    return this.#workers.flatMap((worker) => (worker ? [worker.gateway] : []));
  }

  /** Process ids of the workers that are up. */
  get alive(): { slot: number; pid: number }[] {
    return this.#workers.flatMap((worker, slot) => (worker ? [{ slot, pid: worker.pid }] : []));
  }

  /** Waits until every worker is up, for at most so long. */
  async allUp(withinMs: number): Promise<void> {
    for (const until = performance.now() + withinMs; performance.now() < until; await sleep(50))
      if (this.alive.length === this.#options.workers) return;
  }

  fire(fault: string, times = 1): void {
    this.fired.set(fault, (this.fired.get(fault) ?? 0) + times);
  }

  /** A worker in this place, from when it answers on; whoever had it is left as they are. */
  async #start(slot: number): Promise<void> {
    for (const until = performance.now() + START_WITHIN_MS; ; ) {
      if (this.#closing) return;
      appendFileSync(this.log, "");
      const server = await startServer(this.#environment, this.log, { configuration: CONFIGURATION }).catch(
        (error: Error) => error,
      );
      if (server instanceof Error) {
        // Its database may be away: whoever runs workers starts them again.
        this.fire("worker could not start");
        if (performance.now() > until || /XD_UNUSABLE/.test(server.message)) throw server;
        await sleep(300);
        continue;
      }
      this.#workers[slot] = server;
      void server.gone.then(() => {
        // Somebody else has its place, or will have it at once.
        if (this.#workers[slot] !== server) return;
        this.#workers[slot] = undefined;
        const starting = this.#start(slot).finally(() => this.#starting.delete(starting));
        this.#starting.add(starting);
      });
      if (this.#closing) await server.kill();
      return;
    }
  }

  /** SIGKILL for one worker, if there is one; it is started again at once. */
  kill(slot?: number): boolean {
    const victim = slot === undefined ? this.#any() : this.alive.find((one) => one.slot === slot);
    if (!victim) return false;
    signal(victim.pid, "SIGKILL");
    this.fire("worker killed");
    return true;
  }

  /** Stops one worker for a while, as a long pause of its machine would. */
  async pause(ms: number): Promise<void> {
    const victim = this.#any();
    if (!victim) return;
    signal(victim.pid, "SIGSTOP");
    this.fire("worker stopped");
    await sleep(ms);
    signal(victim.pid, "SIGCONT");
  }

  /**
   * Replaces the workers one after the other, as a deployment does: another one starts with these settings, callers go to it when it
   * answers, and only then the one before is asked to stop.
   */
  async deploy(settings: NodeJS.ProcessEnv): Promise<void> {
    Object.assign(this.#environment, settings);
    for (const slot of this.#workers.keys()) {
      await this.allUp(30_000);
      const before = this.#workers[slot];
      await this.#start(slot);
      await before?.stop();
      this.fire("worker replaced");
    }
  }

  /** The token the CRM wants from now on. */
  changeToken(token: string): void {
    writeFileSync(join(this.folder, "token-crm"), token);
  }

  /** The token with which workers that start from now on come to the CRM. */
  giveToken(token: string): void {
    writeFileSync(join(this.folder, "token-of-crm"), token, { mode: 0o600 });
  }

  #any(): { slot: number; pid: number } | undefined {
    const { alive } = this;
    return alive[Math.floor(this.chance() * alive.length)];
  }

  /** SIGKILL for PostgreSQL: for all of it, or for one backend, after which it ends all the others by itself. */
  killDatabase(whole: boolean): void {
    if (!this.#options.database) return;
    if (this.#options.database.kill(whole)) this.fire(whole ? "PostgreSQL killed" : "backend killed");
  }

  /** All of PostgreSQL stands still for a while, as its machine would. */
  async pauseDatabase(ms: number): Promise<void> {
    const goOn = this.#options.database?.pause();
    if (!goOn) return;
    this.fire("PostgreSQL stopped");
    await sleep(ms);
    goOn();
  }

  /** What PostgreSQL wants to flush next cannot be flushed. */
  async failFlush(): Promise<void> {
    if (await this.#options.database?.failFlush()) this.fire("fsync failed, PostgreSQL ended itself");
  }

  /** Leaves no byte free where PostgreSQL writes; what is returned gives the room back. */
  fillDisk(): () => void {
    const free = this.#options.database?.fill?.();
    if (!free) throw new Error("This row needs a small disk.");
    this.fire("disk full");
    return free;
  }

  // Rest -------------------------------------------------------------------------------------------------------------

  /** Good weather everywhere from now on, what was refused is taken, and whoever was left alone is looked after. */
  heal(): void {
    writeFileSync(join(this.folder, "cured"), "");
    this.onCommit = () => "pass";
    for (const wire of [this.database, ...this.wires.values()]) Object.assign(wire.weather, fair());
    this.back();
    this.people.left.clear();
    this.load.again();
  }

  /** What waits may go from now on: how many effects there were, and when, in milliseconds of the run's own clock. */
  back(): void {
    this.wentOn ??= { effects: this.books.read().length, at: performance.now() };
  }

  /** What ended workers while they had it in their hands, a line each time. */
  ended(): { order: string; at: string }[] {
    const file = join(this.folder, "ended.ndjson");
    const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n") : [];
    return lines.filter((line) => line !== "").map((line) => JSON.parse(line));
  }

  /** Leaves these subjects alone until everything is healed: nobody looks after them, and they are to be nobody else's affair. */
  leave(...subjects: readonly string[]): void {
    for (const subject of subjects) this.people.left.add(subject);
    this.trouble = { ...this.trouble, of: [...this.people.left], othersEnded: false };
  }

  /** Waits until everything has ended but what is left alone. */
  async othersRest(withinMs: number): Promise<void> {
    const { owed, open } = await this.#opens(withinMs, [...this.people.left]);
    if (this.trouble) this.trouble = { ...this.trouble, othersEnded: owed === 0 && open === null };
  }

  /** Waits until nothing is open; returns how long it took, in milliseconds. */
  async rest(withinMs: number): Promise<number> {
    const { ms, owed, open } = await this.#opens(withinMs, []);
    this.restedAt = performance.now();
    this.#restless = restless(withinMs / 1_000, owed, open);
    return ms;
  }

  async #opens(
    withinMs: number,
    without: readonly string[],
  ): Promise<{ ms: number; owed: number; open: string | null }> {
    for (const begun = performance.now(); ; await sleep(100)) {
      // Asked first: the last receipt may come while we look, for something that was not there to be seen.
      const { owed } = this.load;
      const open = await this.#stillOpen(without).catch(() => "the database does not answer");
      const ms = performance.now() - begun;
      if ((open === null && owed === 0) || ms > withinMs) return { ms, owed, open };
    }
  }

  /** What is still open, in a sentence; null when nothing is. */
  async #stillOpen(without: readonly string[]): Promise<string | null> {
    const { rows } = await this.pool.query<{ what: string; n: number }>(
      `select status as what, count(*)::int as n from delivery
        where status not in ('applied', 'superseded', 'cancelled') and correlation <> all ($1) group by 1
      union all select 'instance ' || status, count(*)::int from instance
        where status not in ('completed', 'abandoned') and correlation <> all ($1) group by 1
      union all select 'unread', count(*)::int from event e
        where not routed and (e.xid, e.position) > (select xid, position from lane order by xid, position limit 1)
        having count(*) > 0`,
      [without],
    );
    return rows.length === 0 ? null : rows.map(({ what, n }) => `${n} ${what}`).join(", ");
  }

  /** Deliveries nobody could tell about without a person. */
  async unclear(): Promise<number> {
    const asked = "select count(*)::int as n from exception where class = 'unclear outcome'";
    return (await this.pool.query<{ n: number }>(asked)).rows[0]?.n ?? 0;
  }

  /** What the wires did, with what was done to processes. */
  faults(): Record<string, number> {
    const all = new Map(this.fired);
    const told = (outcome: string) => this.load.receipts.filter((one) => one.outcome === outcome).length;
    all.set("copy answered with the first receipt", told("duplicate"));
    all.set("other content under a known id refused", told("conflict"));
    all.set("document overtaken", this.load.overtaken);
    for (const wire of [this.database, ...this.wires.values()]) {
      const where = wire === this.database ? "PostgreSQL" : "systems";
      for (const [fault, times] of wire.fired) {
        const name = `${fault}, ${where}`;
        all.set(name, (all.get(name) ?? 0) + times);
      }
    }
    return Object.fromEntries([...all].filter(([, times]) => times > 0).sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  lastWords(): string {
    return existsSync(this.log) ? tail(this.log) : "";
  }

  async close(): Promise<void> {
    this.#closing = true;
    await this.watch?.stop();
    for (const { pid } of this.alive) signal(pid, "SIGCONT");
    await Promise.all(this.#workers.map((worker) => worker?.kill()));
    await Promise.allSettled(this.#starting);
    await Promise.all(this.#workers.map((worker) => worker?.kill()));
    this.#systems?.kill("SIGKILL");
    await this.#desk?.close();
    await this.database?.close();
    for (const wire of this.wires.values()) await wire.close();
    await this.#drop();
    if (process.env.CHAOS_KEEP === undefined) rmSync(this.folder, { recursive: true, force: true });
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended meanwhile.
  }
}

/** Where a PostgreSQL is, from its address: a socket's folder or a port. */
function placeOf(url: string): {
  user: string;
  database: string;
  place: { port: number } | { path: string };
} {
  const parts = /^postgres(?:ql)?:\/\/([^:@/]*)(?::[^@]*)?@([^:/?]*)(?::(\d+))?\/([^?]*)(?:\?(.*))?$/.exec(
    url,
  );
  if (!parts) throw new Error("The address of the database is not understood.");
  const [, user = "", , port, database = "", query = ""] = parts;
  const said = new URLSearchParams(query);
  const number = said.get("port") ?? port ?? "5432";
  const host = said.get("host");
  const place = host?.startsWith("/") ? { path: `${host}/.s.PGSQL.${number}` } : { port: Number(number) };
  return { user, database, place };
}
