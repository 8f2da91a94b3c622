/**
 * Which causes somebody looks at, and in which order: the inbox of the console and the list of the command line choose alike. Pure; a
 * browser can load it.
 */
import type { Group } from "./needs.ts";

/** How causes are put in order. One that sleeps, or settles by itself, comes last, whatever the order. */
export const CAUSE_ORDERS = {
  newest: "the newest first",
  oldest: "the oldest first",
  documents: "most documents first",
  money: "most money first",
} as const;
export type CauseOrder = keyof typeof CAUSE_ORDERS;

/** Whose work it is. */
export const CAUSE_HANDS = {
  mine: "taken on by me",
  nobody: "nobody has it",
  asleep: "asleep",
} as const;
export type CauseHands = keyof typeof CAUSE_HANDS;

export interface CauseChoice {
  readonly class?: string | null;
  /** A connection's name. */
  readonly system?: string | null;
  readonly hands?: CauseHands | null;
  readonly order?: CauseOrder | null;
}

type Chosen = Pick<
  Group,
  "class" | "connection" | "assignedTo" | "snoozedUntil" | "oldestAt" | "documents" | "money"
>;

/** The causes that fit, in order; the ones of before are left as they are. `me` is who asks. */
export function chosenCauses<Cause extends Chosen>(
  causes: readonly Cause[],
  { class: kind, system, hands, order }: CauseChoice,
  me: string | null,
): Cause[] {
  const isIn = ({ assignedTo, snoozedUntil }: Chosen) =>
    !hands ||
    {
      mine: assignedTo !== null && assignedTo === me,
      nobody: assignedTo === null,
      asleep: snoozedUntil !== null,
    }[hands];
  return causes
    .filter((one) => (!kind || one.class === kind) && (!system || one.connection === system) && isIn(one))
    .toSorted(
      (left, right) => Number(isLast(left)) - Number(isLast(right)) || ORDERS[order ?? "newest"](left, right),
    );
}

const isLast = ({ class: of, snoozedUntil }: Chosen): boolean => of === "temporary" || snoozedUntil !== null;

/** When a cause began does not change when another document joins it, so a list in this order keeps still. */
const newest = (left: Chosen, right: Chosen) => Date.parse(right.oldestAt) - Date.parse(left.oldestAt);

const ORDERS: Readonly<Record<CauseOrder, (left: Chosen, right: Chosen) => number>> = {
  newest,
  oldest: (left, right) => -newest(left, right),
  documents: (left, right) => right.documents - left.documents || newest(left, right),
  // Nothing is converted: within a currency by amount, the currencies one after the other, what states no worth at the end.
  money: (left, right) => {
    const [a, b] = [largest(left), largest(right)];
    if (a === null || b === null) return Number(a === null) - Number(b === null) || newest(left, right);
    return a.currency === b.currency
      ? -compared(a.amount, b.amount) || newest(left, right)
      : a.currency < b.currency
        ? -1
        : 1;
  },
};

/** Sums come largest first. */
const largest = ({ money }: Chosen) => money[0] ?? null;

/** Compares decimal strings without turning them into numbers. */
function compared(left: string, right: string): number {
  const [a, b] = [left, right].map((amount) => {
    const [whole = "", part = ""] = amount.split(".");
    return `${whole.padStart(24, "0")}.${part.padEnd(12, "0")}`;
  }) as [string, string];
  return a === b ? 0 : a < b ? -1 : 1;
}
