/**
 * The world's clockwork: virtual time, one seeded source of chance, and a queue of what may happen next.
 *
 * JavaScript has one thread, and the order of microtasks follows from the code; all that is left to choose is which pending
 * completion comes next. The kernel owns that choice, so a seed replays a run exactly. It knows nothing of stores, targets
 * or orders.
 */
import type { Clock } from "../../src/runtime/clock.ts";

/** The virtual year begins here; only differences matter. */
const EPOCH = Date.UTC(2026, 0, 5, 8, 0, 0);

/** xorshift128+ on two 32-bit halves would do as well; sfc32 is small, fast and good enough for choosing. */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(seed: number) {
    this.#a = seed | 0;
    this.#b = Math.imul(seed, 0x9e3779b9) | 0;
    this.#c = 0x5eed1234 ^ seed;
    for (let warm = 0; warm < 12; warm += 1) this.next();
  }

  /** In [0, 1). */
  next(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
    return (sum >>> 0) / 4_294_967_296;
  }

  chance(share: number): boolean {
    return this.next() < share;
  }
  between(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }
  pick<One>(from: readonly One[]): One {
    return from[Math.floor(this.next() * from.length)] as One;
  }
  /** Log-normal around `median`: most are quick, a few are very slow. */
  latency(median: number): number {
    const gauss = Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next());
    return Math.min(median * 40, median * Math.exp(gauss * 0.7));
  }
}

/** A program that can be killed or stopped: what it waits for does not come, or comes late. */
export interface Program {
  readonly name: string;
  alive: boolean;
  pausedUntil: number;
  /** How far its own wall clock is off, in milliseconds. */
  readonly skewMs: number;
}

interface Pending {
  readonly at: number;
  readonly tie: number;
  readonly label: string;
  readonly of: Program | null;
  readonly call: () => void;
  cancelled: boolean;
}

export class Kernel {
  readonly seed: number;
  readonly random: Random;
  /** What happened that a person would want to read about, oldest first. */
  readonly story: string[] = [];
  /** What befell this run, by name: every fault and every message, in the order in which they came. */
  readonly befell: string[] = [];
  now = 0;
  steps = 0;
  /** Whose turn it is: what runs until the next step runs in it. */
  current: Program | null = null;
  #hash = 0x811c9dc5;
  #ids = 0;
  readonly #heap: Pending[] = [];
  readonly #only: ReadonlySet<string> | undefined;
  readonly #times = new Map<string, number>();
  readonly #chances = new Map<string, Random>();
  #finished: (() => void) | undefined;
  #failed: ((reason: unknown) => void) | undefined;

  /** `only`: the faults and messages that may befall this run, by the names an earlier run of the seed gave them. */
  constructor(seed: number, only?: ReadonlySet<string>) {
    this.seed = seed;
    this.random = new Random(seed);
    this.#only = only;
  }

  /**
   * A chance of its own for everything with a name: what one message or one system draws does not depend on who else is
   * there, so that a story can be made shorter without becoming another one.
   */
  chanceOf(name: string): Random {
    const known = this.#chances.get(name);
    if (known) return known;
    let mixed = this.seed;
    for (let at = 0; at < name.length; at += 1) mixed = Math.imul(mixed ^ name.charCodeAt(at), 0x01000193);
    const own = new Random(mixed);
    this.#chances.set(name, own);
    return own;
  }

  /**
   * Whether a fault happens now, at this share of chances. Drawn whatever becomes of it, and counted before it is held
   * back, so that taking one fault out of a run leaves the names of the others as they were.
   */
  strikes(fault: string, share: number): boolean {
    return share > 0 && this.chanceOf(fault).chance(share) && this.befalls(fault);
  }

  /** The same without a draw: it was decided already. */
  befalls(what: string): boolean {
    const time = (this.#times.get(what) ?? 0) + 1;
    this.#times.set(what, time);
    const name = `${what}#${time}`;
    if (this.#only && !this.#only.has(name)) return false;
    this.befell.push(name);
    this.tell(`· ${name}`);
    return true;
  }

  /** Two runs of one seed have the same. */
  get hash(): string {
    return `${(this.#hash >>> 0).toString(16).padStart(8, "0")}-${this.steps}`;
  }

  date(): Date {
    return new Date(EPOCH + Math.floor(this.now));
  }

  /** Tells the story, with the time. */
  tell(line: string): void {
    this.story.push(`${(this.now / 1000).toFixed(3).padStart(9)} s  ${line}`);
  }

  /** Calls later. What belongs to a program is lost when it is killed, and waits while it is stopped. */
  later(ms: number, label: string, of: Program | null, call: () => void): () => void {
    const pending: Pending = {
      at: this.now + Math.max(0, ms),
      tie: this.random.next(),
      label,
      of,
      call,
      cancelled: false,
    };
    this.#push(pending);
    return () => {
      pending.cancelled = true;
    };
  }

  sleep(ms: number, label: string, of: Program | null): Promise<void> {
    return new Promise((resolve) => void this.later(ms, label, of, resolve));
  }

  /** Time and chance as a program sees them. */
  clockOf(program: Program): Clock {
    const own = this.chanceOf(program.name);
    return {
      now: () => this.now,
      date: () => new Date(EPOCH + Math.floor(this.now) + program.skewMs),
      after: (ms, call) => this.later(ms, "timer", program, call),
      soon: (call) => void this.later(0, "soon", program, call),
      chance: () => own.next(),
      id: () => this.id(),
    };
  }

  id(): string {
    this.#ids += 1;
    return `00000000-0000-7000-8000-${this.#ids.toString(16).padStart(12, "0")}`;
  }

  /** Lets things happen until `stop`, or until nothing is left to happen. */
  run(): Promise<void> {
    return new Promise((resolve, reject) => {
      let over = false;
      this.#finished = () => {
        over = true;
        resolve();
      };
      this.#failed = (reason) => {
        over = true;
        reject(reason);
      };
      // Node drains microtasks between two immediates, which is exactly "until everything that follows has followed". Many
      // at a time, because a turn of the event loop costs more than a step.
      const step = () => {
        if (!over) this.#step();
      };
      const turn = () => {
        if (over) return;
        for (let n = 0; n < 500; n += 1) setImmediate(step);
        setImmediate(turn);
      };
      turn();
    });
  }

  stop(): void {
    this.#finished?.();
  }
  fail(reason: unknown): void {
    this.#failed?.(reason);
  }

  #step(): void {
    const next = this.#pop();
    if (!next) {
      this.stop();
      return;
    }
    if (next.cancelled) return;
    this.now = next.at;
    if (next.of) {
      if (!next.of.alive) return;
      if (next.of.pausedUntil > this.now) {
        this.#push({ ...next, at: next.of.pausedUntil + this.random.next() });
        return;
      }
    }
    this.steps += 1;
    this.current = next.of;
    this.#note(next);
    try {
      next.call();
    } catch (error) {
      this.fail(error);
    }
  }

  #note({ at, label, of }: Pending): void {
    let hash = this.#hash ^ Math.floor(at * 8);
    for (let index = 0; index < label.length; index += 1)
      hash = Math.imul(hash ^ label.charCodeAt(index), 0x01000193);
    if (of) hash = Math.imul(hash ^ of.name.charCodeAt(of.name.length - 1), 0x01000193);
    this.#hash = hash;
  }

  #push(pending: Pending): void {
    const heap = this.#heap;
    let at = heap.push(pending) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!before(pending, heap[parent] as Pending)) break;
      heap[at] = heap[parent] as Pending;
      at = parent;
    }
    heap[at] = pending;
  }

  #pop(): Pending | undefined {
    const heap = this.#heap;
    const top = heap[0];
    const last = heap.pop();
    if (!last || heap.length === 0) return top;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1] as Pending, heap[child] as Pending)) child += 1;
      if (!before(heap[child] as Pending, last)) break;
      heap[at] = heap[child] as Pending;
      at = child;
    }
    heap[at] = last;
    return top;
  }
}

const before = (a: Pending, b: Pending): boolean => a.at < b.at || (a.at === b.at && a.tie < b.tie);
