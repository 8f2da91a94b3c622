/** `crossdock systems`: how every connected system does, one of them in full, and pausing the sending to it. */
import { Command } from "commander";
import type { Asked } from "../../runtime/dock.ts";
import { overview, type SystemView } from "../../trace/index.ts";
import { ask, press } from "../buttons.ts";
import { CommandStopped, EXIT, stopWith } from "../exit.ts";
import { knownHere } from "../known.ts";
import { type Acting, type Common, spanOf, withDock, withReason } from "../options.ts";
import { withDatabase } from "../running.ts";
import { pairs } from "../table.ts";
import { harmless, printJson, type Terminal } from "../terminal.ts";
import { counted, dayAndClock, lasting, listed, nearest } from "../words.ts";
import { systemLines } from "./status.ts";

type Deciding = Common & Acting & { for?: string };

export const systems = (terminal: Terminal): Command => {
  const list = withDock(new Command("list"))
    .description("List the connected systems: whether each answers, what waits for it, who paused it.")
    .action(async (options: Common) => {
      const all = await everySystem(terminal, options);
      if (options.json) return printJson(terminal, "systems.list", { systems: all });
      for (const line of systemLines(all, new Date().toISOString(), terminal)) terminal.out(line);
      terminal.note("\nNext: crossdock systems show <name>");
    });

  const show = withDock(new Command("show"))
    .description("Show one system: whether it answers and why not, what waits for it and since when.")
    .argument("<system>", "its name, as crossdock systems lists it")
    .action(async (name: string, options: Common) => {
      const one = await theSystem(terminal, options, name);
      if (options.json) return printJson(terminal, "systems.show", { system: one });
      for (const line of card(one, terminal)) terminal.out(line);
    });

  const decide = (verdict: "pause" | "drain" | "resume", description: string, sentence: string) => {
    const command = withReason(withDock(new Command(verdict)))
      .description(description)
      .argument("<system>", "its name, as crossdock systems lists it");
    if (verdict !== "resume")
      command.option("--for <span>", 'it resumes by itself after this long, such as "30m" or "2h"');
    return command.action(async (name: string, options: Deciding) => {
      if (verdict !== "resume" && !options.because)
        stopWith("usage", `Say why, for the audit and for whoever looks: --because "…".`);
      const until = options.for ? new Date(Date.now() + spanOf(options.for, "--for")).toISOString() : null;
      const said = await press(terminal, options, `/api/systems/${encodeURIComponent(name)}/decide`, {
        verdict,
        ...(verdict === "resume" ? {} : { until }),
        ...(options.because ? { reason: options.because } : {}),
      });
      if (options.json) printJson(terminal, `systems.${verdict}`, { system: name, verdict, until, ...said });
      else
        terminal.out(
          `${terminal.paint.good("✔")} ${name} ${sentence}${until ? `, until ${dayAndClock(new Date(until))}` : ""}.`,
        );
    });
  };

  const probe = withReason(withDock(new Command("probe")))
    .description(
      "Ask a system now whether the line works: one harmless call, how long it took, whom the system takes us for, what we may do. Ends with 3 when it does not answer.",
    )
    .argument("<system>", "its name, as crossdock systems lists it")
    .action(async (name: string, options: Common & Acting) => {
      await theSystem(terminal, options, name);
      const path = `/api/systems/${encodeURIComponent(name)}/probe`;
      const reason = options.because ? { reason: options.because } : {};
      const found = (await press(terminal, options, path, reason)) as unknown as Probe;
      if (options.json) printJson(terminal, "systems.probe", { system: name, probe: found });
      else for (const line of probed(name, found, terminal)) terminal.out(line);
      if (!found.answered) throw new CommandStopped(EXIT.checkSaysNo, "");
    });

  return new Command("systems")
    .alias("sys")
    .description("The connected systems: how they do, asking one, and pausing the sending to it.")
    .addCommand(list, { isDefault: true })
    .addCommand(show)
    .addCommand(
      decide(
        "pause",
        "Send nothing to a system from now on; everything is still accepted and waits safely.",
        "is paused: nothing is sent, everything waits safely",
      ),
    )
    .addCommand(
      decide(
        "drain",
        "The same for a maintenance: what is unclear is still looked into, nothing new is sent.",
        "is drained: nothing new is sent, what is unclear is looked into",
      ),
    )
    .addCommand(decide("resume", "Send to a paused system again.", "is served again"))
    .addCommand(probe);
};

/** What the console says came of a probe. */
interface Probe extends Asked {
  readonly repeat: string;
  readonly detail: string;
}

const CAN: Readonly<Record<string, string>> = {
  deliver: "take deliveries",
  verify: "say whether a delivery took effect",
  ask: "answer questions",
  receive: "hand us arrivals",
};

function probed(name: string, found: Probe, { paint }: Terminal): string[] {
  const { answered, access, as, provedWith, may, can, repeat, detail } = found;
  if (!answered)
    return [
      paint.bad(`✕ ${harmless(detail)}`),
      access
        ? `  It does not take our credential. Renew it in its place: ${listed(provedWith) || "crossdock secrets list tells where"}`
        : `  Nothing is lost: what is owed to it waits. What waits: crossdock systems show ${name}`,
    ];
  return [
    paint.good(`✔ ${harmless(detail)}`),
    ...pairs([
      ["takes us for", as ?? "it does not say"],
      ["proved with", provedWith.length === 0 ? "nothing" : harmless(listed(provedWith))],
      ["can", listed(can.map((each) => CAN[each] ?? each)) || "nothing that we use"],
      ["sent twice", repeat],
      ...may.map((each, index): [string, string] => [index === 0 ? "may" : "", harmless(each)]),
    ]),
  ];
}

/** Whether a system answers is what a running worker sees; without one only what waits is known. */
async function everySystem(terminal: Terminal, options: Common): Promise<readonly SystemView[]> {
  const seen = (await ask(terminal, options, "/api/systems")) as { systems: SystemView[] } | undefined;
  if (seen) return seen.systems;
  return withDatabase(terminal, options, async (pool) => {
    const view = await overview(pool, await knownHere(terminal, options), []);
    return view.systems;
  });
}

async function theSystem(terminal: Terminal, options: Common, name: string): Promise<SystemView> {
  const all = await everySystem(terminal, options);
  const one = all.find((each) => each.name === name);
  if (one) return one;
  const names = all.map((each) => each.name);
  const near = nearest(name, names);
  return stopWith(
    "notFound",
    `There is no system "${name}" here. ${near ? `Did you mean ${near}?` : `There is ${listed(names)}.`}`,
  );
}

function card(one: SystemView, { paint }: Terminal): string[] {
  const now = Date.now();
  const atLeast = one.exact ? "" : "at least ";
  return [
    `${paint.bold(one.title)}   ${paint.dim(`${one.name}, owner ${one.owner}`)}`,
    ...(one.pause
      ? [
          paint.warn(
            `⏸ ${one.pause.how === "paused" ? "Paused" : "Draining"} by ${harmless(one.pause.by)}: ${harmless(one.pause.reason)}${
              one.pause.until ? `. Until ${dayAndClock(new Date(one.pause.until))}` : ""
            }`,
          ),
        ]
      : []),
    ...(one.because ? [paint.bad(harmless(one.because))] : []),
    "",
    ...pairs([
      ["waiting", `${atLeast}${counted(one.waiting, "delivery", "deliveries")}`],
      ["oldest", one.oldestAt ? lasting(now - Date.parse(one.oldestAt)) : "–"],
      ["in flight", String(one.inFlight)],
      ["on hold", String(one.held)],
      ["set aside", String(one.parked)],
      ["unclear", String(one.inDoubt)],
      [
        "answers in",
        one.p50Ms === null ? "–" : `${Math.round(one.p50Ms)} ms, slowest ${Math.round(one.p99Ms ?? 0)} ms`,
      ],
      ["last answer", one.lastOkAt ? dayAndClock(new Date(one.lastOkAt)) : "none yet"],
    ]),
  ];
}
