/** `crossdock clock`: what waits for a time, and bringing it nearer in a demonstration. */
import { Command } from "commander";
import type { Nearer, Waiting } from "../../runtime/demonstration-clock.ts";
import { press, read } from "../buttons.ts";
import { stopWith } from "../exit.ts";
import { type Acting, type Common, spanOf, withButton, withDock } from "../options.ts";
import { table } from "../table.ts";
import { printJson, type Terminal } from "../terminal.ts";
import { lasting } from "../words.ts";

type Options = Common & Pick<Acting, "dryRun">;

export const clock = (terminal: Terminal): Command =>
  withButton(withDock(new Command("clock")))
    .description("Demonstration: what waits for a time, and bringing everything that waits nearer.")
    .argument("[span]", "how much nearer: 30m, 4h, 2d; or to-next, with the kind whose first comes due")
    .argument("[kind]", "of to-next: timers, questions, milestones, holds, next-tries …")
    .addHelpText(
      "after",
      [
        "",
        "Only where crossdock dev runs. No clock is turned: timers, deadlines, next tries, graces and the clocks of",
        "milestones and holds that lie ahead come nearer by the same time, so the order of things stays.",
        "",
        "  crossdock clock                   what waits, and for how long the first of each kind does",
        "  crossdock clock 4h                everything comes four hours nearer",
        "  crossdock clock to-next timers    as much nearer as the next timer still waits",
      ].join("\n"),
    )
    .action(async (span: string | undefined, kind: string | undefined, options: Options) => {
      if (span === undefined) return show(terminal, options);
      if (span === "to-next" && kind === undefined)
        stopWith("usage", "Say of which kind the next is meant, such as: crossdock clock to-next timers.");
      const body =
        span === "to-next"
          ? { first: kind?.replaceAll("-", " ") }
          : { ms: Math.round(spanOf(span, "clock")) };
      const done = (await press(terminal, options, "/api/clock", body)) as unknown as Nearer;
      if (options.json) return printJson(terminal, "clock.nearer", { ...done });
      terminal.out(done.said);
    });

async function show(terminal: Terminal, options: Options): Promise<void> {
  const { available, waiting } = (await read(terminal, options, "/api/clock")) as unknown as {
    available: boolean;
    waiting: readonly Waiting[];
  };
  if (!available)
    stopWith("notFound", "No time can be brought nearer here: only crossdock dev has such a clock.");
  if (options.json) return printJson(terminal, "clock", { waiting });
  const { paint, columns } = terminal;
  const lines = table<Waiting>(
    [
      { title: "KIND", value: ({ kind }) => kind.replaceAll(" ", "-") },
      { title: "WAITING", value: ({ waiting: many }) => String(many), align: "right" },
      {
        title: "FIRST IN",
        value: ({ nextMs }) => (nextMs === null ? "" : lasting(nextMs)),
        align: "right",
      },
      { title: "WHAT", value: ({ title }) => title, shrinks: true },
    ],
    waiting,
    { columns, heading: paint.dim },
  );
  for (const line of lines) terminal.out(line);
  terminal.note("\nNext: crossdock clock 4h    or: crossdock clock to-next timers");
}
