/**
 * The first minutes: a partner drops an order, and the terminal tells how it travels.
 *
 * The order is a real X12 850 in a real folder; what is told is read back from the trace like anything else. Each
 * milestone is told once, with the time and with who said so.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import { document, find, type Known, type Story } from "../../trace/index.ts";
import { pad, widthOf } from "../table.ts";
import { harmless, type Terminal } from "../terminal.ts";
import { clock } from "../words.ts";

const LOOK_EVERY_MS = 200;
/** An order of the demonstration takes about twenty seconds; past this we say where to look and stop watching. */
const WATCH_FOR_MS = 120_000;

/** What the demonstration's partner orders. Quantities and prices are text: they are decimals. */
export const SAMPLE_LINES = [
  { sku: "PUMP-100", quantity: "20", price: "500.00" },
  { sku: "VALVE-20", quantity: "10", price: "50.00" },
];

/** Has the simulated partner send an order and returns its number. */
export async function sendOrder(control: string): Promise<string> {
  const response = await fetch(`${control}/systems/acme/acts/send-order`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ lines: SAMPLE_LINES }),
    signal: AbortSignal.timeout(10_000),
  });
  const said = (await response.json()) as { poNumber?: string };
  if (!response.ok || !said.poNumber) throw new Error("The simulated partner did not send an order.");
  return said.poNumber;
}

/** Tells the order's milestones as they are reached. Resolves when the last one is, or when watching takes too long. */
export async function follow(
  terminal: Terminal,
  pool: pg.Pool,
  known: Known,
  number: string,
  signal: AbortSignal,
): Promise<"arrived" | "still travelling"> {
  const { paint } = terminal;
  const told = new Set<string>();
  const until = performance.now() + WATCH_FOR_MS;
  let correlation: string | undefined;
  while (performance.now() < until && !signal.aborted) {
    correlation ??= (await find(pool, number))[0]?.correlation;
    const story = correlation === undefined ? null : await document(pool, correlation, known);
    if (story && !told.has("")) {
      told.add("");
      terminal.out(`  ${clock(new Date(story.line.startedAt))}  ${paint.accent("⇥")} ${received(story)}`);
    }
    const width = Math.max(0, ...(story?.milestones ?? []).map(({ name }) => widthOf(name)));
    for (const { name, state, at } of story?.milestones ?? []) {
      if (state !== "reached" || at === null || told.has(name)) continue;
      told.add(name);
      terminal.out(
        `  ${clock(new Date(at))}  ${paint.good("✔")} ${paint.bold(pad(name, width))}  ${paint.dim(whoSaid(story!, name, at))}`,
      );
    }
    if (story && story.milestones.length > 0 && story.milestones.every(({ name }) => told.has(name)))
      return "arrived";
    await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => {});
  }
  return "still travelling";
}

function received({ line }: Story): string {
  const worth = line.header.money ? `, ${line.header.money.amount} ${line.header.money.currency}` : "";
  const party = line.header.parties[0]?.name;
  return harmless(`${line.kind} ${line.number}${party ? ` of ${party}` : ""}${worth}`);
}

/**
 * "ERP · Invoice INV-90000001, 12600.00 EUR": the system that said it first, and the numbers that came with it. Systems that
 * were told and agree come later; what Crossdock itself holds is only told where nobody else has said anything.
 */
function whoSaid(story: Story, milestone: string, at: string): string {
  const [first] = story.opinions.rows
    .filter((row) => row.milestone === milestone)
    .flatMap((row) => row.said.map((word, index) => ({ word, system: story.opinions.systems[index]! })))
    .filter(({ word, system }) => word?.reached && system.title !== "Crossdock")
    .sort((left, right) => left.word!.at.localeCompare(right.word!.at));
  if (!first) return "Crossdock";
  const fact = nearest(story, at, new Set([first.system.name]));
  return harmless(fact ? `${first.system.title} · ${fact}` : first.system.title);
}

/** A message further away than this from the milestone is not the one that brought it. */
const NEAR_MS = 1_000;

/** The numbers in the message of one of the systems that came closest to the moment. */
function nearest(story: Story, at: string, systems: ReadonlySet<string>): string | null {
  const away = (entry: { at: string }) => Math.abs(Date.parse(entry.at) - Date.parse(at));
  const [closest] = story.timeline
    .filter(
      ({ level, what, system, detail }) =>
        level === "business" && what === "event" && detail && systems.has(system ?? ""),
    )
    .sort((left, right) => away(left) - away(right));
  return closest && away(closest) <= NEAR_MS ? closest.detail : null;
}
