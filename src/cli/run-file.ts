/**
 * Where a dock runs: `run.json` in its data folder, written when it starts and removed when it stops.
 *
 * It also is the lock of the folder. Exactly one `dev` or `start` owns a data folder; a second one is told which process
 * that is. A file left behind by a crash is recognised because its process is gone, even when the operating system has
 * given the number to another process since. The file holds the database address and a key, so it is only readable by us.
 */
import {
  accessSync,
  constants,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { stopWith } from "./exit.ts";

export interface RunFile {
  readonly version: 1;
  readonly command: "dev" | "start";
  readonly pid: number;
  /** When the operating system started that process, in its own unit; null where it does not say. */
  readonly pidStarted: string | null;
  readonly startedAt: string;
  readonly state: "starting" | "ready";
  readonly data: string;
  /** The configuration file it runs. */
  readonly configuration: string;
  /** `postgres://…`, once the database is up. */
  readonly database?: string;
  readonly console?: string;
  /** What commands of this machine prove themselves to the console with; new with every start. */
  readonly localKey?: string;
  readonly gateway?: string;
  /** The control plane of the simulated estate. */
  readonly estate?: string;
  /** The folder a partner's documents are dropped into. */
  readonly mailbox?: string;
  readonly processes?: Readonly<Record<string, number>>;
}

export const RUN_FILE = "run.json";

/** Takes the data folder, or ends the command with a sentence that says who has it. */
export function takeFolder(data: string, command: RunFile["command"], configuration: string): RunFile {
  try {
    mkdirSync(data, { recursive: true, mode: 0o755 });
    accessSync(data, constants.W_OK);
  } catch (cause) {
    stopWith(
      "usage",
      `The data folder ${data} cannot be used: ${(cause as Error).message}. Choose another with --data, or make it a folder its user may write.`,
      cause,
    );
  }
  const mine: RunFile = {
    version: 1,
    command,
    pid: process.pid,
    pidStarted: startOf(process.pid),
    startedAt: new Date().toISOString(),
    state: "starting",
    data,
    configuration,
  };
  const file = join(data, RUN_FILE);
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(mine, null, 2)}\n`, { mode: 0o600 });
  try {
    for (;;) {
      try {
        // A hard link either appears or fails: of two processes starting at once only one gets the name.
        linkSync(draft, file);
        return mine;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      }
      const holder = readRunFile(data);
      if (holder && isAlive(holder)) {
        stopWith(
          "conflict",
          `Crossdock already runs on the data folder ${data} (${holder.command}, process ${holder.pid}, since ` +
            `${holder.startedAt}). Stop it with Ctrl-C in its terminal or "kill ${holder.pid}", or start this one with ` +
            "--data <another folder> and --port-base <another number>.",
        );
      }
      // Left behind by a crash. Renaming first makes sure that only one of two heirs removes it.
      const stale = `${file}.stale.${process.pid}`;
      try {
        renameSync(file, stale);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      }
      rmSync(stale, { force: true });
    }
  } finally {
    unlinkSync(draft);
  }
}

/** Writes what has become known since. */
export function updateRunFile(run: RunFile): void {
  const file = join(run.data, RUN_FILE);
  const next = `${file}.next`;
  writeFileSync(next, `${JSON.stringify(run, null, 2)}\n`, { mode: 0o600 });
  renameSync(next, file);
}

/** Gives the folder back, if it is still ours. */
export function leaveFolder(data: string): void {
  if (readRunFile(data)?.pid === process.pid) rmSync(join(data, RUN_FILE), { force: true });
}

export function readRunFile(data: string): RunFile | undefined {
  try {
    const run = JSON.parse(readFileSync(join(data, RUN_FILE), "utf8")) as RunFile;
    return run.version === 1 ? run : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the process of a run file still lives, and is still the same process. */
export function isAlive({ pid, pidStarted }: Pick<RunFile, "pid" | "pidStarted">): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it lives, and belongs to somebody else.
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  return pidStarted === null || startOf(pid) === pidStarted;
}

/** The kernel's start time of a process (proc(5), stat field 22), or null where there is no /proc. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is the program's name in parentheses and may contain spaces.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? null;
  } catch {
    return null;
  }
}

/** The data folder commands mean: named, from the environment, or the nearest `.crossdock` upwards. */
export function dataFolder(from: string, named: string | undefined, environment: NodeJS.ProcessEnv): string {
  const said = named ?? environment.CROSSDOCK_DATA;
  if (said) return resolve(from, said);
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    if (readRunFile(join(folder, ".crossdock"))) return join(folder, ".crossdock");
    if (dirname(folder) === folder) return resolve(from, ".crossdock");
  }
}
