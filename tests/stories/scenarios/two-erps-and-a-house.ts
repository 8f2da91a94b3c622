/**
 * SCN-03: one order, two ERPs, a warehouse of others and central finance.
 *
 * What must stay true at the end: what left Rotterdam came there first, every piece once; both entities' books say the same of what
 * one sold to the other; and what was invoiced is what left, at the price that was honoured.
 */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { contradictions, differing } from "../agreement/kit.ts";
import { plantOf } from "../kit/plant.ts";
import type { World } from "../kit/world.ts";
import { balances, endsInAgreement } from "./ending.ts";

// biome-ignore lint/suspicious/noExplicitAny: rows of the systems' books, each of its own shape.
type Row = any;

const NUMBER = "SO-1003";
const ORDER = "SO-DELTA-SO-1003";
const MADE = `PR-${ORDER}-1`;
const BOUGHT = "IC-DELTA-SO-1003-1";
const TRANSFER = "TR-DELTA-SO-1003-1";

export async function oneOrderTwoErpsAHouseAndCentralFinance(world: World): Promise<void> {
  const { release, atMes, order: productionOrder, ledger: entriesOf } = plantOf(() => world);
  const until = <Value>(what: string, look: () => Promise<Value | undefined | false>) =>
    world.until(what, 30_000, look);
  const events = async (contract: string): Promise<Row[]> =>
    (
      await world.pool.query(
        "select readable(data) as data from event where contract = $1 and data like $2 order by position",
        [contract, `%DELTA-SO-1003%`],
      )
    ).rows.map(({ data }) => data);

  // Components for 70 at LYO, 30 finished at DAY, nothing anywhere else.
  const pieces = { "PUMP-100": "0", "HOUS-4": "70", "SEAL-9": "140", "MOTOR-7": "70" };
  for (const system of ["erp", "wms"] as const) await world.estate.settings(system, { stock: pieces });
  await world.estate.settings("dynamics", { stock: { "PUMP-100": "30" }, autoShip: false });
  await world.estate.settings("threepl", { stock: { "PUMP-100": "0" } });
  const before = {
    shipped: (await world.books("threepl")).orders.length as number,
    receipts: (await world.books("threepl")).receipts.length as number,
    fusion: ((await world.books("fusion")).documents.receivablesInvoices ?? []).length as number,
  };

  // 1. Quoted at 480; we hold 500, and 2,000.00 are at risk until somebody honours the quote.
  const taken = await world.post(
    "/v1/sales-orders",
    {
      customer: "C-DELTA",
      customerReference: NUMBER,
      currency: "EUR",
      requestedDate: "2026-12-15",
      lines: [{ line: "1", sku: "PUMP-100", quantity: "100", price: "480.00" }],
    },
    NUMBER,
  );
  expect(taken.status, JSON.stringify(taken.body)).toBe(202);
  expect(taken.body.orderId).toBe(ORDER);
  const asked = await world.decide(NUMBER, "price review", "approved", "We honour the quote.");
  expect(asked.because).toContain("2000.00 EUR are at risk");
  expect((await events("sales.price-discrepancy-found")).map(({ atRisk }) => atRisk)).toEqual([
    { amount: "2000.00", currency: "EUR" },
  ]);

  // 2. LYO has components for 70 and makes them; 30 are bought from DAY, and promised anew.
  await until("production is planned", async () =>
    (await plantOf(() => world).reached("make-to-order", ORDER)).includes("scheduled"),
  );
  expect(
    (await events("sales.order-routed")).map(({ plant, by, quantity }) => [plant, by, quantity.value]),
  ).toEqual([
    ["LYO", "production", "70"],
    ["DAY", "stock", "30"],
  ]);
  const backordered = await events("inventory.order-backordered");
  expect(backordered[0]).toMatchObject({ backorderQuantity: { value: "100" } });
  expect(
    backordered
      .filter(({ newPromise }) => newPromise !== undefined)
      .map(({ backorderQuantity }) => backorderQuantity.value)
      .toSorted(),
  ).toEqual(["30", "70"]);
  await until("DAY has the order on its books", async () =>
    (await world.books("dynamics")).documents.salesorders?.some((one: Row) => one.reference === BOUGHT),
  );

  // 3. LYO makes 70; they go to Rotterdam, which is away when it is called for them; its 945 comes twice. Central finance is away.
  await world.estate.fault("threepl", "duplicate-webhooks");
  await world.estate.fault("threepl", "hold-webhooks");
  await world.estate.fault("fusion", "down");
  await release(MADE, "70");
  await atMes(MADE);
  const materials = [
    { item: "HOUS-4", quantity: "70" },
    { item: "SEAL-9", quantity: "140" },
    { item: "MOTOR-7", quantity: "70" },
  ];
  await world.estate.act("mes", "consume", { order: MADE, report: "MC-7003", materials });
  await until("the materials are booked", async () => (await productionOrder(MADE)).wip === "16800.00");
  // The ERP refuses to take the transfer for a while: what left is counted where it waits, and nobody is alarmed.
  await world.estate.fault("erp", "refuse", { path: "A_StockTransfer", times: 1 });
  await world.estate.act("mes", "complete", {
    order: MADE,
    report: "OC-7003",
    item: "PUMP-100",
    quantity: "70",
  });
  await until(
    "70 have come to Rotterdam",
    async () => (await world.books("threepl")).receipts.length === before.receipts + 1,
  );
  const aside = await until("the transfer is set aside on its way to the ERP", async () => {
    const { rows } = await world.pool.query(
      "select key from delivery where contract = 'inventory.stock-transferred' and connection = 'erp' and status in ('parked', 'held')",
    );
    return rows[0]?.key as string | undefined;
  });
  expect(await ofThisOrder(world, "stock", "transfers")).toEqual([
    `${TRANSFER} moved: figures of sent; try again at erp`,
  ]);
  const { rows: alarms } = await world.pool.query(
    "select title from exception where resolved_at is null and subject like any($1)",
    [[`transfer/${TRANSFER}|%`, "position/PUMP-100/WH-LYO|%"]],
  );
  expect(alarms).toEqual([]);
  await world.press(`/api/deliveries/${encodeURIComponent(aside)}/try-again`, {
    reason: "It may be booked.",
  });
  await world.estate.settings("threepl", { offline: true });
  await world.estate.clear("threepl", "hold-webhooks");
  await until("Rotterdam is called for 70, and does not hear it", async () =>
    (await readdir(join(world.data, "estate", "threepl", "from-crossdock"))).some((name) =>
      name.includes("ship-order"),
    ),
  );
  expect((await world.milestones(NUMBER)).dispatched).not.toBe("reached");
  await world.estate.settings("threepl", { offline: false });
  await until("70 are invoiced", async () => (await events("finance.invoice-posted")).length === 1);
  await world.estate.act("erp", "close-production", { order: MADE });

  // 4. DAY sends 30, books it, and loses its answer; Rotterdam ships them.
  await world.estate.fault("dynamics", "lose-answer", { times: 1, path: "goodsissues" });
  await world.estate.act("dynamics", "ship", { order: BOUGHT });
  await world.reached(NUMBER, "invoiced");
  await until("both books agree", async () => (await events("finance.intercompany-balanced")).length === 1);
  expect(((await world.books("fusion")).documents.receivablesInvoices ?? []).length).toBe(before.fusion);
  await world.back("fusion");
  const central = await until("central finance has both invoices", async () => {
    const all: Row[] = (await world.books("fusion")).documents.receivablesInvoices ?? [];
    return all.length === before.fusion + 2 && all.slice(before.fusion);
  });
  await until("the plant's order is closed", async () => (await productionOrder(MADE)).state === "closed");
  await until("the CRM is told", async () =>
    (await world.books("crm")).records.some(
      (one: Row) => one.externalId === ORDER && one.fields.Invoiced_Parts__c === "2 of 2",
    ),
  );

  // Every system's own books.
  const crm = (await world.books("crm")).records.find((one: Row) => one.externalId === ORDER);
  expect(crm.fields).toMatchObject({
    Quoted_Price__c: "480.00",
    Dispatched_Parts__c: "2 of 2",
    Invoiced_Parts__c: "2 of 2",
  });

  const erp = await world.books("erp");
  expect(await productionOrder(MADE)).toMatchObject({ state: "closed", produced: "70", wip: "0.00" });
  const { SalesOrder: sold } = erp.documents.A_SalesOrder.find((one: Row) => one.ExternalReference === ORDER);
  const numbers = new Set(
    Object.values(erp.documents as Record<string, Row[]>)
      .flat()
      .filter((one) => [ORDER, BOUGHT, `"${sold}"`].some((id) => JSON.stringify(one).includes(id)))
      .map(({ number }) => number),
  );
  const mine = (erp.ledger as Row[]).filter(({ document }) => numbers.has(document));
  expect(balances(mine.flatMap(({ lines }) => lines))).toEqual({
    "Work in process": ["21000.00", "21000.00"],
    "Raw material": ["0.00", "16800.00"],
    Conversion: ["0.00", "4200.00"],
    "Finished goods": ["31500.00", "31500.00"],
    "Intercompany payable": ["0.00", "10500.00"],
    "Cost of sales": ["31500.00", "0.00"],
    Receivables: ["57600.00", "0.00"],
    Revenue: ["0.00", "48000.00"],
    Tax: ["0.00", "9600.00"],
  });
  expect(await entriesOf(/^RR-/)).toEqual(
    expect.arrayContaining(["Dr Finished goods 10500.00", "Cr Intercompany payable 10500.00"]),
  );
  expect(
    erp.documents.A_BillingDocument.filter((one: Row) => one.PurchaseOrderByCustomer === NUMBER).map(
      ({ TotalGrossAmount }: Row) => TotalGrossAmount,
    ),
  ).toEqual(["40320.00", "17280.00"]);
  expect([erp.stock["PUMP-100"].onHand, (await world.books("wms")).stock["PUMP-100"].onHand]).toEqual([
    "0",
    "0",
  ]);

  const day = await world.books("dynamics");
  expect(day.documents.goodsissues).toMatchObject([{ fields: { lines: [{ quantity: "30" }] } }]);
  expect(balances(day.documents.goodsissues[0].posting)).toEqual({
    "Cost of sales": ["9000.00", "0.00"],
    "Finished goods": ["0.00", "9000.00"],
    "Intercompany receivable": ["10500.00", "0.00"],
    "Intercompany revenue": ["0.00", "10500.00"],
  });
  expect(day.stock["PUMP-100"]).toBe("0");

  const rotterdam = await world.books("threepl");
  const [came, left] = [rotterdam.receipts.slice(before.receipts), rotterdam.orders.slice(before.shipped)];
  expect(came.map(({ lines }: Row) => lines[0].quantity)).toEqual(["70", "30"]);
  expect(left.map(({ order, lines }: Row) => `${order} ${lines[0].quantity}`)).toEqual([
    `${ORDER} 70`,
    `${ORDER} 30`,
  ]);
  expect(rotterdam.stock["PUMP-100"]).toBe("0");
  expect(rotterdam.complaints).toEqual([]);

  expect(central.map(({ posting }) => posting[0].debit)).toEqual(["40320.00", "17280.00"]);
  const [balanced] = await events("finance.intercompany-balanced");
  expect(balanced).toMatchObject({
    transferId: BOUGHT,
    receivable: { entity: "ME-02", amount: { amount: "10500.00" } },
    payable: { entity: "ME-01", amount: { amount: "10500.00" } },
    difference: { amount: "0.00", currency: "EUR" },
  });

  await world.estate.clear("threepl");
  await endsInAgreement(
    world,
    {
      about: ["DELTA-SO-1003", NUMBER],
      kinds: ["orders", "production-orders", "purchase-orders", "stock", "transfers"],
      stock: ["PUMP-100"],
      faults: [
        ["threepl", "duplicate-webhooks"],
        ["dynamics", "lose-answer"],
        ["fusion", "down"],
      ],
    },
    { landscape: true },
  );
  await aLostTransferIsFoundAndMended(world);
  await whatOneEntityLostOfTheOtherIsFoundAndMended(world);
}

/** What the systems contradict each other about, of this order's documents and of stock at our own house, whatever grace there is. */
async function ofThisOrder(world: World, ...kinds: readonly string[]): Promise<string[]> {
  const all = await differing(world, ...kinds);
  return all.filter((line) => ["DELTA-SO-1003", NUMBER, "PUMP-100/"].some((part) => line.includes(part)));
}

/** The ERP loses what it booked of the goods that left, and takes it again. */
async function aLostTransferIsFoundAndMended(world: World): Promise<void> {
  const { A_StockTransfer: booked } = (await world.books("erp")).documents;
  const sent = booked.find((one: Row) => one.TransferReference === TRANSFER && one.MovementType === "303");
  await world.estate.act("erp", "lose-document", {
    set: "A_StockTransfer",
    reference: sent.ExternalReference,
  });
  expect(await ofThisOrder(world, "transfers", "stock")).toEqual([
    `${TRANSFER} moved: figures of sent; send again at erp`,
    "PUMP-100/WH-LYO counted: figures of on hand, with what is on its way; correct by hand at erp",
  ]);
  await world.press(`/api/agreements/of/${encodeURIComponent(`transfer/${TRANSFER}`)}/mend`, {
    milestone: "moved",
    how: "send again",
    reason: "The ERP was read back from a backup.",
  });
  await world.until("ERP and warehouse hold the same transfer again", 20_000, async () => {
    const { rows } = await world.pool.query("select stand from agreement where subject = $1", [
      `transfer/${TRANSFER}`,
    ]);
    return rows[0]?.stand === "agree";
  });
  expect(await ofThisOrder(world, "stock")).toEqual([]);
}

/** The seller's ledger loses what left, and then the buyer's what came in; each takes it again, and both owe each other the same. */
async function whatOneEntityLostOfTheOtherIsFoundAndMended(world: World): Promise<void> {
  const [issue] = (await world.books("dynamics")).documents.goodsissues;
  await world.estate.act("dynamics", "lose-document", { set: "goodsissues", number: issue.number });
  const { A_GoodsReceipt: receipts } = (await world.books("erp")).documents;
  const receipt = receipts.find((one: Row) => one.PurchaseOrder === BOUGHT);
  await world.estate.act("erp", "lose-document", {
    set: "A_GoodsReceipt",
    reference: receipt.ExternalReference,
  });
  expect(await ofThisOrder(world, "transfers")).toEqual([
    `${BOUGHT} bought: figures of pieces+payable; send again at erp`,
    `${BOUGHT} sold: figures of pieces+receivable; send again at dynamics`,
  ]);
  const [shown] = await contradictions(world, "transfers");
  expect(shown?.worth).toEqual({ amount: "10500.00", currency: "EUR" });
  for (const milestone of ["sold", "bought"])
    await world.press(`/api/agreements/of/${encodeURIComponent(`transfer/${BOUGHT}`)}/mend`, {
      milestone,
      how: "send again",
      reason: "Both were read back from a backup.",
    });
  await world.until("both entities say the same again", 20_000, async () => {
    const { rows } = await world.pool.query("select stand from agreement where subject = $1", [
      `transfer/${BOUGHT}`,
    ]);
    return rows[0]?.stand === "agree";
  });
  expect(await ofThisOrder(world, "transfers", "stock")).toEqual([]);
  // Thirty pieces were received at the price between the entities, and lost, and received again: their account is worth its stock.
  expect(await differing(world, "inventory-accounts")).toEqual([]);
}
