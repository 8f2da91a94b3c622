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

/** Every page but this history of ours, which names what is gone. */
const pages = [
  "../README.md",
  "../CONTRIBUTING.md",
  "../ARCHITECTURE.md",
  ...readdirSync(docs, { recursive: true, encoding: "utf8" }),
]
  .filter((page) => page.endsWith(".md"))
  .map((page) => ({ page, text: readFileSync(join(docs, page), "utf8") }));

/** What the pages print as code: lines of blocks, and words within a line. */
const printed = pages.flatMap(({ page, text }) =>
  [
    ...[...text.matchAll(/^```\w*\n([\s\S]*?)^```/gm)].flatMap(([, block = ""]) =>
      block.replaceAll("\\\n", " ").split("\n"),
    ),
    ...[...text.replace(/^```[\s\S]*?^```/gm, "").matchAll(/`([^`\n]+)`/g)].map(([, words = ""]) => words),
  ].map((line) => ({ page, line: line.trim() })),
);

const calls = [
  ...new Map(
    printed
      .filter(
        ({ page, line }) =>
          page !== "reference/cli.md" && /^(npx )?(crossdock|xd|bin\/crossdock\.cjs) /.test(line),
      )
      .map((call) => [call.line, call]),
  ).values(),
];

test("the pages call us, or this test proves nothing", () => {
  expect(calls.length).toBeGreaterThan(100);
});

test("every call the pages print is one of ours, with its options and as many words as it takes", () => {
  expect(calls.flatMap(({ page, line }) => flawsOf(line).map((flaw) => `${page}: ${line}: ${flaw}`))).toEqual(
    [],
  );
});

test("every script of npm the pages name is there", () => {
  const { scripts } = JSON.parse(readFileSync(join(docs, "../package.json"), "utf8")) as { scripts: object };
  const named = printed.flatMap(({ page, line }) =>
    [...line.matchAll(/\bnpm run ([a-z:]+)/g)].map(([, script = ""]) => ({ page, script })),
  );
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter(({ script }) => !Object.hasOwn(scripts, script))).toEqual([]);
  const contributing = pages.find(({ page }) => page.endsWith("CONTRIBUTING.md"))!.text;
  expect(
    Object.keys(scripts).filter(
      (script) => !contributing.includes(`npm ${/^(start|test)$/.test(script) ? "" : "run "}${script}`),
    ),
  ).toEqual([]);
});

/** What is wrong with one call as it is printed. */
function flawsOf(line: string): string[] {
  const words =
    line
      .replace(/^(npx )?\S+ /, "")
      .replace(/(^| )#.*/, "")
      .match(/'[^']*'|"[^"]*"|<[^>]*>|\S+/g) ?? [];
  let command: Command = program(rememberingTerminal());
  while (command.commands.length > 0) {
    const [name = ""] = words;
    const next = command.commands.find((each) => each.name() === name || each.aliases().includes(name));
    // A group alone is a heading, or shows its list.
    if (!next) return name === "" || name.startsWith("-") ? [] : [`${command.name()} has no ${name}`];
    words.shift();
    command = next;
  }
  const flaws: string[] = [];
  let given = 0;
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (!/^--?[a-z]/.test(word)) given += 1;
    else {
      const option = command.options.find(({ long, short }) => [long, short].includes(word));
      if (option?.required) words.shift();
      if (!option && word !== "--help") flaws.push(`no option ${word}`);
    }
  }
  const { registeredArguments: wanted } = command;
  const most = wanted.some(({ variadic }) => variadic) ? Number.POSITIVE_INFINITY : wanted.length;
  const least = wanted.filter(({ required }) => required).length;
  // Named alone, a command is spoken of, not called.
  if (given > most || (given > 0 && given < least))
    flaws.push(`takes ${least} to ${most} words, not ${given}`);
  return flaws;
}
