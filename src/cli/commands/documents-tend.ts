/** `crossdock documents note`, `assign`, `hold`, `release`, `compare`: what a person says about one document, or asks about two. */
import { Command } from "commander";
import { type ComparedRow, type ComparedSide, compared, firstStep } from "../../trace/compared.ts";
import type { Step } from "../../trace/index.ts";
import { ask, press } from "../buttons.ts";
import { stopWith } from "../exit.ts";
import { knownHere } from "../known.ts";
import { type Acting, type Common, person, withButton, withDock, withReason } from "../options.ts";
import { withDatabase } from "../running.ts";
import { table } from "../table.ts";
import { harmless, printJson, type Terminal } from "../terminal.ts";
import { storyOf, theOne } from "./trace.ts";

const NUMBER = "any of its numbers";

/** Presses one of a document's buttons, whatever number it was named by. */
const pressed = (
  terminal: Terminal,
  options: Common & Acting,
  number: string,
  button: "tend" | "hold" | "release",
  body: Readonly<Record<string, unknown>>,
  says: (name: string) => string,
) =>
  withDatabase(terminal, options, async (pool) => {
    const correlation = await theOne(terminal, pool, number, await knownHere(terminal, options), options);
    if (correlation === undefined) return;
    const path = `/api/documents/${encodeURIComponent(correlation)}/${button}`;
    const said = await press(terminal, options, path, body);
    if (options.json) printJson(terminal, `documents.${button}`, { document: correlation, ...said });
    else terminal.out(`${terminal.paint.good("✔")} ${says(correlation.slice(correlation.indexOf("/") + 1))}`);
  });

const because = ({ because: reason }: Acting) => (reason ? { reason } : {});

export const noteDocument = (terminal: Terminal): Command =>
  withButton(withDock(new Command("note")))
    .description("Leave a note on a document; it stands in its timeline.")
    .argument("<number>", NUMBER)
    .argument("<text>", "what whoever looks next should know")
    .action((number: string, text: string, options: Common & Acting) =>
      pressed(terminal, options, number, "tend", { note: text }, (name) => `Noted on ${name}.`),
    );

export const assignDocument = (terminal: Terminal): Command =>
  withReason(withDock(new Command("assign")))
    .description("Say who looks after a document: you, or somebody else.")
    .argument("<number>", NUMBER)
    .option("--to <person>", "who looks after it (default: you)")
    .option("--nobody", "give it back")
    .action((number: string, options: Common & Acting & { to?: string; nobody?: boolean }) => {
      const to = options.nobody ? null : (options.to ?? person({}).name);
      return pressed(terminal, options, number, "tend", { assign: to, ...because(options) }, (name) =>
        to === null ? `Nobody looks after ${name} any more.` : `${to} looks after ${name}.`,
      );
    });

export const holdDocument = (terminal: Terminal): Command =>
  withReason(withDock(new Command("hold")))
    .description("Put a document on hold: nothing of it is sent until somebody lets it go on.")
    .argument("<number>", NUMBER)
    .action((number: string, options: Common & Acting) => {
      if (!options.because) stopWith("usage", 'A document is put on hold for a reason: --because "…".');
      return pressed(
        terminal,
        options,
        number,
        "hold",
        because(options),
        (name) => `${name} is on hold. Next: crossdock documents release ${name}`,
      );
    });

export const releaseDocument = (terminal: Terminal): Command =>
  withReason(withDock(new Command("release")))
    .description("Let a document go on that is on hold; what was held meanwhile is sent, each once.")
    .argument("<number>", NUMBER)
    .action((number: string, options: Common & Acting) =>
      pressed(terminal, options, number, "release", because(options), (name) => `${name} goes on.`),
    );

export const compareDocuments = (terminal: Terminal): Command =>
  withDock(new Command("compare"))
    .description(
      "Two documents side by side: what they say, how far they are, what was sent, and what differs.",
    )
    .argument("<number>", NUMBER)
    .argument("<other>", "any number of the other")
    .option("--all", "what is the same too")
    .action((number: string, other: string, options: Common & { all?: boolean }) =>
      withDatabase(terminal, options, async (pool) => {
        const known = await knownHere(terminal, options);
        const sides: ComparedSide[] = [];
        for (const each of [number, other]) {
          const correlation = await theOne(terminal, pool, each, known, options);
          if (correlation === undefined) return;
          const story = await storyOf(pool, correlation, known);
          const first = firstStep(story);
          // Bodies come through the console, which hides in them what is to be hidden.
          const path = `/api/documents/${encodeURIComponent(correlation)}/steps/${first}`;
          const step = first === null ? undefined : await ask(terminal, options, path);
          sides.push({ story, data: (step as Step | undefined)?.data ?? null });
        }
        const [left, right] = sides as [ComparedSide, ComparedSide];
        const rows = compared(left, right);
        if (options.json) return printJson(terminal, "documents.compare", { rows });
        const shown = options.all ? rows : rows.filter(({ same }) => same === false);
        const same = rows.filter((row) => row.same).length;
        for (const line of table<ComparedRow>(
          [
            { title: "", value: ({ part }) => part },
            { title: "WHAT", value: ({ what }) => harmless(what) },
            { title: left.story.line.number, value: (row) => harmless(row.left ?? "–"), shrinks: true },
            { title: right.story.line.number, value: (row) => harmless(row.right ?? "–"), shrinks: true },
          ],
          shown,
          { columns: terminal.columns, heading: terminal.paint.dim },
        ))
          terminal.out(line);
        terminal.note(
          `${rows.length - same} of ${rows.length} differ or are hidden.${same > 0 && !options.all ? " What is the same: --all" : ""}` +
            (sides.some(({ data }) => data === null) ? " What they say needs the running dock." : ""),
        );
      }),
    );
