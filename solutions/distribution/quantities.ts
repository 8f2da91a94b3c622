/**
 * The quantity ledger of one order line: ordered, cancelled, allocated, shipped, delivered, invoiced, returned, credited,
 * backordered.
 *
 * One thing stays true after every change, whatever the outside world reports and in whatever order: the invariants of
 * `broken` hold. What a report says beyond them is not booked but handed back as `excess`, for a person to look at. Pure;
 * telling two reports of the same thing apart is the caller's, by their ids.
 */
import { decimals } from "crossdock/canon";
import Type from "typebox";

const { add, compare, isPositive, larger, smaller, subtract } = decimals;

const Amount = Type.String();

export const Quantities = Type.Object({
  ordered: Amount,
  cancelled: Amount,
  allocated: Amount,
  /** The part of `allocated` that only a dispatch proved: the warehouse's own word is still to come. */
  implied: Amount,
  shipped: Amount,
  delivered: Amount,
  invoiced: Amount,
  returned: Amount,
  credited: Amount,
  backordered: Amount,
});
export type Quantities = Type.Static<typeof Quantities>;

/** A change of the ledger, and what of it could not be booked. */
export interface Booked {
  readonly after: Quantities;
  readonly excess: string;
}

const NONE: Omit<Quantities, "ordered"> = {
  cancelled: "0",
  allocated: "0",
  implied: "0",
  shipped: "0",
  delivered: "0",
  invoiced: "0",
  returned: "0",
  credited: "0",
  backordered: "0",
};

export const opened = (ordered: string): Quantities => ({ ...NONE, ordered: decimals.plain(ordered) });

/** What the customer still wants in total: ordered less cancelled. */
export const wanted = ({ ordered, cancelled }: Quantities): string => subtract(ordered, cancelled);

/** What is wanted, has not shipped and is not waiting for stock. */
export const open = (line: Quantities): string =>
  subtract(subtract(wanted(line), line.shipped), line.backordered);

export const isAllocated = (line: Quantities): boolean => compare(line.allocated, wanted(line)) === 0;
export const isShipped = (line: Quantities): boolean => compare(line.shipped, wanted(line)) === 0;

/** The customer wants `quantity` from now on. Never less than what has left already; the rest is excess. */
export function change(line: Quantities, quantity: string): Booked {
  const target = larger(quantity, line.shipped);
  const now = wanted(line);
  const after = settle(
    compare(target, now) >= 0
      ? { ...line, ordered: add(line.ordered, subtract(target, now)) }
      : { ...line, cancelled: add(line.cancelled, subtract(now, target)) },
  );
  return { after, excess: subtract(target, quantity) };
}

/** The warehouse set this much aside. What nobody wants is excess, to be released. */
export function allocate(line: Quantities, quantity: string): Booked {
  const known = smaller(quantity, line.implied);
  const fresh = subtract(quantity, known);
  const taken = smaller(fresh, subtract(wanted(line), line.allocated));
  return {
    after: settle({
      ...line,
      implied: subtract(line.implied, known),
      allocated: add(line.allocated, taken),
    }),
    excess: subtract(fresh, taken),
  };
}

/** The warehouse took an allocation back. Goods that have left cannot be released. */
export function release(line: Quantities, quantity: string): Booked {
  const taken = smaller(quantity, subtract(line.allocated, line.shipped));
  return {
    after: settle({ ...line, allocated: subtract(line.allocated, taken) }),
    excess: subtract(quantity, taken),
  };
}

/** So much waits for stock; never more than is unallocated, so a late report of an old shortage changes nothing. */
export const backorder = (line: Quantities, quantity: string): Quantities =>
  settle({ ...line, backordered: quantity });

/** Goods left. A dispatch proves its allocation, if the warehouse's word about that is late. */
export function ship(line: Quantities, quantity: string): Booked {
  const taken = smaller(quantity, subtract(wanted(line), line.shipped));
  const shipped = add(line.shipped, taken);
  const proven = larger(subtract(shipped, line.allocated), "0");
  return {
    after: settle({
      ...line,
      shipped,
      allocated: add(line.allocated, proven),
      implied: add(line.implied, proven),
    }),
    excess: subtract(quantity, taken),
  };
}

export const deliver = (line: Quantities, quantity: string): Booked =>
  upTo(line, "delivered", line.shipped, quantity);

/** Never above what has shipped. */
export const invoice = (line: Quantities, quantity: string): Booked =>
  upTo(line, "invoiced", line.shipped, quantity);

export const giveBack = (line: Quantities, quantity: string): Booked =>
  upTo(line, "returned", line.shipped, quantity);

/** Never above what was invoiced. */
export const credit = (line: Quantities, quantity: string): Booked =>
  upTo(line, "credited", line.invoiced, quantity);

/** The invariants that do not hold, as sentences. Always empty; the property tests try to make it otherwise. */
export function broken(line: Quantities): string[] {
  const sums: readonly [string, boolean][] = [
    ["allocated is above ordered less cancelled", compare(line.allocated, wanted(line)) <= 0],
    ["shipped is above allocated", compare(line.shipped, line.allocated) <= 0],
    ["delivered is above shipped", compare(line.delivered, line.shipped) <= 0],
    ["invoiced is above shipped", compare(line.invoiced, line.shipped) <= 0],
    ["returned is above shipped", compare(line.returned, line.shipped) <= 0],
    ["credited is above invoiced", compare(line.credited, line.invoiced) <= 0],
    ["more waits for stock than is unallocated", compare(line.backordered, unallocated(line)) <= 0],
    ["ordered is not cancelled + shipped + backordered + open", compare(open(line), "0") >= 0],
    ["a quantity is below zero", Object.values(line).every((quantity) => compare(quantity, "0") >= 0)],
  ];
  return sums.filter(([, holds]) => !holds).map(([sentence]) => sentence);
}

const unallocated = (line: Quantities): string => subtract(wanted(line), line.allocated);

function upTo(
  line: Quantities,
  which: "delivered" | "invoiced" | "returned" | "credited",
  bound: string,
  quantity: string,
): Booked {
  const taken = smaller(quantity, subtract(bound, line[which]));
  return { after: { ...line, [which]: add(line[which], taken) }, excess: subtract(quantity, taken) };
}

/** Brings what follows from other quantities back within them. */
function settle(line: Quantities): Quantities {
  const allocated = smaller(line.allocated, wanted(line));
  const within = { ...line, allocated };
  return {
    ...within,
    implied: smaller(line.implied, allocated),
    backordered: isPositive(line.backordered) ? smaller(line.backordered, unallocated(within)) : "0",
  };
}
