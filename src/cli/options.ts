/** Options that mean the same in every command that has them. */
import { userInfo } from "node:os";
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

/** Why somebody acts; kept in the audit with the name of the operating system's user. */
export const withReason = (command: Command): Command =>
  command.option("--because <reason>", "why you do it, for the audit");

export interface Acting {
  readonly because?: string;
}

/** Who is at this machine, as the audit names them. */
export function person({ because }: Acting): { name: string; reason?: string } {
  let name = "command line";
  try {
    name = userInfo().username;
  } catch {
    // A user without an entry in the system's list, as in some containers.
  }
  return because ? { name, reason: because } : { name };
}
