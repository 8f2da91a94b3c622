/**
 * Findings as sentences, and errors that carry them.
 *
 * Every finding names what was expected and what was found, so a partner can be told without opening the file.
 */
import type { ContractBroken } from "../../std/errors.ts";
import { broken, firstError, placed } from "../segments/findings.ts";
import type { Problem, X12Document, X12Group, X12Interchange, X12Set } from "./document.ts";

type Told = Omit<Problem, "message">;

/** Completes a finding with its sentence. */
export function problem(told: Told): Problem {
  const where = placed(told, told.loop ? `in loop ${told.loop}` : undefined);
  const at = where === "" ? "" : `${where}: `;
  return { ...told, message: `Line ${told.line}: ${at}expected ${told.expected}, found ${told.found}.` };
}

/** The first error of a set, its group or its interchange, as the error that quarantines it; undefined when sound. */
export function refusalOf(
  interchange: X12Interchange,
  group: X12Group,
  set: X12Set,
): ContractBroken | undefined {
  const found = firstError(set, group, interchange);
  return found && broken(found, { set: set.type, controlNumber: set.controlNumber });
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
