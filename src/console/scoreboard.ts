/**
 * The scoreboard of the demonstration: what the systems' own books say about every order that was placed.
 *
 * It reads the books of the simulated systems and trusts nothing Crossdock says about itself, except to tell an order that is
 * still under way from one that was lost. Pure; amounts are decimal strings.
 */
import { Big } from "big.js";

/** Those parts of the books that are read; whatever else stands in them is left alone. */
export interface Books {
  readonly acme: { readonly orders: readonly { readonly poNumber: string }[] };
  readonly shop: { readonly orders: readonly { readonly orderNumber: string; readonly state?: string }[] };
  readonly erp: {
    readonly documents: Readonly<Record<string, readonly { readonly PurchaseOrderByCustomer?: string }[]>>;
    readonly trialBalance: { readonly debit: string; readonly credit: string };
  };
  readonly wms: Readonly<Record<string, unknown>>;
  readonly finance: { readonly trialBalance: { readonly debit: string; readonly credit: string } };
}

export interface Scoreboard {
  /** Orders placed by the partner and the web shop, by their own books. */
  readonly placed: number;
  /** Standing in the ERP exactly once. */
  readonly once: number;
  /** Standing there more than once, or asked of the warehouse twice under one reference. */
  readonly twice: readonly string[];
  /** Known to Crossdock and not booked yet. */
  readonly underWay: number;
  /** Neither booked nor known to Crossdock. */
  readonly lost: readonly string[];
  /** Debits less credits of ERP and finance together: "0.00" when every posting balances. */
  readonly ledgerDifference: string;
}

/** `isKnown` tells whether Crossdock knows an order by its customer's number. */
export function scoreboard(books: Books, isKnown: (number: string) => boolean): Scoreboard {
  const numbers = [
    ...books.acme.orders.map(({ poNumber }) => poNumber),
    ...books.shop.orders.map(({ orderNumber }) => orderNumber),
  ];
  const placed = [...new Set(numbers)];
  const booked = new Map<string, number>();
  for (const { PurchaseOrderByCustomer: number } of books.erp.documents.A_SalesOrder ?? [])
    if (number) booked.set(number, (booked.get(number) ?? 0) + 1);
  const times = (number: string) => booked.get(number) ?? 0;
  const difference = [books.erp, books.finance].reduce(
    (sum, { trialBalance: { debit, credit } }) => sum.plus(new Big(debit).minus(credit).abs()),
    new Big(0),
  );
  return {
    placed: placed.length,
    once: placed.filter((number) => times(number) === 1).length,
    twice: [...placed.filter((number) => times(number) > 1), ...askedTwice(books.wms)],
    underWay: placed.filter((number) => times(number) === 0 && isKnown(number)).length,
    lost: placed.filter((number) => times(number) === 0 && !isKnown(number)),
    ledgerDifference: difference.toFixed(2),
  };
}

/** The warehouse books whatever it is asked, so a second posting under one reference is a doubling of ours. */
function askedTwice(wms: Books["wms"]): string[] {
  return ["allocations", "shipOrders", "releases", "cancellations"].flatMap((kind) => {
    const list = (wms[kind] ?? []) as readonly { readonly reference: string }[];
    const seen = new Set<string>();
    return list.flatMap(({ reference }) => {
      if (!seen.has(reference)) {
        seen.add(reference);
        return [];
      }
      return [`${reference} (warehouse)`];
    });
  });
}
