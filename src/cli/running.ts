/**
 * Finds the running dock a command is about: its database to read from, its console to press buttons through.
 *
 * Reading goes straight to the database by the trace, so a story can be read while no worker runs. Everything that
 * changes something goes through the console of the running dock, under its rights and into its audit.
 */
import type pg from "pg";
import { openPool, reachable } from "../std/sql.ts";
import { stopWith } from "./exit.ts";
import type { Common } from "./options.ts";
import { dataFolder, isAlive, type RunFile, readRunFile } from "./run-file.ts";
import type { Terminal } from "./terminal.ts";

/** What `run.json` says, when the dock it describes is alive. Ends the command otherwise. */
export function runningDock(terminal: Terminal, { data }: Common): RunFile {
  const folder = dataFolder(terminal.folder, data, terminal.environment);
  const run = readRunFile(folder);
  if (run && isAlive(run)) return run;
  return stopWith(
    "unreachable",
    run
      ? `The Crossdock of ${folder} is not running any more. Start it with "crossdock ${run.command}".`
      : `No Crossdock is running on ${folder}. Start one with "crossdock dev", or name its data folder with --data.`,
  );
}

/** Opens the database for reading, hands it to `read`, and closes it whatever happens. */
export async function withDatabase<Result>(
  terminal: Terminal,
  options: Common,
  read: (pool: pg.Pool) => Promise<Result>,
): Promise<Result> {
  const url = options.databaseUrl ?? (options.data ? undefined : terminal.environment.DATABASE_URL);
  const address = url ?? runningDock(terminal, options).database;
  if (!address) return stopWith("unreachable", "Crossdock is still starting. Try again in a moment.");
  const pool = openPool(address, { max: 3, name: "crossdock command" });
  try {
    await reachable(pool);
    return await read(pool);
  } finally {
    await pool.end();
  }
}
