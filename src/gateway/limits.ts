/**
 * How much one caller may ask for: token buckets, charged before anything of a request is read.
 *
 * The monotonic clock refills them, so a jump of the wall clock neither fills nor empties one. Charging is synchronous, so
 * fifty requests at once get exactly what is left. Buckets are per worker: with n workers behind one address a caller gets
 * up to n times its rate. The number of buckets is bounded; the one unused longest is forgotten first.
 *
 * @covers API-24
 */

export interface Charged {
  readonly allowed: boolean;
  /** Whole requests left now. */
  readonly remaining: number;
  /** Seconds until the next request would be allowed (when refused), or until the bucket is full again. */
  readonly resetSeconds: number;
}

interface Bucket {
  tokens: number;
  at: number;
}

export class Buckets {
  readonly #buckets = new Map<string, Bucket>();
  readonly #max: number;
  readonly #now: () => number;

  /** @param now monotonic milliseconds */
  constructor(options: { max?: number; now?: () => number } = {}) {
    this.#max = options.max ?? 10_000;
    this.#now = options.now ?? (() => performance.now());
  }

  /** Takes one token from the bucket of `who`, which holds `burst` and refills at `perMinute`. */
  charge(who: string, perMinute: number, burst: number): Charged {
    const bucket = this.#at(who, perMinute, burst);
    const allowed = bucket.tokens >= 1;
    if (allowed) bucket.tokens -= 1;
    const missing = allowed ? burst - bucket.tokens : 1 - bucket.tokens;
    return {
      allowed,
      remaining: Math.floor(bucket.tokens),
      resetSeconds: Math.ceil((missing / perMinute) * 60),
    };
  }

  /** Whether `who` has a token left, without taking it. */
  peek(who: string, perMinute: number, burst: number): boolean {
    return this.#at(who, perMinute, burst).tokens >= 1;
  }

  /** Gives back a token that was taken. */
  giveBack(who: string, perMinute: number, burst: number): void {
    const bucket = this.#at(who, perMinute, burst);
    bucket.tokens = Math.min(burst, bucket.tokens + 1);
  }

  /** How many buckets are remembered. */
  get size(): number {
    return this.#buckets.size;
  }

  #at(who: string, perMinute: number, burst: number): Bucket {
    const now = this.#now();
    let bucket = this.#buckets.get(who);
    if (bucket) {
      const gained = (Math.max(0, now - bucket.at) * perMinute) / 60_000;
      bucket.tokens = Math.min(burst, bucket.tokens + gained);
      bucket.at = now;
      // Moving it to the end keeps the map in order of use.
      this.#buckets.delete(who);
    } else {
      bucket = { tokens: burst, at: now };
      if (this.#buckets.size >= this.#max) {
        for (const oldest of this.#buckets.keys()) {
          this.#buckets.delete(oldest);
          break;
        }
      }
    }
    this.#buckets.set(who, bucket);
    return bucket;
  }
}

/** One caller holds a whole /64 of IPv6, so that is what a bucket is for. */
export function networkOf(address: string): string {
  if (!address.includes(":") || address.startsWith("::ffff:")) return address;
  const [head = "", tail] = address.split("::");
  const groups = head.split(":").filter(Boolean);
  if (tail !== undefined) while (groups.length < 4) groups.push("0");
  return groups.slice(0, 4).join(":");
}
