/**
 * Milestones of instances: reached, withdrawn, counted, and told to whoever listens.
 *
 * What must stay true: the counts of a milestone follow from the milestones of its instances: reached once each, stood at by those
 * whose last one it is.
 */
import { MilestoneReached, MilestoneWithdrawn } from "../contracts/canon/operations.ts";
import { OURSELVES } from "../contracts/judgement.ts";
import { entryOf } from "../journal/append.ts";
import { address, type Input } from "../processes/process.ts";
import { STAY_SLOTS, slotOf } from "../trace/figures.ts";
import type { Instance } from "../work/instances.ts";
import type { Arranged } from "./arrangement.ts";
import type { Gathered } from "./gathered.ts";

export class Milestones {
  readonly #definitions: Arranged;
  readonly #gathered: Gathered;

  constructor(definitions: Arranged, gathered: Gathered) {
    this.#definitions = definitions;
    this.#gathered = gathered;
  }

  /** An instance has come to a milestone, or to a part of it. */
  reach(
    instance: Instance,
    milestone: string,
    part: number,
    of: number,
    input: Input,
    from: { id: string; source: string; correlation: string; causation: string },
  ): void {
    const { body, process } = instance;
    const whole = part >= of;
    const before = body.milestones.some(
      (known) => known.name === milestone && !known.withdrawn && (known.part ?? 1) >= (known.of ?? 1),
    );
    body.milestones.push(
      of === 1 ? { name: milestone, at: input.at } : { name: milestone, at: input.at, part, of },
    );
    if (instance.milestone !== milestone) {
      if (instance.milestone !== null) this.#gathered.counts.add(process, `at ${instance.milestone}`, -1);
      this.#gathered.counts.add(process, `at ${milestone}`);
      this.moved(instance, milestone, input.at);
    }
    if (whole && !before) this.#gathered.counts.add(process, `reached ${milestone}`);
    instance.milestone = milestone;
    instance.milestoneAt = input.at;
    if (whole)
      this.#gathered.hear({
        subject: instance.correlation,
        milestone,
        system: OURSELVES,
        reached: true,
        saidAt: input.at,
      });
    if (!this.#wanted(MilestoneReached.name)) return;
    const data = {
      process,
      instance: instance.key,
      milestone,
      part,
      of,
      causedBy: address(input),
      at: input.at,
    };
    this.#gathered.append(
      entryOf(MilestoneReached.of(data), { ...from, occurredAt: input.at, routed: false }),
    );
  }

  /**
   * Counts the step an instance takes and how long it stood before it: what diagrams are drawn from. `from accepted to
   * allocated`; `stayed 37 accepted` is one that stood there for up to 2^(37/2) ms.
   */
  moved({ process, milestone, milestoneAt }: Instance, to: string, at: string): void {
    this.#gathered.counts.add(process, `from ${milestone ?? "start"} to ${to}`);
    if (milestone === null || milestoneAt === null) return;
    const slot = slotOf(Date.parse(at) - Date.parse(milestoneAt), STAY_SLOTS);
    this.#gathered.counts.add(process, `stayed ${slot} ${milestone}`);
  }

  /** A milestone does not hold any more. */
  withdraw(
    instance: Instance,
    milestone: string,
    input: Input,
    from: { id: string; source: string; correlation: string; causation: string },
  ): void {
    const { body, process } = instance;
    const standing = body.milestones.filter((known) => known.name === milestone && !known.withdrawn);
    if (standing.length === 0) return;
    body.milestones = body.milestones.map((known) =>
      standing.includes(known) ? { ...known, withdrawn: input.at } : known,
    );
    // Parts that never made a whole were never counted.
    if (standing.some(({ part = 1, of = 1 }) => part >= of)) {
      this.#gathered.counts.add(process, `reached ${milestone}`, -1);
    }
    if (instance.milestone === milestone) {
      const last = body.milestones.filter((known) => !known.withdrawn).at(-1);
      this.#gathered.counts.add(process, `at ${milestone}`, -1);
      if (last) this.#gathered.counts.add(process, `at ${last.name}`);
      this.moved(instance, last?.name ?? "start", input.at);
      instance.milestone = last?.name ?? null;
      instance.milestoneAt = last?.at ?? null;
    }
    this.#gathered.hear({
      subject: instance.correlation,
      milestone,
      system: OURSELVES,
      reached: false,
      saidAt: input.at,
    });
    if (!this.#wanted(MilestoneWithdrawn.name)) return;
    const data = { process, instance: instance.key, milestone, reason: address(input), at: input.at };
    this.#gathered.append(
      entryOf(MilestoneWithdrawn.of(data), { ...from, occurredAt: input.at, routed: false }),
    );
  }

  #wanted(contract: string): boolean {
    return this.#definitions.carrying.has(contract) || this.#definitions.reacting.has(contract);
  }
}
