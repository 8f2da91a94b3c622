/**
 * Reads the house: every file we wrote, with what it imports. The laws in laws.ts judge what is read here.
 *
 * Walks folders instead of asking git, so that a copy without history, or one that belongs to another user, is checked
 * the same way.
 */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

/** A file as the laws see it. */
export interface File {
  /** Relative to the repository, with forward slashes: "src/journal/append.ts". */
  readonly path: string;
  readonly text: string;
}

const NOT_OURS = new Set(["node_modules", "dist", "dist.next", ".git", ".crossdock", "coverage"]);
const TEXT = /\.(ts|tsx|cjs|mjs|js|json|md|sql|css|html|yaml|yml|sh|toml)$|^\.ci\/run$/;

/** Pictures are there to be linked to; nobody reads them. */
const PICTURE = /\.(png|jpg)$/;

/** Every text file below `root`, and every picture as an empty text, except what is installed, built or stored there. */
export function readHouse(root: string): File[] {
  const files: File[] = [];
  const walk = (folder: string) => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = folder ? `${folder}/${entry.name}` : entry.name;
      if (NOT_OURS.has(entry.name)) continue;
      if (entry.isDirectory()) walk(path);
      else if (entry.isFile() && TEXT.test(path) && entry.name !== "package-lock.json") {
        files.push({ path, text: readFileSync(join(root, path), "utf8") });
      } else if (entry.isFile() && PICTURE.test(path)) {
        files.push({ path, text: "" });
      }
    }
  };
  walk("");
  return files;
}

export const isCode = ({ path }: File): boolean => /\.(ts|tsx|cjs|mjs)$/.test(path);
/** Tests, and what only tests are made of. */
export const isTest = ({ path }: File): boolean => /\.(test|fixtures)\.tsx?$/.test(path);

/** "journal" for src/journal/append.ts; "index.ts" for the door src/index.ts; undefined outside src. */
export const roomOf = (path: string): string | undefined =>
  path.startsWith("src/") ? path.split("/")[1] : undefined;

/** Without comments, which may speak of anything. Good enough for laws: a comment mark inside a string is rare. */
export const codeOf = ({ text }: File): string =>
  text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|[^:"'`])\/\/.*/g, "$1");

/** What a file imports: `target` is a path of the repository for a relative import, else the package's name as written. */
export interface Import {
  readonly relative: boolean;
  readonly target: string;
}

export function importsOf(file: File): Import[] {
  const code = codeOf(file);
  const found = [
    ...code.matchAll(/\b(?:import|export)\b[^;"'`]*?\bfrom\s*["']([^"']+)["']/g),
    ...code.matchAll(/\bimport\s*["']([^"']+)["']/g),
    ...code.matchAll(/\b(?:import|require)\(\s*["']([^"']+)["']/g),
  ];
  return found.map(([, name = ""]) =>
    name.startsWith(".")
      ? { relative: true, target: normalize(join(dirname(file.path), name)) }
      : { relative: false, target: name },
  );
}
