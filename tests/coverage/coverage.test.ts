/** The coverage matrix is what code, tests and pages declare; what is missing is pinned, so that it can only shrink. */
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { declared, ROOT } from "./declared.ts";
import { MATRIX } from "./matrix.ts";
import { matrixPage, shipped, unheld } from "./matrix-page.ts";
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

describe("the agreement matrix", () => {
  const agreements = shipped();

  test("docs/reference/agreement.md is what is asked and why the rest is not; after a change: vitest run tests/coverage -u", async () => {
    await expect(matrixPage(MATRIX, agreements)).toMatchFileSnapshot(
      join(ROOT, "docs/reference/agreement.md"),
    );
  });

  test("every cell of it is held by a system that is asked or heard, or says why it is not", () => {
    expect(unheld(MATRIX, agreements)).toEqual([]);
    const places = new Set(MATRIX.flatMap(({ cells }) => cells.flatMap(({ held }) => held)));
    const broken = new Map([...agreements].filter(([name]) => name !== "periods"));
    const cells = [{ who: "somebody", held: [] }];
    expect(unheld([...MATRIX, { milestone: "a new one", within: "1h", cells }], broken)).toEqual([
      "period status, ERP entity: there is no periods/closed/erp.",
      "a new one, somebody: neither held nor explained.",
    ]);
    expect(places.size).toBeGreaterThan(40);
  });
});
