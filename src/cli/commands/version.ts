/** `crossdock version`: which Crossdock, which Node, which machine. */
import { Command } from "commander";
import { withOutput } from "../options.ts";
import { pairs } from "../table.ts";
import { printJson, type Terminal } from "../terminal.ts";
import { packageFolder, versionOf } from "../version.ts";

export const version = (terminal: Terminal): Command =>
  withOutput(new Command("version"))
    .description("Say which version this is and what it runs on.")
    .action(({ json }: { json?: boolean }) => {
      const facts = {
        crossdock: versionOf(),
        node: process.versions.node,
        platform: `${process.platform}-${process.arch}`,
        installed: packageFolder(),
      };
      if (json) printJson(terminal, "version", facts);
      else for (const line of pairs(Object.entries(facts), "")) terminal.out(line);
    });
