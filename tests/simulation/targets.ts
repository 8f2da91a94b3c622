/**
 * Simulated systems of every `repeat` guarantee, each keeping its own books.
 *
 * What counts is what stands in the books, whatever answer the caller got. A target answers late, loses the answer or the
 * request, lets a request lie for a while and then books it, refuses, is busy, is away, and searches a little behind. It is
 * the only one who knows the truth, and the oracle asks nobody else.
 */

import Type from "typebox";
import {
  type Connector,
  connector,
  type Parcel,
  type Receipt,
  type Repeat,
  type Session,
} from "../../src/connectors/connector.ts";
import { toText } from "../../src/std/bytes.ts";
import { InDoubt, type Missing, Refused, Unavailable } from "../../src/std/errors.ts";
import type { Watch } from "./access.ts";
import type { Kernel, Program } from "./kernel.ts";

/** One line in the books. */
export interface Effect {
  readonly target: string;
  readonly repeat: Repeat;
  readonly key: string;
  readonly contract: string;
  readonly subject: string;
  readonly body: string;
  readonly at: number;
}

/** How a target misbehaves; shares are of calls. */
export interface Mood {
  latencyMs: number;
  loseAnswer: number;
  loseRequest: number;
  /** Held back for longer than the system declares, up to a minute. */
  late: number;
  /** Not answered in time, and booked up to `delayMaxMs` after that. */
  delay: number;
  busy: number;
  refuse: number;
  away: boolean;
  /** Search shows what was booked this much later. */
  searchLagMs: number;
}

export const well = (): Mood => ({
  latencyMs: 8,
  loseAnswer: 0,
  loseRequest: 0,
  late: 0,
  delay: 0,
  busy: 0,
  refuse: 0,
  away: false,
  searchLagMs: 0,
});

/** Callers wait this long for an answer. */
const TIMEOUT_MS = 3_000;
/** Declared by every target: after an unclear answer it may act for this long, search included. */
export const SETTLE_MS = 8_000;
/** Declared by every target: as many calls it takes at once. */
export const CALLS_MAX = 4;
const DELAY_MAX_MS = 4_000;
/** What is later than declared comes within this time. */
const LATE_MAX_MS = 60_000;

export class Target {
  readonly name: string;
  readonly repeat: Repeat;
  readonly books: Effect[] = [];
  readonly mood: Mood = well();
  /** Requests on their way or lying about, by key. */
  readonly pending = new Map<string, number>();
  /**
   * When a request for a key left for it first, or when its sender, stopped in that moment, could have known better again:
   * the earliest instant at which its sender is to blame.
   */
  readonly asked = new Map<string, { readonly at: number; readonly calm: number }>();
  /** Master data it does not know yet and would need for a parcel. */
  needs: (parcel: Parcel) => Missing | undefined = () => undefined;
  /** What it refuses whenever it comes, until somebody has mended that: subjects. */
  readonly never = new Set<string>();
  /** The most calls one worker ever made at once. */
  callsMost = 0;
  /** Answers questions: the content decides, so that asking twice gives one answer. */
  readonly #answer: (data: unknown) => unknown;
  readonly #kernel: Kernel;
  readonly #fired: (fault: string) => void;
  readonly #byKey = new Map<string, Effect[]>();
  /** When somebody last looked for a key in vain. */
  readonly #missed = new Map<string, number>();

  constructor(
    kernel: Kernel,
    name: string,
    repeat: Repeat,
    fired: (fault: string) => void,
    answer: (data: unknown) => unknown = () => null,
  ) {
    this.#kernel = kernel;
    this.name = name;
    this.repeat = repeat;
    this.#fired = fired;
    this.#answer = answer;
  }

  get connector(): Connector {
    const { repeat } = this;
    return connector({
      name: `simulated-${this.name}`,
      summary: "A system that keeps its own books.",
      config: Type.Object({}),
      guarantees: {
        repeat,
        verifies: repeat !== "none",
        ordered: false,
        settleMs: repeat === "key" || repeat === "upsert" ? 0 : SETTLE_MS,
        concurrency: CALLS_MAX,
      },
      open: async () => {
        throw new Error("Sessions of a simulation are opened by the world.");
      },
    });
  }

  /** What a person who looks into the books finds under a key. */
  booked(key: string): number {
    return this.#byKey.get(key)?.length ?? 0;
  }

  /** Whether anything about this key stands in the books. */
  knows(subject: string): boolean {
    return this.books.some((line) => line.subject === subject);
  }

  /** The open line of one program. */
  session(program: Program, watch: Watch): Session {
    const random = this.#kernel.chanceOf(this.name);
    const way = () => random.latency(this.mood.latencyMs);
    let calls = 0;
    const call = <Result>(what: string, request: (done: (answer: Answer<Result>) => void) => void) =>
      new Promise<Result>((resolve, reject) => {
        watch(`${what} ${this.name}`);
        calls += what === "probe" ? 0 : 1;
        this.callsMost = Math.max(this.callsMost, calls);
        // Killed in this very moment: the request had left, or not.
        if (!program.alive && random.chance(0.5)) return;
        request((answer) => {
          this.#kernel.later(answer.afterMs, `${what} answered`, program, () => {
            calls -= what === "probe" ? 0 : 1;
            watch(`${what} ${this.name} answered`);
            if ("error" in answer) reject(answer.error);
            else resolve(answer.value);
          });
        });
      });
    const certain = (): Answer<never> | undefined => {
      if (this.mood.away) {
        this.#fired("target away");
        return { afterMs: way(), error: new Unavailable(`${this.name} is away.`) };
      }
      if (this.#kernel.strikes(`${this.name} is busy`, this.mood.busy)) {
        this.#fired("target busy");
        const retryAfterMs = random.between(100, 5_000);
        return { afterMs: way(), error: new Unavailable(`${this.name} is busy.`, { retryAfterMs }) };
      }
      return undefined;
    };
    const unclear = () => new InDoubt(`${this.name} did not answer in time.`);

    return {
      deliver: (parcel) =>
        call<Receipt>("deliver", (done) => {
          const no = certain();
          if (no) return done(no);
          if (!this.asked.has(parcel.key))
            this.asked.set(parcel.key, { at: this.#kernel.now, calm: program.pausedUntil });
          if (this.#kernel.strikes(`${this.name} loses a request`, this.mood.loseRequest)) {
            this.#fired("request lost");
            return done({ afterMs: TIMEOUT_MS, error: unclear() });
          }
          const late = this.#kernel.strikes(`${this.name} is later than it says`, this.mood.late);
          if (late) this.#fired("request later than declared");
          const delayed = late || this.#kernel.strikes(`${this.name} holds a request back`, this.mood.delay);
          const silent =
            delayed || this.#kernel.strikes(`${this.name} loses an answer`, this.mood.loseAnswer);
          const onWay = late
            ? TIMEOUT_MS + random.between(DELAY_MAX_MS, LATE_MAX_MS)
            : delayed
              ? TIMEOUT_MS + random.between(1, DELAY_MAX_MS)
              : way();
          this.pending.set(parcel.key, (this.pending.get(parcel.key) ?? 0) + 1);
          const sent = this.#kernel.now;
          if (delayed) this.#fired("request delayed");
          else if (silent) this.#fired("answer lost");
          if (silent) done({ afterMs: TIMEOUT_MS, error: unclear() });
          this.#kernel.later(onWay, `arrives ${this.name}`, null, () => {
            this.pending.set(parcel.key, (this.pending.get(parcel.key) ?? 1) - 1);
            if ((this.#missed.get(parcel.key) ?? -1) > sent) this.#fired("original came after a look");
            try {
              const value = this.#take(parcel);
              if (!silent) done({ afterMs: way(), value });
            } catch (error) {
              if (!silent) done({ afterMs: way(), error });
            }
          });
        }),
      verify: (parcel) =>
        call<Receipt | null>("verify", (done) => {
          const no = certain();
          if (no) return done(no);
          this.#kernel.later(way(), `searched ${this.name}`, null, () => {
            const [found, second] = this.#byKey.get(parcel.key) ?? [];
            if (second && this.repeat === "searchable") {
              const facts = { duplicates: 2 };
              return done({ afterMs: way(), error: new Refused(`${this.name} holds it twice.`, { facts }) });
            }
            const visible = found !== undefined && found.at + this.mood.searchLagMs <= this.#kernel.now;
            if (found && !visible) this.#fired("search behind");
            this.#fired(visible ? "verify found it" : "verify found nothing");
            if (!visible) this.#missed.set(parcel.key, this.#kernel.now);
            done({ afterMs: way(), value: visible ? this.#receipt(found) : null });
          });
        }),
      ask: (question) =>
        call<unknown>("ask", (done) => {
          const no = certain();
          if (no) return done(no);
          if (this.#kernel.strikes(`${this.name} loses an answer`, this.mood.loseAnswer)) {
            this.#fired("answer lost");
            return done({ afterMs: TIMEOUT_MS, error: unclear() });
          }
          done({ afterMs: way() + way(), value: this.#answer(question.data) });
        }),
      probe: () =>
        call<void>("probe", (done) => {
          if (this.mood.away) done({ afterMs: way(), error: new Unavailable(`${this.name} is still away.`) });
          else done({ afterMs: way(), value: undefined });
        }),
      close: async () => undefined,
    };
  }

  #take(parcel: Parcel): Receipt {
    const { key, contract, subject } = parcel;
    const known = this.#byKey.get(key) ?? [];
    const first = known[0];
    const body = toText(parcel.body);
    if (first && this.repeat !== "searchable" && this.repeat !== "none") {
      this.#fired("second send recognised");
      if (first.body !== body) {
        throw new Refused(`${this.name} holds something else under this reference.`, {
          facts: { conflict: true },
        });
      }
      return this.#receipt(first);
    }
    const missing = first ? undefined : this.needs(parcel);
    if (missing && !this.knows(`${missing.keyType}/${missing.value}`)) {
      this.#fired("master data missing");
      throw new Refused(`${this.name} does not know ${missing.value}.`, { missing });
    }
    const never = this.never.has(subject);
    if (!first && (this.#kernel.strikes(`${this.name} refuses`, this.mood.refuse) || never)) {
      this.#fired(never ? "refused whenever it comes" : "refused");
      const category = this.#kernel.chanceOf(this.name).chance(0.5) ? "business" : "data";
      throw new Refused(`${this.name} says no.`, { category });
    }
    const effect: Effect = {
      target: this.name,
      repeat: this.repeat,
      key,
      contract,
      subject,
      body,
      at: this.#kernel.now,
    };
    this.books.push(effect);
    this.#byKey.set(key, [...known, effect]);
    this.#kernel.tell(`${this.name} books ${contract} ${subject} (${key.slice(0, 6)})`);
    return this.#receipt(effect);
  }

  #receipt(effect: Effect): Receipt {
    return { reference: `${this.name}-${effect.key.slice(0, 8)}` };
  }
}

type Answer<Result> =
  | { readonly afterMs: number; readonly error: unknown }
  | { readonly afterMs: number; readonly value: Result };
