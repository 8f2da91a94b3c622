/**
 * How CRM and web shop are asked what they hold of orders: the milestones they were told of, and the credit notes.
 *
 * Both keep the word they were given, and no quantities. Questions change nothing.
 */
import type { Snapshot } from "crossdock";
import { creditedOf, ofOrder } from "./agreed.ts";

const MILESTONES = ["accepted", "credit approved", "allocated", "dispatched", "invoiced", "paid"] as const;

interface CrmOrder extends Readonly<Record<string, unknown>> {
  readonly Credit_Notes__r?: {
    readonly done: boolean;
    readonly records: readonly Readonly<Record<"Number__c" | "Invoice__c" | "Amount__c", string>>[];
  } | null;
}

export const askCrm: Snapshot = {
  system: "crm",
  about: "order-status",
  atOnce: 50,
  question: (numbers) => {
    const list = numbers
      .map((number) => `'${number.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`)
      .join(",");
    const credits = "(SELECT Number__c, Invoice__c, Amount__c FROM Credit_Notes__r)";
    return { query: `SELECT FIELDS(ALL), ${credits} FROM Order__c WHERE Crossdock_Id__c IN (${list})` };
  },
  read({ records, done }: { records: readonly CrmOrder[]; done: boolean }, number) {
    if (!done) throw new Error("The CRM answered with a part of what was asked.");
    const record = records.find(({ ExternalId: id }) => id === number);
    if (!record) return null;
    const field = (milestone: string) =>
      `${milestone
        .split(" ")
        .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
        .join("_")}_At__c`;
    const { records: notes = [], done: whole = true } = record.Credit_Notes__r ?? {};
    return {
      ...Object.fromEntries(
        MILESTONES.map((one) => [one, { reached: typeof record[field(one)] === "string" }]),
      ),
      ...(whole
        ? {
            credited: creditedOf(
              notes.map(({ Number__c, Invoice__c, Amount__c }) => ({
                creditNote: Number__c,
                invoice: Invoice__c,
                amount: Amount__c,
              })),
            ),
          }
        : {}),
    };
  },
};

interface ShopOrder {
  readonly orderId: string;
  readonly statuses: readonly {
    readonly status: string;
    readonly part?: number;
    readonly of?: number;
    readonly creditNote?: string;
    readonly returnId?: string;
    readonly invoice?: string;
    readonly amount?: string;
  }[];
}

export const askShop: Snapshot = {
  system: "shop",
  about: "order-status",
  atOnce: 50,
  question: (numbers) => ({ ids: numbers.join(",") }),
  read({ orders: all }: { orders: readonly ShopOrder[] }, number) {
    const order = ofOrder(all, number);
    if (!order) return null;
    const whole = new Set(
      order.statuses.filter(({ part = 1, of = 1 }) => part >= of).map(({ status }) => status),
    );
    return {
      ...Object.fromEntries(MILESTONES.map((one) => [one, { reached: whole.has(one) }])),
      credited: creditedOf(
        order.statuses.flatMap(({ status, creditNote = "", invoice = "", amount = "" }) =>
          status === "credited" ? [{ creditNote, invoice, amount }] : [],
        ),
      ),
    };
  },
};

/** Of goods that came back it knows that they have, return by return. */
export const askShopReturns: Snapshot = {
  system: "shop",
  about: "return-status",
  atOnce: 50,
  question: (numbers) => ({ ids: numbers.join(",") }),
  read: ({ orders: all }: { orders: readonly ShopOrder[] }, number) => ({
    received: {
      reached: all.some(({ statuses }) => statuses.some(({ returnId }) => returnId === number)),
    },
  }),
};
