/**
 * What stands still with a message that was stopped: money by currency and units by unit of measure.
 *
 * Read from the shape of the data, whatever its contract, and written down when the exception is raised, so that a group
 * of ten thousand is summed exactly without opening ten thousand documents. Nothing is converted, and amounts stay the
 * decimal strings they are. Pure.
 */
import { Big } from "big.js";
import { headerOf, type Money } from "./header.ts";
import { addMoney } from "./money.ts";

export interface Units {
  readonly value: string;
  /** As the message states it, e.g. `EA`. */
  readonly uom: string;
}

export interface AtRisk {
  /** The worth the message states, one sum a currency. */
  readonly money: readonly Money[];
  readonly units: readonly Units[];
}

const LINES = /lines?$|items$/i;
const DECIMAL = /^-?\d{1,20}(\.\d{1,10})?$/;

/** What this data puts at risk; null when it states neither an amount nor a quantity. */
export function atRisk(data: unknown): AtRisk | null {
  const { money } = headerOf(data);
  const units = unitsIn(data);
  return money || units.length > 0 ? { money: money ? addMoney([money]) : [], units } : null;
}

/** Quantities of the lines, and those the message itself states, added up by unit, largest first. */
function unitsIn(data: unknown): Units[] {
  if (!isRecord(data)) return [];
  const lines = Object.entries(data).flatMap(([field, value]) =>
    LINES.test(field) && Array.isArray(value) ? value : [],
  );
  const sums = new Map<string, Big>();
  for (const holder of lines.length > 0 ? lines : [data]) {
    if (!isRecord(holder)) continue;
    // The first quantity of a line is what is moved; a price's "per" and a remaining quantity are not counted again.
    const stated = Object.values(holder).find(isQuantity);
    if (stated) sums.set(stated.uom, (sums.get(stated.uom) ?? new Big(0)).plus(stated.value));
  }
  return [...sums]
    .toSorted(([, a], [, b]) => b.cmp(a))
    .map(([uom, value]) => ({ value: value.toFixed(), uom }));
}

const isQuantity = (value: unknown): value is Units =>
  isRecord(value) &&
  typeof value.uom === "string" &&
  typeof value.value === "string" &&
  DECIMAL.test(value.value);

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
