/**
 * Brings a quantity a partner orders in its own unit to the unit our systems keep.
 *
 * A conversion to counted pieces that does not come out whole is refused, never rounded, and a unit nobody has named a
 * ratio for is refused, never guessed. The price keeps its amount and gets another base: 600.00 a pack is 600.00 per 12.
 */
import { ContractBroken } from "crossdock";
import { decimals, type OrderLine, type Quantity } from "crossdock/canon";
import type { UnitConversion } from "../settings.ts";
import { PIECE } from "./pieces.ts";

/** Codes other standards use for our piece. */
const PIECES = new Set([PIECE, "PC", "PCE", "C62", "UN"]);

export function inPieces(units: readonly UnitConversion[], item: string, { value, uom }: Quantity): Quantity {
  if (PIECES.has(uom)) return { value, uom: PIECE };
  const ratio = units.find((unit) => unit.item === item && unit.from === uom && unit.to === PIECE);
  if (!ratio) {
    throw new ContractBroken(`Nobody has said how many pieces of ${item} are one ${uom}.`, {
      facts: { field: "uom", expected: PIECE, found: uom },
    });
  }
  const times = decimals.multiply(value, String(ratio.numerator));
  const pieces = decimals.divide(times, String(ratio.denominator), 6);
  const whole = decimals.compare(decimals.multiply(pieces, String(ratio.denominator)), times) === 0;
  if (whole && !pieces.includes(".")) return { value: pieces, uom: PIECE };
  throw new ContractBroken(`${value} ${uom} of ${item} are no whole number of pieces.`, {
    facts: { field: "quantity", expected: "whole pieces", found: pieces },
  });
}

/** A line in pieces: its quantity converted, its price on a base of so many pieces. */
export function lineInPieces(units: readonly UnitConversion[], line: OrderLine): OrderLine {
  const { item, quantity, price } = line;
  return {
    ...line,
    quantity: inPieces(units, item, quantity),
    ...(price ? { price: { ...price, per: inPieces(units, item, price.per) } } : {}),
  };
}
