/**
 * `crossdock bulk`, `replay`, `fix`: acts on many deliveries at once, or on one under the same rules.
 *
 * Choose and freeze, look at exactly what would be sent, try one, run the rest, watch until each is confirmed at the target.
 */
import { setTimeout as pause } from "node:timers/promises";
import { Command, InvalidArgumentError } from "commander";
import { type SelectionDetail, selection, selections } from "../../trace/selections.ts";
import { SELECTION_ACTS, type SelectionAct } from "../../work/selections.ts";
import { ask, press, type Said } from "../buttons.ts";
import { CommandStopped, EXIT, stopWith } from "../exit.ts";
import { type Acting, type Common, withDock, withReason } from "../options.ts";
import { withDatabase } from "../running.ts";
import { table } from "../table.ts";
import { harmless, printJson, type Terminal } from "../terminal.ts";
import { counted, dayAndClock } from "../words.ts";

type Options = Common & Acting;
type Changing = { set?: Change[]; was?: string };
interface Change {
  readonly path: string;
  readonly value: unknown;
  readonly was?: unknown;
}

const ID = "its id, as crossdock bulk list shows it";
const FOLLOW_MS = 500;

/** "lines[0].item=A-77": the value is text, as amounts and quantities are; JSON with `:=` in place of `=`. */
function change(given: string, before: Change[] = []): Change[] {
  const [, path = "", sign, value = ""] = /^([^=:]+)(:?=)(.*)$/s.exec(given) ?? [];
  if (!sign) throw new InvalidArgumentError('Write path=value, such as "lines[0].item=A-77".');
  if (sign === "=") return [...before, { path, value }];
  try {
    return [...before, { path, value: JSON.parse(value) as unknown }];
  } catch {
    throw new InvalidArgumentError(`What follows := is JSON, and ${value} is none.`);
  }
}

const changesOf = ({ set, was }: Changing): Change[] =>
  (set ?? []).map((one) => (was === undefined ? one : { ...one, was }));

const many = (value: string, before: string[] = []): string[] => [...before, value];

/** Freezes and shows what stands; returns it. */
async function freezing(
  terminal: Terminal,
  options: Options,
  act: SelectionAct,
  chosen: object,
  changes: readonly Change[],
): Promise<SelectionDetail> {
  if (!options.because) stopWith("usage", 'A bulk act needs a reason: --because "…".');
  return (await press(terminal, options, "/api/selections", {
    act,
    chosen,
    ...(changes.length > 0 ? { changes } : {}),
    reason: options.because,
  })) as unknown as SelectionDetail;
}

function shown(terminal: Terminal, seen: SelectionDetail): void {
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

const nextOf = ({ id, second, approvedBy, state }: SelectionDetail): string =>
  state !== "frozen"
    ? `crossdock bulk show ${id}`
    : second !== null && approvedBy === null
      ? `crossdock bulk preview ${id}   crossdock bulk run ${id} asks a second person`
      : `crossdock bulk preview ${id}   crossdock bulk try ${id}   crossdock bulk run ${id}`;

const freeze = (terminal: Terminal): Command =>
  withReason(withDock(new Command("freeze")))
    .description("Choose deliveries for an act and freeze the choice; nothing is done to them yet.")
    .argument("<act>", SELECTION_ACTS.join(", "))
    .option("--cause <cause>", "everything open of one cause (GR-…)")
    .option("--delivery <key>", "this delivery, or process:instance; may be repeated", many)
    .option("--set <path=value>", "fix: what to put where; := takes JSON; may be repeated", change)
    .option("--was <value>", "fix: only where this stands there now")
    .action(async (act: string, options: Options & Changing & { cause?: string; delivery?: string[] }) => {
      if (!SELECTION_ACTS.includes(act as SelectionAct))
        stopWith("usage", `There is no act "${act}". Acts are ${SELECTION_ACTS.join(", ")}.`);
      if ((options.cause === undefined) === (options.delivery === undefined))
        stopWith("usage", "Say what to choose: --cause, or --delivery.");
      const chosen = options.cause ? { cause: options.cause } : { subjects: options.delivery };
      const seen = await freezing(terminal, options, act as SelectionAct, chosen, changesOf(options));
      if (options.json) return printJson(terminal, "bulk.freeze", { selection: seen });
      shown(terminal, seen);
      terminal.note(`Next: ${nextOf(seen)}`);
    });

const list = (terminal: Terminal): Command =>
  withDock(new Command("list"))
    .description("List the latest bulk acts with what became of their items.")
    .action((options: Common) =>
      withDatabase(terminal, options, async (pool) => {
        const all = await selections(pool);
        if (options.json) return printJson(terminal, "bulk.list", { selections: all });
        if (all.length === 0) return terminal.out("No bulk act yet.");
        const { paint, columns } = terminal;
        const lines = table<(typeof all)[number]>(
          [
            { title: "SELECTION", value: ({ id }) => id },
            { title: "ACT", value: ({ act }) => act },
            { title: "STATE", value: ({ state }) => state },
            { title: "ITEMS", value: ({ totals }) => String(totals.selected), align: "right" },
            { title: "APPLIED", value: ({ totals }) => String(totals.applied), align: "right" },
            { title: "AGAIN", value: ({ totals }) => String(totals.failedAgain), align: "right" },
            { title: "LEFT OUT", value: ({ totals }) => String(totals.skipped), align: "right" },
            { title: "WAITING", value: ({ totals }) => String(totals.waiting), align: "right" },
            { title: "BY", value: ({ frozenBy }) => harmless(frozenBy), shrinks: true },
          ],
          all,
          { columns, heading: paint.dim },
        );
        for (const line of lines) terminal.out(line);
      }),
    );

const show = (terminal: Terminal): Command =>
  withDock(new Command("show"))
    .description("Show one bulk act: totals that add up, and the items that failed again.")
    .argument("<selection>", ID)
    .action((id: string, options: Common) =>
      withDatabase(terminal, options, async (pool) => {
        const seen = await selection(pool, id, { limit: 500 });
        if (!seen) return stopWith("notFound", `There is no selection ${id}.`);
        if (options.json) return printJson(terminal, "bulk.show", { selection: seen });
        shown(terminal, seen);
        for (const { state, subject, reason } of seen.items)
          if (state === "failed again") terminal.out(`  – ${subject}: ${harmless(reason ?? "")}`);
        terminal.note(`Next: ${nextOf(seen)}`);
      }),
    );

/** What `GET …/preview` answers for an item, as far as it is printed. */
interface Previewed {
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

async function previewed(terminal: Terminal, options: Common, id: string, limit: string): Promise<Said> {
  const said = await ask(
    terminal,
    options,
    `/api/selections/${encodeURIComponent(id)}/preview?limit=${limit}`,
  );
  return said ?? stopWith("notFound", `There is no selection ${id}, or no running dock to ask.`);
}

function showPreview(terminal: Terminal, items: readonly Previewed[]): void {
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

const preview = (terminal: Terminal): Command =>
  withDock(new Command("preview"))
    .description("Show exactly what would be sent, to whom, and what differs from what was sent last.")
    .argument("<selection>", ID)
    .option("-n, --items <n>", "how many items", "20")
    .action(async (id: string, options: Common & { items: string }) => {
      if (!/^\d{1,2}$|^100$/.test(options.items)) stopWith("usage", "--items takes a number up to 100.");
      const said = await previewed(terminal, options, id, options.items);
      if (options.json) return printJson(terminal, "bulk.preview", said);
      showPreview(terminal, (said as { items?: Previewed[] }).items ?? []);
    });

const saying = async (terminal: Terminal, options: Options, id: string, word: string, more: object = {}) =>
  press(terminal, options, `/api/selections/${encodeURIComponent(id)}/decide`, {
    word,
    ...more,
    ...(options.because ? { reason: options.because } : {}),
  });

/** Watches a selection until nothing moves by itself; the exit code says how it went. */
async function follow(terminal: Terminal, options: Options, id: string, button: string): Promise<void> {
  await withDatabase(terminal, options, async (pool) => {
    for (let last = ""; ; ) {
      const seen = await selection(pool, id, { limit: 1 });
      if (!seen) return stopWith("notFound", `There is no selection ${id}.`);
      const { totals, state } = seen;
      const progress = `${totals.applied} of ${totals.selected} confirmed · ${totals.failedAgain} failed again · ${totals.waiting} waiting`;
      if (progress !== last) terminal.note(progress);
      last = progress;
      if (state === "finished" || state === "tried one" || (state === "stopped" && totals.asked === 0)) {
        if (options.json) printJson(terminal, `bulk.${button}`, { selection: seen });
        else shown(terminal, seen);
        if (totals.failedAgain + totals.skipped > 0) throw new CommandStopped(EXIT.partly, "");
        return;
      }
      await pause(FOLLOW_MS);
    }
  });
}

const carrying = (terminal: Terminal, name: string, word: string, description: string): Command =>
  withReason(withDock(new Command(name)))
    .description(description)
    .argument("<selection>", ID)
    .option("--no-wait", "do not watch it to its end")
    .action(async (id: string, options: Options & { wait: boolean }) => {
      const said = await saying(terminal, options, id, word);
      if (options.wait && word !== "stop") return follow(terminal, options, id, name);
      if (options.json) printJson(terminal, `bulk.${name}`, { selection: id, ...said });
      else terminal.out(`${terminal.paint.good("✔")} Next: crossdock bulk show ${id}`);
    });

export const bulk = (terminal: Terminal): Command =>
  new Command("bulk")
    .description("Acts on many deliveries at once: frozen, previewed, tried on one, then run.")
    .addCommand(freeze(terminal))
    .addCommand(list(terminal))
    .addCommand(show(terminal))
    .addCommand(preview(terminal))
    .addCommand(
      carrying(
        terminal,
        "try",
        "try one",
        "Do it to the first item only, and watch until the target confirms it.",
      ),
    )
    .addCommand(
      carrying(terminal, "run", "run", "Do it to all that is left, and watch until each has an outcome."),
    )
    .addCommand(carrying(terminal, "stop", "stop", "Stop: what has not been asked yet is left out."));

/** Shows what was frozen, and does it when `now` and no second person is needed. */
async function offer(
  terminal: Terminal,
  options: Options,
  seen: SelectionDetail,
  now: boolean,
): Promise<void> {
  if (!now || seen.totals.waiting === 0) {
    if (options.json) return printJson(terminal, "bulk.freeze", { selection: seen });
    shown(terminal, seen);
    terminal.note(`Next: ${nextOf(seen)}`);
    return;
  }
  await saying(terminal, options, seen.id, "run");
  return follow(terminal, options, seen.id, "run");
}

export const replay = (terminal: Terminal): Command =>
  withReason(withDock(new Command("replay")))
    .description(
      "Send what was sent before again, under the same keys, so that nothing is doubled; by event, key, flow, connection, contract or time.",
    )
    .option("--event <position>", "the command or fact at this position of the journal")
    .option("--key <type/value>", "everything about this business key, such as order/SO-1")
    .option("--flow <name>", "what this flow sent")
    .option("--connection <name>", "what this subscriber was owed")
    .option("--contract <name>", "messages of this contract")
    .option("--from <instant>", "owed at or after, such as 2026-01-05T08:00:00Z")
    .option("--to <instant>", "owed before")
    .option("--as-new", "as second documents under new keys; needs a second person")
    .option("--dry-run", "show exactly what would be sent, and to whom; nothing is sent")
    .option("--now", "run it at once where no second person is needed")
    .action(
      async (
        options: Options &
          Record<"event" | "key" | "flow" | "connection" | "contract" | "from" | "to", string | undefined> & {
            asNew?: boolean;
            dryRun?: boolean;
            now?: boolean;
          },
      ) => {
        const { event, key, flow, connection, contract, from, to } = options;
        const given = { event, key, flow, connection, contract, from, to };
        const because = options.because ?? (options.dryRun ? "dry run" : undefined);
        const seen = await freezing(
          terminal,
          { ...options, ...(because ? { because } : {}) },
          options.asNew ? "as new" : "replay",
          { replay: Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) },
          [],
        );
        if (!options.dryRun) return offer(terminal, options, seen, options.now === true);
        return looking(terminal, options, seen, "replay");
      },
    );

export const backfill = (terminal: Terminal): Command =>
  withReason(withDock(new Command("backfill")))
    .description(
      "Fill a new subscriber: send a flow the facts it missed, in their order, each once; what its system was sent already is left out.",
    )
    .argument("<flow>", "the flow that is to be filled")
    .requiredOption("--from <instant>", "what was recorded at or after, such as 2026-01-05T00:00:00Z")
    .option("--to <instant>", "what was recorded before (default: until the flow began)")
    .option("--dry-run", "show exactly what would be sent, and to whom; nothing is sent")
    .option("--now", "run it at once where no second person is needed")
    .action(
      async (
        flow: string,
        options: Options & { from: string; to?: string; dryRun?: boolean; now?: boolean },
      ) => {
        const { from, to, dryRun } = options;
        const criteria = { flow, from, ...(to === undefined ? {} : { to }) };
        const because = options.because ?? (dryRun ? "dry run" : undefined);
        const acting = { ...options, ...(because ? { because } : {}) };
        const seen = await freezing(terminal, acting, "backfill", { backfill: criteria }, []);
        if (!dryRun) return offer(terminal, options, seen, options.now === true);
        return looking(terminal, options, seen, "backfill");
      },
    );

/** Shows what would be sent, and lets go of the choice: nothing is done. */
async function looking(
  terminal: Terminal,
  options: Options,
  seen: SelectionDetail,
  button: string,
): Promise<void> {
  const said = await previewed(terminal, options, seen.id, "100");
  await saying(terminal, options, seen.id, "stop");
  if (options.json) return printJson(terminal, button, { selection: seen, ...said });
  shown(terminal, seen);
  showPreview(terminal, (said as { items?: Previewed[] }).items ?? []);
}

export const fix = (terminal: Terminal): Command =>
  withReason(withDock(new Command("fix")))
    .description("Correct what a set-aside delivery carries and send it, under the same key.")
    .argument("<delivery...>", "keys, as crossdock exceptions shows them")
    .requiredOption("--set <path=value>", "what to put where; := takes JSON; may be repeated", change)
    .option("--was <value>", "only where this stands there now")
    .option("--dry-run", "show what would be sent; nothing is changed")
    .action(async (deliveries: string[], options: Options & Changing & { dryRun?: boolean }) => {
      const because = options.because ?? (options.dryRun ? "dry run" : undefined);
      const acting = { ...options, ...(because ? { because } : {}) };
      const seen = await freezing(terminal, acting, "fix", { subjects: deliveries }, changesOf(options));
      if (!options.dryRun) return offer(terminal, options, seen, true);
      return looking(terminal, options, seen, "fix");
    });
