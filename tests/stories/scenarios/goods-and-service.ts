/**
 * SCN-11: goods and recurring service in one order, billed only after proof of delivery.
 *
 * What must stay true at the end: the goods are invoiced once and after delivery, the service runs from that day, and what
 * billing did too early has netted to nothing.
 */
import { expect } from "vitest";
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
  const { subscriptions, ledger } = (await world.books("billing")) as { subscriptions: Row[]; ledger: Row[] };
  expect(subscriptions.filter((one) => one.order === order).map(({ state }) => state)).toEqual([
    "ended",
    "active",
  ]);
  expect(subscription.start).toBe(today);
  const mine = ledger.filter(
    ({ document }) => document.includes(subscription.number) || document.includes(early.number),
  );
  expect(mine.map(({ lines }) => lines[0])).toEqual([
    { account: "Receivables", debit: "48.00" },
    { account: "Receivables", credit: "48.00" },
    { account: "Receivables", debit: "48.00" },
  ]);
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
  expect(crm.fields.Dispatched_At__c).toBeDefined();
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
}
