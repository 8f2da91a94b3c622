/**
 * Findings as sentences and as errors.
 *
 * A finding says where (line, segment, element), what was expected and what was found; the error made of it carries the
 * same as facts.
 */
import { ContractBroken } from "../../std/errors.ts";
import type {
  EdifactDocument,
  EdifactGroup,
  EdifactInterchange,
  EdifactMessage,
  Problem,
} from "./document.ts";

type Told = Omit<Problem, "message">;

/** Completes a finding with its sentence. */
export function problem(told: Told): Problem {
  const place = [
    told.segment,
    told.element === undefined ? undefined : `element ${told.element}`,
    told.component === undefined ? undefined : `component ${told.component}`,
    told.group === undefined || told.group === "" ? undefined : `in group ${told.group}`,
  ].filter((part) => part !== undefined);
  const where = place.length === 0 ? "" : `, ${place.join(" ")}`;
  const which =
    told.position === undefined || told.position === 0
      ? `segment ${told.number}`
      : `segment ${told.position} of its message`;
  return {
    ...told,
    message: `Line ${told.line}, ${which}${where}: expected ${told.expected}, found ${told.found}.`,
  };
}

/** A list of findings that keeps the first ones and remembers whether any was an error. */
export class Findings {
  readonly list: Problem[] = [];
  readonly #most: number;
  errors = 0;
  notes = 0;

  constructor(most: number) {
    this.#most = most;
  }

  add(told: Told): void {
    if (told.severity === "error") this.errors += 1;
    else this.notes += 1;
    // Notes may fill the list; the first error always finds a place.
    if (this.list.length < this.#most || (told.severity === "error" && this.errors === 1)) {
      this.list.push(problem(told));
    }
  }
}

/** The first error of a message, its group or its interchange, as the error that quarantines it; undefined when sound. */
export function refusalOf(
  interchange: EdifactInterchange,
  group: EdifactGroup,
  message: EdifactMessage,
): ContractBroken | undefined {
  for (const at of [message, group, interchange]) {
    const found = at.problems.find(({ severity }) => severity === "error");
    if (found) return broken(found, { message: message.type, reference: message.reference });
  }
  return undefined;
}

export function broken(found: Problem, facts: Record<string, string | number> = {}): ContractBroken {
  return new ContractBroken(found.message, {
    facts: {
      ...facts,
      line: found.line,
      number: found.number,
      code: found.code,
      level: found.level,
      ...(found.segment === undefined ? {} : { segment: found.segment }),
      ...(found.position === undefined ? {} : { position: found.position }),
      ...(found.element === undefined ? {} : { element: found.element }),
      ...(found.component === undefined ? {} : { component: found.component }),
      expected: found.expected,
      found: found.found,
    },
  });
}

/** Every finding of a document, in the order of the file. */
export function problemsOf(document: EdifactDocument): Problem[] {
  const all = [...document.problems];
  for (const interchange of document.interchanges) {
    all.push(...interchange.problems);
    for (const group of interchange.groups) {
      all.push(...group.problems, ...group.messages.flatMap(({ problems }) => problems));
    }
  }
  return all.sort((one, other) => one.line - other.line || one.number - other.number);
}
