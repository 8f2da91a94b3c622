/** `crossdock exceptions show`, `assign`, `snooze`, `note`: one cause in full, and who has it in hand. */
import { Command } from "commander";
import { type CauseDetail, cause as causeOf } from "../../trace/causes.ts";
import { STATUSES } from "../../trace/index.ts";
import { press } from "../buttons.ts";
import { stopWith } from "../exit.ts";
import { knownHere } from "../known.ts";
import { type Acting, type Common, person, spanOf, withButton, withDock, withReason } from "../options.ts";
import { withDatabase } from "../running.ts";
import { harmless, printJson, type Terminal } from "../terminal.ts";
import { counted, dayAndClock, lasting, listed, toneOf } from "../words.ts";

export const CAUSE = "its id, as crossdock exceptions shows it (GR-…)";
const ITEMS_SHOWN = 20;
const HISTORY_SHOWN = 8;

export const show = (terminal: Terminal): Command =>
  withDock(new Command("show"))
    .description("Show one cause: what it stops, what waits behind it, what to do, and what was done.")
    .argument("<cause>", CAUSE)
    .action((name: string, options: Common) =>
      withDatabase(terminal, options, async (pool) => {
        const found = await causeOf(pool, name, await knownHere(terminal, options), { limit: ITEMS_SHOWN });
        if (!found) return stopWith("notFound", `Nothing is open of the cause ${name}.`);
        if (options.json) return printJson(terminal, "exceptions.show", { cause: found });
        for (const line of causeLines(found, terminal)) terminal.out(line);
        terminal.note(
          `\nNext: crossdock exceptions try ${found.group.id}   crossdock exceptions assign ${found.group.id}`,
        );
      }),
    );

function causeLines(
  { group, runbook, blast, items, next, history, before }: CauseDetail,
  terminal: Terminal,
): string[] {
  const { paint } = terminal;
  const { icon, label } = STATUSES[group.word];
  const now = Date.now();
  const money = group.money.map(({ amount, currency }) => `${amount} ${currency}`).join(" + ");
  const atLeast = blast.exact ? "" : "at least ";
  const waits = blast.milestones.map(({ milestone, documents }) => `${milestone} (${documents})`);
  return [
    `${paint[toneOf(group.word)](`${icon} ${label}`)}  ${paint.bold(harmless(group.title))}  ${paint.dim(group.id)}`,
    `  ${group.class} · ${counted(group.open, "exception")} · oldest ${lasting(now - Date.parse(group.oldestAt))} · owner ${group.owner}` +
      (group.assignedTo === null ? "" : ` · taken on by ${harmless(group.assignedTo)}`),
    ...(money ? [`  At risk: ${group.moneyExact ? "" : "at least "}${money}`] : []),
    ...(group.units.length > 0
      ? [`  Quantities: ${group.units.map(({ value, uom }) => `${value} ${uom}`).join(", ")}`]
      : []),
    `  Why grouped: ${harmless(group.fingerprint.split("|").filter(Boolean).join(" · "))}`,
    "",
    paint.bold("What it blocks"),
    `  ${counted(blast.stopped, "document")} stopped, ${atLeast}${blast.waitingDeliveries} of their deliveries waiting behind; ` +
      `${atLeast}${counted(blast.documents, "document")} concerned` +
      (blast.kinds.length > 0
        ? `: ${blast.kinds.map(({ kind, count }) => `${kind} ${count}`).join(", ")}`
        : ""),
    ...(blast.customerCount > 0
      ? [
          `  ${atLeast}${counted(blast.customerCount, "customer")}: ${harmless(blast.customers.slice(0, 12).join(", "))}${blast.customerCount > 12 ? " …" : ""}`,
        ]
      : []),
    ...(waits.length > 0 ? [`  Cannot be reached before: ${listed(waits)}`] : []),
    "",
    `${paint.bold(`Runbook: ${runbook.title}`)}  ${paint.dim(runbook.id)}`,
    `  ${runbook.effect}`,
    ...runbook.steps.map((step, index) => `  ${index + 1}. ${step}`),
    "",
    paint.bold("Open"),
    ...items.map(
      ({ document, subject, reason, dueAt }) =>
        `  – ${document ? `${document.kind} ${document.number}` : subject}: ${harmless(reason)}  ${paint.dim(subject)}${dueAt === null ? "" : due(dueAt, now, paint)}`,
    ),
    ...(next === null ? [] : [paint.dim(`  … and more; --json has pages`)]),
    "",
    paint.bold("History"),
    ...history
      .slice(0, HISTORY_SHOWN)
      .map(
        ({ at, what, by, detail }) =>
          `  ${dayAndClock(new Date(at))}  ${what} by ${harmless(by)}${detail ? `: ${harmless(detail)}` : ""}`,
      ),
    ...(before.solved > 0
      ? [
          `  Solved ${counted(before.solved, "time")} in the last 90 days, in the middle within ${lasting((before.medianMinutes ?? 0) * 60_000)}; last: ${harmless(before.lastResolution ?? "")}`,
        ]
      : []),
  ];
}

const tending = async (
  terminal: Terminal,
  options: Common & Acting,
  cause: string,
  body: Readonly<Record<string, unknown>>,
  sentence: string,
) => {
  const path = `/api/causes/${encodeURIComponent(cause)}/tend`;
  const said = await press(terminal, options, path, {
    ...body,
    ...(options.because ? { reason: options.because } : {}),
  });
  if (options.json) printJson(terminal, "exceptions.tend", { cause, ...said });
  else terminal.out(`${terminal.paint.good("✔")} ${sentence}`);
};

export const assign = (terminal: Terminal): Command =>
  withReason(withDock(new Command("assign")))
    .description("Take a cause on, for yourself or somebody else; what comes of it later is theirs too.")
    .argument("<cause>", CAUSE)
    .option("--to <person>", "who works on it (default: you)")
    .option("--nobody", "give it back")
    .action((cause: string, options: Common & Acting & { to?: string; nobody?: boolean }) => {
      const to = options.nobody ? null : (options.to ?? person({}).name);
      const sentence = to === null ? `${cause} is nobody's again.` : `${cause} is taken on by ${to}.`;
      return tending(terminal, options, cause, { assign: to }, sentence);
    });

export const snooze = (terminal: Terminal): Command =>
  withReason(withDock(new Command("snooze")))
    .description("Put a cause to sleep: it stays open and is shown last until then.")
    .argument("<cause>", CAUSE)
    .option("--for <span>", "how long, such as 2h or 3d", "2h")
    .option("--wake", "wake it now")
    .action((cause: string, options: Common & Acting & { for: string; wake?: boolean }) => {
      const until = options.wake ? null : new Date(Date.now() + spanOf(options.for, "--for")).toISOString();
      const sentence =
        until === null ? `${cause} is awake.` : `${cause} sleeps until ${dayAndClock(new Date(until))}.`;
      return tending(terminal, options, cause, { snooze: until }, sentence);
    });

export const note = (terminal: Terminal): Command =>
  withButton(withDock(new Command("note")))
    .description("Leave a note with a cause for whoever looks next.")
    .argument("<cause>", CAUSE)
    .argument("<text>", "what they should know")
    .action((cause: string, text: string, options: Common & Acting) =>
      tending(terminal, options, cause, { note: text }, `Noted with ${cause}.`),
    );

/** When it is to be decided, or since when it should have been. */
const due = (at: string, now: number, paint: Terminal["paint"]): string => {
  const leftMs = Date.parse(at) - now;
  return leftMs < 0
    ? paint.bad(`  overdue by ${lasting(-leftMs)}`)
    : paint.dim(`  due in ${lasting(leftMs)}`);
};
