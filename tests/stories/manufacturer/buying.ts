/** Procure to pay: ordered, announced, received, billed and paid; what does not agree is decided by people. */
import { describe, expect, test } from "vitest";
import { differing } from "../agreement/kit.ts";
import { plantOf } from "../kit/plant.ts";
import type { World } from "../kit/world.ts";

interface Arrived {
  readonly purchaseOrderId?: string;
  readonly toldFor?: string;
  readonly knownAs?: string;
}

const SEALS = [{ sku: "SEAL-9", quantity: "60", price: "5.00" }];

export function buying(given: () => World): void {
  const { ledger, until, stockOf, reached, answer, kept } = plantOf(given);

  const approve = (number: string, supplier: string) =>
    given().estate.act("procurement", "approve", {
      requisition: `RQ-${number}`,
      supplier,
      needBy: "2026-12-20",
      lines: SEALS,
    });
  async function ordered(number: string): Promise<string> {
    await approve(number, "V-310");
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
      const before = { erp: await stockOf("erp", "SEAL-9"), wms: await stockOf("wms", "SEAL-9") };
      const order = await ordered("802");
      // The papers name an order nobody placed; the buyer says whose the goods are. Of others he says that they are not ours.
      await atTheDoor("PO-8020", "60");
      await atTheDoor("PO-8021", "5");
      // The papers of some name no order at all.
      const { id: nameless } = await given().estate.act("wms", "receive-goods", {
        lines: [{ line: "1", sku: "SEAL-9", quantity: "7" }],
      });
      const asked = await answer(
        "unordered-receipt",
        "PO-8020",
        "unordered goods",
        "approved",
        `${order}: mixed up.`,
      );
      expect(
        await answer("nameless-receipt", nameless, "unordered goods", "declined", "Nobody knows."),
      ).toMatch(/^7 EA of SEAL-9 at WH-LYO as \S+ came, and the papers name no order\./);
      expect(asked).toMatch(/^60 EA of SEAL-9 at WH-LYO as \S+ came for PO-8020, which nobody told us of\./);
      await answer("unordered-receipt", "PO-8021", "unordered goods", "declined", "The wrong address.");
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
      const { documents } = await given().books("erp");
      expect(
        documents.A_GoodsReceipt.flatMap((one: { PurchaseOrder: string; ExternalReference: string }) =>
          /^PO-802/.test(one.PurchaseOrder) ? [[one.PurchaseOrder, one.ExternalReference]] : [],
        ),
      ).toEqual([[order, expect.stringMatching(/\/PO-802$/)]]);
      const { rows: told } = await given().pool.query(
        "select owner, reason from exception where fingerprint = 'unordered-receipt/not ours' and resolved_at is null order by reason",
      );
      expect(told).toEqual(
        ["5", "7"].map((pieces) => ({
          owner: "warehouse",
          reason: expect.stringContaining(`${pieces} EA of SEAL-9`),
        })),
      );
      // Whoever took them in under another number, or under none, keeps them as it was decided: nobody contradicts.
      await until("only what is ours is in stock", async () => {
        const [wms, erp] = [await stockOf("wms", "SEAL-9"), await stockOf("erp", "SEAL-9")];
        return wms === before.wms + 60 && erp === before.erp + 60;
      });
      await given().until("nobody contradicts about what was mixed up", 60_000, async () => {
        const lines = await differing(given(), "purchase-orders", "stock");
        return !lines.some((line) => /PO-802|SEAL-9/.test(line));
      });
      const { corrected } = Object.groupBy((await given().books("wms")).goodsReceipts as Arrived[], (one) =>
        one.toldFor === "PO-8020" ? "corrected" : "other",
      );
      expect(corrected).toMatchObject([
        { purchaseOrderId: order, knownAs: expect.stringMatching(/\/PO-802$/) },
      ]);
    }, 120_000);
  });
  describe("what names a record nobody has set up yet waits for it", () => {
    const RECORDS: Record<string, Record<string, unknown>> = {
      supplier: { partyName: "New Seals" },
      item: {},
    };
    const unknown = { erp: new Set<string>(), supplier: new Set<string>() };
    const missing = (system: "erp" | "supplier", ...records: string[]) => {
      for (const record of records) unknown[system].add(record);
      return given().estate.settings(system, { unknown: [...unknown[system]] });
    };
    /** Waits until a command waits for a record, sets the record up and tells of it twice; then nothing waits for it. */
    async function setUp(record: string, contract: string, system: "erp" | "supplier"): Promise<void> {
      const waiting = async () =>
        (
          await given().pool.query(
            `select d.contract, x.title, x.owner from delivery d
               join exception x on x.subject = d.key and x.resolved_at is null where d.waits_for = $1 and d.status = 'parked'`,
            [record],
          )
        ).rows;
      await until(`${contract} waits for ${record}`, async () => (await waiting()).length === 1);
      const [kind = "", id = ""] = record.split("/");
      const title = expect.stringMatching(`does not know ${kind} ${id}$`);
      expect(await waiting()).toEqual([{ contract, title, owner: expect.stringMatching(/./) }]);
      unknown[system].delete(record);
      unknown[system].delete(id);
      await missing(system);
      for (let time = 0; time < 2; time += 1)
        await given().estate.act("mdm", "change", { kind, id, record: RECORDS[kind] });
      await until(`nothing waits for ${record}`, async () => (await waiting()).length === 0);
    }

    async function bought(): Promise<void> {
      const order = "PO-810";
      await approve("810", "V-777");
      await setUp("supplier/V-777", "procurement.issue-order", "supplier");
      await until(`${order} is confirmed`, async () =>
        (await reached("procure-to-pay", order)).includes("confirmed"),
      );
      await atTheDoor(order, "60");
      await setUp("item/SEAL-9", "erp.post-goods-receipt", "erp");
      await missing("erp", "supplier/V-777");
      await bill(order, "SI-810");
      await setUp("supplier/V-777", "erp.post-supplier-invoice", "erp");
      await isPaid(order);
      const { orders } = (await given().books("supplier")) as { orders: { purchaseOrderId: string }[] };
      expect(orders.filter(({ purchaseOrderId }) => purchaseOrderId === order)).toHaveLength(1);
      const { documents } = await given().books("erp");
      for (const set of ["A_GoodsReceipt", "A_SupplierInvoice"])
        expect(
          documents[set].filter((one: { PurchaseOrder: string }) => one.PurchaseOrder === order),
        ).toHaveLength(1);
      expect(await paid(order)).toEqual([[`${order}/SI-810`, "V-777", "360.00"]]);
    }

    async function sold(): Promise<void> {
      const lines = [{ sku: "VALVE-20", quantity: "1", price: "50.00" }];
      const number = await given().orderByApi("C-NORTH", lines);
      await setUp("item/VALVE-20", "erp.post-sales-order", "erp");
      await until(
        "the order is on the ERP's books, once",
        async () =>
          (await given().books("erp")).documents.A_SalesOrder.filter(
            (one: { PurchaseOrderByCustomer: string }) => one.PurchaseOrderByCustomer === number,
          ).length === 1,
      );
    }

    test("a purchase order, its goods and its invoice, and an order's line each go by themselves, once", async () => {
      await missing("supplier", "V-777");
      await missing("erp", "item/SEAL-9", "item/VALVE-20");
      await Promise.all([bought(), sold()]);
    });
  });
}
