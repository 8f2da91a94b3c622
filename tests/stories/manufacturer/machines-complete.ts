/** SCN-04: what machines make while the ERP is down waits for it in order, and is booked once. */
import { describe, expect, test } from "vitest";
import { plantOf } from "../kit/plant.ts";
import type { World } from "../kit/world.ts";
import { endsInAgreement } from "../scenarios/ending.ts";

export function machinesComplete(given: () => World): void {
  const { ledger, order, release, atMes, until, stockOf } = plantOf(given);
  const costCentre = (account: string, workCentre: string) =>
    given().estate.act("mdm", "change", {
      kind: "account",
      id: account,
      record: { kind: "cost-centre", workCentre, plant: "LYO" },
    });
  const receipts = async (order: string) =>
    (await given().books("erp")).documents.A_PlantMovement.filter(
      (one: { MovementType: string; ManufacturingOrderReference: string }) =>
        one.MovementType === "131" && one.ManufacturingOrderReference === order,
    ) as { ExternalReference: string; CostCenter: string; Items: { Quantity: string }[] }[];

  describe("SCN-04: machines complete while the ERP is down", () => {
    test("cycles become five reports, wait for the ERP in order, and are booked once", async () => {
      const before = { erp: await stockOf("erp", "PUMP-100"), wms: await stockOf("wms", "PUMP-100") };
      await costCentre("CC-100", "WC-1");
      await release("PR-7004", "50");
      await atMes("PR-7004");
      const materials = [
        { item: "HOUS-4", quantity: "50" },
        { item: "SEAL-9", quantity: "100" },
        { item: "MOTOR-7", quantity: "50" },
      ];
      await given().estate.act("mes", "consume", { order: "PR-7004", report: "MC-7004", materials });
      await until("the consumption is booked", async () => (await order("PR-7004")).wip === "12000.00");

      /** The machine counts; so does the plant's own line, which hears of it at once. */
      const run = async (workCentre: string, count: string) => {
        await given().estate.act("equipment", "run", { workCentre, order: "PR-7004", count });
        await given().estate.act("mes", "count", { order: "PR-7004", quantity: count });
      };
      await run("WC-1", "10");
      await until("the first ten are booked", async () => (await receipts("PR-7004")).length === 1);

      // Meanwhile nobody at the plant waits: three reports come while the ERP is away, and one of a work centre nobody knows.
      await given().estate.fault("erp", "down");
      // Others want the ERP as well: five orders whose credit it is asked about.
      const orders = await Promise.all(
        Array.from({ length: 5 }, () => given().orderByApi("C-NORTH", [{ sku: "VALVE-20", quantity: "1" }])),
      );
      await run("WC-1", "30");
      await run("WC-9", "10");
      await given().estate.act("equipment", "tell-again", { workCentre: "WC-1", last: 10 });
      await until("three postings wait for the ERP", async () => {
        const { rows } = await given().pool.query(
          `select count(*)::int as waiting from delivery where connection = 'erp' and contract = 'erp.post-production-receipt'
            and status <> 'applied'`,
        );
        return rows[0].waiting === 3;
      });
      expect(await receipts("PR-7004")).toHaveLength(1);
      // The plant has made its fifty meanwhile and waits for nobody: what it told is taken.
      expect(await atMes("PR-7004")).toMatchObject({ produced: "50", state: "Completed" });
      await until("nothing waits at the plant", async () => {
        const { mes, equipment } = await given().estate.describe();
        return mes?.filesWaiting === 0 && equipment?.webhooksWaiting === 0;
      });
      /** What was said of the ERP: that it is away, and that it answers and what waited has left. */
      const said = async (): Promise<[string, number][]> =>
        (
          await given().pool.query(
            `select contract, readable(data) as data from event where correlation = 'connection/erp' and contract like 'operations.dependency-%'
              order by position`,
          )
        ).rows.map(({ contract, data }) => [contract, data.waiting ?? data.drained]);
      await until("it is said that the ERP does not answer", async () => (await said()).length === 1);
      // One output is held for want of master data, and finance owns it.
      const noCostCentre = async () =>
        (
          await given().pool.query(
            "select class, owner, resolution from exception where fingerprint = 'machine-output/no-cost-centre'",
          )
        ).rows;
      await until("finance is shown what is missing", async () => (await noCostCentre()).length === 1);
      expect(await noCostCentre()).toEqual([{ class: "data", owner: "finance", resolution: null }]);
      await costCentre("CC-900", "WC-9");

      await given().estate.fault("erp", "lose-answer", { times: 1, path: "A_PlantMovement" });
      await given().estate.clear("erp", "down");
      await until("all five are booked", async () => (await receipts("PR-7004")).length === 5);
      await until("the order is complete", async () => (await order("PR-7004")).produced === "50");

      const booked = await receipts("PR-7004");
      expect(booked.map(({ Items }) => Items[0]?.Quantity)).toEqual(["10", "10", "10", "10", "10"]);
      expect(new Set(booked.map(({ ExternalReference }) => ExternalReference)).size).toBe(5);
      expect(booked.filter(({ CostCenter }) => CostCenter === "CC-900")).toHaveLength(1);
      // Per work centre in the order in which the machine counted.
      const ofOne = booked
        .map(({ ExternalReference }) => ExternalReference)
        .filter((one) => one.startsWith("WC-1/"));
      expect(ofOne).toEqual(["WC-1/1-10", "WC-1/11-20", "WC-1/21-30", "WC-1/31-40"]);
      expect(await ledger(/^WC-[19]\//)).toEqual(
        Array.from({ length: 5 }, () => ["Dr Finished goods 3000.00", "Cr Work in process 3000.00"]).flat(),
      );
      await until(
        "the warehouse has put all away",
        async () => (await stockOf("wms", "PUMP-100")) === before.wms + 50,
      );
      expect(await stockOf("erp", "PUMP-100")).toBe(before.erp + 50);
      // Closed, the order holds nothing any more.
      await given().estate.act("erp", "close-production", { order: "PR-7004" });
      await until("the order is settled", async () => (await order("PR-7004")).wip === "0.00");
      for (const number of orders) await given().reached(number, "invoiced");
      await until("it is said that all that waited has left", async () => (await said()).length === 2);
      expect((await said()).map(([contract]) => contract)).toEqual([
        "operations.dependency-unavailable",
        "operations.dependency-restored",
      ]);
      expect((await said())[1]?.[1]).toBeGreaterThanOrEqual(3);
      // The outage used up no tries: at most one was on its way when it began.
      const { rows: tries } = await given().pool.query(
        "select max(attempts)::int as most from delivery where contract = 'erp.post-production-receipt' and subject = 'productionOrder/PR-7004'",
      );
      expect(tries[0].most).toBeLessThanOrEqual(2);
      expect(await noCostCentre()).toEqual([{ class: "data", owner: "finance", resolution: "by itself" }]);
      await endsInAgreement(given(), {
        about: ["PR-7004", "workCentre/WC-1", "workCentre/WC-9"],
        kinds: ["production-orders"],
        stock: ["PUMP-100"],
        faults: [
          ["erp", "down"],
          ["erp", "lose-answer"],
        ],
      });
    });
  });
}
