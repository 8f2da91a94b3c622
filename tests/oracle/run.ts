/**
 * What the oracle is told about a run: what clients were promised, what stands in the systems' books, and what the dock admits.
 *
 * The same words for a world of the simulation and for processes that were broken in earnest; what a run could not see is
 * left out, and what depends on it is then not judged.
 */

/** What must hold, by the numbers of `docs/explain/proof.md`; G12 is the promise about closed periods. */
export type Invariant = `I${1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11 | 12 | 13 | 14 | 15}` | "G12";

/** One line of a target's books, in the order booked; times in milliseconds. */
export interface Booked {
  readonly target: string;
  readonly repeat: "key" | "upsert" | "unique-reference" | "searchable" | "none";
  readonly key: string;
  readonly contract: string;
  readonly subject: string;
  readonly body: string;
  readonly at: number;
}

/** What a client holds. */
export interface Receipted {
  readonly message: string;
  readonly content: string;
  readonly outcome: "accepted" | "duplicate" | "conflict" | "quarantined";
  readonly receipt: string;
  readonly at: number;
}

/** What somebody did by hand. */
export interface Done {
  readonly by: string;
  readonly action: string;
  readonly subject: string;
}

/** What the dock says about something it has not finished, or has finished by a person's word. */
export interface Standing {
  readonly key: string;
  readonly connection: string;
  readonly contract: string;
  readonly subject: string;
  readonly status: string;
  readonly reason: string | null;
}

export interface Run {
  readonly receipts: readonly Receipted[];
  readonly books: readonly Booked[];
  /** Every delivery the dock knows. */
  readonly deliveries: readonly Standing[];
  /** What people are shown about deliveries as open: their keys. */
  readonly shown: readonly string[];
  /** Keys of deliveries people were shown as booked twice. */
  readonly twice: readonly string[];
  /** Correlations of what people are shown as having come too late. */
  readonly late: ReadonlySet<string>;
  /** The dock's own word on each order: `completed`, `abandoned`, or anything else. */
  readonly orders: ReadonlyMap<string, string>;
  /** True when everything had healed and had time to end. */
  readonly healed: boolean;
  readonly packMs: number;
  /** Contents of the facts the dock recorded, in the order of their commits. */
  readonly accepted: readonly string[];
  /** Arrivals, and parts of them, that people are shown as not keeping their contract: `receipt`, or `receipt#part`. */
  readonly refused: readonly string[];
  /** Periods of ledgers that were closed, and from when until when, in milliseconds. */
  readonly closed?: readonly {
    readonly ledger: string;
    readonly period: string;
    readonly from: number;
    readonly until: number;
  }[];
  /** When a request for a key first left for the ledger, and when its sender was last stopped before. */
  readonly asked?: ReadonlyMap<string, { readonly at: number; readonly calm: number }>;
  /** What was wrong for a while with some, and what it was to cost the others. */
  readonly trouble?: Trouble;
  /** What people were told is done, and what the audit says about it. */
  readonly acts?: readonly Done[];
  readonly audit?: readonly {
    readonly actor: string;
    readonly action: string;
    readonly subject: string;
    readonly reason: string | null;
  }[];
  /** The most that was seen of what has a bound. */
  readonly bounds?: readonly { readonly what: string; readonly found: number; readonly most: number }[];
  /** What it gave up as unreachable in a world where a system was away and nothing else was wrong. */
  readonly unreachable: readonly string[];
}

export interface Trouble {
  /** Whose affair it is: subjects, such as `order/SO-7`. */
  readonly of: readonly string[];
  /** Whether all the others had ended before it was mended. */
  readonly othersEnded: boolean;
  /** Those that ended workers, where, how many of them, and after how many they are to be set aside. */
  readonly ended?: readonly {
    readonly order: string;
    readonly at: string;
    readonly kills: number;
    readonly most: number;
  }[];
  /** When it began and when it was mended, where the pace of the others is to be compared with the time before. */
  readonly from?: number;
  readonly until?: number;
  /** Systems that were away themselves: nobody asks for their pace. */
  readonly away?: readonly string[];
}

/** What a check came to: how much there was to look at, and a sentence for everything that is wrong. */
export interface Found {
  readonly looked: number;
  readonly wrong: readonly string[];
}

/** One rule: which invariant it keeps, and how it is looked for. */
export interface Check {
  readonly rule: string;
  readonly invariant: Invariant;
  look(seen: Seen): Found;
}

/** A run with its books opened: the lines of each system, and what was done for each order. */
export interface Seen extends Run {
  at(target: string): readonly Booked[];
  /** What a client was promised. */
  readonly promised: readonly Receipted[];
  /** Order → what stands of it in ERP, warehouse and ledger. */
  readonly steps: ReadonlyMap<string, readonly Booked[]>;
}

export function open(run: Run): Seen {
  const books = Map.groupBy(run.books, ({ target }) => target);
  const at = (target: string) => books.get(target) ?? [];
  const done = [...at("erp"), ...at("wms"), ...at("ledger").filter(isOfAnOrder)];
  return {
    ...run,
    at,
    promised: run.receipts.filter(({ outcome }) => outcome === "accepted" || outcome === "duplicate"),
    steps: Map.groupBy(done, ({ body }) => (JSON.parse(body) as { orderId: string }).orderId),
  };
}

/** A line of the ledger about an order, and not an entry that was sent for itself. */
export const isOfAnOrder = ({ contract }: Booked): boolean => contract !== "ledger.post-entry";

const ENDED = ["applied", "superseded", "cancelled"];
export const hasEnded = ({ status }: { status: string }): boolean => ENDED.includes(status);

/** Rules of one invariant by their words: how many there are to look at, and what is wrong. */
export const checks = (
  invariant: Invariant,
  rules: Readonly<Record<string, [count: (seen: Seen) => number, wrong: (seen: Seen) => string[]]>>,
): Check[] =>
  Object.entries(rules).map(([rule, [count, wrong]]) => ({
    rule,
    invariant,
    look: (seen) => ({ looked: count(seen), wrong: wrong(seen) }),
  }));

/** What may be wrong until everything has healed and had its time. */
export const atRest =
  (wrong: (seen: Seen) => string[]) =>
  (seen: Seen): string[] =>
    seen.healed ? wrong(seen) : [];
