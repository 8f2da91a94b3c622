/**
 * `crossdock connectors`: those in use, and writing one of one's own: a whole one to begin with, its proof, a system to play with,
 * a certificate.
 */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { Command } from "commander";
import type { Connector } from "../../connectors/connector.ts";
import { gather } from "../../runtime/definitions.ts";
import { conformance } from "../../testing/conformance.ts";
import { begin, beginning, type ConnectorFolder, connectorAt, folderOf } from "../connector-folder.ts";
import { CommandStopped, EXIT, stopWith } from "../exit.ts";
import { load } from "../load.ts";
import { withButton, withOutput } from "../options.ts";
import { table } from "../table.ts";
import { harmless, printJson, type Terminal } from "../terminal.ts";
import { versionOf } from "../version.ts";
import { counted, lasting, listed } from "../words.ts";
import { sim } from "./connector-sim.ts";

interface Options {
  readonly json?: boolean;
  readonly config?: string;
}

const list = (terminal: Terminal): Command =>
  withOutput(new Command("list"))
    .description("List the connectors the configuration uses, with what each guarantees.")
    .option("--config <file>", "the configuration to read")
    .action(async ({ json, config }: Options) => {
      const { connections } = gather((await load(terminal, config)).configuration).definitions;
      const used = [...Map.groupBy(connections.values(), ({ connector }) => connector)].map(
        ([connector, those]) => ({
          name: connector.name,
          summary: connector.summary,
          guarantees: connector.guarantees,
          connections: those.map(({ name }) => name),
        }),
      );
      if (json) return printJson(terminal, "connectors.list", { connectors: used });
      const lines = table<(typeof used)[number]>(
        [
          { title: "CONNECTOR", value: ({ name }) => name },
          { title: "REPEAT", value: ({ guarantees }) => guarantees.repeat },
          { title: "VERIFIES", value: ({ guarantees }) => (guarantees.verifies ? "yes" : "no") },
          { title: "AT ONCE", value: ({ guarantees }) => String(guarantees.concurrency), align: "right" },
          { title: "USED BY", value: ({ connections: those }) => those.join(", "), shrinks: true },
        ],
        used,
        { columns: terminal.columns, heading: terminal.paint.dim },
      );
      for (const line of lines) terminal.out(line);
      terminal.note("\nNext: crossdock connectors new <name>");
    });

const fresh = (terminal: Terminal): Command =>
  withButton(withOutput(new Command("new")))
    .description("Write a connector to begin with: one that is whole, with its world and its proof.")
    .argument("<name>", "lower-case words with hyphens, such as acme-wms")
    .option("--title <title>", "what people call the system (default: made of the name)")
    .option("--to <folder>", "where to write (default: connectors/<name>)")
    .action((name: string, options: Options & { title?: string; to?: string; dryRun?: boolean }) => {
      if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name))
        stopWith(
          "usage",
          `A connector is named in lower-case words with hyphens, such as acme-wms, not "${name}".`,
        );
      const title =
        options.title ??
        name.replace(
          /(^|-)([a-z0-9])/g,
          (_, gap: string, letter: string) => `${gap && " "}${letter.toUpperCase()}`,
        );
      const folder = folderOf(terminal, options.to ?? join("connectors", name));
      const files = beginning(name, title);
      if (!options.dryRun) begin(folder, files);
      const written = [...files.keys()].map((file) => join(folder, file));
      if (options.json)
        return printJson(terminal, "connectors.new", { folder, files: written, written: !options.dryRun });
      for (const file of written) terminal.out(`  ${relative(terminal.folder, file)}`);
      terminal.out(
        options.dryRun
          ? "Would write these. Nothing was done."
          : `${terminal.paint.good("✔")} ${title} begins as a whole connector.`,
      );
      terminal.note(`\nNext: crossdock connectors test ${options.to ?? name}`);
    });

/** What one check came to. */
interface Ran {
  readonly name: string;
  readonly ms: number;
  /** Null: it holds. */
  readonly fails: string | null;
}

async function prove(
  { connector, openWorld, without, patienceMs }: ConnectorFolder,
  told: (ran: Ran) => void = () => {},
): Promise<Ran[]> {
  const all: Ran[] = [];
  for (const { name, run } of conformance(connector, openWorld, {
    without,
    ...(patienceMs === undefined ? {} : { patienceMs }),
  })) {
    const begun = performance.now();
    let fails: string | null = null;
    try {
      await run();
    } catch (error) {
      fails = error instanceof Error ? error.message : String(error);
    }
    const ran = {
      name: name.replace(`${connector.name}: `, ""),
      ms: Math.round(performance.now() - begun),
      fails,
    };
    all.push(ran);
    told(ran);
  }
  return all;
}

const test = (terminal: Terminal): Command =>
  withOutput(new Command("test"))
    .description("Hold a connector to the guarantees it declares; ends with 3 when one is not kept.")
    .argument("<connector>", "its name in connectors/, or its folder")
    .action(async (named: string, { json }: Options) => {
      const one = await connectorAt(terminal, named);
      const { paint } = terminal;
      const all = await prove(one, ({ name, ms, fails }) => {
        if (json) return;
        terminal.out(
          `${fails === null ? paint.good("✔") : paint.bad("✕")} ${name} ${paint.dim(lasting(ms))}`,
        );
        if (fails !== null) terminal.out(`    ${harmless(fails).replaceAll("\n", "\n    ")}`);
      });
      const failed = all.filter(({ fails }) => fails !== null).length;
      if (json)
        printJson(terminal, "connectors.test", {
          connector: one.connector.name,
          guarantees: one.connector.guarantees,
          checks: all,
          without: one.without,
        });
      else {
        for (const line of leftOut(one, terminal)) terminal.out(line);
        terminal.out(
          failed === 0
            ? `${paint.good("✔")} ${one.connector.name} keeps what it promises: ${counted(all.length, "check")}.`
            : paint.bad(`✕ ${failed} of ${counted(all.length, "check")} failed.`),
        );
      }
      if (failed > 0) throw new CommandStopped(EXIT.checkSaysNo, "");
    });

/** What was not tried, and why; and what nobody can try. */
function leftOut({ connector, without }: ConnectorFolder, { paint }: Terminal): string[] {
  const { repeat, verifies } = connector.guarantees;
  return [
    ...Object.entries(without).map(([what, why]) => paint.dim(`– without ${what}: ${why}`)),
    ...(repeat === "none" && !verifies
      ? [paint.warn("! It cannot be asked, and would book twice: a person must check every unclear outcome.")]
      : []),
  ];
}

const CERTIFICATE = "certificate.json";

/** Proof that a connector, as its files stand, kept what it promises. */
interface Certificate {
  readonly schema: "crossdock.connector-certificate/1";
  readonly connector: string;
  readonly guarantees: Connector["guarantees"];
  readonly crossdock: string;
  readonly node: string;
  readonly certifiedAt: string;
  /** SHA-256 over the files of the folder, the certificate left out. */
  readonly sources: string;
  readonly times: number;
  readonly checks: readonly string[];
  readonly without: ConnectorFolder["without"];
}

const certify = (terminal: Terminal): Command =>
  withOutput(new Command("certify"))
    .description(
      "Prove a connector several times over and write a certificate beside it; with --check, say whether the one that is there still holds for its files.",
    )
    .argument("<connector>", "its name in connectors/, or its folder")
    .option("--times <n>", "how often each check runs, 1 to 20: what depends on luck shows", "3")
    .option("--check", "prove nothing: is the certificate that is there of these files and this release?")
    .action(
      async (named: string, { json, times: given, check }: Options & { times: string; check?: boolean }) => {
        const times = Number(given);
        if (!Number.isInteger(times) || times < 1 || times > 20)
          stopWith("usage", "--times takes a whole number from 1 to 20.");
        const one = await connectorAt(terminal, named);
        const file = join(one.folder, CERTIFICATE);
        if (check) return stillHolds(terminal, one, file, json ?? false);
        const failed: (Ran & { readonly time: number })[] = [];
        let checks: string[] = [];
        for (let time = 1; time <= times; time += 1) {
          const all = await prove(one);
          checks = all.map(({ name }) => name);
          failed.push(...all.filter(({ fails }) => fails !== null).map((ran) => ({ ...ran, time })));
          if (!json)
            terminal.note(
              `Time ${time} of ${times}: ${all.length - all.filter(({ fails }) => fails).length} of ${all.length} hold.`,
            );
        }
        const certificate: Certificate = {
          schema: "crossdock.connector-certificate/1",
          connector: one.connector.name,
          guarantees: one.connector.guarantees,
          crossdock: versionOf(),
          node: process.versions.node,
          certifiedAt: new Date().toISOString(),
          sources: sourcesOf(one.folder),
          times,
          checks,
          without: one.without,
        };
        if (failed.length === 0) writeFileSync(file, `${JSON.stringify(certificate, null, 2)}\n`);
        if (json)
          printJson(terminal, "connectors.certify", {
            certified: failed.length === 0,
            failed,
            certificate,
            file,
          });
        else if (failed.length > 0) {
          for (const { name, time, fails } of failed)
            terminal.out(
              `${terminal.paint.bad("✕")} time ${time}: ${name}: ${harmless(fails ?? "").split("\n")[0]}`,
            );
          terminal.out("Not certified, and nothing was written.");
        } else {
          for (const line of leftOut(one, terminal)) terminal.out(line);
          terminal.out(
            `${terminal.paint.good("✔")} ${one.connector.name} is certified: ${counted(checks.length, "check")}, ${counted(times, "time")} each. ${relative(terminal.folder, file)}`,
          );
        }
        if (failed.length > 0) throw new CommandStopped(EXIT.checkSaysNo, "");
      },
    );

function stillHolds(
  terminal: Terminal,
  { folder, connector }: ConnectorFolder,
  file: string,
  json: boolean,
): void {
  if (!existsSync(file))
    stopWith(
      "notFound",
      `${connector.name} has no certificate. Make one: crossdock connectors certify ${relative(terminal.folder, folder) || "."}`,
    );
  const known = JSON.parse(readFileSync(file, "utf8")) as Certificate;
  const because = [
    ...(known.sources === sourcesOf(folder) ? [] : ["its files have changed"]),
    ...(known.crossdock === versionOf()
      ? []
      : [`it was proved with Crossdock ${known.crossdock}, and this is ${versionOf()}`]),
  ];
  if (json)
    printJson(terminal, "connectors.certify", {
      certified: because.length === 0,
      because,
      certificate: known,
      file,
    });
  else
    terminal.out(
      because.length === 0
        ? `${terminal.paint.good("✔")} ${connector.name} is certified since ${known.certifiedAt.slice(0, 10)}, and nothing has changed.`
        : `${terminal.paint.bad("✕")} The certificate of ${connector.name} does not hold any more: ${listed(because)}.`,
    );
  if (because.length > 0) throw new CommandStopped(EXIT.checkSaysNo, "");
}

function sourcesOf(folder: string): string {
  const hash = createHash("sha256");
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile() && each.name !== CERTIFICATE && !each.parentPath.includes("node_modules"))
    .map((each) => join(each.parentPath, each.name));
  for (const file of files.sort()) {
    const text = readFileSync(file);
    hash.update(`${relative(folder, file).replaceAll("\\", "/")} ${text.length}\n`).update(text);
  }
  return hash.digest("hex");
}

export const connectors = (terminal: Terminal): Command =>
  new Command("connectors")
    .alias("connector")
    .description("Connectors: those in use, and one of your own from its first file to its certificate.")
    .addCommand(list(terminal), { isDefault: true })
    .addCommand(fresh(terminal))
    .addCommand(test(terminal))
    .addCommand(sim(terminal))
    .addCommand(certify(terminal));
