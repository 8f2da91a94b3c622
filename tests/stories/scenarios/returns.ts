/**
 * Goods that come back: a consumer's damaged valves, and pumps nobody wanted any more.
 *
 * What must stay true: what is credited is what was billed for what came back, once, in every book: ERP, tax engine, ledger,
 * payment platform, channel and CRM.
 */
import { expect } from "vitest";
import { differing } from "../agreement/kit.ts";
import type { World } from "../kit/world.ts";
import { balances } from "./ending.ts";

const stockOf = async (world: World, system: "erp" | "wms", sku: string): Promise<number> =>
  Number((await world.books(system)).stock[sku].onHand);
const invoiceOf = async (world: World, number: string): Promise<string> => {
  const story = await world.story(number);
  const found = story!.keys.find(({ type }) => type === "invoice");
  if (!found) throw new Error(`${number} has no invoice.`);
  return found.value;
};
const instance = async (world: World, returnId: string) => {
  const { rows } = await world.pool.query(
    "select status, milestone from instance where process = 'returns' and key = $1",
    [returnId],
  );
  return rows[0] as { status: string; milestone: string } | undefined;
};
const over = (world: World, returnId: string) =>
  world.until(`${returnId} is over`, 20_000, async () => {
    const now = await instance(world, returnId);
    return now?.status === "completed" && now.milestone === "settled";
  });
const ask = async (world: World, body: Record<string, unknown>) => {
  const answer = await world.post("/v1/returns", body, `return-${body.returnId}`);
  expect(answer.status, JSON.stringify(answer.body)).toBe(202);
};

/** Two of twelve valves arrive damaged: scrapped, credited and refunded while the CRM is away. */
export async function damagedGoodsAreCreditedAndRefunded(world: World): Promise<void> {
  await world.estate.settings("wms", { autoShip: true });
  const number = await world.orderByShop([{ sku: "VALVE-20", quantity: "12", price: "50.00" }]);
  await world.reached(number, "paid");
  const salesOrderId = (await world.story(number))!.line.number;
  const invoiceId = await invoiceOf(world, number);
  const stock = {
    erp: await stockOf(world, "erp", "VALVE-20"),
    wms: await stockOf(world, "wms", "VALVE-20"),
  };
  const head = { returnId: "RT-601", salesOrderId, customer: "C-SHOP", reasonCode: "damaged" };
  const lines = [{ line: "1", item: "VALVE-20", quantity: { value: "2", uom: "EA" } }];
  // Without an invoice nothing can be credited, and the field is named.
  expect(await world.post("/v1/returns", { ...head, lines }, "return-none")).toMatchObject({
    status: 422,
    body: { field: "invoiceId" },
  });

  await world.estate.fault("crm", "down");
  await world.estate.fault("tax", "lose-answer", { times: 1 });
  await ask(world, { ...head, lines, invoiceId });
  await world.until("the warehouse expects the goods", 20_000, async () =>
    (await world.books("wms")).expectedReturns.some(
      ({ returnId }: { returnId: string }) => returnId === "RT-601",
    ),
  );
  const parcel = { returnId: "RT-601", condition: "cracked", decision: "scrap" };
  await world.estate.fault("wms", "duplicate-webhooks", { times: 1 });
  await world.estate.act("wms", "return-goods", parcel);
  await over(world, "RT-601");
  await world.back("crm");

  const credit = (await world.books("erp")).documents.A_CreditMemo.filter(
    ({ BillingDocument }: { BillingDocument: string }) => BillingDocument === invoiceId,
  );
  expect(credit).toMatchObject([{ NetAmount: "100.00", TaxAmount: "20.00", TotalGrossAmount: "120.00" }]);
  const { documents } = (await world.books("tax")) as { documents: Record<string, string>[] };
  expect(documents.filter(({ documentCode }) => documentCode === "RT-601/credit")).toMatchObject([
    { taxableAmount: "-100.00", taxAmount: "-20.00", voided: false },
  ]);
  const payments = await world.books("payments");
  expect(
    payments.refunds.filter(({ orderId }: { orderId: string }) => orderId === salesOrderId),
  ).toMatchObject([{ amount: "120.00" }]);
  const { journalEntries } = await world.books("finance");
  expect(
    journalEntries
      .filter(({ memo }: { memo: string }) => memo.includes("RT-601"))
      .map(({ lines: entry }: { lines: Record<string, string>[] }) =>
        entry.map(({ account, debit, credit: other }) => `${account} ${debit}/${other}`),
      ),
  ).toEqual([["Revenue 100.00/0.00", "Tax 20.00/0.00", "Receivables 0.00/120.00"]]);
  // Scrapped goods are nowhere in stock.
  expect(await stockOf(world, "erp", "VALVE-20")).toBe(stock.erp);
  expect(await stockOf(world, "wms", "VALVE-20")).toBe(stock.wms);
  await world.until("CRM and shop know the credit note", 20_000, async () => {
    const crm = (await world.books("crm")).records.find(
      ({ fields }: { fields: { Order__r?: { Crossdock_Id__c: string } } }) =>
        fields.Order__r?.Crossdock_Id__c === salesOrderId,
    );
    const shop = (await world.books("shop")).orders.find(
      ({ orderId }: { orderId: string }) => orderId === salesOrderId,
    );
    return (
      crm?.fields.Amount__c === "120.00" &&
      shop?.statuses.some(({ status }: { status: string }) => status === "credited")
    );
  });
}

/** A pump nobody wants any more: a person decides, it goes back on the shelf, and the customer owes less. */
export async function unwantedGoodsGoBackOnTheShelf(world: World): Promise<void> {
  const number = await world.orderByApi("C-NORTH", [{ sku: "PUMP-100", quantity: "3", price: "500.00" }], {
    fate: "invoiced",
  });
  await world.reached(number, "invoiced");
  const salesOrderId = (await world.story(number))!.line.number;
  const invoiceId = await invoiceOf(world, number);
  const before = {
    erp: await stockOf(world, "erp", "PUMP-100"),
    wms: await stockOf(world, "wms", "PUMP-100"),
  };
  await ask(world, {
    returnId: "RT-602",
    salesOrderId,
    customer: "C-NORTH",
    reasonCode: "not-wanted",
    invoiceId,
    lines: [{ line: "1", item: "PUMP-100", quantity: { value: "1", uom: "EA" } }],
  });
  const question = await world.until("somebody is asked", 20_000, async () => {
    const { rows } = await world.pool.query(
      "select id, because from question where process = 'returns' and key = 'RT-602' and verdict is null",
    );
    return rows[0] as { id: string; because: string } | undefined;
  });
  expect(question.because).toContain("1 EA of PUMP-100");
  await world.press(`/api/questions/${encodeURIComponent(question.id)}/answer`, {
    verdict: "approved",
    comment: "Goodwill.",
  });
  await world.until("the warehouse expects the goods", 20_000, async () =>
    (await world.books("wms")).expectedReturns.some(
      ({ returnId }: { returnId: string }) => returnId === "RT-602",
    ),
  );
  await world.estate.act("wms", "return-goods", { returnId: "RT-602", decision: "restock" });
  await over(world, "RT-602");
  expect(await stockOf(world, "erp", "PUMP-100")).toBe(before.erp + 1);
  expect(await stockOf(world, "wms", "PUMP-100")).toBe(before.wms + 1);
  // What is left of the invoice settles the order.
  await world.estate.act("bank", "receive", {
    amount: "1200.00",
    currency: "EUR",
    debtor: "North Pumps",
    remittance: invoiceId,
  });
  await world.reached(number, "paid");
  const { trialBalance } = await world.books("finance");
  expect(trialBalance.debit).toBe(trialBalance.credit);
}

/** An invoice is taken back whole at the ERP's own screen: its tax document counts no longer, and every ledger is even again. */
export async function anInvoiceTakenBackHasItsTaxVoided(world: World): Promise<void> {
  const number = await world.orderByApi("C-NORTH", [{ sku: "PUMP-100", quantity: "1", price: "500.00" }], {
    fate: "invoiced",
  });
  await world.reached(number, "invoiced");
  const salesOrderId = (await world.story(number))!.line.number;
  const invoice = await invoiceOf(world, number);
  const reason = "Billed to the wrong customer.";
  const { number: creditMemo } = await world.estate.act("erp", "credit-by-hand", { invoice, reason });
  const voided = await world.until("the tax is voided", 20_000, async () => {
    const { rows } = await world.pool.query(
      "select readable(data) as data from event where contract = 'finance.tax-voided' and correlation = $1",
      [`order/${salesOrderId}`],
    );
    return rows.length > 0 && rows.map(({ data }) => data);
  });
  const { documents } = (await world.books("tax")) as { documents: Record<string, unknown>[] };
  const mine = documents.filter(({ documentCode }) => String(documentCode).startsWith(`${salesOrderId}/`));
  expect(mine).toMatchObject([{ taxAmount: "100.00", voided: true }]);
  expect(voided).toMatchObject([
    {
      documentCode: mine[0]?.documentCode,
      taxDocumentId: mine[0]?.id,
      reason: `Credit note ${creditMemo} takes invoice ${invoice} back.`,
    },
  ]);
  const entries = await world.until("the ledger has followed", 20_000, async () => {
    const { journalEntries } = (await world.books("finance")) as {
      journalEntries: { memo: string; lines: { account: string; debit: string; credit: string }[] }[];
    };
    const about = journalEntries.filter(({ memo }) => memo.includes(salesOrderId));
    return about.length === 3 && about.flatMap(({ lines }) => lines);
  });
  expect(balances(entries)).toEqual({
    "Cost of sales": ["300.00", "0.00"],
    "Finished goods": ["0.00", "300.00"],
    Receivables: ["600.00", "600.00"],
    Revenue: ["500.00", "500.00"],
    Tax: ["100.00", "100.00"],
  });
  await world.until("all agree about it", 20_000, async () => {
    const told = await differing(world, "orders");
    return !told.some((line) => line.includes(salesOrderId));
  });
}
