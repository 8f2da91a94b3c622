/**
 * Writes the coverage matrix: one row for every id, with the files of each part of its cover, or the word "missing".
 *
 * What must stay true: a row is complete only when every part its kind needs is there. Nothing here knows what an id means.
 */
import { type Cover, IDS, KINDS, type Part } from "./declared.ts";

const TITLES: Readonly<Record<Part, string>> = {
  contract: "Contract",
  code: "Code",
  simulator: "Simulator",
  test: "Test",
  page: "Page",
};

/** Every part that is missing, as `SYS-07 simulator`. */
export function missing(covers: ReadonlyMap<string, readonly Cover[]>): string[] {
  return IDS.flatMap((id) =>
    needs(id)
      .filter((part) => !(covers.get(id) ?? []).some((cover) => cover.part === part))
      .map((part) => `${id} ${part}`),
  );
}

const needs = (id: string): readonly Part[] => KINDS.find(({ prefix }) => id.startsWith(prefix))?.needs ?? [];

const HEAD = `# What is covered

Made from the \`@covers\` declarations in code, tests and pages; a test fails when this page and the code differ. A row is
covered when every part its kind needs is there. **missing** says so where one is not.
`;

/** @example page(declared()) // "# What is covered\n…" */
export function page(covers: ReadonlyMap<string, readonly Cover[]>): string {
  const gaps = missing(covers);
  const whole = (ids: readonly string[]) => ids.filter((id) => !gaps.some((gap) => gap.startsWith(id)));
  const kinds = KINDS.map((kind) => ({ ...kind, ids: IDS.filter((id) => id.startsWith(kind.prefix)) }));
  const summary = [
    "| | Rows | Covered |",
    "|---|---|---|",
    ...kinds.map(({ title, count, ids }) => `| ${title} | ${count} | ${whole(ids).length} |`),
  ].join("\n");
  const tables = kinds.map(({ title, code, needs: parts, ids }) =>
    [
      `## ${title}`,
      "",
      `| Id | ${parts.map((part) => (part === "code" ? code : TITLES[part])).join(" | ")} |`,
      `|---|${parts.map(() => "---|").join("")}`,
      ...ids.map((id) => `| ${id} | ${parts.map((part) => cell(covers.get(id) ?? [], part)).join(" | ")} |`),
    ].join("\n"),
  );
  return `${HEAD}\n${summary}\n\n${tables.join("\n\n")}\n`;
}

function cell(covers: readonly Cover[], part: Part): string {
  const found = covers.filter((cover) => cover.part === part);
  if (found.length === 0) return "**missing**";
  return found.map(({ file, name }) => (name ? `\`${name}\`` : `[${short(file)}](../../${file})`)).join(", ");
}

/** The last two parts of a path tell enough; the link has the rest. */
const short = (file: string): string =>
  file
    .split("/")
    .slice(-2)
    .join("/")
    .replace(/\.(test\.ts|tsx?|md)$/, "");
