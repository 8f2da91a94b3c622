/**
 * The running dock, as its faces see it: what gateway, console and command line may ask of the engine.
 *
 * Faces press these buttons and never write rows. Everything a person does through here is audited with the actor and
 * the reason.
 */
import type { Pool } from "pg";
import type { Accepted, Arrival, Question } from "../connectors/connector.ts";
import type { CutoverStand } from "../contracts/cutover.ts";
import type { Reveal } from "../trace/mask.ts";
import type { Definitions } from "./arrangement.ts";
import type { DemonstrationClock } from "./demonstration-clock.ts";
import type { FlowTrial, TrialInput } from "./flow-trial.ts";
import type { Moves } from "./moves.ts";
import type { PeriodPolicy, PeriodStatus } from "./periods.ts";
import type { Keeping } from "./pressure.ts";
import type { Promises } from "./promises.ts";
import type { RunStep } from "./runbooks.ts";
import type { Selections } from "./selections.ts";
import type { SideBySide } from "./side-by-side.ts";
import type { BatchVerdict, ConnectionVerdict } from "./store.ts";
import type { Actor, DocumentTending, Tending } from "./tending.ts";
import type { Retold, WhatIf, Asked as WouldBook } from "./what-if.ts";

export type { Definitions } from "./arrangement.ts";
export type { Actor, DocumentTending, Tending } from "./tending.ts";

/** A person's word that nothing is to be sent to a connection. draining: what is unclear is still cleared up. */
export interface Pause {
  readonly connection: string;
  readonly how: "paused" | "draining";
  readonly by: string;
  readonly reason: string;
  /** RFC 3339. */
  readonly at: string;
  /** When it ends by itself; null: when somebody resumes it. */
  readonly until: string | null;
}

export type BreakerState = "closed" | "open" | "probing";

/** Nothing can be received from a connection. */
export interface Unheard {
  /** In a sentence. */
  readonly because: string;
  /** RFC 3339. */
  readonly since: string;
}

/** How one connection is doing, as this worker sees it. */
export interface ConnectionState {
  readonly name: string;
  readonly title: string;
  readonly owner: string;
  readonly breaker: BreakerState;
  /** Why it is open, in a sentence; null while closed. */
  readonly because: string | null;
  /** When the breaker opened, RFC 3339. */
  readonly since: string | null;
  /** Set while nothing can be received from it; what is sent to it goes on. */
  readonly unheard: Unheard | null;
  /** Set while a person has paused it. */
  readonly pause: Pause | null;
  readonly inFlight: number;
  /** Deliveries waiting in this worker's memory; the database knows the whole number. */
  readonly waiting: number;
  /** Calls allowed at once now; ramps up after an outage. */
  readonly allowed: number;
  readonly lastOkAt: string | null;
  /** Median and 99th percentile of the last few hundred calls, in milliseconds. */
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
}

/** What came of asking a system whether the line works. Nothing was moved there. */
export interface Asked {
  readonly answered: boolean;
  /** How long its answer, or its silence, took. */
  readonly ms: number;
  /** Why it did not answer, in a sentence; null when it did. */
  readonly because: string | null;
  /** It answered that it does not take our credential. */
  readonly access: boolean;
  /** Whom it takes us for, where the connector can tell. */
  readonly as: string | null;
  /** Which secrets we prove ourselves with, each with its place and never its value: `token: env:WMS_TOKEN`. */
  readonly provedWith: readonly string[];
  /** What that one may do there, a sentence each, where the connector can tell. */
  readonly may: readonly string[];
  /** What the connection can do: deliver, verify, ask, receive. */
  readonly can: readonly string[];
}

/** What a person does about a contradiction. `accept` closes what is shown and says why; the systems go on differing. */
export type Mending = "ask again" | "send again" | "send as new" | "try again" | "take its report" | "accept";

export interface Dock {
  readonly definitions: Definitions;
  /** For reading only; faces pass it to the trace. */
  readonly pool: Pool;
  /** The name of this worker. */
  readonly worker: string;
  /**
   * Takes an arrival into an inbound flow. What it resolves to is durable. `source` defaults to the flow's connection.
   *
   * @throws {Unavailable} when the dock is stopping, overloaded or without its database; nothing was accepted
   */
  accept(flow: string, arrival: Arrival, source?: string): Promise<Accepted>;
  /** Asks a connection now. Throws `Unavailable`, `InDoubt` (deadline passed) or `Refused`. */
  ask(connection: string, question: Question, options: { deadlineMs: number }): Promise<unknown>;
  /** Answers an open question; false when it was answered or withdrawn before. */
  answer(question: string, verdict: "approved" | "declined", actor: Actor, comment: string): Promise<boolean>;
  /**
   * Sends a parked or held delivery again, under the same key; or lets a parked process instance (`process:key`) take
   * again what it stopped at; or has what arrived and was set aside (by its id) read again as it came. `seen`: how often it had been tried when the person looked. False when it is set aside no
   * longer, or was tried since.
   */
  tryAgain(subject: string, actor: Actor, seen?: number): Promise<boolean>;
  /** Closes an exception that is about no delivery: a person has dealt with it. False when it is closed already. */
  resolve(exception: string, actor: Actor): Promise<boolean>;
  /**
   * Takes on everything open of one cause (by its short id or fingerprint), puts it to sleep until an instant, or leaves a
   * note; null gives it back, or wakes it. False when nothing of it is open.
   */
  tend(cause: string, what: Tending, actor: Actor): Promise<boolean>;
  /**
   * Takes a document on, leaves a note on it, puts it on hold (nothing of it is sent from then on; what is unclear is still cleared
   * up), or lets it go on with all that was held meanwhile. False when it is not known, or stands so already.
   *
   * @throws {Unusable} for an empty note, or a hold without its reason
   */
  tendDocument(correlation: string, what: DocumentTending, actor: Actor): Promise<boolean>;
  /**
   * Settles an unclear delivery by a person's word: it was booked under that number, or it was not and is sent again. The word
   * is about the tries the person had `seen`: false when there was another since.
   */
  settle(
    delivery: string,
    verdict: { readonly booked: string } | "not booked",
    actor: Actor,
    seen?: number,
  ): Promise<boolean>;
  /** Gives up a delivery that is not applied. Its key moves on. False when it was tried since the person had `seen` it. */
  cancelDelivery(delivery: string, actor: Actor, seen?: number): Promise<boolean>;
  /**
   * Pauses, resumes or gives up the reading of a large file, or has its refused records read again. False when the batch
   * is in no state for it.
   */
  decideBatch(batch: string, verdict: BatchVerdict, actor: Actor): Promise<boolean>;
  /**
   * Pauses a connection (nothing is sent, everything is accepted), drains it (the same, but what is unclear is still looked
   * into), or resumes it. `until` is RFC 3339. False when it already is so.
   *
   * @throws {Unusable} when there is no such connection
   */
  decideConnection(
    connection: string,
    verdict: ConnectionVerdict,
    actor: Actor,
    until?: string | null,
  ): Promise<boolean>;
  /**
   * Makes one harmless call at a system and says how it went. A system we had stopped calling is served again when it answers.
   *
   * @throws {Unusable} when there is no such connection
   */
  probe(connection: string, actor: Actor): Promise<Asked>;
  /** Running processes, and moving them to another version of theirs. */
  readonly moves: Moves;
  /** Bulk acts on frozen selections: choose, look, try one, run all. */
  readonly selections: Pick<Selections, "freeze" | "preview" | "decide">;
  /** Answers given on old values: within a limit, and made true later. */
  readonly promises: Pick<Promises, "give" | "heard" | "lastSaid" | "serve">;
  /**
   * What arrived, what it became and what is sent of it, field by field with the rule behind each; null when that transaction
   * has no such step. What its contract hides stays hidden unless `reveal` shows it.
   */
  sideBySide(correlation: string, position: string, reveal?: Reveal): Promise<SideBySide | null>;
  /**
   * Tries a flow on a text or on something recorded: what comes of it, field by field with the rule behind each, and every refusal
   * with its place. Nothing is kept or sent. Null when there is no such flow, or nothing recorded for it under that name.
   */
  tryFlow(flow: string, input: TrialInput): Promise<FlowTrial | null>;
  /** What today's mapping would book of the documents a step was compared by; null: no such step moves. Nothing is sent. */
  whatIf(cutover: string): Promise<WhatIf | null>;
  /** What the next system would book of documents another build would tell it of; null: no such step moves. Nothing is sent. */
  wouldBook(cutover: string, documents: readonly Retold[]): Promise<readonly WouldBook[] | null>;
  /** Asks whoever decides that a step goes to a stage, in the name and for the reason of the actor. Nothing moves by asking. */
  askCutover(
    step: Pick<CutoverStand, "step" | "entity" | "plant"> & { readonly id: string },
    to: CutoverStand["stage"],
    actor: Actor,
  ): Promise<boolean>;
  /** Fiscal periods: who posts what, which calendar a ledger keeps. */
  readonly periods: PeriodPolicy;
  /**
   * Says that a period of a ledger is open, soft-closed or closed from now on. Opening it lets go what is on hold for it, as a
   * bulk act whose id comes back where there was something. Null when it stands so already.
   */
  decidePeriod(
    ledger: string,
    period: string,
    status: PeriodStatus,
    actor: Actor,
  ): Promise<{ readonly released: string | null } | null>;
  /**
   * Says that a feed has delivered everything dated up to and including `through` (`2026-11-30`). False when that is its last word
   * already.
   *
   * @throws {Unusable} when no ledger waits for that feed
   */
  feedDelivered(feed: string, through: string, actor: Actor): Promise<boolean>;
  /**
   * Compares every open document of an agreement, asking every system; `graceMs` instead of each milestone's own. Returns the id of
   * the comparison, which goes on by itself.
   *
   * @throws {Unusable} when there is no such agreement
   */
  compare(kind: string, actor: Actor, graceMs?: number | null): Promise<string>;
  /**
   * Mends a contradiction about one milestone of a document (`order/SO-1`). Returns what was set going, in a sentence, or null
   * when it stands no longer or cannot be mended so.
   */
  mend(subject: string, milestone: string, how: Mending, actor: Actor): Promise<string | null>;
  /**
   * Opens a run of a runbook (`run` null), notes one of its steps, or closes it. Returns the run's id; null when one is open for
   * the same system already, or the run is closed.
   */
  followRunbook(run: string | null, step: RunStep, actor: Actor): Promise<string | null>;
  /** Brings what waits for a time nearer. Only where `crossdock dev` runs; null everywhere else. */
  readonly demonstrationClock: Pick<DemonstrationClock, "waiting" | "bringNearer"> | null;
  connections(): ConnectionState[];
  /** Seconds callers should stay away because the dock is over its limits, or null. */
  retryAfterSeconds(): number | null;
  /** Whether it keeps up with what it accepts: how far behind, who holds it back, whether the database is full. */
  keeping(): Keeping;
  /** Calls back after each commit that changed something, with the business transactions it touched. */
  onCommit(listener: (correlations: readonly string[]) => void): () => void;
  stop(): Promise<void>;
}
