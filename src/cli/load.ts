/**
 * Finds and loads the configuration a command works on.
 *
 * In this order: `--config`, `crossdock.config.ts` (or .js, .mjs) of the working folder, the shipped demonstration: the
 * distribution solution over the simulated estate. A configuration that cannot be loaded is the author's to mend, so the
 * sentence names the file and what the file said.
 */
import { existsSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Configuration } from "../runtime/configuration.ts";
import { stopWith } from "./exit.ts";
import type { Terminal } from "./terminal.ts";
import { own, packageFolder } from "./version.ts";

export interface Loaded {
  readonly file: string;
  readonly configuration: Configuration;
  /** The shipped demonstration, because there is no configuration here. */
  readonly isDemonstration: boolean;
}

const NAMES = ["crossdock.config.ts", "crossdock.config.mts", "crossdock.config.js", "crossdock.config.mjs"];

/** The file a command would load, without loading it. */
export function configurationFile(
  terminal: Terminal,
  named?: string,
): { file: string; isDemonstration: boolean } {
  if (named !== undefined) {
    const file = resolve(terminal.folder, named);
    if (!existsSync(file)) stopWith("usage", `There is no configuration at ${file}.`);
    return { file, isDemonstration: false };
  }
  const here = NAMES.map((name) => join(terminal.folder, name)).find((file) => existsSync(file));
  return here
    ? { file: here, isDemonstration: false }
    : { file: own("solutions/distribution/crossdock.config"), isDemonstration: true };
}

/** What somebody's module said when it was loaded, with the file and line it said it in where that is theirs. */
export function whatAndWhere(cause: unknown, { folder }: Terminal): string {
  const { message, name, stack = "" } = cause as Error;
  const [first = name] = message.split("\n");
  const places = [...stack.matchAll(/file:\/\/(\/[^\s:)]+):(\d+)/g)];
  const ours = ["src", "dist"].map((part) => `${packageFolder()}/${part}/`);
  const isTheirs = (path: string) =>
    !path.includes("/node_modules/") && !ours.some((our) => path.startsWith(our));
  const [, file, line] = places.find(([, path = ""]) => isTheirs(path)) ?? [];
  const where = file === undefined ? "" : `${relative(folder, decodeURI(file))}, line ${line}: `;
  return `${where}${first.replace(/\.?$/, ".")}`;
}

export async function load(terminal: Terminal, named?: string): Promise<Loaded> {
  const { file, isDemonstration } = configurationFile(terminal, named);
  const shown = relative(terminal.folder, file).startsWith("..") ? file : relative(terminal.folder, file);
  let loaded: { default?: unknown };
  try {
    loaded = await import(pathToFileURL(file).href);
  } catch (cause) {
    return stopWith(
      "usage",
      `${shown} cannot be loaded: ${whatAndWhere(cause, terminal)} Mend it and try again.`,
      cause,
    );
  }
  const configuration = loaded.default as Configuration | undefined;
  if (!configuration?.gateway || !configuration.database || !Array.isArray(configuration.flows)) {
    return stopWith(
      "usage",
      `${shown} has no configuration as its default export. Write: export default configuration({ … }) with ` +
        `configuration from "crossdock/server".`,
    );
  }
  return { file, configuration, isDemonstration };
}
