/** A receipt as whoever counted the goods tells it, by whether somebody can say which order they are of. */
import type { Message } from "crossdock";
import { stock } from "crossdock/canon";

type Receipt = (typeof stock.GoodsReceived)["sample"];

/** Of a purchase order, a transfer, or what a plant made, goods are received; what names none of them is to be asked about. */
export function receiptOf(receipt: Receipt, made = false): Message {
  const { purchaseOrderId, transferId, ...unassigned } = receipt;
  return purchaseOrderId === undefined && transferId === undefined && !made
    ? stock.GoodsUnassigned.of(unassigned)
    : stock.GoodsReceived.of(receipt);
}
