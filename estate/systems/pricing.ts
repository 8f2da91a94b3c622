/**
 * The pricing service: answers what an item costs a customer now, and keeps nothing of it but counts.
 *
 * What must stay true: an inquiry changes nothing. Prices change by setting only.
 *
 * @covers SYS-09
 */
import { type Body, list, object, problemDetails, Refusal, text } from "../kernel/call.ts";
import { cents, money } from "../kernel/decimal.ts";
import type { Tools, Trade } from "../kernel/station.ts";
import { items } from "./goods.ts";

export function pricing(_tools: Tools): Trade {
  const prices = new Map(items.map(({ sku, price }) => [sku, price]));
  const customerPrices = new Map<string, string>();
  let checks = 0;

  const priceOf = (customer: string, sku: string) =>
    customerPrices.get(`${customer} ${sku}`) ?? prices.get(sku);

  return {
    apply(entry) {
      if (entry.kind !== "settings") return;
      const settings = entry.settings as {
        prices?: Record<string, string>;
        customerPrices?: Record<string, Record<string, string>>;
      };
      for (const [sku, price] of Object.entries(settings.prices ?? {})) prices.set(sku, price);
      for (const [customer, own] of Object.entries(settings.customerPrices ?? {})) {
        for (const [sku, price] of Object.entries(own)) customerPrices.set(`${customer} ${sku}`, price);
      }
    },
    routes: [
      {
        method: "POST",
        path: /^\/price-checks$/,
        handle: ({ body }) => {
          const customer = text(body, "customer");
          const currency = text(body, "currency");
          if (currency !== "EUR") {
            throw new Refusal(422, "CURRENCY_UNKNOWN", `Prices are kept in EUR, found ${currency}.`, {
              field: "currency",
            });
          }
          const lines = list(body, "lines").map((line) => {
            const sku = text(line, "sku");
            const price = priceOf(customer, sku);
            if (price === undefined)
              throw new Refusal(404, "ITEM_UNKNOWN", `There is no item ${sku}.`, { sku });
            return { line: line.line, sku, price };
          });
          checks += 1;
          return { status: 200, body: { asOf: new Date().toISOString(), customer, currency, lines } };
        },
      },
      {
        method: "GET",
        path: /^\/prices$/,
        handle: () => ({ status: 200, body: { currency: "EUR", prices: Object.fromEntries(prices) } }),
      },
    ],
    acts: {},
    settle(body) {
      const checked = (table: Body) =>
        Object.fromEntries(
          Object.entries(table).map(([sku, price]) => [sku, money(cents(price, `The price of ${sku}`))]),
        );
      const customers = object(body, "customerPrices");
      return {
        prices: checked(object(body, "prices")),
        customerPrices: Object.fromEntries(
          Object.keys(customers).map((name) => [name, checked(object(customers, name))]),
        ),
      };
    },
    books: () => ({
      prices: Object.fromEntries(prices),
      customerPrices: Object.fromEntries(customerPrices),
      checksSinceStart: checks,
    }),
    resume: () => undefined,
    dialect: problemDetails,
    refusal: () => new Refusal(422, "PRICE_BLOCKED", "The price agreement of this customer is blocked."),
  };
}
