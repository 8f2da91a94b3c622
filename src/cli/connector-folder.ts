/**
 * A connector somebody writes: a folder with `connector.ts` and the world it is proved against, `world.ts`.
 *
 * The first one is a copy of the tutorial's, which runs in our own tests under every check of the kit: whoever begins with it begins
 * with something that is right, and changes it from there.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Connector } from "../connectors/connector.ts";
import type { Options, World } from "../testing/conformance.ts";
import { stopWith } from "./exit.ts";
import { whatAndWhere } from "./load.ts";
import type { Terminal } from "./terminal.ts";
import { packageFolder, versionOf } from "./version.ts";

export interface ConnectorFolder {
  readonly folder: string;
  readonly connector: Connector;
  readonly openWorld: () => Promise<World>;
  readonly without: NonNullable<Options["without"]>;
  readonly patienceMs: number | undefined;
}

/** Where connectors of a project stand, unless somebody says otherwise. */
const HOME = "connectors";
const FILES = ["connector.ts", "world.ts", "connector.test.ts"] as const;

/** The folder a name or a path means. */
export function folderOf({ folder: here }: Terminal, named: string): string {
  const asSaid = resolve(here, named);
  return /[/\\.]/.test(named) || existsSync(join(asSaid, "connector.ts")) ? asSaid : join(here, HOME, named);
}

/** Loads it. Ends the command with what to write where something is missing. */
export async function connectorAt(terminal: Terminal, named: string): Promise<ConnectorFolder> {
  const folder = folderOf(terminal, named);
  const [made, proved] = [
    await loaded(terminal, folder, "connector"),
    await loaded(terminal, folder, "world"),
  ];
  const found = Object.values(made).filter(isConnector);
  const [connector, another] = found;
  if (!connector)
    return stopWith(
      "usage",
      `${join(folder, "connector.ts")} exports no connector. Write: export const … = connector({ … })`,
    );
  if (another)
    stopWith(
      "usage",
      `${join(folder, "connector.ts")} exports ${found.map(({ name }) => name).join(" and ")}. Keep one to a folder.`,
    );
  if (typeof proved.openWorld !== "function")
    stopWith(
      "usage",
      `${join(folder, "world.ts")} has no world. Write: export async function openWorld(): Promise<World> { … }`,
    );
  return {
    folder,
    connector,
    openWorld: proved.openWorld as () => Promise<World>,
    without: (proved.without ?? {}) as ConnectorFolder["without"],
    patienceMs: typeof proved.patienceMs === "number" ? proved.patienceMs : undefined,
  };
}

async function loaded(terminal: Terminal, folder: string, what: string): Promise<Record<string, unknown>> {
  const file = ["ts", "mts", "js", "mjs"].map((end) => join(folder, `${what}.${end}`)).find(existsSync);
  if (file === undefined)
    return stopWith(
      "notFound",
      `There is no ${what}.ts in ${folder}. A whole one to begin with: crossdock connectors new <name>`,
    );
  try {
    return (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  } catch (cause) {
    return stopWith(
      "usage",
      `${relative(terminal.folder, file)} cannot be loaded: ${whatAndWhere(cause, terminal)}`,
      cause,
    );
  }
}

const isConnector = (value: unknown): value is Connector =>
  typeof value === "object" &&
  value !== null &&
  "guarantees" in value &&
  "open" in value &&
  "config" in value;

/** The files a connector of this name begins with: file name to text. */
export function beginning(name: string, title: string): ReadonlyMap<string, string> {
  const source = join(packageFolder(), "examples", "own-connector");
  const id = name.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  const renamed = (text: string) =>
    text
      .replace(/^\/\/ (cut: .*|end)\n/gm, "")
      .replaceAll('"vitest"', '"node:test"')
      .replaceAll('"lumen"', `"${name}"`)
      .replaceAll("lumen.", `${name}.`)
      .replace(/\blumen\b/g, id)
      .replaceAll("Lumen", title);
  const texts = FILES.map((file): [string, string] => {
    const text = renamed(readFileSync(join(source, file), "utf8"));
    return [file, file === "connector.ts" ? text.replace(/^\/\*\*[\s\S]*?\*\/\n/, headerOf(title)) : text];
  });
  return new Map([...texts, ["README.md", readmeOf(name, title)]]);
}

const headerOf = (title: string) => `/**
 * A connector for ${title}.
 *
 * It began as a whole connector for a service that keeps things under a name we choose, so that sending twice books once. Change the
 * calls to those of ${title}, and \`guarantees\` to what it really does; the kit says whether both are true.
 */
`;

function readmeOf(name: string, title: string): string {
  const { typebox } = (
    JSON.parse(readFileSync(join(packageFolder(), "package.json"), "utf8")) as {
      dependencies: Record<string, string>;
    }
  ).dependencies;
  return `# ${title}

| File | What to change |
|---|---|
| \`connector.ts\` | the settings, the guarantees, the calls. Say \`Unavailable\` only where it certainly did not happen, \`InDoubt\` where it may have |
| \`world.ts\` | the small ${title} it is proved against: what an effect is, and how it misbehaves |
| \`connector.test.ts\` | nothing: it runs every check the guarantees ask for |

\`\`\`sh
npm install typebox@${typebox}
npx crossdock connectors test ${name}       # or: node --test connectors/${name}
npx crossdock connectors sim ${name}        # the small ${title} as a system to connect to by hand
npx crossdock connectors certify ${name}    # the proof, as a file to keep with it
\`\`\`

Written by Crossdock ${versionOf()}.
`;
}

/** Writes them. Ends the command where something stands already. */
export function begin(folder: string, files: ReadonlyMap<string, string>): void {
  if (existsSync(folder) && readdirSync(folder).length > 0)
    stopWith(
      "conflict",
      `${folder} is there already and not empty. Choose another name, or another place with --to.`,
    );
  mkdirSync(folder, { recursive: true });
  for (const [file, text] of files) writeFileSync(join(folder, file), text);
}
