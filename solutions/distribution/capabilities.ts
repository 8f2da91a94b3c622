/**
 * What the solution offers to machines: orders, changes and cancellations, the three inquiries, and the webhooks of the
 * systems that tell us things.
 *
 * Flows and connections are named; the translations between the gateway's stable shapes and a system's dialect are pure.
 */
import type { Filled } from "./settings.ts";

/** One inquiry a caller waits for; see the gateway's `Capabilities`. */
interface Inquiry {
  readonly connection: string;
  readonly about: string;
  readonly deadline: `${number}s`;
  readonly lastGoodFor?: `${number}${"m" | "h"}`;
  // biome-ignore lint/suspicious/noExplicitAny: questions and answers are checked by the gateway against its own shapes.
  readonly answer: (answer: any, question: any) => unknown;
}

export interface Capabilities {
  readonly ordersFlow: string;
  readonly changesFlow: string;
  readonly cancellationsFlow: string;
  readonly credit: Inquiry;
  readonly price: Inquiry;
  readonly availability: Inquiry;
  readonly webhooks: Readonly<Record<string, { readonly flow: string; readonly secrets: readonly string[] }>>;
  readonly eventFlows: readonly string[];
}

interface CreditAnswer {
  readonly Decision: string;
  readonly Limit: string;
  readonly Exposure: string;
  readonly Reason: string;
}
interface PriceAnswer {
  readonly asOf?: string;
  readonly lines: readonly { readonly line?: string; readonly sku: string; readonly price: string }[];
}
interface StockAnswer {
  readonly items: readonly { readonly sku: string; readonly available: string }[];
}
interface AvailabilityQuestion {
  readonly lines: readonly { readonly line?: string; readonly sku: string }[];
}

export const capabilities = ({ systems }: Filled): Capabilities => ({
  ordersFlow: "api-orders",
  changesFlow: "api-order-changes",
  cancellationsFlow: "api-order-cancellations",
  // No stand-in for credit: a stale yes costs money.
  credit: {
    connection: "erp",
    about: "credit-check",
    deadline: "2s",
    answer: ({ Decision, Limit, Exposure, Reason }: CreditAnswer) => ({
      decision: Decision,
      limit: Limit,
      exposure: Exposure,
      ...(Reason === "" ? {} : { reason: Reason }),
    }),
  },
  price: {
    connection: "pricing",
    about: "price-checks",
    deadline: "2s",
    lastGoodFor: "1h",
    answer: ({ asOf, lines }: PriceAnswer) => ({
      ...(asOf === undefined ? {} : { asOf }),
      lines: lines.map(({ line, sku, price }) => ({ ...(line === undefined ? {} : { line }), sku, price })),
    }),
  },
  availability: {
    connection: "wms",
    about: "stock",
    deadline: "2s",
    lastGoodFor: "5m",
    answer: ({ items }: StockAnswer, { lines }: AvailabilityQuestion) => {
      const stock = new Map(items.map(({ sku, available }) => [sku, available]));
      return {
        lines: lines.map(({ line, sku }) => ({
          ...(line === undefined ? {} : { line }),
          sku,
          available: stock.get(sku) ?? "0",
        })),
      };
    },
  },
  webhooks: {
    wms: { flow: "wms-reports", secrets: systems.wms.webhookSecrets },
    tms: { flow: "tms-reports", secrets: systems.tms.webhookSecrets },
    payments: { flow: "payments-reports", secrets: systems.payments.webhookSecrets },
  },
  eventFlows: [],
});
