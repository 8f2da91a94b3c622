/** SCN-12: a late supplier changes the order of production, and losses at the end of a period are booked in theirs or the next. */
import { describe, expect, test } from "vitest";
import { plantOf } from "../kit/plant.ts";
import type { World } from "../kit/world.ts";
import { endsInAgreement } from "../scenarios/ending.ts";

export function periodEnds(given: () => World): void {
  const { ledger, order, release, atMes, until, stockOf, reached, answer, kept, purchase, purchaseOrder } =
    plantOf(given);
  describe("SCN-12: a supplier is late and scrap comes at the end of the period", () => {
    test("the order moves, one loss is booked in its period, the late one in the next", async () => {
      const period = "ME-01/2026-10";
      const before = {
        seals: await stockOf("erp", "SEAL-9"),
        housings: await stockOf("erp", "HOUS-4"),
        motors: await stockOf("erp", "MOTOR-7"),
      };
      await purchase("610", "SEAL-9", "200", "5.00", "2026-10-12");
      await release("PR-7012", "80", { start: "2026-10-12" });
      await release("PR-7013", "20", { start: "2026-10-15" });
      await atMes("PR-7012");
      await atMes("PR-7013");
      // A notice that was written before the one in force changes nothing, although it comes later.
      const delay = { purchaseOrderId: "PO-610", oldDate: "2026-10-12" };
      const later = new Date(Date.now() + 60_000).toISOString();
      await given().estate.act("supplier", "delay", {
        ...delay,
        newDate: "2026-10-20",
        noticeId: "DN-2",
        noticedAt: "2026-10-01T08:00:00Z",
      });
      await given().estate.act("supplier", "delay", {
        ...delay,
        newDate: "2026-10-16",
        noticeId: "DN-1",
        noticedAt: later,
      });
      await until(
        "the older notice is superseded, the newer in force",
        async () =>
          (await kept("procure-to-pay", "PO-610", "is older than what is in force")) &&
          (await kept("procure-to-pay", "PO-610", "comes on 2026-10-16")),
      );
      const cause = "PO-610 is late.";
      await given().estate.act("scheduling", "move", {
        order: "PR-7013",
        from: "2026-10-15",
        to: "2026-10-12",
        cause,
      });
      await given().estate.act("scheduling", "move", {
        order: "PR-7012",
        from: "2026-10-12",
        to: "2026-10-16",
        salesOrder: "SO-1012",
        cause,
      });
      await until("they have changed places in ERP and MES", async () => {
        const plants = (await given().books("mes")).orders as { id: string; start: string }[];
        const at = (id: string) => plants.find((one) => one.id === id)?.start;
        return (
          (await order("PR-7013")).start === "2026-10-12" &&
          (await order("PR-7012")).start === "2026-10-16" &&
          at("PR-7013") === "2026-10-12" &&
          at("PR-7012") === "2026-10-16"
        );
      });
      await until("the customer of PR-7012 has a new day", async () => {
        const { records } = (await given().books("crm")) as {
          records: { externalId: string; fields: Record<string, string> }[];
        };
        return records.some(
          ({ externalId, fields }) => externalId === "SO-1012" && fields.Promised_Date__c === "2026-10-16",
        );
      });
      const materials = [
        { item: "HOUS-4", quantity: "20" },
        { item: "SEAL-9", quantity: "40" },
        { item: "MOTOR-7", quantity: "20" },
      ];
      await given().estate.act("mes", "consume", {
        order: "PR-7013",
        report: "MC-7013",
        materials,
        at: "2026-10-14T10:00:00Z",
      });
      await until("the consumption is booked", async () => (await order("PR-7013")).wip === "4800.00");

      // The close is asked while a loss is on its way: the period is not ready until it is booked.
      await given().estate.fault("erp", "slow", {
        ms: 800,
        when: "before",
        path: "A_PlantMovement",
        times: 1,
      });
      // The plant's clock is behind; what it says of the time is kept, and the day is the same.
      await given().estate.settings("mes", { minutesSlow: 3 });
      const scrap = { order: "PR-7013", item: "HOUS-4", quantity: "3", reason: "cracked", report: "SC-1" };
      await given().estate.act("mes", "scrap", { ...scrap, at: "2026-10-31T23:40:00Z" });
      await until("the loss is asked of the ledger", () => kept("period-end", period, "SC-1"));
      await given().estate.act("erp", "set-period", { period: "2026-10", status: "soft-closed" });
      await until("the period is not ready", () =>
        kept("period-end", period, "Not ready: 1 postings are in flight."),
      );
      await until("the period is ready", async () => (await reached("period-end", period)).includes("ready"));
      expect(await ledger("SC-1")).toEqual(["Dr Scrap 240.00", "Cr Raw material 240.00"]);
      await given().estate.act("erp", "set-period", { period: "2026-10", status: "closed" });
      await until("the period is closed", async () =>
        (await reached("period-end", period)).includes("closed"),
      );

      const late = { order: "PR-7013", item: "MOTOR-7", quantity: "2", reason: "burnt", report: "SC-2" };
      await given().estate.act("mes", "scrap", { ...late, at: "2026-10-31T23:55:00Z" });
      const because = await answer("production-order", "PR-7013", "late posting", "approved");
      const { rows: heldFor } = await given().pool.query(
        "select readable(data) as data from event where contract = 'finance.posting-held-for-period' and data like '%SC-2%'",
      );
      expect(heldFor.map(({ data }) => data)).toMatchObject([
        { fiscalPeriod: "2026-10", documentDate: "2026-10-31", policy: "ask", owner: "controller" },
      ]);
      expect(because).toContain("Approve to book it on 2026-11-01.");
      await until("the late loss is booked", async () => (await ledger("SC-2")).length === 2);

      await given().estate.settings("mes", { minutesSlow: 0 });
      const { rows: told } = await given().pool.query(
        "select data from event where contract = 'production.scrap-declared' and data like '%PR-7013%' order by position",
      );
      expect(told.map(({ data }) => JSON.parse(data).declaredAt)).toEqual([
        "2026-10-31T23:37:00.000Z",
        "2026-10-31T23:52:00.000Z",
      ]);
      const { documents } = await given().books("erp");
      const found = (reference: string) =>
        documents.A_PlantMovement.find(
          (one: { ExternalReference: string }) => one.ExternalReference === reference,
        );
      expect(found("SC-1")).toMatchObject({ DocumentDate: "2026-10-31", PostingDate: "2026-10-31" });
      expect(found("SC-2")).toMatchObject({ DocumentDate: "2026-10-31", PostingDate: "2026-11-01" });
      expect(await ledger("SC-2")).toEqual(["Dr Scrap 300.00", "Cr Raw material 300.00"]);
      expect(await purchaseOrder("PO-610")).toMatchObject({ needBy: "2026-10-16", state: "open" });
      const { ledger: entries } = await given().books("erp");
      const periods = (entries as { reference: string; postingDate: string }[])
        .filter(({ reference }) => /^SC-[12]$/.test(reference))
        .map(({ reference, postingDate }) => [reference, postingDate]);
      expect(periods).toEqual([
        ["SC-1", "2026-10-31"],
        ["SC-2", "2026-11-01"],
      ]);
      expect(await stockOf("erp", "SEAL-9")).toBe(before.seals - 40);
      expect(await stockOf("erp", "HOUS-4")).toBe(before.housings - 20 - 3);
      expect(await stockOf("erp", "MOTOR-7")).toBe(before.motors - 20 - 2);
      await endsInAgreement(given(), {
        about: ["PR-7012", "PR-7013", "PO-610", period],
        kinds: ["production-orders", "purchase-orders", "periods"],
        stock: ["SEAL-9", "HOUS-4", "MOTOR-7"],
        faults: [["erp", "slow"]],
      });
    });
  });
}
