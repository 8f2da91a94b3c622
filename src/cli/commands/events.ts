/** `crossdock events`: the journal itself, by type, source, subject and time. */
import { Command, Option } from "commander";
import { milliseconds, type Span } from "../../std/span.ts";
import { type EventLine, events as read, step } from "../../trace/index.ts";
import { stopWith } from "../exit.ts";
import { knownHere } from "../known.ts";
import { type Common, withDock } from "../options.ts";
import { withDatabase } from "../running.ts";
import { table } from "../table.ts";
import { harmless, printJson, type Terminal } from "../terminal.ts";
import { dayAndClock } from "../words.ts";

interface Options extends Common {
  readonly contract?: string;
  readonly kind?: "event" | "command";
  readonly source?: string;
  readonly about?: string;
  readonly from?: string;
  readonly to?: string;
  readonly before?: string;
  readonly lines: string;
  readonly body?: boolean;
}

export const events = (terminal: Terminal): Command =>
  withDock(new Command("events"))
    .description("List events and commands of the journal, newest first; with --body also what they say.")
    .option("--contract <name>", "of this type; a beginning such as sales. takes a whole domain")
    .addOption(new Option("--kind <kind>", "only these").choices(["event", "command"]))
    .option("--source <name>", "said by this connection, client or process")
    .option("--about <number>", "of the document with this number, of any system")
    .option("--from <time>", "recorded since: RFC 3339, or a span such as 2h")
    .option("--to <time>", "recorded until: the same")
    .option("--before <position>", "older than this line of the journal")
    .option("-n, --lines <n>", "how many, 1 to 200", "30")
    .option("--body", "say what each holds; what its contract hides stays hidden")
    .action((options: Options) =>
      withDatabase(terminal, options, async (pool) => {
        const limit = Number(options.lines);
        if (!Number.isInteger(limit) || limit < 1 || limit > 200)
          stopWith("usage", "--lines takes a whole number from 1 to 200.");
        if (options.before !== undefined && !/^\d{1,18}$/.test(options.before))
          stopWith("usage", "--before takes the position of a line, a whole number.");
        const { contract, kind, source, about } = options;
        const known = await knownHere(terminal, options);
        const filter = {
          contract,
          kind,
          source,
          about,
          from: instant("--from", options.from),
          to: instant("--to", options.to),
        };
        const seen = await read(pool, known, filter, { limit, before: options.before ?? null });
        const bodies = new Map<string, unknown>();
        if (options.body)
          for (const { correlation, position } of seen.events)
            bodies.set(position, (await step(pool, correlation, position, known))?.data ?? null);
        if (options.json) {
          const lines = seen.events.map((line) =>
            options.body ? { ...line, data: bodies.get(line.position) } : line,
          );
          return printJson(terminal, "events", { ...seen, events: lines });
        }
        if (seen.events.length === 0)
          terminal.out(
            seen.next === null
              ? "Nothing in the journal fits."
              : "Nothing fits so far; the journal goes on further back.",
          );
        const { paint, columns } = terminal;
        if (options.body)
          for (const line of seen.events) {
            terminal.out(
              `${paint.bold(line.contract)} v${line.version}  ${harmless(line.subject)}  ${paint.dim(wordsOf(line))}`,
            );
            terminal.out(harmless(JSON.stringify(bodies.get(line.position), null, 2)));
          }
        else if (seen.events.length > 0)
          for (const line of table<EventLine>(
            [
              { title: "POSITION", value: ({ position }) => position, align: "right" },
              { title: "RECORDED", value: ({ recordedAt }) => dayAndClock(new Date(recordedAt)) },
              { title: "TYPE", value: ({ contract: name }) => name },
              { title: "ABOUT", value: ({ subject }) => harmless(subject) },
              { title: "DOCUMENT", value: ({ number }) => harmless(number) },
              { title: "SAID BY", value: ({ sourceTitle }) => harmless(sourceTitle), shrinks: true },
            ],
            seen.events,
            { columns, heading: paint.dim },
          ))
            terminal.out(line);
        if (seen.next !== null)
          terminal.note(
            `\n${seen.lookedBackTo === null ? "" : `Looked back to ${dayAndClock(new Date(seen.lookedBackTo))}. `}Next: crossdock events --before ${seen.next} with the same filter`,
          );
      }),
    );

const wordsOf = ({ position, recordedAt, sourceTitle, number }: EventLine): string =>
  `${number}, said by ${harmless(sourceTitle)}, ${dayAndClock(new Date(recordedAt))}, position ${position}`;

/** An instant, or a span before now. */
function instant(option: string, given: string | undefined): Date | undefined {
  if (given === undefined) return undefined;
  if (/^\d+(?:\.\d+)?(ms|s|m|h|d)$/.test(given)) return new Date(Date.now() - milliseconds(given as Span));
  const at = new Date(given);
  return Number.isNaN(at.getTime())
    ? stopWith(
        "usage",
        `${option} takes a time such as 2026-11-20T08:00:00Z, or a span such as 2h; it got ${given}.`,
      )
    : at;
}
