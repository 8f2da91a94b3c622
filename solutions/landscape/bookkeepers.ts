/**
 * What those who keep books beside the core hold: of an order the system of open items and the finance platform, and on the platform
 * what stock and production are worth.
 *
 * Handed to the distribution and manufacturing solutions, whose agreements compare them with all others. Questions change nothing.
 */
import type { Snapshot } from "crossdock";
import { finance, payments } from "crossdock/canon";
import { type CreditNote, creditedOf, quote, sum } from "../distribution/agreed.ts";
import type { Bookkeeper } from "../distribution/settings.ts";
import type { FinancePlatform } from "../manufacturing/settings.ts";

interface OpenItem {
  readonly number: string;
  readonly order: string;
  readonly amount: string;
  /** What of it is not paid. */
  readonly open: string;
}

interface CreditItem extends CreditNote {
  readonly order: string;
}

const openItems: Snapshot = {
  system: "receivables",
  about: "open-items",
  atOnce: 50,
  question: (numbers) => ({ orders: numbers.join(",") }),
  read(
    {
      items,
      creditNotes,
    }: { readonly items: readonly OpenItem[]; readonly creditNotes: readonly CreditItem[] },
    number,
  ) {
    const mine = items.filter(({ order }) => order === number);
    const gross = sum(mine.map(({ amount }) => amount));
    const left = sum(mine.map(({ open }) => `-${open}`));
    return {
      invoiced: { reached: null, figures: { gross }, documents: mine.map((one) => one.number) },
      credited: creditedOf(creditNotes.filter(({ order }) => order === number)),
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
  question: (numbers) => among("PurchaseOrder")(numbers),
  read(answer: { items: readonly PlatformInvoice[]; hasMore: boolean }, number) {
    const mine = rowsOf(answer).filter(({ PurchaseOrder }) => PurchaseOrder === number);
    return {
      invoiced: {
        reached: null,
        figures: { gross: sum(mine.map(({ EnteredAmount }) => EnteredAmount)) },
        documents: mine.map(({ TransactionNumber }) => TransactionNumber),
      },
    };
  },
};

/** Rows of the platform about these numbers; a part of them says nothing. */
function rowsOf<Row>({ items, hasMore }: { readonly items: readonly Row[]; readonly hasMore: boolean }) {
  if (hasMore) throw new Error("The finance platform answered with a part of what was asked.");
  return items;
}

const among = (field: string) => (numbers: readonly string[]) => ({
  q: `${field} in (${numbers.map((number) => `'${quote(number)}'`).join(",")})`,
});

interface PlatformValuation {
  readonly ValuationNumber: string;
  readonly ItemPosition: string;
  readonly AsOf: string;
  readonly EnteredValue: string;
}

interface PlatformJournal {
  readonly JournalNumber: string;
  readonly SourceOrder: string;
  readonly EnteredAmount: string;
}

/** What the finance platform was told stock and production are worth. */
export const PLATFORM_VALUES: FinancePlatform = {
  valuations: {
    system: "fusion",
    about: "valuations-of-positions",
    atOnce: 25,
    question: among("ItemPosition"),
    read(answer: { items: readonly PlatformValuation[]; hasMore: boolean }, number) {
      const mine = rowsOf(answer).filter(({ ItemPosition }) => ItemPosition === number);
      const last = mine.toSorted((one, other) => one.AsOf.localeCompare(other.AsOf)).at(-1);
      return {
        valued: {
          reached: null,
          figures: { value: last?.EnteredValue ?? "0" },
          documents: mine.map(({ ValuationNumber }) => ValuationNumber),
        },
      };
    },
  },
  costs: {
    system: "fusion",
    about: "journals-of-orders",
    atOnce: 5,
    question: among("SourceOrder"),
    read(answer: { items: readonly PlatformJournal[]; hasMore: boolean }, number) {
      const mine = rowsOf(answer).filter(({ SourceOrder }) => SourceOrder === number);
      return {
        completed: {
          reached: null,
          figures: { cost: sum(mine.map(({ EnteredAmount }) => EnteredAmount)) },
          documents: mine.map(({ JournalNumber }) => JournalNumber),
        },
      };
    },
  },
};

const BY_INVOICE = { by: finance.InvoicePosted.name };

export const RECEIVABLES: Bookkeeper = {
  holds: openItems,
  milestones: {
    invoiced: BY_INVOICE,
    credited: { by: finance.CreditNoteIssued.name },
    paid: { by: payments.PaymentApplied.name },
  },
};
export const PLATFORM: Bookkeeper = { holds: platformInvoices, milestones: { invoiced: BY_INVOICE } };
