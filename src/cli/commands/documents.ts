/** `crossdock documents`: documents by kind, plant, worth, status, lateness and who looks after them, the latest first; and how many there are. */
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { Command, Option } from "commander";
import {
  countDocuments,
  type DocumentFilter,
  type DocumentLine,
  filteredDocuments,
  HOWS,
  type How,
  isFilter,
  recent,
  STATUS_WORDS,
  type StatusWord,
} from "../../trace/index.ts";
import { fetched, sheetFileOf } from "../buttons.ts";
import { stopWith } from "../exit.ts";
import { knownHere } from "../known.ts";
import { type Common, withDock } from "../options.ts";
import { withDatabase } from "../running.ts";
import { table } from "../table.ts";
import { harmless, printJson, type Terminal } from "../terminal.ts";
import { counted, dayAndClock, shownStatus } from "../words.ts";

import {
  assignDocument,
  compareDocuments,
  holdDocument,
  noteDocument,
  releaseDocument,
} from "./documents-tend.ts";

interface Options extends Common {
  readonly of?: string;
  readonly kind?: string;
  readonly plant?: string;
  readonly over?: string;
  readonly status?: StatusWord;
  readonly late?: boolean;
  readonly process?: string;
  readonly at?: string;
  readonly how?: How;
  readonly lines: string;
  readonly after?: string;
  readonly count?: boolean;
  readonly csv?: boolean;
  readonly to?: string;
}

export const documents = (terminal: Terminal): Command =>
  new Command("documents")
    .description(
      "Documents: list them when nothing else is said; note, take on, hold and compare single ones.",
    )
    .addCommand(list(terminal), { isDefault: true })
    .addCommand(noteDocument(terminal))
    .addCommand(assignDocument(terminal))
    .addCommand(holdDocument(terminal))
    .addCommand(releaseDocument(terminal))
    .addCommand(compareDocuments(terminal));

const list = (terminal: Terminal): Command =>
  withDock(new Command("list"))
    .description(
      "List documents by kind, plant, worth, status, lateness and where they stand; or count them.",
    )
    .option("--kind <kind>", "the kind of number they go by: order, invoice, …")
    .option("--plant <plant>", "a plant or warehouse they name")
    .option("--over <money>", 'worth more than this, with its currency: "5000 EUR"')
    .addOption(new Option("--status <status>", "as they stand").choices([...STATUS_WORDS]))
    .option("--of <person>", "what this person looks after")
    .option("--late", "past the time their next milestone was due")
    .option("--process <name>", "they run in this process; those that stand in one place longest come first")
    .option("--at <milestone>", 'and stand there: a milestone, or "" before the first')
    .addOption(new Option("--how <way>", "and how they stand there").choices([...HOWS]))
    .option("-n, --lines <n>", "how many, 1 to 200", "25")
    .option("--after <place>", "go on where an earlier list ended")
    .option("--count", "only say how many there are, all of them")
    .option(
      "--csv",
      "all of them, up to 10,000, as CSV on standard output; the audit keeps that they were taken",
    )
    .option("--to <file>", "the same into a file for spreadsheets: .csv or .xlsx")
    .action((options: Options) => {
      if (options.csv || options.to !== undefined) return takeAlong(terminal, options);
      return withDatabase(terminal, options, async (pool) => {
        const limit = Number(options.lines);
        if (!Number.isInteger(limit) || limit < 1 || limit > 200)
          stopWith("usage", "--lines takes a whole number from 1 to 200.");
        const known = await knownHere(terminal, options);
        const filter = filterOf(options);
        // Where a list ended: a position in the journal, or with a process a place, a time and a key.
        if (
          options.after !== undefined &&
          !(options.process !== undefined || options.late ? /^\d+ \S+ / : /^\d{1,18}$/).test(options.after)
        )
          stopWith(
            "usage",
            `--after takes what a list of the same filter ended with, not "${options.after}".`,
          );
        if (options.count) {
          let total = 0;
          for (let after: string | null = options.after ?? null; ; ) {
            const { count, next }: { count: number; next: string | null } = await countDocuments(
              pool,
              known,
              filter,
              { after },
            );
            total += count;
            if (next === null) break;
            if (terminal.live) terminal.note(`${counted(total, "document")} so far…`);
            after = next;
          }
          if (options.json) return printJson(terminal, "documents.count", { count: total });
          return terminal.out(counted(total, "document"));
        }
        const page = { limit, after: options.after ?? null };
        const seen = isFilter(filter)
          ? await filteredDocuments(pool, known, filter, page)
          : await recent(pool, known, page);
        if (options.json) return printJson(terminal, "documents", { ...seen });
        if (seen.documents.length === 0)
          terminal.out(seen.next === null ? "No document fits." : "No document fits so far.");
        const { paint, columns } = terminal;
        if (seen.documents.length > 0)
          for (const line of table<DocumentLine>(
            [
              { title: "KIND", value: ({ kind }) => kind },
              { title: "NUMBER", value: ({ number }) => harmless(number) },
              {
                title: "WORTH",
                value: ({ header: { money } }) => (money ? `${money.amount} ${money.currency}` : ""),
                align: "right",
              },
              { title: "STATUS", value: ({ status }) => shownStatus(paint, status) },
              { title: "CHANGED", value: ({ changedAt }) => dayAndClock(new Date(changedAt)) },
            ],
            seen.documents,
            { columns, heading: paint.dim },
          ))
            terminal.out(line);
        if (seen.next !== null)
          terminal.note(`\nNext: crossdock documents --after "${seen.next}" with the same filter`);
      });
    });

/** The file the console gives, with its line in the audit. */
async function takeAlong(terminal: Terminal, options: Options): Promise<void> {
  const { over, late, ...rest } = filterOf(options);
  const asked = { ...rest, late: late || undefined, over: over && `${over.amount} ${over.currency}` };
  const query = new URLSearchParams(
    Object.entries(asked).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );
  const { to } = options;
  const file = await fetched(
    terminal,
    options,
    `/api/documents.${to === undefined ? "csv" : sheetFileOf(to)}?${query}`,
  );
  if (to === undefined) return terminal.out(file.toString().trimEnd());
  writeFileSync(resolve(terminal.folder, to), file);
  if (options.json) printJson(terminal, "documents.file", { file: to, bytes: file.length });
  else terminal.out(`${terminal.paint.good("✔")} written to ${to}`);
}

function filterOf({ kind, plant, over, status, late, process, at, how, of }: Options): DocumentFilter {
  if (process === undefined && (at ?? how) !== undefined)
    stopWith("usage", "--at and --how are asked about one process: name it with --process.");
  const [, amount = "", currency = ""] = /^(\d{1,15}(?:\.\d{1,6})?) ?([A-Z]{3})$/.exec(over ?? "") ?? [];
  if (over !== undefined && amount === "")
    stopWith("usage", `--over takes an amount with its currency, such as "5000 EUR"; it got ${over}.`);
  return {
    kind,
    plant,
    status,
    late,
    process,
    at,
    how,
    of,
    ...(over === undefined ? {} : { over: { amount, currency } }),
  };
}
