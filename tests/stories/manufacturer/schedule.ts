/** SCN-09: an urgent order moves others, and suppliers are asked before anybody decides. */
import { describe, expect, test } from "vitest";
import { plantOf } from "../kit/plant.ts";
import type { World } from "../kit/world.ts";
import { endsInAgreement } from "../scenarios/ending.ts";

export function scheduleMoves(given: () => World): void {
  const { order, release, atMes, until, stockOf, answer, kept, purchase, purchaseOrder } = plantOf(given);
  describe("SCN-09: a high-priority order forces a schedule change", () => {
    test("three suppliers are asked, planner and buyer decide once, everybody follows", async () => {
      await release("PR-7009", "30", { start: "2026-12-10", salesOrder: "SO-1009" });
      await release("PR-7010", "10", { start: "2026-12-09", salesOrder: "SO-1010" });
      await atMes("PR-7009");
      await atMes("PR-7010");
      await purchase("501", "SEAL-9", "60", "5.00", "2026-12-09");
      await purchase("502", "MOTOR-7", "30", "150.00", "2026-12-09");
      await purchase("503", "HOUS-4", "30", "80.00", "2026-12-09");
      const items = ["PUMP-100", "SEAL-9", "MOTOR-7", "HOUS-4"];
      const stock = () =>
        Promise.all(
          (["erp", "wms"] as const).flatMap((system) => items.map((item) => stockOf(system, item))),
        );
      const entries = async () => [
        (await given().books("erp")).ledger.length,
        (await given().books("finance")).journalEntries.length,
      ];
      const reserved = async () => Number((await given().books("wms")).stock["HOUS-4"].allocated);
      const before = { stock: await stock(), entries: await entries(), reserved: await reserved() };

      await given().estate.settings("supplier", {
        answers: { "PO-502": { onTime: "20", lateDate: "2026-12-08" }, "PO-503": { confirm: "silent" } },
      });
      const pegged = (needBy: string) =>
        [
          ["PO-501", "SEAL-9", "60"],
          ["PO-502", "MOTOR-7", "30"],
          ["PO-503", "HOUS-4", "30"],
        ].map(([purchaseOrderId, sku, quantity]) => ({
          purchaseOrderId,
          supplier: "V-310",
          line: "1",
          sku,
          quantity,
          needBy,
        }));
      // The supplier's service is away when it is asked, and its first answer comes twice.
      await given().estate.fault("supplier", "down", { ms: 700 });
      await given().estate.fault("supplier", "duplicate-webhooks", { times: 1 });
      const change = {
        order: "PR-7009",
        from: "2026-12-10",
        salesOrder: "SO-1009",
        displaced: [{ order: "PR-7010", start: "2026-12-11", salesOrder: "SO-1010" }],
        expedite: [
          { driver: "air freight", amount: "450.00" },
          { driver: "overtime", amount: "300.00" },
        ],
        cause: "SO-1009 became urgent.",
      };
      await given().estate.act("scheduling", "move", {
        ...change,
        to: "2026-12-08",
        purchaseOrders: pegged("2026-12-07"),
      });
      await given().estate.act("scheduling", "move", {
        ...change,
        to: "2026-12-07",
        purchaseOrders: pegged("2026-12-06"),
      });

      const because = await answer("schedule-change", "PR-7009", "plan", "approved");
      expect(because).toContain("PO-502 (MOTOR-7): 20 in time, 10 on 2026-12-08.");
      expect(because).toContain("PO-503 (HOUS-4): no answer, 30 from safety stock.");
      expect(because).toContain("PR-7010 moves to 2026-12-11.");
      expect((await order("PR-7009")).start).toBe("2026-12-10");
      await answer("schedule-change", "PR-7009", "purchase", "approved");
      await until("both orders have moved in ERP and MES", async () => {
        const plants = (await given().books("mes")).orders as {
          id: string;
          start: string;
          version: number;
        }[];
        const at = (id: string) => plants.find((one) => one.id === id);
        return (
          (await order("PR-7009")).start === "2026-12-07" &&
          (await order("PR-7010")).start === "2026-12-11" &&
          at("PR-7009")?.start === "2026-12-07" &&
          at("PR-7010")?.start === "2026-12-11" &&
          at("PR-7009")?.version === (await order("PR-7009")).version &&
          at("PR-7010")?.version === (await order("PR-7010")).version
        );
      });
      await until("PO-502 is split", async () => (await purchaseOrder("PO-502")).changed === true);
      expect((await purchaseOrder("PO-502")).changes).toEqual([
        { line: "1", sku: "MOTOR-7", quantity: "20", needBy: "2026-12-06" },
        { line: "1A", sku: "MOTOR-7", quantity: "10", needBy: "2026-12-08" },
      ]);
      // The answer after the decision is shown and changes nothing.
      await given().estate.act("supplier", "answer", { purchaseOrderId: "PO-503" });
      await until("the late answer is noted", () =>
        kept("schedule-change", "PR-7009", "PO-503 answered after the decision"),
      );
      expect(await kept("schedule-change", "PR-7009", "Version 2 is superseded by 3.")).toBe(true);
      expect((await purchaseOrder("PO-503")).changed).toBeUndefined();
      const { rows } = await given().pool.query(
        "select data from event where contract = 'production.variance-projected' and data like '%PR-7009%'",
      );
      expect(rows.map(({ data }) => JSON.parse(data).amount)).toEqual([
        { amount: "750.00", currency: "EUR" },
      ]);
      await until("finance sees what is to be expected", async () => {
        const { facts } = (await given().books("consolidation")) as {
          facts: { productionOrderId?: string; amount?: { amount: string } }[];
        };
        return facts.some((one) => one.productionOrderId === "PR-7009" && one.amount?.amount === "750.00");
      });
      await until("customers have their new days", async () => {
        const { records } = (await given().books("crm")) as {
          records: { externalId: string; fields: Record<string, string> }[];
        };
        const day = (id: string) => records.find((one) => one.externalId === id)?.fields.Promised_Date__c;
        return day("SO-1009") === "2026-12-07" && day("SO-1010") === "2026-12-11";
      });
      await until("housings are set aside", async () => (await reserved()) === before.reserved + 30);
      // Nothing waits for an order that never comes.
      const { rows: waiting } = await given().pool.query(
        "select process, key from instance where status = 'expected' and process in ('make-to-order', 'subcontract')",
      );
      expect(waiting).toEqual([]);
      // Suppliers hold what was agreed, stock is as it was, and no ledger has an entry yet.
      expect((await purchaseOrder("PO-501")).confirmed).toMatchObject([
        { quantity: "60", promisedDate: "2026-12-06" },
      ]);
      expect(await purchaseOrder("PO-503")).toMatchObject({ lines: [{ quantity: "30" }] });
      expect(await stock()).toEqual(before.stock);
      expect(await entries()).toEqual(before.entries);
      await endsInAgreement(given(), {
        about: ["PR-7009", "PR-7010", "PO-501", "PO-502", "PO-503"],
        kinds: ["production-orders", "purchase-orders"],
        stock: ["HOUS-4", "PUMP-100"],
        faults: [
          ["supplier", "down"],
          ["supplier", "duplicate-webhooks"],
        ],
      });
    });
  });
}
