/**
 * An answer many pages ask for at once, made once for all who ask the same.
 *
 * What must stay true: nobody is given an answer older than `OLD_MS`, and whoever is given one that is being made anew, or was
 * begun before the last change, is told so (`renewing`), so that the page asks again. A failure is not kept.
 */

/** Within this time the same answer serves everybody. */
const FRESH_MS = 1_000;
/** A new answer that takes longer is not waited for while there is a last one. */
const PATIENCE_MS = 150;
/** The oldest answer that is given out while the next is being made; it says itself as of when it is. */
const OLD_MS = 10_000;

type Renewing<Answer> = Answer & { readonly renewing: boolean };

/** `changedAt` says when something changed for the last time, as `Date.now` does; without it, what is fresh is taken as it is. */
export function kept<Asked extends readonly unknown[], Answer extends object>(
  work: (...asked: Asked) => Promise<Answer>,
  changedAt: () => number = () => 0,
): (...asked: Asked) => Promise<Renewing<Answer>> {
  const last = new Map<string, { readonly begun: number; readonly at: number; readonly answer: Answer }>();
  const making = new Map<string, Promise<Answer>>();
  const make = (name: string, asked: Asked): Promise<Answer> => {
    const begun = Date.now();
    const answer = work(...asked).then((made) => {
      last.set(name, { begun, at: Date.now(), answer: made });
      return made;
    });
    making.set(name, answer);
    const over = () => making.delete(name);
    answer.then(over, over);
    return answer;
  };
  return async (...asked) => {
    const now = Date.now();
    for (const [other, { at }] of last) if (now - at >= OLD_MS) last.delete(other);
    const name = JSON.stringify(asked);
    const known = last.get(name);
    if (known && now - known.at < FRESH_MS) return { ...known.answer, renewing: changedAt() >= known.begun };
    const next = making.get(name) ?? make(name, asked);
    if (!known) return { ...(await next), renewing: false };
    const inTime = await Promise.race([next, after(PATIENCE_MS)]);
    return inTime ? { ...inTime, renewing: false } : { ...known.answer, renewing: true };
  };
}

const after = (ms: number) => new Promise<null>((resolve) => setTimeout(resolve, ms, null).unref());
