/**
 * When a second person must agree before a selection is carried out. Pure: policy and facts in, a sentence or null out.
 *
 * Trying the same delivery again cannot book twice, so few of them need nobody else. What makes a second document, corrects
 * what is financial, or concerns very many or very much, does. Who may be the second person is decided by rights; that it
 * is another person, by the statement that records the approval.
 */
import { Big } from "big.js";
import type { Criticality } from "../contracts/contract.ts";
import type { Money } from "../trace/header.ts";
import type { SelectionAct } from "../work/selections.ts";

export interface FourEyes {
  /** Selections of more items than this need a second person. */
  readonly items: number;
  /** Selections that put more than this at risk need one: by currency, `"*"` for every other. */
  readonly amounts: Readonly<Record<string, string>>;
  /** Acts that always need one. */
  readonly always: readonly SelectionAct[];
  /** Corrections of messages of these criticalities always need one. C1 is financial or legal. */
  readonly fixes: readonly Criticality[];
}

/** Deny by default: the figures of a cautious finance department. */
export const FOUR_EYES: FourEyes = {
  items: 100,
  amounts: { "*": "100000.00" },
  always: ["as new"],
  fixes: ["C1"],
};

/** Why a second person is needed, in a sentence for both of them; null when none is. */
export function needsSecond(
  policy: FourEyes,
  given: {
    readonly act: SelectionAct;
    /** Items that would be carried out; those left out do not count. */
    readonly items: number;
    readonly money: readonly Money[];
    readonly criticalities: ReadonlySet<Criticality>;
  },
): string | null {
  const { act, items, money, criticalities } = given;
  if (items === 0) return null;
  if (policy.always.includes(act)) {
    return act === "as new"
      ? "Sending again as new makes a second document."
      : `"${act}" needs two people here.`;
  }
  const financial = policy.fixes.find((criticality) => criticalities.has(criticality));
  if (act === "fix" && financial)
    return `It changes what is ${financial === "C1" ? "financial or legal" : `of criticality ${financial}`}.`;
  if (items > policy.items)
    return `It concerns ${items} items; more than ${policy.items} need a second person.`;
  for (const { amount, currency } of money) {
    const most = policy.amounts[currency] ?? policy.amounts["*"];
    if (most !== undefined && new Big(amount).gt(most))
      return `It concerns ${amount} ${currency}; more than ${most} ${currency} need a second person.`;
  }
  return null;
}
