/** SCN-05: a lot is held, part of it rejected and the rest sold; stock status and ledger keep step. */
import { describe, expect, test } from "vitest";
import { plantOf } from "../kit/plant.ts";
import type { World } from "../kit/world.ts";
import { balances, endsInAgreement } from "../scenarios/ending.ts";

export function rejection(given: () => World): void {
  const { ledger, order, release, atMes, until, stockOf, reached, answer } = plantOf(given);
  const STATUSES = "36 quality-hold,4 damaged,36 available";

  describe("SCN-05: a production order from release to shipment, with a rejection", () => {
    test("four of forty are rejected in stock and ledger, thirty-six are sold", async () => {
      const before = { erp: await stockOf("erp", "PUMP-100"), wms: await stockOf("wms", "PUMP-100") };
      await release("PR-7005", "40");
      await atMes("PR-7005");

      // The consumption names a lot the ERP does not know; it waits, and goes by itself when the item's record comes.
      await given().estate.settings("erp", { checkLots: true });
      const materials = [
        { item: "HOUS-4", quantity: "40", lot: "L-555" },
        { item: "SEAL-9", quantity: "80" },
        { item: "MOTOR-7", quantity: "40" },
      ];
      await given().estate.act("mes", "consume", { order: "PR-7005", report: "MC-7005", materials });
      await until("the consumption waits for its lot", async () => {
        const { rows } = await given().pool.query(
          "select waits_for from delivery where contract = 'erp.post-consumption' and status = 'parked'",
        );
        return rows[0]?.waits_for === "item/HOUS-4";
      });
      await given().estate.settings("erp", { lots: ["L-555"] });
      await given().estate.act("mdm", "change", { kind: "item", id: "HOUS-4", record: { lots: ["L-555"] } });
      await until("the consumption is booked", async () => (await order("PR-7005")).wip === "9600.00");

      const { onHand, allocated } = (await given().books("wms")).stock["PUMP-100"];
      const offered = Number(onHand) - Number(allocated);
      // Quality decides before the report of the output has come out of the plant, and its decision comes before its hold.
      await given().estate.fault("qms", "reorder", { ms: 200 });
      await given().estate.fault("mes", "hold-webhooks");
      await given().estate.act("mes", "complete", {
        order: "PR-7005",
        item: "PUMP-100",
        quantity: "40",
        lot: "L-900",
        report: "OC-7005",
      });
      await given().estate.act("qms", "hold", { lot: "L-900", order: "PR-7005", quantity: "40" });
      await given().estate.act("qms", "reject", { lot: "L-900", quantity: "4" });
      // The warehouse takes the rejection and loses it.
      await given().estate.settings("wms", { loseStatusChanges: 1, losesChangesTo: "damaged" });
      await given().estate.clear("mes");
      await until("the lot is held in the warehouse", async () =>
        (await reached("lot-quality", "L-900")).includes("contained"),
      );
      // Commerce asks the same availability as everybody; what is held is not there to be sold.
      const lines = [{ line: "1", sku: "PUMP-100", quantity: "1" }];
      const availability = async () => {
        const { body } = await given().post("/v1/availability", { lines }, "");
        return Number((body.answer as { lines: { available: string }[] }).lines[0]?.available);
      };
      // The four whose change the warehouse lost are still offered.
      expect(await availability()).toBe(offered + 4);
      // After its patience both words stand beside each other, with what the pieces are worth, and somebody sends the change again.
      const because = await answer("lot-quality", "L-900", "status change", "approved");
      expect(because).toContain("4 PUMP-100 of lot L-900 are still available");
      const { rows: apart } = await given().pool.query(
        "select readable(data) as data from event where contract = 'operations.exception-raised' and data like '%lot-quality/status-not-changed%' and data like '%L-900%'",
      );
      expect(apart.map(({ data }) => data)).toMatchObject([
        {
          title: "Quality says damaged, the warehouse says available.",
          valueAtRisk: { amount: "1200.00", currency: "EUR" },
        },
      ]);
      await until(
        "the rejection is carried out",
        async () => (await given().books("wms")).lots["L-900"].damaged === "4",
      );
      expect(await availability()).toBe(offered);
      await given().estate.act("qms", "release", { lot: "L-900", quantity: "36" });
      await until("lot and ledger are corrected", async () => {
        const { rows } = await given().pool.query(
          "select status from instance where process = 'lot-quality' and key = 'L-900'",
        );
        return rows[0]?.status === "completed";
      });

      await given().estate.settings("wms", { takesFrom: { "PUMP-100": "L-900" } });
      const sale = await given().orderByApi("C-NORTH", [{ sku: "PUMP-100", quantity: "36" }], {
        fate: "invoiced",
      });
      await given().decide(sale, "invoice release", "approved", "As shipped.");
      await given().reached(sale, "invoiced");
      await given().estate.act("erp", "close-production", { order: "PR-7005" });
      await until("the order is settled", async () => (await order("PR-7005")).state === "closed");
      await given().estate.settings("erp", { checkLots: false });

      expect(await order("PR-7005")).toMatchObject({
        produced: "40",
        scrapped: "4",
        wip: "0.00",
        state: "closed",
      });
      expect((await given().books("qms")).lots).toMatchObject([
        { lot: "L-900", released: "36", rejected: "4", status: "decided" },
      ]);
      await given().estate.settings("wms", { takesFrom: {} });
      expect((await given().books("wms")).lots["L-900"]).toEqual({
        sku: "PUMP-100",
        available: "0",
        "quality-hold": "0",
        damaged: "4",
      });
      await until("the ERP knows what became of the lot", async () => {
        const changes = (await given().books("erp")).documents.A_StockStatusChange as Record<
          string,
          string
        >[];
        const of = changes.filter(({ Batch }) => Batch === "L-900");
        return of.map(({ Quantity, ToStatus }) => `${Quantity} ${ToStatus}`).join() === STATUSES;
      });
      expect(await stockOf("wms", "PUMP-100")).toBe(before.wms + 40 - 4 - 36);
      expect(await stockOf("erp", "PUMP-100")).toBe(before.erp + 40 - 4 - 36);
      expect(await ledger(/^MC-7005/, "OC-7005")).toEqual([
        ...[
          "Dr Work in process 3200.00",
          "Cr Raw material 3200.00",
          "Dr Work in process 400.00",
          "Cr Raw material 400.00",
        ],
        ...["Dr Work in process 6000.00", "Cr Raw material 6000.00"],
        ...["Dr Finished goods 12000.00", "Cr Work in process 12000.00"],
      ]);
      const { documents, ledger: entries } = await given().books("erp");
      const settled = entries
        .filter((one: { entitySet: string }) => one.entitySet === "A_ProductionSettlement")
        .at(-1);
      expect(settled.lines).toEqual([
        { account: "Work in process", debit: "2400.00", credit: "0.00" },
        { account: "Conversion", debit: "0.00", credit: "2400.00" },
      ]);
      expect(await ledger(/^QD-/)).toEqual(["Dr Scrap 1200.00", "Cr Finished goods 1200.00"]);
      const invoice = documents.A_BillingDocument.at(-1);
      expect(invoice).toMatchObject({
        TotalNetAmount: "18000.00",
        TaxAmount: "3600.00",
        TotalGrossAmount: "21600.00",
      });
      const sold = entries.filter((one: { order: string | null }) => one.order === invoice.SalesOrder);
      expect(balances(sold.flatMap((one: { lines: never[] }) => one.lines))).toEqual({
        "Cost of sales": ["10800.00", "0.00"],
        "Finished goods": ["0.00", "10800.00"],
        Receivables: ["21600.00", "0.00"],
        Revenue: ["0.00", "18000.00"],
        Tax: ["0.00", "3600.00"],
      });
      const { rows } = await given().pool.query(
        "select count(*)::int as told from event where contract = 'production.demand-signalled' and data like '%PR-7005%'",
      );
      expect(rows).toEqual([{ told: 3 }]);
      await until("demand planning is current", async () => {
        const { facts } = (await given().books("demand")) as {
          facts: { productionOrderId?: string; item?: string }[];
        };
        const items = facts
          .filter(({ productionOrderId }) => productionOrderId === "PR-7005")
          .map(({ item }) => item ?? "");
        return items.toSorted().join(" ") === "HOUS-4 MOTOR-7 SEAL-9";
      });
      await until("procurement is to buy again what was used", async () => {
        const { requisitions } = (await given().books("procurement")) as {
          requisitions: { item: string; order: string; quantity: string }[];
        };
        const mine = requisitions.filter((one) => one.order === "PR-7005");
        const wanted = mine.map(({ item, quantity }) => `${quantity} ${item}`);
        return wanted.toSorted().join() === "40 HOUS-4,40 MOTOR-7,80 SEAL-9";
      });
      await endsInAgreement(given(), {
        about: ["PR-7005", "L-900", `SO-NORTH-${sale}`],
        kinds: ["production-orders", "lots", "orders"],
        stock: ["PUMP-100"],
        faults: [
          ["mes", "hold-webhooks"],
          ["qms", "reorder"],
        ],
      });
    });
  });
}
