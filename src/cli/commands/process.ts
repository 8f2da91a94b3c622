/** `crossdock process`: the processes of this dock, and a picture of each from the paths its rehearsals walked. */
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { Command, Option } from "commander";
import type { Process } from "../../processes/process.ts";
import { gather } from "../../runtime/definitions.ts";
import { paths, type Rehearsal } from "../../testing/rehearse.ts";
import { type ProcessView, processView } from "../../trace/index.ts";
import { graphOf } from "../draw/graph.ts";
import { toMermaid } from "../draw/mermaid.ts";
import { toSvg } from "../draw/svg.ts";
import { stopWith } from "../exit.ts";
import { knownHere } from "../known.ts";
import { load } from "../load.ts";
import { type Common, sinceOf, withDock, withOutput } from "../options.ts";
import { withDatabase } from "../running.ts";
import { table } from "../table.ts";
import { printJson, type Terminal } from "../terminal.ts";
import { lasting, listed, nearest } from "../words.ts";
import { migrate } from "./process-migrate.ts";
import { funnelLines } from "./status.ts";

interface Options {
  readonly json?: boolean;
  readonly config?: string;
}

export const process = (terminal: Terminal): Command => {
  const list = withOutput(new Command("list"))
    .description("List every process and version: milestones, approvals, timers.")
    .option("--config <file>", "the configuration to read")
    .action(async ({ json, config }: Options) => {
      const { configuration } = await load(terminal, config);
      const known = [...gather(configuration).definitions.processes.values()];
      if (json) return printJson(terminal, "process.list", { processes: known.map(card) });
      const lines = table<Process>(
        [
          { title: "PROCESS", value: ({ header }) => header.name },
          { title: "V", value: ({ header }) => String(header.version), align: "right" },
          { title: "OWNER", value: ({ header }) => header.owner },
          {
            title: "MILESTONES",
            value: ({ header }) => Object.keys(header.milestones).join(" → "),
            shrinks: true,
          },
          {
            title: "ASKS",
            value: ({ header }) => Object.keys(header.approvals ?? {}).join(", "),
            shrinks: true,
          },
        ],
        known,
        { columns: terminal.columns, heading: terminal.paint.dim },
      );
      for (const line of lines) terminal.out(line);
      const [first] = known;
      if (first)
        terminal.note(`\nNext: crossdock process draw ${first.header.name} -o ${first.header.name}.svg`);
    });

  const draw = withOutput(new Command("draw"))
    .description("Draw a process from the paths its rehearsals walked, as SVG or Mermaid.")
    .argument("<name>", "the process, optionally with a version: order-to-cash or order-to-cash@2")
    .addOption(
      new Option("--format <format>", "svg or mermaid (default: by the file name, else mermaid)").choices([
        "svg",
        "mermaid",
      ]),
    )
    .option("-o, --output <file>", "write to a file instead of the screen")
    .option("--config <file>", "the configuration to read")
    .action(
      async (
        name: string,
        { json, config, format, output }: Options & { format?: string; output?: string },
      ) => {
        const { configuration, file } = await load(terminal, config);
        const process = find(gather(configuration).definitions.processes, name);
        const loaders = configuration.solutions.flatMap(({ rehearsals }) => rehearsals ?? []);
        const all = (await Promise.all(loaders.map((each) => each()))).flat() as Rehearsal[];
        // By name: rehearsals may be of the same process under another policy.
        const { name: wantedName, version } = process.header;
        const walked = paths(
          all.filter(({ process: { header } }) => header.name === wantedName && header.version === version),
        );
        if (walked.length === 0) {
          stopWith(
            "notFound",
            `No rehearsal of ${process.header.name} was found, and the picture shows only what a rehearsal has walked. ` +
              `Give the solution in ${file} a "rehearsals" loader.`,
          );
        }
        const graph = graphOf(process, walked);
        if (json) return printJson(terminal, "process.draw", { ...graph });
        const wanted = format ?? (output && !/\.(mmd|md|mermaid)$/.test(output) ? "svg" : "mermaid");
        const drawn = wanted === "svg" ? toSvg(graph) : toMermaid(graph);
        if (!output) return terminal.out(drawn.trimEnd());
        writeFileSync(resolve(terminal.folder, output), drawn);
        terminal.note(`${process.header.name}@${process.header.version} is drawn in ${output}.`);
        const missing = graph.boxes.filter((box) => !box.walked).map((box) => box.title);
        if (missing.length) terminal.note(`No rehearsal reaches ${listed(missing)} yet; drawn dashed.`);
      },
    );

  const show = withDock(new Command("show"))
    .description(
      "Show a process as it runs: who stands where, the steps that were taken, how long each took.",
    )
    .argument("<name>", "the process, such as order-to-cash")
    .option("--since <when>", "count since then: today, 2h, or an instant (default: the beginning)")
    .action((name: string, options: Common & { since?: string }) =>
      withDatabase(terminal, options, async (pool) => {
        const since = options.since === undefined ? null : sinceOf(options.since);
        const view = await processView(pool, await knownHere(terminal, options), name, { since });
        if (!view)
          return stopWith("notFound", `There is no process "${name}". crossdock process list names them.`);
        if (options.json) return printJson(terminal, "process.show", { process: view });
        for (const line of processLines(view, terminal)) terminal.out(line);
        terminal.note(`\nNext: crossdock open processes   crossdock process draw ${name}`);
      }),
    );

  return new Command("process")
    .description(
      "The processes of this dock: pictures of them, who stands where, and moving instances to another version.",
    )
    .addCommand(list, { isDefault: true })
    .addCommand(show)
    .addCommand(draw)
    .addCommand(migrate(terminal));
};

function processLines(
  { title, version, owner, summary, funnel, stays, steps, questions }: ProcessView,
  terminal: Terminal,
): string[] {
  const { paint, columns } = terminal;
  const within = new Map(stays.map((stay) => [stay.milestone, stay]));
  const time = (ms: number | null | undefined) =>
    ms === null || ms === undefined ? "–" : `about ${lasting(ms)}`;
  return [
    `${paint.bold(title)}  version ${version}, ${owner}`,
    summary,
    "",
    ...funnelLines(funnel, terminal),
    "",
    paint.bold("Where is time spent"),
    ...table(
      [
        { title: "MILESTONE", value: ({ milestone }: (typeof funnel.stages)[number]) => milestone },
        {
          title: "HALF WITHIN",
          value: ({ milestone }) => time(within.get(milestone)?.p50Ms),
          align: "right",
        },
        {
          title: "NINE OF TEN",
          value: ({ milestone }) => time(within.get(milestone)?.p90Ms),
          align: "right",
        },
      ],
      funnel.stages,
      { columns, indent: "  ", heading: paint.dim },
    ),
    "",
    paint.bold("Steps that were taken"),
    ...table(
      [
        { title: "FROM", value: ({ from }: (typeof steps)[number]) => from },
        { title: "TO", value: ({ to }) => to },
        { title: "TIMES", value: ({ count }) => count.toLocaleString("en-US"), align: "right" },
      ],
      steps,
      { columns, indent: "  ", heading: paint.dim },
    ),
    ...(questions.length === 0
      ? []
      : ["", ...questions.map(({ approval, open }) => `  ${paint.warn("⏸")} ${approval}: ${open} open`)]),
  ];
}

/** `name@version`, or the newest version of `name`. */
function find(known: ReadonlyMap<string, Process>, name: string): Process {
  const exact = known.get(name);
  if (exact) return exact;
  const [newest] = [...known.values()]
    .filter(({ header }) => header.name === name)
    .sort((left, right) => right.header.version - left.header.version);
  if (newest) return newest;
  const names = [...new Set([...known.values()].map(({ header }) => header.name))];
  const near = nearest(name, names);
  const remedy = near
    ? `Did you mean ${near}?`
    : names.length
      ? `There is ${listed(names)}.`
      : "There is none at all.";
  return stopWith("notFound", `There is no process "${name}" here. ${remedy}`);
}

const card = ({ header, contracts, startedBy }: Process) => ({
  name: header.name,
  version: header.version,
  owner: header.owner,
  summary: header.summary,
  keyType: header.keyType,
  milestones: Object.entries(header.milestones).map(([name, { due }]) => ({ name, due: due ?? null })),
  approvals: Object.entries(header.approvals ?? {}).map(([name, { by, within }]) => ({ name, by, within })),
  timers: Object.entries(header.timers ?? {}).map(([name, span]) => ({ name, span })),
  startsOn: [...startedBy],
  reactsTo: [...contracts.keys()],
});
