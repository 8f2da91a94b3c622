/**
 * Scenarios of a manufacturer, told one after the other in one world: each ends by reading the systems' own books. The longer ones
 * stand in `manufacturer/`.
 *
 * @covers EVT-09, EVT-10, EVT-11, EVT-12, EVT-15, EVT-16, EVT-17, EVT-18, EVT-19, EVT-20, EVT-21, EVT-22, EVT-23, EVT-24, EVT-25, EVT-26, EVT-27, EVT-28,
 *   EVT-30, EVT-40, EVT-43, EVT-44, PRC-02, PRC-03, PRC-08, PRC-11, PRC-12, PRC-13, PRC-14, PRC-15, PRC-16, PRC-17, PRC-19, PRC-27, PRC-29, SCN-02, SCN-04, SCN-05, SCN-09,
 *   SCN-12, SYS-13, SYS-15, SYS-17, SYS-24, SYS-25, SYS-26, SYS-27, SYS-39
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { standardPolicy } from "../../solutions/distribution/policy.ts";
import { plantOf } from "./kit/plant.ts";
import { openWorld, type World } from "./kit/world.ts";
import { buying } from "./manufacturer/buying.ts";
import { edge } from "./manufacturer/edge.ts";
import { makeToOrder } from "./manufacturer/make-to-order.ts";
import { endsInAgreement } from "./scenarios/ending.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld({
    settings: {
      policy: {
        reviews: { ...standardPolicy.reviews, credit: { by: "credit-team", within: "1s" } },
        invoiceRelease: { above: "9000.00", by: "controller", within: "4h" },
      },
    },
    plantPolicy: { madeToOrder: ["PUMP-100"] },
  });
});
afterAll(() => world.close());

const { ledger, order, release, atMes, until, stockOf, reached, answer, kept } = plantOf(() => world);

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
makeToOrder(() => world);

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

    /** The machine counts; so does the plant's own line, which hears of it at once. */
    const run = async (workCentre: string, count: string) => {
      await world.estate.act("equipment", "run", { workCentre, order: "PR-7004", count });
      await world.estate.act("mes", "count", { order: "PR-7004", quantity: count });
    };
    await run("WC-1", "10");
    await until("the first ten are booked", async () => (await receipts("PR-7004")).length === 1);

    // Meanwhile nobody at the plant waits: three reports come while the ERP is away, and one of a work centre nobody knows.
    await world.estate.fault("erp", "down");
    // Others want the ERP as well: five orders whose credit it is asked about.
    const orders = await Promise.all(
      Array.from({ length: 5 }, () => world.orderByApi("C-NORTH", [{ sku: "VALVE-20", quantity: "1" }])),
    );
    await run("WC-1", "30");
    await run("WC-9", "10");
    await world.estate.act("equipment", "tell-again", { workCentre: "WC-1", last: 10 });
    await until("three postings wait for the ERP", async () => {
      const { rows } = await world.pool.query(
        `select count(*)::int as waiting from delivery where connection = 'erp' and contract = 'erp.post-production-receipt'
          and status <> 'applied'`,
      );
      return rows[0].waiting === 3;
    });
    expect(await receipts("PR-7004")).toHaveLength(1);
    /** What was said of the ERP: that it is away, and that it answers and what waited has left. */
    const said = async (): Promise<[string, number][]> =>
      (
        await world.pool.query(
          `select contract, readable(data) as data from event where correlation = 'connection/erp' and contract like 'operations.dependency-%'
            order by position`,
        )
      ).rows.map(({ contract, data }) => [contract, data.waiting ?? data.drained]);
    await until("it is said that the ERP does not answer", async () => (await said()).length === 1);
    // One output is held for want of master data, and finance owns it.
    const noCostCentre = async () =>
      (
        await world.pool.query(
          "select class, owner, resolution from exception where fingerprint = 'machine-output/no-cost-centre'",
        )
      ).rows;
    await until("finance is shown what is missing", async () => (await noCostCentre()).length === 1);
    expect(await noCostCentre()).toEqual([{ class: "data", owner: "finance", resolution: null }]);
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
    await until(
      "the warehouse has put all away",
      async () => (await stockOf("wms", "PUMP-100")) === before.wms + 50,
    );
    expect(await stockOf("erp", "PUMP-100")).toBe(before.erp + 50);
    // The plant made its fifty and never waited; closed, the order holds nothing any more.
    expect(await atMes("PR-7004")).toMatchObject({ produced: "50", state: "Completed" });
    await world.estate.act("erp", "close-production", { order: "PR-7004" });
    await until("the order is settled", async () => (await order("PR-7004")).wip === "0.00");
    for (const number of orders) await world.reached(number, "invoiced");
    await until("it is said that all that waited has left", async () => (await said()).length === 2);
    expect((await said()).map(([contract]) => contract)).toEqual([
      "operations.dependency-unavailable",
      "operations.dependency-restored",
    ]);
    expect((await said())[1]?.[1]).toBeGreaterThanOrEqual(3);
    // The outage used up no tries: at most one was on its way when it began.
    const { rows: tries } = await world.pool.query(
      "select max(attempts)::int as most from delivery where contract = 'erp.post-production-receipt' and subject = 'productionOrder/PR-7004'",
    );
    expect(tries[0].most).toBeLessThanOrEqual(2);
    expect(await noCostCentre()).toEqual([{ class: "data", owner: "finance", resolution: "by itself" }]);
    await endsInAgreement(world, {
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

const STATUSES = "40 quality-hold,4 damaged,36 available";

describe("SCN-05: a production order from release to shipment, with a rejection", () => {
  test("four of forty are rejected in stock and ledger, thirty-six are sold", async () => {
    const before = { erp: await stockOf("erp", "PUMP-100"), wms: await stockOf("wms", "PUMP-100") };
    await release("PR-7005", "40");
    await atMes("PR-7005");

    // The consumption names a lot the ERP does not know; it waits, and goes by itself when the item's record comes.
    await world.estate.settings("erp", { checkLots: true });
    const materials = [
      { item: "HOUS-4", quantity: "40", lot: "L-555" },
      { item: "SEAL-9", quantity: "80" },
      { item: "MOTOR-7", quantity: "40" },
    ];
    await world.estate.act("mes", "consume", { order: "PR-7005", report: "MC-7005", materials });
    await until("the consumption waits for its lot", async () => {
      const { rows } = await world.pool.query(
        "select waits_for from delivery where contract = 'erp.post-consumption' and status = 'parked'",
      );
      return rows[0]?.waits_for === "item/HOUS-4";
    });
    await world.estate.settings("erp", { lots: ["L-555"] });
    await world.estate.act("mdm", "change", { kind: "item", id: "HOUS-4", record: { lots: ["L-555"] } });
    await until("the consumption is booked", async () => (await order("PR-7005")).wip === "9600.00");

    const { onHand, allocated } = (await world.books("wms")).stock["PUMP-100"];
    const offered = Number(onHand) - Number(allocated);
    // Quality decides before the report of the output has come out of the plant.
    await world.estate.fault("mes", "hold-webhooks");
    await world.estate.act("mes", "complete", {
      order: "PR-7005",
      item: "PUMP-100",
      quantity: "40",
      lot: "L-900",
      report: "OC-7005",
    });
    await world.estate.act("qms", "hold", { lot: "L-900", order: "PR-7005", quantity: "40" });
    await world.estate.act("qms", "reject", { lot: "L-900", quantity: "4" });
    // The warehouse takes the rejection and loses it.
    await world.estate.settings("wms", { loseStatusChanges: 1, losesChangesTo: "damaged" });
    await world.estate.clear("mes");
    await until("the lot is held in the warehouse", async () =>
      (await reached("lot-quality", "L-900")).includes("contained"),
    );
    // Commerce asks the same availability as everybody; what is held is not there to be sold.
    const lines = [{ line: "1", sku: "PUMP-100", quantity: "1" }];
    const availability = async () => {
      const { body } = await world.post("/v1/availability", { lines }, "");
      return Number((body.answer as { lines: { available: string }[] }).lines[0]?.available);
    };
    expect(await availability()).toBe(offered);
    // After its patience both words stand beside each other, with what the pieces are worth, and somebody sends the change again.
    const because = await answer("lot-quality", "L-900", "status change", "approved");
    expect(because).toContain("4 PUMP-100 of lot L-900 are still quality-hold");
    const { rows: apart } = await world.pool.query(
      "select readable(data) as data from event where contract = 'operations.exception-raised' and data like '%lot-quality/status-not-changed%' and data like '%L-900%'",
    );
    expect(apart.map(({ data }) => data)).toMatchObject([
      {
        title: "Quality says damaged, the warehouse says quality-hold.",
        valueAtRisk: { amount: "1200.00", currency: "EUR" },
      },
    ]);
    await until(
      "the rejection is carried out",
      async () => (await world.books("wms")).lots["L-900"].damaged === "4",
    );
    await world.estate.act("qms", "release", { lot: "L-900", quantity: "36" });
    await until("lot and ledger are corrected", async () => {
      const { rows } = await world.pool.query(
        "select status from instance where process = 'lot-quality' and key = 'L-900'",
      );
      return rows[0]?.status === "completed";
    });

    const sale = await world.orderByApi("C-NORTH", [{ sku: "PUMP-100", quantity: "36" }], {
      fate: "invoiced",
    });
    await world.decide(sale, "invoice release", "approved", "As shipped.");
    await world.reached(sale, "invoiced");
    await world.estate.act("erp", "close-production", { order: "PR-7005" });
    await until("the order is settled", async () => (await order("PR-7005")).state === "closed");
    await world.estate.settings("erp", { checkLots: false });

    expect(await order("PR-7005")).toMatchObject({
      produced: "40",
      scrapped: "4",
      wip: "0.00",
      state: "closed",
    });
    expect((await world.books("qms")).lots).toMatchObject([
      { lot: "L-900", released: "36", rejected: "4", status: "decided" },
    ]);
    expect((await world.books("wms")).lots["L-900"]).toEqual({
      sku: "PUMP-100",
      available: "36",
      "quality-hold": "0",
      damaged: "4",
    });
    await until("the ERP knows what became of the lot", async () => {
      const changes = (await world.books("erp")).documents.A_StockStatusChange as Record<string, string>[];
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
    const { documents, ledger: entries } = await world.books("erp");
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
    const { rows } = await world.pool.query(
      "select count(*)::int as told from event where contract = 'production.demand-signalled' and data like '%PR-7005%'",
    );
    expect(rows).toEqual([{ told: 3 }]);
    await until("demand planning is current", async () => {
      const { facts } = (await world.books("demand")) as {
        facts: { productionOrderId?: string; item?: string }[];
      };
      const items = facts
        .filter(({ productionOrderId }) => productionOrderId === "PR-7005")
        .map(({ item }) => item ?? "");
      return items.toSorted().join(" ") === "HOUS-4 MOTOR-7 SEAL-9";
    });
    await endsInAgreement(world, {
      about: ["PR-7005", "L-900", `SO-NORTH-${sale}`],
      kinds: ["production-orders", "lots", "orders"],
      stock: ["PUMP-100"],
      faults: [["mes", "hold-webhooks"]],
    });
  });
});

/** A requisition approved in procurement, until its order is confirmed. */
async function purchase(
  id: string,
  sku: string,
  quantity: string,
  price: string,
  needBy: string,
): Promise<void> {
  const lines = [{ sku, quantity, price }];
  await world.estate.act("procurement", "approve", {
    requisition: `RQ-${id}`,
    supplier: "V-310",
    needBy,
    lines,
  });
  await until(`PO-${id} is confirmed`, async () =>
    (await reached("procure-to-pay", `PO-${id}`)).includes("confirmed"),
  );
}
const purchaseOrder = async (id: string) =>
  (await world.books("supplier")).orders.find(
    (one: { purchaseOrderId: string }) => one.purchaseOrderId === id,
  );
describe("SCN-09: a high-priority order forces a schedule change", () => {
  test("three suppliers are asked, planner and buyer decide once, everybody follows", async () => {
    await release("PR-7009", "30", { start: "2026-12-10", salesOrder: "SO-1009" });
    await release("PR-7010", "10", { start: "2026-12-09", salesOrder: "SO-1010" });
    await atMes("PR-7009");
    await atMes("PR-7010");
    await purchase("501", "SEAL-9", "60", "5.00", "2026-12-09");
    await purchase("502", "MOTOR-7", "30", "150.00", "2026-12-09");
    await purchase("503", "HOUS-4", "30", "80.00", "2026-12-09");
    const stock = await stockOf("erp", "PUMP-100");
    const reserved = async () => Number((await world.books("wms")).stock["HOUS-4"].allocated);
    const before = { housings: await stockOf("wms", "HOUS-4"), reserved: await reserved() };

    await world.estate.settings("supplier", {
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
    await world.estate.fault("supplier", "down", { ms: 700 });
    await world.estate.fault("supplier", "duplicate-webhooks", { times: 1 });
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
    await world.estate.act("scheduling", "move", {
      ...change,
      to: "2026-12-08",
      purchaseOrders: pegged("2026-12-07"),
    });
    await world.estate.act("scheduling", "move", {
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
      const plants = (await world.books("mes")).orders as { id: string; start: string; version: number }[];
      const at = (id: string) => plants.find((one) => one.id === id);
      return (
        (await order("PR-7009")).start === "2026-12-07" &&
        (await order("PR-7010")).start === "2026-12-11" &&
        at("PR-7009")?.start === "2026-12-07" &&
        at("PR-7010")?.start === "2026-12-11" &&
        at("PR-7009")?.version === (await order("PR-7009")).version
      );
    });
    await until("PO-502 is split", async () => (await purchaseOrder("PO-502")).changed === true);
    expect((await purchaseOrder("PO-502")).changes).toEqual([
      { line: "1", sku: "MOTOR-7", quantity: "20", needBy: "2026-12-06" },
      { line: "1A", sku: "MOTOR-7", quantity: "10", needBy: "2026-12-08" },
    ]);
    // The answer after the decision is shown and changes nothing.
    await world.estate.act("supplier", "answer", { purchaseOrderId: "PO-503" });
    await until("the late answer is noted", () =>
      kept("schedule-change", "PR-7009", "PO-503 answered after the decision"),
    );
    expect(await kept("schedule-change", "PR-7009", "Version 2 is superseded by 3.")).toBe(true);
    expect((await purchaseOrder("PO-503")).changed).toBeUndefined();
    const { rows } = await world.pool.query(
      "select data from event where contract = 'production.variance-projected' and data like '%PR-7009%'",
    );
    expect(rows.map(({ data }) => JSON.parse(data).amount)).toEqual([{ amount: "750.00", currency: "EUR" }]);
    await until("finance sees what is to be expected", async () => {
      const { facts } = (await world.books("consolidation")) as {
        facts: { productionOrderId?: string; amount?: { amount: string } }[];
      };
      return facts.some((one) => one.productionOrderId === "PR-7009" && one.amount?.amount === "750.00");
    });
    await until("customers have their new days", async () => {
      const { records } = (await world.books("crm")) as {
        records: { externalId: string; fields: Record<string, string> }[];
      };
      const day = (id: string) => records.find((one) => one.externalId === id)?.fields.Promised_Date__c;
      return day("SO-1009") === "2026-12-07" && day("SO-1010") === "2026-12-11";
    });
    await until("housings are set aside", async () => (await reserved()) === before.reserved + 30);
    expect(await stockOf("wms", "HOUS-4")).toBe(before.housings);
    // Nothing waits for an order that never comes.
    const { rows: waiting } = await world.pool.query(
      "select process, key from instance where status = 'expected' and process in ('make-to-order', 'subcontract')",
    );
    expect(waiting).toEqual([]);
    expect(await ledger("PR-7009")).toEqual([]);
    expect(await stockOf("erp", "PUMP-100")).toBe(stock);
    await endsInAgreement(world, {
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
    await world.estate.act("supplier", "delay", {
      ...delay,
      newDate: "2026-10-20",
      noticeId: "DN-2",
      noticedAt: "2026-10-01T08:00:00Z",
    });
    await world.estate.act("supplier", "delay", {
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
    await world.estate.act("scheduling", "move", {
      order: "PR-7013",
      from: "2026-10-15",
      to: "2026-10-12",
      cause,
    });
    await world.estate.act("scheduling", "move", {
      order: "PR-7012",
      from: "2026-10-12",
      to: "2026-10-16",
      salesOrder: "SO-1012",
      cause,
    });
    await until("they have changed places in ERP and MES", async () => {
      const plants = (await world.books("mes")).orders as { id: string; start: string }[];
      const at = (id: string) => plants.find((one) => one.id === id)?.start;
      return (
        (await order("PR-7013")).start === "2026-10-12" &&
        (await order("PR-7012")).start === "2026-10-16" &&
        at("PR-7013") === "2026-10-12" &&
        at("PR-7012") === "2026-10-16"
      );
    });
    await until("the customer of PR-7012 has a new day", async () => {
      const { records } = (await world.books("crm")) as {
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
    await world.estate.act("mes", "consume", {
      order: "PR-7013",
      report: "MC-7013",
      materials,
      at: "2026-10-14T10:00:00Z",
    });
    await until("the consumption is booked", async () => (await order("PR-7013")).wip === "4800.00");

    // The close is asked while a loss is on its way: the period is not ready until it is booked.
    await world.estate.fault("erp", "slow", { ms: 800, when: "before", path: "A_PlantMovement", times: 1 });
    // The plant's clock is behind; what it says of the time is kept, and the day is the same.
    await world.estate.settings("mes", { minutesSlow: 3 });
    const scrap = { order: "PR-7013", item: "HOUS-4", quantity: "3", reason: "cracked", report: "SC-1" };
    await world.estate.act("mes", "scrap", { ...scrap, at: "2026-10-31T23:40:00Z" });
    await until("the loss is asked of the ledger", () => kept("period-end", period, "SC-1"));
    await world.estate.act("erp", "set-period", { period: "2026-10", status: "soft-closed" });
    await until("the period is not ready", () =>
      kept("period-end", period, "Not ready: 1 postings are in flight."),
    );
    await until("the period is ready", async () => (await reached("period-end", period)).includes("ready"));
    expect(await ledger("SC-1")).toEqual(["Dr Scrap 240.00", "Cr Raw material 240.00"]);
    await world.estate.act("erp", "set-period", { period: "2026-10", status: "closed" });
    await until("the period is closed", async () => (await reached("period-end", period)).includes("closed"));

    const late = { order: "PR-7013", item: "MOTOR-7", quantity: "2", reason: "burnt", report: "SC-2" };
    await world.estate.act("mes", "scrap", { ...late, at: "2026-10-31T23:55:00Z" });
    const because = await answer("production-order", "PR-7013", "late posting", "approved");
    const { rows: heldFor } = await world.pool.query(
      "select readable(data) as data from event where contract = 'finance.posting-held-for-period' and data like '%SC-2%'",
    );
    expect(heldFor.map(({ data }) => data)).toMatchObject([
      { fiscalPeriod: "2026-10", documentDate: "2026-10-31", policy: "ask", owner: "controller" },
    ]);
    expect(because).toContain("Approve to book it on 2026-11-01.");
    await until("the late loss is booked", async () => (await ledger("SC-2")).length === 2);

    await world.estate.settings("mes", { minutesSlow: 0 });
    const { rows: told } = await world.pool.query(
      "select data from event where contract = 'production.scrap-declared' and data like '%PR-7013%' order by position",
    );
    expect(told.map(({ data }) => JSON.parse(data).declaredAt)).toEqual([
      "2026-10-31T23:37:00.000Z",
      "2026-10-31T23:52:00.000Z",
    ]);
    const { documents } = await world.books("erp");
    const found = (reference: string) =>
      documents.A_PlantMovement.find(
        (one: { ExternalReference: string }) => one.ExternalReference === reference,
      );
    expect(found("SC-1")).toMatchObject({ DocumentDate: "2026-10-31", PostingDate: "2026-10-31" });
    expect(found("SC-2")).toMatchObject({ DocumentDate: "2026-10-31", PostingDate: "2026-11-01" });
    expect(await ledger("SC-2")).toEqual(["Dr Scrap 300.00", "Cr Raw material 300.00"]);
    expect(await purchaseOrder("PO-610")).toMatchObject({ needBy: "2026-10-16" });
    expect(await stockOf("erp", "SEAL-9")).toBe(before.seals - 40);
    expect(await stockOf("erp", "HOUS-4")).toBe(before.housings - 20 - 3);
    expect(await stockOf("erp", "MOTOR-7")).toBe(before.motors - 20 - 2);
    await endsInAgreement(world, {
      about: ["PR-7012", "PR-7013", "PO-610", period],
      kinds: ["production-orders", "purchase-orders", "periods"],
      stock: ["SEAL-9", "HOUS-4", "MOTOR-7"],
      faults: [["erp", "slow"]],
    });
  });
});

describe("a production order that used more than its bill says", () => {
  test("what is left in process is booked as variance when it is settled, and told with its kind", async () => {
    await release("PR-7031", "2");
    await atMes("PR-7031");
    // One housing more than two pumps need: 80.00.
    const materials = [
      { item: "HOUS-4", quantity: "3" },
      { item: "SEAL-9", quantity: "4" },
      { item: "MOTOR-7", quantity: "2" },
    ];
    await world.estate.act("mes", "consume", { order: "PR-7031", report: "MC-7031", materials });
    await until("the materials are booked", async () => (await order("PR-7031")).wip === "560.00");
    const made = { order: "PR-7031", item: "PUMP-100", quantity: "2", report: "OC-7031" };
    await world.estate.act("mes", "complete", made);
    await until("the output is booked", async () => (await order("PR-7031")).produced === "2");
    await world.estate.act("erp", "close-production", { order: "PR-7031" });
    await until("the order is settled", async () => (await order("PR-7031")).state === "closed");
    const { ledger: entries } = await world.books("erp");
    const settled = entries
      .filter((one: { entitySet: string }) => one.entitySet === "A_ProductionSettlement")
      .at(-1);
    expect(settled.lines).toEqual([
      { account: "Work in process", debit: "120.00", credit: "0.00" },
      { account: "Conversion", debit: "0.00", credit: "120.00" },
      { account: "Production variance", debit: "80.00", credit: "0.00" },
      { account: "Work in process", debit: "0.00", credit: "80.00" },
    ]);
    expect((await order("PR-7031")).wip).toBe("0.00");
    await until("the variance is told", async () => {
      const { rows } = await world.pool.query(
        "select readable(data)->'usage'->>'amount' as usage from event where contract = 'production.variance-calculated' and data like '%PR-7031%'",
      );
      return rows.length === 1 && rows[0].usage === "80.00";
    });
  });
});

describe("components at a supplier", () => {
  test("what the ERP says left and came back adds up, or the buyer sees the difference", async () => {
    const head = { purchaseOrder: "PO-701", order: "PR-7020", supplier: "V-310" };
    const housings = (quantity: string) => [{ sku: "HOUS-4", quantity }];
    await world.estate.act("erp", "send-components", { ...head, report: "SS-1", components: housings("40") });
    await world.estate.act("erp", "receive-subcontract", {
      ...head,
      report: "SR-1",
      item: "PUMP-100",
      quantity: "38",
      used: housings("38"),
      returned: housings("1"),
      scrapped: housings("1"),
    });
    await until("every piece is accounted for", async () =>
      (await reached("subcontract", "PO-701")).includes("accounted"),
    );
    expect((await world.books("erp")).atSuppliers).toEqual({ "PO-701/HOUS-4": "0" });
  });
});

buying(() => world);
edge(() => world);
