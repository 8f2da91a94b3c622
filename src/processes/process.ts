/**
 * A process is a header and a set of reactions: when this happens, in this state, do that.
 *
 * Every reaction is a pure function that returns a decision, which is plain data. It cannot read a clock, call a system
 * or wait. That one restriction buys the rest: a decision can be tested by comparing two values, replayed to check an
 * upgrade, shown to a person, and carried out once however often a worker crashes, because the key of every command
 * follows from its place in the history.
 */
import type { Static, TSchema } from "typebox";
import type { Contract, Message } from "../contracts/contract.ts";
import type { Cutover } from "../contracts/cutover.ts";
import { ensure } from "../std/errors.ts";
import type { Span } from "../std/span.ts";

export interface ProcessNames {
  milestone: string;
  approval: string;
  timer: string;
}

/** A milestone is reached whole, or in parts: the second of three shipments. */
export type Reach<Milestone extends string> =
  | Milestone
  | { readonly milestone: Milestone; readonly part: number; readonly of: number };

/** What a reaction returns. Leave a field out and nothing of that kind happens. */
export interface Decision<State, Names extends ProcessNames = ProcessNames> {
  /** The state from now on. */
  readonly state?: State;
  /** The milestones just reached. Milestones are what the business sees. */
  readonly reach?: Reach<Names["milestone"]> | readonly Reach<Names["milestone"]>[];
  /** A milestone no longer true: the allocation was taken back. It is never deleted, only withdrawn. */
  readonly withdraw?: Names["milestone"] | readonly Names["milestone"][];
  /** Facts this process is the source of, e.g. `sales.order-accepted`. */
  readonly publish?: readonly Message[];
  /** Commands, each owed to one recipient. */
  readonly send?: readonly Command[];
  /** Questions put to people. The answers come back as inputs. */
  readonly ask?: readonly (
    | Names["approval"]
    | { readonly approval: Names["approval"]; readonly because: string }
  )[];
  /** Start, or restart, timers: for their declared span, or until an RFC 3339 instant the data names. */
  readonly start?: readonly (Names["timer"] | { readonly timer: Names["timer"]; readonly at: string })[];
  readonly stop?: readonly Names["timer"][];
  /** Finish well, or give up: giving up sends every `undo` recorded so far, last one first. */
  readonly end?: "completed" | { readonly abandon: string };
  /** What happened in words, or why nothing did. Nothing is ignored without a sentence. */
  readonly note?: string;
}

/** `undo` must be safe when the thing never happened: we may give up while in doubt. */
export interface Command {
  readonly message: Message;
  readonly undo?: Message;
  /**
   * Its undo stands apart: nothing that is undone after it waits for it. For what others may refuse to take back, such as a
   * purchase order, and what no other step rests on.
   */
  readonly apart?: boolean;
  /** After this is confirmed nothing before it is undone any more: goods have left, an invoice is booked. */
  readonly pivot?: boolean;
}

export const send = (
  message: Message,
  options: { undo?: Message; apart?: boolean; pivot?: boolean } = {},
): Command => ({
  message,
  ...options,
});

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
   * Facts that concern an instance only where there is one: the cancellation of an order that nothing was made for. Without one
   * they are taken as read, and nothing waits for a start on their account.
   */
  ifStarted?: readonly Contract[];
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

  when<Data>(
    contract: Contract<Data>,
    whose: TextField<Data>,
    react: (state: State, data: Data, when: When) => Decision<State, Names>,
  ): this {
    return this.#on(contract, whose, (state, input) => react(state, input.message.data, input));
  }

  whenApproved(
    approval: Names["approval"],
    react: (state: State, answer: Answer) => Decision<State, Names>,
  ): this {
    return this.#react(`approved:${approval}`, react);
  }

  whenDeclined(
    approval: Names["approval"],
    react: (state: State, answer: Answer) => Decision<State, Names>,
  ): this {
    return this.#react(`declined:${approval}`, react);
  }

  whenOverdue(
    approval: Names["approval"],
    react: (state: State, when: When) => Decision<State, Names>,
  ): this {
    return this.#react(`overdue:${approval}`, react);
  }

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
 */
export function step(definition: Process, state: unknown, input: Input): Decision<unknown> {
  const { name } = definition.header;
  const reaction = definition.reactions.get(address(input));
  if (!reaction) return { note: `${name} does not react to ${address(input)}` };
  const starts = input.kind === "event" && definition.startedBy.has(input.message.contract);
  if (starts && state !== undefined && !definition.heardAgain.has(input.message.contract))
    return { note: `${name} has already started` };
  ensure(starts || state !== undefined, `${name} has started before ${address(input)} reaches it`);
  return reaction(state, input);
}

/** The name of the reaction an input is for, e.g. `event:sales.order-captured` or `elapsed:shipment due`. */
export function address(input: Input): string {
  if (input.kind === "event") return `event:${input.message.contract}`;
  if (input.kind === "elapsed") return `elapsed:${input.timer}`;
  return `${input.kind}:${input.approval}`;
}
