/**
 * One round of the conductor: gives inputs and due times to instances, lets their processes decide, and gathers what follows.
 *
 * Nothing here touches the outside. What follows is kept in `gathered.ts` and commits as one; commands are owed by `carriage.ts`,
 * milestones are kept by `milestones.ts`.
 */
import type { Message } from "../contracts/contract.ts";
import { OURSELVES } from "../contracts/judgement.ts";
import { entryOf } from "../journal/append.ts";
import type { Recorded } from "../journal/read.ts";
import type { Decision } from "../processes/decision.ts";
import { moved } from "../processes/moving.ts";
import { address, type Input, type Process, step } from "../processes/process.ts";
import { Unusable } from "../std/errors.ts";
import { limits } from "../std/limits.ts";
import { milliseconds } from "../std/span.ts";
import { atRisk } from "../trace/at-risk.ts";
import { type Instance, type InstanceBody, instanceId, type Undo } from "../work/instances.ts";
import { laneOf } from "../work/lanes.ts";
import { COUNTED } from "../work/subscriptions.ts";
import type { Arranged } from "./arrangement.ts";
import type { Carriage } from "./carriage.ts";
import type { Gathered } from "./gathered.ts";
import { causeOf, messageOf } from "./given.ts";
import { Milestones } from "./milestones.ts";
import { fingerprint } from "./policy.ts";
import type { SetsAside } from "./sift.ts";
import { concernsNothing, onlyToldLate, shownTooEarly } from "./too-early.ts";
import { withoutVersion } from "./without-version.ts";

/** What an input came from: kept as the causation of everything it causes. */
export interface Cause {
  /** `event:<position>`, `timer:<name>` … */
  readonly ref: string;
  readonly correlation: string;
  /** Somebody told us: it does not merely answer what we sent, or follow from what we decided. */
  readonly told?: boolean;
  /** A person gave it, by their name: it was read, and counted, when it came. */
  readonly given?: string;
}

/** What an instance that was given up has to take back, as its commands were sent. */
interface GivenUp {
  readonly instance: Instance;
  readonly keyType: string;
  readonly id: string;
  readonly cause: Cause;
  readonly undo: Undo[];
  /** How much of it is taken back. */
  undone: number;
}

/** Whose last step not yet taken back is the youngest; none once all is. Each process keeps its own order, whatever the clock did. */
const lastToAct = (together: readonly GivenUp[]): GivenUp | undefined =>
  together
    .filter(({ undo }) => undo.length > 0)
    .reduce<GivenUp | undefined>(
      (last, one) => (last && sentLast(last) >= sentLast(one) ? last : one),
      undefined,
    );
const sentLast = ({ undo }: GivenUp): string => undo.at(-1)?.sentAt ?? "";

/** Whether a fact may take up an instance again that has completed. */
export const reopens = ({ header: { reopenedBy = [] } }: Process, contract: string | undefined): boolean =>
  reopenedBy.some(({ name }) => name === contract);

export class Round {
  readonly #definitions: Arranged;
  readonly #laneCount: number;
  readonly #now: string;
  readonly #setsAside: SetsAside;
  /** What follows from it so far. */
  readonly gathered: Gathered;
  readonly carriage: Carriage;
  readonly #milestones: Milestones;
  /** Given up by what is being taken, and not yet taken back. */
  readonly #givenUp: GivenUp[] = [];

  /** `now` is the database's clock, RFC 3339. */
  constructor(given: {
    readonly definitions: Arranged;
    readonly laneCount: number;
    readonly now: string;
    readonly setsAside: SetsAside;
    readonly gathered: Gathered;
    readonly carriage: Carriage;
  }) {
    this.#definitions = given.definitions;
    this.#laneCount = given.laneCount;
    this.#now = given.now;
    this.#setsAside = given.setsAside;
    this.gathered = given.gathered;
    this.carriage = given.carriage;
    this.#milestones = new Milestones(given.definitions, given.gathered);
  }

  /**
   * Gives an input to an instance; `instance` is null when there is none yet. Returns the instance there is now: null where the
   * input would only concern one that had started.
   */
  async input(
    process: Process,
    key: string,
    instance: Instance | null,
    input: Input,
    cause: Cause,
  ): Promise<Instance | null> {
    const starts = input.kind === "event" && process.startedBy.has(input.message.contract);
    // Whatever becomes of it: the balance is held against this.
    if (cause.given === undefined) this.gathered.counts.add(process.header.name, COUNTED.process);
    const contract = input.kind === "event" ? input.message.contract : undefined;
    if (concernsNothing(process, instance, contract)) return instance;
    const known = instance ?? this.#fresh(process, key, cause, starts);
    this.gathered.changed.add(known);
    if (known.status === "abandoned" || (known.status === "completed" && !reopens(process, contract))) {
      this.#note(known.body, input.at, `${address(input)} came after the end.`);
      if (cause.told && input.kind === "event") this.#late(process, known, input, cause);
      return known;
    }
    if (known.status === "parked" || (known.status === "expected" && !starts)) {
      this.#keep(known, input, cause);
      if (known.status === "expected") this.gathered.raised.push(...shownTooEarly(process, known, input));
      return known;
    }
    const waited = known.status === "expected" ? known.body.kept.splice(0) : [];
    if (known.status === "expected") {
      this.gathered.resolved.push(...onlyToldLate(process, known, input, waited));
      this.gathered.counts.add(known.process, "expected", -1);
      this.gathered.counts.add(known.process, "started");
      known.status = "running";
      known.version = process.header.version;
      known.correlation = cause.correlation;
    }
    await this.#step(known, input, cause);
    for (const kept of waited) {
      if (known.status !== "running")
        this.#keep(known, kept.input, { ref: kept.cause, correlation: known.correlation });
      else await this.#step(known, kept.input, { ref: kept.cause, correlation: known.correlation });
    }
    return known;
  }

  /**
   * Gives an instance a fact it may have missed, as it stands now. One it has taken, or keeps, is noted and not taken again.
   * Returns the instance there is now.
   */
  async give(
    process: Process,
    key: string,
    instance: Instance | null,
    fact: Recorded,
    by: string,
  ): Promise<Instance | null> {
    const ref = causeOf(fact);
    const known =
      instance?.body.inputs.includes(ref) || instance?.body.kept.some(({ cause }) => cause === ref);
    if (instance && known) {
      this.gathered.changed.add(instance);
      this.#note(instance.body, this.#now, `${by} gave ${fact.contract} (${ref}), which it had already.`);
      return instance;
    }
    const message = messageOf(fact, this.#definitions);
    const input: Input = { kind: "event", at: fact.occurredAt, message, source: fact.source };
    const cause = { ref, correlation: fact.correlation, given: by };
    const after = await this.input(process, key, instance, input, cause);
    if (after) this.#note(after.body, this.#now, `${by} gave it ${fact.contract} (${ref}).`);
    return after;
  }

  /** Fires what is due for an instance by `now`, the earliest first. */
  async due(instance: Instance): Promise<void> {
    const { body } = instance;
    this.gathered.changed.add(instance);
    if (!this.#has(instance)) return this.#waits(instance);
    if (instance.status === "parked") await this.#goOn(instance, "A build that has its version runs.");
    for (;;) {
      if (instance.status !== "running") return;
      const timer = body.timers
        .filter(({ due }) => due <= this.#now)
        .sort((a, b) => (a.due < b.due ? -1 : 1))[0];
      if (!timer) break;
      body.timers = body.timers.filter((other) => other !== timer);
      await this.#step(
        instance,
        { kind: "elapsed", at: timer.due, timer: timer.name },
        { ref: `timer:${timer.name}`, correlation: instance.correlation },
      );
    }
    const header = this.#definition(instance).header;
    for (const question of body.questions.filter(({ due }) => due <= this.#now)) {
      // It stays open: being late is no answer. The next reminder comes after the same span again.
      const within = header.approvals?.[question.approval]?.within ?? "4h";
      body.questions = body.questions.map((open) =>
        open === question ? { ...open, due: this.#later(milliseconds(within)) } : open,
      );
      await this.#step(
        instance,
        { kind: "overdue", at: question.due, approval: question.approval },
        { ref: `question:${question.id}`, correlation: instance.correlation },
      );
    }
  }

  /** A person answered. False when the question is not open any more. */
  async answered(instance: Instance, question: string, input: Input, cause: Cause): Promise<boolean> {
    if (!instance.body.questions.some(({ id }) => id === question)) return false;
    this.gathered.changed.add(instance);
    instance.body.questions = instance.body.questions.filter(({ id }) => id !== question);
    // The person has spoken and will not be asked again: a process that stands still takes it when it goes on.
    if (instance.status === "parked") this.#keep(instance, input, cause);
    else await this.#step(instance, input, cause);
    return true;
  }

  /** A person lets a parked instance go on: what it kept is taken again, in order. False when it is not parked. */
  async resume(instance: Instance, by: string): Promise<boolean> {
    if (instance.status !== "parked") return false;
    this.gathered.changed.add(instance);
    if (this.#has(instance)) await this.#goOn(instance, `${by} let it go on.`);
    else this.#waits(instance);
    return true;
  }

  async #goOn(instance: Instance, why: string): Promise<void> {
    instance.status = "running";
    delete instance.body.lookAt;
    this.#note(instance.body, this.#now, why);
    this.gathered.counts.add(instance.process, "parked", -1);
    for (const { input, cause } of instance.body.kept.splice(0)) {
      const from = { ref: cause, correlation: instance.correlation };
      if (instance.status === "running") await this.#step(instance, input, from);
      else this.#keep(instance, input, from);
    }
    if (instance.status === "running") {
      const subject = instanceId(instance);
      this.gathered.resolved.push({ subjectKind: "instance", subject, resolution: why });
    }
  }

  /** A person moves an instance to another version of its process; where it cannot go on there it stays, and says why. */
  move(instance: Instance, to: number, by: string): void {
    const { process, version, status, body } = instance;
    if ((status !== "running" && status !== "parked") || version === to) return;
    this.gathered.changed.add(instance);
    const target = this.#definitions.processes.get(`${process}@${to}`);
    const found = target ? moved(version, target, body) : { stays: `This build has no version ${to}.` };
    if ("stays" in found) {
      this.#note(body, this.#now, `${by} asked for version ${to}, and it stays: ${found.stays}`);
      return;
    }
    body.state = found.state;
    instance.version = to;
    this.#note(body, this.#now, `${by} moved it from version ${version} to ${to}.`);
  }

  async #step(instance: Instance, input: Input, cause: Cause): Promise<void> {
    const { body } = instance;
    let process: Process;
    let decision: Decision<unknown>;
    if (!this.#has(instance)) {
      this.#keep(instance, input, cause);
      return this.#waits(instance);
    }
    try {
      process = this.#definition(instance);
      const aside = this.#setsAside(instanceId(instance));
      if (aside !== null) throw new Unusable(aside);
      decision = step(process, body.state ?? undefined, input);
    } catch (error) {
      this.#park(instance, input, cause, error);
      return;
    }
    body.inputs.push(cause.ref);
    if (instance.status === "completed" && Object.keys(decision).some((field) => field !== "note"))
      this.#reopen(instance, input);
    await this.#apply(instance, process, decision, input, cause);
  }

  async #apply(
    instance: Instance,
    process: Process,
    decision: Decision<unknown>,
    input: Input,
    cause: Cause,
  ): Promise<void> {
    const { body } = instance;
    const { name, keyType } = process.header;
    const id = `${name}:${instance.key}:${body.inputs.length}`;
    const from = { source: OURSELVES, correlation: instance.correlation, causation: cause.ref };
    if (decision.state !== undefined) body.state = decision.state;
    if (decision.note !== undefined) this.#note(body, input.at, decision.note);

    for (const [index, message] of (decision.publish ?? []).entries()) {
      this.gathered.append(
        entryOf(message, { ...from, id: `${id}:p${index}`, occurredAt: input.at, routed: false }),
      );
    }
    for (const reach of [decision.reach ?? []].flat()) {
      const { milestone, part, of } =
        typeof reach === "string" ? { milestone: reach, part: 1, of: 1 } : reach;
      this.#milestones.reach(instance, milestone, part, of, input, {
        ...from,
        id: `${id}:m:${milestone}:${part}`,
      });
    }
    for (const milestone of [decision.withdraw ?? []].flat())
      this.#milestones.withdraw(instance, milestone, input, { ...from, id: `${id}:w:${milestone}` });

    for (const [index, { message, undo, apart, pivot }] of (decision.send ?? []).entries()) {
      const of = await this.#send(instance, keyType, message, `${id}:${index}`, cause);
      // Past a pivot nothing before it may be taken back any more.
      if (pivot) body.undo = [];
      if (undo)
        body.undo.push({ ...undo, ...(of ? { of } : {}), ...(apart ? { apart } : {}), sentAt: this.#now });
    }
    for (const asked of decision.ask ?? []) this.#ask(instance, process, asked);
    for (const started of decision.start ?? []) this.#start(instance, process, started);
    for (const stopped of decision.stop ?? [])
      body.timers = body.timers.filter((timer) => timer.name !== stopped);
    if (decision.end !== undefined) await this.#end(instance, keyType, decision.end, id, input, cause);
  }

  async #send(
    instance: Instance,
    keyType: string,
    message: Message,
    id: string,
    cause: Cause,
    after: { readonly afterKey?: string; readonly undoes?: Undo["of"] } = {},
  ): Promise<Undo["of"]> {
    const entry = entryOf(message, {
      id,
      source: OURSELVES,
      correlation: instance.correlation,
      causation: cause.ref,
      occurredAt: null,
      routed: true,
    });
    this.gathered.append(entry);
    const flow = this.#definitions.carrying.get(message.contract)?.[0];
    if (!flow) {
      this.gathered.raised.push({
        fingerprint: ["contract change", instance.process, message.contract].join("|"),
        class: "contract change",
        subjectKind: "instance",
        subject: instanceId(instance),
        connection: null,
        correlation: instance.correlation,
        title: `No flow carries ${message.contract}`,
        reason: `${instance.process} sent ${message.contract}, but no outbound flow is on it. Add one, then send it again.`,
        owner: this.#definition(instance).header.owner,
      });
      return undefined;
    }
    return this.carriage.carry(flow, message, {
      id,
      position: null,
      bytes: entry.data.length,
      correlation: instance.correlation,
      subject: `${keyType}/${instance.key}`,
      lane: instance.lane,
      ...after,
    });
  }

  #ask(instance: Instance, process: Process, asked: string | { approval: string; because: string }): void {
    const { approval, because } = typeof asked === "string" ? { approval: asked, because: null } : asked;
    const { by, within } = process.header.approvals?.[approval] ?? {
      by: process.header.owner,
      within: "4h" as const,
    };
    const { body } = instance;
    // Asking again while nobody has answered is a reminder, not a second question.
    if (body.questions.some((open) => open.approval === approval)) return;
    body.asked += 1;
    const question = {
      id: `${instanceId(instance)}:${approval}:${body.asked}`,
      approval,
      due: this.#later(milliseconds(within)),
    };
    body.questions.push(question);
    this.gathered.questions.push({
      ...question,
      process: instance.process,
      key: instance.key,
      lane: instance.lane,
      askedOf: by,
      because,
      correlation: instance.correlation,
    });
    this.gathered.counts.add(instance.process, "questions asked");
  }

  #start(instance: Instance, process: Process, started: string | { timer: string; at: string }): void {
    const name = typeof started === "string" ? started : started.timer;
    const span = process.header.timers?.[name];
    const due =
      typeof started === "string"
        ? this.#later(span ? milliseconds(span) : 0)
        : new Date(started.at).toISOString();
    instance.body.timers = [...instance.body.timers.filter((timer) => timer.name !== name), { name, due }];
  }

  async #end(
    instance: Instance,
    keyType: string,
    end: NonNullable<Decision<unknown>["end"]>,
    id: string,
    input: Input,
    cause: Cause,
  ): Promise<void> {
    const { body, process } = instance;
    // "at" counts those who still stand there; whoever ended stands nowhere.
    if (instance.milestone !== null) this.gathered.counts.add(process, `at ${instance.milestone}`, -1);
    this.#milestones.moved(instance, end === "completed" ? "completed" : "abandoned", input.at);
    this.gathered.withdrawn.push(...body.questions.map((question) => question.id));
    body.questions = [];
    body.timers = [];
    if (end === "completed") {
      instance.status = "completed";
      this.gathered.counts.add(process, "completed");
      return;
    }
    instance.status = "abandoned";
    this.gathered.counts.add(process, "abandoned");
    this.#note(body, input.at, `Given up: ${end.abandon.replace(/\.?$/, ".")}`);
    this.#givenUp.push({ instance, keyType, id, cause, undo: body.undo.splice(0), undone: 0 });
  }

  /**
   * Takes back what was given up since it was last called: several processes of one business key are one list, so that what was sent
   * last is taken back first, whichever of them sent it. Called once all that one entry concerns has heard of it.
   */
  async takeBack(): Promise<void> {
    const ended = Map.groupBy(
      this.#givenUp.splice(0),
      ({ keyType, instance }) => `${keyType}/${instance.key}`,
    );
    for (const together of ended.values()) await this.#undo(together);
  }

  /** Each only when the one before it is settled: a later step may rest on an earlier one. */
  async #undo(together: readonly GivenUp[]): Promise<void> {
    let before: string | undefined;
    for (let by = lastToAct(together); by; by = lastToAct(together)) {
      const { instance, keyType, cause, undo } = by;
      const { of, apart, sentAt: _, ...message } = undo.pop()!;
      // What it takes back must have ended too: taken back while in doubt, it would be done after it was undone.
      const sent = await this.#send(instance, keyType, message, `${by.id}:undo:${by.undone++}`, cause, {
        ...(before === undefined ? {} : { afterKey: before }),
        ...(of === undefined ? {} : { undoes: of }),
      });
      if (!apart) before = sent?.key ?? before;
    }
  }

  /** It had ended and goes on, from where it stood. */
  #reopen(instance: Instance, input: Input): void {
    const { body, process, milestone } = instance;
    instance.status = "running";
    this.gathered.counts.add(process, "completed", -1);
    if (milestone !== null) this.gathered.counts.add(process, `at ${milestone}`);
    this.#note(body, input.at, `${address(input)} takes it up again.`);
  }

  #park(instance: Instance, input: Input, cause: Cause, error: unknown): void {
    if (instance.status === "completed") this.#reopen(instance, input);
    instance.status = "parked";
    this.#keep(instance, input, cause);
    const said = error instanceof Error ? error.message : String(error);
    this.gathered.counts.add(instance.process, "parked");
    this.gathered.raised.push({
      fingerprint: fingerprint("defect", instance.process, address(input), error),
      class: "defect",
      subjectKind: "instance",
      subject: instanceId(instance),
      connection: null,
      correlation: instance.correlation,
      title: `${instance.process} cannot take ${address(input)}`,
      reason: said,
      owner:
        this.#definitions.processes.get(`${instance.process}@${instance.version}`)?.header.owner ??
        "integration",
      atRisk: input.kind === "event" ? atRisk(input.message.data) : null,
    });
  }

  #has({ process, version }: Instance): boolean {
    return this.#definitions.processes.has(`${process}@${version}`);
  }

  /** Its version is not part of this build: it stands still with what came, and a build that has it lets it go on. */
  #waits(instance: Instance): void {
    if (instance.status !== "parked") this.gathered.counts.add(instance.process, "parked");
    if (instance.body.lookAt === undefined)
      this.gathered.raised.push(withoutVersion(instance, this.#definitions));
    instance.status = "parked";
    instance.body.lookAt = this.#later(limits.versionLookMs);
  }

  /**
   * Somebody told us something about a process that has ended: a second payment, a cancellation after the goods have left.
   * No reaction will ever see it, so a person decides what it means.
   */
  #late(
    { header }: Process,
    { key, status }: Instance,
    { message: { contract }, source }: Extract<Input, { kind: "event" }>,
    { ref, correlation }: Cause,
  ): void {
    const { name, owner, keyType, afterEnd = [] } = header;
    if (afterEnd.some((expected) => expected.name === contract)) return;
    const cause = ["duplicate or conflict", name, contract, "after the end"].join("|");
    this.gathered.raised.push({
      fingerprint: cause,
      class: "duplicate or conflict",
      subjectKind: "document",
      subject: `${correlation}|${cause}|${ref}`,
      connection: source ?? null,
      correlation,
      title: `${contract} came after ${name} had ended`,
      reason:
        `The ${name} of ${keyType} ${key} was ${status} before it came, and nothing was done with it. ` +
        "Do by hand what it asks for, or say that there is nothing to do.",
      owner,
    });
  }

  #keep(instance: Instance, input: Input, cause: Cause): void {
    if (instance.body.kept.length < limits.keptInputsMax)
      instance.body.kept.push({ input, cause: cause.ref });
    else
      this.#note(
        instance.body,
        input.at,
        `${address(input)} is one too many to keep; it stays in the journal (${cause.ref}).`,
      );
  }

  #note(body: InstanceBody, at: string, text: string): void {
    body.notes.push({ at, text });
    if (body.notes.length > 200) body.notes.splice(0, body.notes.length - 200);
  }

  #fresh(process: Process, key: string, { correlation }: Cause, starts: boolean): Instance {
    const { name, version, keyType } = process.header;
    this.gathered.counts.add(name, starts ? "started" : "expected");
    return {
      process: name,
      key,
      version,
      lane: laneOf(`${keyType}/${key}`, this.#laneCount),
      status: starts ? "running" : "expected",
      milestone: null,
      milestoneAt: null,
      correlation,
      body: {
        state: null,
        milestones: [],
        timers: [],
        questions: [],
        undo: [],
        inputs: [],
        kept: [],
        notes: [],
        asked: 0,
      },
    };
  }

  #definition({ process, version }: Instance): Process {
    const definition = this.#definitions.processes.get(`${process}@${version}`);
    if (!definition)
      throw new Unusable(`Version ${version} of ${process} is not part of this build; its instances wait.`);
    return definition;
  }

  #later(ms: number): string {
    return new Date(Date.parse(this.#now) + ms).toISOString();
  }
}
