/**
 * Takes one entry of the journal in a round: reads it, says who of this worker it is for, and gives it to them.
 *
 * What must stay true: an entry that cannot be read is shown and counted, never passed in silence; each part of it (an instance, a flow)
 * may be set aside without the others.
 */
import { type Contract, type Message, milestoneSaid } from "../contracts/contract.ts";
import type { Cursor, Recorded } from "../journal/read.ts";
import type { Input, Process } from "../processes/process.ts";
import { flawOf } from "../std/storable.ts";
import { type Instance, instanceId } from "../work/instances.ts";
import { laneOf } from "../work/lanes.ts";
import { COUNTED } from "../work/subscriptions.ts";
import type { Arranged } from "./arrangement.ts";
import { type Care, READING } from "./care.ts";
import type { Leases } from "./leases.ts";
import type { Round } from "./round.ts";
import type { SetsAside, Sift } from "./sift.ts";
import { HEEDED, NAMES_INSTANCE, type Resumed, type Words } from "./words.ts";

/** An entry, read and aimed: who in this process it is for. */
export interface Aimed {
  readonly entry: Recorded;
  readonly contract: Contract | undefined;
  readonly data: unknown;
  /** The error of reading it, when it cannot be read. */
  readonly unreadable?: string;
  readonly lane: number;
  readonly targets: readonly { readonly process: Process; readonly key: string; readonly lane: number }[];
}

/** The part of an entry that a system said something about a milestone. */
const SAID = "said";

export class Taking {
  readonly #definitions: Arranged;
  readonly #leases: Pick<Leases, "laneCount">;
  readonly #sift: Pick<Sift, "passesBy">;
  readonly #care: Care;
  readonly #setsAside: SetsAside;
  readonly #words: Words;

  constructor(given: {
    readonly definitions: Arranged;
    readonly leases: Pick<Leases, "laneCount">;
    readonly sift: Pick<Sift, "passesBy">;
    readonly care: Care;
    readonly setsAside: SetsAside;
    readonly words: Words;
  }) {
    this.#definitions = given.definitions;
    this.#leases = given.leases;
    this.#sift = given.sift;
    this.#care = given.care;
    this.#setsAside = given.setsAside;
    this.#words = given.words;
  }

  /** What the inputs of a round concern, each of which may be set aside alone. */
  partsOf(aimed: readonly Aimed[], due: readonly Instance[]): string[] {
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
  async aimCarefully(
    entries: readonly Recorded[],
    ours: (lane: number, at: Cursor) => boolean,
    begin: (part: string) => Promise<void>,
  ): Promise<Aimed[]> {
    const aimed: Aimed[] = [];
    for (const entry of entries) {
      this.#care.at(entry);
      if (this.#definitions.contracts.get(entry.contract)?.version !== entry.version) await begin(READING);
      aimed.push(this.aim(entry, ours));
    }
    return aimed;
  }

  /** Reads it, and says who it is for. */
  aim(entry: Recorded, ours: (lane: number, at: Cursor) => boolean): Aimed {
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

  /** Gives it to all it is for; what that comes to is gathered in the round. */
  async take(
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
      // Not in silence: what it was owed to has been told in this way. To processes only what is in the shape of today is owed.
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
          bytes: entry.data.length,
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
    if (HEEDED.has(contract))
      await this.#words.heed(contract, data, entry, { mine, ref, round, ours, instances });
    await round.takeBack();
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
}
