/**
 * What stock is worth in the ERP: the price of a piece and the account of inventory it stands on, and both kept beside each other.
 *
 * What must stay true: whatever moves goods posts what they are worth to the account they stand on, so that an account of inventory is
 * worth what its stock is; only an entry somebody posts to it by hand parts them.
 */
import { Refusal } from "../kernel/call.ts";
import { cents, extended, milli, money } from "../kernel/decimal.ts";
import { type ErpDocument, type LedgerLine, type MaterialStock, stockLeft } from "./erp-documents.ts";
import { INITIAL_STOCK, itemOf, items } from "./goods.ts";

/** One PUMP-100 is made of these; the rest of its standard cost is conversion. */
export const BILL_OF_MATERIALS: Readonly<Record<string, readonly { item: string; quantity: bigint }[]>> = {
  "PUMP-100": [
    { item: "HOUS-4", quantity: 1000n },
    { item: "SEAL-9", quantity: 2000n },
    { item: "MOTOR-7", quantity: 1000n },
  ],
};

const components = new Set(Object.values(BILL_OF_MATERIALS).flatMap((all) => all.map(({ item }) => item)));

/** What a piece is worth in stock, in cents: a bought component its purchase price, everything else its standard cost. */
export function worth(item: string): bigint {
  const known = itemOf.get(item);
  if (known === undefined) throw new Refusal(400, "M3/305", `Material ${item} does not exist.`);
  return cents(components.has(item) ? known.price : known.cost);
}

/** The account of inventory an item stands on. */
export const accountOf = (item: string): string => (components.has(item) ? "Raw material" : "Finished goods");

/** A run that valued the stock of an item. */
export interface Valued {
  readonly id: string;
  readonly sku: string;
  readonly quantity: string;
  readonly value: string;
  readonly at: string;
}

export class InventoryAccounts {
  /** What stands on each account without a document: the stock of the first day, and levels that were set. */
  readonly #opening = new Map<string, bigint>();
  /** What somebody posted at the ledger's own screen. */
  readonly journals: { readonly number: string; readonly lines: readonly LedgerLine[] }[] = [];
  /** The last run of each item. */
  readonly valued = new Map<string, Valued>();
  runs = 0;

  constructor() {
    for (const { sku, physical } of items) if (physical) this.opened(sku, milli(INITIAL_STOCK));
  }

  /** So many pieces more are there from the beginning. */
  opened(sku: string, pieces: bigint): void {
    const account = accountOf(sku);
    this.#opening.set(account, (this.#opening.get(account) ?? 0n) + extended(worth(sku), pieces));
  }

  run(valued: Valued): void {
    this.runs += 1;
    this.valued.set(valued.sku, valued);
  }

  /** Every account of inventory: what was posted to it, and what the stock on it is worth. */
  shown(stock: ReadonlyMap<string, MaterialStock>, documents: Iterable<ErpDocument>) {
    const balances = new Map(this.#opening);
    for (const { account, debit, credit } of [
      ...[...documents].flatMap(({ posting }) => posting),
      ...this.journals.flatMap(({ lines }) => lines),
    ])
      if (balances.has(account)) balances.set(account, balances.get(account)! + cents(debit) - cents(credit));
    return [...balances].map(([account, balance]) => ({
      GLAccount: account,
      Balance: money(balance),
      StockValue: money(
        [...stock].reduce(
          (sum, [sku, held]) => (accountOf(sku) === account ? sum + stockValue(sku, held) : sum),
          0n,
        ),
      ),
    }));
  }
}

/** Pieces bought at a price of their own are worth that. */
export function stockValue(sku: string, held: MaterialStock): bigint {
  const bought = held.bought.reduce((sum, { left }) => sum + left, 0n);
  return held.bought.reduce(
    (sum, { price, left }) => sum + extended(price, left),
    extended(worth(sku), stockLeft(held) - bought),
  );
}
