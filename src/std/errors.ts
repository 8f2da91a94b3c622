/**
 * Errors say what happens next.
 *
 * The runtime never reads a message text or a status code to choose between trying again, asking a person and
 * stopping. It reads `next`. Whoever stands closest to the outside world picks the class; the runtime obeys.
 *
 * Codes are permanent. Each has an entry in docs/reference/errors.md, and a test compares both directions.
 */

/** What the runtime does after an error. */
export type Next =
  | "retry" //      later and unchanged: the other side was busy or away
  | "verify" //     first find out whether it happened; sending again could do it twice
  | "park" //       a sound message was refused: a person decides
  | "quarantine" // the message breaks its contract: it never becomes a fact
  | "halt"; //      our own defect: stop this worker before it does harm

/** Small, loggable details of an error. Never secrets, never whole payloads, never personal data. */
export type Facts = Readonly<Record<string, string | number | boolean>>;

export abstract class CrossdockError extends Error {
  abstract readonly code: `XD_${string}`;
  abstract readonly next: Next;
  readonly facts: Facts;

  constructor(message: string, options: { facts?: Facts; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = new.target.name;
    this.facts = options.facts ?? {};
  }
}

/** It certainly did not happen: no byte of the body was written, or the other side said so. */
export class Unavailable extends CrossdockError {
  readonly code = "XD_UNAVAILABLE";
  readonly next = "retry";
  /** How long the other side asked us to stay away, in milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(message: string, options: { facts?: Facts; cause?: unknown; retryAfterMs?: number } = {}) {
    super(message, options);
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** We sent, and do not know whether it took effect. A timeout after the last byte is the usual cause. */
export class InDoubt extends CrossdockError {
  readonly code = "XD_IN_DOUBT";
  readonly next = "verify";
}

/** Why the other side said no: its rules (`business`: credit, price, period, quality), or what we sent (`data`). */
export type Refusal = "data" | "business";

/** A business key as contracts declare it: `{ keyType: "customer", value: "C-1" }`. */
export interface Missing {
  readonly keyType: string;
  readonly value: string;
}

/** The other side understood us and said no. `business` is shown as *held*, `data` as *needs data fix*. */
export class Refused extends CrossdockError {
  readonly code = "XD_REFUSED";
  readonly next = "park";
  readonly category: Refusal;
  /** Master data the other side does not know yet: it goes again by itself when that has come. */
  readonly missing: Missing | undefined;

  constructor(
    message: string,
    options: { category?: Refusal; missing?: Missing; facts?: Facts; cause?: unknown } = {},
  ) {
    super(message, options);
    this.category = options.category ?? "data";
    this.missing = options.missing;
  }
}

/** The message does not keep its contract. `facts` name the place, what was expected and what was found. */
export class ContractBroken extends CrossdockError {
  readonly code = "XD_CONTRACT_BROKEN";
  readonly next = "quarantine";
}

/** What we were asked to do cannot be done as asked: a bad setting, a port in use, a command line with a typo. */
export class Unusable extends CrossdockError {
  readonly code = "XD_UNUSABLE";
  readonly next = "park";
}

/** Crossdock itself is wrong. Nothing outside can cause this, so nothing outside can cure it. */
export class Defect extends CrossdockError {
  readonly code = "XD_DEFECT";
  readonly next = "halt";
}

/** States an invariant. The text completes "Broken invariant: …", so the line reads as documentation. */
export function ensure(condition: unknown, invariant: string): asserts condition {
  if (!condition) throw new Defect(`Broken invariant: ${invariant}.`);
}
