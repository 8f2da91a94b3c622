/**
 * `crossdock cutovers`: steps that move from one system to another: the board, one step in full, and what a mapping would book.
 *
 * What another build would book is walked here, with its flows and its comparison, and nothing of it is deployed; the question goes to
 * the next system through the running dock, under its rights and behind its live traffic.
 */
import { Command } from "commander";
import { definitionsOf } from "../../runtime/definitions.ts";
import { lookingUp } from "../../runtime/postgres-store.ts";
import { type Asked, judged, type Replay, replayed, type WhatIf } from "../../runtime/what-if.ts";
import { type CutoverView, cutovers as everyStep } from "../../trace/cutovers.ts";
import { press } from "../buttons.ts";
import { CommandStopped, EXIT, stopWith } from "../exit.ts";
import { knownHere } from "../known.ts";
import { load } from "../load.ts";
import { type Acting, type Common, withButton, withDock, withReason } from "../options.ts";
import { progress } from "../progress.ts";
import { withDatabase } from "../running.ts";
import { table } from "../table.ts";
import { harmless, printJson, type Terminal } from "../terminal.ts";
import { counted, dayAndClock } from "../words.ts";

const STEP = "its name, as crossdock cutovers shows it, such as goods-receipt/ME-01/LYO";
/** As many as one request takes. */
const AT_ONCE = 50;
/** A replay asks the next system once for each document, behind everything that is to be sent. */
const REPLAY_MS = 300_000;

const standing = async (terminal: Terminal, options: Common): Promise<CutoverView[]> =>
  withDatabase(terminal, options, async (pool) => everyStep(pool, await knownHere(terminal, options)));

const list = (terminal: Terminal): Command =>
  withDock(new Command("list"))
    .description("List every step that moves: its stage, how well both agree, what stands where.")
    .action(async (options: Common) => {
      const all = await standing(terminal, options);
      if (options.json) return printJson(terminal, "cutovers.list", { cutovers: all });
      if (all.length === 0) return terminal.out("No step moves from one system to another.");
      const { paint, columns } = terminal;
      const lines = table<CutoverView>(
        [
          { title: "STEP", value: ({ id }) => id },
          { title: "STAGE", value: ({ stage }) => stage },
          { title: "SCORE", value: ({ score }) => score, align: "right" },
          { title: "IN A ROW", value: ({ inARow, needed }) => `${inARow} of ${needed}`, align: "right" },
          { title: "FIRST", value: ({ booked }) => String(booked.legacy), align: "right" },
          { title: "NEXT", value: ({ booked }) => String(booked.cloud), align: "right" },
          { title: "WAITS FOR", value: wish, shrinks: true },
        ],
        all,
        { columns, heading: paint.dim },
      );
      for (const line of lines) terminal.out(line);
      terminal.note(`\nNext: crossdock cutovers show ${all[0]!.id}`);
    });

const wish = ({ wanted, met }: CutoverView): string =>
  wanted ? `a decision: ${wanted.by} wants ${wanted.to}` : met ? "nothing: the criterion is met" : "";

const show = (terminal: Terminal): Command =>
  withDock(new Command("show"))
    .description(
      "Show a step: differences by cause, what crossed a switch, what was entered past us, who switched.",
    )
    .argument("<step>", STEP)
    .action(async (id: string, options: Common) => {
      const one = (await standing(terminal, options)).find((each) => each.id === id);
      if (!one) return stopWith("notFound", `No step ${id} moves from one system to another.`);
      if (options.json) return printJson(terminal, "cutovers.show", { cutover: one });
      for (const line of boardLines(one, terminal)) terminal.out(line);
      terminal.note(`\nNext: crossdock cutovers what-if ${id}   crossdock questions`);
    });

function boardLines(one: CutoverView, terminal: Terminal): string[] {
  const { paint } = terminal;
  const { id, stage, score, alike, compared, inARow, needed, met, booked, half, overlap, foreign } = one;
  return [
    `${paint.bold(id)}  ${stage}`,
    `  ${score}: ${alike} of ${compared} alike, ${inARow} in a row of ${needed}${met ? paint.good(" ✔ criterion met") : ""}`,
    `  In the first ledger ${booked.legacy}, in the next ${booked.cloud}, booked by one only ${half.length}`,
    ...(one.wanted
      ? [
          paint.warn(
            `  ⏸ ${harmless(one.wanted.by)} wants it to go to ${one.wanted.to}: ${harmless(one.wanted.reason)}`,
          ),
        ]
      : []),
    ...differingLines(one.differing, terminal),
    ...half.map(({ document, by }) =>
      paint.warn(`  – ${harmless(document)} is booked by the ${by === "legacy" ? "first" : "next"} one only`),
    ),
    ...overlap.map(
      ({ document, ledger, came, during }) =>
        `  – ${harmless(document)} came at ${came}, booked during ${during} by the ${ledger === "legacy" ? "first" : "next"} one`,
    ),
    ...foreign.map(
      ({ document, by, value, stands }) =>
        `  – ${harmless(document)} was entered directly by ${harmless(by)}, worth ${value}: ${stands}`,
    ),
    ...one.switches.map(
      ({ from, to, by, reason, at }) =>
        `  ${dayAndClock(new Date(at))}  ${from} → ${to} by ${harmless(by)}: ${harmless(reason)}`,
    ),
  ];
}

const differingLines = (differing: CutoverView["differing"], { paint }: Terminal): string[] =>
  differing.flatMap(({ cause, count, documents }) => [
    paint.bad(`  ✕ ${counted(count, "document")} differ by one cause: ${harmless(cause)}`),
    ...documents
      .slice(0, 3)
      .flatMap(({ document, differences }) =>
        differences.map(
          ({ figure, live, shadow }) =>
            `      ${harmless(document)} ${figure}: the first booked ${live}, the next would hold ${shadow}`,
        ),
      ),
  ]);

const ask = (terminal: Terminal): Command =>
  withReason(withDock(new Command("ask")))
    .description(
      "Ask that a step goes to a stage: legacy, shadow (both book, the first counts) or cloud. Nothing moves before somebody has agreed.",
    )
    .argument("<step>", STEP)
    .argument("<stage>", "legacy, shadow or cloud")
    .action(async (id: string, stage: string, options: Common & Acting) => {
      if (!["legacy", "shadow", "cloud"].includes(stage))
        stopWith("usage", `A stage is legacy, shadow or cloud; found ${stage}.`);
      if (!options.because) stopWith("usage", 'Asking needs a reason: --because "…".');
      const said = await press(terminal, options, `${at(id)}/ask`, { to: stage, reason: options.because });
      if (options.json) return printJson(terminal, "cutovers.ask", { step: id, stage, ...said });
      terminal.out(`${terminal.paint.good("✔")} It is asked whether ${id} may go to ${stage}.`);
      terminal.note("\nNext: crossdock questions");
    });

const whatIf = (terminal: Terminal): Command =>
  withButton(withDock(new Command("what-if")))
    .description(
      "Say what today's mapping would book of the documents compared so far, or the mapping of another build before it runs. Nothing is booked. Ends with 3 when something would differ or cannot be told.",
    )
    .argument("<step>", STEP)
    .option("--config <file>", "the configuration of another build, such as ../next/crossdock.config.ts")
    .action(async (id: string, options: Common & { config?: string; dryRun?: boolean }) => {
      const found =
        options.config === undefined
          ? ((await press(terminal, options, `${at(id)}/what-if`, {}, REPLAY_MS)) as unknown as WhatIf)
          : await another(terminal, options, id, options.config);
      const { replayed: count, alike, differing, unclear, unclearCount, whole } = found;
      if (options.json) printJson(terminal, "cutovers.what-if", { ...found });
      else {
        const all = alike === count && unclearCount === 0;
        terminal.out(
          `${all ? terminal.paint.good("✔") : terminal.paint.bad("✕")} ${alike} of ${count} would be booked alike${whole ? "" : ", of the latest"}.`,
        );
        for (const line of differingLines(differing, terminal)) terminal.out(line);
        for (const { document, because } of unclear)
          terminal.out(terminal.paint.warn(`  ? ${harmless(document)}: ${harmless(because)}`));
        if (unclearCount > unclear.length) terminal.note(`  … ${unclearCount} cannot be told in all`);
        terminal.note("Nothing was booked.");
      }
      if (alike < count || unclearCount > 0) throw new CommandStopped(EXIT.checkSaysNo, "");
    });

/** Walked by the other build here, asked by the one that runs, compared by the other one again. */
async function another(
  terminal: Terminal,
  options: Common & { dryRun?: boolean },
  id: string,
  config: string,
): Promise<WhatIf> {
  const { configuration } = await load(terminal, config);
  const definitions = definitionsOf(configuration);
  const replay: Replay | null = await withDatabase(terminal, options, (db) =>
    replayed(
      {
        db,
        definitions,
        store: lookingUp(async ({ text, values }) => (await db.query(text, [...values])).rows),
      },
      id,
    ),
  );
  if (!replay) return stopWith("notFound", `In ${config} no step ${id} moves from one system to another.`);
  const asked: Asked[] = [];
  const bar = progress(terminal);
  for (let done = 0; done < replay.retold.length; done += AT_ONCE) {
    const documents = replay.retold.slice(done, done + AT_ONCE);
    const said = await press(terminal, options, `${at(id)}/would-book`, { documents }, REPLAY_MS);
    asked.push(...(said.asked as readonly Asked[]));
    bar.show(asked.length, replay.retold.length, "asked");
  }
  bar.end();
  return judged(replay, asked);
}

const at = (id: string): string => `/api/cutovers/${encodeURIComponent(id)}`;

export const cutovers = (terminal: Terminal): Command =>
  new Command("cutovers")
    .alias("cutover")
    .description("Steps that move from one system to another; list them when nothing else is said.")
    .addCommand(list(terminal), { isDefault: true })
    .addCommand(show(terminal))
    .addCommand(ask(terminal))
    .addCommand(whatIf(terminal));
