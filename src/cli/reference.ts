/**
 * The command line as a page: every command, argument and option as the command itself declares them, and the exit codes.
 *
 * docs/reference/cli.md is this text; a test compares the two (`vitest run src/cli/reference.test.ts --update` writes it anew).
 */
import type { Command, Option } from "commander";
import { EXIT, EXIT_MEANING } from "./exit.ts";

const INTRODUCTION = `# The command line

\`crossdock\` (alias \`xd\`) starts Crossdock, tells what happened to any document, and presses the buttons a person may
press. This page is generated from the commands themselves.

* Data goes to stdout, progress and remarks to stderr. Colours are for terminals; \`NO_COLOR\`, \`--no-color\`,
  \`TERM=dumb\` and pipes get plain text.
* \`--json\` prints one JSON document with \`schema\` (\`xd.<command>/1\`) and \`version\`. Fields may be added; a change that
  breaks a reader raises the version.
* A command finds the running dock by \`run.json\` in the nearest \`.crossdock\` folder, in \`CROSSDOCK_DATA\` or in
  \`--data\`. Reading goes to the database; whatever changes something goes through the console of the running dock and
  into the audit, with the name of the operating system's user.
* Whatever changes something has \`--dry-run\`: it says what would be done, and nothing is. A question is only asked at a
  terminal, and each has an option; \`--yes\` never stands for a second person.
* \`--jsonl\`, for streams, prints one such document a line. A list ends with what one would type next, on stderr.
* Progress is a bar on a terminal and a line now and then in a log. The first Ctrl-C of a bulk act begins nothing more and watches
  what is on its way; a second one leaves at once, with 130.
* Errors are one sentence that says what to do; \`--debug\` adds where in the code. What we did not foresee has an id (E-…): the
  same defect gives the same id.
`;

export function reference(root: Command): string {
  const commands = leaves(root);
  return [
    INTRODUCTION,
    "## Commands\n",
    "| Command | |",
    "|---|---|",
    ...commands.map(
      (command) => `| [\`${nameOf(command)}\`](#${anchorOf(command)}) | ${escaped(command.description())} |`,
    ),
    "",
    ...commands.flatMap(section),
    "## Exit codes\n",
    "| Code | Meaning |",
    "|---|---|",
    ...(Object.keys(EXIT) as (keyof typeof EXIT)[]).map(
      (name) => `| ${EXIT[name]} | ${EXIT_MEANING[name]} |`,
    ),
    "",
    "`dev` and `start` run until they are stopped: Ctrl-C and SIGTERM end them with 0, a second Ctrl-C at once with 130.",
    "",
  ].join("\n");
}

/** Commands that do something, in the order of the help. */
const leaves = (command: Command): Command[] =>
  command.commands.length === 0 ? [command] : command.commands.flatMap(leaves);

function nameOf(command: Command): string {
  const words: string[] = [];
  for (let at: Command | null = command; at; at = at.parent) words.unshift(at.name());
  return words.join(" ");
}

const anchorOf = (command: Command): string => nameOf(command).replaceAll(" ", "-");

function section(command: Command): string[] {
  const help = command.createHelp();
  const options = help.visibleOptions(command).filter(({ long }) => long !== "--help");
  const words = [nameOf(command), ...command.registeredArguments.map((each) => argument(each)), "[options]"];
  return [
    `## ${nameOf(command)}\n`,
    `${escaped(command.description())}${alsoOf(command)}\n`,
    "```",
    words.join(" "),
    "```\n",
    ...table(
      "Argument",
      command.registeredArguments.map((each) => [argument(each), each.description, each.defaultValue]),
    ),
    ...table(
      "Option",
      options.map((option: Option) => [option.flags, described(option), defaultOf(option)]),
    ),
  ];
}

/** Under which other names the same is done. */
function alsoOf(command: Command): string {
  const path: readonly string[][] = [command, ...parentsOf(command)]
    .toReversed()
    .map((each) => [each.name(), ...each.aliases()]);
  const names = path.reduce<string[]>(
    (before, next) =>
      before.length === 0 ? next : before.flatMap((one) => next.map((two) => `${one} ${two}`)),
    [],
  );
  const others = names.filter((name) => name !== nameOf(command));
  return others.length === 0 ? "" : ` Also: ${others.map((name) => `\`${name}\``).join(", ")}.`;
}

function parentsOf({ parent }: Command): Command[] {
  return parent === null ? [] : [parent, ...parentsOf(parent)];
}

const argument = (each: { name(): string; required: boolean; variadic: boolean }): string => {
  const name = each.name() + (each.variadic ? "..." : "");
  return each.required ? `<${name}>` : `[${name}]`;
};

const described = ({ description, argChoices }: Option): string =>
  argChoices ? `${description}: ${argChoices.join(" or ")}` : description;

const defaultOf = ({ defaultValue, negate }: Option): unknown =>
  negate || Array.isArray(defaultValue) ? undefined : defaultValue;

const table = (title: string, rows: readonly (readonly [string, string, unknown])[]): string[] =>
  rows.length === 0
    ? []
    : [
        `| ${title} | |`,
        "|---|---|",
        ...rows.map(([word, means, value]) => {
          const otherwise = value === undefined ? "" : ` (default: ${String(value)})`;
          return `| \`${word}\` | ${escaped(means)}${otherwise} |`;
        }),
        "",
      ];

const escaped = (text: string): string => text.replaceAll("|", "\\|").replaceAll("<", "&lt;");
