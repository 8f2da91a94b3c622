/** `crossdock contracts`: the messages this dock understands, and their shapes as JSON Schema. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Command } from "commander";
import { exportContract } from "../../contracts/canon/export.ts";
import type { Contract } from "../../contracts/contract.ts";
import { gather } from "../../runtime/definitions.ts";
import { load } from "../load.ts";
import { withOutput } from "../options.ts";
import { table } from "../table.ts";
import { printJson, type Terminal } from "../terminal.ts";
import { counted } from "../words.ts";

export const contracts = (terminal: Terminal): Command => {
  const all = async (config?: string) => {
    const { configuration } = await load(terminal, config);
    const { contracts: known } = gather(configuration).definitions;
    return [...known.values()].sort((left, right) => (left.name < right.name ? -1 : 1));
  };

  const list = withOutput(new Command("list"))
    .description("List every contract: name, version, owner, what it means.")
    .option("--config <file>", "the configuration to read")
    .action(async ({ json, config }: { json?: boolean; config?: string }) => {
      const known = await all(config);
      if (json) return printJson(terminal, "contracts.list", { contracts: known.map(card) });
      const lines = table<Contract>(
        [
          { title: "CONTRACT", value: ({ name }) => name },
          { title: "V", value: ({ version }) => String(version), align: "right" },
          { title: "KIND", value: ({ kind }) => kind },
          { title: "OWNER", value: ({ owner }) => owner },
          { title: "CLASS", value: ({ criticality }) => criticality },
          { title: "MEANS", value: ({ summary }) => summary, shrinks: true },
        ],
        known,
        { columns: terminal.columns, heading: terminal.paint.dim },
      );
      for (const line of lines) terminal.out(line);
      terminal.note(`\n${counted(known.length, "contract")}. Next: crossdock contracts export --to schemas`);
    });

  const exporting = withOutput(new Command("export"))
    .description("Write every contract as a JSON Schema file: <name>.v<version>.json.")
    .option("--config <file>", "the configuration to read")
    .option("--to <folder>", "where to write", "contracts")
    .action(async ({ json, config, to }: { json?: boolean; config?: string; to: string }) => {
      const folder = resolve(terminal.folder, to);
      mkdirSync(folder, { recursive: true });
      const files = (await all(config)).map((contract) => {
        const file = join(folder, `${contract.name}.v${contract.version}.json`);
        writeFileSync(file, `${JSON.stringify(exportContract(contract), null, 2)}\n`);
        return file;
      });
      if (json) printJson(terminal, "contracts.export", { folder, files });
      else terminal.out(`${counted(files.length, "JSON Schema file")} written to ${folder}`);
    });

  return new Command("contracts")
    .description("The messages this dock understands.")
    .addCommand(list)
    .addCommand(exporting);
};

const card = ({
  name,
  version,
  kind,
  owner,
  criticality,
  compatibility,
  summary,
  keyDeclarations,
}: Contract) => ({
  name,
  version,
  kind,
  owner,
  criticality,
  compatibility,
  summary,
  keys: Object.keys(keyDeclarations),
});
