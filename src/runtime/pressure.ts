/**
 * Watches whether the dock keeps up, and says when nothing more should be brought to it.
 *
 * Looked at once a second by every worker: how old the oldest fact is that nobody has read, and whether a forgotten transaction
 * holds all readers back. Either is shown to people as long as it lasts. What must stay true: callers are asked to come back
 * before the backlog is hopeless, and let in again by itself when it is not; a database that is full is asked once in two seconds and
 * not by everybody who comes.
 */
import type { Pool } from "pg";
import { type Feed, feed, type Holder, holder } from "../journal/barrier.ts";
import { limits } from "../std/limits.ts";
import type { Log } from "../std/log.ts";
import type { Statement } from "../std/statement.ts";
import { type Raised, raise, resolve } from "../trace/record.ts";
import { type Clock, pause } from "./clock.ts";

/** How the dock keeps up, for those who ask. */
export interface Keeping {
  /** Age of the oldest fact that is not read yet, in milliseconds; 0 when all are. */
  readonly lagMs: number;
  /** A forgotten transaction holds all readers back. */
  readonly stalled: Stall | null;
  /** PostgreSQL could not write the last time it was asked to, because its disk or its memory is full. */
  readonly full: boolean;
}

export interface Stall {
  readonly forMs: number;
  /** Who holds them back, as far as PostgreSQL says. */
  readonly holder: Holder | null;
}

const LOOK_MS = 1_000;
const WRITE = `insert into setting (name, value) values ('room to write', clock_timestamp()::text)
  on conflict (name) do update set value = excluded.value, updated_at = clock_timestamp()`;
/** How long callers stay away: when we are behind, and when the database is full. */
const BEHIND_AWAY_MS = 10_000;
const FULL_AWAY_MS = 2_000;

export class Pressure {
  readonly #pool: Pool;
  readonly #clock: Clock;
  readonly #log: Log;
  #lagMs = 0;
  #barrier = "";
  #barrierSince = 0;
  #stalled: Stall | null = null;
  #fullSince: number | null = null;
  #fullAt = Number.NEGATIVE_INFINITY;
  /** What people are shown now, by subject; unknown before the first look. */
  readonly #shown = new Map<string, string | null>();

  constructor(given: { pool: Pool; clock: Clock; log: Log }) {
    this.#pool = given.pool;
    this.#clock = given.clock;
    this.#log = given.log;
  }

  get keeping(): Keeping {
    return { lagMs: this.#lagMs, stalled: this.#stalled, full: this.#fullSince !== null };
  }

  /** How long callers should stay away, or null. */
  get awayMs(): number | null {
    if (this.#clock.now() - this.#fullAt < FULL_AWAY_MS) return FULL_AWAY_MS;
    return this.#lagMs > limits.lagMaxMs ? BEHIND_AWAY_MS : null;
  }

  /** PostgreSQL refused to write for want of room (SQLSTATE class 53); nothing was written. */
  refused(error: unknown): void {
    const { code } = (error ?? {}) as { code?: unknown };
    if (typeof code !== "string" || !code.startsWith("53")) return;
    this.#fullAt = this.#clock.now();
    if (this.#fullSince !== null) return;
    this.#fullSince = this.#fullAt;
    this.#log.error("The database is full; nothing is taken in until it can write again.", {
      error: error instanceof Error ? error.message : String(error),
    });
  }

  /** It wrote. */
  wrote(): void {
    if (this.#fullSince === null) return;
    this.#log.info("The database can write again.", {
      seconds: Math.round((this.#clock.now() - this.#fullSince) / 1_000),
    });
    this.#fullSince = null;
    this.#fullAt = Number.NEGATIVE_INFINITY;
  }

  /** Looks until the signal fires. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#look();
      } catch (error) {
        // Without its database there is nothing to keep up with; the loops say so themselves.
        if (!signal.aborted) this.#log.warn("The feed could not be looked at.", { error: String(error) });
      }
      await pause(this.#clock, LOOK_MS, signal);
    }
  }

  async #look(): Promise<void> {
    // Nobody may come for a while: whether there is room again is found out with a row of our own.
    if (this.#fullSince !== null) {
      try {
        await this.#pool.query(WRITE);
        this.wrote();
      } catch (error) {
        this.refused(error);
      }
    }
    const [found] = await this.#ask<Feed>(feed);
    if (!found) return;
    const now = this.#clock.now();
    this.#lagMs = found.lagMs ?? 0;
    if (found.barrier !== this.#barrier || !found.behind) {
      this.#barrier = found.barrier;
      this.#barrierSince = now;
    }
    const forMs = now - this.#barrierSince;
    const stalls = forMs >= limits.feedStalledMs;
    this.#stalled = stalls ? { forMs, holder: (await this.#ask<Holder>(holder))[0] ?? null } : null;
    await this.#show("journal|feed", this.#stalled && stalledBy(this.#stalled));
    await this.#show("journal|behind", this.#lagMs > limits.lagMaxMs ? behind() : null);
  }

  /** Shows it once, and takes it back when it is over; also what another worker, or we before a crash, showed. */
  async #show(subject: string, what: Raised | null): Promise<void> {
    const now = what?.reason ?? null;
    const before = this.#shown.get(subject);
    if (before === now) return;
    if (what) {
      this.#log.warn(what.title, { reason: what.reason });
      await this.#ask(raise([what]));
    } else {
      await this.#ask(resolve([{ subjectKind: "document", subject, resolution: "It is over by itself." }]));
    }
    this.#shown.set(subject, now);
  }

  async #ask<Row extends object>({ text, values }: Statement): Promise<Row[]> {
    return (await this.#pool.query<Row>(text, [...values])).rows;
  }
}

const about = { class: "temporary", subjectKind: "document", connection: null, correlation: null } as const;

function stalledBy({ holder: by }: Stall): Raised {
  const who = by
    ? `${capital(by.who)}${by.application === "" ? "" : ` of ${by.application}`} (user ${by.by}, database ${by.database}, ${by.state})`
    : "A session PostgreSQL does not show us (grant pg_read_all_stats to see it)";
  return {
    ...about,
    fingerprint: "temporary||journal|FEED_STALLED|",
    subject: "journal|feed",
    title: "A forgotten transaction holds back what was accepted",
    reason: `${who} has a transaction open that began before what was accepted since; nothing after it is read until it ends.`,
    owner: "integration",
  };
}

function behind(): Raised {
  return {
    ...about,
    fingerprint: "temporary||journal|BEHIND|",
    subject: "journal|behind",
    title: "The dock is behind with what it accepted",
    reason: `The oldest fact nobody has read is older than ${limits.lagMaxMs / 60_000} minutes. Callers are asked to come back, mailboxes are held back.`,
    owner: "integration",
  };
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
