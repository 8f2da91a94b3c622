/** Every promise of docs/explain/guarantees.md names the tests that hold us to it, and they are there. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "..");
const PAGE = readFileSync(join(ROOT, "docs/explain/guarantees.md"), "utf8");

/** Promises the product does not keep yet. The page must say so; a promise leaves this list with its first test. */
const NOT_YET: readonly string[] = [];

interface Named {
  readonly path: string;
  readonly words: string;
}

interface Guarantee {
  readonly name: string;
  readonly text: string;
  readonly tests: readonly Named[];
}

const guaranteesOf = (page: string): Guarantee[] =>
  page
    .split(/^## /m)
    .slice(1)
    .map((section) => {
      const [name = "", ...lines] = section.split("\n");
      const text = lines.join("\n");
      const tests = [...text.matchAll(/^\* \[([^\]]+)\]\(\.\.\/\.\.\/([^)]+)\) "([^"]+)"$/gm)].map(
        ([, , path = "", words = ""]) => ({ path, words }),
      );
      return { name, text, tests };
    });

/** What is wrong with the page, a sentence each. */
function faults(page: string, read: (path: string) => string | null): string[] {
  const guarantees = guaranteesOf(page);
  const wanted = Array.from({ length: 15 }, (_, index) => `G${index + 1}`);
  return [
    ...wanted
      .filter((name) => !guarantees.some((one) => one.name === name))
      .map((name) => `${name} is missing.`),
    ...guarantees.flatMap(({ name, text, tests }) => [
      ...(text.includes("**") ? [] : [`${name} promises nothing in bold.`]),
      ...(text.includes("\nNot promised: ") ? [] : [`${name} does not say what is not promised.`]),
      ...(tests.length === 0 && !(NOT_YET.includes(name) && text.includes("\nNot kept yet: "))
        ? [`${name} is held by no test.`]
        : []),
      ...(tests.length > 0 && NOT_YET.includes(name)
        ? [`${name} has a test and is still called not kept.`]
        : []),
      ...tests.flatMap(({ path, words }) => {
        const file = read(path);
        if (file === null) return [`${name} is said to be held by ${path}, which is not there.`];
        return file.includes(words)
          ? []
          : [`${path} has nothing called "${words}", which is to hold ${name}.`];
      }),
    ]),
  ];
}

const read = (path: string): string | null => {
  const file = join(ROOT, path);
  return /^(tests|src|solutions)\//.test(path) && existsSync(file) ? readFileSync(file, "utf8") : null;
};

test("each of the fifteen is promised in plain words and held by a test that is there", () => {
  expect(faults(PAGE, read)).toEqual([]);
});

test("a promise that is missing, untested, or held by something that is not there is noticed", () => {
  const [first] = guaranteesOf(PAGE)[0]?.tests ?? [];
  const broken = PAGE.replace(/^## G15[\s\S]*/m, "")
    .replace(/^\* .*journal-cases.*\n|^\* .*a window of de-dup.*\n|^\* .*other content under.*\n/gm, "")
    .replace(first?.words ?? "", "nobody wrote this test")
    .replaceAll("src/work/lanes.test.ts", "src/work/gone.test.ts");
  expect(faults(broken, read)).toEqual([
    "G15 is missing.",
    `${first?.path} has nothing called "nobody wrote this test", which is to hold G1.`,
    "G2 is held by no test.",
    "G5 is said to be held by src/work/gone.test.ts, which is not there.",
  ]);
});
