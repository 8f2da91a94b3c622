/**
 * What the business decided about order-to-cash, as data: tolerances, who decides what and how soon, ledger accounts,
 * units, codes.
 *
 * Nothing here is computed and nothing here is a price, a cost or a tax: those stay with the systems that own them. A
 * company changes this page, not the process.
 */
import { calendarMonths, type FiscalCalendar, type Span } from "crossdock";
import type { sales } from "crossdock/canon";

export interface Policy {
  /** Currencies we trade in, ISO 4217. */
  readonly currencies: readonly string[];
  /** How far a quoted price may be from the one the pricing system holds, in percent of the latter. */
  readonly priceTolerancePercent: string;
  /**
   * Channels whose orders are accepted together with their tax: a consumer is confirmed what is to be paid. An order of another
   * channel is accepted as soon as it is sound, and hears of its tax with the invoice.
   */
  readonly taxedWhenAccepted: readonly sales.Channel[];
  /**
   * May an order ship what there is and the rest later? Otherwise it waits until it is allocated in full. A list names the customers
   * whose orders may.
   */
  readonly partialDelivery: boolean | readonly string[];
  /**
   * Customers whose orders leave from a warehouse that has to have the goods first, with that warehouse: what is set aside for them
   * elsewhere is moved there.
   */
  readonly shipsFrom: Readonly<Record<string, string>>;
  /** Carriers asked before a person is, and how goods travel. */
  readonly carrierAttempts: number;
  readonly freightMode: "road" | "rail" | "air" | "sea" | "parcel";
  /** Who decides, and within which time. */
  readonly reviews: {
    readonly price: { readonly by: string; readonly within: Span };
    readonly credit: { readonly by: string; readonly within: Span };
    readonly carrier: { readonly by: string; readonly within: Span };
    /** Whether a payment the bank took back comes off its invoice. */
    readonly paymentBack: { readonly by: string; readonly within: Span };
    /** Whether money that a credit note left in a customer's favour is paid back. */
    readonly balance: { readonly by: string; readonly within: Span };
  };
  /** Who releases invoices above this net amount before they are posted; null: nobody has to. */
  readonly invoiceRelease: { readonly above: string | null; readonly by: string; readonly within: Span };
  /** Goods that come back: reasons for which a rule lets them, who decides about others, for how many days they may come. */
  readonly returns: {
    readonly reasons: readonly string[];
    readonly validDays: number;
    readonly instruction: string;
    readonly review: { readonly by: string; readonly within: Span };
  };
  /**
   * What may be promised on old values while a system is silent: for how long an answer stands in, the most that may hang on
   * open promises by currency, how many may be open, and who decides about one that does not hold.
   */
  readonly promised: {
    readonly goodFor: {
      readonly price: Span;
      readonly credit: Span;
      readonly availability: Span;
      readonly tax: Span;
    };
    readonly limit: Readonly<Record<string, string>>;
    readonly atOnce: number;
    readonly owner: string;
  };
  /** How long a shortage may last, a payment take, and a partner be silent about a document, before somebody is told. */
  readonly patience: { readonly shortage: Span; readonly payment: Span; readonly acknowledgement: Span };
  /** The milestones of `domain` order-to-cash with the span within which each is expected after the start. */
  readonly due: Readonly<
    Record<"accepted" | "credit approved" | "allocated" | "dispatched" | "invoiced" | "paid", Span>
  >;
  /** The finance ledger that gets a copy of every invoice and cost, and its accounts. */
  readonly ledger: {
    readonly name: string;
    readonly receivables: string;
    readonly revenue: string;
    readonly tax: string;
    readonly costOfSales: string;
    readonly finishedGoods: string;
    readonly bank: string;
    /** What the payment platform keeps for itself. */
    readonly fees: string;
  };
  /** Which fiscal period a day of that ledger belongs to; as the site's `periods` say it, or its postings are refused. */
  readonly fiscalCalendar: FiscalCalendar;
  /** The plant an order is fulfilled from unless it says otherwise. */
  readonly plant: string;
}

/** May an order of this customer leave in parts? */
export const mayLeaveInParts = ({ partialDelivery }: Policy, customer: string): boolean =>
  typeof partialDelivery === "boolean" ? partialDelivery : partialDelivery.includes(customer);

/**
 * What only a company itself can say: what it trades in, which plant it ships from, which ledger is posted into, and what whoever
 * sends goods back is told. Nothing stands in for it: a posting into somebody else's ledger is worse than a start that is refused.
 */
export type House = Pick<Policy, "currencies" | "plant" | "ledger"> & {
  readonly returns: Pick<Policy["returns"], "instruction">;
};

/** What a company says of its policy: its house, and whatever it decided otherwise than is usual. */
export type PolicySettings = House &
  Partial<Omit<Policy, keyof House>> & { readonly returns: Partial<Policy["returns"]> };

/** The whole policy, with what is usual for what was not decided. */
export const policyOf = ({ returns, ...said }: PolicySettings): Policy => ({
  ...USUAL,
  ...said,
  returns: { ...USUAL.returns, ...returns },
});

const USUAL = {
  fiscalCalendar: calendarMonths(),
  priceTolerancePercent: "1",
  taxedWhenAccepted: ["shop"],
  partialDelivery: false,
  shipsFrom: {},
  carrierAttempts: 3,
  freightMode: "road",
  reviews: {
    price: { by: "customer-service", within: "4h" },
    credit: { by: "credit-team", within: "4h" },
    carrier: { by: "logistics", within: "4h" },
    paymentBack: { by: "accounts-receivable", within: "1d" },
    balance: { by: "accounts-receivable", within: "1d" },
  },
  invoiceRelease: { above: null, by: "controller", within: "4h" },
  returns: {
    reasons: ["damaged", "wrong-item"],
    validDays: 30,
    review: { by: "customer-service", within: "1d" },
  },
  promised: {
    goodFor: { price: "1h", credit: "15m", availability: "5m", tax: "30d" },
    limit: { EUR: "25000.00" },
    atOnce: 200,
    owner: "customer-service",
  },
  patience: { shortage: "1d", payment: "31d", acknowledgement: "4h" },
  due: {
    accepted: "2m",
    "credit approved": "5m",
    allocated: "20m",
    dispatched: "1d",
    invoiced: "28h",
    paid: "31d",
  },
} as const satisfies Omit<Policy, keyof House> & { readonly returns: Partial<Policy["returns"]> };

/** The policy of the demonstration's company, which the rehearsals draw the process with. */
export const standardPolicy: Policy = policyOf({
  currencies: ["EUR"],
  returns: {
    instruction: "Send to WH-LYO, gate 3, with the number of this authorisation on the parcel.",
  },
  ledger: {
    name: "ME-03",
    receivables: "Receivables",
    revenue: "Revenue",
    tax: "Tax",
    costOfSales: "Cost of sales",
    finishedGoods: "Finished goods",
    bank: "Bank",
    fees: "Fees",
  },
  plant: "LYO",
});
