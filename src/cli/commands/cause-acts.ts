/**
 * `crossdock exceptions try`, `fix`, `solve`: what a person does about all of a cause, or closes about one exception.
 *
 * One is tried first and watched until its target confirmed it; only then the rest is asked for. Nobody at the terminal and no
 * `--yes`: it ends after the one, and says how to go on.
 */
import { Command } from "commander";
import { selection } from "../../trace/selections.ts";
import { press } from "../buttons.ts";
import { CommandStopped, EXIT, stopWith } from "../exit.ts";
import { withDock, withReason } from "../options.ts";
import { withDatabase } from "../running.ts";
import {
  type ActingOn,
  type Change,
  type Changing,
  changesFor,
  checkAll,
  freezing,
  looking,
  saying,
  shown,
  watch,
  withChanges,
} from "../selections.ts";
import { harmless, printJson, type Terminal } from "../terminal.ts";
import { counted, lasting } from "../words.ts";
import { CAUSE } from "./cause.ts";

/** The acts there are here, and the commands that do them. */
const NAMED = { "try again": "try", fix: "fix", close: "solve" } as const;
type Act = keyof typeof NAMED;
type Options = ActingOn & { readonly yes?: boolean };

export const tryAgain = (terminal: Terminal): Command =>
  withReason(withDock(new Command("try")))
    .description(
      "Try a cause again: one document first, watched until its target confirmed it, then the rest. What could not be read is read again as it came.",
    )
    .argument("<cause>", CAUSE)
    .option("-y, --yes", "do not ask before the rest; what takes a second person still does")
    .action((cause: string, options: Options) => oneFirst(terminal, options, cause, "try again", []));

export const fixCause = (terminal: Terminal): Command =>
  withReason(withDock(withChanges(new Command("fix"))))
    .description(
      "Correct all messages of a cause: one first, watched until its target confirmed it, then the rest. Without a change it says what was corrected before in their documents.",
    )
    .argument("<cause>", CAUSE)
    .option("-y, --yes", "do not ask before the rest; what takes a second person still does")
    .action(async (cause: string, options: Options & Changing) => {
      const changes = await changesFor(terminal, options, [`causes/${encodeURIComponent(cause)}`]);
      return oneFirst(terminal, options, cause, "fix", changes);
    });

async function oneFirst(
  terminal: Terminal,
  given: Options,
  cause: string,
  act: Act,
  changes: readonly Change[],
): Promise<void> {
  const asked = given.because || given.dryRun ? undefined : await terminal.question?.("Why, for the audit: ");
  const because = given.because ?? asked ?? "";
  const options: Options = because === "" ? given : { ...given, because };
  const began = Date.now();
  const frozen = await freezing(terminal, options, act, { cause }, changes);
  if (options.dryRun) return looking(terminal, options, frozen, `exceptions.${NAMED[act]}`);
  const { id, totals } = frozen;
  const command = `crossdock exceptions ${NAMED[act]}`;
  if (totals.waiting === 0) {
    if (options.json) printJson(terminal, `exceptions.${NAMED[act]}`, { selection: frozen });
    else shown(terminal, frozen);
    throw new CommandStopped(EXIT.partly, "Nothing of this cause can be done like that; see why above.");
  }
  terminal.note(`${counted(totals.waiting, "item")} of ${cause}, chosen as ${id}. One is tried first.`);
  await saying(terminal, options, id, "try one");
  const tried = await watch(terminal, options, id);
  if (tried.totals.failedAgain > 0 || tried.totals.waiting === 0)
    return ended(terminal, options, id, act, began);
  const first = await firstApplied(terminal, options, id);
  terminal.note(
    `${terminal.paint.good("✔")} ${harmless(first?.correlation ?? first?.subject ?? "The first")} ${first?.kind === "arrival" ? "is taken in" : "is confirmed at its target"}, in ${lasting(Date.now() - began)}.`,
  );
  const rest = `${tried.totals.waiting === 1 ? "the other one" : `the other ${tried.totals.waiting}`}`;
  const answer = options.yes ? "y" : await terminal.question?.(`Do ${rest} too? [y/N] `);
  if (!/^y(es)?$/i.test(answer ?? "")) {
    if (options.json) printJson(terminal, `exceptions.${NAMED[act]}`, { selection: tried });
    else shown(terminal, tried);
    terminal.note(
      answer === undefined
        ? `Next: crossdock bulk run ${id}   or ${command} with --yes`
        : `Next: crossdock bulk run ${id}   crossdock bulk stop ${id}`,
    );
    return;
  }
  await saying(terminal, options, id, "run");
  await watch(terminal, options, id);
  return ended(terminal, options, id, act, began);
}

const firstApplied = (terminal: Terminal, options: Options, id: string) =>
  withDatabase(terminal, options, async (pool) =>
    (await selection(pool, id, { limit: 1, state: "applied" }))?.items.at(0),
  );

/** What became of it, and where what failed again is. */
async function ended(
  terminal: Terminal,
  options: Options,
  id: string,
  act: Act,
  began: number,
): Promise<void> {
  const seen = await withDatabase(terminal, options, (pool) => selection(pool, id, { limit: 1 }));
  if (!seen) return stopWith("notFound", `There is no selection ${id}.`);
  if (options.json) printJson(terminal, `exceptions.${NAMED[act]}`, { selection: seen });
  else shown(terminal, seen);
  const { applied, failedAgain, skipped } = seen.totals;
  terminal.note(
    `Done in ${lasting(Date.now() - began)}: ${applied} confirmed, ${failedAgain} failed again, ${skipped} left out.` +
      (failedAgain + skipped > 0 ? `   Next: crossdock bulk show ${id}   crossdock exceptions` : ""),
  );
  checkAll(seen);
}

export const solve = (terminal: Terminal): Command =>
  withReason(withDock(new Command("solve")))
    .description("Close an exception that is about no delivery, or all of a cause: you have dealt with it.")
    .argument("<exception>", "its number, or a cause (GR-…), as crossdock exceptions shows it")
    .action(async (exception: string, options: ActingOn) => {
      if (!options.because) stopWith("usage", 'Closing needs what was done: --because "…".');
      if (exception.startsWith("GR-")) {
        const frozen = await freezing(terminal, options, "close", { cause: exception }, []);
        if (options.dryRun) return looking(terminal, options, frozen, "exceptions.solve");
        const { id, totals } = frozen;
        if (totals.waiting > 0) {
          await saying(terminal, options, id, "run");
          await watch(terminal, options, id);
        }
        return ended(terminal, options, id, "close", Date.now());
      }
      const path = `/api/exceptions/${encodeURIComponent(exception)}/resolve`;
      const said = await press(terminal, options, path, { reason: options.because });
      if (options.json) printJson(terminal, "exceptions.solve", { exception, ...said });
      else terminal.out(`${terminal.paint.good("✔")} Exception ${exception} is closed.`);
    });
