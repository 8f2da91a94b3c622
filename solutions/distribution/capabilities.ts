/**
 * What the solution offers to machines: orders, changes and cancellations, inquiries, reported facts, and the webhooks of
 * the systems that tell us things.
 *
 * Flows and connections are named; the translations between the gateway's stable shapes and a system's dialect are pure. What
 * an inquiry is stands in its contract (`crossdock/canon`, inquiries); here stands who knows, how long may be waited, and
 * what happens when they are silent.
 */
import { type Answering, answering, type Reporting, reporting } from "crossdock";
import { decimals, finance, inquiries, logistics, returns } from "crossdock/canon";
import type { Filled } from "./settings.ts";

export interface Capabilities {
  readonly ordersFlow: string;
  readonly changesFlow: string;
  readonly cancellationsFlow: string;
  readonly inquiries: readonly Answering[];
  readonly reports: readonly Reporting[];
  readonly webhooks: Readonly<Record<string, { readonly flow: string; readonly secrets: readonly string[] }>>;
  readonly eventFlows: readonly string[];
}

interface Partner {
  readonly BusinessPartner: string;
  readonly Name: string;
  readonly Country?: string;
  readonly Currency: string;
  readonly PaymentTerms: string;
  readonly Blocked: boolean;
  readonly CreditLimit: string;
  readonly CreditExposure: string;
}
interface Price {
  readonly line?: string;
  readonly sku: string;
  readonly price: string;
}
interface Stock {
  readonly sku: string;
  readonly onHand: string;
  readonly allocated: string;
  readonly available: string;
}
interface Refusal {
  readonly refused: string;
}

/** A line number only where there is one. */
const numbered = (line: string | undefined) => (line === undefined ? {} : { line });

/** Facts machines may report, and the flows that take them. */
export const reports: readonly Reporting[] = [
  // A warehouse without webhooks of its own, such as one that ships by paper for a day.
  reporting(logistics.ShipmentDispatched, {
    name: "confirmShipment",
    path: "/shipment-confirmations",
    flow: "api-shipment-confirmations",
  }),
  reporting(returns.ReturnRequested, { name: "requestReturn", path: "/returns", flow: "api-returns" }),
  reporting(finance.PostingSubmitted, {
    name: "postLedgerEntry",
    path: "/postings",
    flow: "api-postings",
  }),
];

const promised = ({ promised: { limit, atOnce, owner } }: Filled["policy"]) => ({ limit, atOnce, owner });

/** The price of the line asked for in this place. */
const priceFor = (
  priced: readonly { readonly sku: string; readonly price: string }[],
  sku: string,
  at: number,
) => (priced[at]?.sku === sku ? priced[at] : priced.find((line) => line.sku === sku))?.price ?? "0";

export const capabilities = ({ systems, policy }: Filled): Capabilities => ({
  ordersFlow: "api-orders",
  changesFlow: "api-order-changes",
  cancellationsFlow: "api-order-cancellations",
  inquiries: [
    // A stale yes may cost money: it stands in for the very same question only, within the limit, and is checked again.
    answering(inquiries.CheckCredit, {
      asks: { erp: { about: "credit-check" } },
      deadline: "2s",
      lastGoodFor: policy.promised.goodFor.credit,
      promise: {
        ...promised(policy),
        worth: ({ amount, currency }, { decision }) =>
          decision === "approved" ? { amount, currency } : null,
        holds: ({ decision }) => decision,
      },
      answer: ({ erp: { Decision, Limit, Exposure, Reason } }) => ({
        decision: Decision,
        limit: Limit,
        exposure: Exposure,
        ...(Reason === "" ? {} : { reason: Reason }),
      }),
    }),
    answering(inquiries.GetPrices, {
      asks: { pricing: { about: "price-checks" } },
      deadline: "2s",
      lastGoodFor: policy.promised.goodFor.price,
      promise: {
        ...promised(policy),
        // In the order they were asked for; what is not priced is not promised.
        worth: ({ currency, lines }, { lines: priced }) =>
          decimals.money(
            decimals.add(
              "0",
              ...lines.map(({ quantity, sku }, at) => decimals.multiply(quantity, priceFor(priced, sku, at))),
            ),
            currency,
          ),
        holds: ({ lines }) => lines,
      },
      answer: ({ pricing: { asOf, lines } }: { pricing: { asOf?: string; lines: readonly Price[] } }) => ({
        ...(asOf === undefined ? {} : { asOf }),
        lines: lines.map(({ line, sku, price }) => ({ ...numbered(line), sku, price })),
      }),
    }),
    answering(inquiries.GetAvailability, {
      asks: { wms: { about: "stock" } },
      deadline: "2s",
      lastGoodFor: policy.promised.goodFor.availability,
      promise: {
        ...promised(policy),
        // What was promised holds while there is enough of it, whatever the count.
        holds: ({ lines }, question) =>
          lines.map(({ sku, available }, at) =>
            decimals.compare(available, question.lines[at]?.quantity ?? "0") < 0 ? `too little ${sku}` : sku,
          ),
      },
      answer: ({ wms: { items } }: { wms: { items: readonly Stock[] } }, { lines }) => {
        const stock = new Map(items.map(({ sku, available }) => [sku, available]));
        return {
          lines: lines.map(({ line, sku }) => ({
            ...numbered(line),
            sku,
            available: stock.get(sku) ?? "0",
          })),
        };
      },
    }),
    answering(inquiries.GetInventory, {
      asks: { wms: { about: "stock" } },
      deadline: "2s",
      lastGoodFor: "5m",
      answer: ({ wms: { items } }: { wms: { items: readonly Stock[] } }, { skus }) => {
        const stock = new Map(items.map((item) => [item.sku, item]));
        return {
          items: skus.flatMap((sku) => {
            const { onHand, allocated, available } = stock.get(sku) ?? {};
            return onHand === undefined || allocated === undefined || available === undefined
              ? []
              : [{ sku, onHand, allocated, available }];
          }),
          unknown: skus.filter((sku) => !stock.has(sku)),
        };
      },
    }),
    answering(inquiries.GetCustomer, {
      asks: { erp: { about: "customer" } },
      deadline: "2s",
      lastGoodFor: "1h",
      answer: ({ erp }: { erp: Partner }) => ({
        customer: erp.BusinessPartner,
        name: erp.Name,
        ...(erp.Country === undefined ? {} : { country: erp.Country }),
        currency: erp.Currency,
        paymentTerms: erp.PaymentTerms,
        blocked: erp.Blocked,
        creditLimit: erp.CreditLimit,
        creditExposure: erp.CreditExposure,
      }),
    }),
    answering(inquiries.GetProduct, {
      asks: { erp: { about: "product" } },
      deadline: "2s",
      lastGoodFor: "1h",
      answer: ({ erp }) => ({
        sku: erp.Product,
        description: erp.ProductDescription,
        unit: erp.BaseUnit,
        kind: erp.ProductType === "SERV" ? ("service" as const) : ("goods" as const),
        sellable: erp.SalesStatus === "",
      }),
    }),
    // No stand-in: "it could be taken" is only worth something now.
    answering(inquiries.ValidateOrder, {
      asks: {
        erp: { about: "customer", mayRefuse: true },
        pricing: {
          about: "price-checks",
          mayRefuse: true,
          ask: ({ customer, currency, lines }) => ({
            customer,
            currency,
            lines: lines.map(({ line, sku, quantity }, at) => ({
              line: line ?? String(at + 1),
              sku,
              quantity,
            })),
          }),
        },
      },
      deadline: "3s",
      answer: judged(policy),
    }),
  ],
  reports,
  webhooks: {
    wms: { flow: "wms-reports", secrets: systems.wms.webhookSecrets },
    tms: { flow: "tms-reports", secrets: systems.tms.webhookSecrets },
    payments: { flow: "payments-reports", secrets: systems.payments.webhookSecrets },
  },
  eventFlows: [],
});

type Validation = (typeof inquiries.ValidateOrder)["sample"];

/** Whether an order could be taken, from what the ERP says about the customer and pricing about the items. */
export const judged =
  ({ currencies, priceTolerancePercent }: Filled["policy"]) =>
  (
    { erp, pricing }: { erp: Partner | Refusal; pricing: { lines: readonly Price[] } | Refusal },
    { customer, currency, paymentTerms, lines }: Validation["question"],
  ): Validation["answer"] => {
    const known = !("refused" in erp);
    const agreed = new Map("refused" in pricing ? [] : pricing.lines.map(({ line, price }) => [line, price]));
    const judgedLines = lines.map(({ line, sku, price }, at) => {
      const name = line ?? String(at + 1);
      const agreedPrice = agreed.get(name);
      const priceAgreed =
        agreedPrice !== undefined && (price === undefined || near(price, agreedPrice, priceTolerancePercent));
      return { name, price, told: { ...numbered(line), sku, ...given(agreedPrice), priceAgreed } };
    });
    const reasons = [
      ...(known ? [] : [`Customer ${customer} is not known.`]),
      ...(known && erp.Blocked ? [`Customer ${customer} is blocked.`] : []),
      ...(known && paymentTerms !== undefined && paymentTerms !== erp.PaymentTerms
        ? [`The terms ${paymentTerms} are not agreed; ${erp.PaymentTerms} are.`]
        : []),
      ...(currencies.includes(currency) ? [] : [`We trade in ${currencies.join(", ")}, not in ${currency}.`]),
      ...("refused" in pricing
        ? ["Pricing does not know one of the items, or has no prices for this customer."]
        : judgedLines.flatMap(({ name, price, told: { sku, agreedPrice, priceAgreed } }) => {
            if (priceAgreed) return [];
            return agreedPrice === undefined
              ? [`Line ${name}: nobody has a price for ${sku}.`]
              : [`Line ${name} states ${price} for ${sku}; ${agreedPrice} is agreed.`];
          })),
    ];
    return {
      valid: reasons.length === 0,
      reasons,
      customer: known ? { known, blocked: erp.Blocked, paymentTerms: erp.PaymentTerms } : { known },
      lines: judgedLines.map(({ told }) => told),
    };
  };

const given = (agreedPrice: string | undefined) => (agreedPrice === undefined ? {} : { agreedPrice });

/** Whether two prices differ by no more than the tolerated share of the agreed one. */
function near(stated: string, agreed: string, percent: string): boolean {
  const difference = decimals.subtract(stated, agreed).replace(/^-/, "");
  return decimals.compare(decimals.multiply(difference, "100"), decimals.multiply(agreed, percent)) <= 0;
}
