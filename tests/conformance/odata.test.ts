/**
 * `odata` keeps its guarantees against the simulated ERP: unique references, CSRF tokens, closed periods.
 *
 * @covers PRD-02
 */
import type { Parcel } from "crossdock";
import { odata } from "crossdock/connectors/odata";
import { expect, test } from "vitest";
import { againstEstate, TOKEN } from "./estate-world.ts";

const around = { now: () => new Date(), signal: new AbortController().signal, log: () => {} };

const configOf = (url: string) => ({
  url: `${url}/sap/opu/odata4/meridian`,
  token: TOKEN,
  paths: { "erp.post-sales-order": { path: "/A_SalesOrder", reference: "SalesOrder" } },
  asks: {
    "erp.check-credit": {
      method: "GET" as const,
      path: "/CreditCheck(Customer='{customer}',Amount={amount},Currency='{currency}')",
    },
  },
  timeoutMs: 3_000,
});

const order = (customer: string) => ({
  SoldToParty: customer,
  TransactionCurrency: "EUR",
  Items: [{ SalesOrderItem: "1", Material: "PUMP-100", Quantity: "2", NetPrice: "500.00" }],
});

const { estate } = againstEstate(
  odata,
  [
    {
      system: "erp",
      config: configOf,
      parcel: (id) => ({
        contract: "erp.post-sales-order",
        subject: `order/${id}`,
        data: { PurchaseOrderByCustomer: id, ...order("C-ACME") },
      }),
      effects: ({ documents }, { key }) =>
        documents.A_SalesOrder.filter(
          ({ ExternalReference }: { ExternalReference: string }) => ExternalReference === key,
        ).length,
      question: () => ({
        about: "erp.check-credit",
        data: { customer: "C-ACME", amount: "10.00", currency: "EUR" },
      }),
      occupy: async (parcel, config) => {
        const session = await odata.open(config as ReturnType<typeof configOf>, around);
        await session.deliver?.({
          ...parcel,
          body: new TextEncoder().encode(JSON.stringify(order("C-BAKER"))),
        });
        await session.close();
      },
    },
  ],
  {},
);

const parcel = (key: string): Parcel => ({
  key,
  contract: "erp.post-sales-order",
  subject: `order/${key}`,
  mediaType: "application/json",
  body: new TextEncoder().encode(JSON.stringify(order("C-ACME"))),
});

test("the receipt carries the ERP's order number, also when its write token had expired", async () => {
  const session = await odata.open(configOf(estate().url.erp ?? ""), around);
  const first = await session.deliver?.(parcel("own-1"));
  await estate().act("erp", "expire-csrf");
  const second = await session.deliver?.(parcel("own-2"));
  expect([first?.reference, second?.reference]).toEqual([
    expect.stringMatching(/^45\d+$/),
    expect.stringMatching(/^45\d+$/),
  ]);
  expect(first?.reference).not.toBe(second?.reference);
  await session.close();
});

test("credit is asked with the amount as it was written", async () => {
  const session = await odata.open(configOf(estate().url.erp ?? ""), around);
  const answer = await session.ask?.(
    { about: "erp.check-credit", data: { customer: "C-OVER", amount: "100.01", currency: "EUR" } },
    2_000,
  );
  expect(answer).toMatchObject({ Decision: "held", Limit: "100.00" });
  await session.close();
});
