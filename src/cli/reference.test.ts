/** The reference page says exactly what the commands declare; what the environment may say is documented both ways. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
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

/** Lines of shell blocks that call us, in every page. */
const calls = ["../README.md", ...readdirSync(docs, { recursive: true, encoding: "utf8" })]
  .filter((page) => page.endsWith(".md"))
  .flatMap((page) =>
    [...readFileSync(join(docs, page), "utf8").matchAll(/^```sh\n([\s\S]*?)^```/gm)].flatMap(
      ([, block = ""]) =>
        block
          .replaceAll("\\\n", " ")
          .split("\n")
          .filter((line) => /^(crossdock|xd) /.test(line))
          .map((line) => ({ page, line })),
    ),
  );

test("the pages call us, or this test proves nothing", () => {
  expect(calls.length).toBeGreaterThan(10);
});

test.each(calls)("$page: $line", ({ line }) => {
  const words = line.split(/\s+/).slice(1);
  let command: Command = program(rememberingTerminal());
  while (command.commands.length > 0) {
    const name = words.shift();
    const next = command.commands.find((each) => each.name() === name || each.aliases().includes(name ?? ""));
    expect(next, `${name} is a command of ${command.name()}`).toBeDefined();
    command = next!;
  }
  const known = command.options.flatMap(({ long, short }) => [long, short]);
  for (const word of words.filter((each) => /^--?[a-z]/.test(each))) expect(known).toContain(word);
});
