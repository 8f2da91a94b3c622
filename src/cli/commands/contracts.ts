/** `crossdock contracts`: the messages this dock understands, and their shapes as JSON Schema. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Command } from "commander";
import { exportContract } from "../../contracts/canon/export.ts";
import type { Contract } from "../../contracts/contract.ts";
import { gather } from "../../runtime/definitions.ts";
import { ContractBroken } from "../../std/errors.ts";
import type { Seen } from "../../trace/observed.ts";
import { read } from "../buttons.ts";
import { CommandStopped, EXIT, stopWith } from "../exit.ts";
import { load } from "../load.ts";
import { type Common, withDock, withOutput } from "../options.ts";
import { pairs, table } from "../table.ts";
import { harmless, printJson, type Terminal } from "../terminal.ts";
import { counted, dayAndClock, nearest } from "../words.ts";
import { diff, publish } from "./contract-versions.ts";

type Row = readonly [who: string, what: string, how: string, lastAt: string];

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
      terminal.note(
        `\n${counted(known.length, "contract")}. Next: crossdock contracts show <contract>   crossdock contracts export --to schemas`,
      );
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

  const one = async (name: string, config?: string): Promise<Contract> => {
    const known = await all(config);
    const found = known.find((contract) => contract.name === name);
    if (found) return found;
    const near = nearest(
      name,
      known.map((each) => each.name),
    );
    return stopWith(
      "notFound",
      `There is no contract "${name}" here. ${near ? `Did you mean ${near}?` : "crossdock contracts list names them."}`,
    );
  };

  const show = withOutput(new Command("show"))
    .description("Show one contract: who answers for it, what it promises, its keys and its fields.")
    .argument("<contract>", "its name, such as sales.order-captured")
    .option("--config <file>", "the configuration to read")
    .action(async (name: string, { json, config }: { json?: boolean; config?: string }) => {
      const contract = await one(name, config);
      const exported = exportContract(contract);
      if (json) return printJson(terminal, "contracts.show", { contract: card(contract), schema: exported });
      const { paint } = terminal;
      terminal.out(`${paint.bold(`${contract.name} v${contract.version}`)}  ${contract.summary}`);
      const rows = [
        ["kind", contract.kind],
        ["owner", contract.owner],
        ["class", contract.criticality],
        ["promises", `${contract.compatibility} compatibility`],
        ["keys", Object.keys(contract.keyDeclarations).join(", ")],
        ...(contract.retention === undefined ? [] : [["kept", String(contract.retention)] as const]),
      ] as const;
      for (const line of pairs(rows)) terminal.out(line);
      terminal.out("");
      for (const line of pairs(fieldsOf(exported))) terminal.out(line);
      terminal.note(`\nNext: crossdock contracts sample ${name}   crossdock contracts check ${name} <file>`);
    });

  const seen = withDock(new Command("seen"))
    .description(
      "Who sent and who took a contract's messages lately, whether that is declared, and how often it failed.",
    )
    .argument("<contract>", "its name")
    .action(async (name: string, options: Common) => {
      const page = await read<{ seen: Seen }>(
        terminal,
        options,
        `/api/contracts/${encodeURIComponent(name)}`,
      );
      if (options.json) return printJson(terminal, "contracts.seen", { contract: name, ...page.seen });
      const { senders, takers, followers, messages, since } = page.seen;
      const name_ = ({ title, declared }: { title: string; declared: boolean }) =>
        harmless(declared ? title : `${title} (no flow says so)`);
      const rows: Row[] = [
        ...senders.map((one): Row => [name_(one), `sent ${one.messages}`, "", one.lastAt]),
        ...takers.map(
          (one): Row => [
            name_(one),
            `took ${one.deliveries}`,
            `${one.failed} failed, ${one.again} again`,
            one.lastAt,
          ],
        ),
        ...followers.map(
          (one): Row => [one.process, `follows ${counted(one.documents, "document")}`, "", one.lastAt],
        ),
      ];
      for (const line of table<Row>(
        [
          { title: "WHO", value: ([who]) => who },
          { title: "WHAT", value: ([, what]) => what },
          { title: "HOW", value: ([, , how]) => how },
          { title: "LAST", value: ([, , , at]) => dayAndClock(new Date(at)) },
        ],
        rows,
        { columns: terminal.columns, heading: terminal.paint.dim },
      ))
        terminal.out(line);
      terminal.note(
        since === null
          ? "None of it was recorded lately."
          : `${counted(messages, "message")} since ${dayAndClock(new Date(since))}, of the latest part of the journal.`,
      );
    });

  const sample = withOutput(new Command("sample"))
    .description("Print data that keeps a contract, as JSON.")
    .argument("<contract>", "its name")
    .option("--config <file>", "the configuration to read")
    .action(async (name: string, { json, config }: { json?: boolean; config?: string }) => {
      const contract = await one(name, config);
      if (json) printJson(terminal, "contracts.sample", { contract: name, sample: contract.sample });
      else terminal.out(JSON.stringify(contract.sample, null, 2));
    });

  const check = withOutput(new Command("check"))
    .description("Say whether a file of JSON keeps a contract, and where it does not; ends with 3 then.")
    .argument("<contract>", "its name")
    .argument("<file>", "a file of JSON; - reads standard input")
    .option("--as <version>", "written under this older version")
    .option("--config <file>", "the configuration to read")
    .action(
      async (
        name: string,
        file: string,
        { json, config, as }: { json?: boolean; config?: string; as?: string },
      ) => {
        const contract = await one(name, config);
        const data = parsed(terminal, file);
        try {
          contract.of(contract.read(data, as === undefined ? contract.version : Number(as)));
        } catch (error) {
          if (!(error instanceof ContractBroken)) throw error;
          if (json)
            printJson(terminal, "contracts.check", {
              contract: name,
              keeps: false,
              problem: error.message,
              facts: error.facts,
            });
          else {
            terminal.out(`${terminal.paint.bad("✕")} ${harmless(error.message)}`);
            const { expected } = error.facts as { expected?: unknown };
            if (expected !== undefined && !error.message.includes(String(expected)))
              terminal.out(`  Expected: ${harmless(String(expected))}`);
          }
          throw new CommandStopped(EXIT.checkSaysNo, "");
        }
        if (json) printJson(terminal, "contracts.check", { contract: name, keeps: true });
        else terminal.out(`${terminal.paint.good("✔")} It keeps ${contract.name} v${contract.version}.`);
      },
    );

  return new Command("contracts")
    .alias("contract")
    .description("The messages this dock understands.")
    .addCommand(list, { isDefault: true })
    .addCommand(show)
    .addCommand(seen)
    .addCommand(sample)
    .addCommand(check)
    .addCommand(exporting)
    .addCommand(diff(terminal))
    .addCommand(publish(terminal));
};

/** Each field with what it takes; what must be there is marked. Nested ones by their path. */
function fieldsOf(schema: Schema, path = ""): (readonly [string, string])[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const here = `${path}${name}`;
    const must = schema.required?.includes(name) ? "" : "?";
    const means = [typeOf(field), field.description].filter(Boolean).join(" · ");
    const inside = field.items ?? field;
    return [[`${here}${must}`, means] as const, ...fieldsOf(inside, `${here}${field.items ? "[]" : ""}.`)];
  });
}

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly type?: string;
  readonly format?: string;
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly pattern?: string;
  readonly description?: string;
}

function typeOf({ type, format, const: only, anyOf, items, pattern }: Schema): string {
  if (only !== undefined) return JSON.stringify(only);
  if (anyOf) return anyOf.map(typeOf).join(" | ");
  if (items) return `list of ${typeOf(items)}`;
  return format ?? (pattern ? `${type} ${pattern}` : (type ?? "anything"));
}

/** The JSON of a file or of standard input. Ends the command when it is none. */
function parsed(terminal: Terminal, file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file === "-" ? 0 : resolve(terminal.folder, file), "utf8");
  } catch (cause) {
    return stopWith("usage", `${file} cannot be read: ${(cause as Error).message}.`, cause);
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    return stopWith("usage", `${file} is no JSON: ${(cause as Error).message}.`, cause);
  }
}

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
