/** The judge can tell: the books of a sound run pass, and each kind of mistake planted in them is named. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { openWorld, type World } from "../stories/kit/world.ts";
import type { Books } from "./books.ts";
import { violations } from "./oracle.ts";

/** Books that a test may write into. */
type Writable<Value> = Value extends string | number | boolean | null
  ? Value
  : { -readonly [Name in keyof Value]: Writable<Value[Name]> };

let world: World;
let sound: Books;
beforeAll(async () => {
  world = await openWorld();
  const lines = [{ sku: "PUMP-100", quantity: "2", price: "500.00" }];
  const numbers = [await world.orderByEdi(lines), await world.orderByShop(lines)];
  for (const number of numbers) await world.reached(number, "paid");
  await world.rest();
  sound = await world.allBooks();
});
afterAll(() => world.close());

test("sound books have no violations", () => {
  expect(violations(sound, world.owed)).toEqual([]);
});

const again = <Value>(list: Value[]): void => {
  list.push(structuredClone(list[0] as Value));
};

const PLANTED: [string, (books: Writable<Books>) => unknown, RegExp][] = [
  ["an order lost", ({ erp }) => erp.documents.A_SalesOrder?.pop(), /has 0 sales orders/],
  ["an order doubled", ({ erp }) => again(erp.documents.A_SalesOrder ?? []), /has 2 sales orders/],
  ["an invoice lost", ({ erp }) => erp.documents.A_BillingDocument?.pop(), /0 invoices/],
  ["an invoice doubled", ({ erp }) => again(erp.documents.A_BillingDocument ?? []), /2 invoices/],
  ["a goods issue doubled", ({ erp }) => again(erp.documents.A_GoodsIssue ?? []), /2 goods issues/],
  ["shipped twice", ({ wms }) => again(wms.shipOrders), /the WMS shipped 1 PUMP-100 × 4/],
  ["stock set aside twice", ({ wms }) => again(wms.allocations), /allocations gave 1 PUMP-100 × 4/],
  [
    "a posting taken twice and undone",
    ({ wms }) => wms.allocations.push({ ...structuredClone(wms.allocations[0]!), lines: [] }),
    /booked \S+ of \S+ twice among its allocations/,
  ],
  ["two trucks", ({ tms }) => again(tms.bookings), /2 freight bookings/],
  ["taxed twice", ({ tax }) => again(tax.documents), /2 tax documents/],
  ["a card charged twice", ({ payments }) => again(payments.captures), /was taken by card/],
  ["money in the bank twice", ({ bank }) => again(bank.entries), /reached the bank/],
  ["finance posted twice", ({ finance }) => again(finance.journalEntries), /2 finance entries/],
  ["a payment applied twice", ({ finance }) => again(finance.customerPayments), /is applied to invoice/],
  ["a posting out of balance", ({ erp }) => erp.ledger[0]?.lines.pop(), /ERP document \S+ debits/],
  [
    "stock out of nowhere",
    ({ wms }) => Object.assign(wms.stock["PUMP-100"] ?? {}, { onHand: "100000" }),
    /WMS PUMP-100: 100000 came in/,
  ],
  [
    "the CRM left behind",
    ({ crm }) => Object.assign(crm.records[0]?.fields ?? {}, { Status__c: "invoiced" }),
    /the CRM believes/,
  ],
  ["the shop not told", ({ shop }) => shop.orders[0]?.statuses.pop(), /the shop was never told: paid/],
  ["the partner not told", ({ acme }) => acme.shipments.pop(), /the partner heard of shipments none/],
  ["the partner billed twice", ({ acme }) => again(acme.invoices), /the partner has invoice \S+ 2 times/],
  ["a complaint", ({ acme }) => acme.complaints.push("We never ordered this."), /The partner complains/],
  ["an order nobody placed", (_books) => undefined, /which nobody ordered/],
];

test.each(PLANTED)("%s is found", (name, plant, sentence) => {
  const books = structuredClone(sound) as Writable<Books>;
  plant(books);
  const owed = name === "an order nobody placed" ? world.owed.slice(1) : world.owed;
  expect(violations(books as Books, owed).join("\n")).toMatch(sentence);
});
