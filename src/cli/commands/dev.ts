/**
 * `crossdock dev`: everything for local work in one go, and an order to watch.
 *
 * Embedded PostgreSQL, the simulated estate, Crossdock with its gateway and console. What `npm start` runs.
 */
import { join, relative, resolve } from "node:path";
import { Command, Option } from "commander";
import { gather } from "../../runtime/definitions.ts";
import { overview } from "../../trace/index.ts";
import { openBrowser } from "../browser.ts";
import { stopWith } from "../exit.ts";
import { load } from "../load.ts";
import { dataFolder } from "../run-file.ts";
import { demonstrationClients, keyFile } from "../site/clients.ts";
import { follow, sendOrder } from "../site/demonstration.ts";
import { demonstrationPeople, welcome } from "../site/people.ts";
import { runUntilSignal, Site } from "../site/site.ts";
import { pad, pairs } from "../table.ts";
import type { Terminal } from "../terminal.ts";
import { packageFolder, versionOf } from "../version.ts";
import { counted } from "../words.ts";

interface Options {
  readonly config?: string;
  readonly data?: string;
  readonly portBase?: string;
  readonly databaseUrl?: string;
  readonly workers: string;
  readonly pace: "fast" | "demo";
  readonly estate: boolean;
  readonly demo: boolean;
  readonly open?: boolean;
}

/** Gateway at the base, console one above, the estate from a hundred above. */
const ESTATE_ABOVE = 100;
const PORT_BASE = 7300;

export const dev = (terminal: Terminal): Command =>
  new Command("dev")
    .description(
      "Start everything for local work and watch an order travel: database, simulated systems, console.",
    )
    .option(
      "--config <file>",
      "what to run (default: crossdock.config.ts here, else the shipped demonstration)",
    )
    .option("--data <folder>", "where everything is kept (default: .crossdock here)")
    .option(
      "--port-base <n>",
      `gateway at n, console at n+1, simulated systems from n+${ESTATE_ABOVE} (default: ${PORT_BASE})`,
    )
    .option("--database-url <url>", "use this PostgreSQL instead of the embedded one (or set DATABASE_URL)")
    .option("--workers <n>", "worker processes", "1")
    .addOption(
      new Option("--pace <pace>", "how fast the simulated systems act")
        .choices(["demo", "fast"])
        .default("demo"),
    )
    .option("--no-estate", "without the simulated systems")
    .option("--no-demo", "do not send an order at the start")
    .option("--open", "open the console in the browser")
    .option("--no-color", "no colours")
    .option("--debug", "when something goes wrong, say where in the code")
    .addHelpText(
      "after",
      [
        "",
        "Runs until Ctrl-C, which stops every process it started. The next start finds the data of this one;",
        "another --data folder starts afresh. Two at once need another --data and another --port-base.",
      ].join("\n"),
    )
    .action(async (options: Options) => {
      const { configuration, file, isDemonstration } = await load(terminal, options.config);
      const { paint, folder, environment } = terminal;
      const base = portBase(options.portBase);
      const data = options.data ? resolve(folder, options.data) : configuration.data;
      const withEstate = options.estate && isDemonstration;
      const shifted = options.portBase !== undefined;
      const plan = {
        command: "dev" as const,
        configuration: file,
        data,
        databaseUrl: options.databaseUrl ?? configuration.database.url,
        crosswalks: configuration.solutions.flatMap(({ crosswalks }) => crosswalks ?? []),
        workers: workersOf(options.workers),
        gateway: shifted ? { ...configuration.gateway, port: base } : configuration.gateway,
        console: shifted ? { ...configuration.console, port: base + 1 } : configuration.console,
        estate: withEstate ? { portBase: base + ESTATE_ABOVE, pace: options.pace } : null,
        folder,
        environment,
        portRemedy:
          "Stop that process, or start this one with --port-base <another number> and --data <another folder>.",
      };

      const site = new Site(
        plan,
        (what, where, took) =>
          terminal.out(
            `  ${paint.good("✔")} ${pad(what, 22)}  ${pad(short(where, folder), 58)}  ${paint.dim(took)}`,
          ),
        (sentence) => terminal.note(`${paint.warn("!")} ${sentence}`),
      );
      terminal.out(
        `${paint.bold(`Crossdock ${versionOf()}`)}   ${paint.dim("Ctrl-C stops everything it started.")}\n`,
      );
      await runUntilSignal(site, terminal, async (signal) => {
        let token: string | null = null;
        await site.start(async (pool, secrets) => {
          if (withEstate) await demonstrationClients(pool, data, secrets);
          token = await demonstrationPeople(pool);
        });
        const { definitions: known } = gather(configuration);
        const before = await overview(site.pool, known, []);
        const door = token === null ? site.run.console : welcome(site.run.console ?? "", token);
        for (const line of whereToLook(site, terminal, door)) terminal.out(line);
        // One order may be the business of several processes.
        const ofOrders = new Set(
          [...known.processes.values()]
            .filter(({ header }) => header.keyType === "order")
            .map(({ header }) => header.name),
        );
        const orders = before.funnels.filter(({ process }) => ofOrders.has(process));
        const entered = Math.max(0, ...orders.map((funnel) => funnel.entered));
        if (entered > 0)
          terminal.out(
            `\n${counted(entered, "order")} of earlier starts ${entered === 1 ? "is" : "are"} still here.`,
          );
        // No browser here: the address stands above.
        if (options.open && door) await openBrowser(door);
        if (!withEstate) return;
        let number: string | undefined;
        if (options.demo && site.run.estate) {
          number = await sendOrder(site.run.estate);
          terminal.out(
            `\nACME Corp drops a purchase order into its mailbox: ${paint.bold(number)}, an X12 850. Watch it travel:\n`,
          );
          const end = await follow(terminal, site.pool, known, number, signal);
          if (signal.aborted) return;
          if (end === "still travelling")
            terminal.out(
              paint.warn(`  … still travelling: ${command()} trace ${number} --data ${short(data, folder)}`),
            );
        }
        for (const line of keepPlaying(site, terminal, number)) terminal.out(line);
      });
    });

/** Below the console's address: what the link is. */
const DOOR = "This link signs you in as any person of the demonstration, on this machine only.";

function portBase(given: string | undefined): number {
  const base = given === undefined ? PORT_BASE : Number(given);
  if (Number.isInteger(base) && base >= 1 && base <= 65_000) return base;
  return stopWith("usage", `--port-base takes a port number up to 65000, not "${given}".`);
}

export function workersOf(given: string): number {
  const workers = Number(given);
  if (Number.isInteger(workers) && workers >= 1 && workers <= 64) return workers;
  return stopWith("usage", `--workers takes a whole number from 1 to 64, not "${given}".`);
}

function whereToLook({ run, plan }: Site, { paint, folder }: Terminal, door: string | undefined): string[] {
  return [
    "",
    ...pairs(
      (
        [
          ["Console", door ? paint.accent(door) : undefined],
          ["", door?.includes("#") ? paint.dim(DOOR) : undefined],
          [
            "Gateway",
            run.gateway
              ? `${run.gateway}   ${paint.dim(`API description: ${run.gateway}/openapi.json`)}`
              : undefined,
          ],
          ["Mailbox", run.mailbox ? short(run.mailbox, folder) : undefined],
          ["Systems", run.estate ? `${run.estate}/systems` : undefined],
          ["Logs", short(join(plan.data, "logs"), folder)],
        ] as const
      ).flatMap(([word, text]) => (text === undefined ? [] : [[word, text] as const])),
    ),
  ];
}

function keepPlaying(
  { run, plan }: Site,
  { paint, folder, environment }: Terminal,
  number: string | undefined,
): string[] {
  const here = dataFolder(folder, undefined, environment) === plan.data;
  const xd = command();
  const at = here ? "" : ` --data ${short(plan.data, folder)}`;
  const key = short(keyFile(plan.data), folder);
  const order =
    '{"customer":"C-NORTH","customerReference":"NORTH-1","currency":"EUR","lines":[{"sku":"SEAL-9","quantity":"10"}]}';
  return [
    "",
    paint.bold("Keep playing") + paint.dim("  (in another terminal, in this folder)"),
    "",
    ...pairs([
      ...(number ? [["its whole story", `${xd} trace ${number}${at}`] as const] : []),
      ["is the business in step?", `${xd} status${at}`],
      ["another order by EDI", `${xd} estate acme act send-order${at}`],
      ["drop a document of your own", `cp <your 850> ${run.mailbox ? short(run.mailbox, folder) : ""}/`],
      ["an order of the web shop", `${xd} estate shop act place-order${at}`],
      ["take the warehouse away", `${xd} estate wms down --ms 30000${at}`],
      ["lose an answer of the ERP", `${xd} estate erp lose-answer --times 1${at}`],
      ["let hours pass", `${xd} clock 4h${at}`],
      ["what needs a person", `${xd} exceptions${at}    ${xd} questions${at}`],
    ]),
    "",
    "  an order by the API",
    paint.dim(`    curl -s ${run.gateway}/v1/sales-orders -H "Authorization: Bearer $(cat ${key})" \\`),
    paint.dim(`      -H "Idempotency-Key: my-first" -H "Content-Type: application/json" -d '${order}'`),
    "",
  ];
}

/** How this command was called, so that what we print can be copied: `crossdock`, `xd`, or the file in the checkout. */
function command(): string {
  const name = (process.argv[1] ?? "").replaceAll("\\", "/");
  if (name.endsWith("/xd")) return "xd";
  const checkout = relative(process.cwd(), join(packageFolder(), "bin", "crossdock.cjs"));
  return name.endsWith("crossdock.cjs") && !name.includes("node_modules") ? checkout : "crossdock";
}

/** A path below the working folder is shown from there. */
function short(path: string, folder: string): string {
  const inside = relative(folder, path);
  return path.startsWith("/") && !inside.startsWith("..") && inside !== "" ? inside : path;
}
