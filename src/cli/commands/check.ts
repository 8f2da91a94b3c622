/** `crossdock check`: what is wrong with a configuration, and with the place it is to run in. */
import { accessSync, constants, existsSync, statfsSync } from "node:fs";
import { dirname } from "node:path";
import { Command } from "commander";
import type { Configuration } from "../../runtime/configuration.ts";
import type { Problem } from "../../runtime/definitions.ts";
import { gather } from "../../runtime/definitions.ts";
import { examine } from "../../runtime/examine.ts";
import { openSecret } from "../../runtime/secrets.ts";
import { CrossdockError } from "../../std/errors.ts";
import { pending } from "../../std/migrate.ts";
import { isSecretReference } from "../../std/secret.ts";
import { openPool, reachable } from "../../std/sql.ts";
import { CommandStopped, EXIT } from "../exit.ts";
import { load } from "../load.ts";
import { withOutput } from "../options.ts";
import { isAlive, readRunFile } from "../run-file.ts";
import { holderOf } from "../site/ports.ts";
import { pairs } from "../table.ts";
import { printJson, type Terminal } from "../terminal.ts";
import { counted, lasting } from "../words.ts";

interface Options {
  readonly json?: boolean;
  readonly config?: string;
  readonly offline?: boolean;
}

export const check = (terminal: Terminal): Command =>
  withOutput(new Command("check"))
    .alias("doctor")
    .description(
      "Say everything that is wrong with a configuration and the place it runs in: Node, disk, ports, database, its rights and its clock. Starts nothing.",
    )
    .argument("[file]", "the configuration (default: crossdock.config.ts here)")
    .option("--config <file>", "the same as the argument")
    .option("--offline", "look at the configuration only: no ports, no database")
    .action(async (file: string | undefined, { json, config, offline }: Options) => {
      const loaded = await load(terminal, file ?? config);
      const { configuration } = loaded;
      const { definitions } = gather(configuration);
      const problems = [
        ...examine(configuration, terminal.environment),
        ...(offline ? [] : [...places(configuration), ...(await databaseProblems(configuration, terminal))]),
      ];
      const counts = {
        contracts: definitions.contracts.size,
        flows: definitions.flows.size,
        processes: definitions.processes.size,
        connections: definitions.connections.size,
      };
      if (json) printJson(terminal, "check", { configuration: loaded.file, counts, problems });
      else {
        const { paint } = terminal;
        terminal.out(`${paint.bold(loaded.file)}`);
        for (const line of pairs(Object.entries(counts).map(([what, count]) => [what, String(count)])))
          terminal.out(line);
        terminal.out("");
        for (const { says } of problems) terminal.out(`${paint.bad("✕")} ${says}`);
        terminal.out(
          problems.length === 0
            ? `${paint.good("✔")} Nothing is wrong with it.`
            : `\n${counted(problems.length, "problem")}.`,
        );
      }
      if (problems.length > 0) throw new CommandStopped(EXIT.checkSaysNo, "");
    });

/** Below this a start is refused nothing, and a day of work may not fit. */
const FREE_BYTES_LEAST = 1_000_000_000;
/** A clock further off than this makes ages and due times wrong by as much. */
const CLOCK_OFF_MS = 2_000;

/** The Node that runs this, and how much room there is for what is kept. */
function machine(folder: string): Problem[] {
  const problems: Problem[] = [];
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major < 24 || (major === 24 && minor < 6))
    problems.push({
      about: "node",
      says: `This is Node ${process.versions.node}, and Crossdock needs 24.6 or newer. Install it, or start with npm start, which brings its own.`,
    });
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  if (free < FREE_BYTES_LEAST)
    problems.push({
      about: "disk",
      says: `Only ${Math.floor(free / 1_000_000)} MB are free at ${folder}. Free a gigabyte at least, or choose another place with --data.`,
    });
  return problems;
}

/** The data folder, and who holds the ports. */
function places({ data, gateway, console }: Configuration): Problem[] {
  const problems: Problem[] = [];
  let folder = data;
  while (!existsSync(folder)) folder = dirname(folder);
  try {
    accessSync(folder, constants.W_OK);
  } catch {
    problems.push({
      about: "data",
      says: `The data folder ${data} cannot be written. Choose another with --data.`,
    });
  }
  problems.push(...machine(folder));
  const run = readRunFile(data);
  if (run && isAlive(run)) return problems; // Our own faces hold the ports.
  for (const [what, { port }] of Object.entries({ gateway, console })) {
    const holder = holderOf(port);
    if (!holder) continue;
    problems.push({
      about: what,
      says:
        `Port ${port}, wanted for the ${what}, is in use by process ${holder.pid} (${holder.program}). ` +
        `Stop it, or set ${what}.port to another number.`,
    });
  }
  return problems;
}

async function databaseProblems({ database }: Configuration, terminal: Terminal): Promise<Problem[]> {
  if (database.url === null) return [];
  const about = "database";
  try {
    const url = isSecretReference(database.url)
      ? openSecret(database.url, terminal.environment)
      : database.url;
    const pool = openPool(url, { max: 1, name: "crossdock check" });
    try {
      const { version } = await reachable(pool);
      const missing = await pending(pool);
      const asked = Date.now();
      const { rows } = await pool.query<{ now: number; creates: boolean }>(
        `select (extract(epoch from clock_timestamp()) * 1000)::float8 as now, has_database_privilege(current_database(), 'create') as creates`,
      );
      const { now, creates } = rows[0]!;
      const off = Math.round(Math.abs(now - (asked + Date.now()) / 2));
      const problems: Problem[] = [];
      if (missing.length > 0 && !creates)
        problems.push({
          about,
          says: `The database's user may not create tables, and ${counted(missing.length, "migration")} must land. Grant it: grant create on database … to …, or let its owner start Crossdock once.`,
        });
      if (off > CLOCK_OFF_MS)
        problems.push({
          about: "clock",
          says: `The clocks of this machine and of PostgreSQL differ by ${lasting(off)}; ages and due times are wrong by as much. Let both follow a time server (NTP).`,
        });
      if (missing.length > 0)
        terminal.note(
          `PostgreSQL ${version}: ${counted(missing.length, "migration")} will land at the next start.`,
        );
      return problems;
    } finally {
      await pool.end();
    }
  } catch (error) {
    const { code, message } = error as { code?: unknown; message: string };
    if (error instanceof CrossdockError) return [{ about, says: message }];
    if (typeof code !== "string") throw error;
    return [{ about, says: `PostgreSQL refuses to be looked at: ${message}.` }];
  }
}
