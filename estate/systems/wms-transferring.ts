/**
 * Transfers: what is set aside for an order leaves for another warehouse, which ships it.
 *
 * What must stay true: only what is reserved for the order leaves, and it leaves once; from then on it stands in nobody's stock
 * until the other warehouse has counted it.
 */
import { type Answer, type Body, positiveQuantity, Refusal, text } from "../kernel/call.ts";
import { quantity } from "../kernel/decimal.ts";
import type { Take } from "./warehouse-state.ts";
import { type Floor, least } from "./wms-floor.ts";

export function transferring({ tools, house, number }: Floor) {
  function askTransfer(body: Body): Answer {
    const [reference, orderId, transferId, line, sku, to] = [
      "reference",
      "orderId",
      "transferId",
      "line",
      "sku",
      "to",
    ].map((field) => text(body, field)) as [string, string, string, string, string, string];
    const asked = positiveQuantity(body, "quantity");
    let owed = asked;
    const takes: Take[] = [];
    for (const allocation of house.allocationsOf.get(orderId) ?? [])
      allocation.lines.forEach((one, index) => {
        if (one.sku !== sku || String(one.line) !== line) return;
        // Only what stands here leaves from here.
        const here = [...one.elsewhere.values()].reduce((left, there) => left - there, one.reserved);
        const share = least(owed, here);
        if (share <= 0n) return;
        owed -= share;
        takes.push({ allocation: allocation.id, index, quantity: quantity(share) });
      });
    if (owed > 0n)
      throw new Refusal(
        409,
        "INSUFFICIENT_STOCK",
        `Of ${sku} ${quantity(owed)} are not set aside for ${orderId}, so they cannot leave.`,
        { sku },
      );
    const transfer = { reference, orderId, transferId, line, sku, to, quantity: quantity(asked) };
    const id = number("TF");
    tools.commit({ kind: "transfer-asked", transfer: { id, ...transfer, sentAt: null }, takes });
    tools.later(() => leave(id));
    return { status: 201, body: { id, ...transfer } };
  }

  /** The truck leaves. */
  function leave(id: string): void {
    const transfer = house.transfers.find((one) => one.id === id)!;
    if (transfer.sentAt !== null) return;
    tools.commit({ kind: "transfer-left", id });
    const { orderId, reference, transferId, line, sku, to, quantity: value } = transfer;
    tools.webhook(orderId, {
      type: "stock.transferred",
      orderId,
      reference,
      transferId,
      movementId: id,
      sku,
      quantity: value,
      warehouse: "WH-LYO",
      toWarehouse: to,
      lines: [{ line, sku, quantity: value }],
    });
  }

  return {
    askTransfer,
    resume(): void {
      for (const { id, sentAt } of house.transfers) if (sentAt === null) tools.later(() => leave(id));
    },
  };
}
