/**
 * The `crossdock` command (alias `xd`): reads the words, runs one command, ends with a code a script can rely on.
 *
 * A person never sees a stack trace: whatever goes wrong is a sentence on stderr that says what to do. `--debug` shows the
 * rest. What each command does lives in its own file in `commands/`.
 */
import { Command, CommanderError } from "commander";
import { commands } from "./commands/index.ts";
import { EXIT, endOf } from "./exit.ts";
import { processTerminal, type Terminal } from "./terminal.ts";
import { versionOf } from "./version.ts";

/** The whole command tree, writing to `terminal`. Parsing it never ends the process. */
export function program(terminal: Terminal): Command {
  const root = new Command("crossdock")
    .description("Carries orders, shipments and invoices between systems, and knows where each of them is.")
    .version(versionOf(), "-V, --version", "print the version")
    .showSuggestionAfterError()
    .helpCommand("help [command]", "say what a command does")
    .addHelpText(
      "after",
      "\nThe first steps: crossdock dev    What a command does: crossdock <command> --help",
    );
  for (const make of commands) root.addCommand(make(terminal));
  settle(root, terminal);
  return root;
}

/** Runs one command line (without node and script) and returns its exit code. */
export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    await program(terminal).parseAsync([...args], { from: "user" });
    return Number(process.exitCode ?? EXIT.done);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    const { exit, says } = endOf(error);
    // A check that says no has already said why.
    if (says !== "") terminal.note(`crossdock: ${says}`);
    if (args.includes("--debug")) terminal.note(String((error as Error)?.stack ?? error));
    return exit;
  }
}

/** Every command of the tree throws instead of ending the process, and writes where the terminal says. */
function settle(command: Command, terminal: Terminal): void {
  command
    .exitOverride()
    .configureHelp({ helpWidth: Math.min(terminal.columns, 110), showGlobalOptions: false })
    .configureOutput({
      writeOut: (text) => terminal.out(text.replace(/\n$/, "")),
      writeErr: (text) => terminal.note(text.replace(/\n$/, "").replace(/^error: /, "crossdock: ")),
    });
  for (const child of command.commands) settle(child, terminal);
}

/** True when this file is what Node was started with, or the launcher in bin/. */
const started = process.argv[1] ?? "";
if (/(?:cli\/main\.(?:ts|js)|bin\/crossdock\.cjs|\/(?:crossdock|xd))$/.test(started.replaceAll("\\", "/"))) {
  // A reader that closes the pipe early (head, less) is not an error.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(EXIT.done);
    throw error;
  });
  const exit = await run(process.argv.slice(2), processTerminal());
  process.exitCode = exit;
}
