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
  /**
   * Selections that post more than this into a ledger need one: by ledger, then by currency, `"*"` for every other. A ledger that
   * is not named has no threshold of its own.
   */
  readonly ledgers: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Acts that always need one. */
  readonly always: readonly SelectionAct[];
  /** Corrections of messages of these criticalities always need one. C1 is financial or legal. */
  readonly fixes: readonly Criticality[];
}

/** Deny by default: the figures of a cautious finance department. */
export const FOUR_EYES: FourEyes = {
  items: 100,
  amounts: { "*": "100000.00" },
  ledgers: {},
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
    /** What is posted into each ledger; null where a posting does not say what it is worth. */
    readonly ledgers: ReadonlyMap<string, readonly Money[] | null>;
    readonly criticalities: ReadonlySet<Criticality>;
  },
): string | null {
  const { act, items, money, ledgers, criticalities } = given;
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
  for (const [ledger, posted] of ledgers) {
    const limits = policy.ledgers[ledger];
    if (limits === undefined) continue;
    if (posted === null)
      return `It posts into ${ledger}, and does not say how much; what ${ledger} allows one person cannot be told.`;
    for (const { amount, currency } of posted) {
      const most = limits[currency] ?? limits["*"];
      if (most !== undefined && new Big(amount).gt(most))
        return `It posts ${amount} ${currency} into ${ledger}; more than ${most} ${currency} need a second person there.`;
    }
  }
  for (const { amount, currency } of money) {
    const most = policy.amounts[currency] ?? policy.amounts["*"];
    if (most !== undefined && new Big(amount).gt(most))
      return `It concerns ${amount} ${currency}; more than ${most} ${currency} need a second person.`;
  }
  return null;
}
