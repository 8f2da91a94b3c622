/** Findings as lists, as parts of sentences, and as errors that carry them. */
import { ContractBroken } from "../../std/errors.ts";
import type { AnyProblem } from "./document.ts";

/** A list of findings that keeps the first ones and remembers whether any was an error. */
export class Findings<Problem extends AnyProblem> {
  readonly list: Problem[] = [];
  readonly #most: number;
  readonly #complete: (told: Omit<Problem, "message">) => Problem;
  errors = 0;
  notes = 0;

  /** `complete` gives a finding its sentence. */
  constructor(most: number, complete: (told: Omit<Problem, "message">) => Problem) {
    this.#most = most;
    this.#complete = complete;
  }

  add(told: Omit<Problem, "message">): void {
    if (told.severity === "error") this.errors += 1;
    else this.notes += 1;
    // Notes may fill the list; the first error always finds a place.
    if (this.list.length < this.#most || (told.severity === "error" && this.errors === 1))
      this.list.push(this.#complete(told));
  }

  /** Of a set or message: what was noted does not refuse it. */
  get verdict(): "accepted" | "accepted with errors" | "rejected" {
    return this.errors > 0 ? "rejected" : this.notes > 0 ? "accepted with errors" : "accepted";
  }

  /** Of an envelope. */
  get sound(): "accepted" | "rejected" {
    return this.errors > 0 ? "rejected" : "accepted";
  }
}

/** `UNT element 1 component 2 in group LIN`, or `""`. */
export const placed = (
  { segment, element, component }: Pick<AnyProblem, "segment" | "element" | "component">,
  within: string | undefined,
): string =>
  [
    segment,
    element === undefined ? undefined : `element ${element}`,
    component === undefined ? undefined : `component ${component}`,
    within,
  ]
    .filter((part) => part !== undefined)
    .join(" ");

/** A finding as the error that refuses what it was found in. */
export function broken(
  problem: AnyProblem & { readonly number?: number },
  facts: Record<string, string | number> = {},
): ContractBroken {
  const { line, number, code, level, segment, position, element, component, expected, found } = problem;
  const told = { line, number, code, level, segment, position, element, component, expected, found };
  return new ContractBroken(problem.message, {
    facts: {
      ...facts,
      ...Object.fromEntries(
        Object.entries(told).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
      ),
    },
  });
}

/** The first error of these, innermost first: the one that quarantines. */
export function firstError<Problem extends AnyProblem>(
  ...levels: readonly { readonly problems: readonly Problem[] }[]
): Problem | undefined {
  for (const { problems } of levels) {
    const found = problems.find(({ severity }) => severity === "error");
    if (found) return found;
  }
  return undefined;
}
