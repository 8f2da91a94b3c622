/**
 * Looks in while everything goes wrong: at the equation of no silent state, at what workers take, and lets people do their work.
 */
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import { type Count, EQUATION, type Subscribers, silences } from "../oracle/equation.ts";
import type { People } from "./people.ts";

/** Who is owed what, as `tests/simulation/integration.ts` says it. */
const SUBSCRIBERS: Subscribers = {
  "sales.order-captured": 1,
  "sales.cancellation-requested": 1,
  "stock.counted": 1,
  "stock.ask-recount": 1,
  "credit.check-order": 1,
  "erp.post-order": 1,
  "erp.cancel-order": 1,
  "erp.order-posted": 1,
  "wms.allocate-stock": 1,
  "wms.release-stock": 1,
  "wms.ship-order": 1,
  "operations.milestone-reached": 1,
  "master.customer-described": 1,
};

export class Watch {
  /** What was wrong while it was going on. */
  readonly complaints: string[] = [];
  /** How often the equation was asked. */
  checks = 0;
  /** The most bytes of memory any worker took. */
  rssMost = 0;
  /** What each worker took in the course of its life, by its process id: moments and bytes. */
  readonly #lives = new Map<number, { readonly at: number; readonly bytes: number }[]>();
  readonly #pool: pg.Pool;
  readonly #people: People;
  readonly #alive: () => readonly { readonly pid: number }[];
  readonly #fire: (what: string) => void;
  #over = false;
  #watching: Promise<void> = Promise.resolve();

  constructor(given: {
    readonly pool: pg.Pool;
    readonly people: People;
    readonly alive: () => readonly { readonly pid: number }[];
    readonly fire: (what: string) => void;
  }) {
    this.#pool = given.pool;
    this.#people = given.people;
    this.#alive = given.alive;
    this.#fire = given.fire;
  }

  start(): void {
    this.#watching = this.#watch().catch((error: Error) => {
      this.complaints.push(`I14 the equation cannot be asked: ${error.message}.`);
    });
  }

  async stop(): Promise<void> {
    this.#over = true;
    await this.#watching;
  }

  /** What the judge counts itself. */
  async counted(): Promise<Count> {
    const subscribed = Object.entries(SUBSCRIBERS).map(([contract, times]) => ({ contract, times }));
    return (await this.#pool.query<Count>(EQUATION, [JSON.stringify(subscribed)])).rows[0] as Count;
  }

  async #watch(): Promise<void> {
    let askAgainAt = 0;
    while (!this.#over) {
      await sleep(250);
      const begun = performance.now();
      for (const { pid } of this.#alive()) this.#weigh(pid, begun);
      if (begun >= askAgainAt) {
        await this.#equation();
        // Every second; over a million events it takes longer than that, and must not be all PostgreSQL does.
        askAgainAt = Math.max(begun + 1_000, performance.now() + 4 * (performance.now() - begun));
      }
      // Their database may be away as well; they look in again.
      await this.#people.lookIn().catch(() => this.#fire("people could not look in"));
    }
  }

  #weigh(pid: number, at: number): void {
    const bytes = rssOf(pid);
    this.rssMost = Math.max(this.rssMost, bytes);
    const life = this.#lives.get(pid) ?? [];
    this.#lives.set(pid, life);
    if (at - (life.at(-1)?.at ?? 0) >= 1_000) life.push({ at, bytes });
  }

  /** By how many bytes an hour the worker grew that lived longest, when it had warmed up, and for how many hours it was looked at. */
  growth(): { readonly bytesPerHour: number; readonly hours: number } {
    const lives = [...this.#lives.values()].sort((a, b) => b.length - a.length);
    const warm = lives[0]?.slice(Math.floor(lives[0].length / 4)) ?? [];
    const mean = (of: (one: (typeof warm)[number]) => number) =>
      warm.reduce((sum, one) => sum + of(one), 0) / Math.max(1, warm.length);
    const [at, bytes] = [mean((one) => one.at), mean((one) => one.bytes)];
    const along = mean((one) => (one.at - at) ** 2);
    const together = mean((one) => (one.at - at) * (one.bytes - bytes));
    const hours = ((warm.at(-1)?.at ?? 0) - (warm[0]?.at ?? 0)) / 3_600_000;
    return { bytesPerHour: along === 0 ? 0 : (together / along) * 3_600_000, hours };
  }

  /** I14, now. A database that is away cannot be asked; one that answers must be able to. */
  async #equation(): Promise<void> {
    const asked = await this.counted().catch((error: Error & { code?: string }) => error);
    if (asked instanceof Error) {
      if (/^42/.test(asked.code ?? "")) throw asked;
      return this.#fire("equation could not be asked");
    }
    this.checks += 1;
    for (const silence of silences(asked))
      if (!this.complaints.includes(silence)) this.complaints.push(silence);
  }
}

/** Resident memory of a process in bytes; 0 when it has ended, or where there is no /proc. */
function rssOf(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, "utf8").split(" ")[1]) * 4_096;
  } catch {
    return 0;
  }
}
