/**
 * Deliveries nobody can send as things are, and those that may go again.
 *
 * A flow or connection that a new build no longer has, a row nobody can read: each is set aside with a reason, never open in
 * silence, and goes again by itself when a build that knows it takes its lane. What a target refused for want of master data goes
 * again when that has come. Trouble with the database only delays all this.
 */
import { limits } from "../std/limits.ts";
import type { Log } from "../std/log.ts";
import type { OpenDelivery } from "../work/deliveries.ts";
import type { Arranged } from "./arrangement.ts";
import type { Clock } from "./clock.ts";
import type { Leases } from "./leases.ts";
import type { Lacking } from "./recall.ts";
import type { Aside, Store } from "./store.ts";

/** How often it is looked whether something waited for has come. */
const LOOK_MS = 1_000;

export class SettingAside {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #worker: string;
  readonly #definitions: Arranged;
  readonly #leases: Leases;
  readonly #connections: readonly string[];
  readonly #changed: (key: string) => void;
  readonly #aside = new Map<string, Aside>();
  readonly #again = new Set<string>();
  #strays = false;
  #lookAt = 0;
  #busy = false;

  /** `changed` is told of every delivery that is not as it was. */
  constructor(given: {
    store: Store;
    clock: Clock;
    log: Log;
    worker: string;
    definitions: Arranged;
    leases: Leases;
    connections: readonly string[];
    changed: (key: string) => void;
  }) {
    this.#store = given.store;
    this.#clock = given.clock;
    this.#log = given.log;
    this.#worker = given.worker;
    this.#definitions = given.definitions;
    this.#leases = given.leases;
    this.#connections = given.connections;
    this.#changed = given.changed;
  }

  /** Other lanes are ours now: some of what they owe may be for nobody. */
  taken(): void {
    this.#strays = true;
  }

  /** This build cannot send it. */
  cannot(
    open: Pick<OpenDelivery, "key" | "attempts" | "connection" | "contract" | "correlation">,
    { lacks, because }: Lacking,
  ): void {
    const { key, attempts, connection, contract, correlation } = open;
    const known = this.#definitions.connections.get(connection);
    const reason = `${because} It goes by itself when that is mended; or give it up.`;
    this.#aside.set(key, {
      key,
      attempts,
      reason,
      errorCode: "XD_UNUSABLE",
      waitsFor: lacks,
      raised: {
        fingerprint: ["contract change", connection, contract, lacks].join("|"),
        class: "contract change",
        subjectKind: "delivery",
        subject: key,
        connection,
        correlation,
        title: `${contract} for ${known?.title ?? connection} cannot be sent by this build`,
        reason,
        owner: known?.owner ?? "integration",
      },
    });
  }

  /** No connection of this build carries it. */
  stray(found: Pick<OpenDelivery, "key" | "attempts" | "connection" | "contract" | "correlation">): void {
    const { connection } = found;
    const because = `Connection ${connection} is not part of this build any more.`;
    this.cannot(found, { lacks: `connection/${connection}`, because });
  }

  /** It was set aside for want of something this build has. */
  goAgain(key: string): void {
    this.#again.add(key);
  }

  /** To be called often; does what there is to do, one thing at a time. */
  async tend(): Promise<void> {
    if (this.#busy || !this.#leases.valid) return;
    const look = this.#clock.now() >= this.#lookAt;
    if (!look && !this.#strays && this.#aside.size + this.#again.size === 0) return;
    this.#busy = true;
    try {
      if (this.#strays) await this.#findStrays();
      if (this.#aside.size > 0) await this.#put();
      if (look) await this.#look();
      if (this.#again.size > 0) await this.#release([...this.#again].slice(0, limits.outcomeBatchMax));
    } catch (error) {
      this.#lookAt = this.#clock.now() + LOOK_MS;
      this.#log.warn("What is set aside could not be looked after; trying again.", { error: String(error) });
    }
    this.#busy = false;
  }

  async #findStrays(): Promise<void> {
    const lanes = [...this.#leases.held.keys()];
    const found = await this.#store.strays(lanes, this.#connections, limits.deliveriesPage);
    for (const stray of found) this.stray(stray);
    // A full page is set aside first; what is left is found in the next round.
    this.#strays = found.length === limits.deliveriesPage;
  }

  async #put(): Promise<void> {
    const aside = [...this.#aside.values()].slice(0, limits.outcomeBatchMax);
    await this.#store.setAside(this.#worker, aside);
    for (const { key } of aside) {
      this.#aside.delete(key);
      this.#changed(key);
    }
    this.#log.warn("Deliveries were set aside that this build cannot send.", { deliveries: aside.length });
  }

  async #look(): Promise<void> {
    this.#lookAt = this.#clock.now() + LOOK_MS;
    for (const key of await this.#store.waitsOver([...this.#leases.held.keys()], limits.deliveriesPage))
      this.#again.add(key);
  }

  async #release(keys: readonly string[]): Promise<void> {
    await this.#store.release(this.#worker, keys);
    for (const key of keys) {
      this.#again.delete(key);
      this.#changed(key);
    }
  }
}
