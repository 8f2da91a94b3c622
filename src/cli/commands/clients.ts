/** `crossdock clients`: the machines that may call the gateway, and their keys. */
import { Command } from "commander";
import { createClient, listClients, revokeClient, SCOPES } from "../../gateway/keys.ts";
import { openSecret } from "../../runtime/secrets.ts";
import { isSecretReference } from "../../std/secret.ts";
import { milliseconds, type Span } from "../../std/span.ts";
import { stopWith } from "../exit.ts";
import { load } from "../load.ts";
import { type Acting, type Common, person, withDock, withReason } from "../options.ts";
import { dataFolder, readRunFile } from "../run-file.ts";
import { withDatabase } from "../running.ts";
import { siteSecrets } from "../site/secrets.ts";
import { pairs, table } from "../table.ts";
import { printJson, type Terminal } from "../terminal.ts";
import { counted, dayAndClock } from "../words.ts";

interface CreateOptions extends Common, Acting {
  readonly scope: string[];
  readonly customer: string[];
  readonly from: string[];
  readonly perMinute: string;
  readonly lifetime: string;
}

const many = (value: string, before: string[]): string[] => [...before, value];

export const clients = (terminal: Terminal): Command => {
  const create = withReason(withDock(new Command("create")))
    .description("Make a key for a client and show it, this once.")
    .argument("<name>", "lower-case words with hyphens, e.g. web-shop")
    .option("--scope <scope>", `what it may do (repeatable): ${Object.keys(SCOPES).join(", ")}`, many, [])
    .option("--customer <id>", "it may only order for this customer (repeatable)", many, [])
    .option(
      "--from <network>",
      "it is good from there only: an address, or 203.0.113.0/24 (repeatable)",
      many,
      [],
    )
    .option("--per-minute <n>", "requests a minute", "600")
    .option("--lifetime <span>", "how long the key is good for, e.g. 90d", "180d")
    .action((name: string, options: CreateOptions) =>
      withDatabase(terminal, options, async (pool) => {
        const scopes =
          options.scope.length > 0 ? options.scope : ["orders:write", "orders:read", "inquiries"];
        if (!/^\d+(\.\d+)?(ms|s|m|h|d)$/.test(options.lifetime)) {
          stopWith("usage", `"${options.lifetime}" is no duration. Write it like 90d or 12h.`);
        }
        milliseconds(options.lifetime as Span);
        const narrowed = [
          ...scopes,
          ...options.customer.map((id) => `customer:${id}`),
          ...options.from.map((network) => `from:${network}`),
        ];
        const made = await createClient(
          pool,
          await pepper(terminal, options),
          {
            name,
            scopes: narrowed,
            perMinute: Number(options.perMinute),
            lifetime: options.lifetime as Span,
          },
          person(options),
        );
        if (options.json) return printJson(terminal, "clients.create", { name, ...made });
        const rows = [
          ["name", name],
          ["id", made.id],
          ["key", terminal.paint.bold(made.key)],
          ["may", narrowed.join(", ")],
          ["until", dayAndClock(new Date(made.expiresAt))],
        ] as const;
        for (const line of pairs(rows, "")) terminal.out(line);
        terminal.note("\nKeep the key now: it is shown this once and kept nowhere.");
      }),
    );

  const list = withDock(new Command("list"))
    .description("List every key ever made, without the keys.")
    .action((options: Common) =>
      withDatabase(terminal, options, async (pool) => {
        const all = await listClients(pool);
        if (options.json) return printJson(terminal, "clients.list", { clients: all });
        const { paint, columns } = terminal;
        const now = Date.now();
        const lines = table<(typeof all)[number]>(
          [
            { title: "ID", value: ({ id }) => id },
            { title: "NAME", value: ({ name }) => name },
            {
              title: "STATE",
              value: ({ revokedAt, expiresAt }) =>
                revokedAt ? "ended" : new Date(expiresAt).getTime() < now ? "expired" : "good",
            },
            { title: "UNTIL", value: ({ expiresAt }) => dayAndClock(new Date(expiresAt)).slice(0, 10) },
            {
              title: "LAST USED",
              value: ({ lastUsedAt }) => (lastUsedAt ? dayAndClock(new Date(lastUsedAt)) : "–"),
            },
            { title: "PER MINUTE", value: ({ perMinute }) => String(perMinute), align: "right" },
            { title: "MAY", value: ({ scopes }) => scopes.join(", "), shrinks: true },
          ],
          all,
          { columns, heading: paint.dim },
        );
        for (const line of lines) terminal.out(line);
        terminal.note(`\n${counted(all.length, "key")}. Next: crossdock clients create web-shop`);
      }),
    );

  const revoke = withReason(withDock(new Command("revoke")))
    .description("End a key. Every worker obeys within five seconds.")
    .argument("<id>", "its id, as crossdock clients list shows it")
    .action((id: string, options: Common & Acting) =>
      withDatabase(terminal, options, async (pool) => {
        if (!(await revokeClient(pool, id, person(options))))
          stopWith("notFound", `There is no key ${id} that is still good.`);
        if (options.json) printJson(terminal, "clients.revoke", { id });
        else terminal.out(`${terminal.paint.good("✔")} ${id} opens nothing any more.`);
      }),
    );

  return new Command("clients")
    .alias("key")
    .description("The machines that may call the gateway, and their keys.")
    .addCommand(create)
    .addCommand(list, { isDefault: true })
    .addCommand(revoke);
};

/** The pepper of the dock these keys are for: the data folder's own, or the one its configuration names. */
async function pepper(terminal: Terminal, options: Common): Promise<string> {
  const data = dataFolder(terminal.folder, options.data, terminal.environment);
  const { configuration } = await load(terminal, readRunFile(data)?.configuration);
  const named = configuration.gateway.pepper;
  if (!isSecretReference(named)) return named;
  return named.includes("secrets.json#") ? siteSecrets(data).pepper : openSecret(named, terminal.environment);
}
