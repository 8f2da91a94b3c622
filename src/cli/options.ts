/** Options that mean the same in every command that has them. */
import type { Command } from "commander";

export interface Common {
  readonly json?: boolean;
  readonly data?: string;
  readonly databaseUrl?: string;
  readonly debug?: boolean;
}

/** `--json`, `--no-color`, `--debug`: every command has them. */
export const withOutput = (command: Command): Command =>
  command
    .option("--json", "print JSON for programs")
    .option("--no-color", "no colours")
    .option("--debug", "when something goes wrong, say where in the code");

/** The same, and where the running dock is found. */
export const withDock = (command: Command): Command =>
  withOutput(command)
    .option("--data <folder>", "the data folder of the dock (default: the nearest .crossdock)")
    .option("--database-url <url>", "read this database instead");

/** Who acts and why; both are kept in the audit. */
export const withActor = (command: Command): Command =>
  command
    .option("--as <name>", "who you are, for the audit (default: your user name)")
    .option("--because <reason>", "why you do it, for the audit");

export interface Acting {
  readonly as?: string;
  readonly because?: string;
}
