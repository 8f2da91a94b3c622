/** Adds up amounts of documents, by currency, exactly. Amounts come in and go out as decimal strings. */
import { Big } from "big.js";
import type { Money } from "./header.ts";

/** One sum a currency, largest first; nothing is converted. Nulls (documents that state no worth) are left out. */
export function addMoney(amounts: readonly (Money | null)[]): Money[] {
  const sums = new Map<string, { sum: Big; scale: number }>();
  for (const money of amounts) {
    if (money === null) continue;
    const before = sums.get(money.currency) ?? { sum: new Big(0), scale: 0 };
    const scale = Math.max(before.scale, money.amount.split(".")[1]?.length ?? 0);
    sums.set(money.currency, { sum: before.sum.plus(money.amount), scale });
  }
  return [...sums]
    .toSorted(([, a], [, b]) => b.sum.cmp(a.sum))
    .map(([currency, { sum, scale }]) => ({ amount: sum.toFixed(scale), currency }));
}
