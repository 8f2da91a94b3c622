/**
 * The embedded server keeps its word when its keeper does not: kills, crashes, twins, awkward folders.
 *
 * Keepers are real processes of their own, so that they can be killed. As root the tests also become an ordinary user.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  accessSync,
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { type Embedded, startEmbedded } from "./embedded-postgres.ts";
import { Unusable } from "./errors.ts";
import { openPool } from "./sql.ts";

// Making a database writes a thousand files, and one test does so on the system's own, perhaps slow and busy, disk.
vi.setConfig({ testTimeout: 120_000 });

const root = process.getuid?.() === 0;
const NOBODY = 65_534;
/** Memory where the system offers it: making a database a dozen times would keep a slow disk busy. */
const FAST = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();

let base: string;
let made: string;
const open: Embedded[] = [];
const keepers: ChildProcess[] = [];

beforeAll(async () => {
  made = mkdtempSync(join(FAST, `crossdock-keeper-${process.pid}-`));
  chmodSync(made, 0o755);
  await (await startEmbedded({ dataDir: made })).stop();
});
afterAll(() => rmSync(made, { recursive: true, force: true }));
beforeEach(() => {
  base = mkdtempSync(join(FAST, `crossdock-keeper-${process.pid}-`));
  chmodSync(base, 0o755);
});

/** The data folder of a test that is not about the making of a database: one that was made before, stopped, and copied. */
function anOldOne(dataDir = join(base, "data")): string {
  execFileSync("cp", ["-a", made, dataDir]);
  return dataDir;
}
afterEach(async () => {
  for (const keeper of keepers.splice(0)) keeper.kill("SIGKILL");
  for (const server of open.splice(0)) await server.stop();
  for (const name of readdirSync(base)) {
    // A server whose keeper was killed by the test is adopted once more, to be stopped.
    const dataDir = join(base, name);
    if (existsSync(join(dataDir, "cluster", "postmaster.pid")))
      await (await startEmbedded({ dataDir })).stop();
    if (lstatSync(dataDir).isSymbolicLink()) rmSync(realpathSync(dataDir), { recursive: true, force: true });
  }
  rmSync(base, { recursive: true, force: true });
});

async function start(dataDir = join(base, "data"), { volatile = false } = {}): Promise<Embedded> {
  const server = await startEmbedded({ dataDir, volatile });
  open.push(server);
  return server;
}

async function ask<Row>(server: Pick<Embedded, "connectionString">, sql: string): Promise<Row[]> {
  const pool = openPool(server.connectionString, { max: 1 });
  try {
    return (await pool.query(sql)).rows as Row[];
  } finally {
    await pool.end();
  }
}

const postmaster = (server: { home: string }) =>
  Number(readFileSync(join(server.home, "cluster", "postmaster.pid"), "utf8").split("\n")[0]);

/** Whether a process does anything still: a zombie nobody has buried does not. */
function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

async function eventually(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await isTrue()); tries++) {
    if (tries > 1_500) throw new Error("It did not become true within thirty seconds.");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

interface Keeper {
  readonly process: ChildProcess;
  /** What the keeper said first: its server, or why it has none. */
  readonly said: { server?: Embedded; refused?: string };
  next(): Promise<string>;
}

/** A process of its own that keeps a server. It answers SIGINT by asking its server a question. */
async function keeper(
  dataDir: string,
  { uid, end = "" }: { uid?: number; end?: string } = {},
): Promise<Keeper> {
  const program = `
    import { startEmbedded } from ${JSON.stringify(join(import.meta.dirname, "embedded-postgres.ts"))};
    import { openPool } from ${JSON.stringify(join(import.meta.dirname, "sql.ts"))};
    try {
      const server = await startEmbedded({ dataDir: ${JSON.stringify(dataDir)} });
      process.on("SIGINT", async () => {
        const pool = openPool(server.connectionString);
        console.log((await pool.query("SELECT 'still here' AS said")).rows[0].said);
        await pool.end();
      });
      process.on("SIGTERM", () => server.stop().then(() => process.exit()));
      console.log(JSON.stringify({ server }));
      ${end || "setInterval(() => {}, 1000);"}
    } catch (error) {
      console.log(JSON.stringify({ refused: String(error) }));
    }`;
  const child = spawn(process.execPath, ["--input-type=module-typescript", "-e", program], {
    stdio: ["ignore", "pipe", end ? "ignore" : "inherit"],
    detached: true, // a process group of its own, as a terminal would give it
    ...(uid === undefined ? {} : { uid, gid: uid }),
    env: { ...process.env, HOME: base },
    cwd: "/",
  });
  keepers.push(child);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => (await lines.next()).value as string;
  return { process: child, said: JSON.parse(await next()) as Keeper["said"], next };
}

const ended = (child: ChildProcess) =>
  child.exitCode === null && child.signalCode === null ? once(child, "exit") : undefined;

test("a first start makes a database, a stop leaves no process, and a second start finds the data", async () => {
  const first = await start();
  await ask(first, "CREATE TABLE public.pallet AS SELECT 7 AS id");
  const pid = postmaster(first);
  await first.stop();
  expect(runs(pid)).toBe(false);
  const second = await start();
  expect([second.adopted, await ask(second, "SELECT id FROM public.pallet")]).toEqual([false, [{ id: 7 }]]);
});

test("it never runs as root, is reached by its socket alone, and writes through to the disk", async () => {
  const server = await start(anOldOne());
  expect(statSync(`/proc/${postmaster(server)}`).uid).not.toBe(0);
  const settings = await ask<Record<string, string>>(
    server,
    `SELECT name, setting FROM pg_settings
      WHERE name IN ('fsync', 'full_page_writes', 'listen_addresses', 'synchronous_commit', 'TimeZone') ORDER BY name`,
  );
  expect(settings.map(({ name, setting }) => `${name}=${setting}`)).toEqual([
    "TimeZone=UTC",
    "fsync=on",
    "full_page_writes=on",
    "listen_addresses=",
    "synchronous_commit=on",
  ]);
  expect(statSync(server.config.host).mode & 0o077).toBe(0);
});

test("a folder in use is refused with the name of its user's process, until that one stops", async () => {
  const dataDir = anOldOne();
  const first = await keeper(dataDir);
  await expect(startEmbedded({ dataDir })).rejects.toThrow(
    `The data folder ${dataDir} is in use by another Crossdock (process ${first.process.pid}). ` +
      "Stop that one first, or give this one a data folder of its own.",
  );
  first.process.kill("SIGTERM");
  await ended(first.process);
  expect((await start()).adopted).toBe(false);
});

test("of two that start at once on an empty folder, one gets it and the other is told", async () => {
  const dataDir = join(base, "data");
  const said = (await Promise.all([keeper(dataDir), keeper(dataDir)])).map((one) => one.said);
  expect(said.filter(({ server }) => server).length).toBe(1);
  expect(said.find(({ refused }) => refused)?.refused).toContain("is in use by another Crossdock");
});

test("a server whose keeper was killed is adopted with everything that was committed", async () => {
  const dataDir = anOldOne();
  const first = await keeper(dataDir);
  const server = first.said.server as Embedded;
  await ask(server, "CREATE TABLE public.pallet AS SELECT 7 AS id");
  const pid = postmaster(server);
  first.process.kill("SIGKILL");
  await ended(first.process);
  expect(runs(pid)).toBe(true);
  const adopted = await start(dataDir);
  expect([adopted.adopted, postmaster(adopted), await ask(adopted, "SELECT id FROM public.pallet")]).toEqual([
    true,
    pid,
    [{ id: 7 }],
  ]);
  await adopted.stop();
  // Not a child of ours: it has written its last, and is gone a moment later.
  await eventually(() => !runs(pid));
});

test("a Ctrl-C that reaches our whole process group does not reach the server", async () => {
  const first = await keeper(anOldOne());
  process.kill(-(first.process.pid ?? 0), "SIGINT");
  expect(await first.next()).toBe("still here");
});

test("a keeper that ends without a word, or by its own error, leaves no server behind", async () => {
  const dataDir = anOldOne();
  for (const end of [
    "process.exit(3);",
    "setTimeout(() => { throw new Error('planned by the test') }, 1);",
  ]) {
    const { process: child, said } = await keeper(dataDir, { end });
    const cluster = join(said.server?.home ?? "", "cluster");
    await ended(child);
    await eventually(() => !existsSync(join(cluster, "postmaster.pid")));
  }
});

test("a server that is killed comes back by itself, still ours, and its pools with it", async () => {
  const said: string[] = [];
  const server = await startEmbedded({ dataDir: anOldOne(), log: (sentence) => said.push(sentence) });
  open.push(server);
  const pool = openPool(server.connectionString);
  try {
    await pool.query("CREATE TABLE public.pallet AS SELECT 7 AS id");
    const pid = postmaster(server);
    process.kill(pid, "SIGKILL");
    await eventually(() => said.includes("Embedded PostgreSQL is back."));
    expect(postmaster(server)).not.toBe(pid);
    expect((await pool.query("SELECT id FROM public.pallet")).rows).toEqual([{ id: 7 }]);
    await expect(startEmbedded({ dataDir: join(base, "data") })).rejects.toBeInstanceOf(Unusable);
  } finally {
    await pool.end();
  }
});

test("a server that is being stopped while it is adopted is started again", async () => {
  const dataDir = anOldOne();
  const first = await keeper(dataDir);
  const pid = postmaster(first.said.server as Embedded);
  first.process.kill("SIGKILL");
  await ended(first.process);
  const adopting = start(dataDir);
  process.kill(pid, "SIGINT");
  expect(await ask(await adopting, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
});

test("a path too long for a socket gets a short private folder for it, gone after the stop", async () => {
  const server = await start(
    anOldOne(join(base, "a folder with a rather long name, as some people like them".repeat(2))),
  );
  const folder = server.config.host;
  expect([await ask(server, "SELECT 1 AS one"), folder.length < 80, statSync(folder).mode & 0o077]).toEqual([
    [{ one: 1 }],
    true,
    0,
  ]);
  await server.stop();
  expect(existsSync(folder)).toBe(false);
});

test("data of another PostgreSQL version is refused, not touched", async () => {
  const home = anOldOne();
  writeFileSync(join(home, "cluster", "PG_VERSION"), "15\n");
  await expect(start()).rejects.toThrow(
    `The data in ${home} was written by PostgreSQL 15 and the embedded one is 18.`,
  );
});

test("a data folder that is a link to nowhere is said, not replaced", async () => {
  symlinkSync(join(base, "unplugged"), join(base, "data"));
  await expect(startEmbedded({ dataDir: join(base, "data") })).rejects.toThrow(
    `The data folder ${base}/data is a link to ${base}/unplugged, which is not there.`,
  );
  rmSync(join(base, "data"));
});

test.skipIf(!root)(
  "as root in a home nobody else may enter, the data is kept where PostgreSQL can reach it",
  async () => {
    chmodSync(base, 0o700);
    const dataDir = join(base, "data");
    // That place is on the system's own disk, which this is not about.
    const first = await start(dataDir, { volatile: true });
    await ask(first, "CREATE TABLE public.pallet AS SELECT 7 AS id");
    expect([lstatSync(dataDir).isSymbolicLink(), realpathSync(dataDir)]).toEqual([true, first.home]);
    await first.stop();
    const second = await start(dataDir, { volatile: true });
    expect([second.home, await ask(second, "SELECT id FROM public.pallet")]).toEqual([
      first.home,
      [{ id: 7 }],
    ]);
  },
);

/** Whether an ordinary user can start our Node and read our sources at all: not in a clone below /root. */
function reachableByOthers(): boolean {
  try {
    const script = 'test -x "$1" && test -r "$2"';
    const sources = join(import.meta.dirname, "sql.ts");
    execFileSync("/bin/sh", ["-c", script, "sh", process.execPath, sources], { uid: NOBODY, gid: NOBODY });
    accessSync(dirname(sources));
    return true;
  } catch {
    return false;
  }
}

test.skipIf(!root || !reachableByOthers())(
  "an ordinary user keeps a server too, even after its process number was given away",
  async () => {
    const dataDir = join(base, "data");
    mkdirSync(dataDir);
    for (const folder of [base, dataDir]) chownSync(folder, NOBODY, NOBODY);
    const first = await keeper(dataDir, { uid: NOBODY });
    const server = first.said.server as Embedded;
    expect(statSync(`/proc/${postmaster(server)}`).uid).toBe(NOBODY);
    await ask(server, "CREATE TABLE public.pallet AS SELECT 7 AS id");

    // The machine loses power, and after it is back the recorded number belongs to some other process of the same user.
    const stranger = spawn("/bin/sleep", ["60"], { uid: NOBODY, gid: NOBODY });
    keepers.push(stranger);
    const pid = postmaster(server);
    first.process.kill("SIGKILL");
    await ended(first.process);
    process.kill(pid, "SIGKILL");
    await eventually(() => !runs(pid));
    const file = join(dataDir, "cluster", "postmaster.pid");
    writeFileSync(file, readFileSync(file, "utf8").replace(/^\d+/, String(stranger.pid)));

    const second = await keeper(dataDir, { uid: NOBODY });
    expect(second.said.refused).toBeUndefined();
    expect(await ask(second.said.server as Embedded, "SELECT id FROM public.pallet")).toEqual([{ id: 7 }]);
    expect(runs(stranger.pid ?? 0)).toBe(true);
    second.process.kill("SIGTERM");
    await ended(second.process);
  },
);
