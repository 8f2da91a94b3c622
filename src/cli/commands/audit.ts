/** `crossdock audit`: who did what and why, and whether nobody has touched the record since. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Command } from "commander";
import { publicKeyOf, readAnchor } from "../../runtime/audit-seal.ts";
import { type AuditFilter, type AuditLine, auditPage, verifyAudit } from "../../trace/audit.ts";
import { fetched } from "../buttons.ts";
import { CommandStopped, EXIT, stopWith } from "../exit.ts";
import { type Common, withDock } from "../options.ts";
import { dataFolder } from "../run-file.ts";
import { withDatabase } from "../running.ts";
import { secretsFile } from "../site/secrets.ts";
import { table } from "../table.ts";
import { harmless, printJson, type Terminal } from "../terminal.ts";
import { counted, dayAndClock } from "../words.ts";

const NOTHING_FITS = "No act in the audit fits that.";

export const audit = (terminal: Terminal): Command => {
  const tail = withDock(new Command("tail"))
    .description("List the latest acts of people, newest first.")
    .argument("[subject]", "only what was done to this: a part of its name, such as SO-10045")
    .option("-n, --lines <n>", "how many", "20")
    .action((subject: string | undefined, options: Common & { lines: string }) =>
      withDatabase(terminal, options, async (pool) => {
        const wanted = Number(options.lines);
        if (!Number.isInteger(wanted) || wanted < 1)
          stopWith("usage", "--lines takes a whole number of at least 1.");
        const lines = await auditPage(pool, filterOf(subject, {}), wanted);
        if (options.json) return printJson(terminal, "audit.tail", { lines });
        if (subject !== undefined && lines.length === 0) return stopWith("notFound", NOTHING_FITS);
        const { paint, columns } = terminal;
        const rows = table<AuditLine>(
          [
            { title: "WHEN", value: ({ at }) => dayAndClock(new Date(at)) },
            { title: "WHO", value: ({ actor }) => harmless(actor) },
            { title: "DID", value: ({ action }) => action },
            { title: "TO", value: ({ subject }) => harmless(subject) },
            { title: "BECAUSE", value: ({ reason }) => harmless(reason ?? ""), shrinks: true },
          ],
          lines,
          { columns, heading: paint.dim },
        );
        for (const row of rows) terminal.out(row);
        terminal.note("\nNext: crossdock audit show <subject>   crossdock audit verify");
      }),
    );

  const show = withDock(new Command("show"))
    .description(
      "Show what was done to a thing or by a person, newest first, with what was kept of each act.",
    )
    .argument("[subject]", "a part of what it was done to, such as SO-10045 or person:lars")
    .option("--person <person>", "only what this person did")
    .option("--action <action>", "only this act, such as retry")
    .option("-n, --lines <n>", "how many", "20")
    .action((subject: string | undefined, options: Common & Asked & { lines: string }) =>
      withDatabase(terminal, options, async (pool) => {
        const wanted = Number(options.lines);
        if (!Number.isInteger(wanted) || wanted < 1)
          stopWith("usage", "--lines takes a whole number of at least 1.");
        const lines = await auditPage(pool, filterOf(subject, options), wanted);
        if (options.json) return printJson(terminal, "audit.show", { lines });
        if (lines.length === 0) return stopWith("notFound", NOTHING_FITS);
        const { paint } = terminal;
        for (const { id, at, actor, action, subject: about, reason, facts } of lines) {
          terminal.out(
            `${paint.dim(id)}  ${dayAndClock(new Date(at))}  ${paint.bold(harmless(actor))} ${action} ${harmless(about)}`,
          );
          if (reason) terminal.out(`    ${harmless(reason)}`);
          if (facts) terminal.out(paint.dim(`    ${harmless(facts)}`));
        }
        terminal.note("\nNext: crossdock audit verify   crossdock audit export --to audit.csv");
      }),
    );

  const exporting = withDock(new Command("export"))
    .description("Write acts as CSV, with the hash of each line; that it was exported is audited.")
    .argument("[subject]", "a part of what it was done to")
    .option("--person <person>", "only what this person did")
    .option("--action <action>", "only this act")
    .option("--to <file>", "where to write (default: the screen)")
    .action(async (subject: string | undefined, options: Common & Asked & { to?: string }) => {
      const asked = { ...filterOf(subject, options) };
      const csv = (await fetched(terminal, options, "/api/audit/export", asked)).toString();
      if (options.to === undefined) return terminal.out(csv.trimEnd());
      writeFileSync(resolve(terminal.folder, options.to), csv);
      const count = csv.trimEnd().split("\r\n").length - 1;
      if (options.json) printJson(terminal, "audit.export", { file: options.to, lines: count });
      else terminal.out(`${terminal.paint.good("✔")} ${counted(count, "line")} written to ${options.to}`);
    });

  const verify = withDock(new Command("verify"))
    .description(
      "Check the whole audit: each line follows from the one before, and every signed checkpoint still holds.",
    )
    .option("--key <file>", "the public key checkpoints are signed with, PEM (default: of the data folder)")
    .option("--anchor <file>", "checkpoints kept outside the database (default: of the data folder)")
    .action((options: Common & { key?: string; anchor?: string }) =>
      withDatabase(terminal, options, async (pool) => {
        const folder = dataFolder(terminal.folder, options.data, terminal.environment);
        // The data folder's own anchor says nothing about some other database.
        const own = options.databaseUrl ? undefined : join(folder, "audit-checkpoints.ndjson");
        const anchorFile = options.anchor ?? own;
        if (options.anchor && !existsSync(options.anchor))
          stopWith("usage", `There is no file ${options.anchor}.`);
        const publicKey = publicKeyAt(options.key, options.databaseUrl ? undefined : folder);
        const chain = await verifyAudit(pool, {
          anchor: anchorFile === undefined ? [] : readAnchor(anchorFile),
          ...(publicKey === undefined ? {} : { publicKey }),
        });
        const { paint } = terminal;
        if (options.json) printJson(terminal, "audit.verify", { ...chain });
        else if (chain.broken) {
          const { id, how, because } = chain.broken;
          terminal.out(
            `${paint.bad("✕")} The record is not as it was written: ${how}, at line ${id}. ${because}`,
          );
        } else {
          terminal.out(
            `${paint.good("✔")} ${counted(chain.lines, "line")}, unbroken; ${counted(chain.checkpoints, "checkpoint")} hold` +
              `${chain.signed ? ", signatures checked" : ""}.`,
          );
          if (!chain.signed)
            terminal.note(
              "The signatures were not checked: name the public key with --key, or the data folder with --data.",
            );
          if (chain.unsealed > 0)
            terminal.note(
              `${counted(chain.unsealed, "line")} not signed yet; that happens once a minute while a worker runs.`,
            );
          if (chain.head) terminal.note(`Last hash: ${chain.head}.`);
        }
        if (chain.broken) throw new CommandStopped(EXIT.checkSaysNo, "");
      }),
    );

  return new Command("audit")
    .description("Who did what and why.")
    .addCommand(verify)
    .addCommand(tail, { isDefault: true })
    .addCommand(show)
    .addCommand(exporting);
};

interface Asked {
  readonly person?: string;
  readonly action?: string;
}

const filterOf = (subject: string | undefined, { person, action }: Asked): AuditFilter => ({
  ...(subject === undefined ? {} : { subject }),
  ...(person === undefined ? {} : { person }),
  ...(action === undefined ? {} : { action }),
});

/** The public key: the file that was named, or the public half of the data folder's own; undefined where neither is there. */
export function publicKeyAt(named: string | undefined, folder: string | undefined): string | undefined {
  if (named !== undefined) {
    if (!existsSync(named)) stopWith("usage", `There is no file ${named}.`);
    return readFileSync(named, "utf8");
  }
  if (folder === undefined) return undefined;
  const file = secretsFile(folder);
  if (!existsSync(file)) return undefined;
  const { auditKey } = JSON.parse(readFileSync(file, "utf8")) as { auditKey?: string };
  return auditKey === undefined ? undefined : publicKeyOf(auditKey);
}
