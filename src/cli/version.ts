/** Which Crossdock this is, and where it is installed. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { ensure } from "../std/errors.ts";

/** The folder of the installed package: the nearest one above this file with our package.json. */
export function packageFolder(from = dirname(fileURLToPath(import.meta.url))): string {
  for (let folder = from; ; folder = dirname(folder)) {
    const file = join(folder, "package.json");
    if (existsSync(file) && JSON.parse(readFileSync(file, "utf8")).name === "crossdock") return folder;
    ensure(dirname(folder) !== folder, "the command line is inside the crossdock package");
  }
}

export const versionOf = (): string =>
  (JSON.parse(readFileSync(join(packageFolder(), "package.json"), "utf8")) as { version: string }).version;

/** Whether we run from the sources (types stripped by Node) or from what was built. */
export const fromSources = (): boolean => import.meta.url.endsWith(".ts");

/** The path of one of our own programs, in the sources or in dist: `own("estate/main")`. */
export function own(program: string): string {
  const folder = packageFolder();
  return fromSources() ? join(folder, `${program}.ts`) : join(folder, "dist", `${program}.js`);
}

/** Arguments for Node to run one of our own programs the way we are running. */
export const nodeArguments = (): string[] => (fromSources() ? ["--conditions=source"] : []);
