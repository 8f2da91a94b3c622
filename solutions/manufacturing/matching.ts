/**
 * The three-way match: what was ordered, what came in, and what the supplier bills, line by line as one ledger.
 *
 * One thing stays true: matched ≤ received − rejected, and invoiced quantities are counted once. Pure; whether a difference may
 * pass is decided by people, not here.
 */
import { decimals, type LineAmount, type MatchDifference } from "crossdock/canon";
import Type from "typebox";

const { add, compare, isPositive, multiply, quantise, smaller, subtract } = decimals;

/** A purchase-order line and its running quantities. */
export const PurchaseLine = Type.Object({
  line: Type.String(),
  item: Type.String(),
  /** Per piece. */
  price: Type.String(),
  ordered: Type.String(),
  confirmed: Type.String(),
  notified: Type.String(),
  received: Type.String(),
  rejected: Type.String(),
  invoiced: Type.String(),
  matched: Type.String(),
});
export type PurchaseLine = Type.Static<typeof PurchaseLine>;

export const opened = (line: string, item: string, ordered: string, price: string): PurchaseLine => ({
  line,
  item,
  price,
  ordered,
  confirmed: "0",
  notified: "0",
  received: "0",
  rejected: "0",
  invoiced: "0",
  matched: "0",
});

/** What came in and was not sent back. */
export const kept = ({ received, rejected }: PurchaseLine): string => subtract(received, rejected);

/** The invariants that do not hold, as sentences; always empty. */
export function broken(line: PurchaseLine): string[] {
  const sums: readonly [string, boolean][] = [
    ["matched is above received less rejected", compare(line.matched, kept(line)) <= 0],
    ["rejected is above received", compare(line.rejected, line.received) <= 0],
    ["matched is above invoiced", compare(line.matched, line.invoiced) <= 0],
    [
      "a quantity is below zero",
      [line.ordered, line.received, line.invoiced].every((one) => compare(one, "0") >= 0),
    ],
  ];
  return sums.filter(([, holds]) => !holds).map(([sentence]) => sentence);
}

export interface Match {
  readonly lines: readonly PurchaseLine[];
  readonly differences: readonly MatchDifference[];
}

/** Holds an invoice against the order and what came in; the lines returned have it counted as far as it matches. */
export function match(
  lines: readonly PurchaseLine[],
  invoiced: readonly LineAmount[],
  tolerance: string,
  currency: string,
): Match {
  const differences: MatchDifference[] = [];
  const money = (amount: string) => ({ amount: quantise(amount, currency), currency });
  let after = [...lines];
  for (const billed of invoiced) {
    const line = after.find((one) => one.line === billed.line && one.item === billed.item);
    if (!line) {
      differences.push({
        line: billed.line,
        kind: "not ordered",
        expected: "nothing",
        found: `${billed.quantity.value} ${billed.item}`,
        amount: billed.amount,
      });
      continue;
    }
    const open = subtract(kept(line), line.matched);
    const taken = smaller(billed.quantity.value, isPositive(open) ? open : "0");
    const above = subtract(billed.quantity.value, taken);
    if (isPositive(above)) {
      differences.push({
        line: line.line,
        kind: isPositive(kept(line)) ? "quantity" : "not received",
        expected: open,
        found: billed.quantity.value,
        amount: money(multiply(above, line.price)),
      });
    }
    const expected = quantise(multiply(billed.quantity.value, line.price), currency);
    const dearer = subtract(billed.amount.amount, expected);
    if (compare(dearer.replace(/^-/, ""), tolerance) > 0) {
      differences.push({
        line: line.line,
        kind: "price",
        expected: `${expected} ${currency}`,
        found: `${billed.amount.amount} ${currency}`,
        amount: money(dearer.replace(/^-/, "")),
      });
    }
    after = after.map((one) =>
      one === line
        ? { ...line, invoiced: add(line.invoiced, billed.quantity.value), matched: add(line.matched, taken) }
        : one,
    );
  }
  return { lines: after, differences };
}
