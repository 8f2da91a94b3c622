/** The example that the README shows runs, ends by itself, and is what the README shows. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const here = import.meta.dirname;

test("an order crosses from the mailbox to the ERP, once", () => {
  const said = execFileSync(process.execPath, ["--conditions=source", join(here, "main.ts")], {
    encoding: "utf8",
  });
  expect(said).toBe("An order lies in the mailbox.\nIt is posted in the ERP as 4500001, once.\n");
});

test("the README shows this very code", () => {
  const readme = readFileSync(join(here, "../../README.md"), "utf8");
  const [, shown] = /```ts\n(const orderToErp[\s\S]*?)```/.exec(readme) ?? [];
  expect(shown).toBeDefined();
  expect(readFileSync(join(here, "integration.ts"), "utf8")).toContain(shown);
});
