/**
 * What a reaction may decide: plain data, which commits as one or not at all.
 *
 * Types say what is sound, and nobody has to run them: sources are started as they are. A misspelt field would mean nothing, a
 * forgotten `return` nothing at all, and a milestone nobody declared would count for nobody. So `sound` holds each decision to it,
 * while the reaction and the field can still be named; the instance stands still and keeps what it was given.
 */
import { isInstant, type Message } from "../contracts/contract.ts";
import { Unusable } from "../std/errors.ts";

/** What the header of a process declares by name; a decision may name nothing else. */
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
  /** Timers that are not waited for any more. */
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

/**
 * A command, and what takes it back.
 *
 * @example { send: [send(BookVisit.of(visit), { undo: CancelVisit.of({ visitId }) })] }
 */
export const send = (
  message: Message,
  options: { undo?: Message; apart?: boolean; pivot?: boolean } = {},
): Command => ({
  message,
  ...options,
});

const FIELDS = new Set([
  "state",
  "reach",
  "withdraw",
  "publish",
  "send",
  "ask",
  "start",
  "stop",
  "end",
  "note",
]);

/** Which reaction of which process, in words for people: `order-to-erp, when event:sales.order-placed,`. */
type Where = () => string;

/** What a process declares, by name. */
interface Declared {
  readonly milestones: Readonly<Record<string, unknown>>;
  readonly approvals?: Readonly<Record<string, unknown>>;
  readonly timers?: Readonly<Record<string, unknown>>;
}

/**
 * The decision as it is, when it is one.
 *
 * @throws {Unusable} naming the process, the reaction, the field, and what it may be
 */
export function sound(
  { milestones, approvals, timers }: Declared,
  where: Where,
  decision: unknown,
): Decision<unknown> {
  if (typeof decision !== "object" || decision === null || Array.isArray(decision))
    throw bad(where, `returned ${kindOf(decision)}, and must return a decision; {} when nothing follows`);
  if (typeof (decision as { then?: unknown }).then === "function")
    throw bad(
      where,
      "returned a promise. A reaction is no async function: what it needs is in its arguments",
    );
  for (const field in decision)
    if (!FIELDS.has(field))
      throw bad(where, `decided "${field}", which means nothing. A decision has: ${[...FIELDS].join(", ")}`);

  const { reach, withdraw, publish, send, ask, start, stop, end } = decision as Decision<unknown>;
  for (const one of listed(reach)) {
    const milestone = typeof one === "string" ? one : one?.milestone;
    known(where, "milestone", milestone, milestones);
    if (typeof one !== "string" && !(isPart(one.part) && isPart(one.of) && one.part <= one.of))
      throw bad(where, `reached part ${one.part} of ${one.of} of "${milestone}". Parts are counted from 1`);
  }
  for (const milestone of listed(withdraw)) known(where, "milestone", milestone, milestones);
  for (const message of list(where, "publish", publish)) isMessage(where, "publish", message);
  for (const command of list(where, "send", send)) {
    isMessage(where, "send", command?.message, "Write send(Contract.of({ … }))");
    if (command.undo !== undefined) isMessage(where, "undo", command.undo);
  }
  for (const one of list(where, "ask", ask))
    known(where, "approval", typeof one === "string" ? one : one?.approval, approvals);
  for (const one of list(where, "start", start)) {
    known(where, "timer", typeof one === "string" ? one : one?.timer, timers);
    if (typeof one !== "string" && !(typeof one.at === "string" && isInstant(one.at)))
      throw bad(where, `started timer "${one.timer}" at "${one.at}", which is no moment (RFC 3339)`);
  }
  for (const timer of list(where, "stop", stop)) known(where, "timer", timer, timers);
  if (end !== undefined && end !== "completed" && typeof end?.abandon !== "string")
    throw bad(where, `ended with ${JSON.stringify(end)}. An end is "completed" or { abandon: "why" }`);
  return decision as Decision<unknown>;
}

const listed = <One>(said: One | readonly One[] | undefined): readonly One[] =>
  said === undefined ? NOTHING : Array.isArray(said) ? said : [said as One];

const NOTHING: readonly never[] = [];

/** A field that takes a list and nothing else. */
function list<One>(where: Where, field: string, said: readonly One[] | undefined): readonly One[] {
  if (said === undefined) return NOTHING;
  if (Array.isArray(said)) return said;
  throw bad(where, `has no list under "${field}". Write ${field}: [ … ]`);
}

const isPart = (value: unknown): boolean => Number.isInteger(value) && (value as number) >= 1;

function known(where: Where, kind: string, name: unknown, declared: Readonly<Record<string, unknown>> = {}) {
  if (typeof name === "string" && Object.hasOwn(declared, name)) return;
  const names = Object.keys(declared);
  const said = names.length === 0 ? `declares no ${kind}` : `declares: ${names.join(", ")}`;
  throw bad(where, `names ${kind} ${JSON.stringify(name)}. The process ${said}`);
}

function isMessage(where: Where, field: string, said: unknown, remedy = "Write Contract.of({ … })"): void {
  const { contract, key, data } = (said ?? {}) as { contract?: unknown; key?: unknown; data?: unknown };
  if (typeof contract === "string" && typeof key === "string" && data !== undefined) return;
  throw bad(where, `has something under "${field}" that is no message of a contract. ${remedy}`);
}

const kindOf = (value: unknown): string =>
  value === undefined
    ? "nothing"
    : value === null
      ? "null"
      : Array.isArray(value)
        ? "a list"
        : `a ${typeof value}`;

const bad = (where: Where, what: string): Unusable => new Unusable(`${where()} ${what}.`);
