/**
 * Lots and their status in the warehouse: received from production or a supplier, held, let go, written off.
 *
 * What must stay true: per lot available + held + damaged is what came in, less what was shipped of it (`takesFrom` names the lot); what
 * is held or damaged is not available. A status change that is lost (`loseStatusChanges`, `losesChangesTo`) is answered and kept, and changes
 * nothing, as a warehouse does whose job failed in the night.
 */
import {
  type Answer,
  type Body,
  list,
  optionalText,
  positiveQuantity,
  Refusal,
  type Route,
  text,
} from "../kernel/call.ts";
import { milli, quantity } from "../kernel/decimal.ts";
import { available } from "./warehouse-state.ts";
import type { Floor } from "./wms-floor.ts";

const STATUSES = ["available", "quality-hold", "damaged"];

export function lots({ tools, house, number }: Floor, fillBackorders: () => void) {
  function receive(body: Body): Answer {
    const reference = text(body, "reference");
    const purchaseOrderId = optionalText(body, "purchaseOrderId");
    const productionOrderId = optionalText(body, "productionOrderId");
    const lines = list(body, "lines").map((line) => {
      const sku = text(line, "sku");
      if (!house.stock.has(sku))
        throw new Refusal(422, "ITEM_UNKNOWN", `The warehouse keeps no item ${sku}.`, { sku });
      return {
        line: optionalText(line, "line") ?? "1",
        sku,
        quantity: quantity(positiveQuantity(line, "quantity")),
        ...(line.lot === undefined ? {} : { lot: text(line, "lot") }),
        ...(line.status === undefined ? {} : { status: text(line, "status") }),
      };
    });
    const id = number("GR");
    tools.commit({
      kind: "goods-received",
      id,
      reference,
      ...(purchaseOrderId ? { purchaseOrderId } : {}),
      ...(productionOrderId ? { productionOrderId } : {}),
      lines,
    });
    // What came may be waited for.
    tools.later(fillBackorders);
    tools.later(() =>
      tools.webhook(purchaseOrderId ?? id, {
        type: "goods.received",
        receiptId: id,
        reference,
        orderId: purchaseOrderId ?? id,
        ...(purchaseOrderId === undefined ? {} : { purchaseOrderId }),
        ...(productionOrderId === undefined ? {} : { productionOrderId }),
        warehouse: "WH-LYO",
        lines,
      }),
    );
    return { status: 201, body: { id, reference, lines } };
  }

  /**
   * A receipt is put under the order it is of, with the number it has there; without one it is not ours, and goes out of the stock. What
   * was given to an order meanwhile stays.
   */
  function correctReceipt(body: Body): Answer {
    const [reference, receiptId] = [text(body, "reference"), text(body, "receiptId")];
    const [purchaseOrderId, knownAs] = [optionalText(body, "purchaseOrderId"), optionalText(body, "knownAs")];
    const receipt = house.receipts.find(({ id }) => id === receiptId);
    if (receipt !== undefined && purchaseOrderId === undefined && receipt.notOurs !== true) {
      const short = receipt.lines.find(
        ({ sku, quantity: pieces }) => available(house.stock.get(sku)!) < milli(pieces),
      );
      if (short)
        throw new Refusal(409, "TAKEN_ALREADY", `Of ${receiptId} ${short.sku} is set aside for orders.`);
    }
    const correction = {
      id: number("RX"),
      reference,
      receiptId,
      ...(purchaseOrderId === undefined ? {} : { purchaseOrderId, knownAs: knownAs ?? receiptId }),
      status: receipt === undefined ? "nothing-to-correct" : "corrected",
      reason: optionalText(body, "reason") ?? "",
    };
    tools.commit({ kind: "receipt-corrected", ...correction });
    return { status: 201, body: correction };
  }

  function changeStatus(body: Body): Answer {
    const reference = text(body, "reference");
    const [lot, sku, from, to] = ["lot", "sku", "from", "to"].map((field) => text(body, field)) as [
      string,
      string,
      string,
      string,
    ];
    if (!STATUSES.includes(from) || !STATUSES.includes(to))
      throw new Refusal(422, "STATUS_UNKNOWN", `A status is one of ${STATUSES.join(", ")}.`);
    const known = house.lots.get(lot);
    if (known === undefined)
      throw new Refusal(422, "LOT_UNKNOWN", `The warehouse has no lot ${lot}.`, { lot });
    const asked = positiveQuantity(body, "quantity");
    if ((known.by[from] ?? 0n) < asked)
      throw new Refusal(409, "NOT_IN_STATUS", `Of lot ${lot} ${quantity(known.by[from] ?? 0n)} are ${from}.`);
    const id = number("ST");
    const { loseStatusChanges, losesChangesTo = to } = house.settings;
    const lost = loseStatusChanges > 0 && losesChangesTo === to;
    const decisionId = optionalText(body, "decisionId");
    const change = {
      id,
      reference,
      lot,
      sku,
      from,
      to,
      quantity: quantity(asked),
      ...(decisionId === undefined ? {} : { decisionId }),
    };
    tools.commit({ kind: "status-asked", lost, change });
    if (!lost)
      tools.later(() =>
        tools.webhook(lot, { type: "stock.status-changed", orderId: lot, ...change, lines: [] }),
      );
    return { status: 201, body: change };
  }

  const wanted = (text: string | null): string[] => (text ?? "").split(",").filter(Boolean);

  /** What is asked about lots and about goods that came in; nothing changes by it. */
  const routes: Route[] = [
    {
      method: "GET",
      path: /^\/api\/lots$/,
      handle: ({ query }) => ({
        status: 200,
        body: {
          items: wanted(query.get("ids")).flatMap((lot) => {
            const known = house.lots.get(lot);
            return known === undefined ? [] : [{ lot, sku: known.sku, ...statusesOf(known.by) }];
          }),
        },
      }),
    },
    {
      method: "GET",
      path: /^\/api\/inbound$/,
      handle: ({ query }) => {
        const field = query.has("purchaseOrders") ? "purchaseOrderId" : "productionOrderId";
        const ids = wanted(query.get("purchaseOrders") ?? query.get("productionOrders"));
        const of = (id: string) =>
          house.receipts.flatMap((receipt) =>
            receipt[field] === id ? [{ ...receipt, id: receipt.knownAs ?? receipt.id }] : [],
          );
        // Of an order whose receipt turned out to be another's it says that it holds none.
        const once = (id: string) => house.receipts.some(({ toldFor }) => toldFor === id);
        return {
          status: 200,
          body: {
            items: ids.flatMap((id) => {
              const receipts = of(id);
              return receipts.length === 0 && !once(id) ? [] : [{ [field]: id, receipts }];
            }),
          },
        };
      },
    },
  ];

  /** Somebody at the terminal moves pieces of a lot to another status, or counts an item anew, and tells nobody. */
  function byHand(body: Body): void {
    if (body.lot === undefined) {
      const delta = quantity(milli(body.delta, "delta"));
      tools.commit({ kind: "adjusted", id: number("AD"), sku: text(body, "sku"), delta, reason: "count" });
      return;
    }
    const [lot, from, to] = ["lot", "from", "to"].map((field) => text(body, field)) as [
      string,
      string,
      string,
    ];
    const pieces = quantity(positiveQuantity(body, "quantity"));
    const sku = house.lots.get(lot)?.sku ?? "";
    const change = { id: number("ST"), reference: `by hand ${lot}`, lot, sku, from, to, quantity: pieces };
    tools.commit({ kind: "status-asked", lost: false, change });
  }

  return { receive, correctReceipt, changeStatus, routes, byHand };
}

/** From which lot an item is to be taken; the terminal knows only lots that came in. */
export const takenFrom = (house: Floor["house"], told: Body): Record<string, string> =>
  Object.fromEntries(
    Object.keys(told).map((sku) => {
      const lot = text(told, sku);
      if (house.lots.get(lot)?.sku !== sku)
        throw new Refusal(404, "LOT_UNKNOWN", `The warehouse has no lot ${lot} of ${sku}.`, { lot });
      return [sku, lot];
    }),
  );

const statusesOf = (by: Readonly<Record<string, bigint>>) =>
  Object.fromEntries(STATUSES.map((status) => [status, quantity(by[status] ?? 0n)]));

/** What the books show of lots. */
export const shownLots = (house: Floor["house"]) =>
  Object.fromEntries(
    [...house.lots].map(([lot, { sku, by }]) => [
      lot,
      { sku, ...Object.fromEntries(Object.entries(by).map(([status, held]) => [status, quantity(held)])) },
    ]),
  );
