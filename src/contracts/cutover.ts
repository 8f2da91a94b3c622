/**
 * A step that moves from one system to another, as people look at it: where it stands, how well the two agree, what stands where.
 *
 * Declared by the process that moves it, as pure functions of its state; asking a system what it would book is the runtime's.
 */
import type { CutoverStage } from "./canon/values.ts";

/** What one of the two has booked of a document, by name: `value`, and pieces by item. */
export type Figures = Readonly<Record<string, string>>;

/** What two of them hold differently of one document, and what such documents have in common. */
export interface ParallelDifference {
  readonly cause: string;
  readonly differences: readonly {
    readonly figure: string;
    readonly live: string;
    readonly shadow: string;
  }[];
}

export interface CutoverStand {
  readonly step: string;
  readonly entity: string;
  readonly plant: string;
  readonly stage: CutoverStage;
  /** What somebody wants and nobody has decided yet. */
  readonly wanted: { readonly to: CutoverStage; readonly by: string; readonly reason: string } | null;
  /** Documents both have booked, those alike, how many alike in a row, and how many it takes. */
  readonly compared: number;
  readonly alike: number;
  readonly inARow: number;
  readonly needed: number;
  /** `93 %`. */
  readonly score: string;
  /** It was good enough, and nothing has differed since. */
  readonly met: boolean;
  readonly causes: Readonly<Record<string, number>>;
  /** Documents only one of the two has booked. */
  readonly half: readonly {
    readonly document: string;
    readonly by: "legacy" | "cloud";
    readonly since: string;
  }[];
  /** Booked where they count since the first switch, by whose books they are in. */
  readonly booked: { readonly legacy: number; readonly cloud: number };
  /** Came before a switch and were booked after it, as they had begun: the latest, and how many in all. */
  readonly overlap: readonly {
    readonly document: string;
    readonly ledger: "legacy" | "cloud";
    readonly came: CutoverStage;
    readonly during: string;
  }[];
  readonly overlapped: number;
  /** Entered at the screen of the system whose turn it is not. */
  readonly foreign: readonly {
    readonly document: string;
    readonly ledger: "legacy" | "cloud";
    readonly by: string;
    readonly value: string;
    readonly stands: string;
  }[];
}

/** What a process says of the step it moves. */
// biome-ignore lint/suspicious/noExplicitAny: states of different processes share one declaration.
export interface Cutover<State = any> {
  /** Steps that may move, by name, as they stand before anybody has asked for anything. */
  readonly before: Readonly<Record<string, CutoverStand>>;
  stand(state: State): CutoverStand;
  /** What the two hold differently; null where they are alike. */
  compare(live: Figures, shadow: Figures): ParallelDifference | null;
  /** The flow by which the next system is told while the two are compared, and what it would book, asked without booking it. */
  readonly whatIf: {
    readonly flow: string;
    question(document: unknown): { readonly about: string; readonly data: unknown };
    figures(answer: unknown): Figures | null;
  };
}
