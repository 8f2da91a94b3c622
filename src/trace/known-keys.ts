/**
 * Remembers which business keys are in the table already, so the tenth event of an order does not write them again.
 *
 * A cache and nothing more: what it has forgotten is offered again and left alone by the table's primary key. A key is
 * remembered only after the commit that wrote it, so a key that is remembered is there.
 */
import type { BusinessKey } from "../contracts/keys.ts";
import { limits } from "../std/limits.ts";

export class KnownKeys {
  /** By business transaction: `type value` of each key. */
  readonly #known = new Map<string, Set<string>>();
  #size = 0;

  /** Those that may not be in the table yet. */
  fresh<Key extends BusinessKey>(correlation: string, keys: readonly Key[]): readonly Key[] {
    const known = this.#known.get(correlation);
    return known ? keys.filter((key) => !known.has(nameOf(key))) : keys;
  }

  /** These are in the table now. */
  remember(correlation: string, keys: readonly BusinessKey[]): void {
    if (keys.length === 0) return;
    // Forgetting everything at once is as good as anything cleverer: the next event of each order brings its keys back.
    if (this.#size + keys.length > limits.keysCachedMax) {
      this.#known.clear();
      this.#size = 0;
    }
    const known = this.#known.get(correlation);
    if (known) for (const key of keys) known.add(nameOf(key));
    else this.#known.set(correlation, new Set(keys.map(nameOf)));
    this.#size += keys.length;
  }
}

const nameOf = ({ type, value }: BusinessKey): string => `${type} ${value}`;
