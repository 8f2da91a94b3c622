/** `crossdock periods`: which fiscal periods are open, which are ready to be closed, and what is still in the way. */
import { Command } from "commander";
import type { Readiness } from "../../trace/periods.ts";
import { press, read } from "../buttons.ts";
import { CommandStopped, EXIT, stopWith } from "../exit.ts";
import { type Acting, type Common, withDock, withReason } from "../options.ts";
import { table } from "../table.ts";
import { harmless, printJson, type Terminal } from "../terminal.ts";
import { counted } from "../words.ts";

const DAY = /^\d{4}-\d{2}-\d{2}$/;

const dayOf = (given: string | undefined): string => {
  if (given !== undefined && !DAY.test(given)) stopWith("usage", "--day takes a day such as 2026-11-30.");
  return given ?? new Date().toISOString().slice(0, 10);
};

const list = (terminal: Terminal): Command =>
  withDock(new Command("list"))
    .alias("status")
    .description(
      "List this period and the one before, for each ledger: its status, and whether it is ready to be closed.",
    )
    .option("--day <day>", "as of this day (default: today)")
    .action(async (options: Common & { day?: string }) => {
      const path = `/api/periods?day=${dayOf(options.day)}`;
      const { periods } = await read<{ periods: Readiness[] }>(terminal, options, path);
      if (options.json) return printJson(terminal, "periods.list", { periods });
      if (periods.length === 0) return terminal.out("No ledger has postings or periods yet.");
      const { paint, columns } = terminal;
      const lines = table<Readiness>(
        [
          { title: "LEDGER", value: ({ ledger }) => ledger },
          { title: "PERIOD", value: ({ period }) => period },
          { title: "FROM", value: ({ first }) => first },
          { title: "TO", value: ({ last }) => last },
          { title: "STATUS", value: ({ status }) => status },
          {
            title: "READY TO CLOSE",
            value: ({ ready, because }) => (ready ? "✔ yes" : `no: ${because.join(" ")}`),
            paint: (text, { ready }) => (ready ? paint.good(text) : paint.warn(text)),
            shrinks: true,
          },
        ],
        periods,
        { columns, heading: paint.dim },
      );
      for (const line of lines) terminal.out(line);
      terminal.note(`\nNext: crossdock periods show ${periods[0]!.ledger}`);
    });

const show = (terminal: Terminal): Command =>
  withDock(new Command("show"))
    .description("Show what is in the way of closing a period; ends with 3 when something is.")
    .argument("<ledger>", "the ledger, such as ME-03")
    .argument("[period]", "the period, such as 2026-11")
    .option("--day <day>", "a day of the period (default: today)")
    .action(async (ledger: string, period: string | undefined, options: Common & { day?: string }) => {
      const day =
        period === undefined ? dayOf(options.day) : await firstOf(terminal, options, ledger, period);
      const path = `/api/periods/${encodeURIComponent(ledger)}/${day}`;
      const seen = await read<Readiness>(terminal, options, path);
      const { paint } = terminal;
      if (options.json) printJson(terminal, "periods.show", { period: seen });
      else {
        terminal.out(
          `${paint.bold(`${seen.ledger} ${seen.period}`)}  ${seen.first} to ${seen.last}  ${seen.status}  ` +
            (seen.ready ? paint.good("✔ ready to close") : paint.warn("not ready to close")),
        );
        for (const line of seen.because) terminal.out(`  ${line}`);
        for (const { date, title, systemTitle, correlation, status, reason, delivery } of seen.inTheWay)
          terminal.out(
            `  – ${date} ${correlation} “${title.toLowerCase()}” for ${systemTitle}: ${status.replace("_", " ")}${reason ? `, ${harmless(reason)}` : ""}  ${paint.dim(delivery)}`,
          );
        if (seen.count > seen.inTheWay.length)
          terminal.out(paint.dim(`  … ${counted(seen.count, "posting")} in all`));
        for (const { agreement, differ } of seen.unreconciled)
          terminal.out(
            paint.dim(`  Next: crossdock agree ${differ > 0 ? `show ${agreement}` : `compare ${agreement}`}`),
          );
        for (const line of seen.notChecked) terminal.out(paint.dim(`  Not checked: ${line}`));
      }
      if (!seen.ready) throw new CommandStopped(EXIT.checkSaysNo, "");
    });

/** The first day of a period that is named as its calendar names it. */
async function firstOf(terminal: Terminal, options: Common, ledger: string, period: string): Promise<string> {
  const day = /^\d{4}-\d{2}$/.test(period) ? `${period}-01` : dayOf(undefined);
  const { periods } = await read<{ periods: Readiness[] }>(terminal, options, `/api/periods?day=${day}`);
  const found = periods.find((one) => one.ledger === ledger && one.period === period);
  return (
    found?.first ??
    stopWith(
      "notFound",
      `${ledger} has no period ${period} among those of ${day}. Say crossdock periods, or name a day of it with --day.`,
    )
  );
}

const deciding = (
  terminal: Terminal,
  name: string,
  status: string,
  description: string,
  also: readonly string[] = [],
): Command =>
  withReason(withDock(new Command(name)))
    .aliases(also)
    .description(description)
    .argument("<ledger>", "the ledger, such as ME-03")
    .argument("<period>", "the period, such as 2026-11")
    .action(async (ledger: string, period: string, options: Common & Acting) => {
      if (!options.because) stopWith("usage", 'Deciding about a period needs a reason: --because "…".');
      const path = `/api/periods/${encodeURIComponent(ledger)}/${encodeURIComponent(period)}`;
      const said = await press(terminal, options, path, { status, reason: options.because });
      if (options.json) return printJson(terminal, `periods.${name}`, { ledger, period, ...said });
      terminal.out(`${terminal.paint.good("✔")} Period ${period} of ${ledger} is ${status}.`);
      if (typeof said.released === "string")
        terminal.note(
          `What was on hold for it is let go, where that takes no second person: crossdock bulk show ${said.released}`,
        );
    });

const delivered = (terminal: Terminal): Command =>
  withReason(withDock(new Command("delivered")))
    .description("Say that a feed has delivered everything up to and including a day.")
    .argument("<feed>", "the feed, as periods.feeds names it")
    .requiredOption("--through <day>", "the last day it has delivered whole")
    .action(async (feed: string, options: Common & Acting & { through: string }) => {
      if (!DAY.test(options.through)) stopWith("usage", "--through takes a day such as 2026-11-30.");
      if (!options.because) stopWith("usage", 'Saying so needs how you know: --because "…".');
      const path = `/api/feeds/${encodeURIComponent(feed)}`;
      const said = await press(terminal, options, path, {
        through: options.through,
        reason: options.because,
      });
      if (options.json) return printJson(terminal, "periods.delivered", { feed, ...said });
      terminal.out(`${terminal.paint.good("✔")} ${feed} has delivered everything up to ${options.through}.`);
    });

export const periods = (terminal: Terminal): Command =>
  new Command("periods")
    .alias("period")
    .description("Fiscal periods: open, closed, ready to be closed, and what is in the way.")
    .addCommand(list(terminal), { isDefault: true })
    .addCommand(show(terminal))
    .addCommand(delivered(terminal))
    .addCommand(
      deciding(terminal, "close", "closed", "Close a period: from now on nothing is posted into it.", [
        "hold",
      ]),
    )
    .addCommand(
      deciding(
        terminal,
        "soft-close",
        "soft-closed",
        "Announce that a period closes soon; postings still go.",
      ),
    )
    .addCommand(
      deciding(terminal, "open", "open", "Open a period again, and let go what is on hold for it.", [
        "release",
      ]),
    );
