/**
 * The clock of a demonstration: brings everything that waits for a time nearer, so that a story of days takes minutes.
 *
 * Exists where `crossdock dev` runs and nowhere else. No clock is turned: times that lie ahead move, in one transaction that first
 * makes every worker read back what is its own, so leases, fences and what is on the wire stay exactly as they were. What has
 * happened keeps its time; the journal remembers the shift, so that graces which count from there count it too.
 */
import type { Pool } from "pg";
import { entryOf } from "../journal/append.ts";
import { Unusable } from "../std/errors.ts";
import { type Transaction, transaction } from "../std/sql.ts";
import type { Statement } from "../std/statement.ts";
import { instanceBody, milestonesOf } from "../trace/instances.ts";
import { audit } from "../work/audit.ts";
import { appendAndOwe } from "../work/deliveries.ts";
import {
  beginEarlier,
  bringWaitsNearer,
  openInstances,
  readAllAnew,
  waitingTimes,
} from "../work/due-times.ts";
import { type Instance, saveInstances } from "../work/instances.ts";
import type { Arranged } from "./arrangement.ts";
import type { Clock } from "./clock.ts";
import { DueTimesBroughtNearer } from "./facts.ts";
import { type Actor, said } from "./tending.ts";

/** What waits for a time, in the order people are shown it, one and many. */
const KINDS = {
  timers: ["timer of a process", "timers of processes"],
  questions: ["question’s deadline", "questions’ deadlines"],
  milestones: ["milestone’s clock", "milestones’ clocks"],
  holds: ["business hold’s clock", "business holds’ clocks"],
  "next tries": ["next try", "next tries"],
  "waiting arrivals": ["arrival to be read again", "arrivals to be read again"],
  promises: ["promise to be made true", "promises to be made true"],
  agreement: ["look whether the systems agree", "looks whether the systems agree"],
  "second looks": ["second look at what was sent twice", "second looks at what was sent twice"],
} as const;

export type WaitKind = keyof typeof KINDS;
export const WAIT_KINDS = Object.keys(KINDS) as readonly WaitKind[];

export interface Waiting {
  readonly kind: WaitKind;
  /** In words: "timers of processes". */
  readonly title: string;
  readonly waiting: number;
  /** Until the first of them, in milliseconds; null when none waits. */
  readonly nextMs: number | null;
}

export interface Nearer {
  readonly ms: number;
  /** What was done, in a sentence with exact counts. */
  readonly said: string;
  /** Kinds of which something moved; `due`: those whose time has come by it. */
  readonly moved: readonly { readonly kind: WaitKind; readonly moved: number; readonly due: number }[];
}

const PAGE = 500;
const MOST_MS = 31 * 86_400_000;
const LEAST_MS = 1_000;

type Opened = Instance & { readonly startedAt: string };

export class DemonstrationClock {
  readonly #pool: Pool;
  readonly #clock: Clock;
  readonly #definitions: Arranged;
  readonly #moved: () => Promise<void>;

  /** `moved` is called after the commit. */
  constructor(given: { pool: Pool; clock: Clock; definitions: Arranged; moved: () => Promise<void> }) {
    this.#pool = given.pool;
    this.#clock = given.clock;
    this.#definitions = given.definitions;
    this.#moved = given.moved;
  }

  /** What waits for a time, and for how long the first of each kind does. */
  waiting(): Promise<readonly Waiting[]> {
    return transaction(this.#pool, (tx) => this.#waiting(tx));
  }

  /**
   * Brings everything nearer by a time, or by as much as the first of a kind still waits.
   *
   * @throws {Unusable} for a time below a second or above 31 days, or when nothing of the kind waits
   */
  async bringNearer(by: number | WaitKind, actor: Actor): Promise<Nearer> {
    const nearer = await transaction(this.#pool, async (tx) => {
      // The writers' lock of the audit before everything else, as every act takes it.
      await tx.query("select pg_advisory_xact_lock(7215)");
      for (const statement of readAllAnew) await run(tx, statement);
      const ms = typeof by === "number" ? by : await this.#untilFirst(tx, by);
      if (!(ms >= LEAST_MS && ms <= MOST_MS))
        throw new Unusable("Times are brought nearer by a second at least and 31 days at most, such as 4h.");
      const counted = new Map<WaitKind, { moved: number; due: number }>();
      const count = (kind: WaitKind, dueAt: number, now: number) => {
        const { moved, due } = counted.get(kind) ?? { moved: 0, due: 0 };
        counted.set(kind, { moved: moved + 1, due: due + (dueAt - ms <= now ? 1 : 0) });
      };
      const now = await nowOf(tx);
      for await (const page of this.#open(tx)) {
        for (const each of page) {
          for (const { due } of each.body.timers)
            if (Date.parse(due) > now) count("timers", Date.parse(due), now);
          for (const due of this.#clocksOf(each, now)) count("milestones", due, now);
        }
        const changed = page.flatMap((each) => nearerBy(each, ms, now) ?? []);
        if (changed.length > 0) await run(tx, saveInstances(changed));
      }
      await run(tx, beginEarlier(ms));
      for (const { kind, moved, due } of await run<{ kind: WaitKind; moved: number; due: number }>(
        tx,
        bringWaitsNearer(ms),
      ))
        counted.set(kind, { moved, due });
      const moved = WAIT_KINDS.flatMap((kind) => {
        const of = counted.get(kind);
        return of ? [{ kind, ...of }] : [];
      });
      const sentence = sentenceOf(ms, moved);
      const fact = DueTimesBroughtNearer.of({ clock: "demonstration", ms, said: sentence, by: actor.name });
      await run(tx, appendAndOwe([entryOf(fact, { ...said(actor), id: `clock:${this.#clock.id()}` })], []));
      await audit(tx, actor, "bring due times nearer", "clock/demonstration", { ms, moved });
      return { ms, said: sentence, moved };
    });
    await this.#moved();
    return nearer;
  }

  async #untilFirst(tx: Transaction, kind: WaitKind): Promise<number> {
    const nextMs = (await this.#waiting(tx)).find((one) => one.kind === kind)?.nextMs ?? null;
    if (nextMs === null) throw new Unusable(`There are no ${KINDS[kind][1]} that wait for a time now.`);
    return Math.max(LEAST_MS, Math.ceil(nextMs));
  }

  async #waiting(tx: Transaction): Promise<readonly Waiting[]> {
    const found = new Map<string, { waiting: number; nextMs: number | null }>();
    for (const { kind, ...of } of await run<{ kind: string; waiting: number; nextMs: number | null }>(
      tx,
      waitingTimes,
    ))
      found.set(kind, of);
    const now = await nowOf(tx);
    const [timers, clocks]: number[][] = [[], []];
    for await (const page of this.#open(tx))
      for (const each of page) {
        timers?.push(...each.body.timers.map(({ due }) => Date.parse(due) - now).filter((ms) => ms > 0));
        clocks?.push(...this.#clocksOf(each, now).map((due) => due - now));
      }
    const first = (all: readonly number[] = []) => ({
      waiting: all.length,
      nextMs: all.length === 0 ? null : all.reduce((a, b) => Math.min(a, b)),
    });
    found.set("timers", first(timers)).set("milestones", first(clocks));
    return WAIT_KINDS.map((kind) => ({
      kind,
      title: KINDS[kind][1],
      ...(found.get(kind) ?? { waiting: 0, nextMs: null }),
    }));
  }

  async *#open(tx: Transaction): AsyncGenerator<Opened[]> {
    let after = { process: "", key: "" };
    for (;;) {
      const rows = await run<Omit<Opened, "body"> & { body: string }>(tx, openInstances(after, PAGE));
      if (rows.length === 0) return;
      yield rows.map((row) => ({ ...row, body: JSON.parse(row.body) }));
      after = rows.at(-1) ?? after;
    }
  }

  /** When the clocks of its open milestones run out that have not yet, in milliseconds of the epoch. */
  #clocksOf({ process, key, version, status, startedAt, body }: Opened, now: number): number[] {
    const row = {
      process,
      key,
      version,
      status,
      started_at: startedAt,
      updated_at: startedAt,
      body: instanceBody(JSON.stringify(body)),
      milestone: null,
      milestone_at: null,
      next_due: null,
      correlation: "",
    };
    return milestonesOf(this.#definitions, row, new Date(now))
      .flatMap(({ due }) => (due === null ? [] : [Date.parse(due)]))
      .filter((due) => due > now);
  }
}

/** The instance with its timers and deadlines that lie ahead moved; null when it has none. */
function nearerBy(instance: Opened, ms: number, now: number): Instance | null {
  const ahead = ({ due }: { due: string }) => Date.parse(due) > now;
  const { timers, questions } = instance.body;
  if (![...timers, ...questions].some(ahead)) return null;
  const move = <Timed extends { due: string }>(timed: Timed): Timed =>
    ahead(timed) ? { ...timed, due: new Date(Date.parse(timed.due) - ms).toISOString() } : timed;
  return {
    ...instance,
    body: { ...instance.body, timers: timers.map(move), questions: questions.map(move) },
  };
}

async function nowOf(tx: Transaction): Promise<number> {
  const [row] = await run<{ now: number }>(tx, {
    name: "clock in milliseconds",
    text: "select (extract(epoch from clock_timestamp()) * 1000)::float8 as now",
    values: [],
  });
  return row?.now ?? Number.NaN;
}

async function run<Row>(tx: Transaction, { text, values }: Statement): Promise<Row[]> {
  return (await tx.query(text, [...values])).rows as Row[];
}

function sentenceOf(ms: number, moved: Nearer["moved"]): string {
  const all = moved.map(({ kind, moved: many }) => `${many} ${KINDS[kind][many === 1 ? 0 : 1]}`);
  if (all.length === 0) return `Nothing waits for a time, so nothing came ${lasting(ms)} nearer.`;
  const due = moved.reduce((sum, each) => sum + each.due, 0);
  const list = all.length === 1 ? all[0] : `${all.slice(0, -1).join(", ")} and ${all.at(-1)}`;
  return `Everything that waits came ${lasting(ms)} nearer: ${list}. ${
    due === 0 ? "None is due by it yet." : `${due} of them ${due === 1 ? "is" : "are"} due now.`
  }`;
}

/** A time to the second: `1 d 4 h`, `12 min 30 s`. */
function lasting(ms: number): string {
  const units = [
    ["d", 86_400],
    ["h", 3_600],
    ["min", 60],
    ["s", 1],
  ] as const;
  let rest = Math.ceil(ms / 1_000);
  const parts = units.flatMap(([name, seconds]) => {
    const many = Math.floor(rest / seconds);
    rest -= many * seconds;
    return many > 0 ? [`${many} ${name}`] : [];
  });
  return parts.join(" ");
}
