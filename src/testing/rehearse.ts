/**
 * Rehearses a process with no database, no clock and no waiting.
 *
 * A rehearsal is told as given–when–decides: `given` is history, `when` the one new thing, `decides` the whole decision. A
 * field nobody expected fails, because a decision nobody expected is how money is lost. Rehearsals are data: tests check
 * them, and `crossdock process draw` draws the paths they walk, so the picture shows only what a test has been through.
 */
import { deepStrictEqual } from "node:assert";
import type { Message } from "../contracts/contract.ts";
import type { Decision, ProcessNames } from "../processes/decision.ts";
import { address, type Input, type Process, type ProcessBuilder, step } from "../processes/process.ts";

/** When everything in a rehearsal happens, unless it says otherwise. */
export const STILL = "2026-01-05T08:00:00Z";

/** A message stands for itself; everything else is said with one of the words below. */
export type Said = Message | Input;

export const approved = (approval: string, by = "maria", comment = ""): Input => ({
  kind: "approved",
  at: STILL,
  approval,
  by,
  comment,
});
export const declined = (approval: string, comment: string, by = "maria"): Input => ({
  kind: "declined",
  at: STILL,
  approval,
  by,
  comment,
});
export const overdue = (approval: string): Input => ({ kind: "overdue", at: STILL, approval });
export const elapsed = (timer: string): Input => ({ kind: "elapsed", at: STILL, timer });

export interface Rehearsal {
  readonly name: string;
  readonly process: Process;
  readonly history: readonly Said[];
  readonly said: Said;
  readonly expected: Decision<unknown>;
}

/** @example rehearsal("a small order needs no person", orderToCash).given().when(captured).decides({ … }) */
export const rehearsal = <State, Names extends ProcessNames>(
  name: string,
  process: ProcessBuilder<State, Names>,
) => ({
  given: (...history: readonly Said[]) => ({
    when: (said: Said) => ({
      decides: (expected: Decision<State, Names>): Rehearsal => ({
        name,
        process,
        history,
        said,
        expected: expected as Decision<unknown>,
      }),
    }),
  }),
});

/** Throws an assertion error with the difference when the decision is not exactly the expected one. */
export function check({ process, history, said, expected }: Rehearsal): void {
  const before = history.reduce<unknown>(
    (state, past) => step(process, state, asInput(past)).state ?? state,
    undefined,
  );
  deepStrictEqual(step(process, before, asInput(said)), expected);
}

/** Reactions that no rehearsal shows as the thing that happens, however often they stand in a history. */
export function unrehearsed(process: Process, rehearsals: readonly Rehearsal[]): string[] {
  const rehearsed = new Set(
    rehearsals
      .filter((one) => one.process.header.name === process.header.name)
      .map(({ said }) => address(asInput(said))),
  );
  return [...process.reactions.keys()].filter((reaction) => !rehearsed.has(reaction));
}

/** One walked transition: from the last milestone, by an input, to the milestone reached (or an end). */
export interface Path {
  readonly from: string;
  readonly by: string;
  readonly to: string;
}

/** Every transition a set of rehearsals walks, each once, in the order first walked. */
export function paths(rehearsals: readonly Rehearsal[]): Path[] {
  const walked = new Map<string, Path>();
  for (const { process, history, said } of rehearsals) {
    let state: unknown;
    let at = "start";
    for (const input of [...history, said].map(asInput)) {
      const decision = step(process, state, input);
      state = decision.state ?? state;
      const to = landing(decision) ?? at;
      const path = { from: at, by: address(input), to };
      walked.set(`${path.from}|${path.by}|${path.to}`, path);
      at = to;
    }
  }
  return [...walked.values()];
}

function landing({ reach, end, ask }: Decision<unknown>): string | undefined {
  if (end === "completed") return "completed";
  if (end) return "abandoned";
  const reached = [reach ?? []].flat().at(-1);
  if (reached) return typeof reached === "string" ? reached : reached.milestone;
  const asked = ask?.at(-1);
  return asked && (typeof asked === "string" ? asked : asked.approval);
}

const asInput = (said: Said): Input =>
  "contract" in said ? { kind: "event", at: STILL, message: said } : said;
