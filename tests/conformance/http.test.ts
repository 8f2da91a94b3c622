/** `http` keeps its guarantees against the simulated tax engine, payment gateway and freight system, and asks the pricing service. */
import { http } from "crossdock/connectors/http";
import { expect, test } from "vitest";
import { againstEstate, TOKEN } from "./estate-world.ts";

const config = (paths: Record<string, string>) => (url: string) => ({
  url,
  token: TOKEN,
  paths,
  timeoutMs: 3_000,
});

const { estate } = againstEstate(
  http,
  [
    {
      system: "tax",
      config: config({ "tax.finalise-document": "/v2/transactions" }),
      parcel: (id) => ({
        contract: "tax.finalise-document",
        subject: `invoice/${id}`,
        data: {
          documentCode: id,
          customer: "C-ACME",
          currency: "EUR",
          lines: [{ line: 1, sku: "PUMP-100", amount: "500.00" }],
          commit: true,
        },
      }),
      effects: ({ documents }, _, id) =>
        documents.filter(({ documentCode }: { documentCode: string }) => documentCode === id).length,
    },
    {
      system: "payments",
      config: config({ "payments.capture": "/captures" }),
      parcel: (id) => ({
        contract: "payments.capture",
        subject: `order/${id}`,
        data: { orderId: id, amount: "50.00", currency: "EUR" },
      }),
      effects: ({ captures }, _, id) =>
        captures.filter(({ orderId }: { orderId: string }) => orderId === id).length,
    },
    {
      system: "tms",
      config: config({ "tms.book-freight": "/freight-bookings" }),
      parcel: (id) => ({ contract: "tms.book-freight", subject: `order/${id}`, data: { orderId: id } }),
      effects: ({ bookings }, _, id) =>
        bookings.filter(({ orderId }: { orderId: string }) => orderId === id).length,
    },
    {
      system: "pricing",
      config: (url) => ({ ...config({})(url), asks: { "pricing.check": "/price-checks" } }),
      parcel: (id) => ({ contract: "none", subject: `none/${id}`, data: {} }),
      effects: () => 0,
      without: { deliver: "the pricing service is only asked" },
      question: () => ({
        about: "pricing.check",
        data: { customer: "C-ACME", currency: "EUR", lines: [{ line: 1, sku: "PUMP-100", quantity: "2" }] },
      }),
    },
  ],
  { occupy: "a key system gives the first answer again" },
);

test("the pricing service answers with prices, and an unknown item is refused", async () => {
  const url = estate().url.pricing ?? "";
  const session = await http.open(
    { url, token: TOKEN, paths: {}, asks: { "pricing.check": "/price-checks" } },
    { now: () => new Date(), signal: new AbortController().signal, log: () => {} },
  );
  const ask = (sku: string) =>
    session.ask?.(
      {
        about: "pricing.check",
        data: { customer: "C-ACME", currency: "EUR", lines: [{ line: 1, sku, quantity: "2" }] },
      },
      2_000,
    );
  expect(await ask("VALVE-20")).toMatchObject({ lines: [{ line: 1, sku: "VALVE-20", price: "50.00" }] });
  await expect(ask("NO-SUCH")).rejects.toMatchObject({ name: "Refused", facts: { code: "ITEM_UNKNOWN" } });
  await session.close();
});
