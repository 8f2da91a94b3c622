/**
 * What every command about many deliveries at once does alike: choose and freeze, say a word about the choice, show it, and
 * watch it until nothing moves by itself.
 *
 * An item counts when its target confirmed it. The first Ctrl-C begins nothing more and says how to go on; what is on its way is
 * watched to its end. A second one leaves at once.
 */
import { setTimeout as pause } from "node:timers/promises";
import { type Command, InvalidArgumentError } from "commander";
import type { CorrectedBefore } from "../trace/corrections.ts";
import { type SelectionDetail, selection } from "../trace/selections.ts";
import type { SelectionAct } from "../work/selections.ts";
import { ask, press, type Said } from "./buttons.ts";
import { CommandStopped, EXIT, onInterrupt, stopWith } from "./exit.ts";
import type { Acting, Common } from "./options.ts";
import { type Progress, progress } from "./progress.ts";
import { withDatabase } from "./running.ts";
import { harmless, printJson, type Terminal } from "./terminal.ts";
import { counted, dayAndClock } from "./words.ts";

export type ActingOn = Common & Acting;

export type Changing = { set?: Change[]; was?: string; asBefore?: boolean };
export interface Change {
  readonly path: string;
  readonly value: unknown;
  readonly was?: unknown;
  readonly documents?: readonly string[];
}

/** What is corrected is said with `--set`, or is what was corrected before in the same documents. */
export const withChanges = (command: Command): Command =>
  command
    .option("--set <path=value>", "what to put where; := takes JSON; may be repeated", change)
    .option("--was <value>", "with --set: only where this stands there now")
    .option("--as-before", "take over what was corrected before in the same document");

/** "lines[0].item=A-77": the value is text, as amounts and quantities are; JSON with `:=` in place of `=`. */
export function change(given: string, before: Change[] = []): Change[] {
  const [, path = "", sign, value = ""] = /^([^=:]+)(:?=)(.*)$/s.exec(given) ?? [];
  if (!sign) throw new InvalidArgumentError('Write path=value, such as "lines[0].item=A-77".');
  if (sign === "=") return [...before, { path, value }];
  try {
    return [...before, { path, value: JSON.parse(value) as unknown }];
  } catch {
    throw new InvalidArgumentError(`What follows := is JSON, and ${value} is none.`);
  }
}

export const changesOf = ({ set, was }: Changing): Change[] =>
  (set ?? []).map((one) => (was === undefined ? one : { ...one, was }));

const corrections = ({ corrected }: CorrectedBefore): string[] =>
  corrected.flatMap(({ document, by, systemTitle, at, taken, fields }) =>
    fields.map(({ path, before, after }) => {
      const what = `${path} from ${JSON.stringify(before) ?? "nothing"} to ${JSON.stringify(after) ?? "nothing"}`;
      const where = `for ${systemTitle}, ${dayAndClock(new Date(at))}, in ${document}`;
      return `${by} changed ${what} ${where}${taken ? "" : "; it has not taken it"}.`;
    }),
  );

/**
 * The changes somebody asked for, together with those that were made before in the documents of a cause or of deliveries, where
 * those are asked for. Neither of them asked for: says what was corrected before, and ends.
 */
export async function changesFor(
  terminal: Terminal,
  options: ActingOn & Changing,
  places: readonly string[],
): Promise<Change[]> {
  const said = changesOf(options);
  if (said.length > 0 && !options.asBefore) return said;
  const all = (await Promise.all(
    places.map((place) => ask(terminal, options, `/api/${place}/corrected-before`)),
  )) as unknown as (CorrectedBefore | undefined)[];
  const seen = all.filter((each) => each !== undefined);
  const offers = seen.flatMap((each) => each.offers);
  if (options.asBefore) {
    if (offers.length + said.length === 0)
      return stopWith("usage", "Nothing that was corrected before in the same document fits. Use --set.");
    return [...said, ...offers.map(({ path, was, value, documents }) => ({ path, was, value, documents }))];
  }
  for (const line of new Set(seen.flatMap(corrections))) terminal.note(harmless(line));
  const [fits] = offers;
  return stopWith(
    "usage",
    fits
      ? `Say what to put where with --set, or take over what was corrected before (${fits.path}) with --as-before.`
      : 'Say what to put where: --set "path=value".',
  );
}

export const many = (value: string, before: string[] = []): string[] => [...before, value];

/** Freezes and returns what stands; also for a dry run, which looks at it and lets it go (`looking`). */
export async function freezing(
  terminal: Terminal,
  options: ActingOn,
  act: SelectionAct,
  chosen: object,
  changes: readonly Change[],
): Promise<SelectionDetail> {
  const because = options.because ?? (options.dryRun ? "dry run" : undefined);
  if (!because) stopWith("usage", 'A bulk act needs a reason: --because "…".');
  return (await press(terminal, { ...options, dryRun: false }, "/api/selections", {
    act,
    chosen,
    ...(changes.length > 0 ? { changes } : {}),
    reason: because,
  })) as unknown as SelectionDetail;
}

export function shown(terminal: Terminal, seen: SelectionDetail): void {
  const { paint } = terminal;
  const { totals } = seen;
  const money = seen.money.map(({ amount, currency }) => `${amount} ${currency}`).join(" + ");
  terminal.out(
    `${paint.bold(`${seen.act}: ${counted(totals.selected, "item")}`)}  ${paint.dim(seen.id)}  ${seen.state}`,
  );
  terminal.out(
    `  ${totals.applied} applied · ${totals.failedAgain} failed again · ${totals.skipped} left out · ${totals.waiting} waiting` +
      (totals.asked > 0 ? ` (${totals.asked} on their way)` : ""),
  );
  if (money) terminal.out(`  At risk: ${money}`);
  for (const { text, items } of seen.would) terminal.out(`  ${items} × ${harmless(text)}`);
  for (const { text, items } of seen.left)
    terminal.out(paint.dim(`  ${items} × left out: ${harmless(text)}`));
  for (const { text, items } of seen.failed)
    terminal.out(paint.bad(`  ${items} × failed again: ${harmless(text)}`));
  if (seen.second !== null)
    terminal.out(
      seen.approvedBy === null
        ? paint.warn(`  Needs a second person: ${seen.second}`)
        : `  Approved by ${harmless(seen.approvedBy)}.`,
    );
  terminal.out(
    `  Chosen by ${harmless(seen.frozenBy)} at ${dayAndClock(new Date(seen.frozenAt))}: ${harmless(seen.reason)}`,
  );
}

export const nextOf = ({ id, second, approvedBy, state }: SelectionDetail): string =>
  state !== "frozen"
    ? `crossdock bulk show ${id}`
    : second !== null && approvedBy === null
      ? `crossdock bulk preview ${id}   crossdock bulk run ${id} asks a second person`
      : `crossdock bulk preview ${id}   crossdock bulk try ${id}   crossdock bulk run ${id}`;

export const saying = async (
  terminal: Terminal,
  options: ActingOn,
  id: string,
  word: string,
  more: object = {},
) =>
  press(terminal, options, `/api/selections/${encodeURIComponent(id)}/decide`, {
    word,
    ...more,
    ...(options.because ? { reason: options.because } : {}),
  });

/** What `GET …/preview` answers for an item, as far as it is printed. */
export interface Previewed {
  readonly delivery: string;
  readonly connection: string;
  readonly subject: string;
  readonly would: string;
  readonly skip: string | null;
  readonly payload: string | null;
  readonly differences: readonly { path: string; before?: unknown; after?: unknown }[];
  readonly problem: string | null;
  readonly notCompared: string | null;
}

export async function previewed(
  terminal: Terminal,
  options: Common,
  id: string,
  limit: string,
): Promise<Said> {
  const said = await ask(
    terminal,
    options,
    `/api/selections/${encodeURIComponent(id)}/preview?limit=${limit}`,
  );
  return said ?? stopWith("notFound", `There is no selection ${id}, or no running dock to ask.`);
}

export function showPreview(terminal: Terminal, items: readonly Previewed[]): void {
  const { paint } = terminal;
  for (const item of items) {
    const { delivery, connection, subject, would, skip, payload, differences, problem, notCompared } = item;
    terminal.out(`${paint.bold(harmless(subject))} → ${connection}  ${paint.dim(delivery)}`);
    terminal.out(`  ${harmless(skip ?? would)}`);
    if (problem !== null && skip === null) terminal.out(paint.bad(`  ${harmless(problem)}`));
    if (notCompared !== null)
      terminal.out(paint.dim(`  Not compared with what was sent last: ${harmless(notCompared)}`));
    for (const { path, before, after } of differences)
      terminal.out(
        `  ${path}: ${harmless(JSON.stringify(before) ?? "nothing")} → ${harmless(JSON.stringify(after) ?? "nothing")}`,
      );
    if (payload !== null) terminal.out(paint.dim(harmless(payload)));
  }
}

/** Shows what would be sent, and lets go of the choice: nothing is done. */
export async function looking(
  terminal: Terminal,
  options: ActingOn,
  seen: SelectionDetail,
  button: string,
): Promise<void> {
  const said = await previewed(terminal, options, seen.id, "100");
  await saying(terminal, { ...options, dryRun: false }, seen.id, "stop");
  if (options.json) return printJson(terminal, button, { selection: seen, ...said });
  shown(terminal, seen);
  showPreview(terminal, (said as { items?: Previewed[] }).items ?? []);
}

const FOLLOW_MS = 500;

/** Whether nothing of it moves by itself any more. */
const rests = ({ state, totals }: SelectionDetail): boolean =>
  state === "finished" || state === "tried one" || (state === "stopped" && totals.asked === 0);

/** Watches a selection until nothing moves by itself, and returns how it stands then. */
export async function watch(terminal: Terminal, options: ActingOn, id: string): Promise<SelectionDetail> {
  const shownProgress = progress(terminal);
  let stopped: Promise<unknown> | null = null;
  const quiet = onInterrupt(() => {
    terminal.note("\nNothing more is begun; what is on its way is watched. Ctrl-C again leaves at once.");
    stopped = saying(terminal, options, id, "stop").catch((error: Error) => terminal.note(error.message));
  });
  const seen = await resting(terminal, options, id, shownProgress).finally(() => {
    shownProgress.end();
    quiet();
  });
  if (stopped === null) return seen;
  await stopped;
  terminal.note(`How it ended: crossdock bulk show ${id}. What was left out can be chosen again.`);
  throw new CommandStopped(EXIT.interrupted, "");
}

const resting = (
  terminal: Terminal,
  options: ActingOn,
  id: string,
  { show }: Progress,
): Promise<SelectionDetail> =>
  withDatabase(terminal, options, async (pool) => {
    for (;;) {
      const seen = await selection(pool, id, { limit: 1 });
      if (!seen) return stopWith("notFound", `There is no selection ${id}.`);
      const { applied, failedAgain, skipped, waiting, selected } = seen.totals;
      const says = `${applied} of ${selected} confirmed · ${failedAgain} failed again · ${waiting} waiting`;
      show(applied + failedAgain + skipped, selected, says);
      if (rests(seen)) return seen;
      await pause(FOLLOW_MS);
    }
  });

/** Ends with 8 when some of it failed again or was left out. */
export function checkAll({ totals }: SelectionDetail): void {
  if (totals.failedAgain + totals.skipped > 0) throw new CommandStopped(EXIT.partly, "");
}
