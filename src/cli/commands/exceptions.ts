/** `crossdock exceptions`: what needs a person, grouped by cause, everything a person does about a cause, and what was solved lately. */
import { Command } from "commander";
import { CAUSE_HANDS, CAUSE_ORDERS, chosenCauses } from "../../trace/cause-choice.ts";
import { exceptionGroups, type Group, STATUSES } from "../../trace/index.ts";
import { type Solved, solvedLately } from "../../trace/solved.ts";
import { stopWith } from "../exit.ts";
import { knownHere } from "../known.ts";
import { type Common, person, withDock } from "../options.ts";
import { withDatabase } from "../running.ts";
import { harmless, printJson, type Terminal } from "../terminal.ts";
import { counted, dayAndClock, lasting, toneOf } from "../words.ts";
import { assign, note, show, snooze } from "./cause.ts";
import { fixCause, solve, tryAgain } from "./cause-acts.ts";

/** Items of a group shown without --all. */
const ITEMS_SHOWN = 5;

const list = (terminal: Terminal): Command =>
  withDock(new Command("list"))
    .description("List what needs a person, grouped by cause, with what can be done about it.")
    .option("--all", "every item of every group")
    .option("--class <class>", "only causes of this class, such as data")
    .option("--system <connection>", "only causes at this system")
    .option("--of <whose>", `whose: ${Object.keys(CAUSE_HANDS).join(", ")}`)
    .option("--order <order>", `what comes first: ${Object.keys(CAUSE_ORDERS).join(", ")}`)
    .option("--solved", "what was solved in the last seven days instead: who, how, when, how long it took")
    .action((options: Listing) => {
      if (options.solved) return listSolved(terminal, options);
      const hands = oneOf(CAUSE_HANDS, "--of", options.of);
      const order = oneOf(CAUSE_ORDERS, "--order", options.order);
      const choice = { class: options.class ?? null, system: options.system ?? null, hands, order };
      return withDatabase(terminal, options, async (pool) => {
        const all = await exceptionGroups(pool, await knownHere(terminal, options));
        const groups = chosenCauses(all, choice, person({}).name);
        if (options.json) return printJson(terminal, "exceptions.list", { groups });
        if (groups.length === 0)
          return terminal.out(
            terminal.paint.good(all.length === 0 ? "Nothing needs anyone." : "Nothing fits what you chose."),
          );
        for (const group of groups)
          for (const line of groupLines(group, options.all === true, terminal)) terminal.out(line);
        const open = groups.reduce((sum, group) => sum + group.open, 0);
        terminal.note(
          `${counted(open, "exception")} of ${counted(groups.length, "cause")}. Next: crossdock exceptions show ${groups[0]!.id}`,
        );
      });
    });

interface Listing extends Common {
  readonly all?: boolean;
  readonly class?: string;
  readonly system?: string;
  readonly of?: string;
  readonly order?: string;
  readonly solved?: boolean;
}

/** Newest first. What is said of open causes says nothing here, so it is refused instead of passed over. */
function listSolved(terminal: Terminal, options: Listing): Promise<void> {
  const given = (["all", "class", "system", "of", "order"] as const).find(
    (name) => options[name] !== undefined,
  );
  if (given) stopWith("usage", `--solved lists all that was solved; it takes no --${given}.`);
  return withDatabase(terminal, options, async (pool) => {
    const lately = await solvedLately(pool, await knownHere(terminal, options));
    if (options.json) return printJson(terminal, "exceptions.solved", { ...lately });
    for (const one of lately.solved) for (const line of solvedLines(one, terminal)) terminal.out(line);
    const solved = lately.solved.reduce((sum, { exceptions }) => sum + exceptions, 0);
    terminal.note(
      solved === 0
        ? "Nothing was solved in the last seven days."
        : `${counted(solved, "exception")} solved in the last seven days${lately.complete ? "" : "; the newest are listed, there were more"}.`,
    );
  });
}

/** How it ended and by whom: "tried again by maria", "given up by maria: …". */
function solvedLines(one: Solved, { paint }: Terminal): string[] {
  const who =
    one.by === null ? "by itself" : `${one.how === "by replay" ? "tried again " : ""}by ${harmless(one.by)}`;
  const took = `after ${lasting(one.medianMs)}${one.exceptions > 1 ? ` in the middle, ${lasting(one.longestMs)} at most` : ""}`;
  const listed = one.some.map(({ kind, number }) => `${kind} ${number}`);
  const more = one.documents - listed.length;
  return [
    `${paint.good("✔ Solved")}  ${paint.bold(harmless(one.title))}  ${paint.dim(one.id)}`,
    `  ${dayAndClock(new Date(one.at))} · ${who} · ${took} · ${counted(one.exceptions, "exception")}`,
    ...(one.resolution ? [`  ${harmless(one.resolution)}`] : []),
    ...(listed.length > 0 ? [paint.dim(`  ${listed.join(", ")}${more > 0 ? ` and ${more} more` : ""}`)] : []),
    ...(one.openAgain > 0
      ? [
          `  ${counted(one.openAgain, "exception")} of this cause open now: crossdock exceptions show ${one.id}`,
        ]
      : []),
    "",
  ];
}

/** One of some names, null when nothing was said. Ends the command when it is none of them. */
function oneOf<Name extends string>(
  names: Readonly<Record<Name, string>>,
  option: string,
  said: string | undefined,
): Name | null {
  if (said === undefined) return null;
  if (Object.hasOwn(names, said)) return said as Name;
  return stopWith("usage", `${option} takes ${Object.keys(names).join(", ")}, not "${said}".`);
}

export const exceptions = (terminal: Terminal): Command =>
  new Command("exceptions")
    .alias("ex")
    .description("What needs a person, grouped by cause; list it when nothing else is said.")
    .addCommand(list(terminal), { isDefault: true })
    .addCommand(show(terminal))
    .addCommand(tryAgain(terminal))
    .addCommand(fixCause(terminal))
    .addCommand(assign(terminal))
    .addCommand(snooze(terminal))
    .addCommand(note(terminal))
    .addCommand(solve(terminal));

function groupLines(group: Group, all: boolean, { paint }: Terminal): string[] {
  const { icon, label } = STATUSES[group.word];
  const now = Date.now();
  const money = group.money.map(({ amount, currency }) => `${amount} ${currency}`).join(" + ");
  const facts = [
    counted(group.documents, "document"),
    ...(money ? [`${group.moneyExact ? "" : "at least "}${money}`] : []),
    `oldest ${lasting(now - Date.parse(group.oldestAt))}`,
    ...group.units.map(({ value, uom }) => `${value} ${uom}`),
    `owner ${group.owner}`,
    ...(group.assignedTo === null ? [] : [`taken on by ${harmless(group.assignedTo)}`]),
    ...(group.snoozedUntil === null ? [] : [`asleep until ${dayAndClock(new Date(group.snoozedUntil))}`]),
  ];
  const items = all ? group.items : group.items.slice(0, ITEMS_SHOWN);
  return [
    `${paint[toneOf(group.word)](`${icon} ${label}`)}  ${paint.bold(harmless(group.title))}  ${paint.dim(group.id)}`,
    `  ${facts.join(" · ")}`,
    ...items.flatMap(({ id, document, reason, subjectKind, subject, tries }) => [
      `  – ${document ? `${document.kind} ${document.number}` : subject}: ${harmless(reason)}`,
      paint.dim(
        subjectKind === "delivery" || subjectKind === "instance"
          ? `    crossdock retry '${subject}'${tries === null ? "" : ` --tries ${tries}`}`
          : `    crossdock exceptions solve ${id} --because "…"`,
      ),
    ]),
    ...(items.length < group.open ? [paint.dim(`  … ${group.open - items.length} more with --all`)] : []),
    "",
  ];
}
