/**
 * Judges a run: what the clients were promised against what stands in the systems' books.
 *
 * What must stay true: it shares no code with the product, and believes it only where it admits a problem. Each sentence
 * bears the number of the invariant it is about, so that a planted mistake can be told by what noticed it; and each check
 * says how much there was to look at, so that nobody takes a rule that had nothing to judge for one that was kept.
 */
import { OTHERS } from "./others.ts";
import { PEOPLE } from "./people.ts";
import { PROMISES } from "./promises.ts";
import { type Check, type Invariant, open, type Run } from "./run.ts";
import { SEQUENCE } from "./sequence.ts";
import { UNDOING } from "./undoing.ts";
import { WORTH } from "./worth.ts";

export type { Run } from "./run.ts";

export const CHECKS: readonly Check[] = [
  ...PROMISES,
  ...SEQUENCE,
  ...WORTH,
  ...UNDOING,
  ...OTHERS,
  ...PEOPLE,
];

export interface Verdict {
  /** A sentence for everything that is wrong, beginning with its invariant. */
  readonly wrong: readonly string[];
  /** How many things each invariant had to judge; one that had none is not named. */
  readonly judged: ReadonlyMap<Invariant, number>;
}

export function judge(run: Run): Verdict {
  const seen = open(run);
  const judged = new Map<Invariant, number>();
  const wrong = CHECKS.flatMap(({ invariant, look }) => {
    const found = look(seen);
    if (found.looked > 0) judged.set(invariant, (judged.get(invariant) ?? 0) + found.looked);
    return found.wrong;
  });
  return { wrong, judged };
}
