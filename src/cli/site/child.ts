/**
 * A program of ours that runs beside us and never outlives us.
 *
 * Each child holds the other end of a pipe that only we can close: when we are gone, however we went, it reads the end of
 * its input and stops. It runs in a session of its own, so a Ctrl-C in the terminal reaches us alone and we stop the
 * children in order. What it prints goes to a log file.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { stopWith } from "../exit.ts";
import { nodeArguments } from "../version.ts";

export interface ChildOptions {
  /** Names its log file: `worker-1`. */
  readonly name: string;
  readonly program: string;
  /** For Node itself, before the program. */
  readonly flags?: readonly string[];
  readonly arguments: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  readonly logs: string;
  readonly folder: string;
  /** How it says that it is ready: a message on the channel, or the first line it prints, as JSON. */
  readonly readyBy: "message" | "line";
}

/** A stopping worker finishes what is on the wire; after that it is ended. */
const STOP_WITHIN_MS = 12_000;
const LOG_TAIL_BYTES = 4_000;

export class Child {
  readonly name: string;
  readonly log: string;
  /** Settles when it has ended: how. */
  readonly ended: Promise<string>;
  readonly #process: ChildProcess;
  readonly #ready: Promise<unknown>;
  #over = false;

  constructor(options: ChildOptions) {
    mkdirSync(options.logs, { recursive: true });
    this.name = options.name;
    this.log = join(options.logs, `${options.name}.log`);
    const log = openSync(this.log, "a", 0o600);
    this.#process = spawn(
      process.execPath,
      [...nodeArguments(), ...(options.flags ?? []), options.program, ...options.arguments],
      {
        cwd: options.folder,
        env: options.environment,
        detached: true,
        // stdin is the line that tells it we are alive; the fourth is the channel on which it says that it is ready.
        stdio: options.readyBy === "message" ? ["pipe", log, log, "ipc"] : ["pipe", "pipe", log, "ipc"],
      },
    );
    const { stdout } = this.#process;
    if (stdout)
      stdout.on("data", (chunk: Buffer) => writeSync(log, chunk)).once("close", () => closeSync(log));
    else closeSync(log);
    this.#process.stdin?.on("error", () => {});
    this.ended = new Promise((resolve) => {
      this.#process.once("error", (error) => resolve(`could not be started: ${error.message}`));
      this.#process.once("exit", (code, signal) =>
        resolve(signal ? `ended by ${signal}` : `ended with code ${code}`),
      );
    }).then((how) => {
      this.#over = true;
      return how as string;
    });
    this.#ready = new Promise((resolve) => {
      this.#process.once("message", resolve);
      if (stdout) createInterface(stdout).once("line", (line) => resolve(JSON.parse(line)));
    });
    this.#ready.catch(() => {});
  }

  get pid(): number {
    return this.#process.pid ?? -1;
  }

  get isOver(): boolean {
    return this.#over;
  }

  /** What it said when it was ready. Throws, with the end of its log, when it ends first. */
  async ready<Message>(): Promise<Message> {
    const first = await Promise.race([
      this.#ready.then((said) => ({ said })),
      this.ended.then((how) => ({ how })),
    ]);
    if (!("said" in first)) {
      return stopWith(
        "unexpected",
        `${this.name} ${first.how} before it was ready. Its log: ${this.log}\n${this.lastWords()}`,
      );
    }
    const { failed } = first.said as { failed?: string };
    if (failed !== undefined)
      stopWith("unexpected", `${failed} (${this.name} says so; its log: ${this.log})`);
    return first.said as Message;
  }

  /** Asks it to stop, and ends it when it does not. Resolves when it is gone. */
  async stop(): Promise<void> {
    if (this.#over) return;
    this.#process.kill("SIGTERM");
    this.#process.stdin?.end();
    const patience = new AbortController();
    const late = sleep(STOP_WITHIN_MS, "late", { signal: patience.signal }).catch(() => "stopped");
    if ((await Promise.race([late, this.ended])) === "late") this.#process.kill("SIGKILL");
    patience.abort();
    await this.ended;
  }

  /** The end of its log, for a sentence about why it failed. */
  lastWords(): string {
    const text = readFileSync(this.log, "utf8").slice(-LOG_TAIL_BYTES).trimEnd();
    return text.split("\n").slice(-12).join("\n");
  }
}
