/**
 * Systems that only listen: analytics, demand planning, replenishment, consolidation. Each keeps what it was told, in order.
 *
 * What must stay true: a fact is kept once per key, and nobody is told anything in return.
 *
 * @covers SYS-16, SYS-37, SYS-40, SYS-41
 */
import { Refusal, text } from "../kernel/call.ts";
import { desk } from "../kernel/desk.ts";
import type { Tools, Trade } from "../kernel/station.ts";

/**
 * `POST /facts {type, …}`; what it is about is up to whoever subscribed it. `GET /facts?type=…&purchaseOrders=…` says what it was told of
 * some orders.
 */
const listener =
  (prefix: string) =>
  (tools: Tools): Trade =>
    desk(tools, ({ documents, change }) => ({
      collections: { facts: { prefix, check: (body) => ({ ...body, type: text(body, "type") }) } },
      routes: [
        {
          method: "GET",
          path: /^\/facts$/,
          handle: ({ query }) => {
            const wanted = (query.get("purchaseOrders") ?? "").split(",");
            const items = [...documents.facts!.values()].filter(
              ({ type, purchaseOrderId, lost }) =>
                type === query.get("type") && wanted.includes(purchaseOrderId as string) && lost !== true,
            );
            return { status: 200, body: { items } };
          },
        },
      ],
      acts: {
        /** A fact is gone, or found again, and nobody is told. */
        "lose-fact": (body) => {
          const number = text(body, "number");
          if (!documents.facts!.has(number))
            throw new Refusal(404, "NOT_FOUND", `There is no fact ${number}.`);
          change("facts", number, { lost: body.found !== true });
          return { number };
        },
      },
    }));

export const bi: (tools: Tools) => Trade = listener("BI");
export const demand: (tools: Tools) => Trade = listener("DM");
export const replenishment: (tools: Tools) => Trade = listener("RP");
export const consolidation: (tools: Tools) => Trade = listener("CO");
