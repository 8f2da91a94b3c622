/**
 * Where the embedded PostgreSQL's programs are, and as which user they run.
 *
 * PostgreSQL refuses to run as root, and npm delivers its programs without the links between its libraries. So this file
 * answers two questions: which unprivileged user to become (none, when we are one already), and which folder of programs
 * that user can really start. What must stay true: a program is only ever started from a folder that nobody but us or
 * root can write to. Starting and stopping the server is left to embedded-postgres.ts.
 */
import { execFileSync } from "node:child_process";
import {
  accessSync,
  chmodSync,
  constants,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { createRequire } from "node:module";
import { homedir, tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { Unusable } from "./errors.ts";

/** The user PostgreSQL runs as: empty when it is the one we run as ourselves. */
export interface Identity {
  readonly uid?: number;
  readonly gid?: number;
}

/** A folder of PostgreSQL programs that can be started as a given user. */
export interface Programs {
  /** Absolute path of a folder holding initdb and postgres. */
  readonly bin: string;
  /** The version of the package they come from, such as "18.4.0-beta.17". */
  readonly version: string;
}

/** The traditional "nobody", for a root without a `postgres` user. */
const NOBODY = 65_534;

/** Root becomes `postgres` when there is such a user, else nobody. Everybody else stays who they are. */
export function identity(passwd = "/etc/passwd"): Identity {
  if (process.getuid?.() !== 0) return {};
  const lines = existsSync(passwd) ? readFileSync(passwd, "utf8").split("\n") : [];
  const fields = lines.map((line) => line.split(":")).find(([name]) => name === "postgres");
  const uid = Number(fields?.[2]);
  const gid = Number(fields?.[3]);
  return uid > 0 && gid > 0 ? { uid, gid } : { uid: NOBODY, gid: NOBODY };
}

/** Where things live that outlast this process and that an unprivileged user must reach although we are root. */
export const SYSTEM_HOME = "/var/lib/crossdock";

/**
 * Programs that `who` can start: those of the installed package where that works, else a private copy of them.
 * Throws Unusable when this platform has none.
 */
export function programs(who: Identity): Programs {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const home = packageHome(name);
  const { version } = JSON.parse(readFileSync(join(home, "package.json"), "utf8")) as { version: string };
  const installed = join(home, "native");
  if (starts(installed, who)) return { bin: join(installed, "bin"), version };
  const copy = privateCopy(installed, `postgres-${version}-${process.platform}-${process.arch}`);
  const failure = failureToStart(copy, who);
  if (failure === undefined) return { bin: join(copy, "bin"), version };
  throw new Unusable(
    `The embedded PostgreSQL ${version} does not start on this machine: ${failure} ` +
      `Set DATABASE_URL to a PostgreSQL of your own (14 or newer) instead.`,
    { facts: { folder: copy } },
  );
}

function packageHome(name: string): string {
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch (cause) {
    throw new Unusable(
      `There is no embedded PostgreSQL here: the package ${name} is not installed. It is an optional dependency that npm ` +
        `leaves out for other platforms and with --omit=optional. Install it, or set DATABASE_URL to a PostgreSQL of your ` +
        `own (14 or newer).`,
      { cause },
    );
  }
}

const starts = (native: string, who: Identity) => failureToStart(native, who) === undefined;

/** Why the programs in `native` cannot be started as `who`, in the words of the system; undefined when they can. */
function failureToStart(native: string, who: Identity): string | undefined {
  try {
    // Both, because each is linked against libraries the other does not need.
    for (const program of ["initdb", "postgres"]) {
      execFileSync(join(native, "bin", program), ["--version"], { ...who, cwd: "/", stdio: "pipe", env: {} });
    }
    return undefined;
  } catch (error) {
    const { stderr, message } = error as { stderr?: Buffer; message: string };
    return stderr?.toString().trim() || message;
  }
}

/** Copies the programs to a folder the unprivileged user can reach and completes them. Made once, then reused. */
function privateCopy(native: string, name: string): string {
  const parent = copiesHome();
  const done = join(parent, name);
  if (existsSync(done)) return trusted(done);
  // Built beside and renamed, so that two processes at once, or a crash half way, never leave half a copy.
  const building = mkdtempSync(join(parent, `${name}.`));
  try {
    cpSync(native, building, { recursive: true, filter: (source) => !source.endsWith(".a") });
    const links = JSON.parse(readFileSync(join(native, "pg-symlinks.json"), "utf8")) as Link[];
    for (const { source, target } of links) {
      const place = join(building, target.replace(/^native\//, ""));
      rmSync(place, { force: true });
      symlinkSync(basename(source), place);
    }
    for (const program of readdirSync(join(building, "bin")))
      chmodSync(join(building, "bin", program), 0o755);
    openToReaders(building);
    renameSync(building, done);
  } catch (error) {
    rmSync(building, { recursive: true, force: true });
    if (!existsSync(done)) throw error;
  }
  return trusted(done);
}

interface Link {
  readonly source: string;
  readonly target: string;
}

/** A restrictive umask must not lock out the user the programs run as. */
function openToReaders(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) openToReaders(path);
    else if (entry.isFile()) chmodSync(path, lstatSync(path).mode | 0o444);
  }
}

/** The first of a few places where we may keep a copy. */
function copiesHome(): string {
  const own = process.getuid?.() ?? 0;
  const places =
    own === 0
      ? [SYSTEM_HOME, `/var/tmp/crossdock-${own}`]
      : [
          join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "crossdock"),
          join(tmpdir(), `crossdock-${own}`),
        ];
  const refusals: string[] = [];
  for (const place of places) {
    try {
      mkdirSync(place, { recursive: true, mode: 0o755 });
      accessSync(place, constants.W_OK);
      return trusted(place);
    } catch (error) {
      refusals.push((error as Error).message);
    }
  }
  throw new Unusable(
    `The embedded PostgreSQL needs a folder for its programs and none can be written: ${refusals.join("; ")}. ` +
      `Set XDG_CACHE_HOME to a folder of yours, or DATABASE_URL to a PostgreSQL of your own.`,
  );
}

/** A folder in a shared place could have been put there by somebody else, with other programs inside. */
function trusted(folder: string): string {
  const { uid, mode } = lstatSync(folder);
  const own = process.getuid?.() ?? uid;
  if ((uid !== own && uid !== 0) || (mode & 0o022) !== 0) {
    throw new Unusable(
      `The folder ${folder} belongs to another user or may be written by others, so programs in it cannot be trusted. ` +
        `Remove it and start again.`,
    );
  }
  return folder;
}
