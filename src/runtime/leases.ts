/**
 * Keeps this worker's lanes: renews them, takes its fair share, gives back what is too much.
 *
 * What must stay true: nobody in this process acts for a lane after its lease could have run out. `valid` answers that
 * from monotonic time measured before the renewal was sent, so a paused process (SIGSTOP, a long collection) finds its
 * leases gone when it wakes, before the database has to tell it.
 */
import type { Cursor } from "../journal/read.ts";
import { limits } from "../std/limits.ts";
import type { Log } from "../std/log.ts";
import { furthest, type Lane } from "../work/lanes.ts";
import { type Clock, pause } from "./clock.ts";
import { isGone, placeOf } from "./place.ts";
import type { Store } from "./store.ts";

export interface LaneListener {
  /** These lanes are ours from now on; whatever they owe must be read. */
  taken(lanes: readonly number[]): Promise<void>;
  /** These lanes are not ours any more; forget everything about them. */
  lost(lanes: readonly number[]): void;
  /** True when no call for these lanes is on the wire. */
  quiet(lanes: readonly number[]): boolean;
}

export class Leases {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #worker: string;
  readonly #stop = new AbortController();
  readonly #held = new Map<number, Lane>();
  #listener: LaneListener | undefined;
  #validUntil = 0;
  #laneCount = limits.lanes as number;
  #workers = 1;
  #lost = 0;
  #loop: Promise<void> = Promise.resolve();

  constructor(store: Store, clock: Clock, log: Log, worker: string) {
    this.#store = store;
    this.#clock = clock;
    this.#log = log;
    this.#worker = worker;
  }

  get held(): ReadonlyMap<number, Lane> {
    return this.#held;
  }
  get laneCount(): number {
    return this.#laneCount;
  }
  get workers(): number {
    return this.#workers;
  }
  /** How many workers were lost lately. */
  get lost(): number {
    return this.#lost;
  }
  /** Whether a call begun now would end before any other worker could act for our lanes. */
  get valid(): boolean {
    return this.#clock.now() < this.#validUntil;
  }

  /** Takes the first lanes and then keeps them until `stop`. */
  async start(listener: LaneListener): Promise<void> {
    this.#listener = listener;
    await this.#round();
    this.#loop = this.#keep();
  }

  /**
   * The conductor's round moved these lanes. Only they: a lane that was taken while the round ran has its own cursor, and
   * moved along it would skip what its last owner had not read.
   */
  moved(lanes: readonly Lane[], to: Cursor): void {
    for (const { id, epoch } of lanes) {
      const lane = this.#held.get(id);
      if (lane?.epoch === epoch) this.#held.set(id, { ...lane, ...furthest(lane, to) });
    }
  }

  /** A commit was refused: find out at once what is still ours. */
  async recheck(): Promise<void> {
    this.#drop([...this.#held.keys()]);
    await this.#round();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#loop;
  }

  async #keep(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      // Who has less than its share takes what another gives up as soon as that is there.
      const short = this.#held.size < Math.floor(this.#laneCount / this.#workers);
      await pause(this.#clock, short ? limits.shortBeatMs : limits.heartbeatMs, this.#stop.signal);
      if (this.#stop.signal.aborted) return;
      try {
        await this.#round();
      } catch (error) {
        this.#log.warn("Leases could not be renewed; trying again.", { error: String(error) });
      }
    }
  }

  async #round(): Promise<void> {
    await this.#buryGone();
    const begun = this.#clock.now();
    const lease = await this.#store.lease(this.#worker, placeOf());
    this.#laneCount = lease.laneCount;
    this.#workers = lease.workers;
    this.#lost = lease.lost;
    this.#validUntil = begun + limits.leaseMs - limits.heartbeatMs;
    const now = new Map(lease.lanes.map((lane) => [Number(lane.id), lane]));
    this.#drop([...this.#held].filter(([id, { epoch }]) => now.get(id)?.epoch !== epoch).map(([id]) => id));
    const fresh = [...now.keys()].filter((id) => !this.#held.has(id));
    for (const id of fresh) this.#held.set(id, { ...(now.get(id) as Lane), id });
    if (fresh.length > 0) await this.#listener?.taken(fresh);
    if (lease.surplus.length > 0) await this.#giveBack(lease.surplus.map(Number));
  }

  /**
   * A worker of this machine that was killed cannot give its lanes back; we can see that it is gone, and need not wait for
   * its leases. What it had on the wire is in doubt all the same.
   */
  async #buryGone(): Promise<void> {
    const neighbours = await this.#store.neighbours(this.#worker);
    const gone = neighbours.filter(({ place }) => isGone(place)).map(({ id }) => id);
    if (gone.length === 0) return;
    await this.#store.bury(gone);
    this.#log.warn("Workers of this machine have ended without a word; their lanes are free.", {
      workers: gone.join(", "),
    });
  }

  async #giveBack(lanes: readonly number[]): Promise<void> {
    const listener = this.#listener;
    this.#drop(lanes);
    // What is on the wire gets a moment to end, or the next owner has to verify it.
    for (let waited = 0; waited < 2_000 && listener && !listener.quiet(lanes); waited += 50)
      await pause(this.#clock, 50);
    await this.#store.give(this.#worker, lanes);
    this.#log.info("Lanes given to another worker.", { lanes: lanes.length });
  }

  #drop(lanes: readonly number[]): void {
    const known = lanes.filter((id) => this.#held.delete(id));
    if (known.length > 0) this.#listener?.lost(known);
  }
}
