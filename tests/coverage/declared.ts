/**
 * What covers what: reads the `@covers` declarations that stand in code, tests and pages, and gathers them by id.
 *
 * A declaration stands where its cover is: in the header of a simulated system, connector, process, route, runbook, test or
 * page (`@covers SYS-07, PRC-01`), or directly above a contract. Which part of the cover it is follows from where it stands,
 * so nobody can claim a test by writing in a page.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

export const ROOT: string = join(import.meta.dirname, "../..");

/** The parts a cover can have; each kind of id needs its own of them. */
export type Part = "contract" | "code" | "simulator" | "test" | "page";

/** Every id there is, and what its cover needs. The ids are stable: none is renumbered or reused. */
export const KINDS: readonly {
  readonly prefix: string;
  readonly count: number;
  readonly title: string;
  readonly code: string;
  readonly needs: readonly Part[];
}[] = [
  {
    prefix: "SYS",
    count: 46,
    title: "Systems",
    code: "Connection or part of the product",
    needs: ["code", "simulator", "test", "page"],
  },
  {
    prefix: "PRD",
    count: 6,
    title: "Named products",
    code: "Dialect or connection",
    needs: ["code", "simulator", "test", "page"],
  },
  {
    prefix: "API",
    count: 26,
    title: "Synchronous capabilities",
    code: "Route",
    needs: ["code", "test", "page"],
  },
  {
    prefix: "EVT",
    count: 44,
    title: "Events",
    code: "Flow or process",
    needs: ["contract", "code", "test"],
  },
  { prefix: "PRC", count: 29, title: "Processes", code: "Process", needs: ["code", "test", "page"] },
  { prefix: "SCN", count: 13, title: "Scenarios", code: "Process", needs: ["test", "page"] },
  { prefix: "RUN", count: 9, title: "Runbooks", code: "Runbook", needs: ["code", "test", "page"] },
];

export const IDS: readonly string[] = KINDS.flatMap(({ prefix, count }) =>
  Array.from({ length: count }, (_, at) => `${prefix}-${String(at + 1).padStart(2, "0")}`),
);

export interface Cover {
  readonly part: Part;
  /** The file, from the root of the repository. */
  readonly file: string;
  /** What it stands above, of a contract. */
  readonly name?: string;
}

const DECLARATION = /@covers ((?:[A-Z]{3}-\d\d(?:,\s*(?:\*\s*)?)?)+)/g;
const CONTRACT = /@covers ([A-Z\d, -]+) \*\/\nexport const \w+ = (?:event|command)\(\{\n\s*name: "([^"]+)"/g;

/** Every declaration, by id. A declaration of an id that does not exist is an error here, not a row. */
export function declared(): Map<string, Cover[]> {
  const covers = new Map<string, Cover[]>(IDS.map((id) => [id, []]));
  const add = (file: string, id: string, cover: Cover) => {
    const known = covers.get(id);
    if (!known) throw new Error(`${file} covers ${id}, which is no id of the requirements.`);
    if (known.some((one) => one.file === cover.file && one.name === cover.name)) return;
    known.push(cover);
  };
  for (const file of files()) {
    const text = readFileSync(join(ROOT, file), "utf8");
    if (!text.includes("@covers")) continue;
    const part = partOf(file);
    if (part === "contract") {
      for (const [, ids = "", name = ""] of text.matchAll(CONTRACT))
        for (const id of ids.split(/,\s*/)) add(file, id, { part, file, name });
      continue;
    }
    for (const [, ids = ""] of text.matchAll(DECLARATION))
      for (const id of ids.match(/[A-Z]{3}-\d\d/g) ?? []) add(file, id, { part, file });
  }
  return covers;
}

function partOf(file: string): Part {
  if (file.endsWith(".md")) return "page";
  if (/\.test\.tsx?$/.test(file)) return "test";
  if (file.startsWith("estate/")) return "simulator";
  return file.startsWith("src/contracts/canon/") ? "contract" : "code";
}

/** Sources and pages, in the order of their names. What is generated declares nothing. */
function files(): string[] {
  return ["src", "solutions", "estate", "tests", "docs", "examples"]
    .flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && /\.(tsx?|md)$/.test(entry.name))
        .map((entry) => relative(ROOT, join(entry.parentPath, entry.name))),
    )
    .filter((file) => !file.startsWith("tests/coverage/") && file !== "docs/reference/coverage.md")
    .filter((file) => !file.includes("node_modules"))
    .toSorted();
}
