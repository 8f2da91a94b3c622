/**
 * The socket every connector plugs into.
 *
 * A connector knows one protocol or one product and nothing about journals, retries or traces. It declares its
 * guarantees as data; the conformance kit in `crossdock/testing` holds it to them, and the runtime chooses its
 * behaviour from them. A guarantee nobody tests cannot be claimed.
 */
import type { Static, TSchema } from "typebox";
import type { Bytes } from "../std/bytes.ts";
import { type Facts, Unavailable, Unusable } from "../std/errors.ts";
import { milliseconds, type Span } from "../std/span.ts";

/**
 * What a second send of the same parcel does at the target.
 *
 * - `key`: it honours our key and gives the first answer again, for as long as it remembers the key.
 * - `upsert`: it writes by our id, so a second write changes nothing.
 * - `unique-reference`: it rejects a second document with our reference; we fetch and compare.
 * - `searchable`: it can be searched by our reference, but would book twice.
 * - `none`: neither. After a lost answer only a person can say.
 */
export type Repeat = "key" | "upsert" | "unique-reference" | "searchable" | "none";

export interface Guarantees {
  readonly repeat: Repeat;
  /** `verify` can say whether a parcel took effect. */
  readonly verifies: boolean;
  /** The target applies parcels in the order we send them, even across keys. */
  readonly ordered: boolean;
  /** How long after an unclear answer the target may still act on it, in milliseconds. 0 for `key` and `upsert`. */
  readonly settleMs: number;
  /** Calls in flight at once that the target tolerates. */
  readonly concurrency: number;
  /** How long a target with `repeat: "key"` remembers a key, in milliseconds; without it, for ever. */
  readonly keyLifetimeMs?: number;
}

/** What we hand out: one command owed to one connection. */
export interface Parcel {
  /** The delivery key. It never changes across retries, restarts and replays. */
  readonly key: string;
  /** What is sent, e.g. `erp.post-sales-order`; connectors map it to a path, a record type or a folder. */
  readonly contract: string;
  /** The business key, e.g. `order/SO-10045`, for targets that want a readable reference. */
  readonly subject: string;
  readonly body: Bytes;
  readonly mediaType: string;
  /**
   * By `performance.now()`: what has not begun to be written by then is not sent. Whoever slept longer (a stopped process) would send
   * what another worker may have looked into meanwhile. Absent: no such moment. A connector asks with `inTime`.
   */
  readonly writtenBefore?: number;
}

/**
 * Every connector asks this before the first byte that could take effect, in the very call that writes it: behind connecting, signing in
 * and looking up, and never by a timer. A process that wakes from a stop writes to its sockets before it looks at its timers.
 *
 * @throws {Unavailable} its moment has passed; nothing of it was sent
 */
export function inTime({ key, contract, subject, writtenBefore = Number.POSITIVE_INFINITY }: Parcel): void {
  if (performance.now() <= writtenBefore) return;
  throw new Unavailable(
    `${contract} for ${subject} was not begun to be written in time, so it was not sent.`,
    {
      facts: { key, contract, problem: "too late to be sent" },
    },
  );
}

/** Proof that a parcel was taken. */
export interface Receipt {
  /** The number the other side gave it, e.g. an ERP document number. */
  readonly reference: string;
  /** What it answered, already read as data; mapped by the flow's `answer`. */
  readonly answer?: unknown;
}

/** What we are handed. Nothing is true until `accept` was called for it. */
export interface Arrival {
  /** The sender's own id of this message; the same id twice is the same message. */
  readonly messageId: string;
  readonly body: Bytes;
  readonly mediaType?: string;
  /** When the sender says it happened. */
  readonly occurredAt?: Date;
  /** Why its bytes were not read and stay where they are, in a sentence; `body` is empty then, and it is set aside for that reason. */
  readonly unread?: string;
}

/** A file that is read record by record and may be far larger than memory. */
export interface ArrivingFile {
  readonly name: string;
  readonly bytes: number;
  readonly modifiedAt: Date;
  /** The sender's own id of it, given the SHA-256 of its content in hex. */
  identity(hash: string): string;
  /** Its content, from the byte at `offset` on. */
  read(offset: number): AsyncIterable<Bytes>;
  /** Whether it is still the very file that was found. */
  unchanged(): Promise<boolean>;
}

/** What became of an arrival. `conflict`: the same id was accepted before with other content; both are kept. */
export type Accepted =
  | {
      readonly outcome: "accepted" | "duplicate";
      readonly receipt: string;
      /** The ordering key of the first message it became, e.g. `order/SO-10045`; absent when it became none. */
      readonly subject?: string;
    }
  | {
      readonly outcome: "quarantined";
      readonly receipt: string;
      readonly reason: string;
      readonly facts: Facts;
    }
  | { readonly outcome: "conflict"; readonly receipt: string; readonly reason: string };

/** A question that changes nothing at the target: credit, price, availability. */
export interface Question {
  readonly about: string;
  readonly data: unknown;
}

/** What a probe learned besides that the line works, where the other side tells. */
export interface Probed {
  /** Whom it takes us for: a user, a client id. */
  readonly as?: string;
  /** What that one may and may not do there, a sentence each. */
  readonly may?: readonly string[];
}

/** The open line. Which methods it has are its capabilities. */
export interface Session {
  /** Ends in a receipt, or throws `Unavailable`, `InDoubt` or `Refused`. It never retries by itself. */
  deliver?(parcel: Parcel): Promise<Receipt>;
  /** The receipt of a parcel sent earlier, or null: it never took effect, sending is safe. */
  verify?(parcel: Parcel): Promise<Receipt | null>;
  /** Asks and returns the answer as data, or throws. `deadlineMs` is all the time there is. */
  ask?(question: Question, deadlineMs: number): Promise<unknown>;
  /**
   * Hands arrivals to `accept` until the signal fires. An arrival is done only after `accept` resolved. `take` is given
   * when the flow reads records: a connector that has files hands each to it unread, and never to `accept`.
   */
  receive?(
    accept: (arrival: Arrival) => Promise<Accepted>,
    take?: (file: ArrivingFile) => Promise<Accepted>,
  ): Promise<void>;
  /** Proves the line works without moving business data, or throws. */
  // biome-ignore lint/suspicious/noConfusingVoidType: most have nothing to tell, and end without a return.
  probe(): Promise<Probed | void>;
  close(): Promise<void>;
}

/** Time, cancellation and the log come in by the door, so a test can hold all three still. */
export interface Surroundings {
  readonly now: () => Date;
  readonly signal: AbortSignal;
  readonly log: (line: string, facts?: Facts) => void;
  /**
   * Says that nothing can be received now, and why in a sentence, or (null) that it can; people see it with the system. May be said as
   * often as one likes.
   */
  readonly hears?: (because: string | null) => void;
  /** Calls at once agreed for this connection; without it the connector's own declaration holds. */
  readonly concurrency?: number;
}

// biome-ignore lint/suspicious/noExplicitAny: connections of differently configured connectors share one list.
export interface Connector<Config = any> {
  readonly name: string;
  readonly summary: string;
  /** Mark secret fields with `secret: true` in their schema options. */
  readonly config: TSchema;
  readonly guarantees: Guarantees;
  open(config: Config, around: Surroundings): Promise<Session>;
}

/**
 * A connector as it is written: its settings are typed by their schema. Hold it to its guarantees with `conformance`.
 *
 * @throws {Unusable} when it declares no guarantees the runtime could build on
 */
export const connector = <const Shape extends TSchema>(definition: {
  name: string;
  summary: string;
  config: Shape;
  guarantees: Guarantees;
  open(config: Static<Shape>, around: Surroundings): Promise<Session>;
}): Connector<Static<Shape>> => {
  const { name, guarantees } = definition;
  const lacks = Object.entries(SOUND).find(
    ([field, { is }]) => !is((guarantees as unknown as Given | undefined)?.[field]),
  );
  if (lacks === undefined) return definition;
  const [field, { means }] = lacks;
  throw new Unusable(`The guarantees of connector "${name}" must say ${field}: ${means}.`);
};

type Given = Readonly<Record<string, unknown>>;

const isYesOrNo = (value: unknown) => typeof value === "boolean";
const isWhole = (least: number) => (value: unknown) => Number.isInteger(value) && (value as number) >= least;
const REPEATS: readonly unknown[] = [
  "key",
  "upsert",
  "unique-reference",
  "searchable",
  "none",
] satisfies Repeat[];

/** What each guarantee may be. Types say the same, and nobody has to run them. */
const SOUND: Readonly<
  Record<Exclude<keyof Guarantees, "keyLifetimeMs">, { is(value: unknown): boolean; means: string }>
> = {
  repeat: { is: (value) => REPEATS.includes(value), means: REPEATS.join(", ") },
  verifies: { is: isYesOrNo, means: "true or false" },
  ordered: { is: isYesOrNo, means: "true or false" },
  settleMs: { is: isWhole(0), means: "milliseconds, a whole number from 0" },
  concurrency: { is: isWhole(1), means: "calls at once, a whole number from 1" },
};

/** A connector with its settings filled in and a name people use in conversation: "the ACME mailbox". */
export interface Connection {
  /** Lower-case words with hyphens: `acme-mailbox`. It is the system's name in traces and opinions. */
  readonly name: string;
  /** For people: "ACME mailbox". */
  readonly title: string;
  readonly owner: string;
  readonly connector: Connector;
  readonly config: unknown;
  /** Calls in flight at once, as agreed with the owner of this very system: shared by all flows and workers. */
  readonly concurrency: number;
  /** How long this very system remembers a key, in milliseconds; without it, what the connector declares. */
  readonly keyLifetimeMs?: number;
}

/**
 * A connector with its settings: one system, under the name flows and people use for it.
 *
 * @example connection("erp", http, { title: "ERP", config: { url: "https://erp.example.com", token: secret("env:ERP_TOKEN") } })
 */
export const connection = <Config>(
  name: string,
  of: Connector<Config>,
  options: { title?: string; owner?: string; concurrency?: number; keyLifetime?: Span; config: Config },
): Connection => ({
  name,
  title: options.title ?? name,
  owner: options.owner ?? "integration",
  connector: of,
  config: options.config,
  concurrency: options.concurrency ?? of.guarantees.concurrency,
  ...(options.keyLifetime ? { keyLifetimeMs: milliseconds(options.keyLifetime) } : {}),
});
