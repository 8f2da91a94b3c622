/**
 * The independent judge: reads the systems' own books, and what was ordered from outside, and says what is wrong.
 *
 * What must stay true: it shares no code with the product or the estate, and asks neither. Its arithmetic, its idea of what
 * a system owes and its sentences are its own, so a mistake of theirs does not look right to it.
 */
import type { Books } from "./books.ts";
import { ledgerViolations } from "./ledgers.ts";
import { type OwedOrder, orderViolations } from "./orders.ts";

export type { Books } from "./books.ts";
export type { OwedOrder } from "./orders.ts";

/** Everything that is wrong, a sentence each; empty when every order stands once wherever it is owed and all adds up. */
export function violations(books: Books, owed: readonly OwedOrder[]): string[] {
  return [
    ...owed.flatMap((order) => orderViolations(books, order)),
    ...strangers(books, owed),
    ...doubled(books),
    ...ledgerViolations(books),
    ...books.acme.complaints.map((complaint) => `The partner complains: ${complaint}`),
    ...Object.keys(books.shop.statusesOfUnknownOrders).map(
      (id) => `The shop was told of ${id}, which it never placed.`,
    ),
  ];
}

/** Whatever stands in a system belongs to an order somebody placed. */
function strangers({ erp, wms, tms, tax, payments, finance }: Books, owed: readonly OwedOrder[]): string[] {
  const placed = new Set(owed.map(({ customer, number }) => `${customer} ${number}`));
  const sales = erp.documents.A_SalesOrder ?? [];
  const known = new Set(sales.map(({ ExternalReference }) => ExternalReference));
  const invoices = new Set((erp.documents.A_BillingDocument ?? []).map(({ number }) => number));
  const unknown = (what: string, ids: readonly string[], among: ReadonlySet<string>) =>
    ids.filter((id) => !among.has(id)).map((id) => `${what} ${id}, which nobody ordered.`);
  return [
    ...unknown(
      "The ERP has an order",
      sales.map((sale) => `${sale.SoldToParty} ${sale.PurchaseOrderByCustomer}`),
      placed,
    ),
    ...unknown(
      "The WMS holds stock for",
      wms.allocations.map(({ orderId }) => orderId),
      known,
    ),
    ...unknown(
      "The WMS ships",
      wms.shipOrders.map(({ orderId }) => orderId),
      known,
    ),
    ...unknown(
      "The TMS carries",
      tms.bookings.map(({ orderId }) => orderId),
      known,
    ),
    ...unknown(
      "The tax engine has",
      tax.documents.map(({ documentCode }) => documentCode.slice(0, documentCode.lastIndexOf("/"))),
      known,
    ),
    ...unknown(
      "A card was charged for",
      payments.captures.map(({ orderId }) => orderId),
      known,
    ),
    ...unknown(
      "Finance applies money to",
      finance.customerPayments.flatMap(({ payment }) => payment.applied.map(({ doc }) => doc)),
      invoices,
    ),
  ];
}

/** The WMS takes the same posting twice; a second one under our reference is our mistake, even where it was undone later. */
function doubled({ wms }: Books): string[] {
  const { allocations, shipOrders, releases, cancellations } = wms;
  return Object.entries({ allocations, shipOrders, releases, cancellations }).flatMap(([what, list]) => {
    const seen = new Set<string>();
    return list
      .filter(({ reference }) => seen.size === seen.add(reference).size)
      .map(({ reference, orderId }) => `The WMS booked ${reference} of ${orderId} twice among its ${what}.`);
  });
}
