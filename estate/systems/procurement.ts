/**
 * The procurement platform: requisitions somebody approved there, told once each; and for what plants use, a requisition of its own
 * that every demand told keeps current.
 *
 * What must stay true: a requisition is approved once, with its prices and its supplier; a demand and a receipt count once, however often they are told.
 *
 * @covers SYS-25
 */
import { list, optionalText, positiveQuantity, Refusal, text } from "../kernel/call.ts";
import { milli, quantity } from "../kernel/decimal.ts";
import { desk } from "../kernel/desk.ts";
import type { Tools, Trade } from "../kernel/station.ts";

export function procurement(tools: Tools): Trade {
  return desk(tools, ({ documents, change, tell, told }) => ({
    collections: {
      demands: {
        prefix: "DE",
        known: (body) =>
          [...documents.demands!.values()].find(({ demandId }) => demandId === text(body, "demandId")),
        check: (body) => ({
          demandId: text(body, "demandId"),
          item: text(body, "item"),
          plant: text(body, "plant"),
          order: optionalText(body, "order") ?? "",
          quantity: quantity(positiveQuantity(body, "quantity")),
        }),
      },
      /** Goods that came in for what was bought through it: a receipt counts once. */
      receipts: {
        prefix: "RC",
        known: (body) =>
          [...documents.receipts!.values()].find(
            ({ receipt, lost }) => receipt === text(body, "receipt") && lost !== true,
          ),
        check: (body) => ({
          receipt: text(body, "receipt"),
          purchaseOrder: text(body, "purchaseOrder"),
          lines: list(body, "lines").map((line) => ({
            line: text(line, "line"),
            sku: text(line, "sku"),
            quantity: quantity(milli(text(line, "quantity"), "quantity")),
          })),
        }),
      },
      /** A receipt that was told for an order it is not of: it counts for that order no longer. */
      "receipt-corrections": {
        prefix: "RX",
        known: (body) =>
          [...documents["receipt-corrections"]!.values()].find(
            ({ receipt }) => receipt === text(body, "receipt"),
          ),
        check: (body) => ({
          receipt: text(body, "receipt"),
          purchaseOrder: optionalText(body, "purchaseOrder") ?? "",
          reason: optionalText(body, "reason") ?? "",
        }),
      },
    },
    routes: [
      {
        method: "GET",
        path: /^\/receipts$/,
        handle: ({ query }) => {
          const wanted = (query.get("purchaseOrders") ?? "").split(",");
          const corrected = [...documents["receipt-corrections"]!.values()].map(({ receipt }) => receipt);
          const items = [...documents.receipts!.values()].filter(
            ({ purchaseOrder, receipt, lost }) =>
              wanted.includes(purchaseOrder as string) && lost !== true && !corrected.includes(receipt),
          );
          return { status: 200, body: { items } };
        },
      },
    ],
    /** What is to be bought again: by item, plant and the production order that used it. */
    books: () => ({
      requisitions: [
        ...Map.groupBy(documents.demands!.values(), ({ item, plant, order }) => `${item} ${plant} ${order}`),
      ].map(([, all]) => {
        const { item, plant, order } = all[0]!;
        const wanted = all.reduce((sum, one) => sum + milli(one.quantity as string), 0n);
        return { item, plant, order, quantity: quantity(wanted) };
      }),
    }),
    acts: {
      /** A receipt is gone, or found again, and nobody is told. */
      "lose-receipt": (body) => {
        const known = [...documents.receipts!.values()].find(
          ({ receipt }) => receipt === text(body, "receipt"),
        );
        if (known === undefined) throw new Refusal(404, "NOT_FOUND", `There is no receipt ${body.receipt}.`);
        change("receipts", known.number, { lost: body.found !== true });
        return { number: known.number };
      },
      approve: (body) => {
        const requisition = text(body, "requisition");
        if (told.some((one) => one.requisition === requisition))
          throw new Refusal(409, "APPROVED_BEFORE", `Requisition ${requisition} is approved already.`);
        const lines = list(body, "lines").map((line, index) => ({
          line: optionalText(line, "line") ?? String(index + 1),
          sku: text(line, "sku"),
          quantity: text(line, "quantity"),
          price: text(line, "price"),
        }));
        tell(requisition, {
          type: "requisition.approved",
          requisition,
          supplier: text(body, "supplier"),
          needBy: text(body, "needBy"),
          approver: optionalText(body, "approver") ?? "marc",
          lines,
          ...(body.order === undefined ? {} : { order: text(body, "order") }),
        });
        return { requisition };
      },
    },
  }));
}
