/**
 * `crossdock estate start`: the simulated systems by themselves, any subset, for whoever tries a connection or a configuration of their own.
 *
 * It runs until it is interrupted. The systems are a program of their own; here it is only started, told apart from a dock's estate by
 * its folder, and ended with us.
 */
import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { stopWith } from "../exit.ts";
import { pairs } from "../table.ts";
import { printJson, type Terminal } from "../terminal.ts";
import { nodeArguments, own } from "../version.ts";

export interface StartOptions {
  readonly data?: string;
  readonly portBase?: string;
  readonly pace?: string;
  readonly crossdock?: string;
  readonly secrets?: string;
  readonly estateDatabase?: string;
  readonly json?: boolean;
}

/** Starts the named systems, or all, and resolves when they have ended. */
export async function startEstate(
  terminal: Terminal,
  systems: readonly string[],
  options: StartOptions,
): Promise<void> {
  const folder = options.data ?? join(process.cwd(), "estate-books");
  mkdirSync(folder, { recursive: true });
  const given = Object.entries({
    "--data": folder,
    "--port-base": options.portBase ?? "7400",
    "--systems": systems.length === 0 ? "all" : systems.join(","),
    "--pace": options.pace,
    "--crossdock": options.crossdock,
    "--secrets": options.secrets,
    "--database": options.estateDatabase,
  }).flatMap(([name, value]) => (value === undefined ? [] : [name, value]));
  // The channel ends when we do, in whatever way, and the systems stop with it.
  const child = spawn(process.execPath, [...nodeArguments(), own("estate/main"), ...given], {
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  let said = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    said += chunk;
    if (ready) terminal.note(chunk.toString().trimEnd());
  });
  let ready = false;
  if (child.stdout)
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (ready || !line.startsWith('{"ready":true')) return;
      ready = true;
      show(terminal, JSON.parse(line) as Ready, folder, options);
    });
  const code = await new Promise<number | null>((resolve) => child.once("exit", resolve));
  // The first lines say why; what follows them is its own list of options.
  if (code !== 0 && code !== null) stopWith("usage", said.split("\n\n")[0] ?? "The estate did not start.");
}

interface Ready {
  readonly control: number;
  readonly systems: Readonly<Record<string, { readonly url: string }>>;
}

function show(terminal: Terminal, { control, systems }: Ready, folder: string, { json }: StartOptions): void {
  const url = `http://127.0.0.1:${control}`;
  if (json) {
    printJson(terminal, "estate.started", { control: url, folder, systems });
    return;
  }
  for (const line of pairs(Object.entries(systems).map(([name, system]) => [name, system.url])))
    terminal.out(line);
  terminal.note(
    `\nTheir books are in ${folder}. Ask them: crossdock estate --control ${url}\nCtrl-C ends them.`,
  );
}
