/** `crossdock runbooks`: what to do when a system is in trouble: see what is called for, follow a runbook, rehearse one. */
import { setTimeout as sleep } from "node:timers/promises";
import { Command } from "commander";
import type { FollowedRun, RunbookList, RunbookView, StepView } from "../../console/runbooks.ts";
import type { Finding } from "../../trace/checks.ts";
import type { RunFigures } from "../../trace/runs.ts";
import { press, read } from "../buttons.ts";
import { stopWith } from "../exit.ts";
import { type Acting, type Common, withButton, withDock, withReason } from "../options.ts";
import { table } from "../table.ts";
import { harmless, printJson, type Terminal } from "../terminal.ts";
import { dayAndClock, lasting, nearest } from "../words.ts";

type Options = Common &
  Acting & { system?: string; run?: string; note?: string; outcome?: string; despite?: boolean };

/** A drill that takes longer than this is left alone; its run says how it ended. */
const DRILL_MS = 240_000;
const LOOK_MS = 500;

export const runbooks = (terminal: Terminal): Command => {
  const { paint } = terminal;
  const get = async <Answer>(options: Common, path: string) =>
    (await read(terminal, options, path)) as unknown as Answer;
  const listed = (options: Common) => get<RunbookList>(options, "/api/runbooks");

  /** The run a command is about: the one it names, or the only one that is open. */
  async function theRun(options: Options): Promise<string> {
    if (options.run) return options.run;
    const open = (await listed(options)).runs.filter(({ closedAt }) => closedAt === null);
    if (open.length === 1) return open[0]!.id;
    return stopWith(
      "usage",
      open.length === 0
        ? "No run is open. Open one: crossdock runbooks open RUN-04 --system erp"
        : `Several runs are open; say which with --run: ${open.map(({ id, runbook, system }) => `${id} (${runbook}${system ? ` for ${system}` : ""})`).join(", ")}.`,
    );
  }

  const list = withDock(new Command("list"))
    .description("List the runbooks, which are called for now, and the latest runs.")
    .action(async (options: Common) => {
      const all = await listed(options);
      if (options.json) return printJson(terminal, "runbooks.list", { ...all });
      const rows = all.runbooks;
      const lines = table<(typeof rows)[number]>(
        [
          { title: "RUNBOOK", value: ({ id }) => id },
          { title: "WHAT", value: ({ title }) => title },
          {
            title: "CALLED FOR",
            value: ({ calledFor }) => calledFor.map(({ system }) => system).join(", ") || "–",
            paint: (text, { calledFor }) => (calledFor.length > 0 ? paint.bad(text) : paint.dim(text)),
          },
        ],
        rows,
        { columns: terminal.columns, heading: paint.dim },
      );
      for (const line of lines) terminal.out(line);
      for (const run of all.runs.slice(0, 10)) {
        terminal.out(
          `${dayAndClock(new Date(run.openedAt))}  ${run.runbook}${run.system ? ` for ${run.system}` : ""}${run.drill ? ", a drill" : ""}: ${harmless(run.outcome ?? `open, by ${run.openedBy}`)}`,
        );
      }
      terminal.note("\nNext: crossdock runbooks show <id>");
    });

  const show = withDock(new Command("show"))
    .description("Show a runbook, or the run that is open, with what its checks find now.")
    .argument("[id]", "its id, such as RUN-04; left out: the run that is open")
    .option("--system <name>", "the system it would be about")
    .option("--run <id>", "a run, when several are open")
    .action(async (id: string | undefined, options: Options) => {
      if (id === undefined) {
        const run = await get<FollowedRun>(options, `/api/runs/${await theRun(options)}`);
        if (options.json) return printJson(terminal, "runbooks.run", { run });
        return tell(run, `${run.runbook}${run.system ? ` for ${run.system}` : ""}, by ${run.openedBy}`);
      }
      const about = options.system ? `?system=${encodeURIComponent(options.system)}` : "";
      const { runbooks: all } = await listed(options);
      if (!all.some((one) => one.id === id)) unknown(id, all);
      const path = `/api/runbooks/${encodeURIComponent(id)}${about}`;
      const runbook = await get<RunbookView>(options, path);
      if (options.json) return printJson(terminal, "runbooks.show", { runbook });
      tell(runbook, `${runbook.id}, can be about ${runbook.systems.join(", ")}`);
      terminal.note(`\nNext: crossdock runbooks open ${runbook.id} --system ${runbook.systems[0]}`);
    });

  const open = withReason(withDock(new Command("open")))
    .description("Follow a runbook: opens a run of it for a system.")
    .argument("<id>", "its id, such as RUN-04")
    .requiredOption("--system <name>", "the system it is about")
    .action(async (id: string, options: Options) => {
      const said = await press(terminal, options, `/api/runbooks/${encodeURIComponent(id)}/runs`, {
        system: options.system,
        ...(options.because ? { reason: options.because } : {}),
      });
      if (options.json) return printJson(terminal, "runbooks.open", { ...said });
      terminal.out(`${paint.good("✔")} ${id} is followed for ${options.system}: run ${said.run}.`);
      terminal.note("\nNext: crossdock runbooks show    then crossdock runbooks done 1");
    });

  const step = (as: "done" | "skipped") =>
    withButton(withDock(new Command(as === "done" ? "done" : "skip")))
      .description(
        as === "done" ? "Note that a step is done, with what its check finds." : "Leave a step out.",
      )
      .argument("<number>", "the step, counted from 1")
      .option("--run <id>", "the run, when several are open")
      .option("--note <text>", "what there is to say about it")
      .action(async (number: string, options: Options) => {
        const run = await theRun(options);
        const said = await press(terminal, options, `/api/runs/${run}/steps/${encodeURIComponent(number)}`, {
          as,
          ...(options.note ? { note: options.note } : {}),
        });
        if (options.json)
          return printJson(terminal, `runbooks.${as}`, { run, number: Number(number), ...said });
        terminal.out(`${paint.good("✔")} Step ${number} is ${as}. ${harmless(String(said.finding ?? ""))}`);
      });

  const close = withButton(withDock(new Command("close")))
    .description("Close a run when its exit holds, and say what it came to.")
    .requiredOption("--outcome <text>", "what it came to, in a sentence")
    .option("--run <id>", "the run, when several are open")
    .option("--despite", "although its exit does not hold")
    .action(async (options: Options) => {
      const run = await theRun(options);
      const { figures } = (await press(terminal, options, `/api/runs/${run}/close`, {
        outcome: options.outcome,
        ...(options.despite ? { despite: true } : {}),
      })) as unknown as { figures: RunFigures };
      if (options.json) return printJson(terminal, "runbooks.close", { run, figures });
      terminal.out(`${paint.good("✔")} Closed. ${cameTo(figures)}`);
    });

  const rehearse = withButton(withDock(new Command("rehearse")))
    .description(
      "Rehearse a runbook on the simulated systems, from the trouble until everything has gone through.",
    )
    .argument("<id>", "its id, such as RUN-05")
    .action(async (id: string, options: Common) => {
      const { run } = (await press(
        terminal,
        options,
        `/api/demonstration/drills/${encodeURIComponent(id)}`,
        {},
      )) as unknown as {
        run: string;
      };
      const told = new Set<number>();
      for (const began = Date.now(); ; await sleep(LOOK_MS)) {
        const now = await get<FollowedRun>(options, `/api/runs/${run}`);
        for (const { number, state, do: text, finding } of now.steps) {
          if (state === "open" || told.has(number)) continue;
          told.add(number);
          if (!options.json)
            terminal.note(`  ${number}. ${harmless(text)} ${paint.dim(harmless(finding.says))}`);
        }
        if (now.closedAt === null && Date.now() - began < DRILL_MS) continue;
        if (options.json) return printJson(terminal, "runbooks.rehearse", { run: now });
        terminal.out(`${now.runbook} ${now.title}: ${harmless(now.outcome ?? "not over yet")}`);
        if (now.figures) terminal.out(cameTo(now.figures));
        return;
      }
    });

  return new Command("runbooks")
    .description("What to do when a system is in trouble: steps with live checks, followed or rehearsed.")
    .addCommand(list, { isDefault: true })
    .addCommand(show)
    .addCommand(open)
    .addCommand(step("done"))
    .addCommand(step("skipped"))
    .addCommand(close)
    .addCommand(rehearse);

  function tell(one: Pick<RunbookView, "title" | "effect" | "when" | "steps" | "exit">, head: string): void {
    terminal.out(`${paint.bold(one.title)}   ${paint.dim(head)}`);
    terminal.out(`${one.effect} When: ${one.when}\n`);
    for (const step of one.steps) {
      terminal.out(`${mark(step)} ${step.number}. ${harmless(step.do)}`);
      terminal.out(
        `     ${signed(step.finding)}${step.by ? paint.dim(`  ${step.state} by ${harmless(step.by)}`) : ""}`,
      );
      if (step.note) terminal.out(`     ${paint.dim(harmless(step.note))}`);
    }
    terminal.out("\nIt is over when:");
    for (const finding of one.exit) terminal.out(`  ${signed(finding)}`);
  }

  function mark({ state }: StepView): string {
    return state === "done" ? paint.good("✔") : state === "skipped" ? paint.dim("–") : "·";
  }

  function signed({ ok, says }: Finding): string {
    const text = harmless(says);
    return ok === null ? paint.dim(`? ${text}`) : ok ? paint.good(`✔ ${text}`) : paint.bad(`✕ ${text}`);
  }
};

function unknown(id: string, all: RunbookList["runbooks"]): never {
  const near = nearest(
    id,
    all.map((one) => one.id),
  );
  return stopWith("notFound", `There is no runbook ${id} here.${near ? ` Did you mean ${near}?` : ""}`);
}

/** "seen after 1.2 s · away 14 s · drained in 2 s · queued 12, recovered 12, left 0, lost 0" */
function cameTo({ noticedMs, awayMs, drainMs, queued, recovered, left, lost }: RunFigures): string {
  const times = [
    ["seen after", noticedMs],
    ["away", awayMs],
    ["drained in", drainMs],
  ] as const;
  return [
    ...times.flatMap(([word, ms]) => (ms === null ? [] : [`${word} ${lasting(ms)}`])),
    `queued ${queued}, recovered ${recovered}, left ${left}, lost ${lost}`,
  ].join(" · ");
}
