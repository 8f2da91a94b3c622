/**
 * Orders from further channels: a customer portal, a marketplace, a configurator, field sales, and partners behind an old EDI translator.
 *
 * Each words an order its own way; what comes out is the same order, under a number that follows from customer and reference, so an
 * order that is told twice is one. The portal orders through the gateway like the web shop, and is told where its orders stand.
 *
 * @covers SYS-03, SYS-04, SYS-06, SYS-07, SYS-08
 */
import { ContractBroken, connection, flow } from "crossdock";
import { decimals, operations, sales, services } from "crossdock/canon";
import { type CsvRow, csv } from "crossdock/codecs/csv";
import { type Idoc, idoc } from "crossdock/codecs/idoc";
import { file } from "crossdock/connectors/file";
import { http } from "crossdock/connectors/http";
import { idoc as idocs } from "crossdock/mappings/idoc";
import { documentAsJson, json } from "../distribution/formats.ts";
import { orderNumber } from "../distribution/mappings/orders-api.ts";
import { acknowledged, toShopStatus } from "../distribution/mappings/status.ts";
import {
  at,
  type Folders,
  inbox,
  type Neighbourhood,
  pieces,
  type System,
  type TellingSystem,
} from "./neighbourhood.ts";

export interface Channels {
  readonly portal?: System & { readonly customers: readonly string[] };
  /** The marketplace owes the money of what its customers buy: `customer` is our number of it. */
  readonly marketplace?: TellingSystem & { readonly customer: string };
  readonly cpq?: TellingSystem;
  /** `customers`: those agreed on; orders of any other wait until master data knows the customer. */
  readonly fieldSales?: Pick<Folders, "from" | "pollMs"> & { readonly customers: readonly string[] };
  /**
   * `partners`: our number of the customer by the partner the translator names; orders of any other partner wait until master data
   * says whose name that is.
   */
  readonly translator?: Pick<Folders, "from" | "pollMs"> & {
    readonly partners: Readonly<Record<string, string>>;
  };
}

export function channels({ portal, marketplace, cpq, fieldSales, translator }: Channels): Neighbourhood {
  return {
    flows: [
      ...(portal ? [portalFlow(portal)] : []),
      ...(marketplace ? [marketplaceFlow(marketplace)] : []),
      ...(cpq ? [quoteFlow(cpq)] : []),
      ...(fieldSales ? [visitFlow(fieldSales)] : []),
      ...(translator ? [translatorFlow(translator)] : []),
    ],
    webhooks: {
      ...(marketplace && {
        marketplace: { flow: "marketplace-orders", secrets: marketplace.webhookSecrets },
      }),
      ...(cpq && { cpq: { flow: "accepted-quotes", secrets: cpq.webhookSecrets } }),
    },
  };
}

const priced = (amount: string, currency: string) => ({ amount, currency, per: pieces("1") });

const portalFlow = ({ customers, ...system }: NonNullable<Channels["portal"]>) =>
  flow("portal-order-status")
    .on(operations.MilestoneReached)
    .keep("only orders are of interest to the portal", ({ process }) => process === "order-to-cash")
    .lookUp(
      "customer of the order",
      ({ instance }) => [{ key: { type: "order", value: instance }, give: "customer" }],
      (reached, [customer]) => ({ ...reached, customer: customer ?? "" }),
      { optional: true },
    )
    .keep("it is no order of a customer of the portal", ({ customer }) => customers.includes(customer))
    .map(toShopStatus)
    .deliver(
      connection("portal", http, {
        title: "Customer portal",
        owner: "commerce",
        config: {
          ...at(system),
          paths: { [operations.MilestoneReached.name]: { path: "/orders/{orderId}/status", method: "PUT" } },
        },
      }),
      documentAsJson(),
    )
    .answer(operations.MilestoneAcknowledged, acknowledged);

interface MarketplaceOrder {
  readonly marketplaceOrderId: string;
  readonly latestShipDate: string;
  readonly shippingAddress: {
    readonly name: string;
    readonly addressLine1: string;
    readonly city: string;
    readonly postalCode: string;
    readonly countryCode: string;
  };
  readonly items: readonly {
    readonly orderItemId: string;
    readonly sellerSku: string;
    readonly quantityOrdered: number;
    readonly itemPrice: { readonly minor: number; readonly currencyCode: string };
  }[];
}

/** An amount in the smallest coin, in the currency's own number of places. */
const fromMinor = ({ minor, currencyCode }: MarketplaceOrder["items"][number]["itemPrice"]): string => {
  const places = decimals.minorUnit(currencyCode);
  return decimals.quantise(decimals.divide(String(minor), `1${"0".repeat(places)}`, places), currencyCode);
};

function oneCurrency(order: string, currencies: readonly string[]): string {
  const [first, ...others] = [...new Set(currencies)];
  if (first !== undefined && others.length === 0) return first;
  throw new ContractBroken(`The order ${order} has lines in several currencies, or none.`, {
    facts: { field: "currency", expected: "one", found: currencies.join(", ") },
  });
}

const fromMarketplace =
  (customer: string) =>
  (told: unknown): sales.SalesOrder => {
    const { marketplaceOrderId, latestShipDate, shippingAddress: to, items } = told as MarketplaceOrder;
    const currency = oneCurrency(
      marketplaceOrderId,
      items.map(({ itemPrice }) => itemPrice.currencyCode),
    );
    return {
      salesOrderId: orderNumber(customer, marketplaceOrderId),
      customerReference: marketplaceOrderId,
      customer,
      channel: "api",
      currency,
      requestedDate: latestShipDate,
      payment: { method: "invoice" },
      shipTo: {
        name: to.name,
        street: to.addressLine1,
        city: to.city,
        postalCode: to.postalCode,
        country: to.countryCode,
      },
      lines: items.map(({ sellerSku, quantityOrdered, itemPrice }, index) => ({
        line: String(index + 1),
        item: sellerSku,
        quantity: pieces(String(quantityOrdered)),
        price: priced(fromMinor(itemPrice), currency),
      })),
      extensions: { marketplace: { items: items.map(({ orderItemId }) => orderItemId) } },
    };
  };

const marketplaceFlow = ({ customer, ...system }: NonNullable<Channels["marketplace"]>) =>
  flow("marketplace-orders")
    .from(
      connection("marketplace", http, {
        title: "Marketplace",
        owner: "commerce",
        config: { ...at(system), paths: {} },
      }),
    )
    .decode(json)
    .map(fromMarketplace(customer))
    .publish(sales.OrderCaptured);

interface AcceptedQuote {
  readonly occurredAt: string;
  readonly quote: string;
  readonly account: string;
  readonly currency: string;
  readonly requestedDate: string;
  readonly configuration: readonly {
    readonly product: string;
    readonly options: Readonly<Record<string, unknown>>;
    readonly pieces: string;
    readonly netPrice: string;
  }[];
}

/** The quote that was taken, and the order it is; the options of each product travel with the order. */
function fromQuote(told: unknown) {
  const { occurredAt, quote, account, currency, requestedDate, configuration } = told as AcceptedQuote;
  const salesOrderId = orderNumber(account, quote);
  const lines = configuration.map((one, index) => ({
    line: String(index + 1),
    item: one.product,
    quantity: pieces(decimals.plain(one.pieces)),
    price: priced(one.netPrice, currency),
  }));
  return [
    sales.OrderCaptured.of({
      salesOrderId,
      customerReference: quote,
      customer: account,
      channel: "crm",
      currency,
      requestedDate,
      payment: { method: "invoice" },
      lines,
      extensions: { cpq: { options: configuration.map(({ options }) => options) } },
    }),
    services.QuoteAccepted.of({
      quoteId: quote,
      customer: account,
      currency,
      lines,
      salesOrderId,
      acceptedAt: occurredAt,
    }),
  ];
}

const quoteFlow = (system: TellingSystem) =>
  flow("accepted-quotes")
    .from(
      connection("cpq", http, {
        title: "Configurator",
        owner: "sales",
        config: { ...at(system), paths: {} },
      }),
    )
    .decode(json)
    .publishAs([sales.OrderCaptured, services.QuoteAccepted], fromQuote);

const VISITS = csv({
  columns: ["visit", "customer", "line", "item", "quantity", "price", "currency", "wanted", "rep"],
  delimiter: ";",
});

/** Rows of one visit are one order; its rows must agree about whose it is. */
function visitsOf(rows: readonly CsvRow[]): (sales.SalesOrder | ContractBroken)[] {
  return Object.entries(Object.groupBy(rows, ({ visit = "" }) => visit)).map(([visit, ofVisit = []]) => {
    const said = new Set(
      ofVisit.map(({ customer, currency, wanted }) => `${customer} ${currency} ${wanted}`),
    );
    const { customer = "", currency = "", wanted = "", rep = "" } = ofVisit[0] ?? {};
    if (said.size > 1) {
      return new ContractBroken(`The rows of visit ${visit} disagree about customer, currency or day.`, {
        facts: { field: "visit", expected: "one customer, currency and day", found: [...said].join("; ") },
      });
    }
    return {
      salesOrderId: orderNumber(customer, visit),
      customerReference: visit,
      customer,
      channel: "api",
      currency,
      requestedDate: wanted,
      payment: { method: "invoice" },
      lines: ofVisit.map(({ line = "", item = "", quantity = "", price = "" }) => ({
        line,
        item,
        quantity: pieces(decimals.plain(quantity)),
        price: priced(price, currency),
      })),
      extensions: { fieldSales: { rep } },
    };
  });
}

const visitFlow = ({ customers, ...folders }: NonNullable<Channels["fieldSales"]>) =>
  flow("field-sales-visits")
    .from(connection("field-sales", file, { title: "Field sales", owner: "sales", config: inbox(folders) }))
    .decode(VISITS)
    .split("visits", visitsOf)
    .lookUp(
      "customer of the visit",
      ({ customer }) =>
        customers.includes(customer)
          ? []
          : [{ key: { type: "customerRecord", value: customer }, give: "customer" }],
      (order) => order,
      { waits: true },
    )
    .publish(sales.OrderCaptured);

const translatorFlow = ({ partners, ...folders }: NonNullable<Channels["translator"]>) =>
  flow("translated-orders")
    .from(
      connection("edi-translator", file, {
        title: "Old EDI translator",
        owner: "integration",
        config: inbox(folders),
      }),
    )
    .decode(idoc())
    .split("IDocs", ({ idocs: all }) => all)
    .lookUp(
      "customer of the partner",
      ({ control: { RCVPRN: partner = "" } }) =>
        Object.hasOwn(partners, partner)
          ? []
          : [{ key: { type: "customerAlias", value: partner }, give: "customer" }],
      (one: Idoc, [found]) => ({ one, customer: found ?? partners[one.control.RCVPRN ?? ""] ?? "" }),
      { waits: true },
    )
    .publishAs([sales.OrderCaptured], ({ one, customer }) => {
      const around = {
        role: "customer" as const,
        partner: customer,
        controlNumber: one.control.DOCNUM ?? "",
        orderNumber: (reference: string) => orderNumber(customer, reference),
      };
      return idocs.ORDERS05.read(one, around).messages.map((message) => {
        if (message instanceof ContractBroken) throw message;
        return message;
      });
    });
