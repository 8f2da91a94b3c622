/**
 * Looks again at what was sent a second time to a system that would book twice.
 *
 * Where a target can be searched but keeps no reference unique, "never heard of it" is only as good as the time it was given. So
 * after a second sending was taken it is asked twice more, and a person is shown what it holds twice, by its numbers.
 */
import { Refused } from "../std/errors.ts";
import { limits } from "../std/limits.ts";
import type { Log } from "../std/log.ts";
import type { Raised } from "../trace/record.ts";
import type { DueCheck } from "../work/post-checks.ts";
import type { Arranged } from "./arrangement.ts";
import { verifyAt } from "./call.ts";
import type { Clock } from "./clock.ts";
import type { Leases } from "./leases.ts";
import { fingerprint } from "./policy.ts";
import { recall } from "./recall.ts";
import type { Store } from "./store.ts";
import type { Working } from "./working.ts";

/** How often it is looked what is due, and how long a target that cannot be asked is left alone. */
const LOOK_MS = 5_000;
const AWAY_MS = 60_000;

/** Makes a call inside what the connection allows at once. */
type AtLeisure = <Answer>(name: string, call: () => Promise<Answer>) => Promise<Answer>;

export class PostChecks {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #definitions: Arranged;
  readonly #leases: Leases;
  readonly #lines: ReadonlyMap<string, Working>;
  readonly #atLeisure: AtLeisure;
  readonly #away = new Map<string, number>();
  #lookAt = 0;
  #busy = false;

  constructor(
    given: { store: Store; clock: Clock; log: Log; definitions: Arranged; leases: Leases },
    lines: ReadonlyMap<string, Working>,
    atLeisure: AtLeisure,
  ) {
    this.#store = given.store;
    this.#clock = given.clock;
    this.#log = given.log;
    this.#definitions = given.definitions;
    this.#leases = given.leases;
    this.#lines = lines;
    this.#atLeisure = atLeisure;
  }

  /** To be called often; takes the looks that are due, one at a time. */
  async tend(): Promise<void> {
    const now = this.#clock.now();
    if (this.#busy || !this.#leases.valid || now < this.#lookAt) return;
    this.#busy = true;
    this.#lookAt = now + LOOK_MS;
    try {
      const due = await this.#store.checksDue([...this.#leases.held.keys()], limits.deliveriesPage);
      for (const check of due) if (this.#leases.held.has(check.lane)) await this.#look(check);
    } catch (error) {
      this.#log.warn("Second looks could not be taken; trying again.", { error: String(error) });
    }
    this.#busy = false;
  }

  async #look(check: DueCheck): Promise<void> {
    const working = this.#lines.get(check.connection);
    const now = this.#clock.now();
    if (!working || working.pause !== null || working.breaker.state !== "closed") return;
    if ((this.#away.get(check.connection) ?? 0) > now) return;
    const parcel = recall(check, working.connection, this.#definitions, now);
    let found: Raised | undefined;
    if (!("lacks" in parcel)) {
      try {
        await this.#atLeisure(check.connection, () => verifyAt(working.session, parcel, this.#store));
      } catch (error) {
        if (!(error instanceof Refused) || !(error.facts.duplicates !== undefined || error.facts.conflict)) {
          this.#away.set(check.connection, now + AWAY_MS);
          return;
        }
        found = this.#twice(check, working, error);
      }
    }
    // The second look is the last; so is one that found something.
    const nextMs = found || check.round > 1 ? null : limits.secondLookMs - limits.firstLookMs;
    await this.#store.checked({ delivery: check.key, round: check.round, nextMs, raised: found ?? null });
  }

  #twice({ key, contract, correlation }: DueCheck, { connection }: Working, error: Refused): Raised {
    const cause = fingerprint("duplicate or conflict", connection.name, contract, error);
    return {
      fingerprint: cause,
      class: "duplicate or conflict",
      subjectKind: "document",
      subject: `${correlation}|${cause}|${key}`,
      connection: connection.name,
      correlation,
      title: `${connection.title} holds ${contract} more than once`,
      reason: `${error.message} It was sent again after the target had not known it, and the first sending arrived after all.`,
      owner: connection.owner,
    };
  }
}
