/**
 * The waiting room of one connection: which parcel may go next.
 *
 * One at a time per business key, in the order owed; many keys at once, up to what breaker and target allow. A parcel that
 * is set aside holds its own key and nobody else's. Pure bookkeeping: it knows no clock, no session and no store.
 */
import type { Message } from "../contracts/contract.ts";
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
  /** How often a worker was lost while an attempt at it was on record. */
  crashes: number;
  dueInMs: number;
  /** People may be shown an open item about it. */
  shown: boolean;
  /** Its row in the table comes after this one. */
  after: string;
  /** What the target called it when it was applied before: this is a replay. Null when it never was. */
  appliedAs: string | null;
}

export class Line {
  readonly #bySubject = new Map<string, Parcelled[]>();
  readonly #known = new Map<string, Parcelled>();
  /** Heads of their subjects that may go now, first come first served: those never tried, and those tried before. */
  readonly #fresh = new Queue();
  readonly #again = new Queue();
  /** Those in the queues that still are: once each, however often somebody said so, or they would be sent twice at once. */
  readonly #readied = new Set<Parcelled>();

  /** Parcels known here, whatever they wait for. */
  get size(): number {
    return this.#known.size;
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

  /** Adds a parcel behind those of its subject. True when it is the first, and its owner should see when it is due. */
  add(parcel: Parcelled): boolean {
    this.#known.set(parcel.key, parcel);
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

  makeReady(parcel: Parcelled): void {
    if (this.#known.get(parcel.key) !== parcel || this.#readied.has(parcel)) return;
    this.#readied.add(parcel);
    (triedBefore(parcel) ? this.#again : this.#fresh).push(parcel);
  }

  /** It is not to go now after all: what we knew of it may be out of date. */
  takeBack(parcel: Parcelled): void {
    this.#readied.delete(parcel);
  }

  /** The next parcel to go that `may`, or undefined; the others keep their places. */
  takeIf(may: (parcel: Parcelled) => boolean): Parcelled | undefined {
    const chosen = (parcel: Parcelled) => this.#readied.has(parcel) && may(parcel);
    const parcel = this.#again.find(chosen) ?? this.#fresh.find(chosen);
    if (parcel) this.#readied.delete(parcel);
    return parcel;
  }

  /** The next parcel to go, or undefined: one never tried before those tried before, or the other way round. */
  take(again = false): Parcelled | undefined {
    const still = (parcel: Parcelled) => this.#readied.delete(parcel);
    const [first, then] = again ? [this.#again, this.#fresh] : [this.#fresh, this.#again];
    return first.take(still) ?? then.take(still);
  }

  /** The parcel is resolved, or not ours any more. Returns the next of its subject, which is the first now. */
  remove(parcel: Parcelled): Parcelled | undefined {
    if (this.#known.get(parcel.key) !== parcel) return undefined;
    this.#known.delete(parcel.key);
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

/** First come, first served; what is not wanted any more is stepped over when its turn comes. */
class Queue {
  readonly #all: Parcelled[] = [];
  #head = 0;

  push(parcel: Parcelled): void {
    this.#all.push(parcel);
  }

  take(still: (parcel: Parcelled) => boolean): Parcelled | undefined {
    while (this.#head < this.#all.length) {
      const parcel = this.#all[this.#head] as Parcelled;
      this.#head += 1;
      if (this.#head > 1_000 && this.#head * 2 > this.#all.length) {
        this.#all.splice(0, this.#head);
        this.#head = 0;
      }
      if (still(parcel)) return parcel;
    }
    return undefined;
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
