/**
 * Runs the command line as people do: a process of its own, free ports, a folder of its own.
 *
 * For stories about starting and stopping. Whatever a story started is gone when its `stop` resolves, also after a failure.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const ROOT = join(import.meta.dirname, "../..");
const MAIN = join(ROOT, "src/cli/main.ts");
/** Gateway, console and the estate's ports, as `crossdock dev --port-base` lays them out. */
const OFFSETS = [0, 1, ...Array.from({ length: 90 }, (_, index) => 100 + index)];

/** A new folder that PostgreSQL's own user may enter, so that everything a story starts stands in it. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "crossdock-story-"));
  chmodSync(folder, 0o755);
  return folder;
}

/** A port base with everything above it free, below the range the system hands out by itself. */
export async function freePortBase(): Promise<number> {
  for (;;) {
    const base = 10_000 + Math.floor(Math.random() * 20_000);
    const free = await Promise.all(OFFSETS.map((offset) => isFree(base + offset)));
    if (free.every(Boolean)) return base;
  }
}

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer().once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });

export class Running {
  readonly process: ChildProcess;
  readonly ended: Promise<number>;
  #said = "";
  #remarked = "";

  constructor(args: readonly string[], environment: NodeJS.ProcessEnv = {}) {
    const { DATABASE_URL: _, ...inherited } = process.env;
    this.process = spawn(process.execPath, ["--conditions=source", MAIN, ...args], {
      cwd: ROOT,
      env: { ...inherited, NO_COLOR: "1", ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.process.stdout?.on("data", (chunk: Buffer) => {
      this.#said += chunk;
    });
    this.process.stderr?.on("data", (chunk: Buffer) => {
      this.#remarked += chunk;
    });
    this.ended = new Promise((resolve) =>
      this.process.once("close", (code, signal) => resolve(code ?? (signal ? -1 : 0))),
    );
  }

  get said(): string {
    return this.#said;
  }

  get remarked(): string {
    return this.#remarked;
  }

  /** Waits until it has said something like this. */
  async says(pattern: RegExp, withinMs = 60_000): Promise<RegExpExecArray> {
    const until = Date.now() + withinMs;
    for (;;) {
      const match = pattern.exec(this.#said);
      if (match) return match;
      if (this.process.exitCode !== null) throw this.#failure(`it ended with ${this.process.exitCode}`);
      if (Date.now() > until) throw this.#failure("it did not in time");
      await sleep(20);
    }
  }

  async stop(signal: NodeJS.Signals = "SIGINT"): Promise<number> {
    this.process.kill(signal);
    return this.ended;
  }

  #failure(why: string): Error {
    return new Error(
      `Waited for words, but ${why}.\n--- said\n${this.#said}\n--- remarked\n${this.#remarked}`,
    );
  }
}

/** Runs a command that ends by itself. */
export async function crossdock(
  args: readonly string[],
): Promise<{ exit: number; said: string; remarked: string }> {
  const running = new Running(args);
  const exit = await running.ended;
  return { exit, said: running.said, remarked: running.remarked };
}

/** Processes that mention the folder on their command line: ours, the estate, workers, PostgreSQL. Linux only. */
export function processesOf(folder: string): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      try {
        const line = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
        return line.includes(folder) ? [`${pid} ${line}`] : [];
      } catch {
        return []; // It has ended meanwhile.
      }
    });
}

/** Waits until no process of the folder is left; returns those that are after `withinMs`. */
export async function goneFrom(folder: string, withinMs = 15_000): Promise<string[]> {
  const until = Date.now() + withinMs;
  for (;;) {
    const left = processesOf(folder);
    if (left.length === 0 || Date.now() > until) return left;
    await sleep(25);
  }
}

export const remove = (folder: string): void => rmSync(folder, { recursive: true, force: true });
