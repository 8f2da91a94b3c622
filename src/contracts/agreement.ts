/**
 * What must be agreed: which systems hold the same opinion about which milestone of a document, within how long.
 *
 * Data, and a few pure functions to read it with: what Crossdock itself holds by the state of the process, what to ask a
 * system, and what its answer says. Comparing is in `judgement.ts`; asking, timing and telling people is the runtime's.
 * A system's name is its connection's name.
 */
import type { Span } from "../std/span.ts";

/** An amount, in plain decimals, and its ISO 4217 currency. */
export interface Worth {
  readonly amount: string;
  readonly currency: string;
}

/** What somebody holds about one milestone of one document. */
export interface Held {
  /** Null: it keeps figures of it, and not whether it is reached. */
  readonly reached: boolean | null;
  /** Figures kept with it, as decimal strings by name: `{"line 1": "10", "net": "5000.00"}`. Names shared by two are compared. */
  readonly figures?: Readonly<Record<string, string>>;
  /** It names every figure that is not nothing: one that others hold and it does not name is "0" with it. */
  readonly complete?: true;
  /** What it calls the documents it holds of it, where it says: what it took and does not name is what it lacks. */
  readonly documents?: readonly string[];
  /** What one of a figure is worth by its books, by name, as a piece of stock is: so much of it as systems differ by is at risk. */
  readonly each?: Readonly<Record<string, Worth>>;
  /** Why nothing can be told of it. */
  readonly because?: string;
}

/** What somebody holds about one document, by milestone. What is not in it cannot be told. */
export type Book = Readonly<Record<string, Held>>;

/** How one system comes to its opinion about a milestone. */
export interface Teller {
  /** The contract it is told by: sent again when it has not heard. */
  readonly by?: string;
  /** The contract it tells us by. */
  readonly says?: string;
  /** Nothing is expected of it before this milestone is ours: a gated posting. */
  readonly after?: string;
  /** It speaks when it has done something about it, and not before: its silence is not waited for. */
  readonly mayBeSilent?: true;
  /**
   * Systems that keep a part of the same books, as two ERPs do while a step moves from one to the other. What they hold is added to
   * what it holds and compared as one; where one of them cannot tell, none of them can.
   */
  readonly with?: readonly string[];
}

/** One row of the matrix. */
export interface Agreed {
  /** How long the systems may differ: news on its way is no contradiction. */
  readonly grace: Span;
  readonly systems: Readonly<Record<string, Teller>>;
}

/** How a system is asked what it holds. Every question changes nothing. */
export interface Snapshot {
  readonly system: string;
  /** What the connector calls the question. */
  readonly about: string;
  /** Documents in one question; 1 where it is asked about each alone. */
  readonly atOnce: number;
  /** The question about these documents, by their numbers. */
  question(numbers: readonly string[]): unknown;
  /** What the answer says about one of them; null when the system knows nothing of it. May throw: then it cannot be told. */
  // biome-ignore lint/suspicious/noExplicitAny: answers come in the system's own dialect.
  read(answer: any, number: string): Book | null;
  /**
   * What the system should have told us of a milestone, written as it writes it, so that it can be taken in. Its own message, if it
   * still comes, says the same of the same thing.
   */
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  report?(answer: any, number: string, milestone: string): readonly Report[];
}

/** A fact about a document as the journal has it. */
export interface Told {
  readonly contract: string;
  /** Who told it: a connection, a client, a process. */
  readonly source: string;
  // biome-ignore lint/suspicious/noExplicitAny: in the shape of its contract, which the reader knows.
  readonly data: any;
}

/** What a system that cannot be asked holds, as far as it follows from what was told. */
export interface Hearing {
  readonly system: string;
  /** Contracts by which it, or whoever tells the same, tells. */
  readonly facts: readonly string[];
  /** What the facts about one document come to, the oldest first; there may be none. */
  read(facts: readonly Told[]): Book;
}

export interface Report {
  /** The inbound flow that reads it. */
  readonly flow: string;
  readonly messageId: string;
  readonly body: unknown;
  /** What the system calls the document it is of: one that was heard of is not taken again. */
  readonly document?: string;
}

/** Something that must never come before something else, or go beyond it. */
export interface Forbidden {
  /** What people are shown: "Goods left before credit was approved." */
  readonly title: string;
  /** The fingerprint of the exception that says it happened. */
  readonly fingerprint: string;
}

/** What a system keeps of which there are documents, whatever was said of them: it is asked for their numbers. */
export interface Listing {
  readonly system: string;
  readonly about: string;
  readonly question: unknown;
  // biome-ignore lint/suspicious/noExplicitAny: answers come in the system's own dialect.
  numbers(answer: any): readonly string[];
}

/** A figure that moves all the time: stock. What is on its way to a system is counted with what it holds. */
export interface Moving {
  readonly milestone: string;
  readonly figure: string;
  /** By contract: what a message that is not settled at a system will add to the figure there. */
  // biome-ignore lint/suspicious/noExplicitAny: each in the shape of its contract.
  readonly messages: Readonly<Record<string, (data: any) => readonly Moved[]>>;
  /** What documents keep back from systems: for a person, for a period, for another system. By the process that follows them. */
  readonly keptBack?: Readonly<Record<string, KeptBack>>;
}

/** So much more of one document; less, where it begins with a minus. */
export interface Moved {
  readonly number: string;
  readonly by: string;
}

/** What a system will be told, and is not yet. */
export interface Awaited extends Moved {
  readonly system: string;
}

/** What a process keeps back. It is looked for where a question is open, where the process stands still, and beside some messages. */
// biome-ignore lint/suspicious/noExplicitAny: each in the shape of its state.
export interface KeptBack<State = any> {
  /** Messages it waits for: while one of them is not settled, it may keep something back. */
  readonly behind?: readonly string[];
  /** By its state; nothing of what it has sent. */
  ofState?(state: State): readonly Awaited[];
  /** By contract: what a fact will come to that it has not taken, because it stands still. */
  // biome-ignore lint/suspicious/noExplicitAny: each in the shape of its contract.
  readonly ofFacts?: Readonly<Record<string, (data: any) => readonly Awaited[]>>;
}

// biome-ignore lint/suspicious/noExplicitAny: agreements about states of different shapes share one list.
export interface Agreement<State = any> {
  /** Lower-case words with hyphens: `orders`. */
  readonly name: string;
  /** For people: "Orders". */
  readonly title: string;
  readonly owner: string;
  /** The process that follows such a document, and the type of its number. Null: none does; it is known by its listing. */
  readonly process: string | null;
  readonly keyType: string;
  readonly milestones: Readonly<Record<string, Agreed>>;
  readonly snapshots: readonly Snapshot[];
  /** Who is asked which documents there are, as often as all are compared. */
  readonly listing?: Listing;
  /** Only a difference that never goes away within the grace counts: a figure of this agreement moves all the time. */
  readonly moving?: Moving;
  /** Systems that are not asked, and what follows from what they told. */
  readonly hearings?: readonly Hearing[];
  /** Facts that `ours` reads beside those of hearings: what may still be told when the process has ended. */
  readonly facts?: readonly string[];
  /** Further processes that follow the same document under the same number, and what we hold by them. */
  // biome-ignore lint/suspicious/noExplicitAny: each has a state of its own.
  readonly also?: Readonly<Record<string, (state: any, reached: ReadonlySet<string>) => Book>>;
  /** Every system is asked about an open document once in so long, however quiet it is. */
  readonly every: Span;
  /**
   * What we hold ourselves, by the process: its state and the milestones that stand. Of a document that was given up we hold that
   * nothing is reached; it is not asked for that. `told` are the facts that hearings read, and `facts`.
   */
  ours(state: State, reached: ReadonlySet<string>, told: readonly Told[]): Book;
  /**
   * Whether a system has to do with this document at all: one that lives at another ERP does not lack at the first. Default: every
   * system has.
   */
  concerns?(
    system: string,
    state: State,
    document: { readonly givenUp: boolean; readonly told: readonly Told[] },
  ): boolean;
  /** Orders of events that must never be inverted: the process shows each at once, without grace, under this fingerprint. */
  readonly forbidden?: readonly Forbidden[];
  /** Ledgers it reconciles: no period of theirs is ready to be closed while documents of it that belong there are not agreed. */
  readonly ledgers?: readonly string[];
  /** What the document is worth: the money at risk while its systems contradict each other. Absent: what they differ by is, where one says what `each` is worth. */
  worth?(state: State): Worth | null;
}

/** Declares an agreement; the type of the state is that of its process. */
export const agreement = <State>(definition: Agreement<State>): Agreement<State> => definition;
