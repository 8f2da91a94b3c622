/** `crossdock check`: what is wrong with a configuration, and with the place it is to run in. */
import { accessSync, constants, existsSync } from "node:fs";
import { dirname } from "node:path";
import { Command } from "commander";
import type { Configuration } from "../../runtime/configuration.ts";
import type { Problem } from "../../runtime/definitions.ts";
import { gather } from "../../runtime/definitions.ts";
import { examine } from "../../runtime/examine.ts";
import { openSecret } from "../../runtime/secrets.ts";
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
import { counted } from "../words.ts";

export const check = (terminal: Terminal): Command =>
  withOutput(new Command("check"))
    .description(
      "Say everything that is wrong with a configuration and the place it runs in. Starts nothing.",
    )
    .argument("[file]", "the configuration (default: crossdock.config.ts here)")
    .option("--offline", "look at the configuration only: no ports, no database")
    .action(async (file: string | undefined, { json, offline }: { json?: boolean; offline?: boolean }) => {
      const loaded = await load(terminal, file);
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
      if (missing.length > 0)
        terminal.note(
          `PostgreSQL ${version}: ${counted(missing.length, "migration")} will land at the next start.`,
        );
      return [];
    } finally {
      await pool.end();
    }
  } catch (error) {
    return [{ about, says: (error as Error).message }];
  }
}
