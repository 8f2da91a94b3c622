/** The happy path of a customer's machine: a receipt, a status that tells how far it is, an invoice, a bank payment. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { openWorld, type World } from "./kit/world.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

test("ordered by API, invoiced, paid by a transfer that names the invoice", async () => {
  const number = await world.orderByApi("C-NORTH", [
    { sku: "PUMP-100", quantity: "2", price: "500.00" },
    { sku: "SEAL-9", quantity: "100" },
  ]);
  await world.reached(number, "invoiced");
  const { status, body } = await world.request("GET", `/v1/sales-orders/SO-NORTH-${number}`);
  expect(status).toBe(200);
  expect(JSON.stringify(body)).toContain("invoiced");

  const [invoice] = (await world.books("erp")).documents.A_BillingDocument;
  expect(invoice.TotalGrossAmount).toBe("1800.00");
  await world.estate.act("bank", "receive", {
    amount: "1800.00",
    currency: "EUR",
    debtor: "North Ltd",
    remittance: `Thank you, ${invoice.BillingDocument}`,
  });
  await world.reached(number, "paid");
  await world.rest();
  expect(await world.wrong()).toEqual([]);
});

test("what the gateway says before an order agrees with the systems it asks", async () => {
  const [credit, price, stock] = await Promise.all([
    world.request("POST", "/v1/credit-checks", { customer: "C-OVER", amount: "101.00", currency: "EUR" }),
    world.request("POST", "/v1/prices", {
      customer: "C-NORTH",
      currency: "EUR",
      lines: [{ sku: "PUMP-100", quantity: "1" }],
    }),
    world.request("POST", "/v1/availability", { lines: [{ sku: "PUMP-100", quantity: "1" }] }),
  ]);
  expect([credit, price, stock].map(({ status }) => status)).toEqual([200, 200, 200]);
  expect(JSON.stringify(credit.body)).toContain("held");
  expect(JSON.stringify(price.body)).toContain("500.00");
  expect(JSON.stringify(stock.body)).toContain("PUMP-100");
});
