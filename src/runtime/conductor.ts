/**
 * Conducts: reads the journal for the lanes of this worker, lets processes decide, and commits what follows.
 *
 * One round reads up to a few hundred entries, loads the instances they name in one query, decides in memory and commits
 * states, commands, deliveries, opinions, counts and the cursor in one fenced transaction. A crash leaves all of it or
 * none. Every worker reads the whole journal and picks what its lanes own, because one fact may concern several business
 * things in different lanes.
 */
import { ExceptionRaised, ExceptionResolved } from "../contracts/canon/operations.ts";
import { type Contract, type Message, milestoneSaid } from "../contracts/contract.ts";
import type { Entry } from "../journal/append.ts";
import { before, type Cursor, type Recorded } from "../journal/read.ts";
import type { Input, Process } from "../processes/process.ts";
import { Unusable } from "../std/errors.ts";
import { limits } from "../std/limits.ts";
import type { Log } from "../std/log.ts";
import { flawOf } from "../std/storable.ts";
import { type Instance, instanceId } from "../work/instances.ts";
import { type Lane, laneOf } from "../work/lanes.ts";
import { COUNTED } from "../work/subscriptions.ts";
import type { Arranged } from "./arrangement.ts";
import { toldByHand } from "./by-hand.ts";
import { Care, READING } from "./care.ts";
import { Carriage } from "./carriage.ts";
import { type Clock, pause } from "./clock.ts";
import type { Dispatcher } from "./dispatcher.ts";
import { DeliveryDecided, InputGiven, InstanceMoved, InstanceResumed, QuestionAnswered } from "./facts.ts";
import { Gathered } from "./gathered.ts";
import type { Leases } from "./leases.ts";
import { Round } from "./round.ts";
import { Sift } from "./sift.ts";
import { type Store, TakenOver } from "./store.ts";
import type { Suspicion } from "./suspicion.ts";

/** An entry, read and aimed: who in this process it is for. */
interface Aimed {
  readonly entry: Recorded;
  readonly contract: Contract | undefined;
  readonly data: unknown;
  /** The error of reading it, when it cannot be read. */
  readonly unreadable?: string;
  readonly lane: number;
  readonly targets: readonly { readonly process: Process; readonly key: string; readonly lane: number }[];
}

/** What people say about one instance, by its process and key. */
const NAMES_INSTANCE: ReadonlySet<Contract> = new Set([
  QuestionAnswered,
  InstanceResumed,
  InstanceMoved,
  InputGiven,
]);
/** The part of an entry that a system said something about a milestone. */
const SAID = "said";
/** The part of an entry that a person says in the place of a target. */
const BY_HAND = "by hand";
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
    this.#sift.begins(0, 0, []);
    const [{ entries: read, now }, elapsed] = await Promise.all([
      this.#store.read(from, room.entries),
      this.#due(
        lanes.map(({ id }) => id),
        room.due,
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
      ? await this.#aimCarefully(entries, ours, begin)
      : entries.map((entry) => this.#aim(entry, ours));
    this.#sift.begins(entries.length, due.length, this.#sift.looking ? this.#partsOf(aimed, due) : []);
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
      await this.#take(each, round, ours, instances);
    }
    for (const instance of due) {
      this.#care.at(instance);
      // A step of this very round may have changed it already; the cached one is the truth.
      const id = instanceId(instance);
      const known = instances.get(id) ?? this.#instances.get(id) ?? instance;
      instances.set(id, known);
      if (begin) await begin(id);
      await round.due(known);
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

  /** What the inputs of a round concern, each of which may be set aside alone. */
  #partsOf(aimed: readonly Aimed[], due: readonly Instance[]): string[] {
    return [
      ...aimed.flatMap(({ entry, contract, data, targets }) => [
        ...targets.map(({ process, key }) => instanceId({ process: process.header.name, key })),
        ...(this.#definitions.carrying.get(entry.contract) ?? []).map(({ name }) => name),
        ...(contract && NAMES_INSTANCE.has(contract)
          ? [instanceId({ process: (data as Resumed).process, key: (data as Resumed).instance })]
          : []),
        SAID,
      ]),
      ...due.map(instanceId),
    ];
  }

  /** What takes the place of an older version of a fact is no code of ours. */
  async #aimCarefully(
    entries: readonly Recorded[],
    ours: (lane: number, at: Cursor) => boolean,
    begin: (part: string) => Promise<void>,
  ): Promise<Aimed[]> {
    const aimed: Aimed[] = [];
    for (const entry of entries) {
      this.#care.at(entry);
      if (this.#definitions.contracts.get(entry.contract)?.version !== entry.version) await begin(READING);
      aimed.push(this.#aim(entry, ours));
    }
    return aimed;
  }

  #aim(entry: Recorded, ours: (lane: number, at: Cursor) => boolean): Aimed {
    const lane = laneOf(entry.key, this.#leases.laneCount);
    const contract = this.#definitions.contracts.get(entry.contract);
    const unreadable =
      this.#care.passesBy ?? (contract ? null : `This build has no contract named ${entry.contract}.`);
    if (!contract || unreadable !== null)
      return { entry, contract, data: null, unreadable: unreadable ?? "", lane, targets: [] };
    try {
      const written: unknown = JSON.parse(entry.data);
      const data = entry.version === contract.version ? written : contract.read(written, entry.version);
      const targets = (this.#definitions.reacting.get(entry.contract) ?? []).flatMap((process) => {
        const key = (data as Record<string, unknown>)[process.whose.get(entry.contract) ?? ""];
        if (typeof key !== "string" || key === "") return [];
        if (flawOf(key) !== undefined) return [];
        const instanceLane = laneOf(`${process.header.keyType}/${key}`, this.#leases.laneCount);
        return ours(instanceLane, entry) ? [{ process, key, lane: instanceLane }] : [];
      });
      return { entry, contract, data, lane, targets };
    } catch (error) {
      return {
        entry,
        contract,
        data: null,
        unreadable: error instanceof Error ? error.message : String(error),
        lane,
        targets: [],
      };
    }
  }

  async #take(
    { entry, contract, data, unreadable, lane, targets }: Aimed,
    round: Round,
    ours: (lane: number, at: Cursor) => boolean,
    instances: Map<string, Instance>,
  ): Promise<void> {
    const ref = `event:${entry.position}`;
    const mine = ours(lane, entry);
    const { begin } = this.#care;
    const passedBy = this.#sift.passesBy;
    const cannot = unreadable ?? passedBy;
    if (!contract || cannot !== null) {
      if (mine || passedBy !== null)
        round.gathered.unreadable(entry.contract, ref, entry.correlation, cannot ?? "");
      if (passedBy === null) return;
      // Not in silence: what it was owed to has been told in this way.
      for (const { process } of targets) round.gathered.counts.add(process.header.name, COUNTED.process);
      if (mine)
        for (const flow of this.#definitions.carrying.get(entry.contract) ?? [])
          round.gathered.counts.add(flow.name, COUNTED.flow);
      return;
    }
    if (mine) this.#nameless(entry, data, ref, round);
    const message: Message = {
      kind: entry.kind,
      contract: entry.contract,
      version: contract.version,
      key: entry.key,
      correlation: entry.correlation,
      keys: contract.keysOf(data),
      data,
    };
    if (mine) {
      if (contract.says) {
        const cannotHear = this.#setsAside(SAID);
        const milestone = cannotHear === null ? milestoneSaid(contract.says, data) : undefined;
        if (cannotHear !== null)
          round.gathered.unreadable(entry.contract, ref, entry.correlation, cannotHear);
        else if (milestone !== undefined) {
          round.gathered.hear({
            subject: entry.correlation,
            milestone,
            system: entry.source,
            reached: !contract.says.withdrawn,
            saidAt: entry.occurredAt,
          });
        }
      }
      for (const flow of this.#definitions.carrying.get(entry.contract) ?? []) {
        if (begin) await begin(flow.name);
        // A fact goes out on several flows, each its own delivery; the flow's name keeps their keys apart.
        await round.carriage.carry(flow, message, {
          id: `${flow.name}:${entry.id}`,
          position: entry.position,
          correlation: entry.correlation,
          subject: entry.key,
          lane,
        });
      }
    }
    for (const { process, key } of targets) {
      const input: Input = { kind: "event", at: entry.occurredAt, message, source: entry.source };
      const id = `${process.header.name}:${key}`;
      const told = entry.causation?.startsWith("arrival:") ?? false;
      const cause = { ref, correlation: entry.correlation, told };
      if (begin) await begin(id);
      const now = await round.input(process, key, instances.get(id) ?? null, input, cause);
      if (now) instances.set(id, now);
    }
    if (contract === QuestionAnswered)
      await this.#answered(data as Answered, entry, ref, round, ours, instances);
    if (contract === InstanceResumed) await this.#resume(data as Resumed, entry, round, ours, instances);
    if (contract === InputGiven) await this.#give(data as Given, entry, round, ours, instances);
    if (contract === InstanceMoved) await this.#move(data as Moved, entry, round, ours, instances);
    // With a number it tells what was written with it; without one it asks for it.
    const tells = (data as { exception?: string } | null)?.exception !== undefined;
    if (mine && contract === ExceptionRaised && !tells) raiseAbout(data as Exceptional, entry, round);
    if (mine && contract === ExceptionResolved && !tells) {
      const { fingerprint, how, by } = data as typeof ExceptionResolved.sample;
      const resolution = by ? `${how}: ${by}` : how;
      round.gathered.resolved.push({
        subjectKind: "document",
        subject: `${entry.correlation}|${fingerprint}`,
        resolution,
      });
    }
    if (contract === DeliveryDecided) await this.#decide(data as DecidedByPerson, entry, round, ours);
  }

  /** A process finds its instance by a field; one whose value can name nothing is shown to a person. */
  #nameless({ contract, correlation }: Recorded, data: unknown, ref: string, round: Round): void {
    for (const { header, whose } of this.#definitions.reacting.get(contract) ?? []) {
      const key = (data as Record<string, unknown>)[whose.get(contract) ?? ""];
      const flaw = typeof key === "string" ? flawOf(key) : undefined;
      if (flaw === undefined) continue;
      round.gathered.counts.add(header.name, COUNTED.process);
      round.gathered.unreadable(contract, ref, correlation, `The ${header.keyType} it is about ${flaw}.`);
    }
  }

  async #answered(
    data: Answered,
    entry: Recorded,
    ref: string,
    round: Round,
    ours: (lane: number, at: Cursor) => boolean,
    instances: ReadonlyMap<string, Instance>,
  ): Promise<void> {
    const instance = instances.get(`${data.process}:${data.instance}`);
    if (!instance || !ours(instance.lane, entry)) return;
    if (this.#care.begin) await this.#care.begin(instanceId(instance));
    const input: Input = {
      kind: data.verdict,
      at: entry.occurredAt,
      approval: data.approval,
      by: data.by,
      comment: data.comment,
    };
    await round.answered(instance, data.question, input, { ref, correlation: entry.correlation });
  }

  async #resume(
    data: Resumed,
    entry: Recorded,
    round: Round,
    ours: (lane: number, at: Cursor) => boolean,
    instances: ReadonlyMap<string, Instance>,
  ): Promise<void> {
    const instance = instances.get(`${data.process}:${data.instance}`);
    if (!instance || !ours(instance.lane, entry)) return;
    if (this.#care.begin) await this.#care.begin(instanceId(instance));
    await round.resume(instance, data.by);
  }

  /** An input is taken once, whoever gives it and however often. */
  async #give(
    { process: name, instance: key, position, by }: Given,
    entry: Recorded,
    round: Round,
    ours: (lane: number, at: Cursor) => boolean,
    instances: Map<string, Instance>,
  ): Promise<void> {
    const fact = await this.#store.recorded(position);
    const reacting = (fact && this.#definitions.reacting.get(fact.contract)) ?? [];
    const process = reacting.find(({ header }) => header.name === name);
    if (!fact || !process) {
      const why = fact ? `${name} does not react to it in this build.` : "It is not in the journal any more.";
      if (ours(laneOf(entry.key, this.#leases.laneCount), entry))
        round.gathered.unreadable(`event:${position}`, `event:${entry.position}`, entry.correlation, why);
      return;
    }
    if (!ours(laneOf(`${process.header.keyType}/${key}`, this.#leases.laneCount), entry)) return;
    const id = `${name}:${key}`;
    if (this.#care.begin) await this.#care.begin(id);
    try {
      const now = await round.give(process, key, instances.get(id) ?? null, fact, by);
      if (now) instances.set(id, now);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      round.gathered.unreadable(fact.contract, `event:${entry.position}`, entry.correlation, why);
    }
  }

  async #move(
    { process, instance: key, to, by }: Moved,
    entry: Recorded,
    round: Round,
    ours: (lane: number, at: Cursor) => boolean,
    instances: ReadonlyMap<string, Instance>,
  ): Promise<void> {
    const instance = instances.get(`${process}:${key}`);
    if (!instance || !ours(instance.lane, entry)) return;
    if (this.#care.begin) await this.#care.begin(instanceId(instance));
    round.move(instance, to, by);
  }

  async #decide(
    data: DecidedByPerson,
    entry: Recorded,
    round: Round,
    ours: (lane: number, at: Cursor) => boolean,
  ): Promise<void> {
    if (!ours(data.lane, entry)) return;
    const replay = data.verify === true ? "in_doubt" : "owed";
    const status = { "try again": "owed", booked: "applied", cancel: "cancelled", replay } as const;
    const said = {
      "try again":
        data.corrected === undefined ? "sent again" : `corrected (version ${data.corrected}), sent again`,
      replay: "replayed",
      booked: `booked as ${data.reference}`,
      cancel: "given up",
    } as const;
    const why = data.reason === "" ? "" : `: ${data.reason.replace(/\.$/, "")}`;
    round.gathered.decide({
      key: data.delivery,
      status: status[data.verdict],
      replay: data.verdict === "replay",
      attempts: data.attempts ?? null,
      reference: data.reference,
      reason: `${data.by}: ${said[data.verdict]}${why}.`,
      answers: data.verdict === "booked" ? await this.#toldByHand(data, round) : [],
    });
  }

  /** Whoever waits for the answer gets it from the person's word, or an exception says that nobody can give it. */
  async #toldByHand({ delivery, reference, by }: DecidedByPerson, round: Round): Promise<Entry[]> {
    const [open] = await this.#store.openAmong([delivery]);
    if (!open) return [];
    if (this.#care.begin) await this.#care.begin(BY_HAND);
    try {
      const aside = this.#setsAside(BY_HAND);
      if (aside !== null) throw new Unusable(aside);
      return await toldByHand(open, reference ?? "", by, this.#definitions, this.#store);
    } catch (error) {
      const fingerprint = ["contract change", open.connection, open.contract, "by hand"].join("|");
      round.gathered.raised.push({
        fingerprint,
        class: "contract change",
        subjectKind: "document",
        subject: `${open.correlation}|${fingerprint}|${delivery}`,
        connection: open.connection,
        correlation: open.correlation,
        title: `${open.contract} was booked by a person's word, and what follows from it cannot be told`,
        reason: `A number is not enough for the answer of ${open.flow}: ${error instanceof Error ? error.message : String(error)}`,
        owner: this.#definitions.connections.get(open.connection)?.owner ?? "integration",
      });
      return [];
    }
  }

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

function raiseAbout(data: Exceptional, { correlation }: Recorded, round: Round): void {
  round.gathered.raised.push({
    fingerprint: data.fingerprint,
    class: data.class,
    subjectKind: "document",
    subject: `${correlation}|${data.fingerprint}`,
    connection: null,
    correlation,
    title: data.title,
    reason: data.reason,
    owner: data.owner,
    atRisk: data.valueAtRisk ? { money: [data.valueAtRisk], units: [] } : null,
  });
}

type Exceptional = typeof ExceptionRaised.sample;
type Resumed = typeof InstanceResumed.sample;
type Given = typeof InputGiven.sample;
type Moved = typeof InstanceMoved.sample;
type Answered = typeof QuestionAnswered.sample;
type DecidedByPerson = typeof DeliveryDecided.sample;
