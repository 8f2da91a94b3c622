/**
 * What an X12 file says, as plain data.
 *
 * Interchanges hold groups, groups hold transaction sets, sets hold segments nested in the loops of their table. It is
 * JSON-safe and keeps every character of every element as text, so nothing is rounded, trimmed or renamed; what the
 * reader found wrong stands beside it as `problems`, so one bad set does not hide the good ones. Meaning is left to
 * the business readers beside this file, reading to `reader.ts` and writing to `write.ts`.
 */

import { type Element, textOf } from "../segments/document.ts";

export { type Element, isRepeated, type Repeated, textOf } from "../segments/document.ts";

export interface Segment {
  readonly id: string;
  /** Element 1 stands at index 0. Trailing empty elements are kept as found. */
  readonly elements: readonly Element[];
  /** The line of the file it begins on, from 1. Absent on segments that were never read. */
  readonly line?: number;
  /** Its place in its transaction set, ST being 1: what AK301 reports. */
  readonly position?: number;
}

/** One repetition of a loop; its first child is the segment that opened it. */
export interface Loop {
  readonly loop: string;
  readonly children: readonly Node[];
}

export type Node = Segment | Loop;

export interface Delimiters {
  readonly element: string;
  /** Absent where the sender left ISA16 empty; nothing is then read as a composite. */
  readonly component?: string;
  /** Absent before version 00402, and where ISA11 cannot separate anything (a letter, a digit, a space). */
  readonly repetition?: string;
  /** The segment terminator, one or several characters. */
  readonly segment: string;
}

/**
 * Something the reader found. An `error` refuses the level it stands at; a `note` is written down and the document goes
 * on. `code` is the code of the standard for that level: TA105 for an interchange, AK905 for a group, AK502 for a set,
 * AK304 for a segment, AK403 for an element (IK304 and IK403 use the same numbers).
 */
export interface Problem {
  readonly level: "interchange" | "group" | "set" | "segment" | "element";
  readonly severity: "error" | "note";
  readonly code: string;
  readonly line: number;
  readonly segment?: string;
  /** Position of the segment in its set, ST being 1. */
  readonly position?: number;
  readonly loop?: string;
  /** Element number from 1, with the component from 1 where one is meant. */
  readonly element?: number;
  readonly component?: number;
  readonly expected: string;
  readonly found: string;
  /** The whole finding as a sentence. */
  readonly message: string;
}

/** A departure from the standard that was read anyway. docs/reference/codecs/x12.md says why, for each. */
export interface Tolerated {
  readonly what: Tolerance;
  readonly line: number;
}

export type Tolerance =
  | "byte order mark"
  | "blanks before segments"
  | "line breaks inside segments"
  | "header elements not padded"
  | "header date of eight digits"
  | "no component separator"
  | "component separator before the line end"
  | "last terminator missing"
  | "acknowledgement behind the groups"
  | "control number padded differently"
  | "not utf-8";

export type Verdict = "accepted" | "accepted with errors" | "rejected";

export interface X12Set {
  /** ST01: `850`, `856` … */
  readonly type: string;
  /** ST02. */
  readonly controlNumber: string;
  /** GS08 of the group it stands in, e.g. `004010` or `005010X231A1`. */
  readonly version: string;
  /** ST03, the implementation guide, where given. */
  readonly implementation?: string;
  /** False where no table is known for the type: envelope and elements were checked, order and presence were not. */
  readonly known: boolean;
  readonly line: number;
  /** ST to SE, with everything between them. */
  readonly body: readonly Node[];
  /** How many segments it has, ST and SE included. */
  readonly segmentCount: number;
  readonly problems: readonly Problem[];
  readonly verdict: Verdict;
}

export interface X12Group {
  readonly functionalId: string;
  readonly sender: string;
  readonly receiver: string;
  /** GS04, GS05, GS06, GS08 as found. */
  readonly date: string;
  readonly time: string;
  readonly controlNumber: string;
  readonly version: string;
  readonly header: Segment;
  readonly sets: readonly X12Set[];
  /** GE; absent where it was missing. */
  readonly trailer?: Segment;
  readonly problems: readonly Problem[];
  readonly verdict: Verdict;
}

/** A trading partner's address on the envelope: ISA05/06 or ISA07/08, and GS02 or GS03. */
export interface Party {
  /** ISA05 or ISA07, e.g. `ZZ` (mutually defined), `01` (DUNS), `12` (telephone). */
  readonly qualifier: string;
  /** ISA06 or ISA08 without its padding. */
  readonly id: string;
  /** GS02 or GS03 where it differs from `id`. */
  readonly application?: string;
}

export interface X12Interchange {
  readonly sender: Party;
  readonly receiver: Party;
  /** ISA09 and ISA10 as found. */
  readonly date: string;
  readonly time: string;
  /** ISA12, e.g. `00401`. */
  readonly version: string;
  readonly controlNumber: string;
  /** ISA14 is `1`: the sender asks for a TA1. */
  readonly acknowledgementRequested: boolean;
  /** ISA15: `P` production, `T` test, `I` information. */
  readonly usage: string;
  readonly delimiters: Delimiters;
  /** What follows each terminator: nothing or a line break. */
  readonly lineBreak: string;
  readonly encoding: "utf-8" | "latin-1";
  readonly header: Segment;
  /** TA1, ISB, ISE, TA3: segments that stand between ISA and the groups. */
  readonly services: readonly Segment[];
  /** The same where a sender put them behind the groups. */
  readonly servicesBehind?: readonly Segment[];
  readonly groups: readonly X12Group[];
  /** IEA; absent where it was missing. */
  readonly trailer?: Segment;
  readonly problems: readonly Problem[];
  readonly tolerated: readonly Tolerated[];
  readonly verdict: Verdict;
}

export interface X12Document {
  readonly interchanges: readonly X12Interchange[];
  /** What was found outside every interchange. */
  readonly problems: readonly Problem[];
}

export const isLoop = (node: Node): node is Loop => "loop" in node;

/** Every segment of a set or loop, in the order it stands in the file. */
export function* segmentsOf(nodes: readonly Node[]): Generator<Segment> {
  for (const node of nodes) {
    if (isLoop(node)) yield* segmentsOf(node.children);
    else yield node;
  }
}

/** The repetitions of a loop standing directly among these nodes. */
export const loopsOf = (nodes: readonly Node[], loop: string): Loop[] =>
  nodes.filter((node): node is Loop => isLoop(node) && node.loop === loop);

/** The segments of one kind standing directly among these nodes, not inside their loops. */
export const segmentsNamed = (nodes: readonly Node[], id: string): Segment[] =>
  nodes.filter((node): node is Segment => !isLoop(node) && node.id === id);

/** The first such segment, or undefined. */
export const segmentNamed = (nodes: readonly Node[], id: string): Segment | undefined =>
  nodes.find((node): node is Segment => !isLoop(node) && node.id === id);

/** The values of a qualifier–value list such as PO106/PO107, PO108/PO109 …: the value that follows this qualifier. */
export function qualified(segment: Segment | undefined, first: number, qualifier: string): string {
  if (!segment) return "";
  for (let at = first; at < segment.elements.length; at += 2) {
    if (textOf(segment, at) === qualifier) return textOf(segment, at + 1);
  }
  return "";
}

/** Makes a segment, dropping empty elements at its end as the standard asks. @example segment("CTT", "2") */
export function segment(id: string, ...elements: readonly (Element | undefined)[]): Segment {
  const kept = elements.map((element) => element ?? "");
  while (kept.length > 0 && kept[kept.length - 1] === "") kept.pop();
  return { id, elements: kept };
}
