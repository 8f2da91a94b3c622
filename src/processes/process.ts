/**
 * A process is a header and a set of reactions: when this happens, in this state, do that.
 *
 * Every reaction is a pure function that returns a decision, which is plain data. It cannot read a clock, call a system
 * or wait. That one restriction buys the rest: a decision can be tested by comparing two values, replayed to check an
 * upgrade, shown to a person, and carried out once however often a worker crashes, because the key of every command
 * follows from its place in the history.
 */
import type { Static, TSchema } from "typebox";
import type { Forbidden } from "../contracts/agreement.ts";
import type { Contract, Message } from "../contracts/contract.ts";
import type { Cutover } from "../contracts/cutover.ts";
import { ensure, Unusable } from "../std/errors.ts";
import type { Span } from "../std/span.ts";
import { type Decision, type ProcessNames, sound } from "./decision.ts";

/** An input is one of these, whatever its origin. `at` is when it happened, RFC 3339. */
export type Input =
  | { readonly kind: "event"; readonly at: string; readonly message: Message; readonly source?: string }
  | {
      readonly kind: "approved" | "declined";
      readonly at: string;
      readonly approval: string;
      readonly by: string;
      readonly comment: string;
    }
  | { readonly kind: "overdue"; readonly at: string; readonly approval: string }
  | { readonly kind: "elapsed"; readonly at: string; readonly timer: string };

/** When the input happened, and who said so. A reaction that needs the time reads it here and nowhere else. */
export interface When {
  readonly at: string;
  /** The connection or client the event came from. */
  readonly source?: string;
}

export interface Answer extends When {
  readonly by: string;
  readonly comment: string;
}

/** A fact that contradicts the business when it comes before its process has begun, and how people are shown that. */
export interface TooEarly extends Forbidden {
  readonly contract: Contract;
  readonly class: "data" | "business hold";
  readonly owner: string;
}

export interface ProcessHeader<
  Shape extends TSchema,
  Milestone extends string,
  Approval extends string,
  Timer extends string,
> {
  name: string;
  version: number;
  owner: string;
  summary: string;
  /** The key type of its instances, e.g. `order`. */
  keyType: string;
  state: Shape;
  /** In the order the business tells the story; with the span within which each is expected after the start. */
  milestones: Readonly<Record<Milestone, { readonly due?: Span }>>;
  approvals?: Readonly<Record<Approval, { readonly by: string; readonly within: Span }>>;
  timers?: Readonly<Record<Timer, Span>>;
  /**
   * Facts that may still come when it has ended and need nobody, because they confirm what was done or taken back. Any
   * other fact that comes too late is shown to a person.
   */
  afterEnd?: readonly Contract[];
  /**
   * Facts that take up an instance again that has completed: the invoice of an order that was paid is credited. One whose reaction only
   * notes something leaves it ended; one that was given up stays given up.
   */
  reopenedBy?: readonly Contract[];
  /**
   * Facts that concern an instance only where there is one: the cancellation of an order that nothing was made for. Without one
   * they are taken as read, and nothing waits for a start on their account.
   */
  ifStarted?: readonly Contract[];
  /**
   * Facts that concern an instance only once it has begun, whatever else was heard of it: until then another process has them, and
   * tells them again when it begins.
   */
  onceStarted?: readonly Contract[];
  /**
   * Facts that must never come before it has begun: what a plant made of an order nobody released. They are kept for the start as
   * others are, and shown at once. Where the start was only told later, that ends by itself.
   */
  neverBefore?: readonly TooEarly[];
  /**
   * By older version: how the state of an instance that began under it becomes this version's, when a person moves it here. Without
   * it the state is taken as it is, where it keeps the shape. A function of its argument alone.
   */
  takesOver?: Readonly<Record<number, (state: never) => unknown>>;
  /** It moves a step from one system to another: how people read where that stands. */
  cutover?: Cutover<Static<Shape>>;
}

/** Reactions differ in state and data; the builder types each one where it is written. */
// biome-ignore lint/suspicious/noExplicitAny: see above.
type Untyped = any;
type Reaction = (state: Untyped, input: Untyped) => Decision<Untyped, Untyped>;

export interface Process {
  readonly header: ProcessHeader<TSchema, string, string, string>;
  readonly reactions: ReadonlyMap<string, Reaction>;
  /** Per contract, the field that says which instance an event belongs to. */
  readonly whose: ReadonlyMap<string, string>;
  readonly contracts: ReadonlyMap<string, Contract>;
  readonly startedBy: ReadonlySet<string>;
  /** Of these, the ones a running instance reacts to as well. */
  readonly heardAgain: ReadonlySet<string>;
}

/** A top-level field of `Data` that holds text, or may be absent. */
export type TextField<Data> = {
  [Field in keyof Data & string]: Data[Field] extends string | null | undefined ? Field : never;
}[keyof Data & string];

export class ProcessBuilder<State, Names extends ProcessNames> implements Process {
  readonly header: Process["header"];
  readonly reactions = new Map<string, Reaction>();
  readonly whose = new Map<string, string>();
  readonly contracts = new Map<string, Contract>();
  readonly startedBy = new Set<string>();
  readonly heardAgain = new Set<string>();

  constructor(header: Process["header"]) {
    this.header = header;
  }

  /**
   * Names an event that opens an instance, the field that becomes its key, and the first decision. `again` is what the same
   * kind of event means to an instance that runs; without it a second start is noted and changes nothing.
   */
  startsOn<Data>(
    contract: Contract<Data>,
    whose: TextField<Data>,
    begin: (data: Data, when: When) => Decision<State, Names> & { state: State },
    again?: (state: State, data: Data, when: When) => Decision<State, Names>,
  ): this {
    this.startedBy.add(contract.name);
    if (again) this.heardAgain.add(contract.name);
    return this.#on(contract, whose, (state, input) =>
      state !== undefined && again
        ? again(state, input.message.data, input)
        : begin(input.message.data, input),
    );
  }

  /** What an event means to the instance named by its field `whose`. Before the start it is kept, and given after it. */
  when<Data>(
    contract: Contract<Data>,
    whose: TextField<Data>,
    react: (state: State, data: Data, when: When) => Decision<State, Names>,
  ): this {
    return this.#on(contract, whose, (state, input) => react(state, input.message.data, input));
  }

  /** Somebody said yes to a question that was asked. */
  whenApproved(
    approval: Names["approval"],
    react: (state: State, answer: Answer) => Decision<State, Names>,
  ): this {
    return this.#react(`approved:${approval}`, react);
  }

  /** Somebody said no; their comment says why. */
  whenDeclined(
    approval: Names["approval"],
    react: (state: State, answer: Answer) => Decision<State, Names>,
  ): this {
    return this.#react(`declined:${approval}`, react);
  }

  /** Nobody has answered `within` the span of the approval. The question stays open, and this comes again after each such span. */
  whenOverdue(
    approval: Names["approval"],
    react: (state: State, when: When) => Decision<State, Names>,
  ): this {
    return this.#react(`overdue:${approval}`, react);
  }

  /** A timer that was started has run out. */
  whenElapsed(timer: Names["timer"], react: (state: State, when: When) => Decision<State, Names>): this {
    return this.#react(`elapsed:${timer}`, react);
  }

  #on(contract: Contract, whose: string, reaction: Reaction): this {
    this.contracts.set(contract.name, contract);
    this.whose.set(contract.name, whose);
    return this.#react(`event:${contract.name}`, reaction);
  }

  #react(name: string, reaction: Reaction): this {
    ensure(!this.reactions.has(name), `${this.header.name} reacts to ${name} in one place`);
    this.reactions.set(name, reaction);
    return this;
  }
}

/**
 * Begins a process: its header; the reactions follow.
 *
 * @example process({ name: "visiting", version: 1, …, milestones: { booked: { due: "1h" } } }).startsOn(VisitRequested, "visitId", …)
 */
export const process = <
  const Shape extends TSchema,
  const Milestone extends string,
  const Approval extends string = never,
  const Timer extends string = never,
>(
  header: ProcessHeader<Shape, Milestone, Approval, Timer>,
) =>
  new ProcessBuilder<Static<Shape>, { milestone: Milestone; approval: Approval; timer: Timer }>(
    header as Process["header"],
  );

/**
 * Takes one step. The runtime, the rehearsal and the replay check all go through here.
 *
 * `state` is undefined before the instance has started. What no reaction wants becomes a note, and so does a second
 * start; nothing is ignored in silence.
 *
 * @throws {Unusable} when a reaction returned no decision: a field that means nothing, a milestone, timer or approval the header does
 *   not declare
 */
export function step(definition: Process, state: unknown, input: Input): Decision<unknown> {
  const { name } = definition.header;
  const reaction = definition.reactions.get(address(input));
  if (!reaction) return { note: `${name} does not react to ${address(input)}` };
  const starts = input.kind === "event" && definition.startedBy.has(input.message.contract);
  if (starts && state !== undefined && !definition.heardAgain.has(input.message.contract))
    return { note: `${name} has already started` };
  ensure(starts || state !== undefined, `${name} has started before ${address(input)} reaches it`);
  const decision = sound(definition.header, () => `${name}, when ${address(input)},`, reaction(state, input));
  if (state === undefined && decision.state === undefined)
    throw new Unusable(`${name} begins with ${address(input)} and must say its first state.`);
  return decision;
}

/** The name of the reaction an input is for, e.g. `event:sales.order-captured` or `elapsed:shipment due`. */
export function address(input: Input): string {
  if (input.kind === "event") return `event:${input.message.contract}`;
  if (input.kind === "elapsed") return `elapsed:${input.timer}`;
  return `${input.kind}:${input.approval}`;
}
