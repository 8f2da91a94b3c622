/**
 * What X12 and EDIFACT files have in common as data: segments of elements, and findings about them.
 *
 * The two standards name things differently (loops and segment groups, sets and messages), so each keeps its own
 * documents; what is here has the same meaning in both.
 */

/** One data element: text, the components of a composite, or the repetitions of either. An absent element is `""`. */
export type Element = string | readonly string[] | Repeated;

export interface Repeated {
  readonly repeats: readonly (string | readonly string[])[];
}

/** What every segment has, whatever else its standard says of it. */
export interface AnySegment {
  readonly id: string;
  /** Element 1 stands at index 0. Trailing empty elements are kept as found. */
  readonly elements: readonly Element[];
  /** The line of the file it begins on, from 1. Absent on segments that were never read. */
  readonly line?: number;
  /** Its place in its set or message, the opening segment being 1. */
  readonly position?: number;
}

/**
 * What every finding has. An `error` refuses the level it stands at; a `note` is written down and the document goes on.
 * `code` is one of the standard for that level.
 */
export interface AnyProblem {
  readonly level: string;
  readonly severity: "error" | "note";
  readonly code: string;
  readonly line: number;
  readonly segment?: string;
  readonly position?: number;
  readonly element?: number;
  readonly component?: number;
  readonly expected: string;
  readonly found: string;
  /** The whole finding as a sentence. */
  readonly message: string;
}

/** What is wrong with an element. */
export interface ElementFinding {
  readonly code: string;
  readonly severity: "error" | "note";
  /** From 1, with the component from 1 where one is meant. */
  readonly element: number;
  readonly component?: number;
  readonly expected: string;
  readonly found: string;
}

/** Who is told of findings about elements. An object and not a function: it is asked for with every segment. */
export interface ElementJudge {
  element(finding: ElementFinding): void;
}

export const isRepeated = (element: Element): element is Repeated =>
  typeof element !== "string" && "repeats" in element;

/**
 * The text of one component, both counted from 1, or `""` where it is absent. Of a repeated element it is the first
 * repetition.
 *
 * @example textOf(segment, 1, 2) // the second component of the first element
 */
export function textOf(segment: AnySegment | undefined, element: number, component = 1): string {
  const value = segment?.elements[element - 1];
  if (value === undefined) return "";
  if (typeof value === "string") return component === 1 ? value : "";
  const parts = isRepeated(value) ? value.repeats[0] : value;
  if (parts === undefined) return "";
  if (typeof parts === "string") return component === 1 ? parts : "";
  return parts[component - 1] ?? "";
}

/** A value short enough for a message. */
export function shown(value: Element): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
