/**
 * What the loops need from the memory: a dozen named operations, each one transaction.
 *
 * The loops know this door and the clock, and nothing else of the outside; the PostgreSQL implementation is in
 * `postgres-store.ts`. Every operation either happens whole or throws; after a throw the caller does not know whether it
 * happened (the connection may have broken during COMMIT) and either repeats an operation that is safe to repeat or
 * reads back what is true.
 */

import type { Reference } from "../flows/flow.ts";
import type { AcceptedArrival } from "../journal/accept.ts";
import type { Entry } from "../journal/append.ts";
import type { Cursor, Recorded } from "../journal/read.ts";
import type { KnownKey, Opinion, Raised } from "../trace/record.ts";
import type { Intent, NewDelivery, OpenDelivery, Outcome } from "../work/deliveries.ts";
import type { InHand } from "../work/in-hand.ts";
import type { AskedQuestion, Instance } from "../work/instances.ts";
import type { Lane } from "../work/lanes.ts";
import type { CorrectedByRule } from "../work/periods.ts";
import type { DueCheck } from "../work/post-checks.ts";
import type { SetAside, Stray } from "../work/waiting.ts";
import type { RunStep } from "./runbooks.ts";

export interface Count {
  readonly scope: string;
  readonly name: string;
  readonly delta: number;
}

/** What accepting one arrival came to. */
export type AcceptedAs =
  | { readonly outcome: "new" }
  | { readonly outcome: "duplicate"; readonly arrival: string }
  | { readonly outcome: "conflict"; readonly arrival: string };

/** Everything one round of the conductor decided; it becomes true together with the cursor, or not at all. */
export interface Steps {
  readonly worker: string;
  readonly lanes: readonly Lane[];
  /** How far this round has read. A lane that is further already stays where it is. */
  readonly to: Cursor;
  readonly entries: readonly Entry[];
  readonly deliveries: readonly NewDelivery[];
  readonly instances: readonly Instance[];
  readonly questions: readonly AskedQuestion[];
  readonly withdrawn: readonly string[];
  readonly decided: readonly Decided[];
  readonly opinions: readonly Opinion[];
  readonly keys: readonly KnownKey[];
  readonly counts: readonly Count[];
  readonly raised: readonly Raised[];
  readonly resolved: readonly Resolved[];
  /** What the worker had in its hands and has ended by this. */
  readonly ended?: readonly string[];
}

export interface Resolved {
  readonly subjectKind: "delivery" | "arrival" | "instance" | "document";
  readonly subject: string;
  readonly resolution: string;
}

/** A person's word on a delivery, carried out by the worker that holds its lane. */
export interface Decided {
  readonly key: string;
  readonly status: "owed" | "in_doubt" | "applied" | "cancelled";
  /** It may be settled: it is handed out again under its key. */
  readonly replay?: boolean;
  /** How often it had been tried then; after a later attempt the decision says nothing any more. Null: said of any. */
  readonly attempts: number | null;
  readonly reference: string | null;
  readonly reason: string;
  /** The facts that follow from it; written only when the decision still applies. */
  readonly answers: readonly Entry[];
}

/** How an attempt ended, and everything that follows from it: written together, or not at all. */
export interface Ended {
  readonly outcome: Outcome;
  /** What the target answered, as facts. */
  readonly answers: readonly Entry[];
  readonly counts: readonly Count[];
  readonly raised: readonly Raised[];
  readonly resolved: readonly Resolved[];
  /** It was sent more than once to a system that would book twice: look again later. */
  readonly check?: boolean;
  /** Parked until this business key comes; the attempt began so long ago. */
  readonly waits?: { readonly for: string; readonly sinceMs: number };
}

/** A delivery this worker cannot send, set aside with what people are shown. */
export interface Aside extends SetAside {
  readonly raised: Raised;
}

export interface Lease {
  /** Lanes held now, with their cursors as stored. */
  readonly lanes: readonly Lane[];
  /** Those of them that were taken in this round; their open deliveries must be read. */
  readonly taken: readonly number[];
  /** More than our share now that others work too; to be given back when their calls have ended. */
  readonly surplus: readonly number[];
  readonly laneCount: number;
  readonly workers: number;
  /** How many workers ended without a word in the last minutes. */
  readonly lost: number;
}

export interface Read {
  readonly entries: readonly Recorded[];
  /** The database's clock, RFC 3339: the time of whatever is decided in this round. */
  readonly now: string;
}

export interface Store {
  /** Repeating it with the same arrival ids is safe: an arrival that was accepted under its id answers `new` again. */
  accept(arrivals: readonly AcceptedArrival[], raised: readonly Raised[]): Promise<readonly AcceptedAs[]>;
  /** Adds to what is counted beside the work. */
  count(counts: readonly Count[]): Promise<void>;
  /** Renews, takes and gives lanes so that every living worker holds its share. */
  lease(worker: string, place: string): Promise<Lease>;
  /** The other workers, with the place each runs in. */
  neighbours(worker: string): Promise<readonly { readonly id: string; readonly place: string }[]>;
  /** Frees the lanes of workers that are certainly gone. */
  bury(workers: readonly string[]): Promise<void>;
  give(worker: string, lanes: readonly number[]): Promise<void>;
  /** Writes down what the worker begins, and takes off what has ended. */
  hold(worker: string, begun: readonly InHand[], ended: readonly string[]): Promise<void>;
  /** What was in the hands of workers that are gone, and of how many. */
  suspects(): Promise<readonly InHand[]>;
  read(after: Cursor, max: number): Promise<Read>;
  instances(ids: readonly { process: string; key: string }[]): Promise<Instance[]>;
  due(lanes: readonly number[], max: number): Promise<Instance[]>;
  /** What stands at a position of the journal; null when it was dropped from it. */
  recorded(position: string): Promise<Recorded | null>;
  /** The last word on a fiscal period, `ledger/2026-11`; null when nobody has said anything. */
  periodStatus(period: string): Promise<string | null>;
  /** Changes what a delivery carries under its key, by a rule; what it said before is kept. */
  correct(correction: CorrectedByRule): Promise<void>;
  /** Throws `TakenOver` when a lane is no longer ours. Returns the keys of decided deliveries that changed. */
  commitSteps(steps: Steps): Promise<readonly string[]>;
  /**
   * Returns the keys that changed; the others belong to another attempt by now, and nothing of theirs is written. Of each delivery
   * one end: with two, nothing is written and it throws.
   */
  recordOutcomes(ended: readonly Ended[]): Promise<readonly string[]>;
  /** Returns the keys that may be tried now; the others belong to another attempt, or their lane to another worker. */
  beginAttempts(worker: string, intents: readonly Intent[]): Promise<readonly string[]>;
  openDeliveries(
    connection: string,
    lanes: readonly number[],
    after: string,
    max: number,
  ): Promise<OpenDelivery[]>;
  /** Those of these deliveries that are open, in no order. */
  openAmong(keys: readonly string[]): Promise<OpenDelivery[]>;
  /** Open deliveries of the lanes for none of these connections. */
  strays(lanes: readonly number[], connections: readonly string[], max: number): Promise<Stray[]>;
  /** Sets aside without an attempt; only what is still as it was read, and in the worker's lanes. Returns the keys. */
  setAside(worker: string, aside: readonly Aside[]): Promise<readonly string[]>;
  /** Deliveries of the lanes whose wait for a business key is over. */
  waitsOver(lanes: readonly number[], max: number): Promise<readonly string[]>;
  /** Second looks that are due for deliveries of the lanes. */
  checksDue(lanes: readonly number[], max: number): Promise<DueCheck[]>;
  /** A look was taken; false when somebody else took it, and then nothing is written. */
  checked(look: {
    readonly delivery: string;
    readonly round: number;
    /** Until the next; null when it was the last. */
    readonly nextMs: number | null;
    readonly raised: Raised | null;
  }): Promise<boolean>;
  /** Lets those go again that still wait, and closes what people were shown about them. Returns their keys. */
  release(worker: string, keys: readonly string[]): Promise<readonly string[]>;
  /** Values of references, null where unknown, in their order. */
  lookUp(references: readonly Reference[]): Promise<(string | null)[]>;
  /** Appends facts about what a person did, with an audit line each. Returns false when the guard no longer holds. */
  act(act: Act): Promise<boolean>;
  /** Takes back intents that were never acted on. */
  returnUnsent(unsent: readonly { key: string; attempts: number }[]): Promise<void>;
  /** Gives up the lanes and takes back what was never sent. */
  leave(
    worker: string,
    lanes: readonly number[],
    unsent: readonly { key: string; attempts: number }[],
  ): Promise<void>;
  /** Folds counts and makes room for the months to come. */
  housekeeping(): Promise<void>;
  close(): Promise<void>;
}

/** What a person says about one document. */
export type DocumentWord = "assign" | "note" | "hold" | "release";

/** A person's (or client's) act: an audit line, a fact for the journal, and the condition under which both are written:
 * the question open, the delivery set aside, the instance parked, the batch in a state that allows it, the connection not as
 * asked already, the exception open
 * and about no delivery (a delivery is decided, not talked away), or something of the cause open.
 */
export interface Act {
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly reason: string | null;
  readonly entry: Entry;
  /** What is tried again by it: noted with the exception that is open about it. */
  readonly retries?: { readonly subjectKind: "delivery" | "instance" | "arrival"; readonly subject: string };
  /** The item of a selection this act carries out: asked at most once, and only if it carries what was frozen. */
  readonly item?: { readonly selection: string; readonly number: number; readonly corrected: number };
  readonly guard:
    | { readonly question: string; readonly verdict: "approved" | "declined"; readonly comment: string }
    | {
        readonly delivery: string;
        /** How often it had been tried when the person looked: it was not since. */
        readonly attempts: number;
        /** It may be settled already. */
        readonly settled?: boolean;
        /** Carried from now on instead of what the journal says, unless somebody corrected it since. */
        readonly correction?: Correction;
        /** Another delivery of the same, under this key: a second document. */
        readonly asNew?: { readonly key: string; readonly sentAs: number };
      }
    /** A fact a flow missed: owed to it from now on, unless it is already. */
    | {
        readonly backfill: {
          readonly key: string;
          readonly flow: string;
          readonly connection: string;
          readonly contract: string;
          readonly subject: string;
          readonly correlation: string;
          readonly lane: number;
          /** Of the fact in the journal. */
          readonly position: string;
        };
      }
    | {
        readonly process: string;
        readonly instance: string;
        /** It began under this version and has not ended; without it: it is parked. */
        readonly version?: number;
      }
    /** A fact, by its position, for an instance that has not ended. */
    | { readonly input: string; readonly process: string; readonly key: string }
    | { readonly batch: string; readonly verdict: BatchVerdict }
    /** What arrived and was set aside, as long as that is open. */
    | { readonly arrival: string }
    | { readonly exception: string; readonly resolution: string }
    | { readonly selection: string; readonly to: SelectionStep }
    /** A document under watch: it is looked at again at once, and every system is asked. */
    | { readonly agreement: string }
    /** Every document of an agreement is compared, under this id. */
    | { readonly comparison: string; readonly of: string; readonly graceMs: number | null }
    /** The run of a runbook: none open for the same, or still open. */
    | { readonly run: string; readonly to: RunStep }
    /** A period, `ledger/2026-11`, that does not stand so yet. */
    | { readonly period: string; readonly status: string }
    /** A step that is to move; whoever moves it says whether it may. */
    | { readonly cutover: string; readonly to: string }
    /** A feed whose last word is another. */
    | { readonly feed: string; readonly through: string }
    /** A document of which this was not said yet. */
    | { readonly document: string; readonly tend: DocumentWord; readonly value: string | null }
    | { readonly cause: string; readonly tend: "assign" | "snooze" | "note"; readonly value: string | null }
    | {
        readonly connection: string;
        readonly verdict: ConnectionVerdict;
        readonly reason: string;
        readonly until: string | null;
      };
}

/** A corrected body of a delivery. */
export interface Correction {
  /** The version it replaces; 0: as the journal has it. */
  readonly after: number;
  /** JSON in the shape of the contract at `contractVersion`. */
  readonly data: string;
  readonly contractVersion: number;
  /** JSON: what changed, path by path. */
  readonly changed: string;
}

/** What happens to a selection as a whole. `frozen` ends its filling; the others carry it out or stop it. */
export type SelectionStep =
  | {
      readonly state: "frozen";
      readonly items: number;
      readonly digest: string;
      readonly second: string | null;
    }
  | { readonly state: "trying one" | "running"; readonly agreed: Agreed | null }
  | { readonly state: "stopped" }
  /** Nothing of it is open any more, and the subscribers it was for are told of. */
  | { readonly state: "finished" };

/** A second person's agreement to a selection as it was frozen. */
export interface Agreed {
  readonly by: string;
  /** Of what they agreed to. */
  readonly digest: string;
}

/** A lane was taken over by another worker: nothing this worker decided for it may become true. */
export class TakenOver extends Error {
  override readonly name = "TakenOver";
}

/** What a person may say about a connection. */
export type ConnectionVerdict = "pause" | "drain" | "resume";

/** What a person may say about a batch. */
export type BatchVerdict = "pause" | "resume" | "read refused again" | "give up";
