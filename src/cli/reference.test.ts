/** The reference page says exactly what the commands declare; what the environment may say is documented both ways. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ENVIRONMENT } from "../runtime/configuration.ts";
import { rememberingTerminal } from "../testing/terminal.ts";
import { program } from "./main.ts";
import { reference } from "./reference.ts";

const docs = join(import.meta.dirname, "../../docs");

test("docs/reference/cli.md is what the commands declare", async () => {
  await expect(reference(program(rememberingTerminal()))).toMatchFileSnapshot(join(docs, "reference/cli.md"));
});

test("every environment variable is documented, and every documented one exists", () => {
  const page = readFileSync(join(docs, "reference/configuration.md"), "utf8");
  const documented = [...page.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, name]) => name);
  expect(documented.sort()).toEqual(Object.keys(ENVIRONMENT).sort());
});
