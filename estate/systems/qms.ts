/**
 * The quality management system: holds lots, rejects part of them, releases the rest, and tells each decision once.
 *
 * What must stay true: per lot released + rejected never exceeds what was held, and a decision is never changed, only
 * followed by another.
 *
 * @covers SYS-24
 */
import { type Body, optionalText, positiveQuantity, Refusal, text } from "../kernel/call.ts";
import { milli, quantity } from "../kernel/decimal.ts";
import { desk } from "../kernel/desk.ts";
import type { Tools, Trade } from "../kernel/station.ts";

interface Lot {
  readonly lot: string;
  readonly item: string;
  readonly order: string;
  held: bigint;
  released: bigint;
  rejected: bigint;
  /** Of those rejected, what leaves the stock. */
  scrapped: bigint;
  status: "held" | "decided";
}

const shown = (lot: Lot) => ({
  ...lot,
  held: quantity(lot.held),
  released: quantity(lot.released),
  rejected: quantity(lot.rejected),
  scrapped: quantity(lot.scrapped),
});

export function qms(tools: Tools): Trade {
  const lots = new Map<string, Lot>();
  let decisions = 0;
  const id = () => `QD-${1001 + decisions}`;

  const known = (body: Body): Lot => {
    const lot = lots.get(text(body, "lot"));
    if (lot === undefined) throw new Refusal(404, "NO_SUCH_LOT", `Lot ${body.lot} is not held here.`);
    return lot;
  };

  const trade = desk(tools, ({ tell }) => {
    const decide = (type: string, body: Body, more: Body) => {
      const lot = known(body);
      const asked = positiveQuantity(body, "quantity");
      if (lot.released + lot.rejected + asked > lot.held)
        throw new Refusal(
          409,
          "MORE_THAN_HELD",
          `Of lot ${lot.lot} ${quantity(lot.held - lot.released - lot.rejected)} are undecided.`,
        );
      const decisionId = id();
      tools.commit({ kind: "decided", type, lot: lot.lot, quantity: quantity(asked), action: more.action });
      tell(lot.lot, {
        type,
        decisionId,
        lot: lot.lot,
        item: lot.item,
        plant: "LYO",
        productionOrderId: lot.order,
        quantity: quantity(asked),
        ...more,
      });
      return { decisionId };
    };
    return {
      collections: {},
      acts: {
        /** Somebody writes another quantity into the record, and tells nobody. */
        "by-hand": (body) => {
          const { lot } = known(body);
          tools.commit({ kind: "by-hand", lot, held: quantity(positiveQuantity(body, "held")) });
          return { lot };
        },
        hold: (body) => {
          const decisionId = id();
          const lot = text(body, "lot");
          const item = optionalText(body, "item") ?? "PUMP-100";
          const order = text(body, "order");
          const held = quantity(positiveQuantity(body, "quantity"));
          const reason = optionalText(body, "reason") ?? "Inspection is due.";
          tools.commit({ kind: "held", lot, item, order, quantity: held });
          tell(lot, {
            type: "lot.held",
            decisionId,
            lot,
            item,
            plant: "LYO",
            productionOrderId: order,
            quantity: held,
            reason,
          });
          return { decisionId };
        },
        reject: (body) =>
          decide("lot.rejected", body, {
            reasonCode: optionalText(body, "reason") ?? "leaks",
            action: optionalText(body, "action") ?? "scrap",
          }),
        release: (body) => decide("lot.released", body, { decision: "release" }),
      },
      books: () => ({ lots: [...lots.values()].map(shown) }),
      routes: [
        {
          method: "GET",
          path: /^\/lots$/,
          handle: ({ query }) => {
            const ids = (query.get("ids") ?? "").split(",");
            return { status: 200, body: { lots: ids.flatMap((id) => lots.get(id) ?? []).map(shown) } };
          },
        },
      ],
    };
  });
  return {
    ...trade,
    apply(entry, at) {
      if (entry.kind === "held") {
        decisions += 1;
        const { lot, item, order } = entry as unknown as Lot;
        lots.set(lot, {
          lot,
          item,
          order,
          held: milli(entry.quantity),
          released: 0n,
          rejected: 0n,
          scrapped: 0n,
          status: "held",
        });
      } else if (entry.kind === "decided") {
        decisions += 1;
        const lot = lots.get(entry.lot as string)!;
        if (entry.type === "lot.released") lot.released += milli(entry.quantity);
        else lot.rejected += milli(entry.quantity);
        if (entry.action === "scrap") lot.scrapped += milli(entry.quantity);
        if (lot.released + lot.rejected === lot.held) lot.status = "decided";
      } else if (entry.kind === "by-hand") lots.get(entry.lot as string)!.held = milli(entry.held);
      else trade.apply(entry, at);
    },
  };
}
