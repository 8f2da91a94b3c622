/** What planning of the nineties says was made is in stock, in the ERP's ledger and on the finance platform alike, each once. */
import { describe, expect, test } from "vitest";
import { plantOf } from "../kit/plant.ts";
import type { World } from "../kit/world.ts";

interface Journal {
  readonly fields: { readonly Description: string };
  readonly posting: readonly { readonly account: string; readonly debit: string; readonly credit: string }[];
}

export function productionToFinance(given: () => World): void {
  const { ledger, order, release, atMes, until, stockOf } = plantOf(given);

  describe("inventory and finance keep step", () => {
    test("completions told by file, some of them twice, are worth the same in ERP and finance platform", async () => {
      const world = given();
      const before = { erp: await stockOf("erp", "PUMP-100"), wms: await stockOf("wms", "PUMP-100") };
      await release("PR-7050", "12");
      await atMes("PR-7050");
      const made = (count: number) =>
        Array.from({ length: count }, () => ({
          order: "PR-7050",
          plant: "LYO",
          item: "PUMP-100",
          quantity: "1",
        }));
      // The platform loses an answer, and would book twice what comes twice; the same hour is told a second time.
      const lost = async (): Promise<number> =>
        (await world.estate.faults("fusion")).fired["lose-answer"] ?? 0;
      const lostBefore = await lost();
      await world.estate.fault("fusion", "lose-answer", { times: 1, path: "ledgerJournals" });
      await world.estate.act("planning", "send-hour", { number: "HR-7051", completions: made(8) });
      await world.estate.act("planning", "again", { number: "HR-7051" });
      await world.estate.act("planning", "send-hour", { number: "HR-7052", completions: made(4) });

      const journals = async (): Promise<Journal[]> => {
        const { documents } = (await world.books("fusion")) as { documents: { ledgerJournals?: Journal[] } };
        const { ledgerJournals = [] } = documents;
        return ledgerJournals.filter(({ fields }) => /, HR-705[12]-/.test(fields.Description));
      };
      await until("twelve journals are booked", async () => (await journals()).length === 12);
      await until("the order is complete", async () => (await order("PR-7050")).produced === "12");
      const totals = (lines: readonly { account: string; debit: string; credit: string }[]) =>
        Object.fromEntries(
          [...new Set(lines.map(({ account }) => account))].map((account) => [
            account,
            lines
              .filter((line) => line.account === account)
              .reduce((sum, { debit, credit }) => sum + Number(debit) - Number(credit), 0),
          ]),
        );
      const platform = totals((await journals()).flatMap(({ posting }) => posting));
      expect(platform).toEqual({ "Finished goods": 3_600, "Work in process": -3_600 });
      const booked = await ledger(/^HR-705[12]-/);
      expect(booked).toEqual(
        Array.from({ length: 12 }, () => ["Dr Finished goods 300.00", "Cr Work in process 300.00"]).flat(),
      );
      await until(
        "the warehouse has them",
        async () => (await stockOf("wms", "PUMP-100")) === before.wms + 12,
      );
      expect(await stockOf("erp", "PUMP-100")).toBe(before.erp + 12);
      expect(await lost()).toBe(lostBefore + 1);
    });
  });
}
