/**
 * What is on its way to ERP and warehouse, or kept back from them, in pieces of an item at a place.
 *
 * A loss that waits for its period, goods that left for an order the ERP has not taken yet, a report a process stands still at: each is
 * known here and in one of the two systems, so it is counted with what the other holds. Pure.
 */
import type { Awaited, Moved, Moving } from "crossdock";
import { decimals, erp, logistics, plant, production, returns, stock } from "crossdock/canon";
import type { OrderState } from "../../distribution/order-state.ts";
import type { LotState } from "../processes/lot-quality.ts";
import type { ProductionState } from "../processes/production-order.ts";
import type { UnorderedState } from "../processes/unordered-receipt.ts";

type Of<Contract extends { sample: unknown }> = Contract["sample"];
interface Pieces {
  readonly item: string;
  readonly quantity: { readonly value: string };
}

const less = (value: string): string => decimals.subtract("0", value);
const at = (place: string, pieces: readonly Pieces[], way: (value: string) => string): Moved[] =>
  pieces.map(({ item, quantity: { value } }) => ({ number: `${item}/${place}`, by: way(value) }));
const of = (system: string, moved: readonly Moved[]): Awaited[] => moved.map((one) => ({ ...one, system }));

/** `ours`: the house our own warehouse system keeps; what names no place happened there. */
export function underWay(ours: string): Pick<Moving, "messages" | "keptBack"> {
  const out = (pieces: readonly Pieces[], place = ours) => at(place, pieces, less);
  const into = (pieces: readonly Pieces[], place = ours) => at(place, pieces, (value) => value);
  const came = ({ lines, warehouse }: Of<typeof stock.GoodsUnassigned>) =>
    into(
      lines.map(({ item, receivedQuantity }) => ({ item, quantity: receivedQuantity })),
      warehouse,
    );
  const received = {
    [stock.GoodsUnassigned.name]: (receipt: Of<typeof stock.GoodsUnassigned>) => of("erp", came(receipt)),
    [stock.GoodsReceived.name]: (receipt: Of<typeof stock.GoodsReceived>) => of("erp", came(receipt)),
  };
  return {
    messages: {
      [erp.PostGoodsIssue.name]: (issue: Of<typeof erp.PostGoodsIssue>) => out(issue.lines, issue.warehouse),
      [plant.PostGoodsReceipt.name]: (receipt: Of<typeof plant.PostGoodsReceipt>) =>
        into(receipt.lines, receipt.warehouse),
      [plant.PostProductionReceipt.name]: (made: Of<typeof plant.PostProductionReceipt>) => into([made]),
      [plant.PostConsumption.name]: (used: Of<typeof plant.PostConsumption>) => out(used.materials),
      [plant.PostScrap.name]: (lost: Of<typeof plant.PostScrap>) => out([lost]),
      [returns.PostGoodsReturn.name]: (back: Of<typeof returns.PostGoodsReturn>) => into(back.lines),
      // What is not ours leaves the warehouse's stock.
      [plant.CorrectReceipt.name]: ({ correctOrderId, lines, warehouse }: Of<typeof plant.CorrectReceipt>) =>
        correctOrderId === undefined
          ? out(
              lines.map(({ item, receivedQuantity }) => ({ item, quantity: receivedQuantity })),
              warehouse,
            )
          : [],
      [plant.PutAway.name]: (made: Of<typeof plant.PutAway>) => into([made]),
      [production.MaterialConsumed.name]: (used: Of<typeof production.MaterialConsumed>) =>
        out(used.materials),
      [production.ScrapDeclared.name]: (lost: Of<typeof production.ScrapDeclared>) => out([lost]),
      [plant.ChangeStockStatus.name]: (change: Of<typeof plant.ChangeStockStatus>) =>
        change.to === "damaged" ? out([change]) : [],
      [stock.StockAdjusted.name]: ({ positionId, delta }: Of<typeof stock.StockAdjusted>) => [
        { number: positionId, by: delta },
      ],
      [stock.StockTransferred.name]: (moved: Of<typeof stock.StockTransferred>) =>
        moved.stage === "sent" ? out([moved], moved.from) : into([moved], moved.to),
    },
    keptBack: {
      "production-order": {
        behind: [plant.CheckPeriod.name],
        ofState: ({ checking, held }: ProductionState) =>
          of(
            "erp",
            out([...checking, ...held].map(({ item, quantity: value }) => ({ item, quantity: { value } }))),
          ),
        ofFacts: {
          [production.MaterialConsumed.name]: (used: Of<typeof production.MaterialConsumed>) =>
            of("erp", out(used.materials)),
          [production.ScrapDeclared.name]: (lost: Of<typeof production.ScrapDeclared>) =>
            of("erp", out([lost])),
          [production.OutputCompleted.name]: (made: Of<typeof production.OutputCompleted>) => [
            ...of("erp", into([made])),
            ...of("wms", into([made])),
          ],
        },
      },
      "lot-quality": {
        behind: [plant.PostProductionReceipt.name, plant.PutAway.name],
        ofState: ({ item, booked, scraps, putAway, changes }: LotState) => [
          ...(booked
            ? []
            : of("erp", out(scraps.map(({ quantity: value }) => ({ item, quantity: { value } }))))),
          ...(putAway
            ? []
            : of(
                "wms",
                out(
                  changes
                    .filter(({ to }) => to === "damaged")
                    .map(({ quantity: value }) => ({ item, quantity: { value } })),
                ),
              )),
        ],
      },
      "order-to-cash": {
        behind: [erp.PostSalesOrder.name],
        ofState: ({ shipments }: OrderState) =>
          of(
            "erp",
            shipments.flatMap((one) => (one.goodsIssueSent ? [] : out(one.lines, one.warehouse))),
          ),
        ofFacts: {
          [logistics.ShipmentDispatched.name]: (left: Of<typeof logistics.ShipmentDispatched>) =>
            of("erp", out(left.lines, left.warehouse)),
        },
      },
      "procure-to-pay": { ofFacts: received },
      "unordered-receipt": {
        ofState: ({ waiting }: UnorderedState) => of("erp", waiting.flatMap(came)),
        ofFacts: received,
      },
      "nameless-receipt": {
        ofState: ({ waiting }: UnorderedState) => of("erp", waiting.flatMap(came)),
        ofFacts: received,
      },
      intercompany: { ofFacts: received },
      returns: {
        ofFacts: {
          [returns.GoodsReturned.name]: (back: Of<typeof returns.GoodsReturned>) =>
            back.restockDecision === "restock" ? of("erp", into(back.lines, back.warehouse)) : [],
        },
      },
    },
  };
}
