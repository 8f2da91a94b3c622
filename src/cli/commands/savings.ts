/** `crossdock savings`: what was handled without a person, stopped, found and settled; and its worth by one's own assumptions. */
import { Command, Option } from "commander";
import { SAVED, type SavedKind, type SavedLine, type Savings } from "../../trace/index.ts";
import { read } from "../buttons.ts";
import { type Common, withDock } from "../options.ts";
import { table } from "../table.ts";
import { harmless, printJson, type Terminal } from "../terminal.ts";

interface Options extends Common, Partial<Record<SavedKind | "hour", string>> {
  readonly over: string;
}

const HOURS: Readonly<Record<string, number>> = { "6h": 6, "24h": 24, "7d": 168, "30d": 720 };
const between = (range: { readonly from: string; readonly to: string } | null): string =>
  range === null ? "" : range.from === range.to ? range.from : `${range.from} – ${range.to}`;

export const savings = (terminal: Terminal): Command =>
  withDock(new Command("savings"))
    .description("Count what no person had to do, and what that is worth by your own assumptions.")
    .addOption(new Option("--over <time>", "the time looked at").choices(Object.keys(HOURS)).default("24h"))
    .option("--document <minutes>", "minutes a document would take a person: 10, or 10-15")
    .option("--copy <minutes>", "minutes a copy booked twice would take")
    .option("--contradiction <minutes>", "minutes a contradiction would take when a customer finds it")
    .option("--doubt <minutes>", "minutes a lost answer would take")
    .option("--hour <money>", 'what an hour costs, with its currency: "65.00 EUR"')
    .action(async (options: Options) => {
      const query = new URLSearchParams({ hours: String(HOURS[options.over] ?? 24) });
      for (const name of [...SAVED, "hour"] as const) {
        const given = options[name];
        if (given !== undefined) query.set(name, given);
      }
      const seen = (await read(terminal, options, `/api/savings?${query}`)) as unknown as Savings;
      if (options.json) return printJson(terminal, "savings", { ...seen });
      const { paint, columns } = terminal;
      const worth = (of: SavedLine["worth"]) => (of === null ? "" : `${between(of)} ${of.currency}`);
      for (const line of table<Pick<SavedLine, "title" | "hours" | "worth"> & { count: number | null }>(
        [
          { title: "WHAT", value: ({ title }) => harmless(title), shrinks: true },
          { title: "COUNTED", value: ({ count }) => String(count ?? ""), align: "right" },
          { title: "HOURS", value: ({ hours }) => between(hours), align: "right" },
          { title: "WORTH", value: (row) => worth(row.worth), align: "right" },
        ],
        [...seen.lines, { title: "Together", count: null, hours: seen.hours, worth: seen.worth }],
        { columns, heading: paint.dim },
      ))
        terminal.out(line);
      if (seen.hours === null)
        terminal.note(
          '\nNext: say what a case takes a person, such as crossdock savings --document 10-15 --hour "65.00 EUR"',
        );
    });
