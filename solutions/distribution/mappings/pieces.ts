/**
 * Lines as most of our systems write them: a line, an item number, a quantity in pieces.
 *
 * Their systems keep one unit, the piece; a quantity in another unit must have been converted on its way in (`units.ts`), so
 * one that was not is refused here rather than sent as if it were pieces.
 */
import { ContractBroken } from "crossdock";
import type { LineQuantity, UnitPrice } from "crossdock/canon";
import { decimals } from "crossdock/canon";

export const PIECE = "EA";

export interface Piece {
  readonly line: string | number;
  readonly sku: string;
  readonly quantity: string;
}

export const toPiece = ({ line, item, quantity }: LineQuantity): Piece => ({
  line,
  sku: item,
  quantity: pieces(item, quantity),
});

export const fromPiece = ({ line, sku, quantity }: Piece): LineQuantity => ({
  line: String(line),
  item: sku,
  quantity: { value: decimals.plain(String(quantity)), uom: PIECE },
});

function pieces(item: string, { value, uom }: LineQuantity["quantity"]): string {
  if (uom === PIECE) return value;
  throw new ContractBroken(`A quantity of ${item} is in ${uom}, and this system counts pieces.`, {
    facts: { field: "uom", expected: PIECE, found: uom },
  });
}

/** What one piece costs at this price, exactly; a price that is no whole number of minor units a piece is refused. */
export function perPiece(item: string, { amount, currency, per }: UnitPrice): string {
  const base = pieces(item, per);
  const one = decimals.priceOf({ value: "1", uom: PIECE }, { amount, currency, per }).amount;
  if (decimals.compare(decimals.multiply(one, base), amount) === 0) return one;
  throw new ContractBroken(`The price of ${item} cannot be written per piece without losing part of it.`, {
    facts: { field: "price", expected: "a whole minor unit a piece", found: `${amount} per ${base}` },
  });
}

export const priceEach = (amount: string, currency: string): UnitPrice => ({
  amount,
  currency,
  per: { value: "1", uom: PIECE },
});
