/**
 * `crossdock bulk`, `replay`, `fix`: acts on many deliveries at once, or on one under the same rules.
 *
 * Choose and freeze, look at exactly what would be sent, try one, run the rest, watch until each is confirmed at the target.
 */
import { Command } from "commander";
import { type SelectionDetail, selection, selections } from "../../trace/selections.ts";
import { SELECTION_ACTS, type SelectionAct } from "../../work/selections.ts";
import { stopWith } from "../exit.ts";
import { knownHere } from "../known.ts";
import { type Common, withDock, withReason } from "../options.ts";
import { withDatabase } from "../running.ts";
import {
  type ActingOn,
  type Changing,
  change,
  changesFor,
  changesOf,
  checkAll,
  freezing,
  looking,
  many,
  nextOf,
  type Previewed,
  previewed,
  saying,
  shown,
  showPreview,
  watch,
  withChanges,
} from "../selections.ts";
import { table } from "../table.ts";
import { harmless, printJson, type Terminal } from "../terminal.ts";
import { counted } from "../words.ts";

const ID = "its id, as crossdock bulk list shows it";

/** Watches it, shows how it ended, and ends with 8 when not all of it was confirmed. */
async function follow(terminal: Terminal, options: ActingOn, id: string, button: string): Promise<void> {
  const seen = await watch(terminal, options, id);
  if (options.json) printJson(terminal, `bulk.${button}`, { selection: seen });
  else shown(terminal, seen);
  checkAll(seen);
}

const freeze = (terminal: Terminal): Command =>
  withReason(withDock(new Command("freeze")))
    .description("Choose deliveries for an act and freeze the choice; nothing is done to them yet.")
    .argument("<act>", SELECTION_ACTS.join(", "))
    .option("--cause <cause>", "everything open of one cause (GR-…)")
    .option("--delivery <key>", "this delivery, or process:instance; may be repeated", many)
    .option("--set <path=value>", "fix: what to put where; := takes JSON; may be repeated", change)
    .option("--was <value>", "fix: only where this stands there now")
    .action(async (act: string, options: ActingOn & Changing & { cause?: string; delivery?: string[] }) => {
      if (!SELECTION_ACTS.includes(act as SelectionAct))
        stopWith("usage", `There is no act "${act}". Acts are ${SELECTION_ACTS.join(", ")}.`);
      if ((options.cause === undefined) === (options.delivery === undefined))
        stopWith("usage", "Say what to choose: --cause, or --delivery.");
      const chosen = options.cause ? { cause: options.cause } : { subjects: options.delivery };
      const seen = await freezing(terminal, options, act as SelectionAct, chosen, changesOf(options));
      if (options.dryRun) return looking(terminal, options, seen, "bulk.freeze");
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
        terminal.note(`\n${counted(all.length, "act")}. Next: crossdock bulk show ${all[0]!.id}`);
      }),
    );

const show = (terminal: Terminal): Command =>
  withDock(new Command("show"))
    .description("Show one bulk act: totals that add up, and the items that failed again.")
    .argument("<selection>", ID)
    .action((id: string, options: Common) =>
      withDatabase(terminal, options, async (pool) => {
        const seen = await selection(pool, id, { limit: 500, known: await knownHere(terminal, options) });
        if (!seen) return stopWith("notFound", `There is no selection ${id}.`);
        if (options.json) return printJson(terminal, "bulk.show", { selection: seen });
        shown(terminal, seen);
        for (const { state, subject, reason } of seen.items)
          if (state === "failed again") terminal.out(`  – ${subject}: ${harmless(reason ?? "")}`);
        terminal.note(`Next: ${nextOf(seen)}`);
      }),
    );

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

const carrying = (terminal: Terminal, name: string, word: string, description: string): Command =>
  withReason(withDock(new Command(name)))
    .description(description)
    .argument("<selection>", ID)
    .option("--no-wait", "do not watch it to its end")
    .action(async (id: string, options: ActingOn & { wait: boolean }) => {
      const said = await saying(terminal, options, id, word);
      if (options.wait && word !== "stop") return follow(terminal, options, id, name);
      if (options.json) printJson(terminal, `bulk.${name}`, { selection: id, ...said });
      else terminal.out(`${terminal.paint.good("✔")} Next: crossdock bulk show ${id}`);
    });

export const bulk = (terminal: Terminal): Command =>
  new Command("bulk")
    .description("Acts on many deliveries at once: frozen, previewed, tried on one, then run.")
    .addCommand(freeze(terminal))
    .addCommand(list(terminal), { isDefault: true })
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
  options: ActingOn,
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

const CRITERIA = ["event", "key", "flow", "connection", "process", "contract", "from", "to"] as const;
type Criterion = (typeof CRITERIA)[number];

export const replay = (terminal: Terminal): Command =>
  withReason(withDock(new Command("replay")))
    .description(
      "Send what was sent before again, under the same keys, so that nothing is doubled; by event, key, flow, connection, process, contract or time. A process is given what it never took.",
    )
    .option("--event <position>", "the command or fact at this position of the journal")
    .option("--key <type/value>", "everything about this business key, such as order/SO-1")
    .option("--flow <name>", "what this flow sent")
    .option("--connection <name>", "what this subscriber was owed")
    .option("--process <name>", "what this process sent because of the facts, and those it never took")
    .option("--contract <name>", "messages of this contract")
    .option("--from <instant>", "owed at or after, such as 2026-01-05T08:00:00Z")
    .option("--to <instant>", "owed before")
    .option("--as-new", "as second documents under new keys; needs a second person")
    .option("--now", "run it at once where no second person is needed")
    .action(
      async (
        options: ActingOn &
          Partial<Record<Criterion, string>> & {
            asNew?: boolean;
            now?: boolean;
          },
      ) => {
        const seen = await freezing(
          terminal,
          options,
          options.asNew ? "as new" : "replay",
          {
            replay: Object.fromEntries(
              CRITERIA.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]])),
            ),
          },
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
    .option("--now", "run it at once where no second person is needed")
    .action(async (flow: string, options: ActingOn & { from: string; to?: string; now?: boolean }) => {
      const { from, to, dryRun } = options;
      const criteria = { flow, from, ...(to === undefined ? {} : { to }) };
      const seen = await freezing(terminal, options, "backfill", { backfill: criteria }, []);
      if (!dryRun) return offer(terminal, options, seen, options.now === true);
      return looking(terminal, options, seen, "backfill");
    });

export const fix = (terminal: Terminal): Command =>
  withReason(withDock(withChanges(new Command("fix"))))
    .description(
      "Correct what a set-aside delivery carries and send it, under the same key. Without a change it says what was corrected before in the same document.",
    )
    .argument("<delivery...>", "keys, as crossdock exceptions shows them")
    .action(async (deliveries: string[], options: ActingOn & Changing) => {
      const places = deliveries.map((key) => `deliveries/${encodeURIComponent(key)}`);
      const changes = await changesFor(terminal, options, places);
      const seen = await freezing(terminal, options, "fix", { subjects: deliveries }, changes);
      if (!options.dryRun) return offer(terminal, options, seen, true);
      return looking(terminal, options, seen, "fix");
    });
