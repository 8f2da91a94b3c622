/**
 * Finds the one thing in a round that can never be committed, so that everything beside it goes on.
 *
 * A round commits hundreds of inputs together. When what one of them says is refused for ever, rounds get smaller until it stands
 * alone; then one after the other of what it concerns is set aside, until the rest of it commits. What must stay true: only
 * what lasts is looked for in this way. A database that is away refuses everything, and nothing is set aside for that.
 */
import { CrossdockError, InDoubt, Unavailable } from "../std/errors.ts";
import { limits } from "../std/limits.ts";
import { isUnstorable } from "../std/storable.ts";

/** Why a part of the input (an instance, a flow, what a system said) is set aside in this round, as a sentence; null when it is not. */
export type SetsAside = (part: string) => string | null;

/** All parts of an input. */
const EVERYTHING = "everything";

export class Sift {
  #kind: "entries" | "due" = "due";
  /** How many of that kind the next round takes; null: all there is room for, of both. */
  #room: number | null = null;
  /** How far the one that stands alone has been set aside: not at all, each of its parts, all of them, and itself. */
  #step = 0;
  #because = "";
  #taken: { entries: number; due: number; parts: readonly string[] } = { entries: 0, due: 0, parts: [] };

  /** How much the next round takes. */
  get room(): { readonly entries: number; readonly due: number } {
    if (this.#room === null) return { entries: limits.stepBatchMax, due: limits.dueBatchMax };
    return this.#kind === "entries" ? { entries: this.#room, due: 0 } : { entries: 0, due: this.#room };
  }

  get looking(): boolean {
    return this.#room !== null;
  }

  /** The round has so many inputs; `parts` are what the only one concerns. */
  begins(entries: number, due: number, parts: readonly string[]): void {
    this.#taken = { entries, due, parts };
  }

  /** Why the whole input is passed by and only shown to a person; null when it is not. */
  get passesBy(): string | null {
    return this.#step > this.#taken.parts.length + 1 ? this.#because : null;
  }

  readonly setsAside: SetsAside = (part) => {
    if (this.#step === 0) return null;
    const chosen = this.#taken.parts[this.#step - 1] ?? EVERYTHING;
    return chosen === EVERYTHING || chosen === part
      ? `What follows from it cannot be recorded: ${this.#because}.`
      : null;
  };

  /** The round committed, or there was nothing for it. */
  committed(): void {
    if (this.#room === null) return;
    const taken = this.#taken[this.#kind];
    // Its end: as much as ever fits in again, or nothing is left of what was looked through.
    this.#room = taken < this.#room || this.#room * 2 >= limits.stepBatchMax ? null : this.#room * 2;
    this.#step = 0;
  }

  /** The round failed. True when a smaller one is to be tried at once; false when waiting may help, or nothing does. */
  failed(error: unknown): boolean {
    if (!lasts(error)) return false;
    const { entries, due, parts } = this.#taken;
    if (entries + due === 0) return false;
    if (entries > 0 && due > 0) {
      // Each kind has its turn, or a flood of the one would hide the other for ever.
      this.#kind = this.#kind === "entries" ? "due" : "entries";
      this.#room = this.#taken[this.#kind];
    } else if (entries + due > 1) {
      this.#kind = entries > 0 ? "entries" : "due";
      this.#room = (entries + due) >> 1;
    } else {
      this.#kind = entries > 0 ? "entries" : "due";
      this.#room = 1;
      if (this.#step === 0) this.#because = error instanceof Error ? error.message : String(error);
      this.#step += 1;
      if (this.#step <= parts.length + 2) return true;
      this.#room = null;
      this.#step = 0;
      return false;
    }
    this.#step = 0;
    return true;
  }
}

/** Whether it would fail again and again: for what a value says, or by a mistake of ours in dealing with it. */
const lasts = (error: unknown): boolean =>
  isUnstorable(error) ||
  error instanceof TypeError ||
  (error instanceof CrossdockError && !(error instanceof Unavailable || error instanceof InDoubt));
