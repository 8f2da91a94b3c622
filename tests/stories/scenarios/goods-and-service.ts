/**
 * SCN-11: goods and recurring service in one order, billed only after proof of delivery.
 *
 * What must stay true at the end: the goods are invoiced once and after delivery, the service runs from that day, and what
 * billing did too early has netted to nothing.
 */
import { expect } from "vitest";
import { differing } from "../agreement/kit.ts";
import type { World } from "../kit/world.ts";
import { endsInAgreement } from "./ending.ts";

// biome-ignore lint/suspicious/noExplicitAny: rows of the systems' books, each of its own shape.
type Row = any;

export async function goodsAndServiceInOneOrder(world: World): Promise<void> {
  const until = <Value>(what: string, look: () => Promise<Value | undefined | false>) =>
    world.until(what, 20_000, look);
  for (const system of ["erp", "wms"] as const)
    await world.estate.settings(system, { stock: { "PUMP-100": "5" } });
  await world.estate.settings("tms", { rejectNext: 1 });
  // The carrier's word is held back, and comes late and twice.
  await world.estate.settings("wms", { autoShip: false });
  const taken = await world.post(
    "/v1/sales-orders",
    {
      customer: "C-NORTH",
      customerReference: "SO-1111",
      currency: "EUR",
      invoiceAfter: "delivery",
      lines: [
        { line: "1", sku: "PUMP-100", quantity: "5", price: "500.00" },
        { line: "2", sku: "SVC-CARE", quantity: "1", price: "40.00", termMonths: 12 },
      ],
    },
    "so-1111",
  );
  expect(taken.status, JSON.stringify(taken.body)).toBe(202);
  const order = taken.body.orderId as string;
  await world.reached("SO-1111", "allocated");
  await until("a second carrier takes it", async () => {
    const { bookings } = (await world.books("tms")) as { bookings: Row[] };
    return (
      bookings
        .filter(({ orderId }) => orderId === order)
        .map(({ status }) => status)
        .join() === "rejected,booked"
    );
  });
  const { rows: split } = await world.pool.query(
    "select readable(data) as data from event where contract = 'sales.order-decomposed' and correlation = $1",
    [`order/${order}`],
  );
  expect(split[0].data).toMatchObject({
    fulfilment: [{ line: "1", item: "PUMP-100" }],
    freight: [{ line: "1" }],
    service: [{ line: "2", item: "SVC-CARE", termMonths: 12 }],
  });

  // Day 1: somebody starts the service by hand, and billing bills the month.
  const today = new Date().toISOString().slice(0, 10);
  const early = await world.estate.act("billing", "activate", {
    order,
    line: "2",
    customer: "C-NORTH",
    product: "SVC-CARE",
    monthly: "40.00",
    currency: "EUR",
    months: "12",
    start: today,
  });
  await world.estate.act("billing", "bill-month", { period: today.slice(0, 7) });
  const shown = await world.shown("SO-1111", /invoiced before proof of delivery/);
  expect(shown).toBe("Billing invoiced before proof of delivery.");
  const { rows: contradiction } = await world.pool.query(
    "select readable(data) as data from event where contract = 'operations.exception-raised' and data like '%service billed early%' and correlation = $1",
    [`order/${order}`],
  );
  expect(contradiction.map(({ data }) => data)).toMatchObject([
    { owner: "finance", valueAtRisk: { amount: "48.00", currency: "EUR" } },
  ]);
  expect(contradiction[0].data.reason).toContain(early.number);
  await world.estate.act("billing", "credit-invoice", { invoice: `${early.number}-${today.slice(0, 7)}` });

  // Day 2: goods leave. Nothing is billed yet.
  await world.estate.fault("tms", "hold-webhooks");
  await world.estate.act("wms", "dispatch", { orderId: order });
  await world.reached("SO-1111", "dispatched");
  await until("the goods issue is booked", async () =>
    (await world.books("erp")).documents.A_GoodsIssue.some((one: Row) => one.order === order || one.Items),
  );
  const billedFor = async (): Promise<Row[]> =>
    (await world.books("erp")).documents.A_BillingDocument.filter(
      ({ PurchaseOrderByCustomer }: Row) => PurchaseOrderByCustomer === "SO-1111",
    );
  expect(await billedFor()).toEqual([]);

  // Day 4: somebody signs; the proof comes late and twice.
  await world.estate.fault("tms", "duplicate-webhooks", { times: 4 });
  await world.estate.clear("tms", "hold-webhooks");
  await world.reached("SO-1111", "invoiced");
  const subscription = await until("the service runs", async () => {
    const { subscriptions } = (await world.books("billing")) as { subscriptions: Row[] };
    return subscriptions.find((one) => one.order === order && one.state === "active");
  });
  await world.estate.act("billing", "bill-month", { period: today.slice(0, 7) });
  await world.estate.settings("wms", { autoShip: true });

  const invoices = await billedFor();
  expect(invoices).toMatchObject([
    { TotalNetAmount: "2500.00", TaxAmount: "500.00", TotalGrossAmount: "3000.00" },
  ]);
  const { rows } = await world.pool.query(
    `select contract, min(recorded_at) as at from event
      where correlation = $1 and contract in ('logistics.delivery-proven', 'finance.invoice-posted') group by 1 order by 2`,
    [`order/${order}`],
  );
  expect(rows.map(({ contract }) => contract)).toEqual([
    "logistics.delivery-proven",
    "finance.invoice-posted",
  ]);
  const wms = await world.books("wms");
  expect(wms.stock["PUMP-100"].onHand).toBe("0");
  const left = wms.shipOrders
    .filter(({ orderId }: Row) => orderId === order)
    .flatMap((one: Row) => one.shipments);
  expect(left).toMatchObject([
    { lines: [{ sku: "PUMP-100", quantity: "5" }], dispatchedAt: expect.any(String) },
  ]);
  expect(
    (await world.books("tms")).bookings
      .filter(({ orderId }: Row) => orderId === order)
      .map(({ status }: Row) => status),
  ).toEqual(["rejected", "booked"]);
  const { subscriptions, ledger } = (await world.books("billing")) as { subscriptions: Row[]; ledger: Row[] };
  expect(subscriptions.filter((one) => one.order === order).map(({ state }) => state)).toEqual([
    "ended",
    "active",
  ]);
  expect(subscription.start).toBe(today);
  const mine = ledger.filter(
    ({ document }) => document.includes(subscription.number) || document.includes(early.number),
  );
  const [monthly, back] = [["debit", "credit"] as const, ["credit", "debit"] as const].map(
    ([ours, theirs]) => [
      { account: "Receivables", [ours]: "48.00" },
      { account: "Revenue", [theirs]: "40.00" },
      { account: "Tax", [theirs]: "8.00" },
    ],
  );
  // The early pair nets to nothing, and one valid invoice stands.
  expect(mine.map(({ lines }) => lines)).toEqual([monthly, back, monthly]);
  const { journalEntries } = await world.books("finance");
  const entries = await until("the ledger has cost and invoice", async () => {
    const found = journalEntries
      .concat((await world.books("finance")).journalEntries)
      .filter(({ memo }: Row) => memo.includes(order));
    const once = new Map(found.map((one: Row) => [one.id, one]));
    return once.size === 2 && [...once.values()];
  });
  expect(
    entries
      .flatMap(({ lines }: Row) => lines.map((one: Row) => `${one.account} ${one.debit}/${one.credit}`))
      .toSorted(),
  ).toEqual([
    "Cost of sales 1500.00/0.00",
    "Finished goods 0.00/1500.00",
    "Receivables 3000.00/0.00",
    "Revenue 0.00/2500.00",
    "Tax 0.00/500.00",
  ]);
  // The carrier's own words stand beside ours.
  const { rows: words } = await world.pool.query(
    `select readable(data)->>'currentStatus' as ours, readable(data)->>'rawStatus' as theirs from event
      where correlation = $1 and contract = 'logistics.shipment-status-changed' order by position`,
    [`order/${order}`],
  );
  expect(new Set(words.map(({ ours, theirs }) => `${theirs} is ${ours}`))).toEqual(
    new Set(["AF is in-transit", "D1 is delivered"]),
  );
  const crm = await until("the CRM shows it invoiced", async () =>
    (await world.books("crm")).records.find(
      (one: Row) => one.externalId === order && one.fields.Status__c === "invoiced",
    ),
  );
  // One view of it: what the CRM was told is what the order's own page says, and the ERP has a document for each.
  const { body: seen } = await world.request("GET", `/v1/sales-orders/${order}`);
  const reached = (seen.milestones as Row[])
    .filter(({ state }) => state === "reached")
    .map((one) => one.milestone);
  expect(reached).toEqual(["accepted", "credit approved", "allocated", "dispatched", "invoiced"]);
  for (const field of ["Accepted", "Credit_Approved", "Allocated", "Dispatched", "Invoiced"])
    expect(crm.fields[`${field}_At__c`], field).toBeDefined();
  const { documents: held } = await world.books("erp");
  const sold = held.A_SalesOrder.find((one: Row) => one.ExternalReference === order).SalesOrder;
  for (const set of ["A_GoodsIssue", "A_BillingDocument"])
    expect(
      held[set].filter((one: Row) => one.SalesOrder === sold),
      set,
    ).toHaveLength(1);
  await endsInAgreement(
    world,
    {
      about: [order],
      kinds: ["orders"],
      stock: ["PUMP-100"],
      faults: [
        ["tms", "hold-webhooks"],
        ["tms", "duplicate-webhooks"],
      ],
    },
    { landscape: true },
  );

  // A clerk of receivables deletes what billing took back, and finds it again.
  const { "credit-notes": credits } = await world.books("receivables");
  const { creditNote, invoice } = credits.find((one: Row) => one.order === order);
  await world.estate.act("receivables", "lose-credit-note", { creditNote });
  const ofThis = async () => (await differing(world, "orders")).filter((line) => line.includes(order));
  expect(await ofThis()).toEqual([`${order} credited: figures of ${invoice}; send as new at receivables`]);
  await world.estate.act("receivables", "lose-credit-note", { creditNote, found: true });
  expect(await ofThis()).toEqual([]);
}
