/**
 * Counters of machines, SCADA-like: each cycle of a work centre is told at once, and told again after a reconnect; by webhook, or
 * (setting `speaks: "sparkplug"`) as Sparkplug B payloads that an edge gateway keeps in a folder.
 *
 * What must stay true: a cycle has its number for ever, so whoever adds cycles up can count each once. The machines know
 * no ERP and no lots; they count.
 *
 * @covers SYS-17
 */
import { join } from "node:path";
import { type Body, optionalText, positiveQuantity, Refusal, text } from "../kernel/call.ts";
import { desk } from "../kernel/desk.ts";
import type { Tools, Trade } from "../kernel/station.ts";
import { payload } from "./sparkplug.ts";

interface Cycle {
  readonly workCentre: string;
  readonly cycle: number;
  readonly order: string;
  readonly item: string;
  readonly at: string;
}

export function equipment(tools: Tools): Trade {
  const cycles: Cycle[] = [];
  let speaks = "json";
  let payloads = 0;
  const tell = ({ at, ...cycle }: Cycle) => {
    if (speaks === "sparkplug") {
      payloads += 1;
      tools.drop(
        `${String(payloads).padStart(6, "0")}-${cycle.workCentre}-${cycle.cycle}.spb`,
        payload({ ...cycle, plant: "LYO", good: 1, scrap: 0, at }),
      );
      return;
    }
    tools.webhook(cycle.workCentre, {
      type: "cycle.completed",
      ...cycle,
      plant: "LYO",
      good: 1,
      scrap: 0,
      occurredAt: at,
    });
  };

  function run(body: Body) {
    const workCentre = text(body, "workCentre");
    const order = text(body, "order");
    const count = Number(positiveQuantity(body, "count") / 1000n);
    const first = cycles.filter((one) => one.workCentre === workCentre).length + 1;
    for (let at = first; at < first + count; at += 1) {
      const cycle = {
        workCentre,
        cycle: at,
        order,
        item: optionalText(body, "item") ?? "PUMP-100",
        at: new Date().toISOString(),
      };
      tools.commit({ kind: "cycle", cycle });
      tell(cycle);
    }
    return { from: first, to: first + count - 1 };
  }

  const trade = desk(tools, () => ({
    collections: {},
    settings: { speaks },
    acts: {
      run,
      /** After a reconnect the machine tells its last cycles again. */
      "tell-again": (body) => {
        const workCentre = text(body, "workCentre");
        const last = cycles.filter((one) => one.workCentre === workCentre).slice(-Number(body.last ?? 10));
        if (last.length === 0) throw new Refusal(404, "NO_CYCLES", `${workCentre} has not run.`);
        for (const cycle of last) tell(cycle);
        return { told: last.length };
      },
    },
    books: () => ({
      cycles: cycles.length,
      byWorkCentre: Object.groupBy(cycles, ({ workCentre }) => workCentre),
    }),
  }));
  return {
    ...trade,
    dropFolder: join(tools.folder, "edge"),
    apply(entry, at) {
      if (entry.kind === "cycle") cycles.push(entry.cycle as Cycle);
      else trade.apply(entry, at);
      if (entry.kind === "settings") speaks = String((entry.settings as Body).speaks ?? speaks);
    },
  };
}
