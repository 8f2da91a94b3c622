/** `crossdock status`: is the business in step? The sentence, the funnel, the systems, what needs someone. */
import { setTimeout as sleep } from "node:timers/promises";
import { Command } from "commander";
import type pg from "pg";
import {
  type Funnel,
  type FunnelStage,
  type Overview,
  overview,
  type SystemView,
} from "../../trace/index.ts";
import { ask } from "../buttons.ts";
import { CommandStopped, EXIT } from "../exit.ts";
import { knownHere } from "../known.ts";
import { type Common, sinceOf, withDock } from "../options.ts";
import { withDatabase } from "../running.ts";
import { table } from "../table.ts";
import { printJson, printJsonLine, type Terminal } from "../terminal.ts";
import { counted, lasting } from "../words.ts";

interface Options extends Common {
  readonly strict?: boolean;
  readonly since?: string;
  readonly plant?: string;
  readonly watch?: boolean;
  readonly jsonl?: boolean;
}

const WATCH_MS = 2_000;

export const status = (terminal: Terminal): Command =>
  withDock(new Command("status"))
    .description("Say whether the business is in step: orders by milestone, systems, what needs someone.")
    .option(
      "--since <when>",
      "count milestones since then: today, 2h, or an instant (default: the beginning)",
    )
    .option("--plant <plant>", "only documents of this plant")
    .option("--watch", "say it again every two seconds until Ctrl-C")
    .option("--jsonl", "one line of JSON each time")
    .option("--strict", "exit with 3 when out of step")
    .action((options: Options) =>
      withDatabase(terminal, options, async (pool) => {
        for (let first = true; ; first = false) {
          const view = await viewOf(terminal, options, pool);
          // On a terminal the page is drawn again in its place.
          if (!first && terminal.live && !options.json && !options.jsonl) terminal.out("\u001b[H\u001b[2J");
          if (options.jsonl) printJsonLine(terminal, "status", { overview: view });
          else if (options.json) printJson(terminal, "status", { overview: view });
          else for (const line of statusLines(view, terminal)) terminal.out(line);
          if (!options.watch) {
            if (options.strict && view.step.answer !== "in step")
              throw new CommandStopped(EXIT.checkSaysNo, "");
            return;
          }
          await sleep(WATCH_MS);
        }
      }),
    );

/** Whether a system answers is what the running workers see; without them, or for one plant, only the counts are known. */
async function viewOf(terminal: Terminal, options: Options, pool: pg.Pool): Promise<Overview> {
  const since = options.since === undefined ? null : sinceOf(options.since);
  if (options.plant === undefined) {
    const asked = since === null ? "" : `?since=${encodeURIComponent(since.toISOString())}`;
    const seen = (await ask(terminal, options, `/api/home${asked}`)) as Overview | undefined;
    if (seen) return seen;
  }
  const areas =
    options.plant === undefined ? null : [{ domains: null, plants: [options.plant], entities: null }];
  return overview(pool, await knownHere(terminal, options), [], { since, areas });
}

export function statusLines(view: Overview, { paint, columns }: Terminal): string[] {
  const tone = {
    "in step": paint.good,
    mostly: paint.warn,
    "out of step": paint.bad,
    "cannot tell": paint.warn,
  };
  const { needs } = view;
  return [
    tone[view.step.answer](paint.bold(view.step.sentence)),
    ...view.funnels.flatMap((each) => ["", ...funnelLines(each, { paint, columns })]),
    "",
    ...systemLines(view.systems, view.asOf, { paint, columns }),
    "",
    needs.documents === 0
      ? paint.good("Nothing needs anyone.")
      : `${paint.bad(`${counted(needs.documents, "document")} ${needs.documents === 1 ? "needs" : "need"} someone`)}: ` +
        `${counted(needs.questions, "open question")}, ${counted(needs.exceptions, "exception")} of ${counted(needs.causes, "cause")}.` +
        paint.dim("   crossdock exceptions   crossdock questions"),
    ...(needs.temporary > 0
      ? [paint.dim(`${counted(needs.temporary, "temporary problem")} will settle by itself.`)]
      : []),
  ];
}

/** The systems as a table, those in trouble first. */
export function systemLines(
  all: readonly SystemView[],
  asOf: string,
  { paint, columns }: Pick<Terminal, "paint" | "columns">,
): string[] {
  return table<SystemView>(
    [
      { title: "SYSTEM", value: ({ title }) => title },
      {
        title: "STATE",
        value: ({ state }) => STATE[state],
        paint: (text, { state }) =>
          state === "ok" ? paint.good(text) : state === "down" ? paint.bad(text) : text,
      },
      { title: "WAITING", value: ({ waiting }) => String(waiting), align: "right" },
      { title: "OLDEST", value: ({ oldestAt }) => age(oldestAt, asOf), align: "right" },
      { title: "HELD", value: ({ held }) => some(held), align: "right" },
      { title: "PARKED", value: ({ parked }) => some(parked), align: "right" },
      { title: "UNCLEAR", value: ({ inDoubt }) => some(inDoubt), align: "right" },
      {
        title: "",
        value: ({ because, pause }) => (pause ? `paused by ${pause.by}: ${pause.reason}` : (because ?? "")),
        shrinks: true,
      },
    ],
    all,
    { columns, heading: paint.dim },
  );
}

const STATE: Readonly<Record<SystemView["state"], string>> = {
  ok: "✔ ok",
  slow: "~ slow",
  down: "✕ down",
  trying: "↻ trying",
  paused: "⏸ paused",
  unknown: "· no calls yet",
};

/** The milestones with how many reached each, and how many stand there now. */
export function funnelLines(
  funnel: Funnel,
  { paint, columns }: Pick<Terminal, "paint" | "columns">,
): string[] {
  const most = Math.max(1, funnel.entered);
  const stages: (FunnelStage & { bar: string })[] = funnel.stages.map((stage) => ({
    ...stage,
    bar: "█".repeat(Math.round((stage.reached / most) * 24)),
  }));
  return [
    `${paint.bold(funnel.process)}   entered ${funnel.entered.toLocaleString("en-US")}` +
      `${funnel.completed ? ` · completed ${funnel.completed.toLocaleString("en-US")}` : ""}` +
      `${funnel.abandoned ? ` · given up ${funnel.abandoned.toLocaleString("en-US")}` : ""}`,
    ...table<(typeof stages)[number]>(
      [
        { title: "MILESTONE", value: ({ milestone }) => milestone },
        { title: "REACHED", value: ({ reached }) => reached.toLocaleString("en-US"), align: "right" },
        { title: "", value: ({ bar }) => bar.padEnd(24), paint: (text) => paint.accent(text) },
        { title: "HERE NOW", value: ({ here }) => some(here), align: "right" },
        { title: "WAITING", value: ({ waiting }) => some(waiting), align: "right" },
        {
          title: "NEED SOMEONE",
          value: ({ someone }) => some(someone),
          align: "right",
          paint: (text, { someone }) => (someone ? paint.bad(text) : text),
        },
      ],
      stages,
      { columns, indent: "  ", heading: paint.dim },
    ),
  ];
}

const some = (count: number): string => (count === 0 ? "·" : count.toLocaleString("en-US"));
const age = (at: string | null, now: string): string =>
  at ? lasting(Date.parse(now) - Date.parse(at)) : "–";
