/**
 * Pieces of order lines, as they travel in entries and webhooks: put together, taken from one another, cut into parts.
 *
 * What must stay true: whatever is done to them, the quantities of a line and item add up.
 */
import { milli, quantity } from "../kernel/decimal.ts";

/** A quantity of one line, as text because it is kept in entries and sent in webhooks. */
export interface Piece {
  readonly line: unknown;
  readonly sku: string;
  readonly quantity: string;
}

/** Pieces of the same line and item are one. */
export const together = (pieces: readonly Piece[]): Piece[] =>
  [...Map.groupBy(pieces, ({ line, sku }) => `${line} ${sku}`).values()].map((same) => ({
    ...same[0]!,
    quantity: quantity(same.reduce((sum, piece) => sum + milli(piece.quantity), 0n)),
  }));

/** Lines less pieces of them; what nothing is left of is left out. */
export function lessThe(lines: readonly Piece[], pieces: readonly Piece[]): Piece[] {
  const gone = new Map<string, bigint>();
  for (const { line, sku, quantity: text } of pieces)
    gone.set(`${line} ${sku}`, (gone.get(`${line} ${sku}`) ?? 0n) + milli(text));
  return lines.flatMap((piece) => {
    const left = milli(piece.quantity) - (gone.get(`${piece.line} ${piece.sku}`) ?? 0n);
    return left > 0n ? [{ ...piece, quantity: quantity(left) }] : [];
  });
}

/** Cuts lines into at most `count` parts of whole pieces, the first parts taking what does not divide. */
export function cut(lines: readonly Piece[], count: number): Piece[][] {
  const parts: Piece[][] = Array.from({ length: count }, () => []);
  for (const piece of lines) {
    const whole = milli(piece.quantity);
    const shares = whole % 1000n === 0n ? BigInt(count) : 1n;
    const units = whole / 1000n;
    for (let part = 0n; part < shares; part += 1n) {
      const share = shares === 1n ? whole : (units / shares + (part < units % shares ? 1n : 0n)) * 1000n;
      if (share > 0n) parts[Number(part)]!.push({ ...piece, quantity: quantity(share) });
    }
  }
  return parts.filter((part) => part.length > 0);
}
