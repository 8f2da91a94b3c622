/** What is counted and scanned at the edge: Sparkplug B payloads of machines, EPCIS of pallets, differences of stock. */
import { describe, expect, test } from "vitest";
import { plantOf } from "../kit/plant.ts";
import type { World } from "../kit/world.ts";

export function edge(given: () => World): void {
  const { ledger, release, atMes, until, stockOf } = plantOf(given);
  const facts = async (system: "bi" | "replenishment") =>
    (await given().books(system)).facts as Record<string, unknown>[];

  describe("machines, scanners and counts", () => {
    test("cycles told as Sparkplug B payloads are added up to one report, and a payload that comes again counts once", async () => {
      const world = given();
      await world.estate.act("mdm", "change", {
        kind: "account",
        id: "CC-700",
        record: { kind: "cost-centre", workCentre: "WC-7", plant: "LYO" },
      });
      await release("PR-7030", "10");
      await atMes("PR-7030");
      await world.estate.settings("equipment", { speaks: "sparkplug" });
      await world.estate.act("equipment", "run", { workCentre: "WC-7", order: "PR-7030", count: "6" });
      await world.estate.act("equipment", "tell-again", { workCentre: "WC-7", last: 3 });
      await world.estate.act("equipment", "run", { workCentre: "WC-7", order: "PR-7030", count: "4" });
      await world.estate.settings("equipment", { speaks: "json" });
      await until("one report of ten is booked", async () => (await ledger(/^WC-7\//)).length > 0);
      expect(await ledger(/^WC-7\//)).toEqual(["Dr Finished goods 3000.00", "Cr Work in process 3000.00"]);
      const { rows } = await world.pool.query(
        "select count(*)::int as cycles from event where contract = 'production.machine-cycle-completed' and key like '%WC-7'",
      );
      expect(rows[0].cycles).toBeGreaterThanOrEqual(10);
    });

    test("a pallet that moves is seen, and what the warehouse misses leaves the ERP's stock and value", async () => {
      const world = given();
      const before = { erp: await stockOf("erp", "VALVE-20"), wms: await stockOf("wms", "VALVE-20") };
      await world.estate.act("wms", "move-pallet", {
        sscc: "340987650000000012",
        from: "A-01",
        to: "DOCK-2",
      });
      await world.estate.act("wms", "adjust-stock", { sku: "VALVE-20", delta: "-2", reason: "count" });
      await until("whoever listens knows the pallet's place", async () =>
        (await facts("bi")).some(({ sscc, to }) => sscc === "340987650000000012" && to === "DOCK-2"),
      );
      for (const system of ["replenishment", "bi"] as const)
        await until(`${system} knows of the two`, async () =>
          (await facts(system)).some(({ item, delta }) => item === "VALVE-20" && delta === "-2"),
        );
      await until("the ERP follows", async () => (await stockOf("erp", "VALVE-20")) === before.erp - 2);
      expect(await stockOf("wms", "VALVE-20")).toBe(before.wms - 2);
      const { documents } = await world.books("erp");
      const [adjusted] = documents.A_StockAdjustment as { ExternalReference: string }[];
      expect(await ledger(adjusted?.ExternalReference ?? "")).toEqual([
        "Dr Inventory differences 60.00",
        "Cr Finished goods 60.00",
      ]);
    });
  });
}
