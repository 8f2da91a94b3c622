/**
 * What those who keep books of receivables beside the core hold of an order: the system of open items, and the finance platform.
 *
 * Handed to the distribution solution, whose agreement about orders compares them with all others: what was invoiced, and what of it
 * is paid. Questions change nothing.
 */
import type { Snapshot } from "crossdock";
import { finance, payments } from "crossdock/canon";
import { quote, sum } from "../distribution/agreed.ts";
import type { Bookkeeper } from "../distribution/settings.ts";

interface OpenItem {
  readonly number: string;
  readonly order: string;
  readonly amount: string;
  /** What of it is not paid. */
  readonly open: string;
}

const openItems: Snapshot = {
  system: "receivables",
  about: "open-items",
  atOnce: 50,
  question: (numbers) => ({ orders: numbers.join(",") }),
  read({ items }: { readonly items: readonly OpenItem[] }, number) {
    const mine = items.filter(({ order }) => order === number);
    const gross = sum(mine.map(({ amount }) => amount));
    const left = sum(mine.map(({ open }) => `-${open}`));
    return {
      invoiced: { reached: null, figures: { gross }, documents: mine.map((one) => one.number) },
      paid: { reached: null, figures: { paid: sum([gross, left]) } },
    };
  },
};

interface PlatformInvoice {
  readonly TransactionNumber: string;
  readonly PurchaseOrder: string;
  readonly EnteredAmount: string;
}

const platformInvoices: Snapshot = {
  system: "fusion",
  about: "invoices-of-orders",
  atOnce: 25,
  question: (numbers) => ({
    q: `PurchaseOrder in (${numbers.map((number) => `'${quote(number)}'`).join(",")})`,
  }),
  read({ items, hasMore }: { items: readonly PlatformInvoice[]; hasMore: boolean }, number) {
    if (hasMore) throw new Error("The finance platform answered with a part of what was asked.");
    const mine = items.filter(({ PurchaseOrder }) => PurchaseOrder === number);
    return {
      invoiced: {
        reached: null,
        figures: { gross: sum(mine.map(({ EnteredAmount }) => EnteredAmount)) },
        documents: mine.map(({ TransactionNumber }) => TransactionNumber),
      },
    };
  },
};

const BY_INVOICE = { by: finance.InvoicePosted.name };

export const RECEIVABLES: Bookkeeper = {
  holds: openItems,
  milestones: { invoiced: BY_INVOICE, paid: { by: payments.PaymentApplied.name } },
};
export const PLATFORM: Bookkeeper = { holds: platformInvoices, milestones: { invoiced: BY_INVOICE } };
