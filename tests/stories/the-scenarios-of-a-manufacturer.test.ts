/**
 * Scenarios of a manufacturer, told one after the other in one world: each ends by reading the systems' own books.
 *
 * @covers EVT-15, EVT-16, EVT-17, EVT-18, EVT-40, PRC-03, SCN-04, SYS-13, SYS-17, SYS-39
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openWorld, type World } from "./kit/world.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

interface Entry {
  readonly entitySet: string;
  readonly reference: string;
  readonly postingDate: string;
  readonly lines: readonly { account: string; debit: string; credit: string }[];
}

/** The ERP's ledger entries about these references, each as `debit account / credit account`. */
async function ledger(...references: readonly (string | RegExp)[]): Promise<string[]> {
  const { ledger: entries } = (await world.books("erp")) as { ledger: Entry[] };
  return entries
    .filter(({ reference }) =>
      references.some((one) => (typeof one === "string" ? one === reference : one.test(reference))),
    )
    .flatMap(({ lines }) => lines)
    .map(({ account, debit, credit }) =>
      debit === "0.00" ? `Cr ${account} ${credit}` : `Dr ${account} ${debit}`,
    );
}

const order = async (id: string) => {
  const { productionOrders } = await world.books("erp");
  return productionOrders.find((one: { id: string }) => one.id === id);
};
const release = (id: string, quantity: string, more: Record<string, unknown> = {}) =>
  world.estate.act("erp", "release-production", { order: id, quantity, ...more });
const atMes = (id: string) =>
  world.until(`${id} is at the plant`, 20_000, async () =>
    (await world.books("mes")).orders.find((one: { id: string }) => one.id === id),
  );
const until = (what: string, look: () => Promise<boolean>) => world.until(what, 20_000, look);

const costCentre = (account: string, workCentre: string) =>
  world.estate.act("mdm", "change", {
    kind: "account",
    id: account,
    record: { kind: "cost-centre", workCentre, plant: "LYO" },
  });
const receipts = async (order: string) =>
  (await world.books("erp")).documents.A_PlantMovement.filter(
    (one: { MovementType: string; ManufacturingOrderReference: string }) =>
      one.MovementType === "131" && one.ManufacturingOrderReference === order,
  ) as { ExternalReference: string; CostCenter: string; Items: { Quantity: string }[] }[];
const stockOf = async (system: "erp" | "wms", sku: string): Promise<number> =>
  Number((await world.books(system)).stock[sku].onHand);

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
    await world.estate.act("mes", "consume", { order: "PR-7004", report: "MC-7004", materials });
    await until("the consumption is booked", async () => (await order("PR-7004")).wip === "12000.00");

    await world.estate.act("equipment", "run", { workCentre: "WC-1", order: "PR-7004", count: "10" });
    await until("the first ten are booked", async () => (await receipts("PR-7004")).length === 1);

    // Meanwhile nobody at the plant waits: three reports come while the ERP is away, and one of a work centre nobody knows.
    await world.estate.fault("erp", "down");
    await world.estate.act("equipment", "run", { workCentre: "WC-1", order: "PR-7004", count: "30" });
    await world.estate.act("equipment", "run", { workCentre: "WC-9", order: "PR-7004", count: "10" });
    await world.estate.act("equipment", "tell-again", { workCentre: "WC-1", last: 10 });
    await until("three postings wait for the ERP", async () => {
      const { rows } = await world.pool.query(
        `select count(*)::int as waiting from delivery where connection = 'erp' and contract = 'erp.post-production-receipt'
          and status <> 'applied'`,
      );
      return rows[0].waiting === 3;
    });
    expect(await receipts("PR-7004")).toHaveLength(1);
    const { rows } = await world.pool.query(
      "select status, key from instance where process = 'machine-output' and key = 'WC-9'",
    );
    expect(rows).toEqual([{ status: "expected", key: "WC-9" }]);
    await costCentre("CC-900", "WC-9");

    await world.estate.fault("erp", "lose-answer", { times: 1, path: "A_PlantMovement" });
    await world.estate.clear("erp", "down");
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
    expect((await world.estate.faults("erp")).fired).toMatchObject({ down: 1, "lose-answer": 1 });
    await until(
      "the warehouse has put all away",
      async () => (await stockOf("wms", "PUMP-100")) === before.wms + 50,
    );
    expect(await stockOf("erp", "PUMP-100")).toBe(before.erp + 50);
  });
});
