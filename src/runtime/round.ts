/**
 * One round of the conductor: takes entries and due times, and gathers everything they cause.
 *
 * Nothing here touches the outside. A round starts from instances and entries, lets processes decide and flows route, and
 * ends as a `Steps` value that commits as one, together with the parcels the dispatcher may hand out once it has.
 */
import { MilestoneReached, MilestoneWithdrawn } from "../contracts/canon/operations.ts";
import type { Message } from "../contracts/contract.ts";
import { OURSELVES } from "../contracts/judgement.ts";
import { kept } from "../flows/carried.ts";
import type { OutboundFlow } from "../flows/flow.ts";
import { walkOut } from "../flows/walk.ts";
import { type Entry, entryOf } from "../journal/append.ts";
import { address, type Decision, type Input, type Process, step } from "../processes/process.ts";
import { CrossdockError, Unusable } from "../std/errors.ts";
import { limits } from "../std/limits.ts";
import { milliseconds } from "../std/span.ts";
import { atRisk } from "../trace/at-risk.ts";
import { STAY_SLOTS, slotOf } from "../trace/figures.ts";
import { Counts, type KnownKey, type Opinion, type Raised } from "../trace/record.ts";
import { deliveryKey, type NewDelivery } from "../work/deliveries.ts";
import {
  type AskedQuestion,
  type Instance,
  type InstanceBody,
  instanceId,
  type Undo,
} from "../work/instances.ts";
import { laneOf } from "../work/lanes.ts";
import { COUNTED } from "../work/subscriptions.ts";
import type { Arranged } from "./arrangement.ts";
import { type Parcelled, rankOf } from "./line.ts";
import { fingerprint } from "./policy.ts";
import { resume } from "./resume.ts";
import type { SetsAside } from "./sift.ts";
import type { Decided, Resolved, Steps, Store } from "./store.ts";

/** What an input came from: kept as the causation of everything it causes. */
export interface Cause {
  /** `event:<position>`, `timer:<name>` … */
  readonly ref: string;
  readonly correlation: string;
  /** Somebody told us: it does not merely answer what we sent, or follow from what we decided. */
  readonly told?: boolean;
}

/** Whether a delivery may be written with its first intent, because it will be sent as soon as the round commits. */
export type MaySendNow = (connection: string, subject: string) => boolean;

export class Round {
  readonly #definitions: Arranged;
  readonly #store: Pick<Store, "lookUp">;
  readonly #laneCount: number;
  readonly #now: string;
  readonly #maySendNow: MaySendNow;
  readonly #setsAside: SetsAside;
  readonly #entries: Entry[] = [];
  readonly #deliveries: NewDelivery[] = [];
  readonly #dirty = new Set<Instance>();
  readonly #questions: AskedQuestion[] = [];
  readonly #withdrawn: string[] = [];
  readonly #decided: Decided[] = [];
  readonly #opinions = new Map<string, Opinion>();
  readonly #keys: KnownKey[] = [];
  readonly #counts = new Counts();
  readonly #raised: Raised[] = [];
  readonly #resolved: Resolved[] = [];
  readonly #subjects = new Set<string>();
  /** What the dispatcher may hand out once this round has committed. */
  readonly parcels: Parcelled[] = [];

  constructor(
    definitions: Arranged,
    store: Pick<Store, "lookUp">,
    laneCount: number,
    now: string,
    maySendNow: MaySendNow,
    setsAside: SetsAside = () => null,
  ) {
    this.#definitions = definitions;
    this.#store = store;
    this.#laneCount = laneCount;
    this.#now = now;
    this.#maySendNow = maySendNow;
    this.#setsAside = setsAside;
  }

  steps(worker: string, lanes: Steps["lanes"], to: Steps["to"]): Steps {
    return {
      worker,
      lanes,
      to,
      entries: this.#entries,
      deliveries: this.#deliveries,
      instances: [...this.#dirty],
      questions: this.#questions,
      withdrawn: this.#withdrawn,
      decided: this.#decided,
      opinions: [...this.#opinions.values()],
      keys: this.#keys,
      counts: this.#counts.all,
      raised: this.#raised,
      resolved: this.#resolved,
    };
  }

  /** The business transactions this round touched. */
  get correlations(): string[] {
    return [
      ...new Set(
        [...this.#entries, ...this.#deliveries, ...this.#dirty].map(({ correlation }) => correlation),
      ),
    ];
  }

  /** A system said something about a milestone. */
  hear(opinion: Opinion): void {
    const id = `${opinion.subject}\n${opinion.milestone}\n${opinion.system}`;
    const known = this.#opinions.get(id);
    if (!known || known.saidAt <= opinion.saidAt) this.#opinions.set(id, opinion);
  }

  decide(decided: Decided): void {
    this.#decided.push(decided);
    for (const { keys, correlation } of decided.answers)
      for (const key of keys) this.#keys.push({ ...key, correlation });
    if (decided.status === "applied" || decided.status === "cancelled") {
      this.#resolved.push({ subjectKind: "delivery", subject: decided.key, resolution: decided.reason });
    }
  }

  /** A fact we could not read at all: our build lacks its contract. Shown once, never skipped in silence. */
  unreadable(contract: string, ref: string, correlation: string, why: string): void {
    this.#raised.push({
      fingerprint: ["contract change", contract].join("|"),
      class: "contract change",
      subjectKind: "instance",
      subject: `${contract} ${ref}`,
      connection: null,
      correlation,
      title: `${contract} cannot be read`,
      reason: why,
      owner: "integration",
    });
  }

  /** One that it was owed to gets it as an open item only; for the balance it has been told. */
  passBy(name: string, counted: string): void {
    this.#counts.add(name, counted);
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
    this.#counts.add(process.header.name, COUNTED.process);
    if (instance === null && isOnlyIfStarted(process, input)) return null;
    const known = instance ?? this.#fresh(process, key, cause, starts);
    this.#dirty.add(known);
    if (known.status === "completed" || known.status === "abandoned") {
      this.#note(known.body, input.at, `${address(input)} came after the end.`);
      if (cause.told && input.kind === "event") this.#late(process, known, input, cause);
      return known;
    }
    if (known.status === "parked" || (known.status === "expected" && !starts)) {
      this.#keep(known, input, cause);
      return known;
    }
    const waited = known.status === "expected" ? known.body.kept.splice(0) : [];
    if (known.status === "expected") {
      this.#counts.add(known.process, "expected", -1);
      this.#counts.add(known.process, "started");
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

  /** Fires what is due for an instance by `now`, the earliest first. */
  async due(instance: Instance): Promise<void> {
    const { body } = instance;
    this.#dirty.add(instance);
    if (!this.#definitions.processes.has(`${instance.process}@${instance.version}`)) {
      const input: Input = { kind: "elapsed", at: this.#now, timer: "any" };
      this.#park(
        instance,
        input,
        { ref: "timer", correlation: instance.correlation },
        new Error(`Version ${instance.version} of ${instance.process} is not part of this build.`),
      );
      return;
    }
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
    this.#dirty.add(instance);
    instance.body.questions = instance.body.questions.filter(({ id }) => id !== question);
    // The person has spoken and will not be asked again: a process that stands still takes it when it goes on.
    if (instance.status === "parked") this.#keep(instance, input, cause);
    else await this.#step(instance, input, cause);
    return true;
  }

  /** A person lets a parked instance go on: what it kept is taken again, in order. False when it is not parked. */
  async resume(instance: Instance, by: string): Promise<boolean> {
    if (instance.status !== "parked") return false;
    this.#dirty.add(instance);
    instance.status = "running";
    this.#note(instance.body, this.#now, `${by} let it go on.`);
    this.#counts.add(instance.process, "parked", -1);
    for (const { input, cause } of instance.body.kept.splice(0)) {
      const from = { ref: cause, correlation: instance.correlation };
      if (instance.status === "running") await this.#step(instance, input, from);
      else this.#keep(instance, input, from);
    }
    if (instance.status === "running") {
      const subject = instanceId(instance);
      this.#resolved.push({ subjectKind: "instance", subject, resolution: `${by} let it go on.` });
    }
    return true;
  }

  /** A process says that a document needs a person, or that it does not any more. */
  raise(raised: Raised): void {
    this.#raised.push(raised);
  }
  resolve(resolved: Resolved): void {
    this.#resolved.push(resolved);
  }

  /** Routes a fact or command through an outbound flow and owes it to one connection. */
  async carry(
    flow: OutboundFlow,
    message: Message,
    from: {
      id: string;
      position: string | null;
      correlation: string;
      subject: string;
      lane: number;
      afterKey?: string;
      undoes?: Undo["of"];
    },
  ): Promise<Undo["of"]> {
    let walked: Awaited<ReturnType<typeof walkOutFully>> | { failed: unknown };
    try {
      const aside = this.#setsAside(flow.name);
      walked =
        aside === null
          ? await walkOutFully(flow, message, this.#store)
          : { failed: new Unusable(`It cannot be recorded as it is: ${aside}.`) };
    } catch (error) {
      if (error instanceof NotLookedUp) throw error.cause;
      walked = { failed: error };
    }
    if ("passedOver" in walked) {
      this.#counts.add(flow.name, COUNTED.flow);
      return undefined;
    }
    const failed = "failed" in walked ? walked.failed : undefined;
    const connection = "connection" in walked ? walked.connection : flow.connections[0];
    if (!connection) return undefined;
    const key = deliveryKey(from.id, connection.name);
    // On one connection the step goes first anyhow; on another it must have ended, one way or the other.
    const undoes = from.undoes && from.undoes.connection !== connection.name ? from.undoes.key : null;
    const line = `${connection.name}\n${from.subject}`;
    const now =
      failed === undefined &&
      from.afterKey === undefined &&
      undoes === null &&
      !this.#subjects.has(line) &&
      this.#maySendNow(connection.name, from.subject);
    this.#subjects.add(line);
    const status = failed !== undefined ? "parked" : now ? "attempting" : "owed";
    const reason = failed instanceof Error ? failed.message : failed === undefined ? null : String(failed);
    this.#deliveries.push({
      key,
      flow: flow.name,
      connection: connection.name,
      contract: message.contract,
      subject: from.subject,
      lane: from.lane,
      correlation: from.correlation,
      entry: from.position === null ? from.id : null,
      position: from.position,
      afterKey: from.afterKey ?? null,
      undoes,
      status,
      attempts: now ? 1 : 0,
      reason,
      errorCode: failed instanceof CrossdockError ? failed.code : failed === undefined ? null : "XD_DEFECT",
      notCarried:
        "notCarried" in walked && walked.notCarried.length > 0
          ? JSON.stringify(kept(walked.notCarried))
          : null,
    });
    this.#counts.add(connection.name, "delivery owed");
    if (failed !== undefined) {
      this.#raised.push({
        fingerprint: fingerprint("data", connection.name, message.contract, failed),
        class: "data",
        subjectKind: "delivery",
        subject: key,
        connection: connection.name,
        correlation: from.correlation,
        title: `${message.contract} cannot be written for ${connection.title}`,
        reason: reason ?? "",
        owner: connection.owner,
        atRisk: atRisk(message.data),
      });
    }
    this.parcels.push({
      key,
      flow,
      connection: connection.name,
      message,
      cargo: "cargo" in walked ? walked.cargo : undefined,
      subject: from.subject,
      lane: from.lane,
      correlation: from.correlation,
      causation: from.position === null ? `command:${from.id}` : `event:${from.position}`,
      afterKey: from.afterKey ?? null,
      undoes,
      status,
      attempts: now ? 1 : 0,
      doubts: 0,
      notFound: 0,
      crashes: 0,
      dueInMs: 0,
      rank: rankOf(this.#definitions.contracts.get(message.contract)?.criticality),
      owedAt: 0,
      readyAt: 0,
      shown: status === "parked",
      after: "0",
      appliedAs: null,
    });
    return { key, connection: connection.name };
  }

  async #step(instance: Instance, input: Input, cause: Cause): Promise<void> {
    const { body } = instance;
    let process: Process;
    let decision: Decision<unknown>;
    try {
      process = this.#definition(instance);
      const aside = this.#setsAside(instanceId(instance));
      if (aside !== null) throw new Unusable(`What it decided cannot be recorded: ${aside}.`);
      decision = step(process, body.state ?? undefined, input);
    } catch (error) {
      this.#park(instance, input, cause, error);
      return;
    }
    body.inputs.push(cause.ref);
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
      this.#append(entryOf(message, { ...from, id: `${id}:p${index}`, occurredAt: input.at, routed: false }));
    }
    for (const reach of [decision.reach ?? []].flat()) {
      const { milestone, part, of } =
        typeof reach === "string" ? { milestone: reach, part: 1, of: 1 } : reach;
      this.#reach(instance, milestone, part, of, input, { ...from, id: `${id}:m:${milestone}:${part}` });
    }
    for (const milestone of [decision.withdraw ?? []].flat())
      this.#withdraw(instance, milestone, input, { ...from, id: `${id}:w:${milestone}` });

    for (const [index, { message, undo, apart, pivot }] of (decision.send ?? []).entries()) {
      const of = await this.#send(instance, keyType, message, `${id}:${index}`, cause);
      // Past a pivot nothing before it may be taken back any more.
      if (pivot) body.undo = [];
      if (undo) body.undo.push({ ...undo, ...(of ? { of } : {}), ...(apart ? { apart } : {}) });
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
    this.#append(
      entryOf(message, {
        id,
        source: OURSELVES,
        correlation: instance.correlation,
        causation: cause.ref,
        occurredAt: null,
        routed: true,
      }),
    );
    const flow = this.#definitions.carrying.get(message.contract)?.[0];
    if (!flow) {
      this.#raised.push({
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
    return this.carry(flow, message, {
      id,
      position: null,
      correlation: instance.correlation,
      subject: `${keyType}/${instance.key}`,
      lane: instance.lane,
      ...after,
    });
  }

  #reach(
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
      if (instance.milestone !== null) this.#counts.add(process, `at ${instance.milestone}`, -1);
      this.#counts.add(process, `at ${milestone}`);
      this.#moved(instance, milestone, input.at);
    }
    if (whole && !before) this.#counts.add(process, `reached ${milestone}`);
    instance.milestone = milestone;
    instance.milestoneAt = input.at;
    if (whole)
      this.hear({
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
    this.#append(entryOf(MilestoneReached.of(data), { ...from, occurredAt: input.at, routed: false }));
  }

  /**
   * Counts the step an instance takes and how long it stood before it: what diagrams are drawn from. `from accepted to
   * allocated`; `stayed 37 accepted` is one that stood there for up to 2^(37/2) ms.
   */
  #moved({ process, milestone, milestoneAt }: Instance, to: string, at: string): void {
    this.#counts.add(process, `from ${milestone ?? "start"} to ${to}`);
    if (milestone === null || milestoneAt === null) return;
    const slot = slotOf(Date.parse(at) - Date.parse(milestoneAt), STAY_SLOTS);
    this.#counts.add(process, `stayed ${slot} ${milestone}`);
  }

  #withdraw(
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
      this.#counts.add(process, `reached ${milestone}`, -1);
    }
    if (instance.milestone === milestone) {
      const last = body.milestones.filter((known) => !known.withdrawn).at(-1);
      this.#counts.add(process, `at ${milestone}`, -1);
      if (last) this.#counts.add(process, `at ${last.name}`);
      this.#moved(instance, last?.name ?? "start", input.at);
      instance.milestone = last?.name ?? null;
      instance.milestoneAt = last?.at ?? null;
    }
    this.hear({
      subject: instance.correlation,
      milestone,
      system: OURSELVES,
      reached: false,
      saidAt: input.at,
    });
    if (!this.#wanted(MilestoneWithdrawn.name)) return;
    const data = { process, instance: instance.key, milestone, reason: address(input), at: input.at };
    this.#append(entryOf(MilestoneWithdrawn.of(data), { ...from, occurredAt: input.at, routed: false }));
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
    this.#questions.push({
      ...question,
      process: instance.process,
      key: instance.key,
      lane: instance.lane,
      askedOf: by,
      because,
      correlation: instance.correlation,
    });
    this.#counts.add(instance.process, "questions asked");
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
    if (instance.milestone !== null) this.#counts.add(process, `at ${instance.milestone}`, -1);
    this.#moved(instance, end === "completed" ? "completed" : "abandoned", input.at);
    this.#withdrawn.push(...body.questions.map((question) => question.id));
    body.questions = [];
    body.timers = [];
    if (end === "completed") {
      instance.status = "completed";
      this.#counts.add(process, "completed");
      return;
    }
    instance.status = "abandoned";
    this.#counts.add(process, "abandoned");
    this.#note(body, input.at, `Given up: ${end.abandon.replace(/\.?$/, ".")}`);
    // Last first, and each only when the one before it is settled: a later step may rest on an earlier one. What it takes
    // back must have ended too: taken back while in doubt, it would be done after it was undone.
    let before: string | undefined;
    for (const [index, { of, apart, ...undo }] of body.undo.splice(0).reverse().entries()) {
      const sent = await this.#send(instance, keyType, undo, `${id}:undo:${index}`, cause, {
        ...(before === undefined ? {} : { afterKey: before }),
        ...(of === undefined ? {} : { undoes: of }),
      });
      if (!apart) before = sent?.key ?? before;
    }
  }

  #park(instance: Instance, input: Input, cause: Cause, error: unknown): void {
    instance.status = "parked";
    this.#keep(instance, input, cause);
    const said = error instanceof Error ? error.message : String(error);
    this.#counts.add(instance.process, "parked");
    this.#raised.push({
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
    this.#raised.push({
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
    this.#counts.add(name, starts ? "started" : "expected");
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

  #append(entry: Entry): void {
    this.#entries.push(entry);
    for (const key of entry.keys) this.#keys.push({ ...key, correlation: entry.correlation });
  }

  #wanted(contract: string): boolean {
    return this.#definitions.carrying.has(contract) || this.#definitions.reacting.has(contract);
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

/** The table could not be asked: that says nothing about the message, and the round is tried again. */
class NotLookedUp extends Error {}

const walkOutFully = (flow: OutboundFlow, message: Message, store: Pick<Store, "lookUp">) =>
  resume(walkOut(flow, message), {
    lookUp: (references) =>
      store.lookUp(references).catch((cause: unknown) => {
        throw new NotLookedUp("It could not be looked up.", { cause });
      }),
  });

/** Whether the process would rather not hear of it than begin to wait on its account. */
const isOnlyIfStarted = ({ header: { ifStarted = [] } }: Process, input: Input): boolean =>
  input.kind === "event" && ifStarted.some(({ name }) => name === input.message.contract);
