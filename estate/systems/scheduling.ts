/**
 * The scheduling platform: it moves production orders, knows what is pegged to them, and tells each version once.
 *
 * What must stay true: the version of an order's schedule only grows.
 *
 * @covers SYS-15
 */
import { type Body, list, optionalText, Refusal, text } from "../kernel/call.ts";
import { desk } from "../kernel/desk.ts";
import type { Tools, Trade } from "../kernel/station.ts";

interface Plan {
  /** `PR-7021/2`: what this version of the order's schedule is called. */
  readonly id: string;
  readonly order: string;
  readonly start: string;
  readonly version: number;
  /** As it was told; of an order that gave way, with the one that displaced it. */
  readonly told: Body;
}

export function scheduling(tools: Tools): Trade {
  const plans = new Map<string, Plan>();
  const trade = desk(tools, ({ tell }) => ({
    collections: {},
    routes: [
      {
        method: "GET",
        path: /^\/plans$/,
        handle: ({ query }) => ({
          status: 200,
          body: {
            items: (query.get("orders") ?? "").split(",").flatMap((order) => plans.get(order) ?? []),
          },
        }),
      },
    ],
    acts: {
      move: (body) => {
        const order = text(body, "order");
        const known = plans.get(order);
        const oldStart = optionalText(body, "from") ?? known?.start;
        if (oldStart === undefined)
          throw new Refusal(404, "NO_SUCH_ORDER", `Say from when ${order} is moved.`);
        const { order: _, from: __, to: ___, ...more } = body as Body;
        const [start, version] = [text(body, "to"), (known?.version ?? 1) + 1];
        const id = `${order}/${version}`;
        const told = {
          type: "schedule.changed",
          plan: id,
          order,
          plant: "LYO",
          oldStart,
          newStart: start,
          version,
          ...more,
        };
        for (const one of body.displaced === undefined ? [] : list(body, "displaced")) {
          const displaced = { id, order: text(one, "order"), start: text(one, "start"), version, told };
          tools.commit({ kind: "plan", plan: displaced });
        }
        tools.commit({ kind: "plan", plan: { id, order, start, version, told } });
        tell(order, told);
        return { order, start, version };
      },
    },
    books: () => ({ plans: [...plans.values()].map(({ told: _, ...plan }) => plan) }),
  }));
  return {
    ...trade,
    apply(entry, at) {
      if (entry.kind === "plan") {
        const plan = entry.plan as Plan;
        plans.set(plan.order, { ...plan, told: { occurredAt: at, ...plan.told } });
      } else trade.apply(entry, at);
    },
  };
}
