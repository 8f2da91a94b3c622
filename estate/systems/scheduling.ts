/**
 * The scheduling platform: it moves production orders, knows what is pegged to them, and tells each version once.
 *
 * What must stay true: the version of an order's schedule only grows.
 *
 * @covers SYS-15
 */
import { type Body, optionalText, Refusal, text } from "../kernel/call.ts";
import { desk } from "../kernel/desk.ts";
import type { Tools, Trade } from "../kernel/station.ts";

export function scheduling(tools: Tools): Trade {
  const plans = new Map<string, { order: string; start: string; version: number }>();
  const trade = desk(tools, ({ tell }) => ({
    collections: {},
    acts: {
      move: (body) => {
        const order = text(body, "order");
        const known = plans.get(order);
        const oldStart = optionalText(body, "from") ?? known?.start;
        if (oldStart === undefined)
          throw new Refusal(404, "NO_SUCH_ORDER", `Say from when ${order} is moved.`);
        const plan = { order, start: text(body, "to"), version: (known?.version ?? 1) + 1 };
        tools.commit({ kind: "plan", plan });
        const { order: _, from: __, to: ___, ...more } = body as Body;
        tell(order, {
          type: "schedule.changed",
          order,
          plant: "LYO",
          oldStart,
          newStart: plan.start,
          version: plan.version,
          ...more,
        });
        return plan;
      },
    },
    books: () => ({ plans: [...plans.values()] }),
  }));
  return {
    ...trade,
    apply(entry, at) {
      if (entry.kind === "plan") {
        const plan = entry.plan as { order: string; start: string; version: number };
        plans.set(plan.order, plan);
      } else trade.apply(entry, at);
    },
  };
}
