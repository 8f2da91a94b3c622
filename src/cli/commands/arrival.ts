/** `crossdock arrival <id>`: what arrived, why it was set aside, and what it says, for a reason where something of it may be hidden. */
import { Command } from "commander";
import { type ArrivalView, arrival as arrivalOf, NOTHING_KNOWN } from "../../trace/index.ts";
import { MASKED } from "../../trace/mask.ts";
import { press } from "../buttons.ts";
import { stopWith } from "../exit.ts";
import { type Acting, type Common, withDock, withReason } from "../options.ts";
import { withDatabase } from "../running.ts";
import { harmless, printJson, type Terminal } from "../terminal.ts";
import { counted, dayAndClock } from "../words.ts";

type Options = Common & Acting & { showPersonal?: boolean };

export const arrival = (terminal: Terminal): Command =>
  withReason(withDock(new Command("arrival")))
    .description(
      "Show what arrived: who sent it, why it was set aside, and with --show-personal what it says.",
    )
    .argument("<id>", "its id, as an exception names it")
    .option("--show-personal", "what it says, too; takes --because, and is kept in the audit")
    .action(async (id: string, options: Options) => {
      if (options.showPersonal && !options.because)
        stopWith("usage", 'What may be personal is shown for a reason: --because "…".');
      await withDatabase(terminal, options, async (pool) => {
        const [wanted = id] = id.split("#");
        const found = await arrivalOf(pool, NOTHING_KNOWN, wanted, { hidden: true });
        if (!found) return stopWith("notFound", `There is no arrival ${id}, or it is no longer kept.`);
        const one = options.showPersonal
          ? ((await press(terminal, options, `/api/arrivals/${wanted}/reveal`, {
              reason: options.because,
            })) as unknown as ArrivalView)
          : found;
        if (options.json) printJson(terminal, "arrival", { arrival: one });
        else for (const line of arrivalLines(one, terminal)) terminal.out(line);
      });
    });

function arrivalLines(one: ArrivalView, { paint }: Terminal): string[] {
  const open = one.exceptions.find(({ resolvedAt }) => resolvedAt === null);
  return [
    `${paint.bold(harmless(one.name))}  ${one.state}`,
    `  from ${harmless(one.sourceTitle)} · flow ${one.flow} · ${counted(one.bytes, "byte")}${one.mediaType === null ? "" : ` · ${harmless(one.mediaType)}`} · ${dayAndClock(new Date(one.receivedAt))}`,
    ...one.exceptions.map(
      ({ reason, resolution }) =>
        `  – ${harmless(reason)}${resolution === null ? "" : ` Closed: ${harmless(resolution)}`}`,
    ),
    ...(one.text === MASKED
      ? [paint.dim('  What it says: --show-personal --because "…"')]
      : ["", ...one.text.split("\n").map((line) => `  ${harmless(line)}`)]),
    ...(one.text === MASKED || one.complete
      ? []
      : [paint.dim(`  … the first of ${counted(one.bytes, "byte")}`)]),
    ...(open
      ? ["", `Next: crossdock exceptions show ${open.cause}   crossdock exceptions try ${open.cause}`]
      : []),
  ];
}
