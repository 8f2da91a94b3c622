/** Procure to pay: ordered, announced, received, billed and paid; what does not agree is decided by people. */
import { describe, expect, test } from "vitest";
import { plantOf } from "../kit/plant.ts";
import type { World } from "../kit/world.ts";

const SEALS = [{ sku: "SEAL-9", quantity: "60", price: "5.00" }];

export function buying(given: () => World): void {
  const { ledger, until, stockOf, reached, answer, kept } = plantOf(given);

  async function ordered(number: string): Promise<string> {
    await given().estate.act("procurement", "approve", {
      requisition: `RQ-${number}`,
      supplier: "V-310",
      needBy: "2026-12-20",
      lines: SEALS,
    });
    const order = `PO-${number}`;
    await until(`${order} is confirmed`, async () =>
      (await reached("procure-to-pay", order)).includes("confirmed"),
    );
    return order;
  }
  const bill = (purchaseOrderId: string, invoice: string, more = {}) =>
    given().estate.act("supplier", "invoice", { purchaseOrderId, invoice, ...more });
  const atTheDoor = (purchaseOrderId: string, quantity: string) =>
    given().estate.act("wms", "receive-goods", {
      purchaseOrderId,
      lines: [{ line: "1", sku: "SEAL-9", quantity }],
    });
  const paid = async (order: string) =>
    (await given().books("bank")).paymentOrders
      .filter(({ paymentId }: { paymentId: string }) => paymentId.startsWith(`${order}/`))
      .map(({ paymentId, creditor, amount }: Record<string, string>) => [paymentId, creditor, amount]);
  const isPaid = (order: string) =>
    until(`${order} is paid`, async () => (await reached("procure-to-pay", order)).includes("paid"));

  describe("procure to pay: order, receipt and invoice are held against each other", () => {
    test("an invoice waits for its goods, is booked when they agree, and paid once", async () => {
      const before = { erp: await stockOf("erp", "SEAL-9"), wms: await stockOf("wms", "SEAL-9") };
      const order = await ordered("801");
      await given().estate.act("supplier", "ship", { purchaseOrderId: order });
      await bill(order, "SI-801");
      await until("the invoice waits for the goods", () =>
        kept("procure-to-pay", order, "waits for the goods"),
      );
      await given().estate.fault("erp", "lose-answer", { times: 1, path: "A_GoodsReceipt" });
      await atTheDoor(order, "20");
      await atTheDoor(order, "40");
      await isPaid(order);

      expect(await reached("procure-to-pay", order)).toEqual([
        "ordered",
        "confirmed",
        "notified",
        "received",
        "matched",
        "paid",
      ]);
      expect(await ledger("V-310/SI-801")).toEqual([
        "Dr GR/IR 300.00",
        "Dr Input tax 60.00",
        "Cr Payables 360.00",
      ]);
      const { documents } = await given().books("erp");
      const receipts = documents.A_GoodsReceipt.filter(
        (one: { PurchaseOrder: string }) => one.PurchaseOrder === order,
      );
      expect(
        await ledger(...receipts.map((one: { ExternalReference: string }) => one.ExternalReference)),
      ).toEqual([
        ...["Dr Raw material 100.00", "Cr GR/IR 100.00"],
        ...["Dr Raw material 200.00", "Cr GR/IR 200.00"],
      ]);
      expect(await paid(order)).toEqual([[`${order}/SI-801`, "V-310", "360.00"]]);
      expect(await stockOf("erp", "SEAL-9")).toBe(before.erp + 60);
      expect(await stockOf("wms", "SEAL-9")).toBe(before.wms + 60);
      expect((await given().estate.faults("erp")).fired["lose-answer"]).toBeGreaterThan(0);
    });

    test("one that is dearer than agreed goes back, and only the right one is booked and paid", async () => {
      const order = await ordered("802");
      await atTheDoor(order, "60");
      await until("the goods are counted", async () =>
        (await reached("procure-to-pay", order)).includes("received"),
      );
      await bill(order, "SI-802", { prices: { "1": "6.00" } });
      expect(await answer("procure-to-pay", order, "mismatch", "declined", "Agreed was 5.00.")).toBe(
        "Line 1, price: expected 300.00 EUR, found 360.00 EUR.",
      );
      await until("it goes back", () => kept("procure-to-pay", order, "sends the invoice back"));
      await bill(order, "SI-803");
      await isPaid(order);
      expect(await paid(order)).toEqual([[`${order}/SI-803`, "V-310", "360.00"]]);
      expect(await ledger(/^V-310\/SI-80[23]$/)).toEqual([
        "Dr GR/IR 300.00",
        "Dr Input tax 60.00",
        "Cr Payables 360.00",
      ]);
    });
  });
}
