/**
 * Findings as sentences and as errors.
 *
 * A finding says where (line, segment, element), what was expected and what was found; the error made of it carries the
 * same as facts.
 */
import type { ContractBroken } from "../../std/errors.ts";
import { broken, firstError, placed } from "../segments/findings.ts";
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
  const where = placed(told, told.group ? `in group ${told.group}` : undefined);
  const at = where === "" ? "" : `, ${where}`;
  const which =
    told.position === undefined || told.position === 0
      ? `segment ${told.number}`
      : `segment ${told.position} of its message`;
  return {
    ...told,
    message: `Line ${told.line}, ${which}${at}: expected ${told.expected}, found ${told.found}.`,
  };
}

/** The first error of a message, its group or its interchange, as the error that quarantines it; undefined when sound. */
export function refusalOf(
  interchange: EdifactInterchange,
  group: EdifactGroup,
  message: EdifactMessage,
): ContractBroken | undefined {
  const found = firstError(message, group, interchange);
  return found && broken(found, { message: message.type, reference: message.reference });
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
