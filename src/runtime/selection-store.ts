/** What selections need from the memory: named operations, each one transaction. Statements are in `work/selections.ts`. */
import type { Recorded } from "../journal/read.ts";
import type { Statement } from "../std/statement.ts";
import { type BackfillCriteria, type MissedFact, missedBy, missedFacts } from "../work/backfill.ts";
import { causedDeliveries, factsAt, factsOf, type InputCriteria } from "../work/inputs.ts";
import { countLanes } from "../work/lanes.ts";
import {
  aboutSelection,
  addItems,
  type Candidate,
  type Chosen,
  candidates,
  chosenDeliveries,
  claimSelections,
  deliveriesOfSelection,
  forgetUnfilled,
  inputsOfSelection,
  itemsAmong,
  itemsToAsk,
  moveSelection,
  type NewItem,
  newSelection,
  otherExceptions,
  releaseSelections,
  type Selection,
  type SelectionAct,
  settleItems,
  skipItem,
  tallyOf,
} from "../work/selections.ts";

/** An item whose turn it is. */
export interface ItemToAsk {
  readonly number: number;
  readonly kind: NewItem["kind"];
  readonly subject: string;
  readonly watched: string;
  readonly corrected: number;
  readonly correlation: string | null;
  /** How many of the selection are asked and have no outcome yet. */
  readonly asked: number;
}

export interface SelectionStore {
  /** Delivery keys in the order they were owed; one more than `max` when there are more. */
  chosen(chosen: Exclude<Chosen, { backfill: object }>, max: number): Promise<string[]>;
  /** Positions of what a flow missed, in order; one more than `max` when there are more. */
  missed(contract: string, criteria: BackfillCriteria, max: number): Promise<string[]>;
  facts(positions: readonly string[]): Promise<MissedFact[]>;
  laneCount(): Promise<number>;
  others(fingerprint: string, max: number): Promise<OtherException[]>;
  candidates(keys: readonly string[]): Promise<Candidate[]>;
  open(selection: Parameters<typeof newSelection>[0]): Promise<void>;
  add(selection: string, items: readonly NewItem[]): Promise<void>;
  /** Null for one that is not there, or not frozen to its end. */
  about(selection: string): Promise<About | null>;
  sends(selection: string, after: number, max: number): Promise<Sends[]>;
  /** What these instances are given up to an item. */
  inputs(
    selection: string,
    watched: readonly string[],
    upTo: number,
  ): Promise<Pick<Sends, "number" | "subject">[]>;
  /** Facts of these contracts by criteria, one more than `max` when there are more; or by their positions. */
  factsOf(contracts: readonly string[], criteria: InputCriteria, max: number): Promise<Recorded[]>;
  factsAt(positions: readonly string[]): Promise<Recorded[]>;
  /** Keys of the deliveries of what was sent because of inputs. */
  caused(taken: Parameters<typeof causedDeliveries>[0]): Promise<string[]>;
  /** Selections under way that this worker may carry on now. */
  claim(worker: string): Promise<Selection[]>;
  release(worker: string): Promise<void>;
  /** Reads outcomes of what was asked. Returns how many came in. */
  settle(selection: string): Promise<number>;
  next(selection: string, max: number): Promise<ItemToAsk[]>;
  /** Which of these are in the selection. */
  among(selection: string, subjects: readonly string[]): Promise<Set<string>>;
  skip(selection: string, number: number, reason: string): Promise<void>;
  /** What became of its items so far, and for whom they are. */
  tally(selection: string): Promise<Tally>;
  /** Ends what has nothing left to do; true when it ended or waits for a person. */
  move(selection: string): Promise<boolean>;
  forgetUnfilled(): Promise<void>;
}

/** An item that sends something, or comes to it. */
export interface Sends {
  readonly number: number;
  readonly kind: "delivery" | "event" | "input";
  readonly subject: string;
  readonly watched: string;
}

export interface Tally {
  readonly open: number;
  readonly applied: number;
  readonly noChange: number;
  readonly failed: number;
  readonly subscribers: readonly string[];
}

export interface About {
  readonly act: SelectionAct;
  readonly chosen: string;
  readonly changes: string | null;
  readonly items: number;
  readonly digest: string;
}

export interface OtherException {
  readonly id: string;
  readonly kind: "arrival" | "instance" | "document";
  readonly subject: string;
  readonly correlation: string | null;
  readonly atRisk: string | null;
}

type Result = { readonly rows: unknown[]; readonly rowCount: number | null };

/** `together` commits statements as one transaction. */
export function selectionStore(
  together: (statements: readonly Statement[]) => Promise<readonly Result[]>,
  aliveMs: number,
): SelectionStore {
  const all = async <Row>(statement: Statement): Promise<Row[]> =>
    ((await together([statement]))[0]?.rows ?? []) as Row[];
  return {
    chosen: async (chosen, max) =>
      (await all<{ key: string }>(chosenDeliveries(chosen, max))).map(({ key }) => key),
    missed: async (contract, criteria, max) =>
      (await all<{ position: string }>(missedBy(contract, criteria, max))).map(({ position }) => position),
    facts: (positions) => all(missedFacts(positions)),
    laneCount: async () => (await all<{ lanes: number }>(countLanes))[0]!.lanes,
    others: (fingerprint, max) => all(otherExceptions(fingerprint, max)),
    candidates: (keys) => all(candidates(keys)),
    open: async (selection) => void (await all(newSelection(selection))),
    add: async (selection, items) => void (await all(addItems(selection, items))),
    about: async (selection) => (await all<About>(aboutSelection(selection)))[0] ?? null,
    sends: (selection, after, max) => all(deliveriesOfSelection(selection, after, max)),
    inputs: (selection, watched, upTo) => all(inputsOfSelection(selection, watched, upTo)),
    factsOf: (contracts, criteria, max) => all(factsOf(contracts, criteria, max)),
    factsAt: (positions) => all(factsAt(positions)),
    caused: async (taken) =>
      taken.length === 0 ? [] : (await all<{ key: string }>(causedDeliveries(taken))).map(({ key }) => key),
    claim: (worker) => all(claimSelections(worker, aliveMs)),
    release: async (worker) => void (await all(releaseSelections(worker))),
    settle: async (selection) => (await all(settleItems(selection))).length,
    next: (selection, max) => all(itemsToAsk(selection, max)),
    among: async (selection, subjects) =>
      new Set(
        subjects.length === 0
          ? []
          : (await all<{ subject: string }>(itemsAmong(selection, subjects))).map(({ subject }) => subject),
      ),
    skip: async (selection, number, reason) => void (await all(skipItem(selection, number, reason))),
    tally: async (selection) => (await all<Tally>(tallyOf(selection)))[0]!,
    move: async (selection) => (await all(moveSelection(selection))).length > 0,
    forgetUnfilled: async () => void (await all(forgetUnfilled)),
  };
}
