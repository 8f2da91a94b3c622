/**
 * What goods received, changes of a lot's status and transfers do to what the warehouse holds.
 *
 * What must stay true: what leaves one place or status arrives in another, or leaves the house.
 */
import { milli } from "../kernel/decimal.ts";
import type { Arrived, Take, Transfer, Warehouse } from "./warehouse-state.ts";

export const movements = {
  "goods-received"(house: Warehouse, entry: Omit<Arrived, "warehouse" | "at">, at: string) {
    house.receipts.push({ ...entry, warehouse: "WH-LYO", at });
    for (const { sku, quantity: value, lot, status = "available" } of entry.lines) {
      const held = house.stock.get(sku)!;
      held.received += milli(value);
      if (status !== "available") held.held += milli(value);
      if (lot === undefined) continue;
      const known = house.lots.get(lot) ?? { sku, by: {} };
      known.by[status] = (known.by[status] ?? 0n) + milli(value);
      house.lots.set(lot, known);
    }
  },
  "receipt-corrected"(
    house: Warehouse,
    {
      kind: _,
      ...entry
    }: { kind: string; id: string; reference: string; receiptId: string } & Pick<
      Arrived,
      "purchaseOrderId" | "knownAs"
    >,
  ) {
    house.corrections.push(entry);
    const receipt = house.receipts.find(({ id }) => id === entry.receiptId);
    if (receipt === undefined || receipt.notOurs) return;
    const { purchaseOrderId: toldFor, ...rest } = receipt;
    if (toldFor !== undefined) receipt.toldFor = toldFor;
    if (entry.purchaseOrderId !== undefined) {
      receipt.purchaseOrderId = entry.purchaseOrderId;
      if (entry.knownAs !== undefined) receipt.knownAs = entry.knownAs;
      return;
    }
    delete receipt.purchaseOrderId;
    receipt.notOurs = true;
    for (const { sku, quantity: value, lot, status = "available" } of rest.lines) {
      const held = house.stock.get(sku)!;
      held.received -= milli(value);
      if (status !== "available") held.held -= milli(value);
      const known = lot === undefined ? undefined : house.lots.get(lot);
      if (known) known.by[status] = (known.by[status] ?? 0n) - milli(value);
    }
  },
  "status-asked"(
    house: Warehouse,
    entry: {
      lost: boolean;
      change: {
        id: string;
        reference: string;
        lot: string;
        sku: string;
        from: string;
        to: string;
        quantity: string;
      };
    },
  ) {
    const { lot, sku, from, to, quantity: value } = entry.change;
    house.statusChanges.push({ ...entry.change, lost: entry.lost });
    if (entry.lost) {
      house.settings.loseStatusChanges -= 1;
      return;
    }
    const known = house.lots.get(lot)!;
    const moved = milli(value);
    known.by[from] = (known.by[from] ?? 0n) - moved;
    known.by[to] = (known.by[to] ?? 0n) + moved;
    const held = house.stock.get(sku)!;
    if (from === "available") held.held += moved;
    if (to === "available") held.held -= moved;
    // What is damaged leaves the stock, and with it what was held of it.
    if (to === "damaged") {
      held.adjusted -= moved;
      held.held -= moved;
    }
  },
  "transfer-asked"(house: Warehouse, { transfer, takes }: { transfer: Transfer; takes: Take[] }) {
    house.transfers.push({ ...transfer });
    for (const { allocation, index, quantity: value } of takes) {
      const line = house.allocations.get(allocation)!.lines[index]!;
      line.reserved -= milli(value);
      line.taken += milli(value);
    }
  },
  "transfer-left"(house: Warehouse, { id }: { id: string }, at: string) {
    const transfer = house.transfers.find((one) => one.id === id)!;
    transfer.sentAt = at;
    const held = house.stock.get(transfer.sku)!;
    held.shipped += milli(transfer.quantity);
    held.allocated -= milli(transfer.quantity);
  },
};
