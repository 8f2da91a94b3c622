/**
 * Runbooks: what people do when a system is in trouble, as data a solution brings: steps with live checks, and a way to rehearse.
 *
 * Content, not machinery: the trace answers the checks (`trace/checks.ts`), the dock keeps what was done as runs, and the console
 * and the command line lead through the steps. A drill describes how to break and mend simulated systems; nothing of it is
 * carried out where real ones run.
 */
import type { Agreement } from "../contracts/agreement.ts";
import { Unusable } from "../std/errors.ts";
import type { Span } from "../std/span.ts";
import type { Check } from "../trace/checks.ts";

export interface RunbookStep {
  /** What a person does, in a sentence. */
  readonly do: string;
  /** How one sees that it is so. Default: only a person can tell. */
  readonly check?: Check;
}

export interface Runbook {
  /** Permanent, because wikis and notifications link to it: `RUN-04`. */
  readonly id: string;
  readonly title: string;
  /** What it means for the business, in a sentence. */
  readonly effect: string;
  /** When it is needed, in a sentence. */
  readonly when: string;
  /** The connections it can be about. */
  readonly systems: readonly string[];
  /** It can also be about every system that an agreement names. */
  readonly whoeverMustAgree?: true;
  /** It offers itself for a system as soon as one of these does not hold there. */
  readonly trigger: readonly Check[];
  readonly steps: readonly RunbookStep[];
  /** All of these hold when it is over. */
  readonly exit: readonly Check[];
  readonly drill?: Drill;
}

/** One request to the control plane of the simulated systems. */
export interface Deed {
  /** Default `POST`. */
  readonly method?: "POST" | "DELETE";
  readonly path: string;
  readonly body?: Readonly<Record<string, unknown>>;
}

/** A rehearsal on simulated systems: what breaks, what is sent meanwhile, how it is mended. */
export interface Drill {
  /** The connection the run is about. */
  readonly system: string;
  readonly breaks: readonly Deed[];
  readonly traffic: readonly Deed[];
  readonly mends: readonly Deed[];
  /** By what it is seen that something is wrong, where that is sooner than the runbook is called. */
  readonly noticedBy?: readonly Check[];
  /** Documents of this agreement are compared at the end, and its exit must hold with what that found. */
  readonly compares?: { readonly agreement: string; readonly grace: Span };
  /**
   * The trouble is a contradiction: the traffic goes through first, then it breaks as soon as there is something to break, is found by
   * comparing, and is mended as it is shown: one of them first, and the rest when that one agrees.
   */
  readonly contradicts?: true;
  /** Afterwards what was set aside at the system is tried again, as a person would. */
  readonly tryAgain?: boolean;
}

/**
 * The runbooks of all parts.
 *
 * @throws {Unusable} when two have one id, or one is about a connection that does not exist
 */
export function allRunbooks(
  parts: readonly (readonly Runbook[] | undefined)[],
  connections: ReadonlyMap<string, unknown>,
  agreements: Iterable<Agreement>,
): readonly Runbook[] {
  const agreeing = [...agreements].flatMap(({ milestones }) =>
    Object.values(milestones).flatMap(({ systems }) => Object.keys(systems)),
  );
  const all = parts
    .flatMap((part) => part ?? [])
    .map((one) =>
      one.whoeverMustAgree ? { ...one, systems: [...new Set([...one.systems, ...agreeing])] } : one,
    )
    .toSorted((a, b) => a.id.localeCompare(b.id));
  const ids = new Set<string>();
  for (const { id, systems, trigger, steps, exit, drill } of all) {
    if (ids.has(id))
      throw new Unusable(`Two runbooks have the id ${id}. An id is permanent; give one another.`);
    ids.add(id);
    const checks = [...trigger, ...steps.flatMap(({ check }) => check ?? []), ...exit];
    const named = checks.flatMap((check) => ("at" in check && check.at ? [check.at] : []));
    const unknown = [...systems, ...named, ...(drill ? [drill.system] : [])].find(
      (name) => !connections.has(name),
    );
    if (unknown !== undefined)
      throw new Unusable(`Runbook ${id} is about ${unknown}, which is no connection of this configuration.`);
  }
  return all;
}

/** What is done to a run of a runbook. */
export type RunStep =
  | {
      readonly state: "opened";
      readonly runbook: string;
      readonly system: string | null;
      readonly drill: boolean;
    }
  | {
      readonly state: "step";
      /** Counted from 1. */
      readonly number: number;
      readonly as: "done" | "skipped";
      /** What the check found then. */
      readonly finding: string;
      readonly note: string | null;
    }
  | {
      readonly state: "closed";
      readonly outcome: string;
      readonly figures: Readonly<Record<string, number | null>>;
    };

/** A step of a run as journal and audit tell it. */
export function wordsOf(step: RunStep): string {
  if (step.state === "opened")
    return `${step.runbook} opened${step.system ? ` for ${step.system}` : ""}${step.drill ? ", as a drill" : ""}.`;
  if (step.state === "closed") return `closed: ${step.outcome}`;
  return `step ${step.number} ${step.as}: ${step.finding}${step.note ? ` ${step.note}` : ""}`;
}
