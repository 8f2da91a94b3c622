/**
 * Findings as sentences, and errors that carry them.
 *
 * Every finding names what was expected and what was found, so a partner can be told without opening the file.
 */
import { ContractBroken } from "../../std/errors.ts";
import type { Problem, X12Document, X12Group, X12Interchange, X12Set } from "./document.ts";

type Told = Omit<Problem, "message">;

/** Completes a finding with its sentence. */
export function problem(told: Told): Problem {
  const place = [
    told.segment,
    told.element === undefined ? undefined : `element ${told.element}`,
    told.component === undefined ? undefined : `component ${told.component}`,
    told.loop === undefined || told.loop === "" ? undefined : `in loop ${told.loop}`,
  ].filter((part) => part !== undefined);
  const where = place.length === 0 ? "" : `${place.join(" ")}: `;
  return { ...told, message: `Line ${told.line}: ${where}expected ${told.expected}, found ${told.found}.` };
}

/** The first error of a set, its group or its interchange, as the error that quarantines it; undefined when sound. */
export function refusalOf(
  interchange: X12Interchange,
  group: X12Group,
  set: X12Set,
): ContractBroken | undefined {
  for (const at of [set, group, interchange]) {
    const found = at.problems.find(({ severity }) => severity === "error");
    if (found) return broken(found, { set: set.type, controlNumber: set.controlNumber });
  }
  return undefined;
}

export function broken(found: Problem, facts: Record<string, string | number> = {}): ContractBroken {
  return new ContractBroken(found.message, {
    facts: {
      ...facts,
      line: found.line,
      code: found.code,
      level: found.level,
      ...(found.segment === undefined ? {} : { segment: found.segment }),
      ...(found.element === undefined ? {} : { element: found.element }),
      expected: found.expected,
      found: found.found,
    },
  });
}

/** Every finding of a document, in the order of the file. */
export function problemsOf(document: X12Document): Problem[] {
  const all = [...document.problems];
  for (const interchange of document.interchanges) {
    all.push(...interchange.problems);
    for (const group of interchange.groups) {
      all.push(...group.problems, ...group.sets.flatMap(({ problems }) => problems));
    }
  }
  return all.sort((one, other) => one.line - other.line);
}
