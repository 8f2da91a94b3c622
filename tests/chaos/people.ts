/**
 * The people of a run: they answer questions, decide what was set aside, and let go on what had stopped.
 *
 * Whether something was booked they look up in the system's own books. Two of them say the same of everything at the same
 * moment, as people do who look at one list.
 */
import type pg from "pg";
import type { Act, Store } from "../../src/runtime/store.ts";
import type { Done } from "../oracle/run.ts";
import { answering, deciding, replaying, resuming } from "../simulation/clerk.ts";
import type { Books } from "./books.ts";

/** Nobody says the same again before it can have been carried out. */
const PATIENCE_MS = 5_000;

interface Aside {
  readonly key: string;
  readonly lane: number;
  readonly correlation: string;
  readonly attempts: number;
  readonly connection: string;
}

export class People {
  /** What they were told is done. */
  readonly acts: Done[] = [];
  /** What nobody looks after until it is mended: subjects. */
  readonly left = new Set<string>();
  readonly #pool: pg.Pool;
  readonly #desk: Store;
  readonly #books: Books;
  readonly #chance: () => number;
  readonly #fire: (what: string) => void;
  /** What was decided, by its key: how often, and when last. */
  readonly #decisions = new Map<string, { readonly times: number; readonly at: number }>();

  constructor(given: {
    readonly pool: pg.Pool;
    readonly desk: Store;
    readonly books: Books;
    readonly chance: () => number;
    readonly fire: (what: string) => void;
  }) {
    this.#pool = given.pool;
    this.#desk = given.desk;
    this.#books = given.books;
    this.#chance = given.chance;
    this.#fire = given.fire;
  }

  /** How often somebody had a word about this delivery. */
  wordsAbout(key: string): number {
    return this.#decisions.get(key)?.times ?? 0;
  }

  /** Which time this is that somebody has a word about it; null while the last word may still be on its way. */
  #word(about: string): number | null {
    const { times, at } = this.#decisions.get(about) ?? { times: 0, at: Number.NEGATIVE_INFINITY };
    if (performance.now() - at < PATIENCE_MS) return null;
    this.#decisions.set(about, { times: times + 1, at: performance.now() });
    return times + 1;
  }

  async lookIn(): Promise<void> {
    const questions = await this.#ask<Parameters<typeof answering>[0]>(
      "select id, process, key, approval, correlation from question where verdict is null limit 50",
    );
    for (const question of questions)
      await this.#act(answering(question, this.#chance() < 0.7 ? "approved" : "declined"));
    // The call may still be on the wire, and the request on its way. What waits for something goes by itself.
    const aside = await this.#ask<Aside>(
      `select key, lane, correlation, attempts, connection from delivery
        where status in ('parked', 'held') and waits_for is null and correlation <> all ($1)
          and updated_at < clock_timestamp() - interval '4 seconds' limit 200`,
      [[...this.left]],
    );
    for (const row of aside) {
      const time = this.#word(row.key);
      if (time === null) continue;
      const there = this.#books.hold(row.connection, row.key);
      const reference = there ? `${row.connection}-${row.key.slice(0, 12)}` : null;
      this.#fire(there ? "person found it booked" : "person sent it again");
      const [one, other] = await Promise.all([
        this.#act(deciding(row, reference, `${time}`)),
        this.#act({ ...deciding(row, reference, `${time} too`), actor: "colleague" }),
      ]);
      if (one && other) this.#fire("two people said it at once");
    }
    const stopped = await this.#ask<{ process: string; key: string; correlation: string }>(
      "select process, key, correlation from instance where status = 'parked' and correlation <> all ($1) limit 50",
      [[...this.left]],
    );
    for (const instance of stopped) {
      const time = this.#word(`${instance.process}:${instance.key}`);
      if (time === null) continue;
      this.#fire("person let it go on");
      await this.#act(resuming(instance, String(time)));
    }
  }

  /** Sends again what has been applied, at systems that are asked first or know our key. */
  async replay(times: number): Promise<void> {
    const done = await this.#ask<Aside>(
      `select key, lane, correlation, attempts, connection from delivery
        where status = 'applied' and connection in ('shop', 'crm', 'board', 'erp') order by random() limit $1`,
      [times],
    );
    for (const row of done) {
      const time = this.#word(row.key);
      if (time === null) continue;
      if (await this.#act(replaying(row, row.connection === "erp", String(time))))
        this.#fire("person replayed it");
    }
  }

  async #ask<Row extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<Row[]> {
    return (await this.#pool.query<Row>(text, values)).rows;
  }

  async #act(act: Act): Promise<boolean> {
    const done = await this.#desk.act(act);
    if (done) this.acts.push({ by: act.actor, action: act.action, subject: act.subject });
    return done;
  }
}
