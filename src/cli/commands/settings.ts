/** `crossdock settings`: the configuration the running dock was started with, as the page Admin shows it. Never a secret. */
import { Command } from "commander";
import type { Settings } from "../../console/admin-api.ts";
import { read } from "../buttons.ts";
import { type Common, withDock } from "../options.ts";
import { pairs, table } from "../table.ts";
import { harmless, printJson, type Terminal } from "../terminal.ts";
import { counted } from "../words.ts";

export const settings = (terminal: Terminal): Command =>
  withDock(new Command("settings"))
    .description("Show the configuration the running dock was started with; secrets stay where they are.")
    .action(async (options: Common) => {
      const seen = await read<Settings>(terminal, options, "/api/admin/settings");
      if (options.json) return printJson(terminal, "settings", { ...seen });
      for (const line of pairs(seen.settings.map(({ name, value }) => [name, harmless(value)] as const)))
        terminal.out(line);
      terminal.out("");
      for (const line of table<Settings["connections"][number]>(
        [
          { title: "CONNECTION", value: ({ name }) => name },
          { title: "SYSTEM", value: ({ title }) => harmless(title), shrinks: true },
          { title: "OWNER", value: ({ owner }) => harmless(owner) },
          { title: "CONNECTOR", value: ({ connector }) => connector },
        ],
        seen.connections,
        { columns: terminal.columns, heading: terminal.paint.dim },
      ))
        terminal.out(line);
      terminal.note(
        `\n${counted(seen.flows, "flow")}, ${counted(seen.contracts, "contract")}, processes: ${seen.processes.join(", ")}.`,
      );
    });
