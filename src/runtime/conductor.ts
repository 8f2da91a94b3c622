/**
 * Conducts: reads the journal for the lanes of this worker, lets processes decide, and commits what follows.
 *
 * One round reads up to a few hundred entries, loads the instances they name in one query, decides in memory and commits
 * states, commands, deliveries, opinions, counts and the cursor in one fenced transaction. A crash leaves all of it or
 * none. Every worker reads the whole journal and picks what its lanes own, because one fact may concern several business
 * things in different lanes. What becomes of one entry is in `taking.ts`, of what people say in `words.ts`.
 */
import { before, type Cursor } from "../journal/read.ts";
import { limits } from "../std/limits.ts";
import type { Log } from "../std/log.ts";
import { type Instance, instanceId } from "../work/instances.ts";
import type { Lane } from "../work/lanes.ts";
import type { Arranged } from "./arrangement.ts";
import { Care } from "./care.ts";
import { Carriage } from "./carriage.ts";
import { type Clock, pause } from "./clock.ts";
import type { Dispatcher } from "./dispatcher.ts";
import { Gathered } from "./gathered.ts";
import type { Leases } from "./leases.ts";
import { Round } from "./round.ts";
import { Sift } from "./sift.ts";
import { type Store, TakenOver } from "./store.ts";
import type { Suspicion } from "./suspicion.ts";
import { type Aimed, Taking } from "./taking.ts";
import { type Answered, NAMES_INSTANCE, type Resumed, Words } from "./words.ts";

/** How often due times are looked up when nothing wakes us earlier. */
const DUE_EVERY_MS = 250;

export class Conductor {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #worker: string;
  readonly #definitions: Arranged;
  readonly #leases: Leases;
  readonly #dispatcher: Dispatcher;
  readonly #committed: (correlations: readonly string[]) => void;
  readonly #refused: (error: unknown) => void;
  readonly #instances = new Map<string, Instance>();
  readonly #sift = new Sift();
  readonly #care: Care;
  readonly #taking: Taking;
  readonly #stop = new AbortController();
  #wake: (() => void) | undefined;
  #woken = false;
  #dueAt = 0;
  #loop: Promise<void> = Promise.resolve();

  constructor(given: {
    store: Store;
    clock: Clock;
    log: Log;
    worker: string;
    definitions: Arranged;
    leases: Leases;
    dispatcher: Dispatcher;
    suspicion: Suspicion;
    committed: (correlations: readonly string[]) => void;
    /** Told what the database said when it did not write. */
    refused: (error: unknown) => void;
  }) {
    this.#store = given.store;
    this.#clock = given.clock;
    this.#log = given.log;
    this.#worker = given.worker;
    this.#definitions = given.definitions;
    this.#leases = given.leases;
    this.#dispatcher = given.dispatcher;
    this.#care = new Care(given.suspicion);
    const around = { ...given, sift: this.#sift, care: this.#care, setsAside: this.#setsAside };
    this.#taking = new Taking({ ...around, words: new Words(around) });
    this.#committed = given.committed;
    this.#refused = given.refused;
  }

  start(): void {
    this.#loop = this.#run();
  }

  /** Something was appended; look now instead of at the next poll. */
  wake(): void {
    this.#woken = true;
    this.#wake?.();
  }

  /** These lanes are ours from now on. A round under way when we gave one back may have left its instances in memory; they are old. */
  taken(lanes: readonly number[]): void {
    this.forget(lanes);
    this.#care.took(lanes.flatMap((id) => this.#leases.held.get(id) ?? []));
    this.#dueAt = 0;
  }

  /** Forgets the instances of lanes that are not ours any more. */
  forget(lanes: readonly number[]): void {
    for (const [id, { lane }] of this.#instances) if (lanes.includes(lane)) this.#instances.delete(id);
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    this.#wake?.();
    await this.#loop;
  }

  async #run(): Promise<void> {
    let trouble = 0;
    while (!this.#stop.signal.aborted) {
      try {
        const busy = await this.#round();
        trouble = 0;
        if (!busy) await this.#idle();
      } catch (error) {
        this.#care.over();
        // Whatever we decided in memory did not become true, or we cannot tell: read back what is.
        this.#instances.clear();
        if (this.#sift.failed(error)) {
          this.#log.warn("A round cannot be committed for what is in it; looking for the one.", {
            error: error instanceof Error ? error.message : String(error),
            ...this.#sift.room,
          });
          continue;
        }
        trouble += 1;
        this.#refused(error);
        this.#log.warn(
          error instanceof TakenOver
            ? "A lane was taken over; reading back what is ours."
            : "A round failed; reading back and trying again.",
          { error: error instanceof Error ? error.message : String(error), round: trouble },
        );
        await pause(this.#clock, Math.min(50 * 2 ** Math.min(trouble, 7), 5_000), this.#stop.signal);
        await this.#leases.recheck().catch((failure: unknown) =>
          this.#log.warn("The lanes could not be read back; the next round does.", {
            error: String(failure),
          }),
        );
      }
    }
  }

  /** One round; true when there was something to do. */
  async #round(): Promise<boolean> {
    // Also where nothing is ours: whoever is woken then looks at the next poll, not a thousand times a second.
    this.#woken = false;
    const lanes = [...this.#leases.held.values()];
    const first = lanes[0];
    if (!first || !this.#leases.valid) return false;
    const from = lanes.reduce<Cursor>((oldest, lane) => (before(lane, oldest) ? lane : oldest), first);
    const { room } = this.#sift;
    const { most } = this.#care;
    this.#sift.begins(0, 0, []);
    const [{ entries: read, now }, elapsed] = await Promise.all([
      this.#store.read(from, Math.min(room.entries, most)),
      this.#due(
        lanes.map(({ id }) => id),
        Math.min(room.due, most),
      ),
    ]);
    if (read.length === 0 && elapsed.length === 0) {
      if (!this.#sift.looking) await this.#care.idle();
      this.#sift.committed();
      return false;
    }
    const { entries, due } = await this.#care.begins(from, read, elapsed);
    if (due.length < elapsed.length) this.#dueAt = 0;

    const owned = new Map(lanes.map((lane) => [lane.id, lane]));
    // Lanes move together, so after the first round following a takeover their cursors are one and the same.
    const together = lanes.every(({ xid, position }) => xid === from.xid && position === from.position);
    const ours = (lane: number, at: Cursor) => {
      const held = owned.get(lane);
      return held !== undefined && (together || before(held, at));
    };
    const { begin } = this.#care;
    const aimed = begin
      ? await this.#taking.aimCarefully(entries, ours, begin)
      : entries.map((entry) => this.#taking.aim(entry, ours));
    this.#sift.begins(entries.length, due.length, this.#sift.looking ? this.#taking.partsOf(aimed, due) : []);
    const instances = await this.#load(aimed);

    const gathered = new Gathered();
    const given = { definitions: this.#definitions, setsAside: this.#setsAside, gathered };
    const carriage = new Carriage({
      ...given,
      store: this.#store,
      maySendNow: (connection, subject) => this.#dispatcher.maySendNow(connection, subject),
    });
    const round = new Round({ ...given, laneCount: this.#leases.laneCount, now, carriage });
    for (const each of aimed) {
      this.#care.at(each.entry);
      await this.#taking.take(each, round, ours, instances);
    }
    for (const instance of due) {
      this.#care.at(instance);
      // A step of this very round may have changed it already; the cached one is the truth.
      const id = instanceId(instance);
      const known = instances.get(id) ?? this.#instances.get(id) ?? instance;
      instances.set(id, known);
      if (begin) await begin(id);
      await round.due(known);
      await round.takeBack();
    }
    const { xid, position } = entries.at(-1) ?? from;
    const to: Cursor = { xid, position };
    await this.#care.commits();
    const steps = gathered.steps(this.#worker, lanes, to, this.#care.ends);
    const decided = await this.#store.commitSteps(steps);
    this.#sift.committed();
    this.#care.committed();
    this.#leases.moved(lanes, to);
    for (const instance of instances.values()) this.#remember(instance, owned);
    this.#dispatcher.hand(gathered.parcels);
    for (const key of decided) this.#dispatcher.decided(key);
    this.#trim();
    this.#committed(gathered.correlations);
    return true;
  }

  async #due(lanes: readonly number[], room: number): Promise<Instance[]> {
    if (room === 0 || (this.#clock.now() < this.#dueAt && !this.#sift.looking)) return [];
    const due = await this.#store.due(lanes, room);
    // A full page means a herd: come back at once for the rest.
    this.#dueAt = due.length < room ? this.#clock.now() + DUE_EVERY_MS : 0;
    return due;
  }

  readonly #setsAside = (part: string): string | null =>
    this.#sift.setsAside(part) ?? this.#care.setsAside(part);

  /**
   * The instances that entries name, from memory or from the table. They belong to the round: a lane may be given away and
   * its instances forgotten while the round runs, and an instance that vanished would be taken for one that never was.
   */
  async #load(aimed: readonly Aimed[]): Promise<Map<string, Instance>> {
    const wanted = new Map<string, { process: string; key: string }>();
    for (const { contract, data, targets } of aimed) {
      for (const { process, key } of targets)
        wanted.set(`${process.header.name}:${key}`, { process: process.header.name, key });
      if (contract && NAMES_INSTANCE.has(contract)) {
        const { process, instance } = data as Answered | Resumed;
        wanted.set(`${process}:${instance}`, { process, key: instance });
      }
    }
    const found = new Map<string, Instance>();
    const missing: { process: string; key: string }[] = [];
    for (const [id, named] of wanted) {
      const known = this.#instances.get(id);
      if (known) found.set(id, known);
      else missing.push(named);
    }
    if (missing.length > 0)
      for (const instance of await this.#store.instances(missing)) found.set(instanceId(instance), instance);
    return found;
  }

  /**
   * Most recently used last. Only what is ours, now as when the round began: an instance that another worker goes on
   * writing would be remembered as it was, and believed when its lane comes to us.
   */
  #remember(instance: Instance, owned: ReadonlyMap<number, Lane>): void {
    const epoch = owned.get(instance.lane)?.epoch;
    if (epoch === undefined || this.#leases.held.get(instance.lane)?.epoch !== epoch) return;
    const id = instanceId(instance);
    this.#instances.delete(id);
    this.#instances.set(id, instance);
  }

  #trim(): void {
    let excess = this.#instances.size - limits.instancesCachedMax;
    for (const id of this.#instances.keys()) {
      if (excess <= 0) return;
      this.#instances.delete(id);
      excess -= 1;
    }
  }

  async #idle(): Promise<void> {
    if (this.#woken || this.#stop.signal.aborted) {
      // What woke us may not be below the barrier yet: another transaction is still open. Look again very soon.
      await pause(this.#clock, 1, this.#stop.signal);
      return;
    }
    await new Promise<void>((resolve) => {
      const takeBack = this.#clock.after(limits.idlePollMs, () => {
        this.#wake = undefined;
        resolve();
      });
      this.#wake = () => {
        takeBack();
        this.#wake = undefined;
        resolve();
      };
    });
  }
}
