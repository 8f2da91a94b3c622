/** `crossdock insights`: how the business went over a time, what each milestone took, and what stopped documents; as the console's page. */
import { Command, Option } from "commander";
import type { Insights, ProcessInsight } from "../../trace/insights.ts";
import { read } from "../buttons.ts";
import { type Common, withDock } from "../options.ts";
import { table } from "../table.ts";
import { printJson, type Terminal } from "../terminal.ts";
import { counted, lasting } from "../words.ts";

interface Options extends Common {
  readonly over: string;
}

const HOURS: Readonly<Record<string, number>> = { "6h": 6, "24h": 24, "7d": 168, "30d": 720 };
const sum = (parts: readonly number[]): number => parts.reduce((all, part) => all + part, 0);
const within = (ms: number | null): string => (ms === null ? "–" : lasting(ms));

export const insights = (terminal: Terminal): Command =>
  withDock(new Command("insights"))
    .description(
      "How it went: documents through each process, time at each milestone, what stopped documents.",
    )
    .addOption(new Option("--over <time>", "the time looked at").choices(Object.keys(HOURS)).default("24h"))
    .action(async (options: Options) => {
      const seen = await read<Insights>(
        terminal,
        options,
        `/api/insights?hours=${HOURS[options.over] ?? 24}`,
      );
      if (options.json) return printJson(terminal, "insights", { ...seen });
      const { paint, columns, out } = terminal;
      const heading = { columns, heading: paint.dim };
      const busy = seen.processes.filter(
        (one) => sum(one.entered) + sum(one.completed) + sum(one.givenUp) > 0,
      );
      if (busy.length === 0) out("No process took or ended a document in this time.");
      for (const line of table<ProcessInsight>(
        [
          { title: "PROCESS", value: ({ title }) => title, shrinks: true },
          { title: "ENTERED", value: ({ entered }) => String(sum(entered)), align: "right" },
          { title: "COMPLETED", value: ({ completed }) => String(sum(completed)), align: "right" },
          { title: "GIVEN UP", value: ({ givenUp }) => String(sum(givenUp)), align: "right" },
          { title: "ASKED PEOPLE", value: ({ asked }) => String(asked), align: "right" },
        ],
        busy,
        heading,
      ))
        out(line);
      const stays = busy.flatMap(({ title, stays: of }) =>
        of.filter(({ count }) => count > 0).map((stay) => ({ title, ...stay })),
      );
      if (stays.length > 0) {
        out("");
        for (const line of table<(typeof stays)[number]>(
          [
            { title: "PROCESS", value: ({ title }) => title, shrinks: true },
            { title: "STOOD AT", value: ({ milestone }) => milestone },
            { title: "TIMES", value: ({ count }) => String(count), align: "right" },
            { title: "HALF WITHIN", value: ({ p50Ms }) => within(p50Ms), align: "right" },
            { title: "NINE OF TEN", value: ({ p90Ms }) => within(p90Ms), align: "right" },
          ],
          stays,
          heading,
        ))
          out(line);
      }
      if (seen.exceptions.length > 0) {
        out("");
        for (const line of table<Insights["exceptions"][number]>(
          [
            { title: "WHAT STOPPED DOCUMENTS", value: ({ class: of }) => of },
            { title: "OPENED", value: ({ opened }) => String(sum(opened)), align: "right" },
          ],
          seen.exceptions,
          heading,
        ))
          out(line);
      }
      terminal.note(
        `\n${counted(seen.opened, "exception")} that needed somebody, ${seen.closed} of them closed` +
          (seen.fixedWithinMs === null ? "." : `, half within ${lasting(seen.fixedWithinMs)}.`),
      );
    });
