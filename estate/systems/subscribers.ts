/**
 * Systems that only listen: analytics, demand planning, replenishment, consolidation. Each keeps what it was told, in order.
 *
 * What must stay true: a fact is kept once per key, and nobody is told anything in return.
 *
 * @covers SYS-16, SYS-37, SYS-40, SYS-41
 */
import { text } from "../kernel/call.ts";
import { desk } from "../kernel/desk.ts";
import type { Tools, Trade } from "../kernel/station.ts";

/** `POST /facts {type, …}`; what it is about is up to whoever subscribed it. */
const listener =
  (prefix: string) =>
  (tools: Tools): Trade =>
    desk(tools, () => ({
      collections: { facts: { prefix, check: (body) => ({ ...body, type: text(body, "type") }) } },
    }));

export const bi: (tools: Tools) => Trade = listener("BI");
export const demand: (tools: Tools) => Trade = listener("DM");
export const replenishment: (tools: Tools) => Trade = listener("RP");
export const consolidation: (tools: Tools) => Trade = listener("CO");
