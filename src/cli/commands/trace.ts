/** `crossdock trace <any number>`: everything that happened to one order, shipment or invoice, in the terminal. */
import { setTimeout as sleep } from "node:timers/promises";
import { Command, Option } from "commander";
import type pg from "pg";
import {
  document,
  type FoundDocument,
  findDocuments,
  type Known,
  type Level,
  type Story,
} from "../../trace/index.ts";
import { stopWith } from "../exit.ts";
import { knownHere } from "../known.ts";
import { type Common, withDock } from "../options.ts";
import { withDatabase } from "../running.ts";
import { tellStory } from "../story.ts";
import { table } from "../table.ts";
import { printJson, printJsonLine, type Terminal } from "../terminal.ts";
import { shownStatus } from "../words.ts";
import { bodiesOf, differencesOf, tellBodies, tellDifferences } from "./trace-steps.ts";

interface Options extends Common {
  readonly level: Level;
  readonly steps?: boolean;
  readonly attempts?: boolean;
  readonly follow?: boolean;
  readonly jsonl?: boolean;
  readonly body?: boolean;
  readonly diff?: boolean;
  readonly showPersonal?: boolean;
  readonly because?: string;
}

const FOLLOW_EVERY_MS = 700;

export const trace = (terminal: Terminal): Command =>
  withDock(new Command("trace"))
    .aliases(["order", "find"])
    .description(
      "Tell the whole story of a document by any of its numbers: PO, order, shipment, SSCC, invoice, …",
    )
    .argument("<number>", "any number of any system")
    .addOption(
      new Option("--level <level>", "how close to look")
        .choices(["business", "steps", "attempts"])
        .default("business"),
    )
    .option("--steps", "the same as --level steps")
    .option("--attempts", "the same as --level attempts")
    .option("--body", "what each message says, after the story; hidden fields stay hidden")
    .option(
      "--show-personal",
      "with --body or --diff: personal fields too; takes --because, and is kept in the audit",
    )
    .option("--because <reason>", "why you look at what is personal, for the audit")
    .option("--diff", "what arrived, what it became and what was sent, field by field")
    .option("-f, --follow", "keep telling until Ctrl-C")
    .option("--jsonl", "with --follow: one line of JSON for each new thing")
    .action((number: string, options: Options) =>
      withDatabase(terminal, options, async (pool) => {
        if (options.showPersonal && !options.because)
          stopWith("usage", 'What is personal is shown for a reason: --because "…".');
        const known = await knownHere(terminal, options);
        const correlation = await theOne(terminal, pool, number, known, options);
        if (correlation === undefined) return;
        const level = options.attempts ? "attempts" : options.steps ? "steps" : options.level;
        if (options.follow) return follow(terminal, pool, correlation, known, level, options.jsonl === true);
        const story = await storyOf(pool, correlation, known);
        if (options.json) {
          const steps = options.body ? { steps: await bodiesOf(terminal, options, story) } : {};
          const compared = options.diff ? { compared: await differencesOf(terminal, options, story) } : {};
          return printJson(terminal, "trace", { story, ...steps, ...compared });
        }
        for (const line of tellStory(story, level, terminal)) terminal.out(line);
        if (options.body) await tellBodies(terminal, options, story);
        if (options.diff) await tellDifferences(terminal, options, story);
      }),
    );

/** The transaction the number means. Several: they are listed, and undefined comes back. */
export async function theOne(
  terminal: Terminal,
  pool: pg.Pool,
  number: string,
  known: Known,
  { json }: Pick<Common, "json">,
): Promise<string | undefined> {
  const found = await findDocuments(pool, number, known);
  const exact = found.filter(({ matched }) => matched.some((match) => match.exact));
  // A document with a process is what people mean; a bare notice that shares the number is a chapter of it.
  const led = exact.filter(({ process }) => process !== null);
  const candidates = led.length > 0 ? led : exact.length > 0 ? exact : found;
  // The document of that very number, and not those that only name it.
  const own = exact.filter(({ correlation }) => correlation.slice(correlation.indexOf("/") + 1) === number);
  if (own.length === 1) return own[0]!.correlation;
  if (candidates.length === 1) return candidates[0]!.correlation;
  if (candidates.length === 0) {
    stopWith(
      "notFound",
      `Nothing here has the number ${number}. Numbers are known from the moment they first arrive.`,
    );
  }
  if (json) {
    printJson(terminal, "trace.found", { found: candidates });
    return undefined;
  }
  const { paint } = terminal;
  terminal.out(`${candidates.length} documents have a number like ${number}:`);
  const lines = table<FoundDocument>(
    [
      { title: "DOCUMENT", value: ({ kind, number: own }) => `${kind} ${own}` },
      {
        title: "FOUND BY",
        value: ({ matched }) => matched.map(({ label, value }) => `${label} ${value}`).join(", "),
        shrinks: true,
      },
      { title: "STATUS", value: ({ status }) => shownStatus(paint, status) },
    ],
    candidates,
    { columns: terminal.columns, indent: "  ", heading: paint.dim },
  );
  for (const line of lines) terminal.out(line);
  terminal.note(`\nNext: crossdock trace ${candidates[0]!.number}`);
  return undefined;
}

export async function storyOf(pool: pg.Pool, correlation: string, known: Known): Promise<Story> {
  const story = await document(pool, correlation, known);
  return story ?? stopWith("notFound", `Nothing is known about ${correlation} any more.`);
}

/** Prints the story, and from then on what is new in it. */
async function follow(
  terminal: Terminal,
  pool: pg.Pool,
  correlation: string,
  known: Known,
  level: Level,
  jsonl: boolean,
): Promise<never> {
  let told = new Set<string>();
  for (let first = true; ; first = false) {
    const story = await storyOf(pool, correlation, known);
    const lines = jsonl ? [] : tellStory(story, level, terminal);
    if (jsonl) {
      for (const entry of story.timeline)
        if (!told.has(entry.id)) printJsonLine(terminal, "trace.entry", { entry });
    } else if (first) for (const line of lines) terminal.out(line);
    else {
      const news = { ...story, timeline: story.timeline.filter(({ id }) => !told.has(id)) };
      if (news.timeline.length > 0) {
        for (const line of timelineOnly(news, level, terminal)) terminal.out(line);
      }
    }
    told = new Set(story.timeline.map(({ id }) => id));
    await sleep(FOLLOW_EVERY_MS);
  }
}

function timelineOnly(story: Story, level: Level, terminal: Terminal): string[] {
  const bare: Story = {
    ...story,
    milestones: [],
    questions: [],
    deliveries: [],
    keys: [],
    related: [],
    opinions: { systems: [], rows: [], disagreements: [] },
  };
  // Past the header, the blank lines and the date.
  return tellStory(bare, level, terminal).filter(
    (line) => /^\d\d:\d\d:\d\d /.test(line) || line.startsWith("      "),
  );
}
