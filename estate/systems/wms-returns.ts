/**
 * Goods that come back: announced by us under their authorisation, counted and judged at the door.
 *
 * What must stay true: an arrival is told once, under the warehouse's own number, with what was found; only what goes back on
 * the shelf counts as stock.
 */

import type { Entry } from "../kernel/books.ts";
import { type Answer, type Body, optionalText, Refusal, type Route, text } from "../kernel/call.ts";
import type { Floor } from "./wms-floor.ts";
import type { Piece } from "./wms-pieces.ts";

interface Expected {
  readonly id: string;
  readonly reference: string;
  readonly returnId: string;
  readonly orderId: string;
  readonly rmaId: string;
  readonly lines: readonly Piece[];
}
interface Arrived {
  readonly id: string;
  readonly returnId: string;
  readonly lines: readonly Piece[];
  readonly condition: string;
  readonly decision: string;
}
const DECISIONS = ["restock", "rework", "scrap", "return-to-supplier"];

export function returning({ tools, pieces }: Floor) {
  const expected: Expected[] = [];
  const arrived: Arrived[] = [];

  const routes: Route[] = [
    {
      method: "POST",
      path: /^\/api\/expected-returns$/,
      handle: ({ body }): Answer => {
        const announced = {
          id: `ER-${1001 + expected.length}`,
          reference: text(body, "reference"),
          returnId: text(body, "returnId"),
          orderId: text(body, "orderId"),
          rmaId: text(body, "rmaId"),
          lines: pieces(body),
        };
        tools.commit({ kind: "return-expected", announced });
        return { status: 201, body: announced };
      },
    },
    {
      method: "GET",
      path: /^\/api\/expected-returns$/,
      handle: ({ query }) => ({
        status: 200,
        body: { items: expected.filter(({ reference }) => reference === query.get("reference")) },
      }),
    },
    {
      method: "GET",
      path: /^\/api\/returns$/,
      handle: ({ query }) => {
        const ids = (query.get("ids") ?? "").split(",").filter(Boolean);
        const known = ids.filter((id) => expected.some(({ returnId }) => returnId === id));
        const items = known.map((returnId) => ({
          returnId,
          receipts: arrived.filter((one) => one.returnId === returnId),
        }));
        return { status: 200, body: { items } };
      },
    },
  ];

  /** A parcel comes back: `{returnId, lines?, condition, decision}`. */
  function take(body: Body): Record<string, unknown> {
    const returnId = text(body, "returnId");
    const known = expected.find((one) => one.returnId === returnId);
    if (known === undefined)
      throw new Refusal(404, "RETURN_UNKNOWN", `Nobody announced a return ${returnId}.`);
    const decision = text(body, "decision");
    if (!DECISIONS.includes(decision)) {
      throw new Refusal(
        400,
        "INVALID_FIELD",
        `decision is one of ${DECISIONS.join(", ")}, found ${decision}.`,
      );
    }
    const lines = body.lines === undefined ? known.lines : pieces(body);
    const condition = optionalText(body, "condition") ?? "as new";
    const id = `RR-${1001 + arrived.length}`;
    tools.commit({ kind: "return-arrived", arrival: { id, returnId, lines, condition, decision } });
    if (decision === "restock")
      for (const { sku, quantity } of lines) tools.commit({ kind: "received", sku, quantity });
    const { orderId, rmaId } = known;
    tools.webhook(orderId, {
      type: "goods.returned",
      orderId,
      returnId,
      rmaId,
      receiptId: id,
      lines,
      condition,
      decision,
      warehouse: "WH-LYO",
    });
    return { id };
  }

  return {
    routes,
    take,
    apply(entry: Entry): boolean {
      if (entry.kind === "return-expected") expected.push(entry.announced as Expected);
      else if (entry.kind === "return-arrived") arrived.push(entry.arrival as Arrived);
      else return false;
      return true;
    },
    books: () => ({ expectedReturns: expected, returns: arrived }),
  };
}
