/** `crossdock backup`: whether a restored database is a whole Crossdock, and taking it into work. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import type pg from "pg";
import type { Connection } from "../../connectors/connector.ts";
import { readAnchor } from "../../runtime/audit-seal.ts";
import { gather } from "../../runtime/definitions.ts";
import { harmlessTwice } from "../../runtime/policy.ts";
import { adopt } from "../../runtime/restored.ts";
import { Unusable } from "../../std/errors.ts";
import { pending } from "../../std/migrate.ts";
import { type Backup, backup as lookAt, type Owed } from "../../trace/backup.ts";
import { CommandStopped, EXIT, stopWith } from "../exit.ts";
import { load } from "../load.ts";
import { type Acting, type Common, person, withDock, withReason } from "../options.ts";
import { dataFolder } from "../run-file.ts";
import { withDatabase } from "../running.ts";
import { table } from "../table.ts";
import { harmless, printJson, type Terminal } from "../terminal.ts";
import { counted, dayAndClock, lasting } from "../words.ts";
import { publicKeyAt } from "./audit.ts";

interface Checking extends Common {
  readonly config?: string;
  readonly key?: string;
  readonly anchor?: string;
}

/** How a delivery is settled that may have been sent after the backup was made. */
type Settling = "sent again, cannot double" | "verified first" | "a person is asked" | "not known";

export const backup = (terminal: Terminal): Command => {
  const check = withDock(new Command("check"))
    .description(
      "Say whether a restored database is a whole Crossdock: migrations, journal, audit, what is owed, and what must be verified before it is sent. Changes nothing; ends with 3 when it is not whole.",
    )
    .option("--config <file>", "the configuration that is to work on it (default: crossdock.config.ts here)")
    .option("--key <file>", "the public key checkpoints are signed with, PEM (default: of the data folder)")
    .option("--anchor <file>", "checkpoints of the audit kept outside the database")
    .action((options: Checking) =>
      withDatabase(terminal, options, async (pool) => {
        const seen = await whole(terminal, options, pool);
        const isWhole = seen.findings.every(({ is }) => is !== "broken");
        if (options.json) printJson(terminal, "backup.check", { whole: isWhole, ...seen });
        else for (const line of lines(seen, isWhole, terminal)) terminal.out(line);
        if (!isWhole) throw new CommandStopped(EXIT.checkSaysNo, "");
      }),
    );

  const take = withReason(withDock(new Command("adopt")))
    .description(
      "Take a restored database into work, before the first worker starts on it: its journal is numbered for this server, and whatever was owed is verified before it is sent.",
    )
    .option("--yes", "do not ask")
    .action((options: Common & Acting & { yes?: boolean }) =>
      withDatabase(terminal, options, async (pool) => {
        if (!options.because)
          stopWith("usage", 'Say which backup it is and why it was restored, for the audit: --because "…".');
        const seen = await lookAt(pool, {});
        const owed = seen.owed.reduce((sum, each) => sum + each.owed, 0);
        const what = `${counted(owed, "delivery", "deliveries")} that ${owed === 1 ? "was" : "were"} owed will be verified before anything is sent${seen.isForeign ? ", and the journal is numbered for this server" : ""}.`;
        if (options.dryRun) {
          if (options.json) printJson(terminal, "dry-run", { owed: seen.owed, isForeign: seen.isForeign });
          else terminal.out(what);
          throw new CommandStopped(EXIT.done, "Nothing was done.");
        }
        const answer = options.yes ? "y" : await terminal.question?.(`${what} Take it into work? [y/N] `);
        if (!/^y(es)?$/i.test(answer ?? ""))
          stopWith("usage", "Nothing was done. Where nobody can be asked, say --yes.");
        const done = await adopt(pool, person(options));
        if (options.json) return printJson(terminal, "backup.adopt", { ...done });
        terminal.out(`${terminal.paint.good("✔")} Taken into work.`);
        if (done.renumbered > 0)
          terminal.out(
            `  ${done.renumbered.toLocaleString("en-US")} places of the journal are numbered for this server.`,
          );
        for (const { connection, deliveries } of done.doubted)
          terminal.out(`  ${connection}: ${counted(deliveries, "delivery", "deliveries")} in doubt`);
        terminal.note("\nNext: crossdock start   and then crossdock systems list");
      }),
    );

  return new Command("backup")
    .description("Restored databases: whether they are whole, and taking them into work.")
    .addCommand(check)
    .addCommand(take);
};

interface Seen extends Omit<Backup, "owed"> {
  readonly owed: readonly (Owed & { readonly settling: Settling })[];
}

async function whole(terminal: Terminal, options: Checking, pool: pg.Pool): Promise<Seen> {
  const migrations = await landed(pool);
  if (migrations.is !== "whole")
    return {
      findings: [{ about: "journal", ...migrations }],
      owed: [],
      lastFactAt: null,
      isForeign: false,
    };
  const folder = options.databaseUrl
    ? undefined
    : dataFolder(terminal.folder, options.data, terminal.environment);
  // The data folder's own anchor says nothing about some other database.
  const anchor =
    options.anchor ?? (folder === undefined ? undefined : join(folder, "audit-checkpoints.ndjson"));
  if (options.anchor && !existsSync(options.anchor)) stopWith("usage", `There is no file ${options.anchor}.`);
  const publicKey = publicKeyAt(options.key, folder);
  const found = await lookAt(pool, {
    anchor: anchor === undefined ? [] : readAnchor(anchor),
    ...(publicKey === undefined ? {} : { publicKey }),
  });
  const connections = await connectionsHere(terminal, options);
  return {
    ...found,
    findings: [{ about: "journal", ...migrations }, ...found.findings],
    owed: found.owed.map((each) => ({ ...each, settling: settlingOf(connections.get(each.connection)) })),
  };
}

/** Which release wrote it: everything else can only be read in the shape this release knows. */
async function landed(pool: pg.Pool): Promise<{ is: "whole" | "gap" | "broken"; says: string }> {
  try {
    const { rows } = await pool.query<{ there: string | null }>(
      "select to_regclass('crossdock.migration') as there",
    );
    if (rows[0]?.there == null)
      return { is: "broken", says: "There is no Crossdock in this database: it has no schema crossdock." };
    const missing = await pending(pool);
    return missing.length === 0
      ? { is: "whole", says: "It is of this release: all migrations have landed, and none was changed." }
      : {
          is: "broken",
          says: `It is of an older release: ${counted(missing.length, "migration")} must land before it can be looked at. Look at it with the release that wrote it, or let this one land them: crossdock start.`,
        };
  } catch (error) {
    if (error instanceof Unusable) return { is: "broken", says: error.message };
    throw error;
  }
}

/** What is known about the systems; nothing about those of some other database, unless its configuration is at hand. */
async function connectionsHere(
  terminal: Terminal,
  { config, databaseUrl }: Checking,
): Promise<ReadonlyMap<string, Connection>> {
  const { configuration, isDemonstration } = await load(terminal, config);
  return isDemonstration && databaseUrl ? new Map() : gather(configuration).definitions.connections;
}

function settlingOf(connection: Connection | undefined): Settling {
  if (!connection) return "not known";
  const { guarantees } = connection.connector;
  if (guarantees.verifies) return "verified first";
  return harmlessTwice(guarantees) ? "sent again, cannot double" : "a person is asked";
}

const SIGN = { whole: "✔", gap: "!", broken: "✕" } as const;
const TONE = { whole: "good", gap: "warn", broken: "bad" } as const;

function lines(
  { findings, owed, lastFactAt, isForeign }: Seen,
  isWhole: boolean,
  { paint, columns }: Terminal,
) {
  const open = owed.reduce((sum, each) => sum + each.owed + each.inDoubt, 0);
  return [
    ...findings.map(({ is, says }) => `${paint[TONE[is]](SIGN[is])} ${harmless(says)}`),
    ...(lastFactAt
      ? [
          `  The last thing in it happened ${dayAndClock(new Date(lastFactAt))}, ${lasting(Date.now() - Date.parse(lastFactAt))} ago. What came later is not in it: whoever sent it then and sends it again is accepted again.`,
        ]
      : []),
    ...(open === 0
      ? []
      : [
          "",
          paint.bold("What was owed when the backup was made, and may have been sent since"),
          ...table<Seen["owed"][number]>(
            [
              { title: "SYSTEM", value: ({ connection }) => connection },
              { title: "OWED", value: (row) => String(row.owed), align: "right" },
              { title: "UNCLEAR", value: ({ inDoubt }) => String(inDoubt), align: "right" },
              { title: "SET ASIDE", value: ({ setAside }) => String(setAside), align: "right" },
              { title: "BEFORE IT IS SENT", value: ({ settling }) => settling },
            ],
            owed,
            { columns, indent: "  ", heading: paint.dim },
          ),
        ]),
    "",
    !isWhole
      ? paint.bad("It is not a whole Crossdock: do not start a worker on it.")
      : isForeign || open > 0
        ? `${paint.good("It is whole.")} To work with it: crossdock backup adopt --because "…"`
        : paint.good("It is whole."),
  ];
}
