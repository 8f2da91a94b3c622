/**
 * The account of everything, made once for all who ask.
 *
 * What must stay true: it reads every delivery, so however many people and checks ask for it, making it takes no more than a
 * twentieth of the time. A failure is not kept.
 */
import type { Pool } from "pg";
import { type Balance, balance } from "../trace/balance.ts";

/** An answer is given again for so many times what it took to make, and for this long at least. */
const TIMES = 20;
const LEAST_MS = 250;

export function accountOf(pool: Pool): () => Promise<Balance> {
  let made: { readonly answer: Promise<Balance>; until: number } | null = null;
  return () => {
    const now = performance.now();
    if (made && now < made.until) return made.answer;
    const making = { answer: balance(pool), until: Number.POSITIVE_INFINITY };
    made = making;
    making.answer.then(
      () => {
        const done = performance.now();
        making.until = done + Math.max(LEAST_MS, TIMES * (done - now));
      },
      () => {
        if (made === making) made = null;
      },
    );
    return making.answer;
  };
}
