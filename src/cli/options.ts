/** Options that mean the same in every command that has them. */
import { userInfo } from "node:os";
import type { Command } from "commander";
import { milliseconds, type Span } from "../std/span.ts";
import { stopWith } from "./exit.ts";

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

/** Everything that changes something: what would be asked can be looked at first. */
export const withButton = (command: Command): Command =>
  command.option("--dry-run", "say what would be done; nothing is");

/** Why somebody acts; kept in the audit with the name of the operating system's user. */
export const withReason = (command: Command): Command =>
  withButton(command.option("--because <reason>", "why you do it, for the audit"));

export interface Acting {
  readonly because?: string;
  readonly dryRun?: boolean;
}

/** A span such as `30m` or `2h`, in milliseconds. Ends the command when it is none. */
export function spanOf(given: string, option: string): number {
  if (/^\d{1,5}(\.\d+)?(s|m|h|d)$/.test(given)) return milliseconds(given as Span);
  return stopWith("usage", `${option} takes a span such as 30m, 2h or 3d, not "${given}".`);
}

/** `today`, a span ago (`2h`), or an instant. Ends the command when it is none. */
export function sinceOf(given: string, now: Date = new Date()): Date {
  if (given === "today") return new Date(now.getFullYear(), now.getMonth(), now.getDate());
  if (/^\d{4}-\d{2}-\d{2}/.test(given) && !Number.isNaN(Date.parse(given))) return new Date(given);
  if (/^\d/.test(given) && !given.includes("-")) return new Date(now.getTime() - spanOf(given, "--since"));
  return stopWith(
    "usage",
    `--since takes today, a span such as 2h, or an instant such as 2026-01-05T08:00:00Z, not "${given}".`,
  );
}

/** Who is at this machine, as the audit names them. */
export function person({ because }: Pick<Acting, "because">): { name: string; reason?: string } {
  let name = "command line";
  try {
    name = userInfo().username;
  } catch {
    // A user without an entry in the system's list, as in some containers.
  }
  return because ? { name, reason: because } : { name };
}
