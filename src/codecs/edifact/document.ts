/**
 * What an EDIFACT file says, as plain data.
 *
 * Interchanges hold groups, groups hold messages, messages hold segments nested in the segment groups of their table. It
 * is JSON-safe and keeps every character of every component as text, without release characters and in Unicode; nothing
 * is rounded, trimmed or renamed. What the reader found wrong stands beside it as `problems`, so one bad message does not
 * hide the good ones. Meaning is left to the business readers beside this file, reading to `reader.ts` and writing to
 * `write.ts`.
 */

import { type Element, isRepeated } from "../segments/document.ts";

export { type Element, isRepeated, type Repeated, textOf } from "../segments/document.ts";

export interface Segment {
  readonly id: string;
  /** Explicit nesting behind the tag (`LIN:1:2`), which syntax 1 to 3 know and hardly anybody sends. */
  readonly nesting?: readonly string[];
  /** Element 1 stands at index 0. Trailing empty elements are kept as found. */
  readonly elements: readonly Element[];
  /** The line of the file it begins on, from 1. Absent on segments that were never read. */
  readonly line?: number;
  /** Its number in the file, UNB of the first interchange being 1; UNA is not counted. */
  readonly number?: number;
  /** Its place in its message, UNH being 1: what CONTRL reports. */
  readonly position?: number;
}

/** One repetition of a segment group, named by its trigger segment, which is its first child. */
export interface SegmentGroup {
  readonly trigger: string;
  readonly children: readonly Node[];
}

export type Node = Segment | SegmentGroup;

/** The service characters of one interchange. */
export interface ServiceCharacters {
  readonly component: string;
  readonly element: string;
  /** Decimal mark as UNA names it. Numbers are read with either mark. */
  readonly decimal: string;
  /** Absent where UNA leaves it blank; nothing can then be released. */
  readonly release?: string;
  /** Syntax 4 only. */
  readonly repetition?: string;
  readonly segment: string;
}

/**
 * Something the reader found. An `error` refuses the level it stands at; a `note` is written down and the document goes
 * on. `code` is the syntax error code of CONTRL (data element 0085).
 */
export interface Problem {
  readonly level: "interchange" | "group" | "message" | "segment" | "element";
  readonly severity: "error" | "note";
  readonly code: string;
  readonly line: number;
  /** The number of the segment in the file, from 1; 0 outside every interchange. */
  readonly number: number;
  readonly segment?: string;
  /** Position of the segment in its message, UNH being 1. */
  readonly position?: number;
  /** Trigger of the segment group it stands in; absent outside groups. */
  readonly group?: string;
  /** Element number from 1 (behind the tag), with the component from 1 where one is meant. */
  readonly element?: number;
  readonly component?: number;
  readonly expected: string;
  readonly found: string;
  /** The whole finding as a sentence. */
  readonly message: string;
}

/** A departure from the standard that was read anyway. docs/reference/codecs/edifact.md says why, for each. */
export interface Tolerated {
  readonly what: Tolerance;
  readonly line: number;
}

export type Tolerance =
  | "byte order mark"
  | "service string advice of eight characters"
  | "line breaks as segment terminators"
  | "line breaks inside segments"
  | "blanks before segments"
  | "characters outside the declared repertoire"
  | "unknown syntax identifier"
  | "date of another syntax version"
  | "last terminator missing";

export type Verdict = "accepted" | "accepted with errors" | "rejected";

export interface EdifactMessage {
  /** UNH S009: `ORDERS`, `D`, `96A`, `UN`, `EAN008`. */
  readonly type: string;
  readonly version: string;
  readonly release: string;
  readonly agency: string;
  readonly association?: string;
  /** UNH 0062. */
  readonly reference: string;
  /** False where no table is known for the type: envelope and elements were checked, order and presence were not. */
  readonly known: boolean;
  readonly line: number;
  /** UNH to UNT, with everything between them. */
  readonly body: readonly Node[];
  /** How many segments it has, UNH and UNT included. */
  readonly segmentCount: number;
  readonly problems: readonly Problem[];
  readonly verdict: Verdict;
}

/** Messages of a UNG–UNE group, or all messages of an interchange without groups. */
export interface EdifactGroup {
  /** UNG; absent where the interchange has no groups. */
  readonly header?: Segment;
  /** UNG 0038, 0048; `""` without UNG. */
  readonly type: string;
  readonly reference: string;
  readonly messages: readonly EdifactMessage[];
  /** UNE; absent where it was missing or there is no UNG. */
  readonly trailer?: Segment;
  readonly problems: readonly Problem[];
  readonly verdict: Verdict;
}

/** A trading partner's address on the envelope: S002 or S003. */
export interface Party {
  readonly id: string;
  /** 0007, e.g. `14` (GLN), `1` (DUNS), `ZZ` or `ZZZ` (mutually defined). */
  readonly qualifier?: string;
  /** 0008 or 0014: internal routing. */
  readonly routing?: string;
}

export interface EdifactInterchange {
  /** S001: `UNOC` and `3`. */
  readonly syntax: string;
  readonly syntaxVersion: string;
  readonly sender: Party;
  readonly recipient: Party;
  /** S004 as found. */
  readonly date: string;
  readonly time: string;
  /** UNB 0020. */
  readonly reference: string;
  /** UNB 0026. */
  readonly application: string;
  /** UNB 0031 is `1`: the sender asks for a CONTRL. */
  readonly acknowledgementRequested: boolean;
  /** UNB 0035 is `1`. */
  readonly test: boolean;
  readonly characters: ServiceCharacters;
  /** Whether it began with UNA. */
  readonly advice: boolean;
  /** How its bytes spell characters: `us-ascii`, `utf-8`, `iso-8859-1` … `iso-8859-15`. */
  readonly encoding: string;
  /** What follows each terminator: nothing or a line break. */
  readonly lineBreak: string;
  readonly header: Segment;
  readonly groups: readonly EdifactGroup[];
  /** UNZ; absent where it was missing. */
  readonly trailer?: Segment;
  readonly problems: readonly Problem[];
  readonly tolerated: readonly Tolerated[];
  readonly verdict: Verdict;
}

export interface EdifactDocument {
  readonly interchanges: readonly EdifactInterchange[];
  /** What was found outside every interchange. */
  readonly problems: readonly Problem[];
}

export const isGroup = (node: Node): node is SegmentGroup => "trigger" in node;

/** Every segment of a message or group, in the order it stands in the file. */
export function* segmentsOf(nodes: readonly Node[]): Generator<Segment> {
  for (const node of nodes) {
    if (isGroup(node)) yield* segmentsOf(node.children);
    else yield node;
  }
}

/** The repetitions of a segment group standing directly among these nodes. */
export const groupsOf = (nodes: readonly Node[], trigger: string): SegmentGroup[] =>
  nodes.filter((node): node is SegmentGroup => isGroup(node) && node.trigger === trigger);

/**
 * The segments of one kind standing directly among these nodes, whether plain or as the trigger of a group: directories
 * differ in which is which. Segments further inside groups are not meant.
 */
export function segmentsNamed(nodes: readonly Node[], id: string): Segment[] {
  const found: Segment[] = [];
  for (const node of nodes) {
    if (!isGroup(node)) {
      if (node.id === id) found.push(node);
    } else if (node.trigger === id) {
      const first = node.children[0];
      if (first && !isGroup(first)) found.push(first);
    }
  }
  return found;
}

/** The first such segment, or undefined. */
export const segmentNamed = (nodes: readonly Node[], id: string): Segment | undefined =>
  segmentsNamed(nodes, id)[0];

/** Makes a segment, dropping empty elements and components at their ends as the standard asks. */
export function segment(id: string, ...elements: readonly (Element | undefined)[]): Segment {
  const kept = elements.map((element) => trimmed(element ?? ""));
  while (kept.length > 0 && kept[kept.length - 1] === "") kept.pop();
  return { id, elements: kept };
}

/** A composite as the reader would have it: without empty components at the end, and text where only one is left. */
function trimmed(element: Element): Element {
  if (typeof element === "string" || isRepeated(element)) return element;
  const parts = [...element];
  while (parts.length > 0 && parts[parts.length - 1] === "") parts.pop();
  return parts.length > 1 ? parts : (parts[0] ?? "");
}
