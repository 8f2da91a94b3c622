/**
 * Runs a real PostgreSQL of our own in a folder, so that a first start needs nothing else installed.
 *
 * What must stay true: one folder, one Crossdock. The server belongs to whoever holds an advisory lock inside it, a lock
 * that PostgreSQL itself releases the moment its holder dies, however it dies. A server left behind by a holder that was
 * killed is adopted, not started a second time. Durability is PostgreSQL's own: fsync and synchronous_commit stay on.
 *
 * The server listens on a Unix socket in a folder only its user can enter; there is no TCP port and no password to leak.
 * It is started in a session of its own, so a Ctrl-C in the terminal reaches us and not it, and we stop it in order.
 * Which programs, as which user: postgres-binaries.ts. What is inside the database: migrate.ts and the rooms.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { Unavailable, Unusable } from "./errors.ts";
import { type Identity, identity, type Programs, programs, SYSTEM_HOME } from "./postgres-binaries.ts";

export interface EmbeddedOptions {
  /**
   * For tests alone: nothing need survive a crash of the machine, so no disk is waited for. What was committed survives any
   * death of a process all the same. Default false.
   */
  readonly volatile?: boolean;
  /** The folder everything lives in: the database, its log. Made when it is not there. */
  readonly dataDir: string;
  /** Told one fixed sentence and fields whenever something a person may want to know happens. */
  readonly log?: (sentence: string, fields: Readonly<Record<string, string | number>>) => void;
}

/** How to reach the server; what `pg` takes as its settings. */
export interface EmbeddedAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
}

export interface Embedded {
  readonly config: EmbeddedAddress;
  /** The same address as a URL, for DATABASE_URL and for programs of the PostgreSQL family. */
  readonly connectionString: string;
  /** The server's own word, such as "18.4". */
  readonly version: string;
  /** True when the server was already running, left behind by a Crossdock that was killed. */
  readonly adopted: boolean;
  /** The folder the data is really in; differs from `dataDir` when PostgreSQL's user could not reach that. */
  readonly home: string;
  /** Ends every connection, writes everything down and stops the server. Resolves when it is gone. May be called twice. */
  stop(): Promise<void>;
}

const PORT = 5432;
const USER = "crossdock";
const DATABASE = "crossdock";

/** The number of the owner lock. It is taken in the database `postgres`, where nobody else takes locks: any number will do. */
const OWNER_LOCK = 1;

/** Sized for a laptop: 128 MB is felt by nobody, 100 connections are ten workers, 256 locks cover many partitions. */
const SETTINGS = {
  listen_addresses: "",
  unix_socket_permissions: "0700",
  shared_buffers: "128MB",
  max_connections: "100",
  max_locks_per_transaction: "256",
  max_wal_size: "2GB",
  synchronous_commit: "on",
  fsync: "on",
  timezone: "UTC",
  log_timezone: "UTC",
  log_line_prefix: "%m [%p] %d ",
  log_checkpoints: "off",
} as const;
const VOLATILE = { fsync: "off", full_page_writes: "off" } as const;

/** A Unix socket's path has 107 bytes on Linux and 103 on macOS; this leaves room for "/.s.PGSQL.5432.lock". */
const LONGEST_SOCKET_FOLDER = 80;

/** Recovery after a crash replays the log since the last checkpoint: at 2 GB of it, a slow disk takes a minute or two. */
const START_WITHIN_MS = 180_000;
const STOP_WITHIN_MS = 30_000;
/** How long a lock may linger after its holder died: PostgreSQL notices a closed socket within milliseconds, a busy machine later. */
const LOCK_WITHIN_MS = 1_500;
/** After this long a holder whose process runs is no dead one that lingers. */
const HELD_MS = 200;
const LOG_LIMIT_BYTES = 10_000_000;

/**
 * Starts the server of `dataDir`, or adopts the one left running there, and returns once it answers.
 * Throws Unusable when the folder is in use by another Crossdock, cannot be reached, or holds another PostgreSQL version.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const who = identity();
  const server = new Server(who, programs(who), options);
  return server.open();
}

class Server {
  readonly #who: Identity;
  readonly #programs: Programs;
  readonly #dataDir: string;
  readonly #volatile: boolean;
  readonly #log: NonNullable<EmbeddedOptions["log"]>;
  #home = "";
  /** From here on a server that goes away is started again; before, whoever opens it tries again himself. */
  #opened = false;
  #child: ChildProcess | undefined;
  #lock: pg.Client | undefined;
  #stopping: Promise<void> | undefined;

  constructor(who: Identity, programs: Programs, { dataDir, log, volatile = false }: EmbeddedOptions) {
    this.#who = who;
    this.#programs = programs;
    this.#dataDir = resolve(dataDir);
    this.#volatile = volatile;
    this.#log = log ?? (() => {});
  }

  get #cluster(): string {
    return join(this.#home, "cluster");
  }

  get #logFile(): string {
    return join(this.#home, "postgres.log");
  }

  async open(): Promise<Embedded> {
    this.#home = reachableHome(this.#dataDir, this.#who, this.#log);
    this.#create();
    const { adopted, version } = await this.#settle();
    this.#opened = true;
    process.once("exit", this.#atExit);
    const config = this.#address(DATABASE);
    this.#log(adopted ? "Embedded PostgreSQL adopted." : "Embedded PostgreSQL started.", {
      version,
      folder: this.#home,
    });
    return {
      config,
      connectionString: `postgresql://${USER}@/${DATABASE}?host=${encodeURIComponent(config.host)}&port=${PORT}`,
      version,
      adopted,
      home: this.#home,
      stop: () => {
        this.#stopping ??= this.#stop();
        return this.#stopping;
      },
    };
  }

  /** A server that is ours, with our database in it. One that goes away meanwhile, being stopped by others, is run again. */
  async #settle(): Promise<{ adopted: boolean; version: string }> {
    for (let attempt = 1; ; attempt++) {
      const adopted = await this.#run();
      try {
        await this.#own();
        await this.#database();
        const { version } = await this.#one<{ version: string }>(
          "SELECT current_setting('server_version') AS version",
        );
        return { adopted, version };
      } catch (error) {
        if (error instanceof Unusable || attempt === 3) throw error;
        await this.#lock?.end().catch(() => {}); // usually gone with its server
        this.#lock = undefined;
      }
    }
  }

  /** Makes the database cluster. Built beside and renamed, so that it is there completely or not at all. */
  #create(): void {
    const versionFile = join(this.#cluster, "PG_VERSION");
    if (existsSync(versionFile)) {
      const found = readFileSync(versionFile, "utf8").trim();
      const ours = this.#programs.version.split(".")[0];
      if (found === ours) return;
      throw new Unusable(
        `The data in ${this.#home} was written by PostgreSQL ${found} and the embedded one is ${ours}. ` +
          `Start the Crossdock release that wrote it, or point this one at an empty folder.`,
        { facts: { found, ours: ours ?? "" } },
      );
    }
    const building = mkdtempSync(join(this.#home, "cluster."));
    try {
      if (this.#who.uid !== undefined) chownSync(building, this.#who.uid, this.#who.gid ?? this.#who.uid);
      execFileSync(
        join(this.#programs.bin, "initdb"),
        [
          ...["-D", building, "-U", USER, "--auth-local=trust", "--auth-host=reject", "-E", "UTF8"],
          ...["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions"],
          ...(this.#volatile ? ["--no-sync"] : []),
        ],
        { ...this.#who, cwd: "/", stdio: "pipe", env: PLAIN },
      );
      renameSync(building, this.#cluster);
    } catch (cause) {
      rmSync(building, { recursive: true, force: true });
      // Another Crossdock was quicker: its cluster is as good as ours, and the owner lock decides who may use it.
      if (existsSync(versionFile)) return;
      const words = (cause as { stderr?: Buffer }).stderr?.toString().trim() || (cause as Error).message;
      throw new Unusable(`PostgreSQL could not create its database in ${this.#home}: ${words}`, { cause });
    }
  }

  /** Sees to it that a server runs on the cluster and answers. True when it was running already. */
  async #run(): Promise<boolean> {
    const deadline = Date.now() + START_WITHIN_MS;
    let spawned = false;
    let deaths = 0;
    for (;;) {
      const answer = await this.#knock();
      if (answer === "open") return !spawned;
      if (answer === "silent" && !this.#child) {
        // A server that dies at once, twice, will die a third time: its log says why.
        if (spawned && ++deaths >= 2) throw this.#wouldNotStart("It stopped as soon as it started");
        this.#forgetDeadServer();
        this.#spawn();
        spawned = true;
      }
      if (Date.now() > deadline)
        throw this.#wouldNotStart(`It did not answer within ${START_WITHIN_MS / 1000} s`);
      await sleep(20);
    }
  }

  /** Whether a server answers: open; busy starting, recovering or stopping; or nobody there. */
  async #knock(): Promise<"open" | "busy" | "silent"> {
    const client = new pg.Client({ ...this.#address("postgres"), connectionTimeoutMillis: 5_000 });
    client.on("error", () => {}); // the outcome of connect says the same
    try {
      await client.connect();
      return "open";
    } catch (error) {
      const code = (error as { code?: string }).code;
      // 57P03 cannot_connect_now, 53300 too_many_connections: somebody is there.
      return code === "57P03" || code === "53300" ? "busy" : "silent";
    } finally {
      await client.end().catch(() => {}); // never connected
    }
  }

  /**
   * Removes the lock files of a server that is certainly gone. PostgreSQL does so itself unless the recorded process number
   * is in use again, which in a container is likely. A server and its helpers stand in the cluster folder; if nobody does,
   * nobody is left. Only Linux can tell; elsewhere PostgreSQL's own judgement stands.
   */
  #forgetDeadServer(): void {
    const recorded = this.#recorded();
    if (process.platform !== "linux" || !recorded) return;
    const cluster = realpathSync(this.#cluster);
    if (readdirSync("/proc").some((pid) => /^\d+$/.test(pid) && folderOf(pid) === cluster)) return;
    rmSync(join(cluster, "postmaster.pid"), { force: true });
    rmSync(join(cluster, `.s.PGSQL.${PORT}.lock`), { force: true });
    if (recorded.socket !== this.#cluster) rmSync(recorded.socket, { recursive: true, force: true });
  }

  #spawn(): void {
    const tooLong = existsSync(this.#logFile) && statSync(this.#logFile).size > LOG_LIMIT_BYTES;
    const log = openSync(this.#logFile, tooLong ? "w" : "a", 0o640);
    const settings = {
      ...SETTINGS,
      ...(this.#volatile && VOLATILE),
      unix_socket_directories: this.#newSocketFolder(),
    };
    const child = spawn(
      join(this.#programs.bin, "postgres"),
      [
        "-D",
        this.#cluster,
        "-p",
        `${PORT}`,
        ...Object.entries(settings).flatMap(([k, v]) => ["-c", `${k}=${v}`]),
      ],
      { ...this.#who, cwd: "/", detached: true, stdio: ["ignore", log, log], env: PLAIN },
    );
    closeSync(log);
    this.#child = child;
    const gone = () => {
      if (this.#child === child) this.#child = undefined;
    };
    child.on("exit", gone);
    child.on("error", gone);
    child.unref();
  }

  /** Beside the data, where only PostgreSQL's user can enter; in a private temporary folder when that path is too long. */
  #newSocketFolder(): string {
    if (Buffer.byteLength(this.#cluster) <= LONGEST_SOCKET_FOLDER && !this.#cluster.includes(","))
      return this.#cluster;
    const base = Buffer.byteLength(tmpdir()) <= LONGEST_SOCKET_FOLDER - 20 ? tmpdir() : "/tmp";
    const folder = mkdtempSync(join(base, "crossdock-"));
    if (this.#who.uid !== undefined) chownSync(folder, this.#who.uid, this.#who.gid ?? this.#who.uid);
    return folder;
  }

  /** Takes the owner lock and keeps it for as long as we live. */
  async #own(): Promise<void> {
    const client = new pg.Client({
      ...this.#address("postgres"),
      application_name: `crossdock ${process.pid}`,
    });
    client.on("error", () => {}); // "end" follows
    await client.connect();
    const since = Date.now();
    for (;;) {
      const { rows } = await client.query<{ got: boolean }>("SELECT pg_try_advisory_lock($1) AS got", [
        OWNER_LOCK,
      ]);
      if (rows[0]?.got) break;
      const waitedMs = Date.now() - since;
      if (waitedMs > HELD_MS) {
        const holder = await client.query<{ name: string }>(
          `SELECT a.application_name AS name FROM pg_locks l JOIN pg_stat_activity a USING (pid)
            WHERE l.locktype = 'advisory' AND l.granted AND (l.classid::int8 << 32) + l.objid::int8 = $1`,
          [OWNER_LOCK],
        );
        const process = holder.rows[0]?.name.replace(/^crossdock /, "");
        if (waitedMs > LOCK_WITHIN_MS || isAlive(Number(process))) {
          await client.end();
          throw new Unusable(
            `The data folder ${this.#dataDir} is in use by another Crossdock${process ? ` (process ${process})` : ""}. ` +
              `Stop that one first, or give this one a data folder of its own.`,
            { facts: { folder: this.#dataDir, ...(process ? { process } : {}) } },
          );
        }
      }
      await sleep(50);
    }
    this.#lock = client;
    client.once("end", () => {
      if (this.#opened && !this.#stopping) void this.#regain();
    });
  }

  /** The server went away under us: it crashed, or somebody stopped it. Starts it again; connections heal by themselves. */
  async #regain(): Promise<void> {
    this.#lock = undefined;
    this.#log("Embedded PostgreSQL went away; starting it again.", { log: this.#logFile });
    for (let wait = 100; !this.#stopping; wait = Math.min(wait * 2, 5_000)) {
      try {
        await this.#run();
        await this.#own();
        this.#log("Embedded PostgreSQL is back.", { folder: this.#home });
        return;
      } catch (error) {
        this.#log("Embedded PostgreSQL did not come back; trying again.", {
          error: (error as Error).message,
        });
        await sleep(wait, undefined, { ref: false });
      }
    }
  }

  async #database(): Promise<void> {
    const there = await this.#one<{ n: number }>(
      `SELECT count(*)::int4 AS n FROM pg_database WHERE datname = '${DATABASE}'`,
    );
    if (there.n === 0) await this.#lock?.query(`CREATE DATABASE ${DATABASE}`);
  }

  async #one<Row extends pg.QueryResultRow>(sql: string): Promise<Row> {
    const row = (await this.#lock?.query<Row>(sql))?.rows[0];
    if (!row) throw new Unavailable("The embedded PostgreSQL went away while it was being started.");
    return row;
  }

  async #stop(): Promise<void> {
    process.off("exit", this.#atExit);
    const recorded = this.#recorded();
    const socket = recorded?.socket;
    await this.#lock?.end().catch(() => {}); // it may have died with its server, which is what we want
    const deadline = Date.now() + STOP_WITHIN_MS;
    // SIGINT is PostgreSQL's fast shutdown: it ends sessions, writes a checkpoint and leaves. SIGQUIT leaves at once; the
    // log is complete either way and the next start reads it.
    signal(recorded?.pid, "SIGINT");
    while (this.#isUp()) {
      if (Date.now() > deadline) {
        this.#log("Embedded PostgreSQL did not stop in time; stopping it the hard way.", {
          folder: this.#home,
        });
        signal(recorded?.pid, "SIGQUIT");
        break;
      }
      await sleep(10);
    }
    if (socket && socket !== this.#cluster) rmSync(socket, { recursive: true, force: true });
    this.#log("Embedded PostgreSQL stopped.", { folder: this.#home });
  }

  /** PostgreSQL removes its lock file as its last deed; our own child tells by its exit as well. */
  #isUp(): boolean {
    return this.#child !== undefined || (this.#recorded() !== undefined && isAlive(this.#recorded()?.pid));
  }

  /** For ends that nobody planned: an uncaught error still leaves no server behind. (A kill -9 does; see adoption.) */
  #atExit = (): void => signal(this.#recorded()?.pid, "SIGINT");

  /** What a running server wrote down about itself. https://www.postgresql.org/docs/current/storage-file-layout.html */
  #recorded(): { pid: number; socket: string } | undefined {
    try {
      const lines = readFileSync(join(this.#cluster, "postmaster.pid"), "utf8").split("\n");
      return { pid: Number(lines[0]), socket: lines[4]?.trim() || this.#cluster };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
  }

  #address(database: string): EmbeddedAddress {
    return { host: this.#recorded()?.socket ?? this.#cluster, port: PORT, user: USER, database };
  }

  #wouldNotStart(how: string): Unusable {
    const log = existsSync(this.#logFile)
      ? readFileSync(this.#logFile, "utf8").trim().split("\n").slice(-5)
      : [];
    return new Unusable(
      `The embedded PostgreSQL in ${this.#home} would not start. ${how}. Its log (${this.#logFile}) ends: ${log.join(" | ")}`,
    );
  }
}

/** Nothing of our environment: PGDATA, PGOPTIONS and their family would change what the server does. */
const PLAIN = { LC_ALL: "C", PATH: "/usr/bin:/bin" };

/**
 * A folder PostgreSQL's user can reach, standing at `dataDir`. When it cannot be reached there (a home of mode 0700 and we
 * are root), the data goes below SYSTEM_HOME and `dataDir` becomes a link to it, so that removing the link still means
 * starting afresh.
 */
function reachableHome(dataDir: string, who: Identity, log: NonNullable<EmbeddedOptions["log"]>): string {
  const before = lstatSync(dataDir, { throwIfNoEntry: false });
  if (before?.isSymbolicLink() && !existsSync(dataDir)) {
    throw new Unusable(
      `The data folder ${dataDir} is a link to ${readlinkSync(dataDir)}, which is not there. ` +
        `Bring that folder back, or remove the link to start with an empty database.`,
    );
  }
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o755 });
  } catch (cause) {
    throw new Unusable(`The data folder ${dataDir} cannot be made: ${(cause as Error).message}.`, { cause });
  }
  const home = realpathSync(dataDir);
  if (who.uid === undefined) return home;
  if (!before) chmodSync(home, 0o755);
  if (canEnter(home, who)) return home;
  if (readdirSync(home).length > 0) {
    throw new Unusable(
      `PostgreSQL does not run as root, and the user it runs as instead (${who.uid}) cannot reach ${home}. ` +
        `Let it pass (chmod o+x on the folders above), move the folder elsewhere, or run Crossdock as an ordinary user.`,
    );
  }
  const elsewhere = join(SYSTEM_HOME, "data", randomBytes(6).toString("hex"));
  mkdirSync(elsewhere, { recursive: true, mode: 0o755 });
  for (const folder of [elsewhere, dirname(elsewhere), SYSTEM_HOME]) chmodSync(folder, 0o755);
  if (!canEnter(elsewhere, who)) {
    throw new Unusable(
      `PostgreSQL does not run as root, and the user it runs as instead (${who.uid}) can reach neither ${home} nor ` +
        `${elsewhere}. Choose a data folder it can reach, or run Crossdock as an ordinary user.`,
    );
  }
  rmdirSync(home);
  symlinkSync(elsewhere, home);
  log("PostgreSQL's user cannot reach the data folder; the data is kept elsewhere and linked.", {
    dataDir: home,
    folder: elsewhere,
  });
  return elsewhere;
}

function canEnter(folder: string, who: Identity): boolean {
  try {
    execFileSync("/bin/sh", ["-c", 'cd "$1"', "sh", folder], {
      ...who,
      cwd: "/",
      stdio: "ignore",
      env: PLAIN,
    });
    return true;
  } catch {
    return false;
  }
}

/** Where a process stands, when we may know. */
function folderOf(pid: string): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined; // gone meanwhile, or not ours to see
  }
}

function isAlive(pid: number | undefined): boolean {
  if (!pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function signal(pid: number | undefined, name: NodeJS.Signals): void {
  if (!pid || pid < 2) return;
  try {
    process.kill(pid, name);
  } catch {
    // it is gone already, which is what we wanted
  }
}
