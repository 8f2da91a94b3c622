/**
 * Remembers which business keys are in the table already, so the tenth event of an order does not write them again.
 *
 * A cache and nothing more: what it has forgotten is offered again and left alone by the table's primary key. A key is
 * remembered only after the commit that wrote it, so a key that is remembered is there.
 */
import type { BusinessKey } from "../contracts/keys.ts";
import { limits } from "../std/limits.ts";

export class KnownKeys {
  readonly #known = new Set<string>();

  /** Those that may not be in the table yet. */
  fresh<Key extends BusinessKey>(correlation: string, keys: readonly Key[]): Key[] {
    return keys.filter((key) => !this.#known.has(idOf(correlation, key)));
  }

  /** These are in the table now. */
  remember(correlation: string, keys: readonly BusinessKey[]): void {
    // Forgetting everything at once is as good as anything cleverer: the next event of each order brings its keys back.
    if (this.#known.size + keys.length > limits.keysCachedMax) this.#known.clear();
    for (const key of keys) this.#known.add(idOf(correlation, key));
  }
}

const idOf = (correlation: string, { type, value }: BusinessKey): string =>
  `${correlation}\n${type}\n${value}`;
