/**
 * A place to break: PostgreSQL, worker processes, systems, and a proxy before everything that is reached by network.
 *
 * What must stay true: it leaves nothing behind, and it judges by what the clients hold and what stands in the systems'
 * books. It looks into the database only to see whether all is at rest, and to hold the dock to its own equation.
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
import { balance } from "../../src/trace/balance.ts";
import { type Count, dishonest, EQUATION, type Subscribers, silences } from "../oracle/equation.ts";
import { judge, type Run } from "../oracle/simulated.ts";
import { answering, deciding } from "../simulation/clerk.ts";
import { type Server, startServer, tail } from "../stories/kit/server.ts";
import { Books } from "./books.ts";
import { Load } from "./load.ts";
import type { OwnDatabase } from "./own-database.ts";
import { commitsIn } from "./postgres-wire.ts";
import { type Fate, fair, Wire } from "./wire.ts";

const SYSTEMS = ["credit", "erp", "wms", "crm", "shop", "ledger", "board"] as const;
export type SystemName = (typeof SYSTEMS)[number];

/** Who is owed what, as `tests/simulation/integration.ts` says it. */
const SUBSCRIBERS: Subscribers = {
  "sales.order-captured": 1,
  "sales.cancellation-requested": 1,
  "stock.counted": 1,
  "stock.ask-recount": 1,
  "credit.check-order": 1,
  "erp.post-order": 1,
  "erp.cancel-order": 1,
  "erp.order-posted": 1,
  "wms.allocate-stock": 1,
  "wms.release-stock": 1,
  "wms.ship-order": 1,
  "operations.milestone-reached": 1,
  "master.customer-described": 1,
};

const CONFIGURATION = join(import.meta.dirname, "crossdock.config.ts");
const PEPPER = "a pepper for one run of chaos and no other";
/** Longer than any database is away here. */
const START_WITHIN_MS = 90_000;
/** The bound we promise for a worker. */
const RSS_MAX_BYTES = 512 * 1024 * 1024;
/** Connections of one worker to PostgreSQL: its pools together. */
const CONNECTIONS_MAX = 20;

export interface SiteOptions {
  readonly workers: number;
  readonly seed: number;
  /** A PostgreSQL that may be broken, instead of a database on the run's own. */
  readonly database?: OwnDatabase;
}

export class Site {
  readonly folder = mkdtempSync(join(tmpdir(), "crossdock-chaos-"));
  readonly books = new Books(join(this.folder, "books.ndjson"));
  readonly chance: () => number;
  readonly wires = new Map<SystemName, Wire>();
  readonly fired = new Map<string, number>();
  /** What was wrong while it was going on. */
  readonly complaints: string[] = [];
  /** What is to become of the next COMMITs. */
  onCommit: () => Fate = () => "pass";
  checks = 0;
  rssMost = 0;
  load!: Load;
  database!: Wire;
  pool!: pg.Pool;
  readonly #options: SiteOptions;
  readonly #workers: (Server | undefined)[] = [];
  readonly #starting = new Set<Promise<void>>();
  readonly #decisions = new Map<string, number>();
  #drop: () => Promise<void> = async () => {};
  #systems: ChildProcess | undefined;
  #desk: Store | undefined;
  #environment: NodeJS.ProcessEnv = {};
  #closing = false;
  #watching: Promise<void> = Promise.resolve();

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
    this.load = new Load(() => this.gateways, key, join(this.folder, "receipts.ndjson"), chance);
    siteSecrets(this.folder);
    this.#environment = {
      DATABASE_URL: `postgresql://${to.user}@127.0.0.1:${this.database.port}/${to.database}`,
      CROSSDOCK_DATA: this.folder,
      CROSSDOCK_PEPPER: PEPPER,
      CROSSDOCK_GATEWAY_PORT: "0",
      CROSSDOCK_CONSOLE_PORT: "0",
      CHAOS_PORTS: JSON.stringify(
        Object.fromEntries([...this.wires].map(([name, wire]) => [name, wire.port])),
      ),
    };
    this.#desk = await openPostgresStore(own.url);
    await Promise.all(Array.from({ length: this.#options.workers }, (_, slot) => this.#start(slot)));
    this.#watching = this.#watch().catch((error: Error) => {
      this.complaints.push(`I14 the equation cannot be asked: ${error.message}`);
    });
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

  /** Leaves no byte free where PostgreSQL writes; what is returned gives the room back. */
  fillDisk(): () => void {
    const free = this.#options.database?.fill?.();
    if (!free) throw new Error("This row needs a small disk.");
    this.fire("disk full");
    return free;
  }

  // Rest -------------------------------------------------------------------------------------------------------------

  /** Good weather everywhere from now on, and what was refused is taken. */
  heal(): void {
    writeFileSync(join(this.folder, "cured"), "");
    this.onCommit = () => "pass";
    for (const wire of [this.database, ...this.wires.values()]) Object.assign(wire.weather, fair());
  }

  /** Timers that fall due at this moment. */
  timersDue(moment: number): Promise<number> {
    const at = new Date(moment).toISOString();
    return this.#number("select count(*)::int as n from instance where next_due = $1", [at]);
  }

  /** What was taken in for the shop and is not there. */
  queued(): Promise<number> {
    return this.#number(`
      select (select count(*) from event where contract = 'stock.counted')::int
           - (select count(*) from delivery where connection = 'shop' and status = 'applied')::int as n`);
  }

  /** Deliveries a system has refused and nobody has settled yet. */
  refused(): Promise<number> {
    return this.#number(
      "select count(*)::int as n from delivery where status = 'parked' and connection = 'shop'",
    );
  }

  async #number(text: string, values: readonly unknown[] = []): Promise<number> {
    return (await this.pool.query<{ n: number }>(text, [...values])).rows[0]?.n ?? 0;
  }

  /** Waits until nothing is open; returns how long it took, in milliseconds. */
  async rest(withinMs: number): Promise<number> {
    const begun = performance.now();
    for (;;) {
      // Asked first: the last receipt may come while we look, for something that was not there to be seen.
      const { owed } = this.load;
      const open = await this.#stillOpen().catch(() => "the database does not answer");
      if (open === null && owed === 0) return performance.now() - begun;
      if (performance.now() - begun > withinMs) {
        this.complaints.push(
          `I11 ${withinMs / 1_000} s after healing it is not at rest: ${this.load.owed} without receipt; ${open ?? ""}`,
        );
        return performance.now() - begun;
      }
      await sleep(100);
    }
  }

  /** What is still open, in a sentence; null when nothing is. */
  async #stillOpen(): Promise<string | null> {
    const { rows } = await this.pool.query<{ what: string; n: number }>(`
      select status as what, count(*)::int as n from delivery where status not in ('applied', 'superseded', 'cancelled') group by 1
      union all select 'instance ' || status, count(*)::int from instance where status not in ('completed', 'abandoned') group by 1
      union all select 'unread', count(*)::int from event e
        where not routed and (e.xid, e.position) > (select xid, position from lane order by xid, position limit 1)
        having count(*) > 0`);
    return rows.length === 0 ? null : rows.map(({ what, n }) => `${n} ${what}`).join(", ");
  }

  /** Looks in now and then: at the equation, at the workers' memory, and at what a clerk has to decide. */
  async #watch(): Promise<void> {
    let askAgainAt = 0;
    while (!this.#closing) {
      await sleep(250);
      for (const { pid } of this.alive) this.rssMost = Math.max(this.rssMost, rssOf(pid));
      const begun = performance.now();
      if (begun >= askAgainAt) {
        await this.#equation();
        // Every second; over a million events it takes longer than that, and must not be all PostgreSQL does.
        askAgainAt = Math.max(begun + 1_000, performance.now() + 4 * (performance.now() - begun));
      }
      await this.#clerk().catch(() => undefined);
    }
  }

  async #counted(): Promise<Count> {
    const subscribed = Object.entries(SUBSCRIBERS).map(([contract, times]) => ({ contract, times }));
    return (await this.pool.query<Count>(EQUATION, [JSON.stringify(subscribed)])).rows[0] as Count;
  }

  /** I14, now. A database that is away cannot be asked; one that answers must be able to. */
  async #equation(): Promise<void> {
    const asked = await this.#counted().catch((error: Error & { code?: string }) => error);
    if (asked instanceof Error) {
      if (/^42/.test(asked.code ?? "")) throw asked;
      return this.fire("equation could not be asked");
    }
    this.checks += 1;
    for (const silence of silences(asked))
      if (!this.complaints.includes(silence)) this.complaints.push(silence);
  }

  async #clerk(): Promise<void> {
    const desk = this.#desk;
    if (!desk) return;
    const questions = await this.pool.query<Parameters<typeof answering>[0]>(
      "select id, process, key, approval, correlation from question where verdict is null limit 50",
    );
    for (const question of questions.rows)
      await desk.act(answering(question, this.chance() < 0.7 ? "approved" : "declined"));
    // The call may still be on the wire, and the request on its way.
    const aside = await this.pool.query<{
      key: string;
      lane: number;
      correlation: string;
      attempts: number;
      connection: string;
    }>(
      `select key, lane, correlation, attempts, connection from delivery
        where status in ('parked', 'held') and updated_at < clock_timestamp() - interval '3 seconds' limit 200`,
    );
    for (const row of aside.rows) {
      const time = (this.#decisions.get(row.key) ?? 0) + 1;
      this.#decisions.set(row.key, time);
      const there = this.books.hold(row.connection, row.key);
      this.fire(there ? "person found it booked" : "person sent it again");
      await desk.act(deciding(row, there ? `${row.connection}-${row.key.slice(0, 12)}` : null, `${time}`));
    }
  }

  // Judging ----------------------------------------------------------------------------------------------------------

  /** Everything that is wrong, a sentence each. */
  async wrong(): Promise<string[]> {
    const all = async <Row>(text: string) => (await this.pool.query(text)).rows as Row[];
    const shown = await all<{
      subject: string;
      kind: string;
      open: boolean;
      correlation: string;
      title: string;
    }>(
      `select subject, subject_kind as kind, resolved_at is null as open, correlation, title from exception`,
    );
    const orders = await all<{ key: string; status: string }>("select key, status from instance");
    const accepted = await all<{ data: string }>("select data from event order by recorded_at, position");
    const run: Run = {
      receipts: this.load.receipts,
      books: this.books.read(),
      deliveries: await all("select key, connection, contract, subject, status, reason from delivery"),
      orders: new Map(orders.map(({ key, status }) => [key, status])),
      healed: true,
      packMs: 2_000,
      accepted: accepted.map(({ data }) => data),
      refused: shown.filter(({ kind }) => kind === "arrival").map(({ subject }) => subject),
      shown: shown.filter(({ kind, open }) => kind === "delivery" && open).map(({ subject }) => subject),
      late: new Set(
        shown
          .filter(({ kind }) => kind === "instance" || kind === "document")
          .map(({ correlation }) => correlation),
      ),
      twice: shown
        .filter(({ title }) => title.endsWith("more than once"))
        .map(({ subject }) => subject.split("|").at(-1) ?? ""),
      unreachable: [],
    };
    // What crossdock verify prints, beside the judge's own count of the same.
    const honest = dishonest(await balance(this.pool), await this.#counted());
    return [...this.complaints, ...judge(run), ...honest, ...this.#bounds(), ...(await this.#chain())];
  }

  /** I12: memory, connections and tries stay within what was promised. */
  #bounds(): string[] {
    const { rssMost, database } = this;
    const most = CONNECTIONS_MAX * (this.#options.workers + 1);
    return [
      ...(rssMost > RSS_MAX_BYTES ? [`I12 a worker took ${Math.round(rssMost / 1_048_576)} MB.`] : []),
      ...(database.most > most ? [`I12 ${database.most} connections to PostgreSQL were open at once.`] : []),
    ];
  }

  /** I10: every line of the audit follows the one before it, and says who. */
  async #chain(): Promise<string[]> {
    const { rows } = await this.pool.query<{ id: string }>(
      `select id from (
         select id, actor, previous, coalesce(lag(hash) over (order by id), '\\x'::bytea) as before from audit) as line
       where previous <> before or actor = ''`,
    );
    return rows.map(({ id }) => `I10 line ${id} of the audit does not follow the one before it.`);
  }

  /** Deliveries nobody could tell about without a person. */
  async unclear(): Promise<number> {
    const { rows } = await this.pool.query(
      "select count(*)::int as n from exception where class = 'unclear outcome'",
    );
    return rows[0].n;
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
    await this.#watching;
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

/** Resident memory of a process in bytes; 0 when it has ended, or where there is no /proc. */
function rssOf(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, "utf8").split(" ")[1]) * 4_096;
  } catch {
    return 0;
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
