/**
 * SCN-06: a distributor sells the same valve by EDI, in its shop and by telephone, from two warehouses.
 *
 * What must stay true at the end: each order is shipped, taxed and invoiced once and for what left; what the partner never answered
 * stands open with its number; and every book, the payout's too, is what the scenario says, from stock to fees.
 */
import { expect } from "vitest";
import type { World } from "../kit/world.ts";
import { balances, endsInAgreement } from "./ending.ts";

// biome-ignore lint/suspicious/noExplicitAny: rows of the systems' books, each of its own shape.
type Row = any;

const VALVES = "VALVE-20";
const ROTTERDAM = "WH-ROT";
/** A partner that is silent for so long is silent; for the settings of the world this is told in. */
export const SILENT_FOR = "2s";

export async function threeChannels(world: World): Promise<void> {
  const until = <Value>(what: string, look: () => Promise<Value | undefined | false>) =>
    world.until(what, 40_000, look);
  const all = async (text: string, ...values: unknown[]) => (await world.pool.query(text, values)).rows;
  const orderOf = async (number: string) => (await world.story(number))!.line.number;
  const shelves = async () => {
    const { stock, sites } = await world.books("wms");
    return [stock[VALVES], sites[ROTTERDAM][VALVES]].map(({ onHand, allocated }) => [onHand, allocated]);
  };
  await world.estate.settings("erp", { stock: { [VALVES]: "50" } });
  const sites = { [ROTTERDAM]: { [VALVES]: "20" } };
  await world.estate.settings("wms", { stock: { [VALVES]: "30" }, sites, autoShip: false });
  await world.estate.settings("acme", { pays: false });
  await world.estate.settings("payments", { autoPayout: false });

  // B: a pack by EDI, the same file twice; the partner will not say that it could read the 856.
  const po = await world.orderByEdi([{ sku: VALVES, quantity: "12", price: "50.00" }], {
    asSent: [{ sku: VALVES, quantity: "1", unit: "PK", price: "600.00" }],
    fate: "invoiced",
  });
  await world.estate.act("acme", "resend", { poNumber: po });
  await world.reached(po, "allocated");
  const b = await orderOf(po);
  await until("the 855 is acknowledged", async () => {
    const [row] = await all(
      "select status from instance where process = 'partner-documents' and correlation = $1",
      `order/${b}`,
    );
    return row?.status === "completed";
  });
  expect(await shelves()).toEqual([
    ["30", "12"],
    ["20", "0"],
  ]);
  await world.estate.fault("acme", "lose-answer", { times: 1 });
  await world.estate.act("wms", "dispatch", { orderId: b });
  await world.reached(po, "invoiced");

  // A: twenty-four in the shop by card, eighteen at home and six in Rotterdam, which begins to pick.
  const web = await world.orderByShop([{ sku: VALVES, quantity: "24", price: "50.00" }]);
  await world.reached(web, "allocated");
  const a = await orderOf(web);
  const asked = async () =>
    (await world.books("wms")).shipOrders
      .filter(({ orderId }: Row) => orderId === a)
      .flatMap(({ lines }: Row) => lines.map(({ quantity }: Row) => quantity));
  await until("both are to ship it", async () => (await asked()).join() === "24");
  expect(await shelves()).toEqual([
    ["18", "18"],
    ["20", "6"],
  ]);
  const wish = { orderNumber: web, lines: [{ line: "1", quantity: "30" }] };
  await world.estate.act("shop", "change-order", wish);
  await until("Rotterdam ships twelve", async () => (await asked()).join() === "24,6");
  expect(await shelves()).toEqual([
    ["18", "18"],
    ["20", "12"],
  ]);
  const documents = async (set: string, order: string): Promise<Row[]> => {
    const { documents: kept } = await world.books("erp");
    const sale = kept.A_SalesOrder.find((one: Row) => one.ExternalReference === order);
    return (kept[set] ?? []).filter((one: Row) => sale && one.SalesOrder === sale.SalesOrder);
  };
  await until("the ERP has the change", async () =>
    (await documents("A_SalesOrderChange", a)).some((one) => one.Items[0].Quantity === "30"),
  );

  // C: two hundred by telephone for a customer over its limit. Finance refuses, and nothing was ever reserved.
  const phone = await world.orderByApi("C-OVER", [{ sku: VALVES, quantity: "200", price: "50.00" }]);
  await world.decide(phone, "credit review", "declined", "The old invoices are open.");
  const c = await orderOf(phone);
  await until("it is cancelled", async () =>
    (await all("select status from instance where process = 'order-to-cash' and key = $1", c)).some(
      ({ status }) => status === "abandoned",
    ),
  );

  // A leaves home first and is told of last; the tax engine commits one of its two documents and loses the answer.
  await world.estate.fault("tax", "lose-answer", { times: 1 });
  await world.estate.fault("wms", "reorder", { ms: 1_500 });
  await world.estate.act("wms", "dispatch", { orderId: a, site: "WH-LYO" });
  await until("it has left home", async () => (await shelves())[0]?.[0] === "0");
  await world.estate.act("wms", "dispatch", { orderId: a, site: ROTTERDAM });
  await world.reached(web, "paid");
  await world.estate.clear("wms");
  const told = await all(
    `select readable(data)->>'warehouse' as warehouse from event
      where contract = 'logistics.shipment-dispatched' and correlation = $1 order by position`,
    `order/${a}`,
  );
  expect(told).toEqual([{ warehouse: ROTTERDAM }, { warehouse: null }]);

  // Two arrive damaged; the CRM is away when the credit note is issued.
  const bills = (await documents("A_BillingDocument", a)).toSorted((one, other) =>
    other.TotalGrossAmount.localeCompare(one.TotalGrossAmount),
  );
  const invoiceId = bills.find((one) => one.TotalGrossAmount === "1080.00")?.BillingDocument;
  await world.estate.fault("crm", "down");
  const back = {
    returnId: "RT-606",
    salesOrderId: a,
    customer: "C-SHOP",
    reasonCode: "damaged",
    invoiceId,
    lines: [{ line: "1", item: VALVES, quantity: { value: "2", uom: "EA" } }],
  };
  const accepted = await world.post("/v1/returns", back, "return-606");
  expect(accepted.status, JSON.stringify(accepted.body)).toBe(202);
  await until("the warehouse expects them", async () =>
    (await world.books("wms")).expectedReturns.some(({ returnId }: Row) => returnId === "RT-606"),
  );
  const parcel = { returnId: "RT-606", condition: "cracked", decision: "scrap" };
  await world.estate.act("wms", "return-goods", parcel);
  await until("the money went back", async () =>
    (await all("select status from instance where process = 'returns' and key = 'RT-606'")).some(
      ({ status }) => status === "completed",
    ),
  );
  // The message the CRM has not is known to wait; it is no exception besides.
  const waiting = await all(
    "select status from delivery where connection = 'crm' and contract = 'finance.credit-note-issued'",
  );
  expect(waiting.map(({ status }) => /^(owed|attempting|in_doubt)$/.test(status))).toEqual([true]);
  expect(
    await all("select title from exception where correlation = any($1) and resolved_at is null", [
      `order/${a}`,
      "return/RT-606",
    ]),
  ).toEqual([]);
  await world.back("crm");
  await until("the CRM knows it", async () =>
    (await world.books("crm")).records.some(
      (one: Row) => one.fields.Order__r?.Crossdock_Id__c === a && one.fields.Amount__c === "120.00",
    ),
  );
  await world.estate.act("payments", "pay-out", {});
  const silence = await world.shown(po, /has not acknowledged our 856\//);
  expect(silence).toMatch(/^C-ACME has not acknowledged our 856\/\d{9}\.$/);

  // Every book, read at its owner.
  const quantities = async (set: string, order: string) =>
    (await documents(set, order)).map(({ Items: [item] }) => item.Quantity).toSorted();
  expect(await quantities("A_GoodsIssue", a)).toEqual(["12", "18"]);
  expect(await quantities("A_BillingDocument", a)).toEqual(["12", "18"]);
  expect(bills.map((one) => one.TotalGrossAmount)).toEqual(["720.00", "1080.00"]);
  const numbers = new Set(bills.map((one) => one.BillingDocument));
  const memos = (await world.books("erp")).documents.A_CreditMemo.filter((one: Row) =>
    numbers.has(one.BillingDocument),
  );
  expect(memos.map((one: Row) => one.TotalGrossAmount)).toEqual(["120.00"]);
  expect((await documents("A_BillingDocument", b)).map((one) => one.TotalGrossAmount)).toEqual(["720.00"]);
  expect(await documents("A_SalesOrder", b)).toHaveLength(1);
  expect(await documents("A_SalesOrder", c)).toEqual([]);
  const wms = await world.books("wms");
  expect(wms.allocations.filter(({ orderId }: Row) => orderId === c)).toEqual([]);
  expect(await shelves()).toEqual([
    ["0", "0"],
    ["8", "0"],
  ]);
  expect((await world.books("erp")).stock[VALVES].onHand).toBe("8");

  const taxed = (await world.books("tax")).documents.filter(({ documentCode }: Row) =>
    [`${a}/`, `${b}/`, `${c}/`, "RT-606/"].some((start) => documentCode.startsWith(start)),
  );
  expect(taxed.map(({ taxAmount, voided }: Row) => `${taxAmount} ${voided}`).toSorted()).toEqual([
    "-20.00 false",
    "120.00 false",
    "120.00 false",
    "180.00 false",
  ]);
  const { captures, refunds, payouts } = await world.books("payments");
  const mine = (list: Row[]) =>
    list
      .filter(({ orderId }) => orderId === a)
      .map(({ amount }: Row) => amount)
      .toSorted();
  expect([mine(captures), mine(refunds)]).toEqual([["1080.00", "720.00"], ["120.00"]]);
  const payout = payouts.at(-1);
  expect(payout).toMatchObject({ gross: "1800.00", refunds: "120.00", fee: "25.20", net: "1654.80" });

  const ledger = async (of: (memo: string) => boolean) => {
    const { journalEntries, customerPayments } = await world.books("finance");
    const mine = [...journalEntries, ...customerPayments].filter(({ memo }: Row) => of(memo));
    return balances(mine.flatMap(({ lines }: Row) => lines));
  };
  const about =
    (...words: string[]) =>
    (memo: string) =>
      words.some((word) => memo.split(/[ ,:]+/).includes(word));
  await until("the payout is booked", async () => (await ledger(about(payout.id))).Fees !== undefined);
  // Debit and credit. The bank has 1,654.80: 1,800 captured, less the refund and the fee; receivables are even.
  expect(await ledger(about(a, payout.id))).toEqual({
    "Cost of sales": ["900.00", "0.00"],
    "Finished goods": ["0.00", "900.00"],
    Receivables: ["1920.00", "1920.00"],
    Revenue: ["100.00", "1500.00"],
    Tax: ["20.00", "300.00"],
    Bank: ["1800.00", "145.20"],
    Fees: ["25.20", "0.00"],
  });
  expect(await ledger(about(b))).toEqual({
    "Cost of sales": ["360.00", "0.00"],
    "Finished goods": ["0.00", "360.00"],
    Receivables: ["720.00", "0.00"],
    Revenue: ["0.00", "600.00"],
    Tax: ["0.00", "120.00"],
  });
  // The refused order left nothing in any ledger.
  expect(await ledger(about(c))).toEqual({});
  // The partner has everything once, and one answer of its own is missing.
  const acme = await world.books("acme");
  const of = ({ poNumber }: Row) => poNumber === po;
  expect(acme.orders.find(of)).toMatchObject({ acknowledged: "A", responses: [{ type: "AD" }] });
  expect([acme.shipments.filter(of).length, acme.invoices.filter(of).map(({ total }: Row) => total)]).toEqual(
    [1, ["720.00"]],
  );
  expect(acme.complaints).toEqual([]);
  // The shop's buyer and the quantity ledger say the same: nothing was ever invoiced above what had left.
  const [{ body }] = (await all(
    "select body from instance where process = 'order-to-cash' and key = $1",
    a,
  )) as [{ body: string }];
  expect(JSON.parse(body).state.lines[0].quantities).toMatchObject({
    ordered: "30",
    cancelled: "0",
    allocated: "30",
    shipped: "30",
    invoiced: "30",
    backordered: "0",
  });
  await endsInAgreement(world, {
    about: [a, b, c, "RT-606"],
    kinds: ["orders", "returns"],
    stock: [VALVES],
    faults: [
      ["acme", "lose-answer"],
      ["tax", "lose-answer"],
      ["wms", "reorder"],
      ["crm", "down"],
    ],
    left: [/^C-ACME has not acknowledged our 856/],
  });
  for (const system of ["erp", "wms"] as const)
    await world.estate.settings(system, { stock: { [VALVES]: "100000" } });
  await world.estate.settings("acme", { pays: true });
  await world.estate.settings("payments", { autoPayout: true });
}
