/**
 * `crossdock start`: Crossdock as it runs in production: workers that share one PostgreSQL, gateway and console.
 *
 * No simulated systems, no demonstration. Several machines may run it on one database; they share its lanes.
 */
import { resolve } from "node:path";
import { Command } from "commander";
import { examine } from "../../runtime/examine.ts";
import { stopWith } from "../exit.ts";
import { load } from "../load.ts";
import { setupToken, welcome } from "../site/people.ts";
import { runUntilSignal, Site } from "../site/site.ts";
import type { Terminal } from "../terminal.ts";
import { workersOf } from "./dev.ts";

interface Options {
  readonly config?: string;
  readonly data?: string;
  readonly databaseUrl?: string;
  readonly workers?: string;
}

export const start = (terminal: Terminal): Command =>
  new Command("start")
    .description(
      "Run Crossdock: worker processes on one PostgreSQL, gateway and console with the first of them.",
    )
    .option("--config <file>", "what to run (default: crossdock.config.ts here)")
    .option("--workers <n>", "worker processes (default: what the configuration says)")
    .option("--data <folder>", "logs, run.json and, without a database address, the embedded PostgreSQL")
    .option("--database-url <url>", "the PostgreSQL to use (or set DATABASE_URL)")
    .option("--no-color", "no colours")
    .option("--debug", "when something goes wrong, say where in the code")
    .addHelpText("after", "\nRuns until SIGTERM or Ctrl-C; what is on the wire is finished first.")
    .action(async (options: Options) => {
      const { configuration, file, isDemonstration } = await load(terminal, options.config);
      if (isDemonstration) {
        terminal.note(
          "There is no crossdock.config.ts here, so this runs the shipped demonstration without its systems.",
        );
      }
      const { folder, environment } = terminal;
      const [problem, ...more] = examine(configuration, environment);
      if (problem) {
        const rest = more.length
          ? ` There are ${more.length} more problems; crossdock check lists them.`
          : "";
        stopWith("usage", `${problem.says}${rest}`);
      }
      const site = new Site(
        {
          command: "start",
          configuration: file,
          data: options.data ? resolve(folder, options.data) : configuration.data,
          databaseUrl: options.databaseUrl ?? configuration.database.url,
          crosswalks: configuration.solutions.flatMap(({ crosswalks }) => crosswalks ?? []),
          workers: options.workers === undefined ? configuration.workers : workersOf(options.workers),
          gateway: configuration.gateway,
          console: configuration.console,
          estate: null,
          folder,
          environment,
          portRemedy:
            "Stop that process, or set gateway.port and console.port (CROSSDOCK_GATEWAY_PORT, CROSSDOCK_CONSOLE_PORT).",
        },
        (what, where, took) => terminal.note(`${what}: ${where} (${took})`),
        (sentence) => terminal.note(sentence),
      );
      await runUntilSignal(site, terminal, async () => {
        let token: string | null = null;
        await site.start(async (pool) => {
          token = await setupToken(pool);
        });
        terminal.note(
          `Ready. Gateway ${site.run.gateway}   Console ${site.run.console}   Process ${site.run.pid}`,
        );
        if (token !== null) {
          const door = configuration.console.publicUrl ?? site.run.console ?? "";
          terminal.note(
            `Nobody can administer it yet. Open this link once, within 24 hours, to be the first: ${welcome(door, token)}`,
          );
        }
      });
    });
