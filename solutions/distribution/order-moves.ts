/**
 * Orders that leave from another warehouse than ours: what is set aside for them here is moved there first.
 *
 * One thing stays true: only what stands where the order leaves from counts as allocated, so nothing is called for that is not there
 * yet. What arrived there is told as an allocation of that warehouse; an order that is not moved knows nothing of this file.
 */
import { type Command, send } from "crossdock";
import { type inventory, type LineQuantity, transfers } from "crossdock/canon";
import type { OrderState } from "./order-state.ts";
import type { Step } from "./order-words.ts";

type Report = (typeof inventory.StockAllocated)["sample"];

/** Whether the report is of goods that stand elsewhere than where the order leaves from. */
export const standsElsewhere = ({ order }: OrderState, { warehouse }: Report): boolean =>
  order.shipsFrom !== undefined && warehouse !== order.shipsFrom;

/** Nothing undoes it: goods on the road arrive. */
const transferStock = (salesOrderId: string, part: LineQuantity, to: string, count: number): Command =>
  send(
    transfers.TransferStock.of({
      transferId: `TR-${salesOrderId.replace(/^SO-/, "")}-${count}`,
      salesOrderId,
      ...part,
      to,
    }),
  );

/** Sends what is set aside here to where the order leaves from. */
export function moved(state: OrderState, allocations: readonly LineQuantity[]): Step {
  const { salesOrderId, shipsFrom = "" } = state.order;
  const before = state.moves ?? 0;
  const what = allocations.map(({ item, quantity }) => `${quantity.value} ${quantity.uom} of ${item}`);
  return {
    state: { ...state, moves: before + allocations.length },
    send: allocations.map((part, at) => transferStock(salesOrderId, part, shipsFrom, before + at + 1)),
    note: `${what.join(", ")} go to ${shipsFrom}, where the order leaves from.`,
  };
}
