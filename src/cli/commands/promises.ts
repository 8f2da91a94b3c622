/** `crossdock promises`: what was answered on old values while a system was silent, and what became of it. */
import { Command } from "commander";
import { type PromiseView, promises as read } from "../../trace/promises.ts";
import { type Common, withDock } from "../options.ts";
import { withDatabase } from "../running.ts";
import { table } from "../table.ts";
import { harmless, printJson, type Terminal } from "../terminal.ts";
import { counted, dayAndClock } from "../words.ts";

export const promises = (terminal: Terminal): Command =>
  withDock(new Command("promises"))
    .description(
      "List answers given on old values: those still to be made true first, and what hangs on them.",
    )
    .action((options: Common) =>
      withDatabase(terminal, options, async (pool) => {
        const seen = await read(pool);
        if (options.json) return printJson(terminal, "promises", { ...seen });
        if (seen.promises.length === 0) return terminal.out("Nothing was promised on old values.");
        const { paint, columns } = terminal;
        for (const { inquiry, promises: open, money } of seen.exposure)
          terminal.out(
            `${inquiry}: ${counted(open, "promise")} open` +
              (money.length > 0
                ? `, ${money.map(({ amount, currency }) => `${amount} ${currency}`).join(" + ")}`
                : ""),
          );
        const lines = table<PromiseView>(
          [
            { title: "GIVEN", value: ({ givenAt }) => dayAndClock(new Date(givenAt)) },
            { title: "INQUIRY", value: ({ inquiry }) => inquiry },
            { title: "TO", value: ({ givenTo }) => harmless(givenTo) },
            { title: "WORTH", value: ({ worth }) => (worth ? `${worth.amount} ${worth.currency}` : "") },
            {
              title: "STATE",
              value: ({ state, difference }) => (difference === null ? state : `${state} by ${difference}`),
              paint: (text, { state }) =>
                state === "kept" ? paint.good(text) : state === "open" ? text : paint.warn(text),
            },
            { title: "BECAUSE", value: ({ reason }) => harmless(reason ?? ""), shrinks: true },
          ],
          seen.promises,
          { columns, heading: paint.dim },
        );
        for (const line of lines) terminal.out(line);
      }),
    );
