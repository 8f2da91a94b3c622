/**
 * Who is calling: from an Authorization header to a client with its rights.
 *
 * What stays true: a revoked key opens nothing five seconds later on any worker, because what is remembered of a client is
 * asked again after `REMEMBER_MS`. A key with a wrong checksum is refused without asking the database, and one address that
 * keeps guessing the secret of one id is locked out for a while without locking out the id's owner elsewhere. A key used from where
 * it is not for is answered like a wrong one, and logged.
 */
import type { Pool } from "pg";
import { Unavailable } from "../std/errors.ts";
import { findClient, type KnownClient, touchClients } from "../work/clients.ts";
import { matches, networksOf, parseKey } from "./keys.ts";
import { Buckets, networkOf } from "./limits.ts";
import { Problem } from "./problems.ts";

/** A known caller. */
export interface Caller {
  readonly id: string;
  readonly name: string;
  readonly scopes: ReadonlySet<string>;
  /** Customers it may order for, or null for all. */
  readonly customers: ReadonlySet<string> | null;
  /** Whether it may call from an address. */
  readonly isFrom: (address: string) => boolean;
  readonly perMinute: number;
}

/** Revocation holds within 5 s; 3 s leaves room for a slow database. */
const REMEMBER_MS = 3_000;
const REMEMBER_MAX = 10_000;
/** Twenty wrong secrets a minute for one id from one address; a person mistyping never gets there. */
const GUESSES = { perMinute: 20, burst: 20 };
const TOUCH_EVERY_MS = 60_000;

interface Remembered {
  readonly until: number;
  readonly client: KnownClient | null;
  readonly caller: Caller | null;
  /** Monotonic instant of expiry. */
  readonly ends: number;
}

export class Callers {
  readonly #pool: Pool;
  readonly #pepper: string;
  readonly #log: (line: string, facts: Record<string, string | number>) => void;
  readonly #known = new Map<string, Remembered>();
  readonly #asking = new Map<string, Promise<Remembered>>();
  readonly #guesses = new Buckets();
  #used = new Set<string>();
  readonly #touch: NodeJS.Timeout;

  constructor(
    pool: Pool,
    pepper: string,
    log: (line: string, facts: Record<string, string | number>) => void,
  ) {
    this.#pool = pool;
    this.#pepper = pepper;
    this.#log = log;
    this.#touch = setInterval(() => void this.#tellUse(), TOUCH_EVERY_MS).unref();
  }

  /**
   * The caller behind an Authorization header; at once when remembered, else after one look into the database.
   *
   * `mayAsk` false: the address failed too often lately. Then only keys that were good before are looked at, so that
   * strangers with well-formed keys cost the database nothing and the clients beside them go on.
   *
   * @throws {Problem} `unauthenticated`, always in the same words, whatever was wrong; `too-many-requests`
   */
  recognise(authorization: string | undefined, address: string, mayAsk = true): Caller | Promise<Caller> {
    const key =
      authorization !== undefined && authorization.length < 200 && /^bearer /i.test(authorization)
        ? parseKey(authorization.slice(7))
        : null;
    if (!key) throw new Problem("unauthenticated", { field: "authorization" });
    const guesser = `${key.id} ${networkOf(address)}`;
    if (!this.#guesses.peek(guesser, GUESSES.perMinute, GUESSES.burst)) {
      throw new Problem("too-many-requests", {
        detail: "Too many wrong keys from this address.",
        retryAfterSeconds: 60 / GUESSES.perMinute,
      });
    }
    const remembered = this.#known.get(key.id);
    if (!mayAsk && !remembered?.caller) {
      throw new Problem("too-many-requests", {
        detail: "Too many wrong keys from this address.",
        retryAfterSeconds: 1,
      });
    }
    if (remembered && remembered.until > performance.now()) {
      return this.#judge(remembered, key.secret, guesser, key.id, address);
    }
    return this.#ask(key.id).then((found) => this.#judge(found, key.secret, guesser, key.id, address));
  }

  async close(): Promise<void> {
    clearInterval(this.#touch);
    await this.#tellUse();
  }

  #judge(found: Remembered, secret: string, guesser: string, id: string, address: string): Caller {
    const right = matches(secret, this.#pepper, found.client?.secretHash);
    if (right && found.caller && found.ends > performance.now()) {
      if (found.caller.isFrom(address)) {
        this.#used.add(found.caller.id);
        return found.caller;
      }
      this.#log("A key came from an address it is not for.", { id, address });
    }
    if (!right) {
      const { remaining } = this.#guesses.charge(guesser, GUESSES.perMinute, GUESSES.burst);
      if (remaining === 0) this.#log("A key is being guessed; the address is locked out.", { id, address });
    }
    throw new Problem("unauthenticated", { field: "authorization" });
  }

  /** Many requests with one unknown id ask once. */
  #ask(id: string): Promise<Remembered> {
    const asking = this.#asking.get(id) ?? this.#find(id).finally(() => this.#asking.delete(id));
    this.#asking.set(id, asking);
    return asking;
  }

  async #find(id: string): Promise<Remembered> {
    const asked = performance.now();
    let client: KnownClient | null;
    try {
      client = await findClient(this.#pool, id);
    } catch (cause) {
      throw new Unavailable("Keys cannot be checked now.", { cause });
    }
    const found: Remembered = {
      until: asked + REMEMBER_MS,
      client,
      caller: client === null || client.revoked ? null : asCaller(client),
      ends: asked + (client?.validForMs ?? 0),
    };
    if (this.#known.size >= REMEMBER_MAX) this.#known.delete(this.#known.keys().next().value!);
    this.#known.delete(id);
    this.#known.set(id, found);
    return found;
  }

  async #tellUse(): Promise<void> {
    const used = [...this.#used];
    this.#used = new Set();
    try {
      await touchClients(this.#pool, used);
    } catch {
      // When a key was last used is a courtesy; the next minute tells it again.
    }
  }
}

function asCaller({ id, name, scopes, perMinute }: KnownClient): Caller {
  const customers = scopes.filter((scope) => scope.startsWith("customer:")).map((scope) => scope.slice(9));
  return {
    id,
    name,
    scopes: new Set(scopes),
    customers: customers.length > 0 ? new Set(customers) : null,
    isFrom: networksOf(scopes),
    perMinute,
  };
}
