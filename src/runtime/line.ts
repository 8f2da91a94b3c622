/**
 * The waiting room of one connection: which parcel may go next.
 *
 * One at a time per business key, in the order owed; many keys at once, up to what breaker and target allow. A parcel that
 * is set aside holds its own key and nobody else's. Pure bookkeeping: it knows no clock, no session and no store.
 */
import type { Criticality, Message } from "../contracts/contract.ts";
import type { OutboundFlow } from "../flows/flow.ts";
import type { DeliveryStatus } from "../work/deliveries.ts";

/** A delivery in memory, with what it needs to be sent. */
export interface Parcelled {
  readonly key: string;
  readonly flow: OutboundFlow;
  readonly connection: string;
  readonly message: Message;
  /** What the flow made of the message; undefined when it must be walked again (after a restart). */
  cargo: unknown;
  /** How long the message is as the journal has it. */
  readonly bytes: number;
  readonly subject: string;
  readonly lane: number;
  readonly correlation: string;
  readonly causation: string;
  /** The delivery that must be settled first. */
  afterKey: string | null;
  /** The one it takes back, which must have ended too. */
  undoes: string | null;
  status: DeliveryStatus;
  attempts: number;
  doubts: number;
  notFound: number;
  /** How often a worker was lost while it was being sent, or its target asked about it. */
  crashes: number;
  dueInMs: number;
  /** How long it had stood so when it was read from the table; that much of the wait before its target is asked is over. */
  stoodMs: number;
  /** Which of what is ready goes first: see `rankOf`. */
  readonly rank: number;
  /** Since when it is owed, and since when it may go; milliseconds of the worker's clock. */
  owedAt: number;
  readyAt: number;
  /** People may be shown an open item about it. */
  shown: boolean;
  /** Its row in the table comes after this one. */
  after: string;
  /** What the target called it when it was applied before: this is a replay. Null when it never was. */
  appliedAs: string | null;
}

/**
 * Financial documents and promises to customers and plants first, then what is operational, then what only informs: an
 * order does not wait for the catalogue.
 */
export const rankOf = (criticality: Criticality | undefined): number =>
  criticality === "C4" ? 2 : criticality === "C3" ? 1 : 0;

/** How much sooner something of the first rank may come and still go first. Whoever has waited longer than that goes. */
const HEAD_START_MS = [0, 2_000, 10_000] as const;

export class Line {
  readonly #bySubject = new Map<string, Parcelled[]>();
  readonly #known = new Map<string, Parcelled>();
  /** Heads of their subjects that may go now, first come first served: those never tried, by rank, and those tried before. */
  readonly #fresh = HEAD_START_MS.map(() => new Queue());
  readonly #again = new Queue();
  /** Those in the queues that still are: once each, however often somebody said so, or they would be sent twice at once. */
  readonly #readied = new Set<Parcelled>();

  #bytes = 0;

  /** Parcels known here, whatever they wait for. */
  get size(): number {
    return this.#known.size;
  }
  /** How long their messages are together. */
  get bytes(): number {
    return this.#bytes;
  }
  get ready(): number {
    return this.#readied.size;
  }

  has(key: string): boolean {
    return this.#known.has(key);
  }

  busy(subject: string): boolean {
    return this.#bySubject.has(subject);
  }

  /** How many of a subject there are. */
  of(subject: string): number {
    return this.#bySubject.get(subject)?.length ?? 0;
  }

  /** Adds a parcel behind those of its subject. True when it is the first, and its owner should see when it is due. */
  add(parcel: Parcelled): boolean {
    this.#known.set(parcel.key, parcel);
    this.#bytes += parcel.bytes;
    const queue = this.#bySubject.get(parcel.subject);
    if (!queue) {
      this.#bySubject.set(parcel.subject, [parcel]);
      return true;
    }
    queue.push(parcel);
    return false;
  }

  /** Whether nothing of its subject stands before it. */
  isFirst(parcel: Parcelled): boolean {
    return this.#bySubject.get(parcel.subject)?.[0] === parcel;
  }

  makeReady(parcel: Parcelled, now: number): void {
    if (this.#known.get(parcel.key) !== parcel || this.#readied.has(parcel)) return;
    this.#readied.add(parcel);
    parcel.readyAt = now;
    (triedBefore(parcel) ? this.#again : (this.#fresh[parcel.rank] as Queue)).push(parcel);
  }

  /** Whether something that was never tried waits to go. */
  get hasNew(): boolean {
    return this.#nextNew() !== undefined;
  }

  /** It is not to go now after all: what we knew of it may be out of date. */
  takeBack(parcel: Parcelled): void {
    this.#readied.delete(parcel);
  }

  /** The next parcel to go that `may`, or undefined; the others keep their places. */
  takeIf(may: (parcel: Parcelled) => boolean): Parcelled | undefined {
    const chosen = (parcel: Parcelled) => this.#readied.has(parcel) && may(parcel);
    for (const queue of [this.#again, ...this.#fresh]) {
      const parcel = queue.find(chosen);
      if (!parcel) continue;
      this.#readied.delete(parcel);
      return parcel;
    }
    return undefined;
  }

  /** The next parcel to go, or undefined: one never tried before those tried before, or the other way round. */
  take(again = false): Parcelled | undefined {
    const queue = again ? (this.#nextAgain() ?? this.#nextNew()) : (this.#nextNew() ?? this.#nextAgain());
    const parcel = queue?.take();
    if (parcel) this.#readied.delete(parcel);
    return parcel;
  }

  #nextAgain(): Queue | undefined {
    return this.#again.peek(this.#readied) && this.#again;
  }

  /** The queue whose first has waited longest, what is less urgent with a later start. */
  #nextNew(): Queue | undefined {
    let [next, since]: [Queue | undefined, number] = [undefined, Number.POSITIVE_INFINITY];
    for (const [rank, queue] of this.#fresh.entries()) {
      const first = queue.peek(this.#readied);
      if (!first || first.readyAt + (HEAD_START_MS[rank] ?? 0) >= since) continue;
      next = queue;
      since = first.readyAt + (HEAD_START_MS[rank] ?? 0);
    }
    return next;
  }

  /** The parcel is resolved, or not ours any more. Returns the next of its subject, which is the first now. */
  remove(parcel: Parcelled): Parcelled | undefined {
    if (this.#known.get(parcel.key) !== parcel) return undefined;
    this.#known.delete(parcel.key);
    this.#bytes -= parcel.bytes;
    this.#readied.delete(parcel);
    const queue = this.#bySubject.get(parcel.subject) ?? [];
    const wasFirst = queue[0] === parcel;
    const rest = queue.filter((other) => other !== parcel);
    if (rest.length === 0) this.#bySubject.delete(parcel.subject);
    else this.#bySubject.set(parcel.subject, rest);
    return wasFirst ? rest[0] : undefined;
  }

  /** Its key stands still: nothing of it is kept here. Returns what was, in order. */
  clear(subject: string): Parcelled[] {
    const queue = this.#bySubject.get(subject) ?? [];
    this.#bySubject.delete(subject);
    for (const parcel of queue) {
      this.#known.delete(parcel.key);
      this.#bytes -= parcel.bytes;
      this.#readied.delete(parcel);
    }
    return queue;
  }

  get(key: string): Parcelled | undefined {
    return this.#known.get(key);
  }

  all(): Parcelled[] {
    return [...this.#known.values()];
  }
}

/** Whether it was sent before and is to be sent, or asked about, once more. */
export const triedBefore = ({ attempts, status }: Parcelled): boolean =>
  attempts > 0 && status !== "attempting";

/** Whether it certainly failed and is tried once more: not what is unclear, which is looked into. */
export const isTriedAgain = ({ attempts, status }: Parcelled): boolean => attempts > 0 && status === "owed";

/** First come, first served; what is not wanted any more is stepped over when its turn comes. */
class Queue {
  readonly #all: Parcelled[] = [];
  #head = 0;

  push(parcel: Parcelled): void {
    this.#all.push(parcel);
  }

  /** The first that is still wanted; what stands before it is let go. */
  peek(wanted: ReadonlySet<Parcelled>): Parcelled | undefined {
    while (this.#head < this.#all.length) {
      const parcel = this.#all[this.#head] as Parcelled;
      if (wanted.has(parcel)) return parcel;
      this.take();
    }
    return undefined;
  }

  /** Takes the first. */
  take(): Parcelled | undefined {
    const parcel = this.#all[this.#head];
    this.#head += 1;
    if (this.#head > 1_000 && this.#head * 2 > this.#all.length) {
      this.#all.splice(0, this.#head);
      this.#head = 0;
    }
    return parcel;
  }

  /** The first that is chosen; the others keep their places. */
  find(chosen: (parcel: Parcelled) => boolean): Parcelled | undefined {
    for (let index = this.#head; index < this.#all.length; index += 1) {
      const parcel = this.#all[index] as Parcelled;
      if (!chosen(parcel)) continue;
      this.#all.splice(index, 1);
      return parcel;
    }
    return undefined;
  }
}
