/**
 * How often somebody may guess a password, a code or a link: so many for a name and so many from an address, each by itself, so
 * neither one account from many places nor many accounts from one can be tried.
 *
 * What must stay true: a guess is counted before it is compared, so that guesses that come at once are counted, too. Whoever was
 * right gets theirs back. Counted in the memory of the worker that serves the console.
 */
import { Buckets } from "../gateway/limits.ts";

/** Wrong ones a minute, and how many at once, before one waits. */
const BY_NAME = { perMinute: 6, burst: 10 };
const BY_ADDRESS = { perMinute: 20, burst: 30 };

export class Guesses {
  readonly #buckets = new Buckets();

  /** Takes a guess. Returns the seconds to wait when there is none left, else how to give it back. */
  take(name: string, address: string): { readonly wait: number } | { readonly wait: null; right(): void } {
    const both = [
      [`name ${name}`, BY_NAME],
      [`address ${address}`, BY_ADDRESS],
    ] as const;
    const taken: (() => void)[] = [];
    for (const [who, { perMinute, burst }] of both) {
      const { allowed, resetSeconds } = this.#buckets.charge(who, perMinute, burst);
      if (!allowed) {
        for (const giveBack of taken) giveBack();
        return { wait: resetSeconds };
      }
      taken.push(() => this.#buckets.giveBack(who, perMinute, burst));
    }
    return {
      wait: null,
      right() {
        for (const giveBack of taken) giveBack();
      },
    };
  }
}
