/**
 * What people say, as facts in the journal, and what follows from it in the round that reads it: answers, letting go on, inputs given,
 * moves to another version, and decisions about deliveries and exceptions.
 *
 * What must stay true: a word is heeded by the worker that owns what it is about, once, and where it cannot be followed a person is shown
 * why. Saying it, and whether one may, is in `deeds.ts` and the faces.
 */
import { ExceptionRaised, ExceptionResolved } from "../contracts/canon/operations.ts";
import type { Contract } from "../contracts/contract.ts";
import type { Entry } from "../journal/append.ts";
import type { Cursor, Recorded } from "../journal/read.ts";
import type { Input } from "../processes/process.ts";
import { Unusable } from "../std/errors.ts";
import { type Instance, instanceId } from "../work/instances.ts";
import { laneOf } from "../work/lanes.ts";
import type { Arranged } from "./arrangement.ts";
import { toldByHand } from "./by-hand.ts";
import type { Care } from "./care.ts";
import { DeliveryDecided, InputGiven, InstanceMoved, InstanceResumed, QuestionAnswered } from "./facts.ts";
import type { Leases } from "./leases.ts";
import type { Round } from "./round.ts";
import type { SetsAside } from "./sift.ts";
import type { Store } from "./store.ts";

/** What people say about one instance, by its process and key. */
export const NAMES_INSTANCE: ReadonlySet<Contract> = new Set([
  QuestionAnswered,
  InstanceResumed,
  InstanceMoved,
  InputGiven,
]);
/** What is heeded here. */
export const HEEDED: ReadonlySet<Contract> = new Set([
  ...NAMES_INSTANCE,
  ExceptionRaised,
  ExceptionResolved,
  DeliveryDecided,
]);
/** The part of an entry that a person says in the place of a target. */
const BY_HAND = "by hand";

/** Where a word is heard. */
interface At {
  /** Whether the entry itself is of our lanes. */
  readonly mine: boolean;
  readonly ref: string;
  readonly round: Round;
  readonly ours: (lane: number, at: Cursor) => boolean;
  readonly instances: Map<string, Instance>;
}

export class Words {
  readonly #store: Pick<Store, "recorded" | "openAmong" | "lookUp">;
  readonly #definitions: Arranged;
  readonly #leases: Pick<Leases, "laneCount">;
  readonly #care: Care;
  readonly #setsAside: SetsAside;

  constructor(given: {
    readonly store: Pick<Store, "recorded" | "openAmong" | "lookUp">;
    readonly definitions: Arranged;
    readonly leases: Pick<Leases, "laneCount">;
    readonly care: Care;
    readonly setsAside: SetsAside;
  }) {
    this.#store = given.store;
    this.#definitions = given.definitions;
    this.#leases = given.leases;
    this.#care = given.care;
    this.#setsAside = given.setsAside;
  }

  /** Does what follows from a fact of one of the contracts that are `HEEDED`. */
  async heed(contract: Contract, data: unknown, entry: Recorded, at: At): Promise<void> {
    const { mine, round } = at;
    if (contract === QuestionAnswered) await this.#answered(data as Answered, entry, at);
    if (contract === InstanceResumed) await this.#resume(data as Resumed, entry, at);
    if (contract === InputGiven) await this.#give(data as Given, entry, at);
    if (contract === InstanceMoved) await this.#move(data as Moved, entry, at);
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
    if (contract === DeliveryDecided) await this.#decide(data as DecidedByPerson, entry, at);
  }

  async #answered(data: Answered, entry: Recorded, { ref, round, ours, instances }: At): Promise<void> {
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

  async #resume(data: Resumed, entry: Recorded, { round, ours, instances }: At): Promise<void> {
    const instance = instances.get(`${data.process}:${data.instance}`);
    if (!instance || !ours(instance.lane, entry)) return;
    if (this.#care.begin) await this.#care.begin(instanceId(instance));
    await round.resume(instance, data.by);
  }

  /** An input is taken once, whoever gives it and however often. */
  async #give(
    { process: name, instance: key, position, by }: Given,
    entry: Recorded,
    { round, ours, instances }: At,
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
    { round, ours, instances }: At,
  ): Promise<void> {
    const instance = instances.get(`${process}:${key}`);
    if (!instance || !ours(instance.lane, entry)) return;
    if (this.#care.begin) await this.#care.begin(instanceId(instance));
    round.move(instance, to, by);
  }

  async #decide(data: DecidedByPerson, entry: Recorded, { round, ours }: At): Promise<void> {
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
export type Resumed = typeof InstanceResumed.sample;
type Given = typeof InputGiven.sample;
type Moved = typeof InstanceMoved.sample;
export type Answered = typeof QuestionAnswered.sample;
type DecidedByPerson = typeof DeliveryDecided.sample;
