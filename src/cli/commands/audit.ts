/** `crossdock audit`: who did what and why, and whether nobody has touched the record since. */
import { Command } from "commander";
import { type AuditLine, latestAudit, verifyAudit } from "../../trace/audit.ts";
import { CommandStopped, EXIT, stopWith } from "../exit.ts";
import { type Common, withDock } from "../options.ts";
import { withDatabase } from "../running.ts";
import { table } from "../table.ts";
import { harmless, printJson, type Terminal } from "../terminal.ts";
import { counted, dayAndClock } from "../words.ts";

export const audit = (terminal: Terminal): Command => {
  const tail = withDock(new Command("tail"))
    .description("List the latest acts of people, newest first.")
    .option("-n, --lines <n>", "how many", "20")
    .action((options: Common & { lines: string }) =>
      withDatabase(terminal, options, async (pool) => {
        const wanted = Number(options.lines);
        if (!Number.isInteger(wanted) || wanted < 1)
          stopWith("usage", "--lines takes a whole number of at least 1.");
        const lines = await latestAudit(pool, wanted);
        if (options.json) return printJson(terminal, "audit.tail", { lines });
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
      }),
    );

  const verify = withDock(new Command("verify"))
    .description("Check the whole audit: each line's hash covers the line before it.")
    .action((options: Common) =>
      withDatabase(terminal, options, async (pool) => {
        const chain = await verifyAudit(pool);
        if (options.json) printJson(terminal, "audit.verify", { ...chain });
        else if (chain.broken) {
          terminal.out(
            `${terminal.paint.bad("✕")} The chain breaks at line ${chain.broken.id}. ${chain.broken.because}`,
          );
        } else {
          terminal.out(`${terminal.paint.good("✔")} ${counted(chain.lines, "line")}, unbroken.`);
          if (chain.head)
            terminal.note(
              `Last hash: ${chain.head}. Write it down elsewhere to see later that no line was cut off.`,
            );
        }
        if (chain.broken) throw new CommandStopped(EXIT.checkSaysNo, "");
      }),
    );

  return new Command("audit").description("Who did what and why.").addCommand(verify).addCommand(tail);
};
