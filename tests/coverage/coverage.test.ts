/** The coverage matrix is what code, tests and pages declare; what is missing is pinned, so that it can only shrink. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { declared, ROOT } from "./declared.ts";
import { MISSING } from "./missing.ts";
import { missing, page } from "./page.ts";

const covers = declared();

test("docs/reference/coverage.md is what is declared; after a change: vitest run tests/coverage -u", async () => {
  await expect(page(covers)).toMatchFileSnapshot(join(ROOT, "docs/reference/coverage.md"));
});

test("nothing is missing that was there, and what came is taken off the list of what is missing", () => {
  expect(missing(covers)).toEqual(MISSING);
});

test("a declaration counts only where it stands: a page is no test, a test no simulator", () => {
  const parts = (id: string) => new Set(covers.get(id)?.map(({ part }) => part));
  expect(parts("SYS-18")).toEqual(new Set(["code", "simulator", "test", "page"]));
  expect(covers.get("SYS-18")?.find(({ part }) => part === "simulator")?.file).toBe("estate/systems/wms.ts");
});
