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
  readonly all?: boolean;
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
    .option("--all", "every process and every system, also where nothing happens")
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
          else for (const line of statusLines(view, terminal, options.all)) terminal.out(line);
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

/** What happens and what is in trouble; of the rest only that there is nothing to say, unless `all` of it is asked for. */
export function statusLines(view: Overview, { paint, columns }: Terminal, all = false): string[] {
  const tone = {
    "in step": paint.good,
    mostly: paint.warn,
    "out of step": paint.bad,
    "cannot tell": paint.warn,
  };
  const { needs } = view;
  return [
    tone[view.step.answer](paint.bold(view.step.sentence)),
    ...processesLines(view.funnels, { paint, columns }, all),
    "",
    ...quietLines(view, { paint, columns }, all),
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

/** As on Home: the first process that is under way is drawn, the others that had something are a line each. */
function processesLines(
  funnels: readonly Funnel[],
  terminal: Pick<Terminal, "paint" | "columns">,
  all: boolean,
): string[] {
  const begun = funnels.filter(({ entered }) => entered > 0);
  const drawn = all ? funnels : begun.slice(0, 1);
  const others = all ? [] : begun.slice(1);
  const idle = all ? 0 : funnels.length - begun.length;
  return [
    ...drawn.flatMap((each) => ["", ...funnelLines(each, terminal)]),
    ...(others.length + idle > 0 ? [""] : []),
    ...others.map((each) => headOf(each, terminal)),
    ...(idle > 0 ? [terminal.paint.dim(`${counted(idle, "process", "processes")} had nothing to do.`)] : []),
  ];
}

/** Systems that are in trouble or have work waiting; how many of the others there are. */
function quietLines(
  { systems, asOf }: Overview,
  terminal: Pick<Terminal, "paint" | "columns">,
  all: boolean,
): string[] {
  const quiet = ({ state, waiting, held, parked, inDoubt }: SystemView) =>
    (state === "ok" || state === "unknown") && waiting + held + parked + inDoubt === 0;
  const told = all ? systems : systems.filter((system) => !quiet(system));
  const rest = all ? [] : systems.filter(quiet);
  const answer = rest.filter(({ state }) => state === "ok").length;
  const more = [
    answer > 0
      ? `${counted(answer, "system")} ${answer === 1 ? "answers" : "answer"} with nothing waiting`
      : "",
    rest.length > answer ? `${rest.length - answer} had no calls yet` : "",
  ].filter(Boolean);
  return [
    ...(told.length > 0 ? systemLines(told, asOf, terminal) : []),
    ...(more.length > 0 ? [terminal.paint.dim(`${more.join("; ")}.   crossdock systems`)] : []),
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
    headOf(funnel, { paint }),
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

/** A process in a line; how many of it need someone only where any do. */
function headOf(
  { process, entered, completed, abandoned, stages }: Funnel,
  { paint }: Pick<Terminal, "paint">,
): string {
  const someone = stages.reduce((sum, stage) => sum + stage.someone, 0);
  return [
    `${paint.bold(process)}   entered ${entered.toLocaleString("en-US")}`,
    completed ? `completed ${completed.toLocaleString("en-US")}` : "",
    abandoned ? `given up ${abandoned.toLocaleString("en-US")}` : "",
    someone ? paint.bad(`${someone.toLocaleString("en-US")} need someone`) : "",
  ]
    .filter(Boolean)
    .join(" · ");
}

const some = (count: number): string => (count === 0 ? "·" : count.toLocaleString("en-US"));
const age = (at: string | null, now: string): string =>
  at ? lasting(Date.parse(now) - Date.parse(at)) : "–";
